/** What may come, and what it would cost: the document `unwind.warn/1`. */
import { iso_time } from '../analytics/index.ts'
import { EVENT_SCORE } from '../detectors/deleveraging-event.ts'
import { calibration_curve, type Estimate, EVALUATE, LEAST, LEAST_ROWS, type Score } from '../detectors/evaluate.ts'
import { exp, median } from '../math/index.ts'
import { type Evidence, InputError, type Panel } from '../model/index.ts'
import { missing_prices } from './coverage.ts'
import type { Positions } from './criticality/positions.ts'
import { type AlertEntry, alert_entry, type DetectDocument, type Given, sources_of } from './detection.ts'
import { alone, type ExpectedLoss, ladder_loss, type Outcome, outcomes, run_loss, same_asset } from './expected-loss.ts'
import { type PositionFigure, read_positions, simulated } from './fragile-positions.ts'
import {
  assets_of,
  type Evaluation,
  evaluate_warnings,
  leader_of,
  type Said,
  type Warning,
  warn,
  type WarningOptions,
} from './warning.ts'

export const WARN_SCHEMA = 'unwind.warn/1'
const DAY_MS = 86_400_000

export interface WarnInput {
  readonly given: readonly Given[]
  /** Days with indicators; undefined where there are only snapshots. */
  readonly panel: Panel | undefined
  readonly options: WarningOptions
  readonly evaluate: boolean
  /** In order of time. */
  readonly positions: readonly Positions[]
  readonly files: readonly string[]
  /** Runs a shock. */
  readonly seeds: number
  readonly on_progress?: (done: number, phase: string) => void
}

interface WarningEntry {
  readonly question: string
  readonly subject: string
  readonly probability: number | null
  readonly abstains: boolean
  readonly base_rate: number
  readonly learned: number
  readonly happened: number
  /** Walk-forward, out of sample. */
  readonly skill: 'skill' | 'no skill' | 'too little data' | 'not evaluated'
  /** 1 − Brier ÷ Brier of how often it had happened so far; null where it was not judged. */
  readonly brier_skill: Estimate | null
  /** ROC-AUC less the best naive rule's. */
  readonly beats_naive: Estimate | null
  /** Rows out of sample on which it was judged. */
  readonly judged_rows: number
  readonly drivers: readonly { readonly name: string; readonly part: number }[]
  /** The naive rule that did better than how often it happened, and what it says; null where none did. */
  readonly naive_rule: { readonly title: string; readonly probability: number | null; readonly brier_skill: Estimate } | null
  /** What the newest snapshot says of the subject. */
  readonly positions: readonly PositionFigure[]
  readonly expected_loss_usd: number | null
  readonly expected_loss: ExpectedLoss | null
  /** What says so, or why nothing does. */
  readonly expected_loss_basis: string
}

interface SimulatedEntry
  extends Pick<
    WarningEntry,
    'question' | 'subject' | 'positions' | 'expected_loss_usd' | 'expected_loss' | 'expected_loss_basis'
  > {
  readonly probability: number
  readonly hits: number
  readonly seeds: number
  readonly share: { readonly value: number; readonly low: number; readonly high: number }
}

export interface WarnDocument {
  readonly schema: typeof WARN_SCHEMA
  readonly sources: DetectDocument['sources']
  readonly time: string
  readonly warnings: readonly WarningEntry[]
  /** From the newest snapshot, by runs; empty without one. */
  readonly simulated: readonly SimulatedEntry[]
  readonly snapshots: readonly {
    readonly file: string
    readonly title: string
    readonly time: string
    readonly evidence: Evidence
    readonly accounts: number
  }[]
  readonly positions: readonly PositionFigure[]
  /** Of detectors over the stream of snapshots. */
  readonly alerts: readonly AlertEntry[]
  readonly evaluation: readonly {
    readonly id: string
    readonly title: string
    /** Rows with a known outcome, and how many came true. */
    readonly asked: number
    readonly happened: number
    /** Rows of these on which forecasts were made out of sample, and the share that came true; null without rows. */
    readonly rows: number
    readonly base_rate: number | null
    readonly scores: readonly Score[]
    readonly calibration: ReturnType<typeof calibration_curve>
  }[]
  readonly notes: readonly string[]
}

/** Runs of each shock, made once. */
class Runs {
  readonly positions: Positions
  readonly asset: string
  private readonly seeds: number
  private readonly made = new Map<number, readonly Outcome[]>()
  private readonly on_run: () => void

  constructor(positions: Positions, asset: string, seeds: number, on_run: () => void) {
    this.positions = positions
    this.asset = asset
    this.seeds = seeds
    this.on_run = on_run
  }

