import { describe, expect, it } from 'vitest'
import { account, DAY_MS, DeribitWorld, value_of } from '../../../test/support/deribit-world.ts'
import { START_MS } from '../../../test/support/perp-world.ts'
import { Statement } from '../../model/index.ts'
import { total_maintenance } from '../shared/exchange/kernel.ts'
import type { Exchange } from '../shared/exchange/state.ts'

const MINUTE_MS = 60_000

describe('incremental liquidation', () => {
  it('sells 40,000 USD a second: 50 M of inverse contracts take 21 minutes (T9)', () => {
    // maintenance of 500 BTC is 1 % + 2.5 %; the book gives everything at the mark
    const w = new DeribitWorld([account(2, { btc: 10 }, [[0, 50_000_000, 100_000]])], {
      fund_coin: 1000,
      contract: { liquidation_fee: 0 },
    })
    w.books[0]?.rest(1, 100_000, 1e6)
    let minutes = 0
    while (w.quantity(0) !== 0 && minutes < 40) {
      w.tick(MINUTE_MS)
      w.settle()
      minutes++
      expect(w.broken()).toEqual([])
      if (minutes === 1) expect(w.rows('reduce')[0]?.['usd']).toBeCloseTo(2_400_000, 3)
      // sold out long before: 10 BTC carry the margin of 20 M or so
      if (w.rows('reduce').length < minutes) break
    }
    const sold = w.rows('reduce').reduce((sum, row) => sum + (row['usd'] as number), 0)
    // stops at the first order after which equity covers maintenance: Q·(1 % + 0.005 %·Q/P) ≤ 10 BTC
    const left = 50_000_000 - sold
    const coins = left / 100_000
    expect(coins * (0.01 + 0.00005 * coins)).toBeLessThanOrEqual(10)
    const before = coins + 24
    expect(before * (0.01 + 0.00005 * before)).toBeGreaterThan(10)
  })

  it('flattens a hopeless one at that pace, and the fund pays what is missing', () => {
    const w = new DeribitWorld([account(2, { btc: 10 }, [[0, 50_000_000, 100_000]])], {
      fund_coin: 1000,
      contract: { liquidation_fee: 0 },
    })
    w.books[0]?.rest(1, 97_000, 1e6)
    w.move(97_000)
    let minutes = 0
    while (w.quantity(0) !== 0 && minutes < 40) {
      w.tick(MINUTE_MS)
      w.settle()
      minutes++
      expect(w.broken()).toEqual([])
    }
    expect(minutes).toBe(21)
    const lost = 50_000_000 * (1 / 97_000 - 1 / 100_000) - 10
    expect(w.rows('insurance')[0]?.['amount']).toBeCloseTo(lost, 6)
    expect(w.coin_cash(0, 1)).toBe(0)
  })

  it('beyond the fund those in profit pay, pro rata', () => {
    const rows = [
      account(2, { btc: 10 }, [[0, 50_000_000, 100_000]]),
      account(2, { btc: 400 }, [[0, -30_000_000, 100_000]]),
      account(2, { btc: 400 }, [[0, -10_000_000, 100_000]]),
    ]
    const w = new DeribitWorld(rows, { contract: { liquidation_fee: 0 } })
    w.books[0]?.rest(1, 97_000, 1e6)
    w.move(97_000)
    for (let minutes = 0; w.quantity(0) !== 0 && minutes < 40; minutes++) {
      w.tick(MINUTE_MS)
      w.settle()
    }
    const lost = 50_000_000 * (1 / 97_000 - 1 / 100_000) - 10
    const paid = w.rows('default').map((row) => row['amount'] as number)
    expect(paid.length).toBe(2)
    expect(paid.reduce((sum, one) => sum + one, 0)).toBeCloseTo(lost, 6)
    expect((paid[0] as number) / (paid[1] as number)).toBeCloseTo(3, 6)
    expect(w.broken()).toEqual([])
  })

  it('waits for a book that is empty', () => {
    const w = new DeribitWorld([account(2, { btc: 10 }, [[0, 50_000_000, 100_000]])])
    w.tick(MINUTE_MS)
    w.settle()
    expect(w.rows('reduce').length).toBe(0)
    expect(w.quantity(0)).toBe(-50_000_000)
  })
})

