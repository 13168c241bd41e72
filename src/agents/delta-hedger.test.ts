import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type Legs, START_MS } from '../../test/support/agent-world.ts'
import { type DealerOption, dealer_vol, deltaHedger, exposure, gamma_by_strike } from './delta-hedger.ts'

const DAY_MS = 86_400_000
const put = (quantity: number): DealerOption => ({ type: 'put', strike: 90_000, expiry_ms: START_MS + 7 * DAY_MS, quantity })

function world(book = new Flat(100_000), settles?: number) {
  const setup = { id: 'BTC-USD', base: 'BTC', quote: 'USD', book, ...(settles === undefined ? {} : { settles }) }
  const w = new AgentWorld({ USD: 1, BTC: 100_000 }, [setup])
  w.give(1, 'BTC', 10_000)
  w.give(1, 'USD', 1e9)
  return w
}

/** Opens the dealer at 100,000 and lets him act at another price. */
function at(price: number, spec: object, quantity = -5000) {
  const book = new Flat(100_000)
  const w = world(book)
  const agent = w.open(deltaHedger, { market: 'BTC-USD', options: [put(quantity)], vol: 0.7, ...spec })
  book.price = price
  return { w, agent, list: w.act(agent), book }
}

describe('flow (derivatives reference §17.2: short 5,000 puts 90,000, 7 days, σ 0.70, at 100,000)', () => {
  it('sells 1,317.3 down to 92,000', () => {
    const { list } = at(92_000, {})
    expect(list).toMatchObject([{ kind: 'order', side: -1, market: 0, actor: 1, sold: 'free' }])
    expect(list[0]?.amount).toBeCloseTo(1317.3, 1)
    expect(list[0]?.limit).toBeCloseTo(92_000 * 0.99, 6)
  })

  it('1,423.2 when vol has risen to 1.10', () => {
    const { list } = at(92_000, { fear: 0.4 / Math.log(100 / 92) })
    expect(list[0]?.amount).toBeCloseTo(1423.2, 1)
  })

  it('and 640.6 at once where nothing is hedged yet', () => {
    const { list } = at(100_000, { hedged: false })
    expect(list[0]?.side).toBe(-1)
    expect(list[0]?.amount).toBeCloseTo(640.6, 1)
  })

  it('who is short of gamma buys into rises; who is long sells into them and buys falls', () => {
    expect(at(108_000, {}).list[0]?.side).toBe(1)
    expect(at(108_000, {}, 5000).list[0]?.side).toBe(-1)
    expect(at(92_000, {}, 5000).list[0]?.side).toBe(1)
  })

  it('a band is left alone', () => {
    expect(at(99_900, { band: 0.01 }).list).toEqual([])
    expect(at(99_900, { band: 0.0001 }).list.length).toBe(1)
  })
})

describe('gamma', () => {
  it('by strike: −10.80 M USD per 1 % (§17.2), and sums to that of the whole', () => {
    const smile = { vol: 0.7, skew: 0, fear: 0, steepening: 0 }
    const call: DealerOption = { type: 'call', strike: 110_000, expiry_ms: START_MS + 30 * DAY_MS, quantity: 800 }
    const list = gamma_by_strike([call, put(-5000), { ...put(100), type: 'call' }], smile, 100_000, 100_000, START_MS)
    expect(list.map(({ strike }) => strike)).toEqual([90_000, 110_000])
    expect(gamma_by_strike([put(-5000)], smile, 100_000, 100_000, START_MS)[0]?.gamma).toBeCloseTo(-10.8e6, -4)
    const whole = exposure([call, put(-5000), { ...put(100), type: 'call' }], smile, 100_000, 100_000, START_MS).gamma
    expect(list.reduce((sum, one) => sum + one.gamma, 0)).toBeCloseTo(whole * 1e10 * 0.01, 3)
  })

  it('vol of low strikes rises more as the price falls when the skew steepens', () => {
    const smile = { vol: 0.6, skew: -0.05, fear: 1, steepening: 0.5 }
    const slope = (price: number) =>
      dealer_vol(smile, 100_000, price, 0.9 * price, 0.1) - dealer_vol(smile, 100_000, price, 1.1 * price, 0.1)
    expect(slope(80_000)).toBeGreaterThan(1.5 * slope(100_000))
    expect(slope(120_000)).toBeCloseTo(slope(100_000), 12)
  })
})

