/**
 * The margin book: a venue's accounts, and one question about them answered fast: who is below this health now?
 * The answer equals that of a sweep over everyone (`sweep.ts`), row by row; what it costs is the accounts in danger, not those
 * that exist. The index only decides whom to test; the test is always the venue's own `health`.
 */
import type { F64, Journal, Store, Table } from '../model/store.ts'
import { type Accounts, Bound } from './bound.ts'
import { type AccountRows, FILED, Generations, IMMOVABLE } from './generations.ts'
import { RowList } from './rows.ts'
import { sort_rows } from './sort.ts'

/** States of a row; above 0: its entry in the index (`Generations`). Hot rows are tested by every scan. */
const IDLE = 0
const HOT = -2
const TOUCHED = -4
/** Lowest bit of a state: the level is not 1. It saves a look at the level, far away in memory, of most rows. */
const LEVELLED = 1

/** Rows settled together. */
const CHUNK = 1024

export class MarginBook {
  /** Price of each slot now, written by the venue (`prices.data[slot] = …`, or `set` where it may be rolled back). */
  readonly prices: F64
  /** Slot whose price is always 1: a side of an account that has a constant part, or a ratio to be clipped at 1. */
  readonly cash: number
  /** Per row: the health below which it is reported; 1 unless set by `set_level`. To be read, not written. */
  readonly level: F64
  private readonly accounts: Accounts
  private readonly journal: Journal
  private readonly rows: AccountRows
  private readonly touched: Table<{ row: 'i32' }>
  private readonly hot: Table<{ row: 'i32' }>
  private readonly all: Table<{ touched: 'u8' }>
  private readonly index: Generations
  private readonly bound = new Bound()
  private readonly candidates = new RowList()
  private spare = new Int32Array(64)
  private readonly healths = new Float64Array(CHUNK)

  /**
   * @param store where all state lives; its `reset` restores the book, index included
   * @param name of the book's tables: starts with the venue's id
   * @param slots prices the accounts depend on: slot numbers are 0 … slots − 1
   * @param rows accounts there are at first; all are tested by the first scan
   */
  constructor(store: Store, name: string, slots: number, rows: number, accounts: Accounts) {
    const prices = store.table(`${name}.prices`, { price: 'f64' }, slots + 1)
    this.prices = prices.columns.price
    this.prices.data.fill(1)
    this.cash = slots
    this.accounts = accounts
    this.journal = store.journal
    this.rows = store.table(`${name}.rows`, { level: 'f64', state: 'i32' }, rows)
    this.level = this.rows.columns.level
    this.level.data.fill(1)
    this.touched = store.table(`${name}.touched`, { row: 'i32' })
    this.hot = store.table(`${name}.hot`, { row: 'i32' })
    this.all = store.table(`${name}.all`, { touched: 'u8' }, 1)
    this.all.columns.touched.data[0] = 1
    this.index = new Generations(store, name, slots + 1, this.prices.data, this.rows)
  }

  /** Rows there are. */
  get length(): number {
    return this.rows.length
  }

  /** Appends a row, level 1; the venue must have appended its own. */
  add(): number {
    const row = this.rows.push()
    this.level.data[row] = 1
    this.touch(row)
    return row
  }

  /**
   * To be called when anything but a slot price has changed for a row: holdings, debts, weights, level. Rows from `length` on
   * are new. The row is keyed again by the next scan. Undone with the bundle that did it.
   */
  touch(row: number): void {
    while (row >= this.rows.length) this.add()
    const { state } = this.rows.columns
    const now = state.data[row] as number
    if ((now & -2) === TOUCHED) return
    state.set(row, TOUCHED | (now & LEVELLED))
    const at = this.touched.push()
    this.touched.columns.row.data[at] = row
  }

  /** As `touch`, for every row: a weight or threshold of the venue has changed. */
  touch_all(): void {
    this.all.columns.touched.set(0, 1)
  }

