import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from './random.ts'
import {
  bootstrap,
  bootstrapInterval,
  correlation,
  linearRegression,
  mean,
  median,
  Moments,
  quantile,
  ranks,
  spearman,
  Sum,
  sum,
  wilson,
} from './stats.ts'

const moments = (values: Iterable<number>): Moments => {
  const all = new Moments()
  for (const x of values) all.add(x)
  return all
}

describe('Sum', () => {
  it('keeps what a plain sum loses', () => {
    expect(sum([1, 1e100, 1, -1e100])).toBe(2) // Neumaier's example: a plain or a Kahan sum gives 0
    const total = new Sum()
    for (let i = 0; i < 1e5; i++) total.add(0.1)
    expect(total.value).toBe(10000)
    expect(sum([])).toBe(0)
  })

  it('is the exact sum of integers far beyond 2^53, rounded', () => {
    const values = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), { maxLength: 40 })
    fc.assert(
      fc.property(values, (small) => {
        const terms = small.map((v, i) => v * 2 ** (i % 40))
        const exact = terms.reduce((a, v) => a + BigInt(v), 0n)
        expect(Math.abs(sum(terms) - Number(exact))).toBeLessThanOrEqual(Math.abs(Number(exact)) * 2 ** -52)
      }),
    )
  })
})

describe('Moments', () => {
  it('pass NIST StRD NumAcc4: mean 10000000.2, standard deviation 0.1', () => {
    const values = [10000000.2, ...Array.from({ length: 1000 }, (_, i) => (i % 2 ? 10000000.3 : 10000000.1))]
    const m = moments(values)
    expect(m.mean).toBeCloseTo(10000000.2, 8)
    expect(Math.abs(m.deviation / 0.1 - 1)).toBeLessThan(1e-8) // the data themselves carry 10 digits of the deviation
    expect([m.min, m.max, m.count]).toEqual([10000000.1, 10000000.3, 1001])
  })

  it('give the skewness and kurtosis printed in the documentation of scipy.stats', () => {
    expect(moments([2, 8, 0, 4, 1, 9, 9, 0]).skewness).toBeCloseTo(0.2650554122698573, 14)
    expect(moments([1, 2, 3, 4, 5]).kurtosis).toBeCloseTo(-1.3, 14)
    expect(moments([1, 2, 3, 4, 5]).variance).toBe(2.5)
  })

  it('equal the two-pass definition, whole or merged from parts', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 60 })
    fc.assert(
      fc.property(values, fc.nat(60), fc.nat(60), (x, i, j) => {
        const merged = moments(x.slice(0, i))
        const rest = moments(x.slice(i, i + j))
        rest.merge(moments(x.slice(i + j)))
        merged.merge(rest)
        const mu = mean(x)
        const central = (k: number): number => sum(x.map((v) => (v - mu) ** k)) / x.length
        fc.pre(central(2) > 1e-6)
        for (const m of [merged, moments(x)]) {
          expect(m.mean).toBeCloseTo(mu, 9)
          expect(m.variance / ((central(2) * x.length) / (x.length - 1))).toBeCloseTo(1, 8)
          expect(m.skewness).toBeCloseTo(central(3) / central(2) ** 1.5, 6)
          expect(m.kurtosis).toBeCloseTo(central(4) / central(2) ** 2 - 3, 6)
          expect([m.count, m.min, m.max]).toEqual([x.length, Math.min(...x), Math.max(...x)])
        }
      }),
    )
  })

  it('say what is missing instead of returning NaN', () => {
    expect(() => new Moments().mean).toThrow('at least 1')
    expect(() => moments([1]).variance).toThrow('at least 2')
    expect(() => new Moments().max).toThrow(RangeError)
    expect([moments([3, 3]).skewness, moments([3, 3]).kurtosis]).toEqual([null, null])
  })
})

describe('quantiles', () => {
  it('are those of type 7: R, quantile(1:10, c(0, .1, .25, 1)) gives 1, 1.9, 3.25, 10', () => {
    const values = [3, 1, 2, 10, 9, 8, 4, 5, 7, 6]
    expect([0, 0.1, 0.25, 1].map((p) => quantile(values, p))).toEqual([1, 1.9, 3.25, 10])
    expect([median([5]), median([4, 1]), median([3, -1, 2])]).toEqual([5, 2.5, 2])
    expect(quantile([Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY], 0.5)).toBe(1)
    expect(() => quantile([], 0.5)).toThrow(RangeError)
    expect(() => quantile([1], 1.1)).toThrow(RangeError)
  })
})

