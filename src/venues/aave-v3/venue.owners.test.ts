// What owners may do with their accounts, isolation mode, and specs that are refused.
import { describe, expect, it } from 'vitest'
import {
  ALICE,
  CAROL,
  DAY_MS,
  type Fields,
  liquidation,
  open,
  reserve,
  type Setting,
  units,
  USDX,
  WBTC,
  WETH,
} from '../../../test/support/aave-world.ts'
import { ALL, InputError } from '../../model/index.ts'
import { aaveV3 } from './index.ts'
import { VERSIONS } from './rules.ts'

/** One WBTC against 20,500 USDX. */
const loan: Setting = {
  positions: [
    [0, WBTC, 1, 0],
    [0, USDX, 0, 20_500],
  ],
}

/** The three reserves with changes to one of them; cash as `open` would compute it for `loan`. */
const reserves = (asset: string, fields: Fields, cash: readonly number[] = [79_500, 1, 100]) =>
  ['USDX', 'WBTC', 'WETH'].map((name, r) => reserve(name, cash[r] as number, name === asset ? fields : {}))

describe('owners', () => {
  const act = (setting: Setting) => {
    const { world, venue } = open(setting)
    return (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', asset: number, amount: number, fields: Fields = {}) =>
      world.act(venue, kind, { account: 0, asset, amount, actor: ALICE, ...fields })
  }

  it('supply up to the cap, not to a frozen reserve, with what they have', () => {
    const capped = { ...loan, reserves: reserves('WETH', { supply_cap: 101 }) }
    expect(act(capped)('deposit', WETH, 1)).toEqual({ status: 'applied', amount: 1 })
    expect(act(capped)('deposit', WETH, 1.0001).status).toBe('limit')
    expect(act({ ...loan, reserves: reserves('WETH', { frozen: true }) })('deposit', WETH, 1).status).toBe('paused')
    expect(act(loan)('deposit', WETH, 2e6).status).toBe('funds')
    expect(act(loan)('deposit', WETH, 0).status).toBe('empty')
    expect(act(loan)('deposit', 9, 1).status).toBe('unknown')
  })
  it('make a new entry with a first supply, which counts as collateral if it backs loans', () => {
    const { world, venue } = open(loan)
    const before = venue.health(0, venue.prices)
    expect(world.act(venue, 'deposit', { account: 0, asset: WETH, amount: 10, actor: ALICE }).status).toBe('applied')
    expect(venue.health(0, venue.prices)).toBeCloseTo(before + (18_000 * 0.86) / 20_500, 12)
    expect(units(venue, 0).map(([side, asset]) => [side, asset])).toEqual([
      [-1, USDX],
      [1, WBTC],
      [1, WETH],
    ])
    const other = open({ ...loan, reserves: reserves('WETH', { ltv: 0 }) })
    other.world.act(other.venue, 'deposit', { account: 0, asset: WETH, amount: 10, actor: ALICE })
    expect(other.venue.health(0, other.venue.prices)).toBe(before)
  })
  it('borrow what the loan-to-value allows, in whole basis points of the mean', () => {
    const alone: Setting = { positions: [[0, WBTC, 1, 0]] }
    expect(act(alone)('borrow', USDX, 22_275)).toEqual({ status: 'applied', amount: 22_275 })
    expect(act(alone)('borrow', USDX, 22_275.0001).status).toBe('margin')
    const most = act(alone)('borrow', USDX, ALL)
    expect(most.status).toBe('applied')
    expect(most.amount).toBeCloseTo(22_275, 6)
    expect(act({ positions: [], owners: [0] })('borrow', USDX, 1).status).toBe('margin')
  })
  it('are refused a loan by cap, flag, freeze, e-mode or an empty pool', () => {
    const alone: Setting = { positions: [[0, WBTC, 1, 0]] }
    const with_usdx = (fields: Fields, cash = 100_000) => ({ ...alone, reserves: reserves('USDX', fields, [cash, 1, 100]) })
    expect(act(with_usdx({ borrow_cap: 99 }))('borrow', USDX, 100).status).toBe('limit')
    expect(act(with_usdx({ borrow_cap: 100 }))('borrow', USDX, 100).status).toBe('applied')
    expect(act(with_usdx({ borrowable: false }))('borrow', USDX, 100).status).toBe('limit')
    expect(act(with_usdx({ frozen: true }))('borrow', USDX, 100).status).toBe('paused')
    expect(act(with_usdx({}, 99))('borrow', USDX, 100).status).toBe('cash')
    const category = {
      label: 'eth',
      ltv: 0.9,
      liquidation_threshold: 0.93,
      liquidation_bonus: 0.01,
      collateral: ['WETH'],
      borrowable: ['WETH'],
    }
    const inside = { ...alone, emodes: [1], categories: [category] }
    expect(act(inside)('borrow', USDX, 100).status).toBe('limit')
    expect(act(inside)('borrow', WETH, 0.1).status).toBe('applied')
  })
  it('in an e-mode borrow what the category lists even if the reserve says no, since 3.6', () => {
    const category = {
      label: 'btc',
      ltv: 0.9,
      liquidation_threshold: 0.93,
      liquidation_bonus: 0.01,
      collateral: ['WBTC'],
      borrowable: ['USDX'],
    }
    const inside: Setting = {
      positions: [[0, WBTC, 1, 0]],
      emodes: [1],
      categories: [category],
      reserves: reserves('USDX', { borrowable: false }, [1e5, 1, 100]),
    }
    for (const version of VERSIONS)
      expect([version, act({ ...inside, version })('borrow', USDX, 100).status]).toEqual([
        version,
        version >= '3.6' ? 'applied' : 'limit',
      ])
  })
  it('in an isolated e-mode borrow nothing against collateral outside it (3.7), which still counts for health', () => {
    const category = {
      label: 'eth',
      ltv: 0.9,
      liquidation_threshold: 0.93,
      liquidation_bonus: 0.01,
      collateral: ['WETH'],
      borrowable: ['WETH'],
      isolated: true,
    }
    const inside: Setting = {
      positions: [
        [0, WBTC, 1, 0],
        [0, WETH, 1, 0.1],
      ],
      emodes: [1],
      categories: [category],
    }
    for (const version of VERSIONS) {
      const { world, venue } = open({ ...inside, version })
      expect(venue.health(0, venue.prices)).toBeGreaterThan(100)
      const { status } = world.act(venue, 'borrow', { account: 0, asset: WETH, amount: 5, actor: ALICE })
      expect([version, status]).toEqual([version, version === '3.7' ? 'margin' : 'applied'])
    }
  })
  it('withdraw down to a health of 1, with cash, and first what backs no loan', () => {
    const edge = (20_500 / 27_000 / 0.86) * (1 + 1e-12)
    expect(act(loan)('withdraw', WBTC, 1 - edge).status).toBe('applied')
    expect(act(loan)('withdraw', WBTC, 1 - edge + 1e-6).status).toBe('margin')
    expect(act(loan)('withdraw', WBTC, 1.1).status).toBe('cash')
    expect(act(loan)('withdraw', WETH, 1).status).toBe('unknown')
    const more: Setting = {
      positions: [
        [0, WBTC, 1, 0],
        [0, WETH, 10, 0],
        [0, USDX, 0, 1000],
      ],
    }
    expect(act(more)('withdraw', WETH, 10.5).status).toBe('funds')
    expect(act(more)('withdraw', WETH, ALL)).toEqual({ status: 'applied', amount: 10 })
    const dead = { ...more, reserves: reserves('WETH', { ltv: 0 }, [99_000, 1, 110]) }
    expect(act(dead)('withdraw', WBTC, 0.1).status).toBe('margin')
    expect(act(dead)('withdraw', WETH, 1).status).toBe('applied')
    const lent: Setting = {
      positions: [
        [0, WETH, 10, 0],
        [1, WBTC, 5, 0],
        [1, WETH, 0, 45],
      ],
      owners: [0, 2],
    }
    expect(act({ ...lent, reserves: reserves('WETH', {}, [1e5, 5, 5]) })('withdraw', WETH, 6).status).toBe('cash')
  })
  it('repay what they owe, all of it exactly, and no more', () => {
    const { world, venue } = open(loan)
    world.tick(venue, 30 * DAY_MS)
    expect(world.act(venue, 'repay', { account: 0, asset: USDX, amount: 100, actor: CAROL })).toEqual({
      status: 'applied',
      amount: 100,
    })
    const rest = world.act(venue, 'repay', { account: 0, asset: USDX, amount: 1e9, actor: ALICE })
    expect(rest.status).toBe('applied')
    expect(rest.amount).toBeCloseTo(20_430.726201, 5)
    expect(venue.reserve(USDX)?.debt).toBe(0)
    expect(venue.health(0, venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(world.act(venue, 'repay', { account: 0, asset: USDX, amount: 1, actor: ALICE }).status).toBe('unknown')
    expect(venue.violations()).toEqual([])
  })
  it('repay in part with all they have', () => {
    const { world, venue } = open(loan)
    world.ledger.debit(ALICE, USDX, 1e6 - 500)
    expect(world.act(venue, 'repay', { account: 0, asset: USDX, amount: 501, actor: ALICE }).status).toBe('funds')
    expect(world.act(venue, 'repay', { account: 0, asset: USDX, amount: ALL, actor: ALICE })).toEqual({
      status: 'applied',
      amount: 500,
    })
  })
})

describe('isolation mode', () => {
  const isolated = (version: string): Setting => ({
    version,
    positions: [
      [0, WBTC, 1, 0],
      [0, USDX, 0, 11_000],
    ],
    reserves: ['USDX', 'WBTC', 'WETH'].map((name, r) =>
      reserve(
        name,
        [89_000, 1, 100][r] as number,
        { USDX: { borrowable_in_isolation: true }, WBTC: { debt_ceiling: 12_000 } }[name] ?? {},
      ),
    ),
  })
  it('holds the debt against isolated collateral under its ceiling until 3.6', () => {
    for (const version of VERSIONS) {
      const { world, venue } = open(isolated(version))
      const borrow = (asset: number, amount: number) =>
        world.act(venue, 'borrow', { account: 0, asset, amount, actor: ALICE }).status
      const until = version < '3.7'
      expect([version, borrow(USDX, 1001)]).toEqual([version, until ? 'limit' : 'applied'])
      expect([version, borrow(WETH, 0.1)]).toEqual([version, until ? 'limit' : 'applied'])
      expect(borrow(USDX, 999)).toBe('applied')
      expect([version, borrow(USDX, 2)]).toEqual([version, until ? 'limit' : 'applied'])
      world.act(venue, 'repay', { account: 0, asset: USDX, amount: 500, actor: ALICE })
      expect(borrow(USDX, 400)).toBe('applied')
    }
  })
  it('lets no further supply become collateral by itself', () => {
    for (const version of ['3.6', '3.7']) {
      const { world, venue } = open(isolated(version))
      const before = venue.health(0, venue.prices)
      world.act(venue, 'deposit', { account: 0, asset: WETH, amount: 1, actor: ALICE })
      expect(venue.health(0, venue.prices) > before).toBe(version === '3.7')
    }
  })
  it('frees the ceiling by what a liquidator repays', () => {
    const { world, venue } = open(isolated('3.6'))
    world.answers.WBTC = 12_500
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(5000)).status).toBe('applied')
    world.answers.WBTC = 40_000
    world.tick(venue, 0)
    expect(world.act(venue, 'borrow', { account: 0, asset: USDX, amount: 5900, actor: ALICE }).status).toBe('applied')
    expect(world.act(venue, 'borrow', { account: 0, asset: USDX, amount: 200, actor: ALICE }).status).toBe('limit')
  })
  it('keeps a siloed debt alone until 3.6', () => {
    for (const version of ['3.6', '3.7']) {
      const silo: Setting = { ...loan, version, reserves: reserves('WETH', { siloed: true }) }
      const { world, venue } = open(silo)
      const { status } = world.act(venue, 'borrow', { account: 0, asset: WETH, amount: 0.1, actor: ALICE })
      expect([version, status]).toEqual([version, version === '3.6' ? 'limit' : 'applied'])
    }
  })
})

describe('bad specs are refused by name', () => {
  const refusal = (setting: Setting): string => {
    try {
      open(setting)
    } catch (error) {
      return error instanceof InputError ? `${error.field}: ${error.valid}` : String(error)
    }
    return 'none'
  }
  it('in columns', () => {
    expect(refusal({ positions: [[0, WBTC, Number.NaN, 0]], reserves: reserves('WBTC', {}) })).toContain(
      'positions.collateral[0]',
    )
    expect(refusal({ positions: [[0, WBTC, 1, -1]] })).toContain('positions.debt[0]')
    expect(refusal({ positions: [[1, WBTC, 1, 0]] })).toContain('positions.account[0]: 0 to 0')
    expect(refusal({ positions: [[0, 3, 1, 0]] })).toContain('positions.reserve[0]: 0 to 2')
    expect(
      refusal({
        positions: [
          [0, WBTC, 1, 0],
          [0, WBTC, 1, 0],
        ],
      }),
    ).toContain('each reserve once for account 0')
    expect(refusal({ positions: [], owners: [99] })).toContain('accounts.owner[0]: -1 to 3')
    expect(refusal({ positions: [], owners: [0], emodes: [1] })).toContain('accounts.emode[0]: 0 to 0')
  })
  it('in what does not add up', () => {
    const supplied: Setting = { positions: [[0, WBTC, 5, 0]], reserves: reserves('WBTC', {}, [0, 4, 0]) }
    expect(refusal(supplied)).toContain('reserves[1].cash: at least 5')
    expect(refusal({ ...loan, version: '3.2', reserves: reserves('USDX', { deficit: 1 }) })).toContain(
      'reserves[0].deficit: 0 before version 3.3',
    )
    expect(refusal({ positions: [], reserves: [reserve('USDX', 1), reserve('USDX', 1)] })).toContain(
      'reserves[1].asset: an asset listed once',
    )
    const category = { label: 'x', ltv: 0, liquidation_threshold: 0, liquidation_bonus: 0, collateral: ['DAI'], borrowable: [] }
    expect(refusal({ positions: [], categories: [category] })).toContain('emodes[0].collateral[0]: one of USDX, WBTC, WETH')
  })
  it('in the schema', () => {
    const spec = (fields: Fields) => () =>
      aaveV3.schema.parse({
        kind: 'aave-v3',
        id: 'x',
        reserves: [reserve('USDX', 1, fields)],
        accounts: { owner: new Int32Array() },
        positions: {
          account: new Int32Array(),
          reserve: new Int32Array(),
          collateral: new Float64Array(),
          debt: new Float64Array(),
        },
      })
    expect(spec({})).not.toThrow()
    expect(spec({ ltv: 0.9 })).toThrow('at most liquidation_threshold')
    expect(spec({ liquidation_bonus: 0.2 })).toThrow('at most 1 / liquidation_threshold')
    expect(spec({ cash: -1 })).toThrow()
    expect(spec({ optimal_usage: 1 })).toThrow()
    expect(spec({ colour: 'red' })).toThrow()
  })
})
