/** What a snapshot says of the exchange: the fields of every exchange, and the numbers of its own rules (`data/venues/bybit-uta.json`). */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('bybit-uta').extend({
  risk_steps: z
    .number()
    .int()
    .min(1)
    .max(64)
    .describe('How many risk tiers down the fill-or-kill order of an isolated position goes'),
  target_mm_rate: z
    .number()
    .min(0.01)
    .max(1)
    .describe('Account maintenance margin rate (maintenance ÷ margin balance) to which shared margin is brought down, a ratio'),
  repay_discount: z
    .number()
    .min(0)
    .max(0.5)
    .describe('Off the index price at which assets are sold for what an account owes, a ratio'),
  pool_start: z
    .number()
    .min(0)
    .max(10)
    .describe(
      'Loss of a contract since its best in the window ÷ the pool’s highest balance in it, at which deleveraging starts, a ratio',
    ),
  pool_stop: z.number().min(0).max(10).describe('… and at or below which it stops again, a ratio'),
  pool_above: z
    .number()
    .min(0)
    .describe('Only while the pool has more than this, coins; a smaller one is used up, and then winners are deleveraged'),
  pool_window_ms: z.number().min(1).describe('How far back best and highest balance are looked for, ms'),
  pool_reserve: z.number().min(0).describe('Equity an insurance pool keeps: it takes nothing over below it, its coins'),
  pool_leverage: z.number().min(0).max(1000).describe('Most notional an insurance pool takes over in all, ÷ its equity, a ratio'),
})
export type Spec = z.infer<typeof schema>
