/**
 * What Bybit does with a scope in breach (UTA trading rules, API "adl-alert"; derivatives reference §4.4, §4.5). An isolated position
 * above the lowest tier: one fill-or-kill order down to a lower one; else all of it at the bankruptcy price. Shared margin: what is owed
 * is repaid out of assets, positions are reduced until the account complies, the rest leaves at the bankruptcy price.
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function bybit_rules(spec: Spec): Rules {
  const isolated = { scope: 'isolated' } as const
  const shared = { scope: 'shared' } as const
  const drop = { size: 'tiers', tiers: spec.risk_steps, order: 'fok', bound: { kind: 'bankruptcy' } } as const
  return rules.parse({
    trigger: { closing_fee: true },
    stages: [
      { when: { ...isolated, tier_from: 1, ratio_above: 0 }, cancel: 'contract', reduce: drop },
      { when: isolated, cancel: 'contract', close: {} },
      ...(spec.coins === undefined ? [] : [{ when: shared, convert: { discount: spec.repay_discount } }]),
      // a hair beyond, where the target is compliance itself and equality a breach
      { when: shared, reduce: { size: 'compliant', target: (1 / spec.target_mm_rate) * (1 + 1e-9) } },
      { when: shared, close: {} },
    ],
    fee: { base: 'none', taker: true },
    fund: {
      reserve: spec.pool_reserve,
      leverage: spec.pool_leverage,
      contract_drawdown: {
        start: spec.pool_start,
        stop: spec.pool_stop,
        above: spec.pool_above,
        window_ms: spec.pool_window_ms,
        hold: true,
      },
    },
    adl: { rank: 'profit_leverage' },
  })
}
