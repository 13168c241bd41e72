/** OKX as the fuzz of exchanges opens it: its own parameter file, tiers a thousandth as large so that small accounts meet them. */
import data from '../../data/venues/okx.json' with { type: 'json' }
import { complete, parse_params } from '../../src/venues/shared/exchange/index.ts'
import { okx } from '../../src/venues/okx/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'

interface Limited {
  readonly tiers: readonly { readonly floor: number }[]
}

const { contracts, ...spec } = complete(
  { kind: 'okx', contracts: [{ like: 'BTC-USD-SWAP' }, { like: 'ETH-USDT-SWAP' }] },
  parse_params(data, 'okx.json'),
  'fuzz',
) as { contracts: (Limited & Record<string, unknown>)[] }
const small = contracts.map((one, c) => ({
  ...one,
  coin: c === 0 ? 'BTC' : 'USDT',
  tiers: one.tiers.map((tier) => ({ ...tier, floor: tier.floor / 1000 })),
}))

/** The first contract is inverse and settles in BTC, the second linear in USDT; a fund each. */
export const okx_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  inverse: [true, false],
  leverage: 25,
  adl: 'mark',
  coin: (contract) => (contract === 0 ? { coin: 1, price: 50_000 } : { coin: 0, price: 1 }),
  setup: (draws) => {
    const fund = draws.pick([0, 1e4, 1e6, 1e8])
    return {
      kind: okx as never,
      fund,
      coins: [{ asset: 'USDT' }, { asset: 'BTC' }],
      contracts: small,
      spec: {
        ...spec,
        funds: [{ id: 'btc', coin: 'BTC', balance: fund / 50_000 }],
        partial_from: draws.pick([1, 2]),
        partial_tiers: draws.pick([1, 2]),
        fund_leverage: draws.pick([1, 1000]),
      },
    }
  },
}
