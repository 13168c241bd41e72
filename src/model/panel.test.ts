import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Panel, panel_of, type Series, truncated } from './index.ts'

const series = (field: string, points: readonly (readonly [number, number])[], more: Partial<Series> = {}): Series => ({
  field,
  symbol: 'X',
  venue: '',
  unit: 'usd',
  time_ms: Float64Array.from(points, ([time]) => time),
  values: Float64Array.from(points, ([, value]) => value),
  ...more,
})
const column = (panel: Panel, c = 0) => [...(panel.values[c] as Float64Array)]

describe('panel', () => {
  test('a value enters when it is known, not when its bar opened', () => {
    const bars = series('close', [
      [0, 1],
      [60, 2],
      [120, 3],
    ])
    expect(column(panel_of([{ ...bars, delay_ms: 60 }], { step_ms: 60 }))).toEqual([1, 2, 3])
    const panel = panel_of([{ ...bars, delay_ms: 60 }], { step_ms: 60, from_ms: 0, to_ms: 120 })
    expect(column(panel)).toEqual([Number.NaN, 1, 2])
  })

  test('points inside a step are joined as the field asks', () => {
    const points = [
      [10, 5],
      [20, 9],
      [30, 2],
      [70, 4],
    ] as const
    const at = (field: string) => column(panel_of([series(field, points)], { step_ms: 60, from_ms: 60, to_ms: 120 }))
    expect(at('open')).toEqual([5, 4])
    expect(at('high')).toEqual([9, 4])
    expect(at('low')).toEqual([2, 4])
    expect(at('volume')).toEqual([16, 4])
    expect(at('close')).toEqual([2, 4])
  })

  test('a stock is carried until it is too old, with its age; a flow is not', () => {
    const daily = series('open_interest', [
      [0, 7],
      [100, 8],
      [200, 9],
    ])
    const panel = panel_of([daily], { step_ms: 50, from_ms: 0, to_ms: 550 })
    expect(column(panel)).toEqual([7, 7, 8, 8, 9, 9, 9, 9, 9, Number.NaN, Number.NaN, Number.NaN])
    expect([...(panel.ages_ms[0] as Float64Array)].slice(4, 9)).toEqual([0, 50, 100, 150, 200])
    const flow = series('volume', [
      [10, 1],
      [20, 1],
      [170, 3],
    ])
    expect(column(panel_of([flow], { step_ms: 60, from_ms: 60, to_ms: 180 }))).toEqual([2, Number.NaN, 3])
  })

  test('history before the first step is carried but never added to', () => {
    const flow = series('volume', [
      [0, 100],
      [170, 3],
      [180, 4],
    ])
    expect(column(panel_of([flow], { step_ms: 60, from_ms: 180, to_ms: 180 }))).toEqual([7])
  })

  test('what comes later changes nothing before', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 100 }))
    fc.assert(
      fc.property(
        fc.uniqueArray(point, { selector: ([time]) => time, minLength: 3, maxLength: 60 }),
        fc.constantFrom('close', 'volume', 'high', 'open'),
        fc.integer({ min: 1, max: 20 }),
        (points, field, rows) => {
          const sorted = points.toSorted((a, b) => a[0] - b[0])
          const options = { step_ms: 50, from_ms: 0, to_ms: 1000, age_max_ms: 120 }
          const whole = truncated(panel_of([series(field, sorted)], options), rows)
          const cut = (rows - 1) * 50
          const known = sorted.filter(([time]) => time <= cut)
          const part = panel_of([series(field, known)], { ...options, to_ms: cut })
          expect(part).toEqual(whole)
        },
      ),
    )
  })

  test('bad steps and grids too large are refused', () => {
    const one = series('close', [
      [0, 1],
      [1e13, 2],
    ])
    expect(() => panel_of([one], { step_ms: 0 })).toThrow(/step_ms/)
    expect(() => panel_of([one], { step_ms: 1 })).toThrow(/cells/)
  })
})
