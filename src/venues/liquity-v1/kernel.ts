/**
 * The mechanics in floats: collateral in units of its asset, debt in LUSD, prices in LUSD per unit. Held to reference.ts and
 * reference-pool.ts at 1e-9 by property test. Outcomes are statuses; nothing here changes state.
 */
import { pow } from '../../math/index.ts'
import type { Status } from '../../model/index.ts'

/** Half after 12 hours, per minute (LiquityBase). */
export const MINUTE_DECAY = 0.999_037_758_833_783

/** A deposit of which less than this is left is nothing (the contract's scale factor). */
const LEAST = 1e-9

/** Within a segment the running product stays above this, so that sums over it lose no digits. */
export const SEGMENT = 1 / 16

/** Collateral value over debt; +Infinity without debt. */
export const ratioOf = (coll: number, debt: number, price: number): number =>
  debt > 0 ? (coll * price) / debt : Number.POSITIVE_INFINITY

/**
 * Health: ratio over the ratio it must have. In recovery mode that is the system's own, for troves that the pool can take whole.
 * @param coll_total, debt_total of the whole system
 */
export function troveHealth(
  coll: number,
  debt: number,
  price: number,
  coll_total: number,
  debt_total: number,
  pool: number,
  mcr: number,
  ccr: number,
): number {
  if (!(debt > 0)) return Number.POSITIVE_INFINITY
  const ratio = (coll * price) / debt
  const total = (coll_total * price) / debt_total
  return total < ccr && debt <= pool ? ratio / Math.max(mcr, total) : ratio / mcr
}

/** What a liquidation does. */
export interface Split {
  /** Collateral for the caller. */
  gas: number
  /** Debt burnt against the pool, and the collateral it gets. */
  offset: number
  to_pool: number
  /** What the other troves get. */
  debt_out: number
  coll_out: number
  /** Collateral back to the owner. */
  surplus: number
}

/** The terms of the system. */
export interface Terms {
  readonly mcr: number
  readonly ccr: number
  /** Share of the collateral for the caller. */
  readonly cut: number
}

/**
 * How a trove is taken apart.
 * @param tcr ratio of the whole system
 * @param pool LUSD in the stability pool
 * @returns `applied` with `out` filled, `healthy`, or `limit`: below the system's ratio in recovery mode but larger than the pool
 */
export function split(coll: number, debt: number, price: number, tcr: number, pool: number, terms: Terms, out: Split): Status {
  const icr = ratioOf(coll, debt, price)
  const recovery = tcr < terms.ccr
  out.gas = coll * terms.cut
  out.surplus = 0
  if ((recovery && icr <= 1) || icr < terms.mcr) {
    out.offset = recovery && icr <= 1 ? 0 : Math.min(debt, pool)
    out.to_pool = (coll - out.gas) * (out.offset / debt)
    out.debt_out = debt - out.offset
    out.coll_out = out.debt_out > 0 ? coll - out.gas - out.to_pool : 0
    return 'applied'
  }
  if (!recovery || icr >= tcr) return 'healthy'
  if (debt > pool) return 'limit'
  const capped = (debt * terms.mcr) / price
  out.gas = capped * terms.cut
  out.offset = debt
  out.to_pool = capped - out.gas
  out.debt_out = 0
  out.coll_out = 0
  out.surplus = coll - capped
  return 'applied'
}

/** Base rate after some time without fees; whole minutes count. */
export const decayed = (base_rate: number, elapsed_ms: number): number =>
  base_rate === 0 ? 0 : base_rate * pow(MINUTE_DECAY, Math.floor(elapsed_ms / 60_000))

/** The pool's history: a segment ends when its product has fallen below SEGMENT, or with the pool emptied, which ends the epoch. */
export interface Segments {
  readonly length: number
  readonly epoch: ArrayLike<number>
  /** Product of the segment before at the moment this one began. */
  readonly factor: ArrayLike<number>
  /** Sum of collateral per LUSD times product, in the segment's own product. */
  readonly sum: ArrayLike<number>
}

/**
 * What is left of a deposit.
 * @param segment, p where the product stood when it was made
 * @param p_now the product now, in the last segment
 */
export function compounded(deposit: number, segment: number, p: number, p_now: number, segments: Segments): number {
  const { epoch, factor, length } = segments
  if (epoch[segment] !== epoch[length - 1]) return 0
  let product = p_now / p
  for (let k = segment + 1; k < length && product >= LEAST; k++) product *= factor[k] as number
  return product < LEAST ? 0 : deposit * product
}

/**
 * Collateral that a deposit has gained.
 * @param s the segment's sum when it was made
 */
export function gained(deposit: number, segment: number, p: number, s: number, segments: Segments): number {
  const { epoch, factor, sum, length } = segments
  let total = ((sum[segment] as number) - s) / p
  let product = 1 / p
  for (let k = segment + 1; k < length && epoch[k] === epoch[segment] && product >= LEAST * LEAST; k++) {
    product *= factor[k] as number
    total += product * (sum[k] as number)
  }
  return deposit * total
}
