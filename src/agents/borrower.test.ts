import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type Legs, Pool } from '../../test/support/agent-world.ts'
import type { Action } from '../model/index.ts'
import { borrower } from './borrower.ts'
import { call_level, opening_health, target_health } from './shared/margin-call.ts'

const prices = { USD: 1, ETH: 2000, BTC: 50_000, DAI: 1 }
// 10 ETH · 0.8 · 2000 = 16000 against 15000 USD: health 1.0667, below 1.1.
const loan: Legs = [
  [1, 'ETH', 10, 0.8, 2000],
  [-1, 'USD', 15_000, 1, 1],
]
const only = (answer: 'top_up' | 'repay' | 'cut' | 'ignore') => ({
  sizes: [{ above_usd: 0, top_up: 0, repay: 0, cut: 0, ignore: 0, automated: 0, [answer]: 1 }],
})
const at_once = { automated_median_ms: 0, manual_median_ms: 0 }

function world(book: Pool | Flat = new Flat(50_000)) {
  const w = new AgentWorld(prices, [
    { id: 'BTC-USD', base: 'BTC', quote: 'USD', book },
    { id: 'BTC-DAI', base: 'BTC', quote: 'DAI', book: new Flat(50_000) },
    { id: 'DAI-USD', base: 'DAI', quote: 'USD', book: new Flat(1) },
  ])
  w.own(1, 0, 5, loan)
  return w
}
const called = [{ actor: 1, account: 5, row: 77 }]
const what = (list: readonly Action[]) => list.map(({ kind, asset, amount }) => [kind, asset, amount])