  /** The row has nothing left that could breach (health +Infinity) until it is touched. Cheaper than `touch`. */
  remove(row: number): void {
    const { state } = this.rows.columns
    const idle = IDLE | ((state.data[row] as number) & LEVELLED)
    if (this.journal.open > 0) state.set(row, idle)
    else state.data[row] = idle
  }

  /** `remove` of many rows. */
  remove_all(rows: RowList): void {
    const state = this.rows.columns.state.data
    const { data, length } = rows
    if (this.journal.open > 0) for (let i = 0; i < length; i++) this.remove(data[i] as number)
    else for (let i = 0; i < length; i++) state[data[i] as number] = (state[data[i] as number] as number) & LEVELLED
  }

  /** Sets the health below which a row is reported: its margin-call level first, 1 after the call. */
  set_level(row: number, level: number): void {
    if (this.level.data[row] === level) return
    this.level.set(row, level)
    const { state } = this.rows.columns
    state.set(row, ((state.data[row] as number) & -2) | (level === 1 ? 0 : LEVELLED))
    this.touch(row)
  }

  /**
   * Rows with health below their level at the prices now, ascending, into `out`; the same rows as `sweep` finds.
   * A row is reported by every scan until it is healthy again.
   * @returns how many
   */
  scan(out: RowList): number {
    out.clear()
    // inside a bundle, which may be undone, the index must stay as it is
    if (this.journal.open > 0) return this.peek(out)
    if (this.all.columns.touched.data[0] === 1) this.settle_all(out)
    else {
      this.collect(true)
      this.settle(out)
    }
    this.index.seal()
    return out.length
  }

  /**
   * All rows in the order of the index: group by group, the nearest to danger first; then those it does not hold, ascending.
   * Accounts laid out in this order are neighbours in memory when they are reached together, and a tick costs about half.
   * @returns how many: `length`
   */
  order(out: RowList): number {
    out.clear()
    this.index.order(out)
    const state = this.rows.columns.state.data
    for (let row = 0; row < this.rows.length; row++) if ((state[row] as number) <= LEVELLED) out.push(row)
    return out.length
  }

  /** Gathers whom to test, ascending: the hot, the touched, and those the prices have reached. */
  private collect(take: boolean): void {
    const { candidates, hot, touched } = this
    const state = this.rows.columns.state.data
    candidates.clear()
    this.index.reach(candidates, take)
    candidates.reserve(candidates.length + hot.length + touched.length)
    const found = candidates.data
    let length = candidates.length
    const warm = hot.columns.row.data
    for (let i = 0; i < hot.length; i++) {
      const row = warm[i] as number
      found[length] = row
      length += ((state[row] as number) & -2) === HOT ? 1 : 0
    }
    const changed = touched.columns.row.data
    for (let i = 0; i < touched.length; i++) {
      const row = changed[i] as number
      found[length] = row
      length += ((state[row] as number) & -2) === TOUCHED ? 1 : 0
    }
    candidates.length = length
    const changes = touched.length
    if (take) {
      hot.length = 0
      touched.length = 0
    }
    if (this.spare.length < candidates.length) this.spare = new Int32Array(candidates.data.length)
    sort_rows(candidates.data, candidates.length, this.rows.length, this.spare)
    // a row that was removed in between may have been touched twice
    if (changes > 1) candidates.length = without_repeats(candidates.data, candidates.length)
  }

  /** Tests the candidates and files the safe ones again. */
  private settle(out: RowList): void {
    for (let from = 0; from < this.candidates.length; from += CHUNK) {
      this.settle_chunk(from, Math.min(from + CHUNK, this.candidates.length), out)
    }
    this.keep_hot(out)
  }

  /** The reported stay hot, and are before those of which nothing is known. */
  private keep_hot(out: RowList): void {
    const { hot } = this
    const more = hot.length
    while (hot.capacity < more + out.length) {
      hot.length = hot.capacity
      hot.push()
    }
    const rows = hot.columns.row.data
    for (let i = 0; i < out.length; i++) rows[more + i] = out.data[i] as number
    hot.length = more + out.length
  }

