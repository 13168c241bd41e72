/** The worked examples of the definitions, run by hand-sized worlds through the real engine. */
import { describe, expect, test } from 'vitest'
import {
  asset_figures,
  cascade_multiplier,
  endogenous_share,
  infection_list,
  liquidated_at_start_usd,
  venue_figures,
} from '../../src/analytics/index.ts'
import { build_world, run } from '../../src/engine/index.ts'
import { log } from '../../src/math/index.ts'
import { TOYS, type ToyAccount, toy_scenario, toy_snapshot } from '../support/toy.ts'

/** X breaches at −10 %, Y at −10.5 %; 1,000 units each at 100 (issue text: shock −10 %, each sale moves the price 1 %). */
const X: ToyAccount = { venue: 'x', units: 1_000, threshold: 90 }
const Y: ToyAccount = { venue: 'y', units: 1_000, threshold: 89.5 }

function multiplier(accounts: readonly ToyAccount[], fills = 1) {
  const world = build_world(toy_snapshot(accounts, 0.01, fills), toy_scenario(-0.1), TOYS)
  const alone = run(world, { feedback: false, debug: true })
  const without = liquidated_at_start_usd(world.parts.log, world.view())
  world.reset()
  const result = run(world, { debug: true })
  const within = liquidated_at_start_usd(world.parts.log, world.view())
  expect(alone.laws.broken).toEqual([])
  expect(result.laws.broken).toEqual([])
  return { value: cascade_multiplier(within, without, false), world, within, without }
}

describe('the worked example of the multiplier', () => {
  test('X and Y together: 2.00', () => {
    const { value, within, without } = multiplier([X, Y])
    expect(without).toBe(100_000)
    expect(within).toBe(200_000)
    expect(value).toBe(2)
  })

  test('X alone: 1.00', () => {
    expect(multiplier([X]).value).toBe(1)
  })

  test("Y's sale is pivotal from X", () => {
    const { world } = multiplier([X, Y])
    const list = infection_list(world.parts.log, world.view())
    // X sells 1,000 at 90; Y sells 1,000 at 89.1 = 90 · 0.99.
    const to_y = list.filter((item) => item.to === 'y')
    expect(to_y.find((item) => item.from === 'x')?.usd_pivotal).toBeCloseTo(89_100, 6)
    expect(to_y.find((item) => item.from === 'exogenous')?.usd_pivotal ?? 0).toBe(0)
    // Shares of the blame go by losses of ln H: ln 0.9 from outside, ln 0.99 from X.
    const share = log(0.99) / (log(0.99) + log(0.9))
    expect(to_y.find((item) => item.from === 'x')?.usd).toBeCloseTo(89_100 * share, 6)
    const figures = venue_figures(world.parts.log, world.view())
    for (const [v, id] of ['x', 'y'].entries()) {
      const column = list.filter((item) => item.to === id)
      const forced = figures[v]?.forced_sales_usd as number
      expect(Math.abs(column.reduce((sum, item) => sum + item.usd, 0) / forced - 1)).toBeLessThan(1e-9)
      expect(Math.abs(column.reduce((sum, item) => sum + item.usd_pivotal, 0) / forced - 1)).toBeLessThan(1e-9)
    }
  })

  test('also when the book fills only a part of an order', () => {
    expect(multiplier([X]).value).toBe(1)
    const both = multiplier([X, Y], 0.6)
    // What is filled in parts is sold in parts: without feedback X alone is sold out, with it X and Y.
    expect(both.value).toBeCloseTo(2, 9)
  })

  test('the endogenous share of the low is the part that selling made', () => {
    const { world } = multiplier([X, Y])
    const figure = asset_figures(world.view()).find((asset) => asset.id === 'A')
    // Fundamental 90, two sales of 1 % each: low 90 · 0.99².
    expect(figure?.low_usd).toBeCloseTo(90 * 0.99 * 0.99, 9)
    expect(figure?.endogenous_share).toBeCloseTo((2 * log(0.99)) / log(0.9 * 0.99 * 0.99), 9)
  })
})

describe('the worked examples of the endogenous share (design §7)', () => {
  test('100 → fundamental 70, low 63: 0.228', () => {
    expect(endogenous_share(100, 63, log(63 / 70))).toBeCloseTo(0.228, 3)
  })
  test('fundamental 105, low 90: 1', () => {
    expect(endogenous_share(100, 90, log(90 / 105))).toBe(1)
  })
  test('null when the low is not below the start', () => {
    expect(endogenous_share(100, 100, -0.1)).toBeNull()
  })
})
