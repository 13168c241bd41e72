import { describe, expect, it } from 'vitest'
import { cholesky, choleskySolve, eigenSymmetric, leastSquares, luFactor, luSolve, type Matrix, solve } from './linalg.ts'
import { Rng } from './random.ts'

const random = (n: number, m: number, key: number): Matrix => {
  const rng = new Rng(41, key)
  return Float64Array.from({ length: n * m }, () => rng.normal())
}

const multiply = (a: Matrix, b: Matrix, n: number, k: number, m: number): Matrix => {
  const out = new Float64Array(n * m)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) for (let t = 0; t < k; t++) out[i * m + j]! += a[i * k + t]! * b[t * m + j]!
  return out
}

const transpose = (a: Matrix, n: number, m: number): Matrix => {
  const out = new Float64Array(n * m)
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out[j * n + i] = a[i * m + j]!
  return out
}

const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let max = Math.abs(a.length - b.length)
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i]! - b[i]!))
  return max
}

const gram = (n: number, key: number): Matrix =>
  multiply(transpose(random(n + 2, n, key), n + 2, n), random(n + 2, n, key), n, n + 2, n)

/** The Hilbert matrix: ill-conditioned, with a known inverse in whole numbers. */
const hilbert = (n: number): Matrix => Float64Array.from({ length: n * n }, (_, k) => 1 / (1 + Math.floor(k / n) + (k % n)))

describe('cholesky', () => {
  it('gives the factor of an example of Golub and Van Loan, section 4.2', () => {
    expect([...cholesky(Float64Array.of(2, -2, -2, 5), 2)!].map((v) => v.toFixed(12))).toEqual(
      [Math.SQRT2, 0, -Math.SQRT2, Math.sqrt(3)].map((v) => v.toFixed(12)),
    )
  })

  it('multiplies back, and solves', () => {
    for (const n of [1, 2, 5, 20]) {
      const a = gram(n, n)
      const l = cholesky(a, n)!
      expect(gap(multiply(l, transpose(l, n, n), n, n, n), a)).toBeLessThan(1e-12)
      const x = random(n, 1, 99)
      expect(gap(choleskySolve(l, n, multiply(a, x, n, n, 1)), x)).toBeLessThan(1e-9)
    }
  })

  it('refuses what is not positive definite', () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull()
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBeNull()
    const thin = random(3, 6, 5) // rank 3 of 6
    expect(cholesky(multiply(transpose(thin, 3, 6), thin, 6, 3, 6), 6)).toBeNull()
    expect(cholesky(Float64Array.of(1e-300, 0, 0, 1e300), 2)).not.toBeNull()
    expect(() => cholesky(Float64Array.of(1, 2, 3), 2)).toThrow(RangeError)
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow('element 0')
  })
})

describe('solve', () => {
  it('needs the pivoting: a zero and a tiny leading element', () => {
    expect(gap(solve(Float64Array.of(0, 1, 1, 0), 2, [2, 3])!, [3, 2])).toBe(0)
    expect(gap(solve(Float64Array.of(1e-20, 1, 1, 1), 2, [1, 2])!, [1, 1])).toBeLessThan(1e-15)
  })

  it('inverts the Hilbert matrix of order 5, whose inverse is whole (first row 25, −300, 1050, −1400, 630)', () => {
    const factors = luFactor(hilbert(5), 5)!
    expect(gap(luSolve(factors, [1, 0, 0, 0, 0]), [25, -300, 1050, -1400, 630])).toBeLessThan(1e-8)
  })

  it('solves random systems', () => {
    for (const n of [1, 3, 12, 40]) {
      const a = random(n, n, 60 + n)
      const x = random(n, 1, 98)
      const before = a.slice()
      expect(gap(solve(a, n, multiply(a, x, n, n, 1))!, x)).toBeLessThan(1e-9)
      expect(a).toEqual(before)
    }
  })

  it('tells a singular matrix from a badly scaled one', () => {
    expect(solve(Float64Array.of(1, 2, 2, 4), 2, [1, 2])).toBeNull()
    expect(solve(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, [1, 2, 3])).toBeNull()
    expect(solve(Float64Array.of(0.1, 0.2, 0.3, 0.6), 2, [1, 2])).toBeNull()
    expect(gap(solve(Float64Array.of(1e-20, 0, 0, 1e20), 2, [1e-20, 1e20])!, [1, 1])).toBe(0)
    expect(gap(solve(Float64Array.of(1, 1, 1e-20, 2e-20), 2, [2, 3e-20])!, [1, 1])).toBeLessThan(1e-15)
  })
})

