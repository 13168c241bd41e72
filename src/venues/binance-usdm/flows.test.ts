import { describe, expect, it } from 'vitest'
import { ALL, Quote, Statement } from '../../model/index.ts'
import { columns, PerpWorld, type Row, START_MS, USDT } from '../../../test/support/perp-world.ts'

const long = (quantity: number, entry: number, wallet: number): Row => ({ wallet, held: [[0, quantity, entry]] })
const ISOLATED: Row = { isolated: true, wallet: 20_000, held: [[0, 10, 100_000]] }

describe('index, mark and funding', () => {
  const mark = (w: PerpWorld) => w.venue.prices[0] as number

  const move = (w: PerpWorld, mid: number) => {
    w.books[0]?.move(mid)
    w.world.parts.mids.pinned(0, mid, -1)
  }
  const halt = (w: PerpWorld) =>
    w.world.switch_faults([{ kind: 'halt', target: 'market:BTC-PERP', from_ms: 0, to_ms: 1, value: 0 }], 0, 0)

  it('is the median of funding basis, average basis and last price (BN15)', () => {
    const w = new PerpWorld([], { contract: { funding: { last: 0.0001 } } })
    // up to 12:00, four of eight hours left, the basis is +20
    w.world.parts.clock.columns.time_ms.data[0] = START_MS + 43_200_000 - 120_000
    move(w, 100_020)
    w.tick()
    move(w, 99_400)
    w.tick()
    expect(mark(w)).toBeCloseTo(100_005, 9)
    move(w, 100_500)
    w.venue.price(w.world.time_ms, w.world)
    expect(mark(w)).toBeCloseTo(100_020, 9)
    move(w, 100_010)
    w.venue.price(w.world.time_ms, w.world)
    expect(mark(w)).toBeCloseTo(100_010, 9)
  })

  it('does not follow what happens in the instant of a tick beyond its index', () => {
    const w = new PerpWorld([])
    w.tick()
    move(w, 60_000)
    w.venue.price(w.world.time_ms, w.world)
    expect(mark(w)).toBe(100_000)
    // a tick later the basis has stood, and counts
    w.tick()
    expect(mark(w)).toBe(60_000)
  })

  it('averages the basis over its window, a sample a tick', () => {
    const w = new PerpWorld([], { contract: { mark: { ma_window_ms: 180_000 } } })
    for (const gap of [30, 60, 90, 120]) {
      move(w, 100_000 + gap)
      w.tick()
    }
    w.tick()
    // the last three that stood: P2 = 100,090 lies between P1 = 100,000 and the last price
    expect(mark(w)).toBeCloseTo(100_090, 9)
  })

  it('falls back to the index when the contract has not traded', () => {
    const w = new PerpWorld([], { contract: { funding: { last: 0.001 } } })
    w.price(0, 98_000)
    w.books[0]?.move(90_000)
    halt(w)
    w.tick()
    w.tick()
    const left = 1 - ((w.world.time_ms / 28_800_000) % 1)
    expect(mark(w)).toBeCloseTo(98_000 * (1 + 0.001 * left), 6)
  })

  it('protects itself with its own last price while the index has none', () => {
    const w = new PerpWorld([])
    ;(w.dials[0] as number[])[0] = Number.NaN
    move(w, 99_000)
    w.tick()
    w.tick()
    expect([w.world.feeds.price(0), mark(w)]).toEqual([99_000, 99_000])
    expect(w.broken()).toEqual([])
  })

  it('carries its displacement: of the index, and of its own market where it follows that', () => {
    const w = new PerpWorld([])
    const { mids, feeds } = w.world.parts
    mids.filled(0, { mid_before: 100_000, mid_after: 99_000 } as never, 1, 7)
    w.books[0]?.move(99_000)
    const quote = new Quote(feeds.sources)
    w.tick()
    feeds.read(1, quote)
    expect([quote.price, quote.displacement[1]]).toEqual([100_000, 0])
    w.tick()
    feeds.read(1, quote)
    // basis and last price say 99,000: all of it is this venue's
    expect(quote.price).toBe(99_000)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.99), 12)
    expect(quote.row[1]).toBe(7)
    w.price(0, 99_500)
    w.tick()
    expect(w.broken()).toEqual([])
  })

  it('longs pay shorts at the mark, once per interval; the flows cancel', () => {
    const w = new PerpWorld([long(3, 100_000, 50_000), long(-2, 100_000, 50_000)], { contract: { funding: { last: 0.0001 } } })
    const before = [0, 1, 2].map((row) => w.cash(row))
    w.tick(28_800_000)
    w.venue.accrue(w.world.time_ms, w.world, w.world.parts.log)
    // without a premium the rate is the interest: 0.01 %
    expect([0, 1, 2].map((row) => w.cash(row) - (before[row] as number))).toEqual([-30, 20, 10])
    expect(w.rows('funding')).toMatchObject([{ market: 0, price: 100_000, usd: 30, extra: 0.0001 }])
    const st = new Statement()
    st.clear()
    w.venue.statement(0, st)
    expect(st.rate_loss).toBe(30)
    // it counts from the owner's last own change
    w.books[0]?.rest(1, 100_000, 1)
    w.order(0, -1)
    w.bundle(['deposit', { account: 1, actor: 1, asset: USDT, amount: 1 }])
    for (const row of [0, 1]) {
      st.clear()
      w.venue.statement(row, st)
      expect(st.rate_loss).toBe(0)
    }
    w.tick()
    expect(w.rows('funding').length).toBe(1)
    expect(w.broken()).toEqual([])
  })

  it('takes the premium of the impact notional, damped and capped (BN16)', () => {
    const rate = (premium: number, contract = {}) => {
      const w = new PerpWorld([], { contract: { funding: { cap: 0.5 }, ...contract } })
      w.books[0]?.rest(1, 100_000 * (1 + premium) - 1, 10)
      w.books[0]?.rest(-1, 100_000 * (1 + premium), 10)
      for (let hour = 0; hour < 8; hour++) w.tick(3_600_000)
      return w.rows('funding')[0]?.extra as number
    }
    expect(rate(-0.0012)).toBeCloseTo(-0.0007, 12)
    expect(rate(-0.0012, { funding: { interval_ms: 14_400_000, cap: 0.5 } })).toBeCloseTo(-0.00035, 12)
    expect(rate(-0.01, { funding: { cap: 0.003 } })).toBeCloseTo(-0.003, 12)
    expect(rate(-0.01, { funding: {} }), 'default cap: 0.75 × 0.4 %').toBeCloseTo(-0.003, 12)
  })

  it('later premiums of the interval weigh more; only what the impact notional reaches counts', () => {
    const w = new PerpWorld([], { contract: { funding: { cap: 0.5 } } })
    const outside = w.venue.outside
    for (let hour = 1; hour <= 8; hour++) {
      w.books[0]?.cancel(outside)
      // 25,000 = 200 × 125 fills within a quarter coin; the level behind is out of its reach
      w.books[0]?.rest(1, 100_000 + 100 * hour, 1)
      w.books[0]?.rest(1, 100_000 + 100 * hour - 1, 50)
      w.books[0]?.rest(-1, 110_000, 10)
      w.tick(3_600_000)
    }
    // premiums of 0.1 %, 0.2 % … 0.8 % with weights 1 … 8: 204 ÷ 36 tenths, less 0.05 %
    expect(w.rows('funding')[0]?.extra).toBeCloseTo((204 / 36) * 0.001 - 0.0005, 12)
  })

  it('may push an account into breach: charged first, tested next', () => {
    // maintenance of 1,000,000 is 5,550; a payment is 100
    const w = new PerpWorld([long(10, 100_000, 5600)])
    w.tick()
    expect(w.venue.below().count).toBe(0)
    w.tick(28_800_000)
    expect(w.venue.below().count).toBe(1)
  })
})

