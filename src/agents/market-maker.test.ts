import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type Legs } from '../../test/support/agent-world.ts'
import { averaged, hourly, marketMaker, regime } from './market-maker.ts'

const MINUTE = 60_000
const knobs = { k_v: 0.5, k_i: 1, k_s: 1, d_min: 0.02 }
const book = { market: 'ETH', depth_usd: 400_000, half_spread: 0.0002, inventory_usd: 200_000, volatility: 0.6 }

function world(settles?: number) {
  const flat = new Flat(2000)
  const eth = { id: 'ETH', base: 'ETH', quote: 'USD', book: flat }
  const w = new AgentWorld({ USD: 1, ETH: 2000 }, [settles === undefined ? eth : { ...eth, settles }])
  w.give(1, 'ETH', 1000)
  return { w, flat }
}
const made = (list: ReturnType<AgentWorld['act']>) => list.filter(({ kind }) => kind === 'make')

describe('market maker: the regime (derivatives.md §18.2)', () => {
  it('has depth exp(−k_v·x)·exp(−k_i·i) and a half spread (1 + k_s·x) ÷ √depth times the calm one', () => {
    // σ short twice σ long: x = 1. exp(−0.5) · exp(−0.5) = 0.3678794; 0.0002 · 2 ÷ √0.3678794 = 0.00065949
    const got = regime(knobs, 4, 1, 0.5, 0.0002)
    expect(got.depth).toBeCloseTo(0.36787944117144233, 14)
    expect(got.half_spread).toBeCloseTo(0.0006594885082800512, 14)
  })

  it('is calm when volatility falls, and bounded below', () => {
    expect(regime(knobs, 1, 4, 0, 0.0002)).toEqual({ depth: 1, half_spread: 0.0002 })
    // σ ratio 10, x = 9: exp(−4.5) = 0.0111 is below 0.02; 0.0002 · 10 ÷ √0.02 = 0.0141421
    const got = regime(knobs, 100, 1, 0, 0.0002)
    expect(got.depth).toBe(0.02)
    expect(got.half_spread).toBeCloseTo(0.01414213562373095, 14)
    expect(regime(knobs, 1e8, 1, 0, 0.01).half_spread).toBe(0.5)
  })

  it('lets go of 90 to 98 % of the depth in a crash of 30 % an hour, as on 2025-10-10', () => {
    // ln 0.7 ÷ 60 a minute is 0.594 % a minute, 4.3 a year against 0.6; after ten minutes the short memory has 1 − e^−2 of it.
    const start = 0.36 / 31_557_600_000
    const rate = (Math.log(0.7) / 60) ** 2 / MINUTE
    const short = start + (1 - Math.exp(-2)) * (rate - start)
    const long = start + (1 - Math.exp(-600_000 / 86_400_000)) * (rate - start)
    const { depth } = regime(knobs, short, long, 0, 0.0002)
    expect(depth).toBeGreaterThan(0.02)
    expect(depth).toBeLessThan(0.1)
  })

  it('averages with a memory', () => {
    expect(averaged(2, 10, 1000, 1000)).toBeCloseTo(2 + 8 * (1 - Math.exp(-1)), 12)
    expect(averaged(2, 10, 0, 1000)).toBe(2)
  })
})

