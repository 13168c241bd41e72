/** The whole exchange beside the exact reference. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import data from '../../../data/venues/okx.json' with { type: 'json' }
import { cushion, drift, holds_rows, levels_of, near, side, state, whole } from '../../../test/support/exchange-reference.ts'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'
import { venue_params } from '../../../test/support/venue-params.ts'
import { equity as equity_of, total_maintenance } from '../shared/exchange/kernel.ts'
import { add, mul, ratio, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import { okx } from './index.ts'
import * as r from './reference.ts'
import { goldenRows } from './vectors.ts'

const { contracts, spec } = venue_params('okx', data, ['BTC-USDT-SWAP', 'BTC-USD-SWAP'])
const [FEE, BOUND, MARK] = [0.0005, 0.02, 100_000]
const tiers_of = (contract: number): r.Tier[] =>
  ((contracts[contract] as { tiers: unknown }).tiers as { floor: number; rate: number }[]).map(({ floor, rate }) => ({
    floor: ratio(floor),
    rate: ratio(rate),
  }))
const TIERS = tiers_of(0)
const TERMS: r.Terms = {
  tiers: TIERS,
  fee: ratio(FEE),
  bound: ratio(BOUND),
  from: 2,
  down: 2,
  wait_ms: 60_000,
  inside: ratio(1e-12),
}
const setup = (more: Setup = {}): Setup => ({
  kind: okx as never,
  prices: more.prices ?? [MARK],
  contracts: [{ ...contracts[0], mark: { parts: ['index'] }, funding: { last: 0 }, ...more.contract }],
  ...(more.fund === undefined ? {} : { fund: more.fund }),
  ...(more.coins === undefined ? {} : { coins: more.coins }),
  spec: { ...spec, ...more.spec },
})

holds_rows(goldenRows())

const situation = fc.record({
  isolated: fc.boolean(),
  side,
  size: fc.oneof(whole(1, 100), whole(100, 2500)).map((n) => n * 1.00103),
  drift,
  cushion,
  books: fc.array(levels_of(60, 13.03711, 4), { minLength: 4, maxLength: 4 }),
  /** Marks of the minutes, as ratios of the first. */
  marks: fc.array(
    whole(985, 1010, 1000).map((n) => n + 0.000_013),
    { minLength: 3, maxLength: 3 },
  ),
  /** Time between looks. */
  step_ms: fc.constantFrom(20_000, 60_000),
})

it('random positions over four looks: orders, waits, fees, takeover and what is left are the same', () => {
  const seen = { safe: 0, ordered: 0, twice: 0, waited: 0, taken: 0, debt: 0 }
  fc.assert(
    fc.property(situation, ({ isolated, side: way, size, drift, cushion, books, marks, step_ms }) => {
      const entry = MARK * drift
      const units = way * size
      const asked = to_number(r.maintenance(TIERS, ratio(size), ratio(MARK))) + size * MARK * FEE
      const wallet = cushion * asked - units * (MARK - entry)
      fc.pre(wallet > 0)
      const row: Row = { isolated, wallet, held: [[0, units, entry]] }
      const w = new PerpWorld([row], setup({ fund: 1e12 }))
      const cash = sub(ratio(wallet), mul(ratio(units), ratio(entry)))
      let exact: r.Position = { cash, quantity: ratio(units), entry: ratio(entry), filled_ms: undefined }
      let orders = 0
      let taken = 0
      books.forEach((book, minute) => {
        const mark = minute === 0 ? MARK : MARK * (marks[minute - 1] as number)
        w.price(0, mark)
        w.tick(step_ms)
        const levels = book
          .map(([slip, much]) => ({ price: mark * (1 - way * slip), quantity: much }))
          .sort((a, b) => way * (b.price - a.price))
        w.books[0]?.cancel(1)
        for (const one of levels) w.books[0]?.rest(way, one.price, one.quantity)
        w.settle()
        expect(w.broken()).toEqual([])
        const ladder = levels.map((one) => ({ price: ratio(one.price), quantity: ratio(one.quantity) }))
        const before = exact
        const found = r.look(exact, ratio(mark), minute * step_ms, TERMS, ladder)
        exact = found.position
        if (found.order !== undefined) {
          const line = w.rows('reduce')[orders++]
          near(line?.['usd'] as number, found.order.quote, size * mark, 'order')
        }
        if (found.takeover !== undefined) {
          const line = w.rows('takeover')[taken++]
          near(line?.['price'] as number, found.takeover.price, mark, 'takeover')
          seen.taken++
        }
        if (r.breached(before, ratio(mark), TERMS) && found.order === undefined && found.takeover === undefined) seen.waited++
        expect([w.rows('reduce').length, w.rows('takeover').length]).toEqual([orders, taken])
        near(w.quantity(0), exact.quantity, size, 'size')
        near(w.cash(0) + w.quantity(0) * mark, add(exact.cash, mul(exact.quantity, ratio(mark))), size * mark, 'equity')
      })
      if (orders + taken === 0) seen.safe++
      if (orders > 0) seen.ordered++
      if (orders > 1) seen.twice++
      if (w.rows('bad_debt').length > 0) seen.debt++
    }),
    { numRuns: 400 },
  )
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(4)
})

