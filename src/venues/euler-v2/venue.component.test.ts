import { describe, expect, it } from 'vitest'
import { ANN, BOB, BOOK, ETH, LIQ, SAM, USD, liquidate, world } from '../../../test/support/euler-world.ts'
import { ALL, Statement } from '../../model/index.ts'
import { RAY, rpow } from './reference.ts'
import { debtOf, exchangeOf } from './state.ts'

describe('owners', () => {
  it('supply, withdraw, borrow, repay', () => {
    const w = world()
    const act = (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', asset: number, amount: number) =>
      w.one(kind, { account: 0, actor: ANN, asset, amount })
    expect(act('deposit', ETH, 5).amount).toBe(5)
    // 15 · 2500 · 0.8 − 19,500 = 10,500.
    expect(act('borrow', USD, ALL).amount).toBeCloseTo(10_500, 6)
    expect(act('withdraw', ETH, 0.01).status).toBe('margin')
    expect(act('repay', USD, 20_000).amount).toBe(20_000)
    expect(act('withdraw', ETH, ALL).amount).toBeCloseTo(10, 6)
    expect(act('repay', USD, ALL).amount).toBeCloseTo(10_000, 6)
    expect(w.venue.health(0, w.venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(act('withdraw', ETH, ALL).amount).toBeCloseTo(5, 6)
    expect(w.logged('repay')).toHaveLength(2)
  })

  it('are refused by caps, a second controller, empty vaults, spreads and hooks', () => {
    const w = world(BOOK, { borrow_cap: 30_000, supply_cap: 130_000 }, { cash: 11, other_debt: 9 })
    const act = (
      kind: 'deposit' | 'withdraw' | 'borrow' | 'repay',
      account: number,
      actor: number,
      asset: number,
      amount: number,
    ) => w.one(kind, { account, actor, asset, amount }).status
    expect(act('borrow', 1, BOB, USD, 501)).toBe('limit')
    expect(act('deposit', 0, ANN, USD, 501)).toBe('limit')
    expect(act('deposit', 0, ANN, ETH, 11)).toBe('funds')
    expect(act('borrow', 1, BOB, ETH, 1)).toBe('limit')
    expect(act('borrow', 3, LIQ, USD, 1)).toBe('margin')
    expect(act('borrow', 0, BOB, USD, 1)).toBe('unknown')
    expect(act('withdraw', 1, BOB, ETH, 12)).toBe('cash')
    expect(act('withdraw', 1, BOB, ETH, 10.5)).toBe('funds')
    expect(act('withdraw', 1, BOB, USD, 1)).toBe('unknown')
    expect(act('repay', 2, SAM, USD, 1)).toBe('unknown')
    expect(act('repay', 0, SAM, USD, 1)).toBe('funds')
    expect(act('deposit', 0, ANN, ETH, 0)).toBe('empty')
    w.halted.add('vault:venue.eUSD')
    w.see()
    expect(act('repay', 0, ANN, USD, 1)).toBe('paused')
    const spread = world([{ owner: ANN, debt: 19_500, supplies: [[ETH, 10]] }], {}, { half_spread: 0.03 })
    // 10 · 2425 · 0.8 = 19,400: more than enough at the mid, too little at the bid.
    expect(spread.one('withdraw', { account: 0, actor: ANN, asset: ETH, amount: 0.1 }).status).toBe('margin')
  })

  it('pay interest, compounded every second, of which the fee is nobody’s listed', () => {
    const w = world(BOOK, { kink: 0.5, kink_rate: 0.1, max_rate: 0.1, base_rate: 0.1, interest_fee: 0.2 })
    w.see({}, 31_556_952_000)
    const per_second = BigInt(Math.round((0.1 / 31_556_952) * 1e27))
    const grown = Number(rpow(RAY + per_second, 31_556_952n)) / 1e27
    expect(debtOf(w.venue.state, 0)).toBeCloseTo(19_500 * grown, 4)
    const interest = 29_500 * (grown - 1)
    // Suppliers of 129,500 get four fifths.
    expect(exchangeOf(w.venue.state, USD)).toBeCloseTo(1 + (0.8 * interest) / 129_500, 9)
    expect(w.venue.health(0, w.venue.prices)).toBeCloseTo((10 * 2500 * 0.86) / (19_500 * grown), 9)
  })
})

describe('as a component', () => {
  it('ramps go down with time and turn healthy accounts into offers', () => {
    const w = world(BOOK, {
      ltvs: [{ collateral: 'eETH', borrow_ltv: 0.5, liquidation_ltv: 0.6, initial_ltv: 0.86, ramp_end_ms: 1000, ramp_ms: 1000 }],
    })
    expect(w.offered()).toEqual([])
    w.see({}, 500)
    expect(w.venue.health(0, w.venue.prices)).toBeCloseTo((10 * 2500 * 0.73) / 19_500, 12)
    expect(w.offered().map(({ id }) => id)).toEqual([0])
    w.see({}, 5000)
    expect(w.venue.health(0, w.venue.prices)).toBeCloseTo((10 * 2500 * 0.6) / 19_500, 12)
  })

  it('a refused bundle leaves no trace, and reset brings all back', () => {
    const w = world()
    const fresh = w.store.hash()
    w.see({ ETH: 1500 })
    const before = w.store.hash()
    const results = w.all(
      ['liquidate', { account: 0, actor: LIQ, asset: ETH, asset2: USD, amount: ALL }],
      ['deposit', { account: 3, actor: SAM, asset: ETH, amount: 1 }],
      ['borrow', { account: 3, actor: LIQ, asset: USD, amount: 100 }],
      ['withdraw', { account: 9, actor: LIQ, asset: ETH, amount: 1 }],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'unknown'])
    expect(w.store.hash()).toBe(before)
    w.all(['deposit', { account: 3, actor: SAM, asset: ETH, amount: 1 }])
    w.reset()
    expect(w.store.hash()).toBe(fresh)
  })

  it('does not care in which order its rows come', () => {
    const run = (order: readonly number[]) => {
      const w = world(order.map((i) => BOOK[i] as (typeof BOOK)[number]))
      w.see({ ETH: 1500 })
      liquidate(w, order.indexOf(0), ALL)
      return [exchangeOf(w.venue.state, USD), w.venue.health(order.indexOf(1), w.venue.prices), w.venue.shortfall_usd()]
    }
    const base = run([0, 1, 2, 3])
    run([2, 1, 3, 0]).forEach((value, i) => expect(value).toBeCloseTo(base[i] as number, 9))
  })

  it('is content without accounts', () => {
    const w = world([])
    w.see({ ETH: 10 }, 1000)
    expect([w.venue.below().count, w.offered(), w.venue.shortfall_usd(), w.venue.fund_usd()]).toEqual([0, [], 0, 0])
  })

  it('lays an account open: the law of the statement is its health', () => {
    const w = world()
    const st = new Statement()
    w.venue.statement(1, st)
    let sum = 0
    for (let i = 0; i < st.count - 1; i++) sum += (st.quantity[i] as number) * (st.weight[i] as number) * (st.price[i] as number)
    expect(sum / (st.quantity[2] as number)).toBeCloseTo(w.venue.health(1, w.venue.prices), 12)
    w.venue.watch(1, 5)
    expect([w.venue.level(1), w.venue.owner(1), w.venue.below().count]).toEqual([5, BOB, 1])
    const none = new Statement()
    w.venue.statement(2, none)
    expect(none.count).toBe(0)
  })

  it('refuses specs that do not fit, naming the field', () => {
    expect(() => world([{ owner: 9, supplies: [] }])).toThrow(/accounts\.owner\[0\]/)
    expect(() => world([{ owner: 1, supplies: [[9, 1]] }])).toThrow(/supplies\.vault\[0\]/)
    expect(() => world([{ owner: 1, supplies: [[ETH, 1000]] }])).toThrow(/vaults\[0\]\.cash/)
    expect(() => world(BOOK, { asset: 'ETH' })).toThrow(/vaults\[1\]\.asset/)
    expect(() => world(BOOK, { ltvs: [{ collateral: 'eUSD', borrow_ltv: 0.1, liquidation_ltv: 0.2 }] })).toThrow(
      /ltvs\[0\]\.collateral/,
    )
    expect(() => world(BOOK, { ltvs: [{ collateral: 'eETH', borrow_ltv: 0.3, liquidation_ltv: 0.2 }] })).toThrow(
      /liquidation LTV/,
    )
  })
})
