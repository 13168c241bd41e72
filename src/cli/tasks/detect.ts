/** Events and chances from files of series. */
import { iso_time } from '../../analytics/index.ts'
import { writeFileSync } from 'node:fs'
import { exp, log, median } from '../../math/index.ts'
import { type Evidence, InputError, type Panel, type Series } from '../../model/index.ts'
import { type Curve, detect_html, detect_text, warn_text } from '../../reports/index.ts'
import { detect, type Given } from '../../studies/detection.ts'
import {
  assets_of,
  daily_panel,
  DAY_MS,
  type Evaluation,
  evaluate_warnings,
  type Warning,
  warn,
  WARNING,
} from '../../studies/warning.ts'
import { calibration_curve } from '../../detectors/evaluate.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'

interface Files {
  readonly files: readonly string[]
  readonly from_ms: number | undefined
  readonly to_ms: number | undefined
  readonly json: boolean
  readonly look: Look
}

export interface DetectInput extends Files {
  readonly step_ms: number | undefined
  readonly only: readonly string[]
  /** Where the page is written first. */
  readonly html: string | undefined
}

export interface WarnInput extends Files {
  readonly evaluate: boolean
  readonly fall: number
  readonly horizon_days: number
  readonly shock: number
  readonly amplification: number
}

/** Series of all files, in order. The same series in several files, a month each, is joined; where two tell of the same time it is refused. */
export async function read_all(files: readonly string[], on_progress: Progress): Promise<Given[]> {
  const { readSeries } = await import('../../sources/index.ts')
  const given: { file: string; evidence: Evidence; series: Series[] }[] = []
  const places = new Map<string, { readonly file: string; readonly list: Series[]; readonly at: number }>()
  for (const file of files) {
    on_progress(0, `reading ${file}`)
    const { series, evidence } = await readSeries(file)
    const own: Series[] = []
    given.push({ file, evidence, series: own })
    for (const one of series) {
      const key = JSON.stringify([one.field, one.symbol, one.venue])
      const before = places.get(key)
      if (before === undefined) {
        places.set(key, { file, list: own, at: own.length })
        own.push(one)
      } else before.list[before.at] = joined(before.list[before.at] as Series, one, before.file, file)
    }
  }
  return given
}

function joined(a: Series, b: Series, first_file: string, file: string): Series {
  const last = ({ time_ms }: Series) => (time_ms.length > 0 ? (time_ms[time_ms.length - 1] as number) : Number.NEGATIVE_INFINITY)
  const first = ({ time_ms }: Series) => (time_ms.length > 0 ? (time_ms[0] as number) : Number.POSITIVE_INFINITY)
  const [early, late] = first(a) <= first(b) ? [a, b] : [b, a]
  if (last(early) >= first(late))
    throw new InputError(
      file,
      b.field,
      `${b.field} of ${b.symbol === '' ? 'no symbol' : b.symbol} at times that ${first_file} tells of too`,
      'each moment of a series once',
    )
  return { ...early, time_ms: concat(early.time_ms, late.time_ms), values: concat(early.values, late.values) }
}

function concat(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}

export async function detect_task(input: DetectInput, on_progress: Progress): Promise<WorkResult> {
  const given = await read_all(input.files, on_progress)
  const { document, panel } = detect(given, {
    ...(input.step_ms === undefined ? {} : { step_ms: input.step_ms }),
    ...(input.from_ms === undefined ? {} : { from_ms: input.from_ms }),
    ...(input.to_ms === undefined ? {} : { to_ms: input.to_ms }),
    ...(input.only.length === 0 ? {} : { only: input.only }),
    on_progress: (done, phase) => on_progress(0.1 + 0.9 * done, phase),
  })
  if (input.html !== undefined) writeFileSync(input.html, detect_html(document, price_curve(panel), curves(panel, document)))
  const text = input.json
    ? `${JSON.stringify(document, null, 2)}\n`
    : detect_text(document, { width: input.look.width, painter: painter(input.look.colour) })
  return { code: 0, text, note: '' }
}

/** Equally weighted geometric index of the assets known, 100 at the start; the price itself where there is one, the tick where there is none. */
function price_curve(panel: Panel): Curve {
  const assets = assets_of(panel)
  const closes = panel.columns.flatMap((column, c) =>
    column.field === 'close' && assets.includes(column.symbol) ? [panel.values[c] as Float64Array] : [],
  )
  if (closes.length === 0) {
    const c = Math.max(
      0,
      panel.columns.findIndex(({ field }) => field === 'tick' || field === 'peg_deviation' || field === 'close'),
    )
    const { field, symbol, unit } = panel.columns[c] ?? { field: '', symbol: '', unit: '' }
    return { title: `${symbol} ${field}`.trim(), unit, time_ms: panel.time_ms, values: panel.values[c] ?? [] }
  }
  const values = new Float64Array(panel.time_ms.length)
  let level = 100
  for (let t = 0; t < values.length; t++) {
    const moves =
      t === 0
        ? []
        : closes
            .map((close) => (close[t] as number) / (close[t - 1] as number))
            .filter((move) => Number.isFinite(move) && move > 0)
    if (moves.length > 0) level *= exp(moves.reduce((sum, move) => sum + log(move), 0) / moves.length)
    values[t] = level
  }
  return {
    title: closes.length === 1 ? `${assets[0]}, start 100` : `geometric mean of ${closes.length} assets, start 100`,
    unit: '',
    time_ms: panel.time_ms,
    values,
  }
}

