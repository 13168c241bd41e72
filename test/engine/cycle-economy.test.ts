/** The leverage cycle run by the engine is the published model; its bands are on the scoreboard. */
import { describe, expect, it } from 'vitest'
import { cycle_gap } from '../../src/validation/emergence.ts'
import { engine_cycle } from '../../src/validation/models/cycle-economy.ts'
import { leverage_cycle, LEVERAGE_CYCLE } from '../../src/validation/models/leverage-cycle.ts'

describe('a bank with a risk limit on a market that clears by excess demand', () => {
  it('has the prices of the model over several crashes, and to its end', () => {
    expect(cycle_gap(0.03, 100)).toBeLessThan(1e-9)
    // The bank is gone after 29.5 years, in the model and here.
    expect(leverage_cycle({ ...LEVERAGE_CYCLE, alpha: 0.075 }, 60).ends).toBeCloseTo(29.5, 9)
    expect(cycle_gap(0.075, 60)).toBeLessThan(1e-9)
  })

  it('has its leverage too, and another limit is another economy', () => {
    const engine = engine_cycle(0.04, 60)
    const same = leverage_cycle({ ...LEVERAGE_CYCLE, alpha: 0.04 }, 60)
    const other = leverage_cycle({ ...LEVERAGE_CYCLE, alpha: 0.02 }, 60)
    const gap = (to: Float64Array) =>
      engine.leverage.reduce((most, x, t) => Math.max(most, Math.abs(x / (to[t] as number) - 1)), 0)
    expect(gap(same.leverage)).toBeLessThan(1e-9)
    expect(gap(other.leverage)).toBeGreaterThan(0.1)
  })
})
