/** Bybit as the fuzz of exchanges opens it: its own parameter file, risk tiers a thousandth as large so that small accounts meet them. */
import data from '../../data/venues/bybit-uta.json' with { type: 'json' }
import { bybitUta } from '../../src/venues/bybit-uta/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { venue_params } from './venue-params.ts'

const { contracts, spec } = venue_params('bybit-uta', data, ['BTCUSDT', 'ETHUSDT'], 1000)

/** Two linear contracts, in a pool each or in one. */
export const bybit_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  leverage: 25,
  adl: 'bankruptcy',
  partly: true,
  setup: (draws) => {
    const fund = draws.pick([0, 2e4, 1e5, 1e7])
    const apart = draws.pick([true, false])
    return {
      kind: bybitUta as never,
      fund,
      contracts: contracts.map((one, c) => (apart && c === 1 ? { ...one, fund: 'eth' } : one)),
      spec: {
        ...spec,
        funds: [{ id: 'eth', balance: fund / 2 }],
        risk_steps: draws.pick([1, 2]),
        target_mm_rate: draws.pick([0.9, 1]),
        pool_leverage: draws.pick([1, 1000]),
      },
    }
  },
}
