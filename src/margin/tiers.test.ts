import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bound_cross,
  Bound,
  type Legs,
  maintenance,
  marginal_tiers,
  reachable_rate,
  slab_tiers,
  tier_of,
  thresholds,
} from './index.ts'

// Binance BTCUSDT, 2024-10-24 (derivatives reference §2.2)
const FLOORS = [0, 50e3, 600e3, 3e6, 12e6, 70e6, 100e6, 230e6, 480e6, 600e6, 800e6, 1.2e9]
const RATES = [0.004, 0.005, 0.0065, 0.01, 0.02, 0.025, 0.05, 0.1, 0.125, 0.15, 0.25, 0.5]
const DEDUCTIONS = [0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450, 421_481_450]
const BTC = marginal_tiers(FLOORS, RATES)

describe('tiers', () => {
  it('derives the published deductions', () => {
    BTC.deduction.forEach((deduction, t) => expect(deduction).toBeCloseTo(DEDUCTIONS[t] as number, 4))
  })

  it('are continuous at every floor if marginal, and jump if slab', () => {
    const slab = slab_tiers(FLOORS, RATES)
    for (let t = 1; t < FLOORS.length; t++) {
      const floor = FLOORS[t] as number
      const below = floor * (1 - 2 ** -50)
      expect(tier_of(BTC, floor)).toBe(t)
      expect(tier_of(BTC, below)).toBe(t - 1)
      expect(Math.abs(maintenance(BTC, floor) - maintenance(BTC, below))).toBeLessThan(1e-6 * maintenance(BTC, floor))
      expect(maintenance(slab, floor)).toBe(floor * (RATES[t] as number))
      expect(maintenance(slab, below)).toBeCloseTo(floor * (RATES[t - 1] as number), 2)
    }
  })

  it('BN17: 15M of BTCUSDT need 168,550', () => {
    expect(maintenance(BTC, 15e6)).toBeCloseTo(168_550, 6)
  })

  it('refuses falling rates and floors that do not start at 0', () => {
    expect(() => slab_tiers([0, 10], [0.02, 0.01])).toThrow('rates must not fall')
    expect(() => slab_tiers([5], [0.02])).toThrow('first floor')
    expect(() => marginal_tiers([0, 10, 10], [0.01, 0.02, 0.03])).toThrow('ascend')
  })

  it('reachable rate bounds the rate at every size up to the move', () => {
    for (const tiers of [BTC, slab_tiers(FLOORS, RATES)]) {
      fc.assert(
        fc.property(
          fc.double({ min: 1, max: 2e9, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (notional, part) => {
            const move = 3
            const size = Math.max(1e-9, notional * move * part)
            expect(maintenance(tiers, size)).toBeLessThanOrEqual(size * reachable_rate(tiers, notional, move) * (1 + 1e-12))
          },
        ),
      )
    }
    expect(reachable_rate(BTC, 1, Infinity)).toBe(0.5)
    expect(reachable_rate(BTC, 0, 2)).toBe(0.004)
  })
})

const near = { below: 0, above: 0 }
function below(q: number, entry: number, wallet: number, tiers = BTC, price = entry): number {
  thresholds(1, q, entry, wallet, tiers, 1, price, near)
  return near.below
}
function above(q: number, entry: number, wallet: number, tiers = BTC, price = entry): number {
  thresholds(-1, q, entry, wallet, tiers, 1, price, near)
  return near.above
}

describe('threshold prices (derivatives reference §2.12)', () => {
  const flat = marginal_tiers([0], [0.01], [0.01])

  it('BN1, BN2: isolated longs', () => {
    expect(below(3683.979, 1456.84, 1_535_443.01, marginal_tiers([0], [0.1], [135_365]))).toBeCloseTo(1114.785, 3)
    expect(below(109.488, 32_481.98, 1_535_443.01, marginal_tiers([0], [0.025], [16_300]))).toBeCloseTo(18_778.73, 2)
  })

  it('BN4–BN8: shorts and longs with rate 0.01 and deduction 0.01', () => {
    expect(above(1, 10, 2, flat)).toBeCloseTo(11.89108910891089, 12)
    expect(above(1, 10, 10 / 3, flat)).toBeCloseTo(13.211221122079207, 8)
    expect(above(1, 8, 8 / 5, flat)).toBeCloseTo(9.514851485148514, 12)
    expect(above(0.6, 10, 1.2, flat)).toBeCloseTo(11.897689768976898, 12)
    expect(below(1, 10, 2, flat)).toBeCloseTo(8.070707070707071, 12)
    expect(below(1, 8, 8 / 5, flat)).toBeCloseTo(6.454545454545454, 12)
    expect(below(1, 8, 8 / 3, flat)).toBeCloseTo(5.377104377104377, 9)
    expect(below(0.6, 10, 1.2, flat)).toBeCloseTo(8.063973063973064, 12)
  })

  it('BN12–BN14: tiers, the last with a hop to a lower one', () => {
    expect(below(10, 100_000, 20_000)).toBeCloseTo(98_545.546, 4)
    expect(below(40, 100_000, 160_000)).toBeCloseTo(96_680.5556, 4)
    expect(below(31, 100_000, 155_000)).toBeCloseTo(95_590.6944, 4)
    expect(maintenance(BTC, 31 * near.below)).toBeCloseTo(18_311.5249, 4)
  })

  it('a short hops up, and the account is on its level there', () => {
    const price = above(5.9, 100_000, 60_000)
    expect(5.9 * price).toBeGreaterThan(600_000)
    expect(60_000 + 5.9 * (100_000 - price)).toBeCloseTo(maintenance(BTC, 5.9 * price), 6)
  })

  it('a slab jump upwards is a threshold of a long', () => {
    const slab = slab_tiers([0, 1000], [0.01, 0.1])
    thresholds(1, 10, 99, 40, slab, 1, 99, near)
    // equity at the floor 100: 50 < 10 % of 1000; below: 40 + 10·(p − 99) = 0.01·10·p
    expect(near.above).toBe(100)
    expect(near.below).toBeCloseTo(950 / 9.9, 12)
  })

  it('says the price itself if the row is already there', () => {
    thresholds(1, 10, 100, 1, BTC, 1, 100, near)
    expect(near).toEqual({ below: 100, above: 100 })
  })
})

describe('bound of a cross account', () => {
  it('allows a short less room if a steep tier lies ahead, and uses what room there is', () => {
    const legs: Legs = {
      count: 1,
      notional: Float64Array.of(-900),
      slot: Int32Array.of(0),
      tiers: [slab_tiers([0, 1000], [0.01, 0.5])],
    }
    const bound = new Bound()
    // 900 held short with 1400: at 0.01 the room is 1400/909, but from 1000 on the rate is 0.5 and the room 1400/1350
    bound_cross(0, 0, 1400, legs, 1, 1, bound)
    expect(bound.headroom).toBeGreaterThanOrEqual(1400 / 1350)
    expect(bound.headroom).toBeLessThanOrEqual(1000 / 900)
    expect(bound.shape).toBe('law')
  })
})
