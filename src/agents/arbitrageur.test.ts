import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type MarketSetup, Pool } from '../../test/support/agent-world.ts'
import { arbitrageur, marginal } from './arbitrageur.ts'

const link = { links: [{ a: 'A', b: 'B' }] }
const exact = { ...link, capital_usd: 1e7, band: 0.001, min_profit_usd: 1 }

/** The same asset at two places; 2000 and 2200 unless told otherwise. */
function pools(a: Pool | Flat = new Pool(1000, 2_000_000), b: Pool | Flat = new Pool(1000, 2_200_000), settles?: number) {
  const market = (id: string, quote: string, book: Pool | Flat): MarketSetup => ({ id, base: 'ETH', quote, book })
  const second = market('B', 'USDC', b)
  const w = new AgentWorld({ USD: 1, USDC: 1, ETH: 2000 }, [
    market('A', 'USD', a),
    settles === undefined ? second : { ...second, settles },
  ])
  for (const actor of [1, 2]) {
    w.give(actor, 'USD', 1e7)
    w.give(actor, 'USDC', 1e7)
  }
  return w
}

describe('arbitrageur: the gap', () => {
  it('is closed to within the costs: the last unit earns the band', () => {
    const w = pools()
    const agent = w.open(arbitrageur, exact)
    const [buy, sell] = w.act(agent)
    // (1000 − n) ÷ (1000 + n) = √(1.001 · 2000 ÷ 2200) = 0.9539392: n = 1000 · 0.0460608 ÷ 1.9539392 = 23.57330
    const r = Math.sqrt((1.001 * 2000) / 2200)
    expect(buy?.amount).toBeCloseTo((1000 * (1 - r)) / (1 + r), 1)
    expect(buy).toMatchObject({ kind: 'order', market: 0, side: 1, exact: 'base', actor: 1, carries: 1, sold: 'free' })
    expect(sell).toMatchObject({ kind: 'order', market: 1, side: -1, exact: 'base', actor: 1, carries: 0, of: 0 })
    expect(w.out.bundles).toBe(1)
    expect(w.out.priorities).toEqual([40])
    w.trade()
    expect(w.view.mid(1) / w.view.mid(0) - 1).toBeCloseTo(0.001, 4)
    expect(w.has(1, 'ETH')).toBeCloseTo(0, 6)
    expect(w.has(1, 'USD') + w.has(1, 'USDC')).toBeGreaterThan(2e7)
    expect(w.act(agent)).toEqual([])
  })

  it('is closed from either side', () => {
    const w = pools(new Pool(1000, 2_200_000), new Pool(1000, 2_000_000))
    expect(w.act(w.open(arbitrageur, exact)).map(({ market, side }) => [market, side])).toEqual([
      [1, 1],
      [0, -1],
    ])
  })

  it('stays when fees or the band cost more than it gives', () => {
    // 0.5 % of gap, two fees of 0.3 %.
    const w = pools(new Pool(1000, 2_000_000, 0.003), new Pool(1000, 2_010_000, 0.003))
    expect(w.act(w.open(arbitrageur, exact))).toEqual([])
    const free = pools(new Pool(1000, 2_000_000), new Pool(1000, 2_010_000))
    expect(free.act(free.open(arbitrageur, { ...exact, band: 0.006 }, [1], 'a'))).toEqual([])
    expect(free.act(free.open(arbitrageur, { ...exact, band: 0.004, min_profit_usd: 0.2 }, [1], 'b'))).toHaveLength(2)
    // Of the gap of 10 the band takes 8; each ETH moves the two prices by 8 in all: 0.25 ETH at half of 2 is 0.25 USD. With the
    // usual band it is (10 − 2) ÷ 8 = 1 ETH at half of 8: 4 USD.
    expect(free.act(free.open(arbitrageur, { ...exact, min_profit_usd: 4.1 }, [1], 'c'))).toEqual([])
    expect(free.act(free.open(arbitrageur, { ...exact, min_profit_usd: 3.9 }, [1], 'd'))).toHaveLength(2)
  })

  it('is not overshot by two who see it in the same round', () => {
    const w = pools()
    const agents = [w.open(arbitrageur, exact, [1], 'one'), w.open(arbitrageur, exact, [2], 'two')]
    for (const agent of agents) agent.act(w.offers, w.view, w.rng, w.out)
    expect(w.out.bundles).toBe(2)
    w.trade()
    // The second meets the price at which the first stopped, and its limits keep it there.
    expect(w.view.mid(1) / w.view.mid(0) - 1).toBeCloseTo(0.001, 4)
    // A marginal price is measured over 1e-4 of the amount, here 0.0024 ETH: 5 USD.
    expect(Math.abs(w.has(2, 'USD') - 1e7)).toBeLessThan(5)
  })

  it('is measured at the margin', () => {
    const w = pools(new Pool(1000, 2_000_000), new Flat(2000, 0.001, 5))
    // A constant product pays y·x ÷ (x + n)² for the next unit: 2e9 ÷ 1010² = 1960.592
    expect(marginal(w.view, 0, -1, 10)).toBeCloseTo(2e9 / 1010 ** 2, 0)
    expect(marginal(w.view, 0, 1, 10)).toBeCloseTo(2e9 / 990 ** 2, 0)
    expect(marginal(w.view, 1, 1, 4)).toBeCloseTo(2002, 6)
    expect(marginal(w.view, 1, 1, 6)).toBe(Number.POSITIVE_INFINITY)
    expect(marginal(w.view, 1, -1, 6)).toBe(0)
  })
})

