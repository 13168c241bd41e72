import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blackGreeks, blackPrice, blackVol, noGreeks, normalDensity } from './black.ts'
import { exp } from './elementary.ts'

const HAUG =
  'E. G. Haug, The Complete Guide to Option Pricing Formulas (1998), as typed in QuantLib test-suite/europeanoption.cpp'

interface Case {
  readonly call: boolean
  readonly strike: number
  readonly spot: number
  readonly yield: number
  readonly rate: number
  readonly years: number
  readonly vol: number
  readonly value: number
}
const row = (
  type: 'C' | 'P',
  strike: number,
  spot: number,
  q: number,
  rate: number,
  years: number,
  vol: number,
  value: number,
): Case => ({
  call: type === 'C',
  strike,
  spot,
  yield: q,
  rate,
  years,
  vol,
  value,
})

const greeks = (c: Case) => {
  const out = noGreeks()
  const forward = c.spot * exp((c.rate - c.yield) * c.years)
  blackGreeks(c.call, forward, c.strike, c.vol, c.years, c.rate, out)
  return { ...out, forward, growth: forward / c.spot }
}

describe(`prices of ${HAUG}`, () => {
  // pages 2–8 and 27
  const values = [
    row('C', 65, 60, 0, 0.08, 0.25, 0.3, 2.1334),
    row('P', 95, 100, 0.05, 0.1, 0.5, 0.2, 2.4648),
    row('P', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011),
    row('C', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011),
    row('C', 1.6, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291),
    row('P', 70, 75, 0.05, 0.1, 0.5, 0.35, 4.087),
    row('C', 40, 42, 0.08, 0.04, 0.75, 0.35, 5.0975),
  ]
  // page 24: futures options, K = 100, r = 10 %: call and put at F = 90, 100, 110
  const futures: readonly [number, number, readonly number[], readonly number[]][] = [
    [0.1, 0.15, [0.0205, 1.8734, 9.9413], [9.921, 1.8734, 0.0408]],
    [0.1, 0.25, [0.315, 3.1217, 10.3556], [10.2155, 3.1217, 0.4551]],
    [0.1, 0.35, [0.9474, 4.3693, 11.1381], [10.8479, 4.3693, 1.2376]],
    [0.5, 0.15, [0.8069, 4.0232, 10.5769], [10.3192, 4.0232, 1.0646]],
    [0.5, 0.25, [2.7026, 6.6997, 12.7857], [12.2149, 6.6997, 3.2734]],
    [0.5, 0.35, [4.9329, 9.3679, 15.3086], [14.4452, 9.3679, 5.7963]],
  ]
  const all = [
    ...values,
    ...futures.flatMap(([years, vol, calls, puts]) =>
      [90, 100, 110].flatMap((spot, i) => [
        row('C', 100, spot, 0.1, 0.1, years, vol, calls[i] as number),
        row('P', 100, spot, 0.1, 0.1, years, vol, puts[i] as number),
      ]),
    ),
  ]
  it.each(all)('$call K $strike S $spot T $years vol $vol: $value', (c) => {
    // the table cuts some of its digits off rather than rounding them
    expect(Math.abs(greeks(c).price - c.value)).toBeLessThanOrEqual(1e-4)
  })
})

describe(`derivatives of ${HAUG}, pages 11–16`, () => {
  it('delta of futures options', () => {
    const at = (type: 'C' | 'P') => greeks(row(type, 100, 105, 0.1, 0.1, 0.5, 0.36, 0)).delta
    expect(at('C')).toBeCloseTo(0.5946, 4)
    expect(at('P')).toBeCloseTo(-0.3566, 4)
  })

  it('gamma and vega, by the spot', () => {
    for (const type of ['C', 'P'] as const) {
      const g = greeks(row(type, 60, 55, 0, 0.1, 0.75, 0.3, 0))
      expect(g.gamma * g.growth * g.growth).toBeCloseTo(0.0278, 4)
      expect(g.vega).toBeCloseTo(18.9358, 4)
    }
  })

  it('theta: the forward drifts down while the spot stands still', () => {
    const c = row('P', 405, 430, 0.05, 0.07, 1 / 12, 0.2, 0)
    const g = greeks(c)
    expect(g.theta - (c.rate - c.yield) * g.forward * g.delta).toBeCloseTo(-31.1924, 4)
  })
})

