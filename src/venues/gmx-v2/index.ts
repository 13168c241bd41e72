import type { Kind } from '../../model/index.ts'
import { type GmxSpec, schema } from './snapshot.ts'
import { GmxV2 } from './venue.ts'

export { goldenRows } from './reference-rows.ts'
export type { GmxSpec } from './snapshot.ts'
export type { GmxV2, PoolReport } from './venue.ts'

/** Perpetuals against a pool, at the oracle price with price impact; no order book. */
export const gmxV2: Kind<GmxSpec, GmxV2> = {
  id: 'gmx-v2',
  title: 'GMX v2 perpetuals',
  source:
    'gmx-io/gmx-synthetics a5c0c883 (2026-03-13): pricing, market/MarketUtils, position/PositionUtils, config/markets.ts, test',
  schema,
  open: (spec, builder) => new GmxV2(spec, builder),
}
