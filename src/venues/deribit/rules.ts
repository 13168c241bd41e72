/**
 * What Deribit does with a scope whose maintenance margin is above its equity (support.deribit.com 25944777576477; derivatives
 * reference §6.5): coins are sold for what is owed, then small market orders, so much a second, until margin is enough; each fill pays
 * the fee at once. An account below nothing without positions is set to 0 by the fund, and beyond it by those in profit. Linear contracts
 * under the liquidity-support programme leave before that (`support.ts`).
 */
import { type Rules, rules } from '../shared/exchange/index.ts'
import type { Spec } from './snapshot.ts'

export function deribit_rules(spec: Spec): Rules {
  return rules.parse({
    trigger: { strict: true },
    stages: [
      ...(spec.coins === undefined ? [] : [{ convert: {} }]),
      { reduce: { size: 'paced', share: 1, most: spec.pace, order: 'ioc', sort: 'largest', bound: { kind: 'band' } } },
    ],
    fee: { from: 'first' },
    fund: { hand_on: false },
    adl: { rank: 'profit_leverage', price: 'mark', spread: spec.support_terms?.adl_spread ?? 0, same_owner_first: true },
    losses: { share: 'winners' },
    block_ms: spec.block_ms,
  })
}
