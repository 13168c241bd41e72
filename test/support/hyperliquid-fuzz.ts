/** Hyperliquid as the fuzz of exchanges opens it: its own parameter file, some of its choices drawn. */
import data from '../../data/venues/hyperliquid.json' with { type: 'json' }
import { hyperliquid } from '../../src/venues/hyperliquid/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { venue_params } from './venue-params.ts'

const { contracts, spec } = venue_params('hyperliquid', data, ['BTC', 'DOGE'])

export const hyperliquid_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  leverage: 20,
  adl: 'mark',
  setup: (draws) => ({
    kind: hyperliquid as never,
    fund: draws.pick([0, 1e4, 1e7]),
    contracts,
    spec: { ...spec, vault_unwind: draws.pick(['market', 'hold']), vault_leverage: draws.pick([0, 1, 10, 1000]) },
  }),
}
