/** BOLD: troves in branches, each with its interest rate and its branch's stability pool. */
import type { Kind } from '../../model/index.ts'
import { type LiquityV2Spec, schema } from './snapshot.ts'
import { LiquityV2 } from './venue.ts'

export const liquityV2: Kind<LiquityV2Spec, LiquityV2> = {
  id: 'liquity-v2',
  title: 'Liquity v2 (BOLD branches)',
  source: 'liquity/bold 405f912 (TroveManager, StabilityPool, BorrowerOperations, CollateralRegistry, Constants)',
  schema,
  open: (spec, builder) => new LiquityV2(spec, builder),
}
