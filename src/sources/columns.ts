/**
 * Columns of numbers in documents. A column set stands in a document as lists of numbers, or as a reference to a table in a
 * file beside it: `{"file": "accounts.parquet"}`. Which columns are whole numbers follows from what they are (`INTEGERS`);
 * the few that differ say so: `{"i32": […]}`, or `"i32": ["name"]` in a reference.
 */
import { realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type ColumnSet, InputError } from '../model/index.ts'
import { readTable } from './files.ts'
import { readable } from './read.ts'

/** Columns that hold positions in lists, or switches: 32-bit integers. All others are doubles. */
export const INTEGERS: ReadonlySet<string> = new Set([
  'account',
  'actor',
  'agent',
  'as_collateral',
  'asset',
  'coin',
  'contract',
  'emode',
  'ilk',
  'isolated',
  'mode',
  'owner',
  'reserve',
])

type Column = Float64Array | Int32Array
type Plain = Readonly<Record<string, unknown>>

/** Deepest nesting of a document. */
const MAX_DEPTH = 32

export const is_column = (value: unknown): value is Column => value instanceof Float64Array || value instanceof Int32Array
export const is_plain = (value: unknown): value is Plain =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value)

/** A list of finite numbers as a column; whole ones of 32 bits where the kind of column is such. */
export function column_of(list: ArrayLike<unknown>, integer: boolean, where: string, field: string): Column {
  const out = integer ? new Int32Array(list.length) : new Float64Array(list.length)
  for (let i = 0; i < list.length; i++) {
    const value = list[i]
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new InputError(where, `${field}[${i}]`, value, 'a finite number')
    if (integer && (value | 0) !== value) throw new InputError(where, `${field}[${i}]`, value, 'a whole number of 32 bits')
    out[i] = value
  }
  return out
}

/** Turns `{"f64": […]}` and `{"i32": […]}` into columns, wherever they stand. */
export function decode_typed(value: unknown, where: string, field: string, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new InputError(where, field, 'deeper nesting', `at most ${MAX_DEPTH} levels`)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new InputError(where, field, value, 'a finite number')
  if (Array.isArray(value)) {
    if (value.every((item) => Number.isFinite(item))) return value
    return value.map((item, i) => decode_typed(item, where, `${field}[${i}]`, depth + 1))
  }
  if (!is_plain(value)) return value
  const keys = Object.keys(value)
  const [key] = keys
  if (keys.length === 1 && (key === 'f64' || key === 'i32') && Array.isArray(value[key]))
    return column_of(value[key], key === 'i32', where, field)
  if (keys.includes('__proto__')) throw new InputError(where, field, '__proto__', 'another name')
  return Object.fromEntries(
    keys.map((name) => [name, decode_typed(value[name], where, field === '' ? name : `${field}.${name}`, depth + 1)]),
  )
}

/** Names that mean a column set in every kind of venue. */
const SETS: ReadonlySet<string> = new Set(['accounts', 'positions', 'treasury'])

function is_set(name: string, value: Plain): boolean {
  const columns = Object.values(value)
  if (columns.length === 0 || !columns.every((column) => Array.isArray(column) || is_column(column))) return false
  return (
    SETS.has(name) ||
    columns.every((column) => is_column(column) || (column as unknown[]).every((item) => typeof item === 'number'))
  )
}

function same_length(set: Readonly<Record<string, Column>>, where: string, field: string): void {
  const [first, ...rest] = Object.entries(set)
  for (const [name, column] of rest)
    if (column.length !== first?.[1].length)
      throw new InputError(
        where,
        `${field}.${name}`,
        `${column.length} values`,
        `${first?.[1].length} values, as ${first?.[0]} has`,
      )
}

/** What a field of a document means as columns: the set it states or refers to, or the field itself when it is no column set. */
export async function decode_set(name: string, value: unknown, where: string, field: string, folder: string): Promise<unknown> {
  if (!is_plain(value)) return value
  if (typeof value['file'] === 'string' && Object.keys(value).every((key) => ['file', 'i32', 'f64'].includes(key)))
    return referred(value, where, field, folder)
  if (!is_set(name, value)) return value
  const set = Object.fromEntries(
    Object.entries(value).map(([column, list]) => [
      column,
      is_column(list) ? list : column_of(list as unknown[], INTEGERS.has(column), where, `${field}.${column}`),
    ]),
  )
  same_length(set, where, field)
  return set
}

async function referred(value: Plain, where: string, field: string, folder: string): Promise<ColumnSet> {
  const path = await inside(value['file'] as string, where, `${field}.file`, folder)
  const sheet = await readTable(path)
  const listed = (key: string): string[] => {
    const names = value[key] ?? []
    if (!Array.isArray(names)) throw new InputError(where, `${field}.${key}`, names, 'a list of names of columns')
    return names.map((item) => {
      if (!sheet.names.includes(item as string))
        throw new InputError(where, `${field}.${key}`, item, `one of ${sheet.names.join(', ')}`)
      return item as string
    })
  }
  const [i32, f64] = [listed('i32'), listed('f64')]
  return Object.fromEntries(
    sheet.names.map((name) => {
      const integer = i32.includes(name) || (INTEGERS.has(name) && !f64.includes(name))
      return [name, column_of(sheet.finite(name), integer, path, name)]
    }),
  )
}

/** The path of a file that a document names: relative, and in the document's own folder or below it, links followed. */
export async function inside(name: string, where: string, field: string, folder: string): Promise<string> {
  const parts = name.split('/')
  const plain = name !== '' && !name.startsWith('/') && !name.includes('\\') && !name.includes('\0') && !/^[A-Za-z]:/.test(name)
  if (!plain || parts.some((part) => part === '..' || part === '.' || part === ''))
    throw new InputError(where, field, name, 'a relative path inside the folder of the document')
  const path = join(folder, name)
  try {
    const [root, real] = [await realpath(folder), await realpath(path)]
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
      throw new InputError(where, field, name, 'a file inside the folder of the document, links followed')
    if (!(await stat(real)).isFile()) throw new InputError(where, field, name, 'a file')
  } catch (error) {
    throw readable(path, error)
  }
  return path
}