  of(fall: number, twice = false): readonly Outcome[] {
    const key = Math.round(1e4 * fall)
    const known = this.made.get(key)
    if (known !== undefined && (!twice || known[0]?.without !== null)) return known
    const made = outcomes(this.positions.snapshot, this.shock(fall), this.seeds, twice, this.on_run)
    this.made.set(key, made)
    return made
  }
  shock(fall: number) {
    return { asset: this.asset, change: -Math.round(1e4 * fall) / 1e4 }
  }
  loss(fall: number): ExpectedLoss {
    return run_loss(this.positions.snapshot, this.shock(fall), this.of(fall))
  }
}

/** The asset that stands for the market in a snapshot: that of the series, else bitcoin, else the first whose beta is 1. */
function leader_in({ crowd }: Positions, panel: Panel | undefined, where: string): string {
  const assets = crowd.world.parts.assets.filter(({ numeraire }) => numeraire !== true)
  const named = panel === undefined ? 'BTC' : leader_of(panel)
  const found =
    assets.find(({ id }) => same_asset(id, named)) ??
    assets.find(({ id }) => /^(BTC|XBT|WBTC)/.test(id.toUpperCase())) ??
    assets.find(({ beta }) => beta === 1) ??
    assets[0]
  if (found === undefined) throw new InputError(where, 'assets', 'none', 'at least one asset that can fall')
  return found.id
}

/** Fall at which an event would open today: score = fall² ÷ σ of a day, fall in logs, σ the median of assets'. NaN where it is not known. */
function event_fall(panel: Panel): number {
  const last = panel.time_ms.length - 1
  const assets = new Set(assets_of(panel))
  const known = panel.columns
    .flatMap(({ field, symbol }, c) =>
      field === 'realised_volatility' && assets.has(symbol) ? [(panel.values[c] as Float64Array)[last] as number] : [],
    )
    .filter(Number.isFinite)
  if (known.length === 0) return Number.NaN
  const sigma = median(known) / Math.sqrt(365)
  return 1 - exp(-Math.sqrt(EVENT_SCORE * sigma))
}

type Loss = Pick<WarningEntry, 'expected_loss' | 'expected_loss_basis' | 'expected_loss_usd'>
const no_loss = (why: string): Loss => ({ expected_loss: null, expected_loss_usd: null, expected_loss_basis: why })

const with_loss = (loss: ExpectedLoss): Loss => ({
  expected_loss: loss,
  expected_loss_usd: loss.loss_usd.median,
  expected_loss_basis:
    loss.model === 'run'
      ? `median of ${loss.seeds} runs on ${loss.snapshot}, ${loss.evidence}: owed beyond what is held, given ${loss.condition}`
      : `ladder of ${loss.snapshot}, ${loss.evidence}: owed beyond what is held, at once, given ${loss.condition}`,
})

/** What is asked comes true: what does that cost, by this snapshot? */
function loss_of({ id, subject }: Warning, runs: Runs | undefined, panel: Panel, options: WarningOptions): Loss {
  if (runs === undefined) return no_loss('no snapshot was given (--snapshot): prices alone do not say who owes what')
  const deep = Math.min(0.99, options.shock * options.amplification)
  if (id === 'fall') return with_loss(runs.loss(options.fall))
  if (id === 'system') return with_loss(runs.loss(deep))
  if (id === 'event') {
    const fall = event_fall(panel)
    return Number.isFinite(fall) ? with_loss(runs.loss(fall)) : no_loss('the fall at which an event opens is not known today')
  }
  if (id === 'venue') {
    const { venues } = runs.positions.crowd.world.parts
    const at = venues.findIndex((venue) => venue.id.toLowerCase() === subject.toLowerCase())
    const shock = runs.shock(options.shock)
    return at < 0
      ? no_loss(`the snapshot has no venue ${subject}`)
      : with_loss(run_loss(runs.positions.snapshot, shock, runs.of(options.shock), at))
  }
  const logs = alone(runs.positions, subject, -deep)
  return logs === undefined
    ? no_loss(`the snapshot has no asset ${subject} that can fall`)
    : with_loss(ladder_loss(runs.positions, logs, `${subject} alone −${Math.round(1000 * deep) / 10} %`))
}

