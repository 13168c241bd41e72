import { describe, expect, it } from 'vitest'
import {
  ALI,
  bite,
  BOB,
  DAI,
  dent,
  ETH,
  ETH_A_2020,
  EVE,
  flipWorld,
  paid,
  SECOND,
  settle,
  tend,
  USR,
} from '../../../test/support/flip-world.ts'
import { ALL } from '../../model/index.ts'

/** The vault of the upstream test: 40 for 100 at price 5, ratio 2, penalty 10 %; then price 4. */
const happy = (spec: object = {}) => {
  const w = flipWorld([[0, 0, 40, 100]], 5, { ilk: { liquidation_ratio: 2, chop: 0.1 }, spec })
  w.see({ ETH: 4 })
  return w
}

describe('an auction (lending.md §6.1, §6.4)', () => {
  it('happy_bite: 1, then the tab of 110, then 38 of 40 for it; 2 go back to the owner, 38 to the winner', () => {
    const w = happy()
    expect(bite(w)).toEqual({ status: 'applied', amount: 40 })
    expect(w.logged('seize')[0]).toMatchObject({ account: 0, asset: ETH, amount: 40, price: 4, usd: 100 })
    expect(w.logged('seize')[0]?.extra).toBeCloseTo(110, 9)
    expect(tend(w, ALI, 1).status).toBe('applied')
    expect(paid(w, ALI)).toBeCloseTo(1, 9)
    expect(tend(w, BOB, 110).status).toBe('applied')
    expect([paid(w, ALI), paid(w, BOB)].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([0, 110])
    expect(dent(w, ALI, 38)).toEqual({ status: 'applied', amount: 38 })
    expect([paid(w, ALI), paid(w, BOB)].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([110, 0])
    expect(w.ledger.balance(USR, ETH)).toBe(1002)
    expect(w.logged('take')).toEqual([])
    w.see({}, 601 * SECOND)
    expect(settle(w)).toEqual({ status: 'applied', amount: 38 })
    expect(w.ledger.balance(ALI, ETH)).toBe(38)
    const take = w.logged('take')[0]
    expect(take).toMatchObject({ account: 0, actor: ALI, asset: ETH, amount: 38, cause: w.logged('seize')[0]?.row })
    expect(take?.usd).toBeCloseTo(110, 9)
    expect(take?.extra).toBeCloseTo(10, 9)
    expect(take?.price).toBeCloseTo(110 / 38, 9)
    expect(w.logged('bad_debt')).toEqual([])
    expect(w.venue.fund_usd()).toBeCloseTo(10, 9)
    expect(w.offered()).toEqual([])
  })

  it('beg: 1.01 after 1 is refused, 1.07 accepted; a lot of 99 % refused, of 95 % accepted', () => {
    const w = happy()
    bite(w)
    tend(w, ALI, 1)
    expect(tend(w, BOB, 1.01).status).toBe('price')
    expect(tend(w, BOB, 1.07).status).toBe('applied')
    expect(tend(w, ALI, 107).status).toBe('applied')
    // The whole tab is less than a step away and accepted all the same.
    expect(tend(w, BOB, 110).status).toBe('applied')
    expect(dent(w, ALI, 39.6).status).toBe('price')
    expect(dent(w, ALI, 38).status).toBe('applied')
  })

  it('a leader who raises his own bid pays the difference', () => {
    const w = happy()
    bite(w)
    tend(w, ALI, 50)
    tend(w, ALI, 60)
    expect(paid(w, ALI)).toBeCloseTo(60, 9)
    tend(w, ALI, 5000)
    expect(paid(w, ALI)).toBeCloseTo(110, 9)
    dent(w, ALI, 30)
    expect(paid(w, ALI)).toBeCloseTo(110, 9)
    expect(w.logged('transfer').map((row) => Math.round((row.amount ?? 0) * 1e9) / 1e9)).toEqual([50, 10, 50, 0])
  })

  it('nobody else comes: almost nothing is bid for the whole lot, and it wins', () => {
    const w = flipWorld([[0, 0, 50, 6500]], 200, { spec: { surplus: 1000 } })
    w.see({ ETH: 150 })
    bite(w)
    expect(w.venue.shortfall_usd()).toBe(0)
    w.see({ ETH: 100 })
    expect(w.venue.shortfall_usd()).toBeCloseTo(6500 - 50 * 100, 9)
    expect(tend(w, ALI, 1e-6).status).toBe('applied')
    w.see({}, 601 * SECOND)
    expect(w.one('bid', { offer: 0, actor: BOB, amount: ALL, limit: 100 }).status).toBe('stale')
    expect(w.one('bid', { offer: 0, actor: ALI, amount: ALL })).toEqual({ status: 'applied', amount: 50 })
    expect(w.ledger.balance(ALI, ETH)).toBe(50)
    const bad = w.logged('bad_debt')[0]
    expect(bad).toMatchObject({ account: 0, asset: DAI, cause: w.logged('take')[0]?.row })
    expect(bad?.usd).toBeCloseTo(6500 - 1e-6, 6)
    const cover = w.logged('default')[0]
    expect(cover?.usd).toBeCloseTo(1000, 6)
    expect(cover?.extra).toBeCloseTo(5500, 5)
    expect(cover?.cause).toBe(bad?.row)
    expect(w.venue.fund_usd()).toBe(0)
  })

  it('covers the debt before the penalty', () => {
    const w = flipWorld([[0, 0, 50, 6500]], 150)
    bite(w)
    tend(w, ALI, 7000)
    w.see({}, 601 * SECOND)
    settle(w)
    expect(w.logged('take')[0]?.extra).toBeCloseTo(500, 6)
    expect(w.logged('bad_debt')).toEqual([])
    expect(w.venue.fund_usd()).toBeCloseTo(500, 6)
  })

  it('dai of the leading bid lies with the system, which burns it as far as its debt has waited', () => {
    const w = flipWorld([[0, 0, 50, 6500]], 150, { spec: { wait_ms: 1000 } })
    bite(w)
    const { dai, sin } = w.venue.state.system.columns
    w.see({}, 2000)
    tend(w, ALI, 1000)
    expect([dai.data[0], sin.data[0]]).toEqual([0, 5500])
    tend(w, BOB, 2000)
    expect([dai.data[0], sin.data[0]]).toEqual([0, 4500])
    expect(paid(w, ALI)).toBeCloseTo(0, 9)
  })

  it('a bid stands for ttl, each bid starts the clock again, and the end of the auction ends all', () => {
    const w = flipWorld([[0, 0, 50, 6500]], 150, { ilk: { tau_ms: 1_000_000 } })
    bite(w)
    tend(w, ALI, 1000)
    w.see({}, 599 * SECOND)
    expect(settle(w).status).toBe('healthy')
    tend(w, BOB, 2000)
    w.see({}, 1 * SECOND)
    expect(settle(w).status).toBe('healthy')
    tend(w, ALI, 3000)
    w.see({}, 400 * SECOND)
    // Exactly at the end neither bids nor settlement.
    expect(tend(w, BOB, 4000).status).toBe('stale')
    expect(settle(w).status).toBe('healthy')
    expect(w.offered()).toEqual([])
    w.see({}, 1)
    expect(settle(w)).toEqual({ status: 'applied', amount: 50 })
    expect(settle(w).status).toBe('unknown')
  })

  it('nobody bids at all: restarted after its end', () => {
    const w = flipWorld([[0, 0, 50, 6500]], 150)
    bite(w)
    expect(settle(w).status).toBe('healthy')
    w.see({}, ETH_A_2020.tau_ms + 1)
    expect(tend(w, ALI, 1000).status).toBe('stale')
    expect(w.offered()[0]).toMatchObject({ kind: 'redo', id: 0, collateral_max: 50, reward: 0 })
    expect(settle(w)).toEqual({ status: 'applied', amount: 50 })
    expect(w.logged('redo')[0]).toMatchObject({ account: 0, actor: BOB, amount: 50, cause: w.logged('seize')[0]?.row })
    expect(tend(w, ALI, 1000).status).toBe('applied')
  })

  it('maps price and amount to the two phases', () => {
    const w = happy()
    bite(w)
    const bid = (amount: number, limit: number, actor = ALI) => w.one('bid', { offer: 0, actor, amount, limit }).status
    expect(bid(10, 1)).toBe('limit')
    expect(bid(ALL, 0)).toBe('empty')
    expect(bid(0, 1)).toBe('empty')
    expect(bid(ALL, 1, EVE)).toBe('funds')
    expect(bid(ALL, 1)).toBe('applied')
    expect(paid(w, ALI)).toBeCloseTo(40, 9)
    expect(bid(ALL, 1e6, BOB)).toBe('applied')
    expect(paid(w, BOB)).toBeCloseTo(110, 9)
    expect(bid(ALL, 0)).toBe('empty')
    // 110 for 36 is 3.06 a unit.
    expect(bid(36, 3)).toBe('price')
    expect(bid(36, 3.1)).toBe('applied')
    expect(bid(ALL, 3.1, BOB)).toBe('price')
    expect(bid(ALL, 4, BOB)).toBe('applied')
    expect(w.venue.state.auctions.columns.lot.data[0]).toBeCloseTo(27.5, 9)
    expect(bid(20, 0, EVE)).toBe('funds')
  })

  it('offers the least bid that leads, at its price', () => {
    const w = happy()
    bite(w)
    expect(w.offered()[0]).toMatchObject({ kind: 'auction', id: 0, price: 0, debt_min: 0, collateral_max: 40 })
    tend(w, ALI, 100)
    expect(w.offered()[0]?.debt_min).toBeCloseTo(105, 9)
    expect(w.offered()[0]?.price).toBeCloseTo(105 / 40, 9)
    const take = (actor: number) => {
      const offer = w.offered()[0]
      return w.one('bid', { offer: 0, actor, amount: offer?.collateral_max ?? 0, limit: offer?.price ?? 0 }).status
    }
    expect([take(BOB), take(ALI), take(BOB), take(ALI)]).toEqual(Array(4).fill('applied'))
    expect(w.venue.state.auctions.columns.lot.data[0]).toBeCloseTo(40 / 1.05 / 1.05, 9)
    w.see({}, 601 * SECOND)
    expect(w.offered()[0]).toMatchObject({ kind: 'auction', price: 0, debt_max: 0, debt_min: 0 })
  })
})

describe('putting up', () => {
  it('a vault exactly at its limit is safe (strict breach)', () => {
    const w = flipWorld([[0, 0, 1, 1000]], 1500)
    expect(w.venue.health(0, w.venue.prices)).toBe(1)
    expect(bite(w).status).toBe('healthy')
    w.see({ ETH: 1499.999 })
    expect(bite(w).status).toBe('applied')
  })

  it('cut by collateral: pieces of 50 until it is gone, in one act of the keepers without name', () => {
    const w = flipWorld([[0, 0, 120, 13_000]], 150, { spec: { unnamed_max: 1000 } })
    expect(w.wanted().list.map((action) => [action.kind, action.account, action.actor])).toEqual(Array(3).fill(['start', 0, 0]))
    expect([bite(w), bite(w), bite(w)].map((result) => result.amount)).toEqual([50, 50, 20])
    expect(bite(w).status).toBe('healthy')
    expect(w.wanted().list).toEqual([])
    // Debt in proportion to the collateral: 13000 · 50 / 120, twice, and 13000 · 20 / 120.
    expect(w.logged('seize').map((row) => Math.round((row.usd ?? 0) * 1e6) / 1e6)).toEqual([
      5416.666667, 5416.666667, 2166.666667,
    ])
  })

  it('cut by debt: a piece raises the dunk, the box limits the sum, room below dust is none', () => {
    const ilk = { cut: { kind: 'dunk', dunk: 50_000 }, dust: 100 }
    const w = flipWorld([[0, 0, 1000, 130_000]], 150, { ilk, spec: { box: 75_050 } })
    expect(bite(w).status).toBe('applied')
    expect(w.logged('seize')[0]?.extra).toBeCloseTo(50_000, 6)
    expect(w.logged('seize')[0]?.amount).toBeCloseTo((1000 * 50_000) / 1.13 / 130_000, 9)
    bite(w)
    expect(w.logged('seize')[1]?.extra).toBeCloseTo(25_050, 6)
    expect(bite(w).status).toBe('limit')
    expect(w.offered().map((offer) => offer.kind)).toEqual(['auction', 'auction'])
    tend(w, ALI, 50_000)
    w.see({}, 601 * SECOND)
    settle(w)
    expect(bite(w).status).toBe('applied')
  })

  it('may leave a vault below dust, whose owner can then only pay it off', () => {
    const w = flipWorld([[0, 0, 51, 6700]], 150, { ilk: { dust: 1000 } })
    bite(w)
    expect(w.venue.state.vaults.columns.art.data[0]).toBeCloseTo(6700 / 51, 9)
    expect(w.one('deposit', { account: 0, asset: ETH, amount: 10, actor: USR }).status).toBe('dust')
    expect(w.one('repay', { account: 0, asset: DAI, amount: 1, actor: USR }).status).toBe('dust')
    expect(w.one('repay', { account: 0, asset: DAI, amount: ALL, actor: USR }).status).toBe('applied')
  })

  it('needs a price: without one nothing is put up or drawn, but bids, settlement and repayment go on', () => {
    const w = flipWorld([[0, 0, 100, 13_000]], 150)
    bite(w)
    w.see({ ETH: Number.NaN })
    expect(w.offered().map((offer) => offer.kind)).toEqual(['auction'])
    expect(bite(w).status).toBe('stale')
    expect(w.one('withdraw', { account: 0, asset: ETH, amount: 1, actor: USR }).status).toBe('stale')
    expect(tend(w, ALI, 100).status).toBe('applied')
    expect(w.one('repay', { account: 0, asset: DAI, amount: 100, actor: USR }).status).toBe('applied')
    w.see({ ETH: 0 }, 601 * SECOND)
    expect(settle(w).status).toBe('applied')
    expect(bite(w).status).toBe('stale')
  })

  it('a vault without collateral cannot be auctioned and stays a shortfall', () => {
    const w = flipWorld([[0, 0, 0, 10_000]], 150)
    expect(bite(w).status).toBe('empty')
    expect(w.offered()).toEqual([])
    expect(w.venue.shortfall_usd()).toBe(10_000)
  })

  it('reports the blame taken before the vault changed', () => {
    const w = flipWorld([[0, 0, 100, 13_000]], 150)
    const seen: number[] = []
    w.log.blame = (venue, account) => {
      seen.push(venue, account, w.venue.health(account, w.venue.prices))
      return { shares: w.log.open_set(), cause: -1 }
    }
    bite(w)
    expect(seen).toEqual([0, 0, (100 * 150) / 1.5 / 13_000])
  })
})

describe('keepers without name', () => {
  const vaults = [
    [0, 0, 100, 13_000],
    [1, 0, 100, 13_000],
  ]

  it('do so many chores a tick and no more', () => {
    const w = flipWorld(vaults, 150, { spec: { unnamed_max: 3 } })
    const starts = () => w.wanted().list
    expect(starts().map((action) => action.account)).toEqual([0, 0, 1])
    for (const action of starts()) w.one('start', { account: action.account, actor: 0 })
    expect(starts()).toEqual([])
    w.see({}, 60 * SECOND)
    expect(starts().map((action) => action.account)).toEqual([1])
  })

  it('restart what nobody bid in, and settle what the winner leaves lying for longer than the grace', () => {
    const w = flipWorld(vaults, 150, { spec: { unnamed_max: 10, deal_grace_ms: 60_000 } })
    for (const account of [0, 0, 1, 1]) bite(w, account)
    tend(w, ALI, 100, 1)
    w.see({}, 650 * SECOND)
    expect(w.wanted().list).toEqual([])
    w.see({}, 11 * SECOND)
    expect(w.wanted().list.map((action) => action.offer)).toEqual([1])
    w.see({}, ETH_A_2020.tau_ms)
    expect(w.wanted().list.map((action) => action.offer)).toEqual([0, 1, 2, 3])
    for (const { offer } of w.wanted().list) w.one('start', { offer, actor: 0 })
    expect(w.logged('take').map((row) => row.actor)).toEqual([ALI])
    expect(w.logged('redo')).toHaveLength(3)
    expect(w.wanted().list).toEqual([])
  })
})
