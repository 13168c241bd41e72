/** Contagion by what is sold: holders of the same assets, and a stablecoin whose issuers buy it back. */
import {
  type CoinBeliefs,
  collateral_floor,
  type CoinStep,
  deleverage,
  impact_of_value,
  indirect_contagion,
  liquidity_overlaps,
  stablecoin_path,
  supply_bounds,
} from '../analytics/index.ts'
import { exp, log, Moments, Rng } from '../math/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { band, numeric } from './row.ts'

const GROUP = 'network'

const HELD = [
  [60, 40, 0],
  [30, 0, 70],
  [0, 50, 50],
]
const DEPTH = [1000, 2000, 500]

function overlap_rows(): GoldenRow[] {
  const source = 'Cont and Schaanning 2019, three holders, recomputed (literature reference §A6, golden omega3)'
  const overlaps = liquidity_overlaps(HELD, DEPTH)
  const { index, eigenvalues } = indirect_contagion(HELD, DEPTH)
  const row = (id: string, what: string, expected: number, got: number, tolerance: number) =>
    numeric(GROUP, `omega3 ${id}`, what, expected, got, tolerance, source)
  const printed = [
    [4.4, 1.8, 1],
    [1.8, 10.7, 7],
    [1, 7, 6.25],
  ]
  return [
    ...printed.flatMap((line, i) =>
      line.map((value, j) =>
        row(`overlap ${i} ${j}`, 'lost by one when the other sells all', value, overlaps[i]?.[j] as number, 1e-12),
      ),
    ),
    ...[16.17478545, 4.06703164, 1.10818291].map((value, i) =>
      row(`eigenvalue ${i}`, 'of the overlaps', value, eigenvalues[i] as number, 1e-8),
    ),
    ...[0.17102962, 0.79695072, 0.57932584].map((value, i) =>
      row(`index ${i}`, 'index of indirect contagion', value, index[i] as number, 1e-8),
    ),
  ]
}

/** One round of sales: 4 % off the first asset, leverage at most 25, back to 23.75. */
function round_rows(): GoldenRow[] {
  const source = 'Cont and Schaanning 2017, one round of three holders, recomputed (literature reference §A6)'
  const capital = [8, 6, 7]
  const illiquid = [100, 50, 80]
  const debt = HELD.map((row, i) => row.reduce((sum, v) => sum + v, 0) + (illiquid[i] as number) - (capital[i] as number))
  const rule = { minimum: 0, buffer: 1 / 25, target: 1 / 23.75 }
  const start = [0.96, 1, 1]
  const run = (steps: number) =>
    deleverage({ cash: [0, 0, 0], illiquid, debt, units: HELD }, start, impact_of_value(DEPTH), rule, steps)
  const [hit, sold] = [run(1), run(2)]
  const lists = [
    ['hit', 'lost to the shock', [2.4, 1.2, 0], capital.map((c, i) => c - (hit.equity[i] as number)), 1e-12],
    ['sells', 'share of holdings sold', [0.66188525, 0.35222672, 0.1375], [...(hit.offered[0] as Float64Array)], 5e-9],
    [
      'falls',
      'fall of a price',
      [0.0471223, 0.01653694, 0.0611145],
      start.map((p, k) => 1 - (sold.price[k] as number) / p),
      5e-8,
    ],
    [
      'loses',
      'lost in the first round',
      [2.25855202, 4.64271414, 3.61564513],
      capital.map((_, i) => (hit.equity[i] as number) - (sold.equity[i] as number)),
      5e-9,
    ],
  ] as const
  return lists.flatMap(([name, what, expected, got, tolerance]) =>
    expected.map((value, i) => numeric(GROUP, `threshold round ${name} ${i}`, what, value, got[i] as number, tolerance, source)),
  )
}

const TERMS = { demand: 100, cover: 1.5 }

/** What issuers of 100 coins can do at some values of collateral, and the spiral over five falls of it. */
function coin_rows(): GoldenRow[] {
  const source = 'Klages-Mundt and Minca, arXiv 1906.02152, their simulator run and solved (literature reference §B5, golden km)'
  const row = (id: string, what: string, expected: number, got: number, tolerance: number) =>
    numeric(GROUP, `km ${id}`, what, expected, got, tolerance, source)
  const floor = collateral_floor(100, TERMS)
  const rows = [
    row('floor', 'collateral below which 100 coins cannot be bought back to a cover of 1.5', 144.94897427831782, floor, 1e-9),
  ]
  const solved = [
    [150, 100, 1],
    [149, 97.9108462, 1.0213373],
    [147, 92.9215868, 1.0761762],
    [145, 83.33333333333333, 1.2],
    [144.95, 81.8862908, 1.2212056],
  ] as const
  for (const [collateral, supply, price] of solved) {
    const most = supply_bounds(collateral, 100, TERMS)?.most as number
    const [at, close] = [`V${collateral}`, collateral === 145 ? 1e-9 : 5e-8]
    rows.push(
      row(`${at} L`, `collateral ${collateral}: most coins that it covers`, supply, most, close),
      row(`${at} p`, `collateral ${collateral}: price of a coin when the rest is bought back`, price, TERMS.demand / most, close),
    )
  }
  const none = supply_bounds(144.9, 100, TERMS) === undefined ? 0 : 1
  rows.push(row('V144.9', 'collateral 144.9: ways to restore cover', 0, none, 0))
  return [...rows, ...spiral_rows(row)]
}

