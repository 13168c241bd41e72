/** Binance COIN-M as the fuzz of exchanges opens it: its own parameter file, brackets a tenth as large so that small accounts meet them. */
import data from '../../data/venues/binance-coinm.json' with { type: 'json' }
import { binanceCoinm } from '../../src/venues/binance-coinm/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'
import { venue_params } from './venue-params.ts'

const COINS = ['BTC', 'ETH']
const PRICES = [50_000, 2000]
const { contracts, spec } = venue_params('binance-coinm', data, ['BTCUSD', 'ETHUSD'], 10, COINS)

/** Two inverse contracts, each with margin and a fund in its own coin. */
export const coinm_fuzz: Fuzzed = {
  prices: PRICES,
  inverse: [true, true],
  leverage: 50,
  adl: 'bankruptcy',
  partly: true,
  coin: (contract) => ({ coin: contract, price: PRICES[contract] as number }),
  setup: (draws) => {
    const usd = draws.pick([0, 2e4, 1e5, 1e7])
    return {
      kind: binanceCoinm as never,
      fund: usd / 50_000,
      coins: COINS.map((asset) => ({ asset })),
      contracts,
      spec: { ...spec, funds: [{ id: 'eth', coin: 'ETH', balance: usd / 2000 }], fund_leverage: draws.pick([1, 10, 1000]) },
    }
  },
}
