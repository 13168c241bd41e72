/** Two channels of contagion that no price carries: cash that went to another venue's call, and gas that a liquidation had to wait for. By hand. */
import { describe, expect, it } from 'vitest'
import { infection_list, infections_by_mechanism } from '../../src/analytics/index.ts'
import { build_world, run, type World } from '../../src/engine/index.ts'
import { log } from '../../src/math/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { counterfactual } from '../../src/studies/index.ts'
import { fault, MINUTE, play, rows, scenario, snapshot } from '../support/fault-world.ts'
import { depeg, HOUR, live, type Setting, setting_scenario, setting_snapshot } from '../support/owner-world.ts'
import { TOYS, toy_scenario, toy_snapshot } from '../support/toy.ts'

const cells = (world: World, to: string) =>
  infections_by_mechanism(world.parts.log, world.view()).filter((cell) => cell.to === to)
const usd_of = (world: World, to: string, from: string, mechanism: string) =>
  cells(world, to).find((cell) => cell.from === from && cell.mechanism === mechanism) ?? { usd: 0, usd_pivotal: 0 }

describe('cash that went to the call of another venue', () => {
  /** A fund whose contracts are called first, on ETH, and whose loan an hour later, on STETH. It has 10,000 USDC, and bitcoin to sell. */
  const setting = (usdc: number): Setting => ({
    agent: { kind: 'fund', id: 'fund', markets: ['USDC-USD', 'BTC-USD'], delay_sigma: 0, median_ms: 60_000 },
    hours: 3,
    wealth: { USDC: usdc, BTC: 10 },
    loan: { collateral: { STETH: 1_000 }, debt: { USDC: 1_400_000 } },
    perp: { units: 600, wallet: 80_000 },
    faults: [depeg('ETH', 0.955), depeg('STETH', 0.9, { from_ms: HOUR })],
  })

  it('makes a sale for want of it, of as many USD as went', () => {
    const { world, result, sales } = live(setting(10_000))
    expect(result.laws.broken).toEqual([])
    const at_lender = sales.filter(({ victim }) => victim === 0)
    // Both of its own calls: bitcoin is sold for the contracts, and an hour later for the loan.
    expect(sales.filter(({ victim }) => victim === 1).length).toBeGreaterThan(0)
    expect(at_lender.length).toBeGreaterThan(0)
    const sold = at_lender.reduce((sum, { usd }) => sum + usd, 0)
    // Health 0.85 · 1,000 · 1,800 ÷ 1.4 M = 1.0929; the opening one is 1.2143, of whose ln a share of 0.8 is restored: 1.168.
    const target = (1.7 / 1.4) ** 0.8
    expect(sold).toBeGreaterThan((1.4 - 1.53 / target) * 1e6 * 0.99)
    expect(sold).toBeLessThan((1.4 - 1.53 / target) * 1e6 * 1.01)
    // The 10,000 USDC all went to the exchange: with them, so much less would have been sold.
    const { usd, usd_pivotal } = usd_of(world, 'lend', 'perp', 'cash')
    expect(usd).toBeCloseTo(10_000, 0)
    expect(usd_pivotal).toBe(usd)
    const list = infection_list(world.parts.log, world.view()).filter(({ to }) => to === 'lend')
    expect(list.reduce((sum, cell) => sum + cell.usd, 0) / sold).toBeCloseTo(1, 9)
  })

  it('is what is not sold where the other venue is not there', () => {
    const { venues, removed_usd } = counterfactual(setting_snapshot(setting(10_000)), setting_scenario(setting(10_000)), [
      'venue:perp',
    ])
    expect(venues.map(({ id }) => id)).toEqual(['lend'])
    expect(removed_usd / 10_000).toBeGreaterThan(0.99)
    expect(removed_usd / 10_000).toBeLessThan(1.01)
  })

  it('is nothing where there was none, and nothing where there is enough for both', () => {
    expect(usd_of(live(setting(0)).world, 'lend', 'perp', 'cash').usd).toBe(0)
    const rich = live(setting(1e6))
    expect(rich.sales).toEqual([])
  })
})

