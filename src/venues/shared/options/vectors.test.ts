import { expect, it } from 'vitest'
import { goldenRows } from './vectors.ts'

it.each(goldenRows().map((row) => [row.id, row] as const))('%s', (_id, row) => {
  expect(Math.abs(Number(row.got) - Number(row.expected)), `${row.what}: ${row.got}`).toBeLessThanOrEqual(row.tolerance)
  expect(row.pass).toBe(true)
})
