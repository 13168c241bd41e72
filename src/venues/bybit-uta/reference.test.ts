/** The whole exchange beside the exact reference. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import data from '../../../data/venues/bybit-uta.json' with { type: 'json' }
import { cushion, drift, holds_rows, levels_of, near, side, state, whole } from '../../../test/support/exchange-reference.ts'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'
import { venue_params } from '../../../test/support/venue-params.ts'
import { Actions, Offers } from '../../model/index.ts'
import { adl_score } from '../shared/exchange/adl.ts'
import { equity as equity_of, total_maintenance as maintenance_of } from '../shared/exchange/kernel.ts'
import { brackets, maintenance } from '../shared/exchange/reference.ts'
import { type Account, liquidate } from '../shared/exchange/reference-procedure.ts'
import { add, mul, type Ratio, ratio, sign, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import { bybitUta } from './index.ts'
import * as r from './reference.ts'
import { goldenRows } from './vectors.ts'

const { contracts, spec } = venue_params('bybit-uta', data, ['BTCUSDT'])
const FEE = 0.00055
const MARK = 100_000
const TIERS = r.with_closing_fee(brackets(contracts[0]?.['tiers'] as { floor: number; rate: number }[]), ratio(FEE))
const setup = (more: Setup = {}): Setup => ({
  kind: bybitUta as never,
  prices: [MARK],
  contracts: [{ ...contracts[0], mark: { parts: ['index'] }, funding: { last: 0 }, ...more.contract }],
  ...(more.fund === undefined ? {} : { fund: more.fund }),
  ...(more.coins === undefined ? {} : { coins: more.coins }),
  spec: { ...spec, ...more.spec },
})

holds_rows(goldenRows())

it('kernel and reference agree on the rank', () => {
  const money = whole(1, 1e6, 7)
  fc.assert(
    fc.property(whole(-1e6, 1e6, 7), money, money, whole(-10, 1e6, 7), side, (profit, cost, notional, own, way) => {
      const s = { wallet: 0, maintenance: 0, equity: own, row: 0, side: way, notional, cost, bankrupt: 0, profit }
      near(adl_score('profit_leverage', s), r.rank(ratio(profit), ratio(cost), ratio(notional), ratio(own)))
    }),
    { numRuns: 300 },
  )
})

const situation = fc.record({
  isolated: fc.boolean(),
  side,
  notional: fc.oneof(whole(1, 100), whole(100, 700)).map((n) => n * 100_003),
  drift,
  cushion,
  book: levels_of(40, 1_003_711, 5),
})

/** A scope on the mark with a book beside it: the exchange plays it, and the exact account to compare. */
function scene(one: {
  isolated: boolean
  side: 1 | -1
  notional: number
  drift: number
  cushion: number
  book: [number, number][]
}) {
  const { side: way, notional, drift, cushion } = one
  const entry = MARK * drift
  const size = (way * notional) / MARK
  const levels = one.book
    .map(([slip, much]) => ({ price: MARK * (1 - way * slip), size: much / MARK }))
    .sort((a, b) => way * (b.price - a.price))
  const wallet = to_number(maintenance(TIERS, ratio(notional))) * cushion - size * (MARK - entry)
  fc.pre(wallet > 0)
  const account: Account = {
    cash: sub(ratio(wallet), mul(ratio(size), ratio(entry))),
    legs: [
      {
        quantity: ratio(size),
        mark: ratio(MARK),
        entry: ratio(entry),
        tiers: TIERS,
        book: levels.map((row) => ({ price: ratio(row.price), quantity: ratio(row.size) })),
      },
    ],
  }
  const row: Row = { isolated: one.isolated, wallet, held: [[0, size, entry]] }
  return { row, levels, account, size, wallet }
}

