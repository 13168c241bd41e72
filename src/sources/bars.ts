/** Bars out of a sheet: one list a symbol, checked. */
import { type Bars, InputError, Said } from '../model/index.ts'
import { file_name } from './read.ts'
import type { Sheet } from './sheet.ts'

/**
 * Columns that hold the time of a row, first wins, with the ms of their unit where their numbers are small enough to be of it
 * (`Sheet.times`): names that say seconds, or nothing, are of seconds.
 */
const TIMES: readonly (readonly [string, number])[] = [
  ['ts_ms', 1],
  ['time_ms', 1],
  ['timestamp_ms', 1],
  ['unix_ms', 1],
  ['open_time', 1],
  ['opentime', 1],
  ['timestamp', 1000],
  ['ts', 1000],
  ['time', 1000],
  ['datetime', 1000],
  ['date_time', 1000],
  ['unix', 1000],
  ['unix_time', 1000],
  ['epoch', 1000],
  ['ts_utc', 1],
  ['time_utc', 1],
  ['snapshot_utc', 1],
  ['date', 1],
  ['day', 1],
  ['hour', 1],
]

/** What a column of times may be called. */
export const TIME_NAMES: string = TIMES.map(([name]) => name).join(', ')

/** Name of a column whatever its case; undefined when there is none. */
export function named(sheet: Sheet, name: string): string | undefined {
  return sheet.names.find((found) => found.toLowerCase() === name)
}

/** Name of the column that holds the time; undefined when there is none. */
export function time_column(sheet: Sheet): readonly [string, number] | undefined {
  for (const [name, unit_ms] of TIMES) {
    const found = named(sheet, name)
    if (found !== undefined) return [found, unit_ms]
  }
  return undefined
}

/** Does the sheet hold bars? */
export function holds_bars(sheet: Sheet): boolean {
  return time_column(sheet) !== undefined && ['open', 'high', 'low', 'close'].every((name) => named(sheet, name) !== undefined)
}

/** Rows of each key in order of appearance. */
export function group(keys: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  keys.forEach((key, row) => {
    const rows = groups.get(key)
    if (rows === undefined) groups.set(key, [row])
    else rows.push(row)
  })
  return groups
}

/** Throws unless the times of these rows increase. */
export function check_increasing(sheet: Sheet, name: string, times: Float64Array, rows: readonly number[]): void {
  for (let i = 1; i < rows.length; i++) {
    const [before, now] = [times[rows[i - 1] as number] as number, times[rows[i] as number] as number]
    if (now === before)
      throw sheet.invalid(
        name,
        rows[i] as number,
        new Date(now).toISOString(),
        'a time that no earlier row of the same symbol has',
      )
    if (!(now > before))
      throw sheet.invalid(
        name,
        rows[i] as number,
        new Date(now).toISOString(),
        `a time after ${new Date(before).toISOString()}, as rows of a symbol stand in order of time (all of them oldest or newest first)`,
      )
  }
}

/**
 * Rows of one symbol in order of time. Newest first is turned round; any other disorder is refused: what stands in no order may be damaged.
 * Windows (a column `event`) may stand in any order in the file, and may not overlap.
 */
export function in_order(
  sheet: Sheet,
  name: string,
  times: Float64Array,
  rows: number[],
  events: readonly string[] | undefined,
): number[] {
  if (events === undefined) {
    const time = (i: number) => times[rows[i] as number] as number
    const newest_first = rows.length > 1 && rows.every((_, i) => i === 0 || time(i) < time(i - 1))
    const ordered = newest_first ? rows.toReversed() : rows
    check_increasing(sheet, name, times, ordered)
    return ordered
  }
  const windows = [...group(rows.map((row) => events[row] as string)).values()].map((at) => at.map((i) => rows[i] as number))
  for (const window of windows) check_increasing(sheet, name, times, window)
  windows.sort((a, b) => (times[a[0] as number] as number) - (times[b[0] as number] as number))
  const all = windows.flat()
  check_increasing(sheet, name, times, all)
  return all
}

/** Symbol of a file without a column of symbols: the first word of its name. */
export const name_of = (sheet: Sheet): string => (/^[A-Za-z0-9]+/.exec(file_name(sheet.where))?.[0] ?? '').toUpperCase()

