/** Published and derived numbers of what all exchanges share, as rows of the scoreboard. */
import type { GoldenRow } from '../../../model/index.ts'
import { marginal_tiers } from '../../../margin/index.ts'
import { level_leverage } from './allocations.ts'
import * as r from './reference.ts'
import { reduction_at } from './sizing.ts'
import { by_risk, pro_rata, queue, water_fill } from './reference-adl.ts'
import { ask_rate, bid_rate, exchanged, type Holding, unified_ratio } from './reference-pooled.ts'
import { abs, add, div, less, max, mul, neg, ONE, type Ratio, ratio, sub, sum, to_number, ZERO } from './reference-ratio.ts'

type Check = readonly [id: string, what: string, expected: number, tolerance: number, got: Ratio | number, source: string]

const list = (...values: (number | string)[]): Ratio[] =>
  values.map((value) => ratio(typeof value === 'string' ? value : String(value)))
const THEORY = 'Chitra et al., arXiv 2512.01112 (corrected), recomputed'
const DERIVED = 'derivatives reference, arithmetic'

function allocations(): Check[] {
  const rows: Check[] = []
  const fill = (id: string, weight: Ratio[], limit: Ratio[], budget: string, expected: number[]) => {
    const got = water_fill(weight, limit, ratio(budget)) ?? []
    expected.forEach((share, i) => {
      rows.push([
        `${id} ${i + 1}`,
        `capped pro rata, budget ${budget}: share of winner ${i + 1}`,
        share,
        1e-12,
        got[i] ?? NaN,
        DERIVED,
      ])
    })
  }
  const weight = list(100, 60, 40)
  fill('S22.2 uncapped', weight, list(1, 1, 1), '50', [0.25, 0.25, 0.25])
  fill('S22.2 one-cap', weight, list('0.1', 1, 1), '50', [0.1, 0.4, 0.4])
  fill('ad2', weight, list('0.1', '0.3', 1), '60', [0.1, 0.3, 0.8])
  return rows
}

/** Five accounts of literature §B7: collateral and profit; a deficit of 15, half of it to be covered. */
function five_accounts(): Check[] {
  const collateral = list(2, 1, '0.5', 0, 0)
  const profit = list(8, 4, '0.5', -3, -12)
  const endowment = profit.map((one) => max(one, ZERO))
  const deficit = sum(collateral.map((c, i) => max(neg(add(c, profit[i] as Ratio)), ZERO)))
  const budget = div(deficit, ratio(2))
  const ranked = queue(endowment, [1, 0, 2], budget)
  const even = pro_rata(endowment, budget)
  const capped = water_fill(endowment, list('0.5', 1, '0.2', 1, 1), budget) ?? []
  const after = (seized: readonly Ratio[]) => profit.map((one, i) => sub(add(collateral[i] as Ratio, one), seized[i] as Ratio))
  const seized_even = endowment.map((one) => mul(one, even))
  const rows: Check[] = [
    ['adl5 deficit', 'five accounts: deficit', 15, 0, deficit, THEORY],
    ['adl5 even', 'pro rata: share of everybody’s profit', 0.6, 1e-15, even, THEORY],
  ]
  const each = (id: string, what: string, expected: number[], got: readonly Ratio[]) =>
    expected.forEach((value, i) => {
      rows.push([`adl5 ${id}-${i + 1}`, `${what}, account ${i + 1}`, value, 1e-15, got[i] ?? NaN, THEORY])
    })
  each('queue', 'queue: seized', [3.5, 4, 0, 0, 0], ranked)
  each('queue-after', 'queue: equity after', [6.5, 1, 1, -3, -12], after(ranked))
  each('even', 'pro rata: seized', [4.8, 2.4, 0.3, 0, 0], seized_even)
  each('even-after', 'pro rata: equity after', [5.2, 2.6, 0.7, -3, -12], after(seized_even))
  each(
    'capped',
    'capped at 50 %, 100 %, 20 %: seized',
    [4, 3.4, 0.1, 0, 0],
    capped.map((share, i) => mul(share, endowment[i] as Ratio)),
  )
  return rows
}

/** Five positions of one size-weighted contract at entry 1: side, size, collateral. */
const P5 = [
  ['A', '1', '1', '2'],
  ['B', '1', '1', '2/3'],
  ['C', '-1', '4', '8/3'],
  ['D', '1', '1', '2/19'],
  ['E', '-1', '1', '10/99'],
] as const
const quotient = (text: string): Ratio => {
  const [over = '', under = '1'] = text.split('/')
  return div(ratio(over), ratio(under))
}
const holders = P5.map(([id, side, size, collateral]) => ({
  id,
  quantity: mul(ratio(side), ratio(size)),
  collateral: quotient(collateral),
}))

