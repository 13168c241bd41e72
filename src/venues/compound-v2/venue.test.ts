// What the venue does, case by case; amounts worked out by hand beside the case, or those of the golden vectors.
import { describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, open, type Setting, USDC, WETH } from '../../../test/support/compound-world.ts'
import { liquidation as call, rows, units } from '../../../test/support/morpho-world.ts'
import { ALL, InputError } from '../../model/index.ts'

const DAY_MS = 86_400_000
/** 10 WETH at 2,000 and factor 0.8 against 15,000 USDC: at 1,850 the limit is 14,800. */
const LOAN: Setting = {
  positions: [
    [0, WETH, 10, 0],
    [0, USDC, 0, 15_000],
  ],
}
const liquidation = (amount: number, fields = {}) => call(amount, { asset: WETH, asset2: USDC, ...fields })

function fallen(setting: Setting = LOAN, price = 1850) {
  const opened = open(setting)
  opened.world.answers.WETH = price
  opened.world.tick(opened.venue, 0)
  return opened
}

describe('owners', () => {
  it('supply, borrow up to the collateral factor, repay and withdraw', () => {
    const { world, venue } = open({ positions: [] })
    const mine = { account: 0, actor: ALICE }
    world.act(venue, 'deposit', { ...mine, asset: WETH, amount: 10 })
    expect(world.act(venue, 'borrow', { ...mine, asset: USDC, amount: ALL }).amount).toBeCloseTo(16_000, 6)
    expect(venue.health(0, venue.prices)).toBeCloseTo(1, 9)
    world.act(venue, 'repay', { ...mine, asset: USDC, amount: 8000 })
    expect(world.act(venue, 'withdraw', { ...mine, asset: WETH, amount: ALL }).amount).toBeCloseTo(5, 6)
    expect(world.act(venue, 'repay', { ...mine, asset: USDC, amount: ALL }).amount).toBeCloseTo(8000, 6)
    expect(world.act(venue, 'withdraw', { ...mine, asset: WETH, amount: ALL }).amount).toBeCloseTo(5, 6)
    expect(units(venue, 0)).toEqual([])
    expect(venue.violations()).toEqual([])
  })

  it('are refused in the order of precedence', () => {
    const { world, venue } = open({
      ...LOAN,
      positions: [...LOAN.positions, [1, USDC, 500, 0]],
      owners: [ALICE, BOB],
      usdc: { cash: 700, borrow_cap: 16_000 },
      weth: { mint_paused: true },
    })
    const status = (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', fields: object) =>
      world.act(venue, kind, { account: 0, actor: ALICE, amount: 1, asset: USDC, ...fields }).status
    expect(status('deposit', { account: 9 })).toBe('unknown')
    expect(status('deposit', { asset: 9 })).toBe('unknown')
    expect(status('deposit', { asset: WETH })).toBe('paused')
    expect(status('deposit', { amount: 2e6 })).toBe('funds')
    expect(status('deposit', { amount: 0 })).toBe('empty')
    expect(status('withdraw', { actor: BOB })).toBe('unknown')
    expect(status('withdraw', { account: 1, actor: BOB, amount: 701 })).toBe('cash')
    expect(status('withdraw', { account: 1, actor: BOB, amount: 501 })).toBe('funds')
    expect(status('withdraw', { asset: WETH, amount: 1 })).toBe('margin')
    expect(status('borrow', { actor: BOB })).toBe('unknown')
    expect(status('borrow', { amount: 1001 })).toBe('limit')
    expect(status('borrow', { amount: 999 })).toBe('cash')
    expect(status('borrow', { account: 1, actor: BOB, amount: 600 })).toBe('margin')
    expect(status('repay', { account: 1 })).toBe('unknown')
    // a cap on loans does not stop repaying
    expect(status('repay', {})).toBe('applied')
    world.answers.WETH = 0
    world.tick(venue, 0)
    expect(status('borrow', {})).toBe('stale')
    expect(status('borrow', { actor: BOB })).toBe('unknown')
    expect(status('withdraw', { asset: WETH })).toBe('stale')
    expect(status('withdraw', { account: 1, actor: BOB })).toBe('applied')
  })

  it('may keep a supply out of their collateral', () => {
    const { venue, world } = open({
      positions: [
        [0, WETH, 10, 0, 0],
        [0, USDC, 5000, 1000, 1],
      ],
    })
    expect(venue.health(0, venue.prices)).toBeCloseTo(4.25, 9)
    expect(world.act(venue, 'withdraw', { account: 0, asset: WETH, amount: ALL, actor: ALICE }).amount).toBe(10)
  })
})

describe('liquidation', () => {
  it('repays half a debt and seizes 8 % more, of which 2.8 % go to reserves', () => {
    const { world, venue } = fallen()
    const [offer] = world.offers(venue)
    // 7500 · 1.08 / 1850 = 4.378378 seized, 97.2 % of it paid out
    expect(offer).toMatchObject({ kind: 'liquidation', id: 0, collateral: WETH, debt: USDC, debt_max: 7500, debt_min: 0 })
    expect(offer?.collateral_max).toBeCloseTo(((7500 * 1.08) / 1850) * 0.972, 9)
    const result = world.act(venue, 'liquidate', liquidation(7500))
    expect(result.amount).toBeCloseTo(4.255783783783784, 9)
    expect(units(venue, 0)).toEqual([
      [USDC, expect.closeTo(-7500, 9)],
      [WETH, expect.closeTo(10 - 4.378378378378378, 9)],
    ])
    expect(venue.market(WETH).reserves).toBeCloseTo(4.378378378378378 * 0.028, 9)
    expect(venue.market(WETH).exchange).toBe(1)
    expect(rows(world.log)).toMatchObject([{ kind: 'liquidate', asset: WETH, amount: expect.closeTo(4.378378378, 8), usd: 7500 }])
    expect(venue.violations()).toEqual([])
  })

  it('of more than the close factor, or more than there is to seize, is refused; all is the most that is not', () => {
    const { world, venue } = fallen()
    expect(world.act(venue, 'liquidate', liquidation(7501)).status).toBe('limit')
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
    const deep = fallen(LOAN, 700)
    // 10 · 700 / 1.08 = 6481 is all that the collateral pays for
    expect(deep.world.act(deep.venue, 'liquidate', liquidation(6482)).status).toBe('limit')
    expect(deep.world.offers(deep.venue)[0]?.debt_max).toBeCloseTo(7000 / 1.08, 6)
    expect(deep.world.act(deep.venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
  })

  it('leaves bad debt where it is: on the borrower', () => {
    const { world, venue } = fallen(LOAN, 700)
    expect(venue.shortfall_usd()).toBe(8000)
    world.act(venue, 'liquidate', liquidation(ALL))
    expect(units(venue, 0)).toEqual([[USDC, expect.closeTo(7000 / 1.08 - 15_000, 6)]])
    expect(rows(world.log).map(({ kind }) => kind)).toEqual(['liquidate'])
    expect(venue.shortfall_usd()).toBeCloseTo(15_000 - 7000 / 1.08, 6)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('unknown')
  })

  it('of an account exactly at its limit is refused', () => {
    const { world, venue } = fallen({
      positions: [
        [0, WETH, 10, 0],
        [0, USDC, 0, 14_800],
      ],
    })
    expect(venue.health(0, venue.prices)).toBe(1)
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('healthy')
    expect(world.offers(venue)).toEqual([])
  })

  it('of oneself is forbidden', () => {
    const { world, venue } = fallen()
    expect(world.act(venue, 'liquidate', liquidation(1, { actor: ALICE })).status).toBe('limit')
  })

  it('is blocked by a missing price of anything the account holds or owes', () => {
    for (const [asset, answer] of [
      ['WETH', 0],
      ['USDC', Number.NaN],
    ] as const) {
      const { world, venue } = fallen()
      world.answers[asset] = answer
      world.tick(venue, 0)
      expect(world.offers(venue)).toEqual([])
      expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('stale')
    }
  })

  it('uses a stale price like any other', () => {
    const { world, venue } = fallen()
    world.tick(venue, 30 * DAY_MS)
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('applied')
  })

  it('is blocked while seizing is paused', () => {
    const { world, venue } = fallen()
    world.halted.add('seize:compound')
    world.tick(venue, 0)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('paused')
  })

  it('pays the underlying out at once: without cash nobody can redeem, and only what the pool has is offered', () => {
    const { world, venue } = fallen({
      ...LOAN,
      positions: [...LOAN.positions, [1, WETH, 0, 9]],
      owners: [ALICE, CAROL],
      weth: { cash: 1 },
    })
    expect(world.act(venue, 'liquidate', liquidation(7500)).status).toBe('cash')
    const [offer] = world.offers(venue)
    expect(offer?.collateral_max).toBeCloseTo(1, 6)
    expect(world.act(venue, 'liquidate', liquidation(offer?.debt_max as number)).status).toBe('applied')
  })

  it('has no dust', () => {
    const { world, venue } = fallen()
    expect(world.act(venue, 'liquidate', liquidation(1e-6)).status).toBe('applied')
  })

  it('refuses in the order of precedence', () => {
    const { world, venue } = fallen()
    const status = (fields: object, amount = 1) => world.act(venue, 'liquidate', liquidation(amount, fields)).status
    expect(status({ account: 5 })).toBe('unknown')
    expect(status({ asset: 7 })).toBe('unknown')
    expect(status({ asset: USDC })).toBe('unknown')
    expect(status({ asset2: WETH })).toBe('unknown')
    expect(status({ actor: 4 })).toBe('funds')
    expect(status({}, 0)).toBe('empty')
    expect(world.act(venue, 'start', liquidation(1)).status).toBe('unknown')
    expect(world.log.length).toBe(0)
  })

  it('C4: in kind, after interest that both sides carry', () => {
    // 100 supplied and 1 owed at 10.512 a year, simple: 98 more after 98/10.512 years
    const years = (x: number) => (x / 10.512) * 365 * DAY_MS
    const at = (grown: number) => {
      const opened = open({
        positions: [[0, USDC, 100, 1]],
        usdc: { collateral_factor: 0.5, base_rate: 10.512, slope: 0, jump: 0, cash: 99 },
        pool: { incentive: 1.1 },
      })
      opened.world.tick(opened.venue, years(grown))
      return opened
    }
    const [safe, breach] = [at(98), at(100)]
    expect(safe.venue.health(0, safe.venue.prices)).toBeCloseTo(1, 12)
    expect(breach.venue.health(0, breach.venue.prices)).toBeCloseTo(100 / 101, 12)
    const in_kind = (amount: number) => liquidation(amount, { asset: USDC, asset2: USDC })
    expect(breach.world.act(breach.venue, 'liquidate', in_kind(51)).status).toBe('limit')
    expect(breach.world.act(breach.venue, 'liquidate', in_kind(20)).status).toBe('applied')
    expect(breach.venue.violations()).toEqual([])
  })
})

describe('forks', () => {
  it('give the treasury a part of the bonus instead of a part of everything (Venus)', () => {
    const { world, venue } = fallen({ ...LOAN, pool: { incentive: 1.1, seize_share: 0, treasury_share: 0.05 } })
    const { amount } = world.act(venue, 'liquidate', liquidation(7500))
    const seized = (7500 * 1.1) / 1850
    expect(venue.market(WETH).reserves).toBeCloseTo((seized * 0.05 * 0.1) / 1.1, 9)
    expect(amount).toBeCloseTo(seized * (1 - 0.005 / 1.1), 9)
    expect(venue.fund_usd()).toBeCloseTo(venue.market(WETH).reserves * 1850, 6)
  })

  it('have a liquidation threshold above the collateral factor', () => {
    const { venue } = fallen({ ...LOAN, weth: { collateral_factor: 0.75, liquidation_threshold: 0.85 } })
    expect(venue.health(0, venue.prices)).toBeCloseTo((18_500 * 0.85) / 15_000, 9)
  })

  it('let debts of a forced or a deprecated market be repaid whole, without shortfall', () => {
    const deprecated = { collateral_factor: 0, borrow_paused: true, reserve_factor: 1 }
    for (const usdc of [{ forced_liquidation: true }, deprecated]) {
      const { world, venue } = open({ ...LOAN, usdc })
      expect(venue.health(0, venue.prices)).toBeGreaterThan(1)
      expect(world.offers(venue)).toMatchObject([{ id: 0, debt_max: 15_000 }])
      expect(world.act(venue, 'liquidate', liquidation(15_000)).status).toBe('applied')
      expect(units(venue, 0)).toHaveLength(1)
    }
    const { world, venue } = open({ ...LOAN, usdc: { ...deprecated, reserve_factor: 0.9 } })
    expect(world.act(venue, 'liquidate', liquidation(1)).status).toBe('healthy')
  })
})

describe('interest', () => {
  it('is simple within an accrual, and reserves take their part', () => {
    const { world, venue } = open({ ...LOAN, usdc: { reserve_factor: 0.1, base_rate: 0.1, slope: 0, jump: 0 } })
    const { supply } = venue.market(USDC)
    world.tick(venue, 365 * DAY_MS)
    expect(venue.market(USDC)).toMatchObject({
      debt: expect.closeTo(16_500, 6),
      reserves: expect.closeTo(150, 6),
      supply: expect.closeTo(supply + 1350, 6),
      borrow_index: expect.closeTo(1.1, 12),
    })
    expect(venue.violations()).toEqual([])
    expect(venue.below().count).toBe(1)
  })
})

describe('the spec', () => {
  it('refuses what cannot be, by field', () => {
    expect(() => open({ positions: [[0, WETH, -1, 0]] })).toThrow(InputError)
    expect(() => open({ positions: [[3, WETH, 1, 0]] })).toThrow(/positions\.account\[0\]/)
    expect(() => open({ positions: [[0, 5, 1, 0]] })).toThrow(/positions\.market\[0\]/)
    expect(() =>
      open({
        positions: [
          [0, WETH, 1, 0],
          [0, WETH, 1, 0],
        ],
      }),
    ).toThrow(/once for account 0/)
    expect(() => open({ positions: [], owners: [77] })).toThrow(/accounts\.owner\[0\]/)
    expect(() => open({ positions: [[0, WETH, 10, 0]], weth: { cash: 1 } })).toThrow(/markets\[1\]\.cash/)
    expect(() => open({ positions: [], weth: { asset: 'USDC' } })).toThrow(/listed once/)
    expect(() => open({ positions: [], weth: { liquidation_threshold: 0.5 } })).toThrow(/at most liquidation_threshold/)
    expect(() => open({ positions: [], weth: { base_rate: 10, slope: 1 } })).toThrow(/10\.512/)
  })

  it('has nothing to say without accounts', () => {
    const { world, venue } = open({ positions: [], owners: [] })
    world.tick(venue, DAY_MS)
    expect(world.offers(venue)).toEqual([])
    expect([venue.below().count, venue.shortfall_usd(), venue.fund_usd(), venue.rows]).toEqual([0, 0, 0, 0])
    expect(venue.violations()).toEqual([])
  })
})
