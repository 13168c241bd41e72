import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type Legs, Pool } from '../../test/support/agent-world.ts'
import { trader } from './trader.ts'

// Long 1 BTC at a mark of 97, maintenance 0.5 %, cash −95: assets 96.515, debts 95, health 1.015947.
const long: Legs = [
  [1, 'BTC', 1, 0.995, 97, 'BTC-PERP'],
  [-1, 'CASH', 95, 1, 1],
]
// Short 1 BTC at a mark of 103, cash 105: assets 105, debts 103.515.
const short: Legs = [
  [-1, 'BTC', 1, 1.005, 103, 'BTC-PERP'],
  [1, 'CASH', 105, 1, 1],
]
const only = (answer: 'top_up' | 'cut') => ({
  sizes: [{ above_usd: 0, top_up: 0, cut: 0, ignore: 0, automated: 0, [answer]: 1 }],
  automated_median_ms: 0,
  manual_median_ms: 0,
  min_usd: 0,
  target: { health: 1.03 },
})

function world(legs: Legs, book: Pool | Flat = new Flat(97)) {
  const w = new AgentWorld({ USD: 1, BTC: 97, ETH: 10 }, [
    { id: 'BTC-PERP', base: 'BTC', quote: 'USD', book, settles: 0 },
    { id: 'ETH-PERP', base: 'ETH', quote: 'USD', book: new Flat(10), settles: 0 },
  ])
  w.own(1, 0, 5, legs)
  return w
}
const called = [{ actor: 1, account: 5, row: 77 }]

describe('trader: margin in', () => {
  it('pays in the cash that restores the target health exactly', () => {
    const w = world(long)
    w.give(1, 'USD', 50)
    const list = w.respond(w.open(trader, only('top_up')), called)
    // 95 − 96.515 ÷ 1.03 = 1.2961165
    expect(list).toMatchObject([{ kind: 'deposit', asset: w.asset('USD'), account: 5, venue: 0, actor: 1, cause: 77 }])
    expect(list[0]?.amount).toBeCloseTo(95 - 96.515 / 1.03, 9)
  })

  it('pays in what a short needs', () => {
    const w = world(short)
    w.give(1, 'USD', 50)
    // 1.03 · 103.515 − 105 = 1.62045
    expect(w.respond(w.open(trader, only('top_up')), called)[0]?.amount).toBeCloseTo(1.62045, 9)
  })

  it('cuts what the treasury does not cover', () => {
    const w = world(long)
    w.give(1, 'USD', 1)
    const list = w.respond(w.open(trader, only('top_up')), called)
    // With 1 paid in: gap 1.03 · 94 − 96.515 = 0.305, slope 1.03 · 97 − 96.515 = 3.395.
    expect(list.map(({ kind }) => kind)).toEqual(['deposit', 'order'])
    expect(list[1]?.amount).toBeCloseTo(0.305 / 3.395, 9)
  })
})

