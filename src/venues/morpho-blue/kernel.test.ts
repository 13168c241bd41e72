// The kernel beside the exact reference: 1e-9 relative, or a unit of the reference where that is more.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AdaptiveRate,
  adaptive_rate,
  exponential,
  HIGHEST_RATE,
  incentive_factor,
  INITIAL_RATE,
  LOWEST_RATE,
  pre_terms,
  Seizure,
  seize,
  SPEED,
  taylor,
  units_of,
} from './kernel.ts'
import { ReferenceMarket } from './reference.ts'
import { PRE as EXACT_PRE } from './reference-rows.ts'
import * as exact from './reference-math.ts'
import { VECTORS } from './vectors.ts'

const { WAD, PRICE_SCALE } = exact
const wad = (x: number): bigint => BigInt(Math.round(x * 1e9)) * 10n ** 9n
const plain = (x: bigint): number => Number(x) / 1e18
const out: AdaptiveRate = { mean: 0, end: 0 }
const near = (got: number, expected: number, units = 0) =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected) + units)
/** Evenly spread in steps of 1e-6. */
const evenly = (low: number, high: number) =>
  fc.integer({ min: Math.ceil(low * 1e6), max: Math.floor(high * 1e6) }).map((x) => x / 1e6)

describe('kernel = reference', () => {
  it('for the exponential, at its jumps between powers of two too', () => {
    fc.assert(
      fc.property(evenly(-45, 95), (x) => {
        near(exponential(x), plain(exact.exponential(wad(x))), 1e-17)
      }),
      { numRuns: 1000 },
    )
  })

  it('for the adaptive rate', () => {
    const time = fc.integer({ min: 0, max: 60 * 86_400 })
    fc.assert(
      fc.property(evenly(0, 1), evenly(0.001, 2), time, (utilisation, yearly, time_s) => {
        const rate = wad(yearly) / exact.YEAR_S
        const wanted = exact.adaptive_rate(wad(utilisation), rate, BigInt(time_s))
        adaptive_rate(utilisation, plain(rate), time_s, out)
        // the reference rounds rates of 1e7 to 1e11 to whole units, up to six times
        near(out.end, plain(wanted.end), 2e-18)
        near(out.mean, plain(wanted.mean), 6e-18)
      }),
      { numRuns: 1000 },
    )
  })

  it('for compounding and the incentive factor', () => {
    fc.assert(
      fc.property(evenly(0, 8), fc.integer({ min: 0, max: 10_000_000 }), evenly(0, 0.999), (yearly, time_s, lltv) => {
        const rate = wad(yearly) / exact.YEAR_S
        near(taylor(plain(rate), time_s), plain(exact.taylor(rate, BigInt(time_s))), 3e-18)
        near(incentive_factor(lltv), plain(exact.incentive_factor(wad(lltv))))
      }),
    )
  })

  it('for liquidations by debt, of everything, and at price 0', () => {
    const size = evenly(1, 1e6)
    const lltv = fc.constantFrom(0.385, 0.625, 0.77, 0.86, 0.915, 0.945, 0.965, 0.98)
    fc.assert(
      fc.property(size, evenly(0.01, 5000), lltv, evenly(1.000001, 1.7), evenly(0.001, 1), (held, price, limit, excess, part) => {
        const market = new ReferenceMarket(wad(limit), wad(price * 2) * WAD)
        const debt = plain(wad(held * price * limit * excess))
        market.supply('lender', 2n * wad(debt))
        market.supply_collateral('owner', wad(held))
        market.borrow('owner', wad(debt))
        market.price = wad(price) * WAD
        const terms = { factor: incentive_factor(limit), most: debt }
        const taken = new Seizure()
        seize(held, debt, price, terms, debt, taken)
        const all = taken.whole_collateral
        const { borrow_shares } = market.position('owner')
        const shares = all ? 0n : (borrow_shares * wad(part)) / WAD
        if (!all) seize(held, debt, price, terms, debt * part, taken)
        const wanted = market.liquidate('owner', all ? wad(held) : 0n, shares)
        near(taken.seized, plain(wanted.seized), 1e-17)
        near(taken.repaid, plain(wanted.repaid), 1e-17)
        if (all) near(debt - taken.repaid, plain(wanted.bad_debt), debt * 1e-9)
      }),
      { numRuns: 500 },
    )
    const free = new Seizure()
    seize(100, 200_000, 0, { factor: 1.04, most: 200_000 }, 1, free)
    expect(free).toEqual({ repaid: 0, seized: 100, whole_debt: false, whole_collateral: true })
  })

  it('for the terms of pre-liquidation', () => {
    const pre = { pre_lltv: 0.83, factor_low: 1.01, factor_high: 1.04, part_low: 0.1, part_high: 0.5 }
    fc.assert(
      fc.property(evenly(1, 1e5), evenly(1, 5000), evenly(0.8301, 0.8599), (held, price, ltv) => {
        const market = new ReferenceMarket((86n * WAD) / 100n, wad(price) * WAD)
        const debt = plain(wad(held * price * ltv))
        market.supply('lender', wad(debt))
        market.supply_collateral('owner', wad(held))
        market.borrow('owner', wad(debt))
        const wanted = market.pre_terms('owner', EXACT_PRE)
        const terms = { factor: 0, most: 0 }
        pre_terms(held, debt, price, 0.86, pre, terms)
        near(terms.factor, plain(wanted.lif))
        near(terms.most / debt, plain(wanted.lcf))
      }),
    )
  })

  it('for shares, interest and a fee over a history, the virtual share counted', () => {
    const step = fc.tuple(evenly(0, 0.5), fc.integer({ min: 1, max: 3 * 86_400 }))
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), evenly(1, 1e4), (steps, supply) => {
        const market = new ReferenceMarket((86n * WAD) / 100n, 10n * PRICE_SCALE)
        market.supply('lender', wad(supply))
        market.supply_collateral('owner', wad(supply))
        let [index, shares, rate, claims] = [1, 0, INITIAL_RATE, supply]
        market.rate_at_target = exact.CURVE.initial
        for (const [part, time_s] of steps) {
          const take = part * (claims - units_of(shares, index, 1e-18)) * 0.99
          if (wad(take) > 0n) market.borrow('owner', wad(take))
          shares += take / index
          market.now_s += BigInt(time_s)
          market.accrue()
          const debt = units_of(shares, index, 1e-18)
          adaptive_rate(claims > 0 ? debt / claims : 0, rate, time_s, out)
          rate = out.end
          const interest = debt * taylor(out.mean, time_s)
          index += interest / (shares + 1e-18)
          claims += interest
        }
        // takes are rounded to 1e-9
        near(units_of(shares, index, 1e-18), plain(market.borrow_assets), 1e-8)
        near(claims, plain(market.supply_assets), 1e-8)
      }),
    )
  })
})

