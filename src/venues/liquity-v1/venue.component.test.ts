import { describe, expect, it } from 'vitest'
import { ANN, BOB, BOOK, DAN, ETH, KEEPER, start, total, world } from '../../../test/support/trove-world.ts'
import { ALL, Statement } from '../../model/index.ts'
import { decayed } from './kernel.ts'
import { gainOf, leftOf } from './pool.ts'

describe('as a component', () => {
  it('without an answer of the oracle goes on at the last good price', () => {
    const w = world(BOOK, [[0, 50_000]])
    w.see({ ETH: 100 })
    w.see({ ETH: Number.NaN })
    expect([w.venue.prices[0], start(w, 1).status]).toEqual([100, 'applied'])
    w.see({ ETH: 0 })
    expect([w.venue.prices[0], w.feeds.price(0)]).toEqual([100, 100])
  })

  it('of two oracles takes the second when the first breaks, jumps or is halted for more than 4 hours, and comes back when they agree', () => {
    const open = () => world(BOOK, [[0, 50_000]], { fallback_oracle: 'LUSD' })
    const w = open()
    w.see({ ETH: 190, LUSD: 180 })
    expect(w.venue.prices[0]).toBe(190)
    w.see({ ETH: Number.NaN, LUSD: 150 })
    expect([w.venue.prices[0], w.feeds.price(0)]).toEqual([150, 150])
    w.see({ ETH: 140 })
    expect(w.venue.prices[0]).toBe(150)
    w.see({ ETH: 144 })
    expect(w.venue.prices[0]).toBe(144)
    w.see({ ETH: 70 })
    expect(w.venue.prices[0]).toBe(150)
    const halted = open()
    halted.halted.add('oracle:ETH')
    halted.see({ LUSD: 150 }, 0)
    halted.see({}, 14_400_000)
    expect(halted.venue.prices[0]).toBe(200)
    halted.see({}, 1)
    expect(halted.venue.prices[0]).toBe(150)
    halted.reset()
    expect(halted.venue.prices[0]).toBe(200)
  })

  it('offers the riskiest first, the same twice, with the reward in LUSD', () => {
    const w = world(BOOK, [[0, 50_000]])
    w.see({ ETH: 95 })
    const offers = w.offered()
    expect(offers.map(({ kind, id }) => [kind, id])).toEqual([
      ['start', 1],
      ['start', 2],
      ['redemption', 0],
    ])
    expect(offers[0]?.reward).toBe(200 + 0.5 * 95)
    expect(w.offered()).toEqual(offers)
  })

  it('depositors sell what they gain where the snapshot says, blamed on the liquidation', () => {
    const w = world(
      BOOK,
      [
        [DAN, 10_000],
        [0, 30_000],
      ],
      { gain_market: 'ETH-USD' },
    )
    w.see({ ETH: 100 })
    expect(w.wanted().bundles).toBe(0)
    start(w, 1)
    const out = w.wanted()
    expect(out.bundles).toBe(2)
    expect(out.list.map(({ kind, actor, account, of }) => [kind, actor, account, of])).toEqual([
      ['withdraw', DAN, 3, -1],
      ['order', DAN, -1, 0],
      ['withdraw', 0, 4, -1],
      ['order', 0, -1, 0],
    ])
    expect(out.list[1]).toMatchObject({
      side: -1,
      exact: 'base',
      sold: 'seized',
      victim: 0,
      cause: w.logged('liquidate')[0]?.row,
    })
    expect(w.one('withdraw', { account: 4, actor: 0, asset: ETH, amount: ALL }).amount).toBeCloseTo(99.5 * 0.75, 9)
    expect(w.wanted().bundles).toBe(1)
  })

  it('a refused bundle leaves no trace, and reset brings all back', () => {
    const w = world(BOOK, [[DAN, 4000]])
    const fresh = w.store.hash()
    w.see({ ETH: 100 })
    const before = w.store.hash()
    const results = w.all(
      ['start', { account: 1, actor: KEEPER }],
      ['redeem', { actor: BOB, asset: ETH, amount: 500 }],
      ['withdraw', { account: 3, actor: DAN, asset: ETH, amount: ALL }],
      ['start', { account: 1, actor: KEEPER }],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'unknown'])
    expect(w.store.hash()).toBe(before)
    w.all(['start', { account: 1, actor: KEEPER }], ['start', { account: 2, actor: KEEPER }])
    w.reset()
    expect(w.store.hash()).toBe(fresh)
    w.check('reset')
  })

  it('does not care in which order its rows come', () => {
    const run = (order: readonly number[]) => {
      const w = world(
        order.map((i) => BOOK[i] as (typeof BOOK)[number]),
        [[0, 4000]],
      )
      w.see({ ETH: 100 })
      for (const i of [1, 2]) start(w, order.indexOf(i))
      return [...total(w), ...w.logged('liquidate').map(({ amount, usd, extra }) => [amount, usd, extra])].flat()
    }
    const base = run([0, 1, 2])
    run([2, 0, 1]).forEach((value, i) => expect(value).toBeCloseTo(base[i] as number, 8))
  })

  it('is content without accounts', () => {
    const w = world([])
    w.see({ ETH: 10 })
    expect([w.venue.below().count, w.offered(), w.venue.shortfall_usd(), w.venue.fund_usd()]).toEqual([0, [], 0, 0])
  })

  it('lays a trove open: the law of the statement is its health, in both modes', () => {
    const w = world(BOOK, [[0, 50_000]])
    for (const price of [100, 17]) {
      w.see({ ETH: price })
      const st = new Statement()
      w.venue.statement(2, st)
      expect(
        ((st.quantity[0] as number) * (st.weight[0] as number) * (st.price[0] as number)) / (st.quantity[1] as number),
      ).toBeCloseTo(w.venue.health(2, w.venue.prices), 12)
    }
    const none = new Statement()
    w.venue.statement(3, none)
    expect(none.count).toBe(0)
    w.see({ ETH: 10 })
    expect(w.venue.shortfall_usd()).toBe(9000 + 5400)
    w.venue.watch(0, 2)
    expect([w.venue.level(0), w.venue.owner(0), w.venue.owner(3)]).toEqual([2, BOB, -1])
  })

  it('refuses specs that do not fit, naming the field', () => {
    expect(() => world([[9, 1, 2000]])).toThrow(/accounts\.owner\[0\]/)
    expect(() => world([[ANN, 1, 100]])).toThrow(/accounts\.debt\[0\]/)
    expect(() => world([[ANN, 1, 0]])).toThrow(/accounts\.collateral\[0\]/)
    expect(() => world([[ANN, Number.NaN, 2000]])).toThrow(/accounts\.collateral\[0\]/)
    expect(() => world(BOOK, [[9, 1]])).toThrow(/deposits\.owner\[0\]/)
    expect(() => world(BOOK, [], { minimum_ratio: 0.5 })).toThrow(/minimum_ratio/)
    expect(() => world(BOOK, [], { asset: 'LUSD', gain_market: 'ETH-USD' })).toThrow(/gain_market/)
  })
})

