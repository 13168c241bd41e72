// The kernel beside the reference on random states: 1e-9 relative, decisions equal except within 1e-9 of a threshold.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { discountFactor, growth, type Limits, limits, rampedLtv, rateAt, YEAR_S } from './kernel.ts'
import { limits as exact, RAY, rampedLtv as exactLtv, rpow } from './reference.ts'

const big = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const six = (x: number): number => Math.round(x * 1e6) / 1e6
const same = (got: number, want: bigint, scale: number, what: string) => {
  const expected = Number(want) / 1e18
  if (!(Math.abs(got - expected) <= 1e-9 * Math.max(expected, scale))) expect.fail(`${what}: ${got}, reference ${expected}`)
}

describe('kernel beside reference', () => {
  it('limits of a liquidation', () => {
    const out: Limits = { repay: 0, yield_: 0 }
    let [safe, part, whole] = [0, 0, 0]
    const state = fc.record({
      liability: fc.double({ min: 1, max: 1e7, noNaN: true }),
      health: fc.integer({ min: 0, max: 1_100_000 }).map((ppm) => ppm / 1e6),
      debt: fc.double({ min: 1, max: 1e6, noNaN: true }),
      cover: fc.integer({ min: -300_000, max: 3_000_000 }).map((ppm) => Math.max(0, ppm) / 1e6),
      balance: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      discount: fc.integer({ min: 0, max: 5000 }),
    })
    fc.assert(
      fc.property(state, ({ liability, health, debt, cover, balance, discount }) => {
        const [l, d, b] = [six(liability), six(debt), six(balance)]
        const [adjusted, value] = [six(l * health), six(l * cover)]
        if (Math.abs(adjusted / l - 1) < 1e-9 && adjusted !== l) return
        const want = exact(big(adjusted), big(l), big(d), big(value), big(b), BigInt(discount))
        limits(adjusted, l, d, value, b, discount / 1e4, out)
        same(out.repay, want.repay, d, 'repay')
        same(out.yield_, want.yield_, b, 'yield')
        if (want.yield_ === 0n) safe++
        else if (want.yield_ === big(b)) whole++
        else part++
      }),
      { numRuns: 2000 },
    )
    expect(Math.min(safe, part, whole)).toBeGreaterThan(50)
    limits(5, 5, 5, 10, 10, 0.2, out)
    expect(out).toEqual({ repay: 5, yield_: 5 })
    expect(discountFactor(0.857, 0.11)).toBe(0.89)
  })

  it('interest, compounded every second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }).map((permille) => permille / 1000),
        fc.integer({ min: 0, max: 10_000_000 }),
        (rate, seconds) => {
          const per_second = BigInt(Math.round((rate / YEAR_S) * 1e27))
          const expected = Number(rpow(RAY + per_second, BigInt(seconds))) / 1e27
          expect(Math.abs(growth(rate, seconds) / expected - 1)).toBeLessThan(1e-9)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('ramps of the liquidation LTV, rounded down to a basis point there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 2000 }),
        (a, b, now) => {
          const [target, initial] = [Math.min(a, b), Math.max(a, b)]
          const want = Number(exactLtv(BigInt(initial), BigInt(target), BigInt(now), 1500n, 1000n))
          const got = rampedLtv(initial / 1e4, target / 1e4, now, 1500, 1000) * 1e4
          // Before its beginning a ramp does not exist.
          if (now >= 500) expect(got - want >= -1e-9 && got - want < 1).toBe(true)
        },
      ),
    )
    expect(rampedLtv(0.9, 0.8, 1000, 1500, 1000)).toBeCloseTo(0.85, 12)
  })

  it('the rate has its kink', () => {
    const curve = { base_rate: 0.01, kink: 0.8, kink_rate: 0.05, max_rate: 0.85 }
    expect([0, 0.4, 0.8, 0.9, 1].map((usage) => rateAt(curve, usage))).toEqual(
      [0.01, 0.03, 0.05, 0.45, 0.85].map((x) => expect.closeTo(x, 12)),
    )
  })
})

describe('published numbers through the kernel, 1e-9', () => {
  it('G1, G2, G3, G5', () => {
    const out: Limits = { repay: 0, yield_: 0 }
    const cases: readonly (readonly number[])[] = [
      // balance, price, LTV, debt, its price, discount; repay, yield
      [10, 0.5, 0.9, 5, 1, 0.2, 4.5, 10],
      [100, 0.4, 0.3, 5, 2.5, 0.2, 5, 32.552083333333333],
      [100, 0.4, 0.99, 17, 2.7, 0.2, 12.781408859840232, 100],
      [10, 2200, 0.86, 19_500, 1, 0.15, 19_500, 9.135354603113588],
    ]
    for (const [balance = 0, price = 0, ltv = 0, debt = 0, debt_price = 0, discount = 0, repay = 0, yield_ = 0] of cases) {
      limits(balance * price * ltv, debt * debt_price, debt, balance * price, balance, discount, out)
      expect(Math.abs(out.repay / repay - 1)).toBeLessThan(1e-9)
      expect(Math.abs(out.yield_ / yield_ - 1)).toBeLessThan(1e-9)
    }
  })
})
