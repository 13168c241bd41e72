/** Numbers computed independently from the published formulas beside what reference and kernel say: rows for the scoreboard. */
import { invariant, marginal } from './kernel.ts'
import { plain_pool, quote } from './reference.ts'

export interface GoldenRow {
  readonly id: string
  readonly group: string
  readonly what: string
  readonly expected: number | string
  readonly got: number | string
  readonly tolerance: number
  readonly pass: boolean
  readonly source: string
}

const E18 = 10n ** 18n
/** 0.04 %, and twice that far off the peg. */
export const FEE = 4_000_000n
export const OFFPEG = 2n * 10n ** 10n
const PORT = 'independent computation in big integers from the formulas of CurveStableSwapNG.vy (curvefi/stableswap-ng 2abe778)'

/** Vector id, A, balances and input (1e18 units), then D, output and fee. */
export const EXCHANGES: readonly (readonly [string, bigint, readonly bigint[], bigint, string])[] = [
  ['S0', 100n, [1_000_000n, 1_000_000n], 10_000n, '2000000000000000000000000 9995010249014456441230 3999652955936676902'],
  ['S1', 100n, [1_000_000n, 1_000_000n], 500_000n, '2000000000000000000000000 496547645268283764083150 205057230529078446857'],
  ['S2', 200n, [1_500_000n, 500_000n], 10_000n, '1998345726703727282921083 9905910546977264822907 4543450608329314908'],
  [
    'S3',
    2000n,
    [1_000_000n, 1_000_000n, 1_000_000n],
    100_000n,
    '3000000000000000000000000 99954904299117331183242 40048028404648716710',
  ],
  [
    'A 200, nine tenths',
    200n,
    [1_000_000n, 1_000_000n],
    900_000n,
    '2000000000000000000000000 882195407388563153537280 391582753697056455154',
  ],
  [
    'A 10, half',
    10n,
    [1_000_000n, 1_000_000n],
    500_000n,
    '2000000000000000000000000 473206307471412181289512 195060157497405617516',
  ],
]

/** Price of the abundant coin by its share of a pool of two, in percent. */
const SHARES = [50, 60, 70, 80, 90, 95, 98, 99] as const
const PRICES: readonly (readonly [number, readonly number[]])[] = [
  [10, [1, 0.9618, 0.9074, 0.8001, 0.5284, 0.2647, 0.086, 0.0362]],
  [100, [1, 0.9957, 0.9889, 0.972, 0.894, 0.6861, 0.2827, 0.1044]],
  [200, [1, 0.9978, 0.9944, 0.9857, 0.943, 0.8074, 0.4172, 0.1651]],
  [2000, [1, 0.9998, 0.9994, 0.9985, 0.9939, 0.9758, 0.8663, 0.6211]],
]

export function goldenRows(): GoldenRow[] {
  const exchanges = EXCHANGES.map(([id, a, balances, dx, expected]): GoldenRow => {
    const pool = plain_pool(
      a,
      balances.map((units) => units * E18),
      FEE,
      OFFPEG,
    )
    const { d, out, fee } = quote(pool, 0, 1, dx * E18)
    const got = `${d} ${out} ${fee}`
    const what = `A ${a}, ${balances.join('/')}, ${dx} in: D, out, fee`
    return {
      id: `stable-swap ${id}`,
      group: 'stable-swap',
      what,
      expected,
      got,
      tolerance: 0,
      pass: got === expected,
      source: PORT,
    }
  })
  const prices = PRICES.flatMap(([a, row]) =>
    row.map((expected, k): GoldenRow => {
      const share = SHARES[k] as number
      const xp = Float64Array.of(share, 100 - share)
      const got = marginal(xp, 0, 1, a, invariant(xp, a))
      return {
        id: `stable-swap price A ${a} at ${share}`,
        group: 'stable-swap',
        what: `price of the abundant coin, A ${a}, ${share} % of the pool`,
        expected,
        got,
        // Published to four digits.
        tolerance: 5.1e-5,
        pass: Math.abs(got - expected) <= 5.1e-5,
        source: PORT,
      }
    }),
  )
  return [...exchanges, ...prices]
}