it('random isolated positions: the order to a lower tier, takeover and what is left are the same', () => {
  const seen = { safe: 0, saved: 0, ordered: 0, taken: 0, debt: 0 }
  fc.assert(
    fc.property(situation, (drawn) => {
      const { row, levels, account, size } = scene({ ...drawn, isolated: true })
      const w = new PerpWorld([row], setup({ fund: 1e9 }))
      for (const one of levels) w.books[0]?.rest(drawn.side, one.price, one.size)
      w.tick(1000)
      w.settle()
      expect(w.broken()).toEqual([])
      const exact = r.liquidate_isolated(account, 1, ratio(FEE), ratio(1e-12))
      const orders = w.rows('reduce')
      expect(orders.length).toBe(exact.order === undefined ? 0 : 1)
      if (exact.order !== undefined) near(orders[0]?.['usd'] as number, exact.order.quote, drawn.notional, 'order')
      const taken = w.rows('takeover')
      expect(taken.length).toBe(exact.takeover === undefined ? 0 : 1)
      if (exact.takeover !== undefined) {
        near(taken[0]?.['price'] as number, exact.takeover.price, MARK)
        expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
      } else {
        near(w.quantity(0), exact.quantity, Math.abs(size), 'size')
        near(w.cash(0) + w.quantity(0) * MARK, add(exact.cash, mul(exact.quantity, ratio(MARK))), drawn.notional, 'equity')
      }
      if (exact.takeover !== undefined) seen.taken++
      else if (exact.order !== undefined) seen.saved++
      else seen.safe++
      if (exact.order !== undefined) seen.ordered++
      if (w.rows('bad_debt').length > 0) seen.debt++
    }),
    { numRuns: 400 },
  )
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(4)
})

it('random cross accounts: reduced until the MM rate is the target, or taken over, as in the exact sequence', () => {
  const seen = { safe: 0, healed: 0, taken: 0, debt: 0 }
  const target = add(ratio(1 / 0.9), ratio(0))
  fc.assert(
    fc.property(situation, (drawn) => {
      const { row, levels, account, size } = scene({ ...drawn, isolated: false })
      // the taker fee of the order is not in the exact sequence
      const w = new PerpWorld([row], setup({ fund: 1e9, contract: { taker_fee: 0 } }))
      for (const one of levels) w.books[0]?.rest(drawn.side, one.price, one.size)
      w.tick(1000)
      w.settle()
      expect(w.broken()).toEqual([])
      if (drawn.cushion > 1) {
        expect(w.rows('reduce')).toEqual([])
        seen.safe++
        return
      }
      const rules = {
        strict: false,
        fee: ratio(0),
        fee_from: 'remaining',
        bound: ratio(0.05),
        target: mul(target, ratio(1 + 1e-9)),
      } as const
      const exact = liquidate(account, rules)
      const orders = w.rows('reduce')
      expect(orders.length).toBe(exact.orders.length)
      exact.orders.forEach(({ quote }, i) => near(orders[i]?.['usd'] as number, quote, drawn.notional, 'order'))
      const taken = w.rows('takeover')
      expect(taken.length).toBe(exact.closed.length)
      exact.closed.forEach(({ price }, i) => near(taken[i]?.['price'] as number, price, MARK))
      near(w.quantity(0), exact.quantities[0] as Ratio, Math.abs(size), 'size')
      near(w.cash(0) + w.quantity(0) * MARK, add(exact.cash, mul(exact.quantities[0] as Ratio, ratio(MARK))), drawn.notional)
      if (exact.closed.length > 0) seen.taken++
      else seen.healed++
      if (sign(exact.bad_debt) > 0) seen.debt++
    }),
    { numRuns: 300 },
  )
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(4)
})

