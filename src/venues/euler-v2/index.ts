/** Vaults that lend against each other's shares, with a discount that grows with the breach. */
import type { Kind } from '../../model/index.ts'
import { type EulerV2Spec, schema } from './snapshot.ts'
import { EulerV2 } from './venue.ts'

export const eulerV2: Kind<EulerV2Spec, EulerV2> = {
  id: 'euler-v2',
  title: 'Euler v2 (vault kit)',
  source: 'euler-xyz/euler-vault-kit 5b98b42 (Liquidation, LiquidityUtils, LTVUtils, BorrowUtils)',
  schema,
  open: (spec, builder) => new EulerV2(spec, builder),
}
