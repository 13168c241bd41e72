/** What a snapshot says of the exchange: the fields of every exchange, and where its own rules leave a choice. */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('binance-usdm').extend({
  fund_reserve: z.number().min(0).default(0).describe('Equity the fund keeps: it takes nothing over below it, collateral units'),
  fund_leverage: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Most notional the fund takes over in all, ÷ its equity; beyond it, winners are deleveraged (1: assumed)'),
  strict: z.boolean().default(false).describe('Liquidated only above a margin ratio of 100 % (true), or at it (false)'),
  fee_from: z
    .enum(['remaining', 'first'])
    .default('remaining')
    .describe('Liquidation fee out of what remains after closing, or out of the wallet before the rest is closed'),
})
export type Spec = z.infer<typeof schema>
