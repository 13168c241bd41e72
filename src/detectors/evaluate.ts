/** Forecasts judged as they would have been made: purged walk-forward, events, intervals by block bootstrap, baselines beside the models. */
import { brier, type Confusion, confusionRates, quantileSorted, relativeUsefulness, rocAuc } from '../math/index.ts'
import type { Fitted, Forecaster, Problem } from './shared/forecasters.ts'
import { Ranked } from './shared/ranked.ts'
import { blocks, type Estimate, estimate, type Resampling } from './shared/resample.ts'

export {
  boosted,
  calibrate,
  constant,
  disjoint,
  type Driver,
  drivers_shown,
  type Fitted,
  type Forecast,
  type Forecaster,
  LEAST,
  type Problem,
  ridge_logit,
  single,
  support,
} from './shared/forecasters.ts'
export type { Estimate } from './shared/resample.ts'

export interface WalkOptions {
  /** Rows with known labels before the first forecast. */
  readonly first: number
  /** Time between refits. */
  readonly refit_ms: number
}

/** Rows whose label was known before a moment: their horizon had ended. */
export const known_before = (problem: Problem, time_ms: number): number[] => {
  const rows: number[] = []
  for (let i = 0; i < problem.labels.length; i++)
    if ((problem.time_ms[i] as number) + problem.horizon_ms < time_ms && !Number.isNaN(problem.labels[i])) rows.push(i)
  return rows
}

export interface Walk {
  readonly forecaster: Forecaster
  /** NaN where nothing was said: too early, or the model abstained. */
  readonly probability: Float64Array
  /** Number of the refit that each row was answered by; −1 before the first. */
  readonly refit: Int32Array
  /** 1 where an alarm would have been raised: at or above the threshold that served best on what was known at the refit. */
  readonly alarm: Uint8Array
  readonly abstained: number
}

/** Refits on what was known, forecasts until the next refit; nothing of the future is used, thresholds included. */
export function walk_forward(problem: Problem, forecaster: Forecaster, { first, refit_ms }: WalkOptions): Walk {
  const n = problem.labels.length
  const m = problem.names.length
  const probability = new Float64Array(n).fill(Number.NaN)
  const alarm = new Uint8Array(n)
  const refit = new Int32Array(n).fill(-1)
  let refits = -1
  let [fitted, next, threshold, abstained]: [Fitted | null, number, number, number] = [null, Number.NEGATIVE_INFINITY, 2, 0]
  for (let i = 0; i < n; i++) {
    const now = problem.time_ms[i] as number
    if (now >= next) {
      const rows = known_before(problem, now)
      if (rows.length >= first) {
        fitted = forecaster.fit(problem, rows)
        refits++
        next = now + refit_ms
        threshold = fitted === null ? 2 : best_threshold(problem, rows, fitted)
      }
    }
    refit[i] = refits
    if (fitted === null) continue
    const { probability: p, abstains } = fitted.forecast(problem.x.subarray(i * m, (i + 1) * m))
    if (abstains) {
      abstained++
      continue
    }
    probability[i] = p
    alarm[i] = p >= threshold ? 1 : 0
  }
  return { forecaster, probability, refit, alarm, abstained }
}

/**
 * ROC-AUC of pairs that one refit answered, all refits together. Over refits a later forecast knows earlier labels: an event raises what is said afterwards of rows
 * without one, and the AUC of all pairs is below ½ where nothing is known. Within a refit it is ½. null without such pairs.
 */
export function auc_within_refits(labels: readonly number[], said: readonly number[], refit: readonly number[]): number | null {
  const parts = new Map<number, number[]>()
  refit.forEach((number, i) => {
    const part = parts.get(number)
    if (part === undefined) parts.set(number, [i])
    else part.push(i)
  })
  let [right, pairs] = [0, 0]
  for (const part of parts.values()) {
    const own = part.map((i) => labels[i] as number)
    const ones = own.reduce((sum, label) => sum + label, 0)
    const auc = rocAuc(
      own,
      part.map((i) => said[i] as number),
    )
    if (auc === null) continue
    const weight = ones * (own.length - ones)
    right += auc * weight
    pairs += weight
  }
  return pairs > 0 ? right / pairs : null
}

