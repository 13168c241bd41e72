/** Each forced sale has its chain of causes: walked back here row by row, beside the law `causes`, which every run checks. */
import { describe, expect, it } from 'vitest'
import { run, type World } from '../../src/engine/index.ts'
import { MECHANISMS } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { everyone } from '../support/everyone.ts'
import { crash, small_market } from '../support/reference-market.ts'

interface Event {
  readonly row: number
  readonly kind: string
  readonly cause: number
  /** Shares by source: 0 exogenous, v + 1 venue v; and the part of them that is interest. */
  readonly shares: ReadonlyMap<number, number>
  readonly interest: number
}

/** Rows that blame somebody: the first of each share set, fills apart. */
function events_of({ parts: { log } }: World): Event[] {
  const seen = new Set<number>()
  const out: Event[] = []
  for (let row = 0; row < log.length; row++) {
    const set = log.columns.shares.data[row] as number
    if (set < 0 || seen.has(set) || log.kind(row) === 'fill') continue
    seen.add(set)
    const shares = new Map<number, number>()
    let interest = 0
    const [first, last] = log.share_range(set)
    for (let i = first; i < last; i++) {
      const { source, share, mechanism } = log.share_columns
      const from = source.data[i] as number
      shares.set(from, (shares.get(from) ?? 0) + (share.data[i] as number))
      if (['rate', 'collateral'].includes(MECHANISMS[mechanism.data[i] as number] as string)) interest += share.data[i] as number
    }
    out.push({ row, kind: log.kind(row), cause: log.columns.cause.data[row] as number, shares, interest })
  }
  return out
}

/** Kinds of the rows from a sale to its first cause. */
function chain({ parts: { log } }: World, sale: number): number[] {
  const rows = [sale]
  for (let row = log.columns.cause.data[sale] as number; row >= 0; row = log.columns.cause.data[row] as number) {
    expect(row).toBeLessThan(rows[rows.length - 1] as number)
    rows.push(row)
  }
  return rows
}

const sales = ({ parts: { log } }: World): number[] =>
  Array.from({ length: log.length }, (_, row) => row).filter(
    (row) => log.kind(row) === 'fill' && (log.columns.victim.data[row] as number) >= 0,
  )

describe('chains of causes', () => {
  const world = build(small_market(10_000), crash(1))
  run(world)
  const { log } = world.parts
  const { victim, venue, cause } = log.columns
  const events = events_of(world)
  /** Venue that most of an event is blamed on, where more than half is; undefined none. */
  const blamed = ({ shares }: Event) => [...shares].find(([source, share]) => source > 0 && share > 0.5)?.[0]

  it('of what is mostly a venue’s: the event was caused by an order on that venue’s behalf', () => {
    const by_venue = events.filter((event) => blamed(event) !== undefined && event.interest < 0.1)
    expect(by_venue.filter(({ kind }) => kind === 'liquidate').length).toBeGreaterThan(10)
    expect(by_venue.length).toBeGreaterThan(100)
    for (const event of by_venue) {
      expect(event.cause).toBeGreaterThanOrEqual(0)
      expect(log.kind(event.cause)).toBe('fill')
      const sold_for = victim.data[event.cause] as number
      // An order that nobody forced moves for a venue only where it hands on what was seized there.
      const of = sold_for >= 0 ? sold_for : (venue.data[cause.data[event.cause] as number] as number)
      expect(of).toBe((blamed(event) as number) - 1)
    }
  })

  it('of what is mostly exogenous: the event was caused by a shock', () => {
    const outside = events.filter(({ shares, interest }) => (shares.get(0) ?? 0) > 0.5 && interest < 0.1)
    expect(outside.length).toBeGreaterThan(100)
    expect(new Set(outside.map((event) => log.kind(event.cause)))).toEqual(new Set(['shock']))
  })

  it('lead from every sale to a shock, and some over several venues', () => {
    const all = sales(world).map((sale) => chain(world, sale))
    expect(all.length).toBeGreaterThan(500)
    expect(new Set(all.map((rows) => log.kind(rows[rows.length - 1] as number)))).toEqual(new Set(['shock']))
    const venues = (rows: readonly number[]) => new Set(rows.map((row) => victim.data[row] as number).filter((v) => v >= 0)).size
    expect(all.filter((rows) => venues(rows) > 1).length).toBeGreaterThan(0)
  })

  it.each([4, 6, 7])(
    'in random world %i, with everybody in it: to what comes from outside, or to an event that interest alone brought about',
    (seed) => {
      const { snapshot, scenario } = everyone(seed)
      const random = build(snapshot, scenario)
      run(random)
      const by_row = new Map(events_of(random).map((event) => [event.row, event]))
      const rows = random.parts.log
      for (const sale of sales(random)) {
        const walked = chain(random, sale)
        expect(walked.length).toBeGreaterThan(1)
        const first = walked[walked.length - 1] as number
        if (['shock', 'fault', 'fill'].includes(rows.kind(first))) continue
        const { interest, shares } = by_row.get(first) as Event
        expect(interest).toBeGreaterThanOrEqual(Math.max(...shares.values()) - 1e-9)
      }
    },
  )
})
