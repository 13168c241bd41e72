// The golden vectors once more, through the venue: floats, treasuries, log rows. Where a balance has 8 decimals, so have these.
import { describe, expect, it } from 'vitest'
import {
  ALICE,
  BOB,
  CAROL,
  DAY_MS,
  liquidation,
  open,
  rows,
  type Setting,
  units,
  USDX,
  WBTC,
  WETH,
} from '../../../test/support/aave-world.ts'
import { ALL } from '../../model/index.ts'

/** One WBTC against 20,500 USDX: the account of vectors A1 to A8. */
const A1: Setting = {
  positions: [
    [0, WBTC, 1, 0],
    [0, USDX, 0, 20_500],
  ],
}

describe('golden vectors through the venue', () => {
  it('A1: pays 10,250 USDX for 0.47227732 WBTC, fee 0.00225971', () => {
    const { world, venue } = open(A1)
    world.answers.WBTC = 22_680
    world.tick(venue, 0)
    expect(venue.health(0, venue.prices)).toBeCloseTo(0.951453658536585365, 12)
    const result = world.act(venue, 'liquidate', liquidation(ALL))
    expect(result.status).toBe('applied')
    expect(result.amount).toBeCloseTo(0.47227732, 7)
    expect(world.ledger.balance(BOB, USDX)).toBeCloseTo(1e6 - 10_250, 6)
    expect(world.ledger.balance(BOB, WBTC)).toBeCloseTo(1e6 + 0.47227732, 6)
    expect(venue.health(0, venue.prices)).toBeCloseTo(0.999907330464, 6)
    expect(units(venue, 0)).toEqual([
      [-1, USDX, 10_250],
      [1, WBTC, expect.closeTo(0.52546297, 7)],
    ])
    expect(venue.reserve(WBTC)?.treasury).toBeCloseTo(0.00225971, 7)
    const [row] = rows(world.log)
    expect(row).toMatchObject({ kind: 'liquidate', account: 0, asset: WBTC, usd: 10_250 })
    expect(row?.amount).toBeCloseTo(0.47227732 + 0.00225971, 7)
    expect(row?.extra).toBeCloseTo(0.00225971 * 22_680, 2)
    expect(row?.price).toBeCloseTo(0.951453658536585365, 12)
  })

  it('A2: exhausts the collateral and books the rest as deficit and bad debt', () => {
    const { world, venue } = open(A1)
    world.answers.WBTC = 20_250
    world.tick(venue, 0)
    expect(venue.shortfall_usd()).toBeCloseTo(250, 9)
    const result = world.act(venue, 'liquidate', liquidation(ALL))
    expect(result.amount).toBeCloseTo(0.99523809, 7)
    expect(venue.reserve(USDX)).toMatchObject({ debt: 0, borrow_rate: 0, liquidity_rate: 0 })
    expect(venue.reserve(USDX)?.cash).toBeCloseTo(98_785.714286, 6)
    expect(venue.reserve(USDX)?.deficit).toBeCloseTo(1214.285714, 6)
    expect(venue.deficit_usd()).toBeCloseTo(1214.285714, 6)
    expect(venue.health(0, venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(venue.shortfall_usd()).toBe(0)
    expect(units(venue, 0)).toEqual([])
    const [seized, bad] = rows(world.log)
    expect(seized?.usd).toBeCloseTo(19_285.714286, 6)
    expect(bad).toMatchObject({ kind: 'bad_debt', account: 0, asset: USDX, cause: 0 })
    expect(bad?.usd).toBeCloseTo(1214.285714, 6)
    expect(venue.violations()).toEqual([])
  })

  it('A3: a partial liquidation lowers the health', () => {
    const { world, venue } = open(A1)
    world.answers.WBTC = 20_250
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(7777.777777)).amount).toBeCloseTo(0.40137173, 7)
    expect(venue.health(0, venue.prices)).toBeCloseTo(0.816812242177574797, 6)
  })

  it('A4, A4b: refuses what leaves dust, takes what leaves none', () => {
    const { world, venue } = open(A1)
    world.answers.WBTC = 21_500
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(19_500.000001)).status).toBe('dust')
    expect(rows(world.log)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(18_000)).amount).toBeCloseTo(0.87488371, 7)
    expect(venue.health(0, venue.prices)).toBeCloseTo(0.89440005504, 6)
  })

  it('A5: liquidates a small leg whole', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 0.09, 0],
        [0, USDX, 0, 1999],
      ],
    })
    world.answers.WBTC = 25_050
    world.tick(venue, 0)
    expect(venue.health(0, venue.prices)).toBeCloseTo(0.969919959979989994, 12)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).amount).toBeCloseTo(0.08339139, 7)
    expect(venue.health(0, venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(units(venue, 0)).toEqual([[1, WBTC, expect.closeTo(0.0062096, 7)]])
  })

  it('A6: refuses the most, and offers 5,000 instead', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 0.5, 0],
        [0, USDX, 0, 6000],
        [0, WETH, 0, 2.5],
      ],
    })
    world.answers.WBTC = 23_600
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('dust')
    const [offer] = world.offers(venue)
    expect(offer).toMatchObject({ kind: 'liquidation', id: 0, collateral: WBTC, debt: USDX, debt_min: 0 })
    expect(offer?.debt_max).toBeCloseTo(5000, 4)
    expect(offer?.debt_max).toBeLessThan(5000)
    expect(world.act(venue, 'liquidate', liquidation(offer?.debt_max as number)).status).toBe('applied')
  })

  it('A8: rates and indices over 30 days', () => {
    const { world, venue } = open(A1)
    expect(venue.reserve(USDX)?.borrow_rate).toBeCloseTo(0.018222222222222222, 15)
    expect(venue.reserve(USDX)?.liquidity_rate).toBeCloseTo(0.003362, 15)
    world.tick(venue, 30 * DAY_MS)
    expect(venue.reserve(USDX)?.borrow_index).toBeCloseTo(1.001498839032861333, 14)
    expect(venue.reserve(USDX)?.liquidity_index).toBeCloseTo(1.000276328767123287, 14)
    expect(units(venue, 0)[0]?.[2]).toBeCloseTo(20_530.726201, 5)
    expect(venue.violations()).toEqual([])
  })

  it('A13: a debt below 2,000 goes whole', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 1, 0],
        [0, USDX, 0, 199.999999],
        [0, WETH, 0, 10],
      ],
    })
    world.answers.WBTC = 18_900
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).amount).toBeCloseTo(0.01105819, 7)
    expect(units(venue, 0).map(([side, asset]) => [side, asset])).toEqual([
      [1, WBTC],
      [-1, WETH],
    ])
  })

  it('A18: an e-mode brings its own threshold and bonus', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 1, 0],
        [0, WETH, 0, 12],
      ],
      emodes: [1],
      categories: [
        {
          label: 'one',
          ltv: 0.95,
          liquidation_threshold: 0.96,
          liquidation_bonus: 0.01,
          collateral: ['WBTC', 'WETH'],
          borrowable: ['WETH'],
        },
      ],
    })
    world.answers.WBTC = 21_600
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(ALL, { asset2: WETH })).amount).toBeCloseTo(0.5045, 9)
    expect(world.ledger.balance(BOB, WETH)).toBeCloseTo(1e6 - 6, 9)
  })

  it('A23: a pool without cash refuses; with cash the amounts are those of A1', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 1, 0],
        [0, USDX, 0, 20_500],
        [1, WBTC, 0, 0.6],
        [1, WETH, 50, 0],
      ],
      owners: [ALICE - 1, CAROL - 1],
    })
    world.answers.WBTC = 22_680
    world.tick(venue, 0)
    expect(venue.reserve(WBTC)?.cash).toBeCloseTo(0.4, 12)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('cash')
    const [offer] = world.offers(venue)
    expect(offer?.collateral_max).toBeLessThanOrEqual(0.4)
    expect(world.act(venue, 'liquidate', liquidation(offer?.debt_max as number)).status).toBe('applied')
    expect(venue.reserve(WBTC)?.cash).toBeLessThan(1e-6)
  })

  it('A24: a health of exactly 1 is safe, a hair below is not', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 1, 0],
        [0, USDX, 0, 17_200],
      ],
    })
    world.answers.WBTC = 20_000
    world.tick(venue, 0)
    expect(venue.health(0, venue.prices)).toBe(1)
    expect(venue.below().count).toBe(0)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('healthy')
    world.answers.WBTC = 19_999.99999999
    world.tick(venue, 0)
    expect(venue.below().count).toBe(1)
    expect(world.act(venue, 'liquidate', liquidation(1000)).amount).toBeCloseTo(0.05225, 9)
    expect(venue.health(0, venue.prices)).toBeCloseTo(1.00598765432045679, 9)
  })
})
