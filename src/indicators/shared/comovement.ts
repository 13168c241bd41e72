/** How much assets move as one, and how unusual a day is: from a matrix of returns, assets × periods, row by row. */
import { choleskySolve, cholesky, eigenvaluesSymmetric } from '../../math/index.ts'

/** Sample covariance (n − 1) of the rows of an m × n matrix. */
export function covariance(returns: Float64Array, m: number, n: number): Float64Array {
  const mean = new Float64Array(m)
  for (let a = 0; a < m; a++) {
    let sum = 0
    for (let t = 0; t < n; t++) sum += returns[a * n + t] as number
    mean[a] = sum / n
  }
  const out = new Float64Array(m * m)
  for (let a = 0; a < m; a++)
    for (let b = a; b < m; b++) {
      let sum = 0
      for (let t = 0; t < n; t++)
        sum += ((returns[a * n + t] as number) - (mean[a] as number)) * ((returns[b * n + t] as number) - (mean[b] as number))
      out[a * m + b] = sum / (n - 1)
      out[b * m + a] = sum / (n - 1)
    }
  return out
}

/** Share of the variance that the first ⌊m/5 + ½⌋ (at least one) components hold. Source: Kritzman, Li, Page and Rigobon (2011). */
export function absorptionRatio(covariances: Float64Array, m: number, share = 0.2): number {
  const sorted = eigenvaluesSymmetric(covariances, m)
  const top = Math.max(1, Math.floor(share * m + 0.5))
  let [held, all] = [0, 0]
  for (let i = 0; i < m; i++) {
    const value = Math.max(0, sorted[i] as number)
    all += value
    if (i < top) held += value
  }
  return all > 0 ? held / all : Number.NaN
}

/**
 * Squared Mahalanobis distance (y − μ)Σ⁻¹(y − μ)ᵀ. Source: Kritzman and Li (2010); divided by m it is 1 on average.
 * @param ridge added to the diagonal, as a share of its mean
 */
export function turbulence(
  y: ArrayLike<number>,
  mean: ArrayLike<number>,
  covariances: Float64Array,
  m: number,
  ridge = 0,
): number {
  const matrix = covariances.slice()
  let trace = 0
  for (let a = 0; a < m; a++) trace += matrix[a * m + a] as number
  for (let a = 0; a < m; a++) matrix[a * m + a] = (matrix[a * m + a] as number) + (ridge * trace) / m
  const factor = cholesky(matrix, m)
  if (factor === null) return Number.NaN
  const gap = Float64Array.from({ length: m }, (_, a) => (y[a] as number) - (mean[a] as number))
  const solved = choleskySolve(factor, m, gap)
  let sum = 0
  for (let a = 0; a < m; a++) sum += (gap[a] as number) * (solved[a] as number)
  return sum
}
