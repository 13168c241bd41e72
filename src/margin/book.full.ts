// The fuzzing of `book.test.ts` for much longer, with other seeds.
import { describe, expect, it } from 'vitest'
import { fuzz } from './book.test.ts'

describe('margin book, at length', () => {
  it.each([101, 102, 103, 104])('small books of every shape, seed %i', (seed) => {
    expect(fuzz({ cases: 100_000, rows: 40, steps: 60, starts: 4, drifts: false, seed })).toBeGreaterThan(1_000_000)
  })

  it.each([201, 202])('ties in groups of their own, seed %i', (seed) => {
    expect(fuzz({ cases: 20_000, rows: 500, steps: 60, starts: 1, drifts: false, seed })).toBeGreaterThan(1_000_000)
  })

  it.each([301, 302])('drifts in wide groups, seed %i', (seed) => {
    expect(fuzz({ cases: 1000, rows: 2000, steps: 20, starts: 8, drifts: true, seed })).toBeGreaterThan(1_000_000)
  })

  it.each([401, 402])('drifts in groups of their own, seed %i', (seed) => {
    expect(fuzz({ cases: 1000, rows: 2000, steps: 20, starts: 1, drifts: true, seed })).toBeGreaterThan(1_000_000)
  })

  it.each([501, 502])('drifts in groups by share, seed %i', (seed) => {
    expect(fuzz({ cases: 500, rows: 12_000, steps: 20, starts: 0, drifts: true, seed })).toBeGreaterThan(1_000_000)
  })
})