function pick(values: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row] as number)
}

function check_bar(sheet: Sheet, columns: readonly [string, Float64Array][], row: number): void {
  const [open, high, low, close] = columns.map(([, values]) => values[row] as number) as [number, number, number, number]
  for (const [name, values] of columns) {
    const value = values[row] as number
    if (!(value > 0)) throw sheet.invalid(name, row, value, 'a positive price')
  }
  if (!(high >= Math.max(open, close, low)))
    throw sheet.invalid(columns[1]?.[0] ?? 'high', row, high, `at least ${Math.max(open, close, low)}`)
  if (!(low <= Math.min(open, close))) throw sheet.invalid(columns[2]?.[0] ?? 'low', row, low, `at most ${Math.min(open, close)}`)
}

/** Most frequent of some numbers, of equals the smallest. */
function most_frequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best))[0]
}

/** Smallest distance of two neighbours; every other must be a multiple of it. What is not is told against the most frequent. */
function step_of(sheet: Sheet, name: string, times: Float64Array, groups: readonly (readonly number[])[]): number {
  const gap = (rows: readonly number[], i: number) =>
    (times[rows[i] as number] as number) - (times[rows[i - 1] as number] as number)
  let step = Number.POSITIVE_INFINITY
  for (const rows of groups) for (let i = 1; i < rows.length; i++) step = Math.min(step, gap(rows, i))
  if (step === Number.POSITIVE_INFINITY)
    throw new InputError(sheet.where, name, new Said(`in ${sheet.rows} rows`), 'at least two bars of one symbol')
  if (groups.every((rows) => rows.every((_, i) => i === 0 || gap(rows, i) % step === 0))) return step
  const usual = most_frequent(groups.flatMap((rows) => rows.slice(1).map((_, i) => gap(rows, i + 1))))
  for (const rows of groups)
    for (let i = 1; i < rows.length; i++)
      if (gap(rows, i) % usual !== 0) {
        const time = new Date(times[rows[i] as number] as number).toISOString()
        throw sheet.invalid(name, rows[i] as number, time, `a multiple of ${usual} ms, the usual step, after the bar before`)
      }
  // Not reached: where all gaps are multiples of one, the smallest is it or a multiple of it.
  return usual
}

/**
 * Bars of every symbol of a sheet. Without a column `symbol` the first word of the file's name is the symbol; without
 * `volume` it is 0. Opening times increase within a symbol and stand on a grid; bars may be missing.
 */
export function bars_of(sheet: Sheet): Bars[] {
  const time = time_column(sheet)
  const prices = ['open', 'high', 'low', 'close'].map((name) => named(sheet, name) ?? name)
  if (time === undefined) throw new InputError(sheet.where, 'columns', sheet.names.join(', '), `a time (${TIME_NAMES})`)
  const times = sheet.times(...time)
  const columns = prices.map((name): [string, Float64Array] => [name, sheet.finite(name)])
  const volume_name = named(sheet, 'volume')
  const volume = volume_name === undefined ? new Float64Array(sheet.rows) : sheet.finite(volume_name, 0)
  const symbol_name = named(sheet, 'symbol')
  const alone = name_of(sheet)
  const symbols = symbol_name === undefined ? Array.from({ length: sheet.rows }, () => alone) : sheet.text(symbol_name)
  const event_name = named(sheet, 'event')
  const events = event_name === undefined ? undefined : sheet.text(event_name)
  for (let row = 0; row < sheet.rows; row++) {
    check_bar(sheet, columns, row)
    if (symbols[row] === '') throw sheet.invalid(symbol_name ?? 'symbol', row, '', 'a symbol')
  }
  const groups = [...group(symbols)].map(([symbol, rows]) => ({ symbol, rows: in_order(sheet, time[0], times, rows, events) }))
  const step_ms = step_of(
    sheet,
    time[0],
    times,
    groups.map(({ rows }) => rows),
  )
  return groups.map(({ symbol, rows }) => {
    const [open, high, low, close] = columns.map(([, values]) => pick(values, rows)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    return { symbol, step_ms, time_ms: pick(times, rows), open, high, low, close, volume: pick(volume, rows) }
  })
}
