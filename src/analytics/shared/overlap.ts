/**
 * How much holders of the same assets can hurt each other by selling: Cont and Schaanning, "Monitoring indirect contagion", Journal of Banking and
 * Finance 104 (2019) 85–102.
 */
import { eigenSymmetric } from '../../math/index.ts'
import { assert } from '../../model/index.ts'
import { deleverage, type Holders, type LeverageRule, type SaleImpact } from './deleverage.ts'

type Rows = readonly (readonly number[])[]

/**
 * Ω, currency: element (i, j) is what i loses in the first round when j sells all he has; symmetric. When j sells a part, that part of it.
 * @param values of each asset that each holds, currency
 * @param depth of each asset, currency: selling the share s of it takes the share s of the price
 */
export function liquidity_overlaps(values: Rows, depth: readonly number[]): number[][] {
  return values.map((row) =>
    values.map((other) => row.reduce((sum, own, k) => sum + (own * (other[k] as number)) / (depth[k] as number), 0)),
  )
}

export interface ContagionIndex {
  /** Part of each holder in the principal direction of Ω, from 0 to 1, squares adding up to 1: who sends and gets most. */
  readonly index: Float64Array
  /**
   * Eigenvalues of Ω, descending, at most as many as there are holders or assets; all others are 0. Where the first is far above the second, losses
   * have one factor and the index tells nearly all.
   */
  readonly eigenvalues: Float64Array
}

/**
 * The index of indirect contagion, from the smaller of the two Gram matrices of holdings: any number of holders of up to 64 assets, or the reverse.
 * Without any holding the index is 0 and there is one eigenvalue of 0.
 */
export function indirect_contagion(values: Rows, depth: readonly number[]): ContagionIndex {
  assert(
    depth.every((one) => one > 0) && values.every((row) => row.length === depth.length),
    'a depth above 0 for each asset, and of each holder a value of each',
  )
  const scaled = values.map((row) => row.map((value, k) => value / Math.sqrt(depth[k] as number)))
  const turned = depth.map((_, k) => scaled.map((row) => row[k] as number))
  const by_asset = depth.length < values.length
  const basis = by_asset ? turned : scaled
  const gram = Float64Array.from(basis.flatMap((a) => basis.map((b) => a.reduce((sum, x, k) => sum + x * (b[k] as number), 0))))
  const n = basis.length
  const { values: eigenvalues, vectors } = eigenSymmetric(gram, n)
  const first = Float64Array.from({ length: n }, (_, i) => Math.abs(vectors[i * n] as number))
  const index = by_asset
    ? Float64Array.from(scaled, (row) => row.reduce((sum, x, k) => sum + x * (first[k] as number), 0))
    : first
  const length = Math.sqrt(index.reduce((sum, x) => sum + x * x, 0))
  const empty = !((eigenvalues[0] as number) > 0)
  return { index: index.map((x) => (empty ? 0 : x / length)), eigenvalues: eigenvalues.map((x) => Math.max(0, x)) }
}

/** Loss per unit of fall of an asset's price, currency, by holder. */
export interface Exposures {
  /** What he holds of it. */
  readonly own: Float64Array
  /** What he loses beyond that because others sell, less what he would lose without the fall. */
  readonly indirect: Float64Array
}

/**
 * Exposures to a fall of one asset, with what the sales that it sets off do to everybody: who holds none of it can have one. They depend on the size of
 * the fall, for nothing is sold above the buffer.
 * @param fall share of the price of `asset` that is lost, above 0
 */
export function exposures(
  holders: Holders,
  price: readonly number[],
  { asset, fall }: { readonly asset: number; readonly fall: number },
  impact: SaleImpact,
  rule: LeverageRule,
  steps = 100,
): Exposures {
  assert(fall > 0 && fall <= 1, `a fall from 0 to 1, not ${fall}`)
  const hit = price.map((value, k) => (k === asset ? value * (1 - fall) : value))
  const [calm, shaken] = [price, hit].map((start) => deleverage(holders, start, impact, rule, steps).equity)
  const own = Float64Array.from(holders.units, (row) => (row[asset] as number) * (price[asset] as number))
  return {
    own,
    indirect: own.map((value, i) => ((calm?.[i] as number) - (shaken?.[i] as number)) / fall - value),
  }
}
