import { describe, expect, it } from 'vitest'
import { run, type World } from '../engine/index.ts'
import type { FaultSpec } from '../model/index.ts'
import { build } from '../scenarios/index.ts'
import { auction_day } from '../../test/support/auction-day.ts'

const count = (world: World, kind: string): number =>
  Array.from({ length: world.parts.log.length }, (_, row) => world.parts.log.kind(row)).filter((found) => found === kind).length

/** A day of auctions at a vault book that pays nothing for starting them. */
function day(fields: object, gas: FaultSpec[] = [], gas_usd = 1): World {
  const keeper = { spec: { kind: 'keeper', id: 'poker', min_profit_usd: -1_000, ...fields }, actors: 1, dai: 0 }
  const { snapshot, scenario } = auction_day([keeper] as unknown as Parameters<typeof auction_day>[0], { gas, gas_usd })
  // Nobody unnamed starts anything.
  const venues = snapshot.venues.map((venue) => ({ ...venue, unnamed_max: 0 }))
  const world = build({ ...snapshot, venues }, scenario)
  expect(run(world).laws.broken).toEqual([])
  return world
}

describe('keeper', () => {
  it('starts auctions as long as that pays by its own measure', () => {
    const started = count(day({}), 'seize')
    expect(started).toBeGreaterThan(0)
    // nothing is paid for it here: who wants a profit does not poke
    expect(count(day({ min_profit_usd: 1 }), 'seize')).toBe(0)
    // gas of 0.4 · 5,000 is more than the 1,000 that somebody else bears
    expect(count(day({}, [], 5_000), 'seize')).toBe(0)
  })

  it('pays no more for gas than its limit', () => {
    expect(count(day({ gas_max_usd: 2 }, [], 3), 'seize')).toBe(0)
  })

  it('is outrun by gas: what it sent at the old price hangs until gas falls', () => {
    const spike: FaultSpec[] = [{ kind: 'gas', target: '', from_ms: 0, to_ms: 1e10, value: 100 }]
    const inclusion = { gas_bid_usd: 5, escalates: false, drop_ms: 1e10 }
    expect(count(day({ inclusion }, spike), 'seize')).toBe(0)
    expect(count(day({ inclusion }), 'seize')).toBeGreaterThan(0)
  })

  it('works for the venues it names', () => {
    expect(count(day({ venues: ['flip'] }), 'seize')).toBeGreaterThan(0)
    expect(() => day({ venues: ['nope'] })).toThrow(/venues\[0\]/)
  })
})
