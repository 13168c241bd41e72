import { describe, expect, it } from 'vitest'
import { PLAIN } from '../../../test/support/account-world.ts'
import { kinds_market, LENDERS } from '../../../test/support/kinds-world.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { account_document } from './document.ts'
import { in_breach, legs_of, sums_of } from './law.ts'
import { Probe } from './probe.ts'

const snapshot = kinds_market()
const world = build(snapshot, shock_scenario([]))
const probe = new Probe(world)
const opened = world.parts.store.hash()
const venue_of = (id: string) => world.parts.venues.findIndex((one) => one.id === id)

/** 10 ETH against 13,000: ETH at the breach, from the terms of each kind by hand. */
const BREAKS: Readonly<Record<string, number>> = {
  'aave-v3': 13_000 / (10 * 0.8),
  maker: (13_000 * 1.45) / 10,
  'maker-2020': (13_000 * 1.45) / 10,
  'compound-v2': 13_000 / (10 * 0.8),
  'compound-v3': 13_000 / (10 * 0.8),
  'morpho-blue': 13_000 / (10 * 0.8),
  'euler-v2': 13_000 / (10 * 0.8),
  'liquity-v1': (13_000 * 1.1) / 10,
  'liquity-v2': (13_000 * 1.1) / 10,
}

describe.each(LENDERS.map((one) => one.id))('%s, through its feeds', (id) => {
  const v = venue_of(id)
  const venue = world.venue(v)

  it('breaks at the price that its terms give', () => {
    const expected = BREAKS[id]
    const answer = account_document(snapshot, world, { ...PLAIN, venue: id, account: 1, steps: [] }).accounts[0]
    const fall = answer?.directions.find((one) => one.move === 'ETH')?.forward
    // Bands are sold before: no closed form, and no price without the bands.
    if (expected === undefined) expect(fall?.method).toBe('search')
    else
      expect(fall).toMatchObject({
        method: 'closed_form',
        prices: [{ asset: 'ETH', now: 3000, there: expect.closeTo(expected, 6) }],
      })
    expect(answer?.strict).toBe(id !== 'euler-v2')
  })

  it('who is in breach by health is who the venue itself reports there, at every step of a fall', () => {
    const seen = new Set<number>()
    for (const factor of [0.9, 0.78, 0.7, 0.65, 0.6, 0.5, 0.45, 0.3, 0.1]) {
      const logs = Float64Array.from(world.parts.assets, (asset) => (asset.beta === 0 ? 0 : Math.log(factor)))
      const ratios = probe.ratios(logs)[v] as Float64Array
      const prices = venue.prices.map((price, slot) => price * (ratios[slot] as number))
      const account = { strict: probe.is_strict(v) }
      const expected = [0, 1, 2].filter((row) => in_breach(account, venue.health(row, prices)))
      const found = probe.visit(logs, () => {
        const { count, rows } = venue.below()
        return [...rows.subarray(0, count)]
      })
      expect([factor, found]).toEqual([factor, expected])
      seen.add(expected.length)
    }
    expect(seen.size).toBeGreaterThan(2)
  })

  it('what is taken and what is left add up, and nobody safe is touched', () => {
    for (const account of [0, 1, 2]) {
      const answer = account_document(snapshot, world, { ...PLAIN, venue: id, account, steps: [0.1, 0.3, 0.5, 0.8] }).accounts[0]
      for (const { change, breached, equity_usd, liquidation } of answer?.directions.find((one) => one.joint)?.outcomes ?? []) {
        const debts = answer?.debts_usd as number
        expect(equity_usd).toBeCloseTo(30_000 * (1 + change) - debts, 4)
        expect(liquidation !== null).toBe(breached)
        if (liquidation === null) continue
        const { first_usd, liquidated_usd, seized_usd, bad_debt_usd, left_usd, calls, capped } = liquidation
        expect(calls).toBeGreaterThan(0)
        expect(capped).toBe(false)
        expect(first_usd).toBeLessThanOrEqual(liquidated_usd * (1 + 1e-12))
        expect(liquidation.equity_usd).toBeCloseTo(30_000 * (1 + change) - seized_usd - left_usd, 4)
        // What is repaid, written off or still owed is the debt; a bad debt may be told beside what an auction or absorption takes whole.
        expect(liquidated_usd + left_usd).toBeLessThanOrEqual(debts * (1 + 1e-9))
        expect(liquidated_usd + left_usd + bad_debt_usd).toBeGreaterThanOrEqual(debts * (1 - 1e-9))
      }
    }
    expect(world.parts.store.hash()).toBe(opened)
  })

  it('its statement is its health', () => {
    for (const row of [0, 1, 2]) {
      const sums = sums_of(legs_of(venue, row))
      expect(sums.weighted_assets / sums.weighted_debts).toBeCloseTo(venue.health(row, venue.prices), 12)
    }
  })
})
