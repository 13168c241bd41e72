/** Where a series changes its level: exact segmentation, a rank test, and an online posterior of the run length. */
import { exp, log } from './elementary.ts'
import { logStudentT } from './gamma.ts'

type Values = ArrayLike<number>

export interface Segmentation {
  /** One past the last position of each segment; the last is the length of the series. */
  readonly ends: readonly number[]
  /** Sum of squares about the segments' means, and that plus a penalty a segment. */
  readonly squares: number
  readonly cost: number
}

/**
 * The segmentation with the least Σ squares about means + penalty × segments: exact, by pruned dynamic programming.
 * Source: Killick, Fearnhead and Eckley (2012), PELT. The penalty of the first segment is not counted.
 * @param least shortest segment, ≥ 1
 */
export function pelt(values: Values, penalty: number, least = 2): Segmentation {
  const n = values.length
  const sums = new Float64Array(n + 1)
  const squares = new Float64Array(n + 1)
  const shift = n > 0 ? (values[0] as number) : 0
  for (let i = 0; i < n; i++) {
    const value = (values[i] as number) - shift
    sums[i + 1] = (sums[i] as number) + value
    squares[i + 1] = (squares[i] as number) + value * value
  }
  const of = (from: number, to: number) => {
    const sum = (sums[to] as number) - (sums[from] as number)
    return Math.max(0, (squares[to] as number) - (squares[from] as number) - (sum * sum) / (to - from))
  }
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY)
  const from = new Int32Array(n + 1)
  best[0] = -penalty
  let candidates = [{ start: 0, until: Number.POSITIVE_INFINITY }]
  for (let to = least; to <= n; to++) {
    for (const { start } of candidates) {
      if (to - start < least) continue
      const cost = (best[start] as number) + of(start, to) + penalty
      if (cost < (best[to] as number)) {
        best[to] = cost
        from[to] = start
      }
    }
    // Where a change at `to` would have been cheaper, it is for every end that leaves it a whole segment.
    const limit = (best[to] as number) * (1 + 1e-12)
    for (const one of candidates)
      if (to - one.start >= least && (best[one.start] as number) + of(one.start, to) > limit)
        one.until = Math.min(one.until, to + least)
    candidates = candidates.filter(({ until }) => to + 1 < until)
    const next = to - least + 1
    if (next > 0 && Number.isFinite(best[next] as number)) candidates.push({ start: next, until: Number.POSITIVE_INFINITY })
  }
  const ends: number[] = []
  for (let at = n; at > 0; at = from[at] as number) ends.push(at)
  ends.reverse()
  const sum = ends.reduce((total, end, i) => total + of(i === 0 ? 0 : (ends[i - 1] as number), end), 0)
  return { ends, squares: sum, cost: sum + penalty * Math.max(0, ends.length - 1) }
}

/**
 * Pettitt's rank test for one change of level: K = max |Uₜ|, Uₜ = Σ_{i ≤ t < j} sign(xᵢ − xⱼ); p ≈ 2·exp(−6K² ÷ (n³ + n²)), at most 1.
 * `at` is the number of values before the change. Source: Pettitt (1979).
 */
export function pettitt(values: Values): { readonly statistic: number; readonly at: number; readonly p: number } {
  const n = values.length
  let [u, statistic, at] = [0, 0, 0]
  for (let t = 0; t < n; t++) {
    for (let j = 0; j < n; j++) u += Math.sign((values[t] as number) - (values[j] as number))
    if (Math.abs(u) > statistic) [statistic, at] = [Math.abs(u), t + 1]
  }
  const p = n === 0 ? 1 : Math.min(1, 2 * exp((-6 * statistic * statistic) / (n * n * n + n * n)))
  return { statistic, at, p }
}

/** Prior of level and spread of a segment: normal–inverse-gamma. */
export interface RunPrior {
  readonly mean: number
  readonly kappa: number
  readonly alpha: number
  readonly beta: number
  /** Chance of a change at each step. */
  readonly hazard: number
}

/**
 * Posterior of the time since the last change, one value after another. Source: Adams and MacKay (2007), Bayesian online change-point
 * detection, with a normal model of unknown mean and variance: the predictive is Student's t of 2α degrees, location μ and scale √(β(κ+1)/(ακ)).
 */
export class RunLength {
  /** Σ log predictive density of what was seen. */
  log_evidence = 0
  /** Probability of each run length, 0 first; those below 1e-12 of the whole at the far end are dropped. */
  probability: number[] = [1]
  private mean: number[]
  private kappa: number[]
  private alpha: number[]
  private beta: number[]
  private readonly prior: RunPrior
  private readonly most: number

  /** @param most longest run told apart: longer ones are merged into it */
  constructor(prior: RunPrior, most = 2000) {
    this.prior = prior
    this.most = most
    this.mean = [prior.mean]
    this.kappa = [prior.kappa]
    this.alpha = [prior.alpha]
    this.beta = [prior.beta]
  }

  push(x: number): void {
    const { hazard } = this.prior
    const count = this.probability.length
    const density = this.probability.map((_, r) => {
      const [kappa, alpha, beta] = [this.kappa[r] as number, this.alpha[r] as number, this.beta[r] as number]
      return logStudentT(x, 2 * alpha, this.mean[r] as number, Math.sqrt((beta * (kappa + 1)) / (alpha * kappa)))
    })
    const top = density.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    const weight = density.map((value, r) => (this.probability[r] as number) * exp(value - top))
    const total = weight.reduce((sum, value) => sum + value, 0)
    this.log_evidence += top + log(total)
    const next = Array.from({ length: count + 1 }, () => 0)
    for (let r = 0; r < count; r++) next[r + 1] = ((weight[r] as number) / total) * (1 - hazard)
    next[0] = hazard
    this.update(x)
    while (next.length > 1 && ((next[next.length - 1] as number) < 1e-12 || next.length > this.most)) this.drop(next)
    const whole = next.reduce((sum, value) => sum + value, 0)
    this.probability = next.map((value) => value / whole)
  }

  private update(x: number): void {
    const { mean, kappa, alpha, beta } = this
    const shifted = (of: number[], prior: number, change: (r: number) => number) => [prior, ...of.map((_, r) => change(r))]
    const at = (of: number[], r: number) => of[r] as number
    const next_mean = shifted(mean, this.prior.mean, (r) => (at(kappa, r) * at(mean, r) + x) / (at(kappa, r) + 1))
    const next_beta = shifted(beta, this.prior.beta, (r) => {
      const gap = x - at(mean, r)
      return at(beta, r) + (at(kappa, r) * gap * gap) / (2 * (at(kappa, r) + 1))
    })
    this.kappa = shifted(kappa, this.prior.kappa, (r) => at(kappa, r) + 1)
    this.alpha = shifted(alpha, this.prior.alpha, (r) => at(alpha, r) + 0.5)
    this.mean = next_mean
    this.beta = next_beta
  }

  private drop(next: number[]): void {
    const last = next.pop() as number
    next[next.length - 1] = (next[next.length - 1] as number) + last
    for (const of of [this.mean, this.kappa, this.alpha, this.beta]) of.pop()
  }

  /** The likeliest run length. */
  get likeliest(): number {
    return this.probability.reduce((best, value, r) => (value > (this.probability[best] as number) ? r : best), 0)
  }

  /** Probability that the last change is fewer than `steps` values ago. */
  within(steps: number): number {
    let sum = 0
    for (let r = 0; r < Math.min(steps, this.probability.length); r++) sum += this.probability[r] as number
    return sum
  }
}
