import { describe, expect, it } from 'vitest'
import { crash, small_market } from '../../test/support/reference-market.ts'
import { Rng } from '../math/index.ts'
import { COUPLING_FIGURES, coupling_seed, type CouplingSeed, coupling_summary } from './coupling.ts'

const by_hand = (both: number): CouplingSeed => ({
  seed: 1,
  lending: { within: 150, without: 100 },
  exchange: { within: 600, without: 300 },
  both: { within: both, without: 400 },
  both_lending: { within: 180, without: 100 },
  both_exchange: { within: both - 180, without: 300 },
})

describe('the coupling study', () => {
  it('takes figures as its page defines them', () => {
    const figures = Object.fromEntries(COUPLING_FIGURES.map(({ id, of }) => [id, of(by_hand(1_000))]))
    expect(figures['lending']).toBe(1.5)
    expect(figures['exchange']).toBe(2)
    // (150 + 600) ÷ (100 + 300), and 1000 ÷ 400 beside it.
    expect(figures['apart']).toBe(1.875)
    expect(figures['both']).toBe(2.5)
    expect(figures['difference']).toBe(0.625)
    expect(figures['difference_lending']).toBeCloseTo(0.3, 12)
    expect(figures['difference_exchange']).toBeCloseTo(820 / 300 - 2, 12)
  })

  it('leaves out seeds without a divisor, and holds the mean in its interval', () => {
    const nothing = { ...by_hand(900), lending: { within: 0, without: 0 } }
    const rows = coupling_summary([by_hand(900), by_hand(1_000), by_hand(1_100), nothing], new Rng(1), 500)
    expect(rows.find(({ id }) => id === 'lending')?.seeds).toBe(3)
    const both = rows.find(({ id }) => id === 'both')
    expect(both?.seeds).toBe(4)
    expect(both?.low).toBeLessThan(both?.mean as number)
    expect(both?.high).toBeGreaterThan(both?.mean as number)
    expect(both?.above).toBe(1)
  })

  it('runs one seed of the reference market: without feedback, being coupled changes next to nothing', () => {
    const seed = coupling_seed(small_market(1_000), crash(2), ['binance'])
    for (const { within, without } of [seed.lending, seed.exchange, seed.both]) {
      expect(without).toBeGreaterThan(0)
      expect(within).toBeGreaterThan(without)
    }
    const apart = seed.lending.without + seed.exchange.without
    expect(Math.abs(seed.both.without / apart - 1)).toBeLessThan(0.05)
    expect(seed.both.within).toBe(seed.both_lending.within + seed.both_exchange.within)
  })
})
