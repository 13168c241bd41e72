/**
 * Derived numbers of Polymarket's deleveraging, as rows of the scoreboard.
 * Not counted, inputs incomplete: fees, recovery margin (formulas without a vector).
 */
import type { GoldenRow } from '../../../../model/index.ts'
import { ratio } from '../reference-ratio.ts'
import { adl_index } from './reference-polymarket.ts'
import { type Check, rows } from './rows.ts'

const SOURCE = 'derivatives reference §15.2, arithmetic on docs.polymarket.com/perps'
const CASES = [
  ['long', 1, 100, 110, 110_000, 20_000, 6.05],
  ['short', -1, 100, 80, 40_000, 5000, 10],
  ['levered', -1, 81, 80, 400_000, 8000, 50.625],
] as const

export const polymarket_rows = (): GoldenRow[] =>
  rows(
    'polymarket',
    CASES.map(([id, side, entry, mark, notional, equity, expected]): Check => {
      const what = `${side > 0 ? 'long' : 'short'} ${entry} → ${mark}, notional ${notional}, equity ${equity}: index`
      const got = adl_index(side, ratio(entry), ratio(mark), ratio(notional), ratio(equity))
      return [`S15.2 ${id}`, what, expected, 1e-12, got, SOURCE]
    }),
  )
