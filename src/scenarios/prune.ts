/** Leaving components out of a snapshot, by name or by family, together with what cannot exist without them. */
import { CUT_MECHANISMS } from '../engine/index.ts'
import { InputError, type KindSpec, type Snapshot } from '../model/index.ts'

/** Does a name of `--without` mean this component? `aave`, `venue:aave`, or the kind: `venue:aave-v3`. */
function means(name: string, family: string, spec: KindSpec): boolean {
  const [prefix, rest] = name.includes(':')
    ? [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)]
    : [family, name]
  return prefix === family && (rest === spec.id || rest === spec.kind)
}

/**
 * The snapshot without the named venues, agents and markets; channels that are named besides stay in the scenario, for the engine. Markets that settle at a venue that is gone go with it, and so do the entries of agents' lists that name them, and agents to whom no entry is left.
 * @throws InputError when a name means nothing here
 */
export function without(snapshot: Snapshot, names: readonly string[]): Snapshot {
  const parts = components(snapshot, names)
  if (parts.length === 0) return snapshot
  return prune(snapshot, parts)
}

/** The names of components; those of channels (`asset:ETH`, `mechanism:oracle`) are for the engine, and are only checked. */
function components(snapshot: Snapshot, names: readonly string[]): string[] {
  const channels = new Set([
    ...CUT_MECHANISMS.map((mechanism) => `mechanism:${mechanism}`),
    ...snapshot.assets.map(({ id }) => `asset:${id}`),
  ])
  const parts = names.filter((name) => !channels.has(name))
  const families = { venue: snapshot.venues, agent: snapshot.agents, market: snapshot.markets }
  for (const name of parts) {
    if (!Object.entries(families).some(([family, list]) => list.some((spec) => means(name, family, spec)))) {
      const known = Object.entries(families).flatMap(([family, list]) => list.map((spec) => `${family}:${spec.id}`))
      throw new InputError('--without', '', name, [...known, ...channels].join(', '))
    }
  }
  return parts
}

function prune(snapshot: Snapshot, names: readonly string[]): Snapshot {
  const stays = (family: string) => (spec: KindSpec) => !names.some((name) => means(name, family, spec))
  const venues = snapshot.venues.filter(stays('venue'))
  const venue_ids = new Set(venues.map((venue) => venue.id))
  const markets = snapshot.markets
    .filter(stays('market'))
    .filter((market) => market.settles === undefined || venue_ids.has(market.settles as string))
  const gone = new Set(
    [
      ...snapshot.markets.filter((market) => !markets.includes(market)),
      ...snapshot.venues.filter((venue) => !venues.includes(venue)),
    ].map((spec) => spec.id),
  )
  const emptied = (before: KindSpec, after: KindSpec) =>
    Object.entries(before).some(
      ([key, value]) => Array.isArray(value) && value.length > 0 && (after[key] as unknown[]).length === 0,
    )
  const agents = snapshot.agents.filter(stays('agent')).flatMap((agent) => {
    const kept = drop_entries(agent, gone) as KindSpec
    return emptied(agent, kept) ? [] : [kept]
  })
  const position = snapshot.agents.map((agent) => agents.findIndex((kept) => kept.id === agent.id))
  const assets = snapshot.assets.map((asset) => {
    if (asset.reference === undefined || !gone.has(asset.reference)) return asset
    const other = markets.find((market) => market.base === asset.id && market.settles === undefined)
    const { reference: _, ...rest } = asset
    return other === undefined ? rest : { ...rest, reference: other.id }
  })
  return {
    ...snapshot,
    assets,
    venues,
    markets,
    agents,
    actors: { ...snapshot.actors, agent: snapshot.actors.agent.map((a) => (a < 0 ? -1 : (position[a] as number))) },
  }
}

/** Ids of the components that are not in the other snapshot any more, with those that they had in them. */
export function left_out(before: Snapshot, after: Snapshot): ReadonlySet<string> {
  const gone = new Set<string>()
  if (before === after) return gone
  for (const family of ['markets', 'venues', 'agents'] as const) {
    const kept = new Set(after[family].map(({ id }) => id))
    for (const spec of before[family]) if (!kept.has(spec.id)) collect(spec, gone)
  }
  return gone
}

function collect(value: unknown, out: Set<string>): void {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return
  const { kind, id } = value as { kind?: unknown; id?: unknown }
  if (typeof kind === 'string' && typeof id === 'string') out.add(id)
  for (const inner of Object.values(value)) collect(inner, out)
}

/** The value without list entries that are, or name in a field, something that is gone. */
function drop_entries(value: unknown, gone: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((entry) => !(typeof entry === 'string' && gone.has(entry)))
      .filter(
        (entry) =>
          !(
            entry !== null &&
            typeof entry === 'object' &&
            Object.values(entry).some((field) => typeof field === 'string' && gone.has(field))
          ),
      )
      .map((entry) => drop_entries(entry, gone))
  }
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, drop_entries(entry, gone)]))
}
