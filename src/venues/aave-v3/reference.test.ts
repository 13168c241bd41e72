import { describe, expect, it } from 'vitest'
import { goldenRows, vector_rows } from './reference-golden.ts'
import { VECTORS } from './vectors.ts'
import { MATH_VECTORS } from './vectors-math.ts'

const within = (got: string | number, expected: string | number, tolerance: number) =>
  tolerance === 0 ? got === expected : Math.abs(Number(got) / Number(expected) - 1) <= tolerance

describe('golden vectors', () => {
  for (const [i, row] of goldenRows().slice(-MATH_VECTORS.length).entries()) {
    it(`${row.id}: ${row.what}`, () => {
      expect(row.expected).toBe(MATH_VECTORS[i]?.expected)
      expect(within(row.got, row.expected, row.tolerance), `${row.got} for ${row.expected}`).toBe(true)
    })
  }

  it('cover every vector of the reference, A1 to A25', () => {
    const ids = new Set(goldenRows().map(({ id }) => id.split(' ')[1]))
    const wanted = Array.from({ length: 25 }, (_, i) => `A${i + 1}`).concat('A4b', 'A24b')
    expect(wanted.filter((id) => !ids.has(id))).toEqual([])
    expect(new Set(goldenRows().map(({ id }) => id)).size).toBe(goldenRows().length)
  })

  for (const vector of VECTORS) {
    it(`${vector.id}: ${vector.what}`, () => {
      const rows = vector_rows(vector)
      expect(rows.map(({ id, got }) => `${id} ${got}`)).toEqual(rows.map(({ id, expected }) => `${id} ${expected}`))
      expect(rows.length).toBe(vector.script.split('expect').length - 1)
    })
  }
})
