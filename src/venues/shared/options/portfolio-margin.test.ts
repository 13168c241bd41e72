import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { margin_rules } from '../../deribit/kernel.ts'
import { FIRST_RULES, GENERAL_RULES, SECOND_RULES } from './cases.ts'
import {
  type MarginRules,
  naked_shorts,
  type Portfolio,
  portfolio_margin,
  skew_multiple,
  term_multiple,
} from './portfolio-margin.ts'
import { exact_margin, to_number, wad } from './reference.ts'

const DERIBIT = margin_rules({
  range: 0.16,
  steps: 4,
  tails: [-0.66, -0.33, 0.5, 1, 5],
  vol_up: 0.45,
  vol_down: 0.3,
  short_power: 0.3,
  long_power: 0.13,
  floor_s: 86_400,
  option_contingency: 0.01,
  futures_contingency: 0.01,
  initial_factor: 1.25,
})

const unit = (low: number, high: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => low + ((high - low) * n) / 1_000_000)
const signed = unit(-50, 50)
const confidence = unit(0, 1)

const expiry = fc.record({
  seconds: fc.integer({ min: 60, max: 400 * 86_400 }),
  forward: unit(1000, 4000),
  fixed: fc.constantFrom(0, 0, 300),
  rate: unit(-0.05, 0.3),
  confidence,
  options: fc.array(
    fc.record({
      call: fc.boolean(),
      strike: fc.integer({ min: 5, max: 60 }).map((n) => n * 100),
      vol: unit(0.1, 3),
      amount: signed,
    }),
    { minLength: 1, maxLength: 5 },
  ),
})
const portfolio: fc.Arbitrary<Portfolio> = fc.record({
  coin_settled: fc.boolean(),
  spot: unit(1000, 4000),
  spot_confidence: confidence,
  stable: unit(0.5, 1.05),
  cash: unit(-1e5, 1e5),
  perp: fc.record({ amount: signed, price: unit(1000, 4000), value: unit(-1e4, 1e4), confidence }),
  expiries: fc.array(expiry, { maxLength: 3 }),
  collaterals: fc.array(
    unit(0, 1e5).chain((value) =>
      fc.record({
        value: fc.constant(value),
        notional: fc.constant(value),
        confidence,
        maintenance: unit(0, 0.3),
        initial: unit(0, 0.1),
        risk_cancelling: fc.boolean(),
      }),
    ),
    { maxLength: 3 },
  ),
})
const rules = fc.constantFrom<MarginRules>(FIRST_RULES, SECOND_RULES, GENERAL_RULES, DERIBIT)

const gross = ({ spot, cash, perp, expiries, collaterals }: Portfolio): number =>
  Math.abs(cash) +
  Math.abs(perp.value) +
  Math.abs(perp.amount) * perp.price +
  collaterals.reduce((sum, { value }) => sum + value, 0) +
  expiries.reduce(
    (sum, { options }) => sum + options.reduce((all, { amount, strike }) => all + Math.abs(amount) * (strike + spot), 0),
    1,
  )

describe('scenario margin', () => {
  it('is that of integers of 10⁻¹⁸, to 1e-9 of what is margined', () => {
    fc.assert(
      fc.property(rules, portfolio, (of, held) => {
        const got = portfolio_margin(of, held)
        const exact = exact_margin(of, held)
        for (const part of ['maintenance', 'initial'] as const)
          expect(Math.abs(got[part] - to_number(exact[part]))).toBeLessThanOrEqual(1e-9 * gross(held))
      }),
      { numRuns: 150 },
    )
  })

  it('asks for more initially than to stay, and never for less than nothing', () => {
    fc.assert(
      fc.property(rules, portfolio, (of, held) => {
        const { maintenance, initial, value, worst } = portfolio_margin(of, held)
        expect(worst).toBeLessThanOrEqual(0)
        expect(initial).toBeLessThanOrEqual(maintenance + 1e-9 * gross(held))
        expect(maintenance).toBeLessThanOrEqual(value + 1e-9 * gross(held))
      }),
      { numRuns: 150 },
    )
  })

  it('counts cash one to one, and twice the book is twice the margin', () => {
    fc.assert(
      fc.property(rules, portfolio, unit(0, 1e5), (of, held, cash) => {
        const base = portfolio_margin(of, held)
        const more = portfolio_margin(of, { ...held, cash: held.cash + cash })
        expect(more.maintenance - base.maintenance).toBeCloseTo(cash, 5)
        // without haircuts that depend on the sign of an expiry's value, doubling doubles
        const twice = portfolio_margin(of, {
          ...held,
          cash: 2 * held.cash,
          perp: { ...held.perp, amount: 2 * held.perp.amount, value: 2 * held.perp.value },
          expiries: held.expiries.map((one) => ({
            ...one,
            options: one.options.map((leg) => ({ ...leg, amount: 2 * leg.amount })),
          })),
          collaterals: held.collaterals.map((one) => ({ ...one, value: 2 * one.value, notional: 2 * one.notional })),
        })
        expect(Math.abs(twice.maintenance - 2 * base.maintenance)).toBeLessThanOrEqual(1e-9 * gross(held))
      }),
      { numRuns: 100 },
    )
  })
})

describe('parts', () => {
  const leg = (call: boolean, strike: number, amount: number) => ({ call, strike, vol: 0.5, amount })

  it('naked shorts: per strike, what no long stands against', () => {
    expect(naked_shorts([leg(true, 100, -3), leg(false, 100, 1), leg(true, 200, 5)])).toBe(2)
    expect(naked_shorts([leg(true, 100, -3), leg(false, 100, -1)])).toBe(4)
    expect(naked_shorts([leg(true, 100, -3), leg(true, 110, 3)])).toBe(3)
  })

  it('vol shocks grow towards expiry, by two powers, and stop at the floor', () => {
    const days = (n: number) => term_multiple(FIRST_RULES, n * 86_400)
    expect(days(30)).toBe(1)
    expect(days(7)).toBeCloseTo((30 / 7) ** 0.3, 12)
    expect(days(60)).toBeCloseTo(0.5 ** 0.13, 12)
    expect(days(0.1)).toBe(days(1))
  })

  it('a tilt is capped on both sides', () => {
    const skew = SECOND_RULES.skew as NonNullable<MarginRules['skew']>
    const years = 3_214_052 / 31_536_000
    // fixture test_100: cap 0.13403778521437246, k* 0.7254195415721207
    expect(skew_multiple(skew, true, years, 2.313842511736052)).toBeCloseTo(1.1340377852143724, 12)
    expect(skew_multiple(skew, true, years, -3)).toBeCloseTo(1 - 0.13403778521437246, 12)
    expect(skew_multiple(skew, false, years, -3)).toBeCloseTo(1.1340377852143724, 12)
    expect(skew_multiple(skew, true, years, 0.1)).toBeCloseTo(1 + (0.1 * 0.13403778521437246) / 0.7254195415721207, 12)
  })

  it('decimals of doubles, as they are written', () => {
    expect(wad(0.1)).toBe(10n ** 17n)
    expect(wad(-1.5e-7)).toBe(-150_000_000_000n)
    expect(wad(1e21)).toBe(10n ** 39n)
  })
})
