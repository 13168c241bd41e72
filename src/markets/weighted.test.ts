import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_pools_keep, open_pool, order, orders } from '../../test/support/pool-world.ts'
import { constantProduct } from './constant-product.ts'
import { in_for, in_within, out_of } from './weighted/kernel.ts'
import { in_given_out, out_given_in, power, Revert } from './weighted/reference.ts'
import { goldenRows, VECTORS } from './weighted/reference-rows.ts'
import { weighted } from './weighted.ts'

const INFINITY = Number.POSITIVE_INFINITY
const E18 = 10n ** 18n
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const wad = (x: number) => BigInt(Math.round(x * 1e9)) * 10n ** 9n

describe('weighted: reference', () => {
  it.each(goldenRows().map((row) => [row.id, row]))('%s', (_id, row) => {
    expect(row.pass, `${row.got} for ${row.expected}`).toBe(true)
  })

  it('knows powers that have a name', () => {
    // √2, 2^(1/4) and 1/√2 to 18 digits, rounded down; 0.5^3 exactly.
    expect(power(2n * E18, E18 / 2n)).toBe(1_414_213_562_373_095_048n)
    expect(power(2n * E18, E18 / 4n)).toBe(1_189_207_115_002_721_066n)
    expect(power(E18 / 2n, E18 / 2n)).toBe(707_106_781_186_547_524n)
    expect(Number(power(E18 / 2n, 3n * E18) - E18 / 8n)).toBeGreaterThanOrEqual(-1)
    expect(power(E18 / 2n, 3n * E18)).toBeLessThanOrEqual(E18 / 8n)
    expect(power(0n, E18)).toBe(0n)
    expect(power(7n, 0n)).toBe(E18)
  })

  it('refuses more than 30 % of a balance, as contracts do', () => {
    const coin = { balance: 100n * E18, weight: E18 / 2n }
    expect(() => out_given_in(coin, coin, 30n * E18 + 1n, 0n)).toThrow(Revert)
    expect(() => in_given_out(coin, coin, 30n * E18 + 1n, 0n)).toThrow(Revert)
    expect(out_given_in(coin, coin, 30n * E18, 0n)).toBeGreaterThan(23n * E18)
  })

  it('does not lower the product', () => {
    fc.assert(
      fc.property(
        fc.bigInt(E18, 10n ** 25n),
        fc.bigInt(E18, 10n ** 25n),
        fc.bigInt(2n, 98n),
        fc.bigInt(1n, 29n),
        (x, y, percent, share) => {
          const into = { balance: x, weight: (E18 * percent) / 100n }
          const from = { balance: y, weight: E18 - into.weight }
          const given = (x * share) / 100n
          const out = out_given_in(into, from, given, 0n)
          const [w, v] = [Number(percent) / 100, 1 - Number(percent) / 100]
          const growth = w * Math.log(Number(x + given) / Number(x)) + v * Math.log(Number(y - out) / Number(y))
          expect(growth).toBeGreaterThan(-1e-15)
          // What went out may be more than contracts let go at once.
          if (out * 10n > y * 3n) return
          const back = in_given_out(into, from, out, 0n)
          // Twice the margin of the power, and it is against whoever trades.
          expect(relative(Number(back), Number(given))).toBeLessThan(1e-10)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('weighted: kernel', () => {
  it('answers what contracts answered, to the margin they take', () => {
    for (const { into, from, fee, exact, amount, amount_unit, expected, expected_unit } of VECTORS) {
      const [x, w] = into.map(Number) as [number, number]
      const [y, v] = from.map(Number) as [number, number]
      const units = Number(amount) * Number(amount_unit)
      const want = Number(expected) * Number(expected_unit)
      const got = exact === 'in' ? out_of(units, x, y, w / v, Number(fee) / 1e18) : in_for(units, x, y, w / v, Number(fee) / 1e18)
      // The last unit of the token, and 1e-14 of the balance.
      expect(Math.abs(got - want)).toBeLessThan(Number(expected_unit) * 1.001 + 1.1e-14 * (exact === 'in' ? y : x))
    }
  })

  it('is what the reference computes, to 1e-9', () => {
    const balance = fc.double({ min: 1, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        balance,
        balance,
        fc.integer({ min: 2, max: 98 }),
        fc.double({ min: 1e-3, max: 0.29, noNaN: true }),
        fc.constantFrom(0, 0.003, 0.02),
        (x, y, percent, share, fee) => {
          const into = { balance: wad(x), weight: BigInt(percent) * 10n ** 16n }
          const from = { balance: wad(y), weight: E18 - into.weight }
          const [a, b] = [Number(into.balance), Number(from.balance)]
          const e = percent / (100 - percent)
          const given = wad(x * share)
          const wadded = BigInt(Math.round(fee * 1000)) * 10n ** 15n
          expect(relative(out_of(Number(given), a, b, e, fee), Number(out_given_in(into, from, given, wadded)))).toBeLessThan(
            1e-9,
          )
          const out = wad(y * share)
          expect(relative(in_for(Number(out), a, b, e, fee), Number(in_given_out(into, from, out, wadded)))).toBeLessThan(1e-9)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('knows what the last unit buys', () => {
    const size = fc.double({ min: 1, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        size,
        size,
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (x, y, e, share) => {
          const amount = share * x
          const h = 1e-4 * amount
          const slope = (out_of(amount + h, x, y, e, 0.003) - out_of(amount - h, x, y, e, 0.003)) / (2 * h)
          fc.pre(slope > 1e-6 * (y / x))
          expect(relative(in_within(slope, x, y, e, 0.003), amount)).toBeLessThan(1e-4)
        },
      ),
    )
    expect(in_within(1, 100, 100, 1, 0.003)).toBe(0)
  })

  it('keeps the digits of a small trade against a large pool', () => {
    expect(relative(out_of(1e-9, 1e9, 1e9, 1, 0), 1e-9)).toBeLessThan(1e-14)
  })
})

const POOL = { reserve_base: 1000, reserve_quote: 500_000, weight_base: 0.8 }

describe('weighted: market', () => {
  it('prices coins by their weights', () => {
    // 80 % of the worth is 1,000 base, 20 % is 500,000 quote: 2,000,000 / 1,000.
    expect(relative(open_pool(weighted, POOL).pool.mid(), 2000)).toBeLessThan(1e-15)
  })

  it('with equal weights is a constant product pool', () => {
    const fields = { reserve_base: 1000, reserve_quote: 2e6, fee: 0.003 }
    const amount = fc.double({ min: 1e-6, max: 250, noNaN: true })
    fc.assert(
      fc.property(amount, fc.constantFrom<1 | -1>(1, -1), fc.boolean(), (units, side, base) => {
        const o = order(side, base ? units : units * 2000, { exact: base ? 'base' : 'quote' })
        const [a, b] = [open_pool(weighted, { ...fields, weight_base: 0.5 }), open_pool(constantProduct, fields)].map(
          ({ pool }) => pool.quote(o),
        )
        expect(relative(a?.base as number, b?.base as number)).toBeLessThan(1e-12)
        expect(relative(a?.quote as number, b?.quote as number)).toBeLessThan(1e-12)
        expect(relative(a?.mid_after as number, b?.mid_after as number)).toBeLessThan(1e-12)
      }),
    )
  })

  it('fills 30 % of a balance at once and no more', () => {
    const { pool } = open_pool(weighted, { ...POOL, fee: 0 })
    expect(pool.quote(order(-1, INFINITY)).base).toBe(-300)
    expect(pool.quote(order(1, 1e9)).base).toBe(300)
    expect(open_pool(weighted, { ...POOL, order_max: 1 }).pool.quote(order(1, 1e9)).base).toBe(0)
  })

  it('stops where the last unit is worth the limit', () => {
    for (const side of [1, -1] as const) {
      const limit = side > 0 ? 2100 : 1900
      const { pool } = open_pool(weighted, POOL)
      const whole = Math.abs(pool.quote(order(side, INFINITY, { limit })).base)
      const part = pool.quote(order(side, whole * (1 - 1e-4)))
      const full = pool.quote(order(side, whole))
      expect(whole).toBeGreaterThan(1)
      expect(relative((part.quote - full.quote) / (full.base - part.base), limit)).toBeLessThan(1e-4)
    }
  })

  it('has the depth that brings the mid down by as much', () => {
    const { pool } = open_pool(weighted, { ...POOL, fee: 0 })
    pool.fill(order(-1, pool.depth(0.05)))
    expect(relative(pool.mid(), 1900)).toBeLessThan(1e-12)
  })

  it('refuses what is no pool, naming the field', () => {
    const open = (fields: object) => () => open_pool(weighted, { ...POOL, ...fields })
    expect(open({ base: 'USD' })).toThrow('quote is USD')
    expect(open({ weight_quote: 0.3 })).toThrow('weight_quote is 0.3')
    expect(open({ weight_base: 0.001 })).toThrow('weight_base')
    expect(() => open_pool(weighted, POOL).pool.make(1, 1, 0)).toThrow('no makers')
  })

  it('keeps what pools keep', () => {
    const anchors = fc.array(fc.option(fc.double({ min: 500, max: 8000, noNaN: true }), { nil: undefined }), { maxLength: 25 })
    const fields = fc.record({
      weight_base: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
      fee: fc.constantFrom(0, 0.0001, 0.003, 0.1),
      reserve_quote: fc.double({ min: 1e5, max: 1e7, noNaN: true }),
      order_max: fc.constantFrom(0.3, 1),
    })
    fc.assert(
      fc.property(fields, orders(1000, 2000), anchors, (own, list, at) => {
        keeps_what_pools_keep(open_pool(weighted, { ...POOL, ...own }), list, at as number[])
      }),
      { numRuns: 150 },
    )
  })
})
