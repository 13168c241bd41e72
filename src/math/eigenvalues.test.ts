import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eigenSymmetric, eigenvaluesSymmetric } from './index.ts'

test('the same values as with vectors, any symmetric matrix', () => {
  const matrix = fc
    .integer({ min: 1, max: 12 })
    .chain((n) =>
      fc.tuple(fc.constant(n), fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n })),
    )
  fc.assert(
    fc.property(matrix, ([n, values]) => {
      const a = Float64Array.from(values)
      for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i] as number
      const size = Math.max(1e-12, ...a.map(Math.abs))
      const [one, two] = [eigenvaluesSymmetric(a, n), eigenSymmetric(a, n).values]
      one.forEach((value, i) => expect(Math.abs(value - (two[i] as number))).toBeLessThan(1e-12 * n * size))
    }),
  )
})

test('known spectra: the second difference, a diagonal, nothing', () => {
  const n = 9
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 2
    if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1
  }
  // Eigenvalues 2 − 2 cos(kπ ÷ (n + 1)).
  eigenvaluesSymmetric(a, n).forEach((value, i) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 12))
  expect([...eigenvaluesSymmetric(Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2), 3)]).toEqual([3, 2, -1])
  expect([...eigenvaluesSymmetric(new Float64Array(0), 0)]).toEqual([])
})