describe('trader: a smaller position', () => {
  it('of an inverse contract is sold for exact quote units when it is long, bought when it is short', () => {
    // Face 9,700 USD at a mark of 97: a long owes 100 coins' worth of it, margin of 102.2 coins; maintenance 0.5 %.
    const inverse = (side: 1 | -1, coins: number): Legs => [
      [side, 'USD', 9700, 1 - side * 0.005, 1 / 97, 'BTC-PERP'],
      [side === 1 ? -1 : 1, 'CASH', coins, 1, 1],
    ]
    // gap 1.03 · 100.5 − 102.2 = 1.315 coins; a unit of face brings 1.03 · 1.005/97 − 1/97
    const w = world(inverse(-1, 102.2), new Flat(97))
    const [sale] = w.respond(w.open(trader, only('cut')), called)
    expect(sale).toMatchObject({ kind: 'order', side: -1, exact: 'quote' })
    expect(sale?.amount).toBeCloseTo(1.315 / ((1.03 * 1.005 - 1) / 97), 6)
    // short of the face: 99.5 of assets against 97.8 owed: gap 1.03 · 97.8 − 99.5, a unit brings 1.03/97 − 0.995/97
    const v = world(inverse(1, 97.8), new Flat(97))
    const [purchase] = v.respond(v.open(trader, only('cut')), called)
    expect(purchase).toMatchObject({ kind: 'order', side: 1, exact: 'quote' })
    expect(purchase?.amount).toBeCloseTo((1.03 * 97.8 - 99.5) / ((1.03 - 0.995) / 97), 6)
  })

  it('sells of a long what restores the target health exactly; a forced sale of the venue that called', () => {
    const w = world(long)
    const list = w.respond(w.open(trader, only('cut')), called)
    expect(list).toMatchObject([
      { kind: 'order', market: 0, account: 5, side: -1, exact: 'base', sold: 'called', victim: 0, cause: 77, limit: 0 },
    ])
    // gap 1.03 · 95 − 96.515 = 1.335 over 1.03 · 97 − 96.515 = 3.395
    expect(list[0]?.amount).toBeCloseTo(1.335 / 3.395, 9)
  })

  it('buys of a short what restores the target health exactly', () => {
    const w = world(short, new Flat(103))
    const list = w.respond(w.open(trader, only('cut')), called)
    expect(list[0]).toMatchObject({ kind: 'order', side: 1, exact: 'base' })
    expect(list[0]?.amount).toBeCloseTo(1.62045 / 3.62045, 9)
  })

  it('counts the spread', () => {
    const w = world(long, new Flat(97, 0.001))
    // At 96.903: slope 1.03 · 96.903 − 96.515 = 3.29509.
    expect(w.respond(w.open(trader, only('cut')), called)[0]?.amount).toBeCloseTo(1.335 / 3.29509, 6)
  })

  it('counts slippage: after the fill the health is the target', () => {
    const pool = new Pool(400, 38_800)
    const w = world(long, pool)
    const units = w.respond(w.open(trader, only('cut')), called)[0]?.amount as number
    const [, cash] = pool.take({ side: -1, amount: units, exact: 'base', limit: 0, party: -1 })
    expect(((1 - units) * 96.515) / (95 - cash)).toBeCloseTo(1.03, 5)
  })

  it('closes all where closing a part does not get there', () => {
    const w = world([
      [1, 'BTC', 1, 0.995, 97, 'BTC-PERP'],
      [-1, 'CASH', 99, 1, 1],
    ])
    expect(w.respond(w.open(trader, only('cut')), called)[0]?.amount).toBe(1)
  })

  it('closes the largest position first and the next only when it must', () => {
    // 97 − 95.5 + (20 − 20.4): assets 96.515 + 19.9, debts 115.9, health 1.00444; target 1.03.
    const two: Legs = [
      [1, 'ETH', 2, 0.995, 10, 'ETH-PERP'],
      [1, 'BTC', 1, 0.995, 97, 'BTC-PERP'],
      [-1, 'CASH', 115.9, 1, 1],
    ]
    const w = world(two)
    const one = w.respond(w.open(trader, only('cut'), [1], 'a'), called)
    expect(one.map(({ market }) => market)).toEqual([0])
    // All of the BTC: assets 19.9, cash and debts 18.9. Then gap 3 · 18.9 − 19.9 = 36.8, slope 3 · 10 − 9.95 = 20.05.
    const deep = w.respond(w.open(trader, { ...only('cut'), target: { health: 3 }, call: { health: 1.5 } }, [1], 'b'), called)
    expect(deep.map(({ market, amount }) => [market, amount])).toEqual([
      [0, 1],
      [1, expect.closeTo(36.8 / 20.05, 9)],
    ])
  })

  it('tops up instead where the book is empty', () => {
    const w = world(long, new Flat(97, 0, 0))
    w.give(1, 'USD', 50)
    expect(w.respond(w.open(trader, only('cut')), called).map(({ kind }) => kind)).toEqual(['deposit'])
  })
})

describe('trader: defaults', () => {
  it('is called with three tenths of the buffer left and restores six tenths', () => {
    const w = world(long)
    const agent = w.open(trader, {})
    // 20× long at 100: assets 99.5, debts 95; ln H = 0.046281, level exp(0.3 · 0.046281) = 1.013981.
    expect(agent.call_level(99.5 / 95)).toBeCloseTo(1.0139813, 6)
    w.give(1, 'USD', 50)
    const agent_at_once = w.open(trader, { ...only('top_up'), target: { buffer_share: 0.6 } }, [1], 'b')
    // Called at 1.0159474: the opening health is taken to be that to the power 1/0.3, the target to the power 2: 1.0321491.
    const paid = w.respond(agent_at_once, called)[0]?.amount as number
    expect(96.515 / (95 - paid)).toBeCloseTo((96.515 / 95) ** 2, 9)
  })

  it('answers later, and not when the account is back above the level or closed', () => {
    const w = world(long)
    w.give(1, 'USD', 50)
    const agent = w.open(trader, { ...only('top_up'), manual_median_ms: 60_000, automated_median_ms: 60_000 })
    expect(w.respond(agent, called).map(({ kind }) => kind)).toEqual(['wait'])
    const events = w.waits()
    expect(w.due(agent, events)).toEqual([])
    w.accounts.set('0/5', [
      [1, 'BTC', 1, 0.995, 96.9, 'BTC-PERP'],
      [-1, 'CASH', 95, 1, 1],
    ])
    expect(w.due(agent, events).map(({ kind }) => kind)).toEqual(['deposit'])
    w.accounts.set('0/5', [[1, 'CASH', 2, 1, 1]])
    expect(w.due(agent, events)).toEqual([])
  })
})
