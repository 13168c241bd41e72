import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OracleWorld } from '../../test/support/oracle-world.ts'
import { type KindSpec, type Oracle, Quote } from '../model/index.ts'
import type { Osm } from './osm.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

const feed = (more: object = {}): KindSpec => ({
  kind: 'chainlink',
  id: 'ETH',
  path: [{ market: 'ETH-USD' }],
  deviation: 0.005,
  heartbeat_ms: HOUR,
  phase_ms: 0,
  ...more,
})

describe('chainlink (lending.md §16.1)', () => {
  it('answers a move of the deviation at once when there is no delay, and stands still below it', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    const oracle = world.open(feed())
    expect(world.read(oracle).price).toBe(2000)
    world.move(0, 2009.9)
    expect(world.read(oracle).price).toBe(2000)
    world.move(0, 2010)
    expect(world.read(oracle).price).toBe(2010)
    world.move(0, 1999.96)
    expect(world.read(oracle).price).toBe(2010)
    world.move(0, 1999.94)
    expect(world.read(oracle).price).toBe(1999.94)
  })

  it('answers at the heartbeat, counted from the last update', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    const oracle = world.open(feed())
    world.move(0, 2001)
    world.time_ms += HOUR - 1
    expect(world.read(oracle).price).toBe(2000)
    world.time_ms += 1
    expect(world.read(oracle).price).toBe(2001)
    world.move(0, 2002)
    world.time_ms += HOUR - 1
    expect(world.read(oracle).price).toBe(2001)
  })

  it('has an age at the start: the one given, or one drawn from the id below the heartbeat', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    const given = world.open(feed({ phase_ms: HOUR - MINUTE }))
    const drawn = ['A', 'B', 'C', 'D'].map((id) => world.open(feed({ id, phase_ms: undefined })))
    world.move(0, 2001)
    expect(world.read(given).price).toBe(2000)
    const first: number[] = []
    for (let minute = 1; minute <= 60; minute++) {
      world.time_ms += MINUTE
      drawn.forEach((oracle, i) => {
        if (first[i] === undefined && world.read(oracle).price === 2001) first[i] = minute
      })
      expect(world.read(given).price).toBe(2001)
    }
    expect(first.every((minute) => minute >= 1 && minute <= 60)).toBe(true)
    expect(new Set(first).size).toBe(4)
    expect(() => world.open(feed({ phase_ms: HOUR }))).toThrow(/phase_ms/)
  })

  it('delivers what it sampled when it was triggered, delay later, whatever happened since', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    const oracle = world.open(feed({ delay_ms: 90_000 }))
    world.move(0, 1900, 1, 7)
    expect(world.read(oracle).price).toBe(2000)
    world.move(0, 1700, 2, 9)
    world.time_ms += 60_000
    expect(world.read(oracle).price).toBe(2000)
    world.time_ms += 60_000
    const answer = world.read(oracle)
    expect(answer.price).toBe(1900)
    expect(answer.displacement[1]).toBeCloseTo(Math.log(0.95), 12)
    expect(answer.displacement[2]).toBe(0)
    expect(answer.row[1]).toBe(7)
    // 1700 is 10.5 % off the new answer, so the next report left at once.
    world.time_ms += 90_000
    expect(world.read(oracle).price).toBe(1700)
  })

  it('counts the heartbeat of a delayed answer from its arrival, whenever that is noticed', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    const oracle = world.open(feed({ delay_ms: 90_000 }))
    world.move(0, 1900)
    world.read(oracle)
    world.time_ms += 120_000
    expect(world.read(oracle).price).toBe(1900)
    world.move(0, 1901)
    // Arrived at 90 s: the next report leaves at 90 s + 1 h and arrives 90 s later.
    world.time_ms += HOUR - 30_000 - 1
    world.read(oracle)
    world.time_ms += 90_000
    expect(world.read(oracle).price).toBe(1900)
    world.time_ms += 90_000
    expect(world.read(oracle).price).toBe(1901)
  })

  it('keeps its answer while it is halted', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    const oracle = world.open(feed())
    world.halted.add('oracle:ETH')
    world.move(0, 1000)
    world.time_ms += 5 * HOUR
    expect(world.read(oracle).price).toBe(2000)
    world.halted.clear()
    expect(world.read(oracle).price).toBe(1000)
  })

  it('multiplies along a path, inverse steps divided, vectors added', () => {
    const world = new OracleWorld({ 'ETH-USDT': 2000, 'USDC-USDT': 0.8, 'X-USD': 5 })
    const oracle = world.open(feed({ path: [{ market: 'ETH-USDT' }, { market: 'USDC-USDT', inverse: true }] }))
    expect(world.read(oracle).price).toBe(2500)
    world.move(0, 1800, 1, 3)
    world.move(1, 0.9, 2, 4)
    const answer = world.read(oracle)
    expect(answer.price).toBeCloseTo(2000, 9)
    expect(answer.displacement[1]).toBeCloseTo(Math.log(0.9), 12)
    expect(answer.displacement[2]).toBeCloseTo(-Math.log(0.9 / 0.8), 12)
    expect([...answer.row]).toEqual([-1, 3, 4])
  })

  it('refuses a spec with no source, with two, or with an unknown market', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 })
    expect(() => world.open(feed({ path: undefined }))).toThrow(/exactly one/)
    expect(() => world.open(feed({ source: 'ETH' }))).toThrow(/exactly one/)
    expect(() => world.open(feed({ path: [{ market: 'ETH-EUR' }] }))).toThrow(/path\[0\]\.market is ETH-EUR/)
    expect(() => world.open(feed({ deviation: 0 }))).toThrow(/deviation/)
  })
})

