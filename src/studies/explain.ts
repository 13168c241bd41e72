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
}

/** A forced sale and what caused it, the sale first, the first cause last. */
export interface Chain {
  readonly why: 'largest' | 'longest' | 'loop'
  readonly links: readonly ChainLink[]
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
  const c = log.columns
  for (let row = 0; row < log.length; row++) {
    const cause = c.cause.data[row] as number
    if (cause >= 0) {
      hops[row] = hops[cause] as number
      victim[row] = victim[cause] as number
      stage[row] = stage[cause] as number
    }
    if (!is_sale(log, row)) continue
    const mine = c.victim.data[row] as number
    if (victim[row] !== -1 && victim[row] !== mine) hops[row] = (hops[row] as number) + 1
    victim[row] = mine
    const at = stage[row] as number
    if (perps.has(mine) ? at !== 1 && at !== 3 : at === 1) stage[row] = at + 1
  }
  return { hops, victim, stage }
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
  }
}

function chain(log: LogView, world: WorldView, from: number, why: Chain['why']): Chain {
  const links: ChainLink[] = []
  for (let row = from; row >= 0 && links.length < MOST_LINKS; row = log.columns.cause.data[row] as number)
    links.push(link(log, world, row))
  return { why, links }
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

/**
 * Chains of the largest forced sales, of the longest and of the largest that closed a loop, and the loop in USD. A row's cause is that of its largest share
 * alone: the shares on a link say what else took part.
 * @param most how many of the largest
 */
export function explain(log: LogView, world: WorldView, most = 4): Explanation {
  const perps = exchanges(log)
  const { hops, stage } = walk(log, perps)
  const { usd, victim, venue } = log.columns
  const value = (row: number) => usd.data[row] as number
  const rows = largest(log, most)
  const chains = rows.map((row) => chain(log, world, row, 'largest'))
  const longest = best(log, (row) => (hops[row] as number) * 1e15 + ((hops[row] as number) > 0 ? value(row) : 0))
  if (longest >= 0 && !rows.includes(longest)) chains.push(chain(log, world, longest, 'longest'))
  const loop = best(log, (row) => (stage[row] === 3 ? value(row) : 0))
  if (loop >= 0 && loop !== longest && !rows.includes(loop)) chains.push(chain(log, world, loop, 'loop'))
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
    if (!perps.has(victim.data[row] as number) && (venue.data[row] as number) < 0) lending_to_spot_usd += value(row)
    if (stage[row] === 3 && perps.has(victim.data[row] as number)) closed_usd += value(row)
  }
  return { chains, loop: { perp_to_lending_usd, lending_to_spot_usd, lending_to_perp_usd, closed_usd } }
}