/** Prices move, the exchange acts until it is quiet. */
function at(w: PerpWorld, price: number, ms = 1000): void {
  w.price(0, price)
  w.tick(ms)
  w.settle()
}

describe('tiers by size', () => {
  it('stay when the price moves, and jump when the size does', () => {
    const w = new PerpWorld(
      [
        { wallet: 1e9, held: [[0, 99, MARK]] },
        { wallet: 1e9, held: [[0, 100, MARK]] },
      ],
      setup(),
    )
    const x = state(w)
    const rate = (row: number, price: number) => {
      at(w, price)
      return total_maintenance(x, row, x.book.prices.data) / (Math.abs(w.column('positions', 'quantity')[row] as number) * price)
    }
    for (const price of [50_000, 100_000, 200_000]) {
      expect(rate(0, price)).toBeCloseTo(0.005 + FEE, 12)
      expect(rate(1, price)).toBeCloseTo(0.0075 + FEE, 12)
    }
  })

  it('of an inverse contract they are face', () => {
    const w = new PerpWorld(
      [
        { wallet: 1e4, held: [[0, -9_999_999, MARK]] },
        { wallet: 1e4, held: [[0, 10_000_001, MARK]] },
      ],
      {
        ...setup({ coins: [{ asset: 'BTC' }] }),
        contracts: [{ ...contracts[1], mark: { parts: ['index'] }, funding: { last: 0 } }],
      },
    )
    at(w, 50_000)
    const x = state(w)
    expect(total_maintenance(x, 0, x.book.prices.data)).toBeCloseTo((9_999_999 / 50_000) * (0.005 + FEE), 9)
    expect(total_maintenance(x, 1, x.book.prices.data)).toBeCloseTo((10_000_001 / 50_000) * (0.0075 + FEE), 9)
    expect(w.broken()).toEqual([])
  })

  it('an order may grow a position as far as the initial rate of the tier it reaches allows', () => {
    const w = new PerpWorld([{ wallet: 125_000 }], setup({ fund: 1e6 }))
    at(w, MARK)
    w.books[0]?.rest(-1, MARK, 1000)
    // 49.99 BTC at 1 % and the fee is 52,490; 50 at 1.25 % 65,000; 100 at 2 % is beyond 125,000
    expect(w.order(0, 1000)).toBe(true)
    expect(w.quantity(0)).toBeCloseTo(125_000 / (MARK * (0.0125 + FEE)), 6)
  })

  it('without slab brackets they are refused', () => {
    expect(() => new PerpWorld([], setup({ contract: { slab: false } }))).toThrow('contracts[0].sized')
  })
})

