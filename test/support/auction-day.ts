/** A vault book of 2020 on a day of falling prices, with a market, a maker and keepers; small enough to run many times. */
import type { FaultSpec, KindSpec, Scenario, Snapshot } from '../../src/model/index.ts'
import { DEFAULT_LIMITS, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA } from '../../src/model/index.ts'

export const HOUR = 3_600_000

export interface Keeper {
  /** Fields of the agent, `kind` and `id` first. */
  readonly spec: KindSpec
  /** Number of actors, and DAI of each. */
  readonly actors: number
  readonly dai: number
}

/** 40 vaults of 20 to 800 ETH at ratios of 1.52 to 2.1, auctions of 50 ETH and 10 minutes. */
function vault_book() {
  const spread = (i: number) => (i * 0.618_033_988_75) % 1
  const vaults = Array.from({ length: 40 }, (_, i) => ({
    ink: 20 + 780 * spread(i) * spread(i),
    ratio: 1.52 + 0.58 * spread(3 * i + 1),
  }))
  const terms = { liquidation_ratio: 1.5, stability_fee: 0.08, ttl_ms: 600_000, tau_ms: 259_200_000 }
  return {
    ...{ kind: 'maker-2020', id: 'flip', dai: 'DAI', wait_ms: 0 },
    ilks: [{ id: 'ETH-A', asset: 'ETH', ...terms, oracle: 'ETH' }],
    accounts: {
      owner: new Int32Array(40).fill(-1),
      ilk: new Int32Array(40),
      collateral: Float64Array.from(vaults, ({ ink }) => ink),
      debt: Float64Array.from(vaults, ({ ink, ratio }) => (ink * 200) / ratio),
    },
  }
}

/** The vault book and its keepers; ETH 200 → 120 within three hours. */
export function auction_day(keepers: readonly Keeper[], more: { gas?: readonly FaultSpec[]; gas_usd?: number } = {}) {
  const each = <T>(pick: (keeper: Keeper, a: number, k: number) => T) =>
    keepers.flatMap((keeper, a) => Array.from({ length: keeper.actors }, (_, k) => pick(keeper, a, k)))
  const names = ['maker', ...each(({ spec }, _, k) => `${spec.id}-${k}`)]
  const dai = [5e7, ...each((keeper) => keeper.dai)]
  const snapshot = {
    schema: SNAPSHOT_SCHEMA,
    id: 'auction-day',
    title: 'a day of auctions',
    time_ms: Date.UTC(2020, 2, 12),
    provenance: [],
    assets: [
      { id: 'DAI', price_usd: 1, beta: 0, numeraire: true },
      { id: 'ETH', price_usd: 200, beta: 1, reference: 'ETH-DAI' },
    ],
    actors: {
      count: names.length,
      names,
      agent: Int32Array.from([0, ...each((_, a) => a + 1)]),
      treasury: {
        actor: Int32Array.from([...dai.keys(), 0]),
        asset: Int32Array.from([...dai.map(() => 0), 1]),
        amount: Float64Array.from([...dai, 1e6]),
      },
    },
    markets: [{ kind: 'order-book', id: 'ETH-DAI', base: 'ETH', quote: 'DAI' }],
    oracles: [{ kind: 'index-price', id: 'ETH', path: [{ market: 'ETH-DAI' }] }],
    venues: [vault_book()],
    agents: [
      {
        ...{ kind: 'market-maker', id: 'maker', k_v: 0 },
        books: [{ market: 'ETH-DAI', depth_usd: 2e6, inventory_usd: 4e7 }],
      },
      ...keepers.map(({ spec }) => spec),
    ],
  } as unknown as Snapshot
  return { snapshot, scenario: fall(more.gas ?? [], more.gas_usd ?? 1) }
}

const fall = (faults: readonly FaultSpec[], gas_usd: number): Scenario => ({
  schema: SCENARIO_SCHEMA,
  id: 'fall',
  title: 'ETH 200 → 120',
  seed: 1,
  horizon_ms: 4 * HOUR,
  tick_ms: 60_000,
  drivers: [{ kind: 'shock', id: 'fall', shocks: [{ asset: 'ETH', change: -0.4, over_ms: 3 * HOUR, at_ms: 0 }] }],
  faults,
  gas_usd,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
})

/** A path of gas as faults, one a step: [from hour, USD]; the last lasts. */
export const gas_path = (steps: readonly (readonly [number, number])[]): FaultSpec[] =>
  steps.map(([hour, value], i) => ({
    ...{ kind: 'gas' as const, target: '', value, from_ms: hour * HOUR },
    to_ms: (steps[i + 1]?.[0] ?? 1e6) * HOUR,
  }))
