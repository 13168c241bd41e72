import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarginBook, marginal_tiers, RowList, sweep, type Tiers } from '../../../margin/index.ts'
import { Store } from '../../../model/index.ts'
import { adl_score } from './adl.ts'
import * as k from './kernel.ts'
import { funding_rate, mark_of, premium_of } from './marks.ts'
import * as r from './reference.ts'
import { abs, add, div, mul, type Ratio, ratio, to_number, ZERO } from './reference-ratio.ts'
import { type Holdings, holdings, trade } from './state.ts'
import { BTC_TIERS, ETH_TIERS, tier_specs } from '../../binance-usdm/vectors.ts'

const TOLERANCE = 1e-9
const BINANCE_MARK = { parts: ['premium', 'basis', 'last'], window_ms: 30_000, ema_ms: 0, clamp: Infinity } as const
const NOBODY = { profit: 0, wallet: 0, maintenance: 0, equity: 0, notional: 1, cost: 1, bankrupt: 0, side: 1, row: 0 } as const
/** A third contract with brackets of a small coin (SOLUSDT, 2024-10-24). */
const SOL_TIERS = r.brackets(
  [
    ['0', '.005'],
    ['20000', '.0065'],
    ['100000', '.01'],
    ['800000', '.02'],
    ['4000000', '.025'],
    ['8000000', '.05'],
    ['40000000', '.1'],
    ['80000000', '.125'],
    ['100000000', '.25'],
    ['200000000', '.5'],
  ].map(([floor = '', rate = '']) => ({ floor, rate: `0${rate}` })),
)
const EXACT = [BTC_TIERS, ETH_TIERS, SOL_TIERS]
const FLOAT: Tiers[] = EXACT.map((tiers) => {
  const specs = tier_specs(tiers)
  return marginal_tiers(
    specs.map((tier) => tier.floor),
    specs.map((tier) => tier.rate),
  )
})

const near = (got: number, exact: Ratio, scale = 0, what = '') => {
  const expected = to_number(exact)
  expect(Math.abs(got - expected), `${what}: ${got} for ${expected}`).toBeLessThanOrEqual(
    TOLERANCE * Math.max(Math.abs(expected), scale, 1e-12),
  )
}

interface Case {
  readonly cash: number
  readonly legs: readonly { readonly contract: number; readonly quantity: number; readonly entry: number }[]
  readonly prices: readonly number[]
}

const price = fc.double({ min: 0.001, max: 200_000, noNaN: true })
const leg = fc.record({
  notional: fc.double({ min: 10, max: 2e8, noNaN: true }),
  side: fc.constantFrom(1, -1),
  drift: fc.double({ min: 0.5, max: 2, noNaN: true }),
})
/** Accounts around their threshold: equity is `cushion` times the maintenance. */
const case_of = (legs: number): fc.Arbitrary<Case> =>
  fc
    .record({
      prices: fc.array(price, { minLength: 3, maxLength: 3 }),
      legs: fc.array(leg, { minLength: 1, maxLength: legs }),
      first: fc.integer({ min: 0, max: 2 }),
      cushion: fc.double({ min: -2, max: 6, noNaN: true }),
    })
    .map(({ prices, legs: list, first, cushion }) => {
      const made = list.map(({ notional, side, drift }, i) => {
        const contract = (first + i) % 3
        const mark = prices[contract] as number
        return { contract, quantity: (side * notional) / mark, entry: mark * drift, notional }
      })
      const required = made.reduce(
        (sum, { contract, notional }) => sum + to_number(r.maintenance(EXACT[contract] as r.Tier[], ratio(notional))),
        0,
      )
      const value = made.reduce((sum, { contract, quantity }) => sum + quantity * (prices[contract] as number), 0)
      return { cash: cushion * required - value, legs: made, prices }
    })

function float_side(c: Case): { x: Holdings; prices: Float64Array } {
  const x = holdings(new Store(), 't', 1, FLOAT)
  for (const { contract, quantity, entry } of c.legs) trade(x, 0, contract, quantity, -quantity * entry)
  x.accounts.columns.cash.data[0] = c.cash
  return { x, prices: Float64Array.of(...c.prices, 1) }
}

const exact_side = (c: Case): r.Scope => ({
  cash: ratio(c.cash),
  legs: c.legs.map(({ contract, quantity }) => ({
    quantity: ratio(quantity),
    mark: ratio(c.prices[contract] as number),
    tiers: EXACT[contract] as r.Tier[],
  })),
})

const gross = (c: Case) =>
  c.legs.reduce((sum, l) => sum + Math.abs(l.quantity * (c.prices[l.contract] as number)), Math.abs(c.cash))