/** Threshold with the best usefulness at μ = 0.9 on rows whose outcome is known: a missed event costs nine false alarms. */
function best_threshold(problem: Problem, rows: readonly number[], fitted: Fitted): number {
  const m = problem.names.length
  const said = rows.map((i) => fitted.forecast(problem.x.subarray(i * m, (i + 1) * m)).probability)
  const labels = rows.map((i) => problem.labels[i] as number)
  const sorted = Float64Array.from(said).sort()
  let [best, at] = [0, 2]
  for (let k = 50; k < 100; k++) {
    const threshold = quantileSorted(sorted, k / 100)
    const worth = relativeUsefulness(
      confusion(labels, (i) => (said[i] as number) >= threshold),
      MU,
    )
    if (worth > best) [best, at] = [worth, threshold]
  }
  return at
}

/** Preference between missed events and false alarms at which usefulness is stated. */
export const MU = 0.9

function confusion(labels: readonly number[], alarmed: (i: number) => boolean): Confusion {
  let [hits, false_alarms, misses, quiet] = [0, 0, 0, 0]
  labels.forEach((label, i) => {
    const alarm = alarmed(i)
    if (label > 0) {
      if (alarm) hits++
      else misses++
    } else if (alarm) false_alarms++
    else quiet++
  })
  return { hits, false_alarms, misses, quiet }
}

export interface Score {
  readonly id: string
  readonly title: string
  readonly baseline: boolean
  readonly rows: number
  readonly base_rate: number
  readonly roc_auc: Estimate
  /** Of pairs answered by one refit. */
  readonly roc_auc_within: number | null
  readonly average_precision: Estimate
  readonly brier: number | null
  /** 1 − Brier ÷ Brier of how often it had happened so far. */
  readonly brier_skill: Estimate
  readonly usefulness: number | null
  readonly precision: number | null
  readonly recall: number | null
  /** Events within the rows; null where none is asked for. */
  readonly events: number | null
  /** Of events: share with an alarm in the horizon before them, and the mean time from the first such alarm. */
  readonly event_recall: number | null
  /** The same share if the same alarms, in the same order, had come at other times: mean over all shifts of them round the rows. */
  readonly event_recall_by_chance: number | null
  readonly lead_days: number | null
  readonly false_alarm_days_per_month: number | null
  readonly abstained: number
  /** AUC less the best baseline's, on the same resampled rows. */
  readonly beats_baseline: Estimate | null
  readonly verdict: 'skill' | 'no skill' | 'baseline' | 'too little data'
}

export interface EvaluateOptions extends WalkOptions, Resampling {}

export const EVALUATE: EvaluateOptions = {
  first: 120,
  refit_ms: 30 * 86_400_000,
  replicates: 400,
  block_ms: 30 * 86_400_000,
  seed: 1,
}

const DAY_MS = 86_400_000
/** Share of the rows of the most talkative that a forecaster must have spoken on. */
const COVERAGE = 0.8

/** Least rows out of sample before anything is judged. */
export const LEAST_ROWS = 30

