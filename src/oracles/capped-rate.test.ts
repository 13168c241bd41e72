import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_oracles_keep } from '../../test/support/oracle-laws.ts'
import { OracleWorld, START_MS } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'
import { capped, capped_price, goldenRows } from './capped-rate/reference.ts'

const DAY = 86_400_000
const CAP = { snapshot_ratio: 1.15, snapshot_ms: START_MS, growth: 0.0968 }
const spec = (more: object = {}): KindSpec => ({
  kind: 'capped-rate',
  id: 'K',
  path: [{ market: 'a' }],
  ratio: { at_start: 1.15, growth: 0.03 },
  cap: CAP,
  ...more,
})

describe('capped-rate (lending.md §16.5)', () => {
  it.each(goldenRows())('$id', ({ got, expected }) => {
    expect(got).toBe(expected)
  })

  it('gives 0 where the base or the ratio is not positive, and the stable adapter the lesser of price and cap', () => {
    const snapshot = { ratio: 10n ** 18n, time_s: 0n, growth_bps: 500n }
    expect([capped(0n, 1n, 18n, snapshot, 0n), capped(1n, 0n, 18n, snapshot, 0n)]).toEqual([0n, 0n])
    expect([capped_price(105_000_000n, 104_000_000n), capped_price(99_000_000n, 104_000_000n)]).toEqual([
      104_000_000n,
      99_000_000n,
    ])
  })

  it('answers what the reference answers, to 1e-9', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 180 * 86_400 }),
        fc.integer({ min: 900, max: 1500 }),
        fc.integer({ min: 0, max: 5000 }),
        (age_s, ratio, bps) => {
          const world = new OracleWorld({ a: 3000 }, START_MS + 180 * DAY)
          const snapshot_ms = world.time_ms - age_s * 1000
          const cap = { snapshot_ratio: 1.15, snapshot_ms, growth: bps / 10_000 }
          const oracle = world.open(spec({ ratio: { at_start: ratio / 1000 }, cap }))
          const exact = capped(
            3000n * 10n ** 18n,
            BigInt(ratio) * 10n ** 15n,
            18n,
            { ratio: 1_150_000_000_000_000_000n, time_s: 0n, growth_bps: BigInt(bps) },
            BigInt(age_s),
          )
          expect(Math.abs(world.read(oracle).price / (Number(exact) / 1e18) - 1)).toBeLessThan(1e-9)
        },
      ),
    )
  })

  it('lets the ratio through below the cap and holds it at the cap; the base brings its causes in full', () => {
    const world = new OracleWorld({ a: 3000 })
    const pumped = world.open(spec({ ratio: { at_start: 1.15, steps: [{ time_ms: START_MS + 30 * DAY, factor: 1.2 / 1.15 }] } }))
    world.time_ms += 30 * DAY - 1
    expect(world.read(pumped).price).toBeCloseTo(3450, 9)
    world.time_ms += 1
    // The worked case: ratio 1.2, cap 1.1591495890 after 30 days, base 3000.
    expect(world.read(pumped).price).toBeCloseTo(3477.44876712, 7)
    world.move(0, 2700, 1, 6)
    const quote = world.read(pumped)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.9), 12)
    expect(quote.displacement[0]).toBeCloseTo(Math.log(1.159149589041095888 / 1.15), 12)
  })

  it('shocks what it reports, and nobody inside is to blame, when a snapshot is set too low for its time', () => {
    // Worked by hand: true ratio 1.228, new snapshot 1.19 a week old, 9.68 % a year: cap 1.19·(1 + 0.0968·7/365) = 1.19221.
    const update = { time_ms: START_MS + DAY, snapshot_ratio: 1.19, snapshot_ms: START_MS + DAY, growth: 0.0968 }
    const world = new OracleWorld({ a: 2000 })
    const cap = { ...CAP, snapshot_ratio: 1.228 }
    const oracle = world.open(spec({ ratio: { at_start: 1.228 }, cap, updates: [update] }))
    expect(world.read(oracle).price).toBe(2456)
    world.time_ms += 8 * DAY
    const quote = world.read(oracle)
    expect(quote.price).toBeCloseTo(2000 * 1.19 * (1 + (0.0968 * 7) / 365), 9)
    expect(1 - quote.price / 2456).toBeCloseTo(0.0291, 4)
    expect([quote.displacement[1], quote.displacement[2]]).toEqual([0, 0])
    expect(() => world.open(spec({ updates: [update, update] }))).toThrow(/updates\[1\].time_ms/)
  })

  it('caps a price that has no ratio: what moves above the cap is not seen, what moves below is, in proportion', () => {
    const world = new OracleWorld({ a: 1 })
    const oracle = world.open(spec({ ratio: undefined, cap: undefined, price_cap: 1.04 }))
    world.move(0, 1.2, 1, 2)
    expect(world.read(oracle).price).toBe(1.04)
    expect(world.read(oracle).displacement[1]).toBeCloseTo(Math.log(1.04), 12)
    world.move(0, 0.9, 2, 3)
    expect(world.read(oracle).price).toBeCloseTo(0.9, 12)
    expect(world.read(oracle).displacement[2]).toBeCloseTo(Math.log(0.9 / 1.2), 12)
    const above = new OracleWorld({ a: 1.3 })
    const held = above.open(spec({ ratio: undefined, cap: undefined, price_cap: 1.04 }))
    above.move(0, 1.1, 1, 2)
    expect([...above.read(held).displacement]).toEqual([0, 0, 0].map(() => expect.closeTo(0, 12)))
  })

  it('keeps its answer while it is halted, and wants a cap that fits', () => {
    const world = new OracleWorld({ a: 3000 })
    const oracle = world.open(spec())
    world.halted.add('oracle:K')
    world.move(0, 1)
    expect(world.read(oracle).price).toBeCloseTo(3450, 9)
    expect(() => world.open(spec({ cap: undefined }))).toThrow(/price_cap/)
    expect(() => world.open(spec({ ratio: undefined }))).toThrow(/ratio/)
  })

  it('keeps what oracles keep', () => {
    const low = { time_ms: START_MS + 2_000_000, snapshot_ratio: 1.1, snapshot_ms: START_MS, growth: 0 }
    keeps_what_oracles_keep(
      [
        spec({ ratio: { at_start: 1.15, growth: 9 }, updates: [low] }),
        spec({
          ratio: { path: [{ market: 'b' }, { market: 'c', inverse: true }] },
          cap: { ...CAP, snapshot_ratio: 1 },
          price_cap: 105,
        }),
        spec({ id: 'L', ratio: undefined, cap: undefined, price_cap: 98 }),
      ],
      ['oracle:K', 'oracle:L'],
    )
  })
})
