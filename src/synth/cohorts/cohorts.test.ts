import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { small_market } from '../../../test/support/reference-market.ts'
import { exp, log, Rng } from '../../math/index.ts'
import { type ColumnSet, InputError } from '../../model/index.ts'
import { cohort_accounts, with_inferred } from './accounts.ts'
import { CohortFilter, COHORT_FILTER, type FilterOptions } from './filter.ts'
import type { CohortBar } from './law.ts'
import { hidden_book, lot_level } from './hidden.ts'
import { alive, BUCKETS, EDGES, leverage_below, log_cap, type Shape } from './law.ts'
import { band, cohorts_of, held, liquidated, liquidation_density, one_book } from './posterior.ts'
import { natural, PRIOR } from './prior.ts'
import { draw_regime } from './regime.ts'

const bar = (close: number, low: number, high: number, open_interest: number, funding = 0.0001): CohortBar => ({
  close,
  low,
  high,
  open_interest,
  funding,
})

/** A quiet market at 100 with 1,000 coins open. */
function quiet(days: number, options: Partial<FilterOptions> = {}): CohortFilter {
  const filter = new CohortFilter({ ...COHORT_FILTER, particles: 60, ...options })
  for (let day = 0; day < days; day++) filter.step(bar(100, 99.5, 100.5, 1000))
  return filter
}

const total = (filter: CohortFilter, i: number, side: 0 | 1, from = 0) => {
  let sum = 0
  for (let b = 0; b < filter.births; b++) for (let k = from; k < BUCKETS; k++) sum += held(filter, i, b, side, k)
  return sum
}

describe('the law of one position', () => {
  it('the highest leverage that survives is liquidated exactly there: equity at that price is the maintenance margin', () => {
    const judge = (reach: number, side: 0 | 1, shape: Shape, rate: number) => {
      const leverage = exp(log_cap(reach, side, shape, rate))
      const sign = side === 0 ? 1 : -1
      const price = 100 * exp(-sign * reach)
      // One unit entered at 100: linear, equity and margin in the quote; inverse, USD of face, equity and margin in coins.
      const equity =
        shape === 'linear' ? 100 / leverage + sign * (price - 100) : 1 / (100 * leverage) + sign * (1 / 100 - 1 / price)
      const margin = shape === 'linear' ? rate * price : rate / price
      expect(Math.abs(equity - margin)).toBeLessThan(1e-12 * Math.max(1, price))
    }
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.6, noNaN: true }),
        fc.constantFrom(0, 1),
        fc.constantFrom('linear' as const, 'inverse' as const),
        fc.double({ min: 0.001, max: 0.009, noNaN: true }),
        (reach, side, shape, rate) => judge(reach, side as 0 | 1, shape, rate),
      ),
    )
  })

  it('a bucket empties from the top: all below its upper end, half below its median, none below its lower end', () => {
    for (let k = 0; k < BUCKETS; k++) {
      const [low, high] = [log(EDGES[k] as number), log(EDGES[k + 1] as number)]
      expect([alive(k, low), alive(k, high), alive(k, high + 1)]).toEqual([0, 1, 1])
      expect(alive(k, log(leverage_below(k, high)))).toBeCloseTo(0.5, 12)
      const cap = (low + high) / 2
      expect(alive(k, log(leverage_below(k, cap)))).toBeCloseTo(alive(k, cap) / 2, 12)
    }
  })
})

describe('the prior', () => {
  it('has its stated middle at 0, one width at 1, and stays in its range', () => {
    PRIOR.forEach(({ scale, middle, width }, i) => {
      expect(natural(i, 0)).toBeCloseTo(middle, 12)
      const logit = (p: number) => Math.log(p / (1 - p))
      const on = (value: number) => (scale === 'log' ? Math.log(value) : scale === 'logit' ? logit(value) : value)
      expect(on(natural(i, 1)) - on(middle)).toBeCloseTo(width, 9)
    })
  })
})