describe('the table of a crypto option (derivatives reference §17.1, r = 0)', () => {
  it.each([
    [true, 100_000, 0.6, 3313.8968, 0.516569, 4.797e-5, 55.1998, -236.571],
    [false, 90_000, 0.7, 647.1185, -0.128117, 2.16e-5, 29.0009, -145.004],
    [true, 110_000, 0.6, 544.1133, 0.134469, 2.606e-5, 29.9864, -128.513],
  ] as const)('call %s, strike %d, vol %d', (call, strike, vol, price, delta, gamma, vega, theta) => {
    const g = noGreeks()
    blackGreeks(call, 100_000, strike, vol, 7 / 365, 0, g)
    expect(g.price).toBeCloseTo(price, 4)
    expect(g.delta).toBeCloseTo(delta, 6)
    expect(Math.abs(g.gamma - gamma)).toBeLessThanOrEqual(0.5e-8)
    expect(g.vega / 100).toBeCloseTo(vega, 4)
    expect(g.theta / 365).toBeCloseTo(theta, 3)
  })
})

const option = fc.record({
  call: fc.boolean(),
  forward: fc.double({ min: 100, max: 1e5, noNaN: true }),
  moneyness: fc.double({ min: 0.4, max: 2.5, noNaN: true }),
  vol: fc.double({ min: 0.1, max: 2, noNaN: true }),
  years: fc.double({ min: 0.003, max: 2, noNaN: true }),
  rate: fc.double({ min: 0, max: 0.2, noNaN: true }),
})

describe('as functions', () => {
  it('derivatives are those of the price, by central differences', () => {
    fc.assert(
      fc.property(option, ({ call, forward, moneyness, vol, years, rate }) => {
        const strike = forward * moneyness
        const g = noGreeks()
        blackGreeks(call, forward, strike, vol, years, rate, g)
        const at = (f: number, v: number, t: number) => {
          const out = noGreeks()
          blackGreeks(call, f, strike, v, t, rate, out)
          return out
        }
        const slope = (of: 'price' | 'delta' | 'vega', move: (x: number) => ReturnType<typeof at>, x: number) => {
          const h = 1e-5 * x
          return (move(x + h)[of] - move(x - h)[of]) / (2 * h)
        }
        const near = (got: number, by: number, scale: number) => expect(Math.abs(got - by)).toBeLessThanOrEqual(2e-6 * scale)
        near(
          g.delta,
          slope('price', (f) => at(f, vol, years), forward),
          1,
        )
        near(g.gamma * forward, slope('delta', (f) => at(f, vol, years), forward) * forward, 1 / (vol * Math.sqrt(years)))
        near(
          g.vega,
          slope('price', (v) => at(forward, v, years), vol),
          forward,
        )
        near(
          g.vanna,
          slope('delta', (v) => at(forward, v, years), vol),
          10,
        )
        near(
          g.volga,
          slope('vega', (v) => at(forward, v, years), vol),
          100 * forward,
        )
        near(g.theta * years, -slope('price', (t) => at(forward, vol, t), years) * years, forward)
        near(g.charm * years, -slope('delta', (t) => at(forward, vol, t), years) * years, 10)
      }),
      { numRuns: 300 },
    )
  })

  it('call − put = D·(F − K), and the vol of a price is found again', () => {
    fc.assert(
      fc.property(option, ({ forward, moneyness, vol, years, rate }) => {
        const strike = forward * moneyness
        const discount = exp(-rate * years)
        const price = (call: boolean) => blackPrice(call, forward, strike, vol * Math.sqrt(years), discount)
        expect(price(true) - price(false)).toBeCloseTo(discount * (forward - strike), 8)
        const call = moneyness > 1
        if (price(call) > 1e-6 * forward)
          expect(blackVol(call, price(call), forward, strike, years, discount) / vol).toBeCloseTo(1, 8)
      }),
      { numRuns: 500 },
    )
  })

  it('at the ends', () => {
    expect(blackPrice(true, 120, 100, 0)).toBe(20)
    expect(blackPrice(false, 120, 100, 0)).toBe(0)
    expect(blackPrice(false, 80, 100, 1e-9, 0.5)).toBe(10)
    expect(blackPrice(true, 100, 1e9, 0.1)).toBe(0)
    const g = noGreeks()
    blackGreeks(false, 80, 100, 0.5, 0, 0.1, g)
    expect([g.price, g.delta, g.gamma, g.vega]).toEqual([20, -1, 0, 0])
    expect(blackVol(true, 20, 120, 100, 1)).toBe(0)
    expect(blackVol(true, 121, 120, 100, 1)).toBeNaN()
    expect(normalDensity(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 16)
  })
})
