import { describe, expect, it } from 'vitest'
import { amplification, next_generation, reaches_one, reproduction_number, without_types } from './criticality.ts'

describe('reproduction number', () => {
  // One lender, one pool, by hand: 4 M USD sold per unit of log fall, depth 10 M USD per unit: each USD brings 0.4.
  const one = { types: [{ venue: 0, asset: 0 }], impact: [1 / 10e6], density: [4e6] }

  it('of one lender and one book is density ÷ depth', () => expect(reproduction_number(one)).toBeCloseTo(0.4, 12))

  it('adds the venues that sell one asset into one book', () => {
    const two = {
      types: [
        { venue: 0, asset: 0 },
        { venue: 1, asset: 0 },
      ],
      impact: [1 / 10e6],
      density: [4e6, 3e6],
    }
    expect(Array.from(next_generation(two))).toEqual([0.4, 0.4, 0.3, 0.3].map((value) => expect.closeTo(value, 12)))
    expect(reproduction_number(two)).toBeCloseTo(0.7, 12)
    expect(reproduction_number(without_types(two, ({ venue }) => venue === 0))).toBeCloseTo(0.3, 12)
  })

  it('of two venues that only hurt each other is the geometric mean', () => {
    // Falls of asset 0 make venue 1 sell asset 1 and the other way round: √(0.2 · 0.8).
    const ring = {
      types: [
        { venue: 0, asset: 0 },
        { venue: 1, asset: 1 },
      ],
      impact: [1e-6, 1e-6],
      density: [0, 0.2e6, 0.8e6, 0],
    }
    expect(reproduction_number(ring)).toBeCloseTo(0.4, 12)
    expect(reproduction_number(without_types(ring, ({ venue }) => venue === 0))).toBe(0)
  })

  it('amplifies by the geometric series, without end from 1', () => {
    expect(amplification(0.5)).toBe(2)
    expect(amplification(1)).toBeNull()
  })

  it('crosses 1 between the points of a curve', () => {
    expect(reaches_one([0, 0.1, 0.2], [0.5, 0.9, 1.1])).toBeCloseTo(0.15, 12)
    expect(reaches_one([0, 0.1], [1.2, 0.9])).toBe(0)
    expect(reaches_one([0, 0.1], [0.2, 0.9])).toBeNull()
  })
})
