/**
 * Small dense linear algebra. A matrix of n rows and m columns is a Float64Array of n · m values, row after row.
 * Functions return new arrays and leave their arguments alone. Source unless said otherwise: Golub and Van Loan, Matrix
 * Computations, 4th ed. (2013).
 */

export type Matrix = Float64Array

function square(a: Matrix, n: number, what: string): void {
  if (!(n >= 1 && a.length === n * n)) throw new RangeError(`${what}: ${a.length} values are not a ${n} × ${n} matrix`)
  for (let i = 0; i < a.length; i++) {
    if (!((a[i] as number) - (a[i] as number) === 0)) throw new RangeError(`${what}: element ${i} is not finite`)
  }
}

/**
 * The lower triangular L with L Lᵀ = a, for a symmetric a (only its lower triangle is read); null if a is not positive
 * definite to working precision. Algorithm 4.2.1.
 */
export function cholesky(a: Matrix, n: number): Matrix | null {
  square(a, n, 'cholesky')
  const l = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let s = a[i * n + j] as number
      for (let k = 0; k < j; k++) s -= (l[i * n + k] as number) * (l[j * n + k] as number)
      if (i > j) {
        l[i * n + j] = s / (l[j * n + j] as number)
      } else {
        // What cancellation leaves of a zero pivot is noise of about n ε.
        if (!(s > n * 1.1e-16 * (a[j * n + j] as number))) return null
        l[j * n + j] = Math.sqrt(s)
      }
    }
  }
  return l
}

/** The x with L Lᵀ x = b. */
export function choleskySolve(l: Matrix, n: number, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    let s = x[i] as number
    for (let k = 0; k < i; k++) s -= (l[i * n + k] as number) * (x[k] as number)
    x[i] = s / (l[i * n + i] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i] as number
    for (let k = i + 1; k < n; k++) s -= (l[k * n + i] as number) * (x[k] as number)
    x[i] = s / (l[i * n + i] as number)
  }
  return x
}

export interface Factors {
  /** U on and above the diagonal, the multipliers below. */
  readonly lu: Matrix
  /** Row i of lu is row `row[i]` of the matrix. */
  readonly row: Int32Array
}

/**
 * LU factors with partial pivoting (algorithm 3.4.1); null if a pivot is no larger than the rounding of the terms it came
 * from, whatever the scale of rows and columns: the matrix is singular to working precision.
 */
export function luFactor(a: Matrix, n: number): Factors | null {
  square(a, n, 'luFactor')
  const lu = a.slice()
  const size = a.map(Math.abs)
  const row = Int32Array.from({ length: n }, (_, i) => i)
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(lu[i * n + k] as number) > Math.abs(lu[pivot * n + k] as number)) pivot = i
    }
    if (!(Math.abs(lu[pivot * n + k] as number) > n * 1.1e-16 * (size[pivot * n + k] as number))) return null
    if (pivot !== k) {
      swapRows(lu, n, k, pivot)
      swapRows(size, n, k, pivot)
      swapRows(row, 1, k, pivot)
    }
    for (let i = k + 1; i < n; i++) {
      const factor = (lu[i * n + k] as number) / (lu[k * n + k] as number)
      lu[i * n + k] = factor
      if (factor === 0) continue
      for (let j = k + 1; j < n; j++) {
        const term = factor * (lu[k * n + j] as number)
        lu[i * n + j]! -= term
        size[i * n + j]! += Math.abs(term)
      }
    }
  }
  return { lu, row }
}

function swapRows(a: Float64Array | Int32Array, width: number, i: number, j: number): void {
  for (let k = 0; k < width; k++) {
    const kept = a[i * width + k] as number
    a[i * width + k] = a[j * width + k] as number
    a[j * width + k] = kept
  }
}

/** The x with a x = b, given the factors of a. */
export function luSolve({ lu, row }: Factors, b: ArrayLike<number>): Float64Array {
  const n = row.length
  const x = Float64Array.from(row, (i) => b[i] as number)
  for (let i = 1; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= (lu[i * n + k] as number) * (x[k] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= (lu[i * n + k] as number) * (x[k] as number)
    x[i]! /= lu[i * n + i] as number
  }
  return x
}

/** The x with a x = b; null if a is singular to working precision. */
export function solve(a: Matrix, n: number, b: ArrayLike<number>): Float64Array | null {
  const factors = luFactor(a, n)
  return factors === null ? null : luSolve(factors, b)
}

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array
  /** Column j (elements [i · n + j]) is the unit eigenvector of values[j]; its largest element is positive. */
  readonly vectors: Matrix
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix (its lower triangle is read), n ≤ 64, by cyclic Jacobi rotations
 * (section 8.5). Absolute error about n ε ‖a‖. Throws RangeError for larger n.
 */
export function eigenSymmetric(a: Matrix, n: number): Eigen {
  square(a, n, 'eigenSymmetric')
  if (n > 64) throw new RangeError(`eigenSymmetric: n must not exceed 64, got ${n}`)
  const m = a.slice()
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) m[j * n + i] = m[i * n + j] as number
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  let norm = 0
  for (const value of m) norm += value * value
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += (m[i * n + j] as number) * (m[i * n + j] as number)
    if (off <= norm * 1e-34) break
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(m, v, n, p, q)
  }
  return descending(m, v, n)
}