describe('borrower: the answer', () => {
  it('tops up what restores the target health exactly', () => {
    const w = world()
    w.give(1, 'ETH', 100)
    const list = w.respond(w.open(borrower, { ...only('top_up'), ...at_once }), called)
    // (1.3 · 15000 − 16000) ÷ (0.8 · 2000) = 3500 ÷ 1600 = 2.1875; then (12.1875 · 1600) ÷ 15000 = 1.3
    expect(what(list)).toEqual([['deposit', w.asset('ETH'), 2.1875]])
    expect(list[0]).toMatchObject({ venue: 0, account: 5, actor: 1, cause: 77 })
    expect(w.out.priorities).toEqual([20])
  })

  it('repays what restores the target health exactly', () => {
    const w = world()
    w.give(1, 'USD', 10_000)
    const list = w.respond(w.open(borrower, { ...only('repay'), ...at_once }), called)
    // 15000 − 16000 ÷ 1.3 = 2692.3077; then 16000 ÷ 12307.6923 = 1.3
    expect(list).toHaveLength(1)
    expect(list[0]).toMatchObject({ kind: 'repay', asset: w.asset('USD'), account: 5 })
    expect(list[0]?.amount).toBeCloseTo(15_000 - 16_000 / 1.3, 9)
  })

  it('sells another treasury asset for the debt asset and repays with it, as a forced sale of the venue that called', () => {
    const w = world(new Flat(50_000, 0.001))
    w.give(1, 'BTC', 2)
    const agent = w.open(borrower, { ...only('cut'), ...at_once, markets: ['BTC-USD'] })
    const [sale, repayment] = w.respond(agent, called)
    // 2692.3077 ÷ (50000 · 0.999) = 0.05390005
    expect(sale).toMatchObject({
      kind: 'order',
      market: 0,
      side: -1,
      exact: 'base',
      actor: 1,
      sold: 'called',
      victim: 0,
      cause: 77,
    })
    expect(sale?.amount).toBeCloseTo((15_000 - 16_000 / 1.3) / 49_950, 9)
    expect(repayment).toMatchObject({ kind: 'repay', of: 0, asset: w.asset('USD'), account: 5 })
    expect(w.out.bundles).toBe(1)
  })

  it('counts slippage, its own of the same batch included', () => {
    const w = world(new Pool(100, 5_000_000))
    w.own(2, 0, 6, loan)
    w.give(1, 'BTC', 2)
    w.give(2, 'BTC', 2)
    const agent = w.open(borrower, { ...only('cut'), ...at_once, markets: ['BTC-USD'] }, [1, 2])
    const list = w.respond(agent, [...called, { actor: 2, account: 6 }])
    // To receive w from a constant product one gives 100 · w ÷ (5e6 − w); together 2w.
    const wanted = 15_000 - 16_000 / 1.3
    const one = (100 * wanted) / (5e6 - wanted)
    const two = (100 * 2 * wanted) / (5e6 - 2 * wanted)
    expect(list[0]?.amount).toBeCloseTo(one, 8)
    expect(list[2]?.amount).toBeCloseTo(two - one, 8)
  })

  it('sells over two markets when none is direct; only the first sale is forced', () => {
    const w = world()
    w.give(1, 'BTC', 2)
    const agent = w.open(borrower, { ...only('cut'), ...at_once, markets: ['BTC-DAI', 'DAI-USD'] })
    const list = w.respond(agent, called)
    expect(list.map(({ kind, market, of, sold }) => [kind, market, of, sold])).toEqual([
      ['order', 1, -1, 'called'],
      ['order', 2, 0, 'free'],
      ['repay', -1, 1, 'free'],
    ])
  })

  it('sells over all markets at once, each part repaying what it brought, when it splits', () => {
    // Two pools of equal depth at one price: half to each, over one market or two.
    const w = new AgentWorld(prices, [
      { id: 'BTC-USD', base: 'BTC', quote: 'USD', book: new Pool(1, 50_000) },
      { id: 'BTC-DAI', base: 'BTC', quote: 'DAI', book: new Pool(1, 50_000) },
      { id: 'DAI-USD', base: 'DAI', quote: 'USD', book: new Flat(1) },
    ])
    w.own(1, 0, 5, loan)
    w.give(1, 'BTC', 2)
    const markets = ['BTC-USD', 'BTC-DAI', 'DAI-USD']
    const list = w.respond(w.open(borrower, { ...only('cut'), ...at_once, markets, split: true }), called)
    const half = (15_000 - 16_000 / 1.3) / 2
    const units = half / (50_000 - half)
    const parts = list.filter(({ kind, of }) => kind === 'order' && of < 0)
    expect(parts.map(({ market, sold }) => `${market} ${sold}`).sort((a, b) => a.localeCompare(b))).toEqual([
      '0 called',
      '1 called',
    ])
    for (const part of parts) expect(part.amount).toBeCloseTo(units, 7)
    expect(list.filter(({ kind }) => kind === 'repay').map(({ of }) => list[of]?.kind)).toEqual(['order', 'order'])
    const alone = w.respond(w.open(borrower, { ...only('cut'), ...at_once, markets }, [1], 'b'), called)
    expect(alone[0]?.amount as number).toBeGreaterThan(2 * units * 1.02)
  })

  it('goes on with the other answers when the treasury does not cover the chosen one', () => {
    const w = world()
    w.give(1, 'ETH', 1)
    w.give(1, 'USD', 500)
    w.give(1, 'BTC', 2)
    const agent = w.open(borrower, { ...only('top_up'), ...at_once, markets: ['BTC-USD'] })
    const list = w.respond(agent, called)
    // 1 ETH brings 17600; then 15000 − 17600 ÷ 1.3 = 1461.5385 is too much, 500 of it is at hand, the rest is sold for.
    expect(list.map(({ kind }) => kind)).toEqual(['deposit', 'repay', 'order', 'repay'])
    expect(list[0]?.amount).toBe(1)
    expect(list[1]?.amount).toBe(500)
    expect(list[2]?.amount).toBeCloseTo((15_000 - 17_600 / 1.3 - 500) / 50_000, 9)
    expect(w.out.bundles).toBe(3)
  })

  it('spends a treasury once when two accounts are called together', () => {
    const w = world()
    w.own(1, 0, 6, loan)
    w.give(1, 'ETH', 3)
    const list = w.respond(w.open(borrower, { ...only('top_up'), ...at_once }), [...called, { actor: 1, account: 6 }])
    expect(what(list)).toEqual([
      ['deposit', w.asset('ETH'), 2.1875],
      ['deposit', w.asset('ETH'), 0.8125],
    ])
  })

  it('does nothing with an empty treasury, when it ignores, and for less than it is worth', () => {
    const w = world()
    expect(w.respond(w.open(borrower, { ...only('top_up'), ...at_once }, [1], 'a'), called)).toEqual([])
    w.give(1, 'ETH', 100)
    expect(w.respond(w.open(borrower, { ...only('ignore'), ...at_once }, [1], 'b'), called)).toEqual([])
    // The deposit would be worth 4375 USD.
    expect(w.respond(w.open(borrower, { ...only('top_up'), ...at_once, min_usd: 4376 }, [1], 'c'), called)).toEqual([])
    expect(w.respond(w.open(borrower, { ...only('top_up'), ...at_once, min_usd: 4374 }, [1], 'd'), called)).toHaveLength(1)
  })
})

