import { describe, expect, it } from 'vitest'
import { Log, Store } from '../model/index.ts'
import { explain } from './explain.ts'

/** A log by hand: the exchange's sale moves the lender's oracle, whose sale moves the exchange's mark. */
function loop(shares: readonly [number, number] = [1, 1]) {
  const clock = { time_ms: 1_000 }
  const log = new Log(new Store(), clock)
  const caused = (source: number, mechanism: 'price' | 'oracle', share = 1) => {
    const set = log.open_set()
    log.share(source, mechanism, share, 1)
    // The rest by others, none of them as large.
    for (let i = 0; share < 1 && i < 2; i++) log.share(i === 0 ? 0 : 3 - source, mechanism, (1 - share) / 2, 0)
    return set
  }
  const sale = (victim: number, venue: number, cause: number, shares: number, usd: number) =>
    log.add({ kind: 'fill', sold: 'reduced', victim, venue, market: venue < 0 ? 1 : 0, asset: 0, amount: -1, usd, cause, shares })
  const shock = log.add({ kind: 'shock', asset: 0, price: 90 })
  const outside = caused(0, 'price')
  clock.time_ms = 2_000
  const first = sale(0, 0, shock, outside, 100)
  const by_exchange = caused(1, 'oracle', shares[0])
  const liquidate = log.add({ kind: 'liquidate', venue: 1, account: 7, asset: 0, cause: first, shares: by_exchange })
  const second = sale(1, -1, liquidate, by_exchange, 50)
  const by_lender = caused(2, 'price', shares[1])
  const reduce = log.add({ kind: 'reduce', venue: 0, account: 3, asset: 0, cause: second, shares: by_lender })
  const third = sale(0, 0, reduce, by_lender, 20)
  const world = {
    assets: [{ id: 'A' }],
    markets: [{ id: 'perp' }, { id: 'spot' }],
    venues: [{ id: 'exchange' }, { id: 'lender' }],
    actors: [],
    frames: { time_ms: Float64Array.of(500) },
    pinned: false,
  }
  return { log, world, rows: { shock, first, liquidate, second, reduce, third } }
}

describe('why what was sold was sold', () => {
  const { log, world, rows } = loop()
  const { chains, loop: round } = explain(log, world as never)

  it('walks from a sale to the first cause', () => {
    const closed = chains.find((chain) => chain.links[0]?.row === rows.third)
    expect(closed?.links.map((link) => link.row)).toEqual([
      rows.third,
      rows.reduce,
      rows.second,
      rows.liquidate,
      rows.first,
      rows.shock,
    ])
    const [, , , hit] = closed?.links ?? []
    expect(hit).toMatchObject({ kind: 'liquidate', venue: 'lender', account: 7, after_ms: 1_500 })
    expect(hit?.blamed).toEqual([{ from: 'exchange', mechanism: 'oracle', share: 1, share_pivotal: 1 }])
  })

  it('names the largest of each venue and asset, then the longest', () => {
    expect(chains.map(({ why, links }) => [why, links[0]?.usd])).toEqual([
      ['largest', 100],
      ['largest', 50],
      ['longest', 20],
    ])
  })

  it('says which way each came, how much came the same way, and what of all sales that is', () => {
    const { covered } = explain(log, world as never)
    expect(chains.map(({ way, same_way_usd }) => [way, same_way_usd])).toEqual([
      [['exchange'], 100],
      [['exchange', 'lender'], 50],
      [['exchange', 'lender', 'exchange'], 20],
    ])
    expect(covered).toEqual({ heads_usd: 170, ways_usd: 170, total_usd: 170 })
    expect(explain(log, world as never, 1).covered).toEqual({ heads_usd: 120, ways_usd: 120, total_usd: 170 })
  })

  it('multiplies the main shares along a chain, each set of shares once', () => {
    const { log: other, world: same, rows: at } = loop([0.6, 0.5])
    const third = explain(other, same as never).chains.find((chain) => chain.links[0]?.row === at.third)
    // Outside 1 · exchange 0.6 · lender 0.5; sale and event have one set together.
    expect(third?.carried).toBeCloseTo(0.3, 12)
    expect(third?.links.map((link) => link.main_share)).toEqual([0.5, 0.5, 0.6, 0.6, 1, null])
  })

  it('sees the loop exchange → lender → exchange', () => {
    expect(round).toEqual({ perp_to_lending_usd: 50, lending_to_spot_usd: 50, lending_to_perp_usd: 20, closed_usd: 20 })
  })
})
