import type { Kind } from '../../model/index.ts'
import { type MorphoBlueSpec, schema } from './snapshot.ts'
import { MorphoBlue } from './venue.ts'

export { goldenRows } from './reference-rows.ts'
export type { MorphoBlueSpec } from './snapshot.ts'
export type { MarketReport, MorphoBlue } from './venue.ts'

/** Isolated lending markets whose suppliers bear bad debt at once. */
export const morphoBlue: Kind<MorphoBlueSpec, MorphoBlue> = {
  id: 'morpho-blue',
  title: 'Morpho Blue isolated markets',
  source: 'morpho-org/morpho-blue 3085651, morpho-blue-irm 10be222 (AdaptiveCurveIRM), pre-liquidation 9e8b7f4',
  schema,
  open: (spec, builder) => new MorphoBlue(spec, builder),
}
