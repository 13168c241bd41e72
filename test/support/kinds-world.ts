/** One market of ETH and BTC in dollars with a venue of every lending kind, three accounts each: safe, near, nearer. */
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../src/model/index.ts'

const market = (base: string, price: number): KindSpec => ({
  kind: 'constant-product',
  id: `${base}-USD`,
  base,
  quote: 'USD',
  fee: 0,
  reserve_base: 1e10 / price,
  reserve_quote: 1e10,
})
const PRICES = { ETH: 3000, BTC: 60_000, USDC: 1 } as const
const feed = (asset: keyof typeof PRICES, more: object = {}) => ({
  kind: 'chainlink',
  id: `${asset}/USD`,
  path: [{ market: `${asset}-USD` }],
  deviation: 0.005,
  heartbeat_ms: 3_600_000,
  ...more,
})

const nobody = Int32Array.of(-1, -1, -1)
/** ETH held against dollars owed, at 200, 150 and 120 % of what 75 % asks for. */
const held = Float64Array.of(10, 10, 10)
const owed = Float64Array.of(9000, 13_000, 18_000)

const vaults = { owner: nobody, ilk: Int32Array.of(0, 0, 0), collateral: held, debt: owed }
const ilk = { id: 'ETH-A', asset: 'ETH', liquidation_ratio: 1.45, stability_fee: 0, oracle: feed('ETH') }
const pairs = {
  account: Int32Array.of(0, 0, 1, 1, 2, 2),
  first: Int32Array.of(0, 1, 0, 1, 0, 1),
}
const columns = (a: Float64Array, b: Float64Array) =>
  Float64Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? (a[i >> 1] as number) : (b[i >> 1] as number)))
const none = new Float64Array(3)

