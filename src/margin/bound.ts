/** What a venue tells its margin book: exact healths, and how far prices may move before an account could be below its level. */
import { assert } from '../model/errors.ts'

/** A venue's accounts as its margin book sees them. */
export interface Accounts {
  /** Breach is health < level (true) or health ≤ level (false). */
  readonly strict: boolean

  /**
   * The venue's own exact health of one row, a ratio in natural units: the only test there is.
   * Must be the same function, in the same summation order, for every caller.
   * @param prices price of each slot
   * @returns +Infinity when nothing is owed
   */
  health(row: number, prices: Float64Array): number

  /**
   * out[i − from] = health(rows[i], prices) for i in [from, to), bit for bit. Optional: a loop in the venue's own class, which calls
   * its own `health`, spares the book one call a row where several kinds of venue share its code.
   */
  healths?(rows: Int32Array, from: number, to: number, prices: Float64Array, out: Float64Array): void

  /**
   * How far prices may move, from `prices`, before `health(row)` could fall to `level`. Fills `out`, which comes cleared.
   * Must be safe (never promise room the account does not have, to 1e-9 relative), need not be tight.
   */
  bound(row: number, prices: Float64Array, level: number, out: Bound): void
}

/**
 * - `law`: safe while (max over liability slots of p/p₀, 1 if none) ÷ (min over collateral slots of p/p₀, 1 if none) < headroom
 * - `elastic`: safe while max over all its slots of max(p/p₀, p₀/p) < the smaller of headroom^(1/elasticity) and the band
 * - `watched`: tested at every scan
 * - `none`: cannot breach until it is touched
 */
export type Shape = 'law' | 'elastic' | 'watched' | 'none'

/** A slot with its share, in one number: slot · PLACE + share in quarters, rounded down. */
export const PLACE = 8

/** The slot of such a number. */
export function slot_of(place: number): number {
  return place >> 3
}

/** Its share, a multiple of a quarter. */
export function share_of(place: number): number {
  return (place & 7) / 4
}

/** A share that rounding lifts onto a quarter is wrong by less than keys are lowered. */
function quarters(share: number): number {
  return share > 0 ? (share < 1 ? (4 * share) | 0 : 4) : 0
}

/** Filled by `Accounts.bound`. An account that says nothing is watched. */
export class Bound {
  shape: Shape = 'watched'
  /** Ratio ≥ 1 by which health (level folded in) exceeds the breach: A ÷ L for the law, health ÷ level for `elastic`. */
  headroom = Infinity
  /** K in |Δln health| ≤ K·max|Δln p|. */
  elasticity = 1
  /** The bound on elasticity holds while every p/p₀ is within [1/band, band]. */
  band = Infinity
  collateral_count = 0
  liability_count = 0
  collateral = new Int32Array(8)
  liability = new Int32Array(8)

  /** Forgets everything said. */
  clear(): void {
    this.shape = 'watched'
    this.headroom = Infinity
    this.elasticity = 1
    this.band = Infinity
    this.collateral_count = 0
    this.liability_count = 0
  }

  /**
   * Health falls, or may fall, when this slot's price falls.
   * @param share of A that is this slot's value at the prices now, if that value is proportional to the price: lets the book tell
   *   a mixed collateral from its worst part. Used in quarters; 0 promises nothing. All shares of a side sum to at most 1.
   */
  hold(slot: number, share = 0): void {
    if (this.collateral_count === this.collateral.length) this.collateral = doubled(this.collateral)
    this.collateral[this.collateral_count++] = slot * PLACE + quarters(share)
  }

  /** Health falls, or may fall, when this slot's price rises. `share`: of L, as for `hold`. */
  owe(slot: number, share = 0): void {
    if (this.liability_count === this.liability.length) this.liability = doubled(this.liability)
    this.liability[this.liability_count++] = slot * PLACE + quarters(share)
  }

  /** The law with this headroom. Said again, the smallest headroom counts: a minimum of laws over the union of their slots. */
  law(headroom: number): void {
    this.shape = 'law'
    // written so that NaN wins: such an account is tested at every scan
    if (!(headroom >= this.headroom)) this.headroom = headroom
  }

  /**
   * |Δln health| ≤ elasticity·max|Δln p| over the slots held or owed, as long as every price is within `band` of now.
   * @param headroom health ÷ level
   * @param elasticity > 0
   * @param band ratio > 1 to either side
   */
  elastic(headroom: number, elasticity: number, band = Infinity): void {
    assert(elasticity > 0 && band >= 1, 'elasticity must be positive and its band at least 1')
    this.shape = 'elastic'
    this.headroom = headroom
    this.elasticity = elasticity
    this.band = band
  }

  /** Test at every scan (rules that depend on a path or on the system's state). */
  watch(): void {
    this.shape = 'watched'
  }

  /** Cannot breach, at whatever prices, until it is touched. */
  none(): void {
    this.shape = 'none'
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const next = new Int32Array(array.length * 2)
  next.set(array)
  return next
}
