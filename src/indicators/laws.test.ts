import { describe, expect, test } from 'vitest'
import { type Panel, truncated, with_indicators } from '../model/index.ts'
import { random_panel } from '../../test/support/random-panel.ts'
import { indicators } from './index.ts'

const daily = random_panel(7, 640)
/** For what only makes sense on short steps. */
const fine = random_panel(8, 2600, 300_000)
const columns = (of: Panel, id: string) =>
  of.columns.flatMap(({ field }, c) => (field === id || field.startsWith(`${id}.`) ? [of.values[c] as Float64Array] : []))

describe.each(indicators.map((indicator) => [indicator.id, indicator] as const))('%s', (id, indicator) => {
  const panel = indicator.open(daily).outputs.length > 0 ? daily : fine
  const whole = with_indicators(panel, [indicator])

  test('has something to say of a market with every field', () => {
    const found = columns(whole, id)
    expect(found.length).toBeGreaterThan(0)
    expect(found.some((column) => column.some((value) => Number.isFinite(value)))).toBe(true)
    for (const column of found) for (const value of column) expect(Math.abs(value)).not.toBe(Number.POSITIVE_INFINITY)
  })

  test('says nothing during its warmup', () => {
    const { warmup } = indicator.open(panel)
    for (const column of columns(whole, id)) for (let t = 0; t < Math.min(warmup, column.length); t++) expect(column[t]).toBeNaN()
  })

  test('no look-ahead: what comes later changes nothing before', () => {
    for (const rows of [1, 411]) {
      const part = with_indicators(truncated(panel, rows), [indicator])
      columns(part, id).forEach((column, i) => {
        expect(column).toEqual((columns(whole, id)[i] as Float64Array).slice(0, rows))
      })
    }
  })

  test('a gap in the data makes it silent or leaves it sane, never infinite', () => {
    const holes = {
      ...panel,
      values: panel.values.map((column, c) => column.map((value, t) => ((t * 7 + c) % 11 === 0 ? Number.NaN : value))),
    }
    for (const column of columns(with_indicators(holes, [indicator]), id))
      for (const value of column) expect(Math.abs(value)).not.toBe(Number.POSITIVE_INFINITY)
  })

  test('without what it needs it has no outputs', () => {
    expect(indicator.open({ step_ms: panel.step_ms, columns: [] }).outputs).toEqual([])
  })
})