describe('kernel and reference', () => {
  it('agree on equity, maintenance, health and the decision', () => {
    let close = 0
    fc.assert(
      fc.property(case_of(3), fc.boolean(), (c, strict) => {
        const { x, prices } = float_side(c)
        const scope = exact_side(c)
        near(k.equity(x, 0, prices), r.equity(scope), gross(c), 'equity')
        near(k.total_maintenance(x, 0, prices), r.total_maintenance(scope), 0, 'maintenance')
        const { assets, debts } = r.sides(scope)
        const health = k.health(x, 0, prices)
        if (debts.n === 0n) {
          expect(health).toBe(Infinity)
          return
        }
        near(health, div(assets, debts), 0, 'health')
        if (Math.abs(health - 1) < TOLERANCE) close++
        else expect(strict ? health < 1 : health <= 1).toBe(r.breached(scope, strict))
      }),
      { numRuns: 400 },
    )
    expect(close).toBeLessThan(20)
  })

  it('agree on the liquidation price of one position, brackets included', () => {
    fc.assert(
      fc.property(case_of(1), (c) => {
        const { x, prices } = float_side(c)
        const [only] = c.legs as [Case['legs'][number]]
        const mark = ratio(c.prices[only.contract] as number)
        const p = { quantity: ratio(only.quantity), entry: ratio(only.entry) }
        const rest = { wallet: add(ratio(c.cash), mul(p.quantity, p.entry)), maintenance: ZERO, profit: ZERO }
        const exact = r.liquidation_price(p, rest, EXACT[only.contract] as r.Tier[], mark)
        const got = k.threshold_price(x, 0, 0, 1)
        if (to_number(exact) > 0) near(got, exact, c.prices[only.contract], 'price')
        else expect(got).toBe(0)
        const at = prices.slice()
        at[only.contract] = got
        if (got > 0) expect(Math.abs(k.health(x, 0, at) - 1)).toBeLessThan(TOLERANCE)
      }),
      { numRuns: 400 },
    )
  })

  it('agree on bankruptcy prices; closing everything there leaves nothing', () => {
    fc.assert(
      fc.property(case_of(3), (c) => {
        const { x, prices } = float_side(c)
        const exact = r.bankruptcy_prices(exact_side(c))
        let left = c.cash
        c.legs.forEach(({ contract, quantity }, i) => {
          const got = k.bankruptcy_price(x, 0, contract, prices)
          near(got * Math.abs(quantity), mul(exact[i] as Ratio, abs(ratio(quantity))), gross(c), 'proceeds')
          left += quantity * got
        })
        expect(Math.abs(left)).toBeLessThanOrEqual(TOLERANCE * gross(c))
      }),
      { numRuns: 300 },
    )
  })

  it('agree on mark, premium, funding and ADL score', () => {
    const small = fc.double({ min: -0.05, max: 0.05, noNaN: true })
    fc.assert(
      fc.property(price, small, fc.double({ min: 0, max: 1, noNaN: true }), small, small, (index, rate, left, basis, gap) => {
        const [b, last] = [index * basis, index * (1 + gap)]
        const exact = r.mark_price(ratio(index), ratio(rate), ratio(left), ratio(b), ratio(last))
        near(mark_of(BINANCE_MARK, index, rate, left, b, last, Number.NaN), exact.mark, 0, 'mark')
        near(mark_of(BINANCE_MARK, index, rate, left, Number.NaN, last, Number.NaN), exact.p1, 0, 'mark without trades')
        const [bid, ask] = [index * (1 + Math.min(rate, gap)), index * (1 + Math.max(rate, gap))]
        const premium = premium_of(bid, ask, index)
        near(premium, r.premium_of(ratio(bid), ratio(ask), ratio(index)), 0.05, 'premium')
        const args = [ratio(premium), ratio(0.0001), ratio(0.0005)] as const
        near(
          funding_rate(premium, 0.0001, 0.0005, 14_400_000, 0.003),
          r.funding_rate(...args, ratio(4), ratio(0.003)),
          0,
          'funding',
        )
        near(
          adl_score('profit_margin', {
            ...NOBODY,
            profit: basis * 1e4,
            wallet: 100 * left,
            maintenance: 5,
            equity: 1 + 1e4 * gap,
          }),
          r.adl_score(ratio(basis * 1e4), ratio(100 * left), ratio(5), ratio(1 + 1e4 * gap)),
          0,
          'score',
        )
      }),
      { numRuns: 400 },
    )
  })
})

