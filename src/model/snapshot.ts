/** What is known at a moment. Plain objects plus typed-array columns; immutable, versioned, content-hashed over decoded values. */
import { Hasher } from '../math/index.ts'
import { InputError, show } from './errors.ts'
import type { Evidence } from './table.ts'

export const SNAPSHOT_SCHEMA = 'unwind.snapshot/1'

/** Named columns of equal length. */
export type ColumnSet = Readonly<Record<string, Float64Array | Int32Array>>

/** The spec of one component: its kind, its id, and what the kind's schema asks for. */
export interface KindSpec {
  readonly kind: string
  readonly id: string
  readonly [field: string]: unknown
}

/** Where a part comes from and how it is known. */
export interface Provenance {
  /** `venues.aave.accounts`, `markets`, … */
  readonly part: string
  readonly evidence: Evidence
  readonly source: string
}

export interface AssetSpec {
  readonly id: string
  readonly title?: string
  /** USD per unit at the start. */
  readonly price_usd: number
  /** Log-price sensitivity to the shocked asset under `--correlated`. */
  readonly beta: number
  /** Market whose mid is the price in reports; a stable numeraire may have none. */
  readonly reference?: string
  /** Fixed unit of account: never moves. */
  readonly numeraire?: boolean
}

/** Everyone who owns accounts. Actor 0 is `outside` and is not listed. */
export interface Actors {
  /** Number of actors listed. */
  readonly count: number
  /** Names of the first actors; the rest are called `<agent id>/<n>`. */
  readonly names: readonly string[]
  /** Position in `agents`; −1 for an actor who never acts. */
  readonly agent: Int32Array
  /** Opening treasuries: columns actor (position here), asset (position in `assets`), amount. */
  readonly treasury: ColumnSet
}

export interface Snapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA
  readonly id: string
  readonly title: string
  readonly time_ms: number
  readonly provenance: readonly Provenance[]
  readonly assets: readonly AssetSpec[]
  readonly actors: Actors
  readonly markets: readonly KindSpec[]
  readonly oracles: readonly KindSpec[]
  /** A venue's accounts are columns under `accounts`, owner = position in `actors` or −1; further column sets as the kind asks. */
  readonly venues: readonly KindSpec[]
  readonly agents: readonly KindSpec[]
}

/** Hash of any tree of plain values and typed arrays, keys in sorted order; equal trees have equal hashes. */
export function content_hash(value: unknown): string {
  const hasher = new Hasher()
  feed(hasher, value, '')
  return hasher.digest()
}

function feed(hasher: Hasher, value: unknown, path: string): void {
  if (value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array) hasher.column(value)
  else if (typeof value === 'number') {
    if (Number.isNaN(value)) throw new InputError('content', path, value, 'a number')
    hasher.text('n')
    hasher.f64(value)
  } else if (typeof value === 'string') {
    hasher.text('s')
    hasher.text(value)
  } else if (Array.isArray(value)) {
    hasher.text('[')
    hasher.f64(value.length)
    for (let i = 0; i < value.length; i++) feed(hasher, value[i], `${path}[${i}]`)
  } else if (value !== null && typeof value === 'object') {
    hasher.text('{')
    const record = value as Record<string, unknown>
    for (const key of Object.keys(record).sort()) {
      if (record[key] === undefined) continue
      hasher.text(key)
      feed(hasher, record[key], `${path}.${key}`)
    }
    hasher.text('}')
  } else if (value === null || typeof value === 'boolean') hasher.text(String(value))
  else throw new InputError('content', path, value, 'plain data')
}

/** Refuses what is not a snapshot of this schema version, with what it is instead. */
export function check_schema(value: unknown, where: string): void {
  const schema = value !== null && typeof value === 'object' ? (value as { schema?: unknown }).schema : undefined
  if (schema === SNAPSHOT_SCHEMA) return
  if (typeof schema === 'string' && schema.startsWith('unwind.snapshot/')) {
    throw new InputError(where, 'schema', schema, `"${SNAPSHOT_SCHEMA}" (this version reads no other)`)
  }
  throw new InputError(where, 'schema', schema, `"${SNAPSHOT_SCHEMA}"`)
}

/** Position of a name in a list of specs, or an error that shows what there is. */
export function index_of(list: readonly { readonly id: string }[], id: unknown, where: string, field: string): number {
  const index = list.findIndex((item) => item.id === id)
  if (index < 0) throw new InputError(where, field, id, list.length === 0 ? 'nothing here' : `one of ${names(list)}`)
  return index
}

function names(list: readonly { readonly id: string }[]): string {
  const shown = list.slice(0, 24).map((item) => item.id)
  return shown.join(', ') + (list.length > shown.length ? ` … (${list.length})` : '')
}

/** A finite column of the stated length, or an error that names the first bad value. */
export function check_column(
  column: unknown,
  length: number,
  where: string,
  field: string,
  lowest = Number.NEGATIVE_INFINITY,
): void {
  if (!(column instanceof Float64Array || column instanceof Int32Array))
    throw new InputError(where, field, column, 'a column of numbers')
  if (column.length !== length) throw new InputError(where, field, `${column.length} values`, `${length} values`)
  for (let i = 0; i < length; i++) {
    const value = column[i] as number
    if (!(value >= lowest && value < Number.POSITIVE_INFINITY)) {
      throw new InputError(
        where,
        `${field}[${i}]`,
        Number.isNaN(value) ? show(value) : value,
        lowest === Number.NEGATIVE_INFINITY ? 'a finite number' : `a finite number ≥ ${lowest}`,
      )
    }
  }
}
