/** Drawing particles again: by weight, with parameters shrunk to their mean and spread so that mean and variance stay. */
import type { Rng } from '../../math/index.ts'
import { PARAMETERS } from './prior.ts'

/** Shrinkage of parameters when particles are drawn again (Liu and West 2001). */
const SHRINK = 0.97

/**
 * Systematic resampling: whose heir each particle is.
 * @param weights sum 1
 * @param start a draw from [0, 1)
 */
export function systematic(weights: Float64Array, start: number): Int32Array {
  const n = weights.length
  const from = new Int32Array(n)
  let [sum, j] = [weights[0] as number, 0]
  for (let i = 0; i < n; i++) {
    while (j < n - 1 && (i + start) / n > sum) sum += weights[++j] as number
    from[i] = j
  }
  return from
}

/**
 * Parameters of the heirs.
 * @param theta standard normal parameters, particle × parameter
 * @param weights before the draw
 */
export function spread_again(theta: Float64Array, weights: Float64Array, from: Int32Array, rngs: readonly Rng[]): Float64Array {
  const n = weights.length
  const out = new Float64Array(theta.length)
  const spread = Math.sqrt(1 - SHRINK * SHRINK)
  for (let p = 0; p < PARAMETERS; p++) {
    let [mean, square] = [0, 0]
    for (let i = 0; i < n; i++) {
      const value = theta[i * PARAMETERS + p] as number
      mean += (weights[i] as number) * value
      square += (weights[i] as number) * value * value
    }
    const deviation = Math.sqrt(Math.max(0, square - mean * mean))
    for (let i = 0; i < n; i++) {
      const old = theta[(from[i] as number) * PARAMETERS + p] as number
      out[i * PARAMETERS + p] = SHRINK * old + (1 - SHRINK) * mean + spread * deviation * (rngs[i] as Rng).normal()
    }
  }
  return out
}
