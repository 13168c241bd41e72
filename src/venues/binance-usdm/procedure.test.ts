import { describe, expect, it } from 'vitest'
import { PerpWorld, type Row, type Setup } from '../../../test/support/perp-world.ts'

const TAKEN = { row: 0 }
/** T2 of the derivatives reference: long 10 BTC at 100,000, margin 20,000. */
const LONG: Row = { isolated: true, wallet: 20_000, held: [[0, 10, 100_000]] }
const MARK = 98_545.546

function trace(book: readonly (readonly [number, number])[], setup: Setup = {}, others: readonly Row[] = []): PerpWorld {
  const w = new PerpWorld([LONG, ...others], { fund: 1_000_000, ...setup })
  for (const [price, quantity] of book) w.books[0]?.rest(1, price, quantity)
  w.price(0, MARK)
  w.tick()
  return w
}

describe('one account, step by step (derivatives reference T2)', () => {
  it('order, takeover at the bankruptcy price, nothing left, no fee', () => {
    const w = trace([[98_300, 6]])
    expect(w.settle()).toBe(2)
    expect(w.rows('reduce')).toMatchObject([{ account: 0, amount: 6, price: 98_300, usd: 589_800, victim: 0, sold: 2 }])
    expect(w.rows('fill')).toMatchObject([{ account: 0, amount: -6, usd: 589_800, sold: 2, victim: 0 }])
    expect(w.rows('fill')[0]?.cause).toBe(w.rows('reduce')[0]?.row)
    expect(w.rows('takeover')).toMatchObject([{ account: 0, amount: 4 }])
    expect(w.rows('takeover')[0]?.price).toBeCloseTo(97_550, 9)
    expect([w.cash(TAKEN.row), w.quantity(TAKEN.row)]).toEqual([0, 0])
    expect(w.fund()).toBe(1_000_000)
    expect(w.rows('bad_debt')).toEqual([])
    expect(w.broken()).toEqual([])
  })

  it('the fund works its lot out in a later tick: a gain of 3,000 or a loss of 1,000', () => {
    for (const [price, gain] of [
      [98_300, 3000],
      [97_300, -1000],
    ] as const) {
      const w = trace([[98_300, 6]])
      w.settle()
      w.books[0]?.rest(1, price, 10)
      expect(w.settle(), 'not in the same tick').toBe(0)
      w.tick()
      expect(w.settle()).toBe(1)
      expect(w.fund()).toBeCloseTo(1_000_000 + gain, 6)
      const [sale] = w.rows('fill').slice(-1)
      expect(sale).toMatchObject({ account: w.venue.fund, amount: -4, sold: 3, victim: 0, cause: w.rows('takeover')[0]?.row })
      expect(w.rows('insurance').map((row) => Math.round(row.usd as number))).toEqual([-gain])
      expect(w.broken()).toEqual([])
    }
  })

  it('fee first: out of the wallet, and the bankruptcy price of the rest is 99,393.1', () => {
    const w = trace([[98_300, 6]], { spec: { fee_from: 'first' } })
    w.settle()
    expect(w.rows('takeover')[0]?.price).toBeCloseTo(99_393.125, 6)
    expect(w.fund()).toBeCloseTo(1_007_372.5, 6)
    expect(w.cash(0)).toBe(0)
  })

  it('closed whole in the book: the fee takes what is left, never more', () => {
    const w = trace([[98_500, 10]])
    w.settle()
    // 20,000 − 10·1,500 = 5,000 against a fee of 12,312.50
    expect(w.fund()).toBeCloseTo(1_005_000, 6)
    expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
    expect(w.rows('takeover')).toEqual([])
  })

  it('an empty book fills nothing and the rest goes to takeover', () => {
    const w = trace([])
    expect(w.settle()).toBe(2)
    expect(w.rows('reduce')).toEqual([])
    expect(w.rows('fill')).toEqual([])
    expect(w.rows('takeover')).toMatchObject([{ amount: 10 }])
    expect(w.rows('takeover')[0]?.price).toBeCloseTo(98_000, 9)
  })

  it('the order goes no further than the band around the mark', () => {
    const w = trace([
      [95_000, 1],
      [MARK * 0.95 - 1, 50],
    ])
    w.settle()
    expect(w.rows('fill')).toMatchObject([{ amount: -1, price: 95_000 }])
  })
})

