/** Contagion over networks: who can pay whom, distress, sales. */
import {
  clearing,
  debt_rank,
  debt_rank_once,
  fire_sale,
  furfine,
  links_of,
  LoanBook,
  ltv_path,
  toxic_ltv,
} from '../analytics/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { numeric } from './row.ts'

const GROUP = 'network'

const OWED = [
  [0, 0, 2],
  [3, 0, 1],
  [3, 1, 0],
]

function clearing_rows(): GoldenRow[] {
  const source = 'Eisenberg and Noe 2001 by iteration, fictitious default and linear program (literature reference §A1)'
  const costs = 'Rogers and Veraart 2013 (literature reference §A2)'
  const plain = clearing(OWED, [1, 1, 1])
  const rows = [2, 28 / 15, 52 / 15].map((paid, i) =>
    numeric(
      GROUP,
      `eisenberg_noe_ELS paid ${i}`,
      'what a bank of three pays in all',
      paid,
      plain.paid[i] as number,
      1e-12,
      source,
    ),
  )
  rows.push(
    numeric(
      GROUP,
      'eisenberg_noe_ELS equity 0',
      'what is left to the only bank that stands',
      3,
      plain.equity[0] as number,
      1e-12,
      source,
    ),
    numeric(GROUP, 'eisenberg_noe_ELS rounds', 'rounds of defaults', 2, plain.rounds.length, 0, source),
  )
  const ring = [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => (j === (i + 1) % 5 ? 10 : 0)))
  const sunk = clearing([...ring.map((row, i) => [...row, i === 0 ? 4 : 2]), [0, 0, 0, 0, 0, 0]], [2, 3, 3, 3, 3, 0])
  for (const [i, paid] of [12, 81 / 7, 12, 12, 12].entries())
    rows.push(
      numeric(GROUP, `eisenberg_noe ring paid ${i}`, 'a ring with creditors outside', paid, sunk.paid[i] as number, 1e-9, source),
    )
  const printed = [
    ['a.9b.9', 0.9, 0.9, [2, 1.5878867676, 3.0572745227]],
    ['a.7b.7', 0.7, 0.7, [2, 1.1012250161, 2.2927143778]],
    ['a.5b.5', 0.5, 0.5, [2, 0.6984126984, 1.5873015873]],
    ['a.5b.8', 0.5, 0.8, [2, 0.9583333333, 2.2916666667]],
  ] as const
  for (const [name, alpha, beta, paid] of printed) {
    const got = clearing(OWED, [1, 1, 1], { alpha, beta })
    for (const [i, most] of paid.entries())
      rows.push(
        numeric(GROUP, `rogers_veraart_ELS ${name} ${i}`, 'paid with costs of default', most, got.paid[i] as number, 1e-9, costs),
      )
  }
  return rows
}

/** Order A, B, C, E, F, D; rows lend to columns. */
const LENT = [
  [0, 0, 0, 0, 0, 0],
  [5, 0, 0, 0, 0, 2],
  [0, 3, 0, 0, 2, 2],
  [0, 0, 4, 0, 5, 0],
  [10, 2, 0, 0, 5, 0],
  [2, 0, 0, 0, 0, 0],
]
const BUFFERS = [10, 2, 2, 1, 10, 4]
const NAMES = 'ABCEFD'

