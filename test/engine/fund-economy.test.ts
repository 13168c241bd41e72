/** The economy of value funds run by the engine is the published model, and shows what it shows: leverage makes the tails. */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { Moments, Rng } from '../../src/math/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { hill, ValueFunds, VALUE_FUNDS } from '../../src/validation/models/value-funds.ts'
import { fund_economy, noise_prices } from '../support/fund-economy.ts'

function prices(leverage_max: number, seed: number, steps: number): Float64Array {
  const { snapshot, scenario } = fund_economy(noise_prices(new Rng(seed), steps), leverage_max)
  const world = build(snapshot, scenario)
  const out = new Float64Array(steps)
  const result = run(world, { on_tick: (tick) => ((out[tick - 1] = world.mid(0)), true) })
  expect(result.status).toBe('done')
  expect(result.laws.broken).toEqual([])
  return out
}

describe('value funds on a market that clears by excess demand', () => {
  it('has the prices of the model, step by step, defaults included', () => {
    const steps = 3000
    const ours = prices(5, 4, steps)
    const model = new ValueFunds({ ...VALUE_FUNDS, leverage_max: 5 })
    const rng = new Rng(4)
    for (let t = 0; t < steps; t++) {
      model.step(rng)
      expect(Math.abs((ours[t] as number) / model.price - 1), `step ${t}`).toBeLessThan(1e-6)
    }
    expect(model.defaults).toBeGreaterThan(0)
  })

  it('without leverage returns are about normal; with leverage 10 tails are fat: bands of literature reference §A9', () => {
    const figures = [1, 10].map((leverage) => {
      const list = prices(leverage, 2, 30_000)
      const moments = new Moments()
      const falls: number[] = []
      for (let t = 1; t < list.length; t++) {
        const r = Math.log((list[t] as number) / (list[t - 1] as number))
        moments.add(r)
        if (r < 0 && (list[t] as number) < 1) falls.push(-r)
      }
      return { kurtosis: (moments.kurtosis as number) + 3, tail: hill(falls, Math.floor(0.01 * falls.length)) }
    })
    expect(figures[0]?.kurtosis).toBeGreaterThan(3.05)
    expect(figures[0]?.kurtosis).toBeLessThan(3.4)
    expect(figures[1]?.kurtosis).toBeGreaterThan(8)
    expect(figures[1]?.tail).toBeGreaterThan(1.7)
    expect(figures[1]?.tail).toBeLessThan(2.5)
  })
})
