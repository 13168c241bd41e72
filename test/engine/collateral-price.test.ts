/** One book of unified accounts, one scenario; the price of the collateral from the exchange's own thin book, or from elsewhere. */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import {
  DEFAULT_LIMITS,
  type KindSpec,
  SCENARIO_SCHEMA,
  type Scenario,
  SNAPSHOT_SCHEMA,
  type Snapshot,
} from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'

const LOAN = 1e6
/** The haircut is also what a liquidator gains: coins seized are handed over at weight · index. */
const WEIGHT = 0.95
/** Where each loop breaches: N · weight · p = 1.105 · loan, as uniMMR is 105 % and the loan's maintenance 10 % (derivatives reference T5). */
const BREACHES = [0.975, 0.965, 0.955, 0.945, 0.935, 0.925, 0.915, 0.905]
const MINUTE = 60_000
/** Depth of its own book within 1 %, USD. */
const THIN = 50_000
const DEEP = 50e6
const ASSETS = ['BTC', 'USDE', 'USDT'] as const
const agents_of = (depth_usd: number): readonly KindSpec[] => [
  { kind: 'liquidator', id: 'liquidator', markets: ['USDE-own'], flash: true },
  {
    kind: 'market-maker',
    id: 'maker',
    books: [
      { market: 'USDE-own', depth_usd, inventory_usd: 1e9 },
      { market: 'USDE-USDT', depth_usd: 50e6, inventory_usd: 1e9 },
      { market: 'BTC-USDT', depth_usd: 50e6, inventory_usd: 1e9 },
    ],
  },
  { kind: 'market-maker', id: 'maker-perp', books: [{ market: 'BTC-PERP', depth_usd: 50e6, inventory_usd: 1e9 }] },
]

const book = (id: string, base: string, more: object = {}): KindSpec => ({ kind: 'order-book', id, base, quote: 'USDT', ...more })
const from = (id: string, market: string): KindSpec => ({ kind: 'index-price', id, path: [{ market }] })

function world_of(price: KindSpec, depth_usd: number): Snapshot {
  const n = BREACHES.length
  const loops = Float64Array.from(BREACHES, (p) => (1.105 * LOAN) / (WEIGHT * p))
  const owned = [0, 1, 2].flatMap((actor) => ASSETS.map((_, asset) => [actor, asset] as const))
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'collateral-price',
    title: 'Loops of a pegged token at one exchange',
    time_ms: 1_760_128_200_000,
    provenance: [{ part: 'venues', evidence: 'synthetic', source: 'made for this test' }],
    assets: [
      { id: 'BTC', price_usd: 100_000, beta: 1, reference: 'BTC-USDT' },
      { id: 'USDE', price_usd: 1, beta: 0, reference: 'USDE-USDT' },
      { id: 'USDT', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: {
      count: 3 + n,
      names: ['liquidator-1', 'maker-1', 'maker-perp-1'],
      agent: Int32Array.from({ length: 3 + n }, (_, i) => (i < 3 ? i : -1)),
      treasury: {
        actor: Int32Array.from(owned, ([actor]) => actor),
        asset: Int32Array.from(owned, ([, asset]) => asset),
        amount: Float64Array.from(owned, ([actor, asset]) => (actor === 0 ? 0 : asset === 0 ? 1e5 : 1e9)),
      },
    },
    markets: [
      book('BTC-USDT', 'BTC'),
      book('USDE-USDT', 'USDE'),
      // What was sold before the run began: its own book is at 0.97.
      book('USDE-own', 'USDE', { start_price: 0.97, recovery_ms: 3_600_000 }),
      book('BTC-PERP', 'BTC', { settles: 'exchange' }),
    ],
    oracles: [],
    venues: [
      {
        kind: 'binance-usdm',
        id: 'exchange',
        collateral: 'USDT',
        coins: [
          { asset: 'USDT', loan_rate: 0.1 },
          { asset: 'USDE', price, weights: [{ floor: 0, weight: WEIGHT }] },
        ],
        fund: 1e9,
        contracts: [{ market: 'BTC-PERP', tiers: [{ floor: 0, rate: 0.005 }], index: from('BTC-index', 'BTC-USDT') }],
        accounts: {
          owner: Int32Array.from({ length: n + 1 }, (_, i) => (i < n ? 3 + i : 2)),
          isolated: new Int32Array(n + 1),
          mode: Int32Array.from({ length: n + 1 }, (_, i) => (i < n ? 3 : 0)),
          wallet: Float64Array.from({ length: n + 1 }, (_, i) => (i < n ? 0 : 1e9)),
        },
        balances: {
          account: Int32Array.from({ length: 2 * n }, (_, i) => i >> 1),
          coin: Int32Array.from({ length: 2 * n }, (_, i) => i & 1),
          amount: Float64Array.from({ length: 2 * n }, (_, i) => ((i & 1) === 1 ? (loops[i >> 1] as number) : 0)),
          loan: Float64Array.from({ length: 2 * n }, (_, i) => ((i & 1) === 1 ? 0 : LOAN)),
        },
      },
    ],
    agents: agents_of(depth_usd),
  }
}

const SCENARIO: Scenario = {
  schema: SCENARIO_SCHEMA,
  id: 'still',
  title: 'Nothing moves by itself',
  seed: 1,
  horizon_ms: 30 * MINUTE,
  tick_ms: MINUTE,
  drivers: [],
  faults: [],
  gas_usd: 0,
  pinned: [],
  without: [],
  limits: DEFAULT_LIMITS,
}

function outcome(price: KindSpec, depth_usd = THIN) {
  const world = build(world_of(price, depth_usd), SCENARIO)
  const result = run(world, { debug: true })
  expect(result.laws.broken).toEqual([])
  const log = world.parts.log
  const accounts = new Set<number>()
  for (let row = 0; row < log.length; row++)
    if (log.kind(row) === 'liquidate') accounts.add(log.columns.account.data[row] as number)
  return { accounts, mid: world.mid(2) }
}

describe('collateral priced out of its own book (derivatives reference §19)', () => {
  it('spirals: what is seized is sold into the book that prices it, and those far from their breach follow', () => {
    const { accounts, mid } = outcome(from('USDE-index', 'USDE-own'))
    expect(accounts.size).toBe(BREACHES.length)
    expect(mid).toBeLessThan(0.905)
  })

  it('ends with the first in breach where its own book is deep: the same sale does not move the price', () => {
    const { accounts, mid } = outcome(from('USDE-index', 'USDE-own'), DEEP)
    expect([...accounts]).toEqual([0])
    expect(mid).toBeGreaterThan(0.965)
  })

  it.each<[string, KindSpec]>([
    ['redemption value', { kind: 'fixed', id: 'USDE-index', price: 1 }],
    ['a cross-venue index', from('USDE-index', 'USDE-USDT')],
    [
      'a blend of both with a tenth of its own book',
      {
        kind: 'blend',
        id: 'USDE-index',
        sources: [
          { path: [{ market: 'USDE-own' }], weight: 0.1 },
          { path: [{ market: 'USDE-USDT' }], weight: 0.9 },
        ],
      },
    ],
  ])('breaches nobody at %s', (_, price) => {
    const { accounts, mid } = outcome(price)
    expect(accounts.size).toBe(0)
    expect(mid).toBeCloseTo(0.97, 3)
  })
})
