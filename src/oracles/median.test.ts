import { describe, expect, it } from 'vitest'
import { keeps_what_oracles_keep } from '../../test/support/oracle-laws.ts'
import { OracleWorld } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'

const HOUR = 3_600_000
const on = (market: string, more: object = {}) => ({ path: [{ market }], ...more })
const spec = (more: object = {}): KindSpec => ({ kind: 'median', id: 'M', sources: [on('a'), on('b'), on('c')], ...more })
const feed = (id: string, market: string): KindSpec => ({
  kind: 'chainlink',
  id,
  path: [{ market }],
  deviation: 0.005,
  heartbeat_ms: HOUR,
  phase_ms: 0,
})

describe('median', () => {
  it('takes the middle price with its causes, whatever the outer ones do', () => {
    const world = new OracleWorld({ a: 100, b: 101, c: 102 })
    const oracle = world.open(spec())
    expect(world.read(oracle).price).toBe(101)
    world.move(2, 10, 1, 4)
    expect(world.read(oracle).price).toBe(100)
    expect(world.read(oracle).displacement[1]).toBe(0)
    expect(world.read(oracle).displacement[0]).toBeCloseTo(Math.log(100 / 101), 12)
    world.move(0, 90, 2, 5)
    world.move(1, 50, 1, 6)
    const quote = world.read(oracle)
    expect(quote.price).toBe(50)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(50 / 101), 12)
    expect(quote.row[1]).toBe(6)
  })

  it('takes the mean of the middle two of an even number', () => {
    const world = new OracleWorld({ a: 100, b: 110 })
    const oracle = world.open(spec({ sources: [on('a'), on('b')] }))
    expect(world.read(oracle).price).toBe(105)
  })

  it('leaves out what has been halted for longer than it may, and below the quorum falls back, in order', () => {
    const world = new OracleWorld({ a: 100, b: 101, c: 102, d: 200, e: 300 })
    const fallback = [on('d', { stale_ms: 0 }), { source: feed('F', 'e'), stale_ms: HOUR }]
    const oracle = world.open(spec({ quorum: 2, fallback }))
    world.halted.add('market:a')
    world.halted.add('market:b')
    world.time_ms += HOUR
    expect(world.read(oracle).price).toBe(101)
    world.time_ms += 1
    expect(world.read(oracle).price).toBe(200)
    world.halted.add('market:d')
    world.time_ms += 1
    expect(world.read(oracle).price).toBe(300)
    world.halted.add('oracle:F')
    world.time_ms += HOUR
    expect(world.read(oracle).price).toBe(300)
    world.time_ms += 1
    // Nobody is left: the last answer stands.
    world.move(2, 50)
    expect(world.read(oracle).price).toBe(300)
    world.halted.clear()
    expect(world.read(oracle).price).toBe(100)
  })

  it('is a fallback chain when it has one source', () => {
    // Liquity v1: a feed unheard of for more than four hours is replaced by the other (lending.md §16.1).
    const world = new OracleWorld({ a: 100, b: 99 })
    const oracle = world.open(
      spec({ sources: [{ source: feed('first', 'a'), stale_ms: 4 * HOUR }], fallback: [{ source: feed('second', 'b') }] }),
    )
    world.halted.add('oracle:first')
    world.move(0, 50)
    world.move(1, 51)
    world.time_ms += 4 * HOUR
    expect(world.read(oracle).price).toBe(100)
    world.time_ms += 1
    expect(world.read(oracle).price).toBe(51)
    world.halted.clear()
    expect(world.read(oracle).price).toBe(50)
  })

  it('keeps its answer while it is halted, and wants a quorum it can have', () => {
    const world = new OracleWorld({ a: 100, b: 101, c: 102 })
    const oracle = world.open(spec())
    world.halted.add('oracle:M')
    world.move(1, 101.5)
    expect(world.read(oracle).price).toBe(101)
    expect(() => world.open(spec({ quorum: 4 }))).toThrow(/quorum is 4/)
    expect(() => world.open(spec({ sources: [{}] }))).toThrow(/exactly one/)
  })

  it('keeps what oracles keep', () => {
    keeps_what_oracles_keep(
      [
        spec(),
        spec({ sources: [on('a', { stale_ms: 0 }), on('b', { stale_ms: 0 })], quorum: 2, fallback: [on('c', { stale_ms: 0 })] }),
        spec({ id: 'N', sources: [{ source: feed('G', 'a') }, on('b', { rate: 1.02 }), on('c'), on('a')] }),
      ],
      ['oracle:M', 'oracle:N', 'oracle:G'],
    )
  })
})