describe('arbitrageur: limits', () => {
  it('its capital is for one tick, over all rounds and links', () => {
    const w = pools(new Flat(2000), new Flat(2200))
    const agent = w.open(arbitrageur, { ...exact, capital_usd: 30_000, links: [link.links[0], link.links[0]] })
    expect(w.act(agent).map(({ side, amount }) => [side, amount])).toEqual([
      [1, expect.closeTo(15, 6)],
      [-1, 0],
    ])
    expect(w.act(agent)).toEqual([])
    w.time_ms += 60_000
    expect(w.act(agent)[0]?.amount).toBeCloseTo(15, 6)
  })

  it('slippage counts against the capital', () => {
    const w = pools()
    w.act(w.open(arbitrageur, { ...exact, capital_usd: 20_000 }))
    w.trade()
    const spent = 1e7 - w.has(1, 'USD')
    expect(spent).toBeLessThanOrEqual(20_000)
    // The first ten units cost 20202, so it buys a little less.
    expect(spent).toBeGreaterThan(19_900)
  })

  it('pays out of its treasury', () => {
    const w = pools(new Flat(2000), new Flat(2200))
    w.give(1, 'USD', 4000 - 1e7)
    expect(w.act(w.open(arbitrageur, exact))[0]?.amount).toBeCloseTo(2, 9)
    w.give(1, 'USD', -4000)
    w.time_ms += 60_000
    expect(w.act(w.open(arbitrageur, exact, [1], 'b'))).toEqual([])
  })

  it('stops after so many rounds of a tick where trading closes no gap', () => {
    const w = pools(new Flat(2000, 0, 1), new Flat(2200, 0, 1))
    const agent = w.open(arbitrageur, { ...exact, rounds_max: 3 })
    const rounds = [1, 2, 3, 4, 5].map(() => w.act(agent).length)
    expect(rounds).toEqual([2, 2, 2, 0, 0])
  })

  it('stands still where transfers, or one of the markets, are halted; on one chain transfers do not matter', () => {
    const w = pools()
    const agent = w.open(arbitrageur, exact)
    const atomic = w.open(arbitrageur, { ...exact, links: [{ a: 'A', b: 'B', atomic: true }] }, [1], 'atomic')
    w.halted.add('transfer')
    expect(w.act(agent)).toEqual([])
    expect(w.act(atomic)).toHaveLength(2)
    w.halted.add('market:B')
    expect(w.act(atomic)).toEqual([])
  })
})

