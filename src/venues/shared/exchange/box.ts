/** Boxes of prices, made for as many moves as the last, and what can be said of an account anywhere in them. */
import type { Tiers } from '../../../margin/index.ts'

/** Moves a box is made for, and its narrowest and widest reach, ratios. */
interface Reach {
  readonly moves: number
  readonly narrow: number
  readonly wide: number
}

const FAR: Reach = { moves: 128, narrow: 8e-3, wide: 0.08 }
const NEAR: Reach = { moves: 12, narrow: 1e-3, wide: 0.04 }

export interface Box {
  readonly low: Float64Array
  readonly high: Float64Array
}

/** No price lies in the empty box. */
export function empty_box({ low, high }: Box): void {
  low.fill(Number.POSITIVE_INFINITY)
  high.fill(Number.NEGATIVE_INFINITY)
}

/**
 * Two boxes for the next prices, the narrow one inside the wide one. Which of them are new: 0 neither, 1 the narrow one, 2 both.
 * @param last prices before, 0 where there were none
 */
export function rebox(far: Box, near: Box, last: ArrayLike<number>, next: ArrayLike<number>): 0 | 1 | 2 {
  const left = move(far, last, next, FAR)
  // a wide box that is new lies elsewhere: the narrow one goes with it
  if (left) empty_box(near)
  if (!move(near, last, next, NEAR)) return 0
  for (let c = 0; c < near.low.length; c++) {
    near.low[c] = Math.max(near.low[c] as number, far.low[c] as number)
    near.high[c] = Math.min(near.high[c] as number, far.high[c] as number)
  }
  return left ? 2 : 1
}

/** Are these prices outside the box? Then it is made anew around them, further in the direction they went. */
function move({ low, high }: Box, last: ArrayLike<number>, next: ArrayLike<number>, { moves, narrow, wide }: Reach): boolean {
  let inside = true
  for (let c = 0; c < low.length && inside; c++)
    inside = (next[c] as number) >= (low[c] as number) && (next[c] as number) <= (high[c] as number)
  if (inside) return false
  for (let c = 0; c < low.length; c++) {
    const now = next[c] as number
    const before = last[c] as number
    const change = before > 0 ? now / before - 1 : 0
    const reach = Math.max(narrow, Math.min(wide, moves * Math.abs(change)))
    // what has just fallen may rise a little
    low[c] = now * (1 - (change > 0 ? reach / 4 : reach))
    high[c] = now * (1 + (change < 0 ? reach / 4 : reach))
  }
  return true
}

/**
 * The most that profit ÷ equity can be, where equity is the profit and the rest: it rises with the profit while the rest is positive, and
 * falls with it where the rest is negative. +Infinity where equity may reach 0.
 * @param best largest profit in the box, > 0
 * @param least smallest
 * @param rest smallest of the rest
 */
export function share_bound(best: number, least: number, rest: number): number {
  if (rest > 0) return best / (best + rest)
  return least > 0 && least + rest > 0 ? least / (least + rest) : Number.POSITIVE_INFINITY
}

/** Most by which a maintenance may fall where its notional rises, coins: Σ |just below a floor − at it|, for published deductions are rounded. */
export function jump_of({ floor, rate, deduction }: Tiers): number {
  let sum = 0
  for (let t = 1; t < floor.length; t++) {
    const at = floor[t] as number
    const below = at * (rate[t - 1] as number) - (deduction[t - 1] as number)
    sum += Math.abs(at * (rate[t] as number) - (deduction[t] as number) - below)
  }
  return sum
}
