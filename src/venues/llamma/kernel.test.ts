// The kernel by itself: against the exact reference where a number goes in and one comes out, and against its own inverse.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as kernel from './kernel.ts'
import { ReferenceLlamma } from './reference.ts'
import { WAD } from './reference-math.ts'

const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 1_000_000_000_000n
const float = (x: bigint): number => Number(x) / 1e18
const number = (min: number, max: number) => fc.integer({ min: min * 1000, max: max * 1000 }).map((x) => x / 1000)
const near = (got: number, want: number, scale = 0) => Math.abs(got - want) <= 1e-9 * Math.max(Math.abs(want), scale)

describe('kernel and reference', () => {
  it('agree on where a loan lies, but within 1e-9 of the edge of a band', () => {
    let close = 0
    const seen = new Set<number>()
    fc.assert(
      fc.property(
        fc.constantFrom(20, 83, 100, 285),
        number(1, 1000),
        number(0.05, 1.2),
        fc.integer({ min: 4, max: 50 }),
        number(0.01, 0.2),
        (A, collateral, ltv, N, discount) => {
          const debt = Math.round(collateral * 2000 * ltv * 1e6) / 1e6
          const m = new ReferenceLlamma(BigInt(A), wad(3000), wad(0.006), wad(discount), 0n)
          // Nothing is too much debt at this price.
          m.price = wad(1e9)
          const geo = kernel.geometry(A, 0.006)
          const n1 = kernel.n1Of(geo, 3000, 0, collateral, debt, N, discount)
          const exact = m.n1Of(wad(collateral), wad(debt), N)
          seen.add(n1)
          if (n1 === exact) return
          const nudged = [1 - 1e-9, 1 + 1e-9].map((x) => kernel.n1Of(geo, 3000, 0, collateral, debt * x, N, discount))
          expect(nudged).toContain(exact)
          close++
        },
      ),
      { numRuns: 1000 },
    )
    expect(close).toBeLessThan(5)
    expect(seen.size).toBeGreaterThan(100)
  })

  it('agree on what a trade sees after a change of the oracle price', () => {
    const out = { price: 0, fee: 0 }
    fc.assert(
      fc.property(
        number(1000, 4000),
        number(1000, 4000),
        number(0, 0.5),
        fc.integer({ min: 0, max: 130 }),
        (raw, old, fee, s) => {
          const m = new ReferenceLlamma(100n, wad(3000), wad(0.006), 0n, 0n)
          m.price = wad(raw)
          m.old_price = wad(old)
          m.old_fee = wad(fee)
          m.written = 0n
          m.now = BigInt(s)
          kernel.limited(raw, old, fee, s * 1000, out)
          const exact = m.limited()
          expect(near(out.price, float(exact.price)) && near(out.fee, float(exact.fee), 1)).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('agree on the fee of a band away from the price', () => {
    fc.assert(
      fc.property(number(1000, 4000), number(1000, 4000), (p, up) => {
        const m = new ReferenceLlamma(100n, wad(3000), wad(0.006), 0n, 0n)
        expect(near(kernel.dynamicFee(100, p, up), float(m.dynamicFee(wad(p), wad(up))), 1)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('what is asked for in one way is what comes of it in the other; a price stops where the last unit costs it', () => {
    const geo = kernel.geometry(100, 0.006)
    fc.assert(
      fc.property(number(2000, 2900), number(0.01, 9.9), (p, wanted) => {
        const x = new Float64Array(kernel.SPAN)
        const y = new Float64Array(kernel.SPAN)
        for (let n = 5; n < 15; n++) y[n + kernel.OFFSET] = 1
        const ends = { low: 5, high: 14 }
        const run = (stop: kernel.Stop, amount: number, write?: (n: number, x: number, y: number) => void) => {
          const out = { paid: 0, got: 0, active: 4 }
          kernel.walk(geo, 3000, x, y, out, ends, true, p, 0, stop, amount, write)
          return out
        }
        const out = run('out', wanted)
        expect(near(out.got, wanted)).toBe(true)
        const back = run('in', out.paid)
        expect(near(back.got, wanted)).toBe(true)
        const whole = run('price', 2 * p)
        const marginal = p * 1.02
        const some = run('price', marginal, (n, bx, by) => {
          x[n + kernel.OFFSET] = bx
          y[n + kernel.OFFSET] = by
        })
        expect(some.got).toBeLessThanOrEqual(whole.got)
        const more = { paid: 0, got: 0, active: some.active }
        kernel.walk(geo, 3000, x, y, more, ends, true, p, 0, 'in', 1e-3)
        // The next unit costs the price, or more where a band's fee steps up, or there is none.
        expect(more.got === 0 || more.paid / more.got >= marginal * (1 - 1e-5)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('finds the share of the debt that a payment closes', () => {
    fc.assert(
      fc.property(number(1, 1000), number(0, 0.9), number(0.001, 0.999), number(0.001, 0.3), (debt, covered, fraction, h) => {
        const x = debt * covered
        const pays = debt * fraction - x * kernel.removed(fraction, h)
        fc.pre(pays < debt - x)
        expect(near(kernel.fractionFor(pays, debt, x, h), fraction)).toBe(true)
        const m = new ReferenceLlamma(100n, wad(3000), wad(0.006), 0n, 0n)
        expect(near(kernel.removed(fraction, h), float(m.removed(wad(fraction), wad(h))))).toBe(true)
      }),
      { numRuns: 1000 },
    )
    expect(kernel.removed(1, 0.06)).toBe(1)
    expect(float(new ReferenceLlamma(100n, WAD, 0n, 0n, 0n).removed(WAD / 3n, 0n))).toBeCloseTo(1 / 3, 15)
  })
})
