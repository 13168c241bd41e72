import type { Kind } from '../../model/index.ts'
import { type CompoundV2Spec, schema } from './snapshot.ts'
import { CompoundV2 } from './venue.ts'

export { type GoldenRow, goldenRows } from './reference-rows.ts'
export type { CompoundV2Spec } from './snapshot.ts'
export type { CompoundReport, CompoundV2 } from './venue.ts'

/** A pooled lender with cTokens, a close factor and no way to write off bad debt; forks by parameters. */
export const compoundV2: Kind<CompoundV2Spec, CompoundV2> = {
  id: 'compound-v2',
  title: 'Compound v2 pool and its forks (Venus)',
  source: 'compound-finance/compound-protocol a3214f6; VenusProtocol/venus-protocol ce5c8be',
  schema,
  open: (spec, builder) => new CompoundV2(spec, builder),
}
