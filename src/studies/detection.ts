/** What happened, from files: alerts of all detectors over a history, and the catalogue of events made of them. */
import { iso_time } from '../analytics/index.ts'
import { detectors } from '../detectors/index.ts'
import { indicators } from '../indicators/index.ts'
import { lowerBound, median } from '../math/index.ts'
import {
  type Alert,
  alerts_of,
  type Evidence,
  InputError,
  type Panel,
  panel_of,
  type Series,
  with_indicators,
} from '../model/index.ts'
import { days_of, leads, LEAST_DAYS, missing_prices, USUAL_DAYS, usual_step } from './coverage.ts'
import type { Positions } from './criticality/positions.ts'
import { type AlertLoss, loss_of_alert } from './expected-loss.ts'

export const DETECT_SCHEMA = 'unwind.detect/1'

/** Where series came from. */
export interface Given {
  readonly file: string
  readonly evidence: Evidence
  readonly series: readonly Series[]
}

export interface DetectOptions {
  /** Step of the grid; by default that of the prices. */
  readonly step_ms?: number
  readonly from_ms?: number
  readonly to_ms?: number
  /** Detectors by id; all by default. */
  readonly only?: readonly string[]
  /** Snapshots that say what a fall would cost; their tables stand among the series too. */
  readonly positions?: readonly Positions[]
  readonly on_progress?: (done: number, phase: string) => void
}

/** An event: what a detector opened, until it closed it. Times in ISO 8601, UTC. */
export interface DetectedEvent {
  readonly detector: string
  readonly type: string
  readonly subject: string
  readonly severity: Alert['severity']
  readonly onset: string
  /** When it was said for the first time. */
  readonly detected: string
  /** When it was at its worst. */
  readonly peak: string
  /** When it was over; null while it is not. */
  readonly end: string | null
  /** Worst change of the median asset from the close a day before, or of the price from its peg; negative is a fall. */
  readonly drawdown: number
  /** Share of assets beyond two usual days; null where there is one subject. */
  readonly breadth: number | null
  readonly score: number | null
  readonly confidence: number
  readonly what: string
  /** Indicators that stood highest or lowest in their own past at the onset. */
  readonly spoke: readonly {
    readonly indicator: string
    readonly subject: string
    readonly value: number
    readonly rank: number
  }[]
}

/** An alert with its times in ISO 8601, UTC, what it would cost, and where that and it come from. */
export type AlertEntry = Omit<Alert, 'time_ms' | 'onset_ms'> &
  AlertLoss & {
    readonly time: string
    readonly onset: string
    /** The detector's page, then the files with what it read. */
    readonly links: readonly string[]
  }

export interface DetectDocument {
  readonly schema: typeof DETECT_SCHEMA
  readonly sources: readonly {
    readonly file: string
    readonly evidence: Evidence
    readonly series: number
    readonly from: string
    readonly to: string
  }[]
  readonly step_ms: number
  readonly from: string
  readonly to: string
  readonly detectors: readonly { readonly id: string; readonly title: string; readonly subjects: number }[]
  readonly events: readonly DetectedEvent[]
  readonly alerts: readonly AlertEntry[]
  readonly notes: readonly string[]
}

export interface Detection {
  readonly document: DetectDocument
  /** With the columns of all indicators. */
  readonly panel: Panel
}

/** Symbols with quotes and no close of their own get the middle of bid and ask as one: detectors read closes. */
function with_mids(series: readonly Series[]): readonly Series[] {
  const has = (field: string, like: Series) =>
    series.find((one) => one.field === field && one.symbol === like.symbol && one.venue === like.venue)
  const mids = series.flatMap((ask): Series[] => {
    const bid = ask.field === 'ask' ? has('bid', ask) : undefined
    if (bid === undefined || series.some(({ field, symbol }) => field === 'close' && symbol === ask.symbol)) return []
    const same = bid.time_ms.length === ask.time_ms.length && bid.time_ms.every((time, i) => time === ask.time_ms[i])
    return same ? [{ ...ask, field: 'close', values: ask.values.map((value, i) => (value + (bid.values[i] as number)) / 2) }] : []
  })
  return mids.length === 0 ? series : [...series, ...mids]
}

