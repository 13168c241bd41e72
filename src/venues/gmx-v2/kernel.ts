/** The formulas of GMX v2 in doubles: USD, ratios, rates ÷ second. Source: derivatives reference §11.2; exact in `reference.ts`. */
import { pow } from '../../math/index.ts'

export interface Impact {
  readonly positive: number
  readonly negative: number
  readonly exponent: number
}

const scaled = (value: number, factor: number, exponent: number): number =>
  factor * (exponent === 2 ? value * value : exponent === 1 ? value : pow(value, exponent))

/** Price impact in USD of a change of open interest; + for the trader. */
export function price_impact(long: number, short: number, next_long: number, next_short: number, of: Impact): number {
  const before = Math.abs(long - short)
  const after = Math.abs(next_long - next_short)
  const positive = Math.min(of.positive, of.negative)
  if (long <= short === next_long <= next_short) {
    const factor = after < before ? positive : of.negative
    return scaled(before, factor, of.exponent) - scaled(after, factor, of.exponent)
  }
  return scaled(before, positive, of.exponent) - scaled(after, of.negative, of.exponent)
}

/** A positive impact is at most a share of the size, and what the impact pool has. */
export const capped_impact = (impact: number, size: number, most_positive: number, pool_usd: number): number =>
  impact <= 0 ? impact : Math.min(impact, size * most_positive, pool_usd)

/** The worse of the own impact and that on the virtual inventory. */
export const with_inventory = (own: number, virtual: number): number => (own < 0 && virtual < own ? virtual : own)

/** Price at which an increase of a long executes. */
export const execution_price = (size: number, impact: number, price: number): number => size / ((size + impact) / price)

/** Collateral factor asked of who opens. */
export const opening_factor = (least: number, interest: number, multiplier: number): number =>
  Math.max(least, interest * multiplier)

/** Borrowing rate at a usage of what is reserved. */
export function kink_rate(usage: number, base: number, above: number, optimal: number): number {
  const rate = usage * base
  return usage <= optimal || above <= base ? rate : rate + ((above - base) * (usage - optimal)) / (1 - optimal)
}

export interface FundingRules {
  readonly increase: number
  readonly decrease: number
  readonly stable: number
  readonly falling: number
  readonly most: number
  readonly least: number
  readonly exponent: number
}

/** Saved funding rate (+ longs pay) after some seconds. */
export function next_funding(saved: number, long: number, short: number, seconds: number, of: FundingRules): number {
  const total = long + short
  if (total === 0) return saved
  const skew = scaled(Math.abs(long - short), 1, of.exponent) / total
  const toward = long > short ? 1 : -1
  let next = saved
  if (saved * toward < 0 || skew > of.stable) next = saved + toward * skew * of.increase * seconds
  else if (skew < of.falling) {
    const less = of.decrease * seconds
    next = Math.abs(saved) <= less ? 0 : saved - (saved < 0 ? -less : less)
  }
  return Math.max(-of.most, Math.min(of.most, next))
}

/** The rate that applies: at least the least, in the direction of the saved one, else of the skew. */
export function applied_funding(saved: number, long: number, short: number, least: number): number {
  if (long + short === 0) return 0
  const sign = saved < 0 || (saved === 0 && !(long > short)) ? -1 : 1
  return Math.abs(saved) < least ? sign * least : saved
}

/** Profit of a position, USD, without the traders' cap. */
export const position_pnl = (side: number, size: number, tokens: number, price: number): number => side * (tokens * price - size)

/** Share of a profit that is paid out, as traders together may win so much of a pool. */
export const paid_share = (pool_pnl: number, pool_usd: number, most: number): number =>
  pool_pnl > pool_usd * most ? (pool_usd * most) / pool_pnl : 1
