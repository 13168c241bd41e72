import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binned, line_chart, spark } from './chart.ts'
import { flow_bins } from './figures.ts'
import { line_path, linear, nice_ticks, time_step, time_ticks } from './svg.ts'

const drawn = (front: number[], back: number[], columns: number, rows: number) =>
  line_chart(front, back, { columns, rows }, String).rows.map((row) => row.cells.map((mark) => mark.char).join(''))

describe('a line of characters', () => {
  it('falls and rises with its values, over the dots of the other', () => {
    expect(drawn([4, 2, 0, 2], [4, 4, 4, 4], 4, 5)).toEqual(['─╮··', ' │  ', ' ╰╮╭', '  ││', '  ╰╯'])
    expect(drawn([1, 1, 1], [1, 1, 1], 3, 3)[0]).toBe('───')
  })

  it('keeps every column within its rows, for any finite values', () => {
    const value = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 2, max: 90 }),
        (pairs, columns) => {
          const lines = drawn(
            pairs.map(([a]) => a),
            pairs.map(([, b]) => b),
            columns,
            7,
          )
          expect(lines).toHaveLength(7)
          for (const line of lines) expect(Array.from(line)).toHaveLength(columns)
          for (let c = 0; c < columns; c++)
            expect(lines.some((line) => /[─╮╯╰╭│]/.test(Array.from(line)[c] as string))).toBe(true)
        },
      ),
    )
  })

  it('draws a low between its samples where it was, so that the axis names nothing that the line does not reach', () => {
    const front = Array.from({ length: 240 }, (_, i) => 100 - i / 24)
    const size = { columns: 60, rows: 5 }
    // A fifth of the way in time: column 12 of 60 (0.2 · 239 of 240 samples: 47.8 · 60 ÷ 240 = 11.95).
    const { rows } = line_chart(front, front, size, String, { at: 0.2, front: 60, back: 95 })
    expect(rows[4]?.label).toBe('60')
    const deepest = rows[4]?.cells.map((mark) => mark.char) ?? []
    expect(deepest.findIndex((char) => char !== ' ')).toBe(11)
    // A low that the samples have changes nothing.
    expect(line_chart(front, front, size, String, { at: 0.2, front: 99, back: 99 })).toEqual(
      line_chart(front, front, size, String),
    )
  })

  it('draws what does not move as one line, whatever the last digits are', () => {
    const label = (value: number) => value.toFixed(1)
    const still = (gap: number) =>
      line_chart([3706.2, 3706.2], [3706.2 - gap, 3706.2 - gap], { columns: 2, rows: 5 }, label).rows.map(
        ({ label: said, cells }) => said + cells.map((mark) => mark.char).join(''),
      )
    // One ulp; what reads 3706.2 too; 0.25 on 3706.2 is 0.007 %. A gap of 0.03 % is drawn.
    for (const gap of [4.6e-13, 0.02, 0.25]) expect(still(gap)).toEqual(['3706.2──', '  ', '  ', '  ', '  '])
    expect(still(1)).toEqual(['3706.2──', '  ', '3705.7  ', '  ', '3705.2··'])
  })

  it('shows a gap that lasts one of many values', () => {
    const back = Array.from({ length: 500 }, () => 100)
    const front = [...back]
    front[317] = 60
    expect(drawn(front, back, 50, 5)[4]).toMatch(/[╰╯─]/)
  })
})

describe('bars', () => {
  it('are as high as their part of the largest, and blank when they are next to nothing', () => {
    expect(spark([0, 0.001, 0.1, 0.5, 1], 1)).toBe('  ▁▄█')
    expect(spark([1, 2], 0)).toBe('  ')
  })

  it('spread values over columns without losing any', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 120 }), (list, columns) => {
        const sum = list.reduce((total, value) => total + value, 0)
        const out = binned(list, columns)
        expect(out).toHaveLength(columns)
        expect(Math.abs(out.reduce((total, value) => total + value, 0) - sum)).toBeLessThanOrEqual(1e-9 * Math.max(1, sum))
      }),
    )
    expect(binned([1, 2, 3, 4], 2)).toEqual([3, 7])
    expect(binned([6], 3)).toEqual([2, 2, 2])
  })

  it('divide flow by time, the first row being before any', () => {
    // Three minutes of flow after the start, two in bins of two minutes.
    expect(flow_bins([0, 60_000, 120_000, 180_000], [99, 1, 2, 4], 120_000)).toEqual([3, 4])
    expect(flow_bins([0, 180_000], [0, 9], 60_000)).toEqual([3, 3, 3])
  })
})

describe('axes', () => {
  it('have round ticks inside their range', () => {
    expect(nice_ticks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100])
    expect(nice_ticks(2442, 3700, 5)).toEqual([2500, 3000, 3500])
    expect(nice_ticks(0.11, 0.21, 4).map((tick) => tick.toFixed(3))).toEqual(['0.150', '0.200'])
    expect(nice_ticks(7, 7, 4)).toEqual([7])
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        (low, span) => {
          const ticks = nice_ticks(low, low + span, 5)
          expect(ticks.length).toBeLessThanOrEqual(7)
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - span * 1e-6)
            expect(tick).toBeLessThanOrEqual(low + span * (1 + 1e-6))
          }
        },
      ),
    )
  })

  it('have usual steps of time, dates from a day on', () => {
    expect(time_step(4 * 3_600_000, 5)).toBe(3_600_000)
    expect(time_step(3 * 86_400_000, 5)).toBe(86_400_000)
    expect(time_step(20_000, 5)).toBe(5_000)
    const start = Date.UTC(2024, 3, 12)
    expect(time_ticks(start, start + 3 * 86_400_000, 5).map((tick) => tick.text)).toEqual(['04-12', '04-13', '04-14', '04-15'])
    expect(time_ticks(0, 3_600_000, 4).map((tick) => tick.text)).toEqual(['0', '+15 min', '+30 min', '+45 min', '+1 h'])
  })

  it('leave a gap in a path where a value is none', () => {
    expect(
      line_path([
        [0, 1],
        [1, Number.NaN],
        [2, 3],
        [4, 5.25],
      ]),
    ).toBe('M0 1M2 3L4 5.3')
    expect(linear(5, 5, 0, 10)(5)).toBe(5)
  })
})
