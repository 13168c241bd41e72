import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Statement } from '../../model/index.ts'
import {
  close,
  health_of,
  type Law,
  law_of,
  margin_of,
  move_cash,
  position_of,
  size_of,
  to_add,
  to_close,
  to_pay_in,
  to_repay,
} from './law.ts'

const law = (assets: number, debts: number, cash = 0): Law => ({ assets, debts, cash, cash_leg: -1 })

describe('the law of a statement', () => {
  const statement = new Statement()
  // Long 1 BTC at 97 with 0.5 % maintenance on 95 of borrowed cash, and 2 units of collateral at 3, weight 0.9.
  statement.add(1, 0, 0, 0, 5, 1, 0.995, 97)
  statement.add(-1, 1, -1, 1, -1, 95, 1, 1)
  statement.add(1, 2, 2, 2, -1, 2, 0.9, 3)

  it('sums weighted values by side and finds the cash', () => {
    // 0.995 · 97 + 2 · 0.9 · 3 = 96.515 + 5.4
    const got = law_of(statement)
    expect(got.assets).toBeCloseTo(101.915, 12)
    expect(got.debts).toBe(95)
    expect(got.cash).toBe(-95)
    expect(got.cash_leg).toBe(1)
  })

  it('measures size, margin and position without weights', () => {
    expect(size_of(statement)).toBe(97 + 6)
    // equity 97 − 95 + 6 = 8 on contracts worth 97
    expect(margin_of(statement)).toBeCloseTo(8 / 97, 15)
    expect(position_of(statement, 5)).toBe(1)
    expect(position_of(statement, 4)).toBe(0)
  })
})

describe('what restores a health', () => {
  it('of a loan: collateral in, or debt out', () => {
    // 10 ETH · 0.8 · 2000 against 15000. Health 1.3 needs 1.3 · 15000 − 16000 = 3500 more, or 15000 − 16000 / 1.3 less owed.
    expect(to_add(law(16_000, 15_000), 1.3)).toBe(3500)
    expect(to_repay(law(16_000, 15_000), 1.3)).toBeCloseTo(2692.307692307692, 9)
  })

  it('of a repayment: Qin et al. 2021, minimal repayment at a target health (literature.md B1, spread 0)', () => {
    // r = (h·D − LT·C) ÷ (h − LT·(1 + LS)) with LS = 0 and collateral that stays: here the collateral is not seized, so (h·D − LT·C) ÷ h.
    expect(to_repay(law(0.8 * 120, 100), 1.05)).toBeCloseTo((1.05 * 100 - 0.8 * 120) / 1.05, 12)
  })

  it('is nothing where the health is reached', () => {
    expect(to_add(law(20, 10), 1.5)).toBe(0)
    expect(to_repay(law(20, 10), 1.5)).toBe(0)
    expect(to_pay_in(law(20, 10, -10), 1.5)).toBe(0)
    expect(to_close(law(20, 10, -10), 1.5, 1, 0.99, 1)).toBe(0)
  })

  it('of cash paid in: first against what the cash leg owes, then among the assets', () => {
    // 95 − 96.515 / 1.03 = 1.296117
    expect(to_pay_in(law(96.515, 95, -95), 1.03)).toBeCloseTo(1.2961165, 6)
    // Owed cash 2 of debts 12, assets 9, health 1.2: pay the 2, then 1.2 · 10 − 9 = 3 more.
    expect(to_pay_in(law(9, 12, -2), 1.2)).toBeCloseTo(5, 12)
  })

  it('of a long closed: n · (h·price − value) fills the gap', () => {
    // gap 1.03 · 95 − 96.515 = 1.335; slope 1.03 · 97 − 0.995 · 97 = 3.395; 1.335 / 3.395 = 0.393225
    expect(to_close(law(96.515, 95, -95), 1.03, 1, 96.515, 97)).toBeCloseTo(0.3932253, 6)
  })

  it('of a short closed: n · (h·value − price) fills the gap', () => {
    // Short 1 at 103 with 0.5 %: debts 103.515, cash 105. gap 1.03 · 103.515 − 105 = 1.62045; slope 106.62045 − 103 = 3.62045.
    expect(to_close(law(105, 103.515, 105), 1.03, -1, 103.515, 103)).toBeCloseTo(0.4475825, 6)
  })

  it('of a position that closing does not help: there is no amount', () => {
    // The book pays 90 for what counts 96.5: each contract sold makes it worse by 96.515 − 1.03 · 90.
    expect(to_close(law(96.515, 95, -95), 1.03, 1, 96.515, 90)).toBe(Number.POSITIVE_INFINITY)
  })

  it('reaches it exactly, whatever the account', () => {
    const value = fc.double({ min: 0.1, max: 1000, noNaN: true })
    fc.assert(
      fc.property(
        value,
        value,
        value,
        fc.boolean(),
        fc.double({ min: 1.001, max: 2, noNaN: true }),
        value,
        (position, other, cash, long, h, price) => {
          const side = long ? 1 : -1
          const unit = price * (long ? 0.99 : 1.01)
          const start: Law = {
            assets: (long ? position * unit : cash) + other,
            debts: long ? cash : position * unit,
            cash: long ? -cash : cash,
            cash_leg: 0,
          }
          const paid = { ...start }
          move_cash(paid, to_pay_in(start, h))
          expect(health_of(paid)).toBeGreaterThanOrEqual(h * (1 - 1e-9))
          if (health_of(start) < h) expect(health_of(paid)).toBeCloseTo(h, 7)
          const units = to_close(start, h, side, unit, price)
          if (units < position && units > 0) {
            close(start, side, units, unit, price)
            expect(health_of(start)).toBeCloseTo(h, 6)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
