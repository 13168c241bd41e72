/**
 * sin and cos from + − × ÷ alone. The argument loses a multiple of π/2 in three exact parts (Cody and Waite, Software
 * Manual for the Elementary Functions, 1980, ch. 8); what is left, in two parts, goes into the Taylor series on ±π/4.
 */

// π/2 = HALF_PI_1 + HALF_PI_2 + HALF_PI_3 to 118 bits; 33 and 32 bits in the first two, so multiples up to 2^20 are exact.
const HALF_PI_1 = 1.5707963267341256
const HALF_PI_2 = 6.077100506303966e-11
const HALF_PI_3 = 2.0222662487959506e-21
const TWO_OVER_PI = 0.6366197723675814

export const PI = 3.141592653589793

/** Largest |x| that sin and cos take: 2^20 multiples of π/2. */
export const TRIGONOMETRY_LIMIT = 1647099

// 1/n!, n = 3 … 17 odd and 4 … 18 even.
const S3 = 1 / 6
const S5 = 1 / 120
const S7 = 1 / 5040
const S9 = 1 / 362880
const S11 = 1 / 39916800
const S13 = 1 / 6227020800
const S15 = 1 / 1307674368000
const S17 = 1 / 355687428096000
const C4 = 1 / 24
const C6 = 1 / 720
const C8 = 1 / 40320
const C10 = 1 / 3628800
const C12 = 1 / 479001600
const C14 = 1 / 87178291200
const C16 = 1 / 20922789888000
const C18 = 1 / 6402373705728000

/** sin(r + low), |r| ≤ π/4 + a little. */
function sinKernel(r: number, low: number): number {
  const z = r * r
  const tail = S9 - z * (S11 - z * (S13 - z * (S15 - z * S17)))
  return r + (low * (1 - 0.5 * z) - r * z * (S3 - z * (S5 - z * (S7 - z * tail))))
}

/** cos(r + low). The rounding of r² matters here, so it is carried. */
function cosKernel(r: number, low: number): number {
  const z = r * r
  const rh = Math.fround(r)
  const zLow = rh * rh - z + (r - rh) * (r + rh)
  const half = 0.5 * z
  const w = 1 - half
  const tail = C12 - z * (C14 - z * (C16 - z * C18))
  return w + (1 - w - half + (z * z * (C4 - z * (C6 - z * (C8 - z * (C10 - z * tail)))) - 0.5 * zLow - r * low))
}

/** sin(x + quarter · π/2). */
function sinShifted(x: number, quarter: number): number {
  if (!(x <= TRIGONOMETRY_LIMIT && x >= -TRIGONOMETRY_LIMIT)) {
    if (x - x !== 0) return Number.NaN
    throw new RangeError(`sin/cos: |x| must not exceed ${TRIGONOMETRY_LIMIT}, got ${x}`)
  }
  const k = Math.floor(x * TWO_OVER_PI + 0.5)
  let high = x
  let low = 0
  if (k !== 0) {
    const a = x - k * HALF_PI_1
    const b = -k * HALF_PI_2
    const s = a + b
    let t = s - a
    const rest = a - (s - t) + (b - t) - k * HALF_PI_3
    high = s + rest
    t = high - s
    low = s - (high - t) + (rest - t)
  }
  const quadrant = (k + quarter) & 3
  const value = (quadrant & 1) === 0 ? sinKernel(high, low) : cosKernel(high, low)
  return quadrant < 2 ? value : -value
}

/** sin x, x in radians. Error < 0.75 ulp. Throws RangeError beyond TRIGONOMETRY_LIMIT; NaN for NaN and ±∞. */
export function sin(x: number): number {
  return x === 0 ? x : sinShifted(x, 0)
}

/** cos x, x in radians. Error < 0.75 ulp. Throws RangeError beyond TRIGONOMETRY_LIMIT; NaN for NaN and ±∞. */
export function cos(x: number): number {
  return sinShifted(x, 1)
}
