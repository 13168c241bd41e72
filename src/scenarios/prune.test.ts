import { describe, expect, it } from 'vitest'
import { small_market } from '../../test/support/reference-market.ts'
import { InputError } from '../model/index.ts'
import { build, without } from './index.ts'
import { parse_shock, shock_scenario } from './shock.ts'

describe('leaving parts out', () => {
  const whole = small_market(300)

  it('takes markets that settle at a venue with it, and what agents say of them', () => {
    const rest = without(whole, ['venue:binance'])
    expect(rest.venues.map((one) => one.id)).toEqual(['aave', 'maker'])
    expect(rest.markets.some((market) => market.settles === 'binance')).toBe(false)
    expect(JSON.stringify(rest.agents)).not.toContain('-PERP')
    // The maker of contracts has nothing left to do.
    expect(rest.agents.map((agent) => agent.id)).not.toContain('maker-perp')
    expect(rest.actors.agent.every((a) => a < rest.agents.length)).toBe(true)
  })

  it('understands a name, a family with a name, and a family with a kind', () => {
    for (const name of ['aave', 'venue:aave', 'venue:aave-v3'])
      expect(without(whole, [name]).venues.map((one) => one.id)).toEqual(['maker', 'binance'])
    expect(without(whole, ['agent:market-maker']).agents.filter((agent) => agent.kind === 'market-maker')).toEqual([])
  })

  it('changes nothing without names, and refuses what means nothing here', () => {
    expect(without(whole, [])).toBe(whole)
    expect(() => without(whole, ['venue:nowhere'])).toThrow(InputError)
  })

  it('leaves a world that builds, whatever single part is missing', () => {
    const scenario = shock_scenario([parse_shock('ETH=-30%@1h')])
    for (const name of [...whole.venues.map((one) => `venue:${one.id}`), ...whole.agents.map((one) => `agent:${one.id}`)])
      expect(() => build(whole, { ...scenario, without: [name] }), name).not.toThrow()
  })
})