/** What was not looked at, and what is missing for it: silence is no all-clear. */
function gaps_of(opened: readonly { readonly id: string; readonly subjects: number }[], panel: Panel): string[] {
  const silent = opened.filter(({ subjects }) => subjects === 0).map(({ id }) => id)
  const out: string[] = []
  const events = opened.filter(({ id }) => EVENTS.has(id))
  if (events.length === 0) out.push(`no detector of events was asked for: ${[...EVENTS].join(', ')}`)
  else if (silent.includes('depeg') && events.every(({ id }) => id === 'depeg'))
    out.push('depegs were not looked for: the files hold no peg (crosses such as btc_usdc beside btc_usd) and no pool tick')
  else if (events.every(({ id }) => silent.includes(id)))
    out.push(
      'events were not looked for: the files hold no price of an asset (close, or bid and ask), no peg and no pool tick; an index such as VIX is none',
    )
  else if (silent.includes('deleveraging-event'))
    out.push('de-leveraging events were not looked for: the files hold no price of an asset (close, or bid and ask)')
  if (opened.some(({ id, subjects }) => id === 'deleveraging-event' && subjects > 0)) {
    const { known, judged } = days_of(panel)
    if (judged === 0)
      out.push(
        `de-leveraging events were not looked for: the files hold ${Math.round(10 * known) / 10} days of prices, nowhere ${LEAST_DAYS} within ${USUAL_DAYS}, which are needed to know what is usual`,
      )
  }
  if (silent.length > 0) out.push(`nothing to read for ${silent.join(', ')}: the files lack the fields they need`)
  return out
}

/** First and last moment at which a price is known. */
function range_of(series: readonly Series[]): { readonly from_ms: number; readonly to_ms: number } {
  const prices = series.filter(leads)
  const of = prices.length > 0 ? prices : series
  let [from_ms, to_ms] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { time_ms, delay_ms = 0 } of of) {
    if (time_ms.length === 0) continue
    from_ms = Math.min(from_ms, (time_ms[0] as number) + delay_ms)
    to_ms = Math.max(to_ms, (time_ms[time_ms.length - 1] as number) + delay_ms)
  }
  return { from_ms, to_ms }
}

/** Runs indicators and detectors over a history. @throws InputError where there is nothing to read, or a detector is unknown */
export function detect(given: readonly Given[], options: DetectOptions = {}): Detection {
  const series = with_mids(given.flatMap((one) => one.series))
  const chosen = options.only === undefined ? detectors : options.only.map((id) => detector_named(id))
  if (!series.some(({ time_ms }) => time_ms.length > 0))
    throw new InputError(given[0]?.file ?? 'files', 'series', 'no values', 'at least one series with values')
  const step_ms = options.step_ms ?? usual_step(series)
  const range = range_of(series)
  const bare = panel_of(series, { step_ms, from_ms: options.from_ms ?? range.from_ms, to_ms: options.to_ms ?? range.to_ms })
  const rows = bare.time_ms.length
  if (rows === 0)
    throw new InputError('--from, --to', '', 'no row', `moments between ${iso_time(range.from_ms)} and ${iso_time(range.to_ms)}`)
  const each = (phase: string, offset: number, share: number) => (t: number) => {
    if (t % 256 === 0) options.on_progress?.(offset + (share * t) / rows, phase)
  }
  const panel = with_indicators(bare, indicators, each('indicators', 0, 0.8))
  const alerts = alerts_of(panel, chosen, each('detectors', 0.8, 0.2))
  const opened = chosen.map((detector) => ({
    id: detector.id,
    title: detector.title,
    subjects: detector.open(panel).subjects.length,
  }))
  const document: DetectDocument = {
    schema: DETECT_SCHEMA,
    sources: sources_of(given),
    step_ms,
    from: iso_time(panel.time_ms[0] as number),
    to: iso_time(panel.time_ms[rows - 1] as number),
    detectors: opened,
    events: events_of(alerts, panel),
    alerts: alerts.map((alert) => alert_entry(alert, options.positions ?? [], files_of(alert, given))),
    notes: [...gaps_of(opened, panel), ...missing_prices(series)],
  }
  return { document, panel }
}

/** The files, with what each of them covers. */
export const sources_of = (given: readonly Given[]): DetectDocument['sources'] =>
  given.map(({ file, evidence, series: own }) => {
    const { from_ms, to_ms } = range_of(own)
    const iso = (time_ms: number) => (Number.isFinite(time_ms) ? iso_time(time_ms) : '')
    return { file, evidence, series: own.length, from: iso(from_ms), to: iso(to_ms) }
  })

export function alert_entry(
  { time_ms, onset_ms, ...rest }: Alert,
  positions: readonly Positions[],
  files: readonly string[],
): AlertEntry {
  return {
    ...{ time: iso_time(time_ms), onset: iso_time(onset_ms), ...rest },
    ...loss_of_alert({ time_ms, onset_ms, ...rest }, positions),
    links: [`docs/detectors/${rest.detector}.md`, ...files],
  }
}