describe('liquidity support', () => {
  const support = {
    support: { groups: [['BTC-PERP']], participants: [1, 2].map((one) => ({ account: one, shares: [0.15] })) },
  }
  // T10: a short of 100 BTC at 63,000 in breach; participants with 1 M and 3 M; longs of 40 and 70
  const rows = [
    account(2, { usdt: 55_000 }, [[0, -100, 62_950]]),
    account(2, { usdt: 1_000_000 }),
    account(2, { usdt: 3_000_000 }),
    account(2, { usdt: 5_000_000 }, [[0, 40, 60_000]]),
    account(2, { usdt: 5_000_000 }, [[0, 70, 62_000]]),
  ]
  const open = () => new DeribitWorld(rows, { price: 63_000, linear: true, spec: support, fund: 1e7 })

  it('participants take 600,000, the other side the rest (T10)', () => {
    const w = open()
    w.tick(MINUTE_MS)
    w.settle()
    expect(w.quantity(1)).toBeCloseTo(-150_000 / 63_000, 9)
    expect(w.quantity(2)).toBeCloseTo(-450_000 / 63_000, 9)
    expect(w.quantity(0)).toBe(0)
    const adl = w.rows('deleverage').reduce((sum, row) => sum + (row['amount'] as number), 0)
    expect(adl * 63_000).toBeCloseTo(5_700_000, 4)
    // receivers buy from a bankrupt long cheaper and sell to a bankrupt short dearer
    for (const row of w.rows('deleverage')) expect(row['price']).toBeCloseTo(63_000 * 1.001, 9)
    expect(w.rows('takeover')[0]?.['price']).toBeCloseTo(63_000 * 1.005, 9)
    expect(w.rows('reduce').length).toBe(0)
    expect(w.broken()).toEqual([])
  })

  it('capacity comes back in one step when the window is over, and not before', () => {
    const w = open()
    w.tick(MINUTE_MS)
    w.settle()
    const first = w.quantity(1)
    // what it was paid for taking over is equity too, of which 15 % is a little room
    const room = () => w.deribit.support_room(0, 0)
    expect(room()).toBeLessThan(1000)
    w.tick(299_000)
    expect(room()).toBeLessThan(1000)
    w.tick(1000)
    expect(room()).toBeGreaterThan(150_000)
    expect(w.quantity(1)).toBe(first)
  })

  it('a scope that has nothing pays neither spread nor commission', () => {
    const w = new DeribitWorld([account(2, { usdt: 1000 }, [[0, -100, 62_950]]), ...rows.slice(1)], {
      price: 63_000,
      linear: true,
      spec: support,
      fund: 1e7,
    })
    w.tick(MINUTE_MS)
    w.settle()
    for (const row of w.rows('takeover')) expect(row['price']).toBe(63_000)
    // what is missing, 4,000, is the fund's
    expect(w.rows('insurance').reduce((sum, row) => sum + (row['amount'] as number), 0)).toBeCloseTo(4000, 6)
    expect(w.cash(0)).toBe(0)
    expect(w.broken()).toEqual([])
  })

  it('participants may only close', () => {
    const w = open()
    w.books[0]?.rest(-1, 63_000, 100)
    w.books[0]?.rest(1, 63_000, 100)
    w.tick(1000)
    expect(w.order(1, 1)).toBe(false)
    w.settle()
    expect(w.quantity(1)).toBeLessThan(0)
    expect(w.order(1, -1)).toBe(false)
    expect(w.order(1, 100)).toBe(true)
    expect(w.quantity(1)).toBeCloseTo(0, 12)
    expect(w.broken()).toEqual([])
  })
})

