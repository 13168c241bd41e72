/** One owner with accounts at a lender and an exchange, books of stated depth, a maker and a liquidator: whole runs of one agent. */
import { run, type RunResult, type World } from '../../src/engine/index.ts'
import {
  DEFAULT_LIMITS,
  type FaultSpec,
  type KindSpec,
  SCENARIO_SCHEMA,
  SNAPSHOT_SCHEMA,
  type Scenario,
  type Snapshot,
} from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const START_MS = 1_700_000_000_000
export const ASSETS = ['USD', 'USDC', 'ETH', 'STETH', 'THIN', 'BTC'] as const
export type AssetId = (typeof ASSETS)[number]
export const [USD, USDC, ETH, STETH, THIN, BTC] = [0, 1, 2, 3, 4, 5] as const
const PRICES = [1, 1, 2_000, 2_000, 10, 50_000]
/** Positions among the actors. */
export const OWNER = 3

export interface Setting {
  readonly agent: KindSpec
  readonly wealth?: Partial<Record<AssetId, number>>
  /** Collateral and debt of the owner's account at the lender. */
  readonly loan?: { readonly collateral?: Partial<Record<AssetId, number>>; readonly debt?: Partial<Record<AssetId, number>> }
  /** Signed ETH and wallet of the owner's account at the exchange. */
  readonly perp?: { readonly units: number; readonly wallet: number }
  /** USD at 1 % by market. */
  readonly depth?: Partial<Record<AssetId, number>>
  readonly faults?: readonly FaultSpec[]
  readonly drivers?: readonly KindSpec[]
  readonly hours?: number
  readonly seed?: number
  readonly more?: readonly KindSpec[]
  /** The agent is in the world, but nobody goes by its rule. */
  readonly nobody?: boolean
}

const feed = (asset: string): KindSpec => ({
  kind: 'chainlink',
  id: `${asset}/USD`,
  path: [{ market: `${asset}-USD` }],
  deviation: 0.001,
  heartbeat_ms: 86_400_000,
})

const reserve = (asset: string, cash: number): object => ({
  asset,
  ltv: 0.8,
  liquidation_threshold: 0.85,
  liquidation_bonus: 0.05,
  cash,
  oracle: `${asset}/USD`,
  base_rate: 0.02,
  slope1: 0.04,
  slope2: 0.6,
})

const LENT: readonly AssetId[] = ['USDC', 'ETH', 'STETH', 'THIN']
/** What others have put in. */
const POOLS: Readonly<Record<string, number>> = { USDC: 2e7, ETH: 5_000, STETH: 5_000, THIN: 1e6 }

function lender({ loan = {} }: Setting): KindSpec {
  const has = (asset: AssetId) => (loan.collateral?.[asset] ?? 0) - (loan.debt?.[asset] ?? 0)
  return {
    kind: 'aave-v3',
    id: 'lend',
    reserves: LENT.map((asset) => reserve(asset, (POOLS[asset] as number) + has(asset))),
    accounts: { owner: Int32Array.of(OWNER - 1) },
    positions: {
      account: Int32Array.from(LENT, () => 0),
      reserve: Int32Array.from(LENT, (_, r) => r),
      collateral: Float64Array.from(LENT, (asset) => loan.collateral?.[asset] ?? 0),
      debt: Float64Array.from(LENT, (asset) => loan.debt?.[asset] ?? 0),
    },
  }
}

const exchange = ({ perp = { units: 0, wallet: 0 } }: Setting): KindSpec => ({
  kind: 'binance-usdm',
  id: 'perp',
  collateral: 'USDC',
  fund: 1e6,
  contracts: [
    {
      market: 'ETH-PERP',
      tiers: [{ floor: 0, rate: 0.01 }],
      liquidation_fee: 0.0125,
      take_bound: 0.05,
      index: { kind: 'index-price', id: 'index', path: [{ market: 'ETH-USD' }, { market: 'USDC-USD', inverse: true }] },
    },
  ],
  accounts: { owner: Int32Array.of(OWNER - 1, 1), isolated: Int32Array.of(0, 0), wallet: Float64Array.of(perp.wallet, 5e7) },
  positions:
    perp.units === 0
      ? { account: Int32Array.of(), contract: Int32Array.of(), quantity: Float64Array.of(), entry: Float64Array.of() }
      : {
          account: Int32Array.of(0, 1),
          contract: Int32Array.of(0, 0),
          quantity: Float64Array.of(perp.units, -perp.units),
          entry: Float64Array.of(2_000, 2_000),
        },
})

