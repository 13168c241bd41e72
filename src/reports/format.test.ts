import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { counted, decimal, duration, listed, moment, percent, price, usd } from './format.ts'

describe('usd', () => {
  // Three significant digits and the scale's letter, by the rule in the docstring.
  it.each([
    [0, '$0'],
    [0.004, '$0'],
    [0.25, '$0.25'],
    [7, '$7.00'],
    [99.94, '$99.9'],
    [99.96, '$100'],
    [999.4, '$999'],
    [999.6, '$1.00 k'],
    [12_500, '$12.5 k'],
    [999_400, '$999 k'],
    [999_600, '$1.00 M'],
    [412e6, '$412 M'],
    [3.05e6, '$3.05 M'],
    [-3100, '−$3.10 k'],
    [1.23e9, '$1.23 B'],
    [4.5e13, '$45.0 T'],
  ])('%d is %s', (value, text) => expect(usd(value)).toBe(text))

  it('is never further off than a unit in its third digit', () => {
    const scale: Record<string, number> = { '': 1, k: 1e3, M: 1e6, B: 1e9, T: 1e12 }
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e15, noNaN: true }), (value) => {
        const match = /^\$([\d.,]+)(?: ([kMBT]))?$/.exec(usd(value))
        const read = Number((match?.[1] ?? '').replace(/,/g, '')) * (scale[match?.[2] ?? ''] as number)
        expect(Math.abs(read - value)).toBeLessThanOrEqual(value < 1 ? 0.00501 : value * 0.00501)
      }),
    )
  })
})

describe('numbers', () => {
  it('group thousands and use a minus sign', () => {
    expect(decimal(1_234_567.891, 2)).toBe('1,234,567.89')
    expect(decimal(-1234)).toBe('−1,234')
    expect(decimal(-0.0001, 2)).toBe('0.00')
    expect(decimal(Number.NaN)).toBe('n/a')
    expect(decimal(Number.NEGATIVE_INFINITY)).toBe('−∞')
  })

  it('prices have five significant digits', () => {
    expect([115_000.4, 3700, 172.5, 9.8765, 0.2105, 0.000012345, 0].map(price)).toEqual([
      '115,000',
      '3,700.0',
      '172.50',
      '9.8765',
      '0.21050',
      '0.000012345',
      '0',
    ])
  })

  it('per cent have a sign when asked', () => {
    expect(percent(-0.3)).toBe('−30.0 %')
    expect(percent(0.051, 1, true)).toBe('+5.1 %')
    expect(percent(0.00001, 1, true)).toBe('0.0 %')
  })
})

describe('times', () => {
  it('say a duration in at most two units', () => {
    expect([3_600_000, 90_000, 86_400_000, 90_000_000, 259_200_000, 0, 5].map(duration)).toEqual([
      '1 h',
      '1 min 30 s',
      '24 h',
      '1 d 1 h',
      '3 d',
      '0 s',
      '5 ms',
    ])
  })

  it('say a moment as the calendar of the platform does (years 1019 to 9575)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5e8, max: 4e9 }), (minutes) => {
        expect(`${moment(minutes * 60_000).replace(' ', 'T')}:00.000Z`).toBe(new Date(minutes * 60_000).toISOString())
      }),
    )
  })
})

describe('words', () => {
  it('count and list', () => {
    expect([counted(1, 'law'), counted(2, 'law'), counted(0, 'entry', 'entries')]).toEqual(['1 law', '2 laws', '0 entries'])
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c'])
  })
})
