/** Early warning: questions of a panel of daily rows, the features that are read for them, and what was answered in time. */
import {
  boosted,
  constant,
  type Driver,
  drivers_shown,
  EVALUATE,
  evaluate,
  type EvaluateOptions,
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
import { is_asset } from './coverage.ts'
import { problem_of, type SubjectProblem, system_problem, venue_problem } from './venue-fragility.ts'

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

/** Assets of the market: those with a close. */
export const assets_of = (panel: Panel): string[] => [
  ...new Set(panel.columns.filter(({ field, symbol }) => field === 'close' && is_asset(symbol)).map(({ symbol }) => symbol)),
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
export const leader_of = (panel: Panel): string => {
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
  // Days without prices have no events that could be seen: of them, and of days before them, nothing is known.
  const closes = assets_of(panel).map((symbol) => panel.values[column_at(panel, 'close', symbol)] as Float64Array)
  const dark = panel.time_ms.map((_, t) => (closes.some((close) => Number.isFinite(close[t])) ? 0 : 1))
  const last = panel.time_ms.length - 1 - horizon_days
  const labels = panel.time_ms.map((now, t) => {
    if (t > last) return Number.NaN
    if (times.some((time) => time > now && time <= now + horizon_days * DAY_MS)) return 1
    return dark.subarray(t, t + horizon_days + 1).some((one) => one === 1) ? Number.NaN : 0
  })
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
function fragility_problem(panel: Panel, { shock, amplification }: WarningOptions): SubjectProblem {
  const assets = assets_of(panel)
  const own = OWN.filter((id) => columns_named(panel, id).length > 0)
  const rows: Parameters<typeof problem_of>[4][number][] = []
  const ahead = assets.map((symbol) => [lows_ahead(panel, symbol, 1), lows_ahead(panel, symbol, 3)] as const)
  for (let t = 0; t < panel.time_ms.length; t++)
    assets.forEach((symbol, a) => {
      const [one, three] = ahead[a] as readonly [Float64Array, Float64Array]
      const [next, most] = [one[t] as number, three[t] as number]
      const value = (field: string) => panel.values[column_at(panel, field, symbol)]?.[t] ?? Number.NaN
      if (!Number.isFinite(value('close'))) return
      const asked = next <= -shock && Number.isFinite(most)
      // The last day is kept without a label: it is what is asked today.
      if (!asked && t < panel.time_ms.length - 1) return
      rows.push({ t, subject: symbol, label: asked ? (most <= -shock * amplification ? 1 : 0) : Number.NaN, own: own.map(value) })
    })
  const title = `an asset that falls ${Math.round(shock * 100)} % within a day falls ${Math.round(shock * amplification * 100)} % within three`
  return problem_of({ id: 'fragility', title }, panel, own, market_features(panel), rows)
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

/** Baselines by venue: its own funding in place of drawdown. */
const VENUE_FORECASTERS: readonly Forecaster[] = [
  constant,
  single('volatility', 'The asset’s realised volatility alone', 'own realised_volatility'),
  single('funding', 'The venue’s funding against its usual alone', 'own funding_score', -1),
  single('open-interest', 'The asset’s 90-day score of coin open interest alone', 'own open_interest_z'),
  ridge_logit,
  boosted,
]

/** All questions that a panel can be asked, with who answers. */
function questions_of(panel: Panel, options: WarningOptions): (readonly [Problem, readonly Forecaster[]])[] {
  const market = market_features(panel)
  const venues = venue_problem(panel, assets_of(panel), market, options)
  return [
    [fall_problem(panel, options), FORECASTERS],
    [event_problem(panel, options), FORECASTERS],
    [fragility_problem(panel, options), OWN_FORECASTERS],
    [system_problem(panel, assets_of(panel), market, options), FORECASTERS],
    ...(venues === undefined ? [] : [[venues, VENUE_FORECASTERS] as const]),
  ]
}

export interface Evaluation {
  readonly problem: Problem
  readonly scores: readonly Score[]
  readonly walks: readonly Walk[]
  readonly rows: readonly number[]
}

/**
 * The questions, answered walk-forward.
 * @param thorough with the trees, which take most of the time and are not what `warn` speaks by: its verdict is the same without them
 */
export function evaluate_warnings(
  panel: Panel,
  options: WarningOptions = WARNING,
  how: EvaluateOptions = EVALUATE,
  on_progress?: (done: number) => void,
  thorough = true,
): Evaluation[] {
  const questions = questions_of(panel, options)
  return questions.map(([problem, forecasters], q) => {
    on_progress?.(q / questions.length)
    const chosen = thorough ? forecasters : forecasters.filter(({ id }) => id !== boosted.id)
    return { problem, ...evaluate(problem, chosen, how) }
  })
}

/** What is said of the last day of a panel. */
export interface Warning {
  /** Of the question: `fall`, `event`, `fragility`, `system`, `venue`. */
  readonly id: string
  readonly question: string
  /** `market`, an asset, a venue. */
  readonly subject: string
  readonly forecast: Forecast
  /** What moves the chance from the base rate, in log odds: these add up to the difference. */
  readonly drivers: readonly Driver[]
  /** What the naive rules say of the same, by id of the rule; those that abstain are not there. */
  readonly naive: ReadonlyMap<string, number>
  readonly base_rate: number
  /** Days or shocks learned from, and how many of them were followed by what is asked. */
  readonly learned: number
  readonly happened: number
}

/** A question of which nothing can be said. */
export interface Unsaid {
  readonly id: string
  readonly question: string
  readonly learned: number
  readonly happened: number
}

export interface Said {
  readonly said: readonly Warning[]
  readonly unsaid: readonly Unsaid[]
}

/** Today's chances by the ridge logit, with their drivers and what the naive rules say; apart the questions with too little to learn from. */
export function warn(panel: Panel, options: WarningOptions = WARNING): Said {
  const now = panel.time_ms[panel.time_ms.length - 1]
  const unsaid: Unsaid[] = []
  if (now === undefined) return { said: [], unsaid }
  const said = questions_of(panel, options).flatMap(([problem, forecasters]) => {
    const rows = known_before(problem, now + 1)
    const fitted = ridge_logit.fit(problem, rows)
    const happened = rows.reduce((sum, i) => sum + (problem.labels[i] as number), 0)
    const common = { id: problem.id, question: problem.title, learned: rows.length, happened }
    if (fitted === null) {
      unsaid.push(common)
      return []
    }
    const rules = forecasters.flatMap((rule) => {
      const known = rule.baseline && rule !== constant ? rule.fit(problem, rows) : null
      return known === null ? [] : [[rule.id, known] as const]
    })
    const m = problem.names.length
    const subjects =
      'rows_of' in problem ? (problem as SubjectProblem).rows_of : new Map([['market', [problem.labels.length - 1]]])
    return [...subjects].flatMap(([subject, own]): Warning[] => {
      const today = own.filter((row) => problem.time_ms[row] === now).map((row) => problem.x.subarray(row * m, (row + 1) * m))
      const forecast = together(today.map((row) => fitted.forecast(row)))
      if (forecast === undefined) return []
      const naive = rules.flatMap(([id, rule]) => {
        const one = together(today.map((row) => rule.forecast(row)))
        return one === undefined || one.abstains ? [] : [[id, one.probability] as const]
      })
      const base_rate = happened / rows.length
      const drivers = forecast.abstains ? [] : drivers_shown(forecast, base_rate)
      return [{ ...common, subject, forecast, drivers, naive: new Map(naive), base_rate }]
    })
  })
  return { said, unsaid }
}

/** Of a venue with several assets: the mean of what is said of them, its drivers too. */
function together(said: readonly Forecast[]): Forecast | undefined {
  const spoken = said.filter(({ abstains }) => !abstains)
  if (spoken.length < 2) return spoken[0] ?? said[0]
  const mean = (part: (one: Forecast) => number) => spoken.reduce((sum, one) => sum + part(one), 0) / spoken.length
  return {
    probability: mean(({ probability }) => probability),
    drivers: (spoken[0] as Forecast).drivers.map(({ name }, k) => ({ name, part: mean(({ drivers }) => drivers[k]?.part ?? 0) })),
    abstains: false,
  }
}
