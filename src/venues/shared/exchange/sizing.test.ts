import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marginal_tiers } from '../../../margin/index.ts'
import * as r from './reference.ts'
import { type Account, type Ladder, type Rules, smallest_reduction as exact_reduction } from './reference-procedure.ts'
import { mul, ONE, type Ratio, ratio, sub, to_number, ZERO } from './reference-ratio.ts'
import { type Excess, reduction_at, smallest_reduction } from './sizing.ts'
import { BTC_TIERS, tier_specs } from '../../binance-usdm/vectors.ts'

const specs = tier_specs(BTC_TIERS)
const TIERS = marginal_tiers(
  specs.map((tier) => tier.floor),
  specs.map((tier) => tier.rate),
)

/** Equal to 1e-9 of the position. */
const near = (got: number, exact: Ratio, scale: number) => {
  const expected = to_number(exact)
  expect(Math.abs(got - expected), `${got} for ${expected}`).toBeLessThanOrEqual(1e-9 * scale)
}

const excess = fc
  .record({
    side: fc.constantFrom(1 as const, -1 as const),
    size: fc.double({ min: 1, max: 9000, noNaN: true }),
    cushion: fc.oneof(fc.double({ min: -0.5, max: 0.9999, noNaN: true }), fc.double({ min: 0.8, max: 0.9999, noNaN: true })),
    others: fc.double({ min: 0, max: 1e6, noNaN: true }),
    fee: fc.constantFrom(0, 0.0005, 0.0125),
  })
  .map(({ side, size, cushion, others, fee }): Excess => {
    const mark = 98_000
    const required = to_number(r.maintenance(BTC_TIERS, ratio(size * mark))) + others
    return { side, quantity: size, mark, tiers: TIERS, equity: cushion * required, others, fee, target: 1 }
  })

/** The same for the reference: the scope's other maintenance is taken off its equity. */
function exact_excess(e: Excess, book: Ladder): { account: Account; rules: Rules } {
  const quantity = ratio(e.side * e.quantity)
  const mark = ratio(e.mark)
  const cash = sub(sub(ratio(e.equity), ratio(e.others)), mul(quantity, mark))
  const rules: Rules = { strict: true, fee: ratio(e.fee), fee_from: 'remaining', bound: ratio(0.5), target: ONE }
  return { account: { cash, legs: [{ quantity, mark, entry: mark, tiers: BTC_TIERS, book }] }, rules }
}

describe('size of the reduction', () => {
  it('at one price: as the reference, all where no amount heals', () => {
    fc.assert(
      fc.property(excess, fc.double({ min: 0, max: 0.02, noNaN: true }), (e, slip) => {
        const fill = e.mark * (1 - e.side * slip)
        const { account, rules } = exact_excess(e, [{ price: ratio(fill), quantity: ratio(1e9) }])
        const exact = exact_reduction(account, 0, ZERO, rules)
        near(Math.min(reduction_at(e, fill), e.quantity), exact ?? ratio(e.quantity), e.quantity)
      }),
      { numRuns: 300 },
    )
  })

  it('against a book: as the reference', () => {
    const levels = fc.array(
      fc.tuple(fc.double({ min: 0, max: 0.01, noNaN: true }), fc.double({ min: 0.01, max: 2000, noNaN: true })),
      { minLength: 1, maxLength: 8 },
    )
    let healed = 0
    fc.assert(
      fc.property(excess, levels, (e, list) => {
        const book = list
          .map(([slip, quantity]) => ({ price: e.mark * (1 - e.side * slip), quantity }))
          .sort((a, b) => e.side * (b.price - a.price))
        const exact_book = book.map((level) => ({ price: ratio(level.price), quantity: ratio(level.quantity) }))
        const { account, rules } = exact_excess(e, exact_book)
        const exact = exact_reduction(account, 0, ZERO, rules)
        const got = smallest_reduction(e, book[0]?.price as number, (amount) => {
          let base = 0
          let quote = 0
          for (const level of book) {
            const part = Math.min(level.quantity, amount - base)
            base += part
            quote += part * level.price
          }
          return { base, quote }
        })
        expect(got).toBeLessThanOrEqual(e.quantity)
        if (exact === undefined) near(got, ratio(e.quantity), e.quantity)
        else if (got !== e.quantity || to_number(exact) > e.quantity * (1 - 1e-6)) {
          healed++
          near(got, exact, e.quantity)
        } else {
          // the root may be missed where the margin only just touches zero
          const touch = exact_reduction(account, 0, ZERO, { ...rules, target: ratio(1 + 1e-7) })
          expect(touch).toBeUndefined()
        }
      }),
      { numRuns: 400 },
    )
    expect(healed).toBeGreaterThan(50)
  })
})
