/**
 * Who falls with whom because they hold the same: a holder that fails sells all he has, prices fall, and who loses more than he can bear fails too.
 *
 * Source: Caccioli, Shrestha, Moore, Farmer, "Stability analysis of financial contagion due to overlapping portfolios", Journal of Banking and
 * Finance 46 (2014) 233–245; constants as in literature reference §A7. A holder's assets are 1.
 */
import { csrFromDense, exp, log, type Rng, spectralRadius } from '../../math/index.ts'
import { assert } from '../../model/index.ts'

/** What of his assets each holds of which asset: those of i are `at[i]` to `at[i + 1]`, an asset at most once. */
export interface Portfolios {
  readonly assets: number
  readonly at: Int32Array
  readonly asset: Int32Array
  readonly value: Float64Array
}

/**
 * Portfolios in which everybody holds each asset with the probability `mean` ÷ `assets`, and has `share` of what he owns in them in equal parts.
 * @param mean assets that a holder has on average, from 0 to `assets`
 */
export function random_portfolios(rng: Rng, holders: number, assets: number, mean: number, share: number): Portfolios {
  assert(mean > 0 && mean < assets, `a mean number of assets within ${assets}, not ${mean}`)
  // Gaps between those that are held are geometric: one draw for each.
  const skip = log(1 - mean / assets)
  const at = new Int32Array(holders + 1)
  const asset: number[] = []
  let next = Math.floor(log(rng.open()) / skip)
  for (let i = 0; i < holders; i++) {
    for (; next < assets; next += 1 + Math.floor(log(rng.open()) / skip)) asset.push(next)
    next -= assets
    at[i + 1] = asset.length
  }
  const value = new Float64Array(asset.length)
  for (let i = 0; i < holders; i++) {
    const [from, to] = [at[i] as number, at[i + 1] as number]
    value.fill(share / (to - from), from, to)
  }
  return { assets, at, asset: Int32Array.from(asset), value }
}

/** Holders of each asset: those of k are `holder[at[k]]` to `holder[at[k + 1]]`. */
function by_asset({ assets, at, asset }: Portfolios): { at: Int32Array; holder: Int32Array } {
  const start = new Int32Array(assets + 1)
  for (const k of asset) start[k + 1] = (start[k + 1] as number) + 1
  for (let k = 0; k < assets; k++) start[k + 1] = (start[k + 1] as number) + (start[k] as number)
  const next = start.slice()
  const holder = new Int32Array(asset.length)
  for (let i = 0; i + 1 < at.length; i++)
    for (let e = at[i] as number; e < (at[i + 1] as number); e++) {
      const k = asset[e] as number
      holder[next[k] as number] = i
      next[k] = (next[k] as number) + 1
    }
  return { at: start, holder }
}

/**
 * Round in which each fails, from 0 those of `first`; −1: he stands. The price of an asset is exp(−alpha · the part of all of it that is sold).
 * @param buffer loss as a part of his assets from which on each fails
 */
export function portfolio_cascade(
  portfolios: Portfolios,
  buffer: ArrayLike<number>,
  alpha: number,
  first: readonly number[],
): Int32Array {
  const { assets, at, asset, value } = portfolios
  const count = at.length - 1
  assert(buffer.length === count, 'a buffer for each holder')
  const holders = by_asset(portfolios)
  const total = new Float64Array(assets)
  for (let e = 0; e < asset.length; e++) total[asset[e] as number] = (total[asset[e] as number] as number) + (value[e] as number)
  const sold = new Float64Array(assets)
  const fall = new Float64Array(assets)
  const failed = new Int32Array(count).fill(-1)
  const looked = new Int32Array(count)
  let falling = [...first]
  for (const i of falling) failed[i] = 0
  for (let round = 1; falling.length > 0; round++) {
    const touched = new Set<number>()
    for (const i of falling)
      for (let e = at[i] as number; e < (at[i + 1] as number); e++) {
        const k = asset[e] as number
        sold[k] = (sold[k] as number) + (value[e] as number)
        touched.add(k)
      }
    for (const k of touched) fall[k] = 1 - exp((-alpha * (sold[k] as number)) / (total[k] as number))
    falling = []
    for (const k of touched)
      for (let h = holders.at[k] as number; h < (holders.at[k + 1] as number); h++) {
        const i = holders.holder[h] as number
        if (failed[i] !== -1 || looked[i] === round) continue
        looked[i] = round
        let loss = 0
        for (let e = at[i] as number; e < (at[i + 1] as number); e++)
          loss += (value[e] as number) * (fall[asset[e] as number] as number)
        if (loss < (buffer[i] as number)) continue
        failed[i] = round
        falling.push(i)
      }
  }
  return failed
}

export interface BranchingInput {
  /** Probability that a holder has d assets, and that an asset has k holders, by d and k from 0. */
  readonly holder_degrees: ArrayLike<number>
  readonly asset_degrees: ArrayLike<number>
  readonly share: number
  readonly buffer: number
  readonly alpha: number
}

/** Probability of meeting each degree at the end of a random link. */
function at_a_link(degrees: ArrayLike<number>): Float64Array {
  const weighed = Float64Array.from(degrees, (p, d) => p * d)
  const mean = weighed.reduce((sum, p) => sum + p, 0)
  return weighed.map((p) => (mean > 0 ? p / mean : 0))
}

/**
 * Spectral radius of the branching matrix: how many further failures one failure causes by itself, on average over degrees, in a network so large that
 * it has no short cycles. Above 1 a first failure can spread to a part of everybody. Below 1 joint hits, which the matrix leaves out, may still do it.
 * Element (d, e): (d − 1) · Σ over k of the chance of k holders at a link · (k − 1) · chance of e at a link, where the fall of the price through one
 * seller of d assets is enough for a holder of e assets. Holders of k assets are taken to hold the mean of what holders have in one.
 */
export function portfolio_branching({ holder_degrees, asset_degrees, share, buffer, alpha }: BranchingInput): number {
  const n = holder_degrees.length
  const [mine, theirs] = [at_a_link(holder_degrees), at_a_link(asset_degrees)]
  const part = mine.reduce((sum, p, d) => sum + (d > 0 ? p / d : 0), 0)
  const matrix = new Float64Array(n * n)
  for (let d = 2; d < n; d++)
    for (let k = 2; k < theirs.length; k++) {
      const sold = 1 / d / (1 / d + (k - 1) * part)
      const most = (share * (1 - exp(-alpha * sold))) / buffer
      const weight = (d - 1) * (theirs[k] as number) * (k - 1)
      for (let e = 1; e < n && e <= most; e++) matrix[d * n + e] = (matrix[d * n + e] as number) + weight * (mine[e] as number)
    }
  return spectralRadius(csrFromDense(matrix, n)).value
}
