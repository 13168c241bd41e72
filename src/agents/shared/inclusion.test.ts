import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Flat } from '../../../test/support/agent-world.ts'
import { KeeperWorld } from '../../../test/support/keeper-world.ts'
import type { Action, Agent, Offer } from '../../model/index.ts'
import { liquidator } from '../liquidator.ts'
import { type InclusionSpec, inclusion_schema, mean_wait_ms } from './inclusion.ts'

const spec = (more: Partial<InclusionSpec> = {}): InclusionSpec => inclusion_schema.parse(more)
const MINUTE = 60_000

/** Enough profit for any gas below: 50,000 of 1,000,000. */
function offer(w: KeeperWorld, more: Partial<Offer> = {}): Offer {
  const base = { kind: 'liquidation', venue: 0, id: 9, price: 2000 / 1.05, debt_max: 1e6, debt_min: 0 } as const
  return { ...base, collateral_max: 1e6, collateral: w.asset('ETH'), debt: w.asset('USD'), reward: 0, health: 0.9, ...more }
}
const world = (gas_usd: number) => {
  const w = new KeeperWorld({ USD: 1, ETH: 2000 }, [{ id: 'ETH-USD', base: 'ETH', quote: 'USD', book: new Flat(2000) }])
  w.gas_usd = gas_usd
  return w
}
const open = (w: KeeperWorld, inclusion: object, more: object = {}, actors: number[] = [1]): Agent =>
  w.open(liquidator, { markets: ['ETH-USD'], flash_fee: 0, inclusion, ...more }, actors)
const taken = (list: readonly Action[]) => list.filter(({ kind }) => kind === 'liquidate').map(({ account }) => account)

describe('inclusion: how long it takes', () => {
  it('is the mean at the going gas, a quarter of it at twice the gas, never below the floor', () => {
    const s = spec({ mean_ms: 40_000, power: 2, floor: 0.8 })
    expect(mean_wait_ms(s, 10, 10)).toBeCloseTo(40_000, 6)
    expect(mean_wait_ms(s, 10, 20)).toBeCloseTo(10_000, 6)
    expect(mean_wait_ms(s, 10, 8)).toBeCloseTo(62_500, 6)
    expect(mean_wait_ms(s, 10, 7.999)).toBe(Number.POSITIVE_INFINITY)
    // Free gas: as if the premium were offered on something.
    expect(mean_wait_ms(spec({ mean_ms: 121, premium: 0.1 }), 0, 0)).toBeCloseTo(100, 6)
  })

  it('is exponential around that mean: 1/e of the transactions wait longer', () => {
    const w = world(10)
    const inclusion = { mean_ms: 30 * MINUTE, power: 1, premium: 0.5, pending_max: 1000 }
    w.act(
      open(w, inclusion, { takes_max: 1000 }, [1, 2, 3]),
      Array.from({ length: 1000 }, (_, id) => offer(w, { id })),
    )
    const all = w.out.list.filter(({ kind }) => kind === 'wait').map(({ delay_ms }) => delay_ms)
    expect(all).toHaveLength(3000)
    // Mean 30 ÷ 1.5 = 20 minutes, standard error 2 % of it; share above the mean e^-1 = 0.368 ± 0.009.
    expect(all.reduce((sum, x) => sum + x, 0) / all.length / (20 * MINUTE)).toBeCloseTo(1, 1)
    expect(Math.abs(all.filter((x) => x > 20 * MINUTE).length / all.length - 0.3679)).toBeLessThan(0.03)
  })

  it('a transaction sent now acts in a later tick, once, on what it then finds', () => {
    const w = world(10)
    const agent = open(w, { mean_ms: 1 })
    expect(w.step(agent, [offer(w)])).toEqual([])
    expect(w.in_flight).toBe(1)
    const list = w.step(agent, [offer(w, { debt_max: 400_000 })])
    expect(list.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['flash', 400_000],
      ['liquidate', 400_000],
      ['order', 0],
      ['flash_repay', 400_000],
    ])
    // Gone, or no longer worth it, when the block comes: it comes to nothing.
    const other = w.open(liquidator, { markets: ['ETH-USD'], flash_fee: 0, inclusion: { mean_ms: 1 } }, [1], 'b')
    w.step(other, [offer(w)])
    expect(w.step(other, [])).toEqual([])
    w.step(other, [offer(w)])
    expect(w.step(other, [offer(w, { price: 2001 })])).toEqual([])
  })

  it('pays what it was sent for at most', () => {
    const w = world(10)
    const agent = open(w, { mean_ms: 1 })
    w.step(agent, [offer(w, { debt_max: 100_000 })])
    expect(w.step(agent, [offer(w)])[1]?.amount).toBe(100_000)
  })
})

