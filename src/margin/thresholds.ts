/** Exact threshold prices of a row with one linear contract, and its bound. */
import type { Bound } from './bound.ts'
import { type Tiers, tier_of } from './tiers.ts'

/** Nearest prices at which a row is on its level: 0 below and +Infinity above if there are none. */
export interface Thresholds {
  below: number
  above: number
}

/**
 * The nearest prices, below and above `price`, at which
 *
 *     wallet + side·quantity·(p − entry) = level · maintenance(quantity·p)
 *
 * or a slab's jump crosses it. Within a tier that is linear, with the root of the reference's closed form,
 * P* = (wallet + level·deduction − side·quantity·entry) ÷ (quantity·(level·rate − side)) (derivatives reference §1.4, others frozen);
 * a root outside its tier hops to the next, at most once per tier (BN14).
 * A row already on or below its level at `price` has both thresholds there.
 * @param side +1 long, −1 short
 * @param quantity > 0, base units
 * @param entry quote per base
 * @param wallet quote: the isolated margin, with everything that does not depend on this price
 * @param level health (equity ÷ maintenance) at which the row is to be reported
 */
export function thresholds(
  side: number,
  quantity: number,
  entry: number,
  wallet: number,
  tiers: Tiers,
  level: number,
  price: number,
  out: Thresholds,
): void {
  const { floor, rate, deduction } = tiers
  const fixed = wallet - side * quantity * entry
  const own = tier_of(tiers, quantity * price)
  out.below = 0
  for (let tier = own, high = price; tier >= 0; tier--) {
    const constant = fixed + level * (deduction[tier] as number)
    const slope = quantity * (side - level * (rate[tier] as number))
    const low = (floor[tier] as number) / quantity
    if (!(constant + slope * high > 0)) {
      out.below = high
      break
    }
    if (!(constant + slope * low > 0)) {
      out.below = Math.max(low, -constant / slope)
      break
    }
    high = low
  }
  out.above = Infinity
  for (let tier = own, low = price; tier < floor.length; tier++) {
    const constant = fixed + level * (deduction[tier] as number)
    const slope = quantity * (side - level * (rate[tier] as number))
    const high = tier + 1 < floor.length ? (floor[tier + 1] as number) / quantity : Infinity
    if (!(constant + slope * low > 0)) {
      out.above = low
      break
    }
    const root = slope < 0 ? -constant / slope : Infinity
    if (root < high) {
      out.above = root
      break
    }
    low = high
  }
}

/**
 * The bound of a row whose health depends on one price and is above its level between two thresholds.
 * @param cash the book's cash slot
 * @param price the slot's price now
 */
export function bound_between(slot: number, cash: number, price: number, near: Thresholds, out: Bound): void {
  const { below, above } = near
  if (above === Infinity) {
    out.hold(slot)
    out.law(price / below)
  } else if (below <= 0) {
    out.owe(slot)
    out.law(above / price)
  } else {
    // either direction counts: clipped at 1 on both sides, the law's move is max(p/p₀, p₀/p)
    out.hold(slot)
    out.hold(cash)
    out.owe(slot)
    out.owe(cash)
    out.law(Math.min(price / below, above / price))
  }
}