/** Funding κ · (longs ÷ shorts − mark ÷ oracle), κ = 1, paid on the mark by longs. */
function five_positions(): Check[] {
  const rows: Check[] = []
  const skew = div(ratio(3), ratio(5))
  const steps = [
    { oracle: '1.5', mark: '1.4' },
    { oracle: '1.25', mark: '1.3' },
  ]
  const published = {
    funding: [-0.3333333, -0.44],
    profit: [
      [-0.066667, -0.066667, 0.266667, -0.066667, 0.066667],
      [-0.738667, -0.738667, 2.954667, -0.738667, 0.738667],
    ],
    equity: [
      [1.933333, 0.6, 2.933333, 0.038596, 0.167677],
      [1.261333, -0.072, 5.621333, -0.633404, 0.839677],
    ],
  }
  let cash = holders.map(() => ZERO)
  let equity: Ratio[] = []
  steps.forEach(({ oracle, mark }, t) => {
    const rate = sub(skew, div(ratio(mark), ratio(oracle)))
    cash = cash.map((paid, i) => add(paid, mul(mul(rate, ratio(mark)), holders[i]?.quantity as Ratio)))
    const profit = holders.map(({ quantity }, i) => add(mul(quantity, sub(ratio(mark), ONE)), cash[i] as Ratio))
    equity = holders.map(({ collateral }, i) => add(collateral, profit[i] as Ratio))
    rows.push([
      `perp5 funding-${t + 1}`,
      `five positions: funding at step ${t + 1}`,
      published.funding[t] ?? NaN,
      1e-6,
      rate,
      THEORY,
    ])
    if (t === 0) rows.push(...five_margins(equity, ratio(mark)))
    holders.forEach(({ id }, i) => {
      rows.push([
        `perp5 profit-${id}${t + 1}`,
        `profit of ${id} at step ${t + 1}`,
        published.profit[t]?.[i] ?? NaN,
        1e-6,
        profit[i] as Ratio,
        THEORY,
      ])
      rows.push([
        `perp5 equity-${id}${t + 1}`,
        `equity of ${id} at step ${t + 1}`,
        published.equity[t]?.[i] ?? NaN,
        1e-6,
        equity[i] as Ratio,
        THEORY,
      ])
    })
  })
  return [...rows, ...five_prices(), ...five_shares(equity, ratio('1.3'))]
}

/** Maintenance of 10 % of the mark at step 1, and who is below it. */
function five_margins(equity: readonly Ratio[], mark: Ratio): Check[] {
  const maintenance = holders.map(({ quantity }) => mul(mul(abs(quantity), mark), ratio('0.1')))
  const below = holders.filter((_, i) => less(equity[i] as Ratio, maintenance[i] as Ratio)).map(({ id }) => id)
  return [
    ...[0.14, 0.14, 0.56, 0.14, 0.14].map((expected, i): Check => {
      const id = holders[i]?.id
      return [`perp5 maintenance-${id}`, `maintenance of ${id} at step 1`, expected, 1e-15, maintenance[i] as Ratio, THEORY]
    }),
    ['perp5 below', 'how many are below it: D alone', 1, 0, below.join() === 'D' ? 1 : 0, THEORY],
  ]
}

/** Bankruptcy and liquidation prices at entry, maintenance 10 % of the mark. */
function five_prices(): Check[] {
  const bankrupt = [0, 0.3333333, 1.6666667, 0.8947368, 1.1010101]
  const liquidated = [0, 0.3703704, 1.5151515, 0.994152, 1.0009183]
  return holders.flatMap(({ id, quantity, collateral }, i): Check[] => {
    const p = { quantity, entry: ONE }
    const rest = { wallet: collateral, maintenance: ZERO, profit: ZERO }
    const floor = (price: Ratio) => max(price, ZERO)
    return [
      [
        `perp5 bankrupt-${id}`,
        `bankruptcy price of ${id}, from its entry`,
        bankrupt[i] ?? NaN,
        1e-7,
        floor(r.bankruptcy_price(p, collateral)),
        THEORY,
      ],
      [
        `perp5 liquidated-${id}`,
        `liquidation price of ${id} at 10 %`,
        liquidated[i] ?? NaN,
        1e-7,
        floor(r.liquidation_price_at(p, rest, ratio('0.1'), ZERO)),
        THEORY,
      ],
    ]
  })
}

