/** How much of an offer to take: what may be paid in, the amount that gains most, and the worst prices at which it is still sold. */
import type { Offer } from '../../model/index.ts'
import type { Route } from './routes.ts'
import { falling_root } from './search.ts'

/** Relative step over which the gain of one more unit is measured. */
const STEP = 1e-3

/** Debt units that may be paid in: the most, and a range of parts below it, empty when `part_high < part_low`. */
export interface Domain {
  readonly top: number
  readonly part_low: number
  readonly part_high: number
}

/** A take must be of `debt_min` at least and leave nothing, or at least as much, behind. */
export function domain_of(offer: Offer, capital: number): Domain {
  const whole = Math.min(offer.debt_max, offer.collateral_max * offer.price)
  const part_high = Math.min(whole, offer.debt_max - offer.debt_min, capital)
  return { top: capital < whole ? Math.max(0, part_high) : whole, part_low: offer.debt_min, part_high }
}

interface Amount {
  readonly debt: number
  readonly gain: number
  /** No limit of the offer binds: at this amount the market has no more to give at this price. */
  readonly free: boolean
}

/**
 * The amount with the highest gain. Each further unit is taken to sell for less than the one before, so the gain has one peak:
 * where the last unit brings what it costs. Where that may not be taken, the nearest that may, or all.
 * @param peak where that is, when it is known; otherwise it is searched
 */
export function best_amount(domain: Domain, gain: (debt: number) => number, peak?: number): Amount {
  const { top, part_low, part_high } = domain
  const whole = top > 0 && (top > part_high || top >= part_low) ? gain(top) : Number.NEGATIVE_INFINITY
  const slope = (at: number) => (gain(at) - gain(at * (1 - STEP))) / (at * STEP)
  if (whole > 0 && (peak === undefined ? slope(top) >= 0 : peak >= top)) return { debt: top, gain: whole, free: false }
  if (!(part_high > 0 && part_high >= part_low)) return { debt: top, gain: whole, free: false }
  const root = peak === undefined ? falling_root(slope, top) : Math.min(peak, top)
  const part = Math.min(part_high, Math.max(part_low, root))
  const found = gain(part)
  return found > whole ? { debt: part, gain: found, free: part === root && root < top } : { debt: top, gain: whole, free: false }
}

/** Collateral units bought for this debt; all of them exactly, where division would leave a rounding error behind. */
export const lot_of = (offer: Offer, debt: number) =>
  debt >= offer.collateral_max * offer.price ? offer.collateral_max : debt / offer.price

/**
 * Worst prices of the orders: below them a unit costs more than it brings, so it is not sold should the market have moved.
 * Of two hops the second is taken at the rate that was planned and has no limit of its own.
 * @param price debt units per collateral unit, borrowing cost included
 * @param steps what each hop was planned to give
 */
export function limits_of(price: number, route: Route, steps: readonly number[]): number[] {
  const first = route[0]
  if (first === undefined) return []
  const rate = route.length === 2 ? (steps[1] as number) / (steps[0] as number) : 1
  const worst = price / rate
  return [first.side > 0 ? 1 / worst : worst]
}
