/** The exchange in its world and the sequence in exact arithmetic, on the same accounts and books. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Account, liquidate, type Rules } from '../shared/exchange/reference-procedure.ts'
import { add, mul, neg, ratio, sign, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import * as r from '../shared/exchange/reference.ts'
import { BTC_TIERS, ETH_TIERS } from './vectors.ts'
import { PerpWorld, type Row } from '../../../test/support/perp-world.ts'

const TIERS = [BTC_TIERS, ETH_TIERS]
const MARKS = [98_000, 3000]
const FUND = 1e12

// Grids that never meet: equal maintenance, a book that holds just the position, or equity right on the threshold would be
// decided by rounding.
const level = fc.tuple(
  fc.integer({ min: 1, max: 60 }).map((n) => n * 0.00101),
  fc.integer({ min: 1, max: 400 }).map((n) => n * 71_237),
)
const leg = (offset: number) =>
  fc.record({
    side: fc.constantFrom(1, -1),
    notional: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 15_000 })).map((n) => n * 10_007 + offset),
    drift: fc.integer({ min: 901, max: 1099 }).map((n) => n / 1000),
    book: fc.array(level, { maxLength: 5 }),
  })
const situation = fc.record({
  legs: fc.oneof(fc.tuple(leg(0.37)), fc.tuple(leg(0.37), leg(0.71))),
  first: fc.nat(1),
  cushion: fc.oneof(fc.integer({ min: -500, max: 1000 }), fc.integer({ min: 900, max: 1020 })).map((n) => n / 1000 + 0.00037),
  fee: fc.constantFrom(0, 0.0005, 0.0125),
  fee_from: fc.constantFrom('remaining' as const, 'first' as const),
  strict: fc.boolean(),
})

it('orders, fees, takeover prices, bad debt and what is left are the same', () => {
  const seen = { healed: 0, closed: 0, debt: 0, safe: 0 }
  fc.assert(
    fc.property(situation, ({ legs, first, cushion, fee, fee_from, strict }) => {
      const made = legs.map(({ side, notional, drift, book }, i) => {
        const contract = (first + i) % 2
        const mark = MARKS[contract] as number
        const levels = book
          .map(([slip, size]) => ({ price: mark * (1 - side * slip), quantity: size / mark }))
          .sort((a, b) => side * (b.price - a.price))
        return { contract, mark, quantity: (side * notional) / mark, entry: mark * drift, levels }
      })
      const required = made.reduce(
        (sum, l) => sum + to_number(r.maintenance(TIERS[l.contract] as r.Tier[], ratio(Math.abs(l.quantity) * l.mark))),
        0,
      )
      const profit = made.reduce((sum, l) => sum + l.quantity * (l.mark - l.entry), 0)
      const wallet = cushion * required - profit
      fc.pre(wallet >= 0)

      const row: Row = { wallet, held: made.map((l) => [l.contract, l.quantity, l.entry] as const) }
      const w = new PerpWorld([row], {
        fund: FUND,
        prices: MARKS,
        spec: { strict, fee_from },
        contract: { liquidation_fee: fee },
      })
      for (const { contract, levels, quantity } of made)
        for (const { price, quantity: size } of levels) w.books[contract]?.rest(quantity > 0 ? 1 : -1, price, size)
      const cash = w.cash(0)
      w.tick()
      w.settle()
      expect(w.broken()).toEqual([])

      const account: Account = {
        cash: ratio(cash),
        legs: made.map(({ contract, mark, quantity, entry, levels }) => ({
          quantity: ratio(quantity),
          entry: ratio(entry),
          mark: ratio(mark),
          tiers: TIERS[contract] as r.Tier[],
          book: levels.map((l) => ({ price: ratio(l.price), quantity: ratio(l.quantity) })),
        })),
      }
      const rules: Rules = { strict, fee: ratio(fee), fee_from, bound: ratio(0.05), target: ratio(1 + 1e-9) }
      if (!r.breached(account, strict)) {
        seen.safe++
        expect(w.rows('reduce').length + w.rows('takeover').length).toBe(0)
        return
      }
      const outcome = liquidate(account, rules)
      const scale = Math.abs(cash) + made.reduce((sum, l) => sum + Math.abs(l.quantity) * l.mark, 0)
      const near = (got: number, expected: number, what: string) =>
        expect(Math.abs(got - expected), `${what}: ${got}, exactly ${expected}`).toBeLessThanOrEqual(1e-8 * scale)

      const orders = w.rows('reduce')
      const closed = w.rows('takeover')
      expect(outcome.healed).toBe(closed.length === 0 && w.rows('bad_debt').length === 0)
      expect(orders.length).toBe(outcome.orders.length)
      outcome.orders.forEach((order, i) => {
        expect(orders[i]?.market).toBe(made[order.leg]?.contract)
        near(orders[i]?.usd as number, to_number(order.quote), 'filled')
      })
      expect(closed.length).toBe(outcome.closed.length)
      for (const { leg: at, quantity, price } of outcome.closed) {
        const found = closed.find((line) => line.market === made[at]?.contract)
        near((found?.amount as number) * (found?.price as number), to_number(mul(quantity, price)) * sign(quantity), 'takeover')
      }
      near(w.cash(0), to_number(outcome.cash), 'cash')
      const debt = w.rows('bad_debt').reduce((sum, line) => sum + (line.usd as number), 0)
      near(debt, to_number(outcome.bad_debt), 'bad debt')
      const covered = outcome.closed.length === 0 ? to_number(outcome.bad_debt) : 0
      near(w.fund(), to_number(add(ratio(FUND), sub(outcome.fee, ratio(covered)))), 'fund')
      if (outcome.healed) seen.healed++
      else {
        seen.closed++
        expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
      }
      if (sign(neg(outcome.bad_debt)) < 0) seen.debt++
    }),
    { numRuns: 400 },
  )
  expect(seen.healed).toBeGreaterThan(40)
  expect(seen.closed).toBeGreaterThan(100)
  expect(seen.safe).toBeGreaterThan(5)
  expect(seen.debt).toBeGreaterThan(30)
})