describe('gas that a liquidation waits for', () => {
  /**
   * X's first account sells at 90 after the fall of 10 %, its second at 89.01 after one more of 0.1 %, each moving the price by 1 %. Y's account breaches at
   * 89.5, after the first, and is not closed before both.
   */
  it('is the part of the loss that came while it waited, from whoever it came', () => {
    const accounts = [
      { venue: 'x', units: 300, threshold: 90 },
      { venue: 'x', units: 300, threshold: 89.05 },
      { venue: 'y', units: 1_000, threshold: 89.5 },
    ]
    const base = toy_scenario(-0.1, 4)
    const more = { kind: 'jump', id: 'more', asset: 'A', change: -0.001, at_ms: 2 * MINUTE }
    const halt = fault({ kind: 'halt', target: 'venue:y', to_ms: 3 * MINUTE })
    const world = build_world(toy_snapshot(accounts, 0.01), { ...base, drivers: [...base.drivers, more], faults: [halt] }, TOYS)
    const result = run(world, {
      debug: true,
      on_tick: (tick) => {
        if (tick < 3) world.parts.late.note(1, 0, tick, world.stamp)
        return true
      },
    })
    expect(result.laws.broken).toEqual([])
    const sold = 1_000 * 90 * 0.99 * 0.999 * 0.99
    const whole = log(0.9 * 0.999 * 0.99 * 0.99)
    const expected = [
      ['exogenous', 'oracle', log(0.9)],
      ['exogenous', 'gas', log(0.999)],
      ['x', 'oracle', log(0.99)],
      ['x', 'gas', log(0.99)],
    ] as const
    expect(cells(world, 'y').length).toBe(expected.length)
    for (const [from, mechanism, loss] of expected)
      expect(usd_of(world, 'y', from, mechanism).usd / ((sold * loss) / whole)).toBeCloseTo(1, 9)
    // Without X the price is 89.91 and Y stands: it is X's sales that tipped it over, half of them while it waited.
    expect(usd_of(world, 'y', 'x', 'gas').usd_pivotal).toBeCloseTo(sold / 2, 6)
  })

  // At lender two: SUSD falls by 13 % at once, which breaches the first account (0.9 · 86,130 ÷ 80,000 = 0.969), and by 10 % more after 20 minutes.
  const falls = [
    fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.87, to_ms: 1e9 }),
    fault({ kind: 'depeg', target: 'asset:SUSD', value: 0.9, from_ms: 20 * MINUTE, to_ms: 1e9 }),
  ]
  /** Shares of gas at the first liquidation of the first and of the second account of a lender. */
  const gas_of = (world: World, venue: number): number[] => {
    const { log: events } = world.parts
    return [0, 1].map((account) => {
      const row = rows(world, 'liquidate', venue).find((one) => events.columns.account.data[one] === account) as number
      const [first, last] = events.share_range(events.columns.shares.data[row] as number)
      let gas = 0
      for (let i = first; i < last; i++)
        if (events.share_columns.mechanism.data[i] === 3) gas += events.share_columns.share.data[i] as number
      return gas
    })
  }

  it.each([
    ['blocks are full', fault({ kind: 'blocks', targets: ['venue:two'], value: 0, to_ms: 40 * MINUTE })],
    // At most half of 80,000, then all of it, brings a bonus of 5 %: 2,000 and 4,000.
    ['gas costs more than the bonus', fault({ kind: 'gas', value: 5_000, to_ms: 40 * MINUTE })],
  ])('counts from when it is wanted while %s', (_name, why) => {
    const { world, result } = play([...falls, why])
    expect(result.laws.broken).toEqual([])
    const [first, second] = gas_of(world, 1)
    expect(first).toBeCloseTo(log(0.9) / log(0.87 * 0.9), 2)
    // The second account breaches only at the second fall: what made it breach was not the wait.
    expect(second).toBeLessThan(0.02)
    if (why.kind === 'blocks') expect(gas_of(world, 0)[0]).toBe(0)
  })

  it('is cut by mechanism:gas: as if nothing had been in the way', () => {
    const crowd = [
      fault({ kind: 'blocks', targets: ['venue:two'], value: 0, to_ms: 40 * MINUTE }),
      fault({ kind: 'gas', value: 5_000, to_ms: 40 * MINUTE }),
    ]
    const forced = (faults: Parameters<typeof scenario>[0], without: readonly string[]) => {
      const world = build(snapshot(), scenario(faults, { gas_usd: 0.001, without }))
      run(world)
      return infection_list(world.parts.log, world.view())
    }
    const free = forced(falls, [])
    const cut = forced([...falls, ...crowd], ['mechanism:gas'])
    expect(cut.map(({ from, to }) => [from, to])).toEqual(free.map(({ from, to }) => [from, to]))
    cut.forEach(({ usd }, i) => expect(usd / (free[i]?.usd as number)).toBeCloseTo(1, 6))
    expect(forced([...falls, ...crowd], [])).not.toEqual(free)
  })
})
