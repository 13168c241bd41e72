import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp } from './elementary.ts'
import { bisect, brent, lowerBound, upperBound } from './search.ts'
import { cos } from './trigonometry.ts'

describe('lowerBound and upperBound', () => {
  it('are what counting gives, inside the range asked for', () => {
    const values = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 30 })
    fc.assert(
      fc.property(values, fc.integer({ min: -5, max: 5 }), fc.nat(30), fc.nat(30), (unsorted, value, a, b) => {
        const sorted = Float64Array.from(unsorted).sort()
        const from = Math.min(a, sorted.length)
        const to = Math.max(from, Math.min(b, sorted.length))
        const part = sorted.subarray(from, to)
        expect(lowerBound(sorted, value, from, to)).toBe(from + part.filter((v) => v < value).length)
        expect(upperBound(sorted, value, from, to)).toBe(from + part.filter((v) => v <= value).length)
      }),
    )
    expect([lowerBound([1, 2, 2, 3], 2), upperBound([1, 2, 2, 3], 2), lowerBound([], 1)]).toEqual([1, 3, 0])
  })
})

describe.each([
  ['bisect', bisect],
  ['brent', brent],
])('%s', (_, solve) => {
  it('finds published roots', () => {
    expect(solve((x) => cos(x) - x, 0, 1)).toBeCloseTo(0.7390851332151607, 15) // OEIS A003957, Dottie number
    expect(solve((x) => x * x * x - 2 * x - 5, 2, 3)).toBeCloseTo(2.0945514815423265, 15) // Wallis, 1685; OEIS A007493
    expect(solve((x) => x * exp(x) - 1, 0, 1)).toBeCloseTo(0.5671432904097838, 15) // omega constant, OEIS A030178
    expect(solve((x) => 2 - x, 0, 5)).toBe(2)
  })

  it('takes the ends in either order, and an end that is a root', () => {
    expect(solve((x) => x - 1, 3, 0)).toBe(1)
    expect(solve((x) => x, 0, 4)).toBe(0)
    expect(solve((x) => x, -4, 0)).toBe(0)
  })

  it('stops within the tolerance, and at neighbours without one', () => {
    const root = Math.sqrt(2)
    expect(Math.abs(solve((x) => x * x - 2, 0, 2, 1e-3) - root)).toBeLessThan(1e-3)
    expect(Math.abs(solve((x) => x * x - 2, 0, 2) - root)).toBeLessThanOrEqual(1e-15)
  })

  it('finds a jump, and roots of high order', () => {
    expect(solve((x) => (x < 0.3 ? -1 : 1), 0, 1)).toBeCloseTo(0.3, 14)
    expect(Math.abs(solve((x) => (x - 0.3) ** 9, -1, 4, 1e-9) - 0.3)).toBeLessThan(1e-2)
  })

  it('refuses what has no root to find', () => {
    expect(() => solve((x) => x * x + 1, -1, 1)).toThrow('change sign')
    expect(() => solve(() => Number.NaN, -1, 1)).toThrow('NaN at -1')
    expect(() => solve((x) => x, -1, Number.POSITIVE_INFINITY)).toThrow('finite')
  })
})

describe('brent', () => {
  it('needs no more evaluations than it did when it was written; halving needs 50', () => {
    const cases: [(x: number) => number, number, number, number][] = [
      [(x) => exp(x) - 5, 0, 10, 14],
      [(x) => cos(x) - x, 0, 1, 8],
      [(x) => x * x * x - 2 * x - 5, 2, 3, 8],
      [(x) => 1 / (x - 3) - 6, 3.001, 20, 17],
    ]
    for (const [f, a, b, most] of cases) {
      let calls = 0
      const counted = (x: number): number => {
        calls++
        return f(x)
      }
      brent(counted, a, b)
      expect(calls).toBeLessThanOrEqual(most)
    }
  })

  it('needs not many more than halving where interpolation misleads', () => {
    let calls = 0
    brent(
      (x) => {
        calls++
        return x < 0.7 ? -1e-9 : 1e9 * (x - 0.69)
      },
      0,
      1,
    )
    expect(calls).toBeLessThan(200)
  })
})