describe('the filter', () => {
  it('keeps both sides of every possible book at the open interest, whatever it does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -0.2, max: 0.2, noNaN: true }), fc.double({ min: 0.5, max: 2, noNaN: true })), {
          minLength: 3,
          maxLength: 25,
        }),
        (moves) => {
          const filter = new CohortFilter({ ...COHORT_FILTER, particles: 8 })
          let price = 100
          for (const [move, factor] of moves) {
            const next = price * exp(move)
            const interest = 1000 * factor
            filter.step(bar(next, Math.min(price, next) * 0.99, Math.max(price, next) * 1.01, interest))
            price = next
            for (let i = 0; i < 8; i++)
              for (const side of [0, 1] as const) expect(Math.abs(total(filter, i, side) / interest - 1)).toBeLessThan(1e-9)
            let weight = 0
            for (const one of filter.weights) weight += one
            expect(Math.abs(weight - 1)).toBeLessThan(1e-9)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('what a fall liquidates is what it said the fall would liquidate, and only longs', () => {
    const filter = quiet(10, { trust: 0 })
    const [low, price] = [80, 80.5]
    const after = filter.caps_after({ high: 100, low })
    for (let i = 0; i < filter.particles; i++) {
      const added = filter.parameter(i, 'adds')
      const said = (liquidated(filter, low)[i] as number) / 100
      expect(filter.forced(i, after, 0)).toBeCloseTo(said * (1 - added), 6)
      expect(filter.forced(i, after, 1)).toBe(0)
    }
    filter.step(bar(price, low, 100, 500))
    // Nothing that came before the fall with leverage above 1 ÷ (1 − 0.995·80/100.5) = 4.82 is left among the longs.
    for (let i = 0; i < filter.particles; i++)
      for (let b = 0; b < 20; b++) for (let k = 3; k < BUCKETS; k++) expect(held(filter, i, b, 0, k)).toBe(0)
  })

  it('learns leverage from what vanishes: a fall that takes a fifth of the open interest against one that takes nothing', () => {
    const fallen = (left: number) => {
      const filter = new CohortFilter({ ...COHORT_FILTER, particles: 300, trust: 1 })
      const rng = new Rng(5)
      let interest = 1000
      for (let day = 0; day < 20; day++) {
        interest = 1000 * exp(0.03 * rng.normal())
        filter.step(bar(100, 99.5, 100.5, interest))
      }
      filter.step(bar(90, 88, 100.5, interest * left))
      const mean = (name: 'leverage' | 'vanish') =>
        band(
          Float64Array.from({ length: 300 }, (_, i) => filter.parameter(i, name)),
          filter.weights,
        ).mean
      return { leverage: mean('leverage'), vanish: mean('vanish') }
    }
    const [gone, stayed] = [fallen(0.8), fallen(1)]
    expect(gone.leverage).toBeGreaterThan(1.3 * stayed.leverage)
    expect(gone.vanish).toBeGreaterThan(stayed.vanish)
  })

  it('reads no later row: a longer series says the same of its first part', () => {
    const book = hidden_book(draw_regime(new Rng(1, 0, 'regime')), new Rng(1, 0, 'book'), 40, 10, [])
    const rows = Array.from(
      book.close,
      (close, i): CohortBar =>
        bar(close, book.low[i] as number, book.high[i] as number, book.open_interest[i] as number, book.funding[i] as number),
    )
    const read = (n: number, change: (row: CohortBar) => CohortBar = (row) => row) => {
      const filter = new CohortFilter({ ...COHORT_FILTER, particles: 20 })
      const out: number[] = []
      rows.slice(0, n).forEach((row, i) => {
        filter.step(i < 30 ? row : change(row))
        if (i === 29) out.push(...filter.weights, ...liquidated(filter, filter.close * 0.9))
      })
      return out
    }
    expect(read(30)).toEqual(read(40, (row) => ({ ...row, open_interest: 3 * row.open_interest, funding: -0.01 })))
  })

  it('is the same for the same seed and another for another', () => {
    const said = (seed: number) => cohorts_of(quiet(8, { seed }))
    expect(said(3)).toEqual(said(3))
    expect(said(3)).not.toEqual(said(4))
  })

  it('refuses what is no bar and no option, by name', () => {
    const filter = quiet(2)
    expect(() => filter.step(bar(100, 101, 102, 1))).toThrow(InputError)
    expect(() => filter.step(bar(100, 99, 101, -1))).toThrow('open_interest')
    for (const bad of [{ particles: 1 }, { particles: 2.5 }, { step_days: 0 }, { rate: 0.02 }, { trust: 2 }])
      expect(() => new CohortFilter({ ...COHORT_FILTER, ...bad })).toThrow(Object.keys(bad)[0] as string)
  })
})

describe('what is believed', () => {
  it('a band of weighted values: mean 2.5 and quantiles by hand', () => {
    expect(band([4, 1, 3, 2], Float64Array.from([0.25, 0.25, 0.25, 0.25]))).toEqual({ mean: 2.5, q05: 1, q95: 4 })
    expect(band([4, 1, 3, 2], Float64Array.from([0, 0.04, 0.96, 0]))).toEqual({ mean: 2.92, q05: 3, q95: 3 })
  })

  it('cohorts of a side sum to the open interest; a single possible book does too', () => {
    const filter = quiet(30)
    for (const weights of [filter.weights, one_book(filter, 0.3), one_book(filter, 1)]) {
      const { cohorts, evidence } = cohorts_of(filter, 0.02, 0.001, weights)
      expect(evidence).toBe('inferred')
      for (const side of ['long', 'short']) {
        const sum = cohorts.filter((one) => one.side === side).reduce((all, one) => all + one.quantity.mean, 0)
        expect(Math.abs(sum / 1000 - 1)).toBeLessThan(1e-9)
      }
      for (const { quantity } of cohorts) expect(quantity.q05).toBeLessThanOrEqual(quantity.q95)
    }
    const one = cohorts_of(filter, 0.02, 0.001, one_book(filter, 0.3))
    for (const { quantity } of one.cohorts) expect(quantity.q95 - quantity.q05).toBe(0)
  })

  it('the density adds up to the total it is the slope of, and totals rise with the move', () => {
    const filter = quiet(30)
    const rows = liquidation_density(filter, 0.3, 30)
    const falls = rows.filter(({ to }) => to < 0).reverse()
    let sum = 0
    falls.forEach((row, i) => {
      sum += row.per_percent_usd.mean * 1
      expect(Math.abs(sum / row.total_usd.mean - 1)).toBeLessThan(1e-9)
      if (i > 0) expect(row.total_usd.mean).toBeGreaterThanOrEqual((falls[i - 1] as typeof row).total_usd.mean)
    })
  })

  it('positions sum to zero; margin is what is lost where the leverage is liquidated, less maintenance', () => {
    const made = cohorts_of(quiet(30))
    const { accounts, positions } = cohort_accounts(made, {
      shape: 'linear',
      first_owner: 7,
      first_account: 3,
      contract: 1,
      slices: 1,
    })
    expect(Math.abs(positions.quantity.reduce((sum, one) => sum + one, 0))).toBeLessThan(1e-9)
    expect([accounts.owner[0], positions.account[0], positions.contract[0], accounts.isolated[0]]).toEqual([7, 3, 1, 1])
    made.cohorts.forEach(({ side, leverage }, i) => {
      if (side !== 'long' || leverage < 2) return
      const [q, entry, wallet] = [positions.quantity[i] as number, positions.entry[i] as number, accounts.wallet[i] as number]
      const level = lot_level({
        side: 1,
        entry,
        margin: 1 / leverage,
        rate: 0.005,
        quantity: q,
        closes_hour: 0,
        stop: 0,
        take: 0,
        adds: false,
      })
      expect(Math.abs((wallet + q * (level - entry) - 0.005 * q * level) / wallet)).toBeLessThan(1e-9)
    })
    const inverse = cohort_accounts(made, { shape: 'inverse', first_owner: 0, slices: 1 })
    expect(inverse.accounts.wallet[0]).toBeCloseTo(
      Math.abs(inverse.positions.quantity[0] as number) /
        ((inverse.positions.entry[0] as number) * (made.cohorts[0]?.leverage as number)),
      12,
    )
  })

  it('joins a snapshot as inferred accounts, and refuses places that are not there', () => {
    const snapshot = small_market(200)
    const at = { venue: 'binance', market: 'ETHUSDT-PERP', agent: 'trader', shape: 'linear' as const }
    const made = cohorts_of(quiet(30))
    const joined = with_inferred(snapshot, at, made)
    const columns = (of: typeof snapshot, name: string) => of.venues.find(({ id }) => id === 'binance')?.[name] as ColumnSet
    expect(columns(joined, 'accounts')['owner']?.length).toBe(
      (columns(snapshot, 'accounts')['owner']?.length ?? 0) + 5 * made.cohorts.length,
    )
    expect(joined.actors.count).toBe(snapshot.actors.count + 5 * made.cohorts.length)
    expect(joined.provenance.at(-1)).toMatchObject({ evidence: 'inferred' })
    for (const bad of [{ venue: 'x' }, { market: 'x' }, { agent: 'x' }])
      expect(() => with_inferred(snapshot, { ...at, ...bad }, made)).toThrow(InputError)
  })
})

describe('simulated books', () => {
  it('longs and shorts are equal, and both are the open interest that is given away', () => {
    const book = hidden_book(draw_regime(new Rng(2, 0, 'regime')), new Rng(2, 0, 'book'), 30, 5, [10, 29])
    for (const [day, lots] of book.truth) {
      const sum = (side: number) => lots.reduce((all, lot) => (lot.side === side ? all + lot.quantity : all), 0)
      expect(Math.abs(sum(1) / (book.open_interest[day] as number) - 1)).toBeLessThan(1e-9)
      expect(Math.abs(sum(-1) / (book.open_interest[day] as number) - 1)).toBeLessThan(1e-9)
    }
  })

  it('nobody stands beyond his level at the end of a day', () => {
    const book = hidden_book(draw_regime(new Rng(3, 0, 'regime')), new Rng(3, 0, 'book'), 30, 5, [29])
    const price = book.close[29] as number
    // Closings are judged before the impact of their own sales, at most 0.3 of the open interest times what was sold.
    const beyond = (book.truth.get(29) ?? []).filter((lot) => lot.side * (price - lot_level(lot)) < -0.02 * price)
    expect(beyond).toEqual([])
  })
})
