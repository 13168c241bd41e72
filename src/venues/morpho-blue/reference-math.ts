/** Fixed-point arithmetic of Morpho Blue and its adaptive interest-rate model, in the contracts' integers. */

export const WAD = 10n ** 18n
export const YEAR_S = 31_536_000n
export const PRICE_SCALE = 10n ** 36n

/** What the contract reverts with. */
export class Revert extends Error {}

/** Only what fits into a word of 256 bits, and no division by zero. */
function quotient(product: bigint, divisor: bigint): bigint {
  if (product >> 256n !== 0n) throw new Revert('overflow')
  if (divisor === 0n) throw new Revert('division by zero')
  return product / divisor
}

export const floor = (a: bigint, b: bigint, c: bigint): bigint => quotient(a * b, c)
export const ceil = (a: bigint, b: bigint, c: bigint): bigint => quotient(a * b + c - 1n, c)

/** The number, if it fits into the 128 bits in which markets and positions count. */
export function narrow(x: bigint): bigint {
  if (x >> 128n !== 0n) throw new Revert('max uint128 exceeded')
  return x
}

/** A sum of two such numbers, and their difference. */
export function plus(a: bigint, b: bigint): bigint {
  if ((a + b) >> 128n !== 0n) throw new Revert('overflow')
  return a + b
}
export function minus(a: bigint, b: bigint): bigint {
  if (b > a) throw new Revert('underflow')
  return a - b
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** Shares and assets that every market counts as if they were there, so that an empty one has a share price. */
const VIRTUAL_SHARES = 1_000_000n
const VIRTUAL_ASSETS = 1n

export const shares_down = (assets: bigint, total_assets: bigint, total_shares: bigint): bigint =>
  floor(assets, total_shares + VIRTUAL_SHARES, total_assets + VIRTUAL_ASSETS)
export const shares_up = (assets: bigint, total_assets: bigint, total_shares: bigint): bigint =>
  ceil(assets, total_shares + VIRTUAL_SHARES, total_assets + VIRTUAL_ASSETS)
export const assets_down = (shares: bigint, total_assets: bigint, total_shares: bigint): bigint =>
  floor(shares, total_assets + VIRTUAL_ASSETS, total_shares + VIRTUAL_SHARES)
export const assets_up = (shares: bigint, total_assets: bigint, total_shares: bigint): bigint =>
  ceil(shares, total_assets + VIRTUAL_ASSETS, total_shares + VIRTUAL_SHARES)

/** Compound growth less one to the third order: x + x²/2 + x³/6, each term rounded down. */
export function taylor(rate: bigint, time_s: bigint): bigint {
  const first = rate * time_s
  const second = floor(first, first, 2n * WAD)
  return first + second + floor(second, first, 3n * WAD)
}

const LN2 = 693_147_180_559_945_309n
const EXP_LOWEST = -41_446_531_673_892_822_312n
const EXP_HIGHEST = 93_859_467_695_000_404_319n

/** e^x as the model has it: the nearest power of two, times 1 + r + r²/2 for the rest r. Off by up to r³/6, 0.7 %. */
export function exponential(x: bigint): bigint {
  if (x < EXP_LOWEST) return 0n
  const at = x > EXP_HIGHEST ? EXP_HIGHEST : x
  const q = (at + (at < 0n ? -(LN2 / 2n) : LN2 / 2n)) / LN2
  const r = at - q * LN2
  const e = WAD + r + (r * r) / WAD / 2n
  return q >= 0n ? e << q : e >> -q
}

/** Constants of the adaptive curve: rates a second, in WAD. */
export const CURVE = {
  target_utilisation: (9n * WAD) / 10n,
  steepness: 4n * WAD,
  speed: (50n * WAD) / YEAR_S,
  initial: (4n * WAD) / 100n / YEAR_S,
  lowest: WAD / 1000n / YEAR_S,
  highest: (2n * WAD) / YEAR_S,
} as const

/** How far utilisation is from its target: −1 at 0, 0 at 90 %, 1 at 100 %. */
export function error_of(utilisation: bigint): bigint {
  const { target_utilisation } = CURVE
  const side = utilisation > target_utilisation ? WAD - target_utilisation : target_utilisation
  return ((utilisation - target_utilisation) * WAD) / side
}

/** The rate at an error: from a quarter of the rate at target to four times it. */
export function curve(rate_at_target: bigint, error: bigint): bigint {
  const coefficient = error < 0n ? WAD - (WAD * WAD) / CURVE.steepness : CURVE.steepness - WAD
  return (((coefficient * error) / WAD + WAD) * rate_at_target) / WAD
}

const adapted = (rate: bigint, by: bigint): bigint => {
  const next = (rate * exponential(by)) / WAD
  return next < CURVE.lowest ? CURVE.lowest : next > CURVE.highest ? CURVE.highest : next
}

/** @returns mean rate over the time, and rate at target at its end; `rate_at_target` 0 at a market's first use */
export function adaptive_rate(utilisation: bigint, rate_at_target: bigint, time_s: bigint): { mean: bigint; end: bigint } {
  const error = error_of(utilisation)
  if (rate_at_target === 0n) return { mean: curve(CURVE.initial, error), end: CURVE.initial }
  const by = ((CURVE.speed * error) / WAD) * time_s
  if (by === 0n) return { mean: curve(rate_at_target, error), end: rate_at_target }
  const end = adapted(rate_at_target, by)
  const middle = adapted(rate_at_target, by / 2n)
  return { mean: curve((rate_at_target + end + 2n * middle) / 4n, error), end }
}

/** What a liquidator gets per unit of debt: the farther the limit is from 1, the more, at most 1.15. */
export function incentive_factor(lltv: bigint): bigint {
  const factor = floor(WAD, WAD, WAD - floor((3n * WAD) / 10n, WAD - lltv, WAD))
  return min((115n * WAD) / 100n, factor)
}