/** All forecasters on one problem, on the rows on which every one of those with enough data has spoken; no rows where none has. */
export function evaluate(
  problem: Problem,
  forecasters: readonly Forecaster[],
  options: EvaluateOptions = EVALUATE,
): { readonly scores: readonly Score[]; readonly walks: readonly Walk[]; readonly rows: readonly number[] } {
  const walks = forecasters.map((forecaster) => walk_forward(problem, forecaster, options))
  const said_of = walks.map(
    (walk) => problem.labels.filter((label, i) => !Number.isNaN(label) && !Number.isNaN(walk.probability[i] as number)).length,
  )
  const most = Math.max(...said_of)
  // What could be said on far fewer rows than others would leave too few for all: it is left out of the comparison.
  const spoke = walks.filter((_, w) => (said_of[w] as number) > 0 && (said_of[w] as number) >= COVERAGE * most)
  const rows: number[] = []
  for (let i = 0; i < problem.labels.length && spoke.length > 0; i++)
    if (!Number.isNaN(problem.labels[i]) && spoke.every((walk) => !Number.isNaN(walk.probability[i] as number))) rows.push(i)
  const labels = rows.map((i) => problem.labels[i] as number)
  const base_rate = labels.reduce((sum, label) => sum + label, 0) / Math.max(1, labels.length)
  if (rows.length < LEAST_ROWS) return { scores: walks.map((walk) => nothing(walk, rows.length, base_rate)), walks, rows }
  const samples = blocks(
    rows.map((i) => problem.time_ms[i] as number),
    options,
    problem.horizon_ms,
  )
  const all = rows.map((_, r) => r)
  const judged_walks = spoke.map((walk) => of_walk(walk, rows, labels))
  const best = judged_walks
    .filter(({ walk: { forecaster } }) => forecaster.baseline && forecaster.id !== 'constant')
    .reduce<OfWalk | undefined>((top, one) => ((one.ranked.auc(all) ?? 0) > (top?.ranked.auc(all) ?? 0) ? one : top), undefined)
  const reference = judged_walks.find(({ walk }) => walk.forecaster.id === 'constant')
  const scores = walks.map((walk) => {
    const own = judged_walks.find((one) => one.walk === walk)
    return own === undefined
      ? nothing(walk, rows.length, base_rate)
      : judged({ problem, own, rows, labels, samples, reference, best })
  })
  return { scores, walks, rows }
}

/** What one forecaster said on the rows that are judged. */
interface OfWalk {
  readonly walk: Walk
  readonly said: readonly number[]
  readonly ranked: Ranked
  /** Squared errors. */
  readonly errors: Float64Array
}

function of_walk(walk: Walk, rows: readonly number[], labels: readonly number[]): OfWalk {
  const said = rows.map((i) => walk.probability[i] as number)
  const errors = Float64Array.from(said, (p, r) => (p - (labels[r] as number)) * (p - (labels[r] as number)))
  return { walk, said, ranked: new Ranked(labels, said), errors }
}

const mean_of = (values: Float64Array, of: readonly number[]) =>
  of.reduce((sum, r) => sum + (values[r] as number), 0) / Math.max(1, of.length)

interface Judged {
  readonly problem: Problem
  readonly own: OfWalk
  readonly rows: readonly number[]
  readonly labels: readonly number[]
  /** Resampled positions in `rows`. */
  readonly samples: readonly (readonly number[])[]
  readonly reference: OfWalk | undefined
  /** The naive rule with the highest AUC. */
  readonly best: OfWalk | undefined
}

function judged({ problem, own, rows, labels, samples, reference, best }: Judged): Score {
  const { walk, said, ranked, errors } = own
  const { id, title, baseline } = walk.forecaster
  const all = rows.map((_, r) => r)
  const over = (figure: (of: readonly number[]) => number | null) => estimate(figure(all), samples.map(figure))
  const brier_skill = over((of) => {
    const without = reference === undefined ? 0 : mean_of(reference.errors, of)
    return without > 0 ? 1 - mean_of(errors, of) / without : null
  })
  const less = (of: readonly number[]) => {
    const [mine, other] = [ranked.auc(of), best === undefined ? null : best.ranked.auc(of)]
    return mine === null || other === null ? null : mine - other
  }
  const beats = baseline || best === undefined ? null : over(less)
  const counts = confusion(labels, (r) => walk.alarm[rows[r] as number] === 1)
  const rates = confusionRates(counts)
  return {
    ...{ id, title, baseline, rows: rows.length, base_rate: labels.reduce((sum, label) => sum + label, 0) / labels.length },
    roc_auc: over((of) => ranked.auc(of)),
    roc_auc_within: auc_within_refits(
      labels,
      said,
      rows.map((i) => walk.refit[i] as number),
    ),
    average_precision: over((of) => ranked.precision(of)),
    brier: brier(labels, said),
    brier_skill,
    usefulness: number(relativeUsefulness(counts, MU)),
    precision: number(rates.precision),
    recall: number(rates.recall),
    ...alarms(problem, walk, rows),
    abstained: walk.abstained,
    beats_baseline: beats,
    verdict: baseline ? 'baseline' : (beats?.low ?? -1) > 0 && (brier_skill.low ?? -1) > 0 ? 'skill' : 'no skill',
  }
}

const number = (value: number): number | null => (Number.isFinite(value) ? value : null)

