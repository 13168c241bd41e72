/** Early warning: questions of a panel of daily rows, the features that are read for them, and what was answered in time. */
import {
  boosted,
  constant,
  EVALUATE,
  evaluate,
  type EvaluateOptions,
  type Fitted,
  type Forecast,
  type Forecaster,
  known_before,
  type Problem,
  ridge_logit,
  type Score,
  single,
  type Walk,
} from '../detectors/evaluate.ts'
import { deleveragingEvent } from '../detectors/deleveraging-event.ts'
import { indicators } from '../indicators/index.ts'
import { median } from '../math/index.ts'
import {
  alerts_of,
  column_at,
  InputError,
  type Panel,
  type PanelColumn,
  panel_of,
  type Series,
  with_indicators,
} from '../model/index.ts'

export const DAY_MS = 86_400_000

/** Indicators whose cross-sectional median over assets, or whose market value, is a feature. */
const FEATURES: readonly string[] = [
  'realised_volatility',
  'parkinson_volatility',
  'drawdown',
  'return_1d',
  'return_30d',
  'local_jump',
  'open_interest_z',
  'open_interest_growth',
  'open_interest_change',
  'funding_level',
  'funding_dispersion',
  'funding_persistence',
  'illiquidity',
  'range_spread',
  'mean_correlation',
  'absorption_ratio',
  'absorption_shift',
  'turbulence',
  'hawkes_branching',
  'autocorrelation',
  'detrended_variance',
  'expected_shortfall',
  'vix',
  'vix_score',
]

/** The naive rules that every model must beat. */
const BASELINES: readonly Forecaster[] = [
  constant,
  single('volatility', 'Realised volatility alone', 'realised_volatility'),
  single('drawdown', 'Fall from the 90-day high alone', 'drawdown', -1),
  single('open-interest', '90-day score of coin open interest alone', 'open_interest_z'),
]
export const FORECASTERS: readonly Forecaster[] = [...BASELINES, ridge_logit, boosted]

export interface WarningOptions {
  /** Fall that is asked about, a ratio below the close of the day. */
  readonly fall: number
  readonly horizon_days: number
  /** Shock after which amplification is asked about, and the factor beyond which a fall is an amplified one. */
  readonly shock: number
  readonly amplification: number
}
export const WARNING: WarningOptions = { fall: 0.1, horizon_days: 7, shock: 0.05, amplification: 2 }

/** A panel of days with all indicators, from series of any step. Symbols that are not assets of the market only feed features. */
export function daily_panel(
  series: readonly Series[],
  range: { readonly from_ms?: number; readonly to_ms?: number } = {},
): Panel {
  return with_indicators(panel_of(series, { step_ms: DAY_MS, age_max_ms: 4 * DAY_MS, ...range }), indicators)
}

const OUTSIDE = new Set(['VIX', '^VIX', 'DGS10', 'US10Y', 'TNX', 'DXY', 'DTWEXBGS'])

/** Assets of the market: those with a close that are no outside series and no pair. */
export const assets_of = (panel: Panel): string[] => [
  ...new Set(
    panel.columns
      .filter(({ field, symbol }) => field === 'close' && !OUTSIDE.has(symbol.toUpperCase()) && !symbol.includes('/'))
      .map(({ symbol }) => symbol),
  ),
]

const columns_named = (panel: Panel, id: string): number[] =>
  panel.columns.flatMap((column: PanelColumn, c) => (column.field === id ? [c] : []))

/** Median over assets of each feature, row by row; NaN where no asset has it. */
function market_features(panel: Panel): { readonly names: readonly string[]; readonly x: Float64Array } {
  const found = FEATURES.map((id) => ({ id, columns: columns_named(panel, id) })).filter(({ columns }) => columns.length > 0)
  const rows = panel.time_ms.length
  const x = new Float64Array(rows * found.length)
  for (let t = 0; t < rows; t++)
    found.forEach(({ columns }, j) => {
      const known = columns.map((c) => (panel.values[c] as Float64Array)[t] as number).filter(Number.isFinite)
      x[t * found.length + j] = known.length > 0 ? median(known) : Number.NaN
    })
  return { names: found.map(({ id }) => id), x }
}

