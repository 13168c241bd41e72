import { expect, test } from 'vitest'
import { lpplsFit, lpplsSign, lpplsValue } from './lppls.ts'

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

test('too little data is no fit', () => {
  expect(lpplsFit([1, 2, 3], [1, 2, 3])).toBeNull()
})
