import { describe, expect, it } from 'vitest'
import {
  ANN,
  BOB,
  KEEPER,
  DAN,
  ETH,
  BOLD,
  RETH,
  DAY_MS,
  DEBT_A,
  DEBT_B,
  BOOK,
  start,
  total,
  world,
  type Troves,
  type World,
} from '../../../test/support/bold-world.ts'
import { ALL } from '../../model/index.ts'
import { depositOf } from './pool.ts'
import { at, collOf, debtOf, statusOf, ZOMBIE } from './state.ts'

describe('liquidation', () => {
  it('B1: the pool takes all for the debt and 5 %, the rest goes back; the caller gets 0.0375 and 0.05', () => {
    const w = world(BOOK, [[DAN, 0, 15_000]])
    w.see({ ETH: 1080 })
    expect(start(w, 0).amount).toBeCloseTo(10 - 0.21845509893455099, 12)
    expect(w.ledger.balance(KEEPER, ETH)).toBeCloseTo(0.0875, 12)
    expect(w.ledger.balance(ANN, ETH)).toBeCloseTo(100.21845509893455, 12)
    expect(total(w)[2]).toBeCloseTo(4990.410958904109, 9)
    expect(w.one('withdraw', { account: 2, actor: DAN, asset: ETH, amount: ALL }).amount).toBeCloseTo(9.731544901065449, 12)
    expect(w.logged('liquidate')[0]).toMatchObject({ account: 0, actor: KEEPER, asset: ETH, price: 1080, usd: DEBT_A, extra: 0 })
    expect(w.logged('fee')[0]?.usd).toBeCloseTo(0.0875 * 1080, 9)
  })

  it('B2: one BOLD stays in the pool, the rest is redistributed with what the cap left', () => {
    const w = world(BOOK, [[DAN, 0, 4000]])
    w.see({ ETH: 1080 })
    start(w, 0)
    expect(total(w)[2]).toBeCloseTo(1, 9)
    expect(total(w)[3]).toBeCloseTo(3.8879166666666667, 12)
    expect(debtOf(w.venue.state, 1)).toBeCloseTo(26_029.767123287671, 9)
    expect(collOf(w.venue.state, 1)).toBeCloseTo(106.09210748825327, 12)
    expect(w.ledger.balance(KEEPER, ETH)).toBeCloseTo(0.019975845080060216 + 0.0375, 12)
    expect(w.ledger.balance(ANN, ETH)).toBe(100)
  })

  it('B3: without a pool all is redistributed, and the caller gets 0.0375', () => {
    const w = world(BOOK)
    w.see({ ETH: 1080 })
    const before = w.venue.health(1, w.venue.prices)
    start(w, 0)
    expect([collOf(w.venue.state, 1), w.ledger.balance(KEEPER, ETH)]).toEqual([110, 0.0375])
    expect(debtOf(w.venue.state, 1)).toBeCloseTo(30_028.767123287671, 9)
    expect(w.venue.health(1, w.venue.prices)).toBeLessThan(before)
    expect(w.logged('liquidate')[0]?.extra).toBe(DEBT_A)
  })

  it('B4: under water the pool bears the loss, and so it is logged', () => {
    const w = world(BOOK, [[DAN, 0, 15_000]])
    w.see({ ETH: 980 })
    expect(start(w, 0).amount).toBe(10)
    expect(total(w)[3]).toBeCloseTo(9.95, 12)
    expect(w.logged('bad_debt')[0]?.usd).toBeCloseTo(DEBT_A - 9800, 9)
    expect(w.logged('default')[0]?.cause).toBe(w.logged('bad_debt')[0]?.row)
  })

  it('a ratio of exactly 110 % is safe, the next price below is not', () => {
    const w = world([[ANN, 0, 2, 2000, 0.05], BOOK[1] as Troves[number]])
    w.see({ ETH: 1100 })
    expect([w.venue.health(0, w.venue.prices), start(w, 0).status]).toEqual([1, 'healthy'])
    w.see({ ETH: 1099.999 })
    expect(start(w, 0).status).toBe('applied')
  })

  it('the last trove stays, a closed one is unknown, the owner may himself', () => {
    const w = world([
      [ANN, 0, 2, 2000, 0.05],
      [ANN, 0, 2, 2000, 0.05],
    ])
    w.see({ ETH: 1050 })
    expect(w.one('start', { account: 0, actor: ANN }).status).toBe('applied')
    expect([start(w, 0).status, start(w, 1).status, start(w, 7).status]).toEqual(['unknown', 'limit', 'unknown'])
  })

  it('branches do not touch each other', () => {
    const w = world([...BOOK, [ANN, 1, 10, 10_000, 0.05], [BOB, 1, 100, 10_000, 0.05]], [[DAN, 0, 15_000]])
    w.see({ RETH: 1100 })
    const before = total(w, 0)
    expect(w.offered().map(({ kind, id }) => [kind, id])).toEqual([
      ['start', 2],
      ['redemption', 1],
    ])
    expect(start(w, 2).status).toBe('applied')
    expect(total(w, 0)).toEqual(before)
    expect(collOf(w.venue.state, 3)).toBe(110)
  })
})