/** Lowest low of the next days ÷ the close now − 1; NaN where they are not all known. */
function lows_ahead(panel: Panel, symbol: string, days: number): Float64Array {
  const close = panel.values[column_at(panel, 'close', symbol)] as Float64Array
  const low_column = column_at(panel, 'low', symbol)
  const low = low_column < 0 ? close : (panel.values[low_column] as Float64Array)
  return close.map((price, t) => {
    let least = Number.POSITIVE_INFINITY
    for (let k = 1; k <= days; k++) {
      const value = low[t + k]
      if (value === undefined || !Number.isFinite(value)) return Number.NaN
      least = Math.min(least, value)
    }
    return least / price - 1
  })
}

/** The asset by which the market is judged: bitcoin where there is one, else the first. */
const leader_of = (panel: Panel): string => {
  const assets = assets_of(panel)
  const leader = assets.find((symbol) => /^(BTC|XBT)/.test(symbol.toUpperCase())) ?? assets[0]
  if (leader === undefined) throw new InputError('series', 'close', 'none', 'at least one asset with a close')
  return leader
}

const mask = (values: Float64Array, label: (value: number) => number): Float64Array =>
  values.map((value) => (Number.isNaN(value) ? Number.NaN : label(value)))

/** Will the leader's low be `fall` below today's close within the horizon? */
function fall_problem(panel: Panel, { fall, horizon_days }: WarningOptions): Problem {
  const leader = leader_of(panel)
  const labels = mask(lows_ahead(panel, leader, horizon_days), (low) => (low <= -fall ? 1 : 0))
  return {
    id: 'fall',
    title: `low of ${leader} ${Math.round(fall * 100)} % below the close within ${horizon_days} days`,
    ...market_features(panel),
    time_ms: panel.time_ms,
    labels,
    horizon_ms: horizon_days * DAY_MS,
    events_ms: starts(panel, labels, horizon_days),
  }
}

/** Days on which a run of labels ends: the day of the fall itself, counted once. */
function starts(panel: Panel, labels: Float64Array, horizon_days: number): number[] {
  const out: number[] = []
  labels.forEach((label, t) => {
    if (label === 1 && labels[t - 1] !== 1) out.push((panel.time_ms[t] as number) + horizon_days * DAY_MS)
  })
  return out
}

/** Will the event detector open a long flush within the horizon? */
function event_problem(panel: Panel, { horizon_days }: WarningOptions): Problem {
  const opened = alerts_of(panel, [deleveragingEvent]).filter(({ state, type }) => state === 'opened' && type === 'long-flush')
  const times = [...new Set(opened.map(({ time_ms }) => time_ms))]
  const last = panel.time_ms.length - 1 - horizon_days
  const labels = panel.time_ms.map((now, t) =>
    t > last ? Number.NaN : times.some((time) => time > now && time <= now + horizon_days * DAY_MS) ? 1 : 0,
  )
  return {
    id: 'event',
    title: `a long flush opens within ${horizon_days} days`,
    ...market_features(panel),
    time_ms: panel.time_ms,
    labels,
    horizon_ms: horizon_days * DAY_MS,
    events_ms: times,
  }
}

/** Features of one asset beside those of the market. */
const OWN: readonly string[] = [
  'realised_volatility',
  'drawdown',
  'return_30d',
  'open_interest_z',
  'open_interest_to_volume',
  'illiquidity',
  'range_spread',
  'marginal_shortfall',
  'expected_shortfall',
]

/**
 * Given that an asset falls by `shock` within the next day, will it fall by `shock × amplification` within three? Rows are the days before
 * such a fall, of all assets together; on other days the label is not asked. Fragility is this chance, said before the shock.
 */
