import { describe, expect, it } from 'vitest'
import {
  ANN,
  BOB,
  BOOK,
  DAN,
  ETH,
  KEEPER,
  LUSD,
  type Rows,
  start,
  total,
  type World,
  world,
} from '../../../test/support/trove-world.ts'
import { ALL } from '../../model/index.ts'

describe('liquidation in normal mode', () => {
  it('L1: the pool takes all, depositors share the collateral, the keeper gets 200 LUSD and 0.5 %', () => {
    const w = world(BOOK, [
      [DAN, 10_000],
      [0, 10_000],
      [0, 10_000],
    ])
    w.see({ ETH: 100 })
    expect(start(w, 1)).toEqual({ status: 'applied', amount: 100 })
    expect([w.ledger.balance(KEEPER, LUSD), w.ledger.balance(KEEPER, ETH)]).toEqual([200, 0.5])
    expect(w.one('withdraw', { account: 3, actor: DAN, asset: ETH, amount: ALL }).amount).toBeCloseTo(33.166666666666667, 12)
    // Another trove is still below 110 %: no LUSD leaves.
    expect(w.one('withdraw', { account: 3, actor: DAN, asset: LUSD, amount: ALL }).status).toBe('limit')
    w.see({ ETH: 120 })
    expect(w.one('withdraw', { account: 3, actor: DAN, asset: LUSD, amount: ALL }).amount).toBeCloseTo(6666.6666666667, 9)
    expect(w.logged('liquidate')[0]).toMatchObject({
      account: 1,
      actor: KEEPER,
      asset: ETH,
      amount: 100,
      price: 100,
      usd: 10_000,
      extra: 0,
    })
    expect(w.logged('fee')[0]).toMatchObject({ amount: 0.5, usd: 250 })
    expect(w.logged('bad_debt')).toEqual([])
  })

  it('a ratio of exactly 110 % is safe, the next price below is not', () => {
    const w = world(BOOK, [[0, 50_000]])
    w.see({ ETH: 110 })
    expect([w.venue.health(1, w.venue.prices), start(w, 1).status]).toEqual([1, 'healthy'])
    w.see({ ETH: 109.999 })
    expect(start(w, 1).status).toBe('applied')
  })

  it('an empty pool: debt and collateral go to the other troves by stake, and make them worse', () => {
    const w = world(BOOK)
    w.see({ ETH: 100 })
    const before = w.venue.health(2, w.venue.prices)
    start(w, 1)
    // 60 of 10,060: 99.5 ETH and 10,000 LUSD.
    expect(w.venue.health(2, w.venue.prices)).toBeCloseTo(
      ((60 + (99.5 * 60) / 10_060) * 100) / (6000 + (10_000 * 60) / 10_060) / 1.1,
      12,
    )
    expect(w.venue.health(2, w.venue.prices)).toBeLessThan(before)
    expect(total(w)).toEqual([10_159.5, 116_000, 0, 0])
    expect(w.logged('liquidate')[0]?.extra).toBe(10_000)
  })

  it('redistribution alone takes a trove below 110 %, and the book sees it', () => {
    const w = world([...BOOK.slice(0, 2), [ANN, 60, 5450]])
    w.see({ ETH: 100 })
    expect(w.venue.below().count).toBe(1)
    start(w, 1)
    // 60.593 ETH at 100 for 5,509.6.
    expect([...w.venue.below().rows.subarray(0, w.venue.below().count)]).toEqual([2])
    expect(start(w, 2).status).toBe('applied')
  })

  it('a pool too small: it takes its part, the others the rest', () => {
    const w = world(BOOK, [[0, 4000]])
    w.see({ ETH: 100 })
    start(w, 1)
    expect(total(w)[2]).toBe(0)
    expect(total(w)[3]).toBeCloseTo(39.8, 12)
    expect(total(w)[1]).toBe(112_000)
    // New money does not share in what came before.
    w.see({ ETH: 200 })
    expect(w.one('deposit', { account: 3, actor: DAN, asset: LUSD, amount: 10 }).status).toBe('unknown')
  })

  it('under water: the pool bears the loss, and so it is logged', () => {
    const w = world(BOOK, [[0, 50_000]])
    w.see({ ETH: 90 })
    start(w, 1)
    expect(w.logged('bad_debt')[0]).toMatchObject({ account: 1, amount: 1000, usd: 1000 })
    expect(w.logged('default')[0]).toMatchObject({ amount: 1000, cause: w.logged('bad_debt')[0]?.row })
  })

  it('the last trove stays, a closed one is unknown', () => {
    const w = world([
      [ANN, 10, 2000],
      [ANN, 10, 2000],
    ])
    w.see({ ETH: 150 })
    expect([start(w, 0).status, start(w, 0).status, start(w, 1).status]).toEqual(['applied', 'unknown', 'limit'])
  })

  it('anyone may, the owner too; what is left without owner goes outside', () => {
    const w = world([...BOOK, [0, 25, 2000]], [[0, 50_000]])
    w.see({ ETH: 90 })
    expect(w.one('start', { account: 1, actor: ANN }).status).toBe('applied')
  })
})

