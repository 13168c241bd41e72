import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type MarketSetup, Pool } from '../../test/support/agent-world.ts'
import type { Offer } from '../model/index.ts'
import { liquidator } from './liquidator.ts'
import { best_amount, domain_of, limits_of } from './shared/amount.ts'

const prices = { USD: 1, ETH: 2000, DAI: 1, BTC: 50_000 }
const eth_usd = (book: Pool | Flat = new Pool(1000, 2_000_000, 0.003)): MarketSetup => ({
  id: 'ETH-USD',
  base: 'ETH',
  quote: 'USD',
  book,
})
const exact = { markets: ['ETH-USD'], flash_fee: 0, min_profit_usd: 0 }

/** 5 % bonus on ETH at 2000: one ETH costs 2000 ÷ 1.05 = 1904.7619 of debt. */
const PRICE = 2000 / 1.05
function offer(w: AgentWorld, more: Partial<Offer> = {}): Offer {
  const base = {
    kind: 'liquidation',
    venue: 0,
    id: 9,
    price: PRICE,
    debt_max: 100_000,
    debt_min: 0,
    collateral_max: 1000,
  } as const
  return { ...base, collateral: w.asset('ETH'), debt: w.asset('USD'), reward: 0, health: 0.9, ...more }
}
const paid = (list: ReturnType<AgentWorld['act']>) => list.filter(({ kind }) => kind === 'liquidate').map(({ amount }) => amount)

