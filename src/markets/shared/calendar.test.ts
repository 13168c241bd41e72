import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after_work, DAY_MS, day_of, type Hours, hoursSchema, is_open, next_open, open_hours, open_ms } from './calendar.ts'
import { rate_at, rateSchema, YEAR_MS } from './rate.ts'

const HOUR = 3_600_000
const at = (iso: string) => Date.parse(iso)
const hours = (spec: object): Hours => open_hours(hoursSchema.parse(spec))
/** Fed wires in summer as accepted by an issuer's bank: 9:00 to 17:30 New York, which is 13:00 to 21:30 UTC (Circle, USDC deposit FAQs). */
const BANK = hours({ from_hour: 13, until_hour: 21.5, closed: ['2023-03-13'] })

describe('a calendar', () => {
  it('counts days as the clock of the platform does', () => {
    for (const iso of ['1970-01-01', '2000-02-29', '2023-03-10', '2100-03-01', '1969-12-31']) {
      expect(day_of(iso)).toBe(at(`${iso}T00:00:00Z`) / DAY_MS)
    }
  })

  it('is open on weekdays within its hours, closed at the last of them', () => {
    // 2023-03-10 was a Friday.
    expect(is_open(BANK, at('2023-03-10T12:59:59Z'))).toBe(false)
    expect(is_open(BANK, at('2023-03-10T13:00:00Z'))).toBe(true)
    expect(is_open(BANK, at('2023-03-10T21:29:59Z'))).toBe(true)
    expect(is_open(BANK, at('2023-03-10T21:30:00Z'))).toBe(false)
    expect(is_open(BANK, at('2023-03-11T15:00:00Z'))).toBe(false)
    expect(is_open(BANK, at('2023-03-12T15:00:00Z'))).toBe(false)
    // The Monday was no holiday; here it is made one.
    expect(is_open(BANK, at('2023-03-13T15:00:00Z'))).toBe(false)
    expect(is_open(BANK, at('2023-03-14T15:00:00Z'))).toBe(true)
    expect(is_open(undefined, 0)).toBe(true)
  })

  it('agrees with the weekday of the platform, whatever the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (day) => {
        const weekday = new Date(day * DAY_MS).getUTCDay()
        expect(is_open(hours({}), day * DAY_MS + HOUR)).toBe(weekday >= 1 && weekday <= 5)
      }),
    )
  })

  it('knows when it opens next, and when so much of its time has passed', () => {
    expect(next_open(BANK, at('2023-03-10T22:00:00Z'))).toBe(at('2023-03-14T13:00:00Z'))
    expect(next_open(BANK, at('2023-03-10T14:00:00Z'))).toBe(at('2023-03-10T14:00:00Z'))
    // 30 minutes of Friday are left; the rest is on Tuesday.
    expect(after_work(BANK, at('2023-03-10T21:00:00Z'), 2 * HOUR)).toBe(at('2023-03-14T14:30:00Z'))
    expect(after_work(undefined, 5, 7)).toBe(12)
    const never = hours({ days: [1], closed: [] })
    expect(next_open({ ...never, days: new Set() }, 0)).toBe(Number.POSITIVE_INFINITY)
    expect(after_work({ ...never, days: new Set() }, 0, 1)).toBe(Number.POSITIVE_INFINITY)
  })

  it('adds up its open time, however it is cut', () => {
    // A week has five days of 8.5 hours; this one has its Monday off.
    expect(open_ms(BANK, at('2023-03-13T00:00:00Z'), at('2023-03-20T00:00:00Z'))).toBe(4 * 8.5 * HOUR)
    const moment = fc.integer({ min: 0, max: 30 * DAY_MS })
    fc.assert(
      fc.property(moment, moment, moment, (a, b, c) => {
        const [x, y, z] = [a, b, c].sort((p, q) => p - q) as [number, number, number]
        expect(open_ms(BANK, x, y) + open_ms(BANK, y, z)).toBe(open_ms(BANK, x, z))
        expect(open_ms(BANK, x, after_work(BANK, x, z - x))).toBe(z - x)
      }),
    )
  })

  it('refuses what is no time, naming the field', () => {
    expect(() => hours({ days: [8] })).toThrow('days')
    expect(() => hours({ from_hour: 10, until_hour: 10 })).toThrow('until_hour')
    expect(() => hours({ closed: ['2023-13-01'] })).toThrow('closed')
  })
})

describe('a rate', () => {
  it('grows in a straight line and steps at its times', () => {
    const spec = rateSchema.parse({ at_start: 1.2, growth: 0.04, steps: [{ time_ms: 1000 + YEAR_MS / 2, factor: 0.9 }] })
    expect(rate_at(spec, 1000, 1000)).toBe(1.2)
    expect(rate_at(spec, 1000, 999 + YEAR_MS / 2)).toBeCloseTo(1.2 * 1.02, 9)
    expect(rate_at(spec, 1000, 1000 + YEAR_MS / 2)).toBeCloseTo(1.2 * 1.02 * 0.9, 12)
    expect(rate_at(rateSchema.parse({}), 0, YEAR_MS)).toBe(1)
  })
})
