/**
 * The mechanics of `reference.ts` in floats, as free functions: amounts in token units, ratios natural, rates a second.
 * Property tests tie the two together (`kernel.test.ts`).
 */

/** Amounts that differ by less than this ratio are the same amount. */
export const SAME = 1e-12
export const YEAR_S = 31_536_000

const LN2 = 0.693147180559945309

/** e^x as the rate model has it: the nearest power of two, times 1 + r + r²/2 for the rest r. */
export function exponential(x: number): number {
  if (x < -41.446531673892822312) return 0
  const at = Math.min(x, 93.859467695000404319)
  const q = Math.trunc((at + (at < 0 ? -LN2 / 2 : LN2 / 2)) / LN2)
  const r = at - q * LN2
  let power = 1
  for (let i = Math.abs(q); i > 0; i--) power *= q > 0 ? 2 : 0.5
  return (1 + r + (r * r) / 2) * power
}

export const TARGET_UTILISATION = 0.9
export const STEEPNESS = 4
/** Adaptation at error 1, a second: 50 a year. */
export const SPEED = 50 / YEAR_S
/** Rates at target, a second, in the contract's integers. */
export const INITIAL_RATE = 1_268_391_679e-18
export const LOWEST_RATE = 31_709_791e-18
export const HIGHEST_RATE = 63_419_583_967e-18

/** −1 at utilisation 0, 0 at its target of 90 %, 1 at 100 %. */
export function error_of(utilisation: number): number {
  const side = utilisation > TARGET_UTILISATION ? 1 - TARGET_UTILISATION : TARGET_UTILISATION
  return (utilisation - TARGET_UTILISATION) / side
}

/** From a quarter of the rate at target to four times it. */
export const curve = (rate_at_target: number, error: number): number =>
  ((error < 0 ? 1 - 1 / STEEPNESS : STEEPNESS - 1) * error + 1) * rate_at_target

const adapted = (rate: number, by: number): number => Math.min(HIGHEST_RATE, Math.max(LOWEST_RATE, rate * exponential(by)))

export interface AdaptiveRate {
  /** Mean rate over the time, a second. */
  mean: number
  /** Rate at target at its end. */
  end: number
}

/** The adaptive curve over a time in which utilisation stands still: trapezoids over its two halves. */
export function adaptive_rate(utilisation: number, rate_at_target: number, time_s: number, out: AdaptiveRate): void {
  const error = error_of(utilisation)
  const by = SPEED * error * time_s
  const end = by === 0 ? rate_at_target : adapted(rate_at_target, by)
  const middle = by === 0 ? rate_at_target : adapted(rate_at_target, by / 2)
  out.end = end
  out.mean = curve((rate_at_target + end + 2 * middle) / 4, error)
}

/** Compound growth less one, to the third order. */
export function taylor(rate: number, time_s: number): number {
  const x = rate * time_s
  return x + (x * x) / 2 + (x * x * x) / 6
}

/** Units behind a number of shares, the market's virtual share and unit taken into account: `index · (shares + v) − v`. */
export const units_of = (shares: number, index: number, virtual: number): number =>
  Math.max(0, index * (shares + virtual) - virtual)

/** What a liquidator gets per unit of debt. */
export const incentive_factor = (lltv: number): number => Math.min(1.15, 1 / (1 - 0.3 * (1 - lltv)))

/** Terms on which a position may be liquidated. */
export interface Terms {
  /** Collateral, in loan units, per unit repaid. */
  factor: number
  /** Most units that one call may repay, collateral not looked at. */
  most: number
}

export interface PreLiquidation {
  readonly pre_lltv: number
  readonly factor_low: number
  readonly factor_high: number
  readonly part_low: number
  readonly part_high: number
}

/** Terms between a position's own limit and the market's: factor and part grow in proportion. */
export function pre_terms(collateral: number, debt: number, price: number, lltv: number, pre: PreLiquidation, out: Terms): void {
  const ltv = debt / (collateral * price)
  const quotient = Math.min(1, Math.max(0, (ltv - pre.pre_lltv) / (lltv - pre.pre_lltv)))
  out.factor = quotient * (pre.factor_high - pre.factor_low) + pre.factor_low
  out.most = Math.min(1, quotient * (pre.part_high - pre.part_low) + pre.part_low) * debt
}

/** What a liquidation comes to. */
export class Seizure {
  repaid = 0
  seized = 0
  whole_debt = false
  whole_collateral = false
}

/**
 * Repays `offered` units, at most what the terms allow and the collateral is worth. At price 0 everything goes for nothing.
 * @param price loan units per collateral unit
 */
export function seize(collateral: number, debt: number, price: number, terms: Terms, offered: number, out: Seizure): void {
  const worth = (collateral * price) / terms.factor
  const repaid = Math.min(offered, terms.most)
  out.whole_collateral = repaid >= worth * (1 - SAME)
  out.repaid = out.whole_collateral ? worth : repaid
  out.whole_debt = out.repaid >= debt * (1 - SAME)
  if (out.whole_debt) out.repaid = debt
  out.seized = out.whole_collateral ? collateral : (out.repaid * terms.factor) / price
}