describe('liquidator: the amount', () => {
  it('is where one more unit brings what it costs', () => {
    const w = new AgentWorld(prices, [eth_usd()])
    const list = w.act(w.open(liquidator, exact), [offer(w)])
    // y·x·k ÷ (x + k·d)² = 1904.7619, k = 0.997: x + k·d = √(2e9 · 0.997 ÷ 1904.7619) = 1023.1569, d = 23.2265, debt 44241.
    const d = (Math.sqrt((2e9 * 0.997) / PRICE) - 1000) / 0.997
    expect(paid(list)[0]).toBeCloseTo(d * PRICE, -2)
    const profit = (debt: number) => (2e6 * 0.997 * (debt / PRICE)) / (1000 + 0.997 * (debt / PRICE)) - debt
    let best = 0
    for (let q = 10; q <= 100_000; q += 10) best = Math.max(best, profit(q))
    expect(profit(paid(list)[0] as number)).toBeGreaterThan(best * (1 - 1e-6))
  })

  it('is all there is when the market takes it', () => {
    const w = new AgentWorld(prices, [eth_usd()])
    expect(paid(w.act(w.open(liquidator, exact), [offer(w, { debt_max: 30_000 })]))).toEqual([30_000])
  })

  it('comes in one bundle: borrow, seize, sell, give back', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const list = w.act(w.open(liquidator, { ...exact, flash_fee: 0.0005 }), [offer(w, { debt_max: 30_000 })])
    expect(list.map(({ kind }) => kind)).toEqual(['flash', 'liquidate', 'order', 'flash_repay'])
    expect(w.out.bundles).toBe(1)
    expect(w.out.priorities).toEqual([30])
    expect(list[0]).toMatchObject({ actor: 1, asset: w.asset('USD'), amount: 30_000 })
    expect(list[1]).toMatchObject({
      venue: 0,
      account: 9,
      actor: 1,
      asset: w.asset('ETH'),
      asset2: w.asset('USD'),
      amount: 30_000,
    })
    expect(list[2]).toMatchObject({ market: 0, actor: 1, side: -1, exact: 'base', of: 1, sold: 'free', victim: -1, cause: -1 })
    // Below 1904.7619 · 1.0005 a unit brings less than it costs.
    expect(list[2]?.limit).toBeCloseTo(PRICE * 1.0005, 9)
    expect(list[3]).toMatchObject({ actor: 1, asset: w.asset('USD'), amount: 30_000, limit: 0.0005 })
  })

  it('takes none of what leaves nothing after gas, or after the fee of the loan', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const agent = w.open(liquidator, exact)
    // 5 % of 1000 is 50.
    w.gas_usd = 50.01
    expect(w.act(agent, [offer(w, { debt_max: 1000 })])).toEqual([])
    w.gas_usd = 49.99
    expect(paid(w.act(agent, [offer(w, { debt_max: 1000 })]))).toEqual([1000])
    // 1000 · (0.05 − 0.0005) − 49.99 < 0
    expect(w.act(w.open(liquidator, { ...exact, flash_fee: 0.0005 }, [1], 'b'), [offer(w, { debt_max: 1000 })])).toEqual([])
    // 0.01 is not the profit it asks for.
    expect(w.act(w.open(liquidator, { ...exact, min_profit_usd: 0.02 }, [1], 'c'), [offer(w, { debt_max: 1000 })])).toEqual([])
  })

  it('takes what must be taken whole up to the largest profitable seizure: 46.990973 (literature.md B10)', () => {
    const w = new AgentWorld(prices, [eth_usd()])
    const agent = w.open(liquidator, exact)
    const whole = (units: number) => offer(w, { debt_max: units * PRICE, debt_min: units * PRICE, collateral_max: units })
    expect(paid(w.act(agent, [whole(46.9909)]))).toHaveLength(1)
    expect(paid(w.act(agent, [whole(46.9911)]))).toEqual([])
  })

  it('takes no part below the least, and none that leaves less than the least behind', () => {
    const w = new AgentWorld(prices, [eth_usd()])
    const agent = w.open(liquidator, exact)
    // Of 100000 the best part is 44241. Parts in [48000, 52000]: the nearest end. Parts in [60000, 40000]: none, and all is a loss.
    expect(paid(w.act(agent, [offer(w, { debt_min: 30_000 })]))[0]).toBeCloseTo(44_241, -2)
    expect(paid(w.act(agent, [offer(w, { debt_min: 48_000 })]))[0]).toBeCloseTo(48_000, 6)
    expect(paid(w.act(agent, [offer(w, { debt_min: 60_000 })]))).toEqual([])
    expect(paid(w.act(agent, [offer(w, { debt_max: 46_000, debt_min: 5000 })]))[0]).toBeCloseTo(46_000, 6)
    expect(domain_of(offer(w, { debt_min: 30_000 }), 60_000)).toEqual({ top: 60_000, part_low: 30_000, part_high: 60_000 })
  })

  it('pays no more than the collateral is worth', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    expect(paid(w.act(w.open(liquidator, exact), [offer(w, { collateral_max: 10 })]))[0]).toBeCloseTo(10 * PRICE, 9)
  })

  it('is the best of a fine grid, for any falling market and any limits', () => {
    const size = fc.double({ min: 1, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        size,
        size,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1.001, max: 1.3, noNaN: true }),
        (max, depth, least, rate) => {
          const gain = (q: number) => (depth * rate * q) / (depth + q) - q
          const domain = domain_of(
            { debt_max: max, debt_min: max * least, collateral_max: Number.MAX_VALUE, price: 1 } as Offer,
            Number.POSITIVE_INFINITY,
          )
          const got = best_amount(domain, gain)
          let best = gain(max)
          for (let i = 0; i <= 2000; i++) {
            const q = domain.part_low + ((domain.part_high - domain.part_low) * i) / 2000
            if (q > 0 && domain.part_high >= domain.part_low) best = Math.max(best, gain(q))
          }
          if (best > 1e-9 * max) expect(got.gain).toBeGreaterThan(best * (1 - 1e-4))
          expect(got.debt === max || (got.debt >= domain.part_low && got.debt <= domain.part_high * (1 + 1e-12))).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('liquidator: several offers', () => {
  it('do not count on a fresh book: together they sell what one would', () => {
    const w = new AgentWorld(prices, [eth_usd()])
    const many = Array.from({ length: 6 }, (_, id) => offer(w, { id, debt_max: 10_000 }))
    const amounts = paid(w.act(w.open(liquidator, { ...exact, min_profit_usd: 0.01 }), many))
    // Alone it would sell for 44241 of debt: four whole offers, a part of the fifth, nothing of the sixth.
    expect(amounts.slice(0, 4)).toEqual([10_000, 10_000, 10_000, 10_000])
    expect(amounts).toHaveLength(5)
    expect(amounts.reduce((sum, q) => sum + q, 0)).toBeCloseTo(44_241, -2)
  })

  it('the most promising comes first, one bundle an account', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const list = w.act(w.open(liquidator, exact), [
      offer(w, { id: 1, debt_max: 1000 }),
      offer(w, { id: 2, debt_max: 5000 }),
      offer(w, { id: 2, debt_max: 9000 }),
      offer(w, { id: 3, debt_max: 2000 }),
    ])
    expect(list.filter(({ kind }) => kind === 'liquidate').map(({ account, amount }) => [account, amount])).toEqual([
      [2, 9000],
      [3, 2000],
      [1, 1000],
    ])
  })

  it('no more than it may send in a round, the most promising of them', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const offers = [1000, 5000, 3000].map((debt_max, id) => offer(w, { id, debt_max }))
    expect(paid(w.act(w.open(liquidator, { ...exact, takes_max: 2 }), offers))).toEqual([5000, 3000])
  })

  it('the riskiest first when it walks a sorted list, whatever it brings', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const offers = [
      offer(w, { id: 1, debt_max: 5000, health: 0.9 }),
      offer(w, { id: 2, debt_max: 1000, health: 0.7 }),
      offer(w, { id: 3, debt_max: 3000, health: 0.8 }),
    ]
    const first = (order: string) => paid(w.act(w.open(liquidator, { ...exact, takes_max: 2, order }), offers))
    expect(first('riskiest')).toEqual([1000, 3000])
    expect(first('profit')).toEqual([5000, 3000])
  })

  it('a draw belongs to the offer and the time: other offers and rounds do not shift it', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const agent = w.open(liquidator, exact, [1, 2, 3])
    const draw = (offers: Offer[]) => {
      const list = w.act(agent, offers)
      const at = list.findIndex(({ kind, account }) => kind === 'liquidate' && account === 9)
      return [list[at]?.actor, w.out.ties[w.out.starts.indexOf(at - 1)]]
    }
    const alone = draw([offer(w)])
    expect(draw([offer(w, { id: 3 }), offer(w), offer(w, { id: 4 })])).toEqual(alone)
    w.time_ms += 1
    expect(draw([offer(w)])).not.toEqual(alone)
    const winners = new Set(
      w
        .act(
          agent,
          Array.from({ length: 60 }, (_, id) => offer(w, { id })),
        )
        .flatMap(({ kind, actor }) => (kind === 'liquidate' ? [actor] : [])),
    )
    expect(winners).toEqual(new Set([1, 2, 3]))
  })
})

