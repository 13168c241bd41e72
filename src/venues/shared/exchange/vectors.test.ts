import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Store } from '../../../model/index.ts'
import { level_leverage, pro_rata, water_fill } from './allocations.ts'
import * as kernel from './kernel.ts'
import { mean_weight } from './pooled.ts'
import { water_fill as exact_fill } from './reference-adl.ts'
import { banded, type Holding, pooled_equity } from './reference-pooled.ts'
import { marginal_tiers } from '../../../margin/index.ts'
import { ratio, to_number } from './reference-ratio.ts'
import { add_cash, holdings, MULTI, trade } from './state.ts'
import { goldenRows } from './vectors.ts'

it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_id, row) => {
  expect(Math.abs(Number(row.got) - Number(row.expected)), `${row.what}: ${row.got}`).toBeLessThanOrEqual(row.tolerance)
})

it('names every row once', () => {
  const ids = goldenRows().map((row) => row.id)
  expect(new Set(ids).size).toBe(ids.length)
})

const amount = fc.integer({ min: 1, max: 10_000 }).map((n) => n / 100)
const share = fc.integer({ min: 1, max: 100 }).map((n) => n / 100)

describe('allocations', () => {
  it('shares are those of the exact water-filling', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, share), { minLength: 1, maxLength: 12 }), share, (winners, part) => {
        const weight = winners.map(([w]) => w)
        const limit = winners.map(([, b]) => b)
        const most = winners.reduce((sum, [w, b]) => sum + w * b, 0)
        const budget = part * most * 0.999
        const exact = exact_fill(weight.map(ratio), limit.map(ratio), ratio(budget))
        const got = water_fill(weight, limit, budget)
        exact?.forEach((one, i) => {
          expect(Math.abs((got[i] as number) - to_number(one))).toBeLessThanOrEqual(1e-9)
        })
        expect(exact).toBeDefined()
      }),
      { numRuns: 300 },
    )
  })

  it('place the whole amount, or all there is; nobody gives more than he may', () => {
    const row = fc.tuple(amount, amount, amount)
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), amount, amount, (rows, wanted, price) => {
        const most = rows.map(([m]) => m)
        const there = most.reduce((a, b) => a + b, 0)
        for (const parts of [
          pro_rata(
            rows.map(([, w]) => w),
            most,
            wanted,
          ),
          level_leverage(
            most,
            most.map((m) => m * price),
            rows.map(([, , e]) => e),
            price,
            wanted,
          ),
        ]) {
          parts.forEach((part, i) => {
            expect(part).toBeGreaterThanOrEqual(0)
            expect(part).toBeLessThanOrEqual((most[i] as number) * (1 + 1e-12))
          })
          expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(Math.min(wanted, there), 8)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('levelling leaves no leverage above another that was cut', () => {
    const row = fc.tuple(amount, amount)
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), share, (rows, part) => {
        const notional = rows.map(([n]) => n)
        const equity = rows.map(([, e]) => e)
        const wanted = part * notional.reduce((a, b) => a + b, 0)
        const parts = level_leverage(notional, notional, equity, 1, wanted)
        const left = notional.map((n, i) => (n - (parts[i] as number)) / (equity[i] as number))
        const most = Math.max(...left)
        parts.forEach((given, i) => {
          if (given > 1e-9) expect(left[i] as number).toBeGreaterThanOrEqual(most * (1 - 1e-6) - 1e-9)
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('pooled accounts', () => {
  it('equity is that of the exact reference, whatever is held, owed and open', () => {
    const signed = fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 10)
    fc.assert(
      fc.property(signed, signed, share, share, signed, amount, amount, (usdt, btc, weight, price, q, entry, mark) => {
        const haircut = (w: number) => ({
          floor: Float64Array.of(0),
          weight: Float64Array.of(w),
          by_value: false,
          owed: 1.01,
          loan: 0,
        })
        const haircuts = [haircut(1), haircut(weight)]
        const x = holdings(new Store(), 't', 1, [marginal_tiers([0], [0.01])], { haircuts, coin_of: Int32Array.of(0) })
        x.accounts.columns.mode.data[0] = MULTI
        add_cash(x, 0, 0, usdt)
        add_cash(x, 0, 1, btc)
        trade(x, 0, 0, q, -q * entry)
        const exact: Holding[] = [
          { net: ratio(usdt + q * (mark - entry)), price: ratio(1), weight: ratio(1), owed: ratio(1.01) },
          { net: ratio(btc), price: ratio(price), weight: ratio(weight), owed: ratio(1.01) },
        ]
        const gross = Math.abs(usdt) + Math.abs(btc) + Math.abs(q) * (mark + entry)
        const prices = Float64Array.of(mark, 1, price)
        expect(Math.abs(kernel.equity(x, 0, prices) - to_number(pooled_equity(exact)))).toBeLessThanOrEqual(
          1e-9 * Math.max(1, gross),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('weights by band are those of the reference', () => {
    const bands = [0, 10, 50, 400].map((floor, i) => ({ floor, weight: 0.9 - 0.2 * i }))
    const haircut = {
      floor: Float64Array.from(bands, (band) => band.floor),
      weight: Float64Array.from(bands, (band) => band.weight),
      by_value: false,
      owed: 1,
      loan: 0,
    }
    const exact = bands.map(({ floor, weight }) => ({ floor: ratio(floor), weight: ratio(weight) }))
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 2000, noNaN: true }), (held) => {
        const value = to_number(banded(ratio(held), exact))
        expect(Math.abs(held * mean_weight(haircut, held, 1) - value)).toBeLessThanOrEqual(1e-9 * held)
      }),
      { numRuns: 200 },
    )
  })
})