function distress_rows(): GoldenRow[] {
  const source = 'six nodes of the test matrix of an R package, recomputed (literature reference §A3)'
  const book = new LoanBook(6, links_of(LENT, BUFFERS))
  const shocks = [
    ['default of A', [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0.5], undefined],
    ['default of B', [0, 1, 0, 0, 0, 0], [0, 1, 1, 1, 0.4, 0], undefined],
    ['default of D', [0, 0, 0, 0, 0, 1], [0, 1, 1, 1, 0.4, 1], undefined],
    [
      '5 % everywhere',
      [0.05, 0.05, 0.05, 0.05, 0.05, 0.05],
      [0.05, 0.25, 0.8, 1, 0.3, 0.075],
      [0.05, 0.15, 0.2, 0.15, 0.135, 0.075],
    ],
  ] as const
  const rows: GoldenRow[] = []
  for (const [name, shock, lost, once] of shocks) {
    const got = debt_rank(book, shock)
    for (const [i, loss] of lost.entries())
      rows.push(numeric(GROUP, `debt_rank ${name} ${NAMES[i]}`, 'differential DebtRank', loss, got[i] as number, 1e-12, source))
    const single = once === undefined ? undefined : debt_rank_once(book, shock)
    for (const [i, loss] of (once ?? []).entries())
      rows.push(
        numeric(GROUP, `debt_rank once ${name} ${NAMES[i]}`, 'DebtRank, told once', loss, single?.[i] as number, 1e-12, source),
      )
  }
  const falls = (from: number, lost: number) =>
    furfine(LENT, BUFFERS, from, lost)
      .map((round) => round.map((i) => NAMES[i]).join(''))
      .join(' ')
  const printed = [
    ['A', 1, 'BF CE'],
    ['B', 1, 'C E'],
    ['C', 1, 'E'],
    ['E', 1, ''],
    ['F', 1, 'CE'],
    ['D', 1, 'BC E'],
    ['A', 0.4, 'B'],
    ['C', 0.4, 'E'],
    ['F', 0.4, 'E'],
    ['B', 0.4, ''],
  ] as const
  for (const [name, lost, expected] of printed) {
    const got = falls(NAMES.indexOf(name), lost)
    const [group, what] = [GROUP, 'who falls, by round, when a share of loans is lost']
    rows.push({
      id: `${GROUP} furfine ${name} ${lost}`,
      group,
      what,
      expected,
      got,
      tolerance: 0,
      pass: got === expected,
      source,
    })
  }
  return rows
}

function sale_rows(): GoldenRow[] {
  const source = 'Greenwood, Landier and Thesmar 2015, three owners, recomputed (literature reference §A5)'
  const got = fire_sale({
    assets: [100, 200, 150],
    equity: [10, 10, 15],
    weights: [
      [0.5, 0.5, 0],
      [0, 0.5, 0.5],
      [0.2, 0.3, 0.5],
    ],
    impact: [0.001, 0.002, 0],
    shock: [-0.05, 0, 0],
  })
  const lists = [
    ['systemicness', [0.15107142857, 0, 0.0513], got.systemicness],
    ['indirect vulnerability', [0.22275, 0.306, 0.1197], got.indirect],
    ['direct vulnerability', [0.25, 0, 0.1], got.direct],
  ] as const
  return [
    numeric(GROUP, 'glt3 aggregate', 'equity lost to sales, a share of all', 0.2023714285714286, got.aggregate, 1e-12, source),
    numeric(GROUP, 'glt3 radius', 'spectral radius of a round: it feeds itself', 2.6713, got.radius, 5e-5, source),
    ...lists.flatMap(([name, expected, list]) =>
      expected.map((value, n) => numeric(GROUP, `glt3 ${name} ${n}`, name, value, list[n] as number, 1e-10, source)),
    ),
  ]
}

function spiral_rows(): GoldenRow[] {
  const source = 'Warmuz, Chaudhary and Pinna, arXiv 2212.07306, recomputed (literature reference §B2)'
  const thresholds = [
    [0.05, 0.9523809523809523],
    [0.075, 0.9302325581395349],
    [0.1, 0.9090909090909091],
    [0.15, 0.869565],
  ] as const
  const [toxic, heals] = [ltv_path(100, 97, 0.05, 0.5, 6), ltv_path(100, 94, 0.05, 0.5, 6)]
  const paths = [
    ['C100D97', toxic, [0.97, 0.988283, 1.026998, 1.114302, 1.342561, 2.274326]],
    ['C100D94', heals, [0.94, 0.927937, 0.904716, 0.861595, 0.786611, 0.669993, 0.516767]],
  ] as const
  return [
    ...thresholds.map(([bonus, ltv]) =>
      numeric(GROUP, `toxic thr ${bonus}`, 'loan to value above which calls raise it', ltv, toxic_ltv(bonus), 5e-7, source),
    ),
    ...paths.flatMap(([name, path, printed]) =>
      printed.map((ltv, call) =>
        numeric(GROUP, `toxic ${name} call ${call}`, 'loan to value after a call', ltv, path[call] as number, 5e-7, source),
      ),
    ),
  ]
}

export const network_rows = (): GoldenRow[] => [...clearing_rows(), ...distress_rows(), ...sale_rows(), ...spiral_rows()]
