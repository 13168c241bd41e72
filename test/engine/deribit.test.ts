/** Options dealers at Deribit in whole runs: hedges and options on one portfolio-margin account, on the book of the contract, every law on. */
import { describe, expect, it } from 'vitest'
import { run, type World } from '../../src/engine/index.ts'
import { LOG_KINDS, type LogKind, type Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { deribit_params, options_spec } from '../support/deribit-world.ts'
import { peg_snapshot, quiet } from '../support/peg-world.ts'

const START_MS = Date.parse('2026-01-02T00:00:00Z')
const WEEK_MS = 7 * 86_400_000
const PERP = 1

interface Setup {
  /** Puts at 90,000 that the dealer holds. */
  readonly quantity: number
  readonly cash: number
  readonly depth_usd?: number
}

function market({ quantity, cash, depth_usd = 30e6 }: Setup): Snapshot {
  const { contracts, spec } = deribit_params(['BTC_USDC'])
  const options = options_spec(
    [{ strike: 90_000, type: 'put', days: 0, shape: 'linear' }],
    [{ account: 0, series: 0, quantity }],
    {
      atm: 0.7,
      fear: 1,
      skew: -0.03,
      steepening: 0.2,
      vega_depth: 1e5,
    },
  )
  const series = [{ asset: 'BTC', shape: 'linear', strike: 90_000, type: 'put', expiry_ms: START_MS + WEEK_MS }]
  const index = { kind: 'index-price', id: 'index', path: [{ market: 'BTC-USD' }] }
  const snapshot = peg_snapshot({
    time: new Date(START_MS).toISOString(),
    assets: { USD: [1], BTC: [100_000, 'BTC-USD'] },
    markets: [
      { kind: 'order-book', id: 'BTC-USD', base: 'BTC', quote: 'USD' },
      { kind: 'order-book', id: 'BTC-PERP', base: 'BTC', quote: 'USD', settles: 'deribit' },
    ],
    agents: [
      { kind: 'market-maker', id: 'spot', books: [{ market: 'BTC-USD', depth_usd: 100e6, inventory_usd: 1e12 }] },
      { kind: 'market-maker', id: 'perp', books: [{ market: 'BTC-PERP', depth_usd, inventory_usd: 1e12 }] },
      {
        kind: 'delta-hedger',
        id: 'dealer',
        market: 'BTC-PERP',
        hedged: false,
        slippage: 0.03,
        vol: 0.7,
        options: [{ type: 'put', strike: 90_000, expiry_ms: START_MS + WEEK_MS, quantity }],
      },
    ],
    actors: [
      ['spot-1', 'spot', { USD: 1e11, BTC: 1e6 }],
      ['perp-1', 'perp', {}],
      ['dealer-1', 'dealer', {}],
    ],
  })
  return {
    ...snapshot,
    oracles: [index],
    venues: [
      {
        kind: 'deribit',
        id: 'deribit',
        collateral: 'USD',
        coins: [{ asset: 'USD' }, { asset: 'BTC', price: 'index' }],
        fund: 1e6,
        ...spec,
        contracts: contracts.map((contract) => ({ ...contract, market: 'BTC-PERP', index: 'index' })),
        accounts: {
          owner: Int32Array.of(2, 1),
          isolated: new Int32Array(2),
          mode: Int32Array.of(3, 2),
          wallet: Float64Array.of(cash, 1e10),
        },
        options: { ...options, series },
      },
    ],
  }
}

function played(setup: Setup, change: number): { world: World; low: number; rows(kind: LogKind): number[] } {
  const world = build(
    market(setup),
    quiet(8, { tick_ms: 60_000, seed: 3 }, [{ asset: 'BTC', change, over_ms: 4 * 3_600_000, at_ms: 0 }]),
  )
  let low = Number.POSITIVE_INFINITY
  const result = run(world, { debug: true, on_tick: () => ((low = Math.min(low, world.mid(PERP))), true) })
  expect(result.status).toBe('done')
  expect(result.laws.broken).toEqual([])
  const { log } = world.parts
  return {
    world,
    low,
    rows: (kind) =>
      Array.from({ length: log.length }, (_, i) => i).filter((i) => log.columns.kind.data[i] === LOG_KINDS.indexOf(kind)),
  }
}

describe('dealers at Deribit', () => {
  it('short of gamma they sell the contract into the fall, long of it they buy', () => {
    const short = played({ quantity: -2000, cash: 2e8 }, -0.2)
    const long = played({ quantity: 2000, cash: 2e8 }, -0.2)
    const none = played({ quantity: -0.001, cash: 2e8 }, -0.2)
    expect(short.low).toBeLessThan(none.low)
    expect(long.low).toBeGreaterThan(none.low)
    expect(short.rows('reduce')).toEqual([])
  })

  it('with little margin they are called, stop, and the exchange closes their options for them', () => {
    const poor = played({ quantity: -2000, cash: 3.2e7 }, -0.25)
    expect(poor.rows('call').length).toBeGreaterThan(0)
    const forced = poor.rows('reduce')
    expect(forced.length).toBeGreaterThan(0)
    const { log } = poor.world.parts
    expect(forced.some((i) => log.columns.market.data[i] === -1)).toBe(true)
  })

  it('the same twice, bit for bit', () => {
    const hash = () => played({ quantity: -2000, cash: 3.2e7 }, -0.25).world.parts.log.hash()
    expect(hash()).toBe(hash())
  })
})
