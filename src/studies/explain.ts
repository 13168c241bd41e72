/** Why what was sold was sold: chains of causes, walked back row by row, and whether forced selling went round between exchanges and lenders. */
import { type LogKind, type LogView, MECHANISMS, type Mechanism, SOLD, type Sold, type WorldView } from '../model/index.ts'
import { infections_by_mechanism } from '../analytics/index.ts'

/** What a source did to an account before it was liquidated or called. */
export interface Blamed {
  readonly from: string
  readonly mechanism: Mechanism
  /** Parts of the loss of ln(health), and of what tipped the account over; each sums to 1 over a link. */
  readonly share: number
  readonly share_pivotal: number
}

/** One row of the log in a chain. */
export interface ChainLink {
  readonly row: number
  readonly kind: LogKind
  /** After the start. */
  readonly after_ms: number
  /** Of a sale, the venue whose forced sale it is; else the venue of the event. */
  readonly venue: string | null
  readonly account: number | null
  readonly market: string | null
  readonly asset: string | null
  /** Base units: sold if negative, bought back if positive. */
  readonly amount: number
  /** Average price of a fill in quote units; of a call the account's health. */
  readonly price: number
  readonly usd: number
  readonly sold: Sold
  readonly blamed: readonly Blamed[]
  /** Of what is blamed, the part of the source whose row is the next link; null where nobody is blamed. */
  readonly main_share: number | null
}

/** A forced sale and what caused it, the sale first, the first cause last. */
export interface Chain {
  readonly why: 'largest' | 'longest' | 'loop'
  readonly links: readonly ChainLink[]
  /** Product of the main shares along it: the part of the sale that this chain alone explains. */
  readonly carried: number
  /** Venues whose forced sales lie behind one another, the first cause first; empty where none does. */
  readonly way: readonly string[]
  /** USD of all forced sales whose main causes went the same way. */
  readonly same_way_usd: number
}

/** Forced selling that went round: exchange → lender → exchange. USD of forced sales. */
export interface Loop {
  /** At lenders, caused by exchanges through oracles. */
  readonly perp_to_lending_usd: number
  /** By lenders, met by spot markets. */
  readonly lending_to_spot_usd: number
  /** At exchanges, caused by lenders. */
  readonly lending_to_perp_usd: number
  /** At exchanges, at the end of an unbroken chain of main causes exchange → lender → exchange. */
  readonly closed_usd: number
}

export interface Explanation {
  readonly chains: readonly Chain[]
  /** USD of the sales at the heads of the chains, of all that went the way of one of them, and of all there are. */
  readonly covered: { readonly heads_usd: number; readonly ways_usd: number; readonly total_usd: number }
  readonly loop: Loop
}

/** Longest walk; causes lie before their effects, so that it ends anyway. */
const MOST_LINKS = 512

interface Walk {
  /** Changes of victim on the way back to the first cause. */
  readonly hops: Uint16Array
  /** Nearest forced victim up to and including this row; −1 none. */
  readonly victim: Int32Array
  /** 1 an exchange's sale lies behind, 2 then a lender's, 3 then an exchange's. */
  readonly stage: Uint8Array
  /** Way of the row, a position in `ways`; 0 none yet. */
  readonly way: Int32Array
  readonly ways: readonly Way[]
}

/** A way is another one with one more venue at its end; −1 in front of the first venue. */
interface Way {
  readonly before: number
  readonly venue: number
}

/** Was this row an order that somebody was forced to send? */
export const is_sale = (log: LogView, row: number): boolean =>
  log.kind(row) === 'fill' &&
  SOLD[log.columns.sold.data[row] as number] !== 'free' &&
  (log.columns.victim.data[row] as number) >= 0

/** Venues at which contracts were filled. */
function exchanges(log: LogView): Set<number> {
  const out = new Set<number>()
  const { venue } = log.columns
  for (let row = 0; row < log.length; row++)
    if (log.kind(row) === 'fill' && (venue.data[row] as number) >= 0) out.add(venue.data[row] as number)
  return out
}

