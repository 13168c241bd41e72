import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eigenSymmetric } from './linalg.ts'
import { Rng } from './random.ts'
import { components, csrFromDense, csrFromEntries, csrMultiply, spectralRadius } from './sparse.ts'

const dense = (rows: number[][]): Float64Array => Float64Array.from(rows.flat())

const small = fc.integer({ min: 1, max: 7 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    a: fc.array(
      fc.integer({ min: -1, max: 2 }).map((v) => Math.max(0, v)),
      { minLength: n * n, maxLength: n * n },
    ),
  }),
)

describe('Csr', () => {
  it('multiplies as the dense matrix does, from either construction', () => {
    fc.assert(
      fc.property(small, ({ n, a }) => {
        const x = Float64Array.from({ length: n }, (_, i) => i + 1)
        const expected = Array.from({ length: n }, (_, i) => x.reduce((s, v, j) => s + a[i * n + j]! * v, 0))
        const places = a.map((_, k) => a.length - 1 - k)
        const entries = csrFromEntries(
          n,
          places.map((k) => Math.floor(k / n)),
          places.map((k) => k % n),
          places.map((k) => a[k]!),
        )
        for (const matrix of [csrFromDense(Float64Array.from(a), n), entries]) {
          const out = new Float64Array(n)
          csrMultiply(matrix, x, out)
          expect([...out]).toEqual(expected)
        }
      }),
    )
    expect(() => csrFromEntries(2, [0], [2], [1])).toThrow('entry 0')
    expect(() => csrFromDense(new Float64Array(3), 2)).toThrow(RangeError)
  })
})

/** Which nodes reach which, by closure. */
function reach(n: number, a: ArrayLike<number>): boolean[] {
  const r = Array.from({ length: n * n }, (_, k) => a[k]! !== 0 || k % (n + 1) === 0)
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) r[i * n + j] ||= r[i * n + k]! && r[k * n + j]!
  return r
}

describe('components', () => {
  it('are the classes of mutual reachability, successors first', () => {
    fc.assert(
      fc.property(small, ({ n, a }) => {
        const r = reach(n, a)
        const { of, count } = components(csrFromDense(Float64Array.from(a), n))
        expect(new Set(of).size).toBe(count)
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            expect(of[i] === of[j]).toBe(r[i * n + j]! && r[j * n + i]!)
            if (r[i * n + j]) expect(of[i]).toBeGreaterThanOrEqual(of[j]!)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('of a chain of 100,000 nodes need no deep stack', () => {
    const n = 100_000
    const i = Int32Array.from({ length: n - 1 }, (_, k) => k)
    expect(
      components(
        csrFromEntries(
          n,
          i,
          i.map((k) => k + 1),
          new Float64Array(n - 1).fill(1),
        ),
      ).count,
    ).toBe(n)
  })
})

describe('spectralRadius', () => {
  const radius = (rows: number[][]) => spectralRadius(csrFromDense(dense(rows), rows.length))

  it('knows exact cases', () => {
    expect(
      radius([
        [1, 1],
        [1, 0],
      ]).value,
    ).toBeCloseTo((1 + Math.sqrt(5)) / 2, 12) // Fibonacci
    expect(
      radius([
        [0, 1, 0],
        [0, 0, 1],
        [8, 0, 0],
      ]).value,
    ).toBeCloseTo(2, 11) // period 3: no plain power iteration converges
    expect(
      radius([
        [0, 1],
        [0, 0],
      ]),
    ).toMatchObject({ value: 0, lower: 0, upper: 0, iterations: 2, converged: true }) // nilpotent
    expect(
      radius([
        [0.5, 100],
        [0, 0.7],
      ]).value,
    ).toBeCloseTo(0.7, 12) // reducible: bounds of the whole would never close
    expect(radius([[0]]).value).toBe(0)
  })

  it('agrees with the eigenvalues of symmetric matrices, and encloses them', () => {
    const rng = new Rng(51)
    for (const n of [2, 5, 20]) {
      const a = new Float64Array(n * n)
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = rng.uniform() < 0.6 ? rng.uniform() : 0
      const { values } = eigenSymmetric(a, n)
      const expected = Math.max(values[0]!, -values[n - 1]!)
      const found = spectralRadius(csrFromDense(a, n))
      expect(found.converged).toBe(true)
      expect(Math.abs(found.value / expected - 1)).toBeLessThan(1e-11)
      expect(found.lower).toBeLessThanOrEqual(expected * (1 + 1e-13))
      expect(found.upper).toBeGreaterThanOrEqual(expected * (1 - 1e-13))
    }
  })

  it('says so when it stops early, and its bounds still hold', () => {
    const cycle = csrFromDense(
      dense([
        [0, 1, 0],
        [0, 0, 1],
        [8, 0, 0],
      ]),
      3,
    )
    const found = spectralRadius(cycle, 1e-12, 3)
    expect(found.converged).toBe(false)
    expect(found.lower).toBeLessThanOrEqual(2)
    expect(found.upper).toBeGreaterThanOrEqual(2)
  })

  it('refuses negative and non-finite elements', () => {
    expect(() => radius([[-1]])).toThrow('element 0')
    expect(() => radius([[Number.POSITIVE_INFINITY]])).toThrow(RangeError)
  })
})
