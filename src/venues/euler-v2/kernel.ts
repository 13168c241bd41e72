/**
 * The mechanics in floats: amounts in units of their assets, values in the unit of account, rates a year. Held to reference.ts at 1e-9
 * by property test. Nothing here changes state.
 */
import { exp, log1p } from '../../math/index.ts'

/** Seconds of a year as the contracts count it: 365.2425 days. */
export const YEAR_S = 31_556_952

/** Least liability value whose rest is socialised: 1e6 of 1e18. */
export const MIN_SOCIAL_VALUE = 1e-12

/** What a liquidator pays per value he gets: the health, but not below 1 less the largest discount. */
export const discountFactor = (health: number, max_discount: number): number => Math.max(health, 1 - max_discount)

/** Most that can be repaid of a debt, in its units, and what it yields of a collateral, in its units. */
export interface Limits {
  repay: number
  yield_: number
}

/**
 * Limits of a liquidation by value.
 * @param adjusted risk-adjusted collateral value of the account; liquidatable at adjusted ≤ liability
 * @param value, balance of the collateral asked for
 */
export function limits(
  adjusted: number,
  liability: number,
  debt: number,
  value: number,
  balance: number,
  max_discount: number,
  out: Limits,
): void {
  out.repay = 0
  out.yield_ = 0
  if (!(liability > 0) || adjusted > liability) return
  if (!(value > 0)) {
    out.yield_ = balance
    return
  }
  const factor = discountFactor(adjusted / liability, max_discount)
  // A factor of 0 (no health, discount 1) yields everything for nothing.
  if (value <= liability / factor || factor === 0) {
    out.repay = debt * Math.min(1, (value * factor) / liability)
    out.yield_ = balance
    return
  }
  out.repay = debt
  out.yield_ = balance * (liability / factor / value)
}

/** Liquidation LTV on its way down from `initial` to `target`. */
export function rampedLtv(initial: number, target: number, now_ms: number, end_ms: number, ramp_ms: number): number {
  if (now_ms >= end_ms || initial <= target) return target
  return target + (initial - target) * Math.min(1, (end_ms - now_ms) / ramp_ms)
}

/** A kinked curve. */
export interface Curve {
  readonly base_rate: number
  readonly kink: number
  readonly kink_rate: number
  readonly max_rate: number
}

/** Annual rate at a utilisation. */
export function rateAt(curve: Curve, usage: number): number {
  const { base_rate, kink, kink_rate, max_rate } = curve
  return usage <= kink
    ? base_rate + ((kink_rate - base_rate) * usage) / kink
    : kink_rate + ((max_rate - kink_rate) * (usage - kink)) / (1 - kink)
}

/** Factor by which debt grows: compounded every second. */
export const growth = (rate: number, seconds: number): number => exp(seconds * log1p(rate / YEAR_S))
