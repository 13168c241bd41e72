/** What makes a chance out of features: two models of ours and naive rules. Each is fitted on rows whose outcome was known. */
import {
  type Boosted,
  BOOST,
  boostFit,
  boostScore,
  isotonic,
  log,
  logisticFit,
  logisticScore,
  median,
  platt,
  quantileSorted,
  sigmoid,
  upperBound,
} from '../../math/index.ts'

/** Rows in order of time: features (NaN unknown) and what happened within the horizon (NaN not yet known, or not asked). */
export interface Problem {
  readonly id: string
  readonly title: string
  readonly names: readonly string[]
  readonly time_ms: Float64Array
  /** n × m, row by row. */
  readonly x: Float64Array
  readonly labels: Float64Array
  /** A label is known this long after its row. */
  readonly horizon_ms: number
  /** Times at which what is forecast began: for alarms and lead times. Empty: rows are judged only. */
  readonly events_ms: readonly number[]
}

/** What moves a chance from the base rate, in log odds. */
export interface Driver {
  readonly name: string
  readonly part: number
}

/** A chance for a row, what moves it from the base rate of what was learned, and whether the row is outside that. */
export interface Forecast {
  readonly probability: number
  /** Of every feature, and of the calibration (`CALIBRATION`); `drivers_shown` makes a list of them that adds up. */
  readonly drivers: readonly Driver[]
  readonly abstains: boolean
}

/** What the calibration on the newest rows says of a row whose features all stand in their middle, against the base rate of all rows. */
export const CALIBRATION = 'calibration'
/** All features that are not named. */
export const OTHERS = 'others'

const log_odds = (chance: number) => log(chance / (1 - chance))

/**
 * The drivers that count most and the rest as one: log odds of the base rate plus their parts are the log odds of the chance.
 * Empty where one of the two is 0 or 1.
 */
export function drivers_shown({ probability, drivers }: Forecast, base_rate: number, most = 6): Driver[] {
  const whole = log_odds(probability) - log_odds(base_rate)
  if (!Number.isFinite(whole)) return []
  const first = drivers.filter(({ name }) => name === CALIBRATION)
  const named = drivers
    .filter(({ name, part }) => name !== CALIBRATION && part !== 0)
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .slice(0, most)
  const shown = [...first, ...named]
  const rest = shown.reduce((left, { part }) => left - part, whole)
  return [...shown, { name: OTHERS, part: Math.abs(rest) < 1e-9 ? 0 : rest }]
}

/** Steeper steps of a calibration than this say nothing of single features: their parts would be large and cancel. */
const STEEPEST = 4

export interface Fitted {
  forecast(row: ArrayLike<number>): Forecast
}

export interface Forecaster {
  readonly id: string
  readonly title: string
  /** A naive rule that models must beat. */
  readonly baseline: boolean
  /** null when there is too little to learn from. */
  fit(problem: Problem, rows: readonly number[]): Fitted | null
}

const WIDE_Z = 6

/** Columns known in four fifths of the rows, their medians for the rest, and the box in which they were seen. */
function prepare(problem: Problem, rows: readonly number[]) {
  const m = problem.names.length
  const columns: number[] = []
  const middle: number[] = []
  const spread: number[] = []
  for (let j = 0; j < m; j++) {
    const known = rows.map((i) => problem.x[i * m + j] as number).filter(Number.isFinite)
    if (known.length < 0.8 * rows.length || known.length < 10) continue
    const centre = median(known)
    columns.push(j)
    middle.push(centre)
    spread.push(1.4826 * median(known.map((value) => Math.abs(value - centre))))
  }
  const fill = (row: ArrayLike<number>) =>
    Float64Array.from(columns, (j, k) => (Number.isFinite(row[j]) ? (row[j] as number) : (middle[k] as number)))
  const matrix = new Float64Array(rows.length * columns.length)
  const distances: number[] = []
  const distance = (values: Float64Array) => {
    let sum = 0
    values.forEach((value, k) => {
      const z = (spread[k] as number) > 0 ? (value - (middle[k] as number)) / (spread[k] as number) : 0
      sum += Math.min(WIDE_Z * WIDE_Z, z * z)
    })
    return sum / Math.max(1, columns.length)
  }
  rows.forEach((i, r) => {
    const values = fill(problem.x.subarray(i * m, (i + 1) * m))
    matrix.set(values, r * columns.length)
    distances.push(distance(values))
  })
  const limit = distances.length > 0 ? 1.5 * quantileSorted(Float64Array.from(distances).sort(), 0.995) : 0
  const unknown = (row: ArrayLike<number>) => columns.filter((j) => !Number.isFinite(row[j])).length
  // Farther from the middle than nearly all that was learned from, or mostly unknown: nothing is claimed.
  const outside = (row: ArrayLike<number>) => unknown(row) > columns.length / 2 || distance(fill(row)) > limit
  return { columns, matrix, fill, outside }
}

