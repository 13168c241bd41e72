/**
 * The sorted part of a margin book: per group a few generations, each a vector of reference prices and a queue of accounts
 * sorted by how far prices may move from there. A query takes off the head of every queue what the group's worst move has
 * reached. Accounts found safe come back in a newer generation; when there is no room for one, the newest are merged:
 * a headroom h at reference r is at least h ÷ move(r → now) at the prices now, so merging asks no account anything.
 */
import { exp, log } from '../math/elementary.ts'
import type { Store, Table } from '../model/store.ts'
import { type Bound, slot_of } from './bound.ts'
import { Groups, MOST_GENERATIONS } from './groups.ts'
import { floor_bits, KEY_INFINITY, KEY_MARGIN, KEY_ONE, ratio_of } from './keys.ts'
import { References, worst_move } from './references.ts'
import type { RowList } from './rows.ts'
import { sort_pairs } from './sort.ts'

const KEY_MOST = KEY_INFINITY - 1
const LOWER = 1 - KEY_MARGIN

/** What `file` did with an account. */
export const FILED = 0
export const UNBOUNDED = 1
export const IMMOVABLE = 2

/** State of an account whose valid entry is in segment 0. */
const FIRST = 2

/** What a book keeps per account. */
export type AccountRows = Table<{ level: 'f64'; state: 'i32' }>

export class Generations {
  private readonly groups: Groups
  private readonly references: References
  /** Row lists of all queues: a key (`keys.ts`) and the account's row. */
  private readonly entries: Table<{ key: 'i32'; row: 'i32' }>
  /** Entries to fill before the next compaction. */
  private readonly room: Table<{ entries: 'i32' }>
  private readonly prices: Float64Array
  /** Per account `state`: FIRST + 2 · segment of its one valid entry, less if it has none; the lowest bit is the book's. */
  private readonly rows: AccountRows
  // accounts filed since the last `seal`; between queries there are none
  private batch_group = new Int32Array(64)
  private batch_key = new Int32Array(64)
  private batch_row = new Int32Array(64)
  private batch = 0
  private spare_key = new Int32Array(64)
  private spare_row = new Int32Array(64)
  private starts = new Int32Array(64)

  constructor(store: Store, name: string, slots: number, prices: Float64Array, rows: AccountRows) {
    this.groups = new Groups(store, name, slots)
    this.references = new References(this.groups, prices)
    const room = rows.length + (rows.length >> 2)
    this.entries = store.table(`${name}.entries`, { key: 'i32', row: 'i32' }, room)
    this.entries.length = 0
    this.room = store.table(`${name}.room`, { entries: 'i32' }, 1)
    this.room.columns.entries.data[0] = room
    this.prices = prices
    this.rows = rows
  }

  /** Forgets every entry. */
  clear(): void {
    this.entries.length = 0
    this.groups.table.columns.generations.data.fill(0)
  }

  /** Files an account bounded from the prices now. It is in a queue after the next `seal`. */
  file(row: number, bound: Bound): number {
    const prices = this.prices
    let headroom = bound.headroom
    if (bound.shape === 'elastic') {
      if (headroom > 1) headroom = headroom < Infinity ? exp((log(headroom) * LOWER) / bound.elasticity) : Infinity
      if (bound.band < headroom) headroom = bound.band
    }
    headroom *= LOWER
    if (!(headroom > 1)) return UNBOUNDED
    const { collateral, collateral_count, liability, liability_count } = bound
    for (let i = 0; i < collateral_count; i++) {
      const price = prices[slot_of(collateral[i] as number)] as number
      if (!(price > 0 && price < Infinity)) return UNBOUNDED
    }
    for (let i = 0; i < liability_count; i++) {
      const price = prices[slot_of(liability[i] as number)] as number
      if (!(price > 0 && price < Infinity)) return UNBOUNDED
    }
    if (collateral_count + liability_count === 0) return IMMOVABLE
    const key = floor_bits(headroom)
    if (key <= KEY_ONE) return UNBOUNDED
    const i = this.batch
    if (i === this.batch_row.length) this.reserve_batch(i + 1)
    this.batch_group[i] = this.groups.file(bound, prices)
    this.batch_key[i] = key < KEY_MOST ? key : KEY_MOST
    this.batch_row[i] = row
    this.batch = i + 1
    return FILED
  }

  /** Makes room to file `rows` accounts in one go. */
  reserve_batch(rows: number): void {
    if (rows <= this.batch_row.length) return
    const length = Math.max(rows, this.batch_row.length * 2)
    this.batch_group = longer(this.batch_group, length)
    this.batch_key = longer(this.batch_key, length)
    this.batch_row = longer(this.batch_row, length)
    this.reserve_spare(length)
  }

  private reserve_spare(length: number): void {
    if (length <= this.spare_row.length) return
    const next = Math.max(length, this.spare_row.length * 2)
    this.spare_key = longer(this.spare_key, next)
    this.spare_row = longer(this.spare_row, next)
  }

