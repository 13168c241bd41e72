/** Paths of marks: what is sold moves them, nothing else does; the indices change nothing. */
import { describe, expect, it } from 'vitest'
import { random_book } from '../../../../test/support/bulk-books.ts'
import { marginal_tiers } from '../../../margin/index.ts'
import { exp, log } from '../../../math/index.ts'
import { BulkExchange } from './bulk.ts'
import { type PathsSpec, run_paths } from './bulk-paths.ts'
import { type BulkSpec, quantity_at } from './bulk-state.ts'

const TIERS = [0, 1].map(() => marginal_tiers([0, 50_000, 600_000], [0.004, 0.005, 0.0065]))
const SALE = { law: 'square_root', factor: 0.02, depth: [2e6, 1e6] } as const
const SPEC: PathsSpec = {
  seed: 7,
  paths: 6,
  steps: 120,
  start: [100_000, 4000],
  volatility: [0.004, 0.005],
  drift: [-0.001, -0.001],
  correlation: 0.7,
  keep: 0.9,
}

const many = (more: Partial<BulkSpec> = {}) =>
  new BulkExchange({ tiers: TIERS, ...random_book(600, 1, false).spec, fund: { balance: 2e5, leverage: 10 }, ...more })

describe('paths', () => {
  it('are the same when everyone is looked at, bit for bit', () => {
    const quick = run_paths(many({ sale: SALE }), SPEC)
    const whole = run_paths(many({ sale: SALE, exhaustive: true }), SPEC)
    const { tests, ...figures } = quick
    expect(whole).toMatchObject(figures)
    expect(tests).toBeLessThan(whole.tests)
    expect(quick.trader_steps).toBe(600 * 120 * 6)
    expect(Math.min(...quick.liquidations)).toBeGreaterThan(20)
    expect(Math.max(...quick.adl)).toBeGreaterThan(0)
  })

  it('are a function of the seed and their number', () => {
    const all = run_paths(many({ sale: SALE }), SPEC)
    const first = run_paths(many({ sale: SALE }), { ...SPEC, paths: 2 })
    expect([...first.low]).toEqual([...all.low.slice(0, 2)])
    expect(new Set(all.low).size).toBe(6)
  })

  it('are not displaced where nothing is sold', () => {
    const { displaced, sold, liquidations } = run_paths(many(), SPEC)
    expect([Math.min(...displaced), Math.max(...sold)]).toEqual([0, 0])
    expect(Math.min(...liquidations)).toBeGreaterThan(0)
  })

  it('walk with the volatility and correlation they are given', () => {
    const nobody = { cash: new Float64Array(1), quantity: new Float64Array(2), entry: new Float64Array(2) }
    const exchange = new BulkExchange({ tiers: TIERS, ...nobody, fund: { balance: 0 } })
    const ends: number[][] = []
    for (let seed = 1; seed <= 1000; seed++) {
      run_paths(exchange, { ...SPEC, seed, paths: 1, steps: 25 })
      ends.push([0, 1].map((c) => log((exchange.state.price[c] as number) / (SPEC.start[c] as number))))
    }
    const mean = (f: (x: number[]) => number) => ends.reduce((a, x) => a + f(x), 0) / ends.length
    const [m0, m1] = [mean((x) => x[0] as number), mean((x) => x[1] as number)]
    const cross = (i: number, j: number) => mean((x) => ((x[i] as number) - (i ? m1 : m0)) * ((x[j] as number) - (j ? m1 : m0)))
    const [v0, v1] = [cross(0, 0), cross(1, 1)]
    // drift 25·(−0.1 %) and standard deviation √25·0.4 %, within three standard errors of 1,000 draws
    expect(Math.abs(m0 + 0.025)).toBeLessThan(3 * 0.02 * Math.sqrt(1 / 1000))
    expect(Math.abs(Math.sqrt(v0) / 0.02 - 1)).toBeLessThan(3 / Math.sqrt(2000))
    expect(Math.abs(Math.sqrt(v1) / 0.025 - 1)).toBeLessThan(3 / Math.sqrt(2000))
    expect(Math.abs(cross(0, 1) / Math.sqrt(v0 * v1) - 0.7)).toBeLessThan((3 * (1 - 0.49)) / Math.sqrt(1000))
  })
})

describe('a sale of what the fund took over', () => {
  // one long of 10 at 100 with 50 of margin, rate 1 %: in breach where 50 = 10·(100 − p) + 0.1·p, at 95.96; bankrupt at 95
  const tiers = [marginal_tiers([0], [0.01])]
  const one = (sale: BulkSpec['sale']) =>
    new BulkExchange({
      tiers,
      cash: Float64Array.of(50 - 1000),
      quantity: Float64Array.of(10),
      entry: Float64Array.of(100),
      fund: { balance: 1000, leverage: 10 },
      ...(sale === undefined ? {} : { sale }),
    })

  it('is made at the mark after, at half of a linear impact and two thirds of a square root', () => {
    for (const [law, part] of [
      ['linear', 1 / 2],
      ['square_root', 2 / 3],
    ] as const) {
      const exchange = one({ law, factor: 0.1, depth: [9600] })
      exchange.step([96])
      const { state } = exchange
      // equity 50 − 40 = 10 covers 1 % of 960 = 9.6; at 95.9 it is 9 against 9.59
      expect(state.totals.liquidations).toBe(0)
      exchange.step([95.9])
      expect([quantity_at(state, 0, 0), state.fund.held[0], state.fund.lots[0]?.price]).toEqual([0, 10, 95])
      exchange.step([96])
      const impact = 0.1 * (law === 'linear' ? 0.1 : Math.sqrt(0.1))
      expect(state.fund.balance).toBeCloseTo(1000 + 10 * (96 / (1 + part * impact) - 95), 9)
      expect([state.fund.held[0], state.flow[0]]).toEqual([0, -10])
    }
  })

  it('displaces the next mark by the whole impact, which then decays', () => {
    const exchange = one({ law: 'linear', factor: 0.1, depth: [1000] })
    const marks: number[] = []
    const step = exchange.step.bind(exchange)
    exchange.step = (next) => {
      marks.push(next[0] as number)
      step(next)
    }
    // a fall without noise: 1 % a step
    const { displaced } = run_paths(exchange, {
      seed: 1,
      paths: 1,
      steps: 9,
      start: [100],
      volatility: [0],
      drift: [-0.01],
      correlation: 0,
      keep: 0.5,
    })
    // 100·e^−0.05 = 95.12 is the first below 95.96: taken over at the fifth step, sold at the sixth
    const sixth = 100 * exp(-0.06)
    const moved = 0.1 * ((10 * sixth) / 1000)
    expect(marks.map((mark, i) => log(mark / 100) + 0.01 * (i + 1)).map((x) => x + 0)).toEqual(
      [0, 0, 0, 0, 0, 0, -moved, -moved / 2, -moved / 4].map((x) => expect.closeTo(x, 12)),
    )
    expect(displaced[0]).toBeCloseTo(-moved, 12)
  })
})
