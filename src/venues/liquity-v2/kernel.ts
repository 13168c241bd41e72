/**
 * The mechanics in floats: collateral in units of its asset, debt in BOLD, prices in BOLD per unit, rates a year. Held to reference.ts
 * and reference-pool.ts at 1e-9 by property test. Nothing here changes state.
 */
import { exp, pow } from '../../math/index.ts'

export const YEAR_MS = 31_536_000_000

/** Half after 6 hours, per minute. */
export const MINUTE_DECAY = 0.998_076_443_575_628_8

/** Collateral value over debt; +Infinity without debt. */
export const ratioOf = (coll: number, debt: number, price: number): number =>
  debt > 0 ? (coll * price) / debt : Number.POSITIVE_INFINITY

/** Simple interest on a recorded debt. */
export const interestOf = (debt: number, rate: number, elapsed_ms: number): number => (debt * rate * elapsed_ms) / YEAR_MS

/**
 * Annual rates of the interest slots: a debt at a rate of at most RATES[k] grows by no more than a factor of `classGrowth(k, …)`,
 * so that slot bounds it in the margin book.
 */
export const RATES: readonly number[] = Array.from({ length: 10 }, (_, k) => 0.005 * (1 << k))

/** Slot of a rate. */
export function classOf(rate: number): number {
  let k = 0
  while (k < RATES.length - 1 && (RATES[k] as number) < rate) k++
  return k
}

export const classGrowth = (k: number, elapsed_ms: number): number => exp(((RATES[k] as number) * elapsed_ms) / YEAR_MS)

/** What a liquidation does. */
export interface Split {
  /** Debt burnt against the pool, collateral for the caller and for the pool. */
  offset: number
  gas: number
  to_pool: number
  /** What the other troves get. */
  debt_out: number
  coll_out: number
  /** Collateral back to the owner. */
  surplus: number
}

/** The terms of a branch. */
export interface Terms {
  readonly pool_penalty: number
  readonly redistribution_penalty: number
  /** Share of the pool's collateral for the caller, and most units of it. */
  readonly cut: number
  readonly cut_max: number
  /** BOLD that stays in the pool. */
  readonly min_pool: number
}

/** How a trove is taken apart. What the pool's cap leaves goes into the redistribution, if there is one, and only then to the owner. */
export function split(coll: number, debt: number, price: number, pool: number, terms: Terms, out: Split): void {
  out.offset = Math.min(debt, Math.max(0, pool - terms.min_pool))
  const part = coll * (out.offset / debt)
  out.gas = Math.min(part * terms.cut, terms.cut_max)
  out.to_pool = Math.min(part - out.gas, (out.offset * (1 + terms.pool_penalty)) / price)
  const spare = part - out.gas - out.to_pool
  out.debt_out = debt - out.offset
  const redistributes = out.debt_out > 0
  const rest = coll - part + spare
  out.coll_out = redistributes ? Math.min(rest, (out.debt_out * (1 + terms.redistribution_penalty)) / price) : 0
  // Where nothing is redistributed, part is all there is and spare all that is left.
  out.surplus = Math.max(0, redistributes ? rest - out.coll_out : spare)
}

/** Base rate after some time; whole minutes count. */
export const decayed = (base_rate: number, elapsed_ms: number): number =>
  base_rate === 0 ? 0 : base_rate * pow(MINUTE_DECAY, Math.floor(elapsed_ms / 60_000))

/** Fills `out` with the shares of a redemption by branch: by the debt that no pool backs, or by all debt when every branch is backed. */
export function portions(amount: number, debt: Float64Array, pool: Float64Array, open: Uint8Array, out: Float64Array): void {
  let total = 0
  for (let b = 0; b < out.length; b++) {
    out[b] = open[b] === 1 ? Math.max(0, (debt[b] as number) - (pool[b] as number)) : 0
    total += out[b] as number
  }
  if (!(total > 0)) {
    for (let b = 0; b < out.length; b++) {
      out[b] = open[b] === 1 ? (debt[b] as number) : 0
      total += out[b] as number
    }
  }
  for (let b = 0; b < out.length; b++) out[b] = total > 0 ? amount * ((out[b] as number) / total) : 0
}

/** Within a segment the running product of a pool stays above this, so that sums over it lose no digits. */
export const SEGMENT = 1 / 16

/** Less of a deposit than this share is nothing that floats could tell from rounding. */
const LEAST = 1e-18

/** One pool's history, newest segment last, as a chain: the segment that followed each, −1 for the newest. */
export interface Segments {
  readonly next: ArrayLike<number>
  /** Product of the segment before at the moment this one began. */
  readonly factor: ArrayLike<number>
  /** Sums of collateral and of yield per BOLD times product, in the segment's own product. */
  readonly coll: ArrayLike<number>
  readonly yield_: ArrayLike<number>
}

/** Where a deposit stood when it was made: segment, product, sums. */
export interface Stand {
  segment: number
  p: number
  s: number
  b: number
}

/** What became of a deposit of 1: what is left, and what it gained. */
export interface Grown {
  left: number
  coll: number
  yield_: number
}

/** Follows a deposit of 1 from where it stood to the product now. */
export function grown(stand: Stand, p_now: number, segments: Segments, out: Grown): void {
  const { next, factor, coll, yield_ } = segments
  const { segment, p, s, b } = stand
  out.coll = ((coll[segment] as number) - s) / p
  out.yield_ = ((yield_[segment] as number) - b) / p
  let product = 1 / p
  let last = segment
  for (let k = next[segment] as number; k >= 0; k = next[k] as number) {
    last = k
    product *= factor[k] as number
    if (product < LEAST) break
    out.coll += product * (coll[k] as number)
    out.yield_ += product * (yield_[k] as number)
  }
  out.left = product < LEAST || (next[last] as number) >= 0 ? 0 : product * p_now
}
