// Liquidation case by case: what is refused and why, what versions differ in, what a fault does.
import { describe, expect, it } from 'vitest'
import {
  ALICE,
  BOB,
  DAY_MS,
  type Fields,
  liquidation,
  open,
  OUT,
  reserve,
  rows,
  type Setting,
  USDX,
  WBTC,
  WETH,
} from '../../../test/support/aave-world.ts'
import { ALL, type Status } from '../../model/index.ts'
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

function breach(setting: Setting, wbtc = 22_680) {
  const { world, venue } = open(setting)
  world.answers.WBTC = wbtc
  world.tick(venue, 0)
  return { world, venue }
}

describe('a liquidation is refused', () => {
  const status = (setting: Setting, fields: Fields = {}, amount = 1000): Status => {
    const { world, venue } = breach(setting)
    return world.act(venue, 'liquidate', liquidation(amount, fields)).status
  }

  it('not, when the account is in breach', () => expect(status(loan)).toBe('applied'))
  it('for an asset or account there is none of', () => {
    expect(status(loan, { asset: 9 })).toBe('unknown')
    expect(status(loan, { asset2: -1 })).toBe('unknown')
    expect(status(loan, { account: 7 })).toBe('unknown')
    expect(status(loan, { account: -1 })).toBe('unknown')
  })
  it('for collateral the account does not have, and debt it does not owe', () => {
    expect(status(loan, { asset: WETH })).toBe('unknown')
    expect(status(loan, { asset2: WETH })).toBe('unknown')
  })
  it('while either reserve is paused or not active', () => {
    for (const asset of ['USDX', 'WBTC'])
      for (const fields of [{ paused: true }, { active: false }])
        expect(status({ ...loan, reserves: reserves(asset, fields) })).toBe('paused')
    expect(status({ ...loan, reserves: reserves('WETH', { paused: true }) })).toBe('applied')
  })
  it('not while a reserve is frozen', () => {
    for (const asset of ['USDX', 'WBTC']) expect(status({ ...loan, reserves: reserves(asset, { frozen: true }) })).toBe('applied')
  })
  it('by nothing to pay with, and for nothing', () => {
    expect(status(loan, { actor: 4 })).toBe('funds')
    expect(status(loan, {}, 0)).toBe('empty')
    expect(status(loan, {}, Number.NaN)).toBe('funds')
  })
  it('not to the outside, which may owe', () => expect(status(loan, { actor: OUT })).toBe('applied'))
  it('to the owner himself since 3.4', () => {
    for (const version of VERSIONS) {
      const expected = version >= '3.4' ? 'limit' : 'applied'
      expect([version, status({ ...loan, version }, { actor: ALICE })]).toEqual([version, expected])
    }
  })
  it('when the supply is not enabled as collateral, or weighs nothing', () => {
    const disabled = { ...loan, pool: {} }
    const { world, venue } = open({ ...loan, reserves: reserves('WBTC', { collateral: false }) })
    expect(venue.health(0, venue.prices)).toBe(0)
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('unknown')
    expect(status({ ...disabled, reserves: reserves('WBTC', { ltv: 0, liquidation_threshold: 0 }) })).toBe('unknown')
  })
  it('in the order paused, stale, unknown, healthy, limit, dust, cash, funds, empty', () => {
    const world_of = (setting: Setting, stale: boolean, wbtc = 22_680) => {
      const { world, venue } = breach(setting, wbtc)
      if (stale) {
        world.answers.USDX = Number.NaN
        world.tick(venue, 0)
      }
      return (fields: Fields, amount: number) => world.act(venue, 'liquidate', liquidation(amount, fields)).status
    }
    // each case is wrong in all ways from its own on
    expect(world_of({ ...loan, reserves: reserves('WBTC', { paused: true }) }, true)({ asset2: WETH, actor: ALICE }, 0)).toBe(
      'paused',
    )
    expect(world_of(loan, true)({ asset2: WETH, actor: ALICE }, 0)).toBe('stale')
    expect(world_of(loan, false, 30_000)({ asset2: WETH, actor: ALICE }, 0)).toBe('unknown')
    expect(world_of(loan, false, 30_000)({ actor: ALICE }, 0)).toBe('healthy')
    const dusty: Setting = {
      positions: [
        [0, WBTC, 0.5, 0],
        [0, USDX, 0, 6000],
        [0, WETH, 0, 2.5],
        [1, WBTC, 0, 0.5],
        [1, USDX, 20_000, 0],
      ],
      owners: [0, 2],
    }
    expect(world_of(dusty, false, 23_600)({ actor: ALICE }, ALL)).toBe('limit')
    expect(world_of(dusty, false, 23_600)({ actor: 4 }, ALL)).toBe('dust')
    expect(world_of(dusty, false, 23_600)({ actor: 4 }, 4000)).toBe('cash')
    expect(world_of(loan, false)({ actor: 4 }, 4000)).toBe('funds')
    expect(world_of(loan, false)({}, 0)).toBe('empty')
  })
})

