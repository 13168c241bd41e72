/**
 * What dYdX v4 does with a subaccount in breach (v4-chain x/clob/keeper/liquidations.go, deleveraging.go; derivatives reference §10.3,
 * §10.4): a part a block, no further than the fillable price, against the insurance fund; and when nothing fills and the subaccount
 * is below zero, against subaccounts of the other side at the bankruptcy price. No order is cancelled.
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function dydx_rules(spec: Spec): Rules {
  const { block_share: share, block_least: least, block_most: most } = spec
  const bound = { kind: 'fillable', spread: spec.fillable_spread, slope: spec.fillable_slope } as const
  return rules.parse({
    trigger: { strict: true },
    stages: [
      { when: { unfilled: true, ratio_below: 0 }, cancel: 'none', close: { to: ['winners'] } },
      { cancel: 'none', reduce: { size: 'paced', share, least, most, bound } },
    ],
    fee: { base: 'bankruptcy' },
    fund: { most_loss: spec.block_loss },
    adl: { rank: 'equal', winners_first: false, overlap: true },
    per_tick: spec.block_orders,
    block_ms: spec.block_ms,
    gate_ms: spec.gate_ms,
  })
}