describe('the published vectors through the kernel', () => {
  const number = (name: string, field: string, decimals: number) => Number(VECTORS[name]?.expect[field]) / 10 ** decimals
  const taken = new Seizure()
  const at = (price: number, offered: number, lltv = 0.86, held = 100, debt = 200_000) =>
    seize(held, debt, price, { factor: incentive_factor(lltv), most: debt }, offered, taken)

  it('F1 to F4, F6b and F7 to 1e-9; F5 and F6 turn on one smallest unit, which floats of 16 digits do not have', () => {
    at(2300, number('F1', 'repaid', 6))
    near(taken.seized, 50)
    at(2300, 100_000)
    near(taken.seized, number('F2', 'seized', 18))
    at(2300, 200_000)
    near(taken.seized, number('F3', 'seized', 18))
    expect(taken.whole_debt).toBe(true)
    at(2000, 200_000)
    near(taken.repaid, number('F4', 'repaid', 6))
    near(200_000 - taken.repaid, number('F4', 'badDebt', 6), 1e-6)
    expect(taken.whole_collateral).toBe(true)
    at(0, 1)
    expect([taken.seized, taken.repaid]).toEqual([100, 0])
    at(0.95, 90, 0.945, 100, 90)
    near(taken.seized, number('F7', 'seized', 18))
  })

  it('F9 and the table of factors', () => {
    const terms = { factor: 0, most: 0 }
    const pre = { pre_lltv: 0.83, factor_low: 1.01, factor_high: 1.04, part_low: 0.1, part_high: 0.5 }
    pre_terms(10, 19_400, 2300, 0.86, pre, terms)
    near(terms.factor, number('F9', 'lif', 18))
    near(terms.most, number('F9', 'most', 6), 1e-6)
    for (const [lltv, factor] of Object.entries(VECTORS.LIF?.expect ?? {}))
      near(incentive_factor(Number(lltv) / 1000), Number(factor) / 1e18)
  })

  it('F8: bounds of the rate at target', () => {
    adaptive_rate(1, INITIAL_RATE, 86_400 * 365, out)
    expect(out.end).toBe(HIGHEST_RATE)
    adaptive_rate(0, INITIAL_RATE, 86_400 * 365, out)
    expect(out.end).toBe(LOWEST_RATE)
    near(HIGHEST_RATE, number('F8', 'highest', 18))
    near(LOWEST_RATE, number('F8', 'lowest', 18))
  })
})

describe('the continuous equation r′ = speed · r, debt′ = 4 · r · debt at utilisation 1 over 14 days', () => {
  const time_s = 14 * 86_400
  /** Solved by hand: r = r₀·e^(speed·t), ln debt = 4·r₀·(e^(speed·t) − 1)/speed. */
  const exact_rate = INITIAL_RATE * Math.exp(SPEED * time_s)
  const exact_debt = Math.exp((4 * INITIAL_RATE * (Math.exp(SPEED * time_s) - 1)) / SPEED)
  const stepped = (step_s: number) => {
    let [rate, debt] = [INITIAL_RATE, 1]
    for (let t = 0; t < time_s; t += step_s) {
      adaptive_rate(1, rate, step_s, out)
      rate = out.end
      debt += debt * taylor(out.mean, step_s)
    }
    return { rate: rate / exact_rate - 1, debt: debt / exact_debt - 1, interest: (debt - 1) / (exact_debt - 1) - 1 }
  }

  it('agrees with hourly accrual: debt to 1e-6', () => {
    const off = stepped(3600)
    expect(Math.abs(off.debt)).toBeLessThan(1e-6)
    // second order in the contract's exponential: r³/6 at r = 50/8760, 336 times
    expect(off.rate).toBeCloseTo((-336 * (50 / 8760) ** 3) / 6, 6)
    expect(off.interest).toBeCloseTo(-6.1e-6, 7)
  })

  it('agrees with accrual by the minute to 1e-10', () => {
    expect(Math.abs(stepped(60).debt)).toBeLessThan(1e-10)
  })

  it('is missed by one single accrual: debt +0.139 %, interest +7.6 %, rate +0.08 %', () => {
    const off = stepped(time_s)
    expect(off.debt).toBeCloseTo(1.391e-3, 6)
    expect(off.interest).toBeCloseTo(0.07557, 5)
    expect(off.rate).toBeCloseTo(7.95e-4, 6)
  })
})
