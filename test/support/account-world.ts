/** A lending pool of which every reserve is priced by another kind of oracle, for questions about accounts. */
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../src/model/index.ts'
import type { AccountInput } from '../../src/studies/index.ts'

/** USD and beta of each asset; stETH is quoted in ETH. */
const ASSETS = {
  USD: [1, 0],
  USDC: [1, 0],
  GHO: [1, 0],
  ETH: [3000, 1],
  wstETH: [3600, 1],
  stETH: [2970, 1],
  BTC: [60_000, 0.8],
  LINK: [15, 1.2],
} as const
export type AssetId = keyof typeof ASSETS
export const IDS = Object.keys(ASSETS) as AssetId[]
export const position = (id: AssetId): number => IDS.indexOf(id)

const market = (base: AssetId, quote: AssetId): KindSpec => ({
  kind: 'constant-product',
  id: `${base}-${quote}`,
  base,
  quote,
  fee: 0,
  reserve_base: 1e10 / ASSETS[base][0],
  reserve_quote: 1e10 / ASSETS[quote][0],
})
const path = (...ids: string[]) => ids.map((id) => ({ market: id }))
const push = { kind: 'chainlink', deviation: 0.005, heartbeat_ms: 3_600_000 }

/** By what each reserve is priced. */
const ORACLES: Readonly<Partial<Record<AssetId, KindSpec>>> = {
  USDC: { kind: 'capped-rate', id: 'USDC/USD', path: path('USDC-USD'), price_cap: 1.04 },
  GHO: { kind: 'fixed', id: 'GHO/USD', price: 1 },
  ETH: { ...push, id: 'ETH/USD', path: path('ETH-USD') },
  wstETH: {
    kind: 'exchange-rate',
    id: 'wstETH/USD',
    source: { ...push, id: 'ETH/USD', path: path('ETH-USD'), delay_ms: 90_000 },
    ratio: { at_start: 1.2 },
  },
  stETH: { ...push, id: 'stETH/USD', path: path('stETH-ETH', 'ETH-USD') },
  BTC: { kind: 'osm', id: 'BTC', source: { ...push, id: 'BTC/USD', path: path('BTC-USD') } },
  LINK: {
    kind: 'median',
    id: 'LINK/USD',
    sources: [
      { path: path('LINK-USD') },
      { path: path('LINK-ETH', 'ETH-USD') },
      { source: { kind: 'twap', id: 'twap', path: path('LINK-USD') } },
    ],
  },
}

/** Positions as [account, asset, supplied, owed]; weights of 0.8. */
export function account_market(
  positions: readonly (readonly [number, AssetId, number, number])[],
  fields: object = {},
): Snapshot {
  const listed: readonly AssetId[] = IDS.filter((id) => id !== 'USD')
  const rows = positions.reduce((most, [account]) => Math.max(most, account + 1), 0)
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'accounts',
    title: 'the test market',
    time_ms: 1_700_000_000_000,
    provenance: [{ part: 'accounts', evidence: 'inferred', source: 'test' }],
    assets: IDS.map((id) => {
      const [price_usd, beta] = ASSETS[id]
      if (id === 'USD') return { id, price_usd, beta, numeraire: true }
      return { id, price_usd, beta, reference: id === 'stETH' ? 'stETH-ETH' : `${id}-USD` }
    }),
    actors: { count: 2, names: ['ann', 'bob'], agent: Int32Array.of(-1, -1), treasury: {} },
    markets: [
      ...listed.filter((id) => id !== 'stETH').map((id) => market(id, 'USD')),
      market('stETH', 'ETH'),
      market('LINK', 'ETH'),
    ],
    oracles: [],
    venues: [
      {
        kind: 'aave-v3',
        id: 'pool',
        reserves: listed.map((asset) => ({
          asset,
          ltv: 0.75,
          liquidation_threshold: 0.8,
          liquidation_bonus: 0.05,
          protocol_fee: 0,
          reserve_factor: 0,
          optimal_usage: 0.8,
          base_rate: 0,
          slope1: 0,
          slope2: 0,
          cash: 1e9,
          oracle: ORACLES[asset],
        })),
        accounts: { owner: Int32Array.from({ length: rows }, (_, row) => row % 2) },
        positions: {
          account: Int32Array.from(positions, (one) => one[0]),
          reserve: Int32Array.from(positions, (one) => listed.indexOf(one[1])),
          collateral: Float64Array.from(positions, (one) => one[2]),
          debt: Float64Array.from(positions, (one) => one[3]),
        },
        ...fields,
      },
    ],
    agents: [],
  }
}

/** Questions with nothing special. */
export const PLAIN: AccountInput = {
  moves: [],
  correlated: false,
  with: [],
  apart: false,
  steps: [0.05, 0.1, 0.2],
  back_steps: [],
  volatilities: {},
  top: 10,
}