/** The indicators that were named most often by events, as medians over their subjects: at most eight. */
function curves(panel: Panel, document: ReturnType<typeof detect>['document']): Curve[] {
  const named = new Map<string, number>()
  for (const { spoke } of document.events)
    for (const { indicator } of spoke) named.set(indicator, (named.get(indicator) ?? 0) + 1)
  const most = [...named].sort((a, b) => b[1] - a[1]).slice(0, 8)
  return most.map(([indicator]) => {
    const columns = panel.columns.flatMap(({ field }, c) => (field === indicator ? [c] : []))
    const values = Float64Array.from(panel.time_ms, (_, t) => {
      const known = columns.map((c) => panel.values[c]?.[t] as number).filter(Number.isFinite)
      return known.length > 0 ? median(known) : Number.NaN
    })
    return {
      title: columns.length > 1 ? `${indicator}, median of ${columns.length}` : indicator,
      unit: panel.columns[columns[0] as number]?.unit ?? '',
      time_ms: panel.time_ms,
      values,
    }
  })
}

export async function warn_task(input: WarnInput, on_progress: Progress): Promise<WorkResult> {
  const given = await read_all(input.files, on_progress)
  on_progress(0.1, 'indicators')
  const series = given.flatMap((one) => one.series)
  const panel = daily_panel(series, range(given, input))
  const options = {
    ...WARNING,
    fall: input.fall,
    horizon_days: input.horizon_days,
    shock: input.shock,
    amplification: input.amplification,
  }
  on_progress(0.4, 'learning')
  const warnings = warn(panel, options)
  const evaluations = input.evaluate
    ? evaluate_warnings(panel, options, undefined, (done) => on_progress(0.5 + 0.5 * done, 'walking forward'))
    : []
  const last = panel.time_ms[panel.time_ms.length - 1]
  if (last === undefined) throw new InputError(input.files[0] ?? '', 'series', 'no values', 'prices of at least one asset')
  const document = {
    schema: 'unwind.warn/1' as const,
    sources: given.map(({ file, evidence, series: own }) => ({
      file,
      evidence: evidence as Evidence,
      series: own.length,
      from: '',
      to: '',
    })),
    time: iso_time(last),
    warnings: warnings.map((one) => warning(one, evaluations)),
    evaluation: evaluations.map(({ problem, scores, rows, walks }) => ({
      id: problem.id,
      title: problem.title,
      rows: rows.length,
      scores,
      calibration: calibration(problem.labels, walks.find(({ forecaster }) => forecaster.id === 'ridge-logit')?.probability),
    })),
    notes: notes(input.evaluate, warnings, evaluations),
  }
  const text = input.json
    ? `${JSON.stringify(document, null, 2)}\n`
    : warn_text(document, { width: input.look.width, painter: painter(input.look.colour) })
  return { code: 0, text, note: '' }
}

/** The range of the prices of the first file, unless one is asked for. */
function range(given: readonly Given[], { from_ms, to_ms }: WarnInput): { readonly from_ms: number; readonly to_ms: number } {
  const closes = (given[0]?.series ?? []).filter(({ field, time_ms }) => field === 'close' && time_ms.length > 0)
  if (closes.length === 0)
    throw new InputError(
      given[0]?.file ?? 'files',
      'close',
      'no prices',
      'prices (close) in the first file: they say what is asked about',
    )
  const first = closes.reduce((low, { time_ms }) => Math.min(low, time_ms[0] as number), Number.POSITIVE_INFINITY)
  const final = closes.reduce(
    (high, { time_ms, delay_ms = 0 }) => Math.max(high, (time_ms[time_ms.length - 1] as number) + delay_ms),
    Number.NEGATIVE_INFINITY,
  )
  const held = `prices from ${iso_time(first)} to ${iso_time(final)}, as ${given[0]?.file} has`
  if (from_ms !== undefined && from_ms >= final) throw new InputError('--from', '', iso_time(from_ms), `a day within the ${held}`)
  if (to_ms !== undefined && to_ms <= first) throw new InputError('--to', '', iso_time(to_ms), `a day within the ${held}`)
  return { from_ms: from_ms ?? first, to_ms: Math.floor((to_ms ?? final) / DAY_MS) * DAY_MS }
}

function warning({ question, subject, forecast, base_rate, learned, happened }: Warning, evaluations: readonly Evaluation[]) {
  const verdict = evaluations
    .find(({ problem }) => problem.title === question)
    ?.scores.find(({ id }) => id === 'ridge-logit')?.verdict
  return {
    ...{ question, subject, base_rate, learned, happened },
    probability: forecast.abstains ? null : forecast.probability,
    abstains: forecast.abstains,
    skill: verdict === undefined || verdict === 'baseline' ? ('not evaluated' as const) : verdict,
    drivers: forecast.drivers,
  }
}

function calibration(labels: Float64Array, said: Float64Array | undefined) {
  if (said === undefined) return []
  const rows = Array.from(labels, (_, i) => i).filter((i) => !Number.isNaN(labels[i]) && !Number.isNaN(said[i] as number))
  if (rows.length < 25) return []
  return calibration_curve(
    rows.map((i) => labels[i] as number),
    rows.map((i) => said[i] as number),
  )
}

function notes(evaluated: boolean, warnings: readonly Warning[], evaluations: readonly Evaluation[]): string[] {
  const out: string[] = []
  if (warnings.length > 0 && !evaluated)
    out.push('Whether these chances have any skill is not known here: --evaluate answers it walk-forward, against naive rules.')
  const without = evaluations.filter(({ scores }) => !scores.some(({ verdict }) => verdict === 'skill'))
  if (without.length > 0)
    out.push(
      `No skill: on ${without.length} of ${evaluations.length} questions no model beats the naive rules with 90 % confidence. Do not time the market by this.`,
    )
  out.push('Observed series, inferred chances. Definitions: docs/detection.md.')
  return out
}
