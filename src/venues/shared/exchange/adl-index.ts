/**
 * Deleveraging queues without scoring everybody in every round. While prices stay in a box each position's score has a bound; positions
 * are filed by it, and a round scores the highest first, until nobody left could come before the head. The index decides only whom to
 * score: scores and order are those of `adl.ts`. It knows ranks that are 0 without profit, by the queue.
 *
 * It is a cache: whoever changed is filed again (`Changes`), and `ranked` in the desk's table says that no reset has come between.
 */
import { maintenance, type Tiers } from '../../../margin/index.ts'
import { type Box, empty_box, jump_of, rebox, share_bound } from './box.ts'
import type { Contract } from './contract.ts'
import { lots_of } from './fund.ts'
import { FUND, Holders, PROFIT } from './holders.ts'
import { Layers } from './layers.ts'
import { cash_of, type Exchange, find_position, is_pooled } from './state.ts'

/** Positions listed at first. */
const LISTED = 4096
/** Bounds are raised by this part. */
const CARE = 1 + 1e-9

/** Adds one position of a row, scored, to the holders. */
export type Score = (x: Exchange, into: Holders, at: number, row: number) => void

export class AdlIndex {
  readonly far: Box
  readonly near: Box
  readonly jump: Float64Array
  private readonly last: Float64Array
  private readonly queues = new Map<number, IndexedQueue>()

  constructor(tiers: readonly Tiers[]) {
    this.far = { low: new Float64Array(tiers.length), high: new Float64Array(tiers.length) }
    this.near = { low: new Float64Array(tiers.length), high: new Float64Array(tiers.length) }
    empty_box(this.far)
    this.last = new Float64Array(tiers.length)
    // slabs only rise
    this.jump = Float64Array.from(tiers, (one) => (one.marginal ? jump_of(one) : 0))
  }

  /** A new round: what has changed is filed again, or everything forgotten. */
  begin(x: Exchange): void {
    const { ranked } = x.desk.columns
    const { changes } = x
    const prices = x.book.prices.data
    const stale = ranked.data[0] !== 1
    if (stale) this.last.fill(0)
    if (stale) empty_box(this.far)
    ranked.data[0] = 1
    const moved = rebox(this.far, this.near, this.last, prices)
    for (let c = 0; c < this.last.length; c++) this.last[c] = prices[c] as number
    for (const queue of this.queues.values()) {
      if (moved < 2) queue.refile(x)
      if (moved > 0) queue.forget(moved === 2)
    }
    changes.clear()
  }

  /** Holders on the other side of a position of this side. */
  queue(x: Exchange, contract: number, side: 1 | -1, score: Score): IndexedQueue {
    const key = 2 * contract + (side === 1 ? 1 : 0)
    let found = this.queues.get(key)
    if (found === undefined) {
      found = new IndexedQueue(x, this, contract, side, score)
      this.queues.set(key, found)
    }
    return found
  }
}

/** A bound on the score of a position in the box, 0 where it can have no profit. */
function bound_of(x: Exchange, { low, high }: Box, jump: Float64Array, at: number, row: number): number {
  const { contract, quantity, entry, next } = x.positions.columns
  const held = quantity.data[at] as number
  const opened = entry.data[at] as number
  const c = contract.data[at] as number
  const best = held * ((held > 0 ? (high[c] as number) : (low[c] as number)) - opened)
  if (!(best > 0)) return 0
  // coins that are pooled have prices of their own
  if (is_pooled(x, row)) return Number.POSITIVE_INFINITY
  let wallet = cash_of(x, row)
  let rest = wallet + held * opened
  let required = 0
  for (let p = row; p >= 0; p = next.data[p] as number) {
    const q = quantity.data[p] as number
    if (q === 0) continue
    const k = contract.data[p] as number
    wallet += q * (entry.data[p] as number)
    required += maintenance(x.tiers[k] as Tiers, Math.abs(q) * (high[k] as number)) + (jump[k] as number)
    if (p !== at) rest += q * (q > 0 ? (low[k] as number) : (high[k] as number))
  }
  const least = held * ((held > 0 ? (low[c] as number) : (high[c] as number)) - opened)
  const weight = x.rules.adl.rank === 'profit_margin' ? required / Math.max(1, wallet) : (high[c] as number) / opened
  return share_bound(best, least, rest) * weight * CARE
}