/** Shares of the deficit that the winners A, C, E bear under rules that weigh leverage. */
function five_shares(equity: readonly Ratio[], mark: Ratio): Check[] {
  const winners = [0, 2, 4]
  const own = winners.map((i) => equity[i] as Ratio)
  const leverage = winners.map((i) => div(mul(abs(holders[i]?.quantity as Ratio), mark), equity[i] as Ratio))
  const deficit = sum(equity.map((one) => max(neg(one), ZERO)))
  const rows: Check[] = [
    ['perp5 deficit', 'deficit at step 2', 0.7054035, 1e-7, deficit, THEORY],
    ['perp5 winners', 'equity of the winners', 7.7223434, 1e-7, sum(own), THEORY],
    ['perp5 even', 'pro-rata rate', 0.0913458, 1e-7, div(deficit, sum(own)), THEORY],
  ]
  // the published shares were made from leverages of three digits; unrounded ones differ by up to 5e-4
  const rounded = leverage.map((one) => ratio(to_number(one).toFixed(3)))
  const tail = (x: Ratio) => max(sub(x, ratio('0.9')), ZERO)
  const shares: readonly [string, string, number[], Ratio[]][] = [
    ['even', 'equity', [0.1633, 0.7279, 0.1087], own.map((one) => div(one, sum(own)))],
    ['linear', 'equity · λ · λ', [0.1642, 0.5892, 0.2465], by_risk(own, rounded, (x) => x)],
    ['power', 'equity · λ · λ²', [0.1545, 0.4973, 0.3482], by_risk(own, rounded, (x) => mul(x, x))],
    ['tail', 'equity · λ · (λ − 0.9)+', [0.1491, 0.1138, 0.7371], by_risk(own, rounded, tail)],
  ]
  for (const [id, what, expected, got] of shares)
    winners.forEach((at, i) => {
      const name = holders[at]?.id
      rows.push([`perp5 share-${id}-${name}`, `share of ${name} by ${what}`, expected[i] ?? NaN, 1e-4, got[i] ?? NaN, THEORY])
    })
  ;[1.030655, 0.925047, 1.548215].forEach((expected, i) => {
    rows.push([
      `perp5 leverage-${holders[winners[i] as number]?.id}`,
      'effective leverage',
      expected,
      1e-6,
      leverage[i] as Ratio,
      THEORY,
    ])
  })
  ;(
    [
      [1, 18.0556, 5e-5],
      [3, 2.052, 5e-4],
    ] as const
  ).forEach(([at, expected, tolerance]) => {
    const of = div(mul(abs(holders[at]?.quantity as Ratio), mark), abs(equity[at] as Ratio))
    rows.push([
      `perp5 leverage-${holders[at]?.id}`,
      'effective leverage of a loser (of B the source cuts off: 18.05)',
      expected,
      tolerance,
      of,
      THEORY,
    ])
  })
  return rows
}

const held = (net: string, price: string, weight: string): Holding => ({
  net: ratio(net),
  price: ratio(price),
  weight: ratio(weight),
  owed: ONE,
})

