/** BitMEX as the fuzz of exchanges opens it: its own parameter file, risk limits a thousandth as large so that small accounts meet them. */
import data from '../../data/venues/bitmex.json' with { type: 'json' }
import { bitmex } from '../../src/venues/bitmex/index.ts'
import { complete, parse_params } from '../../src/venues/shared/exchange/index.ts'
import type { Fuzzed } from './exchange-fuzz.ts'

interface Limited {
  readonly tiers: readonly { readonly floor: number }[]
}

const { contracts, ...spec } = complete(
  { kind: 'bitmex', contracts: [{ like: 'XBTUSD' }, { like: 'XBTUSDT' }] },
  parse_params(data, 'bitmex.json'),
  'fuzz',
) as { contracts: (Limited & Record<string, unknown>)[] }
const small = contracts.map((one, c) => ({
  ...one,
  coin: c === 0 ? 'BTC' : 'USDT',
  tiers: one.tiers.map((tier) => ({ ...tier, floor: tier.floor / 1000 })),
}))

/** The first contract is inverse and settles in BTC, the second linear in USDT. */
export const bitmex_fuzz: Fuzzed = {
  prices: [50_000, 2000],
  inverse: [true, false],
  leverage: 25,
  adl: 'bankruptcy',
  coin: (contract) => (contract === 0 ? { coin: 1, price: 50_000 } : { coin: 0, price: 1 }),
  setup: (draws) => {
    const fund = draws.pick([0, 1e4, 1e7])
    return {
      kind: bitmex as never,
      fund,
      coins: [{ asset: 'USDT' }, { asset: 'BTC' }],
      contracts: small,
      spec: {
        ...spec,
        funds: [{ id: 'xbt', coin: 'BTC', balance: fund / 50_000 }],
        risk_steps: draws.pick([1, 2]),
        fund_leverage: draws.pick([1, 1000]),
      },
    }
  },
}
