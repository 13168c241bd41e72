// The venue: what owners may do, who is liquidated with whom, what is absorbed, interest and limits of the layer; beside the exact vault.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALICE,
  BOB,
  CAROL,
  HOUR_MS,
  liquidation,
  open,
  type Position,
  USDC,
  vault,
  WETH,
} from '../../../test/support/fluid-world.ts'
import { ALL, InputError, PoolState, Statement } from '../../model/index.ts'
import { ReferenceVault } from './reference.ts'
import { SETTINGS } from './reference-rows.ts'

const YEAR_MS = 365 * 24 * HOUR_MS
const CURVE = { kink: 0.8, base: 0.02, at_kink: 0.1, at_full: 1 }

const leg = (venue: { statement(row: number, out: Statement): void }, row: number, side: 1 | -1) => {
  const out = new Statement()
  venue.statement(row, out)
  const i = out.side.indexOf(side)
  return i < 0 || i >= out.count ? { units: 0, weight: 0 } : { units: out.quantity[i] as number, weight: out.weight[i] as number }
}
const debt = (venue: Parameters<typeof leg>[0], row: number) => leg(venue, row, -1).units
const held = (venue: Parameters<typeof leg>[0], row: number) => leg(venue, row, 1).units

const fall = (positions: readonly Position[], price: number, change: Parameters<typeof open>[1] = {}) => {
  const out = open(positions, change)
  out.world.answers['WETH'] = price
  out.world.tick(out.venue, 0)
  return out
}
const wad = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const evenly = (low: number, high: number) =>
  fc.integer({ min: Math.ceil(low * 1e6), max: Math.floor(high * 1e6) }).map((x) => x / 1e6)