describe('limits', () => {
  it('hedges what was not filled at the next interval, and no sooner', () => {
    const { w, agent } = at(92_000, { interval_ms: 60_000 })
    // half of it was filled
    const half = (w.out.list[0]?.amount as number) / 2
    w.ledger.debit(1, w.asset('BTC'), half)
    w.time_ms += 30_000
    expect(w.act(agent)).toEqual([])
    w.time_ms += 30_000
    expect(w.act(agent)[0]?.amount).toBeCloseTo(half, -1)
  })

  it('sells no more than the treasury has', () => {
    const book = new Flat(100_000)
    const w = world(book)
    w.ledger.debit(1, w.asset('BTC'), 9900)
    const agent = w.open(deltaHedger, { market: 'BTC-USD', options: [put(-5000)], vol: 0.7 })
    book.price = 92_000
    expect(w.act(agent)[0]?.amount).toBe(100)
  })

  it('buys back what he sold when the options expire', () => {
    const { w, agent, book } = at(100_000, { hedged: false })
    w.ledger.debit(1, w.asset('BTC'), w.out.list[0]?.amount as number)
    const sold = w.out.list[0]?.amount as number
    book.price = 95_000
    w.time_ms += 7 * DAY_MS
    expect(w.act(agent)).toMatchObject([{ side: 1 }])
    expect(w.out.list[0]?.amount).toBeCloseTo(sold, 9)
  })

  it('does nothing in a halted market', () => {
    const { w, agent } = at(92_000, { interval_ms: 1 })
    w.halted.add('market:BTC-USD')
    w.time_ms += 10
    expect(w.act(agent)).toEqual([])
  })
})

describe('on a contract', () => {
  const legs = (quantity: number): Legs => [
    [quantity > 0 ? 1 : -1, 'BTC', Math.abs(quantity), 1, 100_000, 'BTC-USD'],
    [1, 'CASH', 5e8, 1, 1],
  ]
  function open(quantity: number, spec: object = {}) {
    const book = new Flat(100_000)
    const w = world(book, 0)
    w.own(1, 0, 5, legs(quantity))
    const agent = w.open(deltaHedger, { market: 'BTC-USD', options: [put(-5000)], vol: 0.7, ...spec })
    return { w, agent, book }
  }

  it('looks its account up, then hedges beside what was held at the start', () => {
    const { w, agent, book } = open(-640)
    expect(w.act(agent)).toMatchObject([{ kind: 'wait', account: 5, venue: 0 }])
    w.due(agent, w.waits())
    book.price = 92_000
    expect(w.act(agent)).toMatchObject([{ kind: 'order', account: 5, venue: 0, side: -1 }])
    expect(w.out.list[0]?.amount).toBeCloseTo(1317.3, 1)
  })

  it('counts what it finds as the hedge where it starts without one', () => {
    const { w, agent } = open(-140.6, { hedged: false })
    w.act(agent)
    w.due(agent, w.waits())
    expect(w.act(agent)[0]?.amount).toBeCloseTo(500, 0)
  })

  it('called, it stops for a while: the gamma stays unhedged', () => {
    const { w, agent, book } = open(-640, { pause_ms: 600_000 })
    w.act(agent)
    w.due(agent, w.waits())
    w.respond(agent, [{ actor: 1, account: 5 }])
    book.price = 92_000
    expect(w.act(agent)).toEqual([])
    w.time_ms += 600_000
    expect(w.act(agent).length).toBe(1)
  })

  it('is refused without an account there', () => {
    expect(() => world(new Flat(1), 0).open(deltaHedger, { market: 'BTC-USD', options: [put(1)] })).toThrow('account')
  })
})