describe('the account', () => {
  const coins = [
    { asset: 'USDT', price: 1 },
    {
      asset: 'BTC',
      price: 100_000,
      by: 'value',
      weights: [
        { floor: 0, weight: 0.85 },
        { floor: 1_000_000, weight: 0.8 },
      ],
    },
  ]

  it('counts coins by their collateral value ratio and is in breach at an MM rate of 100 %', () => {
    const row: Row = { mode: 2, wallet: 0, held: [[0, 50, 100_000]], balances: [[1, 12, 0]] }
    const w = new PerpWorld([row, { wallet: 1e9, held: [[0, -50, 100_000]] }], setup({ coins, fund: 1e9 }))
    w.tick(1000)
    const x = state(w)
    // 1,000,000 at 0.85 and 200,000 at 0.80; 5,000,000 of notional at 0.5 % and the closing fee
    const own = equity_of(x, 0, x.book.prices.data)
    const required = maintenance_of(x, 0, x.book.prices.data)
    expect(own).toBeCloseTo(1_010_000, 6)
    expect(required).toBeCloseTo(5_000_000 * (0.005 + FEE), 6)
    expect(w.venue.health(0, x.book.prices.data)).toBeGreaterThan(1)
    expect(to_number(r.account_rate(ratio(required), ratio(1_200_000), ratio(190_000)))).toBeCloseTo(required / own, 14)
  })

  it('the haircut grows when the coin rises (bands are in dollars)', () => {
    const row: Row = { mode: 2, wallet: 0, held: [[0, 1, 100_000]], balances: [[1, 12, 0]] }
    const w = new PerpWorld([row], setup({ coins }))
    const x = state(w)
    const share = (price: number) => {
      ;(w.coins[1] as number[])[0] = price
      w.tick(1000)
      return equity_of(x, 0, x.book.prices.data) / (12 * price)
    }
    expect([share(80_000), share(100_000), share(150_000)].map((one) => Math.round(one * 1e4) / 1e4)).toEqual([
      0.85, 0.8417, 0.8278,
    ])
  })
})

describe('auto-repayment', () => {
  const coins = [
    { asset: 'USDT', price: 1 },
    { asset: 'BTC', price: 100_000, weights: [{ floor: 0, weight: 0.85 }] },
  ]
  const owing: Row = {
    mode: 2,
    wallet: 0,
    held: [[0, 1, 100_000]],
    balances: [
      [0, 0, 70_000],
      [1, 1, 0],
    ],
  }

  it('what is owed is repaid out of assets before positions are touched', () => {
    const w = new PerpWorld([owing, { wallet: 1e6, held: [[0, -1, 100_000]] }], setup({ coins, fund: 1e6 }))
    w.price(0, 92_000)
    ;(w.coins[1] as number[])[0] = 92_000
    w.tick(1000)
    const offers = new Offers()
    w.venue.act(w.world, new Actions(), offers)
    // equity 0.85 · 92,000 − 78,000 = 200 against 92,000 · 0.555 %; a dollar repaid gains 1 − 0.85 ÷ 0.98
    const due = (92_000 * (0.005 + FEE) - 200) / (1 - 0.85 / 0.98)
    expect(offers.list).toMatchObject([{ id: 0, debt_max: expect.closeTo(due, 3), price: expect.closeTo(92_000 * 0.98, 6) }])
    expect(
      w.bundle(['liquidate', { account: 0, actor: 1, asset: 1, asset2: 0, amount: offers.list[0]?.debt_max as number }]),
    ).toBe(true)
    w.settle()
    expect([w.rows('reduce'), w.rows('takeover')]).toEqual([[], []])
    expect(w.quantity(0)).toBe(1)
    expect(w.broken()).toEqual([])
  })

  it('with nobody who brings it, positions are reduced and taken over', () => {
    const w = new PerpWorld([owing, { wallet: 1e6, held: [[0, -1, 100_000]] }], setup({ coins, fund: 1e6 }))
    w.price(0, 92_000)
    ;(w.coins[1] as number[])[0] = 92_000
    w.tick(1000)
    w.settle()
    expect(w.rows('takeover')).toMatchObject([{ account: 0, amount: 1 }])
    expect(w.broken()).toEqual([])
  })
})

