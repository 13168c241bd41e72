import type { Kind } from '../../model/index.ts'
import { type AaveV3Spec, schema } from './snapshot.ts'
import { AaveV3 } from './venue.ts'

export { goldenRows } from './reference-golden.ts'
export type { AaveV3Spec } from './snapshot.ts'
export type { AaveV3, ReserveReport } from './venue.ts'

/** A pooled lender: over-collateralised loans, health factor, liquidation by anyone for a bonus, two-slope rates. */
export const aaveV3: Kind<AaveV3Spec, AaveV3> = {
  id: 'aave-v3',
  title: 'Aave v3 lending pool',
  source: 'Aave v3 protocol, versions 3.0 to 3.7 (aave-dao/aave-v3-origin fd1fbd9, docs/3.1 to docs/3.7)',
  schema,
  open: (spec, builder) => new AaveV3(spec, builder),
}