const nothing = ({ forecaster, abstained }: Walk, rows: number, base_rate: number): Score => {
  const none: Estimate = { value: null, low: null, high: null }
  const { id, title, baseline } = forecaster
  return {
    ...{ id, title, baseline, rows, base_rate },
    ...{ roc_auc: none, roc_auc_within: null, average_precision: none, brier: null, brier_skill: none, usefulness: null },
    ...{ precision: null, recall: null, events: null, event_recall: null, event_recall_by_chance: null },
    ...{ lead_days: null, false_alarm_days_per_month: null },
    abstained,
    beats_baseline: null,
    verdict: 'too little data',
  }
}

type Alarms = Pick<Score, 'events' | 'event_recall' | 'event_recall_by_chance' | 'lead_days' | 'false_alarm_days_per_month'>

/** Events with an alarm before them, lead times, and days of alarm outside every event's horizon. */
function alarms(problem: Problem, walk: Walk, rows: readonly number[]): Alarms {
  const none: Alarms = {
    ...{ events: null, event_recall: null, event_recall_by_chance: null },
    ...{ lead_days: null, false_alarm_days_per_month: null },
  }
  if (rows.length === 0 || problem.events_ms.length === 0) return none
  const { horizon_ms } = problem
  const times = rows.map((i) => problem.time_ms[i] as number)
  const [first, last] = [times[0] as number, times[times.length - 1] as number]
  const events = problem.events_ms.filter((event) => event > first && event <= last + horizon_ms)
  if (events.length === 0) return none
  const on = rows.map((i) => walk.alarm[i] === 1)
  const raised = times.filter((_, r) => on[r])
  const leads = events
    .map((event) => raised.find((time) => time >= event - horizon_ms && time < event))
    .map((time, e) => (time === undefined ? Number.NaN : ((events[e] as number) - time) / DAY_MS))
  const seen = leads.filter(Number.isFinite)
  const false_days = new Set(
    raised
      .filter((time) => !events.some((event) => time >= event - horizon_ms && time <= event))
      .map((time) => Math.floor(time / DAY_MS)),
  )
  const months = Math.max(1, (last - first) / (30 * DAY_MS))
  return {
    events: events.length,
    event_recall: seen.length / events.length,
    event_recall_by_chance: shifted_recall(times, on, events, horizon_ms),
    lead_days: seen.length > 0 ? seen.reduce((sum, lead) => sum + lead, 0) / seen.length : null,
    false_alarm_days_per_month: false_days.size / months,
  }
}

/** Mean share of events with an alarm before them over all shifts of the alarms round the rows. */
function shifted_recall(times: readonly number[], on: readonly boolean[], events: readonly number[], horizon_ms: number): number {
  const n = times.length
  // Alarms among the first so many rows of two rounds.
  const before = new Int32Array(2 * n + 1)
  for (let r = 0; r < 2 * n; r++) before[r + 1] = (before[r] as number) + (on[r % n] === true ? 1 : 0)
  let seen = 0
  for (const event of events) {
    const from = times.findIndex((time) => time >= event - horizon_ms)
    const end = times.findIndex((time) => time >= event)
    const rows = from < 0 ? 0 : (end < 0 ? n : end) - from
    for (let shift = 0; shift < n; shift++) {
      const start = (from + shift) % n
      if (rows > 0 && (before[start + rows] as number) > (before[start] as number)) seen++
    }
  }
  return seen / (n * events.length)
}

/** Forecast against frequency in bins of equal numbers of rows. */
export function calibration_curve(
  labels: readonly number[],
  said: readonly number[],
  bins = 5,
): { readonly said: number; readonly happened: number; readonly rows: number }[] {
  const order = said.map((_, i) => i).sort((a, b) => (said[a] as number) - (said[b] as number) || a - b)
  return Array.from({ length: bins }, (_, b) => {
    const part = order.slice(Math.floor((b * order.length) / bins), Math.floor(((b + 1) * order.length) / bins))
    const mean = (of: readonly number[]) => part.reduce((sum, i) => sum + (of[i] as number), 0) / Math.max(1, part.length)
    return { said: mean(said), happened: mean(labels), rows: part.length }
  }).filter(({ rows }) => rows > 0)
}