describe('osm (lending.md §5.3)', () => {
  const module = (more: object = {}): KindSpec => ({ kind: 'osm', id: 'PIP', source: [{ market: 'ETH-USD' }], ...more })
  const at = (h: number, m: number, s: number) => h * HOUR + m * MINUTE + s * 1000

  it('reproduces the worked example: a crash at 13:00:05 reaches the price at 15:00', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 }, at(12, 0, 0))
    const oracle = world.open(module()) as Osm
    const next = new Quote(3)
    world.move(0, 2050)
    world.time_ms = at(12, 59, 59)
    expect(world.read(oracle).price).toBe(2000)
    // Poke at 13:00:04: cur is the value sampled at 12:00, nxt the source now, zzz 13:00:00.
    world.time_ms = at(13, 0, 4)
    expect(world.read(oracle).price).toBe(2000)
    oracle.peep(next)
    expect(next.price).toBe(2050)
    world.move(0, 1500, 1, 11)
    world.time_ms = at(13, 59, 59)
    expect(world.read(oracle).price).toBe(2000)
    world.time_ms = at(14, 0, 0)
    expect(world.read(oracle).price).toBe(2050)
    oracle.peep(next)
    expect(next.price).toBe(1500)
    world.move(0, 1600)
    world.time_ms = at(14, 59, 59)
    expect(world.read(oracle).price).toBe(2050)
    world.time_ms = at(15, 0, 0)
    const answer = world.read(oracle)
    expect(answer.price).toBe(1500)
    expect(answer.displacement[1]).toBeCloseTo(Math.log(1500 / 2050), 12)
    expect(answer.row[1]).toBe(11)
  })

  it('rounds zzz down to the hop, so a late poke does not shift the next one', () => {
    const world = new OracleWorld({ 'ETH-USD': 1 }, at(12, 30, 0))
    const oracle = world.open(module())
    world.move(0, 2)
    world.time_ms = at(13, 0, 0)
    expect(world.read(oracle).price).toBe(1)
    world.time_ms = at(13, 40, 0)
    world.move(0, 3)
    expect(world.read(oracle).price).toBe(1)
    world.time_ms = at(14, 0, 0)
    expect(world.read(oracle).price).toBe(2)
  })

  it('freezes when stopped and has no value when voided, until it is filled again', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 }, at(12, 0, 0))
    const oracle = world.open(module())
    world.halted.add('oracle:PIP')
    world.move(0, 1000)
    world.time_ms = at(20, 0, 0)
    expect(world.read(oracle).price).toBe(2000)
    world.halted.clear()
    world.halted.add('oracle:PIP:void')
    expect(world.read(oracle).price).toBe(0)
    world.halted.clear()
    expect(world.read(oracle).price).toBe(0)
    world.time_ms = at(21, 0, 0)
    expect(world.read(oracle).price).toBe(1000)
  })

  it('reads a push feed behind it between pokes as well', () => {
    const world = new OracleWorld({ 'ETH-USD': 2000 }, at(12, 0, 0))
    const oracle = world.open(module({ source: feed({ delay_ms: 30_000 }) }))
    world.move(0, 1000)
    world.time_ms = at(12, 30, 0)
    world.read(oracle)
    world.time_ms = at(13, 0, 0)
    world.read(oracle)
    world.time_ms = at(14, 0, 0)
    expect(world.read(oracle).price).toBe(1000)
  })
})