function walk(log: LogView, perps: ReadonlySet<number>): Walk {
  const hops = new Uint16Array(log.length)
  const victim = new Int32Array(log.length).fill(-1)
  const stage = new Uint8Array(log.length)
  const way = new Int32Array(log.length)
  const ways: Way[] = [{ before: -1, venue: -1 }]
  const known = new Map<string, number>()
  const c = log.columns
  for (let row = 0; row < log.length; row++) {
    const cause = c.cause.data[row] as number
    if (cause >= 0) {
      hops[row] = hops[cause] as number
      victim[row] = victim[cause] as number
      stage[row] = stage[cause] as number
      way[row] = way[cause] as number
    }
    if (!is_sale(log, row)) continue
    const mine = c.victim.data[row] as number
    if (victim[row] !== -1 && victim[row] !== mine) hops[row] = (hops[row] as number) + 1
    if (victim[row] !== mine) way[row] = extended(ways, known, way[row] as number, mine)
    victim[row] = mine
    const at = stage[row] as number
    if (perps.has(mine) ? at !== 1 && at !== 3 : at === 1) stage[row] = at + 1
  }
  return { hops, victim, stage, way, ways }
}

/** The way with one more venue at its end. */
function extended(ways: Way[], known: Map<string, number>, before: number, venue: number): number {
  const key = `${before} ${venue}`
  const found = known.get(key)
  if (found !== undefined) return found
  known.set(key, ways.length)
  return ways.push({ before, venue }) - 1
}

/** Ids of the venues of a way, the first cause first. */
function names_of(ways: readonly Way[], at: number, world: WorldView): string[] {
  const out: string[] = []
  for (let way = ways[at]; way !== undefined && way.venue >= 0; way = ways[way.before])
    out.unshift(world.venues[way.venue]?.id ?? '')
  return out
}

/** The row with the largest of these numbers, over forced sales; −1 when none is positive. */
function best(log: LogView, value: (row: number) => number): number {
  let [row, most] = [-1, 0]
  for (let r = 0; r < log.length; r++) {
    if (!is_sale(log, r)) continue
    const found = value(r)
    if (found > most) [row, most] = [r, found]
  }
  return row
}

/** A row of the log by names. */
export function link(log: LogView, world: WorldView, row: number): ChainLink {
  const c = log.columns
  const kind = log.kind(row)
  const venue = (kind === 'fill' && is_sale(log, row) ? c.victim : c.venue).data[row] as number
  const { source, mechanism, share, pivotal } = log.share_columns
  const blamed: Blamed[] = []
  const [first, last] = log.share_range(c.shares.data[row] as number)
  for (let i = first; i < last; i++) {
    const from = source.data[i] as number
    blamed.push({
      from: from === 0 ? 'exogenous' : (world.venues[from - 1]?.id as string),
      mechanism: MECHANISMS[mechanism.data[i] as number] as Mechanism,
      share: share.data[i] as number,
      share_pivotal: pivotal.data[i] as number,
    })
  }
  const account = c.account.data[row] as number
  return {
    row,
    kind,
    after_ms: (c.time_ms.data[row] as number) - (world.frames.time_ms[0] as number),
    venue: world.venues[venue]?.id ?? null,
    account: account < 0 ? null : account,
    market: world.markets[c.market.data[row] as number]?.id ?? null,
    asset: world.assets[c.asset.data[row] as number]?.id ?? null,
    amount: c.amount.data[row] as number,
    price: c.price.data[row] as number,
    usd: c.usd.data[row] as number,
    sold: SOLD[c.sold.data[row] as number] as Sold,
    blamed: blamed.sort((a, b) => b.share - a.share),
    main_share: main_share(blamed),
  }
}

/** A row's cause is of the source with the largest share over all mechanisms. */
function main_share(blamed: readonly Blamed[]): number | null {
  const by = new Map<string, number>()
  for (const { from, share } of blamed) by.set(from, (by.get(from) ?? 0) + share)
  return blamed.length === 0 ? null : Math.max(...by.values())
}

function chain(log: LogView, world: WorldView, from: number, why: Chain['why']): Omit<Chain, 'way' | 'same_way_usd'> {
  const links: ChainLink[] = []
  let carried = 1
  const sets = new Set<number>()
  for (let row = from; row >= 0 && links.length < MOST_LINKS; row = log.columns.cause.data[row] as number) {
    const next = link(log, world, row)
    links.push(next)
    // What follows from a blamed row inherits its shares: they count once.
    const set = log.columns.shares.data[row] as number
    if (set >= 0 && next.main_share !== null && !sets.has(set)) carried *= next.main_share
    sets.add(set)
  }
  return { why, links, carried }
}