describe('insurance pools', () => {
  const short = (entry: number): Row => ({ wallet: 1e9, held: [[0, -40, entry]] })

  it('a contract that has cost its pool more than 30 % of the peak is held there: winners bear the rest (T7)', () => {
    // 10 BTC, bankrupt at 99,000; the pool of 1,000,000 takes them over below that and can sell nothing
    const w = new PerpWorld([{ isolated: true, wallet: 10_000, held: [[0, 10, 100_000]] }, short(100_000)], setup({ fund: 1e6 }))
    w.price(0, 99_400)
    w.tick(1000)
    w.settle()
    expect(w.rows('takeover')).toMatchObject([{ price: 99_000, amount: 10 }])
    // 30,000 below: 300,000 lost, a ratio of −30 % exactly
    w.price(0, 69_000)
    w.tick(1000)
    w.settle()
    expect(w.rows('deleverage')).toEqual([])
    // 35,000 below: 350,000 lost, of which 50,000 are handed on: 10 BTC · 50,000 ÷ 350,000 at the price of the takeover
    w.price(0, 64_000)
    w.tick(1000)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, amount: expect.closeTo(10 / 7, 9), price: 99_000 }])
    expect(w.broken()).toEqual([])
    const x = state(w)
    const lost = (10 - 10 / 7) * (99_000 - 64_000)
    expect(lost).toBeCloseTo(to_number(mul(ratio(0.3), ratio(1e6))), 6)
    expect(equity_of(x, x.fund, x.book.prices.data)).toBeCloseTo(1e6 - lost, 4)
    // asked again, nothing more
    expect(w.settle()).toBe(0)
  })

  it('while it is deleveraged, what would cost the pool goes to winners at once; above −25 % the pool takes over again', () => {
    const late: Row = { isolated: true, wallet: 40_000, held: [[0, 1, 100_000]] }
    const last: Row = { wallet: 1000 }
    const w = new PerpWorld(
      [{ isolated: true, wallet: 10_000, held: [[0, 10, 100_000]] }, short(100_000), late, last],
      setup({ fund: 1e6 }),
    )
    w.price(0, 99_400)
    w.tick(1000)
    w.settle()
    w.price(0, 64_000)
    w.tick(1000)
    w.settle()
    w.tick(1000)
    w.price(0, 59_900)
    w.tick(1000)
    w.settle()
    const [, second] = w.rows('takeover')
    expect(second).toMatchObject({ account: 2, price: 60_000 })
    expect(w.rows('deleverage').filter((line) => line['cause'] === second?.['row'])).toMatchObject([
      { account: 1, amount: 1, price: 60_000 },
    ])
    // at 80,000 the pool has lost 16 % of its peak
    w.price(0, 80_000)
    w.tick(1000)
    w.settle()
    w.books[0]?.rest(1, 80_000, 1)
    expect(w.order(3, -1)).toBe(true)
    w.tick(1000)
    w.price(0, 81_100)
    w.tick(1000)
    w.settle()
    const third = w.rows('takeover').at(-1)
    expect(third).toMatchObject({ account: 3, price: expect.closeTo(80_000 + 1000 - 0.00055 * 80_000, 6) })
    expect(w.rows('deleverage').filter((line) => line['cause'] === third?.['row'])).toEqual([])
    expect(w.broken()).toEqual([])
  })

  it('gains what it sells better than the bankruptcy price, pays what it sells worse', () => {
    const w = new PerpWorld([{ isolated: true, wallet: 1000, held: [[0, 1, 100_000]] }], setup({ fund: 1e6 }))
    w.price(0, 99_400)
    w.tick(1000)
    w.settle()
    w.books[0]?.rest(1, 99_300, 0.5)
    w.books[0]?.rest(1, 98_800, 0.5)
    w.tick(1000)
    w.settle()
    expect(w.fund()).toBeCloseTo(1e6 + 0.5 * 300 - 0.5 * 200, 6)
    expect(w.broken()).toEqual([])
  })

  it('empty: winners are closed at the bankruptcy price in the order of the queue', () => {
    const shorts: Row[] = [
      { wallet: 50_000, held: [[0, -0.6, 101_000]] },
      { isolated: true, wallet: 2000, held: [[0, -0.6, 101_000]] },
    ]
    const w = new PerpWorld([{ isolated: true, wallet: 1000, held: [[0, 1, 100_000]] }, ...shorts], setup())
    w.price(0, 98_900)
    w.tick(1000)
    w.settle()
    expect(w.rows('deleverage').map((line) => [line['account'], line['amount'], line['price']])).toEqual([
      [2, 0.6, 99_000],
      [1, expect.closeTo(0.4, 12), 99_000],
    ])
    expect(w.broken()).toEqual([])
  })
})
