/** Published and derived numbers of the exchange, as rows of the scoreboard. */
import type { GoldenRow } from '../../model/index.ts'
import { banded } from '../shared/exchange/reference-pooled.ts'
import { type Ratio, ratio, to_number, ZERO } from '../shared/exchange/reference-ratio.ts'
import * as r from './reference.ts'

const LIQUIDATION = 'okx.com/help, forced liquidation (derivatives reference §5.3)'
const FUND = 'okx.com/help, insurance fund and deleveraging (derivatives reference §5.4)'
const DISCOUNT = 'okx.com announcement of discount rates, 2025-10-13 (derivatives reference §5.5)'
const PORTFOLIO = 'okx.com/help, portfolio margin (derivatives reference §5.6)'
const TRACE = 'derivatives reference §25 T8'
const DERIVED = 'derivatives reference §5, arithmetic on the documented formula'

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio | number, source: string]

/** Caps of 1,000, 2,000, 4,000 and 8,000 contracts. */
export const STEPS: readonly r.Tier[] = [0, 1000, 2000, 4000].map((floor, t) => ({
  floor: ratio(floor),
  rate: ratio(String((t + 1) / 200)),
}))

function steps(): Check[] {
  const older = [0, 2000, 5000, 10_000].map((floor) => ({ floor: ratio(floor), rate: ratio('0.01') }))
  const look = (quantity: number, filled_ms: number | undefined, now_ms: number) =>
    r.look(
      { cash: ratio(String(-quantity * 0.984)), quantity: ratio(quantity), entry: ratio(1), filled_ms },
      ratio(1),
      now_ms,
      { tiers: STEPS, fee: ZERO, bound: ratio('0.05'), from: 2, down: 2, wait_ms: 60_000, inside: ratio('0.000000000001') },
      [{ price: ratio(1), quantity: ratio(1_000_000) }],
    )
  const first = look(5000, undefined, 0)
  return [
    ['T8 step', '5,000 contracts in the fourth tier: sold to fall two', 3000, 0, r.step_down(STEPS, ratio(5000), 2), TRACE],
    ['T8 order', '… by the sequence, equity 1.6 % of the value', 3000, 1e-6, first.order?.asked ?? 0, TRACE],
    ['T8 left', '… left in the second tier, which asks 1 %: healed', 2000, 1e-6, first.position.quantity, TRACE],
    [
      'T8 maintenance-before',
      'slab maintenance of 5,000 at 1: the rate of its tier on all of it',
      100,
      1e-12,
      r.maintenance(STEPS, ratio(5000), ratio(1)),
      TRACE,
    ],
    [
      'T8 maintenance-after',
      '… of 2,000, just inside the second tier',
      20,
      1e-6,
      r.maintenance(STEPS, first.position.quantity, ratio(1)),
      TRACE,
    ],
    [
      'S5.3 older',
      '15,000 contracts to a lowest tier of 2,000: closed',
      13_000,
      0,
      r.step_down(older, ratio(15_000), 3),
      LIQUIDATION,
    ],
    ['S5.3 lowest', '900 contracts in the lowest tier: all of it', 900, 0, r.step_down(STEPS, ratio(900), 2), DERIVED],
  ]
}

function margins(): Check[] {
  const bands = [
    [0, '0.85'],
    [120e6, '0.79'],
    [200e6, '0.76'],
    [250e6, '0.73'],
  ].map(([floor, weight]) => ({ floor: ratio(floor as number), weight: ratio(weight as string) }))
  const pair = (base: number, quote: number, base_owed: number, quote_owed: number): r.Pair => ({
    base: ratio(base),
    quote: ratio(quote),
    base_owed: ratio(base_owed),
    quote_owed: ratio(quote_owed),
  })
  const quick = (of: r.Pair) => r.quick_margin_price(of, ratio('0.03'), ratio('0.001'))
  const discounted = banded(ratio(240e6), bands)
  return [
    [
      'S5.2 ratio',
      'equity 1,000, maintenance 480, fees 20: margin ratio',
      2,
      0,
      r.margin_ratio(ratio(1000), ratio(480), ratio(20)),
      DERIVED,
    ],
    [
      'S5.2 adjusted',
      'discounted 850 and 100, 200 owed, 50 of order losses: adjusted equity',
      700,
      0,
      r.adjusted_equity([ratio(850), ratio(100)], ratio(200), ratio(50)),
      DERIVED,
    ],
    [
      'S5.2 quick-long',
      'quick margin, 1 BTC held, 70,000 owed: liquidation price',
      72_172.1,
      1e-9,
      quick(pair(1, 0, 0, 70_000)),
      DERIVED,
    ],
    ['S5.2 quick-short', 'quick margin, 130,000 held, 1 BTC owed', 126_087.504, 1e-3, quick(pair(0, 130_000, 1, 0)), DERIVED],
    [
      'S5.5 discount',
      '240 million of a token at 0.85, 0.79 from 120 million, 0.76 from 200 million: counted',
      195.6e6,
      1e-6,
      discounted,
      DISCOUNT,
    ],
  ]
}

function portfolios(): Check[] {
  const tiers = [
    { upto: ratio(10_000), factor: ratio(1) },
    { upto: undefined, factor: ratio(2) },
  ]
  const risks = { spot: 18_000, theta: 500, vega: 4000, basis: 3000, rate: 1000, extreme: 22_000, least: 12_000 }
  const of = Object.fromEntries(Object.entries(risks).map(([name, coins]) => [name, ratio(coins)])) as unknown as r.Risks
  const fell = (balance: number) => Number(r.fund_fell(ratio(balance), ratio(1_000_000), ratio('0.3')))
  return [
    [
      'ok3',
      'portfolio margin of 30,000, factor 1 up to 10,000 and 2 above',
      50_000,
      0,
      r.portfolio_scaled(ratio(30_000), tiers),
      PORTFOLIO,
    ],
    ['S5.6 raw', 'worst of 18,000, 500 and 22,000, and 8,000 on top', 30_000, 0, r.portfolio_raw(of), DERIVED],
    ['S5.6 least', '… no less than the least by contracts', 40_000, 0, r.portfolio_raw({ ...of, least: ratio(40_000) }), DERIVED],
    ['S5.4 fell', 'fund of 700,000, peak 1,000,000: deleveraging', 1, 0, fell(700_000), FUND],
    ['S5.4 holds', 'fund of 700,001: none', 0, 0, fell(700_001), FUND],
  ]
}

export function goldenRows(): GoldenRow[] {
  return [...steps(), ...margins(), ...portfolios()].map(([id, what, expected, tolerance, exact, source]) => {
    const got = typeof exact === 'number' ? exact : to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `okx ${id}`, group: 'okx', what, expected, got, tolerance, pass, source }
  })
}
