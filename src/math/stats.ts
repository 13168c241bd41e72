/**
 * Statistics of samples. Where a figure does not exist for lack of data the function throws RangeError; where it does not
 * exist because the data do not vary it returns null. Nothing returns NaN unless NaN was put in.
 */
import { lowerBound } from './search.ts'
import type { Rng } from './random.ts'

type Values = ArrayLike<number>

function need(n: number, least: number, what: string): void {
  if (n < least) throw new RangeError(`${what}: needs at least ${least} values, got ${n}`)
}

/** A sum that carries its rounding errors: Neumaier, ZAMM 54 (1974) 39–51. */
export class Sum {
  private total = 0
  private lost = 0

  add(x: number): void {
    const t = this.total + x
    this.lost += Math.abs(this.total) >= Math.abs(x) ? this.total - t + x : x - t + this.total
    this.total = t
  }

  get value(): number {
    return this.total + this.lost
  }
}

/** Neumaier's sum. */
export function sum(values: Values): number {
  const total = new Sum()
  for (let i = 0; i < values.length; i++) total.add(values[i] as number)
  return total.value
}

export function mean(values: Values): number {
  need(values.length, 1, 'mean')
  return sum(values) / values.length
}

/**
 * Count, mean, variance, skewness, kurtosis, minimum and maximum of a stream, in one pass; two streams merge.
 * Source: Pébay, Sandia report SAND2008-6212 (2008): Welford's update carried to the fourth order.
 */
export class Moments {
  count = 0
  private m1 = 0
  private m2 = 0
  private m3 = 0
  private m4 = 0
  private low = Number.POSITIVE_INFINITY
  private high = Number.NEGATIVE_INFINITY

  add(x: number): void {
    const before = this.count
    const n = ++this.count
    const delta = x - this.m1
    const part = delta / n
    const square = part * part
    const term = delta * part * before
    this.m1 += part
    this.m4 += term * square * (n * n - 3 * n + 3) + 6 * square * this.m2 - 4 * part * this.m3
    this.m3 += term * part * (n - 2) - 3 * part * this.m2
    this.m2 += term
    if (x < this.low) this.low = x
    if (x > this.high) this.high = x
  }

  /** Takes the other stream's values in, as if they had been added here. */
  merge(other: Moments): void {
    const [a, b] = [this.count, other.count]
    if (b === 0) return
    const n = a + b
    const delta = other.m1 - this.m1
    const part = delta / n
    const square = part * part
    this.m4 +=
      other.m4 +
      delta * part * square * a * b * (a * a - a * b + b * b) +
      6 * square * (a * a * other.m2 + b * b * this.m2) +
      4 * part * (a * other.m3 - b * this.m3)
    this.m3 += other.m3 + delta * square * a * b * (a - b) + 3 * part * (a * other.m2 - b * this.m2)
    this.m2 += other.m2 + delta * part * a * b
    this.m1 += part * b
    this.count = n
    this.low = Math.min(this.low, other.low)
    this.high = Math.max(this.high, other.high)
  }

  get mean(): number {
    need(this.count, 1, 'mean')
    return this.m1
  }

  /** Sample variance, divisor n − 1. */
  get variance(): number {
    need(this.count, 2, 'variance')
    return this.m2 / (this.count - 1)
  }

  get deviation(): number {
    return Math.sqrt(this.variance)
  }

  /** g1 = (m3 / n) / (m2 / n)^1.5; null if the values do not vary. */
  get skewness(): number | null {
    need(this.count, 1, 'skewness')
    return this.m2 > 0 ? (Math.sqrt(this.count) * this.m3) / (this.m2 * Math.sqrt(this.m2)) : null
  }

  /** Excess kurtosis g2 = (m4 / n) / (m2 / n)² − 3; null if the values do not vary. */
  get kurtosis(): number | null {
    need(this.count, 1, 'kurtosis')
    return this.m2 > 0 ? (this.count * this.m4) / (this.m2 * this.m2) - 3 : null
  }

  get min(): number {
    need(this.count, 1, 'min')
    return this.low
  }

  get max(): number {
    need(this.count, 1, 'max')
    return this.high
  }
}

