/** BitMEX as the fuzz of exchanges opens it: its own parameter file, risk limits a thousandth as large so that small accounts meet them. */
import data from '../../data/venues/bitmex.json' with { type: 'json' }
import { bitmex } from '../../src/venues/bitmex/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { fund_in_btc, venue_params, INVERSE_AND_LINEAR, TWO_COINS } from './venue-params.ts'

const { contracts, spec } = venue_params('bitmex', data, ['XBTUSD', 'XBTUSDT'], 1000, ['BTC', 'USDT'])

export const bitmex_fuzz: Fuzzed = {
  ...INVERSE_AND_LINEAR,
  adl: 'bankruptcy',
  setup: (draws) => {
    const fund = draws.pick([0, 1e4, 1e7])
    return {
      kind: bitmex as never,
      fund,
      coins: TWO_COINS,
      contracts,
      spec: {
        ...spec,
        funds: [fund_in_btc('xbt', fund)],
        risk_steps: draws.pick([1, 2]),
        fund_leverage: draws.pick([1, 1000]),
      },
    }
  },
}
