/** Snapshots of a few assets, markets and agents, without venues: what holds a peg, and what breaks it. */
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../src/model/index.ts'
import { type ShockOptions, type ShockSpec, shock_scenario } from '../../src/scenarios/index.ts'

export interface PegSetup {
  readonly time: string
  /** USD price, and the market that it is read from; without one the asset is a numeraire or stays what it is. */
  readonly assets: Readonly<Record<string, readonly [price_usd: number, reference?: string]>>
  readonly markets: readonly KindSpec[]
  readonly agents: readonly KindSpec[]
  /** Name of the actor, which agent, and what it has. */
  readonly actors: readonly (readonly [name: string, agent: string, treasury: Readonly<Record<string, number>>])[]
}

export function peg_snapshot({ time, assets, markets, agents, actors }: PegSetup): Snapshot {
  const ids = Object.keys(assets)
  const rows = actors.flatMap(([, , treasury], actor) =>
    Object.entries(treasury).map(([asset, amount]) => [actor, ids.indexOf(asset), amount] as const),
  )
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'peg',
    title: 'Peg',
    time_ms: Date.parse(time),
    provenance: [],
    assets: Object.entries(assets).map(([id, [price_usd, reference]]) =>
      reference === undefined ? { id, price_usd, beta: 0, numeraire: id === 'USD' } : { id, price_usd, beta: 1, reference },
    ),
    actors: {
      count: actors.length,
      names: actors.map(([name]) => name),
      agent: Int32Array.from(actors, ([, agent]) => agents.findIndex((one) => one.id === agent)),
      treasury: {
        actor: Int32Array.from(rows, (row) => row[0]),
        asset: Int32Array.from(rows, (row) => row[1]),
        amount: Float64Array.from(rows, (row) => row[2]),
      },
    },
    markets,
    oracles: [],
    venues: [],
    agents,
  }
}

export const quiet = (hours: number, options: ShockOptions = {}, shocks: readonly ShockSpec[] = []) =>
  shock_scenario(shocks, { horizon_ms: hours * 3_600_000, tick_ms: 600_000, gas_usd: 0, ...options })
