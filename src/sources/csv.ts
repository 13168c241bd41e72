/** CSV by RFC 4180: a header, then rows of as many cells; quotes may hold commas, quotes and line ends. */
import { InputError } from '../model/index.ts'
import { Sheet } from './sheet.ts'

const COMMA = 44
const NEWLINE = 10
const RETURN = 13
const QUOTE = 34

/** Reads one record that starts at `at`; returns where the next starts. */
function record(where: string, text: string, at: number, number: number, out: string[]): number {
  let i = at
  for (;;) {
    if (text.charCodeAt(i) === QUOTE) {
      const [cell, next] = quoted_cell(where, text, i, number)
      out.push(cell)
      i = next
    } else {
      const start = i
      while (i < text.length && text.charCodeAt(i) !== COMMA && text.charCodeAt(i) !== NEWLINE) i++
      const end = i > start && text.charCodeAt(i) !== COMMA && text.charCodeAt(i - 1) === RETURN ? i - 1 : i
      out.push(text.slice(start, end))
    }
    if (i >= text.length || text.charCodeAt(i) === NEWLINE) return i + 1
    i++
  }
}

/** Content of the quoted cell at `at`, and the position of the comma or line end behind it. */
function quoted_cell(where: string, text: string, at: number, number: number): readonly [string, number] {
  let cell = ''
  let from = at + 1
  for (;;) {
    const end = text.indexOf('"', from)
    if (end < 0) throw new InputError(where, `record ${number}`, 'an open quote', 'a closing quote')
    cell += text.slice(from, end)
    from = end + 1
    if (text.charCodeAt(from) !== QUOTE) break
    cell += '"'
    from++
  }
  if (text.charCodeAt(from) === RETURN && text.charCodeAt(from + 1) === NEWLINE) from++
  const next = text.charCodeAt(from)
  if (from < text.length && next !== COMMA && next !== NEWLINE)
    throw new InputError(where, `record ${number}`, `text behind a closing quote`, 'a comma or a line end')
  return [cell, from]
}

/** Cells of a line without quotes: split at once. */
function plain(text: string, at: number, out: string[]): number {
  const found = text.indexOf('\n', at)
  const end = found < 0 ? text.length : found
  const cells = text.slice(at, end > at && text.charCodeAt(end - 1) === RETURN ? end - 1 : end).split(',')
  for (const cell of cells) out.push(cell)
  return end + 1
}

/** @throws InputError for a missing or doubled column name, a row of another length, or quotes out of place */
export function parse_csv(where: string, text: string): Sheet {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let end = text.length
  while (end > start && (text.charCodeAt(end - 1) === NEWLINE || text.charCodeAt(end - 1) === RETURN)) end--
  if (end === start) throw new InputError(where, '', 'an empty file', 'a header and rows')
  const body = text.slice(start, end)
  const quoted = body.includes('"')
  const cells: string[] = []
  let at = quoted ? record(where, body, 0, 1, cells) : plain(body, 0, cells)
  const names = header(where, cells)
  const columns: string[][] = names.map(() => [])
  let rows = 0
  while (at < body.length) {
    cells.length = 0
    at = quoted ? record(where, body, at, rows + 2, cells) : plain(body, at, cells)
    if (cells.length !== names.length)
      throw new InputError(where, `${quoted ? 'record' : 'line'} ${rows + 2}`, `${cells.length} cells`, `${names.length} cells`)
    for (let c = 0; c < cells.length; c++) (columns[c] as string[]).push(cells[c] as string)
    rows++
  }
  return new Sheet(where, names, columns, rows, quoted ? 'record' : 'line', 2)
}

function header(where: string, cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim())
  const [only = ''] = names
  if (names.length === 1 && /[;\t|]/.test(only))
    throw new InputError(where, 'line 1', only, 'names with commas between them, as between all cells')
  const seen = new Set<string>()
  names.forEach((name, i) => {
    if (name === '' || seen.has(name))
      throw new InputError(where, `line 1, column ${i + 1}`, name, 'a name that no other column has')
    seen.add(name)
  })
  return names
}
