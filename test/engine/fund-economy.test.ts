/** The economy of value funds run by the engine is the published model; its bands are on the scoreboard. */
import { describe, expect, it } from 'vitest'
import { Rng } from '../../src/math/index.ts'
import { engine_gap } from '../../src/validation/emergence.ts'
import { ValueFunds, VALUE_FUNDS } from '../../src/validation/models/value-funds.ts'

describe('value funds on a market that clears by excess demand', () => {
  it('has the prices of the model, step by step, defaults included', () => {
    const model = new ValueFunds({ ...VALUE_FUNDS, leverage_max: 5 })
    const rng = new Rng(4)
    for (let t = 0; t < 3000; t++) model.step(rng)
    expect(model.defaults).toBeGreaterThan(0)
    expect(engine_gap(5, 4, 3000)).toBeLessThan(1e-9)
  })

  it('a different limit of leverage is a different economy', () => {
    expect(engine_gap(5, 4, 300)).toBeLessThan(1e-9)
    const other = new ValueFunds({ ...VALUE_FUNDS, leverage_max: 1 })
    const same = new ValueFunds({ ...VALUE_FUNDS, leverage_max: 5 })
    const [a, b] = [new Rng(4), new Rng(4)]
    let gap = 0
    for (let t = 0; t < 300; t++) {
      other.step(a)
      same.step(b)
      gap = Math.max(gap, Math.abs(other.price / same.price - 1))
    }
    expect(gap).toBeGreaterThan(1e-3)
  })
})
