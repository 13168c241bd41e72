/** How much of a position to close: the smallest amount after which the scope is compliant (derivatives reference §1.5). */
import { maintenance, type Tiers, tier_of } from '../../margin/index.ts'

/** A position to be reduced, and the margin around it. Quote units unless said otherwise. */
export interface Excess {
  readonly side: 1 | -1
  /** Base units, > 0. */
  readonly quantity: number
  readonly mark: number
  readonly tiers: Tiers
  /** Equity of the scope at the mark, less fees already due. */
  readonly equity: number
  /** Maintenance of the scope's other positions. */
  readonly others: number
  /** Liquidation fee rate on what is closed. */
  readonly fee: number
  /** Compliant: equity ≥ target · maintenance. */
  readonly target: number
}

/** Base units an order of `amount` would get and what it pays for them, both ≥ 0. */
export type Fillable = (amount: number) => { readonly base: number; readonly quote: number }

/** Steps of the search; it converges faster than linearly. */
const MOST_STEPS = 100
/** What counts as rounding in a margin, relative to the maintenance, and in an amount, relative to the position. */
const ROUNDING = 1e-11

/** Margin over the target after `base` units were closed for `quote` and the fee charged. */
export function margin_after(e: Excess, base: number, quote: number): number {
  const kept = Math.max(0, e.quantity - base)
  const required = e.others + maintenance(e.tiers, kept * e.mark)
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
