/** Numbers of the mechanics without a venue kind, as rows of the scoreboard. */
import type { GoldenRow } from '../../../../model/index.ts'
import { drift_rows } from './reference-drift-rows.ts'
import { synthetix_rows } from './reference-synthetix-rows.ts'

export const goldenRows = (): GoldenRow[] => [...drift_rows(), ...synthetix_rows()]