describe('borrower: the delay', () => {
  it('waits, then looks again', () => {
    const w = world()
    w.give(1, 'ETH', 100)
    const agent = w.open(borrower, { ...only('top_up'), manual_median_ms: 600_000, delay_sigma: 0 })
    expect(w.respond(agent, called)).toMatchObject([
      { kind: 'wait', actor: 1, venue: 0, account: 5, cause: 77, delay_ms: 600_000 },
    ])
    const events = w.waits()
    // The price fell on meanwhile: 10 ETH at 1900. (1.3 · 15000 − 15200) ÷ 1520 = 2.8289474
    w.accounts.set('0/5', [
      [1, 'ETH', 10, 0.8, 1900],
      [-1, 'USD', 15_000, 1, 1],
    ])
    const list = w.due(agent, events)
    expect(list).toMatchObject([{ kind: 'deposit', cause: 77, account: 5 }])
    expect(list[0]?.amount).toBeCloseTo(4300 / 1520, 9)
  })

  it('keeps the money when the account is healthy again, or gone', () => {
    const w = world()
    w.give(1, 'ETH', 100)
    const agent = w.open(borrower, only('top_up'))
    w.respond(agent, called)
    const events = w.waits()
    // 10 · 0.8 · 2062.5 = 16500 = 1.1 · 15000: at the level it was called at, so no longer below it.
    w.accounts.set('0/5', [
      [1, 'ETH', 10, 0.8, 2062.5],
      [-1, 'USD', 15_000, 1, 1],
    ])
    expect(w.due(agent, events)).toEqual([])
    w.accounts.set('0/5', [])
    expect(w.due(agent, events)).toEqual([])
    w.accounts.set('0/5', loan)
    expect(w.due(agent, events)).toHaveLength(1)
  })

  it('is lognormal with the stated median and spread', () => {
    const actors = Array.from({ length: 4000 }, (_, n) => n + 1)
    const w = new AgentWorld(prices, [], 4001)
    for (const actor of actors) w.own(actor, 0, actor, loan)
    const agent = w.open(borrower, only('top_up'), actors)
    const list = w.respond(
      agent,
      actors.map((actor) => ({ actor, account: actor })),
    )
    const delays = list.map((action) => Math.log(action.delay_ms)).sort((a, b) => a - b)
    expect(delays).toHaveLength(4000)
    // Standard errors: of the median 1.2 · 1.2533 ÷ √4000 = 0.024, of a quantile at one σ about 1.2 · 1.52 ÷ √4000 = 0.029.
    expect(Math.abs((delays[2000] as number) - Math.log(1_800_000))).toBeLessThan(0.1)
    expect(Math.abs((delays[3365] as number) - Math.log(1_800_000) - 1.2)).toBeLessThan(0.12)
    expect(Math.abs((delays[635] as number) - Math.log(1_800_000) + 1.2)).toBeLessThan(0.12)
  })
})

describe('borrower: who answers', () => {
  const share = (usd: number) => {
    const actors = Array.from({ length: 3000 }, (_, n) => n + 1)
    const w = new AgentWorld(prices, [], 3001)
    const size = usd / 20_000
    for (const actor of actors)
      w.own(actor, 0, actor, [
        [1, 'ETH', 10 * size, 0.8, 2000],
        [-1, 'USD', 15_000 * size, 1, 1],
      ])
    const list = w.respond(
      w.open(borrower, {}, actors),
      actors.map((actor) => ({ actor, account: actor })),
    )
    return 1 - list.length / actors.length
  }

  it('small owners ignore calls more often than large ones, as the spec says', () => {
    // Weights 15 + 15 + 5 of 100, 60 of 100, 85 of 100; standard error at most 0.009.
    expect(Math.abs(share(20_000) - 0.65)).toBeLessThan(0.035)
    expect(Math.abs(share(1_000_000) - 0.4)).toBeLessThan(0.035)
    // Of seven large vaults in January 2022 one ignored (events.md jan-2022): 1 ÷ 7 = 0.143.
    expect(Math.abs(share(60_000_000) - 0.15)).toBeLessThan(0.035)
  })

  it('decides for each actor alone: others, their order and the round change nothing', () => {
    const actors = Array.from({ length: 50 }, (_, n) => n + 1)
    const w = new AgentWorld(prices, [], 60)
    for (const actor of [...actors, 51]) w.own(actor, 0, actor, loan)
    const decisions = (list: readonly Action[]) =>
      new Map(list.map((action) => [action.actor, [action.plan, action.delay_ms].join()]))
    const calls = actors.map((actor) => ({ actor, account: actor }))
    const agent = w.open(borrower, {}, actors)
    const all = decisions(w.respond(agent, calls))
    expect(all.size).toBeGreaterThan(5)
    const alone = new Map(calls.flatMap((call) => [...decisions(w.respond(agent, [call]))]))
    expect(alone).toEqual(all)
    expect(decisions(w.respond(agent, [...calls].reverse()))).toEqual(all)
    const same = new AgentWorld(prices, [], 60)
    for (const actor of [...actors, 51]) same.own(actor, 0, actor, loan)
    const more = same.open(borrower, {}, [...actors, 51])
    const with_more = decisions(same.respond(more, [...calls, { actor: 51, account: 51 }]))
    with_more.delete(51)
    expect(with_more).toEqual(all)
    w.time_ms += 60_000
    expect(decisions(w.respond(agent, calls))).not.toEqual(all)
  })
})

