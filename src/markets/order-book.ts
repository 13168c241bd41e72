/**
 * An order book as mechanism. Its depth belongs to makers: rows of (party, depth at 1 %, half spread) that agents put in with
 * `make` and that `cancel` removes; a book without makers fills nothing and its mid stays.
 *
 * State: a reference price and `used`, the balance of what takers consumed in units of the book's depth (`order-book/curve.ts`).
 * The mid is the curve's price at `used`: one curve, walked in both directions, so that an order in parts costs what it costs
 * at once and a purchase after a sale walks back. Because `used` is relative to depth, makers who come or go leave the mid
 * alone. The curve ends at `max_displacement`; what would go beyond is not filled.
 *
 * Time: the reference follows the anchor proportionally, at once. `used` decays with time constant `recovery_ms`; of the log
 * price this gives back, the share `permanent` stays in the reference. Meanwhile makers hand to `outside` the same part of the
 * inventory each took on here, at the mean price of that walk along the curve around the new reference. With the anchor still,
 * the mid does not depend on how time is cut into ticks. After a recovery without end the mid, the reference and what later
 * anchors are compared with are the anchor given.
 */
import { z } from 'zod'
import { exp, log, pow } from '../math/index.ts'
import {
  assert,
  type Column,
  type Columns,
  type Fill,
  type Kind,
  type Lawful,
  type Leg,
  type Market,
  type Order,
  OUTSIDE,
  type Table,
  type Thinnable,
} from '../model/index.ts'
import { type Curve, cost, curve, ratio, used_at, walk } from './order-book/curve.ts'

const schema = z.strictObject({
  kind: z.literal('order-book').describe('order-book'),
  id: z.string().min(1).describe('Name of the market, unique'),
  base: z.string().describe('Asset that is bought and sold'),
  quote: z.string().describe('Asset in which it is paid'),
  settles: z.string().optional().describe('Venue whose accounts it settles to; absent: spot, on the ledger'),
  alpha: z.number().min(0.1).max(10).default(0.674).describe('Cumulative depth grows as distance from the mid to this power'),
  permanent: z.number().min(0).max(1).default(0.35).describe('Share of recovered log displacement that stays in the price'),
  recovery_ms: z.number().positive().default(600_000).describe('Time constant with which the book refills, ms'),
  max_displacement: z
    .number()
    .min(0.01)
    .max(0.99)
    .default(0.9)
    .describe('Where the book ends, as a ratio of the reference price'),
  start_price: z
    .number()
    .positive()
    .optional()
    .describe('Opening mid in quote per base; absent: the ratio of the two assets’ prices'),
})
type Spec = z.infer<typeof schema>

const book_shape = { reference: 'f64', anchor: 'f64', used: 'f64', mid: 'f64' } as const
const maker_shape = { party: 'i32', depth: 'f64', half_spread: 'f64', inventory: 'f64' } as const

/** Everything the functions below work on. */
interface Book {
  readonly index: number
  readonly settles: number
  readonly curve: Curve
  readonly permanent: number
  readonly recovery_ms: number
  readonly state: Columns<typeof book_shape>
  readonly makers: Table<typeof maker_shape>
  /** Share of what makers quote that is there. */
  readonly liquidity: Columns<{ share: 'f64' }>
}

const reference = (book: Book) => book.state.reference.data[0] as number
const used = (book: Book) => book.state.used.data[0] as number
const mid = (book: Book) => book.state.mid.data[0] as number

/** Row of a party's quotes, or −1. An empty row has party −1. */
function row_of(book: Book, party: number): number {
  const parties = book.makers.columns.party.data
  for (let row = 0; row < book.makers.length; row++) if (parties[row] === party) return row
  return -1
}

/** Depth that this party can meet, and its mean half spread weighted by depth. */
function offered(book: Book, party: number): { depth: number; half_spread: number } {
  const { party: parties, depth: depths, half_spread: spreads } = book.makers.columns
  let depth = 0
  let weighted = 0
  for (let row = 0; row < book.makers.length; row++) {
    const owner = parties.data[row] as number
    if (owner < 0 || owner === party) continue
    depth += depths.data[row] as number
    weighted += (depths.data[row] as number) * (spreads.data[row] as number)
  }
  return { depth, half_spread: depth > 0 ? Math.min(weighted / depth, 0.999999) : 0 }
}

function nothing(book: Book, order: Order): Fill {
  const price = mid(book)
  return fill_of(book, order.party, 0, 0, price, price, [], 1, book.permanent)
}

function fill_of(
  book: Book,
  party: number,
  base: number,
  quote: number,
  mid_before: number,
  mid_after: number,
  legs: readonly Leg[],
  decay: number,
  permanent: number,
): Fill {
  return { market: book.index, party, base, quote, mid_before, mid_after, legs, fee_quote: 0, decay, permanent }
}

