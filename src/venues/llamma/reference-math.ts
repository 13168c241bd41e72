/** Fixed point with 18 decimals on exact integers: logarithm and exponential by series with 22 digits to spare, rounded down; integer square root. */
export const WAD = 1_000_000_000_000_000_000n
const GUARD = 10_000_000_000_000_000_000_000n
const ONE = WAD * GUARD

const floor = (x: bigint, y: bigint): bigint => x / y - (x % y !== 0n && x < 0n !== y < 0n ? 1n : 0n)

/** ln(m / ONE) in units of ONE, for m near ONE: 2·atanh((m − 1) / (m + 1)). */
function lnNear(m: bigint): bigint {
  const z = ((m - ONE) * ONE) / (m + ONE)
  const square = (z * z) / ONE
  let term = z
  let sum = 0n
  for (let k = 1n; term !== 0n; k += 2n) {
    sum += term / k
    term = (term * square) / ONE
  }
  return 2n * sum
}

const LN2 = lnNear(2n * ONE)

/** ⌊ln(x / 1e18) · 1e18⌋ for x > 0. */
export function wadLn(x: bigint): bigint {
  let m = x * GUARD
  let halvings = 0n
  for (; m >= 2n * ONE; halvings++) m /= 2n
  for (; m < ONE; halvings--) m *= 2n
  return floor(lnNear(m) + halvings * LN2, GUARD)
}

/** ⌊exp(x / 1e18) · 1e18⌋. */
export function wadExp(x: bigint): bigint {
  const twos = floor(x * GUARD, LN2)
  const rest = x * GUARD - twos * LN2
  let term = ONE
  let sum = 0n
  for (let k = 1n; term > 0n; k++) {
    sum += term
    term = (term * rest) / ONE / k
  }
  return (twos >= 0n ? sum * (1n << twos) : sum / (1n << -twos)) / GUARD
}

/** ⌊√x⌋. */
export function isqrt(x: bigint): bigint {
  if (x < 2n) return x
  let r = 1n << BigInt((x.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (r + x / r) / 2n
    if (next >= r) return r
    r = next
  }
}
