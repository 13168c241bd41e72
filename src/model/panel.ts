/** Series laid on one grid of equal steps: what was known at each moment. What indicators and detectors read, live and from history alike. */
import { InputError } from './errors.ts'
import type { Series } from './series.ts'

/** What a column of a panel holds. */
export interface PanelColumn {
  /** `close`, `open_interest`, `funding` … */
  readonly field: string
  /** Asset or contract; '' for what belongs to no one asset. */
  readonly symbol: string
  /** Who reported it; '' when it is one market's own. */
  readonly venue: string
  readonly unit: string
}

/** What is known of a panel before its first row. */
export interface PanelShape {
  readonly step_ms: number
  readonly columns: readonly PanelColumn[]
}

export interface Panel extends PanelShape {
  /** Moments at which a row is known, `step_ms` apart. */
  readonly time_ms: Float64Array
  /** Per column, a value a moment; NaN where nothing is known, or nothing recent enough. */
  readonly values: readonly Float64Array[]
  /** Per column, how old the newest value that went into it is, in ms; NaN beside NaN. */
  readonly ages_ms: readonly Float64Array[]
}

export interface PanelOptions {
  readonly step_ms: number
  /** First and last moment; by default all that the series cover. */
  readonly from_ms?: number
  readonly to_ms?: number
  /** A value older than this is not carried on. By default twice the usual distance of the series' own points, one step at least. */
  readonly age_max_ms?: number
}

/** Most cells of a panel: rows × columns. */
export const MAX_PANEL_CELLS = 200_000_000

/** What becomes of the points of one step. Stocks keep the last; flows add; extremes stay extremes. */
const REDUCERS: Readonly<Record<string, (old: number, value: number) => number>> = {
  open: (old) => old,
  high: (old, value) => Math.max(old, value),
  low: (old, value) => Math.min(old, value),
  volume: (old, value) => old + value,
  liquidated_long: (old, value) => old + value,
  liquidated_short: (old, value) => old + value,
}
const last = (_: number, value: number) => value

/**
 * Lays series on a grid. A value enters at the first moment at which it is known (`time_ms + delay_ms`), never before; points
 * inside one step are joined as their field asks. A flow or an extreme is never carried on.
 * @throws InputError for a step that is not positive, or a grid too large
 */
export function panel_of(series: readonly Series[], options: PanelOptions): Panel {
  const { step_ms } = options
  if (!(step_ms > 0) || !Number.isInteger(step_ms)) throw new InputError('panel', 'step_ms', step_ms, 'a whole number of ms > 0')
  let first = Number.POSITIVE_INFINITY
  let final = Number.NEGATIVE_INFINITY
  for (const { time_ms, delay_ms = 0 } of series) {
    if (time_ms.length === 0) continue
    first = Math.min(first, (time_ms[0] as number) + delay_ms)
    final = Math.max(final, (time_ms[time_ms.length - 1] as number) + delay_ms)
  }
  const from = Math.ceil((options.from_ms ?? first) / step_ms) * step_ms
  const to = Math.ceil((options.to_ms ?? final) / step_ms) * step_ms
  const rows = to >= from && Number.isFinite(from) && Number.isFinite(to) ? Math.round((to - from) / step_ms) + 1 : 0
  if (rows * Math.max(1, series.length) > MAX_PANEL_CELLS)
    throw new InputError('panel', 'cells', rows * series.length, `at most ${MAX_PANEL_CELLS}: a longer step or a shorter range`)
  const time_ms = Float64Array.from({ length: rows }, (_, t) => from + t * step_ms)
  const laid = series.map((one) => lay(one, time_ms, step_ms, options.age_max_ms))
  return {
    step_ms,
    time_ms,
    columns: series.map(({ field, symbol, venue, unit }) => ({ field, symbol, venue, unit })),
    values: laid.map((column) => column.values),
    ages_ms: laid.map((column) => column.ages_ms),
  }
}

function lay(series: Series, time_ms: Float64Array, step_ms: number, age_max_ms: number | undefined) {
  const values = new Float64Array(time_ms.length).fill(Number.NaN)
  const ages_ms = new Float64Array(time_ms.length).fill(Number.NaN)
  const oldest = age_max_ms ?? Math.max(step_ms, 2 * spacing_ms(series.time_ms))
  const reducer = REDUCERS[series.field]
  const carry = reducer === undefined
  const delay = series.delay_ms ?? 0
  let next = 0
  let value = Number.NaN
  let known = Number.NEGATIVE_INFINITY
  for (let t = 0; t < time_ms.length; t++) {
    const now = time_ms[t] as number
    let joined = Number.NaN
    let within = false
    for (; next < series.time_ms.length && (series.time_ms[next] as number) + delay <= now; next++) {
      const point = series.values[next] as number
      const at = (series.time_ms[next] as number) + delay
      // Points from before the first step are history: the last of them may be carried, but is not added to.
      const inside = at > now - step_ms
      if (!Number.isFinite(point) || !(inside || carry)) continue
      joined = within ? (reducer ?? last)(joined, point) : point
      within = inside
      known = at
    }
    if (!Number.isNaN(joined)) value = joined
    else if (!carry) value = Number.NaN
    if (now - known > oldest) value = Number.NaN
    if (Number.isNaN(value)) continue
    values[t] = value
    ages_ms[t] = now - known
  }
  return { values, ages_ms }
}

/** Usual distance of neighbouring points: the median of the first thousand. */
function spacing_ms(time_ms: Float64Array): number {
  const count = Math.min(1000, time_ms.length - 1)
  if (count < 1) return 0
  const gaps = Float64Array.from({ length: count }, (_, i) => (time_ms[i + 1] as number) - (time_ms[i] as number)).sort()
  return gaps[count >> 1] as number
}

/** Positions of the columns with this field, in order. */
export function columns_of(shape: PanelShape, field: string): number[] {
  const found: number[] = []
  shape.columns.forEach((column, c) => {
    if (column.field === field) found.push(c)
  })
  return found
}

/** Symbols that have a column of every one of these fields, in order of appearance. */
export function symbols_with(shape: PanelShape, ...fields: readonly string[]): string[] {
  const all = [...new Set(shape.columns.map(({ symbol }) => symbol))]
  return all.filter((symbol) =>
    fields.every((field) => shape.columns.some((column) => column.symbol === symbol && column.field === field)),
  )
}

/** Position of a column; −1 when there is none. Without a venue, the first of that field and symbol. */
export function column_at(shape: PanelShape, field: string, symbol: string, venue?: string): number {
  return shape.columns.findIndex(
    (column) => column.field === field && column.symbol === symbol && (venue === undefined || column.venue === venue),
  )
}

/** Row t of a panel, into `out`. */
export function row_of(panel: Panel, t: number, out: Float64Array): void {
  for (let c = 0; c < panel.values.length; c++) out[c] = (panel.values[c] as Float64Array)[t] as number
}

/** The first `rows` moments: nothing later is reachable from it. */
export function truncated(panel: Panel, rows: number): Panel {
  return {
    ...panel,
    time_ms: panel.time_ms.slice(0, rows),
    values: panel.values.map((column) => column.slice(0, rows)),
    ages_ms: panel.ages_ms.map((column) => column.slice(0, rows)),
  }
}
