/**
 * The StableSwap curve in floats, for any number of coins. `xp` are balances in a common measure, `a` the amplification as people
 * quote it, d the invariant; with Ann = a·n and P the product of the balances
 *
 *     Ann·Σx + d = Ann·d + d^(n+1) / (n^n·P)
 *
 * Exact form: `reference.ts`. What a trade gives is solved for directly, not as the difference of two balances, so that small
 * trades against large pools keep their digits.
 */

/** Σ-to-product term d^(n+1) / (n^n·P). */
function product_term(xp: Float64Array, d: number): number {
  let product = d
  for (let k = 0; k < xp.length; k++) product *= d / ((xp[k] as number) * xp.length)
  return product
}

/** The invariant: Newton from the sum, which falls until it is there. */
export function invariant(xp: Float64Array, a: number): number {
  const n = xp.length
  const ann = a * n
  let total = 0
  for (let k = 0; k < n; k++) total += xp[k] as number
  let d = total
  for (let i = 0; i < 255; i++) {
    const product = product_term(xp, d)
    const next = ((ann * total + n * product) * d) / ((ann - 1) * d + (n + 1) * product)
    if (!(next < d)) break
    d = next
  }
  return d
}

/** c of the quadratic in coin j, y² + (b − d)·y = c, times the balance of coin i, which is left out. */
function constant(xp: Float64Array, i: number, j: number, a: number, d: number): number {
  const n = xp.length
  let c = ((d / n) * d) / (a * n)
  for (let k = 0; k < n; k++) if (k !== i && k !== j) c *= d / ((xp[k] as number) * n)
  return (c * d) / n
}

/** Balance of coin j when coin i has x. */
export function level(xp: Float64Array, i: number, j: number, x: number, a: number, d: number): number {
  const n = xp.length
  let others = x
  for (let k = 0; k < n; k++) if (k !== i && k !== j) others += xp[k] as number
  const c = constant(xp, i, j, a, d) / x
  const b = others - d + d / (a * n)
  const root = Math.sqrt(b * b + 4 * c)
  return b > 0 ? (2 * c) / (b + root) : (root - b) / 2
}

/** What coin j gives for `dx` ≥ 0 of coin i, fee apart: the smaller root of g² − B·g + K = 0, from the quadratics before and after. */
export function given(xp: Float64Array, i: number, j: number, dx: number, a: number, d: number): number {
  const x = xp[i] as number
  const y = xp[j] as number
  const c = constant(xp, i, j, a, d)
  const k = dx * (y + c / x / (x + dx))
  const b = y + c / x / y + dx
  return (2 * k) / (b + Math.sqrt(Math.max(0, b * b - 4 * k)))
}

/** What of coin i takes `dy` of coin j out, fee apart, 0 ≤ dy < balance: the same, traded backwards. */
export function needed(xp: Float64Array, i: number, j: number, dy: number, a: number, d: number): number {
  const x = xp[i] as number
  const y = xp[j] as number
  const c = constant(xp, i, j, a, d)
  const k = dy * (x + c / y / (y - dy))
  const b = x + c / y / x - dy
  const root = Math.sqrt(b * b + 4 * k)
  return b > 0 ? (2 * k) / (b + root) : (root - b) / 2
}

/** Units of coin j that the next unit of coin i gives, fee apart. */
export function marginal(xp: Float64Array, i: number, j: number, a: number, d: number): number {
  const ann = a * xp.length
  const product = product_term(xp, d)
  return (ann + product / (xp[i] as number)) / (ann + product / (xp[j] as number))
}

/** The fee at two balances: `fee` where they are equal, towards `fee · multiplier` the further they are apart. */
export function dynamic_fee(fee: number, multiplier: number, x: number, y: number): number {
  if (multiplier <= 1) return fee
  return (multiplier * fee) / (((multiplier - 1) * 4 * (x / (x + y)) * y) / (x + y) + 1)
}

/** The terms of a pool. */
export interface Terms {
  readonly a: number
  readonly d: number
  readonly fee: number
  readonly multiplier: number
}

/** Fees are whole multiples of this. */
const FEE_UNIT = 1e-10

