/**
 * What Hyperliquid does with a scope in breach (docs "Liquidations", "Auto-deleveraging"; derivatives reference §9.6, §9.7), most severe
 * first. Nothing is cancelled before the vault takes over; no liquidation fee.
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function hyperliquid_rules(spec: Spec): Rules {
  const { partial_above: above, partial_share: share } = spec
  return rules.parse({
    trigger: { strict: true },
    stages: [
      // bankrupt: the other side is closed at the mark, the vault pays what is missing
      { when: { ratio_below: 0 }, close: { to: ['winners'], price: 'mark' } },
      { when: { ratio_below: spec.backstop_below }, close: { to: ['fund', 'winners'], price: 'mark', forfeit: true } },
      { when: { cooled_ms: spec.cooldown_ms }, cancel: 'none', reduce: { size: 'fraction', share, above } },
      { cancel: 'none', reduce: { size: 'whole' } },
    ],
    fee: { base: 'none', taker: true },
    fund: { leverage: spec.vault_leverage, reserve: spec.vault_reserve, unwind: spec.vault_unwind },
    adl: { rank: 'mark_leverage', price: 'mark' },
  })
}