describe('market maker: quoting', () => {
  it('enters with depth in base units at start prices, shared by its actors', () => {
    const { w } = world()
    w.open(marketMaker, { books: [book] }, [1, 2])
    // 400000 ÷ 2000 ÷ 2
    expect(w.made).toEqual([
      { market: 0, party: 1, depth: 100, half_spread: 0.0002 },
      { market: 0, party: 2, depth: 100, half_spread: 0.0002 },
    ])
  })

  it('re-quotes by the volatility that it has seen, once', () => {
    const { w, flat } = world()
    const agent = w.open(marketMaker, { books: [book] })
    w.time_ms += MINUTE
    expect(w.act(agent)).toEqual([])
    w.time_ms += MINUTE
    flat.price = 1980
    const [quote] = w.act(agent)
    const start = 0.36 / 31_557_600_000
    const still = start * Math.exp(-0.2)
    const still_long = start * Math.exp(-60 / 86_400)
    const variance = Math.log(0.99) ** 2 / MINUTE
    const short = still + (1 - Math.exp(-0.2)) * (variance - still)
    const long = still_long + (1 - Math.exp(-60 / 86_400)) * (variance - still_long)
    const excess = Math.sqrt(short / long) - 1
    expect(quote).toMatchObject({ kind: 'make', market: 0, account: 1, actor: 1 })
    expect(quote?.amount).toBeCloseTo(200 * Math.exp(-0.5 * excess), 6)
    expect(quote?.limit).toBeCloseTo((0.0002 * (1 + excess)) / Math.sqrt(Math.exp(-0.5 * excess)), 9)
    expect(w.out.priorities).toEqual([10])
    expect(w.act(agent)).toEqual([])
  })

  it('quotes by the hour of the day: 3.86 M at 11:00 and 2.36 M at 21:00 UTC are 1 and 0.611 (Amberdata)', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 21 ? 2.36 / 3.86 : 1))
    expect(hourly(hours, Date.UTC(2025, 9, 10, 20, 59, 59, 999))).toBe(1)
    expect(hourly(hours, Date.UTC(2025, 9, 10, 21))).toBeCloseTo(0.6114, 4)
    expect(hourly(undefined, Date.UTC(2025, 9, 10, 21))).toBe(1)
    const { w } = world()
    w.time_ms = Date.UTC(2025, 9, 10, 20, 59)
    const agent = w.open(marketMaker, { books: [book], hours })
    expect(w.made[0]?.depth).toBe(200)
    w.act(agent)
    w.time_ms += MINUTE
    expect(w.act(agent).find(({ kind }) => kind === 'make')?.amount).toBeCloseTo(200 * (2.36 / 3.86), 9)
    w.time_ms += 60 * MINUTE
    expect(w.act(agent).find(({ kind }) => kind === 'make')?.amount).toBeCloseTo(200, 9)
    expect(() => w.open(marketMaker, { books: [book], hours: [1] })).toThrow(/hours/)
  })

  it('leaves quotes as they are for small changes', () => {
    const { w, flat } = world()
    const agent = w.open(marketMaker, { books: [book] })
    w.time_ms += MINUTE
    // 0.0826 % a minute is the calm pace: σ = 0.6 a year. Of 0.09 % depth changes by less than a tenth.
    flat.price = 2000 * 1.0009
    expect(w.act(agent)).toEqual([])
  })

  it('sees a crash within the tick; how many rounds it looked changes nothing afterwards', () => {
    const run = (looks: readonly number[]) => {
      const { w, flat } = world()
      const agent = w.open(marketMaker, { books: [book], threshold: 0.001 })
      w.time_ms += MINUTE
      for (const price of looks) {
        flat.price = price
        w.act(agent)
      }
      w.time_ms += MINUTE
      flat.price = 1850
      return w.act(agent)[0]
    }
    const one = run([1900])
    expect(one?.amount).toBeGreaterThan(0)
    expect(run([1990, 1950, 1900, 1900])?.amount).toBe(one?.amount)
  })

  it('comes back as the volatility is forgotten', () => {
    const { w, flat } = world()
    const agent = w.open(marketMaker, { books: [book] })
    w.time_ms += MINUTE
    flat.price = 1900
    const shocked = made(w.act(agent))[0]?.amount as number
    let last = shocked
    for (let minute = 0; minute < 60; minute++) {
      w.time_ms += MINUTE
      for (const quote of made(w.act(agent))) {
        expect(quote.amount).toBeGreaterThanOrEqual(last)
        last = quote.amount
      }
    }
    expect(shocked).toBeLessThan(50)
    expect(last).toBeGreaterThan(190)
  })

  it('does not quote in a halted market', () => {
    const { w, flat } = world()
    const agent = w.open(marketMaker, { books: [book] })
    w.halted.add('market:ETH')
    w.time_ms += MINUTE
    flat.price = 1900
    expect(w.act(agent)).toEqual([])
    w.halted.clear()
    expect(made(w.act(agent))).toHaveLength(1)
  })

  it('starts again after a reset', () => {
    const { w, flat } = world()
    const agent = w.open(marketMaker, { books: [book] })
    w.store.seal()
    const run = () => {
      flat.price = 2000
      w.time_ms += MINUTE
      flat.price = 1900
      return made(w.act(agent))[0]?.amount
    }
    const start = w.time_ms
    const first = run()
    w.store.reset()
    w.time_ms = start
    expect(run()).toBe(first)
  })
})