/** Fee share of a trade: at the mean of the balances before and after. A fee that moves is rounded down to its unit, as contracts keep it. */
export function fee_of(xp: Float64Array, i: number, j: number, dx: number, gross: number, { fee, multiplier }: Terms): number {
  const share = dynamic_fee(fee, multiplier, (xp[i] as number) + dx / 2, (xp[j] as number) - gross / 2)
  return multiplier <= 1 ? share : Math.floor(share / FEE_UNIT + 1e-6) * FEE_UNIT
}

/** Gross output whose part after the fee is `net`: the fee depends on the trade, weakly. Of two that fit to its unit, the larger. */
export function gross_for(xp: Float64Array, i: number, j: number, net: number, terms: Terms): number {
  let last = 0
  let gross = net / (1 - terms.fee)
  for (let k = 0; k < 60 && gross < (xp[j] as number); k++) {
    const dx = needed(xp, i, j, gross, terms.a, terms.d)
    const next = net / (1 - fee_of(xp, i, j, dx, gross, terms))
    if (next === last) return Math.max(gross, next)
    if (Math.abs(next - gross) <= 2e-16 * gross) break
    last = gross
    gross = next
  }
  return gross
}

const scratch = new Map<number, Float64Array>()

/** Balances after a trade, in a buffer that the next call overwrites. */
export function after(xp: Float64Array, i: number, j: number, dx: number, { a, d }: Terms): Float64Array {
  const { length } = xp
  const out = scratch.get(length) ?? new Float64Array(length)
  scratch.set(length, out)
  out.set(xp)
  const x = (xp[i] as number) + dx
  const gross = given(xp, i, j, dx, a, d)
  out[i] = x
  // Where most of the coin leaves, what is left is known better by itself than as a difference.
  out[j] = gross < (xp[j] as number) / 2 ? (xp[j] as number) - gross : level(xp, i, j, x, a, d)
  return out
}

/** Units of coin j that the last unit of a trade of `dx` gives, fee included: the derivative of gross·(1 − fee), the fee moving with it. */
export function last_unit(xp: Float64Array, i: number, j: number, dx: number, terms: Terms): number {
  const { fee, multiplier } = terms
  const end = after(xp, i, j, dx, terms)
  const price = marginal(end, i, j, terms.a, terms.d)
  if (multiplier <= 1) return price * (1 - fee)
  const x = ((xp[i] as number) + (end[i] as number)) / 2
  const y = ((xp[j] as number) + (end[j] as number)) / 2
  const whole = x + y
  const below = ((multiplier - 1) * 4 * (x / whole) * y) / whole + 1
  // d/d(dx) of x·y / (x + y)², where x moves by 1/2 and y by −price/2.
  const turn = ((x - y) / whole) * ((-price * x - y) / whole / whole / 2)
  const steeper = (-multiplier * fee * (multiplier - 1) * 4 * turn) / below / below
  const gross = given(xp, i, j, dx, terms.a, terms.d)
  return price * (1 - (multiplier * fee) / below) - gross * steeper
}

/** Largest trade ≤ dx whose last unit gives at least `least`; 0 when already the first does not, by more than rounding. */
export function within(xp: Float64Array, i: number, j: number, dx: number, least: number, terms: Terms): number {
  if (last_unit(xp, i, j, dx, terms) >= least) return dx
  if (last_unit(xp, i, j, 0, terms) < least * (1 + 1e-12)) return 0
  let low = 0
  let high = dx
  for (let k = 0; k < 200 && high - low > 1e-16 * high; k++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (last_unit(xp, i, j, middle, terms) >= least) low = middle
    else high = middle
  }
  return low
}

/** Balance of coin i at which coin j is given at `price` per unit, the invariant kept: found by halving its order of magnitude. */
export function balance_at(xp: Float64Array, i: number, j: number, price: number, a: number, d: number): number {
  const point = xp.slice()
  let low = d * 1e-9
  let high = d * 1e9
  for (let k = 0; k < 200; k++) {
    const middle = Math.sqrt(low) * Math.sqrt(high)
    if (!(middle > low && middle < high)) break
    point[i] = middle
    point[j] = level(xp, i, j, middle, a, d)
    if (marginal(point, i, j, a, d) > price) low = middle
    else high = middle
  }
  return low
}