describe('options', () => {
  const put = { strike: 90_000, type: 'put', days: 7 } as const

  it('are worth Black’s formula; a statement gives the health', () => {
    const w = new DeribitWorld([account(3, { btc: 20 }), account(2, { btc: 20 })], {
      series: [put],
      held: [
        { account: 0, series: 0, quantity: -30 },
        { account: 1, series: 0, quantity: -30 },
      ],
    })
    w.tick(MINUTE_MS)
    const days = 7 - 1 / 1440
    const value = value_of('put', 100_000, 90_000, days, 0.6)
    for (const row of [0, 1]) {
      const st = new Statement()
      st.clear()
      w.venue.statement(row, st)
      let [assets, debts] = [0, 0]
      for (let i = 0; i < st.count; i++) {
        const leg = (st.quantity[i] as number) * (st.weight[i] as number) * (st.price[i] as number)
        if (st.side[i] === 1) assets += leg
        else debts += leg
      }
      expect(assets / debts).toBeCloseTo(w.venue.health(row, w.venue.prices), 12)
    }
    // single-option margin (§6.2): maintenance 0.075 of the index beside the mark
    expect(w.venue.health(1, w.venue.prices)).toBeCloseTo((20 * 100_000) / (30 * (value + 7500)), 9)
    // portfolio margin: the worst scenario by hand; coins are worth what they are, options what they would be, ÷ the move
    let worst = 0
    const shock = (30 / days) ** 0.3
    for (let i = -4; i <= 4; i++)
      for (const vol of [0.6 * (1 + 0.45 * shock), 0.6, Math.max(0, 0.6 * (1 - 0.3 * shock))]) {
        const move = 1 + (0.16 * i) / 4
        worst = Math.min(worst, -30 * (value_of('put', 100_000 * move, 90_000, days, vol) / move - value))
      }
    for (const move of [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5]) {
      const after = value_of('put', 100_000 * (1 + move), 90_000, days, 0.6 * (1 + 0.45 * shock)) / (1 + move)
      worst = Math.min(worst, (-30 * (after - value) * 0.16) / Math.abs(move))
    }
    const asked = -worst + 30 * 0.01 * 100_000
    expect(w.venue.health(0, w.venue.prices)).toBeCloseTo((20 * 100_000) / (30 * value + asked), 9)
  })

  it('portfolio margin asks less for a hedged book, in either shape of hedge', () => {
    const held = [{ account: 0, series: 0, quantity: -30 }]
    const plain = new DeribitWorld([account(3, { btc: 20 })], { series: [put], held })
    const inverse = new DeribitWorld([account(3, { btc: 20 }, [[0, -600_000, 100_000]])], { series: [put], held })
    const linear = new DeribitWorld([account(3, { btc: 20 }, [[0, -6, 100_000]])], { series: [put], held, linear: true })
    for (const w of [plain, inverse, linear]) w.tick(MINUTE_MS)
    const asked = (w: DeribitWorld) => {
      const { x } = w.venue as unknown as { x: Exchange }
      return total_maintenance(x, 0, x.book.prices.data)
    }
    // the worst is −66 %, of which 0.16 ÷ 0.66 counts; a hedge of 6 BTC earns 6 · 66,000 there, an inverse one 6 · (1 ÷ 0.34 − 1) BTC
    const counted = 0.16 / 0.66
    expect(asked(plain) - asked(linear)).toBeCloseTo(counted * 6 * 66_000, 6)
    expect(asked(plain) - asked(inverse)).toBeCloseTo(counted * 600_000 * (1 / 0.34 - 1), 6)
  })

  it('are closed one a step when margin is short, against outside, and lift vol', () => {
    const w = new DeribitWorld([account(3, { btc: 20 })], {
      series: [put],
      held: [{ account: 0, series: 0, quantity: -2000 }],
      surface: { vega_depth: 50_000 },
    })
    w.tick(MINUTE_MS)
    w.settle()
    const closed = w.rows('reduce')
    // 20 a second for a minute
    expect(closed.reduce((sum, row) => sum + (row['amount'] as number), 0)).toBeCloseTo(1200, 6)
    expect(w.options(0, 0)).toBeCloseTo(-800, 6)
    expect(w.options(w.venue.outside, 0)).toBeCloseTo(800, 6)
    expect(w.atm()).toBeGreaterThan(0.6)
    // bought at a vol above the mark
    expect(closed[0]?.['price']).toBeCloseTo(value_of('put', 100_000, 90_000, 7 - 1 / 1440, 0.62), 6)
    expect(w.broken()).toEqual([])
  })

  it('a hedge is not sold from under the options it hedges', () => {
    // short puts are long delta, hedged by short contracts: margin is short because of gamma and vol, not of delta
    const w = new DeribitWorld([account(3, { btc: 20 }, [[0, -6_000_000, 100_000]])], {
      series: [put],
      held: [{ account: 0, series: 0, quantity: -600 }],
    })
    w.books[0]?.rest(-1, 100_000, 1e4)
    w.tick(MINUTE_MS)
    w.settle()
    const st = { delta: 0, gamma: 0, vega: 0 }
    expect(w.rows('reduce').length).toBeGreaterThan(0)
    expect(w.deribit.exposure(0, 1, st)).toBe(true)
    // contracts went only as far as they had too much of the delta
    for (const row of w.rows('reduce').filter(({ market }) => market === 0)) expect(row['usd']).toBeLessThan(1_000_000)
    expect(Math.abs(st.delta)).toBeLessThan(60)
    expect(w.broken()).toEqual([])
  })

  it('expire at the mean of the last half hour', () => {
    const call = { strike: 100_000, type: 'call', days: 1 } as const
    const w = new DeribitWorld([account(3, { btc: 20 }), account(3, { btc: 20 })], {
      series: [call],
      held: [
        { account: 0, series: 0, quantity: -10 },
        { account: 1, series: 0, quantity: 7 },
      ],
    })
    w.tick(DAY_MS - 1_800_000)
    w.move(104_000)
    w.tick(900_000)
    w.move(108_000)
    w.tick(900_000)
    const [paid] = w.rows('redeem')
    expect(paid?.['price']).toBeCloseTo(106_000, 6)
    const each = 6000 / 106_000
    expect(w.coin_cash(0, 1)).toBeCloseTo(20 - 10 * each, 9)
    expect(w.coin_cash(1, 1)).toBeCloseTo(20 + 7 * each, 9)
    expect([w.options(0, 0), w.options(1, 0)]).toEqual([0, 0])
    expect(w.broken()).toEqual([])
    expect(w.world.time_ms).toBe(START_MS + DAY_MS)
  })

  it('vol jumps and the skew steepens as the price falls, and not as it rises', () => {
    const surface = { skew: -0.05, smile: 0.01, fear: 2, steepening: 0.5 }
    const after = (price: number) => {
      const w = new DeribitWorld([account(3, { btc: 20 })], {
        series: [put],
        held: [{ account: 0, series: 0, quantity: -1 }],
        surface,
      })
      w.tick(MINUTE_MS)
      w.move(price)
      w.tick(MINUTE_MS)
      return [w.atm(), w.skew()] as const
    }
    const [fallen, steep] = after(90_000)
    expect(fallen).toBeCloseTo(0.6 + 2 * Math.log(100 / 90), 9)
    expect(steep).toBeLessThan(-0.05 - 0.5 * 0.09)
    expect(after(110_000)).toEqual([0.6, -0.05])
  })
})

