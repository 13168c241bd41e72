/** Venues that share no market, oracle or owner run together exactly as they run alone. */
import { describe, expect, it } from 'vitest'
import { run, type World } from '../../src/engine/index.ts'
import type { Column, KindSpec, Log, Snapshot, Table } from '../../src/model/index.ts'
import { build, parse_shock, shock_scenario, without } from '../../src/scenarios/index.ts'
import { prefixed, prefixed_scenario, side_by_side } from '../support/merge.ts'
import { small_market } from '../support/reference-market.ts'

/** Where one half of a merged world begins. */
interface Offsets {
  readonly venue: number
  readonly market: number
  readonly asset: number
  readonly actor: number
}

const relative = (value: number, offset: number) => (value < 0 ? -1 : value - offset)

/** The rows of one half: foreign rows dropped, row numbers and indices counted within the half. */
function rows_of(log: Log, venues: readonly [number, number], assets: readonly [number, number], offsets: Offsets): unknown[] {
  const c = log.columns
  const inside = (value: number, [first, last]: readonly [number, number]) => value >= first && value < last
  const numbers = new Map<number, number>()
  const out: unknown[] = []
  for (let row = 0; row < log.length; row++) {
    const venue = c.venue.data[row] as number
    const asset = c.asset.data[row] as number
    if (!(venue >= 0 ? inside(venue, venues) : inside(asset, assets))) continue
    numbers.set(row, out.length)
    const [first, last] = log.share_range(c.shares.data[row] as number)
    const shares = []
    for (let i = first; i < last; i++) {
      const { source, mechanism, share, pivotal } = log.share_columns
      const from = source.data[i] as number
      shares.push([from === 0 ? 0 : from - offsets.venue, mechanism.data[i], share.data[i], pivotal.data[i]])
    }
    const cause = c.cause.data[row] as number
    out.push([
      c.time_ms.data[row],
      log.kind(row),
      relative(venue, offsets.venue),
      c.account.data[row],
      relative(c.actor.data[row] as number, (c.actor.data[row] as number) === 0 ? 0 : offsets.actor),
      relative(c.market.data[row] as number, offsets.market),
      relative(asset, offsets.asset),
      c.amount.data[row],
      c.price.data[row],
      c.usd.data[row],
      c.extra.data[row],
      c.sold.data[row],
      relative(c.victim.data[row] as number, offsets.venue),
      cause < 0 ? -1 : (numbers.get(cause) ?? 'foreign'),
      shares,
    ])
  }
  return out
}

/** Columns that hold numbers of log rows or actors, which are counted over the whole world; and vectors, as wide as there are venues. */
const NUMBERED = /\.(row|debt_row|cause|shares|seize|owner)$/
const VECTORS = /\.parts$/

/** Final state of a component, column by column. */
function state_of(world: World, id: string): Record<string, unknown> {
  const tables = (world.parts.store as unknown as { tables: Table[] }).tables
  const out: Record<string, unknown> = {}
  for (const table of tables) {
    if (!table.name.startsWith(`${id}.`) || VECTORS.test(table.name)) continue
    for (const column of Object.values(table.columns) as Column[])
      if (!NUMBERED.test(column.name)) out[column.name] = column.data.slice(0, table.length)
  }
  return out
}

describe('decoupled venues', () => {
  const whole = small_market(1_500)
  // Named shocks: correlated ones would move the other half's assets too.
  const shocks = ['ETH', 'wstETH', 'weETH', 'BTC', 'SOL', 'LINK'].map((asset) => ({ ...parse_shock(`${asset}=-30%@1h`) }))
  const scenario = shock_scenario(shocks, { horizon_ms: 3 * 3_600_000 })
  const half = (names: readonly string[], prefix: string): Snapshot => prefixed(without(whole, names), prefix)
  const lenders = half(['venue:binance'], 'a/')
  // A liquidator sees every offer: one of its own in the exchange's half would be a shared actor.
  const exchange = half(['venue:aave', 'venue:maker', 'agent:liquidator'], 'b/')
  const drivers: KindSpec[] = [
    ...prefixed_scenario(scenario, whole, 'a/').drivers,
    ...prefixed_scenario(scenario, whole, 'b/').drivers.map((driver) => ({ ...driver, id: 'b/shock' })),
  ]
  const shocked = (only: 'a' | 'b') => ({
    ...scenario,
    drivers: drivers.filter((driver) => (driver.shocks as { asset: string }[])[0]?.asset.startsWith(`${only}/`)),
  })

  const together = build(side_by_side(lenders, exchange), { ...scenario, drivers })
  const result = run(together)
  const alone = [build(lenders, shocked('a')), build(exchange, shocked('b'))] as const
  for (const world of alone) run(world)

  it('is a run in which both halves are hit', () => {
    expect(result.status).toBe('done')
    expect(result.laws.broken).toEqual([])
    for (const world of alone) expect(world.parts.log.length).toBeGreaterThan(100)
  })

  it.each([
    ['lenders', 0],
    ['exchange', 1],
  ] as const)('logs for the %s what a separate run logs, bit for bit', (_name, which) => {
    const offsets =
      which === 0
        ? { venue: 0, market: 0, asset: 0, actor: 0 }
        : {
            venue: lenders.venues.length,
            market: lenders.markets.length,
            asset: lenders.assets.length,
            actor: lenders.actors.count,
          }
    const mine = which === 0 ? lenders : exchange
    const got = rows_of(
      together.parts.log,
      [offsets.venue, offsets.venue + mine.venues.length],
      [offsets.asset, offsets.asset + mine.assets.length],
      offsets,
    )
    const world = alone[which]
    const expected = rows_of(world.parts.log, [0, mine.venues.length], [0, mine.assets.length], {
      venue: 0,
      market: 0,
      asset: 0,
      actor: 0,
    })
    expect(got.length).toBe(expected.length)
    expect(got).toEqual(expected)
    for (const venue of mine.venues) {
      const [one, other] = [state_of(together, venue.id), state_of(world, venue.id)]
      expect(Object.keys(one).length).toBeGreaterThan(5)
      for (const name of Object.keys(other)) expect(one[name], name).toEqual(other[name])
    }
  })

  it('would notice a shared market: with one, the same halves differ', () => {
    const coupled = build(small_market(1_500), scenario)
    run(coupled)
    const apart = build(without(whole, ['venue:binance']), scenario)
    run(apart)
    const rows = (world: World) => rows_of(world.parts.log, [0, 2], [-2, -1], { venue: 0, market: 0, asset: 0, actor: 0 })
    expect(rows(coupled)).not.toEqual(rows(apart))
  })
})
