/** The bound of a cross-margined account: linear contracts under tiers, on top of collateral and debts that obey the plain law. */
import type { Bound } from './bound.ts'
import { maintenance, reachable_rate, type Tiers } from './tiers.ts'

/** Moves beyond this are not worth telling apart. */
const FAR = 64

/** Open contracts of one account. Reused from call to call. */
export interface Legs {
  count: number
  /** Side · quantity · price now, USD; negative for shorts. */
  readonly notional: Float64Array
  readonly slot: Int32Array
  readonly tiers: Tiers[]
}

/**
 * Adds the law of: held + cash + Σ notional ≥ owed + level · Σ maintenance(|notional|).
 *
 * A long's notional less its maintenance has elasticity in [0, 1] in its price (marginal tiers, level·rate ≤ 1): it falls no
 * faster than the price and does not fall when the price rises, so the present tier bounds it once ratios are clipped at 1. A
 * short's notional plus maintenance is convex, with elasticity ≥ 1, and a slab jumps: both are bounded with the steepest rate
 * reachable before the key's move. That move h must satisfy h ≤ A(h) ÷ L(h), which falls in h.
 *
 * @param held USD of other collateral, weighted; its slots already told with `out.hold`
 * @param owed USD of other debts, weighted; its slots already told with `out.owe`
 * @param cash USD that depends on no price, of either sign: wallet − Σ side·quantity·entry
 * @param cash_slot the book's cash slot
 */
export function bound_cross(
  held: number,
  owed: number,
  cash: number,
  legs: Legs,
  level: number,
  cash_slot: number,
  out: Bound,
): void {
  out.hold(cash_slot)
  if (cash < 0) out.owe(cash_slot)
  const assets = held + Math.max(0, cash)
  const debts = owed + Math.max(0, -cash)
  // NaN and anything up to 1 pass through: such an account is tested at every scan
  out.law(largest_move(assets, debts, legs, level))
  for (let i = 0; i < legs.count; i++) {
    const notional = legs.notional[i] as number
    const slot = legs.slot[i] as number
    if (!(notional < 0)) out.hold(slot)
    // a long that a rise can hurt counts in both directions
    if (!(notional > 0) || !plain(legs.tiers[i] as Tiers, level)) out.owe(slot)
  }
}

/** A long under these tiers never loses from a rise. */
function plain(tiers: Tiers, level: number): boolean {
  return tiers.marginal && level * (tiers.rate[tiers.rate.length - 1] as number) <= 1
}

/** The h to promise: min(h, A(h) ÷ L(h)) is valid for every h; a few bisections find a large one if a steep tier lies ahead. */
function largest_move(assets: number, debts: number, legs: Legs, level: number): number {
  let high = ratio(assets, debts, legs, level, 1)
  if (!(high > 1)) return high
  let best = Math.min(high, ratio(assets, debts, legs, level, high))
  high = Math.min(high, FAR)
  for (let i = 0; i < 4 && best < 0.95 * high; i++) {
    const middle = Math.sqrt(Math.max(1, best) * high)
    const found = ratio(assets, debts, legs, level, middle)
    best = Math.max(best, Math.min(middle, found))
    if (found < middle) high = middle
  }
  return best
}

/** A ÷ L at present prices, with the rates that are reachable before a move. */
function ratio(assets: number, debts: number, legs: Legs, level: number, move: number): number {
  for (let i = 0; i < legs.count; i++) {
    const notional = legs.notional[i] as number
    const tiers = legs.tiers[i] as Tiers
    const size = Math.abs(notional)
    if (notional < 0) debts += size * (1 + level * reachable_rate(tiers, size, move))
    else if (plain(tiers, level)) assets += size - level * maintenance(tiers, size)
    else {
      const weight = 1 - level * reachable_rate(tiers, size, move)
      if (weight > 0) assets += size * weight
      else debts -= size * weight
    }
  }
  return debts > 0 ? assets / debts : assets > 0 ? Infinity : 0
}
