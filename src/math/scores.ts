/** How good a score or a probability is against what happened: ranks, precision, calibration. Labels are 0 or 1. */
import { exp, log } from './elementary.ts'

type Values = ArrayLike<number>

const descending = (scores: Values) =>
  Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)

/** Chance that a 1 scores higher than a 0, ties a half; null when one of them is missing. */
export function rocAuc(labels: Values, scores: Values): number | null {
  const order = descending(scores)
  let [ones, zeros, sum] = [0, 0, 0]
  for (let i = 0; i < order.length; ) {
    let [tied_ones, tied_zeros] = [0, 0]
    const value = scores[order[i] as number] as number
    for (; i < order.length && (scores[order[i] as number] as number) === value; i++)
      if ((labels[order[i] as number] as number) > 0) tied_ones++
      else tied_zeros++
    sum += tied_zeros * (ones + tied_ones / 2)
    ones += tied_ones
    zeros += tied_zeros
  }
  return ones > 0 && zeros > 0 ? sum / (ones * zeros) : null
}

/** Average precision Σ (Rₙ − Rₙ₋₁)·Pₙ over thresholds, ties together; null without a 1. */
export function averagePrecision(labels: Values, scores: Values): number | null {
  const order = descending(scores)
  let total = 0
  for (let i = 0; i < labels.length; i++) total += (labels[i] as number) > 0 ? 1 : 0
  if (total === 0) return null
  let [hits, sum] = [0, 0]
  for (let i = 0; i < order.length; ) {
    const before = hits
    const value = scores[order[i] as number] as number
    for (; i < order.length && (scores[order[i] as number] as number) === value; i++)
      hits += (labels[order[i] as number] as number) > 0 ? 1 : 0
    sum += ((hits - before) / total) * (hits / i)
  }
  return sum
}

/** Mean squared error of probabilities. */
export function brier(labels: Values, probabilities: Values): number {
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    const gap = (probabilities[i] as number) - (labels[i] as number)
    sum += gap * gap
  }
  return sum / labels.length
}

/** Mean −ln of the probability given to what happened; probabilities are held 1e-12 away from 0 and 1. */
export function logLoss(labels: Values, probabilities: Values): number {
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    const p = Math.min(1 - 1e-12, Math.max(1e-12, probabilities[i] as number))
    sum -= (labels[i] as number) > 0 ? log(p) : log(1 - p)
  }
  return sum / labels.length
}

/** Non-decreasing fit with least squares: pool adjacent violators. `values` in the order of what they must not decrease with. */
export function isotonic(values: Values, weights?: Values): Float64Array {
  const blocks: { mean: number; weight: number; count: number }[] = []
  for (let i = 0; i < values.length; i++) {
    let block = { mean: values[i] as number, weight: weights === undefined ? 1 : (weights[i] as number), count: 1 }
    for (let last = blocks.at(-1); last !== undefined && last.mean >= block.mean; last = blocks.at(-1)) {
      const weight = last.weight + block.weight
      block = { mean: (last.mean * last.weight + block.mean * block.weight) / weight, weight, count: last.count + block.count }
      blocks.pop()
    }
    blocks.push(block)
  }
  const out = new Float64Array(values.length)
  let at = 0
  for (const { mean, count } of blocks) {
    out.fill(mean, at, at + count)
    at += count
  }
  return out
}

/** Counts at one threshold. */
export interface Confusion {
  readonly hits: number
  readonly false_alarms: number
  readonly misses: number
  readonly quiet: number
}

export function confusionRates({ hits, false_alarms, misses, quiet }: Confusion): {
  readonly recall: number
  readonly false_rate: number
  readonly precision: number
  readonly f1: number
  readonly mcc: number
  /** Kaminsky and Reinhart: false rate ÷ recall. */
  readonly noise_to_signal: number
} {
  const recall = hits / (hits + misses)
  const false_rate = false_alarms / (false_alarms + quiet)
  const precision = hits / (hits + false_alarms)
  const root = Math.sqrt((hits + false_alarms) * (hits + misses) * (quiet + false_alarms) * (quiet + misses))
  return {
    recall,
    false_rate,
    precision,
    f1: (2 * hits) / (2 * hits + false_alarms + misses),
    mcc: (hits * quiet - false_alarms * misses) / root,
    noise_to_signal: false_rate / recall,
  }
}

