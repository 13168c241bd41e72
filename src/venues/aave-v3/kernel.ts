/**
 * The mechanics of `reference.ts` in floats, as free functions: amounts in token units, values in USD, ratios natural, rates a year.
 * A property test ties the two together (`kernel.test.ts`).
 */
import {
  CLOSE_FACTOR,
  CLOSE_FACTOR_HEALTH,
  LEFTOVER_USD,
  NOTHING_USD,
  type Rules,
  SECONDS_PER_YEAR,
  WHOLE_BELOW_USD,
} from './rules.ts'

/** Amounts that differ by less than this ratio are the same amount. */
export const SAME = 1e-12
/** What an offer stays away from a limit that would refuse it. */
const CLEAR = 1e-9

/** Growth of the liquidity index. */
export const linear_growth = (rate: number, time_s: number): number => 1 + (rate * time_s) / SECONDS_PER_YEAR

/** Growth of the borrow index: to the third order, in rate × time or (until 3.3) binomially in seconds. */
export function compound_growth(rate: number, time_s: number, in_time: boolean): number {
  const x = (rate * time_s) / SECONDS_PER_YEAR
  if (in_time || time_s <= 0) return 1 + x + x * (x / 2 + (x * x) / 6)
  const second = Math.max(0, 1 - 1 / time_s)
  const third = second * Math.max(0, 1 - 2 / time_s)
  return 1 + x + (second * x * x) / 2 + (third * x * x * x) / 6
}

/** Parameters of a two-slope rate. */
export interface RateCurve {
  readonly base_rate: number
  readonly optimal_usage: number
  readonly slope1: number
  readonly slope2: number
}

/** Units owed ÷ units owed or in the pool; 0 when nothing is owed. */
export const usage = (available: number, debt: number): number => (debt > 0 ? debt / (available + debt) : 0)

export function borrow_rate(curve: RateCurve, available: number, debt: number): number {
  const used = usage(available, debt)
  const { base_rate, optimal_usage, slope1, slope2 } = curve
  if (used > optimal_usage) return base_rate + slope1 + (slope2 * (used - optimal_usage)) / (1 - optimal_usage)
  return base_rate + (slope1 * used) / optimal_usage
}

/** What suppliers earn; units that nobody owes any more dilute it. */
export function liquidity_rate(borrow: number, available: number, debt: number, deficit: number, reserve_factor: number): number {
  return debt > 0 ? borrow * (debt / (available + debt + deficit)) * (1 - reserve_factor) : 0
}

/** Totals of an account, USD. */
export class Totals {
  collateral_usd = 0
  debt_usd = 0
  /** Σ collateral · threshold, and · loan-to-value. */
  threshold_usd = 0
  ltv_usd = 0
  /** Some collateral of this account counts for no loan. */
  zero_ltv = false
  /** Some price of this account is missing. */
  stale = false

  clear(): void {
    this.collateral_usd = 0
    this.debt_usd = 0
    this.threshold_usd = 0
    this.ltv_usd = 0
    this.zero_ltv = false
    this.stale = false
  }
}

/** A mean ratio as the protocol has it: whole basis points, rounded down. The slack keeps exact means from falling one short. */
export const in_whole_bps = (mean: number): number => Math.floor(mean * 10_000 + 1e-6) / 10_000

/** Collateral weighted for the health: each by its own threshold, or (until 3.4) all by their mean in whole basis points. */
export function weighted_usd(weighs_each: boolean, threshold_usd: number, collateral_usd: number): number {
  if (weighs_each || !(collateral_usd > 0)) return threshold_usd
  return collateral_usd * in_whole_bps(threshold_usd / collateral_usd)
}

export function health_of(weighs_each: boolean, totals: Totals): number {
  if (!(totals.debt_usd > 0)) return Number.POSITIVE_INFINITY
  return weighted_usd(weighs_each, totals.threshold_usd, totals.collateral_usd) / totals.debt_usd
}

/** Mean loan-to-value in whole basis points; 0 without collateral. */
export const mean_ltv = (totals: Totals): number =>
  totals.collateral_usd > 0 ? in_whole_bps(totals.ltv_usd / totals.collateral_usd) : 0

/** One pair of an account in breach, and the pool behind it. */
export interface Pair {
  /** Units of the account in both reserves, interest included. */
  collateral: number
  debt: number
  collateral_price: number
  debt_price: number
  /** 1.05 for a bonus of 5 %. */
  bonus: number
  /** The treasury's part of the bonus. */
  fee: number
  health: number
  total_collateral_usd: number
  total_debt_usd: number
  /** Collateral and debt are one reserve: what is repaid can be paid out again. */
  same: boolean
}

