import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accept } from '../shared/exchange/fund.ts'
import type { Exchange } from '../shared/exchange/state.ts'
import { PerpWorld, type Row } from '../../../test/support/perp-world.ts'

const LONG: Row = { isolated: true, wallet: 20_000, held: [[0, 10, 100_000]] }
const short = (quantity: number, entry: number, wallet: number, owner = -1): Row => ({
  owner,
  wallet,
  held: [[0, -quantity, entry]],
})

describe('deleveraging', () => {
  // Profit ÷ wallet × maintenance ÷ balance at 97,000. B: 52,000 profit on 10,000; A: 15,000 on 20,000; C: 2,000 on 100,000.
  const winners = [short(5, 100_000, 20_000), short(4, 110_000, 10_000), short(2, 98_000, 100_000), short(9, 90_000, 400_000)]
  const adl = (fund = 0, rows: readonly Row[] = winners) => {
    const w = new PerpWorld([LONG, ...rows], { fund })
    w.price(0, 97_000)
    w.tick()
    return w
  }

  it('goes down the ranking at the bankruptcy price, matched in quantity, until the position is gone', () => {
    const w = adl()
    const before = winners.map((_, i) => w.cash(i + 1))
    w.settle()
    const rows = w.rows('deleverage')
    expect(rows.map(({ account, amount }) => [account, amount])).toEqual([
      [2, 4],
      [1, 5],
      [3, 1],
    ])
    const taken = w.rows('takeover')[0]
    for (const row of rows) {
      expect(row.price).toBeCloseTo(98_000, 9)
      expect(row.cause).toBe(taken?.row)
      expect(row.extra).toBeCloseTo(1000 * (row.amount as number), 6)
      expect(row.usd).toBeCloseTo(98_000 * (row.amount as number), 6)
    }
    expect([1, 2, 3, 4].map((row) => w.quantity(row))).toEqual([0, 0, -1, -9])
    expect([0, 1, 2, 3].map((i) => w.cash(i + 1) - (before[i] as number))).toEqual([-490_000, -392_000, -98_000, 0])
    expect([w.cash(0), w.quantity(0), w.fund()]).toEqual([0, 0, 0])
    expect(w.rows('bad_debt')).toMatchObject([{ usd: 10_000 }])
    expect(w.rows('insurance')).toEqual([])
    expect(w.broken()).toEqual([])
  })

  it('takes the resting orders of those it closes, and only theirs', () => {
    const w = adl()
    w.books[0]?.rest(-1, 97_500, 1, 2)
    w.books[0]?.rest(-1, 97_500, 1, 4)
    w.settle()
    expect(w.books[0]?.cancel(2)).toBe(0)
    expect(w.books[0]?.cancel(4)).toBe(1)
  })

  it('comes to outside after everyone in profit, to those without profit last', () => {
    const w = adl(0, [short(1, 100_000, 20_000), short(5, 90_000, 400_000)])
    // others hold −6 against +10: outside holds −4
    w.settle()
    expect(w.rows('deleverage').map(({ account, amount }) => [account, amount])).toEqual([
      [1, 1],
      [w.venue.outside, 4],
      [2, 5],
    ])
    expect(w.broken()).toEqual([])
  })

  it('spares who is being liquidated himself until nobody else is left', () => {
    // in profit with his short, ruined by his other position
    const ruined: Row = {
      wallet: 60_000,
      held: [
        [0, -8, 100_000],
        [1, 100, 3900],
      ],
    }
    const w = new PerpWorld([LONG, ruined, short(4, 90_000, 400_000)], { prices: [100_000, 3000] })
    w.price(0, 97_000)
    w.tick()
    w.round()
    expect([0, 1].map((row) => w.venue.health(row, w.venue.prices) < 1)).toEqual([true, true])
    const winners = w.asked().list.filter(({ kind, market }) => kind === 'deleverage' && market === 0)
    // the long of 10: first the short without profit, then he
    expect(winners.find(({ account }) => account === 1 || account === 2)).toMatchObject({ account: 2, amount: 4 })
    expect(w.settle()).toBeGreaterThan(0)
    expect(w.broken()).toEqual([])
  })

  it('is not needed while the fund can bear it: 10,000 are lost at the mark, the rest carries a thousand times itself', () => {
    const rich = adl(10_970)
    rich.settle()
    expect(rich.rows('deleverage')).toEqual([])
    expect(rich.rows('takeover').length).toBe(1)
    const poor = adl(10_969)
    poor.settle()
    expect(poor.rows('deleverage').length).toBe(3)
    expect(poor.fund()).toBe(10_969)
  })

  it('keeps to the fund’s reserve, its leverage and its limit per contract', () => {
    for (const [spec, contract, count] of [
      // 90,000 are left with the position at the mark: 970,000 is 10.78 times that
      [{ fund_leverage: 10.78 }, {}, 0],
      [{ fund_leverage: 10.77 }, {}, 3],
      [{ fund_reserve: 90_000 }, {}, 0],
      [{ fund_reserve: 90_001 }, {}, 3],
      [{}, { fund_accept: { max_notional: 970_000 } }, 0],
      [{}, { fund_accept: { max_notional: 969_999 } }, 3],
    ] as const) {
      const w = new PerpWorld([LONG, ...winners], { fund: 100_000, spec, contract })
      w.price(0, 97_000)
      w.tick()
      w.settle()
      expect(w.rows('deleverage').length, `${JSON.stringify([spec, contract])}`).toBe(count)
    }
  })

  it('is not needed for what makes the fund’s exposure smaller', () => {
    const bear: Row = { isolated: true, wallet: 20_000, held: [[0, -10, 96_000]] }
    const w = new PerpWorld([LONG, LONG, bear], { fund: 1_000_000, spec: { fund_leverage: 1 } })
    w.price(0, 98_000)
    w.tick()
    w.settle()
    // the first long fits, the second does not and goes to outside; the short offsets the first
    expect(w.rows('takeover').map((row) => row.account)).toEqual([0, 1, 2])
    expect(w.rows('deleverage').map(({ account, amount }) => [account, amount])).toEqual([[w.venue.outside, 10]])
    expect(w.quantity(w.venue.fund)).toBe(0)
    expect(w.broken()).toEqual([])
  })

  it('is not needed for an offset even when the fund holds too much already', () => {
    const w = new PerpWorld([], { fund: 1000, spec: { fund_leverage: 1 } })
    const { x } = w.venue as unknown as { x: Exchange }
    const capacity = { fund: 0, lost: 0, worth: 1000, gross: 1_000_000, held: Float64Array.of(10) }
    expect(accept(x, capacity, 0, 1, 100_000)).toBe(false)
    expect(accept(x, capacity, 0, -1, 100_000)).toBe(true)
    expect(capacity).toMatchObject({ worth: 1000, gross: 900_000, held: Float64Array.of(9) })
  })

  it('one ranking serves all liquidations of a round', () => {
    const w = new PerpWorld([LONG, { ...LONG, wallet: 21_000 }, short(15, 100_000, 50_000), short(8, 99_000, 50_000)])
    w.price(0, 97_000)
    w.tick()
    w.settle()
    // the lower health first; the better ranked winner covers it and half of the next
    expect(w.rows('deleverage').map(({ account, amount, price }) => [account, amount, Math.round(price as number)])).toEqual([
      [2, 10, 98_000],
      [2, 5, 97_900],
      [3, 5, 97_900],
    ])
    expect(w.broken()).toEqual([])
  })

  it('never turns anybody, matches to the last unit and creates nothing, whatever the holders', () => {
    const holder = fc.tuple(
      fc.double({ min: -20, max: 20, noNaN: true }).filter((q) => Math.abs(q) > 1e-6),
      fc.double({ min: 80_000, max: 110_000, noNaN: true }),
    )
    fc.assert(
      fc.property(
        fc.array(holder, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 85_000, max: 97_900 }),
        (holders, price) => {
          const rows = holders.map(([q, entry]): Row => ({ wallet: 5_000_000, held: [[0, q, entry]] }))
          const w = new PerpWorld([LONG, ...rows])
          const before = holders.map((_, i) => w.quantity(i + 1))
          w.price(0, price)
          w.tick()
          w.settle()
          before.forEach((q, i) => {
            const now = w.quantity(i + 1)
            expect(now === 0 || now * q > 0).toBe(true)
            expect(Math.abs(now)).toBeLessThanOrEqual(Math.abs(q))
          })
          const closed = w.rows('deleverage').reduce((sum, row) => sum + (row.amount as number), 0)
          expect(closed).toBeCloseTo(10, 9)
          expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
          expect(w.broken()).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('the fund', () => {
  const taken = (fund: number, price: number, rows: readonly Row[] = [short(20, 101_000, 60_000)]) => {
    const w = new PerpWorld([LONG, ...rows], { fund })
    w.price(0, price)
    w.tick()
    w.settle()
    expect(w.rows('deleverage')).toEqual([])
    return w
  }

  it('sells no further than its balance can pay', () => {
    // lot at 98,000, balance 5,000 for 10 BTC: not below 97,500; 4,600 for the other 9: not below 97,489
    const w = taken(5000, 98_050)
    w.books[0]?.rest(1, 97_600, 1)
    w.books[0]?.rest(1, 97_480, 50)
    w.tick()
    w.settle()
    expect(w.rows('fill')).toMatchObject([{ amount: -1, price: 97_600 }])
    expect(w.fund()).toBeCloseTo(4600, 6)
    expect(w.broken()).toEqual([])
  })

  it('several lots in one round never take it below zero', () => {
    const w = new PerpWorld([LONG, LONG, LONG, short(60, 101_000, 200_000)], { fund: 3000 })
    w.price(0, 98_000)
    w.tick()
    w.settle()
    expect(w.rows('takeover').length).toBe(3)
    w.books[0]?.rest(1, 97_750, 100)
    w.tick()
    for (let i = 0; i < 30; i++) {
      w.round()
      expect(w.fund()).toBeGreaterThanOrEqual(0)
      expect(w.broken()).toEqual([])
    }
    // 250 lost a coin: 12 coins would use the balance up, and it nears that round by round
    const sold = 30 - w.quantity(w.venue.fund)
    expect(w.fund()).toBeCloseTo(3000 - 250 * sold, 6)
    expect(sold).toBeGreaterThan(11.9)
  })

  it('hands on its worst lots by ADL when it could not pay for them at the mark', () => {
    const w = taken(5000, 98_000)
    w.price(0, 97_400)
    w.tick()
    w.settle()
    // 6,000 under water against 5,000
    expect(w.rows('deleverage')).toMatchObject([{ account: 1, amount: 10, cause: w.rows('takeover')[0]?.row }])
    expect(w.rows('deleverage')[0]?.price).toBeCloseTo(98_000, 9)
    expect(w.fund()).toBe(5000)
    expect(w.quantity(w.venue.fund)).toBe(0)
    expect(w.broken()).toEqual([])
  })

  it('pays and receives funding on what it holds', () => {
    const w = taken(50_000, 98_000)
    const before = w.fund()
    w.tick(28_800_000)
    const [paid] = w.rows('funding')
    const rate = paid?.extra as number
    expect(rate).toBeGreaterThan(0)
    expect(w.fund()).toBeCloseTo(before - 10 * 98_000 * rate, 6)
    expect(w.broken()).toEqual([])
  })

  it('closes lots of both sides against the market, each for itself', () => {
    const bear: Row = { isolated: true, wallet: 20_000, held: [[0, -10, 96_000]] }
    const w = new PerpWorld([LONG, bear], { fund: 100_000 })
    w.price(0, 98_000)
    w.tick()
    w.settle()
    // the short is bankrupt at 98,000 as well: both positions end with the fund
    expect(w.rows('takeover').map((row) => Math.round(row.price as number))).toEqual([98_000, 98_000])
    expect(w.quantity(w.venue.fund)).toBe(0)
    w.books[0]?.rest(1, 97_900, 10)
    w.books[0]?.rest(-1, 98_100, 10)
    w.tick()
    w.settle()
    expect(w.fund()).toBeCloseTo(98_000, 6)
    expect(w.broken()).toEqual([])
  })
})