/** Quantile of ascending values, p in [0, 1]: linear interpolation at (n − 1) p (type 7 of Hyndman and Fan, 1996). */
export function quantileSorted(sorted: Values, p: number): number {
  need(sorted.length, 1, 'quantile')
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: p must be in [0, 1], got ${p}`)
  const h = (sorted.length - 1) * p
  const below = Math.floor(h)
  const low = sorted[below] as number
  const weight = h - below
  return weight === 0 ? low : low + weight * ((sorted[below + 1] as number) - low)
}

/** Quantile of values in any order. For several quantiles sort once and use `quantileSorted`. */
export function quantile(values: Values, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p)
}

export function median(values: Values): number {
  return quantile(values, 0.5)
}

function pairs(x: Values, y: Values, least: number, what: string): void {
  if (x.length !== y.length) throw new RangeError(`${what}: ${x.length} values against ${y.length}`)
  need(x.length, least, what)
}

/** Σ (x − mean x)(y − mean y). */
function crossDeviation(x: Values, y: Values, meanX: number, meanY: number): number {
  const total = new Sum()
  for (let i = 0; i < x.length; i++) total.add(((x[i] as number) - meanX) * ((y[i] as number) - meanY))
  return total.value
}

/** Pearson's correlation, in [−1, 1]; null if x or y does not vary. Throws RangeError for fewer than 2 pairs. */
export function correlation(x: Values, y: Values): number | null {
  pairs(x, y, 2, 'correlation')
  const [mx, my] = [mean(x), mean(y)]
  const scale = Math.sqrt(crossDeviation(x, x, mx, mx)) * Math.sqrt(crossDeviation(y, y, my, my))
  return scale > 0 ? Math.max(-1, Math.min(1, crossDeviation(x, y, mx, my) / scale)) : null
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: Values): Float64Array {
  const sorted = Float64Array.from(values).sort()
  const out = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const first = lowerBound(sorted, values[i] as number)
    let last = first
    while (last + 1 < sorted.length && sorted[last + 1] === values[i]) last++
    out[i] = 1 + (first + last) / 2
  }
  return out
}

/** Spearman's rank correlation; null if x or y does not vary. */
export function spearman(x: Values, y: Values): number | null {
  pairs(x, y, 2, 'spearman')
  return correlation(ranks(x), ranks(y))
}

export interface Line {
  readonly intercept: number
  readonly slope: number
  /** Standard errors, from the residual variance with n − 2 degrees of freedom. */
  readonly interceptError: number
  readonly slopeError: number
  /** Residual standard deviation. */
  readonly deviation: number
  /** Share of the variance of y explained; null if y does not vary. */
  readonly r2: number | null
}

/** Ordinary least squares of y on x and a constant; null if x does not vary. Throws RangeError for fewer than 3 pairs. */
export function linearRegression(x: Values, y: Values): Line | null {
  pairs(x, y, 3, 'linearRegression')
  const n = x.length
  const [mx, my] = [mean(x), mean(y)]
  const sxx = crossDeviation(x, x, mx, mx)
  if (!(sxx > 0)) return null
  const slope = crossDeviation(x, y, mx, my) / sxx
  const intercept = my - slope * mx
  const squares = new Sum()
  for (let i = 0; i < n; i++) {
    const residual = (y[i] as number) - my - slope * ((x[i] as number) - mx)
    squares.add(residual * residual)
  }
  const variance = squares.value / (n - 2)
  const syy = crossDeviation(y, y, my, my)
  return {
    intercept,
    slope,
    interceptError: Math.sqrt(variance * (1 / n + (mx * mx) / sxx)),
    slopeError: Math.sqrt(variance / sxx),
    deviation: Math.sqrt(variance),
    r2: syy > 0 ? 1 - squares.value / syy : null,
  }
}

/**
 * Wilson's score interval for a proportion (JASA 22 (1927) 209–212), at z standard deviations: 1.959964 for 95 %.
 * Throws RangeError unless 0 ≤ successes ≤ n and n > 0.
 */
export function wilson(successes: number, n: number, z = 1.959963984540054): [low: number, high: number] {
  if (!(n > 0 && successes >= 0 && successes <= n)) throw new RangeError(`wilson: ${successes} of ${n}`)
  const p = successes / n
  const square = z * z
  const centre = p + square / (2 * n)
  const half = z * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n))
  const scale = 1 + square / n
  return [successes === 0 ? 0 : (centre - half) / scale, successes === n ? 1 : (centre + half) / scale]
}

/**
 * `replicates` values of a statistic of samples drawn with replacement from n items, ascending. The statistic is given the
 * indices drawn, in a buffer that is used again.
 */
export function bootstrap(n: number, replicates: number, rng: Rng, statistic: (indices: Int32Array) => number): Float64Array {
  need(n, 1, 'bootstrap')
  const indices = new Int32Array(n)
  const out = new Float64Array(replicates)
  for (let r = 0; r < replicates; r++) {
    for (let i = 0; i < n; i++) indices[i] = rng.uniformInt(n)
    out[r] = statistic(indices)
  }
  return out.sort()
}

/** Percentile bootstrap interval of a statistic of values (Efron and Tibshirani, 1993, ch. 13). */
export function bootstrapInterval(
  values: Values,
  statistic: (sample: Float64Array) => number,
  rng: Rng,
  replicates = 1000,
  confidence = 0.95,
): [low: number, high: number] {
  const sample = new Float64Array(values.length)
  const draws = bootstrap(values.length, replicates, rng, (indices) => {
    for (let i = 0; i < indices.length; i++) sample[i] = values[indices[i] as number] as number
    return statistic(sample)
  })
  const tail = (1 - confidence) / 2
  return [quantileSorted(draws, tail), quantileSorted(draws, 1 - tail)]
}