/** The largest forced sale of each (venue, asset), the largest first. */
function largest(log: LogView, most: number): number[] {
  const found = new Map<string, number>()
  const { victim, asset, usd } = log.columns
  for (let row = 0; row < log.length; row++) {
    if (!is_sale(log, row)) continue
    const key = `${victim.data[row]} ${asset.data[row]}`
    const best_yet = found.get(key)
    if (best_yet === undefined || (usd.data[row] as number) > (usd.data[best_yet] as number)) found.set(key, row)
  }
  return [...found.values()].sort((a, b) => (usd.data[b] as number) - (usd.data[a] as number) || a - b).slice(0, most)
}

/** USD of forced sales by way. */
function usd_by_way(log: LogView, { way, ways }: Walk): Float64Array {
  const out = new Float64Array(ways.length)
  for (let row = 0; row < log.length; row++)
    if (is_sale(log, row)) out[way[row] as number] = (out[way[row] as number] as number) + (log.columns.usd.data[row] as number)
  return out
}

/** Forced selling that went round, in USD. */
function loop_of(log: LogView, world: WorldView, perps: ReadonlySet<number>, { stage }: Walk): Loop {
  const { usd, victim, venue } = log.columns
  const is_perp = new Set([...perps].map((v) => world.venues[v]?.id))
  const known = new Set(world.venues.map(({ id }) => id))
  let [perp_to_lending_usd, lending_to_perp_usd, lending_to_spot_usd, closed_usd] = [0, 0, 0, 0]
  for (const cell of infections_by_mechanism(log, world)) {
    if (!known.has(cell.from)) continue
    // What prices took while a liquidation waited for gas came by the same way.
    const by_price = cell.mechanism === 'oracle' || cell.mechanism === 'gas'
    if (is_perp.has(cell.from) && !is_perp.has(cell.to) && by_price) perp_to_lending_usd += cell.usd
    if (!is_perp.has(cell.from) && is_perp.has(cell.to)) lending_to_perp_usd += cell.usd
  }
  for (let row = 0; row < log.length; row++) {
    if (!is_sale(log, row)) continue
    const value = usd.data[row] as number
    if (!perps.has(victim.data[row] as number) && (venue.data[row] as number) < 0) lending_to_spot_usd += value
    if (stage[row] === 3 && perps.has(victim.data[row] as number)) closed_usd += value
  }
  return { perp_to_lending_usd, lending_to_spot_usd, lending_to_perp_usd, closed_usd }
}

/**
 * Chains of the largest forced sales, of the longest and of the largest that closed a loop, and the loop in USD. A row's cause is that of its largest share
 * alone: the shares on a link say what else took part, `carried` what is left of the sale at the end, and `covered` how much of all forced sales went the
 * same ways.
 * @param most how many of the largest
 */
export function explain(log: LogView, world: WorldView, most = 4): Explanation {
  const perps = exchanges(log)
  const walked = walk(log, perps)
  const { hops, stage, way, ways } = walked
  const value = (row: number) => log.columns.usd.data[row] as number
  const heads = largest(log, most).map((row): [number, Chain['why']] => [row, 'largest'])
  const has = (row: number) => row < 0 || heads.some(([head]) => head === row)
  const longest = best(log, (row) => (hops[row] as number) * 1e15 + ((hops[row] as number) > 0 ? value(row) : 0))
  if (!has(longest)) heads.push([longest, 'longest'])
  const loop = best(log, (row) => (stage[row] === 3 ? value(row) : 0))
  if (!has(loop)) heads.push([loop, 'loop'])
  const by_way = usd_by_way(log, walked)
  const shown = new Set(heads.map(([row]) => way[row] as number))
  return {
    chains: heads.map(([row, why]) => ({
      ...chain(log, world, row, why),
      way: names_of(ways, way[row] as number, world),
      same_way_usd: by_way[way[row] as number] as number,
    })),
    covered: {
      heads_usd: heads.reduce((sum, [row]) => sum + value(row), 0),
      ways_usd: [...shown].reduce((sum, at) => sum + (by_way[at] as number), 0),
      total_usd: by_way.reduce((sum, usd) => sum + usd, 0),
    },
    loop: loop_of(log, world, perps, walked),
  }
}
