/** The machine under rules that are not Binance's: stages, takers, allocation, shapes and pooled accounts, each on a small world. */
import { describe, expect, it } from 'vitest'
import { PerpWorld, type Row, type Setup } from '../../../../test/support/perp-world.ts'
import { exchange_kind, exchange_schema, rules, type RulesInput } from './index.ts'

const schema = exchange_schema('test-exchange')
const kind = (of: RulesInput) =>
  exchange_kind({ id: 'test-exchange', title: 'test', source: 'tests', schema, rules: () => rules.parse(of) })

const FLAT = [{ floor: 0, rate: 0.0125 }]

function world(rows: readonly Row[], of: RulesInput, setup: Setup = {}): PerpWorld {
  return new PerpWorld(rows, {
    kind: kind(of) as never,
    contract: { tiers: FLAT, liquidation_fee: 0, taker_fee: 0.00045 },
    ...setup,
  })
}

function at(w: PerpWorld, price: number, ms = 60_000): void {
  w.price(0, price)
  w.tick(ms)
}

/** Hyperliquid's stages (derivatives reference §9.6, §9.7): bankrupt → winners at the mark; below ⅔ → vault; 20 % first; then all. */
const PARTIAL: RulesInput = {
  trigger: { strict: true },
  stages: [
    { when: { ratio_below: 0 }, close: { to: ['winners'], price: 'mark' } },
    { when: { ratio_below: 2 / 3 }, close: { to: ['fund', 'winners'], price: 'mark', forfeit: true } },
    { when: { cooled_ms: 30_000 }, cancel: 'none', reduce: { size: 'fraction', share: 0.2, above: 100_000 } },
    { cancel: 'none', reduce: { size: 'whole' } },
  ],
  fee: { base: 'none', taker: true },
  fund: { leverage: 1000, unwind: 'hold' },
  adl: { rank: 'mark_leverage', price: 'mark' },
}
const T1: Row = { wallet: 12_000, held: [[0, 3, 100_000]] }
const winner: Row = { wallet: 1e6, held: [[0, -3, 101_000]] }

describe('partial liquidation with a cooldown and a backstop vault (T1)', () => {
  it('sells a fifth, cools down, then sells the rest', () => {
    const w = world([T1, winner], PARTIAL)
    w.books[0]?.rest(1, 97_150, 0.6)
    at(w, 97_200)
    w.settle()
    expect(w.rows('reduce')).toMatchObject([{ amount: 0.6, price: 97_150 }])
    expect(w.quantity(0)).toBeCloseTo(2.4, 12)
    w.books[0]?.rest(1, 96_700, 10)
    at(w, 96_800, 10_000)
    w.settle()
    expect(w.quantity(0)).toBe(0)
    expect(w.cash(0)).toBeCloseTo(2239.3335, 9)
    expect(w.broken()).toEqual([])
  })

  it('takes another fifth once it has cooled', () => {
    const w = world([T1, winner], PARTIAL)
    w.books[0]?.rest(1, 97_150, 0.6)
    at(w, 97_200)
    w.settle()
    w.books[0]?.rest(1, 96_700, 10)
    at(w, 96_800, 30_000)
    w.settle()
    expect(w.rows('reduce').map((row) => row.amount)).toEqual([expect.closeTo(0.6, 9), expect.closeTo(0.48, 9)])
  })

  it('hands position and margin to the vault below two thirds, at the mark', () => {
    const w = world([T1, winner], PARTIAL, { fund: 1e6 })
    at(w, 96_400)
    w.settle()
    // equity 12,000 − 10,800 against 2/3 of 3,615
    expect(w.rows('takeover')).toMatchObject([{ amount: 3, price: 96_400 }])
    expect(w.fund()).toBeCloseTo(1e6 + 1200, 6)
    expect([w.cash(0), w.quantity(0), w.quantity(w.venue.fund)]).toEqual([0, 0, 3])
    expect(w.broken()).toEqual([])
  })

  it('closes winners at the mark when the account is bankrupt; the vault pays what is missing', () => {
    const w = world([T1, winner], PARTIAL, { fund: 1e6 })
    at(w, 95_900)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, amount: 3, price: 95_900, extra: 0 }])
    expect(w.fund()).toBeCloseTo(1e6 - 300, 6)
    // 12,000 − 3 · 4,100, once: what the vault covers is the debt the takeover left
    const debts = w.rows('bad_debt')
    expect(debts).toMatchObject([{ account: 0, usd: expect.closeTo(300, 6), cause: w.rows('takeover')[0]?.['row'] }])
    expect(w.rows('insurance')).toMatchObject([{ amount: expect.closeTo(300, 6), cause: debts[0]?.['row'] }])
    expect([w.cash(0), w.quantity(0), w.quantity(1)]).toEqual([0, 0, 0])
    expect(w.broken()).toEqual([])
  })
})

