/** How much of a position to close: the smallest amount after which the scope is compliant (derivatives reference §1.5). */
import { maintenance, type Tiers, tier_of } from '../../../margin/index.ts'
import type { Curve } from './contract.ts'
import { curve_maintenance } from './pooled.ts'

/** A position to be reduced, and the margin around it. Coins unless said otherwise. */
export interface Excess {
  readonly side: 1 | -1
  /** Units, > 0. */
  readonly quantity: number
  readonly mark: number
  readonly tiers: Tiers
  /** Instead of tiers, a rate that grows with size. */
  readonly curve?: Curve | undefined
  /** Equity of the scope at the mark, less fees already due. */
  readonly equity: number
  /** Maintenance of the scope's other positions. */
  readonly others: number
  /** Liquidation fee rate on what is closed. */
  readonly fee: number
  /** Compliant: equity ≥ target · maintenance. */
  readonly target: number
}

/** Units an order of `amount` would get (`base`) and the coins it pays for them (`quote`), both ≥ 0. */
export type Fillable = (amount: number) => { readonly base: number; readonly quote: number }

/** Steps of the search; it converges faster than linearly. */
const MOST_STEPS = 100
/** What counts as rounding in a margin, relative to the maintenance, and in an amount, relative to the position. */
const ROUNDING = 1e-11

const required_for = (e: Excess, units: number) =>
  e.curve === undefined ? maintenance(e.tiers, units * e.mark) : curve_maintenance(e.curve, units, e.mark)

/** Margin over the target after `base` units were closed for `quote` and the fee charged. */
export function margin_after(e: Excess, base: number, quote: number): number {
  const kept = Math.max(0, e.quantity - base)
  const required = e.others + required_for(e, kept)
  return e.equity + e.side * (quote - base * e.mark) - e.fee * quote - e.target * required
}

/**
 * Smallest amount that heals if every unit fills at one price; +Infinity when none does. Each unit costs its loss against the
 * mark and the fee, and relieves the marginal maintenance rate of the bracket that is left.
 */
export function reduction_at(e: Excess, price: number): number {
  const { floor, rate } = e.tiers
  const cost = e.side * (e.mark - price) + e.fee * price
  let done = 0
  let margin = margin_after(e, 0, 0)
  for (let t = tier_of(e.tiers, e.quantity * e.mark); t >= 0; t--) {
    const slope = e.target * (rate[t] as number) * e.mark - cost
    if (margin >= 0) return done
    if (!(slope > 0)) return Number.POSITIVE_INFINITY
    const stretch = e.quantity - (floor[t] as number) / e.mark - done
    if (margin + slope * stretch >= 0) return done - margin / slope
    done += stretch
    margin += slope * stretch
  }
  return Number.POSITIVE_INFINITY
}

/**
 * Smallest amount that heals against a book; the whole position when none does. Loss and fee are convex in the amount and
 * maintenance is convex in what is left, so the margin is concave: chords from the left never overshoot its first root.
 * @param best price of an infinitely small order
 */
export function smallest_reduction(e: Excess, best: number, fill: Fillable): number {
  if (e.curve !== undefined || !e.tiers.marginal) return bisect(e, fill)
  const enough = -ROUNDING * (e.others + maintenance(e.tiers, e.quantity * e.mark))
  let from = 0
  let before = margin_after(e, 0, 0)
  let to = reduction_at(e, best)
  for (let step = 0; step < MOST_STEPS && to < e.quantity; step++) {
    const { base, quote } = fill(to)
    const after = margin_after(e, base, quote)
    if (after >= enough || to - from <= ROUNDING * e.quantity) return to
    if (base < to * (1 - 1e-12)) return e.quantity
    const slope = (after - before) / (to - from)
    if (!(slope > 0)) return e.quantity
    from = to
    before = after
    to -= after / slope
  }
  return e.quantity
}

/** The same where tiers jump or rates grow with size: the whole position unless it heals at its end; then bisection. */
function bisect(e: Excess, fill: Fillable): number {
  const heals = (amount: number) => {
    const { base, quote } = fill(amount)
    return base >= amount * (1 - 1e-12) && margin_after(e, base, quote) >= 0
  }
  if (margin_after(e, 0, 0) >= 0) return 0
  let low = 0
  let high = e.quantity
  if (!heals(high)) {
    const part = [0.5, 0.25, 0.75, 0.9].map((share) => share * e.quantity).find(heals)
    if (part === undefined) return e.quantity
    high = part
  }
  for (let step = 0; step < MOST_STEPS && high - low > ROUNDING * e.quantity; step++) {
    const middle = (low + high) / 2
    if (heals(middle)) high = middle
    else low = middle
  }
  return high
}