describe('interest', () => {
  it('is simple at the trove, and new BOLD: three quarters for the depositors, the rest outside', () => {
    const w = world(BOOK, [
      [DAN, 0, 3000],
      [0, 0, 1000],
    ])
    w.see({}, 100 * DAY_MS)
    const each = (debt: number) => (debt * 0.05 * 100) / 365
    expect(debtOf(w.venue.state, 0)).toBeCloseTo(DEBT_A + each(DEBT_A), 9)
    const interest = each(DEBT_A) + each(DEBT_B)
    expect(depositOf(w.venue.state, 0).yield_).toBeCloseTo(interest * 0.75 * 0.75, 9)
    const before = w.ledger.balance(DAN, BOLD)
    w.one('withdraw', { account: 2, actor: DAN, asset: BOLD, amount: 1000 })
    expect(w.ledger.balance(DAN, BOLD) - before).toBeCloseTo(1000 + interest * 0.75 * 0.75, 9)
  })

  it('waits for depositors when there are none', () => {
    const w = world(BOOK)
    w.see({}, DAY_MS)
    const first = at(w.venue.state.branches.columns.waiting)
    expect(first).toBeGreaterThan(3)
    expect(at(w.venue.state.branches.columns.pool_yield)).toBe(0)
  })

  it('alone takes a trove below its limit, and the book sees it', () => {
    const w = world([[ANN, 0, 2, 3600, 2.5], BOOK[1] as Troves[number]])
    expect(w.offered().map(({ kind }) => kind)).toEqual(['redemption'])
    // 4000 ÷ 1.1 = 3636.36: after 1.47 days at 250 %.
    w.see({}, 1.4 * DAY_MS)
    expect(w.venue.below().count).toBe(0)
    w.see({}, 0.1 * DAY_MS)
    expect(w.venue.below().count).toBe(1)
  })
})

