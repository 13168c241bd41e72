/**
 * What BitMEX does with a scope in breach ("Liquidation", "Auto-deleveraging" of bitmex.com/app; derivatives reference §8): above the
 * lowest risk limit one fill-or-kill order down to a lower one; else, and if that did not help, everything at the bankruptcy price.
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function bitmex_rules(spec: Spec): Rules {
  const reduce = { size: 'tiers', tiers: spec.risk_steps, order: 'fok', bound: { kind: 'bankruptcy' } } as const
  return rules.parse({
    stages: [
      { when: { tier_from: 1, ratio_above: 0 }, cancel: 'contract', reduce },
      { cancel: 'contract', close: {} },
    ],
    fee: { base: 'none', taker: true },
    fund: { reserve: spec.fund_reserve, leverage: spec.fund_leverage },
    adl: { rank: 'bankruptcy_leverage' },
  })
}