/** The makers' sides of an order, shared by depth; each earns its own half spread; the last takes what rounding left. */
function legs_of(book: Book, order: Order, depth: number, base: number, gross: number, quote: number): Leg[] {
  const { party, depth: depths, half_spread } = book.makers.columns
  const legs: Leg[] = []
  let left_base = -base
  let left_quote = -quote
  let last = -1
  for (let row = 0; row < book.makers.length; row++) {
    const owner = party.data[row] as number
    if (owner >= 0 && owner !== order.party && (depths.data[row] as number) > 0) last = row
  }
  for (let row = 0; row <= last; row++) {
    const owner = party.data[row] as number
    if (owner < 0 || owner === order.party || !((depths.data[row] as number) > 0)) continue
    const share = (depths.data[row] as number) / depth
    const part = row === last ? left_base : -base * share
    const paid = row === last ? left_quote : gross * share * (order.side + (half_spread.data[row] as number))
    legs.push({ party: owner, base: part, quote: paid })
    left_base -= part
    left_quote -= paid
  }
  return legs
}

/** What an order gets, and the state it leaves; nothing is changed. */
function take(book: Book, order: Order): { fill: Fill; after: number } {
  const { side, amount, limit } = order
  assert(amount >= 0 && limit >= 0, `order of ${amount} with limit ${limit} on a book`)
  const { depth: quoted, half_spread } = offered(book, order.party)
  const depth = quoted * (book.liquidity.share.data[0] as number)
  const before = used(book)
  const stay = { fill: nothing(book, order), after: before }
  if (!(depth > 0) || amount === 0) return stay

  const spread = 1 + side * half_spread
  let last = side * book.curve.end
  if (limit > 0) {
    const bound = used_at(book.curve, limit / spread / reference(book))
    last = side > 0 ? Math.min(last, bound) : Math.max(last, bound)
  }
  const room = side * (last - before)
  if (!(room > 0)) return stay

  const unit = reference(book) * depth
  const wanted =
    order.exact === 'base' ? amount / depth : walk(book.curve, before, side, Math.min(amount / (unit * spread), 1e300), room)
  const step = Math.min(wanted, room)
  const whole = wanted < room
  const gross = unit * side * cost(book.curve, before, side * step)
  const base = side * (whole && order.exact === 'base' ? amount : step * depth)
  const quote = -side * (whole && order.exact === 'quote' ? amount : gross * spread)
  if (!(base !== 0 && quote !== 0)) return stay

  const after = whole ? before + side * step : last
  const legs = legs_of(book, order, quoted, base, gross, quote)
  const mid_after = reference(book) * ratio(book.curve, after)
  return { fill: fill_of(book, order.party, base, quote, stay.fill.mid_before, mid_after, legs, 1, book.permanent), after }
}

function commit(book: Book, fill: Fill, after: number): void {
  if (fill.base === 0) return
  book.state.used.set(0, after)
  book.state.mid.set(0, fill.mid_after)
  const inventory: Column = book.makers.columns.inventory
  for (const leg of fill.legs) inventory.add(row_of(book, leg.party), leg.base)
  // A maker who trades on its own book as taker has that much more or less to hand over.
  const own = fill.party >= 0 ? row_of(book, fill.party) : -1
  if (own >= 0) inventory.add(own, fill.base)
}

/** Share of the log displacement at u that is left at u · keep; its limit when there is none. */
function decay_of(book: Book, u: number, keep: number): number {
  const then = log(ratio(book.curve, u))
  if (then === 0) return pow(keep, book.curve.inverse)
  return Math.min(1, Math.max(0, log(ratio(book.curve, u * keep)) / then))
}

function recover(book: Book, dt_ms: number, anchor: number): Fill {
  assert(dt_ms >= 0, `recovery over ${dt_ms} ms`)
  assert(anchor > 0 && anchor < Number.POSITIVE_INFINITY, `anchor ${anchor} of a book`)
  const entirely = dt_ms === Number.POSITIVE_INFINITY
  const mid_before = mid(book)
  const u = used(book)
  const keep = entirely ? 0 : exp(-dt_ms / book.recovery_ms)
  const decay = entirely ? 0 : decay_of(book, u, keep)
  const step = u * (keep - 1)
  const permanent = entirely ? 0 : book.permanent

  let next = anchor
  if (!entirely) {
    const given_back = ratio(book.curve, u) / ratio(book.curve, u * keep)
    next = ((reference(book) * anchor) / (book.state.anchor.data[0] as number)) * pow(given_back, permanent)
  }
  book.state.reference.set(0, next)
  book.state.anchor.set(0, anchor)
  book.state.used.set(0, u * keep)
  book.state.mid.set(0, next * ratio(book.curve, u * keep))

  const price = next * (step === 0 ? ratio(book.curve, u) : cost(book.curve, u, step) / step)
  const { party, inventory } = book.makers.columns
  const legs: Leg[] = []
  let base = 0
  let quote = 0
  for (let row = 0; row < book.makers.length; row++) {
    const part = (inventory.data[row] as number) * (1 - keep)
    if ((party.data[row] as number) < 0 || part === 0) continue
    inventory.set(row, entirely ? 0 : (inventory.data[row] as number) - part)
    legs.push({ party: party.data[row] as number, base: -part, quote: part * price })
    base += part
    quote -= part * price
  }
  const taker = book.settles < 0 ? OUTSIDE : -1
  return fill_of(book, taker, base, quote, mid_before, mid(book), legs, decay, permanent)
}

