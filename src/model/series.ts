/** Time series: what sources deliver, drivers replay and indicators read. */
import { Hasher } from '../math/index.ts'
import type { Evidence } from './table.ts'

/** Values at increasing times; NaN where nothing is known. */
export interface Series {
  /** `close`, `open_interest`, `funding` … */
  readonly field: string
  /** Asset or contract. */
  readonly symbol: string
  /** Who reported it; '' when it is one market's own. */
  readonly venue: string
  readonly unit: string
  readonly time_ms: Float64Array
  readonly values: Float64Array
  /** How long after its time a value is known: a bar's length for what is dated by its opening. 0 when absent. */
  readonly delay_ms?: number
}

export interface SeriesSet {
  readonly id: string
  readonly source: string
  readonly evidence: Evidence
  readonly series: readonly Series[]
}

/** Bars of one symbol at increasing opening times. */
export interface Bars {
  readonly symbol: string
  /** Length of a bar. */
  readonly step_ms: number
  readonly time_ms: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units. */
  readonly volume: Float64Array
}

/** The series of a set with this field, by symbol. */
export function pick(set: SeriesSet, field: string): Series[] {
  return set.series.filter((series) => series.field === field)
}

/** Hash of decoded columns, never of file bytes. */
export function bars_hash(all: readonly Bars[]): string {
  const hasher = new Hasher()
  for (const bars of all) {
    hasher.text(bars.symbol)
    for (const column of [bars.time_ms, bars.open, bars.high, bars.low, bars.close, bars.volume]) hasher.column(column)
  }
  return hasher.digest()
}
