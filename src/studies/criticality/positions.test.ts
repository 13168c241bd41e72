import { describe, expect, it } from 'vitest'
import { account_market } from '../../../test/support/account-world.ts'
import { indicators } from '../../indicators/index.ts'
import { type Panel, truncated, with_indicators } from '../../model/index.ts'
import { in_order, positions_of, positions_panel, positions_series } from './positions.ts'
import { shock_offspring } from './shock.ts'

/** 100,000 ETH at 3000 USD and weight 0.8, 240 M weighted: one owes 230 M (in breach after 4.2 %), the other what is said. */
const market = (other_owes: number, time_ms: number) => ({
  ...account_market([
    [0, 'ETH', 100_000, 0],
    [0, 'USDC', 0, 230e6],
    [1, 'ETH', 100_000, 0],
    [1, 'USDC', 0, other_owes],
  ]),
  time_ms,
})
const [one, two] = [positions_of(market(100e6, 1000)), positions_of(market(200e6, 2000))]
const told = (panel: Panel, field: string, venue = '') => {
  const all = with_indicators(panel, indicators)
  const at = all.columns.findIndex((column) => column.field === field && column.venue === venue)
  return Array.from(all.values[at] as Float64Array)
}

describe('a stream of snapshots', () => {
  const panel = positions_panel(in_order([two, one], ['two.json', 'one.json']))

  it('has a tick a snapshot, in order of time', () => {
    expect([...panel.time_ms]).toEqual([1000, 2000])
    expect(positions_series(panel).every(({ time_ms }) => time_ms.length === 2)).toBe(true)
    expect(() => in_order([one, one], ['a.json', 'b.json'])).toThrow(/b\.json.*a moment of its own.*a\.json/)
  })

  it('has the numbers by hand', () => {
    const [owed_1, owed_2] = [330e6, 430e6]
    expect(told(panel, 'largest_exit')).toEqual([expect.closeTo(230e6 / owed_1, 9), expect.closeTo(230e6 / owed_2, 9)])
    expect(told(panel, 'account_hhi')[0]).toBeCloseTo((230 * 230 + 100 * 100) / (330 * 330), 9)
    // Health 240/230 = 1.04 against 2.4, then 1.2.
    expect(told(panel, 'health_mass')).toEqual([expect.closeTo(230e6 / owed_1, 9), expect.closeTo(230e6 / owed_2, 9)])
    expect(told(panel, 'collateral_hhi')).toEqual([1, 1])
    expect(told(panel, 'ladder_liquidatable.5')[0]).toBeCloseTo(230e6, 0)
    // 1 − 200/240 = 16.7 %: in breach at 20 %, not at 10 %.
    expect(told(panel, 'ladder_liquidatable.10')[1]).toBeCloseTo(230e6, 0)
    expect(told(panel, 'ladder_liquidatable.20')[1]).toBeCloseTo(430e6, 0)
    // The step from 4 to 5 % takes 230 M of 330 M.
    expect(told(panel, 'distance_to_cliff')).toEqual([0.05, 0.05])
    // After −40 %: 200,000 · 1800 = 360 M against 430 M. 0.08 · 430 + 0.92 · 70 = 98.8 M are missing.
    expect(told(panel, 'capital_shortfall')[1]).toBeCloseTo(0.08 * 430e6 + 0.92 * 70e6, 0)
    expect(told(panel, 'capital_shortfall')[0]).toBe(0)
    // The second account of the first snapshot is 58 % away: what the first one sells reaches nobody.
    expect(told(panel, 'shock_reproduction.10')[0]).toBe(0)
    expect(told(panel, 'shock_reproduction.20')[0]).toBe(0)
    const question = { fall: 0.1, over_ms: 3_600_000, reach: 0.1 }
    expect(told(panel, 'shock_reproduction.10')[1]).toBe(shock_offspring(two.snapshot, two.crowd, question).r)
    // One pool of 1e10 against 230 M: R far below 1 everywhere.
    expect(told(panel, 'distance_to_criticality')).toEqual([0.5, 0.5])
  })

  it('says the same of a snapshot whatever follows it', () => {
    for (const field of ['distance_to_cliff', 'reproduction_number', 'capital_shortfall', 'ladder_stuck.10'])
      expect(told(truncated(panel, 1), field)).toEqual(told(panel, field).slice(0, 1))
  })

  it('leaves the world as it was', () => {
    expect(positions_of(one.snapshot, one.crowd.world).values).toEqual(one.values)
  })
})
