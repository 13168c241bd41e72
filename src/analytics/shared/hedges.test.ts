import { describe, expect, it } from 'vitest'
import { PerpWorld, type Row } from '../../../test/support/perp-world.ts'
import { exposures_of } from '../../engine/exposures.ts'
import { type ExposuresView, Log, type Row as LogRow, Store, type WorldView } from '../../model/index.ts'
import { exchange_kind, exchange_schema, rules } from '../../venues/shared/exchange/index.ts'
import { adl, adl_fills, adl_waves } from '../adl.ts'
import { broken_hedges } from './hedges.ts'

const [USD, COIN] = [0, 1]
const [PERP, OTHER, LEND] = [0, 1, 2]
const [OWNER, STRANGER] = [1, 2]
/** Owner: short 10 at venue 0 in account 7, 6 coins in the treasury. */
const OPENING: ExposuresView = {
  owner: (venue, account) => (account === 7 ? OWNER : venue === OTHER && account === 3 ? OWNER : -1),
  total: (actor, asset) => (actor === OWNER && asset === COIN ? 6 - 10 : 0),
  held: (venue, account, asset) => (venue === PERP && account === 7 && asset === COIN ? -10 : 0),
}
const WORLD = {
  markets: [{ id: 'COIN-USD', kind: 'order-book', base: COIN, quote: USD }],
  exposures: OPENING,
} as unknown as WorldView

function log_of(rows: readonly LogRow[]): Log {
  const log = new Log(new Store(), { time_ms: 0 })
  for (const row of rows) log.add({ asset: COIN, ...row })
  return log
}
const closed = (amount: number): LogRow => ({
  kind: 'deleverage',
  venue: PERP,
  account: 7,
  amount,
  price: 100,
  usd: 100 * amount,
})
const units = (rows: readonly LogRow[]) => [...(broken_hedges(log_of(rows), WORLD)?.values() ?? [])].map((one) => one.units)

describe('a short of 10 against 6 coins', () => {
  it('is no hedge in its first 4 units; of the 5 after 3, 4 were', () => {
    expect(units([closed(3), closed(5), closed(2)])).toEqual([0, 4, 2])
  })

  it('follows what is bought, sold, seized and taken over elsewhere before', () => {
    const sale: LogRow = { kind: 'fill', market: 0, account: -1, actor: OWNER, amount: -6, price: 100 }
    expect(units([sale, closed(8)])).toEqual([0])
    const long: LogRow = { kind: 'fill', venue: OTHER, account: 3, actor: OWNER, market: 0, amount: 4, price: 100 }
    expect(units([long, closed(8)])).toEqual([8])
    expect(units([long, { kind: 'takeover', venue: OTHER, account: 3, amount: 4 }, closed(8)])).toEqual([4])
    expect(units([{ kind: 'liquidate', venue: LEND, account: 7, amount: 5 }, closed(10)])).toEqual([1])
    expect(units([{ ...sale, actor: STRANGER }, closed(10)])).toEqual([6])
  })

  it('is nothing where nobody is known, and no count where nothing is', () => {
    expect(units([{ ...closed(3), account: 8 }])).toEqual([])
    expect(broken_hedges(log_of([closed(3)]), { ...WORLD, exposures: undefined })).toBeUndefined()
    const fills = [{ time_ms: 0, venue: PERP, account: 7, asset: COIN, quantity: -3, size: 3, price_usd: 100, mark_usd: 100 }]
    const options = { gap_ms: 5000, horizon_ms: 0, price: () => Number.NaN }
    expect(adl_waves(fills, options)[0]).toMatchObject({ hedges_broken: null, hedges_broken_usd: null })
    expect(adl_waves(fills, { ...options, other: () => 2 })[0]).toMatchObject({ hedges_broken: 1, hedges_broken_usd: 200 })
  })
})

describe('a run', () => {
  it('says in its table of waves whose hedges went, in accounts and USD', () => {
    const schema = exchange_schema('test-exchange')
    const made = rules.parse({ stages: [{ close: { to: ['winners'] } }], adl: { price: 'mark', allocate: 'contracts' } })
    const kind = exchange_kind({ id: 'test-exchange', title: 'test', source: 'tests', schema, rules: () => made }) as never
    // a long of 10 goes under; shorts of 6 of an actor with a million coins in hand, of 12 and 2 of nobody
    const rows: Row[] = [{ isolated: true, wallet: 20_000, held: [[0, 10, 100_000]] }]
    for (const [q, owner] of [
      [6, 0],
      [12, -1],
      [2, -1],
    ] as const)
      rows.push({ owner, wallet: 200_000, held: [[0, -q, 101_000]] })
    const w = new PerpWorld(rows, { kind, contract: { tiers: [{ floor: 0, rate: 0.0125 }], liquidation_fee: 0, taker_fee: 0 } })
    w.world.exposures = exposures_of(w.world)
    w.price(0, 97_000)
    w.tick(60_000)
    w.settle()
    expect(w.broken()).toEqual([])
    w.world.sample()
    const view = w.world.view()
    const own = adl_fills(w.world.parts.log, view).find(({ account }) => account === 1)
    // pro rata to contracts: 3 of the 10
    expect(own?.size).toBeCloseTo(3, 12)
    expect(own?.hedge?.units).toBeCloseTo(3, 12)
    const table = adl.measure(w.world.parts.log, view)
    const cell = (name: string) => table.rows[0]?.[table.columns.findIndex((column) => column.name === name)]
    expect(cell('hedges_broken')).toBe(1)
    expect(cell('hedges_broken_usd')).toBeCloseTo(3 * 97_000, 6)
  })
})
