/** Regularised logistic regression. */
import { exp, log } from './elementary.ts'
import { choleskySolve, cholesky } from './linalg.ts'

export interface Logistic {
  /** Intercept and slopes on standardised features. */
  readonly intercept: number
  readonly slopes: Float64Array
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

export const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + exp(-z)) : 1 - 1 / (1 + exp(z)))

/**
 * Maximum of Σ log likelihood − ½·ridge·Σ slopes², features standardised with their own mean and deviation, intercept free; Newton's
 * method with halving. A constant feature gets slope 0.
 * @param x n × m, row by row, finite
 */
export function logisticFit(x: Float64Array, n: number, m: number, labels: ArrayLike<number>, ridge: number): Logistic {
  const [mean, deviation] = standards(x, n, m)
  const z = new Float64Array(n * m)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) z[i * m + j] = ((x[i * m + j] as number) - (mean[j] as number)) / ((deviation[j] as number) || 1)
  const size = m + 1
  let beta = new Float64Array(size)
  const loss = (of: Float64Array) => {
    let sum = 0
    for (let j = 1; j < size; j++) sum += 0.5 * ridge * (of[j] as number) * (of[j] as number)
    for (let i = 0; i < n; i++) {
      const p = Math.min(1 - 1e-12, Math.max(1e-12, sigmoid(score(of, z, i, m))))
      sum -= (labels[i] as number) > 0 ? log(p) : log(1 - p)
    }
    return sum
  }
  let now = loss(beta)
  for (let round = 0; round < 60; round++) {
    const step = newton(beta, z, n, m, labels, ridge)
    if (step === null) break
    let scale = 1
    let next = beta
    for (; scale > 1e-6; scale /= 2) {
      next = beta.map((value, j) => value - scale * (step[j] as number))
      if (loss(next) <= now) break
    }
    const better = now - loss(next)
    beta = next
    now -= better
    if (better < 1e-10 * (1 + now)) break
  }
  return { intercept: beta[0] as number, slopes: beta.slice(1), mean, deviation }
}

function standards(x: Float64Array, n: number, m: number): [Float64Array, Float64Array] {
  const mean = new Float64Array(m)
  const deviation = new Float64Array(m)
  for (let j = 0; j < m; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += x[i * m + j] as number
    const middle = sum / Math.max(1, n)
    let squares = 0
    for (let i = 0; i < n; i++) squares += ((x[i * m + j] as number) - middle) * ((x[i * m + j] as number) - middle)
    mean[j] = middle
    const root = Math.sqrt(squares / Math.max(1, n - 1))
    deviation[j] = root > 1e-12 * (1 + Math.abs(middle)) ? root : 0
  }
  return [mean, deviation]
}

const score = (beta: Float64Array, z: Float64Array, i: number, m: number): number => {
  let sum = beta[0] as number
  for (let j = 0; j < m; j++) sum += (beta[j + 1] as number) * (z[i * m + j] as number)
  return sum
}

function newton(
  beta: Float64Array,
  z: Float64Array,
  n: number,
  m: number,
  labels: ArrayLike<number>,
  ridge: number,
): Float64Array | null {
  const size = m + 1
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  for (let j = 1; j < size; j++) {
    gradient[j] = ridge * (beta[j] as number)
    hessian[j * size + j] = ridge
  }
  hessian[0] = 1e-9
  for (let i = 0; i < n; i++) {
    const p = sigmoid(score(beta, z, i, m))
    const [gap, weight] = [p - ((labels[i] as number) > 0 ? 1 : 0), Math.max(1e-9, p * (1 - p))]
    for (let a = 0; a < size; a++) {
      const left = a === 0 ? 1 : (z[i * m + a - 1] as number)
      if (left === 0) continue
      gradient[a] = (gradient[a] as number) + gap * left
      for (let b = 0; b <= a; b++)
        hessian[a * size + b] = (hessian[a * size + b] as number) + weight * left * (b === 0 ? 1 : (z[i * m + b - 1] as number))
    }
  }
  for (let a = 0; a < size; a++) {
    // A feature that never varies has no curvature of its own.
    if (!((hessian[a * size + a] as number) > 0)) hessian[a * size + a] = 1
    for (let b = a + 1; b < size; b++) hessian[a * size + b] = hessian[b * size + a] as number
  }
  const factor = cholesky(hessian, size)
  return factor === null ? null : choleskySolve(factor, size, gradient)
}

/** Score of a row of features, before the sigmoid, and what each feature adds to it. */
export function logisticScore(model: Logistic, row: ArrayLike<number>): { readonly score: number; readonly parts: Float64Array } {
  const parts = model.slopes.map((slope, j) => {
    const deviation = model.deviation[j] as number
    return deviation > 0 ? (slope * ((row[j] as number) - (model.mean[j] as number))) / deviation : 0
  })
  return { score: parts.reduce((sum, part) => sum + part, model.intercept), parts }
}