describe('liquidator: where it sells', () => {
  it('over two markets through a common quote, the first with a limit', () => {
    const dai: MarketSetup = { id: 'DAI-USD', base: 'DAI', quote: 'USD', book: new Flat(1.01) }
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000)), dai])
    const list = w.act(w.open(liquidator, { ...exact, markets: ['ETH-USD', 'DAI-USD'] }), [
      offer(w, { debt: w.asset('DAI'), debt_max: 5000 }),
    ])
    expect(list.map(({ kind, market, side, of }) => [kind, market, side, of])).toEqual([
      ['flash', -1, 1, -1],
      ['liquidate', -1, 1, -1],
      ['order', 0, -1, 1],
      ['order', 1, 1, 2],
      ['flash_repay', -1, 1, -1],
    ])
    expect(list[3]).toMatchObject({ exact: 'quote' })
    // One DAI costs 1.01 USD: a unit that cost 1904.7619 DAI must bring 1923.8095 USD.
    expect(list[2]?.limit).toBeCloseTo(PRICE * 1.01, 9)
  })

  it('where the collateral is the quote: buys the debt with it', () => {
    const w = new AgentWorld(prices, [{ id: 'BTC-ETH', base: 'BTC', quote: 'ETH', book: new Flat(25) }])
    // 1 BTC of debt buys 1.05 · 25 ETH.
    const short = offer(w, { debt: w.asset('BTC'), price: 1 / 26.25, debt_max: 2 })
    const list = w.act(w.open(liquidator, { ...exact, markets: ['BTC-ETH'] }), [short])
    expect(list[2]).toMatchObject({ kind: 'order', side: 1, exact: 'quote', of: 1 })
    expect(list[2]?.limit).toBeCloseTo(26.25, 9)
    expect(limits_of(PRICE, [], [])).toEqual([])
  })

  it('nowhere when the collateral is the debt asset', () => {
    const w = new AgentWorld(prices)
    const list = w.act(w.open(liquidator, { ...exact, markets: [] }), [offer(w, { collateral: w.asset('USD'), price: 1 / 1.05 })])
    expect(list.map(({ kind }) => kind)).toEqual(['flash', 'liquidate', 'flash_repay'])
  })

  it('not on a halted market, nor without a way', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const agent = w.open(liquidator, exact)
    w.halted.add('market:ETH-USD')
    expect(w.act(agent, [offer(w)])).toEqual([])
    w.halted.clear()
    expect(w.act(agent, [offer(w, { debt: w.asset('DAI') })])).toEqual([])
  })

  it('without a flash loan it takes what its treasury pays for', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    w.give(1, 'USD', 12_000)
    const agent = w.open(liquidator, { ...exact, flash: false })
    const list = w.act(agent, [offer(w, { id: 1, debt_max: 10_000 }), offer(w, { id: 2, debt_max: 9000 })])
    expect(list.map(({ kind }) => kind)).toEqual(['liquidate', 'order', 'liquidate', 'order'])
    expect(paid(list)).toEqual([10_000, 2000])
    expect(w.act(agent, [offer(w, { debt_min: 12_001 })])).toEqual([])
  })
})

