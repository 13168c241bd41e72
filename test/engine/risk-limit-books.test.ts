/**
 * The leverage cycle on order books: who holds less the more prices move, as a limit on value at risk has it, makes them move more. Only the direction is
 * asserted (literature reference §A11): there is no credit here and no fund that leans against the price, and what would be the period is not known.
 */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { log } from '../../src/math/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { peg_snapshot, quiet } from '../support/peg-world.ts'

const DAYS = 14
/** When the shock comes, where one comes: after five memories of the volatility. */
const SHOCK_MS = 5 * 86_400_000
const SEEDS = [1, 2, 3, 4]

/** Share wanted ∝ volatility^−`procyclical`: 1 is the limit on value at risk of the model (exponent −½ of the variance), 0 none. */
interface Limit {
  readonly procyclical: number
  /** What is held so, over what the book takes within 1 %. */
  readonly size: number
  readonly feedback?: boolean
  /** Volatility a year of what is fed; 0.6. */
  readonly noise?: number
  /** Change of the fed price at SHOCK_MS, within an hour. */
  readonly shock?: number
}

function world_of({ procyclical, size, noise = 0.6, shock = 0 }: Limit, seed: number) {
  const snapshot = peg_snapshot({
    time: '2026-01-02T00:00:00Z',
    assets: { USD: [1], X: [25, 'X-USD'] },
    markets: [{ kind: 'order-book', id: 'X-USD', base: 'X', quote: 'USD', permanent: 0.5, recovery_ms: 3_600_000 }],
    agents: [
      {
        ...{ kind: 'market-maker', id: 'maker', k_v: 0, k_i: 0, k_s: 0 },
        books: [{ market: 'X-USD', depth_usd: 1e6, inventory_usd: 1e12 }],
      },
      {
        ...{ kind: 'investor', id: 'bank', markets: ['X-USD'], tiers: [['X']], cash: 'USD' },
        ...{ volatility: 0.3, by_volatility: procyclical, by_drawdown: 0, by_belief: 0, by_herd: 0, spread: 0 },
        ...{ leave_share: 0.5, return_share: 0.5, band: 0.01, slippage_max: 0.2 },
      },
    ],
    actors: [
      ['maker-1', 'maker', { USD: 1e11, X: 1e9 }],
      ['bank-1', 'bank', { X: (size * 1e6) / 25 }],
    ],
  })
  const shocks = shock === 0 ? [] : [{ asset: 'X', change: shock, over_ms: 3_600_000, at_ms: SHOCK_MS }]
  const scenario = quiet(24 * DAYS, { tick_ms: 600_000, seed }, shocks)
  const moves = { kind: 'gbm', id: 'noise', volatility: { X: noise }, correlation: 1, step_ms: 600_000 }
  return build(snapshot, { ...scenario, drivers: [...scenario.drivers, moves] })
}

/** Over all seeds: standard deviation of hourly log returns of the book, and how far its price is pushed from what is fed, at most. */
function amplitude(limit: Limit): { volatility: number; pushed: number } {
  let [sum, count, pushed] = [0, 0, 0]
  for (const seed of SEEDS) {
    const world = world_of(limit, seed)
    let before = world.mid(0)
    const { status, laws } = run(world, {
      feedback: limit.feedback ?? true,
      on_tick: (tick) => {
        if (tick % 6 === 0) {
          const r = log(world.mid(0) / before)
          before = world.mid(0)
          sum += r * r
          count++
        }
        pushed = Math.max(pushed, Math.abs(log(world.mid(0) / (world.fundamental[1] as number))))
        return true
      },
    })
    expect({ status, broken: laws.broken }).toEqual({ status: 'done', broken: [] })
  }
  return { volatility: Math.sqrt(sum / count), pushed }
}

/** How far the price is pushed from what is fed, logs, at every tick. */
function pushes(limit: Limit, seed: number): number[] {
  const world = world_of(limit, seed)
  const out: number[] = []
  run(world, {
    on_tick: () => {
      out.push(log(world.mid(0) / (world.fundamental[1] as number)))
      return true
    },
  })
  return out
}

/** The furthest that a shock has it pushed beyond where it stands without the shock, mean over seeds: the noise is the same. */
function overshoot(limit: Limit, shock: number): number {
  const lows = SEEDS.map((seed) => {
    const still = pushes(limit, seed)
    return pushes({ ...limit, shock }, seed).reduce((low, push, t) => Math.min(low, push - (still[t] as number)), 0)
  })
  return lows.reduce((sum, low) => sum + low, 0) / SEEDS.length
}

describe('a limit on value at risk on an order book', () => {
  it('swings more, the more what is held falls with volatility', () => {
    const swings = [0, 0.5, 1, 2].map((procyclical) => amplitude({ procyclical, size: 10 }))
    expect(swings[0]?.pushed).toBeLessThan(1e-9)
    rises(swings)
  })

  it('swings more, the larger what is held so', () => {
    rises([1, 3, 10, 30].map((size) => amplitude({ procyclical: 1, size })))
  })

  it('by its sales alone: where these move no price, the limit changes nothing', () => {
    const [none, some] = [0, 2].map((procyclical) => amplitude({ procyclical, size: 10, feedback: false }))
    expect(some?.volatility).toBeCloseTo(none?.volatility as number, 12)
  })

  it('is more fragile after a calm: the same shock goes deeper the less prices moved before', () => {
    const [calm, usual, wild] = [0.3, 0.6, 1.2].map((noise) => overshoot({ procyclical: 1, size: 3, noise }, -0.1))
    expect(usual).toBeLessThan(wild as number)
    expect(calm).toBeLessThan(usual as number)
  })
})

function rises(swings: readonly { volatility: number; pushed: number }[]): void {
  for (let i = 1; i < swings.length; i++) {
    expect(swings[i]?.volatility).toBeGreaterThan(swings[i - 1]?.volatility as number)
    expect(swings[i]?.pushed).toBeGreaterThan(swings[i - 1]?.pushed as number)
  }
}