  /**
   * Appends to `out` the accounts that the moves since their references have reached, in no order.
   * @param take remove them from their queues; they must then be filed again or kept elsewhere
   */
  reach(out: RowList, take: boolean): void {
    const heads = this.groups.segments.columns.head.data
    const ends = this.groups.segments.columns.end.data
    const next = this.groups.segments.columns.next.data
    const generations = this.groups.table.columns.generations.data
    const keys = this.entries.columns.key.data
    const state = this.rows.columns.state.data
    const rows = this.entries.columns.row.data
    const { collateral, collaterals, liability, liabilities, references, stride } = this.groups.table.columns
    const prices = this.prices
    const slots = this.groups.slots.columns.slot.data
    const inverse = this.groups.references.columns.inverse.data
    const shares = this.groups.references.columns.share.data
    const groups = this.groups.table.length
    for (let group = 0; group < groups; group++) {
      const first = group * MOST_GENERATIONS
      const last = first + (generations[group] as number)
      const c = collateral.data[group] as number
      const l = (liability.data[group] as number) - c
      const held = collaterals.data[group] as number
      const owed = liabilities.data[group] as number
      const step = stride.data[group] as number
      const elastic = this.groups.is_elastic(group)
      let base = (references.data[group] as number) - step
      for (let segment = first; segment < last; segment++) {
        base += step
        const move = worst_move(prices, slots, inverse, shares, c, held, l, owed, base, elastic)
        if (move < (next[segment] as number)) continue
        const head = heads[segment] as number
        const end = ends[segment] as number
        const reached = floor_bits(move)
        let at = head
        while (at < end && (keys[at] as number) <= reached) at++
        out.reserve(out.length + at - head)
        const found = out.data
        const valid = FIRST + 2 * segment
        let length = out.length
        for (let i = head; i < at; i++) {
          const row = rows[i] as number
          // written in any case: a branch would wait for the memory
          found[length] = row
          length += ((state[row] as number) & -2) === valid ? 1 : 0
        }
        out.length = length
        if (!take) continue
        heads[segment] = at
        next[segment] = at < end ? ratio_of(keys[at] as number) : Infinity
      }
    }
  }

  /** Appends all accounts that are in queues, queue by queue. */
  order(out: RowList): void {
    const { head, end } = this.groups.segments.columns
    const { row } = this.entries.columns
    const state = this.rows.columns.state.data
    for (let group = 0; group < this.groups.table.length; group++) {
      const first = group * MOST_GENERATIONS
      const last = first + (this.groups.table.columns.generations.data[group] as number)
      for (let segment = first; segment < last; segment++) {
        for (let i = head.data[segment] as number; i < (end.data[segment] as number); i++) {
          const account = row.data[i] as number
          if (((state[account] as number) & -2) === FIRST + 2 * segment) out.push(account)
        }
      }
    }
  }

  /** Puts the accounts filed since the last call into queues at the prices now. */
  seal(): void {
    const n = this.batch
    if (n === 0) return
    this.batch = 0
    const group = this.batch_group
    this.groups.groups_of(group, n, this.prices)
    this.sort_by_group(n)
    for (let from = 0; from < n; ) {
      const own = group[from] as number
      let to = from + 1
      while (to < n && group[to] === own) to++
      this.append(own, from, to)
      from = to
    }
  }

  /** Counting sort of the batch by group; stable. */
  private sort_by_group(n: number): void {
    const groups = this.groups.table.length
    if (this.starts.length < groups + 1) this.starts = new Int32Array(2 * groups + 1)
    const starts = this.starts
    const { batch_group, batch_key, batch_row, spare_key, spare_row } = this
    starts.fill(0, 0, groups + 1)
    for (let i = 0; i < n; i++) {
      const g = (batch_group[i] as number) + 1
      starts[g] = (starts[g] as number) + 1
    }
    for (let g = 0; g < groups; g++) starts[g + 1] = (starts[g + 1] as number) + (starts[g] as number)
    for (let i = 0; i < n; i++) {
      const g = batch_group[i] as number
      const at = starts[g] as number
      starts[g] = at + 1
      spare_key[at] = batch_key[i] as number
      spare_row[at] = batch_row[i] as number
    }
    // now starts[g] is the end of group g
    this.batch_key = spare_key
    this.batch_row = spare_row
    this.spare_key = batch_key
    this.spare_row = batch_row
    for (let g = 0, i = 0; g < groups; g++) for (const end = starts[g] as number; i < end; i++) batch_group[i] = g
  }

