/** The error function and the normal distribution, from + − × ÷ and `exp`, `log` of this folder. */
import { exp, log } from './elementary.ts'

/**
 * Chebyshev coefficients, in t = (x − 3.75) / (x + 3.75), of (1 + 2x) e^(x²) erfc(x) for x ≥ 0: the form of Shepherd and
 * Laframboise, Math. Comp. 36 (1981) 249–253. Computed from 80 nodes in 60-digit arithmetic; what is left out is < 3e-18.
 */
const TAIL = Float64Array.of(
  1.1775789345674017,
  -0.004590054580646478,
  -0.08424913336651792,
  0.05920993999819189,
  -0.026658668435305753,
  0.009074997670705265,
  -0.002413163540417608,
  0.0004907758365258086,
  -6.916973302501207e-5,
  4.13902798607301e-6,
  7.74038306619849e-7,
  -2.1886401049234397e-7,
  1.076499946567091e-8,
  4.521959811218287e-9,
  -7.754400208831351e-10,
  -6.318088340886684e-11,
  2.86879501093067e-11,
  1.9455868545777347e-13,
  -9.65469674843344e-13,
  3.25254814814874e-14,
  3.3478119482868056e-14,
  -1.864562880419313e-15,
  -1.2507950530688648e-15,
  7.418235256624044e-17,
  5.068148904796111e-17,
)

const TWO_OVER_SQRT_PI = 1.1283791670955126
const TWO_OVER_SQRT_PI_LESS_1 = 0.1283791670955126
const SQRT_HALF = 0.7071067811865476

/** 2/√π · (−1)^n / (n! (2n + 1)): DLMF 7.6.1. */
const SERIES = new Float64Array(17)
for (let n = 0, factorial = 1; n < 17; n++, factorial *= -n) SERIES[n] = TWO_OVER_SQRT_PI / (factorial * (2 * n + 1))

/** e^(−square − low) / (1 + 2x) · Chebyshev sum; square + low = x². */
function tail(x: number, square: number, low: number): number {
  const t = (2 * (x - 3.75)) / (x + 3.75)
  let b0 = 0
  let b1 = 0
  for (let n = TAIL.length - 1; n > 0; n--) {
    const b2 = b1
    b1 = b0
    b0 = t * b1 - b2 + (TAIL[n] as number)
  }
  const sum = 0.5 * t * b0 - b1 + (TAIL[0] as number)
  const e = exp(-square)
  return ((e - e * low) * sum) / (1 + 2 * x)
}

/** erfc for x ≥ ½. */
function erfcTail(x: number): number {
  if (x > 28) return 0
  const square = x * x
  const xh = Math.fround(x)
  return tail(x, square, xh * xh - square + (x - xh) * (x + xh))
}

/** erf for |x| ≤ ¾. */
function erfSeries(x: number): number {
  const z = x * x
  let sum = 0
  for (let n = SERIES.length - 1; n > 0; n--) sum = (sum + (SERIES[n] as number)) * z
  return x + x * (TWO_OVER_SQRT_PI_LESS_1 + sum)
}

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt (DLMF 7.2.1). Error < 1.5 ulp. */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (a <= 0.75) return erfSeries(x)
  if (x !== x) return x
  const y = a > 6 ? 1 : 1 - erfcTail(a)
  return x < 0 ? -y : y
}

/** erfc x = 1 − erf x without cancellation in the upper tail. Error < 4 ulp where the result is normal. */
export function erfc(x: number): number {
  if (x < 0.5) return x < -6 ? 2 : 1 - erf(x)
  return x !== x ? x : erfcTail(x)
}

/** P(Z ≤ x) for a standard normal Z. Error < 6 ulp where the result is normal, in either tail. */
export function normalCdf(x: number): number {
  const a = Math.abs(x)
  if (a < 0.7) return 0.5 + 0.5 * erfSeries(x * SQRT_HALF)
  if (x !== x) return x
  if (a > 39) return x > 0 ? 1 : 0
  const square = 0.5 * x * x
  const ah = Math.fround(a)
  const upper = 0.5 * tail(a * SQRT_HALF, square, 0.5 * ah * ah - square + 0.5 * (a - ah) * (a + ah))
  return x > 0 ? 1 - upper : upper
}

// Coefficients of AS 241 (PPND16): Wichura, Applied Statistics 37 (1988) 477–484. Numerators and denominators, from the
// highest power down; |p − ½| ≤ 0.425, then √(−ln p) ≤ 5, then above.
const CENTRE_P = Float64Array.of(
  2.509080928730122672e3,
  3.34305755835881281e4,
  6.726577092700870085e4,
  4.592195393154987145e4,
  1.373169376550946112e4,
  1.971590950306551442e3,
  1.331416678917843774e2,
  3.387132872796366608,
)
const CENTRE_Q = Float64Array.of(
  5.226495278852854561e3,
  2.872908573572194267e4,
  3.930789580009271061e4,
  2.121379430158659586e4,
  5.394196021424751107e3,
  6.871870074920579083e2,
  4.231333070160091125e1,
  1,
)
const MIDDLE_P = Float64Array.of(
  7.745450142783414076e-4,
  2.272384498926918458e-2,
  2.417807251774506117e-1,
  1.270458252452368382,
  3.647848324763204605,
  5.769497221460691405,
  4.630337846156545295,
  1.423437110749683577,
)
const MIDDLE_Q = Float64Array.of(
  1.050750071644416843e-9,
  5.475938084995344946e-4,
  1.519866656361645719e-2,
  1.481039764274800745e-1,
  6.897673349851000045e-1,
  1.676384830183803849,
  2.053191626637758821,
  1,
)
const FAR_P = Float64Array.of(
  2.010334399292288132e-7,
  2.711555568743487578e-5,
  1.242660947388078438e-3,
  2.653218952657612309e-2,
  2.965605718285048912e-1,
  1.784826539917291335,
  5.463784911164114369,
  6.657904643501103777,
)
const FAR_Q = Float64Array.of(
  2.044263103389939785e-15,
  1.421511758316445888e-7,
  1.846318317510054681e-5,
  7.868691311456132591e-4,
  1.487536129085061485e-2,
  1.369298809227358053e-1,
  5.998322065558879376e-1,
  1,
)

function ratio(p: Float64Array, q: Float64Array, x: number): number {
  let above = p[0] as number
  let below = q[0] as number
  for (let i = 1; i < 8; i++) {
    above = above * x + (p[i] as number)
    below = below * x + (q[i] as number)
  }
  return above / below
}

/**
 * The x with P(Z ≤ x) = p, for p in [0, 1]; ∓∞ at the ends. Relative error < 1e-15. Throws RangeError outside.
 * In the upper tail p itself has lost digits: use −normalQuantile(1 − p) with an exact 1 − p where one is at hand.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (q <= 0.425 && q >= -0.425) return q * ratio(CENTRE_P, CENTRE_Q, 0.180625 - q * q)
  if (!(p > 0 && p < 1)) {
    if (p === 0) return Number.NEGATIVE_INFINITY
    if (p === 1) return Number.POSITIVE_INFINITY
    throw new RangeError(`normalQuantile: p must be in [0, 1], got ${p}`)
  }
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p))
  const x = r <= 5 ? ratio(MIDDLE_P, MIDDLE_Q, r - 1.6) : ratio(FAR_P, FAR_Q, r - 5)
  return q < 0 ? -x : x
}
