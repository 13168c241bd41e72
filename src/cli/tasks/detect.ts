/** Events and chances from files of series. */
import { writeFileSync } from 'node:fs'
import { exp, log, median } from '../../math/index.ts'
import { type Evidence, InputError, type Panel, type Series, weakest } from '../../model/index.ts'
import { type Curve, detect_html, detect_text } from '../../reports/index.ts'
import { in_order, type Positions, positions_of, positions_panel, positions_series } from '../../studies/criticality/index.ts'
import { detect, type Given } from '../../studies/detection.ts'
import { assets_of } from '../../studies/warning.ts'
import { painter } from '../support/colour.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { naming, open_snapshot } from './inputs.ts'

export interface Files {
  readonly files: readonly string[]
  readonly from_ms: number | undefined
  readonly to_ms: number | undefined
  /** Files of snapshots, in any order. */
  readonly snapshots: readonly string[]
  readonly json: boolean
  readonly look: Look
}

export interface DetectInput extends Files {
  readonly step_ms: number | undefined
  readonly only: readonly string[]
  /** Where the page is written first. */
  readonly html: string | undefined
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

/** Snapshots with what was computed of them, in order of time. */
export async function read_positions(
  files: readonly string[],
  on_progress: Progress,
): Promise<{ readonly positions: readonly Positions[]; readonly files: readonly string[]; readonly given: readonly Given[] }> {
  const all: { readonly file: string; readonly one: Positions }[] = []
  for (const [i, file] of files.entries()) {
    on_progress((0.1 * i) / files.length, `reading ${file}`)
    const snapshot = await open_snapshot(file, undefined)
    on_progress((0.1 * (i + 0.5)) / files.length, 'asking the venues')
    all.push({ file, one: naming({ snapshot: file }, () => positions_of(snapshot)) })
  }
  const positions = in_order(
    all.map(({ one }) => one),
    files,
  )
  const names = positions.map((one) => all.find((other) => other.one === one)?.file as string)
  const series = positions.length === 0 ? [] : positions_series(positions_panel(positions))
  const evidence = positions
    .flatMap(({ snapshot }) => snapshot.provenance)
    .reduce<Evidence>((worst, part) => weakest(worst, part.evidence), 'inferred')
  const given = names.length === 0 ? [] : [{ file: names.join(', '), evidence, series }]
  return { positions, files: names, given }
}

export async function detect_task(input: DetectInput, on_progress: Progress): Promise<WorkResult> {
  const known = await read_positions(input.snapshots, on_progress)
  const given = [...(await read_all(input.files, on_progress)), ...known.given]
  const { document, panel } = detect(given, {
    positions: known.positions,
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
