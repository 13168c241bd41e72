/** dYdX v4 as the fuzz of exchanges opens it: its own parameter file, some of its choices drawn. */
import data from '../../data/venues/dydx-v4.json' with { type: 'json' }
import { dydxV4 } from '../../src/venues/dydx-v4/index.ts'
import { complete, parse_params } from '../../src/venues/shared/exchange/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'

const { contracts, ...spec } = complete(
  { kind: 'dydx-v4', contracts: [{ like: 'large-cap' }, { like: 'mid-cap' }] },
  parse_params(data, 'dydx-v4.json'),
  'fuzz',
) as { contracts: Record<string, unknown>[] }

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
