import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_pools_keep, open_pool, order, orders } from '../../test/support/pool-world.ts'
import * as kernel from './stable-swap/kernel.ts'
import { dynamic_fee, exchange, invariant, level, plain_pool, quote, ramped, Revert } from './stable-swap/reference.ts'
import { EXCHANGES, FEE, goldenRows, OFFPEG } from './stable-swap/reference-rows.ts'
import { stableSwap } from './stable-swap.ts'

const INFINITY = Number.POSITIVE_INFINITY
const DAY = 86_400_000
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const E18 = 10n ** 18n

/** What the kernel gives for an input, fee taken. */
function out_of(xp: Float64Array, i: number, j: number, dx: number, a: number, fee: number, multiplier: number) {
  const terms = { a, d: kernel.invariant(xp, a), fee, multiplier }
  const gross = kernel.given(xp, i, j, dx, a, terms.d)
  const share = kernel.fee_of(xp, i, j, dx, gross, terms)
  return { d: terms.d, gross, out: gross * (1 - share), fee: gross * share, terms }
}

describe('stable-swap: reference', () => {
  it.each(goldenRows().map((row) => [row.id, row]))('%s', (_id, row) => {
    expect(row.pass, `${row.got} for ${row.expected}`).toBe(true)
  })

  it('does not lower its invariant by exchanges', () => {
    const step = fc.record({
      i: fc.integer({ min: 0, max: 2 }),
      by: fc.integer({ min: 1, max: 2 }),
      dx: fc.bigInt(10n ** 12n, 10n ** 24n),
    })
    fc.assert(
      fc.property(fc.bigInt(1n, 5000n), fc.array(step, { maxLength: 10 }), (a, steps) => {
        const pool = plain_pool(a, [10n ** 24n, 2n * 10n ** 24n, 10n ** 24n], FEE, OFFPEG)
        let d = invariant(pool.balances, pool.amp)
        for (const { i, by, dx } of steps) {
          exchange(pool, i, (i + by) % 3, dx)
          const next = invariant(pool.balances, pool.amp)
          // D is known to 2 units: its loop ends at a difference of one.
          expect(next).toBeGreaterThanOrEqual(d - 2n)
          d = next
        }
      }),
    )
  })

  it('fails where a coin is gone, as contracts do', () => {
    expect(() => invariant([0n, 10n ** 24n], 10_000n)).toThrow(Revert)
    expect(invariant([0n, 0n], 10_000n)).toBe(0n)
  })

  it('converts rates, and takes the half of the fee that the protocol gets off the curve', () => {
    const rate = 1_150_000_000_000_000_000n
    const plain = plain_pool(100n, [1_150_000n * E18, 1_000_000n * E18], FEE, OFFPEG)
    const rated = { ...plain_pool(100n, [1_000_000n * E18, 1_000_000n * E18], FEE, OFFPEG), rates: [rate, E18] }
    expect(quote(rated, 0, 1, 1000n * E18)).toEqual(quote(plain, 0, 1, 1150n * E18))
    const { out, fee, admin } = exchange(rated, 0, 1, 1000n * E18)
    expect(admin).toBe(fee / 2n)
    expect(rated.balances).toEqual([1_001_000n * E18, 1_000_000n * E18 - out - admin])
  })

  it('ramps A in a straight line, up and down', () => {
    // A quarter of the way from A 100 to A 1000 is A 325; in hundredths.
    expect(ramped(10_000n, 100_000n, 0n, 400n, 100n)).toBe(32_500n)
    expect(ramped(100_000n, 10_000n, 0n, 400n, 100n)).toBe(77_500n)
    expect([ramped(1n, 9n, 0n, 400n, 0n), ramped(1n, 9n, 0n, 400n, 400n), ramped(1n, 9n, 0n, 400n, 999n)]).toEqual([1n, 9n, 9n])
  })
})

const balances = fc
  .array(fc.double({ min: 0, max: 1.7, noNaN: true }), { minLength: 2, maxLength: 4 })
  .map((sizes) => sizes.map((size) => BigInt(Math.floor(10 ** (6 + size))) * E18))

