import { describe, expect, it } from 'vitest'
import type { Series } from '../model/index.ts'
import { detect_text, rank_text } from '../reports/detect.ts'
import { detect } from './detection.ts'

const DAY_MS = 86_400_000

/** A series of `n` days from 2021-01-01. */
const series = (field: string, symbol: string, values: readonly number[]): Series => ({
  field,
  symbol,
  venue: '',
  unit: 'usd',
  time_ms: Float64Array.from(values, (_, i) => 1_609_459_200_000 + i * DAY_MS),
  values: Float64Array.from(values),
})

const detected = (...list: Series[]) => detect([{ file: 'a.csv', evidence: 'observed', series: list }]).document

/** Days that move by a per cent up and down. */
const calm = (n: number) => Array.from({ length: n }, (_, i) => 100 * (i % 2 === 0 ? 1 : 1.01))

describe('a history without events', () => {
  it('is said to be calm only where it was looked at', () => {
    const document = detected(series('close', 'ETH', calm(90)))
    expect(document.notes.filter((note) => note.includes('not looked for'))).toEqual([])
    expect(detect_text(document)).toContain('No event: nothing in this history was large')
  })

  it.each([
    ['an index of shares', [series('close', 'VIX', calm(90))], 'hold no price of an asset'],
    ['liquidations alone', [series('liquidated_long', 'ETH', calm(90))], 'hold no price of an asset'],
    ['lending rates', [series('current_variable_borrow_rate', 'ETH', calm(90))], 'hold no price of an asset'],
    ['ten days', [series('close', 'ETH', calm(10))], 'hold 10 days of prices, nowhere 20 within 60'],
  ])('is no all-clear: %s', (_, list, why) => {
    const document = detected(...list)
    expect(document.events).toEqual([])
    expect(document.notes.join('\n')).toContain(why)
    const text = detect_text(document).replace(/\s+/g, ' ')
    expect(text).toContain('this is no all-clear')
    expect(text).toContain(why)
    expect(text).not.toContain('nothing in this history')
  })
})

it('reads the middle of bid and ask where there is no close', () => {
  const fall = [...calm(60), 60, 60, 60]
  const ask = series('ask', 'ETH', fall)
  const quotes = detected(ask, series('bid', 'ETH', fall))
  const closes = detected(series('close', 'ETH', fall))
  expect(quotes.events.map(({ detected: at, drawdown }) => [at, drawdown])).toEqual(
    closes.events.map(({ detected: at, drawdown }) => [at, drawdown]),
  )
  expect(quotes.events.length).toBe(1)
  // 60 against 101: the close a day before stands at 101 on odd days.
  expect(quotes.events[0]?.drawdown).toBeCloseTo(60 / 101 - 1, 12)
})

it('tells a rank from its nearer end', () => {
  expect(rank_text(0.02)).toBe('lower than 98 % of its past')
  expect(rank_text(0.97)).toBe('higher than 97 % of its past')
})