describe('an order that heals', () => {
  /** §1.5: 150 BTC, mark 98,000, equity 160,000, a bid 10 bps below. */
  const sized = (fee: number, spec = {}) => {
    const w = new PerpWorld([{ owner: 0, wallet: 460_000, held: [[0, 150, 100_000]] }], {
      contract: { liquidation_fee: fee },
      spec,
    })
    w.books[0]?.rest(1, 97_902, 1000)
    w.price(0, 98_000)
    w.tick()
    return w
  }

  it.each([
    [0, 1.3695],
    [0.0005, 1.4065],
    [0.0125, 3.9955],
  ])('fee %d: closes %d BTC, no more, and stays', (fee, amount) => {
    const w = sized(fee)
    expect(w.settle()).toBe(1)
    expect(150 - w.quantity(0)).toBeCloseTo(amount, 4)
    expect(w.fund()).toBeCloseTo(fee * (150 - w.quantity(0)) * 97_902, 6)
    expect(w.rows('takeover')).toEqual([])
    expect(w.venue.health(0, w.venue.prices)).toBeGreaterThan(1)
    expect(w.venue.health(0, w.venue.prices)).toBeLessThan(1 + 1e-9)
    expect(w.broken()).toEqual([])
  })

  it('strict: equality is compliant', () => {
    const w = sized(0.0005, { strict: true })
    w.settle()
    expect(150 - w.quantity(0)).toBeCloseTo(1.4065, 4)
    expect(w.rows('takeover')).toEqual([])
  })

  it.each(['remaining', 'first'])('ends the liquidation at once, fee %s: the owner is free again', (fee_from) => {
    const w = sized(0.0005, { fee_from })
    w.settle()
    expect(w.apply('deposit', { account: 0, asset: 0, amount: 1e6 }).status).toBe('applied')
    expect(w.apply('order', { account: 0, side: 1, amount: 1 })).toEqual({ status: 'applied', amount: 1 })
  })

  it('a later fall starts the sequence again', () => {
    const w = sized(0.0005)
    w.settle()
    w.price(0, 97_900)
    w.tick()
    w.settle()
    expect(w.rows('reduce').length).toBe(2)
    expect(w.rows('takeover')).toEqual([])
  })
})

describe('who is there first', () => {
  it('a breached maker’s orders leave before its own is sent', () => {
    const w = trace([])
    w.books[0]?.rest(1, 98_400, 50, 0)
    w.books[0]?.rest(1, 98_300, 2)
    w.settle()
    expect(w.rows('fill')).toMatchObject([{ amount: -2, price: 98_300 }])
    expect(w.books[0]?.cancel(0)).toBe(0)
  })

  it('asks for the same twice, and for nothing when all is settled', () => {
    const w = trace([[98_300, 6]])
    expect(w.asked().list).toEqual(w.asked().list)
    expect(w.asked().list.map((action) => action.kind)).toEqual(['cancel', 'reduce', 'order'])
    w.round()
    expect(w.asked().list).toEqual(w.asked().list)
    expect(w.asked().list.map((action) => action.kind)).toEqual(['takeover'])
    w.settle()
    expect(w.asked().list).toEqual([])
  })

  it('the lowest health goes first, and takes the better price', () => {
    const weak: Row = { isolated: true, wallet: 15_000, held: [[0, 10, 100_000]] }
    const w = trace([[98_400, 10]], {}, [weak])
    w.settle()
    expect(w.rows('fill')).toMatchObject([{ account: 1, amount: -10 }])
  })

  it('waits while the contract does not trade', () => {
    const w = trace([[98_300, 6]])
    w.world.switch_faults([{ kind: 'halt', target: 'market:BTC-PERP', from_ms: 0, to_ms: 1, value: 0 }], 0, 0)
    expect(w.settle()).toBe(0)
    w.world.switch_faults([], 0, 0)
    expect(w.settle()).toBe(2)
  })

  it('a flagged account may close but not add, and not withdraw', () => {
    const w = trace([[98_300, 1]], {}, [{ wallet: 1 }])
    w.apply('reduce', { account: 0 })
    expect(w.apply('order', { account: 0, side: 1, amount: 1 }).status).toBe('margin')
    expect(w.apply('order', { account: 0, side: -1, amount: 1 })).toEqual({ status: 'applied', amount: 1 })
    expect(w.apply('withdraw', { account: 0, asset: 0, actor: 1, amount: 1 }).status).toBe('margin')
  })
})

