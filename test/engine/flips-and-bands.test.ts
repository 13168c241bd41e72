/** Maker of 2020 and LLAMMA in whole runs: pieces are put up, bands are arbitraged, loans liquidated, and every law holds after every bundle. */
import { describe, expect, it } from 'vitest'
import { infection_list, venue_figures } from '../../src/analytics/index.ts'
import { run } from '../../src/engine/index.ts'
import type { Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { crash, small_market } from '../support/reference-market.ts'

const LOANS = 200
/** An index in (0, 1) spread evenly, without chance. */
const spread = (i: number): number => ((i * 0.618_033_988_75) % 1) * 0.998 + 0.001
const index = { kind: 'index-price', id: 'ETH-INDEX', path: [{ market: 'ETH-USD' }] }

/** Debts of 2,000 to 400,000 at collateral ratios from `low` to `low` + 1. */
function book(low: number) {
  const debt = Float64Array.from({ length: LOANS }, (_, i) => 2000 + 398_000 * spread(i) * spread(7 * i + 3))
  const collateral = debt.map((owed, i) => (owed * (low + spread(3 * i + 1))) / 3706.19)
  return { collateral, debt, owner: new Int32Array(LOANS).fill(-1) }
}

function snapshot(): Snapshot {
  const base = small_market(300)
  const ilk = { id: 'ETH-A', asset: 'ETH', liquidation_ratio: 1.5, stability_fee: 0.08, oracle: index }
  return {
    ...base,
    venues: [
      ...base.venues,
      {
        ...{ kind: 'maker-2020', id: 'flip', dai: 'USDC', ilks: [ilk] },
        accounts: { ...book(1.55), ilk: new Int32Array(LOANS) },
      },
      {
        ...{ kind: 'llamma', id: 'bands', collateral: 'ETH', stable: 'USDC', oracle: index },
        accounts: { ...book(1.2), bands: new Int32Array(LOANS).fill(10) },
      },
    ],
  } as unknown as Snapshot
}

describe('auctions that nobody bids in, and bands, in a crash of 30 %', () => {
  it('press on the market where somebody trades, and keep every law', () => {
    const world = build(snapshot(), crash(2))
    const result = run(world, { debug: true })
    expect(result.laws.broken).toEqual([])
    const figures = venue_figures(world.parts.log, world.view())
    const ids = world.parts.venues.map(({ id }) => id)
    const at = (id: string) => figures[ids.indexOf(id)]
    const { log } = world.parts
    const rows = (venue: string, kind: string) => {
      let count = 0
      for (let row = 0; row < log.length; row++)
        if (log.columns.venue.data[row] === ids.indexOf(venue) && log.kind(row) === kind) count++
      return count
    }
    // Starts without reward are done by keepers without name; nobody bids, so nothing is sold.
    expect(rows('flip', 'seize')).toBeGreaterThan(50)
    expect(rows('flip', 'take')).toBe(0)
    // Liquidators that take auctions buy out of the bands and sell on the market.
    expect(rows('bands', 'take')).toBeGreaterThan(20)
    expect(at('bands')?.forced_sales_usd).toBeGreaterThan(50_000)
    const column = infection_list(log, world.view()).filter((item) => item.to === 'bands')
    const sum = column.reduce((total, item) => total + item.usd, 0)
    expect(Math.abs(sum / (at('bands')?.forced_sales_usd as number) - 1)).toBeLessThan(1e-9)
    const first = result.log_hash
    world.reset()
    expect(run(world).log_hash).toBe(first)
  })
})
