/** Two lenders with one feed and one with a hard-coded price, books, a pool and who trades there: a world to break things in. */
import type { World } from '../../src/engine/index.ts'
import { run, type RunResult } from '../../src/engine/index.ts'
import type { FaultSpec, KindSpec, LogKind, Scenario, Snapshot } from '../../src/model/index.ts'
import { DEFAULT_LIMITS, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'

export const MINUTE = 60_000
export const ASSETS = ['USD', 'USDC', 'ETH', 'SUSD'] as const
export const [USD, USDC, ETH, SUSD] = [0, 1, 2, 3] as const
const PRICES = [1, 1, 2_000, 0.99]
/** Debts of the three accounts of a lender, USDC, each against 100,000 SUSD at a threshold of 0.9. */
export const DEBTS = [80_000, 75_000, 20_000] as const
const OWNERS = ['liquidator-1', 'maker-1', 'thief', 'other']

const feed = (asset: string): KindSpec => ({
  kind: 'chainlink',
  id: `${asset}/USD`,
  path: [{ market: `${asset}-USD` }],
  deviation: 0.001,
  heartbeat_ms: 86_400_000,
})

const reserve = (asset: string, cash: number, fields: object = {}) => ({
  asset,
  ltv: 0.85,
  liquidation_threshold: 0.9,
  liquidation_bonus: 0.05,
  cash,
  oracle: `${asset}/USD`,
  slope1: 0.04,
  slope2: 0.6,
  ...fields,
})

const lender = (id: string, susd: object = {}): KindSpec => ({
  kind: 'aave-v3',
  id,
  reserves: [reserve('USDC', 10_000_000), reserve('ETH', 100), reserve('SUSD', 300_000, susd)],
  accounts: { owner: Int32Array.of(-1, -1, 3) },
  positions: {
    account: Int32Array.of(0, 0, 1, 1, 2, 2),
    reserve: Int32Array.of(0, 2, 0, 2, 0, 2),
    collateral: Float64Array.of(0, 100_000, 0, 100_000, 0, 100_000),
    debt: Float64Array.of(DEBTS[0], 0, DEBTS[1], 0, DEBTS[2], 0),
  },
})

/** @param more agents beside liquidator and market maker; their actors follow the four named ones */
export function snapshot(more: readonly KindSpec[] = []): Snapshot {
  const agents: KindSpec[] = [
    { kind: 'liquidator', id: 'liquidator', markets: ['USDC-USD', 'ETH-USD', 'SUSD-USD'] },
    {
      kind: 'market-maker',
      id: 'maker',
      books: ['USDC-USD', 'ETH-USD', 'SUSD-USD'].map((market) => ({ market, depth_usd: 2e7, inventory_usd: 1e10 })),
    },
    ...more,
  ]
  const wealth = OWNERS.flatMap((_, actor) => ASSETS.map((__, asset) => [actor, asset] as const)).filter(([actor]) => actor < 2)
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'faults',
    title: '',
    time_ms: 1_700_000_000_000,
    provenance: [],
    assets: ASSETS.map((id, a) => ({
      id,
      price_usd: PRICES[a] as number,
      beta: 0,
      ...(a === 0 ? { numeraire: true } : { reference: `${id}-USD` }),
    })),
    actors: {
      count: OWNERS.length + more.length,
      names: [...OWNERS, ...more.map(({ id }) => `of-${id}`)],
      agent: Int32Array.of(0, 1, -1, -1, ...more.map((_, i) => i + 2)),
      treasury: {
        actor: Int32Array.from(wealth, ([actor]) => actor),
        asset: Int32Array.from(wealth, ([, asset]) => asset),
        amount: Float64Array.from(wealth, () => 1e9),
      },
    },
    markets: [
      ...['USDC', 'ETH', 'SUSD'].map((base) => ({ kind: 'order-book', id: `${base}-USD`, base, quote: 'USD' })),
      { kind: 'constant-product', id: 'POOL', base: 'ETH', quote: 'USDC', reserve_base: 1_000, reserve_quote: 2_000_000 },
      {
        kind: 'weighted',
        id: 'WEIGHTED',
        base: 'ETH',
        quote: 'USDC',
        reserve_base: 4_000,
        reserve_quote: 2_000_000,
        weight_base: 0.8,
      },
      { kind: 'stable-swap', id: 'SWAP', base: 'USDC', quote: 'USD', reserve_base: 1e6, reserve_quote: 1e6, amplification: 100 },
      {
        ...{ kind: 'concentrated', id: 'RANGES', base: 'ETH', quote: 'USDC', price: 2_000, fee: 0.003 },
        positions: [{ lower: 69_060, upper: 82_920, value_quote: 1e6 }],
      },
    ],
    oracles: ['USDC', 'ETH', 'SUSD'].map(feed),
    venues: [lender('one'), lender('two'), lender('hard', { oracle: { kind: 'fixed', id: 'hard-coded', price: 0.99 } })],
    agents,
  }
}

export const fault = (fields: Partial<FaultSpec> & Pick<FaultSpec, 'kind'>): FaultSpec => ({
  target: '',
  from_ms: 0,
  to_ms: 60 * MINUTE,
  value: 0,
  ...fields,
})

export const scenario = (faults: readonly FaultSpec[], fields: Partial<Scenario> = {}): Scenario => ({
  schema: SCENARIO_SCHEMA,
  id: 'faults',
  title: '',
  seed: 1,
  horizon_ms: 120 * MINUTE,
  tick_ms: MINUTE,
  drivers: [],
  faults,
  gas_usd: 1,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
  ...fields,
})

/** Runs with every law checked after every bundle; `watch` is called after every tick. */
export function play(
  faults: readonly FaultSpec[],
  watch: (minute: number, world: World) => void = () => {},
  fields: Partial<Scenario> = {},
  from: Snapshot = snapshot(),
): { world: World; result: RunResult } {
  const world = build(from, scenario(faults, fields))
  const result = run(world, {
    debug: true,
    on_tick: (tick) => {
      watch(tick, world)
      return true
    },
  })
  return { world, result }
}

/** Rows of a kind, of a venue if one is named. */
export const rows = (world: World, kind: LogKind, venue?: number): number[] => {
  const out: number[] = []
  for (let row = 0; row < world.parts.log.length; row++)
    if (world.parts.log.kind(row) === kind && (venue === undefined || world.parts.log.columns.venue.data[row] === venue))
      out.push(row)
  return out
}
