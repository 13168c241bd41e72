import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as k from './kernel.ts'
import * as r from './reference.ts'
import { goldenRows } from './reference-rows.ts'

it('reproduces every vector', () => {
  expect(goldenRows().filter(({ pass }) => !pass)).toEqual([])
})

const num = (x: bigint) => Number(`${x}e-30`)
/** Near in absolute terms of what went in: differences of large squares cancel. */
const near = (got: number, exact: bigint, gross: number) =>
  expect(Math.abs(got - num(exact))).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(num(exact)), 1e-3 * gross, 1e-12))
const oi = fc.integer({ min: 0, max: 200_000_000 })
const part = (most: number) => fc.integer({ min: 0, max: 1_000_000 }).map((n) => (n * most) / 1_000_000)
/** A double as the integer of 30 decimals it is nearest to. */
const exact = (x: number) => BigInt(Math.round(x * 1e15)) * 10n ** 15n

describe('the kernel is the reference in doubles', () => {
  it('price impact', () => {
    fc.assert(
      fc.property(
        oi,
        oi,
        oi,
        oi,
        fc.constantFrom(1, 2, 3),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 900 }),
        (l, s, l1, s1, e, fp, fn) => {
          const unit = e === 1 ? 1e-7 : e === 2 ? 1e-13 : 1e-21
          const of = (f: number) => BigInt(f) * 10n ** (30n - (e === 1 ? 7n : e === 2 ? 13n : 21n))
          const got = k.price_impact(l, s, l1, s1, { positive: fp * unit, negative: fn * unit, exponent: e })
          const want = r.price_impact(r.usd(l), r.usd(s), r.usd(l1), r.usd(s1), {
            positive: of(fp),
            negative: of(fn),
            exponent: e,
          })
          near(got, want, Math.max(fp, fn) * unit * Math.max(Math.abs(l - s), Math.abs(l1 - s1)) ** e * 1000)
        },
      ),
    )
  })

  it('execution price, opening factor, borrowing rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 1e8 }),
        part(0.005),
        fc.integer({ min: 1, max: 100_000 }),
        part(1),
        (size, lost, price, usage) => {
          const impact = -Math.round(size * lost)
          near(k.execution_price(size, impact, price), r.execution_price(r.usd(size), r.usd(impact), r.usd(price)), price)
          near(k.opening_factor(0.01, size, 6e-11), r.opening_factor(exact(0.01), r.usd(size), 6n * 10n ** 19n), 1)
          const kink = { base: exact(0.45), above: exact(0.9), optimal: exact(0.85) }
          near(k.kink_rate(usage, 0.45, 0.9, 0.85), r.kink_rate(exact(usage), kink), 1)
        },
      ),
    )
  })

  it('funding', () => {
    const year = 31_536_000
    const most = (75n * 10n ** 28n) / BigInt(year)
    const least = 10n ** 28n / BigInt(year)
    const rules = {
      increase: most / 10_800n,
      decrease: most / 172_800n,
      stable: 4n * 10n ** 28n,
      falling: 2n * 10n ** 28n,
      most,
      least,
    }
    const same = Object.fromEntries(Object.entries(rules).map(([name, x]) => [name, num(x)])) as Omit<k.FundingRules, 'exponent'>
    fc.assert(
      fc.property(oi, oi, part(2), fc.integer({ min: 0, max: 20_000 }), (long, short, at, seconds) => {
        const saved = (most * BigInt(Math.round((at - 1) * 1e9))) / 10n ** 9n
        const want = r.next_funding(saved, r.usd(long), r.usd(short), BigInt(seconds), { ...rules, exponent: 1 })
        const got = k.next_funding(num(saved), long, short, seconds, { ...same, exponent: 1 })
        expect(Math.abs(got - num(want.saved))).toBeLessThanOrEqual(1e-9 * num(most))
        const applied = k.applied_funding(got, long, short, same.least)
        expect(Math.abs(applied - num(want.applied))).toBeLessThanOrEqual(1e-9 * num(most))
      }),
    )
  })

  it('profit, cap and breach', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 1e7 }),
        fc.integer({ min: 100, max: 9000 }),
        part(1),
        fc.integer({ min: 100, max: 9000 }),
        fc.boolean(),
        (size, entry, lever, price, long) => {
          const tokens = size / entry
          const collateral = (size * (0.02 + lever)) / entry
          const p: r.Position = { size: r.usd(size), tokens: exact(tokens), collateral: exact(collateral), long }
          const left = r.remaining_collateral(p, r.usd(price), r.usd(price), 0n)
          const side = long ? 1 : -1
          const pnl = k.position_pnl(side, size, tokens, price)
          near(pnl, r.position_pnl(p, r.usd(price)), 1000 * size * (1 + price / entry))
          const health = (collateral * price + pnl) / Math.max(1, size * 0.01)
          if (Math.abs(health - 1) > 1e-6) expect(health < 1).toBe(r.is_liquidatable(left, p.size, r.usd(1), 10n ** 28n))
          const [won, pool] = [size * 2, size * 3]
          const capped = r.position_pnl({ ...p, long: true }, r.usd(price), r.usd(won), r.usd(pool), 10n ** 29n)
          const up = k.position_pnl(1, size, tokens, price)
          near(up > 0 ? up * k.paid_share(won, pool, 0.1) : up, capped, 1000 * size * (1 + price / entry))
        },
      ),
    )
  })

  it('bounds: what restores balance gets at most the share and the pool; the worse inventory counts', () => {
    expect(num(r.capped_impact(r.usd(600), r.usd(100_000), exact(0.004), r.usd(1e6)))).toBe(400)
    expect(k.capped_impact(600, 100_000, 0.004, 1e6)).toBe(400)
    expect([k.capped_impact(600, 1e6, 0.004, 50), num(r.capped_impact(r.usd(600), r.usd(1e6), exact(0.004), r.usd(50)))]).toEqual(
      [50, 50],
    )
    expect([
      k.capped_impact(-600, 1, 0.004, 0),
      k.with_inventory(-5, -9),
      k.with_inventory(-5, -1),
      k.with_inventory(5, -9),
    ]).toEqual([-600, -9, -5, 5])
    expect([r.with_inventory(-5n, -9n), r.with_inventory(-5n, -1n), r.with_inventory(5n, -9n)]).toEqual([-9n, -5n, 5n])
  })
})