it('offers the same asset although the pool has no cash: the repayment pays most of it', () => {
  // 10,000 USDX against 9,500 of the same, in a pool lent out: 5 % bonus less a tenth of it needs 0.045 USDX of cash per USDX repaid
  const same: Setting = {
    positions: [[0, USDX, 10_000, 9500]],
    reserves: reserves('USDX', { other_debt: 1000 }, [90, 0, 0]),
  }
  const { world, venue } = open(same)
  expect(venue.health(0, venue.prices)).toBeCloseTo(0.86 / 0.95, 12)
  const [offer] = world.offers(venue)
  expect(offer?.debt_max).toBeCloseTo(90 / 0.045, 5)
  expect(
    world.act(venue, 'liquidate', { account: 0, asset: USDX, asset2: USDX, amount: offer?.debt_max as number, actor: BOB })
      .status,
  ).toBe('applied')
  expect(venue.reserve(USDX)?.cash).toBeLessThan(1e-6)
})

describe('versions', () => {
  it('close half of the one debt until 3.2, of the whole debt since 3.3', () => {
    // debts of 200 USDX and 10 WETH at a health above 0.95: the small one goes whole only under the later rule (A13)
    const two: Setting = {
      positions: [
        [0, WBTC, 1, 0],
        [0, USDX, 0, 200],
        [0, WETH, 0, 10],
      ],
    }
    for (const version of VERSIONS) {
      const { world, venue } = breach({ ...two, version }, 20_500)
      expect(venue.health(0, venue.prices)).toBeGreaterThan(0.95)
      world.act(venue, 'liquidate', liquidation(ALL))
      const paid = 1e6 - world.ledger.balance(BOB, USDX)
      expect([version, paid]).toEqual([version, expect.closeTo(version >= '3.3' ? 200 : 100, 6)])
    }
  })
  it('close everything at a health of 0.95 and below in every version', () => {
    for (const version of VERSIONS) {
      const { world, venue } = breach({ ...loan, version }, 22_600)
      expect(venue.health(0, venue.prices)).toBeLessThanOrEqual(0.95)
      world.act(venue, 'liquidate', liquidation(ALL))
      expect(1e6 - world.ledger.balance(BOB, USDX)).toBeCloseTo(20_500, 6)
    }
  })
  it('know dust since 3.3', () => {
    for (const version of VERSIONS) {
      const { world, venue } = breach({ ...loan, version }, 21_500)
      const { status } = world.act(venue, 'liquidate', liquidation(19_500.000001))
      expect([version, status]).toEqual([version, version >= '3.3' ? 'dust' : 'applied'])
    }
  })
  it('leave debt without collateral to its owner until 3.2, make it a deficit since 3.3', () => {
    for (const version of VERSIONS) {
      const { world, venue } = breach({ ...loan, version }, 20_250)
      world.act(venue, 'liquidate', liquidation(ALL))
      const kinds = rows(world.log).map(({ kind }) => kind)
      if (version >= '3.3') {
        expect(kinds).toEqual(['liquidate', 'bad_debt'])
        expect(venue.shortfall_usd()).toBe(0)
        expect(venue.deficit_usd()).toBeCloseTo(1214.285714, 5)
      } else {
        expect(kinds).toEqual(['liquidate'])
        expect(venue.shortfall_usd()).toBeCloseTo(1214.285714, 5)
        expect(venue.deficit_usd()).toBe(0)
        expect(venue.health(0, venue.prices)).toBe(0)
        expect(world.offers(venue)).toEqual([])
      }
      expect(venue.violations()).toEqual([])
    }
  })
  it('leaves the debt of an inactive reserve out of the deficit', () => {
    const two: Setting = {
      positions: [...loan.positions, [0, WETH, 0, 1]],
      reserves: reserves('WETH', { active: false }, [79_500, 1, 99]),
    }
    const { world, venue } = breach(two, 20_250)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
    expect(venue.reserve(USDX)?.debt).toBe(0)
    expect(venue.reserve(WETH)?.debt).toBe(1)
    expect(venue.shortfall_usd()).toBe(1800)
    expect(rows(world.log).map(({ kind, asset }) => [kind, asset])).toEqual([
      ['liquidate', WBTC],
      ['bad_debt', USDX],
    ])
  })
  it('weigh by the mean threshold in whole basis points until 3.4', () => {
    const mixed: Setting = {
      positions: [
        [0, WBTC, 1, 0],
        [0, WETH, 1, 0],
        [0, USDX, 0, 10_000],
      ],
      reserves: reserves('WETH', { ltv: 0.8, liquidation_threshold: 0.83 }, [90_000, 1, 101]),
    }
    const exact = (27_000 * 0.86 + 1800 * 0.83) / 10_000
    const mean = (28_800 * Math.floor(((27_000 * 0.86 + 1800 * 0.83) / 28_800) * 1e4)) / 1e4 / 10_000
    expect(mean).toBeLessThan(exact)
    for (const version of VERSIONS) {
      const { venue } = open({ ...mixed, version })
      expect([version, venue.health(0, venue.prices)]).toEqual([version, expect.closeTo(version >= '3.5' ? exact : mean, 12)])
    }
  })
})

