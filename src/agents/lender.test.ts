import { describe, expect, test } from 'vitest'
import { run, type World } from '../engine/index.ts'
import { PoolState, type Scenario, SNAPSHOT_SCHEMA, type Snapshot, utilisation } from '../model/index.ts'
import { build, shock_scenario } from '../scenarios/index.ts'

const LENDERS = 40
const EACH = 100_000
const HOUR_MS = 3_600_000

/** One pool of USDC: lenders who each supplied the same, and one whale who owes what is lent, against ETH. No markets. */
function snapshot(lent: number, agent: Record<string, unknown>): Snapshot {
  const total = LENDERS * EACH
  const oracle = (price: number) => ({ kind: 'fixed', id: `at-${price}`, price })
  const rate = { base_rate: 0, optimal_usage: 0.9, slope1: 0.04, slope2: 0.6 }
  const usdc = { asset: 'USDC', ltv: 0, liquidation_threshold: 0, cash: total * (1 - lent), oracle: oracle(1), ...rate }
  const eth = { asset: 'ETH', ltv: 0.8, liquidation_threshold: 0.83, cash: 1e4, oracle: oracle(3000) }
  const rows = (of: (i: number) => number) => Array.from({ length: LENDERS + 2 }, (_, i) => of(i))
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'run',
    title: 'A pool that is run on',
    time_ms: 0,
    provenance: [{ part: 'all', evidence: 'synthetic', source: 'made up' }],
    assets: [
      { id: 'USDC', price_usd: 1, beta: 0 },
      { id: 'ETH', price_usd: 3000, beta: 1 },
    ],
    actors: {
      count: LENDERS,
      names: [],
      agent: new Int32Array(LENDERS),
      treasury: { actor: new Int32Array(0), asset: new Int32Array(0), amount: new Float64Array(0) },
    },
    markets: [],
    oracles: [],
    venues: [
      {
        kind: 'aave-v3',
        id: 'pool',
        reserves: [usdc, eth],
        accounts: { owner: Int32Array.from({ length: LENDERS + 1 }, (_, i) => (i < LENDERS ? i : -1)) },
        positions: {
          account: Int32Array.from(rows((i) => Math.min(i, LENDERS))),
          reserve: Int32Array.from(rows((i) => (i === LENDERS ? 1 : 0))),
          collateral: Float64Array.from(rows((i) => (i < LENDERS ? EACH : i === LENDERS ? 1e4 : 0))),
          debt: Float64Array.from(rows((i) => (i === LENDERS + 1 ? total * lent : 0))),
        },
      },
    ],
    agents: [{ kind: 'lender', id: 'lenders', keep: 0, ...agent }],
  }
}

const calm: Scenario = { ...shock_scenario([], { horizon_ms: 12 * HOUR_MS }), title: 'calm' }

function ran(of: Snapshot, scenario: Scenario = calm): World {
  const world = build(of, scenario)
  const result = run(world)
  expect(result.laws.broken).toEqual([])
  return world
}

function left(world: World): { readonly pool: PoolState; readonly stuck: number; readonly order: number[] } {
  const pool = new PoolState()
  let stuck = 0
  const usdc = world.parts.assets.findIndex(({ id }) => id === 'USDC')
  for (let row = 0; row < LENDERS; row++) {
    expect(world.pool(0, row, usdc, pool)).toBe(true)
    if (pool.claim > 1) stuck++
  }
  const { log } = world.parts
  const order: number[] = []
  for (let i = 0; i < log.length; i++) if (log.kind(i) === 'withdraw') order.push(log.columns.account.data[i] as number)
  return { pool, stuck, order }
}

describe('lender', () => {
  test('nobody leaves a pool in which nothing is wrong', () => {
    expect(left(ran(snapshot(0.5, {}))).order).toEqual([])
  })

  test('a run takes all the cash, no more: the last wait at utilisation 1, where the rate is at its top', () => {
    const { pool, stuck, order } = left(ran(snapshot(0.85, { base: 50 })))
    // 40 lenders of 100,000; 15 % is in cash: six get all of theirs, the seventh is first in the line for the rest.
    expect(order.length).toBeGreaterThanOrEqual(6)
    expect(new Set(order).size).toBe(6)
    expect(stuck).toBe(34)
    expect(pool.cash).toBeLessThan(EACH)
    expect(pool.cash + 34 * EACH).toBeGreaterThanOrEqual(LENDERS * EACH * 0.85)
    expect(utilisation(pool)).toBeGreaterThan(0.97)
    // Both slopes of the curve: 4 % + 60 %.
    expect(pool.borrow_rate).toBeCloseTo(0.64, 2)
  })

  test('a loss frightens, and leaving frightens more', () => {
    const fall: Scenario = {
      ...calm,
      drivers: [
        { kind: 'shock', id: 'shock', correlated: false, shocks: [{ asset: 'USDC', change: -0.1, at_ms: 0, over_ms: HOUR_MS }] },
      ],
    }
    const gone = (agent: Record<string, unknown>) =>
      LENDERS - left(ran(snapshot(0.2, { fall_per_hour: 0.05, ...agent }), fall)).stuck
    const without = gone({ herd_per_hour: 0 })
    const with_herd = gone({ herd_per_hour: 5 })
    expect(without).toBeGreaterThan(0)
    expect(with_herd).toBeGreaterThan(without)
    expect(gone({ herd_per_hour: 5, keep: 1 })).toBe(0)
  })

  test('the draws are each lender’s own: another pool state moves nobody who fears nothing of it', () => {
    const first = left(ran(snapshot(0.2, { base: 0.05, herd_per_hour: 0, utilisation_per_hour: 0 }))).order
    const again = left(ran(snapshot(0.21, { base: 0.05, herd_per_hour: 0, utilisation_per_hour: 0 }))).order
    expect(first.length).toBeGreaterThan(3)
    expect(again).toEqual(first)
  })
})
