/** What holds prices in a world, and what a shock left standing: facts that a report needs to say why an asset went where it went. */
import type { World } from '../engine/index.ts'
import type { AssetSpec, Snapshot } from '../model/index.ts'

/** What stands, or does not stand, between an asset and its fundamental. */
export interface Anchor {
  readonly asset: string
  /** Market whose mid is its price. */
  readonly market: string
  /** Other markets of the asset. */
  readonly others: readonly string[]
  /** Those of them that an arbitrageur keeps together with it, over any number of links. */
  readonly linked: readonly string[]
  /** Part of what orders displaced that stays in the book's price for good; null where the market is no order book. */
  readonly permanent: number | null
  /** Least depth within 1 % at the end of a tick ÷ that at the start, and when, ms after the start; null where it never fell. */
  readonly depth_left: number | null
  readonly depth_left_ms: number | null
}

/** An asset that is a claim on a shocked one, whose fundamental the shock left where it was. */
export interface LeftBehind {
  readonly asset: string
  readonly claim_on: string
}

/** Watches the depth of reference markets. */
export class DepthWatch {
  private readonly world: World
  private readonly opening: readonly number[]
  private readonly left: number[]
  private readonly at_ms: number[]

  /** @param world fresh or reset */
  constructor(world: World) {
    this.world = world
    this.opening = world.parts.assets.map((_, a) => this.depth(a))
    this.left = world.parts.assets.map(() => 1)
    this.at_ms = world.parts.assets.map(() => 0)
  }

  private depth(asset: number): number {
    const market = this.world.parts.reference[asset] as number
    return market < 0 ? 0 : this.world.depth(market, 0.01)
  }

  tick(elapsed_ms: number): void {
    this.opening.forEach((opening, a) => {
      if (!(opening > 0)) return
      const left = this.depth(a) / opening
      if (left < (this.left[a] as number)) [this.left[a], this.at_ms[a]] = [left, elapsed_ms]
    })
  }

  least(asset: number): { readonly left: number; readonly at_ms: number } | undefined {
    const left = this.left[asset] as number
    return left < 1 ? { left, at_ms: this.at_ms[asset] as number } : undefined
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const is_record = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

/** Pairs of markets that somebody who is there keeps together. */
function links(snapshot: Snapshot, world: World): readonly (readonly [string, string])[] {
  const acting = new Set(Array.from(world.parts.agent_of, (agent) => world.parts.agents[agent]?.id))
  return snapshot.agents
    .filter(({ kind, id }) => kind === 'arbitrageur' && acting.has(id))
    .flatMap(({ links: list }) => (Array.isArray(list) ? (list as unknown[]) : []))
    .filter(is_record)
    .map(({ a, b }) => [text(a), text(b)] as const)
}

/** Markets that can be reached from one over links. */
function reached(from: string, pairs: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const seen = new Set([from])
  for (let grew = true; grew; ) {
    grew = false
    for (const [a, b] of pairs)
      if (seen.has(a) !== seen.has(b)) {
        seen.add(a).add(b)
        grew = true
      }
  }
  return seen
}

/** One entry an asset that has a reference market. @param snapshot the one the world was built from */
export function anchors(snapshot: Snapshot, world: World, depth?: DepthWatch): Anchor[] {
  const { assets, markets, reference } = world.parts
  const pairs = links(snapshot, world)
  return assets.flatMap((asset, a) => {
    const own = markets[reference[a] as number]
    if (own === undefined) return []
    const near = reached(own.id, pairs)
    const others = markets.filter(({ part, id }) => part.base === a && id !== own.id).map(({ id }) => id)
    const spec = snapshot.markets.find(({ id }) => id === own.id)
    const least = depth?.least(a)
    return [
      {
        asset: asset.id,
        market: own.id,
        others,
        linked: others.filter((id) => near.has(id)),
        permanent: own.kind === 'order-book' ? permanent_of(spec) : null,
        depth_left: least?.left ?? null,
        depth_left_ms: least?.at_ms ?? null,
      },
    ]
  })
}

/** The default of the book is its schema's. */
const permanent_of = (spec: Readonly<Record<string, unknown>> | undefined): number =>
  typeof spec?.['permanent'] === 'number' ? spec['permanent'] : 0.35

/** Markets that a price is read from, oracles by id followed. */
function markets_of(price: unknown, snapshot: Snapshot, depth = 0): string[] {
  if (depth > 16) return []
  if (typeof price === 'string') {
    const oracle = snapshot.oracles.find(({ id }) => id === price)
    return oracle === undefined ? [] : markets_of(oracle, snapshot, depth + 1)
  }
  if (Array.isArray(price)) return price.flatMap((one) => markets_of(one, snapshot, depth + 1))
  if (!is_record(price)) return []
  return Object.entries(price).flatMap(([key, value]) =>
    key === 'market' ? [text(value)] : key === 'id' || key === 'kind' ? [] : markets_of(value, snapshot, depth + 1),
  )
}

/** Markets that venues price each asset by: `asset` with its `oracle`, `collateral` with its `collateral_oracle`, … */
function priced_by(snapshot: Snapshot): ReadonlyMap<string, ReadonlySet<string>> {
  const out = new Map<string, Set<string>>()
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look)
    if (!is_record(value)) return
    for (const [key, oracle] of Object.entries(value)) {
      if (!key.endsWith('oracle')) {
        look(oracle)
        continue
      }
      const asset = text(key === 'oracle' ? (value['asset'] ?? value['collateral']) : value[key.replace(/_?oracle$/, '')])
      const seen = out.get(asset) ?? new Set<string>()
      for (const market of markets_of(oracle, snapshot)) seen.add(market)
      out.set(asset, seen)
    }
  }
  look(snapshot.venues)
  return out
}

/** A share of a staked or wrapped asset is worth about one of it, or a few. */
const [LEAST_SHARE, MOST_SHARE] = [0.5, 3]

/** wstETH, weETH, cbBTC: a name that ends with the other's, at a price of the same order. */
const named_after = (asset: AssetSpec, other: AssetSpec): boolean => {
  const ratio = asset.price_usd / other.price_usd
  const ends = asset.id.length > other.id.length && asset.id.toLowerCase().endsWith(other.id.toLowerCase())
  return ends && ratio >= LEAST_SHARE && ratio <= MOST_SHARE
}

/**
 * Claims on shocked assets that stood still outside: those that venues price by markets of a shocked asset alone, and those
 * named after it.
 * @param shocked assets that the scenario moves by name
 * @param still did the fundamental of this asset stay where it was?
 */
export function left_behind(snapshot: Snapshot, shocked: readonly string[], still: (asset: string) => boolean): LeftBehind[] {
  const prices = priced_by(snapshot)
  const base = new Map(snapshot.markets.map((market) => [market.id, text(market['base'])]))
  return snapshot.assets.flatMap((asset) => {
    if (asset.numeraire === true || shocked.includes(asset.id) || !still(asset.id)) return []
    const bases = [...(prices.get(asset.id) ?? [])].map((market) => base.get(market))
    const on = snapshot.assets.find(
      (other) =>
        shocked.includes(other.id) && (named_after(asset, other) || (bases.includes(other.id) && !bases.includes(asset.id))),
    )
    return on === undefined ? [] : [{ asset: asset.id, claim_on: on.id }]
  })
}