/** Holders of one side of one contract. */
export class IndexedQueue extends Layers {
  private readonly x: Exchange
  private readonly index: AdlIndex
  private readonly contract: number
  private readonly side: 1 | -1
  private readonly score: Score
  private whole = false
  readonly holders = new Holders()

  constructor(x: Exchange, index: AdlIndex, contract: number, side: 1 | -1, score: Score) {
    super()
    this.x = x
    this.index = index
    this.contract = contract
    this.side = side
    this.score = score
  }

  refile(x: Exchange): void {
    const { next } = x.positions.columns
    const { rows, count } = x.changes
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (row >= x.outside) continue
      for (let at = row; at >= 0; at = next.data[at] as number) this.changed(at)
    }
  }

  protected holds(at: number): boolean {
    const { contract, quantity, account } = this.x.positions.columns
    return (
      contract.data[at] === this.contract &&
      (quantity.data[at] as number) * this.side < 0 &&
      (account.data[at] as number) < this.x.outside
    )
  }

  private bound(at: number, box: Box): number {
    const { x } = this
    return this.holds(at) ? bound_of(x, box, this.index.jump, at, x.positions.columns.account.data[at] as number) : 0
  }

  protected far_bound(at: number): number {
    return this.bound(at, this.index.far)
  }

  protected near_bound(at: number): number {
    return this.bound(at, this.index.near)
  }

  /** Opens the round: `outside`, and those who are looked at always. */
  open(x: Exchange): void {
    const { holders } = this
    this.begin(x.positions.length, LISTED)
    holders.clear()
    const at = find_position(x, x.outside, this.contract)
    if (at >= 0 && (x.positions.columns.quantity.data[at] as number) * this.side < 0) {
      this.score(x, holders, at, x.outside)
      holders.insert()
    }
    this.whole = false
    for (const one of this.fresh_items()) this.offer(x, one)
  }

  /** Scores a position; who is not in profit waits for `rest`. */
  private offer(x: Exchange, at: number): void {
    const { holders } = this
    this.score(x, holders, at, x.positions.columns.account.data[at] as number)
    if (holders.group[holders.count - 1] === PROFIT) holders.insert()
    else holders.count--
  }

  /** Scores until nobody who is left could come before the head; the head, −1 when nobody is left. */
  head(x: Exchange): number {
    const { holders } = this
    while (this.next(holders.best()))
      for (let place = this.first, { end } = this; place < end; place++)
        if (this.is_at(place)) this.offer(x, this.items[place] as number)
    const head = holders.head()
    if (head >= 0 || this.whole) return head
    this.rest(x)
    return holders.head()
  }

  /** Those who are not in profit, the fund's lots, and scopes that are being liquidated. */
  private rest(x: Exchange): void {
    const { holders, contract, side } = this
    this.whole = true
    for (let at = 0; at < x.positions.length; at++) {
      if (!this.holds(at)) continue
      this.score(x, holders, at, x.positions.columns.account.data[at] as number)
      if (holders.group[holders.count - 1] === PROFIT) holders.count--
      else holders.insert()
    }
    const lots = lots_of(x, contract, side === 1 ? -1 : 1)
    if (lots === 0) return
    holders.add(x.fund + (x.contracts[contract] as Contract).fund, FUND, lots, 0, 0, 0, 0)
    holders.insert()
  }
}

/** Do these rules rank as the index knows? */
export function is_indexed(x: Exchange): boolean {
  const { rank, allocate, overlap, same_owner_first, winners_first } = x.rules.adl
  const ranks = rank === 'profit_margin' || rank === 'profit_leverage'
  return (
    ranks &&
    allocate === 'queue' &&
    !overlap &&
    !same_owner_first &&
    winners_first &&
    x.curves.every((curve) => curve === undefined)
  )
}