  /** One pass for each step, so that the memory accesses of many rows overlap; few rows, so that they are still at hand. */
  private settle_chunk(from: number, to: number, out: RowList): void {
    const { accounts, healths } = this
    const { strict } = accounts
    const prices = this.prices.data
    const level = this.level.data
    const state = this.rows.columns.state.data
    const rows = this.candidates.data
    if (accounts.healths === undefined) test(accounts, rows, from, to, prices, healths)
    else accounts.healths(rows, from, to, prices, healths)
    out.reserve(out.length + to - from)
    const found = out.data
    let below = out.length
    let safe = from
    for (let i = from; i < to; i++) {
      const row = rows[i] as number
      const health = healths[i - from] as number
      const levelled = (state[row] as number) & LEVELLED
      const limit = levelled === 0 ? 1 : (level[row] as number)
      if (strict ? health < limit : health <= limit) {
        state[row] = HOT | levelled
        found[below++] = row
      } else rows[safe++] = row
    }
    out.length = below
    for (let i = from; i < safe; i++) {
      const row = rows[i] as number
      const levelled = (state[row] as number) & LEVELLED
      const now = this.file(row, levelled === 0 ? 1 : (level[row] as number), prices)
      state[row] = now | levelled
      if (now === HOT) this.add_hot(row)
    }
  }

  /** Tests or files everyone: the first scan, and after `touch_all`. */
  private settle_all(out: RowList): void {
    const { accounts } = this
    const { strict } = accounts
    const prices = this.prices.data
    const level = this.level.data
    const state = this.rows.columns.state.data
    const length = this.rows.length
    this.index.clear()
    this.index.reserve_batch(length)
    this.touched.length = 0
    this.hot.length = 0
    this.all.columns.touched.data[0] = 0
    for (let row = 0; row < length; row++) {
      const limit = level[row] as number
      const now = this.file(row, limit, prices)
      state[row] = now | (limit === 1 ? 0 : LEVELLED)
      if (now === IDLE) continue
      const health = accounts.health(row, prices)
      if (strict ? health < limit : health <= limit) out.push(row)
      this.add_hot(row)
    }
  }

  private add_hot(row: number): void {
    const at = this.hot.push()
    this.hot.columns.row.data[at] = row
  }

  /** Bounds a row and files it; returns its state: idle (filed, or in no danger) or hot. */
  private file(row: number, level: number, prices: Float64Array): number {
    const { bound } = this
    bound.clear()
    this.accounts.bound(row, prices, level, bound)
    if (bound.shape === 'none') return IDLE
    if (bound.shape === 'watched') return HOT
    const done = this.index.file(row, bound)
    return done === FILED || done === IMMOVABLE ? IDLE : HOT
  }

  /** As `scan`, leaving everything as it is. */
  private peek(out: RowList): number {
    const { accounts } = this
    const { strict } = accounts
    const prices = this.prices.data
    const level = this.level.data
    const everyone = this.all.columns.touched.data[0] === 1
    if (!everyone) this.collect(false)
    const length = everyone ? this.rows.length : this.candidates.length
    for (let i = 0; i < length; i++) {
      const row = everyone ? i : (this.candidates.data[i] as number)
      const health = accounts.health(row, prices)
      const limit = level[row] as number
      if (strict ? health < limit : health <= limit) out.push(row)
    }
    return out.length
  }
}

/** A function of its own, so that a venue's `health` is inlined into a loop of nothing else. */
function test(accounts: Accounts, rows: Int32Array, from: number, to: number, prices: Float64Array, healths: Float64Array): void {
  for (let i = from; i < to; i++) healths[i - from] = accounts.health(rows[i] as number, prices)
}

/** Drops repeats from ascending rows; returns how many are left. */
function without_repeats(rows: Int32Array, length: number): number {
  let kept = Math.min(1, length)
  for (let i = 1; i < length; i++) if (rows[i] !== rows[i - 1]) rows[kept++] = rows[i] as number
  return kept
}