export function setting_snapshot(setting: Setting): Snapshot {
  const spots = ASSETS.filter((id) => id !== 'USD')
  const wealth = ASSETS.flatMap((id, asset) => [
    { actor: 0, asset, amount: 1e9 },
    { actor: 1, asset, amount: 1e9 },
    { actor: OWNER - 1, asset, amount: setting.wealth?.[id] ?? 0 },
  ])
  const books = [...spots.map((id) => [`${id}-USD`, setting.depth?.[id] ?? 5e7] as const), ['ETH-PERP', 5e7] as const]
  const more = setting.more ?? []
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'owner',
    title: '',
    time_ms: START_MS,
    provenance: [],
    assets: ASSETS.map((id, a) => ({
      id,
      price_usd: PRICES[a] as number,
      beta: 0,
      ...(a === 0 ? { numeraire: true } : { reference: `${id}-USD` }),
    })),
    actors: {
      count: 3 + more.length,
      names: ['liquidator-1', 'maker-1', 'owner', ...more.map(({ id }) => `of-${id}`)],
      agent: Int32Array.of(0, 1, setting.nobody === true ? -1 : 2, ...more.map((_, i) => 3 + i)),
      treasury: {
        actor: Int32Array.from(wealth, ({ actor }) => actor),
        asset: Int32Array.from(wealth, ({ asset }) => asset),
        amount: Float64Array.from(wealth, ({ amount }) => amount),
      },
    },
    markets: [
      ...spots.map((base) => ({ kind: 'order-book', id: `${base}-USD`, base, quote: 'USD' })),
      { kind: 'order-book', id: 'ETH-PERP', base: 'ETH', quote: 'USDC', settles: 'perp' },
    ],
    oracles: spots.map(feed),
    venues: [lender(setting), exchange(setting)],
    agents: [
      { kind: 'liquidator', id: 'liquidator', markets: spots.map((id) => `${id}-USD`) },
      {
        kind: 'market-maker',
        id: 'maker',
        books: books.map(([market, depth_usd]) => ({ market, depth_usd, inventory_usd: 1e12 })),
      },
      setting.agent,
      ...more,
    ],
  }
}

export const setting_scenario = (setting: Setting): Scenario => ({
  schema: SCENARIO_SCHEMA,
  id: 'owner',
  title: '',
  seed: setting.seed ?? 1,
  horizon_ms: (setting.hours ?? 4) * HOUR,
  tick_ms: MINUTE,
  drivers: setting.drivers ?? [],
  faults: setting.faults ?? [],
  gas_usd: 1,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
})

export interface Sale {
  readonly market: string
  readonly side: 1 | -1
  readonly usd: number
  readonly sold: number
  readonly victim: number
  readonly cause: number
  readonly minute: number
  readonly row: number
}

/** Runs with every law checked after every bundle; fills of the owner, and a way to look. */
export function live(setting: Setting): { world: World; result: RunResult; sales: Sale[]; rows: (kind: string) => number[] } {
  const world = build(setting_snapshot(setting), setting_scenario(setting))
  const result = run(world, { debug: true })
  const { log, markets } = world.parts
  const rows = (kind: string) => Array.from({ length: log.length }, (_, row) => row).filter((row) => log.kind(row) === kind)
  const c = log.columns
  const sales = rows('fill')
    .filter((row) => c.actor.data[row] === OWNER)
    .map(
      (row): Sale => ({
        market: markets[c.market.data[row] as number]?.id ?? '',
        side: (c.amount.data[row] as number) > 0 ? 1 : -1,
        usd: c.usd.data[row] as number,
        sold: c.sold.data[row] as number,
        victim: c.victim.data[row] as number,
        cause: c.cause.data[row] as number,
        minute: ((c.time_ms.data[row] as number) - START_MS) / MINUTE,
        row,
      }),
    )
  return { world, result, sales, rows }
}

export const depeg = (asset: AssetId, value: number, fields: Partial<FaultSpec> = {}): FaultSpec => ({
  kind: 'depeg',
  target: `asset:${asset}`,
  from_ms: 0,
  to_ms: 1e12,
  value,
  ...fields,
})
