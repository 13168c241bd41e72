/**
 * What OKX does with a scope whose maintenance margin ratio is at or below 100 % (okx.com/help; derivatives reference §5.3, §5.4): positions
 * in the upper tiers fall two tiers an order, a minute apart, as long as equity covers what the lowest tier asks; else everything is taken
 * over at the bankruptcy price. Winners are closed at the mark, the fund has the difference.
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function okx_rules(spec: Spec): Rules {
  const { partial_from: from, partial_tiers: tiers, partial_wait_ms: wait } = spec
  const held = { lowest_tier_held: true } as const
  return rules.parse({
    trigger: { closing_fee: true },
    stages: [
      { when: { ...held, tier_from: from, cooled_ms: wait }, reduce: { size: 'tiers', tiers, from } },
      // looked at again a minute after an order, and in the next tick when it got nothing
      { when: { ...held, cooling_ms: wait }, cancel: 'none' },
      { when: { ...held, tier_from: from }, cancel: 'none' },
      ...(spec.coins === undefined ? [] : [{ convert: { discount: spec.repay_discount } }]),
      { close: {} },
    ],
    // at once: what waits a minute for its next order has paid for the one before
    fee: { from: 'first' },
    fund: {
      reserve: spec.fund_reserve,
      leverage: spec.fund_leverage,
      drawdown: { share: spec.fund_drawdown, window_ms: spec.fund_window_ms },
    },
    adl: { rank: 'profit_leverage', price: 'mark' },
  })
}