describe('borrower: levels', () => {
  it('is called below a health, or when a share of the opening ln health is left', () => {
    expect(call_level({ health: 1.1 }, 1.5)).toBe(1.1)
    expect(call_level({ buffer_share: 0.3 }, 2)).toBeCloseTo(2 ** 0.3, 12)
    expect(call_level({ buffer_share: 0 }, 2)).toBe(1)
    // Equity of 1e15 times what is needed is a debt of rounding: at most the 100 of a rule by health.
    expect(call_level({ buffer_share: 0.3 }, 4e15)).toBe(100)
  })

  it('who starts below the level is called when half of his ln health is left', () => {
    expect(call_level({ health: 1.1 }, 1.05)).toBeCloseTo(Math.sqrt(1.05), 12)
  })

  it('who owes nothing, or is in breach already, is never called', () => {
    expect(call_level({ health: 1.1 }, Number.POSITIVE_INFINITY)).toBe(1)
    expect(call_level({ buffer_share: 0.3 }, Number.POSITIVE_INFINITY)).toBe(1)
    expect(call_level({ health: 1.1 }, 0.9)).toBe(1)
  })

  it('the target is never above the opening health, where the level tells it', () => {
    expect(opening_health({ buffer_share: 0.3 }, 2 ** 0.3)).toBeCloseTo(2, 9)
    expect(opening_health({ health: 1.1 }, 1.1)).toBe(Number.POSITIVE_INFINITY)
    expect(opening_health({ health: 1.1 }, Math.sqrt(1.05))).toBeCloseTo(1.05, 9)
    expect(target_health({ health: 1.1 }, { health: 1.3 }, 1.1)).toBe(1.3)
    expect(target_health({ health: 1.1 }, { health: 1.3 }, Math.sqrt(1.05))).toBeCloseTo(1.05, 9)
    expect(target_health({ buffer_share: 0.3 }, { buffer_share: 0.6 }, 2 ** 0.3)).toBeCloseTo(2 ** 0.6, 9)
  })
})

describe('borrower: spec', () => {
  it('refuses what makes no sense, by name', () => {
    const w = world()
    expect(() => w.open(borrower, { target: { buffer_share: 0.5 } })).toThrow(/target .* call is by health/)
    const size = { above_usd: 5, top_up: 1, repay: 1, cut: 1, ignore: 1, automated: 0 }
    expect(() => w.open(borrower, { sizes: [size, size] })).toThrow(/sizes\[1\].above_usd/)
    expect(() => w.open(borrower, { sizes: [{ ...size, automated: 2 }] })).toThrow(/automated/)
    expect(() => w.open(borrower, { markets: ['X'] })).toThrow(/markets\[0\]/)
    expect(() => w.open(borrower, { colour: 1 })).toThrow(/colour/)
  })

  it('nobody answers where no size applies', () => {
    const w = world()
    w.give(1, 'ETH', 100)
    const size = { above_usd: 20_001, top_up: 1, repay: 0, cut: 0, ignore: 0, automated: 0 }
    expect(w.respond(w.open(borrower, { ...at_once, sizes: [size] }), called)).toEqual([])
  })
})
