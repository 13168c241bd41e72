import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_oracles_keep } from '../../test/support/oracle-laws.ts'
import { OracleWorld, START_MS } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'
import { discounted, goldenRows } from './exchange-rate/reference.ts'

const DAY = 86_400_000
const YEAR = 365 * DAY
const spec = (ratio: object, more: object = {}): KindSpec => ({
  kind: 'exchange-rate',
  id: 'X',
  path: [{ market: 'a' }],
  ratio,
  ...more,
})

describe('exchange-rate', () => {
  it.each(goldenRows())('$id', ({ got, expected }) => {
    expect(got).toBe(expected)
  })

  it('is the price of the underlying times what a share redeems for, growing in a straight line', () => {
    const world = new OracleWorld({ a: 2000 })
    const oracle = world.open(spec({ at_start: 1.2, growth: 0.04 }))
    expect(world.read(oracle).price).toBe(2400)
    world.move(0, 1000, 1, 5)
    world.time_ms += YEAR / 2
    const quote = world.read(oracle)
    expect(quote.price).toBeCloseTo(1000 * 1.2 * 1.02, 9)
    // What is sold moves the underlying; what is earned comes from outside.
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.5), 12)
    expect(quote.displacement[0]).toBeCloseTo(Math.log(1.02), 12)
    expect(quote.row[1]).toBe(5)
  })

  it('falls in a step when it is slashed, and is no price any more when all is lost', () => {
    const world = new OracleWorld({ a: 2000 })
    const steps = [
      { time_ms: START_MS + DAY, factor: 0.9 },
      { time_ms: START_MS + 2 * DAY, factor: 0 },
    ]
    const oracle = world.open(spec({ at_start: 1, steps }))
    world.time_ms += DAY - 1
    expect(world.read(oracle).price).toBe(2000)
    world.time_ms += 1
    expect(world.read(oracle).price).toBeCloseTo(1800, 9)
    world.time_ms += DAY
    const lost = world.read(oracle)
    expect([lost.price, ...lost.displacement]).toEqual([0, 0, 0, 0])
  })

  it('brings the causes of a ratio that is read from a market', () => {
    const world = new OracleWorld({ a: 2000, b: 0.8 })
    const oracle = world.open(spec({ path: [{ market: 'b' }] }))
    world.move(0, 1900, 1, 3)
    world.move(1, 0.7, 2, 4)
    const quote = world.read(oracle)
    expect(quote.price).toBeCloseTo(1330, 9)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.95), 12)
    expect(quote.displacement[2]).toBeCloseTo(Math.log(0.875), 12)
  })

  it('discounts a claim to its maturity as the reference does, to 1e-9', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400 }), fc.integer({ min: 0, max: 99 }), (left_s, percent) => {
        const world = new OracleWorld({ a: 1 })
        fc.pre((percent / 100) * (left_s / 31_536_000) < 0.99)
        const discount = { per_year: percent / 100, maturity_ms: START_MS + left_s * 1000 }
        const exact = Number(discounted(10n ** 18n, BigInt(percent) * 10n ** 16n, BigInt(left_s))) / 1e18
        const oracle = world.open(spec({ discount }))
        expect(Math.abs(world.read(oracle).price / exact - 1)).toBeLessThan(1e-9)
        world.time_ms += left_s * 1000
        expect(world.read(oracle).price).toBeCloseTo(1, 12)
        world.time_ms += DAY
        expect(world.read(oracle).price).toBeCloseTo(1, 12)
      }),
    )
  })

  it('wants one source and one ratio', () => {
    const world = new OracleWorld({ a: 1 })
    expect(() => world.open(spec({}))).toThrow(/exactly one/)
    expect(() => world.open(spec({ at_start: 1, path: [{ market: 'a' }] }))).toThrow(/exactly one/)
    expect(() => world.open(spec({ at_start: 1 }, { path: undefined }))).toThrow(/exactly one/)
  })

  it('keeps what oracles keep', () => {
    keeps_what_oracles_keep(
      [
        spec({ at_start: 1.1, growth: 5, steps: [{ time_ms: START_MS + 1_000_000, factor: 0.5 }] }),
        spec({ path: [{ market: 'b' }, { market: 'c', inverse: true }], growth: 1 }),
        spec({ discount: { per_year: 0.5, maturity_ms: START_MS + 10 * DAY } }, { id: 'Y' }),
      ],
      ['oracle:X', 'oracle:Y'],
    )
  })
})
