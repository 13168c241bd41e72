/** Troves, stability pool, recovery mode. */
import type { Kind } from '../../model/index.ts'
import { type LiquityV1Spec, schema } from './snapshot.ts'
import { LiquityV1 } from './venue.ts'

export const liquityV1: Kind<LiquityV1Spec, LiquityV1> = {
  id: 'liquity-v1',
  title: 'Liquity v1 (LUSD troves)',
  source: 'liquity/dev 39f1f7f (TroveManager, StabilityPool, BorrowerOperations, LiquityBase)',
  schema,
  open: (spec, builder) => new LiquityV1(spec, builder),
}
