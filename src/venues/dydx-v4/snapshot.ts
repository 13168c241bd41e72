/** What a snapshot says of the exchange: the fields of every exchange, and the limits of its blocks (`data/venues/dydx-v4.json`). */
import { z } from 'zod'
import { exchange_schema } from '../shared/exchange/index.ts'

const ratio = (high: number) => z.number().min(0).max(high)

export const schema = exchange_schema('dydx-v4').extend({
  block_ms: z.number().min(1).describe('Time between blocks, ms: a longer tick has as many as fit into it'),
  block_orders: z.number().int().min(1).describe('Most subaccounts that are liquidated in a block'),
  block_share: ratio(1).describe('Part of a position that is closed in a block, a ratio'),
  block_least: z.number().min(0).describe('… and at least this much of it, units of account'),
  block_most: z.number().min(0).describe('Most that is closed of one subaccount in a block, units of account'),
  block_loss: z.number().min(0).describe('Most an insurance fund pays in a block, coins of the collateral'),
  fillable_spread: ratio(10).describe('Furthest an order may go from the oracle price, × the maintenance rate, a ratio'),
  fillable_slope: ratio(1000).describe(
    'How fast that is reached as equity ÷ maintenance falls from 1 to 0 (bankruptcy adjustment), a ratio',
  ),
  gate_ms: z.number().min(0).describe('Nobody withdraws for so long after a subaccount was seen below zero, ms'),
})
export type Spec = z.infer<typeof schema>