describe('market maker: inventory', () => {
  it('quotes less with it, leaves at its limit and comes back at seven tenths', () => {
    const { w } = world()
    const agent = w.open(marketMaker, { books: [book] })
    w.time_ms += MINUTE
    w.act(agent)
    // The limit is 200000 ÷ 2000 = 100 ETH off the 1000 it started with.
    const after = (bought: number) => {
      w.give(1, 'ETH', bought)
      return made(w.act(agent)).map(({ amount }) => amount)
    }
    expect(after(-50)).toEqual([expect.closeTo(200 * Math.exp(-0.5), 6)])
    expect(after(-50)).toEqual([0])
    expect(after(20)).toEqual([])
    expect(after(11)).toEqual([expect.closeTo(200 * Math.exp(-0.69), 6)])
    // Long is as bad as short.
    expect(after(170)).toEqual([0])
  })
})

describe('market maker: at an exchange', () => {
  const rich: Legs = [[1, 'CASH', 50_000, 1, 1]]
  /** So many ETH at 2000 with 50000 of equity. */
  const holding = (units: number): Legs => [
    [1, 'ETH', units, 0.99, 2000, 'ETH'],
    [-1, 'CASH', units * 2000 - 50_000, 1, 1],
  ]

  function exchange(legs: Legs = rich) {
    const { w, flat } = world(4)
    w.own(1, 4, 6, legs)
    const agent = w.open(marketMaker, { books: [{ ...book, inventory_usd: 4_000_000 }], k_i: 0 })
    w.time_ms += MINUTE
    w.act(agent)
    return { w, flat, agent, events: w.waits() }
  }

  it('quotes with its account, and looks it up again and again', () => {
    const { w, agent, events } = exchange()
    expect(w.made[0]).toMatchObject({ party: 6, depth: 200 })
    expect(events.list).toMatchObject([{ venue: 4, account: 6, actor: 1 }])
    expect(w.act(agent)).toEqual([])
    expect(w.due(agent, events)).toMatchObject([{ kind: 'wait', venue: 4, account: 6, delay_ms: MINUTE }])
  })

  it('leaves when its equity is below a twentieth of its contracts, and comes back at a tenth', () => {
    const { w, agent, events } = exchange()
    // 50000 ÷ (501 · 2000) < 0.05
    w.accounts.set('4/6', holding(501))
    expect(w.due(agent, events).map(({ kind }) => kind)).toEqual(['cancel', 'wait'])
    expect(w.out.list[0]).toMatchObject({ venue: 4, account: 6 })
    expect(w.act(agent)).toEqual([])
    w.accounts.set('4/6', holding(260))
    expect(w.due(agent, events).map(({ kind }) => kind)).toEqual(['wait'])
    expect(w.act(agent)).toEqual([])
    w.accounts.set('4/6', holding(250))
    w.due(agent, events)
    expect(made(w.act(agent))).toMatchObject([{ account: 6, amount: 200 }])
  })

  it('leaves when it is called, with one cancel, and does not quote until it has looked', () => {
    const { w, flat, agent, events } = exchange(holding(100))
    expect(w.respond(agent, [{ actor: 1, venue: 4, account: 6 }])).toMatchObject([{ kind: 'cancel', venue: 4, account: 6 }])
    expect(w.respond(agent, [{ actor: 1, venue: 4, account: 6 }])).toEqual([])
    flat.price = 1900
    expect(w.act(agent)).toEqual([])
    w.due(agent, events)
    expect(made(w.act(agent))).toHaveLength(1)
  })

  it('leaves a book at its inventory limit without giving up its place, so that what it took on can still be handed over', () => {
    const { w, agent, events } = exchange()
    w.accounts.set('4/6', [
      [1, 'ETH', 2000, 0.99, 2000, 'ETH'],
      [1, 'CASH', 1e6, 1, 1],
    ])
    w.due(agent, events)
    expect(w.act(agent)).toMatchObject([{ kind: 'make', account: 6, amount: 0 }])
    expect(w.act(agent)).toEqual([])
  })

  it('is called with three tenths of its buffer left', () => {
    const { agent } = exchange()
    expect(agent.call_level(2)).toBeCloseTo(2 ** 0.3, 12)
  })
})

describe('market maker: spec', () => {
  it('refuses what makes no sense, by name', () => {
    const { w } = world()
    expect(() => w.open(marketMaker, { books: [{ ...book, market: 'X' }] })).toThrow(/books\[0\].market is X/)
    expect(() => w.open(marketMaker, { books: [book], short_ms: 2, long_ms: 1 })).toThrow(/long_ms/)
    expect(() => w.open(marketMaker, { books: [book], resume_margin: 0.01 })).toThrow(/resume_margin/)
    expect(() => world(4).w.open(marketMaker, { books: [book] })).toThrow(/books\[0\].market .*account/)
  })
})