/** Annihilates m[p][q]: algorithm 8.5.1. */
function rotate(m: Matrix, v: Matrix, n: number, p: number, q: number): void {
  const apq = m[p * n + q] as number
  if (apq === 0) return
  const tau = ((m[q * n + q] as number) - (m[p * n + p] as number)) / (2 * apq)
  // The smaller root of t² + 2 τ t − 1; for huge τ its square would overflow.
  const size = Math.abs(tau)
  const root = size > 1e150 ? size : Math.sqrt(1 + tau * tau)
  const t = (tau >= 0 ? 1 : -1) / (size + root)
  const c = 1 / Math.sqrt(1 + t * t)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const kp = m[k * n + p] as number
    const kq = m[k * n + q] as number
    m[k * n + p] = c * kp - s * kq
    m[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const pk = m[p * n + k] as number
    const qk = m[q * n + k] as number
    m[p * n + k] = c * pk - s * qk
    m[q * n + k] = s * pk + c * qk
    const vp = v[k * n + p] as number
    const vq = v[k * n + q] as number
    v[k * n + p] = c * vp - s * vq
    v[k * n + q] = s * vp + c * vq
  }
}

function descending(m: Matrix, v: Matrix, n: number): Eigen {
  const order = Array.from({ length: n }, (_, i) => i)
  order.sort((i, j) => (m[j * n + j] as number) - (m[i * n + i] as number))
  const values = Float64Array.from(order, (i) => m[i * n + i] as number)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => {
    let peak = 0
    for (let k = 0; k < n; k++) {
      const value = v[k * n + from] as number
      // Near ties must not let rounding choose the sign.
      if (Math.abs(value) > Math.abs(peak) * 1.000001) peak = value
    }
    for (let k = 0; k < n; k++) vectors[k * n + to] = peak < 0 ? -(v[k * n + from] as number) : (v[k * n + from] as number)
  })
  return { values, vectors }
}

export interface LeastSquares {
  readonly coefficients: Float64Array
  /** Standard errors, from the residual variance with n − m degrees of freedom. */
  readonly errors: Float64Array
  /** Residual standard deviation. */
  readonly deviation: number
}

/**
 * The coefficients that minimise ‖x c − y‖ for an n × m matrix x, n > m, by Householder reflections (algorithm 5.2.1);
 * null if the columns of x are linearly dependent. A constant is a column of ones. Throws RangeError unless n > m ≥ 1.
 */
export function leastSquares(x: Matrix, n: number, m: number, y: ArrayLike<number>): LeastSquares | null {
  if (!(m >= 1 && n > m && x.length === n * m && y.length === n)) {
    throw new RangeError(`leastSquares: ${x.length} values and ${y.length} results are not ${n} > ${m} equations`)
  }
  const r = x.slice()
  const b = Float64Array.from(y)
  const diagonal = new Float64Array(m)
  for (let j = 0; j < m; j++) {
    let whole = 0
    for (let i = 0; i < n; i++) whole += (x[i * m + j] as number) * (x[i * m + j] as number)
    let below = 0
    for (let i = j; i < n; i++) below += (r[i * m + j] as number) * (r[i * m + j] as number)
    if (!(below > whole * 1e-26)) return null
    const head = r[j * m + j] as number
    const alpha = head > 0 ? -Math.sqrt(below) : Math.sqrt(below)
    diagonal[j] = alpha
    r[j * m + j] = head - alpha
    const scale = 1 / (below - alpha * head) // 2 / vᵀv
    for (let k = j + 1; k < m; k++) reflect(r, m, j, k, n, scale)
    let dot = 0
    for (let i = j; i < n; i++) dot += (r[i * m + j] as number) * (b[i] as number)
    for (let i = j; i < n; i++) b[i]! -= dot * scale * (r[i * m + j] as number)
  }
  return backSubstitute(r, diagonal, b, n, m)
}

function reflect(r: Matrix, m: number, j: number, k: number, n: number, scale: number): void {
  let dot = 0
  for (let i = j; i < n; i++) dot += (r[i * m + j] as number) * (r[i * m + k] as number)
  for (let i = j; i < n; i++) r[i * m + k]! -= dot * scale * (r[i * m + j] as number)
}

function backSubstitute(r: Matrix, diagonal: Float64Array, b: Float64Array, n: number, m: number): LeastSquares {
  let squares = 0
  for (let i = m; i < n; i++) squares += (b[i] as number) * (b[i] as number)
  const variance = squares / (n - m)
  const coefficients = new Float64Array(m)
  const variances = new Float64Array(m)
  // Columns of R⁻¹: the last computed is that of the coefficients, whose right-hand side is b.
  for (let column = 0; column <= m; column++) {
    const x = new Float64Array(m)
    for (let i = m - 1; i >= 0; i--) {
      let s = column === m ? (b[i] as number) : i === column ? 1 : 0
      for (let k = i + 1; k < m; k++) s -= (r[i * m + k] as number) * (x[k] as number)
      x[i] = s / (diagonal[i] as number)
    }
    if (column === m) coefficients.set(x)
    else for (let i = 0; i < m; i++) variances[i]! += (x[i] as number) * (x[i] as number)
  }
  return { coefficients, errors: variances.map((v) => Math.sqrt(v * variance)), deviation: Math.sqrt(variance) }
}