describe('the venue beside the exact vault', () => {
  it('books of any size, prices that fall and recover, liquidations of any part and absorptions', () => {
    const event = fc.tuple(evenly(880, 1_000), evenly(0.05, 1))
    const position = fc.tuple(evenly(0.1, 10), evenly(0.5, 0.795))
    fc.assert(
      fc.property(
        fc.array(position, { minLength: 1, maxLength: 6 }),
        fc.array(event, { minLength: 1, maxLength: 5 }),
        (drawn, events) => {
          const positions = drawn.map(([collateral, ltv]): Position => [collateral, Math.round(collateral * ltv * 1e9) / 1e6])
          const exact = new ReferenceVault(SETTINGS, 1_000n * 10n ** 27n)
          for (const [collateral, owed] of positions) exact.open(wad(collateral), wad(owed))
          const { world, venue } = open(positions)
          let compared = 0
          for (const [price, part] of events) {
            world.answers['WETH'] = price
            world.tick(venue, HOUR_MS)
            exact.price = wad(price) * 10n ** 9n
            const offers = world.offers(venue).filter(({ kind }) => kind === 'liquidation')
            const all = offers.reduce((sum, { debt_max }) => sum + debt_max, 0)
            if (all < 1) continue
            const amount = Math.round(all * part * 1e6) / 1e6
            const got = world.act(venue, 'liquidate', { ...liquidation(amount), account: offers[0]?.id as number })
            const wanted = exact.liquidate(wad(amount), false)
            expect(got.status).toBe('applied')
            expect(got.amount / (Number(wanted.collateral) / 1e18)).toBeCloseTo(1, 4)
            compared++
            expect(venue.violations()).toEqual([])
          }
          if (compared === 0) return
          positions.forEach(([collateral, owed], row) => {
            const left = exact.position(row)
            // Absorbed here when its own turn comes, there with the next liquidation.
            if (left.collateral === 0n || held(venue, row) === 0) return
            expect(Math.abs(held(venue, row) - Number(left.collateral) / 1e18)).toBeLessThan(collateral * 1.5e-4)
            expect(Math.abs(debt(venue, row) - Number(left.debt) / 1e18)).toBeLessThan(owed * 2e-4)
          })
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('liquidation', () => {
  it('offers of all rows together are what one call would take', () => {
    const { world, venue } = fall(
      [
        [10, 7_990],
        [10, 7_942.06],
        [10, 3_000],
      ],
      980,
    )
    const offers = world.offers(venue)
    expect(offers.map(({ id }) => id)).toEqual([0, 1])
    const all = offers.reduce((sum, { debt_max }) => sum + debt_max, 0)
    // Vector I3, to the scale of these positions: ticks depend on decimals, so to a tick.
    expect(Math.abs(all / 0.375682 / 1_000 - 1)).toBeLessThan(0.1)
    const result = world.act(venue, 'liquidate', liquidation(1e5, 1))
    expect(result.status).toBe('partial')
    expect(result.amount * 980).toBeCloseTo(all, 6)
    expect(world.offers(venue)).toEqual([])
    for (const row of [0, 1]) expect(venue.health(row, venue.prices)).toBeGreaterThanOrEqual(1)
    expect([debt(venue, 2), held(venue, 2)]).toEqual([3_000, 10])
    expect(world.log.length).toBe(2)
    expect(world.log.columns.account.data.subarray(0, 2)).toEqual(Int32Array.of(0, 1))
  })

  it('pays the penalty on what is above the threshold, and no more', () => {
    const { world, venue } = fall([[10, 7_990]], 950, { vaults: [vault({ penalty: 0.05, max_limit: 0.92 })] })
    const [offer] = world.offers(venue)
    expect(offer?.price).toBeCloseTo(950 / 1.05, 9)
    const { amount } = world.act(venue, 'liquidate', liquidation(ALL))
    expect(amount * (950 / 1.05)).toBeCloseTo(offer?.debt_max as number, 6)
    const loan_to_value = debt(venue, 0) / (held(venue, 0) * 950)
    expect(loan_to_value).toBeLessThan(0.81)
    expect(loan_to_value).toBeGreaterThan(0.81 / 1.0015 / 1.003)
  })

  it('counts what is owed at the tick above, which is the weight of the debt', () => {
    const { venue } = open([[10, 7_990]])
    const { units, weight } = leg(venue, 0, -1)
    expect(units).toBeCloseTo(7_990, 9)
    // 0.799 · 1,000 is tick ⌈ln 799 ÷ ln 1.0015⌉ = 4459.
    expect(units * weight).toBeCloseTo(10 * 1.0015 ** 4459, 6)
    expect(venue.health(0, venue.prices)).toBeCloseTo((10 * 1_000 * 0.81) / (units * weight), 12)
  })

  it('leaves nothing behind when a bundle is refused', () => {
    const { world, venue } = fall(
      [
        [10, 7_990],
        [10, 7_500],
      ],
      850,
    )
    world.offers(venue)
    const before = world.store.hash()
    const results = world.bundle(
      venue,
      ['start', { account: 0, actor: BOB }],
      ['liquidate', liquidation(100, 1)],
      ['liquidate', liquidation(100, 0)],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'unknown'])
    expect(world.store.hash()).toBe(before)
  })
})

describe('absorption', () => {
  const sunk = (change: Parameters<typeof open>[1] = {}) =>
    fall(
      [
        [10, 7_990],
        [10, 7_500],
        [10, 1_000],
      ],
      850,
      change,
    )

  it('is done by whoever liquidates another, first; by an offer; or by bots', () => {
    const { world, venue } = sunk({ more: { absorber: 'offers' } })
    expect(world.offers(venue).map(({ kind, id, reward }) => [kind, id, reward])).toEqual([
      ['start', 0, 0],
      ['liquidation', 1, 0],
    ])
    expect(world.act(venue, 'start', { account: 1, actor: BOB }).status).toBe('limit')
    expect(world.act(venue, 'start', { account: 2, actor: BOB }).status).toBe('healthy')
    expect(world.act(venue, 'liquidate', liquidation(100, 1)).status).toBe('applied')
    expect([debt(venue, 0), held(venue, 0)]).toEqual([0, 0])
    expect(venue.vault(0).absorbed_collateral).toBe(10)
    expect([world.log.kind(0), world.log.kind(1)]).toEqual(['seize', 'liquidate'])
    expect(venue.violations()).toEqual([])
    expect(
      sunk()
        .world.offers(sunk().venue)
        .map(({ kind }) => kind),
    ).toEqual(['liquidation'])
  })

  it('what was absorbed is for sale at its debt, in parts', () => {
    const { world, venue } = sunk({ more: { absorber: 'offers' } })
    world.act(venue, 'start', { account: 0, actor: BOB })
    const { absorbed_debt } = venue.vault(0)
    const auction = world.offers(venue).find(({ kind }) => kind === 'auction')
    expect(auction).toMatchObject({ id: 0, collateral_max: 10, price: absorbed_debt / 10 })
    const bid = (amount: number, fields = {}) => world.act(venue, 'bid', { offer: 0, amount, actor: CAROL, ...fields })
    expect(bid(1, { limit: 700 }).status).toBe('price')
    expect(bid(11).status).toBe('cash')
    const paid = world.ledger.balance(CAROL, USDC)
    expect(bid(4).amount).toBe(4)
    expect(paid - world.ledger.balance(CAROL, USDC)).toBeCloseTo(absorbed_debt * 0.4, 6)
    expect(bid(ALL).amount).toBe(6)
    expect(venue.vault(0)).toMatchObject({ absorbed_collateral: 0, absorbed_debt: 0 })
    expect(bid(1).status).toBe('unknown')
    expect(venue.violations()).toEqual([])
  })
})

describe('owners', () => {
  it('borrow and withdraw up to the collateral factor, all of it to the tick', () => {
    const { world, venue } = open([[10, 1_000]])
    const own = (kind: 'borrow' | 'withdraw', amount: number) =>
      world.act(venue, kind, { account: 0, asset: kind === 'borrow' ? USDC : WETH, amount, actor: ALICE }).status
    expect(own('borrow', 7_001)).toBe('margin')
    expect(own('borrow', ALL)).toBe('applied')
    expect(debt(venue, 0)).toBeGreaterThan(8_000 / 1.0031)
    expect(debt(venue, 0)).toBeLessThanOrEqual(8_000)
    expect(own('withdraw', 0.1)).toBe('margin')
    world.act(venue, 'repay', { account: 0, asset: USDC, amount: 4_000, actor: CAROL })
    expect(own('withdraw', ALL)).toBe('applied')
    expect(debt(venue, 0) / (held(venue, 0) * 1_000)).toBeGreaterThan(0.8 / 1.0031)
    world.act(venue, 'repay', { account: 0, asset: USDC, amount: ALL, actor: CAROL })
    expect(own('withdraw', ALL)).toBe('applied')
    expect([held(venue, 0), debt(venue, 0)]).toEqual([0, 0])
    expect(venue.violations()).toEqual([])
  })

  it('after a liquidation, what makes safer never raises the ratio, what makes riskier never lowers it', () => {
    const { world, venue } = fall([[10, 7_990]], 960)
    world.act(venue, 'liquidate', liquidation(200))
    const before = venue.health(0, venue.prices)
    world.act(venue, 'deposit', { account: 0, asset: WETH, amount: 1e-6, actor: CAROL })
    const after = venue.health(0, venue.prices)
    expect(after).toBeGreaterThanOrEqual(before)
    world.answers['WETH'] = 1_100
    world.tick(venue, 0)
    const richer = venue.health(0, venue.prices)
    expect(world.act(venue, 'withdraw', { account: 0, asset: WETH, amount: 1e-6, actor: ALICE }).status).toBe('applied')
    expect(venue.health(0, venue.prices)).toBeLessThanOrEqual(richer)
  })

  it('are bound by limits that give way with time, liquidators by less of them', () => {
    const borrow_limit = { share: 0.2, duration_s: 3_600, base: 1_000, most: 12_000 }
    const withdrawal_limit = { share: 0.1, duration_s: 3_600, base: 1 }
    const { world, venue } = open([[100, 5_000]], { vaults: [vault({ borrow_limit, withdrawal_limit, withdrawal_gap: 0.05 })] })
    const borrow = (amount: number) => world.act(venue, 'borrow', { account: 0, asset: USDC, amount, actor: ALICE }).status
    const withdraw = (amount: number) => world.act(venue, 'withdraw', { account: 0, asset: WETH, amount, actor: ALICE }).status
    expect(borrow(1_001)).toBe('limit')
    expect(borrow(1_000)).toBe('applied')
    expect(borrow(1)).toBe('limit')
    world.tick(venue, HOUR_MS / 2)
    // 6,000 + 6,000 · 20 % · ½
    expect(borrow(601)).toBe('limit')
    expect(borrow(599)).toBe('applied')
    // 100 − 10 must stay; the gap keeps 5 of the 10.
    expect(withdraw(5.001)).toBe('limit')
    expect(withdraw(4.999)).toBe('applied')
  })
})

describe('interest', () => {
  it('follows the curve; suppliers, the vault’s collateral among them, get it less the fee', () => {
    const { world, venue } = open([[10_000, 400_000]], { usdc: { curve: CURVE, fee: 0.2, other_debt: 0 } })
    // Utilisation 40 %: halfway to the kink.
    world.tick(venue, YEAR_MS)
    expect(debt(venue, 0)).toBeCloseTo(400_000 * 1.06, 6)
    expect(venue.vault(0).borrow_rate).toBeCloseTo(0.06, 12)
    expect(venue.vault(0).supplied).toBeCloseTo(1e6 + 24_000 * 0.8, 4)
    const pool = new PoolState()
    expect(venue.pool_state(0, USDC, pool)).toBe(true)
    expect([pool.cash, pool.claim]).toEqual([600_000, 0])
    expect(venue.pool_state(0, 7, pool)).toBe(false)
    expect(venue.violations()).toEqual([])
  })

  it('brings a position into breach', () => {
    const { world, venue } = open([[10, 7_990]], { usdc: { curve: { ...CURVE, base: 1, at_kink: 1 } } })
    world.tick(venue, YEAR_MS / 50)
    expect(venue.below().count).toBe(1)
    expect(world.act(venue, 'liquidate', liquidation(ALL)).status).toBe('applied')
    expect(venue.violations()).toEqual([])
  })
})

describe('the spec', () => {
  it('refuses what cannot be, by field', () => {
    expect(() => open([[0, 10]])).toThrow(/accounts\.debt\[0\]/)
    expect(() => open([[1, 1, 3]])).toThrow(InputError)
    expect(() => open([[1e4, 2e6]])).toThrow(/pools\[0\]\.supply/)
    expect(() => open([], { vaults: [vault({ debt: 'XYZ' })] })).toThrow(/vaults\[0\]\.debt/)
    expect(() => open([], { vaults: [vault({ debt: 'WETH' })] })).toThrow(/another asset/)
    expect(() => open([], { vaults: [vault({ penalty: 0.1, max_limit: 0.95 })] })).toThrow(/0\.997/)
    expect(() => open([], { vaults: [vault({ collateral_factor: 0.9 })] })).toThrow(/at most liquidation_threshold/)
    expect(() => open([], { usdc: { asset: 'WETH' } })).toThrow(/one pool an asset/)
  })
})
