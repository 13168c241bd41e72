/** What every oracle keeps, over random histories of three markets and their faults. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { KindSpec, Oracle, Quote } from '../../src/model/index.ts'
import { OracleWorld, START_MS } from './oracle-world.ts'

interface Event {
  readonly market: number
  readonly move: number
  readonly source: number
  readonly dt_ms: number
  readonly halt: string | null
}

const MIDS = { a: 100, b: 101, c: 99 }

function history(halts: readonly string[]): fc.Arbitrary<Event[]> {
  const event = fc.record({
    market: fc.integer({ min: 0, max: 2 }),
    move: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    source: fc.integer({ min: 0, max: 2 }),
    dt_ms: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900_000 })),
    halt: fc.option(fc.constantFrom('market:a', 'market:b', 'market:c', ...halts), { freq: 3 }),
  })
  return fc.array(event, { minLength: 1, maxLength: 50 })
}

/** Every reading with all it says, as numbers. */
function play(world: OracleWorld, opened: readonly Oracle[], events: readonly Event[], repeat: number): number[][] {
  const readings: number[][] = []
  for (const [i, step] of events.entries()) {
    world.time_ms += step.dt_ms
    world.halted.clear()
    if (step.halt !== null) world.halted.add(step.halt)
    world.move(step.market, (world.quotes[step.market] as Quote).price * Math.exp(step.move), step.source, i)
    for (let again = 0; again < repeat; again++) {
      for (const oracle of opened) {
        const quote = world.read(oracle)
        expect(quote.residual()).toBeLessThan(1e-9)
        expect(quote.price).toBeGreaterThan(0)
        readings.push([quote.price, quote.start, ...quote.displacement, ...quote.row])
      }
    }
  }
  return readings
}

/**
 * Specs read the markets a, b and c. The vector sums to ln(price / start) at every reading; two readings at one time with nothing
 * changed agree in everything; a reset starts again; nothing is displaced at the start.
 * @param halts further faults that may occur
 */
export function keeps_what_oracles_keep(specs: readonly KindSpec[], halts: readonly string[]): void {
  const world = new OracleWorld(MIDS)
  for (const spec of specs) {
    const quote = world.read(world.open(spec))
    expect(quote.start).toBe(quote.price)
    expect([...quote.displacement]).toEqual([0, 0, 0])
  }
  fc.assert(
    fc.property(history(halts), (events) => {
      const fresh = new OracleWorld(MIDS)
      const opened = specs.map((spec) => fresh.open(spec))
      fresh.store.seal()
      const opening = fresh.store.hash()
      const twice = play(fresh, opened, events, 2)
      const n = specs.length
      for (let i = 0; i < twice.length; i += 2 * n) expect(twice.slice(i + n, i + 2 * n)).toEqual(twice.slice(i, i + n))
      fresh.store.reset()
      expect(fresh.store.hash()).toBe(opening)
      fresh.time_ms = START_MS
      Object.values(MIDS).forEach((mid, i) => {
        ;(fresh.quotes[i] as Quote).fixed(mid)
      })
      expect(play(fresh, opened, events, 2)).toEqual(twice)
    }),
    { numRuns: 150 },
  )
}