describe('steps of slab tiers (T8)', () => {
  const SLAB: RulesInput = {
    stages: [
      {
        when: { tier_from: 2, lowest_tier_held: true, cooled_ms: 60_000 },
        reduce: { size: 'tiers', tiers: 2, bound: { kind: 'none' } },
      },
      { when: { tier_from: 2, lowest_tier_held: true }, cancel: 'none' },
      { close: {} },
    ],
    fee: { base: 'none' },
    fund: { leverage: 1000 },
  }
  const tiers = [1000, 2000, 4000, 8000].reduce(
    (list, _cap, t) => [...list, { floor: [0, 1000, 2000, 4000][t] as number, rate: 0.005 * (t + 1) }],
    [] as { floor: number; rate: number }[],
  )

  it('falls two tiers, waits a minute, and is taken over whole in the lowest', () => {
    // 5,000 contracts of 1 at a price of 1: slab maintenance 2 % of 5,000
    const w = world([{ wallet: 120, held: [[0, 5000, 1.005]] }], SLAB, {
      prices: [1],
      contract: { tiers, slab: true, liquidation_fee: 0 },
      fund: 1e6,
    })
    w.books[0]?.rest(1, 1, 1e6)
    at(w, 0.995)
    w.settle()
    // two tiers down: to the top of the second, 2,000 of notional
    expect(w.quantity(0)).toBeCloseTo(2000 / 0.995, 6)
    expect(w.rows('takeover')).toEqual([])
    expect(w.broken()).toEqual([])
  })
})

describe('an inverse contract', () => {
  const inverse: Setup = {
    coins: [{ asset: 'BTC', price: 50_000 }],
    contract: { shape: 'inverse', coin: 'BTC', tiers: [{ floor: 0, rate: 0.005 }], liquidation_fee: 0, funding: { last: 0 } },
    prices: [50_000],
  }
  const SIMPLE: RulesInput = {
    stages: [{ reduce: { size: 'compliant', target: 1 + 1e-9 } }, { close: {} }],
    fund: { leverage: 1000 },
  }
  const long: Row = { wallet: 1, held: [[0, 300_000, 50_000]] }
  const short: Row = { wallet: 1, held: [[0, -300_000, 50_000]] }

  it('is liquidated at the price of the closed form (cm1, cm2)', () => {
    const w = world([long, short], SIMPLE, inverse)
    at(w, 43_072)
    expect(w.venue.health(0, w.venue.prices)).toBeGreaterThan(1)
    at(w, 43_071.428_571_428_565)
    expect(w.venue.health(0, w.venue.prices)).toBeCloseTo(1, 12)
    at(w, 59_700)
    expect(w.venue.health(1, w.venue.prices)).toBeCloseTo(1, 12)
  })

  it('profit in coins is face · (1/entry − 1/price), and what one gains the other loses', () => {
    const w = world([long, short], SIMPLE, inverse)
    at(w, 60_000)
    const cash = [w.cash(0), w.cash(1)]
    const equity = [0, 1].map((row) => (cash[row] as number) + w.quantity(row) / 60_000)
    expect(equity[0]).toBeCloseTo(1 + 300_000 * (1 / 50_000 - 1 / 60_000), 12)
    expect((equity[0] as number) + (equity[1] as number)).toBeCloseTo(2, 12)
  })

  it('reduces, takes over and deleverages like any other; laws hold', () => {
    for (const fund of [0, 10]) {
      const w = world([long, short], SIMPLE, { ...inverse, fund })
      w.books[0]?.rest(1, 42_900, 1)
      at(w, 42_900)
      w.settle()
      // the order got one coin's worth; the rest left at its bankruptcy price
      expect(w.rows('reduce')).toMatchObject([{ account: 0, amount: 1, price: 42_900 }])
      expect(w.rows(fund > 0 ? 'takeover' : 'deleverage').length).toBeGreaterThan(0)
      expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
      expect(w.broken()).toEqual([])
    }
  })

  it('orders move it in either exact amount, within initial margin', () => {
    const w = world([{ owner: 0, wallet: 1 }, short], SIMPLE, inverse)
    w.books[0]?.rest(-1, 50_000, 100, 1)
    w.tick()
    expect(w.order(0, 2)).toBe(true)
    expect(w.quantity(0)).toBeCloseTo(-100_000, 6)
    expect(w.bundle(['order', { market: 0, account: 0, side: 1, amount: 50_000, exact: 'quote' }])).toBe(true)
    expect(w.quantity(0)).toBeCloseTo(-150_000, 6)
    expect(w.bundle(['order', { market: 0, account: 0, side: 1, amount: 1e9, exact: 'quote' }])).toBe(true)
    // 1 % initial margin on a coin less fees
    expect(-w.quantity(0) / 50_000).toBeLessThan(100)
    expect(-w.quantity(0) / 50_000).toBeGreaterThan(90)
    expect(w.broken()).toEqual([])
  })
})

