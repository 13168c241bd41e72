import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curve_maintenance } from '../shared/exchange/pooled.ts'
import { funding_rate } from '../shared/exchange/marks.ts'
import { ratio, sub, to_number } from '../shared/exchange/reference-ratio.ts'
import { short_initial, short_maintenance, support_capacity } from './kernel.ts'
import * as r from './reference.ts'
import { BTC, goldenRows, SOL } from './vectors.ts'
import { holds_rows } from '../../../test/support/exchange-reference.ts'
import { deribit_params } from '../../../test/support/deribit-world.ts'

holds_rows(goldenRows())

const cents = (low: number, high: number) => fc.integer({ min: low * 100, max: high * 100 }).map((n) => n / 100)
const near = (got: number, exact: number) =>
  expect(Math.abs(got - exact)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(exact)))

describe('kernel and reference', () => {
  const [btc, sol] = deribit_params(['BTC', 'SOL_USDC']).contracts as unknown as {
    initial_curve: { base: number; slope: number }
    maintenance_curve: { base: number; slope: number }
  }[]
  const curve = (of: { base: number; slope: number }, by_value: boolean) => ({ ...of, power: 1 as const, most: 1, by_value })

  it('margins of the parameter file are the published ones, inverse and linear', () => {
    fc.assert(
      fc.property(cents(0, 5000), cents(1, 200_000), (size, price) => {
        for (const part of ['initial', 'maintenance'] as const) {
          const of_btc = (btc as NonNullable<typeof btc>)[`${part}_curve`]
          const of_sol = (sol as NonNullable<typeof sol>)[`${part}_curve`]
          // face in USD at 1 ÷ price; base units at the price
          near(curve_maintenance(curve(of_btc, true), size * price, 1 / price), to_number(r.margin_of(BTC[part], ratio(size))))
          near(curve_maintenance(curve(of_sol, false), size, price) / price, to_number(r.margin_of(SOL[part], ratio(size))))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('short options, their marks apart', () => {
    const terms = { ...(deribit_params(['BTC']).spec['option_terms'] as Parameters<typeof short_initial>[0]) }
    fc.assert(
      fc.property(
        fc.boolean(),
        cents(1000, 200_000),
        cents(1000, 200_000),
        fc.integer({ min: 0, max: 20_000 }),
        (call, index, strike, n) => {
          const mark = n / 10_000
          const option = { call, index: ratio(index), strike: ratio(strike), mark: ratio(mark) }
          near(short_maintenance(terms, call, mark), to_number(sub(r.short_maintenance(option), ratio(mark))))
          near(short_initial(terms, call, index, strike, mark), to_number(sub(r.short_initial(option), ratio(mark))))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('funding and capacity of support', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000, max: 10_000 }),
        cents(-1e5, 1e6),
        cents(0, 1e6),
        cents(0, 1e6),
        (n, equity, notional, used) => {
          const premium = n / 1_000_000
          near(
            funding_rate(premium, 0, 0.00025, 28_800_000, 1, 'dead_band', 28_800_000),
            to_number(r.funding_rate(ratio(premium))),
          )
          near(
            support_capacity(2, equity, notional, 0.15, used),
            to_number(r.support_capacity(ratio(2), ratio(equity), ratio(notional), ratio('0.15'), ratio(used))),
          )
        },
      ),
      { numRuns: 300 },
    )
  })
})
