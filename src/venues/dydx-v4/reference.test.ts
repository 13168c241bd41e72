/** The kernel and the whole exchange beside the exact references. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import data from '../../../data/venues/dydx-v4.json' with { type: 'json' }
import { holds_rows, near, side, whole } from '../../../test/support/exchange-reference.ts'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'
import { venue_params } from '../../../test/support/venue-params.ts'
import { marginal_tiers } from '../../margin/index.ts'
import { Store } from '../../model/index.ts'
import { initial_rate } from '../shared/exchange/initial.ts'
import * as k from '../shared/exchange/kernel.ts'
import { paced } from '../shared/exchange/procedure.ts'
import { brackets } from '../shared/exchange/reference.ts'
import { add, fraction, mul, type Ratio, ratio, to_number } from '../shared/exchange/reference-ratio.ts'
import { rules } from '../shared/exchange/rules.ts'
import { type Exchange, holdings, trade } from '../shared/exchange/state.ts'
import { dydxV4 } from './index.ts'
import * as r from './reference.ts'
import { type Config, run_blocks } from './reference-block.ts'
import { goldenRows } from './reference-rows.ts'

const { contracts, spec } = venue_params('dydx-v4', data, ['large-cap', 'mid-cap'])
/** Markets of the chain's tests: 20 % initial, 10 % maintenance. */
const TESTED = [{ floor: 0, rate: 0.1, initial: 0.2 }]
const setup = (more: Setup & { readonly block?: Record<string, unknown> } = {}): Setup => ({
  kind: dydxV4 as never,
  spec: { ...spec, ...more.block },
  contracts: contracts.map((one) => ({ ...one, tiers: TESTED })),
  ...more,
})

holds_rows(goldenRows())

it('names every row once', () => {
  const ids = goldenRows().map((row) => row.id)
  expect(new Set(ids).size).toBe(ids.length)
})

/** A rounding of the integers, USDC. */
const QUANTUM = 1e-6

describe('kernel and reference', () => {
  const TIERS = [0.1, 0.1].map((rate) => marginal_tiers([0], [rate]))

  it('agree on collateral, maintenance and bankruptcy quotes, to the roundings of the integers', () => {
    const sizes = fc.tuple(whole(1, 1e9), side)
    fc.assert(
      fc.property(
        sizes,
        sizes,
        whole(1000, 90_000),
        whole(100, 9000),
        whole(-1000, 1400, 1000),
        whole(1, 1000, 1000),
        (a, b, p, q, cushion, part) => {
          const perps = [r.perpetual(p, 8, 200_000, 500_000), r.perpetual(q, 9, 200_000, 500_000)] as const
          const quantums = [BigInt(a[0] * a[1]) * 10n, BigInt(b[0] * b[1]) * 10n] as const
          const units = [(a[0] * a[1]) / 1e7, (b[0] * b[1]) / 1e8] as const
          const gross = Math.abs(units[0]) * p + Math.abs(units[1]) * q
          const quote = BigInt(Math.round((gross * 0.1 * cushion - units[0] * p - units[1] * q) * 1e6))
          const account: r.Subaccount = {
            quote,
            positions: perps.map((perp, i) => ({ perpetual: perp, quantums: quantums[i as 0 | 1] })),
          }
          const x = holdings(new Store(), 't', 1, TIERS)
          const prices = Float64Array.of(p, q)
          trade(x, 0, 0, units[0], -units[0] * p)
          trade(x, 0, 1, units[1], -units[1] * q)
          x.accounts.columns.cash.data[0] = Number(quote) / 1e6
          near(k.equity(x, 0, prices), r.usdc(r.collateral(account)), gross, 'collateral', 3 * QUANTUM)
          near(k.total_maintenance(x, 0, prices), r.usdc(r.maintenance(account)), gross, 'maintenance', 6 * QUANTUM)
          const delta = (-quantums[0] * BigInt(Math.round(part * 1000))) / 1000n
          fc.pre(delta !== 0n)
          const moved = Number(delta) / 1e8
          const exact = r.usdc(r.bankruptcy_quote(account, 0, delta))
          // the quotient of collateral and maintenance carries their roundings
          const health = Math.abs(to_number(r.usdc(r.collateral(account))) / to_number(r.usdc(r.maintenance(account))))
          near(-moved * k.bankruptcy_price(x, 0, 0, prices), exact, gross, 'bankruptcy', 8 * QUANTUM * (2 + health))
          expect(k.health(x, 0, prices) < 1 || Math.abs(cushion - 1) < 1e-3).toBe(
            r.liquidatable(account) || Math.abs(cushion - 1) < 1e-3,
          )
        },
      ),
      { numRuns: 400 },
    )
  })

  it('agree on the initial rate that grows with open interest, to its ppm', () => {
    const amount = whole(1, 1e9)
    fc.assert(
      fc.property(amount, amount, amount, whole(1, 1e6), (low, more, interest, base) => {
        const exact = r.initial_ppm(BigInt(base), BigInt(interest), BigInt(low), BigInt(low + more))
        const x = {
          contracts: [{ initial: Float64Array.of(base / 1e6), interest_low: low, interest_high: low + more, coin: 0 }],
          contract: { columns: { interest: { data: Float64Array.of(interest) } } },
          book: { prices: { data: Float64Array.of(1) } },
          pool: undefined,
        } as unknown as Exchange
        const got = initial_rate(x, 0, 0)
        expect(got - Number(exact) / 1e6).toBeGreaterThanOrEqual(-1e-12)
        expect(got - Number(exact) / 1e6).toBeLessThan(1e-6 + 1e-12)
      }),
      { numRuns: 300 },
    )
  })

  it('agree on what so many blocks close (T3)', () => {
    const rule = rules.parse({ stages: [{ reduce: { size: 'paced', share: 0.1, least: 1000, most: 100_000 } }] }).stages[0]
      ?.reduce
    expect(rule).toBeDefined()
    if (rule === undefined) return
    expect(paced(1e7, 1, rule, 143, 0)).toBeGreaterThanOrEqual(1e7 - 1000)
    expect(paced(1e7, 1, rule, 142, 0)).toBeLessThan(1e7 - 1000)
    fc.assert(
      fc.property(whole(1, 2e7), whole(1, 200), (notional, blocks) => {
        let left: Ratio = ratio(notional)
        for (let i = 0; i < blocks; i++) left = subtract(left, r.block_size(left, ratio('0.1'), ratio(1000), ratio(100_000)))
        near(paced(notional / 50, 50, rule, blocks, 0) * 50, subtract(ratio(notional), left), notional)
      }),
      { numRuns: 60 },
    )
  })
})