function learned(
  warning: Warning,
  evaluations: readonly Evaluation[],
  figures: readonly PositionFigure[],
  loss: Loss,
): WarningEntry {
  const { question, subject, forecast, base_rate, learned: rows, happened, id, drivers } = warning
  const scores = evaluations.find(({ problem }) => problem.id === id)?.scores ?? []
  const own = scores.find((score) => score.id === 'ridge-logit')
  const verdict = own?.verdict
  return {
    ...{ question, subject, base_rate, learned: rows, happened },
    probability: forecast.abstains ? null : forecast.probability,
    abstains: forecast.abstains,
    skill: verdict === undefined || verdict === 'baseline' ? 'not evaluated' : verdict,
    brier_skill: own === undefined || own.brier_skill.value === null ? null : own.brier_skill,
    beats_naive: own?.beats_baseline ?? null,
    judged_rows: own?.rows ?? 0,
    drivers,
    naive_rule: naive_rule(warning, scores),
    positions: of_subject(figures, subject, id),
    ...loss,
  }
}

/** The naive rule with the best Brier skill, where that and its ranking within refits are better than none, the first with its whole interval. */
function naive_rule({ naive }: Warning, scores: readonly Score[]): WarningEntry['naive_rule'] {
  const better = scores.filter(
    ({ baseline, brier_skill, roc_auc_within }) => baseline && (brier_skill.low ?? 0) > 0 && (roc_auc_within ?? 0) > 0.5,
  )
  const [best] = better.toSorted((a, b) => (b.brier_skill.value ?? 0) - (a.brier_skill.value ?? 0))
  if (best === undefined) return null
  return { title: best.title, probability: naive.get(best.id) ?? null, brier_skill: best.brier_skill }
}

/** Those of the whole market for what is asked of it, of the venue for what is asked of a venue, none for an asset. */
function of_subject(figures: readonly PositionFigure[], subject: string, id: string): PositionFigure[] {
  if (id === 'fragility') return []
  const venue = subject === 'market' ? '' : subject.toLowerCase()
  return figures.filter((figure) => figure.venue.toLowerCase() === venue)
}

function calibration(labels: Float64Array, said: Float64Array | undefined): ReturnType<typeof calibration_curve> {
  if (said === undefined) return []
  const rows = Array.from(labels, (_, i) => i).filter((i) => !Number.isNaN(labels[i]) && !Number.isNaN(said[i] as number))
  if (rows.length < 25) return []
  return calibration_curve(
    rows.map((i) => labels[i] as number),
    rows.map((i) => said[i] as number),
  )
}

/** @throws InputError where neither series nor snapshots are given, or a snapshot has nothing that can fall */
export function warn_document(input: WarnInput): WarnDocument {
  const { panel, options, positions, files, seeds, on_progress } = input
  const newest = positions[positions.length - 1]
  const last = panel?.time_ms[panel.time_ms.length - 1]
  const time_ms = last ?? newest?.snapshot.time_ms
  if (time_ms === undefined) throw new InputError('files', 'series', 'no values', 'prices of at least one asset, or a snapshot')
  on_progress?.(0, 'learning')
  const answers: Said = panel === undefined ? { said: [], unsaid: [] } : warn(panel, options)
  const { said } = answers
  const walking = (done: number) => on_progress?.(0.1 + 0.5 * done, 'walking forward')
  const evaluations = panel === undefined ? [] : evaluate_warnings(panel, options, undefined, walking, input.evaluate)
  const read = newest === undefined ? { figures: [], alerts: [], apart: '' } : read_positions(positions)
  let done = 0
  const on_run = () => on_progress?.(0.6 + 0.4 * Math.min(1, ++done / (4 * seeds)), 'running the shocks')
  const runs =
    newest === undefined ? undefined : new Runs(newest, leader_in(newest, panel, files[0] ?? '--snapshot'), seeds, on_run)
  // First: these need runs without feedback too, and what follows uses the others again.
  const made = runs === undefined ? [] : simulated_entries(runs, options, read.figures)
  return {
    schema: WARN_SCHEMA,
    sources: sources_of(input.given),
    time: iso_time(time_ms),
    warnings: said.map((one) => learned(one, evaluations, read.figures, loss_of(one, runs, panel as Panel, options))),
    simulated: made,
    snapshots: positions.map(({ snapshot, crowd }, i) => ({
      file: files[i] ?? '',
      title: snapshot.title,
      time: iso_time(snapshot.time_ms),
      evidence: crowd_evidence(snapshot),
      accounts: crowd.world.parts.venues.reduce((sum, _, v) => sum + crowd.world.venue(v).rows, 0),
    })),
    positions: read.figures,
    alerts: read.alerts.map((alert) => alert_entry(alert, positions, files)),
    evaluation: input.evaluate ? evaluations.map(evaluation_entry) : [],
    notes: [...notes(input, answers, evaluations, time_ms), ...(read.apart === '' ? [] : [`${read.apart}.`])],
  }
}

