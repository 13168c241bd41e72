/**
 * Where mutable state lives: typed-array columns in tables with a length, a base image to go back to, and a journal that
 * undoes what a refused bundle wrote. Kernels read `column.data` directly; whatever may run inside a bundle writes with `set`.
 */
import { Hasher } from '../math/index.ts'
import { assert } from './errors.ts'

export type Numbers = Float64Array | Int32Array | Uint8Array
export type ColumnType = 'f64' | 'i32' | 'u8'
interface TypeMap {
  f64: Float64Array
  i32: Int32Array
  u8: Uint8Array
}

const make = {
  f64: (n: number) => new Float64Array(n),
  i32: (n: number) => new Int32Array(n),
  u8: (n: number) => new Uint8Array(n),
} as const

/** One growable column. `data` is replaced when the table grows: never keep it across a call that may add rows. */
export class Column<A extends Numbers = Numbers> {
  data: A
  readonly name: string
  readonly type: ColumnType
  private readonly journal: Journal

  constructor(name: string, type: ColumnType, data: A, journal: Journal) {
    this.name = name
    this.type = type
    this.data = data
    this.journal = journal
  }

  /** Writes one value, remembering the old one while a savepoint is open. */
  set(index: number, value: number): void {
    if (this.journal.open > 0) this.journal.remember(this as unknown as Column, index, this.data[index] as number)
    this.data[index] = value
  }

  /** Adds to one value, as `set` does. */
  add(index: number, delta: number): void {
    this.set(index, (this.data[index] as number) + delta)
  }
}

export type F64 = Column<Float64Array>
export type I32 = Column<Int32Array>
export type U8 = Column<Uint8Array>
export type Columns<S extends Record<string, ColumnType>> = { readonly [K in keyof S]: Column<TypeMap[S[K]]> }

/** Rows in columns of equal length. A new row is zero in every column. */
export class Table<S extends Record<string, ColumnType> = Record<string, ColumnType>> {
  readonly name: string
  readonly columns: Columns<S>
  length: number
  private readonly list: Column[]
  private readonly journal: Journal
  private base: Numbers[] = []
  private base_length = 0

  constructor(name: string, shape: S, rows: number, journal: Journal) {
    this.name = name
    this.length = rows
    this.journal = journal
    const columns: Record<string, Column> = {}
    for (const [key, type] of Object.entries(shape))
      columns[key] = new Column(`${name}.${key}`, type, make[type](rows) as Numbers, journal)
    this.columns = columns as unknown as Columns<S>
    this.list = Object.values(columns)
  }

  get capacity(): number {
    return this.list.length === 0 ? 0 : (this.list[0] as Column).data.length
  }

  /** Appends one zeroed row and returns its index. */
  push(): number {
    const row = this.length
    if (row >= this.capacity) this.grow(row < 16 ? 32 : row * 2)
    if (this.journal.open > 0) this.journal.remember_length(this as unknown as Table, row)
    for (const column of this.list) column.data[row] = 0
    this.length = row + 1
    return row
  }

  private grow(capacity: number): void {
    for (const column of this.list) {
      const next = make[column.type](capacity)
      next.set(column.data)
      column.data = next as Numbers
    }
  }

  /** Takes the present content as the base image that `restore` goes back to. */
  keep(): void {
    this.base_length = this.length
    this.base = this.list.map((column) => column.data.slice(0, this.length) as Numbers)
  }

  /** Copies the base image back and restores the length. */
  restore(): void {
    this.length = this.base_length
    for (let i = 0; i < this.list.length; i++) {
      const column = this.list[i] as Column
      column.data.set(this.base[i] as Numbers)
    }
  }

  /** Feeds the live rows to a hash, columns in schema order. */
  hash(hasher: Hasher): void {
    for (const column of this.list) {
      hasher.text(column.name)
      hasher.column(column.data.subarray(0, this.length) as Numbers)
    }
  }
}

/** Undo records of the open savepoints. */
export class Journal {
  open = 0
  private readonly columns: Column[] = []
  private readonly indices: number[] = []
  private readonly values: number[] = []
  private readonly tables: Table[] = []
  private readonly lengths: number[] = []

  remember(column: Column, index: number, value: number): void {
    this.columns.push(column)
    this.indices.push(index)
    this.values.push(value)
  }

  remember_length(table: Table, length: number): void {
    this.tables.push(table)
    this.lengths.push(length)
  }

  /** Opens a savepoint; give the returned marks to `rollback` or `commit`. Savepoints nest. */
  savepoint(): readonly [number, number] {
    this.open++
    return [this.columns.length, this.tables.length]
  }

  /** Undoes everything written since the savepoint, newest first. */
  rollback(mark: readonly [number, number]): void {
    assert(this.open > 0, 'rollback without a savepoint')
    while (this.columns.length > mark[0]) {
      const column = this.columns.pop() as Column
      column.data[this.indices.pop() as number] = this.values.pop() as number
    }
    while (this.tables.length > mark[1]) (this.tables.pop() as Table).length = this.lengths.pop() as number
    this.open--
  }

  /** Keeps what was written since the savepoint. Inside another savepoint the records stay, so that the outer one can undo them. */
  commit(mark: readonly [number, number]): void {
    assert(this.open > 0, 'commit without a savepoint')
    this.open--
    if (this.open === 0) {
      this.columns.length = mark[0]
      this.indices.length = mark[0]
      this.values.length = mark[0]
      this.tables.length = mark[1]
      this.lengths.length = mark[1]
    }
  }
}

/** All mutable state of a world. */
export class Store {
  readonly journal = new Journal()
  private readonly tables: Table[] = []

  /**
   * Allocates a table of zeroed rows.
   * @param name unique, starts with the owner's id (`aave.accounts`): state hashes select by this prefix
   */
  table<S extends Record<string, ColumnType>>(name: string, shape: S, rows = 0): Table<S> {
    assert(!this.tables.some((table) => table.name === name), `table ${name} is allocated twice`)
    const table = new Table(name, shape, rows, this.journal)
    this.tables.push(table as unknown as Table)
    return table
  }

  /** Takes the present state as the base image of `reset`. */
  seal(): void {
    for (const table of this.tables) table.keep()
  }

  /** Back to the base image: contents and lengths. */
  reset(): void {
    assert(this.journal.open === 0, 'reset inside a savepoint')
    for (const table of this.tables) table.restore()
  }

  /** Hash of the live state, of all tables or of those whose name starts with a prefix. */
  hash(prefix = ''): string {
    const hasher = new Hasher()
    for (const table of this.tables) if (table.name.startsWith(prefix)) table.hash(hasher)
    return hasher.digest()
  }

  /** Bytes held live, base image apart. */
  get bytes(): number {
    let sum = 0
    for (const table of this.tables) for (const column of Object.values(table.columns)) sum += (column as Column).data.byteLength
    return sum
  }
}