const subtract = (a: Ratio, b: Ratio): Ratio => add(a, mul(ratio(-1), b))

const CONFIG: Config = {
  share: ratio('0.1'),
  least: ratio(1000),
  most: ratio(100_000),
  adjustment: ratio(1),
  spread: ratio('1.5'),
  fee: ratio(0.015),
  loss: ratio(20_000),
}
const level = fc.tuple(
  whole(1, 120).map((n) => n * 0.00101),
  whole(1, 400).map((n) => n * 1237),
)
const leg = (offset: number) =>
  fc.record({
    side,
    notional: fc.oneof(whole(1, 30), whole(30, 900)).map((n) => n * 3001 + offset),
    drift: whole(901, 1099, 1000),
    book: fc.array(level, { maxLength: 5 }),
  })
const situation = fc.record({
  legs: fc.oneof(fc.tuple(leg(0.37)), fc.tuple(leg(0.37), leg(0.71))),
  cushion: fc.oneof(whole(-600, 1100, 1000), whole(-100, 200, 1000)).map((n) => n + 0.00037),
  fund: fc.constantFrom(0, 500, 1e6),
  blocks: fc.constantFrom(1, 1, 3, 60),
})

it('blocks of random subaccounts: orders, fund, deleveraging and what is left are the same', () => {
  const seen = { safe: 0, filled: 0, fee: 0, paid: 0, deleveraged: 0, waiting: 0 }
  fc.assert(
    fc.property(situation, ({ legs, cushion, fund, blocks }) => {
      const marks = [50_000, 3000]
      const made = legs.map(({ side: way, notional, drift, book }, contract) => {
        const mark = marks[contract] as number
        const levels = book.map(([slip, amount]) => ({ price: mark * (1 - way * (slip - 0.0202)), quantity: amount / mark }))
        return {
          contract,
          mark,
          way,
          quantity: (way * notional) / mark,
          entry: mark * drift,
          levels: levels.sort((a, b) => way * (b.price - a.price)),
        }
      })
      const gross = made.reduce((sum, l) => sum + Math.abs(l.quantity) * l.mark, 0)
      const wallet = cushion * 0.1 * gross - made.reduce((sum, l) => sum + l.quantity * (l.mark - l.entry), 0)
      fc.pre(wallet >= 0)
      const row: Row = { wallet, held: made.map((l) => [l.contract, l.quantity, l.entry] as const) }
      const w = new PerpWorld([row], setup({ fund, prices: marks, block: { block_loss: 20_000 } }))
      const cash = w.cash(0)
      for (const { contract, way, levels } of made)
        for (const { price, quantity } of levels) w.books[contract]?.rest(way, price, quantity)
      w.tick(blocks * 1000)
      w.settle()
      expect(w.broken()).toEqual([])
      const outcome = run_blocks(
        {
          cash: ratio(cash),
          legs: made.map((l) => ({
            quantity: ratio(l.quantity),
            mark: ratio(l.mark),
            tiers: brackets([{ floor: 0, rate: 0.1 }]),
            book: l.levels.map(({ price, quantity }) => ({ price: ratio(price), quantity: ratio(quantity) })),
          })),
        },
        ratio(fund),
        CONFIG,
        blocks,
      )
      const orders = w.rows('reduce')
      expect(orders.length).toBe(outcome.orders.length)
      outcome.orders.forEach((order, i) => {
        expect(orders[i]?.['market']).toBe(made[order.leg]?.contract)
        near(orders[i]?.['usd'] as number, order.quote, gross, 'filled')
      })
      const closed = w.rows('takeover')
      expect(closed.length).toBe(outcome.deleveraged.length)
      for (const { leg: at, price } of outcome.deleveraged) {
        const found = closed.find((line) => line['market'] === made[at]?.contract)
        near(found?.['price'] as number, price, made[at]?.mark, 'bankruptcy price')
      }
      near(w.cash(0), outcome.cash, gross + Math.abs(cash), 'cash')
      near(w.fund(), add(ratio(fund), outcome.fund), gross, 'fund')
      if (outcome.deleveraged.length > 0) seen.deleveraged++
      else if (outcome.orders.length > 0) seen.filled++
      else if (cushion >= 1) seen.safe++
      else seen.waiting++
      if (outcome.fund.n > 0n) seen.fee++
      if (outcome.fund.n < 0n) seen.paid++
    }),
    { numRuns: 300 },
  )
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(4)
})

