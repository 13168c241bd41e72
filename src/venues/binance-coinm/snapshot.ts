/** What a snapshot says of the exchange: as USD-M; its contracts are inverse and settle in their base. */
import type { z } from 'zod'
import { binance_fields } from '../shared/binance/rules.ts'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('binance-coinm').extend(binance_fields)
export type Spec = z.infer<typeof schema>
