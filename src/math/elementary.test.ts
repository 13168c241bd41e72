import { describe, expect, it } from 'vitest'
import { exp, expm1, log, log1p, pow, tanh } from './elementary.ts'
import { erf, erfc, normalCdf } from './normal.ts'
import { philox4x32 } from './philox.ts'
import { cos, sin } from './trigonometry.ts'

// ---- The judge: real numbers as integers times 2^-P. Slow, and nothing in it is shared with what it judges. ----

const P = 512n
const ONE = 1n << P
const mul = (a: bigint, b: bigint): bigint => (a * b) >> P
const div = (a: bigint, b: bigint): bigint => (a << P) / b

/** x · 2^P, exactly (doubles below 2^-459 are not used where exactness matters). */
function fixed(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n)
  const shift = BigInt(Math.max(exponent, 1) - 1075) + P
  const size = shift >= 0n ? fraction << shift : fraction >> -shift
  return bits >> 63n === 1n ? -size : size
}

function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let total = 0n
  for (let term = first, n = 1n; term !== 0n && term !== -1n; n++) {
    total += term
    term = next(term, n)
  }
  return total
}

/** artanh(1/n) and artan(1/n), for ln 2 and π (Machin). */
const inverseSeries = (n: bigint, sign: bigint): bigint => {
  let total = 0n
  for (let power = ONE / n, k = 1n; power !== 0n && power !== -1n; power = (sign * power) / (n * n), k += 2n) total += power / k
  return total
}
const LN2 = 2n * inverseSeries(3n, 1n)
const PI = 16n * inverseSeries(5n, -1n) - 4n * inverseSeries(239n, -1n)
const SQRT_PI = fixedSqrt(PI)

function fixedSqrt(a: bigint): bigint {
  let x = fixed(Math.sqrt(Number(a >> (P - 60n)) / 2 ** 60))
  for (let i = 0; i < 5; i++) x = (x + div(a, x)) / 2n
  return x
}

/** A real number m · 2^(e − P). */
type Real = { m: bigint; e: number }

function realExp(x: bigint): Real {
  const k = x / LN2
  let y = series(ONE, (term, n) => mul(term, (x - k * LN2) >> 8n) / n)
  for (let i = 0; i < 8; i++) y = mul(y, y)
  return { m: y, e: Number(k) }
}

const fixedExp = (x: bigint): bigint => {
  const { m, e } = realExp(x)
  return e >= 0 ? m << BigInt(e) : m >> BigInt(-e)
}

function fixedLog(x: number): bigint {
  let e = 0
  let z = x
  while (z > 1.5) {
    z /= 2
    e++
  }
  while (z < 0.75) {
    z *= 2
    e--
  }
  const target = fixed(z)
  let y = fixed(Math.log(z))
  for (let i = 0; i < 3; i++) {
    const p = fixedExp(y)
    y += div(2n * (target - p), target + p)
  }
  return y + BigInt(e) * LN2
}

function fixedSinCos(x: bigint): [sin: bigint, cos: bigint] {
  const turns = x / (2n * PI)
  const r = x - turns * 2n * PI
  const step = (term: bigint, n: bigint): bigint => -mul(mul(term, r), r) / n
  return [series(r, (t, n) => step(t, 2n * n * (2n * n + 1n))), series(ONE, (t, n) => step(t, (2n * n - 1n) * (2n * n)))]
}

function fixedErf(x: bigint): bigint {
  const square = mul(x, x)
  let total = 0n
  for (let term = x, n = 0n; term !== 0n && term !== -1n; n++, term = -mul(term, square) / n) total += term / (2n * n + 1n)
  return div(2n * total, SQRT_PI)
}

