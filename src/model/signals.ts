/** What reads markets: indicators turn rows of a panel into numbers, detectors turn rows into alerts. One row in at a time, so that live and history are the same code. */
import type { Panel, PanelColumn, PanelShape } from './panel.ts'
import { row_of } from './panel.ts'

/**
 * A number read off what is known. It is opened for a shape and then given one row after another: it cannot see later ones.
 * An indicator that finds none of the columns it needs has no outputs, which is not an error.
 */
export interface Indicator {
  readonly id: string
  readonly title: string
  /** Formula's source. */
  readonly source: string
  /** Fields it reads; all are needed unless the name ends in `?`. */
  readonly needs: readonly string[]
  /** What the value means when it is high: for people. */
  readonly reads: string
  open(shape: PanelShape): IndicatorStream
}

export interface IndicatorStream {
  /** One column an output; the field is the indicator's id, or begins with it and a dot. */
  readonly outputs: readonly PanelColumn[]
  /** Rows before which every output is NaN. */
  readonly warmup: number
  /** Takes the next row (a value a column of the shape, NaN unknown) and writes its outputs; NaN where it does not know. */
  push(time_ms: number, row: Float64Array, out: Float64Array): void
}

/** How loud: information, a warning, a state that needs somebody now. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A detector's finding. One alert a subject is open at a time: it is opened, escalated, and closed, not repeated. */
export interface Alert {
  readonly detector: string
  readonly state: 'opened' | 'escalated' | 'closed'
  /** When it was said. */
  readonly time_ms: number
  /** When what it speaks of began, by the rule of the detector; ≤ `time_ms`. */
  readonly onset_ms: number
  /** Asset, venue, pair, or `market`. */
  readonly subject: string
  /** One word for what it is: `long-flush`, `depeg`, `utilisation-run` … */
  readonly type: string
  readonly severity: Severity
  /** What changed, in a sentence with numbers. */
  readonly what: string
  /** Against what it is measured, in a sentence with numbers. */
  readonly baseline: string
  /** Belief that it is what it says, 0 to 1, as the detector's page defines it. */
  readonly confidence: number
  /** Only where a model says so. */
  readonly expected_loss_usd: number | null
  /** A dated event like it, or ''. */
  readonly precedent: string
  /** Numbers and columns it rests on. */
  readonly evidence: Readonly<Record<string, number | string>>
  /** Age of the oldest value it rests on. */
  readonly age_ms: number
}

export interface Detector {
  readonly id: string
  readonly title: string
  readonly source: string
  /** Fields it reads, of data or of indicators; all are needed unless the name ends in `?`. */
  readonly needs: readonly string[]
  open(shape: PanelShape): DetectorStream
}

export interface DetectorStream {
  /** Subjects it watches with what the shape has; empty when it lacks what it needs. */
  readonly subjects: readonly string[]
  /** Takes the next row and the age of each of its values; adds what it has to say. */
  push(time_ms: number, row: Float64Array, ages_ms: Float64Array, out: Alert[]): void
}

/** Runs indicators over a panel: the panel with a column for each output behind its own. */
export function with_indicators(panel: Panel, indicators: readonly Indicator[], on_row?: (t: number) => void): Panel {
  const streams = indicators.map((indicator) => indicator.open(panel)).filter(({ outputs }) => outputs.length > 0)
  const rows = panel.time_ms.length
  const outs = streams.map(({ outputs }) => new Float64Array(outputs.length))
  const values = streams.map(({ outputs }) => outputs.map(() => new Float64Array(rows)))
  const row = new Float64Array(panel.columns.length)
  for (let t = 0; t < rows; t++) {
    row_of(panel, t, row)
    streams.forEach((stream, s) => {
      const out = outs[s] as Float64Array
      stream.push(panel.time_ms[t] as number, row, out)
      for (let o = 0; o < out.length; o++) ((values[s] as Float64Array[])[o] as Float64Array)[t] = out[o] as number
    })
    on_row?.(t)
  }
  const added = values.flat()
  return {
    ...panel,
    columns: [...panel.columns, ...streams.flatMap(({ outputs }) => outputs)],
    values: [...panel.values, ...added],
    ages_ms: [...panel.ages_ms, ...added.map((column) => column.map((value) => (Number.isNaN(value) ? Number.NaN : 0)))],
  }
}

/** Runs detectors over a panel: all they say, in order of time, then of the detectors. */
export function alerts_of(panel: Panel, detectors: readonly Detector[], on_row?: (t: number) => void): Alert[] {
  const streams = detectors.map((detector) => detector.open(panel)).filter(({ subjects }) => subjects.length > 0)
  const row = new Float64Array(panel.columns.length)
  const ages = new Float64Array(panel.columns.length)
  const out: Alert[] = []
  for (let t = 0; t < panel.time_ms.length; t++) {
    row_of(panel, t, row)
    for (let c = 0; c < ages.length; c++) ages[c] = (panel.ages_ms[c] as Float64Array)[t] as number
    for (const stream of streams) stream.push(panel.time_ms[t] as number, row, ages, out)
    on_row?.(t)
  }
  return out
}
