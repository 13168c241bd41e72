/**
 * The shape of a resting book, in closed form. `used` (u) is what takers have consumed on balance, in units of the depth at
 * 1 %: bought +, sold −. With power α the marginal price stands at reference · ratio(u), where
 *
 *     ratio(u) = 1 + sign(u) · g,   g = 0.01 · |u|^(1/α)   ⇔   cumulative depth within δ is D · (δ / 1 %)^α
 *
 * Both sides meet at ratio 1; the book ends where g reaches its cap. Source of the profile: Amberdata's cumulative depth of
 * BTC/FDUSD, July and August 2025 (10 bp $3.50M, 100 bp $16.53M: α = log10(16.53 / 3.50) = 0.674).
 */
import { pow } from '../../math/index.ts'

/** Displacement at which depth is stated. */
const UNIT = 0.01

export interface Curve {
  readonly alpha: number
  readonly inverse: number
  /** |used| at which the book ends. */
  readonly end: number
  /** Displacement there. */
  readonly cap: number
}

/**
 * @param alpha power of cumulative depth in distance, > 0
 * @param cap largest displacement, in (0, 1)
 */
export function curve(alpha: number, cap: number): Curve {
  return { alpha, inverse: 1 / alpha, end: pow(cap / UNIT, alpha), cap }
}

/** |ratio − 1| at u, never above the cap. */
function displacement(c: Curve, u: number): number {
  const size = Math.abs(u)
  if (size === 0) return 0
  return Math.min(c.cap, UNIT * pow(size, c.inverse))
}

/** Marginal price ÷ reference price at u; between 1 − cap and 1 + cap. */
export function ratio(c: Curve, u: number): number {
  return 1 + (u < 0 ? -displacement(c, u) : displacement(c, u))
}

/** The u at which the marginal price is r times the reference; the near end of the book when r lies beyond it. */
export function used_at(c: Curve, r: number): number {
  const g = Math.abs(r - 1)
  const size = g >= c.cap ? c.end : pow(g / UNIT, c.alpha)
  return r < 1 ? -size : size
}

/**
 * ∫ of ratio over a walk from u to u + step, signed as the step: what it costs in units of reference price × depth. The part
 * from 0 to u of ratio − 1 is α / (1 + α) · |u| · g, even in u.
 * Additive over parts of a walk but for rounding, which never takes the mean out of the prices at its two ends.
 */
export function cost(c: Curve, u: number, step: number): number {
  const v = u + step
  const [g, h] = [displacement(c, u), displacement(c, v)]
  const whole = step + (c.alpha / (1 + c.alpha)) * (Math.abs(v) * h - Math.abs(u) * g)
  const first = step * (u < 0 ? 1 - g : 1 + g)
  const last = step * (v < 0 ? 1 - h : 1 + h)
  return Math.min(Math.max(whole, Math.min(first, last)), Math.max(first, last))
}

/**
 * The length of a walk from u towards `side` whose cost has size `paid`, at most `room`. Newton's method inside a bracket:
 * the slope of the cost is the price, which is positive.
 */
export function walk(c: Curve, u: number, side: 1 | -1, paid: number, room: number): number {
  if (!(side * cost(c, u, side * room) > paid)) return room
  let low = 0
  let high = room
  let step = Math.min(paid / ratio(c, u), room)
  for (let i = 0; i < 100; i++) {
    const miss = side * cost(c, u, side * step) - paid
    if (miss > 0) high = step
    else low = step
    let next = step - miss / ratio(c, u + side * step)
    if (!(next > low && next < high)) next = low + (high - low) / 2
    if (Math.abs(next - step) <= 1e-15 * next) return next
    step = next
  }
  return step
}