/** |y − real| in ulp of y. */
function ulps(y: number, { m, e }: Real): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, y)
  const exponent = Math.max(Number((view.getBigUint64(0) >> 52n) & 0x7ffn), 1) - 1075
  const mine = BigInt(y / 2 ** Math.max(exponent, -1000) / (exponent < -1000 ? 2 ** (exponent + 1000) : 1))
  const shift = BigInt(e - exponent) + 64n
  const theirs = shift >= 0n ? m << shift : m >> -shift
  const gap = theirs - (mine << (P + 64n))
  return Math.abs(Number(gap >> P)) / 2 ** 64
}

const real = (m: bigint): Real => ({ m, e: 0 })

/** Deterministic uniforms in (0, 1). */
function uniforms(n: number, key: number): Float64Array {
  const block = new Uint32Array(4)
  return Float64Array.from({ length: n }, (_, i) => {
    philox4x32(i, 0, 0, 0, key, 1, block)
    return (block[0]! + block[1]! / 4294967296 + 2 ** -40) / 4294967296
  })
}

/** Largest error in ulp of `mine` against `judge` over the points. */
function worst(points: Float64Array, mine: (x: number) => number, judge: (x: number) => Real): number {
  let max = 0
  for (const x of points) max = Math.max(max, ulps(mine(x), judge(x)))
  return max
}

const N = 400
const u = uniforms(N, 1)
const around = (centre: number, width: number): Float64Array => u.map((v) => centre + (v - 0.5) * width)
/** Points at all distances from `centre`, down to 2^-60. */
const towards = (centre: number): Float64Array =>
  u.map((v, i) => centre + (i % 2 ? 1 : -1) * (0.5 + v / 2) * 2 ** -(1 + (i % 60)))
const logUniform = u.map((v) => Math.exp((v - 0.5) * 1200))

describe('the judge', () => {
  it('knows e, ln 2, π, sin 1, erf 1 to 30 digits', () => {
    const digits = (m: bigint): string => ((m * 10n ** 30n) >> P).toString()
    expect(digits(fixedExp(ONE))).toBe('2718281828459045235360287471352') // OEIS A001113
    expect(digits(LN2)).toBe('693147180559945309417232121458') // OEIS A002162
    expect(digits(PI)).toBe('3141592653589793238462643383279') // OEIS A000796
    expect(digits(fixedSinCos(ONE)[0])).toBe('841470984807896506652502321630') // OEIS A049469
    expect(digits(fixedErf(ONE))).toBe('842700792949714869341220635082') // OEIS A099286
    expect(digits(fixedLog(10))).toBe('2302585092994045684017991454684') // OEIS A002392
  })

  it('sees one ulp as one ulp', () => {
    expect(ulps(Math.E * (1 + 2 ** -52), realExp(ONE))).toBeGreaterThan(0.5)
    expect(ulps(Math.E, realExp(ONE))).toBeLessThan(0.5)
    expect(ulps(5e-324, { m: ONE, e: -1074 })).toBe(0)
    expect(ulps(3, real(3n * ONE))).toBe(0)
  })
})

