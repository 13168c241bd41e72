import { describe, expect, it } from 'vitest'
import {
  ANN,
  BOB,
  KEEPER,
  DAN,
  ETH,
  BOLD,
  DAY_MS,
  DEBT_A,
  BOOK,
  start,
  total,
  world,
  type Troves,
} from '../../../test/support/bold-world.ts'
import { ALL, Statement } from '../../model/index.ts'

describe('as a component', () => {
  it('offers the riskiest first, the same twice, with the reward in BOLD', () => {
    const w = world([...BOOK, [ANN, 0, 9.9, DEBT_A, 0.05]], [[0, 0, 50_000]])
    w.see({ ETH: 1080 })
    const offers = w.offered()
    expect(offers.map(({ kind, id }) => [kind, id])).toEqual([
      ['start', 2],
      ['start', 0],
      ['redemption', 0],
    ])
    expect(offers[1]?.reward).toBeCloseTo(0.0875 * 1080, 9)
    expect(w.offered()).toEqual(offers)
  })

  it('depositors sell what they gain where the snapshot says, blamed on the liquidation', () => {
    const w = world(
      BOOK,
      [
        [DAN, 0, 10_000],
        [0, 0, 30_000],
      ],
      {},
      { gain_market: 'ETH-USD' },
    )
    w.see({ ETH: 1080 })
    expect(w.wanted().bundles).toBe(0)
    start(w, 0)
    const out = w.wanted()
    expect(out.list.map(({ kind, actor, account, of }) => [kind, actor, account, of])).toEqual([
      ['withdraw', DAN, 2, -1],
      ['order', DAN, -1, 0],
      ['withdraw', 0, 3, -1],
      ['order', 0, -1, 0],
    ])
    expect(out.list[1]).toMatchObject({
      side: -1,
      exact: 'base',
      sold: 'seized',
      victim: 0,
      cause: w.logged('liquidate')[0]?.row,
    })
  })

  it('depositors come and go, but one BOLD stays', () => {
    const w = world(BOOK, [[DAN, 0, 100]])
    const dan = (kind: 'deposit' | 'withdraw', asset: number, amount: number) =>
      w.one(kind, { account: 2, actor: DAN, asset, amount })
    expect(dan('deposit', BOLD, 50).amount).toBe(50)
    expect(dan('withdraw', BOLD, 149.5).status).toBe('limit')
    expect(dan('withdraw', BOLD, ALL).amount).toBe(149)
    expect(dan('withdraw', ETH, ALL).status).toBe('empty')
    expect(dan('deposit', BOLD, 1e6).status).toBe('funds')
    expect(w.one('withdraw', { account: 2, actor: ANN, asset: BOLD, amount: 1 }).status).toBe('unknown')
    expect(w.venue.fund_usd()).toBe(1)
  })

  it('a refused bundle leaves no trace, and reset brings all back', () => {
    const w = world(BOOK, [[DAN, 0, 4000]])
    const fresh = w.store.hash()
    w.see({ ETH: 1080 }, DAY_MS)
    const before = w.store.hash()
    const results = w.all(
      ['start', { account: 0, actor: KEEPER }],
      ['redeem', { account: -1, actor: BOB, asset: ETH, amount: 500 }],
      ['withdraw', { account: 2, actor: DAN, asset: ETH, amount: ALL }],
      ['start', { account: 0, actor: KEEPER }],
    )
    expect(results.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied', 'unknown'])
    expect(w.store.hash()).toBe(before)
    w.all(['start', { account: 0, actor: KEEPER }])
    w.reset()
    expect(w.store.hash()).toBe(fresh)
    w.check('reset')
  })

  it('does not care in which order its rows come', () => {
    const rows: Troves = [...BOOK, [ANN, 0, 9, 9200, 0.2]]
    const run = (order: readonly number[]) => {
      const w = world(
        order.map((i) => rows[i] as Troves[number]),
        [[0, 0, 4000]],
      )
      w.see({ ETH: 1080 }, DAY_MS)
      for (const i of [2, 0]) start(w, order.indexOf(i))
      return [...total(w), ...w.logged('liquidate').flatMap(({ amount, usd, extra }) => [amount, usd, extra])]
    }
    const base = run([0, 1, 2])
    run([2, 0, 1]).forEach((value, i) => expect(value).toBeCloseTo(base[i] as number, 8))
  })

  it('is content without accounts', () => {
    const w = world([])
    w.see({ ETH: 10 }, 1000)
    expect([w.venue.below().count, w.offered(), w.venue.shortfall_usd(), w.venue.fund_usd()]).toEqual([0, [], 0, 0])
  })

  it('lays a trove open: the law of the statement is its health, interest is told apart', () => {
    const w = world(BOOK)
    w.see({}, DAY_MS)
    const st = new Statement()
    w.venue.statement(0, st)
    const ratio = ((st.quantity[0] as number) * (st.weight[0] as number) * (st.price[0] as number)) / (st.quantity[1] as number)
    expect(ratio).toBeCloseTo(w.venue.health(0, w.venue.prices), 12)
    expect(st.rate_loss).toBeCloseTo((DEBT_A * 0.05) / 365, 9)
    w.see({ ETH: 900 })
    expect(w.venue.shortfall_usd()).toBeCloseTo(DEBT_A * (1 + 0.05 / 365) - 9000, 6)
    w.venue.watch(1, 5)
    expect([w.venue.level(1), w.venue.owner(1)]).toEqual([5, BOB])
  })

  it('refuses specs that do not fit, naming the field', () => {
    expect(() => world([[9, 0, 1, 2000, 0.05]])).toThrow(/accounts\.owner\[0\]/)
    expect(() => world([[1, 5, 1, 2000, 0.05]])).toThrow(/accounts\.branch\[0\]/)
    expect(() => world([[1, 0, 1, 2000, 3]])).toThrow(/accounts\.rate\[0\]/)
    expect(() => world([[1, 0, Number.NaN, 2000, 0.05]])).toThrow(/accounts\.collateral\[0\]/)
    expect(() => world(BOOK, [[9, 0, 1]])).toThrow(/deposits\.owner\[0\]/)
    expect(() => world(BOOK, [], {}, { asset: 'RETH', gain_market: 'ETH-USD' })).toThrow(/gain_market/)
  })
})
