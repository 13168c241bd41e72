import fc from 'fast-check'
import { expect, it } from 'vitest'
import { iso_day } from './coin-day.ts'

it('days are those of Date', () => {
  fc.assert(
    fc.property(fc.integer({ min: -350_000, max: 2_900_000 }), (day) => {
      expect(iso_day(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, -14))
    }),
  )
})
