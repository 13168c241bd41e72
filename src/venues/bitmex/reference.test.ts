/** The kernel and the whole exchange beside the exact reference. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import data from '../../../data/venues/bitmex.json' with { type: 'json' }
import { cushion, drift, holds_rows, levels_of, near, side, whole } from '../../../test/support/exchange-reference.ts'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'
import { venue_params } from '../../../test/support/venue-params.ts'
import { adl_score } from '../shared/exchange/adl.ts'
import { parse_params } from '../shared/exchange/index.ts'
import { fair_premium_of, funding_rate, mark_of } from '../shared/exchange/marks.ts'
import { abs, mul, ratio, sign, to_number } from '../shared/exchange/reference-ratio.ts'
import { bitmex } from './index.ts'
import * as r from './reference.ts'
import { CAP, goldenRows, INTEREST, LIMITS } from './vectors.ts'

const params = parse_params(data, 'bitmex.json')
const { contracts, spec } = venue_params('bitmex', data, ['XBTUSD', 'XBTUSDT'])
const inverse = (more: Setup = {}): Setup => ({
  kind: bitmex as never,
  prices: [100_000],
  coins: [{ asset: 'BTC' }],
  spec,
  contracts: [{ ...contracts[0], funding: { last: 0 } }],
  ...more,
})
const linear = (more: Setup = {}): Setup => ({
  kind: bitmex as never,
  prices: [100_000],
  spec,
  contracts: [{ ...contracts[1], funding: { last: 0 } }],
  ...more,
})
const LINEAR = r.risk_limits(ratio(10_000_000), ratio(5_000_000), 8, ratio('0.01'), ratio('0.005'), ratio('0.005'))

holds_rows(goldenRows())

it('the file has the risk limits of the reference', () => {
  const stated = params.values.find(({ field }) => field === 'contracts.XBTUSD.tiers')?.value
  expect(stated).toEqual(
    LIMITS.map((one) => ({ floor: to_number(one.floor), rate: to_number(one.maintenance), initial: to_number(one.initial) })),
  )
})

it('kernel and reference agree on fair price, premium, funding and rank', () => {
  const price = whole(100, 10_000_000, 100)
  fc.assert(
    fc.property(
      price,
      whole(-1000, 1000, 1000),
      whole(-1000, 1000, 1000),
      whole(-375, 375, 100_000),
      whole(0, 1000, 1000),
      (index, b, a, rate, left) => {
        const [bid, ask] = [index * (1 + Math.min(a, b) / 100), index * (1 + Math.max(a, b) / 100)]
        const rules = { parts: ['premium'] as const, window_ms: 1, ema_ms: 0, clamp: 1 }
        const mark = mark_of(rules, index, rate, left, Number.NaN, 0, 0)
        near(mark, r.fair_price(ratio(index), ratio(rate), ratio(left)))
        near(fair_premium_of(bid, ask, mark, index), r.premium(ratio(bid), ratio(ask), ratio(mark), ratio(index)), 1)
        near(funding_rate(a / 100, 0.0001, 0.0005, 28_800_000, 0.00375), r.funding(ratio(a / 100), INTEREST, CAP), 0.01)
      },
    ),
    { numRuns: 300 },
  )
  const money = whole(1, 1e6, 7)
  fc.assert(
    fc.property(money, money, money, side, (notional, cost, gap, way) => {
      const s = { wallet: 0, maintenance: 0, equity: 1, row: 0, side: way, notional, cost, bankrupt: notional - way * gap }
      const signed = (one: number) => mul(ratio(way), ratio(one))
      const exact = r.rank(signed(notional), signed(cost), signed(s.bankrupt))
      near(adl_score('bankruptcy_leverage', { ...s, profit: way * (notional - cost) }), exact, 1e-3)
    }),
    { numRuns: 300 },
  )
})

const situation = fc.record({
  inverse: fc.boolean(),
  side,
  notional: fc.oneof(whole(1, 100), whole(100, 900)).map((n) => n * 100_003),
  drift,
  cushion,
  book: levels_of(40, 1_003_711, 5),
})

it('random positions: the order to a lower risk limit, takeover and what is left are the same', () => {
  const seen = { safe: 0, saved: 0, ordered: 0, taken: 0, debt: 0 }
  fc.assert(
    fc.property(situation, ({ inverse: coin, side: way, notional, drift, cushion, book }) => {
      const mark = 100_000
      const entry = mark * drift
      const limits = coin ? LIMITS : LINEAR
      const size = coin ? way * notional : (way * notional) / mark
      const bare: r.Account = { inverse: coin, coins: ratio(0), size: ratio(size), entry: ratio(entry) }
      const wallet = to_number(r.maintenance(bare, ratio(mark), limits)) * cushion - to_number(r.equity(bare, ratio(mark)))
      fc.pre(wallet > 0)
      const levels = book
        .map(([slip, much]) => ({ price: mark * (1 - way * slip), size: coin ? much : much / mark }))
        .sort((a, b) => way * (b.price - a.price))
      const row: Row = { wallet, held: [[0, size, entry]] }
      const w = new PerpWorld([row], { ...(coin ? inverse() : linear()), fund: 1e9 })
      // levels of the market are in base units
      for (const one of levels) w.books[0]?.rest(way, one.price, coin ? one.size / one.price : one.size)
      w.tick(1000)
      w.settle()
      expect(w.broken()).toEqual([])
      const exact = r.liquidate(
        { ...bare, coins: ratio(wallet) },
        ratio(mark),
        limits,
        1,
        ratio(0.00075),
        levels.map((one) => ({ price: ratio(one.price), quantity: ratio(one.size) })),
        ratio(1e-12),
      )
      const gross = coin ? notional / mark : notional
      const orders = w.rows('reduce')
      expect(orders.length).toBe(exact.order === undefined ? 0 : 1)
      if (exact.order !== undefined)
        near(orders[0]?.['usd'] as number, mul(exact.order.coins, ratio(coin ? mark : 1)), notional, 'order')
      const taken = w.rows('takeover')
      expect(taken.length).toBe(exact.takeover === undefined ? 0 : 1)
      if (exact.takeover !== undefined && sign(exact.takeover.price) > 0)
        near(taken[0]?.['price'] as number, exact.takeover.price, mark)
      if (exact.takeover !== undefined) expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
      else {
        near(w.quantity(0) * (coin ? -1 : 1), exact.account.size, Math.abs(size), 'size')
        near(w.cash(0) + w.quantity(0) * (coin ? 1 / mark : mark), r.equity(exact.account, ratio(mark)), gross, 'equity')
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

describe('the exchange', () => {
  it('winners are closed at the bankruptcy price in the order of the queue when there is no fund', () => {
    const long: Row = { isolated: true, wallet: 1000, held: [[0, 1, 100_000]] }
    const shorts: Row[] = [
      { wallet: 50_000, held: [[0, -0.6, 101_000]] },
      { isolated: true, wallet: 2000, held: [[0, -0.6, 101_000]] },
    ]
    const w = new PerpWorld([long, ...shorts], linear())
    w.price(0, 98_900)
    w.tick(1000)
    w.settle()
    // the second has the higher effective leverage
    expect(w.rows('deleverage').map((line) => [line['account'], line['amount'], line['price']])).toEqual([
      [2, 0.6, 99_000],
      [1, expect.closeTo(0.4, 12), 99_000],
    ])
    expect(w.broken()).toEqual([])
  })

  it('the fund gains what it sells better than the bankruptcy price', () => {
    const w = new PerpWorld([{ isolated: true, wallet: 1000, held: [[0, 1, 100_000]] }], linear({ fund: 1e6 }))
    w.price(0, 99_400)
    w.tick(1000)
    w.settle()
    expect(w.rows('takeover')).toMatchObject([{ price: 99_000, amount: 1 }])
    w.books[0]?.rest(1, 99_300, 5)
    w.tick(1000)
    w.settle()
    expect(w.fund()).toBeCloseTo(1e6 + 300, 6)
    expect(w.broken()).toEqual([])
  })

  it('signed values: abs of both is what a market values', () => {
    expect(to_number(abs(r.value({ inverse: true, coins: ratio(0), size: ratio(-5), entry: ratio(1) }, ratio(2))))).toBe(2.5)
  })
})
