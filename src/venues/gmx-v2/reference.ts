/**
 * GMX v2 in its own terms: USD and factors are integers of 30 decimals, rates are per second. Written from the formulas of derivatives
 * reference §11.2 (gmx-io/gmx-synthetics a5c0c883: pricing, market/MarketUtils, position/PositionUtils). Whole exponents only; the
 * contracts raise to others by a series.
 */
export const ONE = 10n ** 30n

export const usd = (whole: number): bigint => BigInt(Math.round(whole * 1e6)) * 10n ** 24n
const size_of = (x: bigint) => (x < 0n ? -x : x)

/** `value` to the power, times a factor. */
export function impact_factor(value: bigint, factor: bigint, exponent: number): bigint {
  let power = ONE
  for (let i = 0; i < exponent; i++) power = (power * value) / ONE
  return (power * factor) / ONE
}

export interface Impact {
  readonly positive: bigint
  readonly negative: bigint
  readonly exponent: number
}

/** Price impact in USD of open interest that changes from (long, short) to (next_long, next_short): + for the trader. */
export function price_impact(long: bigint, short: bigint, next_long: bigint, next_short: bigint, of: Impact): bigint {
  const before = size_of(long - short)
  const after = size_of(next_long - next_short)
  // whoever restores balance never gets more than whoever upset it has paid
  const positive = of.positive < of.negative ? of.positive : of.negative
  if (long <= short === next_long <= next_short) {
    const factor = after < before ? positive : of.negative
    return impact_factor(before, factor, of.exponent) - impact_factor(after, factor, of.exponent)
  }
  return impact_factor(before, positive, of.exponent) - impact_factor(after, of.negative, of.exponent)
}

/** A positive impact is at most a share of the size, and what the impact pool has. */
export function capped_impact(impact: bigint, size: bigint, most_positive: bigint, pool_usd: bigint): bigint {
  if (impact <= 0n) return impact
  const share = (size * most_positive) / ONE
  const most = share < pool_usd ? share : pool_usd
  return impact < most ? impact : most
}

/** The worse of the impact on the market's own open interest and on the virtual inventory of its token. */
export function with_inventory(own: bigint, virtual: bigint): bigint {
  return own < 0n && virtual < own ? virtual : own
}

/** Price at which an increase of a long executes. Price and result per whole token. */
export function execution_price(size: bigint, impact: bigint, price: bigint): bigint {
  const tokens = ((size + impact) * ONE) / price
  return (size * ONE) / tokens
}

export interface Position {
  readonly size: bigint
  readonly tokens: bigint
  readonly collateral: bigint
  readonly long: boolean
}

/** Profit of a position, USD; at a profit at most its share of what traders may win of the pool. */
export function position_pnl(p: Position, price: bigint, pool_pnl = 0n, pool_usd = 0n, most = 0n): bigint {
  const worth = (p.tokens * price) / ONE
  const pnl = p.long ? worth - p.size : p.size - worth
  if (pnl <= 0n || pool_usd === 0n || most === 0n) return pnl
  const cap = (pool_usd * most) / ONE
  return pool_pnl > cap ? (pnl * cap) / pool_pnl : pnl
}

/** Collateral left for a close at this price, USD. */
export function remaining_collateral(
  p: Position,
  price: bigint,
  collateral_price: bigint,
  fees: bigint,
  impact = 0n,
  most_impact = 0n,
): bigint {
  const floor = -((p.size * most_impact) / ONE)
  const bounded = impact < floor ? floor : impact
  const worth = (p.collateral * collateral_price) / ONE
  return worth + position_pnl(p, price) + (bounded < 0n ? bounded : 0n) - fees
}

/** Is it liquidated: less than the least collateral, nothing, or less than the factor of its size? */
export function is_liquidatable(remaining: bigint, size: bigint, least: bigint, factor: bigint): boolean {
  return remaining < least || remaining <= 0n || remaining < (size * factor) / ONE
}

/** Collateral factor asked of who opens: it grows with open interest. */
export function opening_factor(least: bigint, interest: bigint, multiplier: bigint): bigint {
  const scaled = (interest * multiplier) / ONE
  return scaled > least ? scaled : least
}

export interface Kink {
  readonly base: bigint
  readonly above: bigint
  readonly optimal: bigint
}

/** Borrowing rate at a usage of what is reserved, ÷ second. */
export function kink_rate(usage: bigint, of: Kink): bigint {
  const rate = (usage * of.base) / ONE
  if (usage <= of.optimal || of.above <= of.base) return rate
  return rate + ((of.above - of.base) * (usage - of.optimal)) / (ONE - of.optimal)
}

/** Borrowing rate of a market without a kink: factor · reserved ÷ pool. */
export const plain_rate = (reserved: bigint, pool_usd: bigint, factor: bigint): bigint =>
  (((reserved * ONE) / pool_usd) * factor) / ONE

export interface FundingRules {
  readonly increase: bigint
  readonly decrease: bigint
  readonly stable: bigint
  readonly falling: bigint
  readonly most: bigint
  readonly least: bigint
  readonly exponent: number
}

/** Funding rate ÷ second after a time: saved (+ longs pay) and the one that applies. */
export function next_funding(
  saved: bigint,
  long: bigint,
  short: bigint,
  seconds: bigint,
  of: FundingRules,
): { saved: bigint; applied: bigint } {
  const total = long + short
  if (total === 0n) return { saved, applied: 0n }
  const skew = (impact_factor(size_of(long - short), ONE, of.exponent) * ONE) / total
  const toward = long > short ? 1n : -1n
  const along = saved === 0n || (saved > 0n ? toward > 0n : toward < 0n)
  let next = saved
  if (!along || skew > of.stable) next = saved + (toward * skew * of.increase * seconds) / ONE
  else if (skew < of.falling) {
    const less = of.decrease * seconds
    const sign = saved < 0n ? -1n : 1n
    next = size_of(saved) <= less ? 0n : saved - sign * less
  }
  if (size_of(next) > of.most) next = next < 0n ? -of.most : of.most
  const sign = next < 0n || (next === 0n && toward < 0n) ? -1n : 1n
  return { saved: next, applied: size_of(next) < of.least ? sign * of.least : next }
}

/** What traders have won of a pool, as a factor of it. */
export const pnl_factor = (pnl: bigint, pool_usd: bigint): bigint => (pnl * ONE) / pool_usd
