/** Traders whose other side is a pool: there is no market to send an order to. */
import { describe, expect, it } from 'vitest'
import { PLAIN } from '../../test/support/gmx-world.ts'
import { run } from '../engine/index.ts'
import { DEFAULT_LIMITS, type KindSpec, type Scenario, SCENARIO_SCHEMA, type Snapshot, SNAPSHOT_SCHEMA } from '../model/index.ts'
import { build } from '../scenarios/build.ts'

const MINUTE = 60_000
const PRICE = 5000
/** Positions among the actors. */
const TRADER = 1

interface Position {
  readonly side: 1 | -1
  /** 0 ETH, 1 USDC. */
  readonly coin: 0 | 1
}

/** A position of 100,000 USD at ten times its collateral, liquidated at 1 %, and a rule that always gives the same answer at once. */
function snapshot({ side, coin }: Position, answer: 'cut' | 'top_up' | undefined): Snapshot {
  const sizes = [{ above_usd: 0, top_up: 0, cut: 0, ignore: 0, automated: 1, ...(answer === undefined ? {} : { [answer]: 1 }) }]
  const agents: KindSpec[] = [
    { kind: 'market-maker', id: 'maker', books: [{ market: 'ETH-USD', depth_usd: 5e7, inventory_usd: 1e9 }] },
    { kind: 'trader', id: 'trader', sizes, automated_median_ms: 0 },
  ]
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'pool',
    title: 'One position against a pool',
    time_ms: 1_760_128_200_000,
    provenance: [{ part: 'venues', evidence: 'synthetic', source: 'made for this test' }],
    assets: [
      { id: 'ETH', price_usd: PRICE, beta: 1, reference: 'ETH-USD' },
      { id: 'USDC', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: {
      count: 2,
      names: ['maker-1', 'trader-1'],
      agent: Int32Array.of(0, answer === undefined ? -1 : 1),
      treasury: {
        actor: Int32Array.of(0, 0, TRADER, TRADER),
        asset: Int32Array.of(0, 1, 0, 1),
        amount: Float64Array.of(1e6, 1e9, 100, 1e6),
      },
    },
    markets: [{ kind: 'order-book', id: 'ETH-USD', base: 'ETH', quote: 'USDC' }],
    oracles: [
      { kind: 'chainlink', id: 'ETH', path: [{ market: 'ETH-USD' }], deviation: 0.001, heartbeat_ms: 86_400_000 },
      { kind: 'fixed', id: 'USDC', price: 1 },
    ],
    venues: [
      {
        kind: 'gmx-v2',
        id: 'gmx',
        contracts: [PLAIN],
        accounts: {
          owner: Int32Array.of(TRADER),
          contract: Int32Array.of(0),
          side: Int32Array.of(side),
          coin: Int32Array.of(coin),
          collateral: Float64Array.of(coin === 0 ? 10_000 / PRICE : 10_000),
          size: Float64Array.of(100_000),
          tokens: Float64Array.of(100_000 / PRICE),
        },
      },
    ],
    agents,
  }
}

const scenario = (change: number): Scenario => ({
  schema: SCENARIO_SCHEMA,
  id: 'move',
  title: 'ETH moves',
  seed: 1,
  horizon_ms: 60 * MINUTE,
  tick_ms: MINUTE,
  drivers: [{ kind: 'shock', id: 'shock', shocks: [{ asset: 'ETH', change, over_ms: 30 * MINUTE, at_ms: 0 }] }],
  faults: [],
  gas_usd: 0,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
})

function play(position: Position, answer: 'cut' | 'top_up' | undefined, change: number) {
  const world = build(snapshot(position, answer), scenario(change))
  expect(run(world, { debug: true }).laws.broken).toEqual([])
  const { log } = world.parts
  const rows = (kind: string) => Array.from({ length: log.length }, (_, row) => row).filter((row) => log.kind(row) === kind)
  const cause = (row: number) => log.kind(log.columns.cause.data[row] as number)
  return { world, rows, cause, log }
}

describe.each<[string, Position, number]>([
  ['a long on ETH', { side: 1, coin: 0 }, -0.095],
  ['a long on USDC', { side: 1, coin: 1 }, -0.095],
  ['a short on USDC', { side: -1, coin: 1 }, 0.095],
])('%s', (_, position, change) => {
  it('falls when nobody answers', () => {
    expect(play(position, undefined, change).rows('takeover').length).toBe(1)
  })

  it('is closed in part at the venue by its owner, call after call, and does not fall', () => {
    const { world, rows, cause, log } = play(position, 'cut', change)
    expect(rows('takeover')).toEqual([])
    const closings = rows('repay')
    expect(closings.length).toBeGreaterThan(0)
    for (const row of closings) expect(cause(row)).toBe('call')
    // a part of the 20 tokens
    const closed = closings.reduce((sum, row) => sum + (log.columns.amount.data[row] as number), 0)
    expect(closed).toBeGreaterThan(1)
    expect(closed).toBeLessThan(20)
    expect(world.venue(0).health(0, world.venue(0).prices)).toBeGreaterThan(1)
  })

  it('is topped up with its own collateral, and does not fall', () => {
    const { world, rows, cause, log } = play(position, 'top_up', change)
    expect(rows('takeover')).toEqual([])
    expect(rows('deposit').length).toBeGreaterThan(0)
    for (const row of rows('deposit')) expect([cause(row), log.columns.asset.data[row]]).toEqual(['call', position.coin])
    expect(world.venue(0).health(0, world.venue(0).prices)).toBeGreaterThan(1)
  })
})
