/** Constants and arithmetic of Liquity v1 in the contracts' integers, 18 decimals throughout, and how one trove is taken apart. */
import { WAD } from './reference-pool.ts'

export const MCR = (WAD * 11n) / 10n
export const CCR = (WAD * 3n) / 2n
const FEE_FLOOR = WAD / 200n
const BORROW_FEE_MAX = WAD / 20n
/** Half after 12 hours, per minute. */
export const MINUTE_DECAY = 999_037_758_833_783_000n
const MAX_MINUTES = 525_600_000n
/** Decimals of the ratio without price, by which troves are sorted. */
const NOMINAL = 10n ** 20n
export const MAX = (1n << 256n) - 1n

export class Revert extends Error {}

export function demand(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Revert(reason)
}

/** What forks of the protocol set otherwise. */
export interface Terms {
  /** Debt that every trove owes to whoever liquidates it. */
  readonly gas_compensation: bigint
  /** Least debt beside that. */
  readonly min_net_debt: bigint
  /**
   * What leaves the collateral that the rest of a call in recovery mode counts, when a trove of it is taken apart.
   * @param listed the caller named the troves, not only how many
   */
  readonly leaves: (parts: ReferenceSplit, listed: boolean) => bigint
}

export const LIQUITY: Terms = {
  gas_compensation: 200n * WAD,
  min_net_debt: 1800n * WAD,
  leaves: ({ to_pool, gas, surplus }) => to_pool + gas + surplus,
}

/** Sovryn Zero 0.4.0. */
export const ZERO: Terms = {
  gas_compensation: 20n * WAD,
  min_net_debt: 180n * WAD,
  leaves: ({ to_pool, surplus }, listed) => to_pool + (listed ? 0n : surplus),
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const decimal = (a: bigint, b: bigint): bigint => (a * b + WAD / 2n) / WAD

/** A decimal to a whole power, every product rounded half up. */
export function decPow(base: bigint, minutes: bigint): bigint {
  let n = min(minutes, MAX_MINUTES)
  if (n === 0n) return WAD
  let x = base
  let y = WAD
  while (n > 1n) {
    if (n % 2n === 1n) y = decimal(x, y)
    x = decimal(x, x)
    n /= 2n
  }
  return decimal(x, y)
}

export const ratio = (collateral: bigint, debt: bigint, price: bigint): bigint =>
  debt === 0n ? MAX : (collateral * price) / debt
export const nominalRatio = (collateral: bigint, debt: bigint): bigint => (debt === 0n ? MAX : (collateral * NOMINAL) / debt)
export const gasCollateral = (collateral: bigint): bigint => collateral / 200n
export const compositeDebt = (debt: bigint, terms = LIQUITY): bigint => debt + terms.gas_compensation
export const borrowRate = (base_rate: bigint): bigint => min(FEE_FLOOR + base_rate, BORROW_FEE_MAX)
export const redemptionRate = (base_rate: bigint): bigint => min(FEE_FLOOR + base_rate, WAD)

/** What one liquidation does. */
export interface ReferenceSplit {
  readonly gas: bigint
  readonly offset: bigint
  readonly to_pool: bigint
  readonly debt_out: bigint
  readonly coll_out: bigint
  readonly surplus: bigint
}

/** How a trove is taken apart; undefined when it may not be. */
export function split(coll: bigint, debt: bigint, price: bigint, tcr: bigint, pool: bigint): ReferenceSplit | undefined {
  const icr = ratio(coll, debt, price)
  const recovery = tcr < CCR
  const gas = gasCollateral(coll)
  if (recovery && icr <= WAD) return { gas, offset: 0n, to_pool: 0n, debt_out: debt, coll_out: coll - gas, surplus: 0n }
  if (icr < MCR) {
    const offset = min(debt, pool)
    const to_pool = pool === 0n ? 0n : ((coll - gas) * offset) / debt
    return { gas, offset, to_pool, debt_out: debt - offset, coll_out: coll - gas - to_pool, surplus: 0n }
  }
  if (!recovery || icr >= tcr || debt > pool) return undefined
  const capped = (debt * MCR) / price
  const cut = gasCollateral(capped)
  return { gas: cut, offset: debt, to_pool: capped - cut, debt_out: 0n, coll_out: 0n, surplus: coll - capped }
}