describe('faults', () => {
  it('a pause by fault stops everything of the reserve; after it a grace period holds liquidations back', () => {
    const { world, venue } = open({ ...loan, pool: { grace_s: 3600 } })
    world.answers.WBTC = 22_680
    world.halted.add('reserve:aave.WBTC')
    world.tick(venue, 60_000)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('paused')
    expect(world.act(venue, 'withdraw', { account: 0, asset: WBTC, amount: 0.1, actor: ALICE }).status).toBe('paused')
    world.halted.clear()
    world.tick(venue, 60_000)
    expect(world.offers(venue)).toEqual([])
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('paused')
    expect(world.act(venue, 'deposit', { account: 0, asset: WBTC, amount: 0.001, actor: ALICE }).status).toBe('applied')
    expect(world.act(venue, 'repay', { account: 0, asset: USDX, amount: 1, actor: ALICE }).status).toBe('applied')
    world.tick(venue, 3_600_000)
    expect(world.offers(venue), 'still held back at the very end of the grace period').toEqual([])
    world.tick(venue, 1)
    expect(world.offers(venue)).toHaveLength(1)
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('applied')
  })
  it('the grace period is unknown to 3.0', () => {
    const { world, venue } = open({ ...loan, version: '3.0', pool: { grace_s: 3600 } })
    world.answers.WBTC = 22_680
    world.halted.add('reserve:aave.WBTC')
    world.tick(venue, 60_000)
    world.halted.clear()
    world.tick(venue, 60_000)
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('applied')
  })
  it('without an oracle answer nothing that needs the price of an account goes', () => {
    const { world, venue } = breach(loan)
    const before = venue.health(0, venue.prices)
    for (const answer of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
      world.answers.WBTC = answer
      world.tick(venue, 0)
      expect(venue.health(0, venue.prices)).toBe(before)
      expect(world.offers(venue)).toEqual([])
      expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('stale')
      expect(world.act(venue, 'borrow', { account: 0, asset: USDX, amount: 1, actor: ALICE }).status).toBe('stale')
      expect(world.act(venue, 'withdraw', { account: 0, asset: WBTC, amount: 0.01, actor: ALICE }).status).toBe('stale')
    }
    expect(world.act(venue, 'repay', { account: 0, asset: USDX, amount: 1, actor: ALICE }).status).toBe('applied')
    expect(world.act(venue, 'deposit', { account: 0, asset: WBTC, amount: 0.01, actor: ALICE }).status).toBe('applied')
    world.answers.WBTC = 22_680
    world.tick(venue, 0)
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('applied')
  })
  it('without an answer for one collateral, all of it may leave if the rest carries the debt', () => {
    const { world, venue } = open({
      positions: [
        [0, WBTC, 1, 0],
        [0, WETH, 1, 0],
        [0, USDX, 0, 20_500],
      ],
    })
    world.answers.WETH = 0
    world.tick(venue, 0)
    const leave = (asset: number, amount: number) =>
      world.act(venue, 'withdraw', { account: 0, asset, amount, actor: ALICE }).status
    // the pool's contract (3.6) drops the flag of an emptied supply before it asks for the account's health
    expect([leave(WBTC, 0.01), leave(WETH, 0.5), leave(WETH, ALL)]).toEqual(['stale', 'stale', 'applied'])
    expect(leave(WBTC, 0.01)).toBe('applied')
  })
  it('the sentinel lets only deep breaches through, and is gone in 3.7', () => {
    for (const version of VERSIONS) {
      const { world, venue } = breach({ ...loan, version, pool: { sentinel: true } }, 22_680)
      world.halted.add('sentinel:aave')
      world.tick(venue, 0)
      const held = version < '3.7'
      expect([version, world.act(venue, 'liquidate', liquidation(100)).status]).toEqual([version, held ? 'paused' : 'applied'])
      expect(world.offers(venue)).toHaveLength(held ? 0 : 1)
      world.answers.WBTC = 21_500
      world.tick(venue, 0)
      expect(world.act(venue, 'liquidate', liquidation(100)).status).toBe('applied')
      expect(world.act(venue, 'borrow', { account: 0, asset: USDX, amount: 1, actor: ALICE }).status).toBe(
        held ? 'paused' : 'margin',
      )
    }
  })
  it('a frozen price goes on liquidating and lending at what it was', () => {
    const { world, venue } = breach(loan)
    world.tick(venue, 30 * DAY_MS)
    expect(world.act(venue, 'liquidate', liquidation(1000)).status).toBe('applied')
  })
})