function fragility_problem(
  panel: Panel,
  { shock, amplification }: WarningOptions,
): Problem & { readonly rows_of: ReadonlyMap<string, readonly number[]> } {
  const market = market_features(panel)
  const assets = assets_of(panel)
  const own = OWN.filter((id) => columns_named(panel, id).length > 0)
  const names = [...own.map((id) => `own ${id}`), ...market.names]
  const rows: { readonly t: number; readonly symbol: string; readonly label: number }[] = []
  const ahead = assets.map((symbol) => [lows_ahead(panel, symbol, 1), lows_ahead(panel, symbol, 3)] as const)
  for (let t = 0; t < panel.time_ms.length; t++)
    assets.forEach((symbol, a) => {
      const [one, three] = ahead[a] as readonly [Float64Array, Float64Array]
      const [next, most] = [one[t] as number, three[t] as number]
      const close = (panel.values[column_at(panel, 'close', symbol)] as Float64Array)[t] as number
      if (!Number.isFinite(close)) return
      const asked = next <= -shock && Number.isFinite(most)
      // The last day is kept without a label: it is what is asked today.
      if (!asked && t < panel.time_ms.length - 1) return
      rows.push({ t, symbol, label: asked ? (most <= -shock * amplification ? 1 : 0) : Number.NaN })
    })
  const m = names.length
  const x = new Float64Array(rows.length * m)
  const rows_of = new Map<string, number[]>()
  rows.forEach(({ t, symbol }, i) => {
    own.forEach((id, j) => {
      const c = column_at(panel, id, symbol)
      x[i * m + j] = c < 0 ? Number.NaN : ((panel.values[c] as Float64Array)[t] as number)
    })
    x.set(market.x.subarray(t * market.names.length, (t + 1) * market.names.length), i * m + own.length)
    rows_of.set(symbol, [...(rows_of.get(symbol) ?? []), i])
  })
  return {
    id: 'fragility',
    title: `an asset that falls ${Math.round(shock * 100)} % within a day falls ${Math.round(shock * amplification * 100)} % within three`,
    names,
    time_ms: Float64Array.from(rows, ({ t }) => panel.time_ms[t] as number),
    x,
    labels: Float64Array.from(rows, ({ label }) => label),
    horizon_ms: 3 * DAY_MS,
    events_ms: [],
    rows_of,
  }
}

/** Baselines of a problem whose volatility, drawdown and open interest are the asset's own. */
const OWN_FORECASTERS: readonly Forecaster[] = [
  constant,
  single('volatility', 'The asset’s realised volatility alone', 'own realised_volatility'),
  single('drawdown', 'The asset’s fall from its 90-day high alone', 'own drawdown', -1),
  single('open-interest', 'Its 90-day score of coin open interest alone', 'own open_interest_z'),
  ridge_logit,
  boosted,
]

export interface Evaluation {
  readonly problem: Problem
  readonly scores: readonly Score[]
  readonly walks: readonly Walk[]
  readonly rows: readonly number[]
}

/** The three questions, answered walk-forward. */
export function evaluate_warnings(
  panel: Panel,
  options: WarningOptions = WARNING,
  how: EvaluateOptions = EVALUATE,
  on_progress?: (done: number) => void,
): Evaluation[] {
  const questions: readonly (readonly [Problem, readonly Forecaster[]])[] = [
    [fall_problem(panel, options), FORECASTERS],
    [event_problem(panel, options), FORECASTERS],
    [fragility_problem(panel, options), OWN_FORECASTERS],
  ]
  return questions.map(([problem, forecasters], q) => {
    on_progress?.(q / questions.length)
    return { problem, ...evaluate(problem, forecasters, how) }
  })
}

/** What is said of the last day of a panel. */
export interface Warning {
  readonly question: string
  readonly subject: string
  readonly forecast: Forecast
  readonly base_rate: number
  /** Days or shocks learned from, and how many of them were followed by what is asked. */
  readonly learned: number
  readonly happened: number
}

/** Today's chances by the ridge logit, with their drivers; empty where there is too little to learn from. */
export function warn(panel: Panel, options: WarningOptions = WARNING): Warning[] {
  const now = panel.time_ms[panel.time_ms.length - 1]
  if (now === undefined) return []
  const out: Warning[] = []
  const say = (problem: Problem, subject: string, row: number, fitted: Fitted, rows: readonly number[]) => {
    const happened = rows.reduce((sum, i) => sum + (problem.labels[i] as number), 0)
    const m = problem.names.length
    const forecast = fitted.forecast(problem.x.subarray(row * m, (row + 1) * m))
    out.push({ question: problem.title, subject, forecast, base_rate: happened / rows.length, learned: rows.length, happened })
  }
  for (const problem of [fall_problem(panel, options), event_problem(panel, options)]) {
    const rows = known_before(problem, now + 1)
    const fitted = ridge_logit.fit(problem, rows)
    if (fitted !== null) say(problem, 'market', problem.labels.length - 1, fitted, rows)
  }
  const fragility = fragility_problem(panel, options)
  const rows = known_before(fragility, now + 1)
  const fitted = ridge_logit.fit(fragility, rows)
  if (fitted !== null)
    for (const [symbol, own] of fragility.rows_of) {
      const row = own[own.length - 1] as number
      if (fragility.time_ms[row] === now) say(fragility, symbol, row, fitted, rows)
    }
  return out
}
