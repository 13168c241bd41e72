/** Binance as the fuzz of exchanges opens it: its own parameter file, brackets a tenth as large so that small accounts meet them. */
import data from '../../data/venues/binance-usdm.json' with { type: 'json' }
import { binanceUsdm } from '../../src/venues/binance-usdm/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { venue_params } from './venue-params.ts'

const { contracts, spec } = venue_params('binance-usdm', data, ['BTCUSDT', 'ETHUSDT'], 10)

/** Two linear contracts over one fund. */
export const binance_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  leverage: 50,
  adl: 'bankruptcy',
  partly: true,
  setup: (draws) => ({
    kind: binanceUsdm as never,
    fund: draws.pick([0, 2e4, 1e5, 1e7]),
    contracts,
    spec: { ...spec, fund_leverage: draws.pick([1, 10, 1000]) },
  }),
}
