import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GmxWorld, type Held } from '../../../test/support/gmx-world.ts'
import * as r from './reference.ts'

const LONG: Held = { collateral: 10, size: 200_000, entry: 5000 }
const own = (w: GmxWorld, kind: 'borrow' | 'repay' | 'deposit' | 'withdraw', amount: number, asset = 'ETH', account = 0) =>
  w.act(w.venue, kind, { account, actor: 1, asset: w.asset(asset), amount })
const treasury = (w: GmxWorld, asset: string, actor = 1) => w.ledger.balance(actor, w.asset(asset)) - 1e6

describe('vectors of the contracts’ tests, through the venue (derivatives reference §11.4)', () => {
  it('a long of 200,000 on 10 ETH stands at 4,040 and falls below', () => {
    const w = new GmxWorld([LONG])
    for (const price of [4200, 4040.0001]) {
      w.at({ ETH: price })
      expect(w.keep()).toBe(0)
    }
    w.at({ ETH: 4039.99 })
    expect(w.keep()).toBe(1)
    expect(w.rows('takeover')).toMatchObject([{ account: 0, amount: 40, price: 4039.99 }])
    // 10 · 4,039.99 − 40 · (5,000 − 4,039.99) go home
    expect(treasury(w, 'ETH') * 4039.99).toBeCloseTo(1999.5, 6)
    expect(w.rows('bad_debt')).toEqual([])
  })

  it('below 4,000 the pool bears what is missing', () => {
    const w = new GmxWorld([LONG])
    w.at({ ETH: 3900 })
    w.keep()
    expect(w.rows('bad_debt')[0]?.usd).toBeCloseTo(40 * 1100 - 39_000, 6)
    expect(treasury(w, 'ETH')).toBe(0)
    expect(w.venue.pool(0).long_amount).toBe(1010)
  })

  it('impact −400 and −1,200: 39.92 and 39.76 tokens', () => {
    const w = new GmxWorld([{ collateral: 100, size: 0, entry: 1 }], { impact_negative: 1e-8, impact_positive: 5e-9 })
    own(w, 'borrow', 40)
    expect(200_000 / (w.column('positions', 'tokens')[0] as number)).toBeCloseTo(5010.0200400801605, 9)
    own(w, 'borrow', 40)
    expect(200_000 / ((w.column('positions', 'tokens')[0] as number) - 39.92)).toBeCloseTo(5030.181086519, 8)
    // the pool is no richer: the impact pool keeps it
    expect(w.venue.pool(0)).toMatchObject({ impact_pool: expect.closeTo(0.32, 12), value_usd: expect.closeTo(1e7, 3) })
  })

  it('borrowing: 14 days at 1e-7 and a usage of 4 %: 967.68', () => {
    const w = new GmxWorld([LONG], { borrow_base: 1e-7 * 31_536_000 })
    w.at({}, 14 * 86_400_000)
    own(w, 'repay', 40)
    expect((10 - treasury(w, 'ETH')) * 5000).toBeCloseTo(967.68, 6)
    expect(w.venue.pool(0).value_usd).toBeCloseTo(1e7 + 967.68, 4)
  })

  it('SOL on a pool of 1,000 ETH: at 25 nothing, at 26 half is closed and 300,000 paid (T11)', () => {
    const contract = { index: 'SOL', index_oracle: 'SOL', pnl_adl: 0.1, pnl_after: 300 / 4700 }
    const w = new GmxWorld([{ collateral: 100, size: 2e6, entry: 20 }], contract)
    w.at({ SOL: 25 })
    expect(w.keep()).toBe(0)
    w.at({ SOL: 26 })
    expect(w.keep()).toBe(1)
    expect(w.rows('deleverage')).toMatchObject([{ account: 0, amount: expect.closeTo(50_000, 6), price: 26 }])
    expect(treasury(w, 'ETH')).toBeCloseTo(60, 9)
    const { owed_usd, long_amount } = w.venue.pool(0)
    expect(owed_usd / (long_amount * 5000)).toBeCloseTo(300 / 4700, 12)
    expect(w.keep()).toBe(0)
  })
})