/** Fields of data that a detector rests on: those it reads, and those under the indicators it reads. */
function fields_under(detector: string): ReadonlySet<string> {
  const needs = detectors.find(({ id }) => id === detector)?.needs ?? []
  const bare = (field: string) => field.replace('?', '')
  return new Set(
    needs.map(bare).flatMap((field) => [field, ...(indicators.find(({ id }) => id === field)?.needs.map(bare) ?? [])]),
  )
}

/** Files with what an alert was read from; those that tell of its subject where any does. */
function files_of({ detector, subject }: Alert, given: readonly Given[]): string[] {
  const fields = fields_under(detector)
  const with_any = (wanted: (series: Series) => boolean) =>
    given.filter(({ series }) => series.some((one) => fields.has(one.field) && wanted(one))).map(({ file }) => file)
  const own = with_any(({ symbol, venue }) => symbol === subject || venue === subject)
  return own.length > 0 ? own : with_any(() => true)
}

function detector_named(id: string) {
  const found = detectors.find((detector) => detector.id === id)
  if (found === undefined)
    throw new InputError('--detector', '', id, `one of ${detectors.map((detector) => detector.id).join(', ')}`)
  return found
}

/** Detectors whose alerts are events of their own; the others point at conditions. */
const EVENTS = new Set(['deleveraging-event', 'depeg'])

function events_of(alerts: readonly Alert[], panel: Panel): DetectedEvent[] {
  const out: DetectedEvent[] = []
  const open = new Map<string, { first: Alert; last: Alert }>()
  const add = (first: Alert, last: Alert, end: string | null) => {
    const { evidence } = last
    const number = (name: string) => (typeof evidence[name] === 'number' ? evidence[name] : null)
    out.push({
      detector: first.detector,
      type: first.type,
      subject: first.subject,
      severity: last.severity,
      onset: iso_time(first.onset_ms),
      detected: iso_time(first.time_ms),
      peak: iso_time(number('peak_ms') ?? first.time_ms),
      end,
      drawdown: number('drawdown') ?? number('worst') ?? 0,
      breadth: number('breadth'),
      score: number('score'),
      confidence: last.confidence,
      what: last.what,
      spoke: spoke(panel, first.onset_ms),
    })
  }
  for (const alert of alerts) {
    if (!EVENTS.has(alert.detector)) continue
    const key = `${alert.detector} ${alert.subject}`
    const known = open.get(key)
    if (alert.state === 'opened') open.set(key, { first: alert, last: alert })
    else if (known !== undefined && alert.state === 'escalated') known.last = alert
    else if (known !== undefined) {
      add(known.first, alert, iso_time(alert.time_ms))
      open.delete(key)
    }
  }
  for (const { first, last } of open.values()) add(first, last, null)
  return out.sort((a, b) => (a.detected < b.detected ? -1 : a.detected > b.detected ? 1 : 0))
}

const IDS = new Set(indicators.map(({ id }) => id))
const SPEAK = 5
/** Fewer earlier values say nothing of a rank. */
const LEAST_PAST = 30

/** Share of a column's earlier values that were lower than the one at a row; NaN where too few are known. */
function rank_of(values: Float64Array, at: number): number {
  const value = values[at] as number
  if (!Number.isFinite(value)) return Number.NaN
  let [below, known] = [0, 0]
  for (let t = 0; t < at; t++) {
    const past = values[t] as number
    if (!Number.isFinite(past)) continue
    known++
    if (past < value) below++
    else if (past === value) below += 0.5
  }
  return known < LEAST_PAST ? Number.NaN : below / known
}

/** At a moment, the indicators that stood most extreme among their own earlier values: medians over the subjects of each. */
function spoke(panel: Panel, time_ms: number): DetectedEvent['spoke'] {
  const at = lowerBound(panel.time_ms, time_ms)
  if (at >= panel.time_ms.length) return []
  const ranks = new Map<string, { readonly rank: number[]; readonly value: number[]; subject: string }>()
  panel.columns.forEach(({ field, symbol, venue }, c) => {
    if (!IDS.has(field)) return
    const rank = rank_of(panel.values[c] as Float64Array, at)
    if (Number.isNaN(rank)) return
    const known = ranks.get(field)
    if (known === undefined)
      ranks.set(field, {
        rank: [rank],
        value: [panel.values[c]?.[at] as number],
        subject: [symbol, venue].filter((part) => part !== '').join('@'),
      })
    else {
      known.rank.push(rank)
      known.value.push(panel.values[c]?.[at] as number)
      known.subject = 'market'
    }
  })
  return [...ranks]
    .map(([indicator, { rank, value, subject }]) => ({ indicator, subject, value: median(value), rank: median(rank) }))
    .sort((a, b) => Math.abs(b.rank - 0.5) - Math.abs(a.rank - 0.5))
    .slice(0, SPEAK)
}
