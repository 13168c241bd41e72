/**
 * The market module of an algorithmic stablecoin in exact decimals of 18 digits. Pools are virtual, in units of the base currency (SDR): the stable
 * side is B + δ, the other B² ÷ (B + δ). Offered coins are burnt, asked coins minted at the oracle rate less the spread.
 * Source: terra-money/classic-core x/market/keeper (swap.go, msg_server.go, keeper.go), read for their order of roundings; `Dec` of the Cosmos SDK
 * multiplies and divides half to even.
 */

const ONE = 10n ** 18n

/** Quotient of integers, half to even. */
function halve(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  const whole = x / y
  const twice = 2n * (x % y)
  const rounded = twice > y || (twice === y && whole % 2n === 1n) ? whole + 1n : whole
  return negative ? -rounded : rounded
}
export const mul = (a: bigint, b: bigint): bigint => halve(a * b, ONE)
export const quo = (a: bigint, b: bigint): bigint => halve(a * ONE, b)

export interface Pools {
  readonly base_pool: bigint
  readonly delta: bigint
  readonly min_spread: bigint
}

/** Spread of offering an amount, in base units: what the constant product takes, at least the minimum. */
export function spread(pools: Pools, offer: bigint, stable: boolean): bigint {
  const product = mul(pools.base_pool, pools.base_pool)
  const stable_pool = pools.base_pool + pools.delta
  const other_pool = quo(product, stable_pool)
  const [offered, asked] = stable ? [stable_pool, other_pool] : [other_pool, stable_pool]
  const ask = asked - quo(product, offered + offer)
  const found = quo(offer - ask, offer)
  return found < pools.min_spread ? pools.min_spread : found
}

export interface Swap {
  /** What the trader is given, in units of the asked coin, and the spread. */
  readonly out: bigint
  readonly spread: bigint
  readonly delta: bigint
}

/** Stable coin for the other at `rate` base units a unit of the other. */
export function swap_stable(pools: Pools, offer: bigint, rate: bigint): Swap {
  const s = spread(pools, offer, true)
  const full = quo(offer, rate)
  return { out: full - mul(s, full), spread: s, delta: pools.delta + offer }
}

/** The other coin for stable. */
export function swap_other(pools: Pools, offer: bigint, rate: bigint): Swap {
  const base = mul(offer, rate)
  const s = spread(pools, base, false)
  const out = base - mul(s, base)
  return { out, spread: s, delta: pools.delta - out }
}

/** One block: the pools come back by one part in `period`, truncated towards zero. */
export const replenish = (delta: bigint, period: bigint): bigint => delta - delta / period
