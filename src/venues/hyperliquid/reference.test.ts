/** The kernel and the whole exchange beside the exact reference. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import data from '../../../data/venues/hyperliquid.json' with { type: 'json' }
import { holds_rows, near, side, whole } from '../../../test/support/exchange-reference.ts'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'
import { venue_params } from '../../../test/support/venue-params.ts'
import { marginal_tiers } from '../../margin/index.ts'
import { Store } from '../../model/index.ts'
import { adl_score } from '../shared/exchange/adl.ts'
import { parse_params } from '../shared/exchange/index.ts'
import * as k from '../shared/exchange/kernel.ts'
import { funding_rate, mark_of } from '../shared/exchange/marks.ts'
import { maintenance, type Tier } from '../shared/exchange/reference.ts'
import { abs, add, div, less, mul, ratio, sign, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import { holdings, trade } from '../shared/exchange/state.ts'
import { hyperliquid } from './index.ts'
import * as r from './reference.ts'
import { goldenRows, RULES, TABLES } from './vectors.ts'

const params = parse_params(data, 'hyperliquid.json')
const NAMES = ['BTC', 'ETH'] as const
const { contracts, spec } = venue_params('hyperliquid', data, NAMES)
const setup = (more: Setup = {}): Setup => ({
  kind: hyperliquid as never,
  prices: [100_000, 3000],
  spec: { ...spec, vault_leverage: 1000, vault_unwind: 'hold', ...more.spec },
  contracts: contracts.map((one) => ({ ...one, mark: { parts: ['index'] } })),
  ...(more.fund === undefined ? {} : { fund: more.fund }),
})
const FLOAT = NAMES.map((name) => {
  const tiers = TABLES[name] as readonly Tier[]
  return marginal_tiers(
    tiers.map((tier) => to_number(tier.floor)),
    tiers.map((tier) => to_number(tier.rate)),
  )
})
const EXACT = NAMES.map((name) => TABLES[name] as readonly Tier[])

holds_rows(goldenRows())

it('names every row once, and the file has the tables the reference has', () => {
  const ids = goldenRows().map((row) => row.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [name, tiers] of Object.entries(TABLES)) {
    const stated = params.values.find(({ field }) => field === `contracts.${name}.tiers`)?.value
    expect(stated).toEqual(
      tiers.map((tier) => expect.objectContaining({ floor: to_number(tier.floor), rate: to_number(tier.rate) })),
    )
  }
})

describe('kernel and reference', () => {
  it('agree on the liquidation price of an account, tiers hopped', () => {
    let hopped = 0
    const size = fc.oneof(whole(1, 100_000, 100), whole(1400, 3000))
    fc.assert(
      fc.property(size, side, whole(1, 900, 1000), whole(10_000, 200_000), (quantity, way, share, px) => {
        const value = quantity * px * share
        const x = holdings(new Store(), 't', 1, FLOAT)
        trade(x, 0, 0, way * quantity, -way * quantity * px)
        x.accounts.columns.cash.data[0] = (x.accounts.columns.cash.data[0] as number) + value
        const got = k.liquidation_price(x, 0, 0, Float64Array.of(px, 3000))
        if (!(got > 0)) return
        // the tier in which the price found lies is the one the formula is asked with
        const [low, high] = EXACT[0] as readonly [Tier, Tier]
        const upper = !less(mul(ratio(quantity), ratio(got)), high.floor)
        const tier = upper ? high : low
        if (upper !== !less(mul(ratio(quantity), ratio(px)), high.floor)) hopped++
        const required = sub(mul(mul(ratio(quantity), ratio(px)), tier.rate), tier.cum)
        const available = sub(ratio(value), required)
        near(got, r.liquidation_price(ratio(px), ratio(way), ratio(quantity), available, tier.rate), px * 1e-3)
      }),
      { numRuns: 500 },
    )
    expect(hopped).toBeGreaterThan(5)
  })

  it('agree on maintenance, rank, mark and funding', () => {
    const price = whole(1, 10_000_000, 100)
    fc.assert(
      fc.property(price, price, price, price, side, whole(1, 10_000, 7), (a, b, c, d, way, size) => {
        near(
          k.leg_maintenance(holdings(new Store(), 't', 1, FLOAT), 0, size, a),
          maintenance(EXACT[0] as Tier[], mul(ratio(size), ratio(a))),
        )
        const standing = { profit: 0, wallet: 0, maintenance: 0, bankrupt: 0, row: 0 }
        const s = { ...standing, side: way, notional: size * a, cost: size * b, equity: c }
        near(adl_score('mark_leverage', s), r.adl_index(way, ratio(a), ratio(b), mul(ratio(size), ratio(a)), ratio(c)))
        const basis = d / 1000 - 5000
        const rules = { parts: ['basis', 'last', 'external'] as const, window_ms: 30_000, ema_ms: 150_000, clamp: Infinity }
        near(mark_of(rules, a, 0, 1, basis, b, c), r.mark_price(ratio(a), ratio(basis), ratio(b), ratio(c)))
        const premium = (b - c) / 1e6
        const exact = r.funding(ratio(premium), ratio('0.0001'), ratio('0.0005'), ratio('0.04')).f1h
        near(funding_rate(premium, 0.0001, 0.0005, 3_600_000, 0.04, 'damped', 28_800_000), exact, 1e-4)
      }),
      { numRuns: 300 },
    )
  })

  it('agree on the exponential mean of the basis', () => {
    const step = fc.tuple(whole(-500, 500), fc.constantFrom(3000, 30_000, 60_000))
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
        const w = new PerpWorld([{ wallet: 1 }], { ...setup(), contracts })
        const { columns } = (w.venue as unknown as { pricing: { state: { columns: Record<string, { data: Float64Array }> } } })
          .pricing.state
        const mean = () => ({ num: ratio(columns['sum']?.data[0] as number), den: ratio(columns['mass']?.data[0] as number) })
        w.tick()
        w.tick()
        for (const [basis, ms] of steps) {
          w.books[0]?.move(100_000 + basis)
          w.world.parts.mids.pinned(0, 100_000 + basis, -1)
          w.venue.price(w.world.time_ms, w.world)
          const exact = r.ema_step(mean(), ratio(basis), ratio(ms), ratio(Math.exp(-ms / 150_000)))
          w.tick(ms)
          near(columns['sum']?.data[0] as number, exact.num, 500 * ms)
          near(columns['mass']?.data[0] as number, exact.den)
          near(columns['basis']?.data[0] as number, div(exact.num, exact.den), 500)
        }
      }),
      { numRuns: 40 },
    )
  })
})

const level = fc.tuple(
  whole(1, 60).map((n) => n * 0.00101),
  whole(1, 400).map((n) => n * 5_237),
)
const leg = (offset: number) =>
  fc.record({
    side,
    notional: fc.oneof(whole(1, 30), whole(30, 3000)).map((n) => n * 10_007 + offset),
    drift: whole(901, 1099, 1000),
    books: fc.tuple(fc.array(level, { maxLength: 4 }), fc.array(level, { maxLength: 4 })),
    move: whole(-40, 10, 1000),
  })
const situation = fc.record({
  legs: fc.oneof(fc.tuple(leg(0.37)), fc.tuple(leg(0.37), leg(0.71))),
  cushion: fc.oneof(whole(-200, 1300, 1000), whole(667, 1030, 1000)).map((n) => n + 0.00037),
  wait: fc.constantFrom(10_000, 29_999, 30_000, 60_000),
})

it('two moments of an account: orders, takeovers, what the vault gets and what is left are the same', () => {
  const seen = { part: 0, whole: 0, cover: 0, backstop: 0, adl: 0, safe: 0 }
  fc.assert(
    fc.property(situation, ({ legs, cushion, wait }) => {
      const marks = [100_000, 3000]
      const made = legs.map(({ side: way, notional, drift, ...rest }, contract) => {
        const mark = marks[contract] as number
        return { ...rest, contract, way, quantity: (way * notional) / mark, entry: mark * drift }
      })
      const profit = made.reduce((sum, l) => sum + l.quantity * ((marks[l.contract] as number) - l.entry), 0)
      const required = made.reduce(
        (sum, l) => sum + Math.abs(l.quantity) * (marks[l.contract] as number) * (l.contract === 0 ? 0.0125 : 0.02),
        0,
      )
      const wallet = cushion * required - profit
      fc.pre(wallet >= 0)
      const row: Row = { wallet, held: made.map((l) => [l.contract, l.quantity, l.entry] as const) }
      const w = new PerpWorld([row], setup({ fund: 1e12 }))
      let account: r.Account = {
        cash: ratio(w.cash(0)),
        legs: made.map((l) => ({ quantity: ratio(l.quantity), mark: ratio(0), tiers: EXACT[l.contract] as Tier[], book: [] })),
        ordered_ms: Number.NEGATIVE_INFINITY,
      }
      const scale = Math.abs(w.cash(0)) + made.reduce((sum, l) => sum + Math.abs(l.quantity) * (marks[l.contract] as number), 0)
      let vault = ratio(1e12)
      let logged = { reduce: 0, takeover: 0 }
      for (const moment of [0, 1] as const) {
        const books = made.map((l) => {
          const mark = (marks[l.contract] as number) * (moment === 0 ? 1 : 1 + l.way * l.move)
          const levels = l.books[moment].map(([slip, size]) => ({ price: mark * (1 - l.way * slip), quantity: size / mark }))
          return { mark, levels: levels.sort((a, b) => l.way * (b.price - a.price)) }
        })
        made.forEach((l, i) => {
          const { mark, levels } = books[i] as (typeof books)[number]
          w.books[l.contract]?.cancel(w.venue.outside)
          for (const { price, quantity } of levels) w.books[l.contract]?.rest(l.way, price, quantity)
          w.price(l.contract, mark)
        })
        w.tick(moment === 0 ? 60_000 : wait)
        w.settle()
        expect(w.broken()).toEqual([])
        account = {
          ...account,
          legs: account.legs.map((one, i) => ({
            ...one,
            mark: ratio(books[i]?.mark as number),
            book: (books[i]?.levels ?? []).map((l) => ({ price: ratio(l.price), quantity: ratio(l.quantity) })),
          })),
        }
        const outcome = r.liquidate(account, w.world.time_ms, RULES)
        const orders = w.rows('reduce').slice(logged.reduce)
        const closed = w.rows('takeover').slice(logged.takeover)
        logged = { reduce: w.rows('reduce').length, takeover: w.rows('takeover').length }
        expect(orders.filter((line) => (line['amount'] as number) > 0).length).toBe(outcome.orders.length)
        outcome.orders.forEach((order, i) => {
          expect(orders[i]?.['market']).toBe(made[order.leg]?.contract)
          near(orders[i]?.['usd'] as number, order.quote, 1e-3 * scale, 'filled')
        })
        expect(closed.length).toBe(outcome.closed.filter((q) => sign(q) !== 0).length)
        account = outcome.account
        vault = add(vault, outcome.left)
        near(w.fund(), vault, 0, 'vault')
        near(w.cash(0), account.cash, scale, 'cash')
        account.legs.forEach((one, i) => {
          const position =
            made.length === 1 || i === 0 ? w.quantity(0) : (w.column('positions', 'quantity')[w.venue.rows] as number)
          near(position, one.quantity, Math.abs(made[i]?.quantity as number), 'quantity')
        })
        if (outcome.end !== 'none') seen[outcome.end]++
        else if (outcome.orders.length === 0) seen.safe++
        else if (account.legs.some((one) => sign(one.quantity) !== 0)) seen.part++
        else seen.whole++
        if (outcome.end === 'adl') {
          const taken = w
            .rows('deleverage')
            .reduce((sum, line) => sum + (line['amount'] as number) * (line['price'] as number), 0)
          near(
            taken,
            outcome.closed.reduce(
              (sum, q, i) => ratio(to_number(sum) + to_number(abs(q)) * (books[i]?.mark as number)),
              ratio(0),
            ),
            scale,
          )
        }
      }
    }),
    { numRuns: 250 },
  )
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(4)
})

describe('the exchange', () => {
  const T1: Row = { wallet: 12_000, held: [[0, 3, 100_000]] }
  const short: Row = { wallet: 1e6, held: [[0, -3, 101_000]] }
  const at = (w: PerpWorld, price: number, ms = 60_000) => {
    w.price(0, price)
    w.tick(ms)
  }
  const opened = (vault = 1e6) => {
    const w = new PerpWorld([T1, short], setup({ fund: vault }))
    w.books[0]?.rest(1, 97_150, 0.6)
    at(w, 97_200)
    w.settle()
    expect(w.rows('reduce')).toMatchObject([{ amount: 0.6, price: 97_150 }])
    expect(w.cash(0) + w.quantity(0) * 97_200).toBeCloseTo(3543.7695, 9)
    return w
  }

  it('a fifth, cooldown, then the rest (T1)', () => {
    const w = opened()
    w.books[0]?.rest(1, 96_700, 10)
    at(w, 96_800, 10_000)
    w.settle()
    expect([w.quantity(0), w.cash(0)]).toEqual([0, expect.closeTo(2239.3335, 9)])
    expect(w.broken()).toEqual([])
  })

  it('gap to 96,400: positions and margin to the vault (T1)', () => {
    const w = opened()
    at(w, 96_400, 10_000)
    w.settle()
    expect(w.rows('takeover')).toMatchObject([{ amount: expect.closeTo(2.4, 9), price: 96_400 }])
    expect(w.fund()).toBeCloseTo(1e6 + 1623.7695, 6)
    expect(w.broken()).toEqual([])
  })

  it('gap to 95,700: shorts are closed at the mark, the vault absorbs what is missing (T1)', () => {
    const w = opened()
    at(w, 95_700, 10_000)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, amount: expect.closeTo(2.4, 9), price: 95_700, extra: 0 }])
    expect(w.fund()).toBeCloseTo(1e6 - 56.2305, 6)
    expect(w.broken()).toEqual([])
  })

  it('a vault that must not take more leaves it to the other side; without a vault what is missing is outside’s', () => {
    const w = opened(0)
    at(w, 96_400, 10_000)
    w.settle()
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, price: 96_400 }])
    const empty = opened(0)
    at(empty, 95_700, 10_000)
    empty.settle()
    expect(empty.rows('default').reduce((sum, line) => sum + (line['amount'] as number), 0)).toBeCloseTo(56.2305, 6)
    expect(empty.broken()).toEqual([])
  })

  it('the other side goes by its index: 3, 2, 1 (§9.7)', () => {
    const shorts = [
      [100, 2],
      [90, 10],
      [81, 50],
    ].map(([entry = 0, leverage = 0]): Row => ({ wallet: 80 / leverage + 80 - entry, held: [[0, -1, entry]] }))
    const rows = [
      { wallet: 30, held: [[0, 3, 91]] as const },
      ...shorts.map((row) => ({ ...row, wallet: Math.max(0, row.wallet) })),
    ]
    // wallets that would be negative are lifted: the index is what matters
    const w = new PerpWorld(rows, { ...setup({ fund: 0 }), prices: [91] })
    at(w, 80.5)
    w.settle()
    const order = w.rows('deleverage').map((line) => line['account'])
    expect(order).toEqual([3, 2, 1])
    expect(w.broken()).toEqual([])
  })

  it('funding falls due every hour on the oracle price', () => {
    const rows: Row[] = [
      { wallet: 1e6, held: [[0, 1, 100_000]] },
      { wallet: 1e6, held: [[0, -1, 100_000]] },
    ]
    const w = new PerpWorld(rows, { ...setup(), contracts })
    w.books[0]?.rest(1, 101_000, 10)
    w.books[0]?.rest(-1, 101_500, 10)
    w.books[0]?.move(101_250)
    w.world.parts.mids.pinned(0, 101_250, -1)
    const before = w.cash(0)
    for (let minute = 0; minute < 60; minute++) w.tick()
    const [paid, ...more] = w.rows('funding').filter((line) => line['market'] === 0)
    expect(more).toEqual([])
    // premium 1 %: 0.11875 % an hour, on the oracle
    expect(paid?.['extra']).toBeCloseTo(0.0011875, 9)
    expect(before - w.cash(0)).toBeCloseTo(100_000 * 0.0011875, 6)
  })
})