describe('inclusion: gas that outruns a script', () => {
  const lone = { mean_ms: 1, premium: 0, pending_max: 1, recheck_ms: MINUTE }

  it('hangs a transaction whose sender does not escalate, and everything after it; when gas falls it goes through', () => {
    const w = world(10)
    const agent = open(w, { ...lone, escalates: false, gas_bid_usd: 12, drop_ms: 3_600_000 })
    w.gas_usd = 100
    expect(w.step(agent, [offer(w), offer(w, { id: 10 })])).toEqual([])
    for (let k = 0; k < 20; k++) expect(w.step(agent, [offer(w), offer(w, { id: 10 })])).toEqual([])
    // One place, one transaction, all the time.
    expect(w.in_flight).toBe(1)
    w.gas_usd = 15
    const done: number[] = []
    for (let k = 0; k < 4; k++) done.push(...taken(w.step(agent, [offer(w), offer(w, { id: 10 })])))
    expect(done[0]).toBe(9)
  })

  it('is given up at its age', () => {
    const w = world(10)
    const agent = open(w, { ...lone, escalates: false, gas_bid_usd: 12, drop_ms: 10 * MINUTE })
    w.gas_usd = 100
    w.step(agent, [offer(w)])
    for (let k = 0; k < 9; k++) w.step(agent, [])
    expect(w.in_flight).toBe(1)
    for (let k = 0; k < 3; k++) w.step(agent, [])
    expect(w.in_flight).toBe(0)
  })

  it('does not stop who escalates, up to his limit', () => {
    const w = world(10)
    const agent = open(w, { ...lone, mean_ms: 90_000, premium: 0.1, escalates: true }, { gas_max_usd: 50 })
    w.step(agent, [offer(w)])
    w.gas_usd = 40
    const done: number[] = []
    for (let k = 0; k < 30; k++) done.push(...taken(w.step(agent, [offer(w)])))
    expect(done.length).toBeGreaterThan(3)
    // Above the limit he offers no more, and sends nothing that would only hang.
    w.gas_usd = 80
    const late: number[] = []
    for (let k = 0; k < 30; k++) late.push(...taken(w.step(agent, [offer(w, { id: 11 })])))
    expect(late).toEqual([])
    w.gas_usd = 60
    for (let k = 0; k < 60; k++) late.push(...taken(w.step(agent, [offer(w, { id: 11 })])))
    expect(late.length).toBeGreaterThan(0)
  })

  it('counts the gas it offers in what pays', () => {
    const w = world(10)
    // 5 % of 1000 is 50; it offers 10 · 1.1, later 1.1 · 60.
    const small = offer(w, { debt_max: 1000 })
    const agent = open(w, { mean_ms: 1, premium: 0.1 })
    w.step(agent, [small])
    expect(taken(w.step(agent, [small]))).toEqual([9])
    w.gas_usd = 60
    w.step(agent, [small])
    expect(w.step(agent, [small])).toEqual([])
  })
})

describe('inclusion: who gets there first', () => {
  it('every actor sends for himself, each once; the ties between those who land together are keyed', () => {
    const w = world(10)
    const agent = open(w, { mean_ms: 1 }, {}, [1, 2, 3])
    w.step(agent, [offer(w)])
    expect(w.in_flight).toBe(3)
    const list = w.step(agent, [offer(w)])
    expect(new Set(list.filter(({ kind }) => kind === 'liquidate').map(({ actor }) => actor))).toEqual(new Set([1, 2, 3]))
  })

  it('a draw belongs to actor, offer and time: other offers and actors do not shift it', () => {
    const delays = (offers: Partial<Offer>[], actors: number[]) => {
      const w = world(10)
      w.act(
        open(w, { mean_ms: 60_000 }, {}, actors),
        offers.map((more) => offer(w, more)),
      )
      return w.out.list.filter(({ kind, actor }) => kind === 'wait' && actor === 1).map(({ delay_ms }) => delay_ms)
    }
    const [alone] = delays([{ id: 9, debt_max: 5e5 }], [1])
    // More profitable ones are sent first, yet the delay of this one stays.
    expect(
      delays(
        [
          { id: 3, debt_max: 9e5 },
          { id: 9, debt_max: 5e5 },
          { id: 4, debt_max: 8e5 },
        ],
        [1, 2, 5],
      )[2],
    ).toBe(alone)
    expect(new Set(delays([{ id: 3 }, { id: 9 }, { id: 4 }], [1])).size).toBe(3)
  })
})

describe('inclusion: limits hold, whatever gas does', () => {
  it('no more in flight than allowed; nobody whose limit is below the floor of the going gas acts', () => {
    const gas = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 10, maxLength: 30 })
    fc.assert(
      fc.property(
        gas,
        fc.double({ min: 1, max: 200, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (path, limit, escalates, places) => {
          const w = world(path[0] as number)
          const inclusion = { mean_ms: 30_000, escalates, pending_max: places, floor: 0.9, drop_ms: 5 * MINUTE }
          const agent = open(w, inclusion, { gas_max_usd: limit }, [1, 2])
          const offers = Array.from({ length: 6 }, (_, id) => offer(w, { id }))
          for (const going of path) {
            w.gas_usd = going
            const list = w.step(agent, offers)
            expect(w.in_flight).toBeLessThanOrEqual(2 * places)
            if (list.length > 0) expect(limit).toBeGreaterThanOrEqual(0.9 * going)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