describe('liquidator: auctions', () => {
  const lot = (w: AgentWorld, price: number, more: Partial<Offer> = {}) =>
    offer(w, { kind: 'auction', price, collateral_max: 3.3, debt_max: 7000, ...more })

  it('waits until the price is below what the market gives, then buys the lot', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000, 0.001))])
    w.gas_usd = 20
    const agent = w.open(liquidator, { ...exact, min_profit_usd: 10 })
    // 3.3 · (1998 − price) must be 30: price 1988.909.
    expect(w.act(agent, [lot(w, 1989)])).toEqual([])
    const list = w.act(agent, [lot(w, 1988.8)])
    expect(list.map(({ kind }) => kind)).toEqual(['flash', 'bid', 'order', 'flash_repay'])
    expect(list[1]).toMatchObject({ venue: 0, offer: 9, actor: 1, amount: 3.3, limit: 1988.8 })
    expect(list[0]?.amount).toBeCloseTo(3.3 * 1988.8, 9)
  })

  it('buys the part whose last unit still pays, and leaves the least behind', () => {
    const w = new AgentWorld(prices, [eth_usd()])
    const agent = w.open(liquidator, exact)
    const list = w.act(agent, [lot(w, PRICE, { collateral_max: 100, debt_max: 150_000 })])
    expect(list[1]?.amount).toBeCloseTo(23.2265, 1)
    const kept = w.act(agent, [lot(w, PRICE, { collateral_max: 100, debt_max: 70_000, debt_min: 32_000 })])
    // All of it gains 690, 70000 − 32000 gains 1004.
    expect(kept[1]?.amount).toBeCloseTo(38_000 / PRICE, 6)
  })

  it('starts and restarts auctions for a reward above gas', () => {
    const w = new AgentWorld(prices)
    w.gas_usd = 300
    const agent = w.open(liquidator, { ...exact, markets: [] })
    const list = w.act(agent, [
      offer(w, { kind: 'start', id: 4, reward: 299 }),
      offer(w, { kind: 'start', id: 5, reward: 301 }),
      offer(w, { kind: 'redo', id: 6, reward: 396.9 }),
    ])
    expect(list.map(({ kind, venue, account, offer: id, actor }) => [kind, venue, account, id, actor])).toEqual([
      ['start', 0, -1, 6, 1],
      ['start', 0, 5, -1, 1],
    ])
  })

  it('leaves redemptions to others', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(3000))])
    expect(w.act(w.open(liquidator, exact), [offer(w, { kind: 'redemption' })])).toEqual([])
  })
})

