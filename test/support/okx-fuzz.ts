/** OKX as the fuzz of exchanges opens it: its own parameter file, tiers a thousandth as large so that small accounts meet them. */
import data from '../../data/venues/okx.json' with { type: 'json' }
import { okx } from '../../src/venues/okx/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { fund_in_btc, venue_params, INVERSE_AND_LINEAR, TWO_COINS } from './venue-params.ts'

const { contracts, spec } = venue_params('okx', data, ['BTC-USD-SWAP', 'ETH-USDT-SWAP'], 1000, ['BTC', 'USDT'])

/** A fund each. */
export const okx_fuzz: Fuzzed = {
  ...INVERSE_AND_LINEAR,
  adl: 'mark',
  setup: (draws) => {
    const fund = draws.pick([0, 1e4, 1e6, 1e8])
    return {
      kind: okx as never,
      fund,
      coins: TWO_COINS,
      contracts,
      spec: {
        ...spec,
        funds: [fund_in_btc('btc', fund)],
        partial_from: draws.pick([1, 2]),
        partial_tiers: draws.pick([1, 2]),
        fund_leverage: draws.pick([1, 1000]),
      },
    }
  },
}