/** Rows no two of which share a horizon: as many as can be told apart of those that overlap. */
export function disjoint(time_ms: readonly number[], horizon_ms: number): number {
  let [count, free] = [0, Number.NEGATIVE_INFINITY]
  for (const time of time_ms)
    if (time >= free) {
      count++
      free = time + Math.max(horizon_ms, 1)
    }
  return count
}

/**
 * The most and the least that so many independent observations can support: 1 − 1/(n + 2) and 1/(n + 2), what Laplace's rule of succession says after
 * n times the same; a base rate beyond them stays within reach.
 */
export function support(base_rate: number, n: number): (chance: number) => number {
  const end = 1 / (n + 2)
  const [low, high] = [Math.min(end, base_rate), Math.max(1 - end, base_rate)]
  return (chance) => Math.min(high, Math.max(low, chance))
}

/**
 * Calibrates scores on the newest quarter of the rows, which the model has not seen: isotonic with 100 events or more, else Platt; few events: none.
 * An isotonic step of few rows is drawn to the base rate by the weight of two independent rows, so that a handful at an end gives no certainty.
 * @param independent rows that share no horizon
 */
export function calibrate(labels: readonly number[], scores: readonly number[], independent: number): (score: number) => number {
  const ones = labels.reduce((sum, label) => sum + label, 0)
  const base = (ones + 0.5) / (labels.length + 1)
  const clip = support(base, independent)
  if (ones < 5 || ones > labels.length - 5) return (score) => clip(sigmoid(score))
  if (ones >= 100) {
    const order = scores.map((_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b)
    const sorted = Float64Array.from(order, (i) => scores[i] as number)
    const fitted = isotonic(shrunk(isotonic(order.map((i) => labels[i] as number)), base, labels.length / independent))
    return (score) => clip(fitted[Math.max(0, upperBound(sorted, score) - 1)] as number)
  }
  const { a, b } = platt(labels, scores)
  return a > 0 ? (score) => clip(sigmoid(a * score + b)) : () => sigmoid(log((ones + 1) / (labels.length - ones + 1)))
}

/** Steps of equal values with two independent rows of the base rate added to each. */
function shrunk(steps: ArrayLike<number>, base: number, rows_each: number): number[] {
  const out: number[] = []
  for (let from = 0, to = 0; from < steps.length; from = to) {
    while (to < steps.length && steps[to] === steps[from]) to++
    const independent = (to - from) / rows_each
    const value = ((steps[from] as number) * independent + 2 * base) / (independent + 2)
    for (let i = from; i < to; i++) out.push(value)
  }
  return out
}

interface Scorer {
  score(values: Float64Array): { readonly score: number; readonly parts: ArrayLike<number> }
  /** Score of a row whose features all stand in their middle. */
  readonly middle: number
}

/** Rows that a model is learned from, at least, and how many that came true and how many that did not. */
export const LEAST = { rows: 60, each: 8 } as const

function learner(
  id: string,
  title: string,
  train: (x: Float64Array, n: number, m: number, labels: Float64Array, together: number) => Scorer,
): Forecaster {
  return {
    id,
    title,
    baseline: false,
    fit(problem, rows) {
      const ones = rows.reduce((sum, i) => sum + (problem.labels[i] as number), 0)
      if (rows.length < LEAST.rows || ones < LEAST.each || ones > rows.length - LEAST.each) return null
      const { columns, matrix, fill, outside } = prepare(problem, rows)
      const m = columns.length
      if (m === 0) return null
      const first = Math.floor(rows.length * 0.75)
      // What is learned must be over before what it is calibrated on begins.
      const begin = problem.time_ms[rows[first] as number] as number
      const early = rows.filter((i, r) => r < first && (problem.time_ms[i] as number) + problem.horizon_ms < begin).length
      const labels = Float64Array.from(rows, (i) => problem.labels[i] as number)
      // Rows of one moment share the market: they count as one when it is said how much is known.
      const together = rows.length / new Set(rows.map((i) => problem.time_ms[i])).size
      const part = train(matrix.subarray(0, early * m), early, m, labels.subarray(0, early), together)
      const late = Array.from({ length: rows.length - first }, (_, k) => first + k)
      const to_chance = calibrate(
        late.map((r) => labels[r] as number),
        late.map((r) => part.score(matrix.subarray(r * m, (r + 1) * m)).score),
        disjoint(
          late.map((r) => problem.time_ms[rows[r] as number] as number),
          problem.horizon_ms,
        ),
      )
      const whole = train(matrix, rows.length, m, labels, together)
      const typical = log_odds(to_chance(whole.middle))
      const calibration = { name: CALIBRATION, part: typical - log_odds(ones / rows.length) }
      return {
        forecast(row) {
          const { score, parts } = whole.score(fill(row))
          const probability = to_chance(score)
          // Along the straight line from the middle every feature has its share of the rise (Aumann and Shapley 1974).
          const slope = score === whole.middle ? 0 : (log_odds(probability) - typical) / (score - whole.middle)
          const scale = slope <= STEEPEST ? slope : 0
          const drivers = columns.map((j, k) => ({ name: problem.names[j] as string, part: scale * (parts[k] as number) }))
          return { probability, drivers: [calibration, ...drivers], abstains: outside(row) }
        },
      }
    },
  }
}

/** Prior weight against slopes, in independent rows. */
const RIDGE = 20

export const ridge_logit: Forecaster = learner('ridge-logit', 'Logistic regression with a ridge', (x, n, m, labels, together) => {
  const model = logisticFit(x, n, m, labels, RIDGE * together)
  return { score: (values) => logisticScore(model, values), middle: model.intercept }
})

/** Drivers of a tree ensemble: what the score loses when the feature is set to its median. */
export const boosted: Forecaster = learner('boosted-trees', 'Gradient-boosted trees, depth 2', (x, n, m, labels, together) => {
  const model: Boosted = boostFit(x, n, m, labels, {
    ...BOOST,
    leaf: Math.max(10, Math.min(BOOST.leaf, Math.floor(n / 20))) * Math.ceil(together),
    ridge: BOOST.ridge * together,
  })
  const middle = Array.from({ length: m }, (_, j) => median(Array.from({ length: n }, (__, i) => x[i * m + j] as number)))
  return {
    middle: boostScore(model, Float64Array.from(middle)),
    score(values) {
      const score = boostScore(model, values)
      const parts = Float64Array.from(values, (_, j) => {
        const without = values.slice()
        without[j] = middle[j] as number
        return score - boostScore(model, without)
      })
      return { score, parts }
    },
  }
})

/** One feature, ranked as it is and turned into a chance by Platt's sigmoid on the past. */
export const single = (id: string, title: string, feature: string, sign: 1 | -1 = 1): Forecaster => ({
  id,
  title,
  baseline: true,
  fit(problem, rows) {
    const j = problem.names.indexOf(feature)
    const m = problem.names.length
    if (j < 0) return null
    const known = rows.filter((i) => Number.isFinite(problem.x[i * m + j]))
    const ones = known.reduce((sum, i) => sum + (problem.labels[i] as number), 0)
    if (known.length < 40 || ones < 3) return null
    const scores = known.map((i) => sign * (problem.x[i * m + j] as number))
    const { a, b } = platt(
      known.map((i) => problem.labels[i] as number),
      scores,
    )
    const times = known.map((i) => problem.time_ms[i] as number)
    const clip = support((ones + 0.5) / (known.length + 1), disjoint(times, problem.horizon_ms))
    return {
      forecast(row) {
        const value = row[j] as number
        const probability = clip(sigmoid(Math.max(a, 0) * sign * value + b))
        const part = log_odds(probability) - log_odds(ones / known.length)
        return { probability, drivers: [{ name: feature, part }], abstains: !Number.isFinite(value) }
      },
    }
  },
})

/** How often it has happened so far. */
export const constant: Forecaster = {
  id: 'constant',
  title: 'How often it has happened so far',
  baseline: true,
  fit(problem, rows) {
    const ones = rows.reduce((sum, i) => sum + (problem.labels[i] as number), 0)
    const probability = (ones + 0.5) / (rows.length + 1)
    return { forecast: () => ({ probability, drivers: [], abstains: false }) }
  },
}