function make(book: Book, party: number, depth: number, half_spread: number): void {
  assert(party >= 0, `maker ${party} of a book`)
  assert(depth >= 0 && depth < Number.POSITIVE_INFINITY, `depth ${depth} of a maker`)
  assert(half_spread >= 0 && half_spread < 1, `half spread ${half_spread} of a maker`)
  const columns = book.makers.columns
  let row = row_of(book, party)
  if (row < 0) {
    row = row_of(book, -1)
    if (row < 0) row = book.makers.push()
    columns.party.set(row, party)
  }
  columns.depth.set(row, depth)
  columns.half_spread.set(row, half_spread)
}

function cancel(book: Book, party: number): number {
  const row = party < 0 ? -1 : row_of(book, party)
  if (row < 0) return 0
  const columns = book.makers.columns
  columns.party.set(row, -1)
  columns.depth.set(row, 0)
  columns.half_spread.set(row, 0)
  columns.inventory.set(row, 0)
  return 1
}

function violations(id: string, book: Book): string[] {
  const broken: string[] = []
  if (!(reference(book) > 0 && reference(book) < Number.POSITIVE_INFINITY))
    broken.push(`${id}: reference price is ${reference(book)}`)
  if (!(Math.abs(used(book)) <= book.curve.end * (1 + 1e-12))) broken.push(`${id}: ${used(book)} depths are used`)
  const off = mid(book) / (reference(book) * ratio(book.curve, used(book))) - 1
  if (!(Math.abs(off) < 1e-12)) broken.push(`${id}: the mid is ${mid(book)}, off its curve by ${off}`)
  const { party, depth, half_spread, inventory } = book.makers.columns
  for (let row = 0; row < book.makers.length; row++) {
    const owner = party.data[row] as number
    if (owner >= 0 && row_of(book, owner) !== row) broken.push(`${id}: maker ${owner} has two rows`)
    if (!((depth.data[row] as number) >= 0)) broken.push(`${id}: maker ${owner} has depth ${depth.data[row]}`)
    if (!((half_spread.data[row] as number) >= 0)) broken.push(`${id}: maker ${owner} has half spread ${half_spread.data[row]}`)
    if (!(Math.abs(inventory.data[row] as number) < Number.POSITIVE_INFINITY))
      broken.push(`${id}: maker ${owner} holds no number`)
  }
  return broken
}

/** What can be sold before the mid falls by `within`. */
function depth_within(book: Book, within: number): number {
  if (!(within > 0)) return 0
  const depth = offered(book, -1).depth * (book.liquidity.share.data[0] as number)
  const last = used_at(book.curve, ratio(book.curve, used(book)) * (1 - Math.min(within, 1)))
  return depth * Math.max(0, used(book) - last)
}

export const orderBook: Kind<Spec, Market & Thinnable & Lawful> = {
  id: 'order-book',
  title: 'Order book: power-law depth owned by makers, transient and permanent impact, finite resilience',
  source: 'Depth profile: Amberdata, BTC/FDUSD, July–August 2025; a form of propagator model with an exponential kernel',
  schema,
  open(spec, builder) {
    const base = builder.asset(spec.base, 'base')
    const quote_asset = builder.asset(spec.quote, 'quote')
    if (base === quote_asset) throw builder.invalid('quote', spec.quote, 'another asset than base')
    const settles = spec.settles === undefined ? -1 : builder.venue(spec.settles, 'settles')
    const anchor = (builder.assets[base]?.price_usd as number) / (builder.assets[quote_asset]?.price_usd as number)
    const { columns } = builder.store.table(`${spec.id}.book`, book_shape, 1)
    columns.reference.data[0] = spec.start_price ?? anchor
    columns.mid.data[0] = spec.start_price ?? anchor
    columns.anchor.data[0] = anchor
    const liquidity = builder.store.table(`${spec.id}.liquidity`, { share: 'f64' }, 1).columns
    liquidity.share.data[0] = 1
    const book: Book = {
      index: builder.self.index,
      settles,
      curve: curve(spec.alpha, spec.max_displacement),
      permanent: spec.permanent,
      recovery_ms: spec.recovery_ms,
      state: columns,
      makers: builder.store.table(`${spec.id}.makers`, maker_shape),
      liquidity,
    }
    return {
      base,
      quote_asset,
      settles,
      mid: () => book.state.mid.data[0] as number,
      quote: (order) => take(book, order).fill,
      fill(order) {
        const { fill, after } = take(book, order)
        commit(book, fill, after)
        return fill
      },
      recover: (dt_ms, to) => recover(book, dt_ms, to),
      depth: (within) => depth_within(book, within),
      thin: (share) => liquidity.share.set(0, share),
      make: (party, depth, half_spread) => make(book, party, depth, half_spread),
      cancel: (party) => cancel(book, party),
      holdings() {},
      violations: () => violations(spec.id, book),
    }
  },
}
