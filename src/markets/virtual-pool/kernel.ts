/**
 * Virtual pools in floats. Both sides are in the pool's measure: x what is offered, `own` the pool it goes into, `base` B, so that the other pool is
 * B² ÷ own; s the least spread. Of an offer comes out
 *
 *     out(x) = min( B²·x ÷ (own·(own + x)), x·(1 − s) )
 *
 * which is concave: first the spread binds, where it does at all, then the product. Formulas: `reference.ts`.
 */
import { pow } from '../../math/index.ts'

/** Rounds against whoever trades. */
const ROUNDING = 6e-16

export function out_of(x: number, own: number, base: number, s: number): number {
  const product = (base / own) * (base / (own + x)) * x
  return Math.min(product, x * (1 - s)) * (1 - ROUNDING)
}

/** What must be offered for `out`; +Infinity when the pool has not so much. */
export function in_for(out: number, own: number, base: number, s: number): number {
  const other = (base / own) * base
  if (!(out < other)) return Number.POSITIVE_INFINITY
  const product = (out / (other - out)) * own
  return Math.max(product, out / (1 - s)) * (1 + ROUNDING)
}

/** Most that is offered while the last unit still brings at least `least`. */
export function in_within(least: number, own: number, base: number, s: number): number {
  const corner = Math.max(0, (base / own) * (base / (1 - s)) - own)
  const product = base / Math.sqrt(least) - own
  if (product >= corner) return Math.max(0, product)
  return least <= 1 - s ? corner : 0
}

/** The part of δ that is left after so many blocks, each of which takes one part in `period` off it. */
export const kept = (period: number, blocks: number): number => (period === 1 && blocks > 0 ? 0 : pow(1 - 1 / period, blocks))