describe('recovery mode', () => {
  /** Ratio of the system at 150: 300 · 150 ÷ 32,000 = 141 %. */
  const tight: Rows = [
    [BOB, 200, 20_000],
    [ANN, 60, 7000],
    [ANN, 40, 5000],
  ]

  it('begins below 150 %, exactly 150 % is normal', () => {
    const w = world(tight, [[0, 50_000]], {}, 200)
    w.see({ ETH: 160 })
    expect([start(w, 2).status, w.venue.below().count]).toEqual(['healthy', 0])
    w.see({ ETH: 159.99 })
    expect(w.venue.below().count).toBe(2)
    expect(w.venue.health(2, w.venue.prices)).toBeCloseTo(40 / 5000 / (300 / 32_000), 12)
  })

  it('takes troves under the ratio of the system at 110 % of their debt, the rest goes back', () => {
    const w = world(tight, [[DAN, 50_000]])
    w.see({ ETH: 150 })
    // 40 ETH at 150 for 5,000: 120 %. 5,500 ÷ 150 = 36.67 are taken, 0.5 % of them for the keeper.
    expect(start(w, 2).amount).toBeCloseTo(36.666666666666664, 12)
    expect(w.ledger.balance(KEEPER, ETH)).toBeCloseTo(0.18333333333333332, 12)
    expect(w.ledger.balance(ANN, ETH)).toBeCloseTo(103.33333333333333, 12)
    expect(total(w)[3]).toBeCloseTo(36.48333333333333, 12)
  })

  it('but not those the pool cannot take whole', () => {
    const w = world(tight, [[0, 6000]])
    w.see({ ETH: 150 })
    expect([...w.venue.below().rows.subarray(0, w.venue.below().count)]).toEqual([2])
    expect([start(w, 1).status, start(w, 2).status, start(w, 1).status]).toEqual(['limit', 'applied', 'limit'])
  })

  it('at 100 % or below all is redistributed, the pool untouched', () => {
    const w = world(tight, [[0, 50_000]])
    w.see({ ETH: 125 })
    expect(start(w, 2).status).toBe('applied')
    expect(total(w)).toEqual([299.8, 32_000, 50_000, 0])
  })

  it('no withdrawal, no closing, no fee; borrowing only above 150 % and not to the worse', () => {
    const w = world([...tight, [ANN, 100, 3000]], [[0, 1000]])
    w.see({ ETH: 120 })
    const ann = (kind: 'withdraw' | 'repay' | 'borrow' | 'deposit', account: number, asset: number, amount: number) =>
      w.one(kind, { account, actor: ANN, asset, amount }).status
    expect(ann('withdraw', 3, ETH, 1)).toBe('margin')
    expect(ann('repay', 3, LUSD, ALL)).toBe('margin')
    expect(ann('borrow', 3, LUSD, 100)).toBe('margin')
    expect(ann('deposit', 2, ETH, 1)).toBe('applied')
    expect(ann('repay', 2, LUSD, 1000)).toBe('applied')
  })
})

