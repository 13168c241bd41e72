/** Charts in characters. */

/** Marks of the chart, each a column of one character. */
export interface LineChart {
  /** Lines from top to bottom: a label of the axis, '' between labels, and one mark per column. */
  readonly rows: readonly { readonly label: string; readonly cells: readonly Mark[] }[]
}

export interface Mark {
  readonly char: string
  readonly series: 'front' | 'back' | 'none'
}

const BLANK: Mark = { char: ' ', series: 'none' }

/** `count` groups of the indices 0 … n − 1, in order; an index stands in several when there are fewer indices than groups. */
function bins(n: number, count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => {
    const first = Math.min(Math.floor((i * n) / count), n - 1)
    return [first, Math.max(first + 1, Math.floor(((i + 1) * n) / count))] as const
  })
}

/** One value per column: where front and back are furthest apart in the bin, so that a short gap is not lost. */
function squeeze(front: readonly number[], back: readonly number[], columns: number): { front: number; back: number }[] {
  return bins(front.length, columns).map(([first, last]) => {
    let at = first
    for (let i = first; i < last; i++) {
      const gap = Math.abs((front[i] as number) - (back[i] as number))
      if (gap > Math.abs((front[at] as number) - (back[at] as number))) at = i
    }
    return { front: front[at] as number, back: back[at] as number }
  })
}

/** Connects the heights of neighbouring columns; a steep step becomes a vertical stroke. */
function stroke(cells: Mark[][], column: number, from: number, to: number): void {
  const put = (row: number, char: string) => {
    const line = cells[row]
    if (line !== undefined) line[column] = { char, series: 'front' }
  }
  if (from === to) return put(to, '─')
  // Row 0 is the top: a larger row is a lower price.
  put(from, to > from ? '╮' : '╯')
  put(to, to > from ? '╰' : '╭')
  for (let row = Math.min(from, to) + 1; row < Math.max(from, to); row++) put(row, '│')
}

/** A place between the samples that is drawn too: `at` from 0, the first sample, to 1, the last. */
export interface Lowest {
  readonly at: number
  readonly front: number
  readonly back: number
}

/** Moves that are a smaller part of the values are not drawn: both lines are one. */
const FLAT = 1e-4

/**
 * `front` as a line over `back` as dots, on one scale.
 * @param front @param back values at equal steps, of equal length
 * @param label text of the axis at a value; of labels that read alike only the first is written
 * @param lowest where the front stood lowest, which a sample may have missed
 */
export function line_chart(
  front: readonly number[],
  back: readonly number[],
  size: { readonly columns: number; readonly rows: number },
  label: (value: number) => string,
  lowest?: Lowest,
): LineChart {
  const { columns, rows } = size
  if (front.length === 0) return { rows: [] }
  const values = squeeze(front, back, columns)
  if (lowest !== undefined) {
    const column = Math.floor((lowest.at * (front.length - 1) * columns) / front.length)
    if (lowest.front < (values[column]?.front ?? Number.NEGATIVE_INFINITY)) values[column] = lowest
  }
  const low = values.reduce((least, v) => Math.min(least, v.front, v.back), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, v) => Math.max(most, v.front, v.back), Number.NEGATIVE_INFINITY)
  const span = high - low
  const flat = label(high) === label(low) || !(span > FLAT * Math.max(Math.abs(high), Math.abs(low)))
  const row_of = (value: number) => (flat ? 0 : Math.round(((high - value) / span) * (rows - 1)))
  const cells: Mark[][] = Array.from({ length: rows }, () => Array.from({ length: columns }, () => BLANK))
  values.forEach((value, column) => {
    const line = cells[row_of(value.back)]
    if (line !== undefined) line[column] = { char: '·', series: 'back' }
  })
  values.forEach((value, column) => {
    stroke(cells, column, row_of((values[column - 1] ?? value).front), row_of(value.front))
  })
  const labelled = flat ? new Set([0]) : new Set([0, Math.round((rows - 1) / 2), rows - 1])
  const said = new Set<string>()
  return {
    rows: cells.map((line, row) => {
      const text = labelled.has(row) ? label(high - (span * row) / (rows - 1)) : ''
      const shown = said.has(text) ? '' : text
      said.add(text)
      return { label: shown, cells: line }
    }),
  }
}

const BARS = ' ▁▂▃▄▅▆▇█'
/** Smaller parts of a full bar are left blank. */
const VISIBLE = 0.004

/** Bars of `values` on the scale 0 … `most`, a column each. */
export function spark(values: readonly number[], most: number): string {
  return values
    .map((value) =>
      BARS.charAt(!(most > 0) || value < VISIBLE * most ? 0 : Math.max(1, Math.min(8, Math.round((value / most) * 8)))),
    )
    .join('')
}

/** Values at equal steps spread over `columns` equal steps: every value is divided among the columns it overlaps, so sums agree. */
export function binned(values: readonly number[], columns: number): number[] {
  const out = Array.from({ length: columns }, () => 0)
  const step = columns / values.length
  values.forEach((value, i) => {
    const first = i * step
    const last = (i + 1) * step
    for (let c = Math.floor(first); c < columns && c < last; c++) {
      const overlap = Math.min(last, c + 1) - Math.max(first, c)
      out[c] = (out[c] as number) + (value * overlap) / step
    }
  })
  return out
}
