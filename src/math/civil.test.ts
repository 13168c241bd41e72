import fc from 'fast-check'
import { expect, it } from 'vitest'
import { days_from_civil } from './civil.ts'

it('days of a date are those of the calendar that every engine has', () => {
  expect(days_from_civil(1970, 1, 1)).toBe(0)
  fc.assert(
    fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (day) => {
      const date = new Date(day * 86_400_000)
      expect(days_from_civil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(day)
    }),
  )
})
