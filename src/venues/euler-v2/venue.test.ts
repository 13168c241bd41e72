import { describe, expect, it } from 'vitest'
import { CheckedWorld } from '../../../test/support/checked-world.ts'
import { ALL, Statement } from '../../model/index.ts'
import { eulerV2 } from './index.ts'
import { RAY, rpow } from './reference.ts'
import { debtOf, exchangeOf } from './state.ts'

const [ETH, USD, BTC] = [0, 1, 2]
/** Ledger actors: two owners, a liquidator, a supplier. */
const [ANN, BOB, LIQ, SAM] = [1, 2, 3, 4]
type Venue = ReturnType<typeof eulerV2.open>

/** Equality is a breach here. */
class World extends CheckedWorld<Venue> {
  override breached(health: number, level: number): boolean {
    return health <= level
  }
}

/** Vaults of ETH, USD, BTC; USD lends against ETH at 86 % and BTC at 80 %, ETH against USD at 80 %. */
const vaults = (usd: object = {}, eth: object = {}) => [
  {
    id: 'eETH',
    asset: 'ETH',
    oracle: 'ETH',
    cash: 500,
    ltvs: [{ collateral: 'eUSD', borrow_ltv: 0.75, liquidation_ltv: 0.8 }],
    ...eth,
  },
  {
    id: 'eUSD',
    asset: 'USD',
    oracle: 'USD',
    cash: 100_000,
    max_liquidation_discount: 0.15,
    interest_fee: 0,
    kink_rate: 0,
    max_rate: 0,
    ltvs: [
      { collateral: 'eETH', borrow_ltv: 0.8, liquidation_ltv: 0.86 },
      { collateral: 'eBTC', borrow_ltv: 0.8, liquidation_ltv: 0.8 },
    ],
    ...usd,
  },
  { id: 'eBTC', asset: 'BTC', oracle: 'BTC', cash: 10 },
]
/** Accounts: owner (ledger actor), debt in USD, supplies of [vault, units]. */
type Accounts = readonly { owner: number; debt?: number; supplies: readonly (readonly [number, number])[] }[]
const BOOK: Accounts = [
  { owner: ANN, debt: 19_500, supplies: [[ETH, 10]] },
  {
    owner: BOB,
    debt: 10_000,
    supplies: [
      [ETH, 10],
      [BTC, 0.1],
    ],
  },
  { owner: SAM, supplies: [[USD, 50_000]] },
  { owner: LIQ, supplies: [] },
]
function world(accounts: Accounts = BOOK, usd: object = {}, eth: object = {}, price = 2500): World {
  const supplies = accounts.flatMap(({ supplies }, row) => supplies.map(([vault, units]) => [row, vault, units] as const))
  return new World(
    eulerV2 as never,
    {
      vaults: vaults(usd, eth),
      accounts: {
        owner: Int32Array.from(accounts, ({ owner }) => owner - 1),
        vault: Int32Array.from(accounts, ({ debt }) => (debt === undefined ? -1 : USD)),
        debt: Float64Array.from(accounts, ({ debt }) => debt ?? 0),
      },
      supplies: {
        account: Int32Array.from(supplies, ([row]) => row),
        vault: Int32Array.from(supplies, ([, vault]) => vault),
        amount: Float64Array.from(supplies, ([, , units]) => units),
      },
    },
    { ETH: price, USD: 1, BTC: 50_000 },
    [
      [LIQ, 'USD', 100_000],
      [ANN, 'ETH', 10],
      [ANN, 'USD', 30_000],
      [SAM, 'ETH', 100],
    ],
  )
}
const liquidate = (w: World, account: number, amount: number, asset = ETH, actor = LIQ) =>
  w.one('liquidate', { account, actor, asset, asset2: USD, amount })

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

  it('refuses in the order unknown, paused, stale, healthy, limit, empty, cash, funds', () => {
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
    w.see({ ETH: 2500 })
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
