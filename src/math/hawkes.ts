/** A self-exciting point process with exponential memory: λ(t) = μ + Σ α·e^{−β(t − tᵢ)}; branching ratio α ÷ β. */
import { exp, log } from './elementary.ts'
import { nelderMead } from './minimise.ts'

type Values = ArrayLike<number>

export interface Hawkes {
  /** Events a unit of time that nothing caused. */
  readonly mu: number
  /** Jump of the intensity at an event. */
  readonly alpha: number
  /** Rate at which it fades. */
  readonly beta: number
}

export const branchingRatio = ({ alpha, beta }: Hawkes): number => alpha / beta

/**
 * Log likelihood of event times in (0, end], increasing: Σ ln(μ + αAᵢ) − μ·end − (α/β) Σ (1 − e^{−β(end − tᵢ)}), Aᵢ = e^{−βΔ}(1 + Aᵢ₋₁).
 * Source: Ozaki (1979).
 */
export function hawkesLogLikelihood(times: Values, end: number, { mu, alpha, beta }: Hawkes): number {
  let [sum, memory, last, faded] = [0, 0, Number.NaN, 0]
  for (let i = 0; i < times.length; i++) {
    const at = times[i] as number
    memory = i === 0 ? 0 : exp(-beta * (at - last)) * (1 + memory)
    sum += log(mu + alpha * memory)
    faded += 1 - exp(-beta * (end - at))
    last = at
  }
  return sum - mu * end - (alpha / beta) * faded
}

/** Expected number of events up to each event: unit Poisson times if the model is right. */
export function hawkesCompensator(times: Values, { mu, alpha, beta }: Hawkes): Float64Array {
  let [memory, last, sum] = [0, 0, 0]
  return Float64Array.from({ length: times.length }, (_, i) => {
    const at = times[i] as number
    const gap = at - last
    sum += mu * gap + (alpha / beta) * memory * (1 - exp(-beta * gap))
    memory = memory * exp(-beta * gap) + 1
    last = at
    return sum
  })
}

/**
 * The likeliest process, branching ratio held in (0, 1), found on (ln μ, logit n, ln β). Fewer than 10 events: null.
 * @param speeds first guesses of β, in events' own rate
 * @returns null also where the search does not settle
 */
export function hawkesFit(
  times: Values,
  end: number,
  speeds: readonly number[] = [0.3, 3, 30],
  evaluations = 600,
): Hawkes | null {
  const count = times.length
  if (count < 10 || !(end > 0)) return null
  const rate = count / end
  const read = (x: Float64Array): Hawkes => {
    const share = 1 / (1 + exp(-(x[1] as number)))
    const beta = exp(x[2] as number)
    return { mu: exp(x[0] as number), alpha: share * beta, beta }
  }
  let best: { x: Float64Array; value: number } | undefined
  for (const speed of speeds) {
    const start = [log(rate / 2), 0, log(rate * speed)]
    const found = nelderMead((x) => -hawkesLogLikelihood(times, end, read(x)), start, [0.5, 0.5, 0.7], 1e-9, evaluations)
    if (Number.isFinite(found.value) && (best === undefined || found.value < best.value)) best = found
  }
  return best === undefined ? null : read(best.x)
}

/** Branching ratio from counts in bins much longer than the memory: 1 − √(mean ÷ variance), never below 0. Source: Hardiman and Bouchaud (2014). */
export function branchingFromCounts(mean: number, variance: number): number {
  return variance > mean && mean > 0 ? 1 - Math.sqrt(mean / variance) : 0
}
