import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cost, curve, ratio, used_at, walk } from './curve.ts'

const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const powers = fc.double({ min: 0.4, max: 1, noNaN: true })
const places = fc.double({ min: -3, max: 3, noNaN: true })

/** ∫ of the marginal price over signed consumption a → b by Simpson's rule, straight from the profile D(δ) = D·(δ/1 %)^α. */
function integrate(depth: number, alpha: number, a: number, b: number, parts = 20_000): number {
  const price = (x: number) => 1 + Math.sign(x) * 0.01 * (Math.abs(x) / depth) ** (1 / alpha)
  let sum = 0
  for (let i = 0; i < parts; i++) {
    const left = a + ((b - a) * i) / parts
    const right = a + ((b - a) * (i + 1)) / parts
    sum += ((right - left) / 6) * (price(left) + 4 * price((left + right) / 2) + price(right))
  }
  return sum
}

describe('curve of a book', () => {
  it('costs the numeric integral of the profile, from anywhere to anywhere', () => {
    fc.assert(
      fc.property(places, places, powers, (from, to, alpha) => {
        fc.pre(Math.abs(to - from) > 1e-3)
        // The rule loses accuracy at the kink of the curve at rest: the two sides are integrated apart.
        const whole =
          from * to < 0
            ? integrate(7, alpha, from * 7, 0) + integrate(7, alpha, 0, to * 7)
            : integrate(7, alpha, from * 7, to * 7)
        expect(relative(7 * cost(curve(alpha, 0.9), from, to - from), whole)).toBeLessThan(1e-9)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the mean of the smallest step between the prices at its ends', () => {
    fc.assert(
      fc.property(places, fc.double({ min: 1e-30, max: 1e-6, noNaN: true }), powers, (from, step, alpha) => {
        const c = curve(alpha, 0.9)
        const mean = cost(c, from, step) / step
        expect(mean).toBeGreaterThanOrEqual(ratio(c, from) * (1 - 1e-15))
        expect(mean).toBeLessThanOrEqual(ratio(c, from + step) * (1 + 1e-15))
      }),
    )
  })

  it('never lets a round trip gain', () => {
    fc.assert(
      fc.property(places, places, powers, (from, step, alpha) => {
        const c = curve(alpha, 0.9)
        const there = cost(c, from, step)
        const gain = -there - cost(c, from + step, from - (from + step))
        expect(gain).toBeLessThanOrEqual(1e-15 * (Math.abs(from) + Math.abs(step)))
      }),
    )
  })

  it('finds the place of a price, and its own end beyond the last', () => {
    const c = curve(0.674, 0.9)
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1.9, noNaN: true }), (r) => {
        expect(relative(ratio(c, used_at(c, r)), r)).toBeLessThan(1e-14)
      }),
    )
    // 0.01 · u^(1/0.674) = 0.9 at u = 90^0.674
    expect(relative(used_at(c, 0.01), -(90 ** 0.674))).toBeLessThan(1e-14)
    expect(used_at(c, 5)).toBe(c.end)
    expect(used_at(c, 1)).toBe(0)
  })

  it('walks as far as what is paid reaches', () => {
    const paid = fc.double({ min: 1e-12, max: 30, noNaN: true })
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        paid,
        fc.constantFrom<1 | -1>(1, -1),
        powers,
        (from, pay, side, alpha) => {
          const c = curve(alpha, 0.9)
          const start = Math.max(-c.end, Math.min(c.end, from))
          const room = c.end - side * start
          const step = walk(c, start, side, pay, room)
          expect(step).toBeLessThanOrEqual(room)
          if (step < room) expect(relative(side * cost(c, start, side * step), pay)).toBeLessThan(1e-12 + 1e-14 / pay)
          else expect(side * cost(c, start, side * room)).toBeLessThanOrEqual(pay)
        },
      ),
      { numRuns: 500 },
    )
  })
})
