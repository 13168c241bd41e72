import { describe, expect, it } from 'vitest'
import { depeg, setting_scenario, setting_snapshot, type Setting } from '../../test/support/owner-world.ts'
import { crash, small_market } from '../../test/support/reference-market.ts'
import { TOYS, type ToyAccount, toy_scenario, toy_snapshot } from '../../test/support/toy.ts'
import { build_world, run } from '../engine/index.ts'
import { InputError } from '../model/index.ts'
import { without } from '../scenarios/index.ts'
import { compare, counterfactual } from './counterfactual.ts'

/** Within 20 % (issue: "removing a source removes what usd_pivotal said, within 20 %"). */
const close = (removed: number, said: number | null) => {
  expect(said).toBeGreaterThan(0)
  expect(Math.abs(removed / (said as number) - 1)).toBeLessThan(0.2)
}

const worlds = (accounts: readonly ToyAccount[]) => (names: readonly string[]) => {
  const scenario = { ...toy_scenario(-0.1), without: names }
  const opened = build_world(without(toy_snapshot(accounts, 0.01), names), scenario, TOYS)
  run(opened, { debug: true })
  return opened
}

describe('counterfactuals of two venues by hand', () => {
  // X breaches at −10 %, two accounts of Y only after X's sales moved the price further, by 1 % each.
  const world = worlds([
    { venue: 'x', units: 300, threshold: 95 },
    { venue: 'x', units: 1_000, threshold: 90 },
    { venue: 'y', units: 1_000, threshold: 89.5 },
    { venue: 'y', units: 500, threshold: 88.5 },
  ])

  it.each(['venue:x', 'mechanism:price'])('without %s goes what was blamed on it', (name) => {
    const { removed_usd, said_usd } = compare(world([]), world([name]), [name])
    close(removed_usd, said_usd)
  })

  it('says how much of the blame is interaction where each of two sources would have been enough', () => {
    // Y's own first sale is as able to tip its second account as X's: the blame is shared, and taking X away changes nothing.
    const both = worlds([
      { venue: 'x', units: 1_000, threshold: 90 },
      { venue: 'y', units: 1_000, threshold: 90 },
      { venue: 'y', units: 1_000, threshold: 89.5 },
    ])
    const { removed_usd, said_usd, interaction_usd } = compare(both([]), both(['venue:x']), ['venue:x'])
    expect(said_usd).toBeGreaterThan(40_000)
    expect(Math.abs(removed_usd)).toBeLessThan(2_500)
    expect(interaction_usd).toBe(removed_usd - (said_usd as number))
  })

  it('without the asset whose markets sales move, nothing is infected', () => {
    const [whole, cut, still] = [world([]), world(['asset:A']), world(['mechanism:price'])]
    expect(compare(whole, cut, ['asset:A']).removed_usd).toBeGreaterThan(0)
    expect(compare(whole, cut, ['asset:A']).said_usd).toBeNull()
    expect(cut.parts.log.hash()).toBe(still.parts.log.hash())
  })
})

describe('counterfactuals of a lender and an exchange', () => {
  const market = without(small_market(2_000), ['venue:maker'])

  it('a lender that is told prices without displacement loses what came through its oracle', () => {
    const { removed_usd, said_usd, interaction_usd } = counterfactual(without(market, ['venue:binance']), crash(3), [
      'mechanism:oracle',
    ])
    close(removed_usd, said_usd)
    expect(interaction_usd).toBe(removed_usd - (said_usd as number))
  })

  it('an agent has no column of its own: only the difference is told', () => {
    const { removed_usd, said_usd, venues } = counterfactual(market, crash(2), ['agent:liquidator'])
    expect(said_usd).toBeNull()
    expect(venues.map(({ id }) => id)).toEqual(['aave', 'binance'])
    expect(removed_usd).not.toBe(0)
  })

  it('refuses what means nothing', () => {
    for (const name of ['asset:NONE', 'mechanism:rate', 'venue:nowhere'])
      expect(() => counterfactual(market, crash(1), [name]), name).toThrow(InputError)
  })

  it('a call is not answered elsewhere without the shared owner', () => {
    const setting: Setting = {
      agent: { kind: 'fund', id: 'fund', markets: ['ETH-USD', 'USDC-USD', 'STETH-USD', 'BTC-USD'], delay_sigma: 0 },
      hours: 2,
      loan: { collateral: { ETH: 1_000 }, debt: { USDC: 500_000 } },
      perp: { units: 600, wallet: 80_000 },
      faults: [depeg('ETH', 0.955)],
    }
    const { venues, said_usd } = counterfactual(setting_snapshot(setting), setting_scenario(setting), ['mechanism:owner'])
    const lender = venues.find(({ id }) => id === 'lend')
    expect(lender?.without_usd).toBe(0)
    close(lender?.with_usd as number, said_usd)
  })
})