/** Alessi and Detken (2011): min(θ, 1 − θ) less the loss θ·missed share + (1 − θ)·false rate. Ignores how rare events are. */
export function usefulness({ hits, false_alarms, misses, quiet }: Confusion, theta: number): number {
  const loss = theta * (misses / (hits + misses)) + (1 - theta) * (false_alarms / (false_alarms + quiet))
  return Math.min(theta, 1 - theta) - loss
}

/** Sarlin (2013): usefulness relative to the best that is possible, errors weighted by how often events happen. */
export function relativeUsefulness({ hits, false_alarms, misses, quiet }: Confusion, mu: number): number {
  const n = hits + false_alarms + misses + quiet
  const [event, calm] = [(hits + misses) / n, (false_alarms + quiet) / n]
  const least = Math.min(mu * event, (1 - mu) * calm)
  const loss = mu * (misses / (hits + misses)) * event + (1 - mu) * (false_alarms / (false_alarms + quiet)) * calm
  return (least - loss) / least
}

/** Murphy's parts of the Brier score over groups of equal probability bins: brier = reliability − resolution + uncertainty, up to spread inside bins. */
export function murphy(
  labels: Values,
  probabilities: Values,
  bins = 10,
): { readonly reliability: number; readonly resolution: number; readonly uncertainty: number; readonly ece: number } {
  const order = Array.from(probabilities, (_, i) => i).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number) || a - b,
  )
  const n = order.length
  const base = order.reduce((sum, i) => sum + (labels[i] as number), 0) / n
  let [reliability, resolution, ece] = [0, 0, 0]
  for (let b = 0; b < bins; b++) {
    const part = order.slice(Math.floor((b * n) / bins), Math.floor(((b + 1) * n) / bins))
    if (part.length === 0) continue
    const said = part.reduce((sum, i) => sum + (probabilities[i] as number), 0) / part.length
    const was = part.reduce((sum, i) => sum + (labels[i] as number), 0) / part.length
    reliability += (part.length / n) * (said - was) * (said - was)
    resolution += (part.length / n) * (was - base) * (was - base)
    ece += (part.length / n) * Math.abs(said - was)
  }
  return { reliability, resolution, uncertainty: base * (1 - base), ece }
}

/** Platt's sigmoid p = 1 ÷ (1 + e^{−(a·s + b)}) with his smoothed targets, by Newton's method with step halving. Source: Platt (1999), Lin, Lin and Weng (2007). */
export function platt(labels: Values, scores: Values): { readonly a: number; readonly b: number } {
  let ones = 0
  for (let i = 0; i < labels.length; i++) ones += labels[i] as number
  const zeros = labels.length - ones
  const target = (i: number) => ((labels[i] as number) > 0 ? (ones + 1) / (ones + 2) : 1 / (zeros + 2))
  const loss = (a: number, b: number) => {
    let sum = 0
    for (let i = 0; i < labels.length; i++) {
      const z = a * (scores[i] as number) + b
      const t = target(i)
      sum += z >= 0 ? (1 - t) * z + log(1 + exp(-z)) : -t * z + log(1 + exp(z))
    }
    return sum
  }
  let [a, b] = [0, log((ones + 1) / (zeros + 1))]
  let now = loss(a, b)
  for (let step = 0; step < 100; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-12, 0, 1e-12]
    for (let i = 0; i < labels.length; i++) {
      const s = scores[i] as number
      const p = 1 / (1 + exp(-(a * s + b)))
      const gap = p - target(i)
      const w = p * (1 - p)
      ga += gap * s
      gb += gap
      haa += w * s * s
      hab += w * s
      hbb += w
    }
    if (Math.abs(ga) < 1e-9 && Math.abs(gb) < 1e-9) break
    const det = haa * hbb - hab * hab
    const [da, db] = [-(hbb * ga - hab * gb) / det, -(haa * gb - hab * ga) / det]
    let t = 1
    for (; t > 1e-10; t /= 2) {
      const next = loss(a + t * da, b + t * db)
      if (next < now + 1e-4 * t * (ga * da + gb * db)) {
        now = next
        break
      }
    }
    if (t <= 1e-10) break
    a += t * da
    b += t * db
  }
  return { a, b }
}
