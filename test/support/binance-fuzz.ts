/** Binance as the fuzz of exchanges opens it: its own parameter file, brackets a tenth as large so that small accounts meet them. */
import data from '../../data/venues/binance-usdm.json' with { type: 'json' }
import { binanceUsdm } from '../../src/venues/binance-usdm/index.ts'
import { complete, parse_params } from '../../src/venues/shared/exchange/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'

interface Limited {
  readonly tiers: readonly { readonly floor: number }[]
}

const { contracts, ...spec } = complete(
  { kind: 'binance-usdm', contracts: [{ like: 'BTCUSDT' }, { like: 'ETHUSDT' }] },
  parse_params(data, 'binance-usdm.json'),
  'fuzz',
) as { contracts: (Limited & Record<string, unknown>)[] }
const small = contracts.map((one) => ({ ...one, tiers: one.tiers.map((tier) => ({ ...tier, floor: tier.floor / 10 })) }))

/** Two linear contracts over one fund. */
export const binance_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  leverage: 50,
  adl: 'bankruptcy',
  partly: true,
  setup: (draws) => ({
    kind: binanceUsdm as never,
    fund: draws.pick([0, 2e4, 1e5, 1e7]),
    contracts: small,
    spec: { ...spec, fund_leverage: draws.pick([1, 10, 1000]) },
  }),
}
