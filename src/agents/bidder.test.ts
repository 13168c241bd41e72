import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type MarketSetup, Pool } from '../../test/support/agent-world.ts'
import { KeeperWorld } from '../../test/support/keeper-world.ts'
import { ALL, type Action, type Agent, type Offer } from '../model/index.ts'
import { bid_price, bidder, pays } from './bidder.ts'

const prices = { DAI: 1, ETH: 100, WBTC: 5000 }
const eth_dai = (book: Flat | Pool = new Flat(100)): MarketSetup => ({ id: 'ETH-DAI', base: 'ETH', quote: 'DAI', book })
const free = { markets: ['ETH-DAI'], margin: 0.1, min_profit_usd: 0 }

function world(book: Flat | Pool = new Flat(100), dai = 1e6) {
  const w = new KeeperWorld(prices, [eth_dai(book)])
  w.give(1, 'DAI', dai)
  w.give(2, 'DAI', dai)
  return w
}
const open = (w: AgentWorld, more: object = {}, actors: number[] = [1]): Agent => w.open(bidder, { ...free, ...more }, actors)

/** 50 ETH for at most 6,500 DAI, nobody has bid. */
const auction = (w: AgentWorld, more: Partial<Offer> = {}): Offer => ({
  ...{
    kind: 'auction',
    venue: 0,
    id: 7,
    price: 0,
    debt_max: 6500,
    debt_min: 0,
    collateral_max: 50,
    reward: 0,
    health: 0,
    leader: -1,
  },
  ...{ collateral: w.asset('ETH'), debt: w.asset('DAI') },
  ...more,
})
/** As the book publishes it when `bid` DAI of somebody lead, beg 5 %. */
const led = (w: AgentWorld, bid: number, leader: number, more: Partial<Offer> = {}): Offer => {
  const next = Math.min(6500, 1.05 * bid)
  const lot = bid >= 6500 ? 50 / 1.05 : 50
  return auction(w, { price: next / lot, debt_min: next, collateral_max: lot, leader, ...more })
}
const bids = (list: readonly Action[]) => list.filter(({ kind }) => kind === 'bid')

describe('bidder: which of many lots', () => {
  // 100 lots alike and one worth a tenth; two bidders who may send one bid a tick.
  const lots = (w: AgentWorld) => [
    ...Array.from({ length: 100 }, (_, id) => auction(w, { id })),
    auction(w, { id: 100, collateral_max: 5 }),
  ]
  const chosen = (more: object, seed: number) => {
    const w = world()
    w.time_ms = 60_000 * seed
    return bids(w.act(open(w, { bids_max: 1, ...more }, [1, 2]), lots(w))).map(({ offer }) => offer)
  }

  it('is the oldest of the best for everybody', () => {
    expect(chosen({}, 1)).toEqual([0, 0])
  })

  it('is another for each where they are alike to him, and never a worse one', () => {
    const draws = Array.from({ length: 40 }, (_, seed) => chosen({ alike: 0.02 }, seed))
    expect(draws.flat().every((id) => id < 100)).toBe(true)
    // Two of a hundred meet in one of a hundred draws; in five and more of forty with a chance below 1e-4.
    expect(draws.filter(([a, b]) => a === b).length).toBeLessThan(5)
    expect(new Set(draws.flat()).size).toBeGreaterThan(40)
  })
})