/** What a liquidation of a pair comes to. */
export class Seizure {
  /** Units of debt repaid. */
  debt = 0
  /** Units of collateral taken from the account: what the liquidator gets and the treasury's fee. */
  collateral = 0
  fee = 0
  /** The repayment would leave dust: it is refused. */
  dust = false
  whole_debt = false
  whole_collateral = false
  /** Nothing of any collateral is left that is worth anything. */
  none_left = false
}

/** The most that one call may repay of this debt, before collateral and dust are looked at. */
export function max_debt(rules: Rules, pair: Pair): number {
  const { debt, debt_price, health } = pair
  if (!rules.whole_position) return health > CLOSE_FACTOR_HEALTH ? debt * CLOSE_FACTOR : debt
  const debt_usd = debt * debt_price
  const small = debt_usd < WHOLE_BELOW_USD || pair.collateral * pair.collateral_price < WHOLE_BELOW_USD
  if (small || health <= CLOSE_FACTOR_HEALTH) return debt
  const cap = pair.total_debt_usd * CLOSE_FACTOR
  return debt_usd > cap ? cap / debt_price : debt
}

/** Repays `offered` units (at most what may be repaid) and seizes for it. */
export function seize(rules: Rules, pair: Pair, offered: number, out: Seizure): void {
  const { collateral, debt, collateral_price, debt_price, bonus } = pair
  const repaid = Math.min(offered, max_debt(rules, pair))
  const wanted = ((repaid * debt_price) / collateral_price) * bonus
  out.whole_collateral = wanted >= collateral * (1 - SAME)
  out.collateral = out.whole_collateral ? collateral : wanted
  out.debt = wanted > collateral ? (collateral * collateral_price) / debt_price / bonus : repaid
  out.whole_debt = out.debt >= debt * (1 - SAME)
  if (out.whole_debt) out.debt = debt
  out.fee = out.collateral * (1 - 1 / bonus) * pair.fee
  out.dust =
    rules.whole_position &&
    !out.whole_debt &&
    !out.whole_collateral &&
    ((debt - out.debt) * debt_price < LEFTOVER_USD || (collateral - out.collateral) * collateral_price < LEFTOVER_USD)
  const left_usd = pair.total_collateral_usd - out.collateral * collateral_price
  out.none_left = left_usd < NOTHING_USD + pair.total_collateral_usd * SAME
}

/** Units of collateral that a unit of debt buys the liquidator, the treasury's fee taken off. */
export const proceeds = (pair: Pair): number =>
  (pair.debt_price / pair.collateral_price) * (pair.bonus - (pair.bonus - 1) * pair.fee)

/** What of a pair can be offered. */
export class Room {
  /** Most units of debt that one call takes without being refused; 0 nothing. */
  debt = 0
  /** Repaying the most closes the debt or empties the collateral: a part must then leave enough of both. */
  closes = false
}

/**
 * The most that can be repaid without leaving dust and with the cash the pool has.
 * @param cash units of collateral in the pool
 */
export function room(rules: Rules, pair: Pair, cash: number, scratch: Seizure, out: Room): void {
  const { collateral, debt, collateral_price, debt_price, bonus } = pair
  seize(rules, pair, Number.POSITIVE_INFINITY, scratch)
  out.debt = scratch.debt
  out.closes = scratch.whole_debt || scratch.whole_collateral
  const net = proceeds(pair) - (pair.same ? 1 : 0)
  const payable = net > 0 ? cash / net : Number.POSITIVE_INFINITY
  if (payable < out.debt * (1 - SAME)) {
    out.debt = payable * (1 - CLEAR)
    out.closes = false
  } else if (!scratch.dust) return
  if (!rules.whole_position || out.closes) return
  const by_debt = debt - (LEFTOVER_USD / debt_price) * (1 + CLEAR)
  const by_collateral = (collateral - (LEFTOVER_USD / collateral_price) * (1 + CLEAR)) * (collateral_price / debt_price / bonus)
  const safe = Math.min(by_debt, by_collateral) * (1 - CLEAR)
  if (safe < out.debt) out.debt = Math.max(0, safe)
}

/** Units of debt that a part of this offer must leave, and be: 0 when any part will do. */
export function least_part(rules: Rules, pair: Pair, most: Room): number {
  return rules.whole_position && most.closes ? Math.min(most.debt, (LEFTOVER_USD / pair.debt_price) * (1 + CLEAR)) : 0
}
