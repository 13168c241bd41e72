/** Eigenvalues of a symmetric matrix without its vectors. */
import type { Matrix } from './linalg.ts'

/**
 * Descending. Householder reduction to a tridiagonal matrix, then implicit QL (Golub and Van Loan, Matrix Computations, sections 8.3.1 and
 * 8.3.3): about 4n³/3 operations where rotations with vectors take several times 8n³. The lower triangle is read. Absolute error about n ε ‖a‖.
 */
export function eigenvaluesSymmetric(a: Matrix, n: number): Float64Array {
  const m = a.slice(0, n * n)
  const d = new Float64Array(n)
  const e = new Float64Array(n)
  for (let i = n - 1; i > 0; i--) reduce(m, n, i, d, e)
  d[0] = n > 0 ? (m[0] as number) : 0
  for (let i = 1; i < n; i++) e[i - 1] = e[i] as number
  if (n > 0) e[n - 1] = 0
  for (let l = 0; l < n; l++) settle(d, e, n, l)
  return d.sort().reverse()
}

/** Reflects row i so that only its neighbour remains; the diagonal goes to d, what remains to e. */
function reduce(m: Matrix, n: number, i: number, d: Float64Array, e: Float64Array): void {
  let scale = 0
  for (let k = 0; k < i; k++) scale += Math.abs(m[i * n + k] as number)
  d[i] = m[i * n + i] as number
  if (i === 1 || scale === 0) {
    e[i] = m[i * n + i - 1] as number
    return
  }
  let h = 0
  for (let k = 0; k < i; k++) {
    const value = (m[i * n + k] as number) / scale
    m[i * n + k] = value
    h += value * value
  }
  const f = m[i * n + i - 1] as number
  const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h)
  e[i] = scale * g
  h -= f * g
  m[i * n + i - 1] = f - g
  // p = A u ÷ h, then A − u qᵀ − q uᵀ with q = p − (uᵀp ÷ 2h) u, in the lower triangle.
  const p = new Float64Array(i)
  let up = 0
  for (let j = 0; j < i; j++) {
    let sum = 0
    for (let k = 0; k <= j; k++) sum += (m[j * n + k] as number) * (m[i * n + k] as number)
    for (let k = j + 1; k < i; k++) sum += (m[k * n + j] as number) * (m[i * n + k] as number)
    p[j] = sum / h
    up += (p[j] as number) * (m[i * n + j] as number)
  }
  const half = up / (h + h)
  for (let j = 0; j < i; j++) p[j] = (p[j] as number) - half * (m[i * n + j] as number)
  for (let j = 0; j < i; j++)
    for (let k = 0; k <= j; k++)
      m[j * n + k] =
        (m[j * n + k] as number) - (m[i * n + j] as number) * (p[k] as number) - (p[j] as number) * (m[i * n + k] as number)
}

/** Turns the tridiagonal matrix until its l-th off-diagonal is gone. */
function settle(d: Float64Array, e: Float64Array, n: number, l: number): void {
  for (let round = 0; round < 60; round++) {
    let end = l
    for (; end < n - 1; end++) {
      const size = Math.abs(d[end] as number) + Math.abs(d[end + 1] as number)
      if (Math.abs(e[end] as number) <= 2.3e-16 * size) break
    }
    if (end === l) return
    let g = ((d[l + 1] as number) - (d[l] as number)) / (2 * (e[l] as number))
    let r = Math.sqrt(g * g + 1)
    g = (d[end] as number) - (d[l] as number) + (e[l] as number) / (g + (g >= 0 ? r : -r))
    let [s, c, p] = [1, 1, 0]
    let i = end - 1
    for (; i >= l; i--) {
      const f = s * (e[i] as number)
      const b = c * (e[i] as number)
      r = Math.sqrt(f * f + g * g)
      e[i + 1] = r
      if (r === 0) {
        d[i + 1] = (d[i + 1] as number) - p
        e[end] = 0
        break
      }
      s = f / r
      c = g / r
      g = (d[i + 1] as number) - p
      const t = ((d[i] as number) - g) * s + 2 * c * b
      p = s * t
      d[i + 1] = g + p
      g = c * t - b
    }
    if (r === 0 && i >= l) continue
    d[l] = (d[l] as number) - p
    e[l] = g
    e[end] = 0
  }
}