describe('owners', () => {
  const setup = () => new PerpWorld([{ owner: 0, wallet: 100_000 }, { wallet: 1e7 }, { ...ISOLATED, owner: 1 }])

  it('deposit from the treasury and withdraw what no position needs', () => {
    const w = setup()
    const ann = 1
    expect(w.apply('deposit', { account: 0, actor: ann, asset: USDT, amount: 2e6 }).status).toBe('funds')
    expect(w.bundle(['deposit', { account: 0, actor: ann, asset: USDT, amount: 50_000 }])).toBe(true)
    expect([w.cash(0), w.world.ledger.balance(ann, USDT)]).toEqual([150_000, 950_000])
    w.books[0]?.rest(-1, 100_000, 10, 1)
    w.order(0, 5)
    // 500,000 at 100x needs 5,000; the fee was 250
    expect(w.bundle(['withdraw', { account: 0, actor: ann, asset: USDT, amount: 144_751 }])).toBe(false)
    expect(w.bundle(['withdraw', { account: 0, actor: ann, asset: USDT, amount: ALL }])).toBe(true)
    expect(w.world.ledger.balance(ann, USDT)).toBeCloseTo(950_000 + 144_750, 6)
    expect(w.rows('withdraw')).toMatchObject([{ account: 0, actor: ann, amount: 144_750 }])
    expect(w.broken()).toEqual([])
  })

  it('unrealised profit is margin but cannot be withdrawn', () => {
    const w = setup()
    w.price(0, 110_000)
    w.tick()
    expect(w.apply('withdraw', { account: 2, asset: USDT, amount: 20_001 }).status).toBe('margin')
    expect(w.apply('withdraw', { account: 2, asset: USDT, amount: ALL })).toEqual({ status: 'applied', amount: 20_000 })
    w.world.ledger.postings.settle()
    expect(w.broken()).toEqual([])
  })

  it('what outside has lost comes in when it is taken away', () => {
    const w = new PerpWorld([{ owner: 0, wallet: 50_000, held: [[0, 10, 100_000]] }])
    w.price(0, 200_000)
    w.tick()
    // the winner sells to outside: 1,000,000 of gains that outside only owes so far
    w.books[0]?.rest(1, 200_000, 10)
    expect(w.order(0, -10)).toBe(true)
    expect(w.bundle(['withdraw', { account: 0, asset: USDT, amount: ALL }])).toBe(true)
    expect(w.world.ledger.balance(1, USDT)).toBeCloseTo(1e6 + 1_049_000, 4)
    expect(w.broken()).toEqual([])
  })

  it('open as far as the initial margin goes, brackets and leverage included, and close freely', () => {
    const w = setup()
    w.books[0]?.rest(-1, 100_000, 1000, 1)
    // all of 100,000 at 50x from 3,000,000 on: 100,000 ÷ (2 % + 0.05 %)
    expect(w.apply('order', { account: 0, side: 1, amount: ALL }).amount).toBeCloseTo(100_000 / 0.0205 / 100_000, 9)
    expect(w.apply('order', { account: 0, side: 1, amount: 40 })).toEqual({ status: 'applied', amount: 40 })
    expect(w.apply('order', { account: 0, side: -1, amount: 60 }).status).toBe('partial')
    expect(w.apply('order', { account: 2, side: -1, amount: 4 })).toEqual({ status: 'applied', amount: 4 })
    expect(w.apply('order', { account: 2, side: -1, amount: ALL })).toEqual({ status: 'applied', amount: 10 })
    expect(w.apply('order', { account: 0, side: 1, amount: 250_000, exact: 'quote' })).toEqual({
      status: 'applied',
      amount: 250_000,
    })
    expect(w.apply('order', { account: w.venue.fund, side: 1, amount: 1 }).status).toBe('unknown')
    expect(w.apply('order', { account: 99, side: 1, amount: 1 }).status).toBe('unknown')
    const capped = new PerpWorld([{ wallet: 100_000 }], { contract: { max_leverage: 5 } })
    expect(capped.apply('order', { account: 0, side: 1, amount: ALL }).amount).toBeCloseTo(100_000 / 0.2005 / 100_000, 9)
  })

  it('take nothing beyond the band around the mark, whatever limit they give', () => {
    for (const [limit, filled] of [
      [0, 2],
      [200_000, 2],
      [101_000, 1],
    ] as const) {
      const w = setup()
      for (const price of [100_500, 104_999, 105_001]) w.books[0]?.rest(-1, price, 1, 1)
      w.order(0, 5, 0, { limit })
      expect(w.quantity(0), `limit ${limit}`).toBe(filled)
    }
    const w = setup()
    for (const price of [95_001, 94_999]) w.books[0]?.rest(1, price, 1, 1)
    w.order(2, -10)
    expect(w.quantity(2)).toBe(9)
  })

  it('may save an account whose liquidation has begun', () => {
    const w = setup()
    w.price(0, 98_500)
    w.tick()
    expect(w.bundle(['reduce', { account: 2, plan: 0 }])).toBe(true)
    expect(w.bundle(['deposit', { account: 2, actor: 2, asset: USDT, amount: 50_000 }])).toBe(true)
    expect(w.settle()).toBe(0)
    // the rest of the tick it is still in the exchange's hands
    expect(w.apply('withdraw', { account: 2, asset: USDT, amount: 1 }).status).toBe('margin')
    w.tick()
    expect(w.apply('withdraw', { account: 2, asset: USDT, amount: 1 }).status).toBe('applied')
    expect(w.quantity(2)).toBe(10)
  })

  it('trade at mean entry, and start afresh when they turn', () => {
    const w = setup()
    for (const price of [100_000, 101_000]) {
      w.books[0]?.rest(-1, price, 1, 1)
      w.order(0, 1)
    }
    expect(w.column('positions', 'entry')[0]).toBe(100_500)
    w.books[0]?.rest(1, 99_000, 10, 1)
    w.order(0, -0.5)
    expect(w.column('positions', 'entry')[0]).toBe(100_500)
    w.order(0, -3)
    expect([w.quantity(0), w.column('positions', 'entry')[0]]).toEqual([-1.5, 99_000])
    expect(w.broken()).toEqual([])
  })

  it('an isolated account has one contract; nobody trades through a halted venue', () => {
    const w = new PerpWorld([ISOLATED, { wallet: 1e6 }], { prices: [100_000, 3000] })
    expect(w.apply('order', { account: 0, market: 1, side: 1, amount: 1 }).status).toBe('unknown')
    w.world.switch_faults([{ kind: 'halt', target: 'venue:bn', from_ms: 0, to_ms: 1, value: 0 }], 0, 0)
    w.tick()
    expect(w.apply('order', { account: 1, side: 1, amount: 1 }).status).toBe('paused')
  })

  it('columns of a snapshot are what rows say', () => {
    expect(columns([ISOLATED]).positions).toEqual({
      account: Int32Array.of(0),
      contract: Int32Array.of(0),
      quantity: Float64Array.of(10),
      entry: Float64Array.of(100_000),
    })
  })
})