describe('owners', () => {
  const open = () => world([...BOOK, [ANN, 100, 3000]])
  const act = (w: World, kind: 'withdraw' | 'repay' | 'borrow' | 'deposit', asset: number, amount: number, actor = ANN) =>
    w.one(kind, { account: 3, actor, asset, amount })

  it('put in, take out, draw with a fee of 0.5 %, repay, close', () => {
    const w = open()
    expect(act(w, 'deposit', ETH, 10).amount).toBe(10)
    expect(act(w, 'withdraw', ETH, 5).amount).toBe(5)
    expect(act(w, 'borrow', LUSD, 1000).amount).toBe(1000)
    expect(w.logged('fee')[0]).toMatchObject({ asset: LUSD, amount: 5 })
    expect(act(w, 'repay', LUSD, 1005).amount).toBe(1005)
    expect(act(w, 'repay', LUSD, ALL).amount).toBeCloseTo(2800, 9)
    expect(w.ledger.balance(ANN, ETH)).toBe(200)
    expect(w.venue.health(3, w.venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(act(w, 'deposit', ETH, 1).status).toBe('unknown')
  })

  it('refuses in the order unknown, limit, dust, funds, margin, empty', () => {
    const w = open()
    expect(act(w, 'withdraw', ETH, 1, BOB).status).toBe('unknown')
    expect(act(w, 'withdraw', LUSD, 1).status).toBe('unknown')
    expect(act(w, 'deposit', ETH, 0).status).toBe('empty')
    expect(act(w, 'withdraw', ETH, 200).status).toBe('funds')
    expect(act(w, 'withdraw', ETH, 84).status).toBe('margin')
    expect(act(w, 'borrow', LUSD, 16_000).status).toBe('margin')
    expect(act(w, 'repay', LUSD, 1001).status).toBe('dust')
    expect(act(w, 'deposit', ETH, 1000).status).toBe('funds')
    expect(w.one('liquidate', { account: 3, actor: ANN, amount: 1 }).status).toBe('unknown')
    expect(w.one('deposit', { account: 9, actor: ANN, asset: ETH, amount: 1 }).status).toBe('unknown')
    // Two reasons at once: the ratio stays below 110 % as well.
    w.see({ ETH: 20 })
    expect(act(w, 'deposit', ETH, 1000).status).toBe('funds')
    expect(act(w, 'deposit', ETH, 0).status).toBe('margin')
  })

  it('a top-up that leaves the ratio below 110 % is refused, one that restores it is taken', () => {
    const w = world(BOOK)
    w.see({ ETH: 100 })
    const top_up = (amount: number) => w.one('deposit', { account: 1, actor: ANN, asset: ETH, amount }).status
    expect([top_up(9), top_up(10)]).toEqual(['margin', 'applied'])
  })

  it('takes all as: what may go', () => {
    const w = open()
    expect(act(w, 'withdraw', ETH, ALL).amount).toBeCloseTo(100 - (3000 * 1.1) / 200, 9)
    expect(act(open(), 'borrow', LUSD, ALL).amount).toBeCloseTo(((100 * 200) / 1.1 - 3000) / 1.005, 6)
  })
})

describe('redemption', () => {
  const redeem = (w: World, amount: number, limit = 0) => w.one('redeem', { actor: BOB, asset: ETH, amount, limit })

  it('goes from the lowest ratio up, closes what it empties, and costs 0.5 % plus half the share redeemed', () => {
    const w = world([
      [ANN, 40, 2000],
      [ANN, 41, 2000],
      [BOB, 2000, 46_000],
      [0, 45, 2000],
    ])
    // As in the reference: 3,600 of 52,000, over 2.
    const rate = 0.005 + 1800 / 52_000
    expect(redeem(w, 5000)).toMatchObject({ status: 'partial' })
    expect(w.ledger.balance(BOB, ETH)).toBeCloseTo(18 * (1 - rate), 12)
    expect(w.ledger.balance(BOB, LUSD)).toBe(46_400)
    expect(w.ledger.balance(ANN, ETH)).toBe(100 + 31 + 32)
    expect(w.logged('redeem').map(({ account, usd }) => [account, usd])).toEqual([
      [0, 1800],
      [1, 1800],
    ])
    // Half a day later the base rate is half.
    w.see({}, 43_200_000)
    expect(w.offered()[0]).toMatchObject({ kind: 'redemption' })
    expect(w.offered()[0]?.price).toBeCloseTo(200 / (1 - 0.005 - 900 / 52_000), 9)
  })

  it('of equal ratios begins with the older trove, as a list does in which the younger is sorted in above its equals', () => {
    const w = world([
      [ANN, 2000, 46_000],
      [ANN, 60, 4000],
      [BOB, 60, 4000],
    ])
    expect(redeem(w, 100).status).toBe('applied')
    expect(w.logged('redeem').map(({ account }) => account)).toEqual([1])
  })

  it('skips troves below 110 %, keeps to the limit on the price, and waits for its day', () => {
    const w = world([...BOOK, [ANN, 20, 2000]], [], { redeemable_after_ms: 1000 })
    expect(redeem(w, 100).status).toBe('limit')
    w.see({ ETH: 109 }, 1000)
    expect(redeem(w, 100, 109).status).toBe('price')
    expect(redeem(w, 100).status).toBe('applied')
    // Troves 1, 2 and 3 are below 110 %.
    expect(w.logged('redeem').map(({ account }) => account)).toEqual([0])
    expect(redeem(w, 1e6).status).toBe('funds')
    expect(w.one('redeem', { actor: BOB, asset: ETH, amount: 0 }).status).toBe('empty')
  })

  it('is off while the system is below 110 %', () => {
    const w = world(BOOK)
    w.see({ ETH: 12 })
    expect([redeem(w, 100).status, w.offered().filter(({ kind }) => kind === 'redemption')]).toEqual(['limit', []])
  })
})
