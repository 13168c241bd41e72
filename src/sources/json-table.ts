/** Tables in JSON: a list of records, or an object with one such list in it; nested fields are named `outer.inner`. */
import { InputError } from '../model/index.ts'
import { Sheet, type SheetColumn } from './sheet.ts'

type Cell = string | number | boolean | null
const VALID = 'a list of records of text, numbers and truth values'
const MAX_COLUMNS = 1000

function flatten(where: string, field: string, value: unknown, out: Map<string, Cell>, name: string, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') out.set(name, value)
  else if (typeof value !== 'object' || Array.isArray(value) || depth > 4)
    throw new InputError(where, `${field}.${name}`, value, 'text, a number, true, false or null')
  else
    for (const [key, inner] of Object.entries(value))
      flatten(where, field, inner, out, name === '' ? key : `${name}.${key}`, depth + 1)
}

/** The list of records in a document, and what it is called there. */
function records_in(where: string, value: unknown): readonly [unknown[], string] {
  if (Array.isArray(value)) return [value, '']
  if (value !== null && typeof value === 'object') {
    const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
    if (lists.length === 1) return [(lists[0] as [string, unknown[]])[1], (lists[0] as [string, unknown[]])[0]]
  }
  throw new InputError(where, '', value, VALID)
}

/** @throws InputError for anything that is no table */
export function json_table(where: string, value: unknown): Sheet {
  const [list, name] = records_in(where, value)
  const rows = list.map((item, row) => {
    const cells = new Map<string, Cell>()
    if (item === null || typeof item !== 'object' || Array.isArray(item))
      throw new InputError(where, `${name}[${row}]`, item, 'a record')
    flatten(where, `${name}[${row}]`, item, cells, '', 0)
    return cells
  })
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  if (names.length > MAX_COLUMNS) throw new InputError(where, 'columns', names.length, `at most ${MAX_COLUMNS}`)
  const columns = names.map((column): SheetColumn => {
    const cells = rows.map((row) => row.get(column) ?? null)
    if (cells.every((cell) => cell === null || typeof cell === 'number'))
      return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : cell))
    return cells.map((cell) => (cell === null ? '' : String(cell)))
  })
  return new Sheet(where, names, columns, rows.length, 'row', 1)
}
