/** Numbers of the mechanics without a venue kind, as rows of the scoreboard. */
import type { GoldenRow } from '../../../../model/index.ts'
import { arkham_rows } from './reference-arkham-rows.ts'
import { drift_rows } from './reference-drift-rows.ts'
import { lighter_rows } from './reference-lighter-rows.ts'
import { polymarket_rows } from './reference-polymarket-rows.ts'
import { synthetix_rows } from './reference-synthetix-rows.ts'
import { theory_rows } from './theory-rows.ts'

export const goldenRows = (): GoldenRow[] => [
  ...drift_rows(),
  ...synthetix_rows(),
  ...lighter_rows(),
  ...arkham_rows(),
  ...polymarket_rows(),
  ...theory_rows(),
]
