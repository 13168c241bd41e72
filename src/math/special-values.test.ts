import { describe, expect, it } from 'vitest'
import { exp, expm1, log, log1p, pow, sqrt, tanh } from './elementary.ts'
import { Hasher } from './hash.ts'
import { erf, erfc, normalCdf, normalQuantile } from './normal.ts'
import { Rng } from './random.ts'
import { cos, sin, TRIGONOMETRY_LIMIT } from './trigonometry.ts'

const { POSITIVE_INFINITY: INF, NaN: NAN } = Number
const edges = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, 1e-300, -1e-300, 5e-324, -5e-324, INF, -INF, NAN]

/** Distance in units in the last place of b; 0 for equal values, NaN and signed zeros included. */
function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0
  const ulp = Math.max(2 ** (Math.floor(Math.log2(Math.abs(b))) - 52), 5e-324)
  return Math.abs(a - b) / ulp
}

describe('special values', () => {
  it.each([
    ['exp', exp, Math.exp],
    ['expm1', expm1, Math.expm1],
    ['log', log, Math.log],
    ['log1p', log1p, Math.log1p],
    ['tanh', tanh, Math.tanh],
    ['sqrt', sqrt, Math.sqrt],
  ])('%s is Math.%s at the edges, signs of zero included', (_, mine, theirs) => {
    for (const x of edges) expect(distance(mine(x), theirs(x)), String(x)).toBeLessThanOrEqual(2)
  })

  it('exp turns to Infinity and to 0 where it must (fdlibm e_exp.c: 7.09782712893383973096e+02, -7.45133219101941108420e+02)', () => {
    expect(exp(709.782712893384)).toBeLessThan(INF)
    expect(exp(709.782712893384)).toBeGreaterThan(1.797693134862e308)
    expect(exp(709.7827128933842)).toBe(INF)
    expect(exp(-745.1332191019411)).toBe(5e-324)
    expect(exp(-745.1332191019413)).toBe(0)
  })

  it('pow is Math.pow at the edges', () => {
    for (const x of edges) {
      for (const y of [...edges, 4, -4, 5, -5, 53, 1023, -1074, 2 ** 53, 0.1]) {
        expect(distance(pow(x, y), Math.pow(x, y)), `pow(${x}, ${y})`).toBeLessThanOrEqual(1)
      }
    }
  })

  it('pow of whole numbers is exact where the result is a double', () => {
    for (let base = -30; base <= 30; base++) {
      for (let n = 0, power = 1n; n < 60 && power < 2n ** 53n && power > -(2n ** 53n); n++, power *= BigInt(base)) {
        expect(pow(base, n)).toBe(Number(power))
      }
    }
    for (let e = -1074; e <= 1023; e++) expect(pow(2, e)).toBe(2 ** e)
    expect(pow(0.25, -1.5)).toBe(8)
    expect(pow(10, 22)).toBe(1e22)
  })

  it('sin and cos: zeros, non-numbers, and the limit of the argument', () => {
    expect([sin(0), sin(-0), cos(0)]).toEqual([0, -0, 1])
    for (const x of [NAN, INF, -INF]) expect([sin(x), cos(x)]).toEqual([NAN, NAN])
    expect(() => sin(TRIGONOMETRY_LIMIT * 1.01)).toThrow(RangeError)
    expect(() => cos(-1e9)).toThrow(RangeError)
    expect(sin(11)).toBe(-0.9999902065507035) // −0.99999020655070345705
    expect(sin(Math.PI)).toBe(1.2246467991473532e-16) // what the double is short of π: 1.2246467991473531772e-16
  })

  it('the normal family at its ends', () => {
    expect([erf(0), erf(-0), erf(INF), erf(-INF), erf(NAN)]).toEqual([0, -0, 1, -1, NAN])
    expect([erfc(0), erfc(INF), erfc(-INF), erfc(NAN)]).toEqual([1, 0, 2, NAN])
    expect([normalCdf(0), normalCdf(INF), normalCdf(-INF), normalCdf(NAN)]).toEqual([0.5, 1, 0, NAN])
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-INF, INF, 0])
    for (const bad of [-1e-9, 1.0000001, NAN]) expect(() => normalQuantile(bad)).toThrow(RangeError)
  })
})