describe('eigenSymmetric', () => {
  it('knows the spectrum of the second difference: 2 − 2 cos(kπ / (n + 1))', () => {
    const n = 20
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2
      if (i > 0) a[i * n + i - 1] = -1 // only the lower triangle is read
    }
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)))
    expect(gap(eigenSymmetric(a, n).values, expected)).toBeLessThan(2e-14) // n ε ‖a‖ = 1.8e-14
  })

  it('gives orthonormal vectors that rebuild the matrix, in descending order', () => {
    for (const n of [1, 2, 7, 64]) {
      const half = random(n, n, 70 + n)
      const a = half.map((v, k) => v + half[(k % n) * n + Math.floor(k / n)]!)
      const { values, vectors } = eigenSymmetric(a, n)
      const scaled = vectors.map((v, k) => v * values[k % n]!)
      expect(gap(multiply(scaled, transpose(vectors, n, n), n, n, n), a)).toBeLessThan(1e-12 * n)
      const identity = Float64Array.from({ length: n * n }, (_, k) => Number(k % (n + 1) === 0))
      expect(gap(multiply(transpose(vectors, n, n), vectors, n, n, n), identity)).toBeLessThan(1e-13 * n)
      expect([...values]).toEqual([...values].sort((x, y) => y - x))
      for (let j = 0; j < n; j++) {
        const column = Array.from({ length: n }, (_, i) => vectors[i * n + j]!)
        expect(Math.max(...column)).toBeGreaterThan(-1.00001 * Math.min(...column))
      }
    }
  })

  it('handles repeated eigenvalues, zeros, and scales apart', () => {
    expect([...eigenSymmetric(Float64Array.of(2, 1, 1, 1, 2, 1, 1, 1, 2), 3).values].map((v) => v.toFixed(12))).toEqual([
      '4.000000000000',
      '1.000000000000',
      '1.000000000000',
    ])
    expect([...eigenSymmetric(new Float64Array(9), 3).values]).toEqual([0, 0, 0])
    expect(eigenSymmetric(Float64Array.of(1e150, 1, 1, 1e-150), 2).values[0]).toBeCloseTo(1e150, -140)
    expect(() => eigenSymmetric(new Float64Array(65 * 65), 65)).toThrow('64')
  })
})

// NIST StRD, linear regression, data set Longley: y, x1 … x6.
const LONGLEY = [
  60323, 83.0, 234289, 2356, 1590, 107608, 1947, 61122, 88.5, 259426, 2325, 1456, 108632, 1948, 60171, 88.2, 258054, 3682, 1616,
  109773, 1949, 61187, 89.5, 284599, 3351, 1650, 110929, 1950, 63221, 96.2, 328975, 2099, 3099, 112075, 1951, 63639, 98.1, 346999,
  1932, 3594, 113270, 1952, 64989, 99.0, 365385, 1870, 3547, 115094, 1953, 63761, 100.0, 363112, 3578, 3350, 116219, 1954, 66019,
  101.2, 397469, 2904, 3048, 117388, 1955, 67857, 104.6, 419180, 2822, 2857, 118734, 1956, 68169, 108.4, 442769, 2936, 2798,
  120445, 1957, 66513, 110.8, 444546, 4681, 2637, 121950, 1958, 68655, 112.6, 482704, 3813, 2552, 123366, 1959, 69564, 114.2,
  502601, 3931, 2514, 125368, 1960, 69331, 115.7, 518173, 4806, 2572, 127852, 1961, 70551, 116.9, 554894, 4007, 2827, 130081,
  1962,
]

describe('leastSquares', () => {
  it('passes NIST StRD Longley, whose columns are nearly dependent, to 7 digits', () => {
    const n = 16
    const x = Float64Array.from({ length: n * 7 }, (_, k) => (k % 7 === 0 ? 1 : LONGLEY[Math.floor(k / 7) * 7 + (k % 7)]!))
    const fit = leastSquares(
      x,
      n,
      7,
      Float64Array.from({ length: n }, (_, i) => LONGLEY[i * 7]!),
    )!
    const certified = [
      [-3482258.63459582, 890420.383607373],
      [15.0618722713733, 84.9149257747669],
      [-0.35819179292591e-1, 0.334910077722432e-1],
      [-2.02022980381683, 0.488399681651699],
      [-1.03322686717359, 0.214274163161675],
      [-0.511041056535807e-1, 0.22607320006937],
      [1829.15146461355, 455.478499142212],
    ]
    certified.forEach(([coefficient, error], j) => {
      expect(Math.abs(fit.coefficients[j]! / coefficient! - 1)).toBeLessThan(1e-7)
      expect(Math.abs(fit.errors[j]! / error! - 1)).toBeLessThan(1e-7)
    })
    expect(Math.abs(fit.deviation / 304.854073561965 - 1)).toBeLessThan(1e-9)
  })

  it('refuses dependent columns and too few equations', () => {
    expect(leastSquares(Float64Array.of(1, 2, 2, 4, 3, 6), 3, 2, [1, 2, 3])).toBeNull()
    expect(leastSquares(new Float64Array(3), 3, 1, [1, 2, 3])).toBeNull()
    expect(() => leastSquares(new Float64Array(4), 2, 2, [1, 2])).toThrow(RangeError)
  })
})
