/** Two snapshots side by side in one world, sharing nothing: for the law of decoupled venues. */
import type { ColumnSet, KindSpec, Scenario, Snapshot } from '../../src/model/index.ts'

/** Every name of the snapshot with a prefix, wherever it stands as a whole string. */
export function prefixed(snapshot: Snapshot, prefix: string): Snapshot {
  const names = new Set(
    [...snapshot.assets, ...snapshot.markets, ...snapshot.oracles, ...snapshot.venues, ...snapshot.agents].map((item) => item.id),
  )
  return {
    ...(rename(snapshot, names, prefix) as Snapshot),
    schema: snapshot.schema,
    id: snapshot.id,
    title: snapshot.title,
    provenance: snapshot.provenance,
  }
}

export function prefixed_scenario(scenario: Scenario, snapshot: Snapshot, prefix: string): Scenario {
  return {
    ...scenario,
    drivers: rename(scenario.drivers, new Set(snapshot.assets.map((asset) => asset.id)), prefix) as KindSpec[],
  }
}

function rename(value: unknown, names: ReadonlySet<string>, prefix: string, key = ''): unknown {
  if (typeof value === 'string') return key !== 'kind' && (names.has(value) || key === 'id') ? `${prefix}${value}` : value
  if (Array.isArray(value)) return value.map((item) => rename(item, names, prefix))
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, rename(item, names, prefix, field)]))
}

const join_i32 = (a: Int32Array, b: Int32Array, offset: number) =>
  Int32Array.from([...a, ...b.map((x) => (x < 0 ? x : x + offset))])
const shift = (column: Int32Array, offset: number) => column.map((x) => (x < 0 ? x : x + offset))

/** Both in one; actors, assets and agents of the second come after those of the first. Names of actors are dropped: only the first may have them. */
export function side_by_side(a: Snapshot, b: Snapshot): Snapshot {
  const owners = (venue: KindSpec): KindSpec => {
    const accounts = venue.accounts as ColumnSet
    return { ...venue, accounts: { ...accounts, owner: shift(accounts.owner as Int32Array, a.actors.count) } }
  }
  const [x, y] = [a.actors.treasury, b.actors.treasury]
  return {
    ...a,
    assets: [...a.assets, ...b.assets],
    markets: [...a.markets, ...b.markets],
    oracles: [...a.oracles, ...b.oracles],
    venues: [...a.venues, ...b.venues.map(owners)],
    agents: [...a.agents, ...b.agents],
    actors: {
      count: a.actors.count + b.actors.count,
      names: a.actors.names,
      agent: join_i32(a.actors.agent, b.actors.agent, a.agents.length),
      treasury: {
        actor: join_i32(x.actor as Int32Array, y.actor as Int32Array, a.actors.count),
        asset: join_i32(x.asset as Int32Array, y.asset as Int32Array, a.assets.length),
        amount: Float64Array.from([...(x.amount as Float64Array), ...(y.amount as Float64Array)]),
      },
    },
  }
}