describe('allocation of deleveraging', () => {
  const long: Row = { isolated: true, wallet: 20_000, held: [[0, 10, 100_000]] }
  const held = [
    { q: 6, wallet: 100_000 },
    { q: 12, wallet: 400_000 },
    { q: 2, wallet: 50_000 },
  ]
  const winners = held.map(({ q, wallet }): Row => ({ wallet, held: [[0, -q, 101_000]] }))
  const run = (adl: RulesInput['adl'], extra: Partial<RulesInput> = {}) => {
    const w = world([long, ...winners], { stages: [{ close: { to: ['winners'] } }], adl, ...extra })
    at(w, 97_000)
    w.settle()
    expect(w.broken()).toEqual([])
    return { w, taken: held.map(({ q }, i) => q + w.quantity(i + 1)) }
  }

  it('pro rata to contracts closes the same part of everyone', () => {
    const { taken } = run({ allocate: 'contracts' })
    expect(taken).toEqual([3, 6, 1].map((q) => expect.closeTo(q, 9)))
  })

  it('pro rata to equity and to profit follows them', () => {
    const { taken } = run({ allocate: 'equity' })
    const equity = held.map(({ q, wallet }) => wallet + q * 4000)
    const all = equity.reduce((a, b) => a + b, 0)
    // the third has 2 of a share of 1.0…: none is capped
    expect(taken).toEqual(equity.map((e) => expect.closeTo((10 * e) / all, 9)))
    expect(run({ allocate: 'profit' }).taken).toEqual([3, 6, 1].map((q) => expect.closeTo(q, 9)))
  })

  it('a cap leaves the rest to the queue', () => {
    const { taken } = run({ allocate: 'contracts', cap: 0.25 })
    // a quarter of everyone is 5; the other 5 by rank
    expect(taken.reduce((a, b) => a + b, 0)).toBeCloseTo(10, 9)
    expect(taken.filter((q, i) => Math.abs(q - 0.25 * (held[i]?.q as number)) < 1e-9).length).toBeGreaterThan(0)
  })

  it('by leverage makes the largest that is left as small as it can be', () => {
    const { taken } = run({ allocate: 'leverage', price: 'mark' }, { fund: { leverage: 0 } })
    const left = held.map(({ q, wallet }, i) => ((q - (taken[i] as number)) * 97_000) / (wallet + q * 4000))
    const touched = left.filter((_, i) => (taken[i] as number) > 1e-9)
    const most = Math.max(...left)
    for (const leverage of touched) expect(leverage).toBeCloseTo(most, 6)
  })

  it('at the mark the fund has the difference to the takeover; without a fund the exchange', () => {
    const { w } = run({ price: 'mark' })
    // taken over at 98,000, closed at 97,000: 10,000 short
    expect(w.rows('default').reduce((sum, row) => sum + (row.usd as number), 0)).toBeCloseTo(10_000, 6)
    expect(w.rows('deleverage').every((row) => row.extra === 0)).toBe(true)
    // a hedge that is deleveraged at the mark loses its delta and no equity (T12)
    held.forEach(({ q, wallet }, i) => {
      expect(w.cash(i + 1) + w.quantity(i + 1) * 97_000).toBeCloseTo(wallet + q * 4000, 6)
    })
  })

  it('losses nobody covers are shared as the rules say', () => {
    const { w } = run({ price: 'mark' }, { losses: { share: 'winners' } })
    const borne = w.rows('default').map((row) => [row.account, row.usd] as const)
    expect(borne.reduce((sum, [, usd]) => sum + (usd as number), 0)).toBeCloseTo(10_000, 6)
    expect(borne.some(([account]) => account !== w.venue.outside)).toBe(true)
  })
})
