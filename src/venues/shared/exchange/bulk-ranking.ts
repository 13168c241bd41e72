/**
 * The head of a deleveraging queue without ranking everybody (`layers.ts`).
 * The order is the machine's: in profit by score, size, row; then outside; then the rest.
 */
import type { Tiers } from '../../../margin/index.ts'
import { share_bound } from './box.ts'
import { type Bulk, type BulkBox, FUND_ROW, OUTSIDE_ROW, quantity_at, required } from './bulk-state.ts'
import { FUND, Holders, LIQUIDATED, NO_PROFIT, OUTSIDE, PROFIT } from './holders.ts'
import { Layers } from './layers.ts'

/** Rows listed at first where the spec does not say. */
const LISTED = 4096
/** Bounds are raised by this part. */
const CARE = 1 + 1e-9

/**
 * Priority of a position at the marks now, the machine's `adl_score`; 0 without profit or equity.
 * @param first where the holder's cells begin
 */
function score_at(b: Bulk, cells: Float64Array, first: number, c: number): number {
  const { contracts, price, tiers } = b
  const held = cells[first + 1 + 2 * c] as number
  const opened = cells[first + 2 + 2 * c] as number
  const profit = held * ((price[c] as number) - opened)
  if (!(profit > 0)) return 0
  let wallet = cells[first] as number
  let balance = wallet
  let needed = 0
  for (let k = 0, at = first + 1; k < contracts; k++, at += 2) {
    const q = cells[at] as number
    if (q === 0) continue
    wallet += q * (cells[at + 1] as number)
    balance += q * (price[k] as number)
    needed += required(tiers[k] as Tiers, Math.abs(q) * (price[k] as number))
  }
  if (!(balance > 0)) return 0
  if (b.rank === 'profit_margin') return (profit / Math.max(1, wallet)) * (needed / balance)
  const size = Math.abs(held)
  return (profit / (size * opened)) * ((size * (price[c] as number)) / balance)
}

/**
 * A bound on the score of a position over the box; 0 where it has no profit there.
 * @param first where the holder's cells begin
 */
function bound_of(b: Bulk, { low, high }: BulkBox, cells: Float64Array, first: number, c: number): number {
  const { contracts, tiers, jump } = b
  const held = cells[first + 1 + 2 * c] as number
  const opened = cells[first + 2 + 2 * c] as number
  const best = held * ((held > 0 ? (high[c] as number) : (low[c] as number)) - opened)
  if (!(best > 0)) return 0
  let wallet = cells[first] as number
  let rest = wallet + held * opened
  let needed = 0
  for (let k = 0, at = first + 1; k < contracts; k++, at += 2) {
    const q = cells[at] as number
    if (q === 0) continue
    wallet += q * (cells[at + 1] as number)
    needed += required(tiers[k] as Tiers, Math.abs(q) * (high[k] as number)) + (jump[k] as number)
    if (k !== c) rest += q * (q > 0 ? (low[k] as number) : (high[k] as number))
  }
  const least = held * ((held > 0 ? (low[c] as number) : (high[c] as number)) - opened)
  const weight = b.rank === 'profit_margin' ? needed / Math.max(1, wallet) : (high[c] as number) / opened
  return share_bound(best, least, rest) * weight * CARE
}

/** A part of a holder's position that is taken. */
export interface BulkPart {
  readonly row: number
  readonly amount: number
}

/** Holders of one side of one contract. */
class Queue extends Layers {
  private readonly b: Bulk
  private readonly c: number
  /** Sign of the holders' quantities. */
  private readonly sign: 1 | -1
  /** Cells of those whom the wide box lists, and the narrow one, in their orders. */
  private far_cells: Float64Array = new Float64Array(0)
  private near_cells: Float64Array = new Float64Array(0)
  /** Of this round: holders scored so far, and whether those without profit are among them. */
  private readonly heap = new Holders()
  private open = false
  private whole = false

  constructor(b: Bulk, c: number, sign: 1 | -1) {
    super()
    this.b = b
    this.c = c
    this.sign = sign
  }

  override forget(both: boolean): void {
    super.forget(both)
    this.open = false
  }

  /** A new round: what was taken in the last is booked. */
  close(): void {
    this.open = false
  }

  protected holds(row: number): boolean {
    return quantity_at(this.b, row, this.c) * this.sign > 0
  }

  protected far_bound(row: number): number {
    const { b, c } = this
    return this.holds(row) ? bound_of(b, b.far, b.cells, row * b.stride, c) : 0
  }

  protected near_bound(row: number, at: number): number {
    const { b, c } = this
    if (at >= 0) return bound_of(b, b.near, this.far_cells, at * b.stride, c)
    return this.holds(row) ? bound_of(b, b.near, b.cells, row * b.stride, c) : 0
  }

