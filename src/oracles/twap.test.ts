import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_oracles_keep } from '../../test/support/oracle-laws.ts'
import { OracleWorld } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'

const MINUTE = 60_000
const spec = (more: object = {}): KindSpec => ({
  kind: 'twap',
  id: 'T',
  path: [{ market: 'a' }],
  window_ms: 30 * MINUTE,
  ...more,
})

describe('twap (lending.md §15.2, §16.3)', () => {
  it('is the mean of ln p over the window: a price that has held for a third of it weighs a third', () => {
    const world = new OracleWorld({ a: 100 })
    const geometric = world.open(spec())
    const arithmetic = world.open(spec({ mean: 'arithmetic' }))
    const read = () => [geometric, arithmetic].map((oracle) => world.read(oracle).price)
    expect(read()).toEqual([100, 100])
    world.move(0, 50, 1, 7)
    // A price has no weight in the moment in which it appears: nobody moves the mean within one block.
    expect(read()).toEqual([100, 100])
    world.time_ms += 10 * MINUTE
    const [log_mean, mean] = read()
    expect(log_mean).toBeCloseTo(100 * 0.5 ** (1 / 3), 10)
    expect(mean).toBeCloseTo((2 * 100 + 50) / 3, 10)
    const quote = world.read(geometric)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.5) / 3, 12)
    expect([...quote.row]).toEqual([-1, 7, -1])
    // By their share of the mean: 50 of 250 at a displacement of ln(1/2).
    expect(world.read(arithmetic).displacement[1]).toBeCloseTo(Math.log(0.5) * 0.2, 12)
    world.time_ms += 20 * MINUTE
    expect(read()[0]).toBeCloseTo(50, 10)
    expect(read()[1]).toBeCloseTo(50, 10)
  })

  it('mixes the causes of the window by time', () => {
    const world = new OracleWorld({ a: 100 })
    const oracle = world.open(spec())
    world.move(0, 80, 1, 3)
    world.read(oracle)
    world.time_ms += 15 * MINUTE
    world.move(0, 60, 2, 4)
    world.read(oracle)
    world.time_ms += 15 * MINUTE
    const quote = world.read(oracle)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.8), 12)
    expect(quote.displacement[2]).toBeCloseTo(Math.log(0.75) / 2, 12)
    expect([...quote.row]).toEqual([-1, 3, 4])
    // The first move leaves with its time: a price back at the start is forgotten after a window.
    world.move(0, 100, 0)
    world.read(oracle)
    world.time_ms += 30 * MINUTE
    expect(world.read(oracle).price).toBeCloseTo(100, 10)
  })

  it('weighs every moment of the window as a naive mean over all readings does', () => {
    const step = fc.record({ minutes: fc.integer({ min: 0, max: 12 }), price: fc.double({ min: 50, max: 200, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.constantFrom('geometric', 'arithmetic'), (steps, mean) => {
        const world = new OracleWorld({ a: 100 })
        const begin = world.time_ms
        const oracle = world.open(spec({ mean, window_ms: 60 * MINUTE, samples: 60 }))
        const held: [number, number][] = [[begin - 60 * MINUTE, 100]]
        for (const { minutes, price } of steps) {
          world.time_ms += minutes * MINUTE
          world.move(0, price)
          const got = world.read(oracle).price
          // Prices hold from the reading that saw them until the next.
          const from = world.time_ms - 60 * MINUTE
          let sum = 0
          held.forEach(([at, p], i) => {
            const until = held[i + 1]?.[0] ?? world.time_ms
            sum += Math.max(0, until - Math.max(at, from)) * (mean === 'geometric' ? Math.log(p) : p)
          })
          const naive = mean === 'geometric' ? Math.exp(sum / (60 * MINUTE)) : sum / (60 * MINUTE)
          expect(Math.abs(got / naive - 1)).toBeLessThan(1e-10)
          held.push([world.time_ms, price])
        }
      }),
    )
  })

  it('takes the past between two stored moments as even, and needs no more of them than it has room for', () => {
    const world = new OracleWorld({ a: 100 })
    const oracle = world.open(spec({ samples: 1 }))
    for (let minute = 0; minute < 500; minute++) {
      world.move(0, minute % 2 === 0 ? 90 : 110)
      const { price } = world.read(oracle)
      if (minute > 60) expect(Math.abs(price / Math.sqrt(90 * 110) - 1)).toBeLessThan(0.01)
      world.time_ms += MINUTE
    }
  })

  it('stands still while it is halted; the price before counts for that time', () => {
    const world = new OracleWorld({ a: 100 })
    const oracle = world.open(spec())
    world.halted.add('oracle:T')
    world.move(0, 50)
    world.time_ms += 60 * MINUTE
    expect(world.read(oracle).price).toBe(100)
    world.halted.clear()
    expect(world.read(oracle).price).toBe(100)
    world.time_ms += 30 * MINUTE
    expect(world.read(oracle).price).toBeCloseTo(50, 10)
  })

  it('keeps what oracles keep', () => {
    keeps_what_oracles_keep(
      [
        spec(),
        spec({ mean: 'arithmetic', samples: 5 }),
        spec({ path: [{ market: 'a' }, { market: 'b', inverse: true }], window_ms: 400_000, samples: 2 }),
        spec({ path: undefined, source: { ...spec({ id: 'U' }), window_ms: 300_000 } }),
      ],
      ['oracle:T', 'oracle:U'],
    )
  })
})
