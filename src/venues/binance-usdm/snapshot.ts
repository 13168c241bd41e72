/** What a snapshot says of the exchange: the fields of every exchange, and where its own rules leave a choice. */
import type { z } from 'zod'
import { binance_fields } from '../shared/binance/rules.ts'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('binance-usdm').extend(binance_fields)
export type Spec = z.infer<typeof schema>
