import { describe, expect, it } from 'vitest'
import { ANN, BOB, BOOK, BTC, ETH, LIQ, SAM, USD, liquidate, world, type Accounts } from '../../../test/support/euler-world.ts'
import { ALL } from '../../model/index.ts'
import { debtOf, exchangeOf } from './state.ts'

describe('liquidation', () => {
  it('G5: the discount is the violation; 19,500 repaid yield 9.1353546 ETH', () => {
    const w = world()
    w.see({ ETH: 2200 })
    expect(liquidate(w, 0, ALL).amount).toBeCloseTo(9.135354603113588, 12)
    expect([w.ledger.balance(LIQ, USD), w.venue.health(0, w.venue.prices)]).toEqual([80_500, Number.POSITIVE_INFINITY])
    expect(w.logged('liquidate')[0]).toMatchObject({ account: 0, actor: LIQ, asset: ETH, usd: 19_500 })
    expect(w.logged('bad_debt')).toEqual([])
  })

  it('equality is not safe: at health 1 all may be taken, without discount; just above nothing', () => {
    const w = world([{ owner: ANN, debt: 17_200, supplies: [[ETH, 10]] }, ...BOOK.slice(1)])
    w.see({ ETH: 2000 })
    expect([w.venue.health(0, w.venue.prices), w.venue.below().count]).toEqual([1, 1])
    expect(w.offered()[0]).toMatchObject({ id: 0, price: 2000, debt_max: 17_200, health: 1 })
    expect(liquidate(w, 0, ALL)).toEqual({ status: 'applied', amount: 8.6 })
    const safe = world([{ owner: ANN, debt: 17_200, supplies: [[ETH, 10]] }, ...BOOK.slice(1)])
    safe.see({ ETH: 2000.001 })
    expect(liquidate(safe, 0, ALL).status).toBe('healthy')
  })

  it('a part yields in proportion, more than the limit is refused', () => {
    const w = world()
    w.see({ ETH: 2200 })
    expect(liquidate(w, 0, 19_501).status).toBe('limit')
    expect(liquidate(w, 0, 1950).amount).toBeCloseTo(0.9135354603113588, 12)
    expect(debtOf(w.venue.state, 0)).toBe(17_550)
  })

  it('a discount of 0, as after creation, gives no incentive', () => {
    const w = world(BOOK, { max_liquidation_discount: 0 })
    w.see({ ETH: 2200 })
    expect(w.offered()[0]?.price).toBe(2200)
  })

  it('collateral short of debt and discount: less is repaid, the rest is taken off the suppliers', () => {
    const w = world()
    w.see({ ETH: 1500 })
    const before = exchangeOf(w.venue.state, USD)
    // Value 15,000 at a factor of 0.85 (health 0.66): 12,750 repaid, 6,750 lost by suppliers of 129,500.
    expect(liquidate(w, 0, ALL).amount).toBeCloseTo(10, 12)
    expect(w.ledger.balance(LIQ, USD)).toBeCloseTo(87_250, 9)
    expect(w.logged('bad_debt')[0]?.usd).toBeCloseTo(6750, 9)
    expect(w.logged('default')[0]?.usd).toBeCloseTo(6750, 9)
    expect(exchangeOf(w.venue.state, USD) / before).toBeCloseTo(1 - 6750 / 129_500, 12)
    expect(w.one('withdraw', { account: 2, actor: SAM, asset: USD, amount: ALL }).amount).toBeCloseTo(
      50_000 * (1 - 6750 / 129_500),
      6,
    )
  })

  it('without socialisation the debt stays with the account', () => {
    const w = world(BOOK, { socialise: false })
    w.see({ ETH: 1500 })
    liquidate(w, 0, ALL)
    expect(debtOf(w.venue.state, 0)).toBeCloseTo(6750, 9)
    expect([w.logged('bad_debt').length, w.venue.shortfall_usd()]).toEqual([0, expect.closeTo(6750, 6)])
  })

  it('another recognised collateral, be it dust, keeps the debt from being socialised', () => {
    const w = world([
      {
        owner: ANN,
        debt: 19_500,
        supplies: [
          [ETH, 10],
          [BTC, 1e-9],
        ],
      },
      ...BOOK.slice(1),
    ])
    w.see({ ETH: 1500 })
    liquidate(w, 0, ALL)
    expect(w.logged('bad_debt')).toEqual([])
    expect(liquidate(w, 0, ALL, BTC).status).toBe('applied')
    expect(w.logged('bad_debt')).toHaveLength(1)
  })

  it('a liability worth less than 1e-12 is not socialised', () => {
    const w = world([{ owner: ANN, debt: 9e-13, supplies: [[ETH, 1e-16]] }, ...BOOK.slice(1)])
    w.see({ ETH: 1500 })
    expect(liquidate(w, 0, ALL).status).toBe('applied')
    expect(w.logged('bad_debt')).toEqual([])
  })

  it('refuses in the order unknown, paused, stale, healthy, limit, cash, funds, empty', () => {
    const w = world(BOOK, { cool_off_ms: 60_000 }, { cash: 11, other_debt: 9 })
    expect(liquidate(w, 0, 1, ETH, ANN).status).toBe('unknown')
    expect(liquidate(w, 2, 1).status).toBe('unknown')
    expect(liquidate(w, 0, 1, BTC).status).toBe('unknown')
    expect(liquidate(w, 99, 1).status).toBe('unknown')
    w.halted.add('vault:venue.eETH')
    w.see({ ETH: Number.NaN })
    expect(liquidate(w, 0, 1).status).toBe('paused')
    w.halted.clear()
    w.see()
    expect(liquidate(w, 0, 1).status).toBe('stale')
    expect(w.one('borrow', { account: 1, actor: BOB, asset: ETH, amount: 1 }).status).toBe('stale')
    w.see({ ETH: 2500 })
    expect(w.one('borrow', { account: 1, actor: BOB, asset: ETH, amount: 1 }).status).toBe('limit')
    expect(liquidate(w, 0, 1).status).toBe('healthy')
    w.see({ ETH: 2200 })
    expect(liquidate(w, 0, 20_000).status).toBe('limit')
    expect(liquidate(w, 0, 0).status).toBe('empty')
    expect(w.one('withdraw', { account: 1, actor: BOB, asset: ETH, amount: 3 }).status).toBe('applied')
    expect(liquidate(w, 0, ALL).status).toBe('cash')
    expect(liquidate(w, 0, 1000, ETH, SAM).status).toBe('funds')
  })

  it('a cool-off after the last status check protects', () => {
    const w = world(BOOK, { cool_off_ms: 60_000 })
    expect(w.one('borrow', { account: 1, actor: BOB, asset: USD, amount: 10_000 }).status).toBe('applied')
    w.see({ ETH: 1800 }, 59_999)
    expect([liquidate(w, 1, 1).status, w.offered().map(({ id }) => id)]).toEqual(['paused', [0]])
    w.see({}, 1)
    expect(liquidate(w, 1, 1).status).toBe('applied')
  })

  it('so does a withdrawal with debt, but not one without', () => {
    const w = world(BOOK, { cool_off_ms: 60_000 })
    expect(w.one('withdraw', { account: 1, actor: BOB, asset: ETH, amount: 1 }).status).toBe('applied')
    w.see({ ETH: 500, BTC: 20_000 })
    expect([liquidate(w, 1, 1).status, liquidate(w, 0, 1).status]).toEqual(['paused', 'applied'])
  })

  it('a price of 0 hides no breach by another collateral', () => {
    const w = world([
      {
        owner: BOB,
        debt: 10_000,
        supplies: [
          [ETH, 10],
          [BTC, 1],
        ],
      },
      ...BOOK.slice(2),
    ])
    w.see({ ETH: 0 })
    expect(w.venue.below().count).toBe(0)
    w.see({ BTC: 12_000 })
    expect(w.venue.below().count).toBe(1)
  })

  it('a socialised loss lowers the health of whoever has the shares as collateral, at once', () => {
    const w = world(
      [BOOK[0] as Accounts[number], { owner: BOB, vault: ETH, debt: 10, supplies: [[USD, 50_000]] }],
      {},
      { cash: 20 },
    )
    w.see({ ETH: 1500 })
    const before = w.venue.health(1, w.venue.prices)
    expect(liquidate(w, 0, ALL).status).toBe('applied')
    expect(w.venue.health(1, w.venue.prices) / before).toBeCloseTo(1 - 6750 / 119_500, 12)
  })

  it('collateral at a price of 0 is given away, an invalid one blocks', () => {
    const w = world()
    w.see({ ETH: 0 })
    expect([w.venue.health(0, w.venue.prices), w.offered().filter(({ id }) => id === 0)]).toEqual([0, []])
    expect(liquidate(w, 0, 0)).toEqual({ status: 'applied', amount: 10 })
    expect(w.logged('bad_debt')[0]?.usd).toBe(19_500)
    w.see({ ETH: 2500 })
    w.see({ ETH: Number.POSITIVE_INFINITY })
    expect(w.one('borrow', { account: 1, actor: BOB, asset: USD, amount: 1 }).status).toBe('stale')
  })

  it('takes the position over with an account that stands by itself, or not at all', () => {
    const w = world()
    w.see({ ETH: 2200 })
    const take = (offer: number, actor = LIQ) =>
      w.one('takeover', { account: 0, actor, offer, asset: ETH, asset2: USD, amount: ALL }).status
    expect([take(3), take(3, ANN), take(9)]).toEqual(['margin', 'unknown', 'unknown'])
    w.ledger.credit(LIQ, ETH, 0)
    expect(w.one('deposit', { account: 3, actor: SAM, asset: ETH, amount: 50 }).status).toBe('applied')
    expect(take(3)).toBe('applied')
    expect(debtOf(w.venue.state, 3)).toBe(19_500)
    expect(w.ledger.balance(LIQ, USD)).toBe(100_000)
  })

  it('offers the riskiest first, whose collateral is paid out before the cash is gone', () => {
    const three: Accounts = [
      { owner: ANN, debt: 19_500, supplies: [[ETH, 10]] },
      { owner: BOB, debt: 20_500, supplies: [[ETH, 10]] },
    ]
    const w = world(three, {}, { cash: 12, other_debt: 100 })
    w.see({ ETH: 2200 })
    const offers = w.offered()
    expect(offers.map(({ id }) => id)).toEqual([1, 0])
    // 20,500 ÷ 2200 ÷ (18,920 ÷ 20,500) is more than the 10 ETH there are; 2 of cash are left.
    expect(offers.map(({ collateral_max }) => collateral_max)).toEqual([expect.closeTo(10, 9), expect.closeTo(2, 9)])
  })

  it('offers made together can all be taken: they share the cash', () => {
    const two: Accounts = [
      { owner: ANN, debt: 19_500, supplies: [[ETH, 10]] },
      { owner: BOB, debt: 19_500, supplies: [[ETH, 10]] },
    ]
    const w = world(two, { other_debt: 0 }, { cash: 12, other_debt: 100 })
    w.see({ ETH: 2200 })
    const offers = w.offered()
    expect(offers.map(({ collateral_max }) => collateral_max)).toEqual([
      expect.closeTo(9.1353546, 6),
      expect.closeTo(12 - 9.1353546, 6),
    ])
    for (const { id, debt_max } of offers) expect(liquidate(w, id, debt_max).status).toBe('applied')
    expect(w.offered()).toEqual([])
  })
})