export const LENDERS: readonly KindSpec[] = [
  {
    kind: 'aave-v3',
    id: 'aave-v3',
    reserves: (['ETH', 'USDC'] as const).map((asset) => ({
      asset,
      ltv: 0.75,
      liquidation_threshold: 0.8,
      liquidation_bonus: 0.05,
      protocol_fee: 0.1,
      reserve_factor: 0.1,
      optimal_usage: 0.8,
      slope1: 0.04,
      slope2: 0.6,
      cash: 1e8,
      oracle: feed(asset, { delay_ms: 30_000 }),
    })),
    accounts: { owner: nobody },
    positions: { account: pairs.account, reserve: pairs.first, collateral: columns(held, none), debt: columns(none, owed) },
  },
  {
    kind: 'maker',
    id: 'maker',
    dai: 'USDC',
    ilks: [{ ...ilk, oracle: { kind: 'osm', id: 'osm', source: feed('ETH') } }],
    accounts: vaults,
  },
  {
    kind: 'maker-2020',
    id: 'maker-2020',
    dai: 'USDC',
    unnamed_max: 0,
    ilks: [{ ...ilk, cut: { kind: 'lump', lump: 4 } }],
    accounts: vaults,
  },
  {
    kind: 'compound-v2',
    id: 'compound-v2',
    markets: [
      { asset: 'ETH', collateral_factor: 0.8, cash: 1e6, oracle: feed('ETH') },
      { asset: 'USDC', collateral_factor: 0.8, cash: 1e8, oracle: feed('USDC') },
    ],
    accounts: { owner: nobody },
    positions: { account: pairs.account, market: pairs.first, supply: columns(held, none), debt: columns(none, owed) },
  },
  {
    kind: 'compound-v3',
    id: 'compound-v3',
    base: 'USDC',
    base_oracle: feed('USDC'),
    borrow_min: 100,
    target_reserves: 5e6,
    borrow_curve: { base: 0.015, low: 0.035, kink: 0.8, high: 0.25 },
    supply_curve: { base: 0, low: 0.0325, kink: 0.8, high: 0.4 },
    cash: 1e6 - 40_000,
    supply: 1e6,
    collaterals: [{ asset: 'ETH', borrow_factor: 0.75, liquidate_factor: 0.8, liquidation_factor: 0.93, oracle: feed('ETH') }],
    accounts: { owner: nobody, base: owed.map((debt) => -debt) },
    positions: { account: Int32Array.of(0, 1, 2), collateral: Int32Array.of(0, 0, 0), amount: held },
  },
  {
    kind: 'morpho-blue',
    id: 'morpho-blue',
    markets: [
      {
        loan: 'USDC',
        collateral: 'ETH',
        lltv: 0.8,
        loan_decimals: 6,
        supply: 1e6,
        collateral_oracle: { kind: 'twap', id: 'twap', path: [{ market: 'ETH-USD' }] },
        loan_oracle: feed('USDC'),
      },
    ],
    accounts: { owner: nobody, market: Int32Array.of(0, 0, 0), collateral: held, debt: owed },
  },
  {
    kind: 'euler-v2',
    id: 'euler-v2',
    vaults: [
      {
        id: 'eETH',
        asset: 'ETH',
        oracle: { kind: 'median', id: 'ETH', sources: [{ source: feed('ETH') }, { path: [{ market: 'ETH-USD' }] }] },
        cash: 1e6,
      },
      {
        id: 'eUSDC',
        asset: 'USDC',
        oracle: feed('USDC'),
        cash: 1e8,
        ltvs: [{ collateral: 'eETH', borrow_ltv: 0.75, liquidation_ltv: 0.8 }],
      },
    ],
    accounts: { owner: nobody, vault: Int32Array.of(1, 1, 1), debt: owed },
    supplies: { account: Int32Array.of(0, 1, 2), vault: Int32Array.of(0, 0, 0), amount: held },
  },
  {
    kind: 'liquity-v1',
    id: 'liquity-v1',
    asset: 'ETH',
    lusd: 'USDC',
    // A large change of the first is not believed by itself: a question about one must reach both.
    oracle: feed('ETH'),
    fallback_oracle: { kind: 'median', id: 'second', sources: [{ path: [{ market: 'ETH-USD' }] }] },
    accounts: { owner: nobody, collateral: held, debt: owed },
    deposits: { owner: Int32Array.of(-1), amount: Float64Array.of(15_000) },
  },
  {
    kind: 'liquity-v2',
    id: 'liquity-v2',
    bold: 'USDC',
    gas_asset: 'ETH',
    branches: [{ id: 'ETH', asset: 'ETH', oracle: feed('ETH') }],
    accounts: {
      owner: nobody,
      branch: Int32Array.of(0, 0, 0),
      collateral: held,
      debt: owed,
      rate: Float64Array.of(0.05, 0.05, 0.05),
    },
    deposits: { owner: Int32Array.of(-1), branch: Int32Array.of(0), amount: Float64Array.of(1e6) },
  },
  {
    kind: 'llamma',
    id: 'llamma',
    collateral: 'ETH',
    stable: 'USDC',
    oracle: { kind: 'ema', id: 'ema', path: [{ market: 'ETH-USD' }] },
    borrow_rate: 0,
    accounts: { owner: nobody, collateral: held, debt: owed, bands: Int32Array.of(10, 10, 10) },
  },
]

export const kinds_market = (): Snapshot => ({
  schema: SNAPSHOT_SCHEMA,
  id: 'kinds',
  title: 'every lending kind',
  time_ms: 1_700_000_000_000,
  provenance: [],
  assets: [
    { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    ...Object.entries(PRICES).map(([id, price_usd]) => ({ id, price_usd, beta: id === 'USDC' ? 0 : 1, reference: `${id}-USD` })),
  ],
  actors: { count: 0, names: [], agent: new Int32Array(0), treasury: {} },
  markets: Object.entries(PRICES).map(([id, price]) => market(id, price)),
  oracles: [],
  venues: [...LENDERS],
  agents: [],
})
