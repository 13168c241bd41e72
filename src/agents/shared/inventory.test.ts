import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type MarketSetup } from '../../../test/support/agent-world.ts'
import type { Action, Agent, Offer } from '../../model/index.ts'
import { liquidator } from '../liquidator.ts'

const HOUR = 3_600_000
const market: MarketSetup = { id: 'ETH-USD', base: 'ETH', quote: 'USD', book: new Flat(2000) }
const keeps = { into: 'USD', max_usd: 100_000, sell_usd_per_hour: 12_000, discount: 0.01, slippage_max: 0.02 }

function world(book: Flat = new Flat(2000)) {
  const w = new AgentWorld({ USD: 1, ETH: 2000, BTC: 50_000 }, [{ ...market, book }])
  w.give(1, 'USD', 1e6)
  return w
}
const open = (w: AgentWorld, inventory: object = {}, more: object = {}): Agent =>
  w.open(liquidator, { markets: ['ETH-USD'], flash: false, min_profit_usd: 0, inventory: { ...keeps, ...inventory }, ...more })
const offer = (w: AgentWorld, more: Partial<Offer> = {}): Offer => ({
  ...{
    kind: 'liquidation',
    venue: 3,
    id: 9,
    price: 1900,
    debt_max: 19_000,
    debt_min: 0,
    collateral_max: 1e6,
    reward: 0,
    health: 0.9,
  },
  ...{ collateral: w.asset('ETH'), debt: w.asset('USD') },
  ...more,
})
/** What a venue would log, and the tokens with it. */
function seized(w: AgentWorld, units: number, venue = 3): number {
  w.give(1, 'ETH', units)
  return w.log.add({ kind: 'take', venue, actor: 1, asset: w.asset('ETH'), amount: units, price: 1900, usd: units * 1900 })
}
/** What the engine would log of the sales, and the tokens with it. */
function settle(w: AgentWorld, list: readonly Action[]) {
  for (const { kind, actor, amount, sold, cause, victim } of list) {
    if (kind !== 'order') continue
    w.give(actor, 'ETH', -amount)
    w.log.add({
      kind: 'fill',
      actor,
      market: 0,
      asset: w.asset('ETH'),
      amount: -amount,
      price: 2000,
      usd: amount * 2000,
      sold,
      victim,
      cause,
    })
  }
}

