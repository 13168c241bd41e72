import { describe, expect, it } from 'vitest'
import { infection_list } from '../analytics/index.ts'
import { depeg, live, type Setting } from '../../test/support/owner-world.ts'

const agent = (fields: object = {}) => ({
  kind: 'fund',
  id: 'fund',
  markets: ['ETH-USD', 'USDC-USD', 'STETH-USD', 'BTC-USD'],
  delay_sigma: 0,
  ...fields,
})
/** 1,000 ETH against 500,000 USDC: plenty to spare; long 600 ETH on 80,000 USDC: little. */
const rich: Partial<Setting> = {
  loan: { collateral: { ETH: 1_000 }, debt: { USDC: 500_000 } },
  perp: { units: 600, wallet: 80_000 },
  faults: [depeg('ETH', 0.955)],
}
const play = (fields: object, more: Partial<Setting>) => live({ agent: agent(fields), hours: 2, ...more })

describe('fund', () => {
  it('meets a call at the exchange out of the treasury first', () => {
    const { world, result, sales, rows } = play({}, { ...rich, wealth: { USDC: 100_000 } })
    expect(result.laws.broken).toEqual([])
    expect(rows('call').length).toBeGreaterThan(0)
    expect(rows('reduce')).toEqual([])
    expect(sales).toEqual([])
    expect(world.ledger.balance(3, 1)).toBeLessThan(100_000)
  })

  it('a call here is met by a sale there: collateral of the loan is sold, and the exchange infected the lender by shared owner', () => {
    const { world, result, sales, rows } = play({}, rich)
    expect(result.laws.broken).toEqual([])
    expect(rows('reduce')).toEqual([])
    const forced = sales.filter(({ sold }) => sold > 0)
    expect(forced.length).toBeGreaterThan(0)
    // sold at the lender (venue 0), because of a call at the exchange (venue 1)
    expect(forced.every(({ victim, market }) => victim === 0 && market === 'ETH-USD')).toBe(true)
    expect(forced.every(({ cause }) => world.parts.log.columns.venue.data[cause] === 1)).toBe(true)
    const found = infection_list(world.parts.log, world.view()).find(({ from, to }) => from === 'perp' && to === 'lend')
    expect(found?.usd).toBeCloseTo(
      forced.reduce((sum, { usd }) => sum + usd, 0),
      3,
    )
  })

  it('a call at the lender is met by a position closed at the exchange', () => {
    const one = play(
      { keep_margin: 2 },
      {
        loan: { collateral: { STETH: 100 }, debt: { USDC: 158_000 } },
        perp: { units: 50, wallet: 30_000 },
        faults: [depeg('STETH', 0.955)],
      },
    )
    expect(one.result.laws.broken).toEqual([])
    expect(one.rows('liquidate')).toEqual([])
    expect(one.rows('withdraw').length).toBeGreaterThan(0)
    expect(one.rows('repay').length).toBeGreaterThan(0)
  })

  it('does nothing for an account that was liquidated meanwhile', () => {
    const { result, sales, rows } = play({ median_ms: 7_000_000 }, { ...rich, faults: [depeg('ETH', 0.9)] })
    expect(result.laws.broken).toEqual([])
    expect(rows('reduce').length).toBeGreaterThan(0)
    expect(sales.filter(({ victim }) => victim === 0)).toEqual([])
  })

  it('leaves other loans the health it keeps', () => {
    const { world } = play({ keep_health: 3.3 }, rich)
    // 1,000 · 2,000 · 0.955 · 0.85 ÷ 500,000 = 3.25 is less than it keeps: nothing is taken out there
    const venue = world.venue(0)
    expect(venue.health(0, venue.prices)).toBeGreaterThan(3.2)
  })
})
