/** Published and derived numbers of the exchange, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { brackets, maintenance } from '../shared/exchange/reference.ts'
import { banded } from '../shared/exchange/reference-pooled.ts'
import { div, neg, ONE, type Ratio, ratio, to_number } from '../shared/exchange/reference-ratio.ts'
import * as r from './reference.ts'

const HELP = 'bybit.com/en/help-center, "Bankruptcy price" (derivatives reference §4.3)'
const RULES = 'bybit.com/en/help-center, "UTA trading rules" (derivatives reference §4.4)'
const ALERT = 'bybit-exchange/docs 072c197d, docs/v5/market/adl-alert.mdx (derivatives reference §4.5)'
const LIMIT = 'bybit-exchange/docs 072c197d, docs/v5 risk limit, collateral (derivatives reference §4.1)'
const DERIVED = 'derivatives reference §4, arithmetic on the documented formula'

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio | number, source: string]

/** A million of highest balance; −30 % starts, −25 % stops, above 10,000. */
export const POOL: r.PoolRule = { above: ratio(10_000), start: ratio('-0.3'), stop: ratio('-0.25') }

function prices(): Check[] {
  const [entry, leverage, tick] = [ratio('7890.08'), ratio(50), ratio('0.5')]
  const bankrupt = r.bankruptcy_inverse(entry, leverage, ONE)
  const liquidated = r.liquidation_inverse(entry, leverage, ratio('0.005'), ONE)
  const linear = (side: 1 | -1) => r.bankruptcy_linear(ratio(50_000), ratio(20), ratio(side))
  return [
    ['by1', 'inverse long of 5,000 at 7,890.08, 50x: bankruptcy price', 7735.372549, 1e-6, bankrupt, HELP],
    ['S4.3 bankrupt-tick', '… up to the tick', 7735.5, 1e-9, r.up_to_tick(bankrupt, tick), HELP],
    [
      'S4.3 liquidated-tick',
      '… its liquidation price at 0.5 % of the entry value, up to the tick',
      7773.5,
      1e-9,
      r.up_to_tick(liquidated, tick),
      HELP,
    ],
    ['S4.3 bankrupt-long', 'linear long at 50,000, 20x: bankruptcy price', 47_500, 1e-9, linear(1), DERIVED],
    ['S4.3 bankrupt-short', 'linear short at 50,000, 20x', 52_500, 1e-9, linear(-1), DERIVED],
    [
      'S4.4 settle-better',
      'bankruptcy price 6,950, filled at 6,980: the pool gains a unit',
      30,
      0,
      r.settlement(ratio(6950), ratio(6980), ONE),
      RULES,
    ],
    ['S4.4 settle-worse', '… at 6,930', -20, 0, r.settlement(ratio(6950), ratio(6930), ONE), RULES],
  ]
}

function margins(): Check[] {
  const tiers = brackets([{ floor: 0, rate: '0.005' }])
  const collateral = banded(ratio(1_000_000), [{ floor: ratio(0), weight: ratio('0.85') }])
  return [
    ['S4.1 tier-1', 'BTCUSD, 150 BTC at 0.5 %: maintenance, BTC', 0.75, 0, maintenance(tiers, ratio(150)), LIMIT],
    ['S4.1 tier-1-initial', '… initial margin at 100x', 1.5, 0, div(ratio(150), ratio(100)), LIMIT],
    ['S4.1 collateral', 'BTC worth 1,000,000 USD at a collateral value ratio of 0.85', 850_000, 0, collateral, LIMIT],
    [
      'S4.1 mm-rate',
      'maintenance 900 of a balance of 1,200 with a haircut loss of 200: account MM rate',
      0.9,
      1e-15,
      r.account_rate(ratio(900), ratio(1200), ratio(200)),
      DERIVED,
    ],
  ]
}

function pools(): Check[] {
  const million = ratio(1_000_000)
  const at = (lost: number, highest: Ratio) => r.pnl_ratio(neg(ratio(lost)), ratio(0), highest)
  const on = (before: boolean, balance: number, pnl: string) => Number(r.deleveraging(before, ratio(balance), ratio(pnl), POOL))
  const two = ratio(2_000_000)
  return [
    ['T7 ratio-300', 'pool of 1,000,000, a contract lost 300,000: its ratio', -0.3, 1e-15, at(300_000, million), ALERT],
    ['T7 on-300', '… is no deleveraging: not below −30 %', 0, 0, on(false, 700_000, '-0.3'), ALERT],
    ['T7 ratio-350', '350,000 lost: its ratio', -0.35, 1e-15, at(350_000, million), ALERT],
    ['T7 on-350', '… is deleveraging', 1, 0, on(false, 650_000, '-0.35'), ALERT],
    [
      'T7 handed-on',
      '… of 50,000, which holds the ratio at −30 %',
      50_000,
      1e-9,
      r.handed_on(at(350_000, million), million, POOL.start),
      ALERT,
    ],
    ['T7 still', 'back at −27 %: goes on', 1, 0, on(true, 730_000, '-0.27'), ALERT],
    ['T7 stopped', 'back above −25 %: stops', 0, 0, on(true, 760_000, '-0.24'), ALERT],
    ['S4.5 two-million', 'pool of 2,000,000, 600,000 lost: its ratio', -0.3, 1e-15, at(600_000, two), ALERT],
    ['S4.5 small', 'pool of 9,000: the ratio does not count', 0, 0, on(false, 9000, '-0.9'), ALERT],
    ['S4.5 empty', 'pool of 0: deleveraging', 1, 0, on(false, 0, '0'), ALERT],
    [
      'S4.5 rank',
      'profit 20 % of the entry value at an effective leverage of 5',
      1,
      1e-15,
      r.rank(ratio(2000), ratio(10_000), ratio(12_000), ratio(2400)),
      DERIVED,
    ],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...prices(), ...margins(), ...pools()].map(([id, what, expected, tolerance, exact, source]) => {
    const got = typeof exact === 'number' ? exact : to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `bybit-uta ${id}`, group: 'bybit-uta', what, expected, got, tolerance, pass, source }
  })
}