describe('the margin book over these accounts', () => {
  const move = fc.record({
    factors: fc.array(fc.double({ min: 0.85, max: 1.2, noNaN: true }), { minLength: 3, maxLength: 3 }),
    change: fc.option(fc.tuple(fc.nat(39), fc.double({ min: 0.9, max: 1.1, noNaN: true })), { nil: undefined }),
    level: fc.option(fc.tuple(fc.nat(39), fc.double({ min: 1, max: 1.3, noNaN: true })), { nil: undefined }),
  })

  it('reports whom a sweep reports, on any path, with brackets, levels and changes', () => {
    fc.assert(
      fc.property(
        fc.array(case_of(3), { minLength: 1, maxLength: 40 }),
        fc.array(move, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (cases, path, strict) => {
          const store = new Store()
          const x = holdings(store, 't', cases.length, FLOAT)
          const accounts = {
            strict,
            health: (row: number, prices: Float64Array) => k.health(x, row, prices),
            bound: (row: number, prices: Float64Array, level: number, out: Parameters<typeof k.bound>[5]) =>
              k.bound(x, row, prices, level, book.cash, out),
          }
          const book: MarginBook = new MarginBook(store, 't.book', 3, cases.length, accounts)
          const prices = (cases[0] as Case).prices
          cases.forEach((c, row) => {
            c.legs.forEach(({ contract, quantity }) => {
              const size = (quantity * (c.prices[contract] as number)) / (prices[contract] as number)
              trade(x, row, contract, size, -size * (prices[contract] as number))
            })
            x.accounts.columns.cash.data[row] = c.cash
          })
          for (let c = 0; c < 3; c++) book.prices.data[c] = prices[c] as number
          const [got, expected] = [new RowList(), new RowList()]
          const compare = () => {
            book.scan(got)
            sweep(accounts, book.prices.data, book.level.data, cases.length, expected)
            expect([...got.data.subarray(0, got.length)]).toEqual([...expected.data.subarray(0, expected.length)])
          }
          compare()
          for (const { factors, change, level } of path) {
            factors.forEach((factor, c) => {
              book.prices.data[c] = (book.prices.data[c] as number) * factor
            })
            if (change !== undefined && change[0] < cases.length) {
              const row = change[0]
              x.accounts.columns.cash.set(row, (x.accounts.columns.cash.data[row] as number) * change[1])
              book.touch(row)
            }
            if (level !== undefined && level[0] < cases.length) book.set_level(level[0], level[1])
            compare()
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  /** A book over one account; each line of prices is scanned in turn; which of them reported it. */
  const reported = (c: Case, path: readonly (readonly number[])[]) => {
    const { x } = float_side(c)
    const accounts = {
      strict: false,
      health: (row: number, prices: Float64Array) => k.health(x, row, prices),
      bound: (row: number, prices: Float64Array, level: number, out: Parameters<typeof k.bound>[5]) =>
        k.bound(x, row, prices, level, book.cash, out),
    }
    const book: MarginBook = new MarginBook(new Store(), 't', 3, 1, accounts)
    const out = new RowList()
    return path.map((prices) => {
      book.prices.data.set(prices)
      book.scan(out)
      return [out.length === 1, k.health(x, 0, book.prices.data) <= 1]
    })
  }

  it('is not surprised by a short that grows into steeper brackets', () => {
    // 150M short owes 154.52M against 1.2 times that; 19.7 % up it owes as much, for it owes more than in proportion
    const cash = 1.2 * (150e6 * 1.05 - 2_981_450) - 1000
    const c: Case = {
      cash,
      legs: [
        { contract: 0, quantity: -1500, entry: 100_000 },
        { contract: 1, quantity: 0.1, entry: 10_000 },
      ],
      prices: [100_000, 10_000, 1],
    }
    const up = [100_000, 119_500, 119_800].map((price) => [price, 10_000, 1])
    expect(reported(c, up)).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ])
  })

  it('is not surprised when a long rises less than a short with the same market', () => {
    // 150M long against 126.6M short: 30 % and 45 % up, 11.5 % between them, with 11.9 % to go in proportion
    const c: Case = {
      cash: -1,
      legs: [
        { contract: 0, quantity: 1500, entry: 100_000 },
        { contract: 1, quantity: -12_660, entry: 10_000 },
      ],
      prices: [100_000, 10_000, 1],
    }
    expect(
      reported(c, [
        [100_000, 10_000, 1],
        [130_000, 14_500, 1],
      ]),
    ).toEqual([
      [false, false],
      [true, true],
    ])
  })

  it('leaves an account alone while prices stay inside what its bound promised', () => {
    const c: Case = { cash: -980_000, legs: [{ contract: 0, quantity: 10, entry: 100_000 }], prices: [100_000, 3000, 150] }
    const { x } = float_side(c)
    // BN12: the threshold is the published liquidation price, reached from any price
    expect(k.threshold_price(x, 0, 0, 1)).toBeCloseTo(98545.546, 3)
    const tested: number[] = []
    const accounts = {
      strict: false,
      health: (row: number, prices: Float64Array) => {
        tested.push(prices[0] as number)
        return k.health(x, row, prices)
      },
      bound: (row: number, prices: Float64Array, level: number, out: Parameters<typeof k.bound>[5]) =>
        k.bound(x, row, prices, level, book.cash, out),
    }
    const book: MarginBook = new MarginBook(new Store(), 't', 3, 1, accounts)
    const out = new RowList()
    for (const now of [100_000, 99_000, 98_600, 98_545.6, 98_545]) {
      book.prices.data.set([now, 3000, 150])
      book.scan(out)
    }
    expect(tested.every((at) => at < 98_546)).toBe(true)
    expect(out.length).toBe(1)
  })
})
