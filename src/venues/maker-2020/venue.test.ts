import fc from 'fast-check'
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
  type FlipWorld,
  flipWorld,
  SECOND,
  settle,
  tend,
  USR,
} from '../../../test/support/flip-world.ts'
import { ALL, Statement } from '../../model/index.ts'

const lot = [
  [0, 0, 100, 13_000],
  [1, 0, 50, 5000],
  [0, 0, 10, 900],
  [-1, 0, 30, 3800],
]

describe('as a component', () => {
  it('offers the same twice, in rows order', () => {
    const w = flipWorld(lot, 150)
    expect(w.offered()).toEqual(w.offered())
    expect(w.offered().map((offer) => [offer.kind, offer.id])).toEqual([
      ['start', 0],
      ['start', 3],
    ])
    bite(w, 3)
    expect(w.offered()).toEqual(w.offered())
    expect(w.offered().map((offer) => offer.kind)).toEqual(['start', 'auction'])
  })

  it('a refused bundle leaves no trace: state, log, table lengths', () => {
    const w = flipWorld(lot, 150)
    bite(w, 3)
    tend(w, ALI, 100)
    const before = w.store.hash()
    const results = w.all(
      ['start', { account: 0, actor: BOB }],
      ['bid', { offer: 1, actor: ALI, amount: ALL, limit: 1e6 }],
      ['bid', { offer: 1, actor: BOB, amount: 40 }],
      ['bid', { offer: 0, actor: BOB, amount: ALL, limit: 50 }],
      ['repay', { account: 1, asset: DAI, amount: 1000, actor: USR }],
      ['bid', { offer: 9, amount: 1, actor: ALI }],
    )
    expect(results.map((result) => result.status)).toEqual([...Array(5).fill('applied'), 'unknown'])
    expect(w.store.hash()).toBe(before)
    w.check('rolled back')
    expect(bite(w).status).toBe('applied')
  })

  it('reset brings everything back, however far tables grew', () => {
    const vaults = Array.from({ length: 100 }, (_, row) => [row % 2, 0, 120, 14_000 + row])
    const w = flipWorld(vaults, 150, { ilk: { stability_fee: 0.08 }, spec: { unnamed_max: 150 } })
    const live = () => {
      for (let tick = 0; tick < 8; tick++) {
        w.see({ ETH: 150 - tick }, 300 * SECOND)
        for (const { account, offer } of w.wanted().list) w.one('start', { account, offer, actor: 0 })
        for (const offer of w.offered())
          if (offer.kind === 'auction' && offer.id % 3 === 0) tend(w, offer.id % 2 === 0 ? ALI : BOB, 500 * (tick + 1), offer.id)
      }
      w.see({}, 5000 * SECOND)
      for (const { offer } of w.wanted().list) w.one('start', { offer, actor: 0 })
      return w.log.hash()
    }
    const opening = w.store.hash()
    const first = live()
    expect(w.logged('take').length).toBeGreaterThan(50)
    w.reset()
    expect(w.store.hash()).toBe(opening)
    expect(live()).toBe(first)
  })

  it('does not care in which order vaults are listed', () => {
    const vaults = [...lot, [1, 0, 80, 10_000], [0, 0, 5, 760]]
    const play = (w: FlipWorld, row: (k: number) => number) => {
      w.see({ ETH: 140 })
      const statuses = vaults.map((_, k) => bite(w, row(k)).status)
      for (let id = 0; id < w.venue.state.auctions.length; id++) tend(w, ALI, 600, id)
      w.see({}, 601 * SECOND)
      for (let id = 0; id < w.venue.state.auctions.length; id++) settle(w, id)
      return [
        statuses,
        vaults.map((_, k) => w.venue.health(row(k), w.venue.prices)),
        [USR, EVE, ALI].map((actor) => w.ledger.balance(actor, ETH)),
        w.venue.shortfall_usd(),
      ]
    }
    const plain = play(flipWorld(vaults, 200), (k) => k)
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
        const mixed = flipWorld(
          order.map((k) => vaults[k] as number[]),
          200,
        )
        expect(play(mixed, (k) => order.indexOf(k))).toEqual(plain)
      }),
      { numRuns: 40 },
    )
  })

  it('the riskier vault is in breach first, at equal terms', () => {
    const w = flipWorld(lot, 1000)
    const healths = lot.map((_, row) => w.venue.health(row, w.venue.prices))
    const order = [0, 1, 2, 3].sort((a, b) => (healths[a] as number) - (healths[b] as number))
    const fallen: number[] = []
    for (let price = 1000; price > 50; price -= 0.25) {
      w.see({ ETH: price })
      const { count, rows } = w.venue.below()
      for (const row of rows.subarray(0, count)) if (!fallen.includes(row)) fallen.push(row)
    }
    expect(fallen).toEqual(order)
  })

  it('works without vaults', () => {
    const w = flipWorld([], 200, { spec: { unnamed_max: 10 } })
    w.see({ ETH: 10 }, 60 * SECOND)
    expect(w.offered()).toEqual([])
    expect(w.wanted().list).toEqual([])
    expect(bite(w).status).toBe('unknown')
    expect(w.venue.shortfall_usd()).toBe(0)
  })

  it('returns what is saved of a vault without owner to outside', () => {
    const w = flipWorld(lot, 150)
    bite(w, 3)
    tend(w, ALI, 1e9)
    expect(dent(w, BOB, 20).status).toBe('applied')
    w.see({}, 601 * SECOND)
    expect(settle(w).status).toBe('applied')
    expect(w.ledger.balance(BOB, ETH)).toBe(20)
    expect(w.ledger.balance(USR, ETH)).toBe(1000)
  })

  it('tells who is below the level he watches', () => {
    const w = flipWorld(lot, 300)
    w.venue.watch(2, 2.5)
    expect([...w.venue.below().rows.slice(0, w.venue.below().count)]).toEqual([2])
    expect([0, 1, 2, 3].map((row) => w.venue.owner(row))).toEqual([1, 2, 1, -1])
    expect(w.venue.level(2)).toBe(2.5)
  })

  it('publishes the oracle price as a feed, one for all types of one oracle, and its own unit as 1', () => {
    const w = flipWorld(lot, 200, { ilks: [ETH_A_2020, { ...ETH_A_2020, id: 'ETH-B' }] })
    w.see({ ETH: 190 })
    expect([w.feeds.length, w.feeds.price(0), w.feeds.price(1)]).toEqual([2, 190, 1])
  })

  it('refuses specs that do not fit, naming the field', () => {
    expect(() => flipWorld([[9, 0, 1, 1]], 200)).toThrow(/accounts\.owner\[0\] is 9/)
    expect(() => flipWorld([[0, 3, 1, 1]], 200)).toThrow(/accounts\.ilk\[0\] is 3/)
    expect(() => flipWorld([[0, 0, Number.NaN, 1]], 200)).toThrow(/accounts\.collateral\[0\]/)
    expect(() => flipWorld([], 200, { ilk: { asset: 'X' } })).toThrow(/ilks\[0\]\.asset/)
    expect(() => flipWorld([], 200, { ilk: { beg: 2 } })).toThrow(/beg/)
    expect(() => flipWorld([], 200, { ilk: { cut: { kind: 'lump', lump: 0 } } })).toThrow(/lump/)
  })
})

