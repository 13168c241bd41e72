import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RedemptionWorld } from '../../test/support/redemption-world.ts'
import { Rng } from '../math/index.ts'
import { excessDemand } from './excess-demand.ts'

const INFINITY = Number.POSITIVE_INFINITY
const STEP = 60_000

function open(fields: object = {}) {
  const spec = { shares: 1000, worth: 1, leverage_max: 5, wealth: 20, ...fields }
  return new RedemptionWorld(excessDemand as never, spec, { assets: ['X', 'USD'] })
}

describe('excess-demand', () => {
  it('without funds the price is cash ÷ supply, for all of an order', () => {
    const w = open({ funds: 0 })
    w.pass(STEP, 0.9)
    // 900 are spent on 1000 shares; on 1100 after 100 are sold: 900 ÷ 1100 each.
    const fill = w.order('anna', -1, 100)
    expect(fill.quote).toBeCloseTo((100 * 900) / 1100, 9)
    expect(w.market.mid()).toBeCloseTo(900 / 1100, 12)
    // Bought back: at 900 ÷ 1000 each. One price an order, so the way back costs more than the way there brought.
    expect(w.order('anna', 1, 100).quote).toBeCloseTo(-90, 9)
  })

  it('one fund: the price solves its quadratic', () => {
    // 800 + 10 · (1 − p) · 20 = 1000 p → p = 1000 ÷ 1200, leverage wanted 10/6 below the limit.
    const w = open({ funds: 1, aggression: 10 })
    w.pass(STEP, 0.8)
    expect(w.market.mid()).toBeCloseTo(1000 / 1200, 12)
    // It has bought at one price, so its wealth is what it was; investors take 0.15 · 0.005 of it out before the next clearing.
    w.pass(STEP, 0.8)
    const wealth = 20 * (1 - 0.15 * 0.005)
    const held = (20 * (10 / 6) * 6) / 5
    // 800 + 10 (1 − p) (wealth + held (p − 5/6)) = 1000 p
    const p = w.market.mid()
    expect(800 + 10 * (1 - p) * (wealth + held * (p - 5 / 6)) - 1000 * p).toBeCloseTo(0, 9)
  })

  it('at the limit of leverage a sale makes the fund sell too; below it, the fund buys', () => {
    const after = (anchor: number) => {
      const w = open({ funds: 1, aggression: 100, leverage_max: 8, wealth: 50 })
      w.pass(STEP, anchor)
      const before = w.market.mid()
      return w.order('anna', -1, 50).mid_after / before
    }
    // Supply grows by 5 %: with buyers of a given cash alone the price falls to 1 ÷ 1.05. At 0.8 the fund's leverage is 100 · 0.033;
    // at 0.5 it holds 8 times its wealth, 500 + 8 · 50 = 1000 · 0.9, and no price above that at which it is ruined clears.
    expect(after(0.8)).toBeGreaterThan(1 / 1.05)
    expect(after(0.5)).toBeCloseTo(500 / 1050 / 0.9, 9)
  })

  it('keeps its limits, its promises and its laws, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(1, 3, 8), (seed, leverage_max) => {
        const w = open({ leverage_max, wealth: 5 })
        const rng = new Rng(seed)
        for (let i = 0; i < 40; i++) {
          w.pass(STEP * rng.uniformInt(3), 0.7 + 0.5 * rng.uniform())
          const side = rng.uniform() < 0.5 ? 1 : -1
          const exact = rng.uniform() < 0.5 ? ('base' as const) : ('quote' as const)
          const limit = rng.uniform() < 0.5 ? w.market.mid() * (1 + side * 0.03 * rng.uniform()) : 0
          const amount = 30 * rng.uniform()
          const fill = w.order('boris', side, amount, { exact, limit })
          const got = Math.abs(exact === 'base' ? fill.base : fill.quote)
          expect(got).toBeLessThanOrEqual(amount * (1 + 1e-9))
          if (limit > 0 && fill.base !== 0) expect(side * (fill.mid_after / limit - 1)).toBeLessThanOrEqual(1e-9)
          if (fill.base !== 0) expect(-fill.quote / fill.base / fill.mid_after).toBeCloseTo(1, 12)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('so much for a given sum is what that much costs', () => {
    const w = open({ funds: 3 })
    w.pass(STEP, 0.95)
    const fill = w.market.quote({ side: -1, amount: 20, exact: 'quote', limit: 0, party: 1 })
    expect(fill.quote).toBeCloseTo(20, 9)
    expect(w.market.quote({ side: -1, amount: -fill.base, exact: 'base', limit: 0, party: 1 }).quote).toBe(fill.quote)
  })

  it('depth is what can be sold down to there', () => {
    const w = open({ funds: 3 })
    w.pass(STEP, 0.95)
    const before = w.market.mid()
    const units = w.market.depth(0.02)
    expect(w.order('anna', -1, units).mid_after / before).toBeCloseTo(0.98, 9)
  })

  it('an endless recovery puts it at the anchor; reset brings everything back', () => {
    const w = open()
    const start = w.market.mid()
    w.pass(5 * STEP, 0.8)
    w.order('anna', -1, 30)
    w.pass(INFINITY, 0.87)
    expect(w.market.mid()).toBe(0.87)
    w.store.reset()
    expect(w.market.mid()).toBe(start)
    expect(w.market.violations()).toEqual([])
  })

  it('refuses a pair of one asset', () => {
    expect(() => open({ quote: 'X' })).toThrow(/another asset/)
  })
})
