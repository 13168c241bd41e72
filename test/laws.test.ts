/** Every law can fail: a world is broken on purpose in one place, and the law that guards it says so. */
import { describe, expect, it } from 'vitest'
import { build_world, run, type World } from '../src/engine/index.ts'
import { type Column, Quote, type Table } from '../src/model/index.ts'
import { build } from '../src/scenarios/index.ts'
import { broken_laws, holdings, LAWS } from './laws.ts'
import { crash, small_market } from './support/reference-market.ts'
import { toy_scenario, toy_snapshot, TOYS } from './support/toy.ts'

/** Names of the laws that do not hold. */
const broken = (world: World, start: Float64Array) => [
  ...new Set(broken_laws(world, start).map((line) => line.slice(0, line.indexOf(':')))),
]

function column(world: World, name: string): Column {
  for (const table of (world.parts.store as unknown as { tables: Table[] }).tables)
    for (const one of Object.values(table.columns) as Column[]) if (one.name === name) return one
  throw new Error(`no column ${name}`)
}

describe('the laws', () => {
  const world = build(small_market(1_000), crash(1))
  const start = holdings(world)
  run(world)

  it('hold after a run', () => {
    expect(broken(world, start)).toEqual([])
    expect(LAWS.map((law) => law.id)).toEqual(['conservation', 'components', 'vectors', 'shares', 'causes', 'bad debt'])
  })

  /** Changes one number, looks, and puts it back. */
  const with_change = (name: string, row: number, change: (value: number) => number): string[] => {
    const one = column(world, name)
    const before = one.data[row] as number
    one.data[row] = change(before)
    const found = broken(world, start)
    one.data[row] = before
    expect(broken(world, start)).toEqual([])
    return found
  }

  it('conservation notices a token in a treasury that nobody gave', () => {
    expect(with_change('ledger.entries.amount', 0, (x) => x * 1.01 + 1e6)).toContain('conservation')
  })

  it('conservation notices cash that left a pool', () => {
    const cash = column(world, 'aave.reserves.cash')
    const row = cash.data.findIndex((units) => units > 1e6)
    expect(with_change('aave.reserves.cash', row, (x) => x - 1_000)).toContain('conservation')
  })

  it('conservation allows for the rounding of what flowed through a small balance, and for no more', () => {
    const toy = build_world(toy_snapshot([{ venue: 'x', units: 0.1, threshold: 1 }], 0.01), toy_scenario(-0.1), TOYS)
    const opening = holdings(toy)
    const { ledger } = toy
    for (let i = 0; i < 1_000; i++) {
      const units = 1e9 / (3 + i)
      ledger.debit(0, 1, units)
      ledger.credit(1, 1, units)
      ledger.debit(1, 1, units)
      ledger.credit(0, 1, units)
      expect(ledger.postings.settle()).toBe(-1)
    }
    const miss = Math.abs((holdings(toy)[1] as number) - 0.1)
    // More than 1e-9 of the 0.1 that is there, and much less than a part in 10¹⁵ of the 1.2e10 units that went in and out.
    expect(miss).toBeGreaterThan(1e-9)
    expect(miss).toBeLessThan(1e-6)
    expect(broken(toy, opening)).toEqual([])
    opening[1] = (opening[1] as number) + 1e-3
    expect(broken(toy, opening)).toEqual(['conservation'])
  })

  it('components notice a contract position without its other side', () => {
    const quantity = column(world, 'binance.positions.quantity')
    const row = quantity.data.findIndex((units) => units !== 0)
    expect(with_change('binance.positions.quantity', row, (x) => x * 1.01)).toContain('components')
  })

  it('vectors notice a price without its causes', () => {
    const quote = new Quote(world.parts.feeds.sources)
    world.feeds.read(0, quote)
    quote.price *= 1.000001
    const before = new Quote(world.parts.feeds.sources)
    world.feeds.read(0, before)
    world.feeds.write(0, quote)
    expect(broken(world, start)).toContain('vectors')
    world.feeds.write(0, before)
  })

  it('shares notice a set that does not sum to one', () => {
    expect(with_change('log.shares.share', 0, (x) => x - 1e-6)).toContain('shares')
    expect(with_change('log.shares.pivotal', 0, (x) => x + 1e-6)).toContain('shares')
  })

  it('causes notice a forced sale without one, an effect before its cause, and a cause that is not of who is blamed', () => {
    const { log } = world.parts
    const row_where = (fits: (row: number) => boolean): number => {
      for (let row = 0; row < log.length; row++) if (fits(row)) return row
      throw new Error('no such row')
    }
    const { victim, cause, shares } = log.columns
    const sale = row_where((row) => log.kind(row) === 'fill' && (victim.data[row] as number) >= 0)
    expect(with_change('log.rows.cause', sale, () => -1)).toContain('causes')
    expect(with_change('log.rows.cause', sale, () => sale)).toContain('causes')
    // An event with one source: by a venue's sale, then by the shock that caused that sale instead; and the reverse.
    const only = (row: number) => {
      const [first, last] = log.share_range(shares.data[row] as number)
      const sources = new Set(log.share_columns.source.data.slice(first, last))
      return log.kind(row) !== 'fill' && sources.size === 1 ? ([...sources][0] as number) : -1
    }
    const exogenous = row_where((row) => only(row) === 0 && log.kind(cause.data[row] as number) === 'shock')
    const sold_before = row_where((row) => log.kind(row) === 'fill' && (victim.data[row] as number) >= 0)
    const later = row_where((row) => row > sold_before && only(row) === 0)
    expect(with_change('log.rows.cause', exogenous, () => -1)).toContain('causes')
    expect(with_change('log.rows.cause', later, () => sold_before)).toContain('causes')
  })

  it('bad debt notices a negative amount, and any row a value that is no number', () => {
    const { log } = world.parts
    let row = 0
    while (row < log.length && log.kind(row) !== 'bad_debt') row++
    expect(row).toBeLessThan(log.length)
    expect(with_change('log.rows.usd', row, (x) => -x - 1)).toContain('bad debt')
    expect(with_change('log.rows.amount', 0, () => Number.NaN)).toContain('bad debt')
  })
})
