/** Boxes of prices in which bounds hold, made for as many moves as the last. */

/** Moves a box is made for, and its narrowest and widest reach, ratios. */
const MOVES = 64
const NARROW = 2e-3
const WIDE = 0.08

/**
 * Are these prices outside the box? Then it is made anew around them, further in the direction they went.
 * @param last prices before, 0 where there were none
 */
export function rebox(low: Float64Array, high: Float64Array, last: ArrayLike<number>, next: ArrayLike<number>): boolean {
  let inside = true
  for (let c = 0; c < low.length && inside; c++)
    inside = (next[c] as number) >= (low[c] as number) && (next[c] as number) <= (high[c] as number)
  if (inside) return false
  for (let c = 0; c < low.length; c++) {
    const now = next[c] as number
    const before = last[c] as number
    const move = before > 0 ? now / before - 1 : 0
    const reach = Math.max(NARROW, Math.min(WIDE, MOVES * Math.abs(move)))
    // what has just fallen may rise a little
    low[c] = now * (1 - (move > 0 ? reach / 4 : reach))
    high[c] = now * (1 + (move < 0 ? reach / 4 : reach))
  }
  return true
}
