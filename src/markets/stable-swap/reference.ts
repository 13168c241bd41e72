/**
 * A pool of coins meant to be worth the same, in exact integers. Balances in smallest units; `rates` (1e18 for a coin of 18 decimals)
 * bring them to a common measure; A as people quote it; fees in 1e-10.
 * Source: StableSwap white paper (Egorov 2019); curvefi/stableswap-ng `CurveStableSwapNG.vy`, whose order of roundings is kept.
 * Left out: liquidity tokens, price averages, rebasing coins.
 */

const PRECISION = 10n ** 18n
const FEES = 10n ** 10n
const A_PRECISION = 100n
const ITERATIONS = 255

/** What the contract would revert with. */
export class Revert extends Error {}

const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n)
const apart = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a)

/** A (times 100) along a linear ramp. */
export function ramped(from: bigint, to: bigint, from_s: bigint, until_s: bigint, now_s: bigint): bigint {
  if (now_s >= until_s) return to
  const passed = now_s - from_s
  const whole = until_s - from_s
  return to > from ? from + ((to - from) * passed) / whole : from - ((from - to) * passed) / whole
}

/** The invariant D of balances in common measure. @param amp A times 100 */
export function invariant(xp: readonly bigint[], amp: bigint): bigint {
  const n = BigInt(xp.length)
  const total = sum(xp)
  if (total === 0n) return 0n
  const ann = amp * n
  const own_power = xp.reduce((power) => power * n, 1n)
  let d = total
  for (let i = 0; i < ITERATIONS; i++) {
    let product = d
    for (const x of xp) {
      if (x === 0n) throw new Revert('empty coin')
      product = (product * d) / x
    }
    product /= own_power
    const before = d
    d = (((ann * total) / A_PRECISION + product * n) * d) / (((ann - A_PRECISION) * d) / A_PRECISION + (n + 1n) * product)
    if (apart(d, before) <= 1n) return d
  }
  throw new Revert('D does not converge')
}

/** Balance of coin j when coin i has x and the others what they have, all at invariant d. */
export function level(xp: readonly bigint[], i: number, j: number, x: bigint, amp: bigint, d: bigint): bigint {
  const n = BigInt(xp.length)
  const ann = amp * n
  let others = 0n
  let c = d
  for (let k = 0; k < xp.length; k++) {
    if (k === j) continue
    const balance = k === i ? x : (xp[k] as bigint)
    others += balance
    c = (c * d) / (balance * n)
  }
  c = (c * d * A_PRECISION) / (ann * n)
  const b = others + (d * A_PRECISION) / ann
  let y = d
  for (let k = 0; k < ITERATIONS; k++) {
    const before = y
    y = (y * y + c) / (2n * y + b - d)
    if (apart(y, before) <= 1n) return y
  }
  throw new Revert('y does not converge')
}

/** The fee at two balances, dearer the further they are apart. */
export function dynamic_fee(fee: bigint, multiplier: bigint, x: bigint, y: bigint): bigint {
  if (multiplier <= FEES) return fee
  const whole = (x + y) * (x + y)
  return (multiplier * fee) / (((multiplier - FEES) * 4n * x * y) / whole + FEES)
}

export interface ReferencePool {
  readonly balances: bigint[]
  readonly rates: readonly bigint[]
  /** A times 100. */
  readonly amp: bigint
  readonly fee: bigint
  readonly offpeg: bigint
  readonly admin_fee: bigint
}

/** A pool of coins with 18 decimals and no rate, half of the fee to the owners of the protocol. */
export function plain_pool(a: bigint, balances: readonly bigint[], fee: bigint, offpeg: bigint): ReferencePool {
  const rates = balances.map(() => PRECISION)
  return { balances: [...balances], rates, amp: a * A_PRECISION, fee, offpeg, admin_fee: FEES / 2n }
}

export interface Exchange {
  readonly d: bigint
  readonly out: bigint
  /** Fee in the measure of `xp`. */
  readonly fee: bigint
  /** What of the fee leaves the curve for the protocol, in units of coin j. */
  readonly admin: bigint
}

/** What dx of coin i buys of coin j; nothing is changed. */
export function quote(pool: ReferencePool, i: number, j: number, dx: bigint): Exchange {
  const xp = pool.balances.map((balance, k) => (balance * (pool.rates[k] as bigint)) / PRECISION)
  const [from, to] = [xp[i] as bigint, xp[j] as bigint]
  const x = from + (dx * (pool.rates[i] as bigint)) / PRECISION
  const d = invariant(xp, pool.amp)
  const y = level(xp, i, j, x, pool.amp, d)
  const gross = to - y - 1n
  if (gross < 0n) throw new Revert('nothing')
  const fee = (gross * dynamic_fee(pool.fee, pool.offpeg, (from + x) / 2n, (to + y) / 2n)) / FEES
  const rate = pool.rates[j] as bigint
  const admin = (((fee * pool.admin_fee) / FEES) * PRECISION) / rate
  return { d, out: ((gross - fee) * PRECISION) / rate, fee, admin }
}

/** Makes the exchange: what the protocol takes is on the curve no longer. */
export function exchange(pool: ReferencePool, i: number, j: number, dx: bigint): Exchange {
  const done = quote(pool, i, j, dx)
  pool.balances[i] = (pool.balances[i] as bigint) + dx
  pool.balances[j] = (pool.balances[j] as bigint) - done.out - done.admin
  return done
}