describe('vaults (vat.frob)', () => {
  const open = () => flipWorld([[0, 0, 100, 10_000]], 200, { ilk: { line: 12_000, dust: 20 } })

  it('deposits, withdraws, borrows and repays, and logs each', () => {
    const w = open()
    expect(w.one('deposit', { account: 0, asset: ETH, amount: 10, actor: EVE, cause: 5 }).amount).toBe(10)
    expect(w.one('withdraw', { account: 0, asset: ETH, amount: 5, actor: USR }).amount).toBe(5)
    expect(w.one('borrow', { account: 0, asset: DAI, amount: 2000, actor: USR }).amount).toBe(2000)
    expect(w.one('repay', { account: 0, asset: DAI, amount: 7000, actor: EVE }).status).toBe('funds')
    expect(w.one('repay', { account: 0, asset: DAI, amount: 7000, actor: USR }).amount).toBe(7000)
    expect(w.one('repay', { account: 0, asset: DAI, amount: ALL, actor: USR }).amount).toBe(5000)
    expect(w.one('withdraw', { account: 0, asset: ETH, amount: ALL, actor: USR }).amount).toBe(105)
    // 1000, the 5 withdrawn, and all that was left: 100 + 10 − 5.
    expect([w.ledger.balance(USR, ETH), w.ledger.balance(USR, DAI)]).toEqual([1110, 190_000])
    expect(w.venue.health(0, w.venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(w.logged('deposit')[0]).toMatchObject({ account: 0, actor: EVE, amount: 10, usd: 2000, cause: 5 })
    expect(w.logged('repay').map((row) => row.usd)).toEqual([7000, 5000])
  })

  it('refuses what is unsafe, dusty, over the line, unpaid or not the owner’s', () => {
    const w = open()
    const status = (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', asset: number, amount: number, actor = USR) =>
      w.one(kind, { account: 0, asset, amount, actor }).status
    expect(status('withdraw', ETH, 25.1)).toBe('margin')
    expect(status('withdraw', ETH, 24.9)).toBe('applied')
    expect(status('withdraw', ETH, 1000)).toBe('funds')
    expect(status('borrow', DAI, 2001)).toBe('limit')
    expect(status('borrow', DAI, 1000)).toBe('margin')
    expect(status('repay', DAI, 9990)).toBe('dust')
    expect(status('borrow', DAI, 1, EVE)).toBe('unknown')
    expect(status('withdraw', ETH, 1, EVE)).toBe('unknown')
    expect(status('deposit', DAI, 1)).toBe('unknown')
    expect(status('deposit', ETH, 51, EVE)).toBe('funds')
    expect(status('deposit', ETH, 0)).toBe('empty')
    expect(w.one('redeem', { account: 0, asset: ETH, amount: 1, actor: USR }).status).toBe('unknown')
    expect(w.one('deposit', { account: 7, asset: ETH, amount: 1, actor: USR }).status).toBe('unknown')
    expect(w.one('start', { account: 7, actor: USR }).status).toBe('unknown')
    expect(w.one('deposit', { account: 0, asset: ETH, amount: 1, actor: -1 }).status).toBe('unknown')
    w.see({ ETH: 0 })
    expect(status('withdraw', ETH, 1000)).toBe('stale')
    expect(status('borrow', DAI, 2001)).toBe('stale')
    expect(status('borrow', DAI, 0)).toBe('stale')
  })

  it('collects the fee: 5 % a year makes 10,000 owe 10,500 after a year, and the buffer hold 500', () => {
    const w = flipWorld([[0, 0, 100, 10_000]], 200, { ilk: { stability_fee: 0.05 } })
    for (let day = 0; day < 365; day++) w.see({}, 86_400 * SECOND)
    expect(w.venue.prices[1]).toBeCloseTo(1.05, 9)
    expect(w.venue.fund_usd()).toBeCloseTo(500, 6)
    const statement = new Statement()
    w.venue.statement(0, statement)
    expect(statement.quantity[1]).toBeCloseTo(10_500, 5)
    expect([statement.side[0], statement.weight[0], statement.price[0], statement.quantity[0]]).toEqual([1, 1 / 1.5, 200, 100])
  })
})