describe('owners', () => {
  const act = (
    w: World,
    kind: 'withdraw' | 'repay' | 'borrow' | 'deposit',
    asset: number,
    amount: number,
    account = 0,
    actor = ANN,
  ) => w.one(kind, { account, actor, asset, amount })

  it('put in, take out, draw with 7 days of interest, repay, close', () => {
    const w = world(BOOK, [[DAN, 0, 100]])
    expect(act(w, 'deposit', ETH, 5).amount).toBe(5)
    expect(act(w, 'withdraw', ETH, 1).amount).toBe(1)
    expect(act(w, 'borrow', BOLD, 1000).amount).toBe(1000)
    expect(w.logged('fee')[0]?.amount).toBeCloseTo((1000 * 0.05 * 7) / 365, 9)
    expect(act(w, 'repay', BOLD, 500).amount).toBe(500)
    // A part stops at the least debt, all closes.
    expect(act(w, 'repay', BOLD, 10_000)).toEqual({
      status: 'partial',
      amount: expect.closeTo(DEBT_A + 500 + 0.9589041 - 2000, 6),
    })
    expect(act(w, 'repay', BOLD, ALL).amount).toBeCloseTo(2000, 9)
    expect(w.ledger.balance(ANN, ETH)).toBeCloseTo(110 + 0.0375, 9)
    expect(act(w, 'deposit', ETH, 1).status).toBe('unknown')
  })

  it('refuses in the order unknown, paused, limit, dust, funds, margin, empty', () => {
    const w = world([...BOOK, [ANN, 0, 10, 2000, 0.05]])
    expect(act(w, 'withdraw', ETH, 1, 0, BOB).status).toBe('unknown')
    expect(act(w, 'deposit', RETH, 1).status).toBe('unknown')
    expect(act(w, 'deposit', ETH, 0).status).toBe('empty')
    expect(act(w, 'withdraw', ETH, 11).status).toBe('funds')
    expect(act(w, 'withdraw', ETH, 5).status).toBe('margin')
    expect(act(w, 'borrow', BOLD, 9000).status).toBe('margin')
    expect(act(w, 'repay', BOLD, 100, 2).status).toBe('dust')
    expect(act(w, 'deposit', ETH, 1000).status).toBe('funds')
    w.see({ ETH: 900 })
    expect(act(w, 'deposit', ETH, 0.1).status).toBe('margin')
    // Two reasons at once: the ratio stays below 110 % as well.
    expect(act(w, 'deposit', ETH, 1000).status).toBe('funds')
    expect(act(w, 'deposit', ETH, 0).status).toBe('margin')
    expect(act(w, 'deposit', ETH, 3).status).toBe('applied')
  })

  it('below the critical ratio nothing is drawn, withdrawn or closed, but repaid and topped up', () => {
    const w = world([
      [ANN, 0, 20, 10_000, 0.05],
      [BOB, 0, 100, 90_000, 0.05],
    ])
    w.see({ ETH: 1249 })
    expect(act(w, 'borrow', BOLD, 100).status).toBe('margin')
    expect(act(w, 'withdraw', ETH, 0.01).status).toBe('margin')
    expect(act(w, 'repay', BOLD, ALL).status).toBe('margin')
    expect(act(w, 'repay', BOLD, 1000).status).toBe('applied')
    expect(act(w, 'deposit', ETH, 1).status).toBe('applied')
  })

  it('takes all as: what may go', () => {
    const w = world(BOOK)
    expect(act(w, 'withdraw', ETH, ALL).amount).toBeCloseTo(10 - (DEBT_A * 1.1) / 2000, 9)
    expect(act(world(BOOK), 'borrow', BOLD, ALL).amount).toBeCloseTo((20_000 / 1.1 - DEBT_A) / (1 + (0.05 * 7) / 365), 6)
  })
})

describe('redemption', () => {
  const redeem = (w: World, amount: number, limit = 0, asset = ETH) => w.one('redeem', { actor: BOB, asset, amount, limit })

  it('goes by interest rate whatever the ratio, leaves the fee in the troves, makes zombies, skips who is under water', () => {
    const w = world([
      [ANN, 0, 100, 3000, 0.01],
      [ANN, 0, 4, 3000, 0.05],
      [ANN, 0, 1.4, 3000, 0.005],
      [BOB, 0, 100, 41_000, 0.1],
    ])
    const fee = 0.005 + 4000 / 50_000
    expect(redeem(w, 4000).amount).toBeCloseTo(2 * (1 - fee), 12)
    expect([0, 1, 2].map((row) => debtOf(w.venue.state, row))).toEqual([0, 2000, 3000])
    expect(statusOf(w.venue.state, 0)).toBe(ZOMBIE)
    expect(collOf(w.venue.state, 0)).toBeCloseTo(100 - 1.5 * (1 - fee), 12)
    // A zombie without debt has its collateral to take.
    expect(w.one('withdraw', { account: 0, actor: ANN, asset: ETH, amount: ALL }).status).toBe('applied')
    // One with debt comes first, cannot be touched but closed, or revived by drawing.
    redeem(w, 500)
    expect(w.one('deposit', { account: 1, actor: ANN, asset: ETH, amount: 1 }).status).toBe('unknown')
    expect(w.one('withdraw', { account: 1, actor: ANN, asset: ETH, amount: 1 }).status).toBe('dust')
    expect(w.one('borrow', { account: 1, actor: ANN, asset: BOLD, amount: 400 }).status).toBe('dust')
    expect(w.one('borrow', { account: 1, actor: ANN, asset: BOLD, amount: 600 }).status).toBe('applied')
    // Six hours later the base rate is half.
    const base = at(w.venue.state.system.columns.base_rate)
    w.see({}, 6 * 3_600_000)
    expect(w.offered().at(-1)?.price).toBeCloseTo(2000 / (1 - 0.005 - base / 2), 6)
  })

  it('is split over branches by the debt that no pool backs, leaving out those below the shutdown ratio', () => {
    const w = world(
      [...BOOK, [ANN, 1, 10, 10_000, 0.05], [BOB, 1, 100, 10_000, 0.05]],
      [
        [DAN, 0, 20_000],
        [0, 1, 5000],
      ],
    )
    redeem(w, 1000)
    const unbacked = [DEBT_A + DEBT_B - 20_000, 15_000] as const
    const [first, second] = [ETH, RETH].map((asset) =>
      w
        .logged('redeem')
        .filter((row) => row.asset === asset)
        .reduce((sum, row) => sum + (row.usd as number), 0),
    )
    expect(first).toBeCloseTo((1000 * unbacked[0]) / (unbacked[0] + unbacked[1]), 9)
    expect((first as number) + (second as number)).toBeCloseTo(1000, 9)
    expect(w.ledger.balance(BOB, RETH)).toBeGreaterThan(0)
  })

  it('keeps to the limit on the price, and needs BOLD', () => {
    const w = world(BOOK)
    expect(redeem(w, 100, 2000).status).toBe('price')
    expect(redeem(w, 1e6).status).toBe('funds')
    expect(redeem(w, 0).status).toBe('empty')
    expect(redeem(w, 100, 0, BOLD).status).toBe('unknown')
    expect(w.one('redeem', { account: 0, actor: BOB, asset: ETH, amount: 10 }).status).toBe('limit')
  })
})

