/** Integer arithmetic of the protocol: amounts in smallest units, ratios in ray (1e27), wad (1e18) or basis points. */
import type { Rules } from './rules.ts'

export const WAD = 1_000_000_000_000_000_000n
export const RAY = 1_000_000_000_000_000_000_000_000_000n
export const BPS = 10_000n
export const YEAR_S = 31_536_000n
/** Health of an account that owes nothing. */
export const MAX = (1n << 256n) - 1n

export type Rounding = 'floor' | 'ceil' | 'half'

/** a·b ÷ c, rounded; `half` rounds half up. */
export function mul_div(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  const product = a * b
  if (rounding === 'half') return (product + c / 2n) / c
  const floor = product / c
  return rounding === 'ceil' && floor * c < product ? floor + 1n : floor
}

export const ray_mul = (a: bigint, b: bigint, rounding: Rounding = 'half'): bigint => mul_div(a, b, RAY, rounding)
export const ray_div = (a: bigint, b: bigint, rounding: Rounding = 'half'): bigint => mul_div(a, RAY, b, rounding)
export const wad_div = (a: bigint, b: bigint): bigint => mul_div(a, WAD, b, 'half')
export const percent_mul = (a: bigint, bps: bigint, rounding: Rounding = 'half'): bigint => mul_div(a, bps, BPS, rounding)
export const percent_div = (a: bigint, bps: bigint, rounding: Rounding = 'half'): bigint => mul_div(a, BPS, bps, rounding)
export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** 10 to the power of a number of decimals. */
export const unit = (decimals: number): bigint => BigInt(`1${'0'.repeat(decimals)}`)

/** Growth of the liquidity index over a time at a yearly rate, ray. */
export const linear_interest = (rate: bigint, time_s: bigint): bigint => RAY + (rate * time_s) / YEAR_S

/** Growth of the borrow index: the exponential to the third order of rate × time, ray. */
export function compounded_interest(rate: bigint, time_s: bigint): bigint {
  const x = (rate * time_s) / YEAR_S
  return RAY + x + ray_mul(x, x / 2n + ray_mul(x, x / 6n))
}

/** The same as computed until 3.3: the first four terms of (1 + rate per second) to the power of the seconds. */
export function binomial_interest(rate: bigint, time_s: bigint): bigint {
  if (time_s === 0n) return RAY
  const square = ray_mul(rate, rate) / (YEAR_S * YEAR_S)
  const cube = ray_mul(square, rate) / YEAR_S
  const pairs = time_s * (time_s - 1n)
  const triples = time_s > 2n ? pairs * (time_s - 2n) : 0n
  return RAY + (rate * time_s) / YEAR_S + (pairs * square) / 2n + (triples * cube) / 6n
}

/** Parameters of a reserve's interest rate, ray. */
export interface RateCurve {
  readonly base_rate: bigint
  readonly optimal_usage: bigint
  readonly slope1: bigint
  readonly slope2: bigint
}

/**
 * Two-slope rates of a reserve, ray a year (rate strategy V2).
 * @param available units in the pool after the operation
 * @param debt units owed
 * @param deficit units that nobody owes any more; dilutes what suppliers earn
 * @param reserve_factor the treasury's part of interest, basis points
 */
export function interest_rates(
  curve: RateCurve,
  available: bigint,
  debt: bigint,
  deficit: bigint,
  reserve_factor: bigint,
): { borrow: bigint; liquidity: bigint } {
  if (debt === 0n) return { borrow: curve.base_rate, liquidity: 0n }
  const usage = ray_div(debt, available + debt)
  const supply_usage = ray_div(debt, available + debt + deficit)
  const { optimal_usage, slope1, slope2 } = curve
  const borrow =
    usage > optimal_usage
      ? curve.base_rate + slope1 + ray_mul(slope2, ray_div(usage - optimal_usage, RAY - optimal_usage))
      : curve.base_rate + ray_div(ray_mul(slope1, usage), optimal_usage)
  return { borrow, liquidity: percent_mul(ray_mul(borrow, supply_usage), BPS - reserve_factor) }
}

/** How shares (scaled balances) and amounts turn into each other: half up until 3.4, in the pool's favour since. */
export interface ShareMath {
  supply_minted(amount: bigint, index: bigint): bigint
  supply_burnt(amount: bigint, index: bigint): bigint
  supply_balance(scaled: bigint, index: bigint): bigint
  debt_minted(amount: bigint, index: bigint): bigint
  debt_burnt(amount: bigint, index: bigint): bigint
  debt_balance(scaled: bigint, index: bigint): bigint
}

export function share_math(rules: Rules): ShareMath {
  const down: Rounding = rules.directional ? 'floor' : 'half'
  const up: Rounding = rules.directional ? 'ceil' : 'half'
  return {
    supply_minted: (amount, index) => ray_div(amount, index, down),
    supply_burnt: (amount, index) => ray_div(amount, index, up),
    supply_balance: (scaled, index) => ray_mul(scaled, index, down),
    debt_minted: (amount, index) => ray_div(amount, index, up),
    debt_burnt: (amount, index) => ray_div(amount, index, down),
    debt_balance: (scaled, index) => ray_mul(scaled, index, up),
  }
}