describe('published numbers through the venue, 1e-9', () => {
  /** Deposits of LUSD, then liquidations of [debt, ETH] at 100. */
  const pooled = (amounts: readonly number[], defaults: readonly (readonly [number, number])[]) => {
    const troves = defaults.map(([debt, coll]) => [ANN, coll, debt] as const)
    const w = world(
      [[BOB, 100_000, 100_000], ...troves],
      amounts.map((amount) => [0, amount] as const),
    )
    w.see({ ETH: 100 })
    for (let i = 1; i <= defaults.length; i++) expect(start(w, i).status).toBe('applied')
    return amounts.flatMap((_, d) => [leftOf(w.venue.state, d), gainOf(w.venue.state, d)])
  }
  const close = (got: readonly number[], want: readonly number[]) => {
    got.forEach((value, i) => expect(Math.abs(value / (want[i] as number) - 1), `${value} for ${want[i]}`).toBeLessThan(1e-9))
  }

  it('L1, L2, L3: deposits and gains', () => {
    close(
      pooled([10_000, 10_000, 10_000], [[10_000, 100]]),
      [0, 1, 2].flatMap(() => [6666.666666666667, 33.166666666666667]),
    )
    close(
      pooled(
        [10_000, 10_000, 10_000],
        [
          [5000, 50],
          [6000, 60],
          [7000, 70],
        ],
      ),
      [4000, 59.7, 4000, 59.7, 4000, 59.7],
    )
    close(
      pooled(
        [2000, 456_000, 13_100],
        [
          [207_000, 2160],
          [5000, 50],
          [46_700, 500],
        ],
      ),
      [901.719380174061, 11.4474633835703665, 205_592.018679686, 2610.021651454043834, 5906.2619401401, 74.9808851623859129],
    )
  })

  it('L4: decay of the base rate', () => {
    close(
      [1, 5, 24, 168].map((hours) => decayed(0.01, hours * 3_600_000)),
      [0.00943874312681671, 0.0074915353843825, 0.00249999999999855, 0.000000610351562497],
    )
  })
})
