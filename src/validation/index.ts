/** The scoreboard: published values recomputed by this build. The tests and `unwind validate` run the same rows. */
import { goldenRows as aave_rows } from '../venues/aave-v3/index.ts'
import { goldenRows as binance_rows } from '../venues/binance-usdm/index.ts'
import { goldenRows as euler_rows } from '../venues/euler-v2/reference-rows.ts'
import { goldenRows as liquity_rows } from '../venues/liquity-v1/reference-rows.ts'
import { goldenRows as bold_rows } from '../venues/liquity-v2/reference-rows.ts'
import { goldenRows as maker_rows } from '../venues/maker/reference-rows.ts'
import { goldenRows as morpho_rows } from '../venues/morpho-blue/reference-rows.ts'
import { engine_rows } from './engine.ts'
import type { GoldenRow } from './row.ts'

export type { GoldenRow } from './row.ts'

/** What a venue states; integers come as text and must agree to the last digit where the tolerance is 0. */
type VenueRow = Omit<GoldenRow, 'group' | 'pass'> & Partial<Pick<GoldenRow, 'group' | 'pass'>>

function complete(group: string, rows: readonly VenueRow[]): GoldenRow[] {
  return rows.map((row) => {
    const { expected, got, tolerance } = row
    const near = () => Math.abs(Number(got) - Number(expected)) <= tolerance * Math.abs(Number(expected))
    return { ...row, group: row.group ?? group, pass: row.pass ?? (expected === got || (tolerance > 0 && near())) }
  })
}

/**
 * All rows, by group.
 * @param most largest population to run: 1,000,000 takes a few seconds
 */
export function golden(most = 1_000_000): GoldenRow[] {
  return [
    ...engine_rows(most),
    ...complete('aave-v3', aave_rows()),
    ...complete('maker', maker_rows()),
    ...complete('binance-usdm', binance_rows()),
    ...complete('liquity-v1', liquity_rows()),
    ...complete('liquity-v2', bold_rows()),
    ...complete('euler-v2', euler_rows()),
    ...complete('morpho-blue', morpho_rows()),
  ]
}