describe('inventory', () => {
  it('keeps what it takes: no loan, no sale in the bundle', () => {
    const w = world()
    const list = w.act(open(w), [offer(w)])
    expect(list.map(({ kind, amount }) => [kind, amount])).toEqual([['liquidate', 19_000]])
    expect(() => open(w, {}, { flash: true })).toThrow('must be paid for')
  })

  it('sells so much an hour, oldest first, as the forced sale of whom it was taken from', () => {
    const w = world()
    const agent = open(w)
    const [first, second] = [seized(w, 4), seized(w, 5, 7)]
    w.time_ms += HOUR / 2
    // 6000 USD in half an hour: 3 ETH of the first lot.
    const list = [...w.act(agent)]
    expect(list).toHaveLength(1)
    expect(list[0]).toMatchObject({
      kind: 'order',
      market: 0,
      side: -1,
      exact: 'base',
      amount: 3,
      sold: 'unwound',
      victim: 3,
      cause: first,
    })
    expect(list[0]?.limit).toBeCloseTo(1960, 9)
    // Once a tick: asked again at the same time it sells nothing.
    expect(w.act(agent)).toEqual([])
    settle(w, list)
    w.time_ms += HOUR / 2
    expect(w.act(agent).map(({ amount, victim, cause }) => [amount, victim, cause])).toEqual([
      [1, 3, first],
      [2, 7, second],
    ])
  })

  it('of what was not sold, nothing is forgotten', () => {
    const w = world()
    const agent = open(w)
    const lot = seized(w, 2)
    w.time_ms += HOUR
    expect(w.act(agent).map(({ amount }) => amount)).toEqual([2])
    // The market did not take it: no fill is logged.
    w.time_ms += HOUR
    expect(w.act(agent).map(({ amount, cause }) => [amount, cause])).toEqual([[2, lot]])
  })

  it('takes nothing more when full, and again when there is room', () => {
    const w = world()
    const agent = open(w)
    seized(w, 45)
    w.time_ms += 1
    // Room for 10,000 USD: 5 ETH at 1900.
    expect(
      w
        .act(agent, [offer(w)])
        .filter(({ kind }) => kind === 'liquidate')
        .map(({ amount }) => amount),
    ).toEqual([9500])
    seized(w, 5)
    expect(w.act(agent, [offer(w)]).filter(({ kind }) => kind === 'liquidate')).toEqual([])
    w.time_ms += HOUR
    const sales = [...w.act(agent, [offer(w)])]
    settle(w, sales)
    // 6 ETH have gone.
    expect(
      w
        .act(agent, [offer(w)])
        .filter(({ kind }) => kind === 'liquidate')
        .map(({ amount }) => amount),
    ).toEqual([11_400])
  })

  it('takes nothing when it is out of the debt asset, nor what it cannot sell for that', () => {
    const w = world()
    const agent = open(w)
    w.give(1, 'USD', -999_000)
    expect(w.act(agent, [offer(w)]).map(({ amount }) => amount)).toEqual([1000])
    w.give(1, 'USD', -1000)
    expect(w.act(agent, [offer(w)])).toEqual([])
    w.give(1, 'BTC', 10)
    expect(w.act(agent, [offer(w, { debt: w.asset('BTC'), price: 0.03 })])).toEqual([])
  })

  it('counts what selling slowly is expected to lose', () => {
    const w = world()
    const agent = open(w, { discount: 0.06 })
    // 2000 · 0.94 = 1880.
    expect(w.act(agent, [offer(w, { price: 1881 })])).toEqual([])
    expect(w.act(agent, [offer(w, { price: 1879, debt_max: 1000 })])).toHaveLength(1)
  })

  it('a lot is never larger than what there is', () => {
    const w = world()
    const agent = open(w, { sell_usd_per_hour: 1e9 })
    seized(w, 4)
    w.give(1, 'ETH', -1)
    w.time_ms += HOUR
    expect(w.act(agent).map(({ amount }) => amount)).toEqual([3])
  })

  it('two runs of one world are alike: reset forgets lots', () => {
    const w = world()
    const agent = open(w)
    w.store.seal()
    seized(w, 4)
    w.time_ms += HOUR
    expect(w.act(agent)).toHaveLength(1)
    w.store.reset()
    w.log.rows.length = 0
    w.time_ms += HOUR
    expect(w.act(agent)).toEqual([])
  })

  it('never pays more than it has, never keeps more than it may, whatever is offered', () => {
    const some = fc.record({
      debt_max: fc.double({ min: 1, max: 200_000, noNaN: true }),
      price: fc.double({ min: 1000, max: 1990, noNaN: true }),
      least: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0, max: 100_000, noNaN: true }),
        fc.double({ min: 1, max: 100_000, noNaN: true }),
        (list, funds, max_usd) => {
          const w = new AgentWorld({ USD: 1, ETH: 2000 }, [market])
          w.give(1, 'USD', funds)
          const offers = list.map(({ debt_max, price, least }, id) =>
            offer(w, { id, debt_max, price, debt_min: least * debt_max }),
          )
          const taken = w.act(open(w, { max_usd }), offers).filter(({ kind }) => kind === 'liquidate')
          const paid = taken.reduce((sum, { amount }) => sum + amount, 0)
          const kept = taken.reduce((sum, { amount, account }) => sum + (amount / (offers[account]?.price as number)) * 2000, 0)
          expect(paid).toBeLessThanOrEqual(funds * (1 + 1e-9))
          expect(kept).toBeLessThanOrEqual(max_usd * (1 + 1e-9))
          for (const { amount, account } of taken) {
            const { debt_min, debt_max } = offers[account] as Offer
            expect(amount === debt_max || (amount >= debt_min * (1 - 1e-12) && debt_max - amount >= debt_min * (1 - 1e-12))).toBe(
              true,
            )
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
