/**
 * Elementary functions from + − × ÷ alone, so that every engine returns the same bits. Error bounds are in units in the
 * last place (ulp) of the result, measured against exact arithmetic in the tests. Infinities, zeros, NaN and arguments
 * outside the domain give what IEEE 754 (9.2) asks for.
 *
 * exp and log reduce with tables of 128 entries, filled in double-double arithmetic when the module loads, after Tang,
 * ACM TOMS 15 (1989) 144–157 and 16 (1990) 378–400; on the reduced range their Taylor series are short.
 */
import { ddExp, ddLog, ddMul, LN2 } from './double-double.ts'

const cell = new Float64Array(1)
const cellWords = new Int32Array(cell.buffer)
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/** 2^e at [e + 1074], for −1074 ≤ e ≤ 1023. */
const POW2 = new Float64Array(2098)
/** 2^(j/128), in two parts. */
const EXP_HIGH = new Float64Array(128)
const EXP_LOW = new Float64Array(128)
/** Of each of the 128 intervals of [0.6875, 1.375): 1/centre rounded to 20 bits, and −ln of that, in two parts. */
const INVERSE = new Float64Array(128)
const LOG_HIGH = new Float64Array(128)
const LOG_LOW = new Float64Array(128)

const GRID = 4398046511104 // 2^42: logarithms' high parts are multiples of 2^-42, so that adding them is exact
const LN2_HIGH = 0.6931471805598903
const LN2_LOW = 5.497923018708371e-14
const STEP_HIGH = 0.005415212347998022 // ln2 / 128 to 35 bits, and the rest
const STEP_LOW = 1.2655086083325438e-13
const STEPS = 184.6649652337873 // 128 / ln2
const LOG_BASE = 0x3fe60000 // the high word of 0.6875

function fillTables(): void {
  let power = 1
  for (let e = 0; e <= 1023; e++, power *= 2) POW2[e + 1074] = power
  power = 1
  for (let e = 0; e >= -1074; e--, power /= 2) POW2[e + 1074] = power
  for (let j = 0; j < 128; j++) {
    const [high, low] = ddExp(ddMul(LN2, [j / 128, 0]))
    EXP_HIGH[j] = high
    EXP_LOW[j] = low
    // Intervals are 2^-8 wide below 1 and 2^-7 above. Those next to 1 use 1 itself: no cancellation in log near 1.
    const centre = j < 80 ? 0.6875 + (j + 0.5) / 256 : 1 + (j - 79.5) / 128
    const inverse = j === 79 || j === 80 ? 1 : Math.round(524288 / centre) / 524288
    const [logHigh, logLow] = ddLog(inverse)
    const rounded = Math.round(-logHigh * GRID) / GRID
    INVERSE[j] = inverse
    LOG_HIGH[j] = rounded
    LOG_LOW[j] = -logHigh - rounded - logLow
  }
}
fillTables()

/** v · 2^e, rounded once, for ½ < v < 4 and −1077 ≤ e ≤ 1025. */
function scale(v: number, e: number): number {
  if (e > 1023) return v * (POW2[e - 3 + 1074] as number) * 8
  if (e < -1074) return v * 0.125 * (POW2[e + 3 + 1074] as number)
  return v * (POW2[e + 1074] as number)
}

/** √x, correctly rounded by IEEE 754. */
export const sqrt: (x: number) => number = Math.sqrt

/** e^x. Error < 0.52 ulp where the result is normal, < 1.01 where it is subnormal. */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 709.782712893384 ? Number.POSITIVE_INFINITY : x
  if (x < -745.1332191019412) return 0
  const k = Math.floor(x * STEPS + 0.5)
  const r = x - k * STEP_HIGH - k * STEP_LOW
  const p = r + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))))
  const j = k & 127
  const high = EXP_HIGH[j] as number
  const v = high + ((EXP_LOW[j] as number) + high * p)
  const e = (k - j) / 128
  return e >= -1022 && e <= 1023 ? v * (POW2[e + 1074] as number) : scale(v, e)
}

/** e^(high + low) for |low| ≤ ulp(high): one step of `pow`. */
function expOfSum(high: number, low: number): number {
  if (high >= 709.79) return Number.POSITIVE_INFINITY
  if (high < -745.14) return 0
  const k = Math.floor(high * STEPS + 0.5)
  const r = high - k * STEP_HIGH - (k * STEP_LOW - low)
  const p = r + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))))
  const j = k & 127
  const t = EXP_HIGH[j] as number
  return scale(t + ((EXP_LOW[j] as number) + t * p), (k - j) / 128)
}

/** e^x − 1 without cancellation near 0. Error < 0.6 ulp. */
export function expm1(x: number): number {
  if (!(x < 40)) return exp(x) - 1
  if (x < -40) return -1
  if (x < 1e-17 && x > -1e-17) return x
  const k = Math.floor(x * STEPS + 0.5)
  const first = x - k * STEP_HIGH
  const r = first - k * STEP_LOW
  const rest = first - r - k * STEP_LOW
  const q = r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040))))))
  if (k === 0) return r + q
  const j = k & 127
  const power = POW2[(k - j) / 128 + 1074] as number
  const high = (EXP_HIGH[j] as number) * power
  // high − 1 + r, with what each sum lost.
  const a = high - 1
  const lostA = high >= 1 ? high - a - 1 : high - (a + 1)
  const s = a + r
  const t = s - a
  const lostS = a - (s - t) + (r - t)
  return s + (lostA + lostS + (EXP_LOW[j] as number) * power * (1 + r) + (a * r + high * (q + rest)))
}