type Row = (id: string, what: string, expected: number, got: number, tolerance: number) => GoldenRow

function spiral_rows(row: Row): GoldenRow[] {
  const falls = [-0.05, -0.1, -0.08, -0.05, -0.05]
  const beliefs = { memory: 0.1, deviation: 0.027925, mean: 0, growth: exp(0.1) }
  const run = (of: CoinBeliefs) => stablecoin_path(falls, { units: 200, supply: 100 }, TERMS, of)
  /** (z + demand)² − 4 · cover · demand · supply after the last fall. */
  const missing = (path: readonly CoinStep[]) => {
    const { units, supply } = path[path.length - 1] as CoinStep
    const z = units * exp(falls.reduce((sum, r) => sum + r, 0))
    return (z + 100) * (z + 100) - 600 * supply
  }
  const [neutral, careful] = [run(beliefs), run({ ...beliefs, level: 0.1 })]
  const lists = [
    ['price', 'price of the coin', [0.95122942, 0.92774349, 0.91621887, 1.02012963], neutral.map((s) => s.coin_usd)],
    ['coins', 'coins', [105.12710964, 107.78841509, 109.14422644, 98.02675794], neutral.map((s) => s.supply)],
    ['units', 'units of collateral', [205.12710964, 207.9956886, 209.55914665, 194.55318876], neutral.map((s) => s.units)],
    [
      'var price',
      'price of the coin, value at risk limited',
      [0.95122942, 0.92774349, 1.01585658, 1.00539246],
      careful.map((s) => s.coin_usd),
    ],
  ] as const
  return [
    ...lists.flatMap(([name, what, expected, got]) =>
      expected.map((value, t) =>
        row(`run ${name} ${t}`, `five falls of collateral, step ${t}: ${what}`, value, got[t] as number, 1e-8),
      ),
    ),
    row('run steps', 'five falls: steps until nothing restores cover', 4, neutral.length, 0),
    row('run cover', 'five falls: cover at the last step', 1.5, neutral[3]?.cover as number, 1e-9),
    row('run missing', 'five falls: discriminant at the step that fails', -1278.963, missing(neutral), 5e-4),
    row('run var steps', 'five falls, value at risk limited: steps', 4, careful.length, 0),
    row(
      'run var missing',
      'five falls, value at risk limited: discriminant at the step that fails',
      -1153.327,
      missing(careful),
      5e-4,
    ),
  ]
}

/** Deviation of log returns of the coin's price in steps that cover decides ÷ that in all others, over paths of fat-tailed returns. */
export function coin_noise(paths: number, days: number, seed: number): { ratio: number; survived: number } {
  const [bound, free] = [new Moments(), new Moments()]
  let survived = 0
  for (let path = 0; path < paths; path++) {
    const rng = new Rng(seed, path, 'collateral')
    // Three degrees of freedom have a variance of 3.
    const returns = Float64Array.from({ length: days }, () => (0.027925 * rng.studentT(3)) / Math.sqrt(3))
    const steps = stablecoin_path(returns, { units: 400, supply: 100 }, TERMS, { memory: 0.1, deviation: 0.027925, mean: 0 })
    let before = 1
    for (const step of steps) {
      ;(step.bound ? bound : free).add(log(step.coin_usd / before))
      before = step.coin_usd
    }
    if (steps.length === days) survived++
  }
  return { ratio: Math.sqrt(bound.variance / free.variance), survived: survived / paths }
}

function noise_row(): GoldenRow {
  const source = 'Klages-Mundt and Minca, arXiv 2004.01304; band of 400 paths of their simulator (literature reference §B5)'
  const what = 'deviation of the coin’s returns where cover decides ÷ elsewhere, 100 paths of 1,000 days'
  return band(GROUP, 'km noise', what, 8, 100, coin_noise(100, 1000, 1).ratio, source)
}

export const sales_rows = (): GoldenRow[] => [...overlap_rows(), ...round_rows(), ...coin_rows(), noise_row()]