describe('published values', () => {
  it('Abramowitz and Stegun, tables 1.1, 4.6 and 7.1', () => {
    expect(log(2)).toBe(0.6931471805599453) // table 1.1: 0.69314718055994530942
    expect(log(10)).toBe(2.302585092994046)
    expect(exp(1)).toBe(2.718281828459045)
    expect(exp(-1)).toBe(0.36787944117144233)
    expect(sin(0.5)).toBe(0.479425538604203) // table 4.6
    expect(cos(0.5)).toBe(0.8775825618903728)
    expect(distance(erf(0.5), 0.5204998778130465)).toBeLessThanOrEqual(1) // table 7.1: 0.5204998778
    expect(distance(erf(1), 0.8427007929497149)).toBeLessThanOrEqual(1) // 0.8427007929
    expect(distance(erfc(10), 2.088487583762545e-45)).toBeLessThanOrEqual(3) // 2.08848758376254475700e-45, mpmath 1.3
  })

  it('normal quantiles of the test of AS 241 (Wichura 1988) and of the tables', () => {
    expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15)
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14)
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 13)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
    expect(normalCdf(-3)).toBeCloseTo(0.0013498980316300933, 17) // A. and S. table 26.1: 0.9986501020
  })

  it('quantile and distribution undo each other over 300 powers of ten, to the accuracy stated', () => {
    for (let e = -300; e < 0; e += 0.37) {
      const p = pow(10, e)
      const x = normalQuantile(p)
      // dΦ/Φ ≈ (|x| + 1/|x|) dx: a relative error of 1e-15 in x, and 6 ulp in Φ.
      expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-15 * (x * x + 1) + 14e-16)
    }
    for (let p = 0.001; p < 0.9995; p += 0.001) expect(normalQuantile(p) + normalQuantile(1 - p)).toBeCloseTo(0, 13)
  })
})

describe('dense grids', () => {
  it('agree with Math to two ulp: neither is off where the judge did not look', () => {
    const rng = new Rng(61)
    const worst = new Float64Array(7)
    const see = (at: number, mine: number, theirs: number): void => {
      worst[at] = Math.max(worst[at]!, distance(mine, theirs))
    }
    for (let i = 0; i < 100_000; i++) {
      const u = rng.uniform()
      const x = (u - 0.5) * 100
      const positive = Math.exp((u - 0.5) * 1400)
      see(0, exp(x), Math.exp(x))
      see(1, log(positive), Math.log(positive))
      see(2, log1p(positive), Math.log1p(positive))
      see(3, expm1(x), Math.expm1(x))
      see(4, sin(x), Math.sin(x))
      see(5, cos(x), Math.cos(x))
      see(6, pow(u, x), Math.pow(u, x))
    }
    expect(Math.max(...worst.subarray(0, 3))).toBeLessThanOrEqual(1)
    expect(Math.max(...worst.subarray(3))).toBeLessThanOrEqual(2)
  })

  it('rise across the seams of the tables', () => {
    for (let k = -400; k <= 400; k++) {
      const seam = ((k + 0.5) * Math.LN2) / 128
      for (const [f, at] of [
        [exp, seam],
        [expm1, seam],
        [log, Math.exp(seam)],
        [log, 0.6875 + (k + 400) / 256],
      ] as const) {
        const values = Float64Array.from({ length: 32 }, (_, i) => f(at + (i - 16) * 2 ** -52 * Math.abs(at)))
        expect(values).toEqual(values.slice().sort())
      }
    }
  })

  it('are pinned: these bits may never change, on any engine', () => {
    const rng = new Rng(62)
    const u = Float64Array.from({ length: 5000 }, () => rng.uniform())
    const hasher = new Hasher()
    for (const f of [exp, expm1, tanh, sin, cos, erf, erfc, normalCdf]) hasher.column(u.map((v) => f((v - 0.5) * 30)))
    for (const f of [log, log1p, normalQuantile]) hasher.column(u.map(f))
    hasher.column(u.map((v, i) => pow(v, ((i % 41) - 20) / 3)))
    for (const draw of [() => rng.studentT(3.5), () => rng.poisson(4), () => rng.poisson(1e4), () => rng.exponential()]) {
      hasher.column(u.map(draw))
    }
    expect(hasher.digest()).toBe('28cbf8322780371321989cbe8079b6c4')
  })
})