describe('liquidator: latency', () => {
  it('acts on what it has seen long enough without a break', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const agent = w.open(liquidator, { ...exact, latency_ms: 90_000 })
    w.store.seal()
    const seen = (offers: Offer[]) => paid(w.act(agent, offers)).length
    expect(seen([offer(w)])).toBe(0)
    w.time_ms += 60_000
    expect(seen([offer(w, { id: 1 }), offer(w)])).toBe(0)
    w.time_ms += 60_000
    expect(seen([offer(w, { id: 1 }), offer(w)])).toBe(1)
    expect(seen([offer(w, { id: 1 })])).toBe(0)
    w.time_ms += 60_000
    expect(seen([offer(w), offer(w, { id: 1 })])).toBe(1)
    // Another run starts without memory.
    w.store.reset()
    expect(seen([offer(w), offer(w, { id: 1 })])).toBe(0)
  })
})

describe('liquidator: what it does not have', () => {
  it('flash loans end at what there is to lend, and with the lender', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const agent = w.open(liquidator, { ...exact, flash_max_usd: 12_000, flash_halt: 'venue:aave' })
    expect(paid(w.act(agent, [offer(w, { debt_max: 30_000 })]))).toEqual([12_000])
    expect(paid(w.act(agent, [offer(w, { debt_max: 30_000, debt_min: 30_000 })]))).toEqual([])
    w.halted.add('venue:aave')
    expect(w.act(agent, [offer(w)])).toEqual([])
  })

  it('stays away while gas is above its limit, however much there is to gain', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    const agent = w.open(liquidator, { ...exact, gas_max_usd: 40 })
    w.gas_usd = 40.01
    expect(w.act(agent, [offer(w), offer(w, { kind: 'start', reward: 1000 })])).toEqual([])
    w.gas_usd = 40
    expect(w.act(agent, [offer(w)])).toHaveLength(4)
  })

  it('leaves English auctions to bidders: what leads is paid for now and received later', () => {
    const w = new AgentWorld(prices, [eth_usd(new Flat(2000))])
    expect(w.act(w.open(liquidator, exact), [offer(w, { kind: 'auction', price: 1, leader: -1 })])).toEqual([])
  })

  it('its treasury pays for all it takes in a round, whatever is offered', () => {
    const some = fc.record({
      debt_max: fc.double({ min: 1, max: 50_000, noNaN: true }),
      price: fc.double({ min: 1000, max: 2100, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), fc.double({ min: 0, max: 60_000, noNaN: true }), (list, funds) => {
        const w = new AgentWorld(prices, [eth_usd()])
        for (const actor of [1, 2]) w.give(actor, 'USD', funds)
        const agent = w.open(liquidator, { ...exact, flash: false }, [1, 2])
        const taken = w.act(
          agent,
          list.map((more, id) => offer(w, { id, ...more })),
        )
        for (const actor of [1, 2]) {
          const spent = taken.filter((one) => one.kind === 'liquidate' && one.actor === actor)
          expect(spent.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(funds * (1 + 1e-9))
        }
      }),
      { numRuns: 300 },
    )
  })
})
