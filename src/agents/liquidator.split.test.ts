import { describe, expect, it } from 'vitest'
import { AgentWorld, type MarketSetup, Pool } from '../../test/support/agent-world.ts'
import type { Offer } from '../model/index.ts'
import { liquidator } from './liquidator.ts'

const prices = { USD: 1, ETH: 2000 }
const exact = { flash_fee: 0, min_profit_usd: 0 }
/** 5 % bonus on ETH at 2000. */
const PRICE = 2000 / 1.05
const offer = (w: AgentWorld, more: Partial<Offer>): Offer => ({
  ...{
    kind: 'liquidation',
    venue: 0,
    id: 9,
    price: PRICE,
    debt_max: 100_000,
    debt_min: 0,
    collateral_max: 1000,
    reward: 0,
    health: 0.9,
  },
  ...{ collateral: w.asset('ETH'), debt: w.asset('USD') },
  ...more,
})
const paid = (list: ReturnType<AgentWorld['act']>) => list.filter(({ kind }) => kind === 'liquidate').map(({ amount }) => amount)

describe('liquidator: a sale over several markets', () => {
  const two = (): MarketSetup[] => [
    { id: 'ETH-USD', base: 'ETH', quote: 'USD', book: new Pool(1000, 2_000_000, 0.003) },
    { id: 'ETH-USD-2', base: 'ETH', quote: 'USD', book: new Pool(500, 990_000, 0.0005) },
    { id: 'ETH-USD-3', base: 'ETH', quote: 'USD', book: new Pool(1000, 1_500_000) },
  ]
  const markets = ['ETH-USD', 'ETH-USD-2', 'ETH-USD-3']
  const wide = { ...exact, markets }
  /** What a pool takes until its last unit is worth the price. */
  const until = ({ x, y, fee }: Pool) => (Math.sqrt(((1 - fee) * x * y) / PRICE) - x) / (1 - fee)

  it('goes on until the last unit of each brings what it costs, in one bundle', () => {
    const w = new AgentWorld(prices, two())
    const list = w.act(w.open(liquidator, { ...wide, split: true }), [offer(w, { debt_max: 1e6 })])
    expect(list.map(({ kind }) => kind)).toEqual(['flash', 'liquidate', 'order', 'order', 'flash_repay'])
    const [a, b] = [until(w.markets[0]?.book as Pool), until(w.markets[1]?.book as Pool)]
    expect(paid(list)[0]).toBeCloseTo((a + b) * PRICE, 2)
    const [first, second] = [list[2], list[3]]
    expect([first?.market, first?.amount, first?.of]).toEqual([1, expect.closeTo(b, 6), -1])
    // The last part is all that is left of what was seized.
    expect([second?.market, second?.amount, second?.of]).toEqual([0, Number.POSITIVE_INFINITY, -1])
    for (const order of [first, second]) expect(order?.limit).toBeCloseTo(PRICE, 6)
  })

  it('brings more than the best market alone, and no less when there is nothing to gain by it', () => {
    const profit = (fields: object, debt_max: number) => {
      const w = new AgentWorld(prices, two())
      const list = w.act(w.open(liquidator, { ...wide, ...fields }), [offer(w, { debt_max })])
      const debt = paid(list)[0] ?? 0
      w.give(1, 'ETH', debt / PRICE)
      w.trade()
      return w.has(1, 'USD') - debt
    }
    expect(profit({ split: true }, 1e6)).toBeGreaterThan(1.3 * profit({}, 1e6))
    expect(profit({ split: true }, 100)).toBeCloseTo(profit({}, 100), 9)
  })

  it('sells what was planned where more of it is in the treasury', () => {
    const w = new AgentWorld(prices, two())
    w.give(1, 'ETH', 50)
    const list = w.act(w.open(liquidator, { ...wide, split: true }), [offer(w, { debt_max: 1e6 })])
    expect(list[3]?.amount).toBeCloseTo(until(w.markets[0]?.book as Pool), 6)
  })

  it('takes what is offered by its limits: the least part, and all there is', () => {
    const w = new AgentWorld(prices, two())
    const agent = w.open(liquidator, { ...wide, split: true })
    expect(paid(w.act(agent, [offer(w, { debt_max: 50_000 })]))).toEqual([50_000])
    expect(paid(w.act(agent, [offer(w, { debt_max: 1e6, debt_min: 90_000 })]))[0]).toBeCloseTo(90_000, 6)
    expect(paid(w.act(agent, [offer(w, { debt_max: 1e6, debt_min: 600_000 })]))).toEqual([])
  })
})
