import { expect, it } from 'vitest'
import { pair, scoreboard } from './tasks/validate.ts'

const row = (expected: string | number, got: string | number, tolerance: number) =>
  ({ id: 'a', group: 'g', what: 'w', expected, got, tolerance, pass: false, source: 's' }) as const

it('the scoreboard tells the tolerance', () => {
  const text = scoreboard([row(1, 1.1, 1e-9), row(2, 3, 0)], { width: 120, colour: false })
  expect(text).toContain('tolerance')
  expect(text).toMatch(/1e-9/)
  expect(text).toMatch(/exact/)
})

it('long values are shown where they differ', () => {
  const [expected, got] = pair('123456789012345678901234567890', '123456789012345678901234567891')
  expect(expected).toBe('…2345678901234567890')
  expect(got.endsWith('1')).toBe(true)
  expect(expected).not.toBe(got)
  expect(pair('1', '2')).toEqual(['1', '2'])
})