function pooled(): Check[] {
  const faq = 'Binance FAQ "Multi-Assets Mode" (2021 table)'
  const trace = 'derivatives reference §25 T5, arithmetic on Binance FAQ 5e33af8e'
  const loop = (usde: string, usdt: string, price: string) =>
    unified_ratio([held(usde, price, '0.9999'), held(usdt, '1', '1')], ZERO, [
      { amount: ratio(1_000_000), price: ONE, rate: ratio('0.1') },
    ])
  const plain = (price: string) =>
    unified_ratio([held('600000', price, '0.9999'), held('400000', '1', '0.9999')], ratio(500_000), [])
  const fixture = 'Binance FAQ 5e33af8e, example'
  return [
    ['S2.9 bid', 'USDT as margin: index 0.99, bid buffer 1 %', 0.9801, 1e-15, bid_rate(ratio('0.99'), ratio('0.01'), ONE), faq],
    ['S2.9 ask', 'USDT owed: ask buffer 0.5 %', 0.99495, 1e-15, ask_rate(ratio('0.99'), ratio('0.005')), faq],
    ['S2.9 exchange-5000', '5,000 owed, out of an asset at 97.5 %', 5128.2, 0.01, exchanged(ratio(5000), ratio('0.975')), faq],
    ['S2.9 exchange-20000', '20,000 owed', 20512.82, 0.005, exchanged(ratio(20_000), ratio('0.975')), faq],
    ['T5 par', 'uniMMR of a loop of 1.5M USDe against 1.0M USDT at 1.00', 4.9985, 5e-5, loop('1500000', '-1000000', '1'), trace],
    ['T5 0.90', '… at 0.90', 3.4987, 5e-5, loop('1500000', '-1000000', '0.9'), trace],
    ['T5 0.80', '… at 0.80', 1.9988, 5e-5, loop('1500000', '-1000000', '0.8'), trace],
    ['T5 0.6567', '… at 0.6567: negative equity', -0.1505, 5e-5, loop('1500000', '-1000000', '0.6567'), trace],
    ['T5 without-loop', 'no loan, 600,000 USDe and 400,000 USDT at 1.00', 1.9998, 5e-5, plain('1'), trace],
    ['T5 without-loop-0.6567', '… at 0.6567', 1.5879, 5e-5, plain('0.6567'), trace],
    [
      'S2.10 short',
      'short 0.05 BTCUSDT from 52,000 at 40,000',
      600,
      0,
      r.profit({ quantity: ratio('-0.05'), entry: ratio(52_000) }, ratio(40_000)),
      fixture,
    ],
    [
      'S2.10 quarterly',
      'long 0.04 quarterly from 52,350 at 42,000',
      -414,
      0,
      r.profit({ quantity: ratio('0.04'), entry: ratio(52_350) }, ratio(42_000)),
      fixture,
    ],
    [
      'S2.10 inverse',
      'long 10,000 USD of BTCUSD from 50,000 at 40,000, BTC',
      -0.05,
      0,
      r.inverse_profit({ face: ratio(10_000), entry: ratio(50_000) }, ratio(40_000)),
      fixture,
    ],
    ['S2.10 loan-btc', 'maintenance of a loan of 0.04 BTC', 0.004, 0, mul(ratio('0.04'), ratio('0.1')), fixture],
    ['S2.10 loan-eth', 'maintenance of a loan of 15 ETH', 1.5, 0, mul(ratio(15), ratio('0.1')), fixture],
    [
      'S19 shock',
      '1,000,000 USDe at 99.99 %, from 1.00 to 0.6567',
      656_634,
      0.5,
      mul(ratio('0.6567'), ratio('999900')),
      'derivatives reference §19, arithmetic',
    ],
  ]
}

/** Leverage 10, 8 and 2 with equity 1 each: 4 units of price 1 come from the first two until both have 7. */
function levelled(): Check[] {
  const parts = level_leverage([10, 8, 2], [10, 8, 2], [1, 1, 1], 1, 4)
  const source = 'Campbell, Hey, Moallemi, Nutz, arXiv 2603.15963: highest leverage first until equal; arithmetic'
  return [3, 1, 0].map((expected, i) => [
    `S22.2 level-${i + 1}`,
    'leverage levelled: units closed',
    expected,
    1e-9,
    parts[i] as number,
    source,
  ])
}

/** Smallest slice of a short that heals it, margin and fee on the mark: (μ·p·q − e) ÷ (b·(p' − p) − φ·p + μ·p). */
function slices(): Check[] {
  const [mark, at, rate] = [5.5, 5.55, 0.1]
  const tiers = marginal_tiers([0], [rate])
  // the machine takes its fee on the price of the fill
  const base = { side: -1 as const, mark, tiers, others: 0, fee: (0.003 * mark) / at, target: 1 }
  const asked = reduction_at({ ...base, quantity: 1, equity: -4.399 }, at)
  // twenty times the position with as much missing
  const equity = -4.399 + rate * mark * 19
  return [
    [
      'B7 slice',
      'smallest slice: e −4.399, p 5.5, filled at 5.55, fee 30 bp, 10 %',
      10.24,
      5e-3,
      reduction_at({ ...base, quantity: 20, equity }, at),
      THEORY,
    ],
    ['B7 slice-whole', 'more than the position of 1: closed whole', 1, 0, asked === Number.POSITIVE_INFINITY ? 1 : 0, THEORY],
  ]
}

export function goldenRows(): GoldenRow[] {
  const rows = [...allocations(), ...five_accounts(), ...five_positions(), ...slices(), ...levelled(), ...pooled()]
  return rows.map(([id, what, expected, tolerance, exact, source]) => {
    const got = typeof exact === 'number' ? exact : to_number(exact)
    const pass = Math.abs(got - expected) <= tolerance
    return { id: `exchange ${id}`, group: 'exchange', what, expected, got, tolerance, pass, source }
  })
}