describe('who pays whom', () => {
  it('funding goes from the larger side to the smaller, to the last unit of size', () => {
    const held = [LONG, { ...LONG, owner: 1, side: -1 as const, size: 100_000 }]
    const w = new GmxWorld(held, { funding_most: 0.75 })
    w.at({}, 10_800_000)
    own(w, 'repay', 40)
    w.act(w.venue, 'repay', { account: 1, actor: 2, asset: w.asset('ETH'), amount: 20 })
    const paid = (10 - treasury(w, 'ETH')) * 5000
    // skew 1/3: a third of 75 % a year after three hours, paid for the whole step
    expect(paid).toBeCloseTo((200_000 * 0.25 * 10_800) / 31_536_000, 6)
    expect(treasury(w, 'USDC', 2)).toBeCloseTo(paid, 6)
    expect(w.venue.pool(0).value_usd).toBeCloseTo(1e7, 4)
  })

  it('profit is paid from the tokens of the side, scaled where traders have won more than they may', () => {
    const w = new GmxWorld([{ ...LONG, side: -1, size: 1e6 }], { pnl_traders: 0.05, pnl_adl: 1 })
    w.at({ ETH: 3000 })
    own(w, 'repay', 200)
    // 400,000 won; traders of the side may win 5 % of 5 M
    expect(treasury(w, 'USDC')).toBeCloseTo(250_000, 6)
    expect(treasury(w, 'ETH')).toBeCloseTo(10, 9)
  })

  it('impact is between traders and its pool: liquidity providers gain the fees alone', () => {
    let both = 0
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        fc.constantFrom(0, 0.01, 10),
        (other, tokens, long, impact_pool) => {
          const fees = { fee_positive: 0.0004, fee_negative: 0.0006 }
          const contract = {
            impact_negative: 1e-8,
            impact_positive: 5e-9,
            impact_pool,
            ...fees,
            most_positive_impact: 1,
            most_negative_impact: 1,
          }
          const opposite: Held = { owner: 1, side: long ? -1 : 1, collateral: 100, size: other * 5000, entry: 5000 }
          const w = new GmxWorld([{ side: long ? 1 : -1, collateral: 1000, size: 0, entry: 1 }, opposite], contract)
          let before = w.venue.pool(0).value_usd
          let paid = 0
          for (const kind of ['borrow', 'repay'] as const) {
            const impact = w.venue.pool(0).impact_pool
            const size = kind === 'borrow' ? tokens * 5000 : (w.column('positions', 'size')[0] as number)
            expect(own(w, kind, kind === 'borrow' ? tokens : 1e9).status).toBe('applied')
            const { impact_pool: left, value_usd } = w.venue.pool(0)
            const fee = size * (left < impact ? fees.fee_positive : fees.fee_negative)
            expect(value_usd - before).toBeCloseTo(fee, 3)
            before = value_usd
            paid += fee + (left - impact) * 5000
            if (left < impact) both++
          }
          // what the trader is short of is fees and what the impact pool has more
          const back = treasury(w, 'ETH') * 5000 + treasury(w, 'USDC')
          expect(5_000_000 - back).toBeCloseTo(paid, 3)
        },
      ),
    )
    expect(both).toBeGreaterThan(10)
  })

  it('the worse of the own impact and the virtual inventory counts', () => {
    const contract = { impact_negative: 1e-8, impact_positive: 5e-9, virtual: 'ETH' }
    const both = [
      { ...LONG, collateral: 100 },
      { ...LONG, owner: 1, side: -1 as const },
    ]
    const w = new GmxWorld(both, contract)
    own(w, 'borrow', 40)
    expect(w.column('positions', 'tokens')[0]).toBeCloseTo(40 + 39.92, 9)
  })

  it('refuses beyond open interest, reserves and margin', () => {
    const w = new GmxWorld([LONG], { most_interest_usd: 4e6, reserve_factor: 0.5 })
    expect(own(w, 'borrow', 800).status).toBe('limit')
    expect(own(w, 'borrow', 500).status).toBe('cash')
    expect(own(w, 'withdraw', 9.9).status).toBe('margin')
    expect(own(w, 'deposit', 1, 'USDC').status).toBe('unknown')
    w.at({ ETH: Number.NaN })
    expect(own(w, 'borrow', 1).status).toBe('stale')
  })
})

describe('against the exact reference', () => {
  it('the same positions fall, and what goes home is what it says', () => {
    const whole = (x: number) => BigInt(Math.round(x * 1e9)) * 10n ** 21n
    let [fell, near] = [0, 0]
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 500_000 }),
        fc.integer({ min: 20, max: 400 }),
        fc.integer({ min: 3500, max: 6500 }),
        fc.boolean(),
        fc.constantFrom(0, 0.0006),
        (size, margin, price, long, fee) => {
          const side = long ? 1 : -1
          const entry = 5000
          const collateral = Math.round((size * margin) / 1000 / entry / 1e-9) * 1e-9
          const tokens = Math.round(size / entry / 1e-9) * 1e-9
          const w = new GmxWorld([{ side, collateral, size, entry: size / tokens }], { fee_negative: fee })
          w.at({ ETH: price })
          const p: r.Position = { size: r.usd(size), tokens: whole(tokens), collateral: whole(collateral), long }
          const fees = (r.usd(size) * whole(fee)) / r.ONE
          const left = r.remaining_collateral(p, r.usd(price), r.usd(price), fees)
          const exact = Number(`${left}e-30`)
          const falls = r.is_liquidatable(left, p.size, r.usd(1), 10n ** 28n)
          if (Math.abs(exact - Math.max(1, size * 0.01)) <= 1e-9 * size) {
            near++
            return
          }
          expect(w.keep()).toBe(falls ? 1 : 0)
          if (!falls) return
          fell++
          expect(Math.abs(treasury(w, 'ETH') * price - Math.max(0, exact))).toBeLessThanOrEqual(
            1e-9 * size + 1e-9 * 1e6 * price * 1e-3,
          )
        },
      ),
      { numRuns: 300 },
    )
    expect(fell).toBeGreaterThan(50)
    expect(near).toBeLessThan(5)
  })
})