describe('bidder: the price', () => {
  it('is at once what the lot brings less the margin', () => {
    const w = world()
    const list = w.act(open(w), [auction(w)])
    expect(list).toHaveLength(1)
    expect(list[0]).toMatchObject({ kind: 'bid', venue: 0, offer: 7, actor: 1, amount: ALL })
    expect(list[0]?.limit).toBeCloseTo(90, 9)
    expect(w.out.priorities).toEqual([30])
  })

  it('counts the depth of the market for the whole lot', () => {
    const w = world(new Pool(500, 50_000))
    // 50 ETH into 500: 50000 · 50 ÷ 550 = 4545.45, 90.909 a unit; less 10 %.
    expect(w.act(open(w), [auction(w)])[0]?.limit).toBeCloseTo(81.8182, 3)
    // The second lot of the same tick is sold after the first: 50000 · 100 ÷ 600 − 4545.45 = 3787.88.
    const two = bids(w.act(open(w, {}, [2]), [auction(w), auction(w, { id: 8 })]))
    expect(two.map(({ limit }) => Math.round(limit * 1000) / 1000)).toEqual([81.818, 68.182])
    // And after what it leads already.
    const third = w.act(w.open(bidder, free, [3], 'c'), [auction(w, { id: 1, leader: 3 }), auction(w)])
    expect(third).toEqual([])
    w.give(3, 'DAI', 1e6)
    const later = w.act(w.open(bidder, free, [3], 'd'), [auction(w, { id: 1, leader: 3, price: 1, debt_min: 50 }), auction(w)])
    expect(later[0]?.limit).toBeCloseTo(68.1818, 3)
  })

  it('leaves room for the gas of the bid and of the settlement, where that is more than the margin', () => {
    const w = world()
    w.gas_usd = 1000
    // 1000 · (0.4 + 0.4) ÷ 50 = 16 a unit.
    expect(w.act(open(w), [auction(w)])[0]?.limit).toBeCloseTo(84, 9)
    w.gas_usd = 6251
    expect(w.act(open(w), [auction(w)])).toEqual([])
  })

  it('in the style of the least: next to nothing, then just enough to lead', () => {
    const w = world()
    const agent = open(w, { style: 'least' })
    expect(w.act(agent, [auction(w)])[0]?.limit).toBe(1e-6)
    expect(w.act(agent, [led(w, 1000, 2)])[0]?.limit).toBeCloseTo(21, 9)
  })

  it('in the style of the first: next to nothing where nobody has bid, and nothing anywhere else', () => {
    const w = world()
    const agent = open(w, { style: 'first' })
    expect(w.act(agent, [auction(w), led(w, 1e-5, 2, { id: 8 })]).map(({ offer, limit }) => [offer, limit])).toEqual([[7, 1e-6]])
  })

  it('its own valuation of a lot is one draw an auction, whatever else is there and whenever it looks', () => {
    const w = world()
    const agent = open(w, { noise: 0.1 })
    const alone = w.act(agent, [auction(w)])[0]?.limit as number
    w.time_ms += 60_000
    const beside = bids(w.act(agent, [auction(w, { id: 3 }), auction(w), auction(w, { id: 4 })]))
    expect(beside.find(({ offer }) => offer === 7)?.limit).toBe(alone)
    expect(new Set(beside.map(({ limit }) => limit)).size).toBe(3)
    expect(Math.abs(Math.log(alone / 90))).toBeLessThan(0.5)
  })
})

describe('bidder: until it wins or drops', () => {
  it('is silent while it leads, bids again when outbid, and drops where a leading bid costs more than the lot is worth', () => {
    const w = world()
    const agent = open(w)
    expect(w.act(agent, [led(w, 1000, 1)])).toEqual([])
    // 4200 · 1.05 ÷ 50 = 88.2 ≤ 90.
    expect(w.act(agent, [led(w, 4200, 2)])[0]?.limit).toBeCloseTo(90, 9)
    // 4300 · 1.05 ÷ 50 = 90.3.
    expect(w.act(agent, [led(w, 4300, 2)])).toEqual([])
  })

  it('in the falling phase pays the whole debt or does not bid', () => {
    const w = world(new Flat(200))
    const agent = open(w)
    // 6500 are bid for 50: the next takes 47.619 for 6500, 136.5 a unit; worth 180.
    const [bid] = w.act(agent, [led(w, 6500, 2)])
    expect([bid?.kind, bid?.amount]).toEqual(['bid', ALL])
    expect(bid?.limit).toBeCloseTo(180, 9)
    w.give(1, 'DAI', -993_501)
    expect(w.act(agent, [led(w, 6500, 2)])).toEqual([])
  })

  it('settles what it has won and sells it in the same bundle, or keeps it', () => {
    const w = world()
    const won = auction(w, { leader: 1, debt_max: 0 })
    const list = w.act(open(w), [won])
    expect(list.map(({ kind, of }) => [kind, of])).toEqual([
      ['bid', -1],
      ['order', 0],
    ])
    const inventory = { into: 'DAI', max_usd: 1e6, sell_usd_per_hour: 0 }
    expect(w.act(w.open(bidder, { ...free, inventory }, [1], 'b'), [won]).map(({ kind }) => kind)).toEqual(['bid'])
    expect(w.act(open(w, {}, [2]), [won])).toEqual([])
  })

  it('acts once a tick', () => {
    const w = world()
    w.round = 1
    expect(w.act(open(w), [auction(w)])).toEqual([])
  })

  it('starts and restarts auctions only when told to, so many a tick', () => {
    const w = world()
    const start = auction(w, { kind: 'start', id: 3 })
    const { leader: _, ...unled } = start
    const redo = auction(w, { kind: 'redo', id: 5, price: 1 })
    expect(w.act(open(w), [unled, redo])).toEqual([])
    const list = w.act(open(w, { starts_max: 3 }, [2]), [unled, redo])
    expect(list.map(({ kind, account, offer }) => [kind, account, offer])).toEqual([
      ['start', 3, -1],
      ['start', -1, 5],
      ['start', 3, -1],
    ])
  })

  it('bids nowhere but in the venues it is for, and not in Dutch auctions', () => {
    const w = world()
    const { leader: _, ...dutch } = auction(w, { price: 50 })
    expect(w.act(open(w), [dutch])).toEqual([])
    const agent = open(w, { venues: ['venue-4'] }, [2])
    expect(w.act(agent, [auction(w), auction(w, { venue: 4 })])).toHaveLength(1)
  })
})