describe('the exchange', () => {
  const carl = (usdc: number): Row => ({ wallet: usdc - 50_000, held: [[0, -1, 50_000]] })
  /** Dave: his quote balance as in the chain's tests. */
  const dave = (usdc: number): Row => {
    const entry = Math.max(1, -usdc)
    return { wallet: usdc + entry, held: [[0, 1, entry]] }
  }
  const flat = { prices: [50_000] }

  it.each([
    [54_999, 55_500, 50_000, 104_999],
    [49_999, 50_000, 50_000, 99_999],
    [49_999, 50_000, -45_001, 4998],
  ])('Carl with %i at %i is closed against Dave with %i, who then has %i', (usdc, price, other, after) => {
    const entry = Math.min(usdc, 50_000)
    const short: Row = { wallet: usdc - entry, held: [[0, -1, entry]] }
    const w = new PerpWorld([short, dave(other)], setup(flat))
    w.price(0, price)
    w.tick(1000)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, amount: 1, price: expect.closeTo(usdc, 6) }])
    expect([w.cash(0), w.quantity(0), w.quantity(1)]).toEqual([0, 0, 0])
    expect(w.cash(1)).toBeCloseTo(after, 6)
    expect(w.broken()).toEqual([])
  })

  it.each([-50_000, -50_001])('Carl with 49,999 is not closed against Dave with %i: no overlap', (other) => {
    const short: Row = { wallet: 0, held: [[0, -1, 49_999]] }
    const w = new PerpWorld([short, dave(other)], setup(flat))
    w.tick(1000)
    w.settle()
    expect(w.rows('deleverage')).toEqual([])
    expect([w.quantity(0), w.quantity(1)]).toEqual([-1, 1])
    expect(w.broken()).toEqual([])
  })

  it('is not deleveraged at or above nothing (gate)', () => {
    const w = new PerpWorld([carl(54_999), dave(50_000)], setup(flat))
    for (const price of [50_000, 54_999]) {
      w.price(0, price)
      w.tick(1000)
      w.settle()
      expect(w.rows('deleverage')).toEqual([])
    }
    w.price(0, 55_000)
    w.tick(1000)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ price: expect.closeTo(54_999, 6) }])
  })

  it('ten million go a tenth a block, 100,000 at most; after 143 blocks no more than 1,000 are left (T3)', () => {
    // nothing of its own: what it gets below the oracle price the fund makes good
    const long: Row = { wallet: 0, held: [[0, 200, 50_000]] }
    const w = new PerpWorld([long], setup({ ...flat, fund: 1e9 }))
    w.books[0]?.rest(1, 49_999, 1e6)
    let blocks = 0
    const left = () => w.quantity(0) * 50_000
    w.tick(1000)
    w.settle()
    blocks++
    expect(left()).toBeCloseTo(1e7 - 100_000, 3)
    while (left() > 1000 && blocks < 400) {
      w.tick(1000)
      w.settle()
      blocks++
    }
    expect(blocks).toBe(143)
    expect(w.fund()).toBeCloseTo(1e9 - (200 - w.quantity(0)), 3)
    expect(w.broken()).toEqual([])
  })

  it('the same in minutes: as many blocks as fit', () => {
    const w = new PerpWorld([{ wallet: 0, held: [[0, 200, 50_000]] }], setup({ ...flat, fund: 1e9 }))
    w.books[0]?.rest(1, 49_999, 1e6)
    w.tick(60_000)
    w.settle()
    const first = w.rows('reduce')[0]?.['amount'] as number
    for (let i = 0; i < 2; i++) {
      w.tick(60_000)
      w.settle()
    }
    // 60 blocks of 100,000 at 50,000
    expect(first).toBeCloseTo(120, 9)
    expect(w.quantity(0) * 50_000).toBeLessThan(1000)
  })

  it('the fund gets at most 1.5 % of a fill, and pays no more than it has', () => {
    const short: Row = { wallet: 0, held: [[0, -0.01, 49_000]] }
    const paid = new PerpWorld([short], setup({ ...flat, fund: 4 }))
    paid.books[0]?.rest(-1, 49_490, 1)
    paid.tick(1000)
    paid.settle()
    // 0.01 · 490 = 4.9 is more than there is
    expect(paid.rows('reduce')).toEqual([])
    expect(paid.fund()).toBe(4)
    const gained = new PerpWorld([short], setup({ ...flat, fund: 4 }))
    gained.books[0]?.rest(-1, 44_100, 1)
    gained.tick(1000)
    gained.settle()
    expect(gained.fund()).toBeCloseTo(4 + 0.01 * 44_100 * 0.015, 9)
  })

  it('nobody withdraws while a subaccount is below zero, nor for 50 blocks after', () => {
    const rich: Row = { owner: 0, wallet: 1e5 }
    const w = new PerpWorld([rich, carl(49_999 + 1), dave(50_000)], setup(flat))
    const out = () => w.bundle(['withdraw', { account: 0, asset: 0, amount: 1 }])
    w.tick(1000)
    expect(out()).toBe(true)
    w.price(0, 50_002)
    w.tick(1000)
    expect(out()).toBe(false)
    w.settle()
    expect(w.rows('deleverage').length).toBe(1)
    w.tick(49_000)
    expect(out()).toBe(false)
    w.tick(1000)
    expect(out()).toBe(true)
  })

  it('what may be opened shrinks as open interest grows', () => {
    const buy = (interest: number) => {
      const rows: Row[] = [
        { owner: 0, wallet: 1e5 },
        { wallet: 1e9, held: [[0, interest / 50_000, 50_000]] },
        { wallet: 1e9, held: [[0, -interest / 50_000, 50_000]] },
      ]
      const mid = contracts[1] as Record<string, unknown>
      const w = new PerpWorld(rows, { ...setup(flat), contracts: [{ ...mid, taker_fee: 0 }] })
      w.books[0]?.rest(-1, 50_000, 1e6)
      w.tick(1000)
      w.bundle(['order', { market: 0, account: 0, side: 1, amount: 1e6, exact: 'base' }])
      return w.quantity(0) * 50_000
    }
    // 5 % to 40 M, then (70 − 40) ÷ 60 of the way to all
    expect(buy(1e7)).toBeCloseTo(1e5 / 0.05, 3)
    expect(buy(7e7)).toBeCloseTo(1e5 / (0.05 + 0.95 * 0.5), 3)
    expect(buy(2e8)).toBeCloseTo(1e5, 3)
  })
})

it('quote quantums are micro-USDC', () => expect(r.usdc(2_500_000n)).toEqual(fraction(5n, 2n)))