/** ln((u + c) · 2^shift) for normal u > 0 and |c| ≤ ulp(u). */
function logOfSum(u: number, c: number, shift: number): number {
  cell[0] = u
  const offset = (cellWords[HIGH] as number) - LOG_BASE
  const exponent = offset >> 20
  const k = exponent + shift
  const j = (offset >> 13) & 127
  const down = POW2[1074 - exponent] as number
  const z = u * down
  const inverse = INVERSE[j] as number
  const zh = Math.fround(z)
  const rh = zh * inverse - 1
  const rl = (z - zh + c * down) * inverse
  const r = rh + rl
  const t = r - rh
  const rest = rh - (r - t) + (rl - t)
  const base = k * LN2_HIGH + (LOG_HIGH[j] as number)
  const s = base + r
  const q = r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6 - r * (1 / 7 - r * (1 / 8 - r * (1 / 9)))))))
  return s + (base - s + r + (rest + (k * LN2_LOW + (LOG_LOW[j] as number)) - r * r * (1 / 2 - q)))
}

/** ln x. Error < 0.53 ulp. */
export function log(x: number): number {
  if (x >= 2.2250738585072014e-308 && x <= 1.7976931348623157e308) return logOfSum(x, 0, 0)
  if (x > 0) return x === Number.POSITIVE_INFINITY ? x : logOfSum(x * 18014398509481984, 0, -54)
  return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
}

/** ln(1 + x) without cancellation near 0. Error < 0.55 ulp. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x < 1e-17 && x > -1e-17) return x
  if (x > 9007199254740992) return log(x)
  const u = 1 + x
  return logOfSum(u, x >= 1 ? x - u + 1 : 1 - u + x, 0)
}

/**
 * x^y. Error < 0.6 ulp where the result is normal; exact where the power is representable (integer bases and exponents).
 * A negative x needs an integer y, else NaN. Zeros and infinities follow IEEE 754 `pow`, except that pow(±1, ±∞) is NaN,
 * as in ECMAScript.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (y === 1) return x
  if (y === 2) return x * x
  if (x > 0 && x < Number.POSITIVE_INFINITY && y - y === 0) return x === 1 ? 1 : powPositive(x, y)
  return powSpecial(x, y)
}

function powSpecial(x: number, y: number): number {
  if (x !== x || y !== y) return Number.NaN
  const size = Math.abs(x)
  if (y - y !== 0) {
    if (size === 1) return Number.NaN
    return size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  }
  const odd = y % 2 === 1 || y % 2 === -1
  const negative = x < 0 || (x === 0 && 1 / x < 0)
  if (size === 0 || size === Number.POSITIVE_INFINITY) {
    const result = (size === 0) === y > 0 ? 0 : Number.POSITIVE_INFINITY
    return negative && odd ? -result : result
  }
  if (Math.floor(y) !== y) return Number.NaN
  const result = size === 1 ? 1 : powPositive(size, y)
  return odd ? -result : result
}

/** e^(y ln x), with ln x and its product with y to 64 bits more than their leading parts need. */
function powPositive(x: number, y: number): number {
  // Beyond 2^64 even the neighbours of 1 overflow or vanish; splitting y below needs its size bounded.
  if (y > 1.8446744073709552e19 || y < -1.8446744073709552e19) return x > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  if (y < 1e-20 && y > -1e-20) return 1
  let u = x
  let shift = 0
  if (u < 2.2250738585072014e-308) {
    u *= 18014398509481984
    shift = -54
  }
  cell[0] = u
  const offset = (cellWords[HIGH] as number) - LOG_BASE
  const exponent = offset >> 20
  const j = (offset >> 13) & 127
  const z = u * (POW2[1074 - exponent] as number)
  const k = exponent + shift
  const inverse = INVERSE[j] as number
  const zh = Math.fround(z)
  const first = zh * inverse - 1
  const second = (z - zh) * inverse
  const r = first + second
  let t = r - first
  const rest = first - (r - t) + (second - t)
  // −r²/2: r in 24 + 29 bits, so that the square of the leading part is exact.
  const rh = Math.fround(r)
  const half = -0.5 * rh * rh
  const halfLow = -0.5 * (r - rh) * (r + rh) - r * rest
  const tail = r * (1 / 6 - r * (1 / 7 - r * (1 / 8 - r * (1 / 9 - r * (1 / 10)))))
  const cubic = r * r * r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - tail)))
  const base = k * LN2_HIGH + (LOG_HIGH[j] as number)
  const s1 = base + r
  const lost1 = base - s1 + r
  const s2 = s1 + half
  t = s2 - s1
  const lost2 = s1 - (s2 - t) + (half - t)
  const low = lost1 + lost2 + (rest + halfLow + cubic + (k * LN2_LOW + (LOG_LOW[j] as number)))
  const logHigh = s2 + low
  const logLow = s2 - logHigh + low
  return expOfProduct(y, logHigh, logLow)
}

/** e^(y · (a + b)): the product of y and a is carried exactly. */
function expOfProduct(y: number, a: number, b: number): number {
  const p = y * a
  if (p > 710) return Number.POSITIVE_INFINITY
  if (p < -746) return 0
  const yh = Math.fround(y)
  const yl = y - yh
  const ah = Math.fround(a)
  const al = a - ah
  const low = yh * ah - p + yh * al + yl * ah + yl * al + y * b
  return expOfSum(p, low)
}

/** tanh x. Error < 2 ulp. */
export function tanh(x: number): number {
  const a = Math.abs(x)
  if (a > 22) return Math.sign(x)
  if (a < 1e-9) return x
  const e = expm1(2 * a)
  const y = e / (e + 2)
  return x < 0 ? -y : y
}