describe('bidder: what it has', () => {
  it('bids what there is when that still leads, and nothing else', () => {
    const w = world(new Flat(100), 2000)
    const agent = open(w)
    expect(w.act(agent, [auction(w)])[0]?.limit).toBeCloseTo(40, 9)
    expect(w.act(agent, [led(w, 1900, 2)])[0]?.limit).toBeCloseTo(40, 9)
    expect(w.act(agent, [led(w, 1910, 2)])).toEqual([])
    expect(pays(led(w, 6500, 2), 1)).toBe(6500)
    expect(bid_price(auction(w), 'value', 90, 0, 1e-6)).toBe(-1)
  })

  it('stops at the stake it allows itself', () => {
    const w = world()
    const list = w.act(
      open(w, { stake_max_usd: 12_000 }),
      [1, 2, 3].map((id) => auction(w, { id })),
    )
    // 5,000 each at the mid.
    expect(list).toHaveLength(2)
    expect(
      w.act(open(w, { stake_max_usd: 12_000 }, [2]), [
        auction(w, { id: 1, leader: 2 }),
        auction(w, { id: 2, leader: 2 }),
        auction(w),
      ]),
    ).toEqual([])
  })

  it('does not promise the same money to two transactions', () => {
    const w = world(new Flat(100), 7000)
    const agent = open(w, { inclusion: { mean_ms: 3_600_000 } })
    w.step(agent, [auction(w)])
    w.step(agent, [auction(w), auction(w, { id: 8 })])
    expect(w.in_flight).toBe(2)
    // 7000 − 4500 = 2500 were left for the second, and nothing for a third.
    w.step(agent, [auction(w), auction(w, { id: 8 }), auction(w, { id: 9 })])
    expect(w.in_flight).toBe(2)
  })

  it('a bid stands or falls with the price it was sent with', () => {
    const w = world()
    const agent = open(w, { inclusion: { mean_ms: 1 } })
    w.step(agent, [auction(w)])
    expect(w.step(agent, [led(w, 1000, 2)])[0]?.limit).toBeCloseTo(90, 9)
    w.step(agent, [auction(w)])
    // Somebody was there with more: its transaction comes to nothing.
    expect(w.step(agent, [led(w, 4400, 2)])).toEqual([])
  })

  it('never pays more than it has nor more than the lot is worth, whatever is offered', () => {
    const some = fc.record({
      share: fc.double({ min: 0, max: 1.2, noNaN: true }),
      tab: fc.double({ min: 10, max: 20_000, noNaN: true }),
      lot: fc.double({ min: 0.01, max: 100, noNaN: true }),
      leader: fc.constantFrom(-1, 1, 2, 3),
    })
    const style = fc.constantFrom('value', 'least')
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 12 }),
        fc.double({ min: 0, max: 30_000, noNaN: true }),
        style,
        (list, funds, kind) => {
          const w = world(new Flat(100), funds)
          const offers = list.map(({ share, tab, lot, leader }, id) => {
            const last = leader < 0 ? 0 : Math.min(tab, share * tab)
            const next = Math.min(tab, 1.05 * last)
            const left = last >= tab ? lot / 1.05 : lot
            return auction(w, { id, debt_max: tab, debt_min: next, collateral_max: left, price: next / left, leader })
          })
          const out = bids(w.act(open(w, { style: kind }, [1, 2]), offers))
          for (const actor of [1, 2]) {
            const mine = out.filter((one) => one.actor === actor)
            const paid = mine.reduce((sum, one) => sum + pays(offers[one.offer] as Offer, one.limit), 0)
            expect(paid).toBeLessThanOrEqual(funds * (1 + 1e-9))
            for (const one of mine) {
              const offer = offers[one.offer] as Offer
              expect(offer.leader).not.toBe(actor)
              expect(one.limit).toBeLessThanOrEqual(90 * (1 + 1e-12))
              expect(one.limit).toBeGreaterThanOrEqual(offer.price)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