describe('negative equity', () => {
  it('is bad debt at the mark when the position is taken over, and the fund loses it on resale', () => {
    const w = new PerpWorld([LONG], { fund: 50_000 })
    w.price(0, 97_000)
    w.tick()
    w.settle()
    expect(w.rows('bad_debt')).toMatchObject([{ account: 0, usd: 10_000, cause: w.rows('takeover')[0]?.row }])
    expect(w.fund()).toBe(50_000)
    w.books[0]?.rest(1, 96_900, 10)
    w.tick()
    w.settle()
    expect(w.fund()).toBeCloseTo(50_000 - 11_000, 6)
    expect(w.rows('insurance').map((row) => Math.round(row.usd as number))).toEqual([11_000])
    expect(w.broken()).toEqual([])
  })

  it('left without a position is covered by the fund, and beyond it by outside', () => {
    for (const fund of [50_000, 4000]) {
      const w = new PerpWorld([LONG], { fund })
      w.books[0]?.rest(1, 97_000, 10)
      w.price(0, 97_900)
      w.tick()
      w.settle()
      expect(w.rows('takeover')).toEqual([])
      expect(w.rows('bad_debt')).toMatchObject([{ usd: 10_000 }])
      expect(w.fund()).toBeCloseTo(Math.max(0, fund - 10_000), 6)
      expect(w.rows('default').map((row) => Math.round(row.usd as number))).toEqual(fund < 10_000 ? [6000] : [])
      expect([w.cash(0), w.quantity(0)]).toEqual([0, 0])
      expect(w.broken()).toEqual([])
    }
  })
})

describe('cross margin', () => {
  const cross: Row = {
    wallet: 60_000,
    held: [
      [0, 5, 100_000],
      [1, -100, 3000],
    ],
  }
  const twin: Row = { isolated: true, wallet: 20_000, held: [[1, -100, 3000]] }

  it('orders by maintenance, closes every position at its own price, ends at nothing, leaves isolated scopes alone', () => {
    const w = new PerpWorld([cross, twin], { fund: 1e6, prices: [100_000, 3000] })
    w.books[0]?.rest(1, 89_500, 1)
    w.price(0, 90_000)
    w.price(1, 3100)
    w.tick()
    const before = [w.cash(1), w.quantity(1)]
    // equity 60,000 − 50,000 − 10,000 = 0: bankrupt at the mark
    expect(w.asked().list.map(({ kind, market }) => [kind, market])).toEqual([
      ['cancel', -1],
      ['reduce', -1],
      ['order', 0],
      ['order', 1],
    ])
    w.settle()
    expect(w.cash(0)).toBe(0)
    const taken = w.rows('takeover')
    expect(taken.map((row) => row.amount)).toEqual([4, 100])
    // the order lost 500 more: allotted by maintenance 4·90,000·0.5 % − 50 = 1,750 and 310,000·0.5 % − 50 = 1,500
    expect(taken[0]?.price).toBeCloseTo(90_000 + (500 * 1750) / 3250 / 4, 6)
    expect(taken[1]?.price).toBeCloseTo(3100 - (500 * 1500) / 3250 / 100, 6)
    expect(w.rows('bad_debt')).toMatchObject([{ account: 0, usd: 500 }])
    expect([w.cash(1), w.quantity(1)]).toEqual(before)
    expect(w.broken()).toEqual([])
  })

  it('stops with the first position when that heals', () => {
    const w = new PerpWorld([{ ...cross, wallet: 62_500 }], { prices: [100_000, 3000], contract: { liquidation_fee: 0 } })
    w.books[0]?.rest(1, 90_000, 5)
    w.price(0, 90_000)
    w.price(1, 3100)
    w.tick()
    w.settle()
    expect(w.rows('reduce').map((row) => row.market)).toEqual([0])
    expect(w.rows('takeover')).toEqual([])
    expect(w.venue.health(0, w.venue.prices)).toBeGreaterThan(1)
  })
})
