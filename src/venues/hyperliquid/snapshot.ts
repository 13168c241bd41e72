/** What a snapshot says of the exchange: the fields of every exchange, and the numbers of its own stages (`data/venues/hyperliquid.json`). */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

export const schema = exchange_schema('hyperliquid').extend({
  partial_above: z.number().min(0).describe('A position larger than this is first sold in part, units of account'),
  partial_share: z.number().min(0).max(1).describe('That part of the position, a ratio'),
  cooldown_ms: z.number().min(0).describe('How long after an order of the exchange its next one is for the whole position, ms'),
  backstop_below: z
    .number()
    .min(0)
    .max(1)
    .describe('Equity ÷ maintenance margin below which the vault takes positions and margin over, a ratio'),
  vault_leverage: z.number().min(0).max(1000).describe('Most notional the vault takes over in all, ÷ its equity, a ratio'),
  vault_reserve: z.number().min(0).describe('Equity the vault keeps, coins of the collateral; beyond it winners are deleveraged'),
  vault_unwind: z
    .enum(['market', 'hold'])
    .describe('market: the vault sells what it took over, an attempt a tick; hold: it keeps it'),
})
export type Spec = z.infer<typeof schema>