describe('the procedure', () => {
  it('an upper position falls two tiers and waits a minute; one in a lower tier beside it is left alone', () => {
    const eth = { ...contracts[0], mark: { parts: ['index'] }, funding: { last: 0 } }
    const row: Row = {
      wallet: 900_000,
      held: [
        [0, 900, MARK],
        [1, 10, 3000],
      ],
    }
    const w = new PerpWorld([row], {
      ...setup({ prices: [MARK, 3000], fund: 1e9 }),
      contracts: [{ ...contracts[0], mark: { parts: ['index'] }, funding: { last: 0 } }, eth],
    })
    const bids = () => w.books[0]?.rest(1, 100_300, 1e4)
    bids()
    w.books[1]?.rest(1, 3000, 1e4)
    at(w, 100_300)
    // sixth tier (from 800): 2 % and the fee of 90 million; down to the fourth, 400
    expect(w.quantity(0)).toBeCloseTo(400, 6)
    expect(w.rows('reduce')).toMatchObject([{ amount: expect.closeTo(500, 6), price: 100_300 }])
    expect(w.rows('takeover')).toEqual([])
    expect(w.column('positions', 'quantity')).toContain(10)
    // the fee of what was sold is the fund's
    expect(w.fund()).toBeCloseTo(1e9 + 500 * 100_300 * FEE, 4)
    expect(w.broken()).toEqual([])
  })

  it('5,000 contracts in the fourth tier (T8): 3,000 are sold, a minute later the rest is taken over whole', () => {
    const tiers = [0, 1000, 2000, 4000].map((floor, t) => ({ floor, rate: 0.005 * (t + 1), initial: 0.1 }))
    const w = new PerpWorld([{ wallet: 80, held: [[0, 5000, 1]] }], setup({ prices: [1], fund: 1e6, contract: { tiers } }))
    w.books[0]?.rest(1, 0.99, 3001)
    // equity 30 against 5,000 · 2.05 % of 0.99
    at(w, 0.99, 60_000)
    expect(w.rows('reduce')).toMatchObject([{ amount: expect.closeTo(3000, 6) }])
    expect(w.quantity(0)).toBeCloseTo(2000, 6)
    const fee = 3000 * 0.99 * FEE
    expect(w.fund()).toBeCloseTo(1e6 + fee, 9)
    // equity 18.5 against 2,000 · 1.05 %: in breach, and more than the lowest tier's 0.55 %
    at(w, 0.985, 30_000)
    expect(w.venue.health(0, w.venue.prices)).toBeLessThan(1)
    expect(w.rows('takeover')).toEqual([])
    at(w, 0.985, 30_000)
    expect(w.rows('takeover')).toMatchObject([
      { amount: expect.closeTo(2000, 6), price: expect.closeTo(0.985 - (80 - 50 - fee - 10) / 2000, 9) },
    ])
    expect(w.rows('reduce')).toHaveLength(1)
    expect(w.broken()).toEqual([])
  })

  it('below what the lowest tier asks nothing waits: all is taken over at once', () => {
    const w = new PerpWorld([{ wallet: 9.005e6, held: [[0, 900, MARK]] }], setup({ fund: 1e9 }))
    w.books[0]?.rest(1, 90_000, 1e4)
    // equity 5,000 against 900 · 90,000 · 0.45 %
    at(w, 90_000)
    expect(w.rows('reduce')).toEqual([])
    expect(w.rows('takeover')).toMatchObject([{ amount: 900, price: expect.closeTo(90_000 - 5000 / 900, 6) }])
    expect(w.broken()).toEqual([])
  })

  it('winners are closed at the mark when the fund has fallen 30 % from its peak, and the fund has the difference', () => {
    // takeover of 10 at 99,000, which the fund then sells at 69,600
    const long = (wallet: number): Row => ({ isolated: true, wallet, held: [[0, 10, 100_000]] })
    const w = new PerpWorld([long(10_000), long(300_000), { wallet: 1e8, held: [[0, -20, 100_000]] }], setup({ fund: 1e6 }))
    at(w, 99_100)
    expect(w.rows('takeover')).toMatchObject([{ account: 0, price: 99_000 }])
    w.price(0, 70_500)
    w.books[0]?.rest(1, 69_600, 10)
    w.tick(1000)
    w.settle()
    const left = 1e6 - 10 * (99_000 - 69_600)
    expect(w.fund()).toBeCloseTo(left, 6)
    expect(w.rows('deleverage')).toEqual([])
    // 294,000 lost are 29.4 %; the next takeover is 700 below the mark and would cost 7,000 more
    at(w, 69_300)
    expect(w.rows('takeover')[1]).toMatchObject({ account: 1, price: 70_000 })
    expect(w.rows('deleverage')).toMatchObject([{ account: 2, amount: 10, price: 69_300 }])
    expect(w.fund()).toBeCloseTo(left - 10 * 700, 6)
    expect(w.broken()).toEqual([])
  })

  it('what neither margin nor fund covers is the exchange’s: no winner loses at the mark', () => {
    const w = new PerpWorld(
      [
        { isolated: true, wallet: 1000, held: [[0, 1, 100_000]] },
        { wallet: 1e6, held: [[0, -1, 100_000]] },
      ],
      setup({ fund: 0 }),
    )
    at(w, 90_000)
    const x = state(w)
    expect(equity_of(x, 1, x.book.prices.data)).toBeCloseTo(1e6 + 10_000, 6)
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, amount: 1, price: 90_000, extra: 0 }])
    expect(w.rows('default')).toMatchObject([{ usd: expect.closeTo(9000, 6) }])
    expect(w.broken()).toEqual([])
  })
})
