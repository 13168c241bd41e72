/** Exact rational numbers, for the reference: what Binance computes in decimals, nothing rounded on the way. */

/** n / d in lowest terms, d > 0. */
export interface Ratio {
  readonly n: bigint
  readonly d: bigint
}

/** Decimal text, a whole number, or a double taken as exactly the number it is. */
export type Exact = Ratio | bigint | number | string

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

const size = (x: bigint) => (x < 0n ? -x : x)

/** n / d. @throws RangeError when d is 0 */
export function fraction(n: bigint, d: bigint): Ratio {
  if (d === 0n) throw new RangeError('division by zero')
  const common = gcd(size(n), size(d)) * (d < 0n ? -1n : 1n)
  return { n: n / common, d: d / common }
}

/** @throws RangeError for what is no finite number */
export function ratio(value: Exact): Ratio {
  if (typeof value === 'bigint') return { n: value, d: 1n }
  if (typeof value === 'string') return from_text(value)
  if (typeof value === 'object') return value
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no finite number`)
  let whole = value
  let d = 1n
  // Doubling is exact, and every double becomes whole after at most 1,074 of them.
  while (!Number.isInteger(whole)) {
    whole *= 2
    d *= 2n
  }
  return fraction(BigInt(whole), d)
}

function from_text(text: string): Ratio {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.replaceAll(',', ''))
  if (match === null) throw new RangeError(`"${text}" is no decimal number`)
  const [, sign, whole, decimals = ''] = match
  const n = BigInt(`${whole}${decimals}`)
  return fraction(sign === '-' ? -n : n, BigInt(`1${'0'.repeat(decimals.length)}`))
}

export const ZERO: Ratio = { n: 0n, d: 1n }
export const ONE: Ratio = { n: 1n, d: 1n }

export const add = (a: Ratio, b: Ratio): Ratio => fraction(a.n * b.d + b.n * a.d, a.d * b.d)
export const sub = (a: Ratio, b: Ratio): Ratio => fraction(a.n * b.d - b.n * a.d, a.d * b.d)
export const mul = (a: Ratio, b: Ratio): Ratio => fraction(a.n * b.n, a.d * b.d)
export const div = (a: Ratio, b: Ratio): Ratio => fraction(a.n * b.d, a.d * b.n)
export const neg = (a: Ratio): Ratio => ({ n: -a.n, d: a.d })
export const abs = (a: Ratio): Ratio => ({ n: size(a.n), d: a.d })
export const sign = (a: Ratio): -1 | 0 | 1 => (a.n > 0n ? 1 : a.n < 0n ? -1 : 0)
/** −1, 0 or 1 as a is below, equal to or above b. */
export const compare = (a: Ratio, b: Ratio): -1 | 0 | 1 => sign(sub(a, b))
export const less = (a: Ratio, b: Ratio): boolean => compare(a, b) < 0
export const min = (a: Ratio, b: Ratio): Ratio => (less(b, a) ? b : a)
export const max = (a: Ratio, b: Ratio): Ratio => (less(a, b) ? b : a)
export const sum = (list: readonly Ratio[]): Ratio => list.reduce(add, ZERO)
export const clamp = (a: Ratio, low: Ratio, high: Ratio): Ratio => max(low, min(high, a))

const bits = (x: bigint) => x.toString(2).length

/** The nearest double. */
export function to_number(a: Ratio): number {
  if (a.n === 0n) return 0
  // 68 bits of quotient with a sticky last bit round as the exact quotient does.
  const shift = 68 - (bits(size(a.n)) - bits(a.d))
  const n = shift > 0 ? size(a.n) << BigInt(shift) : size(a.n)
  const d = shift < 0 ? a.d << BigInt(-shift) : a.d
  let value = Number((n / d) | (n % d === 0n ? 0n : 1n))
  for (let left = Math.abs(shift); left > 0; left--) value = shift > 0 ? value / 2 : value * 2
  return a.n < 0n ? -value : value
}
