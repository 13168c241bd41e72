/** Detectors that watch one number per subject against levels: what they share. */
import {
  type Alert,
  column_at,
  columns_of,
  type DetectorStream,
  type PanelColumn,
  type PanelShape,
  type Severity,
} from '../../model/index.ts'
import { type Finding, Latch, oldest } from './latch.ts'

export interface Reading {
  /** Level reached, or undefined when nothing is wrong. NaN inputs: return 'unknown'. */
  readonly severity: Severity | undefined
  readonly what: string
  readonly baseline: string
  readonly confidence: number
  readonly evidence: Readonly<Record<string, number | string>>
  readonly expected_loss_usd?: number
  readonly precedent?: string
  /** Where it began, if before now. */
  readonly onset_ms?: number
}

export type Read = (row: Float64Array, time_ms: number) => Reading | 'unknown'

/** Watches every subject for which `open` finds its columns. */
export function watch_each(
  detector: string,
  type: string,
  quiet_ms: number,
  subjects: readonly { readonly subject: string; readonly columns: readonly number[]; readonly read: Read }[],
): DetectorStream {
  const latches = subjects.map(({ subject }) => new Latch(detector, subject, quiet_ms))
  return {
    subjects: subjects.map(({ subject }) => subject),
    push(time_ms: number, row: Float64Array, ages_ms: Float64Array, out: Alert[]) {
      subjects.forEach(({ read, columns }, s) => {
        const latch = latches[s] as Latch
        const reading = read(row, time_ms)
        if (reading === 'unknown') return latch.push(time_ms, undefined, out, false)
        const { severity, onset_ms = time_ms, ...rest } = reading
        const finding: Finding | undefined =
          severity === undefined ? undefined : { ...rest, severity, type, onset_ms, age_ms: oldest(ages_ms, columns) }
        latch.push(time_ms, finding, out)
      })
    },
  }
}

/** Symbols that have all of these fields, with the column of each. */
export function with_fields(
  shape: PanelShape,
  ...fields: readonly string[]
): { readonly symbol: string; readonly columns: readonly number[] }[] {
  const first = columns_of(shape, fields[0] as string).map((column) => (shape.columns[column] as PanelColumn).symbol)
  return [...new Set(first)]
    .map((symbol) => ({ symbol, columns: fields.map((field) => column_at(shape, field, symbol)) }))
    .filter(({ columns }) => columns.every((column) => column >= 0))
}