  /** A new generation of one group from batch[from, to), with the newest ones merged into it if there is no room. */
  private append(group: number, from: number, to: number): void {
    const { generations } = this.groups.table.columns
    const { head, end, next } = this.groups.segments.columns
    const first = group * MOST_GENERATIONS
    let count = generations.data[group] as number
    while (count > 0 && head.data[first + count - 1] === end.data[first + count - 1]) count--
    let total = to - from
    let target = count
    if (count === MOST_GENERATIONS) {
      // grow geometrically, so that an entry is copied a few times in its life
      do {
        target--
        total += (end.data[first + target] as number) - (head.data[first + target] as number)
      } while (target > 0 && (end.data[first + target - 1] as number) - (head.data[first + target - 1] as number) <= 2 * total)
    }
    generations.data[group] = count
    this.make_room(total)
    const start = this.entries.length
    this.entries.length = start + total
    let at = start
    const keys = this.entries.columns.key.data
    const rows = this.entries.columns.row.data
    this.references.begin(group)
    for (let k = target; k < count; k++) at = this.rekey(group, k, at)
    for (let i = from; i < to; i++, at++) {
      keys[at] = this.batch_key[i] as number
      rows[at] = this.batch_row[i] as number
    }
    this.entries.length = at
    this.reserve_spare(at)
    sort_pairs(keys, rows, start, at, this.spare_key, this.spare_row)
    const segment = first + target
    head.data[segment] = start
    end.data[segment] = at
    next.data[segment] = ratio_of(keys[start] as number)
    generations.data[group] = target + 1
    this.references.set(group, target)
    const state = this.rows.columns.state.data
    for (let i = start; i < at; i++) {
      const row = rows[i] as number
      state[row] = (FIRST + 2 * segment) | ((state[row] as number) & 1)
    }
  }

  /** Copies the valid entries of a generation to the end, their keys now relative to the prices now; returns the new end. */
  private rekey(group: number, generation: number, at: number): number {
    const keys = this.entries.columns.key.data
    const rows = this.entries.columns.row.data
    const state = this.rows.columns.state.data
    const segment = group * MOST_GENERATIONS + generation
    // what the move has reached was taken off before: the keys left are above it, so the new ones are above 1, or nearly
    const scale = LOWER / this.references.move(group, generation)
    this.references.merge(group, generation)
    const stop = this.groups.segments.columns.end.data[segment] as number
    for (let i = this.groups.segments.columns.head.data[segment] as number; i < stop; i++) {
      const row = rows[i] as number
      if (((state[row] as number) & -2) !== FIRST + 2 * segment) continue
      keys[at] = floor_bits(ratio_of(keys[i] as number) * scale)
      rows[at++] = row
    }
    return at
  }

  /**
   * Makes room for `more` entries: drops what has been taken off or is no longer valid, and grows if that is not enough. When
   * that happens depends on state alone, never on what the table once grew to: after a reset everything repeats.
   */
  private make_room(more: number): void {
    const { entries } = this
    const room = this.room.columns.entries.data
    if (entries.length + more <= (room[0] as number)) return
    this.compact()
    const live = entries.length
    // an eighth must be free, or compaction would come too often
    const need = live + more + ((live + more) >> 3)
    if (need <= (room[0] as number)) return
    room[0] = need + (need >> 2)
    while (entries.capacity < (room[0] as number)) {
      entries.length = entries.capacity
      entries.push()
    }
    entries.length = live
  }

  /** Moves all queues together, dropping what has been taken off; and what is no longer valid, if there is much of it. */
  private compact(): void {
    const { head, end } = this.groups.segments.columns
    const generations = this.groups.table.columns.generations.data
    let queued = 0
    for (let group = 0; group < this.groups.table.length; group++) {
      const first = group * MOST_GENERATIONS
      for (let segment = first; segment < first + (generations[group] as number); segment++) {
        queued += (end.data[segment] as number) - (head.data[segment] as number)
      }
    }
    this.reserve_spare(queued)
    // an account has at most one valid entry; looking each up is dear
    const purge = queued > this.rows.length + (this.rows.length >> 4)
    let at = 0
    for (let group = 0; group < this.groups.table.length; group++) {
      const first = group * MOST_GENERATIONS
      for (let segment = first; segment < first + (generations[group] as number); segment++)
        at = this.move_out(segment, at, purge)
    }
    const keys = this.entries.columns.key.data
    const rows = this.entries.columns.row.data
    for (let i = 0; i < at; i++) {
      keys[i] = this.spare_key[i] as number
      rows[i] = this.spare_row[i] as number
    }
    this.entries.length = at
  }

  /** Copies a queue to the spare arrays and says where it will be; returns the new end. */
  private move_out(segment: number, at: number, purge: boolean): number {
    const { head, end } = this.groups.segments.columns
    const keys = this.entries.columns.key.data
    const rows = this.entries.columns.row.data
    const state = this.rows.columns.state.data
    const { spare_key, spare_row } = this
    const stop = end.data[segment] as number
    let i = head.data[segment] as number
    head.data[segment] = at
    for (; i < stop; i++) {
      const row = rows[i] as number
      if (purge && ((state[row] as number) & -2) !== FIRST + 2 * segment) continue
      spare_key[at] = keys[i] as number
      spare_row[at++] = row
    }
    end.data[segment] = at
    return at
  }
}

function longer(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(length)
  next.set(array)
  return next
}