describe('arbitrageur: a contract against spot', () => {
  /** Spot A, contract B settled at venue 3, account row 8. */
  function carry(spot: Flat, contract: Flat) {
    const w = pools(spot, contract, 3)
    w.own(1, 3, 8, [[1, 'CASH', 1e6, 1, 1]])
    return w
  }
  const trades = (list: ReturnType<AgentWorld['act']>) => list.filter(({ kind }) => kind === 'order')

  it('sells the rich contract on its account and buys spot with its treasury, transfers halted or not', () => {
    const w = carry(new Flat(2000, 0, 40), new Flat(2100, 0, 50))
    w.halted.add('transfer')
    const [buy, sell] = trades(w.act(w.open(arbitrageur, exact)))
    // The spot market has 40 to give.
    expect(buy).toMatchObject({ market: 0, actor: 1, account: -1, side: 1, carries: 1 })
    expect(buy?.amount).toBeCloseTo(40, 2)
    expect(sell).toMatchObject({ market: 1, actor: 1, account: 8, side: -1, carries: 0, of: 0 })
  })

  it('sells rich spot out of its inventory and buys the contract', () => {
    const w = carry(new Flat(2100), new Flat(2000))
    const agent = w.open(arbitrageur, exact)
    expect(trades(w.act(agent))).toEqual([])
    w.give(1, 'ETH', 7)
    const [buy, sell] = trades(w.act(agent))
    expect(buy).toMatchObject({ market: 1, account: 8, side: 1, carries: 0 })
    expect(buy?.amount).toBeCloseTo(7, 9)
    expect(sell).toMatchObject({ market: 0, account: -1, side: -1, of: 0 })
  })

  it('keeps to its largest position, as it last looked it up', () => {
    const w = carry(new Flat(2000), new Flat(2100))
    const agent = w.open(arbitrageur, { ...exact, position_usd: 100_000 })
    expect(w.act(agent).map(({ kind }) => kind)).toEqual(['wait', 'order', 'order'])
    expect(w.out.list[0]).toMatchObject({ actor: 1, venue: 3, account: 8, delay_ms: 60_000 })
    expect(w.out.list[1]?.amount).toBeCloseTo(50, 6)
    const events = w.waits()
    // Until it looks again it counts its own orders.
    expect(w.act(agent)).toEqual([])
    // It was filled 20 of 50: room for 30 more.
    w.accounts.set('3/8', [
      [1, 'CASH', 1e6, 1, 1],
      [-1, 'ETH', 20, 1.005, 2100, 'B'],
    ])
    expect(w.due(agent, events)).toMatchObject([{ kind: 'wait', account: 8, plan: events.list[0]?.plan }])
    expect(trades(w.act(agent))[0]?.amount).toBeCloseTo(30, 6)
  })
})

describe('arbitrageur: spec', () => {
  it('refuses what makes no sense, by name', () => {
    const w = pools()
    expect(() => w.open(arbitrageur, { ...exact, links: [{ a: 'A', b: 'A' }] })).toThrow(/links\[0\].b .* another market/)
    expect(() => w.open(arbitrageur, { ...exact, links: [{ a: 'A', b: 'X' }] })).toThrow(/links\[0\].b is X/)
    expect(() => w.open(arbitrageur, { ...exact, links: [] })).toThrow(/links/)
    const contract = pools(new Flat(1), new Flat(1), 3)
    expect(() => contract.open(arbitrageur, exact)).toThrow(/links\[0\].*account/)
    const other = new AgentWorld({ USD: 1, ETH: 2000, BTC: 50_000 }, [
      { id: 'A', base: 'ETH', quote: 'USD', book: new Flat(2000) },
      { id: 'B', base: 'BTC', quote: 'USD', book: new Flat(2000) },
    ])
    expect(() => other.open(arbitrageur, exact)).toThrow(/base asset of A/)
  })
})
