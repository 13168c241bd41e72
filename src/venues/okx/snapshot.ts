/** What a snapshot says of the exchange: the fields of every exchange, and the numbers of its own rules (`data/venues/okx.json`). */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('okx').extend({
  partial_from: z
    .number()
    .int()
    .min(1)
    .max(64)
    .describe('Positions in this tier or above are reduced in part first; the lowest tier is 0'),
  partial_tiers: z.number().int().min(1).max(64).describe('How many tiers down one order goes'),
  partial_wait_ms: z.number().min(0).describe('After an order the position is looked at again so long later, ms'),
  repay_discount: z
    .number()
    .min(0)
    .max(0.5)
    .describe('Off the index price at which assets are sold for what an account owes, a ratio'),
  fund_drawdown: z.number().min(0).max(1).describe('Fall of a fund from its peak at which deleveraging starts, a ratio'),
  fund_window_ms: z.number().min(1).describe('How far back the peak is looked for, ms'),
  fund_reserve: z.number().min(0).describe('Equity a fund keeps: it takes nothing over below it, its coins'),
  fund_leverage: z.number().min(0).max(1000).describe('Most notional a fund takes over in all, ÷ its equity, a ratio'),
})
export type Spec = z.infer<typeof schema>