describe('association', () => {
  it('gives the values printed in the documentation of scipy.stats', () => {
    expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14)
    expect(correlation([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2])).toBeCloseTo(-0.828503883588428, 14)
    expect([...ranks([0, 2, 3, 2])]).toEqual([1, 2.5, 4, 2.5])
  })

  it('is bounded by one, unmoved by shift and scale, and null without variation', () => {
    const x = [1e8 + 1, 1e8 + 2, 1e8 + 4]
    expect(correlation(x, [1, 2, 4])).toBeCloseTo(1, 14)
    expect(correlation(x, [-3, -6, -12])).toBeGreaterThanOrEqual(-1)
    expect([correlation([1, 1], [1, 2]), spearman([1, 2], [3, 3])]).toEqual([null, null])
    expect(() => correlation([1, 2], [1])).toThrow(RangeError)
    expect(() => correlation([1], [1])).toThrow(RangeError)
  })
})

// NIST StRD, linear regression, data set Norris: y, x.
const NORRIS = [
  [0.1, 0.2, 338.8, 337.4, 118.1, 118.2, 888.0, 884.6, 9.2, 10.1, 228.1, 226.5, 668.5, 666.3, 998.5, 996.3],
  [449.1, 448.6, 778.9, 777.0, 559.2, 558.2, 0.3, 0.4, 0.1, 0.6, 778.1, 775.5, 668.8, 666.9, 339.3, 338.0],
  [448.9, 447.5, 10.8, 11.6, 557.7, 556.0, 228.3, 228.1, 998.0, 995.8, 888.8, 887.6, 119.6, 120.2, 0.3, 0.3],
  [0.6, 0.3, 557.6, 556.8, 339.3, 339.1, 888.0, 887.2, 998.5, 999.0, 778.9, 779.0, 10.2, 11.1, 117.6, 118.3],
  [228.9, 229.2, 668.4, 669.1, 449.2, 448.9, 0.2, 0.5],
].flat()

describe('linearRegression', () => {
  it('passes NIST StRD Norris to 11 digits', () => {
    const line = linearRegression(
      NORRIS.filter((_, i) => i % 2 === 1),
      NORRIS.filter((_, i) => i % 2 === 0),
    )!
    const certified = {
      intercept: -0.262323073774029,
      slope: 1.00211681802045,
      interceptError: 0.232818234301152,
      slopeError: 0.429796848199937e-3,
      deviation: 0.884796396144373,
      r2: 0.999993745883712,
    }
    for (const [key, value] of Object.entries(certified)) {
      expect(Math.abs(line[key as keyof typeof certified]! / value - 1), key).toBeLessThan(1e-11)
    }
  })

  it('is null without variation in x, and has no r2 without variation in y', () => {
    expect(linearRegression([1, 1, 1], [1, 2, 3])).toBeNull()
    expect(linearRegression([1, 2, 3], [5, 5, 5])).toMatchObject({ slope: 0, intercept: 5, r2: null })
    expect(() => linearRegression([1, 2], [1, 2])).toThrow(RangeError)
  })
})

describe('wilson', () => {
  it('gives the intervals of Newcombe, Stat. Med. 17 (1998) 857–872, table I, method 3', () => {
    const table: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ]
    for (const [k, n, low, high] of table) expect(wilson(k, n).map((v) => Number(v.toFixed(4)))).toEqual([low, high])
    expect(wilson(20, 20)[1]).toBe(1)
    expect(() => wilson(3, 2)).toThrow(RangeError)
  })
})

describe('bootstrap', () => {
  it('has the standard error of a mean, s / √n with divisor n', () => {
    const rng = new Rng(31)
    const values = Array.from({ length: 200 }, () => rng.normal())
    const draws = bootstrap(200, 4000, rng, (at) => mean(Float64Array.from(at, (i) => values[i]!)))
    const m = moments(values)
    const expected = Math.sqrt((m.variance * 199) / 200 / 200)
    // The deviation of 4,000 nearly normal draws has a relative error of 1/√8000: five of these are 0.056.
    expect(Math.abs(moments(draws).deviation / expected - 1)).toBeLessThan(0.056)
    expect([...draws]).toEqual([...draws].sort((a, b) => a - b))
  })

  it('draws every item into every place equally often', () => {
    const counts = new Float64Array(25)
    bootstrap(5, 5000, new Rng(33), (at) => {
      at.forEach((item, place) => counts[place * 5 + item]!++)
      return 0
    })
    // chi-squared, 20 degrees of freedom: 52.4 is its upper 1e-4 point (Abramowitz and Stegun table 26.8).
    expect(counts.reduce((s, c) => s + (c - 1000) ** 2 / 1000, 0)).toBeLessThan(52.4)
  })

  it('covers the truth about as often as it says', () => {
    let covered = 0
    for (let trial = 0; trial < 200; trial++) {
      const rng = new Rng(32, trial)
      const values = Array.from({ length: 60 }, () => rng.normal())
      const [low, high] = bootstrapInterval(values, (s) => mean(s), rng, 200, 0.9)
      if (low <= 0 && high >= 0) covered++
    }
    // Nominal 180 of 200, sd 4.2; the percentile interval of 60 values is slightly short.
    expect(covered).toBeGreaterThan(160)
    expect(covered).toBeLessThan(197)
  })
})
