/** What indicators are put together from. */
import { column_at, columns_of, type IndicatorStream, type PanelShape, symbols_with } from '../../model/index.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
export const YEAR_MS = 365 * DAY_MS

/** Steps in a time, at least `least`. */
export const steps_in = (shape: PanelShape, time_ms: number, least = 2): number =>
  Math.max(least, Math.round(time_ms / shape.step_ms))

/** Reads one symbol's values at a row and returns the indicator's; NaN unknown. */
export type Reader = (row: Float64Array, time_ms: number) => number

/** Nothing to say about this shape. */
export const SILENT: IndicatorStream = { outputs: [], warmup: 0, push() {} }

/**
 * One output a symbol that has all the fields (a name ending in `?` may be missing: its column is −1). Where several venues report a
 * field, the first is taken.
 */
export function per_symbol(
  shape: PanelShape,
  id: string,
  unit: string,
  needs: readonly string[],
  warmup: number,
  open: (columns: readonly number[], symbol: string, place: number) => Reader,
): IndicatorStream {
  const symbols = symbols_with(shape, ...needs.filter((field) => !field.endsWith('?')))
  const readers = symbols.map((symbol, place) =>
    open(
      needs.map((field) => column_at(shape, field.replace('?', ''), symbol)),
      symbol,
      place,
    ),
  )
  return {
    outputs: symbols.map((symbol) => ({ field: id, symbol, venue: '', unit })),
    warmup,
    push(time_ms, row, out) {
      for (let s = 0; s < readers.length; s++) out[s] = finite((readers[s] as Reader)(row, time_ms))
    },
  }
}

/** One output for the whole panel, if `open` finds what it needs. */
export function for_market(
  shape: PanelShape,
  id: string,
  unit: string,
  warmup: number,
  open: () => Reader | undefined,
): IndicatorStream {
  const reader = open()
  if (reader === undefined) return SILENT
  return {
    outputs: [{ field: id, symbol: '', venue: '', unit }],
    warmup,
    push(time_ms, row, out) {
      out[0] = finite(reader(row, time_ms))
    },
  }
}

/** Columns of a field for each symbol, all venues together. */
export function by_symbol(shape: PanelShape, field: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  for (const column of columns_of(shape, field)) {
    const { symbol } = shape.columns[column] as { symbol: string }
    const list = found.get(symbol)
    if (list === undefined) found.set(symbol, [column])
    else list.push(column)
  }
  return found
}

/** One output a symbol, from all venues that report a field. */
export function over_venues(
  shape: PanelShape,
  id: string,
  unit: string,
  field: string,
  least: number,
  warmup: number,
  open: (columns: readonly number[], symbol: string) => Reader | undefined,
): IndicatorStream {
  const readers: { readonly symbol: string; readonly read: Reader }[] = []
  for (const [symbol, columns] of by_symbol(shape, field)) {
    if (columns.length < least) continue
    const read = open(columns, symbol)
    if (read !== undefined) readers.push({ symbol, read })
  }
  return {
    outputs: readers.map(({ symbol }) => ({ field: id, symbol, venue: '', unit })),
    warmup,
    push(time_ms, row, out) {
      for (let s = 0; s < readers.length; s++) out[s] = finite((readers[s] as { read: Reader }).read(row, time_ms))
    },
  }
}

/** Sum of the known values of some columns; NaN when none is known. */
export function sum_of(row: Float64Array, columns: readonly number[]): number {
  let [sum, known] = [0, 0]
  for (const column of columns) {
    const value = row[column] as number
    if (!Number.isFinite(value)) continue
    sum += value
    known++
  }
  return known > 0 ? sum : Number.NaN
}

export const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)