  protected override listed_far(): void {
    this.far_cells = this.copied(this.far.listed, this.far.count, this.far_cells)
  }

  protected override listed_near(count: number): void {
    this.near_cells = this.copied(this.items, count, this.near_cells)
  }

  private copied(rows: Int32Array, count: number, before: Float64Array): Float64Array {
    const { cells, stride } = this.b
    const into = before.length < count * stride ? new Float64Array(2 * count * stride) : before
    for (let at = 0; at < count; at++)
      for (let i = 0, from = (rows[at] as number) * stride; i < stride; i++) into[at * stride + i] = cells[from + i] as number
    return into
  }

  private open_round(): void {
    const { b, heap } = this
    const everybody = b.spec.exhaustive === true
    if (!everybody) this.begin(b.rows, b.spec.listed ?? LISTED)
    this.open = true
    this.whole = false
    heap.clear()
    const others = (b.outside[this.c] as number) * this.sign
    if (others > 0) heap.rank_in(OUTSIDE_ROW, OUTSIDE, 0, others)
    if (everybody) for (let row = 0; row < b.rows; row++) this.offer(row)
    else for (const row of this.fresh_items()) this.offer(row)
  }

  private offer(row: number): void {
    this.offer_at(row, this.b.cells, row * this.b.stride)
  }

  /** Scores a row; who is in profit enters the heap. */
  private offer_at(row: number, cells: Float64Array, first: number): void {
    const { b, c } = this
    const q = cells[first + 1 + 2 * c] as number
    if (!(q * this.sign > 0) || b.running[row] === 1) return
    b.totals.scores++
    const score = score_at(b, cells, first, c)
    if (score > 0) this.heap.rank_in(row, PROFIT, score, Math.abs(q))
  }

  /** Scores buckets until nobody who is left could come before the head. */
  private explore(): void {
    const { heap } = this
    const { stride } = this.b
    if (this.b.spec.exhaustive === true) return
    while (this.next(heap.best()))
      for (let at = this.first, { end } = this; at < end; at++)
        if (this.is_at(at)) this.offer_at(this.items[at] as number, this.near_cells, at * stride)
  }

  /** Those without profit, the fund's lots, scopes that are being liquidated. */
  private offer_rest(): void {
    const { b, c, heap, sign } = this
    this.whole = true
    for (let row = 0; row < b.rows; row++) {
      const q = quantity_at(b, row, c)
      if (!(q * sign > 0)) continue
      b.totals.scores++
      const score = score_at(b, b.cells, row * b.stride, c)
      if (b.running[row] === 1) heap.rank_in(row, LIQUIDATED, score, Math.abs(q))
      else if (!(score > 0)) heap.rank_in(row, NO_PROFIT, 0, Math.abs(q))
    }
    let lots = 0
    for (const lot of b.fund.lots) if (lot.contract === c && lot.quantity * sign > 0) lots += Math.abs(lot.quantity)
    if (lots > 0) heap.rank_in(FUND_ROW, FUND, 0, lots)
  }

  take(amount: number, parts: BulkPart[]): void {
    if (!this.open) this.open_round()
    const { heap } = this
    let left = amount
    while (left > 0) {
      this.explore()
      if (heap.head() < 0 && !this.whole) this.offer_rest()
      const head = heap.head()
      if (head < 0) break
      const there = heap.left[head] as number
      const part = Math.min(left, there)
      parts.push({ row: heap.row[head] as number, amount: part })
      heap.left[head] = there - part
      left -= part
    }
    // units sum to zero to rounding only
    if (left > 0) parts.push({ row: OUTSIDE_ROW, amount: left })
  }
}

export class BulkRanking {
  private readonly b: Bulk
  private readonly queues: Queue[] = []

  constructor(b: Bulk) {
    this.b = b
    for (let c = 0; c < b.contracts; c++) this.queues.push(new Queue(b, c, -1), new Queue(b, c, 1))
  }

  /** Matches units of a position of this sign against holders of the other; the parts sum to it. */
  take(c: number, quantity: number): BulkPart[] {
    const parts: BulkPart[] = []
    ;(this.queues[2 * c + (quantity > 0 ? 0 : 1)] as Queue).take(Math.abs(quantity), parts)
    return parts
  }

  new_round(): void {
    for (const queue of this.queues) queue.close()
  }

  /** There is a new narrow box, or are two new boxes. */
  new_box(both: boolean): void {
    for (const queue of this.queues) queue.forget(both)
  }

  changed(row: number): void {
    if (this.b.spec.exhaustive !== true) for (const queue of this.queues) queue.changed(row)
  }
}
