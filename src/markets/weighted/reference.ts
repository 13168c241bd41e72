/**
 * Swaps of a weighted pool in exact integers of 1e-18: Π balance^weight is kept. Powers are the exact real number rounded down, then raised by the
 * margin that the contract adds to its own power so as never to err against the pool.
 * Source: Balancer white paper (Martinelli, Mushegian 2019) equations (1), (15) and (20); balancer-v3-monorepo `WeightedMath.sol`, `FixedPoint.sol`
 * and the fee of `Vault.sol`, read for their roundings. The contract's power is itself good to about 1e-18: amounts may differ in their last digits.
 */

const ONE = 10n ** 18n
/** Largest input and output of one swap, as a share of the balance. */
export const MAX_RATIO = (ONE * 3n) / 10n
/** Share of a power, in 1e-18, by which it is raised. */
const POWER_MARGIN = 10_000n

/** What the contract would revert with. */
export class Revert extends Error {}

const mul_down = (a: bigint, b: bigint): bigint => (a * b) / ONE
const mul_up = (a: bigint, b: bigint): bigint => up(a * b, ONE)
const div_down = (a: bigint, b: bigint): bigint => (a * ONE) / b
const div_up = (a: bigint, b: bigint): bigint => up(a * ONE, b)
const up = (a: bigint, b: bigint): bigint => (a === 0n ? 0n : (a - 1n) / b + 1n)

/** Working precision of logarithms and exponentials: 50 digits. */
const FINE = 10n ** 50n

/** ln of a ratio a/b > 0, times FINE: by powers of two near 1, then 2·artanh((m − 1)/(m + 1)). */
function ln(a: bigint, b: bigint): bigint {
  let shift = 0n
  while (a > 2n * b) {
    b *= 2n
    shift++
  }
  while (2n * a < b) {
    a *= 2n
    shift--
  }
  return artanh(((a - b) * FINE) / (a + b)) * 2n + (shift === 0n ? 0n : shift * 2n * artanh(FINE / 3n))
}

function artanh(z: bigint): bigint {
  const square = (z * z) / FINE
  let term = z
  let sum = 0n
  for (let k = 1n; term !== 0n; k += 2n) {
    sum += term / k
    term = (term * square) / FINE
  }
  return sum
}

/** e^x, both times FINE: the Taylor series at x/2^32, squared 32 times. */
function exp(x: bigint): bigint {
  const guard = 10n ** 20n
  const unit = FINE * guard
  const small = (x * guard) >> 32n
  let term = unit
  let sum = unit
  for (let k = 1n; term !== 0n; k++) {
    term = (term * small) / unit / k
    sum += term
  }
  for (let i = 0; i < 32; i++) sum = (sum * sum) / unit
  return sum / guard
}

/** x^y in 1e-18, rounded down. */
export function power(x: bigint, y: bigint): bigint {
  if (y === 0n) return ONE
  if (x === 0n) return 0n
  return (exp((ln(x, ONE) * y) / ONE) * ONE) / FINE
}

/** x^y not below its true value: plainly for exponents 1, 2 and 4, otherwise with the margin. */
export function power_up(x: bigint, y: bigint): bigint {
  if (y === ONE) return x
  if (y === 2n * ONE) return mul_up(x, x)
  if (y === 4n * ONE) return mul_up(mul_up(x, x), mul_up(x, x))
  const raw = power(x, y)
  return raw + mul_up(raw, POWER_MARGIN) + 1n
}

/** One coin of the pool as a swap meets it. */
export interface Coin {
  readonly balance: bigint
  readonly weight: bigint
}

/** Output for an input, fee on the input: a_o = b_o·(1 − (b_i / (b_i + a))^(w_i/w_o)). */
export function out_given_in(into: Coin, from: Coin, given: bigint, fee: bigint): bigint {
  const amount = given - mul_up(given, fee)
  if (amount > mul_down(into.balance, MAX_RATIO)) throw new Revert('more than the largest input')
  const base = div_up(into.balance, into.balance + amount)
  const kept = power_up(base, div_down(into.weight, from.weight))
  return kept >= ONE ? 0n : mul_down(from.balance, ONE - kept)
}

/** Input for an output, fee on the input: a_i = b_i·((b_o / (b_o − a))^(w_o/w_i) − 1). */
export function in_given_out(into: Coin, from: Coin, given: bigint, fee: bigint): bigint {
  if (given > mul_down(from.balance, MAX_RATIO)) throw new Revert('more than the largest output')
  const base = div_up(from.balance, from.balance - given)
  const amount = mul_up(into.balance, power_up(base, div_up(from.weight, into.weight)) - ONE)
  return amount + up(amount * fee, ONE - fee)
}
