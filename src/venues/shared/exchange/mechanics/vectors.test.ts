import { expect, it } from 'vitest'
import { goldenRows } from './vectors.ts'

it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_id, row) => {
  expect(Math.abs(Number(row.got) - Number(row.expected)), `${row.what}: ${row.got}`).toBeLessThanOrEqual(row.tolerance)
})

it('names every row once', () => {
  const ids = goldenRows().map((row) => row.id)
  expect(new Set(ids).size).toBe(ids.length)
})
