/** Where data come in: files of tables, bars, series, parameters, snapshots and scenarios. All errors of input are `InputError`s. */
import type { Source } from '../model/index.ts'
import { files } from './files.ts'

export { type AaveEmode, type AaveParams, type AaveReserve, readAaveParams } from './aave-params.ts'
export { check_snapshot } from './check.ts'
export { readBars, readSeries, readTable } from './files.ts'
export { MAX_FILE_BYTES, MAX_TEXT_BYTES } from './read.ts'
export { readScenario } from './scenario.ts'
export type { Sheet } from './sheet.ts'
export { readSnapshot, writeSnapshot } from './snapshot.ts'
export { readTiers, type Tier, type TierFile } from './tiers.ts'
export { params_path, readVenueParams } from './venue-params.ts'

export const sources: readonly Source[] = [files]
