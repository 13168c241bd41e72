/** Text in columns and lines of a given width. */
import { GLUED } from './format.ts'

/** Colours by meaning; the pure text uses none. */
export interface Painter {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  /** The i-th of a few colours that are easy to tell apart. */
  readonly series: (i: number, text: string) => string
}

const same = (text: string) => text
export const COLOURLESS: Painter = { strong: same, faint: same, good: same, bad: same, warn: same, series: (_, text) => text }

export const width_of = (text: string): number => Array.from(text).length

/** A name that fits, its end cut. */
export const fit = (text: string, width: number): string =>
  width_of(text) <= width
    ? text
    : `${Array.from(text)
        .slice(0, width - 1)
        .join('')}…`

export const pad_left = (text: string, width: number): string => ' '.repeat(Math.max(0, width - width_of(text))) + text
export const pad_right = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - width_of(text)))

const NO_BREAK = '\u00a0'

/** Breaks text at spaces; a word that is too long for a line is broken where it must. `first` and `indent` start the first line and the others. */
export function wrap(text: string, width: number, first = '', indent = ' '.repeat(width_of(first))): string[] {
  const lines: string[] = []
  const room = Math.max(8, width - width_of(indent))
  let line = ''
  // A no-break space while lines are made; a terminal and a search get plain ones.
  for (const word of text.replace(GLUED, NO_BREAK).split(' ')) {
    let rest = Array.from(word)
    if (line !== '' && width_of(line) + 1 + rest.length > room) {
      lines.push(line)
      line = ''
    }
    while (rest.length > room) {
      lines.push(rest.slice(0, room).join(''))
      rest = rest.slice(room)
    }
    line = line === '' ? rest.join('') : `${line} ${rest.join('')}`
  }
  lines.push(line)
  return lines.map((one, i) => (i === 0 ? first : indent) + one.replaceAll(NO_BREAK, ' '))
}

export interface GridColumn {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** How the text of a cell is coloured, by line and column; widths are those of the bare text. */
export type Paint = (line: number, column: number, text: string) => string

/**
 * A table in aligned columns, two spaces apart, no wider than `width`: the last columns that do not fit are left out.
 * @returns the heading, then one line a row
 */
export function grid(
  columns: readonly GridColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  painter: Painter,
  paint: Paint = (_line, _column, text) => text,
): string[] {
  const widths = columns.map((column, c) =>
    rows.reduce((most, row) => Math.max(most, width_of(row[c] ?? '')), width_of(column.title)),
  )
  let shown = 0
  for (let used = -2; shown < columns.length && used + 2 + (widths[shown] as number) <= width; shown++)
    used += 2 + (widths[shown] as number)
  const line = (cells: readonly string[], colour: (column: number, text: string) => string) =>
    columns
      .slice(0, shown)
      .map((column, c) => {
        const bare = cells[c] ?? ''
        const space = ' '.repeat((widths[c] as number) - width_of(bare))
        const text = bare === '' ? '' : colour(c, bare)
        return column.align === 'left' ? text + (c === shown - 1 ? '' : space) : space + text
      })
      .join('  ')
      .trimEnd()
  const heading = line(
    columns.map((column) => column.title),
    (_column, text) => painter.faint(text),
  )
  return [heading, ...rows.map((row, r) => line(row, (column, text) => paint(r, column, text)))]
}