describe('stated error bounds', () => {
  const log1pJudge = (x: number): Real => real(Math.abs(x) < 2 ** -30 ? tinyLog1p(x) : fixedLogOf(ONE + fixed(x)))
  const tinyLog1p = (x: number): bigint => {
    const f = fixed(x)
    return series(f, (t, n) => (-mul(t, f) * n) / (n + 1n))
  }
  const fixedLogOf = (target: bigint): bigint => {
    let y = fixed(Math.log(Number(target >> (P - 60n)) / 2 ** 60))
    for (let i = 0; i < 3; i++) {
      const p = fixedExp(y)
      y += div(2n * (target - p), target + p)
    }
    return y
  }
  const expm1Judge = (x: number): Real => real(fixedExp(fixed(x)) - ONE)

  it('exp < 0.52 ulp; < 1.01 where subnormal', () => {
    const judge = (x: number): Real => realExp(fixed(x))
    for (const points of [around(0, 1410), around(0, 2), towards(0)]) expect(worst(points, exp, judge)).toBeLessThan(0.52)
    expect(worst(around(-726, 35), exp, judge)).toBeLessThan(1.01)
  })

  it('expm1 < 0.6 ulp', () => {
    for (const points of [around(0, 78), around(0, 1), around(0, 0.02), towards(0)]) {
      expect(worst(points, expm1, expm1Judge)).toBeLessThan(0.6)
    }
  })

  it('log < 0.53 ulp', () => {
    for (const points of [logUniform, around(1, 0.7), around(1, 0.02), towards(1)]) {
      expect(worst(points, log, (x) => real(fixedLog(x)))).toBeLessThan(0.53)
    }
    expect(
      worst(
        u.map((v) => v * 2 ** -1030),
        log,
        (x) => real(fixedLog(x)),
      ),
    ).toBeLessThan(0.53)
  })

  it('log1p < 0.55 ulp', () => {
    for (const points of [u, around(0, 1.9), around(0, 0.02), towards(0), towards(-1).filter((x) => x > -1)]) {
      expect(worst(points, log1p, log1pJudge)).toBeLessThan(0.55)
    }
    expect(
      worst(
        u.map((v) => Math.exp(v * 60)),
        log1p,
        log1pJudge,
      ),
    ).toBeLessThan(0.55)
  })

  it('pow < 0.6 ulp, also where log or exp alone would lose ten bits', () => {
    const v = uniforms(N, 2)
    const cases: [Float64Array, (i: number) => number][] = [
      [u.map((w) => Math.exp((w - 0.5) * 20)), (i) => (v[i]! - 0.5) * 130],
      [logUniform, (i) => (v[i]! - 0.5) * 2],
      [towards(1), (i) => ((v[i]! - 0.5) * 1400) / Math.abs(Math.log(towards(1)[i]!) || 1)],
    ]
    for (const [bases, exponent] of cases) {
      bases.forEach((x, i) => {
        const y = exponent(i)
        const got = pow(x, y)
        if (got > 1e-300 && got < 1e300 && Math.abs(y) < 1e17) {
          expect(ulps(got, realExp(mul(fixed(y), fixedLog(x)))), `pow(${x}, ${y})`).toBeLessThan(0.6)
        }
      })
    }
  })

  it('sin and cos < 0.75 ulp up to a million, and beside multiples of π/2', () => {
    const near = u.map((v) => Math.floor(v * 636619) * (Math.PI / 2))
    for (const points of [around(0, 2e6), around(0, 10), near, towards(0)]) {
      expect(worst(points, sin, (x) => real(fixedSinCos(fixed(x))[0]))).toBeLessThan(0.75)
      expect(worst(points, cos, (x) => real(fixedSinCos(fixed(x))[1]))).toBeLessThan(0.75)
    }
  })

  it('tanh < 2 ulp', () => {
    const judge = (x: number): Real => {
      const e = fixedExp(2n * fixed(x))
      return real(div(e - ONE, e + ONE))
    }
    for (const points of [around(0, 10), around(0, 0.1), towards(0)]) expect(worst(points, tanh, judge)).toBeLessThan(2)
  })

  it('erf < 1.5 ulp, erfc < 4 ulp, normalCdf < 6 ulp', () => {
    const complement = (x: bigint): bigint => ONE - fixedErf(x)
    const cdf = (x: number): Real => real(complement(-mul(fixed(x), ROOT_HALF)) / 2n)
    const ROOT_HALF = fixedSqrt(ONE / 2n)
    for (const points of [around(0, 12), around(0, 1.6), towards(0)]) {
      expect(worst(points, erf, (x) => real(fixedErf(fixed(x))))).toBeLessThan(1.5)
    }
    for (const points of [around(1.5, 3), around(4, 10)]) {
      expect(worst(points, erfc, (x) => real(complement(fixed(x))))).toBeLessThan(4)
    }
    for (const points of [around(0, 4), around(-6, 12), around(4, 8)]) expect(worst(points, normalCdf, cdf)).toBeLessThan(6)
  })
})
