/** Draws the population is made of; each keyed by its entity, so that account n is the same whatever is drawn for others. */
import { exp, hash32, log, normalQuantile, pow, Rng } from '../math/index.ts'
import type { Spread } from './recipe.ts'

/** Random-access draws of one purpose: value i belongs to account i. */
export class Draw {
  private readonly rng: Rng
  constructor(seed: number, purpose: string) {
    this.rng = new Rng(seed, 0, 'synth', hash32(purpose))
  }
  /** In (0, 1). */
  uniform(i: number): number {
    return Math.min(1 - 1e-12, Math.max(1e-12, this.rng.uniformAt(i)))
  }
  normal(i: number): number {
    return normalQuantile(this.uniform(i))
  }
  /** Log-normal around the median, kept inside its bounds. */
  spread(i: number, spread: Spread): number {
    const value = spread.median * exp(spread.sigma * this.normal(i))
    return Math.min(spread.most ?? Number.POSITIVE_INFINITY, Math.max(spread.least ?? 0, value))
  }
  /** Position in a list of weights, by share. */
  choose(i: number, weights: readonly number[]): number {
    let total = 0
    for (const weight of weights) total += weight
    let left = this.uniform(i) * total
    for (let k = 0; k < weights.length - 1; k++) {
      left -= weights[k] as number
      if (left < 0) return k
    }
    return weights.length - 1
  }
}

/**
 * Sizes of n accounts that sum to 1: Pareto with the given exponent, none above `largest`, by shrinking what stands above and sharing it out.
 * @throws never; with n·largest < 1 everybody is equal
 */
export function sizes(n: number, draw: Draw, tail: number, largest: number): Float64Array {
  const out = new Float64Array(n)
  let sum = 0
  for (let i = 0; i < n; i++) {
    out[i] = pow(draw.uniform(i), -1 / tail)
    sum += out[i] as number
  }
  const cap = Math.max(largest, 1 / n)
  for (let pass = 0; pass < 8; pass++) {
    let kept = 0
    let above = 0
    for (let i = 0; i < n; i++) {
      const part = (out[i] as number) / sum
      if (part >= cap) above++
      else kept += part
    }
    const scale = kept > 0 ? Math.max(0, 1 - above * cap) / kept : 0
    let next = 0
    for (let i = 0; i < n; i++) {
      const part = (out[i] as number) / sum
      out[i] = part >= cap ? cap : part * scale
      next += out[i] as number
    }
    sum = next
    if (above === 0) break
  }
  for (let i = 0; i < n; i++) out[i] = (out[i] as number) / sum
  return out
}

/** Health factor whose logarithm is log-normal around ln(median): always above 1. */
export function health(i: number, draw: Draw, spread: Spread): number {
  const value = exp(log(spread.median) * exp((spread.sigma / Math.max(0.05, log(spread.median))) * draw.normal(i)))
  return Math.max(spread.least ?? 1.001, Math.min(value, spread.most ?? 1_000))
}
