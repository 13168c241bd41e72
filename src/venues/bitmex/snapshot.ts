/** What a snapshot says of the exchange: the fields of every exchange, and the numbers of its own stages (`data/venues/bitmex.json`). */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('bitmex').extend({
  risk_steps: z.number().int().min(1).max(64).describe('How many risk limits down the order goes that may save a position'),
  fund_reserve: z.number().min(0).describe('Equity the insurance fund keeps: it takes nothing over below it, its coins'),
  fund_leverage: z
    .number()
    .min(0)
    .max(1000)
    .describe('Most notional the insurance fund takes over in all, ÷ its equity, a ratio'),
})
export type Spec = z.infer<typeof schema>