describe('stable-swap: kernel', () => {
  it.each(EXCHANGES)('%s, to 1e-9', (_id, a, units, dx, expected) => {
    const [d, out, fee] = expected.split(' ').map(Number) as [number, number, number]
    const got = out_of(Float64Array.from(units, Number), 0, 1, Number(dx), Number(a), 0.0004, 2)
    expect(relative(got.d * 1e18, d)).toBeLessThan(1e-9)
    expect(relative(got.out * 1e18, out)).toBeLessThan(1e-9)
    expect(relative(got.fee * 1e18, fee)).toBeLessThan(1e-9)
  })

  it('is what the reference computes, to 1e-9: D, level, output, fee', () => {
    fc.assert(
      fc.property(
        balances,
        fc.bigInt(1n, 10_000n),
        fc.double({ min: 1e-7, max: 3, noNaN: true }),
        fc.bigInt(0n, 10n ** 8n),
        fc.bigInt(0n, 20n * 10n ** 10n),
        (units, a, share, fee, multiplier) => {
          const dx = BigInt(Math.floor(Number(units[0]) * share * 1e-9)) * 10n ** 9n
          const pool = plain_pool(a, units, fee, multiplier)
          const exact = quote(pool, 0, 1, dx)
          const xp = Float64Array.from(units, Number)
          const got = out_of(xp, 0, 1, Number(dx), Number(a), Number(fee) / 1e10, Number(multiplier) / 1e10)
          expect(relative(got.d, Number(exact.d))).toBeLessThan(1e-12)
          expect(relative(got.out, Number(exact.out))).toBeLessThan(1e-9)
          // Or one unit of the fee, where it is next to a whole number of them.
          expect(Math.abs(got.fee - Number(exact.fee))).toBeLessThan(1e-9 * Number(exact.fee) + 1.01e-10 * got.gross + 2)
          const x = (units[0] as bigint) + dx
          const y = Number(level(units, 0, 1, x, a * 100n, exact.d))
          expect(relative(kernel.level(xp, 0, 1, Number(x), Number(a), got.d), y)).toBeLessThan(1e-9)
          const d = Number(dynamic_fee(fee, multiplier, units[0] as bigint, units[1] as bigint))
          const share_d = kernel.dynamic_fee(Number(fee) / 1e10, Number(multiplier) / 1e10, Number(units[0]), Number(units[1]))
          expect(Math.abs(share_d * 1e10 - d)).toBeLessThanOrEqual(1.001 + 1e-9 * d)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('trades backwards what it trades forwards, and knows what the last unit gives', () => {
    fc.assert(
      fc.property(
        balances,
        fc.double({ min: 1, max: 5000, noNaN: true }),
        fc.double({ min: 1e-12, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (units, a, share, multiplier) => {
          const xp = Float64Array.from(units, (x) => Number(x) / 1e18)
          const dx = (xp[0] as number) * share
          const { gross, out, terms } = out_of(xp, 0, 1, dx, a, 0.01, multiplier)
          expect(relative(kernel.needed(xp, 0, 1, gross, a, terms.d), dx)).toBeLessThan(1e-8)
          expect(relative(kernel.gross_for(xp, 0, 1, out, terms), gross)).toBeLessThan(3e-10)
          const h = 1e-5 * ((xp[0] as number) + dx)
          // The slope of what comes out, the fee not rounded to its unit.
          const smooth = (by: number) => {
            const whole = kernel.given(xp, 0, 1, by, a, terms.d)
            const share = kernel.dynamic_fee(0.01, multiplier, (xp[0] as number) + by / 2, (xp[1] as number) - whole / 2)
            return whole * (1 - share)
          }
          const slope = (smooth(dx + h) - smooth(dx)) / h
          const last = (kernel.last_unit(xp, 0, 1, dx, terms) + kernel.last_unit(xp, 0, 1, dx + h, terms)) / 2
          expect(relative(slope, last)).toBeLessThan(1e-5)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps the digits of a small trade against a large pool', () => {
    const xp = Float64Array.of(1e9, 1e9)
    // At par the price falls by about dx/(A·D) along the trade: below the last digit here.
    expect(relative(kernel.given(xp, 0, 1, 1e-6, 100, kernel.invariant(xp, 100)), 1e-6)).toBeLessThan(1e-14)
  })

  it('finds the balance at a price', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: 1, max: 3000, noNaN: true }), (price, a) => {
        const xp = Float64Array.of(3e6, 1e6)
        const d = kernel.invariant(xp, a)
        const x = kernel.balance_at(xp, 0, 1, price, a, d)
        const point = Float64Array.of(x, kernel.level(xp, 0, 1, x, a, d))
        expect(relative(kernel.marginal(point, 0, 1, a, d), price)).toBeLessThan(1e-9)
        expect(relative(kernel.invariant(point, a), d)).toBeLessThan(1e-12)
      }),
    )
  })
})

const POOL = { reserve_base: 1e6, reserve_quote: 1e6, amplification: 100 }

describe('stable-swap: market', () => {
  it('sells and buys, exact in base and in quote, either way the same trade', () => {
    // lending.md §15.3, vector S0: 10,000 in, 9,995.010249… out.
    const got = 9995.01024901445644123
    const fill = open_pool(stableSwap, POOL).pool.quote(order(-1, 1e4))
    expect(fill.base).toBe(-1e4)
    expect(relative(fill.quote, got)).toBeLessThan(1e-12)
    expect(relative(fill.fee_quote, 3.999652955936676902)).toBeLessThan(1e-9)
    expect(relative(open_pool(stableSwap, POOL).pool.quote(order(-1, got, { exact: 'quote' })).base, -1e4)).toBeLessThan(1e-12)
    expect(relative(open_pool(stableSwap, POOL).pool.quote(order(1, 1e4, { exact: 'quote' })).base, got)).toBeLessThan(1e-12)
    expect(relative(open_pool(stableSwap, POOL).pool.quote(order(1, got)).quote, -1e4)).toBeLessThan(1e-12)
  })

  it('leaves on the curve what the contract leaves, trade after trade', () => {
    const reference = plain_pool(200n, [10n ** 24n, 10n ** 24n], FEE, OFFPEG)
    const { pool, held } = open_pool(stableSwap, { ...POOL, amplification: 200 })
    let kept = 0
    for (const [i, units] of [
      [0, 300_000n],
      [0, 250_000n],
      [1, 100_000n],
      [0, 500_000n],
      [1, 700_000n],
    ] as const) {
      const exact = exchange(reference, i, 1 - i, units * E18)
      const fill = pool.fill(i === 0 ? order(-1, Number(units)) : order(1, Number(units), { exact: 'quote' }))
      expect(relative(i === 0 ? fill.quote : fill.base, Number(exact.out) / 1e18)).toBeLessThan(1e-9)
      if (i === 0) kept += Number(exact.admin) / 1e18
    }
    expect(relative(held()[1], Number(reference.balances[1]) / 1e18 + kept)).toBeLessThan(1e-9)
  })

  it('prices a coin with a rate at the rate', () => {
    const { pool } = open_pool(stableSwap, { ...POOL, reserve_quote: 1.15e6, rate_base: 1.15 })
    expect(relative(pool.mid(), 1.15)).toBeLessThan(1e-15)
    expect(relative(pool.quote(order(-1, 1)).quote, 1.15 * 0.9996)).toBeLessThan(1e-5)
  })

  it('stops where the last unit is worth the limit, and does not trade the rest of the rounding', () => {
    for (const side of [1, -1] as const) {
      const limit = side > 0 ? 1.02 : 0.98
      const { pool } = open_pool(stableSwap, POOL)
      const o = order(side, INFINITY, { limit })
      const fill = pool.fill(o)
      const last = (whole: number) => {
        const part = open_pool(stableSwap, POOL).pool.quote(order(side, whole * (1 - 1e-4)))
        const full = open_pool(stableSwap, POOL).pool.quote(order(side, whole))
        return (part.quote - full.quote) / (full.base - part.base)
      }
      expect(Math.abs(fill.base)).toBeGreaterThan(1e5)
      expect(relative(last(Math.abs(fill.base)), limit)).toBeLessThan(3e-5)
      expect(open_pool(stableSwap, POOL).pool.fill(order(side, 1, { limit: 1 })).base).toBe(0)
      for (let again = 0, dust = 1; dust !== 0; again++) {
        dust = pool.fill(o).base
        expect(again).toBeLessThan(2)
        expect(Math.abs(dust)).toBeLessThan(1e3)
      }
    }
  })

  it('gives nothing that it does not have, and takes no more than it has use for', () => {
    const { pool, held } = open_pool(stableSwap, POOL)
    for (const amount of [0, 1e6, 1e300, INFINITY]) expect(pool.fill(order(1, amount)).base).toBe(0)
    expect(pool.fill(order(1, 990_000)).base).toBe(990_000)
    const { pool: drained } = open_pool(stableSwap, { ...POOL, fee: 0 })
    for (const amount of [1e13, 1e300, INFINITY]) {
      const fill = drained.quote(order(-1, amount))
      // What is left is 2e-9 of D; the curve at that point, y = D³ / (4·Ann·x²), says how much base that takes.
      expect(relative(fill.quote, 1e6)).toBeLessThan(1e-8)
      expect(relative(1e6 - fill.base, Math.sqrt(8e18 / (4 * 200 * 4e-3)))).toBeLessThan(1e-3)
    }
    drained.fill(order(-1, INFINITY))
    expect(drained.fill(order(-1, 1e6)).base).toBe(0)
    expect(drained.violations()).toEqual([])
    expect(held()[0]).toBeLessThan(1e5)
    expect(() => pool.fill(order(1, Number.NaN))).toThrow('NaN')
    expect(() => pool.make(1, 1, 0)).toThrow('no makers')
  })

  it('has the depth that brings the mid down by as much', () => {
    const { pool } = open_pool(stableSwap, { ...POOL, fee: 0 })
    // The table of prices: with A 100 the abundant coin is worth 0.972 at 80 % of the pool.
    const depth = pool.depth(1 - 0.972)
    pool.fill(order(-1, depth))
    expect(relative(pool.mid(), 0.972)).toBeLessThan(1e-9)
    const { pool: fresh, held } = open_pool(stableSwap, { ...POOL, fee: 0 })
    fresh.fill(order(-1, depth))
    const [base, quote] = held()
    expect(base / (base + quote)).toBeCloseTo(0.8, 3)
  })

  it('ramps A with time, which moves the price of a lopsided pool and nothing it holds', () => {
    const ramp = { to: 1000, from_ms: DAY, until_ms: 3 * DAY }
    const { pool, held, store } = open_pool(stableSwap, { ...POOL, reserve_base: 4e6, ramp })
    const before = pool.mid()
    expect(pool.recover(DAY, 1)).toMatchObject({ mid_before: before, mid_after: before, base: 0, decay: 1 })
    const half = pool.recover(DAY, 1)
    // Half way A is 550: the price of balances 4 to 1 at that A, from the curve itself.
    const xp = Float64Array.of(4e6, 1e6)
    expect(relative(pool.mid(), kernel.marginal(xp, 0, 1, 550, kernel.invariant(xp, 550)))).toBeLessThan(1e-14)
    expect([half.mid_before, half.mid_after, half.quote]).toEqual([before, pool.mid(), 0])
    expect(pool.mid()).toBeGreaterThan(before)
    expect(held()).toEqual([4e6, 1e6])
    pool.recover(10 * DAY, 1)
    expect(relative(pool.mid(), kernel.marginal(xp, 0, 1, 1000, kernel.invariant(xp, 1000)))).toBeLessThan(1e-14)
    expect(pool.violations()).toEqual([])
    store.reset()
    expect(pool.mid()).toBe(before)
  })

  it('refuses what is no pool, naming the field', () => {
    const open = (fields: object) => () => open_pool(stableSwap, { ...POOL, ...fields })
    expect(open({ ramp: { to: 1001, from_ms: 0, until_ms: DAY } })).toThrow('ramp.to is 1001')
    expect(open({ ramp: { to: 200, from_ms: 0, until_ms: DAY - 1 } })).toThrow('ramp.until_ms')
    expect(open({ base: 'USD' })).toThrow('quote is USD')
    expect(open({ amplification: 0 })).toThrow('amplification')
  })

  it('keeps what pools keep', () => {
    const anchors = fc.array(fc.option(fc.double({ min: 0.5, max: 2, noNaN: true }), { nil: undefined }), { maxLength: 25 })
    const fields = fc.record({
      amplification: fc.double({ min: 1, max: 2000, noNaN: true }),
      fee: fc.constantFrom(0, 0.0001, 0.0004, 0.01),
      offpeg_multiplier: fc.constantFrom(0, 2, 20),
      reserve_quote: fc.double({ min: 1e5, max: 1e7, noNaN: true }),
      rate_base: fc.constantFrom(1, 1.15),
    })
    fc.assert(
      fc.property(fields, orders(1e6, 1), anchors, (own, list, at) => {
        keeps_what_pools_keep(open_pool(stableSwap, { ...POOL, ...own }), list, at as number[])
      }),
      { numRuns: 150 },
    )
  })
})
