import { expect, test } from 'vitest'
import { lpplsDamping, lpplsFit, lpplsSign, lpplsValue } from './lppls.ts'

test('a noiseless bubble is recovered, and passes the filters', () => {
  const model = { tc: 230, m: 0.5, omega: 8, a: 8, b: -0.06, c1: 0.004, c2: 0.003 }
  const t = Array.from({ length: 200 }, (_, i) => i)
  const fit = lpplsFit(
    t,
    t.map((i) => lpplsValue(i, model)),
    12,
    800,
  )
  expect(fit).not.toBeNull()
  if (fit === null) return
  expect(Math.abs(fit.model.tc - 230)).toBeLessThan(2)
  expect(Math.abs(fit.model.m - 0.5)).toBeLessThan(0.05)
  expect(Math.abs(fit.model.omega - 8)).toBeLessThan(0.3)
  expect(fit.sse).toBeLessThan(1e-4)
  expect(lpplsSign(fit.model, 0, 199)).toBe(1)
  expect(lpplsSign({ ...fit.model, b: -fit.model.b }, 0, 199)).toBe(-1)
  expect(lpplsSign({ ...fit.model, omega: 30 }, 0, 199)).toBe(0)
})

test('the fit published for the NASDAQ, 1994-01-03 to 2000-03-10, is recovered from the curve that it defines', () => {
  // The series itself is not here. 1563 days, tc 0.04 of a day after the last; how C is split into C1 and C2 is not published.
  const c = 0.0022869
  const model = { tc: 1562.0446, m: 0.482003, omega: 9.7773829, a: 8.5689609, b: -0.0568667, c1: 0.6 * c, c2: 0.8 * c }
  // Published D 1.2258.
  expect(Math.abs(lpplsDamping(model) - 1.2258)).toBeLessThan(1e-4)
  expect(lpplsSign(model, 0, 1562)).toBe(1)
  // Every fourth day, the last included: the same curve, a quarter of the time.
  const t = Array.from({ length: 391 }, (_, i) => 4 * i + 2)
  const fit = lpplsFit(
    t,
    t.map((i) => lpplsValue(i, model)),
    12,
    800,
  )
  if (fit === null) return expect.fail('no fit')
  expect(fit.sse).toBeLessThan(1e-3)
  expect(Math.abs(fit.model.tc - model.tc)).toBeLessThan(3)
  expect(Math.abs(fit.model.m - model.m)).toBeLessThan(0.02)
  expect(Math.abs(fit.model.omega - model.omega)).toBeLessThan(0.1)
})

test('too little data is no fit', () => {
  expect(lpplsFit([1, 2, 3], [1, 2, 3])).toBeNull()
})
