/** dYdX v4 as the fuzz of exchanges opens it: its own parameter file, some of its choices drawn. */
import data from '../../data/venues/dydx-v4.json' with { type: 'json' }
import { dydxV4 } from '../../src/venues/dydx-v4/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { venue_params } from './venue-params.ts'

const { contracts, spec } = venue_params('dydx-v4', data, ['large-cap', 'mid-cap'])

export const dydx_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  leverage: 20,
  adl: 'bankruptcy',
  setup: (draws) => ({
    kind: dydxV4 as never,
    fund: draws.pick([0, 1e3, 1e6]),
    contracts,
    spec: { ...spec, block_most: draws.pick([1e4, 1e5]), block_loss: draws.pick([1e2, 1e6]), block_orders: draws.pick([1, 50]) },
  }),
}
