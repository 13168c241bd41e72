/** Contagion by what is sold: holders of the same assets, and a stablecoin whose issuers buy it back. */
import { deleverage, impact_of_value, indirect_contagion, liquidity_overlaps } from '../analytics/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { numeric } from './row.ts'

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

export const sales_rows = (): GoldenRow[] => [...overlap_rows(), ...round_rows()]