describe('shutdown', () => {
  it('below the shutdown ratio: no interest, no drawing, no redemption but urgent ones at 2 %; liquidations go on', () => {
    const w = world(BOOK, [[DAN, 0, 15_000]])
    w.see({ ETH: 290 }, DAY_MS)
    const debt = debtOf(w.venue.state, 1)
    w.see({ ETH: 310 }, 30 * DAY_MS)
    expect([at(w.venue.state.branches.columns.shut), debtOf(w.venue.state, 1)]).toEqual([1, debt])
    expect(w.one('borrow', { account: 1, actor: BOB, asset: BOLD, amount: 10 }).status).toBe('paused')
    expect(w.one('redeem', { account: -1, actor: BOB, asset: ETH, amount: 10 }).status).toBe('limit')
    expect(w.offered().map(({ kind, id }) => [kind, id])).toEqual([['start', 0]])
    expect(w.one('redeem', { account: 1, actor: BOB, asset: ETH, amount: 1000 }).amount).toBeCloseTo(1020 / 310, 12)
    // Collateral runs out before the debt does.
    expect(w.one('redeem', { account: 0, actor: BOB, asset: ETH, amount: 9000 })).toEqual({ status: 'partial', amount: 10 })
    expect(start(w, 0).status).toBe('applied')
    expect(w.one('repay', { account: 1, actor: BOB, asset: BOLD, amount: ALL }).status).toBe('applied')
  })

  it('an oracle without answer shuts the branch down, for ever at the last good price', () => {
    const w = world(BOOK)
    w.see({ ETH: Number.NaN }, 1000)
    w.see({ ETH: 500 }, 1000)
    expect([at(w.venue.state.branches.columns.shut), w.venue.prices[0]]).toEqual([1, 2000])
  })

  it('an oracle that stands still for more than 24 hours has failed; for 24 hours its answer is used', () => {
    const w = world(BOOK)
    const shut = () => at(w.venue.state.branches.columns.shut)
    w.halted.add('oracle:ETH')
    w.see({ ETH: 1900 }, 1000)
    w.see({}, DAY_MS)
    expect([shut(), w.venue.prices[0]]).toEqual([0, 1900])
    w.halted.clear()
    w.see({}, 1000)
    w.halted.add('oracle:ETH')
    w.see({}, 1000)
    w.see({}, DAY_MS)
    expect(shut()).toBe(0)
    w.see({ ETH: 500 }, 1)
    w.halted.clear()
    w.see({ ETH: 500 }, 1000)
    expect([shut(), w.venue.prices[0]]).toEqual([1, 1900])
    expect(at(w.venue.state.branches.columns.shut, 1)).toBe(0)
  })

  it('or at the fallback’s, but never above', () => {
    const w = world(BOOK, [], {}, { fallback_oracle: 'RETH' })
    w.see({ ETH: 0, RETH: 2100 })
    expect(w.venue.prices[0]).toBe(2000)
    w.see({ RETH: 1080 })
    expect([w.venue.prices[0], start(w, 0).status]).toEqual([1080, 'applied'])
  })
})
