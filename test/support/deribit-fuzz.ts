/** Deribit as the fuzz of exchanges opens it: linear contracts, its own parameter file; with and without liquidity support. */
import type { Fuzzed } from './exchange-fuzz.ts'
import { deribit_params } from './deribit-world.ts'
import { deribit } from '../../src/venues/deribit/index.ts'

const { contracts, spec } = deribit_params(['BTC_USDC', 'SOL_USDC'])

export const deribit_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  leverage: 20,
  adl: 'mark',
  setup: (draws) => ({
    kind: deribit as never,
    fund: draws.pick([0, 1e4, 1e7]),
    contracts,
    spec: {
      ...spec,
      pace: draws.pick([1000, 40_000]),
      ...(draws.next() < 0.5
        ? {
            support: { groups: [['BTC-PERP', 'ETH-PERP']], participants: [] },
            // what a receiver is paid beside the price would hide a wrong price
            support_terms: { ...(spec['support_terms'] as object), commission: 0 },
          }
        : {}),
    },
  }),
}