function evaluation_entry({ problem, scores, rows, walks }: Evaluation): WarnDocument['evaluation'][number] {
  const known = problem.labels.filter((label) => !Number.isNaN(label))
  const happened = known.reduce((sum, label) => sum + label, 0)
  return {
    ...{ id: problem.id, title: problem.title, asked: known.length, happened },
    rows: rows.length,
    base_rate: rows.length > 0 ? rows.reduce((sum, i) => sum + (problem.labels[i] as number), 0) / rows.length : null,
    scores,
    calibration: calibration(problem.labels, walks.find(({ forecaster }) => forecaster.id === 'ridge-logit')?.probability),
  }
}

function simulated_entries(runs: Runs, options: WarningOptions, figures: readonly PositionFigure[]): SimulatedEntry[] {
  const made = runs.of(options.shock, true)
  return simulated(runs.positions, runs.shock(options.shock), options.amplification, made).map(({ loss, ...one }) => ({
    ...one,
    positions: of_subject(figures, one.subject, 'simulated'),
    ...with_loss(loss),
  }))
}

const crowd_evidence = ({ provenance }: Positions['snapshot']): Evidence =>
  provenance.some(({ evidence }) => evidence === 'synthetic')
    ? 'synthetic'
    : provenance.some(({ evidence }) => evidence === 'inferred')
      ? 'inferred'
      : 'observed'

/** How many questions were judged, and how it ended. */
function verdicts(evaluations: readonly Evaluation[], thorough: boolean): string[] {
  const of = ({ scores }: Evaluation) => scores.filter(({ baseline }) => !baseline).map(({ verdict }) => verdict)
  const skilled = evaluations.filter((one) => of(one).includes('skill')).length
  const without = evaluations.filter((one) => !of(one).includes('skill') && of(one).includes('no skill')).length
  const unknown = evaluations.length - skilled - without
  const [all, model] = [evaluations.length, thorough ? 'no model' : 'the model does not']
  return [
    ...(skilled > 0
      ? [
          `Skill: on ${skilled} of ${all} questions ${thorough ? 'a model' : 'the model'} beats the naive rules with 90 % confidence.`,
        ]
      : []),
    ...(without > 0
      ? [
          `No skill: on ${without} of ${all} questions ${thorough ? `${model} beats` : `${model} beat`} the naive rules with 90 % confidence, walk-forward. Do not time the market by this.`,
        ]
      : []),
    ...(unknown > 0
      ? [
          `Too little data to judge: ${unknown} of ${all} questions; a first forecast needs ${EVALUATE.first} rows with a known outcome, a judgement ${LEAST_ROWS} more.`,
        ]
      : []),
    ...(skilled > 0
      ? [
          `Each verdict is of its own interval: of ${evaluations.flatMap(of).length} comparisons like these, one in twenty passes by chance where nothing is known.`,
        ]
      : []),
    ...(evaluations.length > 0 && !thorough
      ? ['--evaluate prints the walk-forward tables, with naive rules and a second model.']
      : []),
  ]
}

function notes(
  { evaluate, positions, seeds, given }: WarnInput,
  answers: Said,
  evaluations: readonly Evaluation[],
  time_ms: number,
): string[] {
  const out = verdicts(evaluations, evaluate)
  const unsaid = answers.unsaid.map(
    ({ question, learned: rows, happened }) => `${question} (${rows} rows, ${happened} came true)`,
  )
  if (unsaid.length > 0)
    out.push(
      `Not said, with too little to learn from (needed: ${LEAST.rows} rows, ${LEAST.each} that came true, ${LEAST.each} that did not): ${unsaid.join('; ')}.`,
    )
  if (answers.said.some(({ forecast }) => forecast.abstains))
    out.push('abstains: the signs of the last day lie outside nearly all that was learned from; nothing is claimed.')
  for (const note of missing_prices(given.flatMap(({ series }) => series))) out.push(`${note[0]?.toUpperCase()}${note.slice(1)}.`)
  const newest = positions[positions.length - 1]
  if (newest === undefined) out.push('No expected losses: prices alone do not say who owes what; --snapshot gives positions.')
  else {
    out.push(
      `Losses are given that what is asked comes true, by ${seeds} seeds a shock; they are not multiplied by the chance. Simulated shares count seeds of one book and are calibrated on nothing.`,
    )
    const days = Math.abs(newest.snapshot.time_ms - time_ms) / DAY_MS
    if (days > 1) out.push(`The snapshot is ${Math.round(days)} days away from the day of the chances.`)
  }
  const observed = given.some(({ evidence }) => evidence === 'observed')
  out.push(`${observed ? 'Observed series, inferred chances. ' : ''}Definitions: docs/detection.md.`)
  return out
}
