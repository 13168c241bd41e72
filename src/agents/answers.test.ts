// Answers of borrowers and traders that need a whole world: their own collateral, something else elsewhere, a hedge.
import { describe, expect, it } from 'vitest'
import { depeg, live, type Setting } from '../../test/support/owner-world.ts'

const one_size = (weights: object) => [{ above_usd: 0, top_up: 0, repay: 0, cut: 0, ignore: 0, automated: 1, ...weights }]
const quick = { automated_median_ms: 0, delay_sigma: 0 }

describe('borrower', () => {
  const loan = { collateral: { ETH: 1_000 }, debt: { USDC: 1_400_000 } }
  const agent = (fields: object) => ({ kind: 'borrower', id: 'borrower', markets: ['ETH-USD', 'USDC-USD'], ...quick, ...fields })
  const play = (fields: object, more: Partial<Setting> = {}) =>
    live({ agent: agent(fields), loan, faults: [depeg('ETH', 0.88)], hours: 1, ...more })

  it('repays with his own collateral as much as restores the target', () => {
    const { world, result, sales, rows } = play({ sizes: one_size({ unwind: 1 }), unwinds: {}, target: { health: 1.2 } })
    expect(result.laws.broken).toEqual([])
    expect(rows('liquidate')).toEqual([])
    expect(sales[0]).toMatchObject({ market: 'ETH-USD', side: -1, victim: 0 })
    const venue = world.venue(0)
    expect(venue.health(0, venue.prices)).toBeCloseTo(1.2, 1)
  })

  it('cannot where he was not told that he can', () => {
    expect(play({ sizes: one_size({ unwind: 1 }) }).sales).toEqual([])
  })

  it('hedges at the exchange: a contract sold, the loan as it was', () => {
    const fields = { sizes: one_size({ hedge: 1 }), hedges: { ETH: 'ETH-PERP' }, hedge_share: 0.5 }
    const { result, sales } = play(fields, { perp: { units: 1, wallet: 2e6 } })
    expect(result.laws.broken).toEqual([])
    expect(sales.filter(({ market }) => market === 'ETH-PERP')[0]).toMatchObject({ side: -1, sold: 0 })
    // half of 1,000 ETH at about 1,760
    expect(sales.reduce((sum, { usd }) => sum + usd, 0) / (500 * 1_760)).toBeCloseTo(1, 1)
  })

  it('refuses a hedge that is none', () => {
    expect(() => play({ hedges: { ETH: 'ETH-USD' } })).toThrow(/hedges.ETH/)
  })
})

describe('trader', () => {
  const agent = (fields: object) => ({ kind: 'trader', id: 'trader', ...quick, ...fields })
  const sizes = one_size({ repay: undefined, sell: 1 }).map(({ repay: _, ...rest }) => rest)

  it('sells something else in the treasury to add margin, a forced sale of the exchange', () => {
    const { result, sales, rows } = live({
      agent: agent({ sizes, markets: ['BTC-USD', 'USDC-USD'] }),
      perp: { units: 600, wallet: 80_000 },
      wealth: { BTC: 10 },
      faults: [depeg('ETH', 0.955)],
      hours: 1,
    })
    expect(result.laws.broken).toEqual([])
    expect(rows('reduce')).toEqual([])
    expect(sales[0]).toMatchObject({ market: 'BTC-USD', side: -1, victim: 1 })
    expect(rows('deposit').length).toBeGreaterThan(0)
  })

  it('sells nothing where no market is named', () => {
    const setting = {
      agent: agent({ sizes }),
      perp: { units: 600, wallet: 80_000 },
      wealth: { BTC: 10 },
      faults: [depeg('ETH', 0.97)],
      hours: 1,
    }
    expect(live(setting).sales.filter(({ market }) => market === 'BTC-USD')).toEqual([])
  })
})
