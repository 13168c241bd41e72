import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type MarketSetup, Pool } from '../../test/support/agent-world.ts'
import { redeemer } from './redeemer.ts'

const PRICES = { USD: 1, USDC: 1, LUNA: 80, UST: 1 }
const free = { return_per_year: 0, edge: 0, min_profit_usd: 0.01 }

/** USDC trades in a pool against USD and redeems at 1. */
function peg(pool: Pool, redeems: Flat, fields: object = {}, usd = 1e9, usdc = 0) {
  const markets: MarketSetup[] = [
    { id: 'USDC-USD', base: 'USDC', quote: 'USD', book: pool },
    { id: 'issuer', base: 'USDC', quote: 'USD', book: redeems },
  ]
  const w = new AgentWorld(PRICES, markets)
  w.give(1, 'USD', usd)
  w.give(1, 'USDC', usdc)
  const agent = w.open(redeemer, { cash: 'USD', redemptions: [{ market: 'issuer' }], markets: ['USDC-USD'], ...free, ...fields })
  return { w, agent }
}

/** Constant product pool of 1e8 USDC at a price below par. */
const below = (price: number, x = 1e8) => new Pool(x, x * price)

describe('redeemer: at once', () => {
  it('buys below par and redeems, until the market is at par', () => {
    const pool = below(0.95)
    const { w, agent } = peg(pool, new Flat(1))
    const list = w.act(agent)
    expect(list.map(({ kind, market, side, exact, of }) => [kind, market, side, exact, of])).toEqual([
      ['order', 0, 1, 'quote', -1],
      ['order', 1, -1, 'base', 0],
    ])
    expect(w.out.priorities).toEqual([40])
    // Par is where y ÷ x = 1: y + q = √(x·y).
    const q = Math.sqrt(1e8 * 0.95e8) - 0.95e8
    expect(Math.abs((list[0]?.amount as number) / q - 1)).toBeLessThan(2e-3)
    w.trade()
    expect(pool.mid()).toBeCloseTo(1, 4)
    // What it earned: x − √(x·y) bought for q.
    expect(w.has(1, 'USD') - 1e9).toBeCloseTo(1e8 - Math.sqrt(1e8 * 0.95e8) - q, -3)
    expect(w.act(agent)).toEqual([])
  })

  it('keeps its edge: what costs more than it must bring is not bought', () => {
    const pool = below(0.95)
    const { w, agent } = peg(pool, new Flat(1), { edge: 0.02 })
    w.act(agent)
    w.trade()
    expect(pool.mid()).toBeCloseTo(1 / 1.02, 4)
    const dear = peg(below(0.985), new Flat(1), { edge: 0.02 })
    expect(dear.w.act(dear.agent)).toEqual([])
  })

  it('spends no more than its treasury, or its capital of the tick', () => {
    const poor = peg(below(0.95), new Flat(1), {}, 1000)
    expect(poor.w.act(poor.agent)[0]?.amount).toBeCloseTo(1000, 6)
    const modest = peg(below(0.95), new Flat(1), { capital_usd: 500 })
    expect(modest.w.act(modest.agent)[0]?.amount).toBeCloseTo(500, 6)
    modest.w.trade()
    expect(modest.w.act(modest.agent)).toEqual([])
    modest.w.time_ms += 60_000
    expect(modest.w.act(modest.agent)[0]?.amount).toBeCloseTo(500, 6)
  })

  it('buys no more than the redemption takes', () => {
    const { w, agent } = peg(below(0.95), new Flat(1, 0, 10_000))
    const list = w.act(agent)
    w.trade()
    expect(w.has(1, 'USDC')).toBeLessThan(10)
    expect(list[0]?.amount as number).toBeLessThan(9_520)
    expect(list[0]?.amount as number).toBeGreaterThan(9_480)
  })

  it('finds redemptions that ask for a least size', () => {
    class Least extends Flat {
      override take(order: Parameters<Flat['take']>[0]): [number, number] {
        return order.amount < 100_000 ? [0, 0] : super.take(order)
      }
    }
    const { w, agent } = peg(below(0.95), new Least(1))
    expect(w.act(agent)[0]?.amount as number).toBeGreaterThan(2.4e6)
    const poor = peg(below(0.95), new Least(1), {}, 50_000)
    expect(poor.w.act(poor.agent)).toEqual([])
  })

  it('issues and sells above par, when it may', () => {
    const pool = below(1.05)
    expect(peg(pool, new Flat(1)).w.act(peg(pool, new Flat(1)).agent)).toEqual([])
    const { w, agent } = peg(pool, new Flat(1), { redemptions: [{ market: 'issuer', side: 'both' }] })
    const list = w.act(agent)
    expect(list.map(({ market, side, of }) => [market, side, of])).toEqual([
      [1, 1, -1],
      [0, -1, 0],
    ])
    w.trade()
    expect(pool.mid()).toBeCloseTo(1, 4)
  })

  it('goes round over other markets: UST into LUNA into cash', () => {
    const markets: MarketSetup[] = [
      { id: 'UST-USD', base: 'UST', quote: 'USD', book: below(0.9) },
      { id: 'LUNA-USD', base: 'LUNA', quote: 'USD', book: new Pool(1e7, 8e8) },
      { id: 'mint', base: 'LUNA', quote: 'UST', book: new Flat(80) },
    ]
    const w = new AgentWorld(PRICES, markets)
    w.give(1, 'USD', 1e9)
    const agent = w.open(redeemer, {
      cash: 'USD',
      redemptions: [{ market: 'mint', side: 'both' }],
      markets: ['UST-USD', 'LUNA-USD'],
      ...free,
    })
    const list = w.act(agent)
    expect(list.map(({ market, side, exact, of }) => [market, side, exact, of])).toEqual([
      [0, 1, 'quote', -1],
      [2, 1, 'quote', 0],
      [1, -1, 'base', 1],
    ])
    w.trade()
    const [ust, luna] = markets.map(({ book }) => book.mid()) as [number, number]
    expect(luna).toBeLessThan(80)
    // The last unit of UST costs what its 1/80 LUNA brings.
    expect(ust).toBeCloseTo(luna / 80, 4)
    expect(w.has(1, 'UST')).toBeLessThan(1e-6)
    expect(w.has(1, 'USD')).toBeGreaterThan(1e9)
  })

  it('stops where another has been, and sells or redeems what is left in hand', () => {
    const pool = below(0.95)
    const { w, agent } = peg(pool, new Flat(1))
    w.act(agent)
    // Somebody else buys the whole gap first: nothing is left below par.
    const q = Math.sqrt(1e8 * 0.95e8) - 0.95e8
    pool.move(q / 0.975, -q)
    w.trade()
    expect(w.has(1, 'USDC')).toBeLessThan(1e6)
    expect(w.has(1, 'USD') + w.has(1, 'USDC')).toBeGreaterThan(1e9 - 1)
    // What came into hand is redeemed where that brings more.
    w.give(1, 'USDC', 5000)
    pool.move(0, 1e7)
    const list = w.act(agent)
    expect(list[0]).toMatchObject({ kind: 'order', market: 1, side: -1 })
    expect(list[0]?.amount as number).toBeGreaterThanOrEqual(5000)
  })

  it('as a holder who runs, redeems what it holds', () => {
    const still = peg(below(0.95), new Flat(1), {}, 0, 1e6)
    expect(still.w.act(still.agent)).toEqual([])
    const runs = peg(below(0.95), new Flat(1), { holds: true }, 0, 1e6)
    expect(runs.w.act(runs.agent)[0]).toMatchObject({ market: 1, side: -1, amount: 1e6 })
    const empty = peg(below(0.95), new Flat(1, 0, 0), { holds: true }, 0, 1e6)
    expect(empty.w.act(empty.agent)).toEqual([])
  })

  it('keeps off halted markets, and rests after its rounds', () => {
    const { w, agent } = peg(below(0.95), new Flat(1), { rounds_max: 1 })
    w.halted.add('market:issuer')
    expect(w.act(agent)).toEqual([])
    w.halted.clear()
    w.halted.add('market:USDC-USD')
    expect(w.act(agent)).toEqual([])
    w.halted.clear()
    expect(w.act(agent).length).toBe(2)
    expect(w.act(agent)).toEqual([])
  })

  it('never loses on books that stand still', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 1.5, noNaN: true }),
        fc.double({ min: 1e3, max: 1e8, noNaN: true }),
        fc.double({ min: 0.8, max: 1.2, noNaN: true }),
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        (price, x, par, usd) => {
          const { w, agent } = peg(below(price, x), new Flat(par), { redemptions: [{ market: 'issuer', side: 'both' }] }, usd)
          const planned = w.act(agent).length
          w.trade()
          if (planned > 0) expect(w.has(1, 'USD')).toBeGreaterThan(usd)
          expect(w.has(1, 'USDC')).toBeLessThan(1e-6 * x)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('refuses what does not fit, naming the field', () => {
    const open = (fields: object) => () => peg(below(1), new Flat(1), fields)
    expect(open({ markets: [] })).toThrow('redemptions[0].market')
    expect(open({ markets: ['USDC-USD', 'issuer'] })).toThrow('redemptions[0].market')
    expect(open({ redemptions: [] })).toThrow('redemptions')
  })
})