describe('index-price (derivatives.md §2.5)', () => {
  const parts = (more: object = {}): KindSpec => ({
    kind: 'index-price',
    id: 'I',
    constituents: [
      { path: [{ market: 'a' }], weight: 2 },
      { path: [{ market: 'b' }], weight: 1 },
      { path: [{ market: 'c' }], weight: 1 },
    ],
    ...more,
  })

  it('is the weighted mean of the constituents', () => {
    const world = new OracleWorld({ a: 100, b: 101, c: 102 })
    expect(world.read(world.open(parts())).price).toBeCloseTo((2 * 100 + 101 + 102) / 4, 12)
  })

  it('clamps a constituent into the band around the median', () => {
    const world = new OracleWorld({ a: 100, b: 100, c: 100 })
    const wide = world.open(parts())
    const major = world.open(parts({ clamp: 0.01 }))
    world.move(2, 50, 1, 5)
    expect(world.read(wide).price).toBeCloseTo((200 + 100 + 97) / 4, 10)
    expect(world.read(major).price).toBeCloseTo((200 + 100 + 99) / 4, 10)
    expect(world.read(major).displacement[1]).toBeCloseTo(Math.log(399 / 400), 4)
    world.move(2, 200, 1, 5)
    expect(world.read(wide).price).toBeCloseTo((200 + 100 + 103) / 4, 10)
  })

  it('keeps a halted constituent at its last price for stale_ms, then weighs it 0, and stands still without any', () => {
    const world = new OracleWorld({ a: 100, b: 100, c: 100 })
    const oracle = world.open(parts())
    world.halted.add('market:a')
    world.move(0, 90)
    world.move(1, 102)
    world.time_ms += 300_000
    expect(world.read(oracle).price).toBeCloseTo((200 + 102 + 100) / 4, 10)
    world.time_ms += 1
    expect(world.read(oracle).price).toBeCloseTo(101, 10)
    world.halted.add('market:b')
    world.halted.add('market:c')
    world.move(1, 50)
    world.time_ms += HOUR
    expect(world.read(oracle).price).toBeCloseTo(101, 10)
    world.halted.clear()
    expect(world.read(oracle).price).not.toBeCloseTo(101, 3)
  })

  it('takes a single path, and its own fault freezes it', () => {
    const world = new OracleWorld({ a: 100 })
    const oracle = world.open({ kind: 'index-price', id: 'I', path: [{ market: 'a' }] })
    world.move(0, 90, 2, 4)
    expect(world.read(oracle).price).toBeCloseTo(90, 12)
    expect(world.read(oracle).displacement[2]).toBeCloseTo(Math.log(0.9), 12)
    world.halted.add('oracle:I')
    world.move(0, 80, 2, 4)
    expect(world.read(oracle).price).toBeCloseTo(90, 12)
  })
})

describe('every oracle', () => {
  const specs: KindSpec[] = [
    feed({ path: [{ market: 'a' }] }),
    feed({ path: [{ market: 'a' }, { market: 'b', inverse: true }], delay_ms: 100_000, phase_ms: undefined }),
    { kind: 'osm', id: 'P', path: [{ market: 'b' }], hop_ms: 600_000 },
    { kind: 'osm', id: 'Q', source: feed({ path: [{ market: 'a' }, { market: 'c' }] }), hop_ms: 300_000 },
    {
      kind: 'index-price',
      id: 'I',
      constituents: [{ path: [{ market: 'a' }] }, { path: [{ market: 'b' }], weight: 3 }, { path: [{ market: 'c' }] }],
    },
    { kind: 'index-price', id: 'J', path: [{ market: 'c' }] },
    { kind: 'fixed', id: 'F', price: 1 },
  ]
  const event = fc.record({
    market: fc.integer({ min: 0, max: 2 }),
    move: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    source: fc.integer({ min: 0, max: 2 }),
    dt_ms: fc.integer({ min: 0, max: 900_000 }),
    halt: fc.option(fc.constantFrom('market:a', 'market:b', 'market:c', 'oracle:ETH', 'oracle:P', 'oracle:I'), { freq: 3 }),
  })
  const history = fc.array(event, { minLength: 1, maxLength: 60 })
  type Event = { market: number; move: number; source: number; dt_ms: number; halt: string | null }

  function play(world: OracleWorld, opened: Oracle[], events: readonly Event[], repeat: number): number[] {
    const prices: number[] = []
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
          prices.push(quote.price)
        }
      }
    }
    return prices
  }

  it('keeps the law of the displacement vector over random histories, and reads the same twice at one time', () => {
    fc.assert(
      fc.property(history, (events) => {
        const world = new OracleWorld({ a: 100, b: 101, c: 99 })
        const twice = play(
          world,
          specs.map((spec) => world.open(spec)),
          events,
          2,
        )
        const n = specs.length
        for (let i = 0; i < twice.length; i += 2 * n) for (let k = 0; k < n; k++) expect(twice[i + n + k]).toBe(twice[i + k])
      }),
      { numRuns: 200 },
    )
  })

  it('starts again after reset', () => {
    fc.assert(
      fc.property(history, (events) => {
        const world = new OracleWorld({ a: 100, b: 101, c: 99 })
        const opened = specs.map((spec) => world.open(spec))
        world.store.seal()
        const start = world.store.hash()
        const first = play(world, opened, events, 1)
        world.store.reset()
        expect(world.store.hash()).toBe(start)
        world.time_ms = 12 * HOUR
        for (const [i, mid] of [100, 101, 99].entries()) (world.quotes[i] as Quote).fixed(mid)
        expect(play(world, opened, events, 1)).toEqual(first)
      }),
      { numRuns: 50 },
    )
  })

  it('opens undisplaced at the start price, fixed for ever', () => {
    const world = new OracleWorld({ a: 100, b: 80, c: 2 })
    const opened = specs.map((spec) => world.open(spec))
    const start = [100, 1.25, 80, 200, null, 2, 1]
    opened.forEach((oracle, i) => {
      const quote = world.read(oracle)
      if (start[i] !== null) expect(quote.price).toBeCloseTo(start[i] as number, 12)
      expect(quote.start).toBe(quote.price)
      expect([...quote.displacement]).toEqual([0, 0, 0])
    })
  })
})
