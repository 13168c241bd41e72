/** Two books of one asset, an arbitrageur between them, one push: what a halt of transfers does to the gap. */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { DEFAULT_LIMITS, type FaultSpec, SCENARIO_SCHEMA, SNAPSHOT_SCHEMA, type Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'

const MINUTE = 60_000
const book = (id: string, more: object = {}) => ({
  kind: 'order-book',
  id,
  base: 'ETH',
  quote: 'USDT',
  recovery_ms: 1e12,
  ...more,
})
const quotes = (market: string) => ({ market, depth_usd: 1e6, inventory_usd: 1e9 })

/** Book B opens 10 % below book A, as after a push, and does not refill by itself. */
const SNAPSHOT: Snapshot = {
  schema: SNAPSHOT_SCHEMA,
  id: 'gap',
  title: 'Two books',
  time_ms: 1_760_128_200_000,
  provenance: [{ part: 'markets', evidence: 'synthetic', source: 'made for this test' }],
  assets: [
    { id: 'ETH', price_usd: 2_000, beta: 1, reference: 'A' },
    { id: 'USDT', price_usd: 1, beta: 0, numeraire: true },
  ],
  actors: {
    count: 2,
    names: ['maker-1', 'arbitrageur-1'],
    agent: Int32Array.of(0, 1),
    treasury: {
      actor: Int32Array.of(0, 0, 1, 1),
      asset: Int32Array.of(0, 1, 0, 1),
      amount: Float64Array.of(1e6, 1e9, 1e5, 1e9),
    },
  },
  markets: [book('A'), book('B', { start_price: 1_800 })],
  oracles: [],
  venues: [],
  agents: [
    { kind: 'market-maker', id: 'maker', books: [quotes('A'), quotes('B')] },
    { kind: 'arbitrageur', id: 'arbitrageur', links: [{ a: 'A', b: 'B' }], capital_usd: 1e8, position_usd: 1e9 },
  ],
}

function gap(horizon_min: number, faults: readonly FaultSpec[]): number {
  const world = build(SNAPSHOT, {
    schema: SCENARIO_SCHEMA,
    id: 'halt',
    title: 'Transfers are halted',
    seed: 1,
    horizon_ms: horizon_min * MINUTE,
    tick_ms: MINUTE,
    drivers: [],
    faults: [...faults],
    gas_usd: 0,
    pinned: [],
    without: [],
    limits: DEFAULT_LIMITS,
  })
  expect(run(world, { debug: true }).laws.broken).toEqual([])
  return 1 - world.mid(1) / world.mid(0)
}

describe('a halt of transfers', () => {
  const halt: FaultSpec = { kind: 'halt', target: 'transfer', from_ms: 0, to_ms: 20 * MINUTE, value: 0 }

  it('keeps a gap between two books open that arbitrage closes otherwise, and its end closes it', () => {
    expect(gap(10, [])).toBeLessThan(0.01)
    expect(gap(10, [halt])).toBeCloseTo(0.1, 3)
    expect(gap(40, [halt])).toBeLessThan(0.01)
  })
})
