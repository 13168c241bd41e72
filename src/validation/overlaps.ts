/** The window of contagion through common holdings: too little overlap does not carry it, much diversification needs too much of it. */
import { portfolio_branching, portfolio_cascade, random_portfolios } from '../analytics/index.ts'
import { exp, log, Rng } from '../math/index.ts'
import type { GoldenRow } from '../model/index.ts'
import { band } from './row.ts'

const SOURCE =
  'Caccioli, Shrestha, Moore, Farmer, Journal of Banking and Finance 46 (2014) 233–245; bands of literature reference §A7'
const HOLDERS = 1000
const SHARE = 0.8
/** Selling a tenth of an asset takes a tenth of its price. */
const ALPHA = -log(0.9) / 0.1
/** A cascade counts from this part of all on. */
const WIDE = 0.05

/** Share of runs in which one failure brings down more than 5 % of all, and the mean part that falls then; 0 when it never does. */
export function contagion(leverage: number, mean: number, runs: number, seed: number): { probability: number; extent: number } {
  const buffer = new Float64Array(HOLDERS).fill(1 / leverage)
  let [wide, fallen] = [0, 0]
  for (let run = 0; run < runs; run++) {
    const rng = new Rng(seed, run, 'portfolios')
    const portfolios = random_portfolios(rng, HOLDERS, HOLDERS, mean, SHARE)
    const failed = portfolio_cascade(portfolios, buffer, ALPHA, [rng.uniformInt(HOLDERS)])
    let count = 0
    for (const round of failed) if (round >= 0) count++
    if (count <= WIDE * HOLDERS) continue
    wide++
    fallen += count / HOLDERS
  }
  return { probability: wide / runs, extent: wide === 0 ? 0 : fallen / wide }
}

/** Further failures by one, in networks with as many assets as holders and `mean` assets each. */
export function branching(leverage: number, mean: number): number {
  // Poisson: what a random network of many has.
  const degrees = new Float64Array(60)
  degrees[0] = exp(-mean)
  for (let d = 1; d < degrees.length; d++) degrees[d] = ((degrees[d - 1] as number) * mean) / d
  return portfolio_branching({
    holder_degrees: degrees,
    asset_degrees: degrees,
    share: SHARE,
    buffer: 1 / leverage,
    alpha: ALPHA,
  })
}

const RUNS = 200
const SEED = 1

/** Bands about 400 runs of the reference: three standard deviations of the difference of two estimates. */
export function overlap_rows(): GoldenRow[] {
  const runs = `${RUNS} networks of 1,000 holders and assets`
  const probabilities = [
    [20, 0.5, 0, 0.01],
    [20, 1, 0, 0.1],
    [20, 1.5, 0.42, 0.68],
    [20, 3, 0.86, 1],
    [20, 5, 0.56, 0.8],
    [20, 6, 0.19, 0.43],
    [20, 8, 0, 0.03],
    [20, 10, 0, 0.01],
    [10, 2, 0.06, 0.3],
    [9, 2, 0, 0.03],
    [8, 1.5, 0, 0],
    [8, 2, 0, 0],
    [8, 3, 0, 0],
  ] as const
  const extents = new Map([
    ['20 1.5', [0.52, 0.64]],
    ['20 3', [0.92, 0.96]],
    ['20 6', [0.98, 1]],
  ])
  const simulated = probabilities.flatMap(([leverage, mean, least, most]) => {
    const got = contagion(leverage, mean, RUNS, SEED)
    const at = `leverage ${leverage}, ${mean} assets each`
    const id = `${leverage} ${mean}`
    const extent = extents.get(id)
    return [
      band(
        'network',
        `A7 spread ${id}`,
        `${at}: share of runs in which one failure spreads, ${runs}`,
        least,
        most,
        got.probability,
        SOURCE,
      ),
      ...(extent === undefined
        ? []
        : [
            band(
              'network',
              `A7 extent ${id}`,
              `${at}: part that falls when it spreads`,
              extent[0] as number,
              extent[1] as number,
              got.extent,
              SOURCE,
            ),
          ]),
    ]
  })
  const means = [0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10]
  const inside = Math.min(...[1.5, 2, 3, 4, 5].map((mean) => branching(20, mean)))
  const low = Math.max(...[8, 9].flatMap((leverage) => means.map((mean) => branching(leverage, mean))))
  const radius = (id: string, what: string, least: number, most: number, got: number) =>
    band('network', `A7 branching ${id}`, `spectral radius of the branching matrix, ${what}`, least, most, got, SOURCE)
  return [
    ...simulated,
    radius('20 0.5', 'leverage 20, 0.5 assets each', 0, 1, branching(20, 0.5)),
    radius('20 1', 'leverage 20, 1 asset each', 0, 1, branching(20, 1)),
    radius('20 inside', 'leverage 20, 1.5 to 5 assets each, least', 1, 50, inside),
    radius('20 8', 'leverage 20, 8 assets each', 0, 1, branching(20, 8)),
    radius('9 all', 'leverage 8 and 9, 0.5 to 10 assets each, largest', 0, 1, low),
  ]
}
