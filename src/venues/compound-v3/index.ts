import type { Kind } from '../../model/index.ts'
import { type CompoundV3Spec, schema } from './snapshot.ts'
import { CompoundV3 } from './venue.ts'

export { goldenRows } from './reference-rows.ts'
export type { CompoundV3Spec } from './snapshot.ts'
export type { CometReport, CompoundV3 } from './venue.ts'

/** One asset is lent against several; accounts in breach are absorbed whole and their collateral is sold at a discount. */
export const compoundV3: Kind<CompoundV3Spec, CompoundV3> = {
  id: 'compound-v3',
  title: 'Compound v3 market (Comet)',
  source: 'compound-finance/comet d5a30b0',
  schema,
  open: (spec, builder) => new CompoundV3(spec, builder),
}