describe('as a component', () => {
  const series = [
    { strike: 90_000, type: 'put', days: 7 },
    { strike: 110_000, type: 'call', days: 7 },
    { strike: 100_000, type: 'call', days: 30, shape: 'linear' },
  ] as const
  const rows = [
    account(3, { btc: 30 }, [[0, -2_000_000, 100_000]]),
    account(2, { btc: 3 }, [[0, 3_000_000, 100_000]]),
    account(3, { usdt: 500_000 }),
  ]
  const held = [
    { account: 0, series: 0, quantity: -200 },
    { account: 0, series: 1, quantity: -100 },
    { account: 2, series: 2, quantity: -20 },
  ]
  const open = () =>
    new DeribitWorld(rows, { series, held, fund: 1e6, fund_coin: 10, surface: { fear: 2, skew: -0.05, vega_depth: 1e5 } })
  const play = (w: DeribitWorld) => {
    for (const price of [99_000, 96_000, 92_000, 85_000, 80_000, 88_000]) {
      w.books[0]?.rest(1, price * 0.999, 40)
      w.books[0]?.rest(-1, price * 1.001, 40)
      w.move(price)
      w.tick(MINUTE_MS)
      w.settle()
      expect(w.broken()).toEqual([])
    }
    return w.world.parts.log.hash()
  }

  it('reset brings everything back', () => {
    const w = open()
    const { store } = w.world.parts
    const opening = store.hash()
    const first = play(w)
    expect(w.rows('reduce').length).toBeGreaterThan(2)
    w.world.reset()
    for (const dial of [...w.dials, ...w.coins]) dial[0] = dial[1] as number
    expect(store.hash()).toBe(opening)
    expect(play(w)).toBe(first)
  })

  it('a refused bundle leaves no trace', () => {
    const w = open()
    w.move(80_000)
    w.tick(MINUTE_MS)
    w.venue.below()
    const { store } = w.world.parts
    const before = store.hash()
    const close = ['reduce', { account: 0, offer: 0, amount: 5 }] as const
    expect(w.bundle(close, ['withdraw', { account: 0, actor: 1, asset: 1, amount: 1e9 }])).toBe(false)
    expect(store.hash()).toBe(before)
    expect(w.bundle(close)).toBe(true)
    expect(w.broken()).toEqual([])
  })
})
