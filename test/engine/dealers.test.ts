/** Options dealers in whole runs: the same fall, on the same book and seed, with dealers short of gamma, long of it, and none. */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { peg_snapshot, quiet } from '../support/peg-world.ts'

const START = '2026-01-02T00:00:00Z'
const WEEK_MS = 7 * 86_400_000

interface Seen {
  readonly low: number
  readonly end: number
  /** Base units the dealer sold, net, until the end of the fall. */
  readonly sold: number
}

/** 20 % down in four hours; a book of so many USD within 1 %. */
function fall(quantity: number, depth_usd = 20e6, spec: object = {}, change = -0.2): Seen {
  const options = [
    { type: 'put', strike: 90_000, expiry_ms: Date.parse(START) + WEEK_MS, quantity },
    { type: 'put', strike: 80_000, expiry_ms: Date.parse(START) + WEEK_MS, quantity },
  ]
  const snapshot = peg_snapshot({
    time: START,
    assets: { USD: [1], BTC: [100_000, 'BTC-USD'] },
    markets: [{ kind: 'order-book', id: 'BTC-USD', base: 'BTC', quote: 'USD', permanent: 0.5, recovery_ms: 3_600_000 }],
    agents: [
      {
        kind: 'market-maker',
        id: 'maker',
        books: [{ market: 'BTC-USD', depth_usd, inventory_usd: 1e12 }],
        k_v: 0,
        k_i: 0,
        k_s: 0,
      },
      { kind: 'delta-hedger', id: 'dealer', market: 'BTC-USD', options, vol: 0.7, slippage: 0.05, ...spec },
    ],
    actors: [
      ['maker-1', 'maker', { USD: 1e11, BTC: 1e6 }],
      ['dealer-1', 'dealer', { USD: 1e10, BTC: 1e5 }],
    ],
  })
  const scenario = quiet(8, { tick_ms: 60_000, seed: 5 }, [{ asset: 'BTC', change, over_ms: 4 * 3_600_000, at_ms: 0 }])
  const world = build(snapshot, scenario)
  const start = world.ledger.balance(world.parts.actor_names.indexOf('dealer-1'), 1)
  let low = Number.POSITIVE_INFINITY
  const result = run(world, { debug: true, on_tick: () => ((low = Math.min(low, world.mid(0))), true) })
  expect(result.status).toBe('done')
  expect(result.laws.broken).toEqual([])
  const left = world.ledger.balance(world.parts.actor_names.indexOf('dealer-1'), 1)
  return { low, end: world.mid(0), sold: start - left }
}

describe('dealers', () => {
  const calm = fall(0.0001)

  it('short of gamma they deepen a fall, long of it they soften it', () => {
    const short = fall(-4000)
    const long = fall(4000)
    expect(short.sold).toBeGreaterThan(1000)
    expect(long.sold).toBeLessThan(-1000)
    expect(short.low).toBeLessThan(calm.low * 0.99)
    expect(long.low).toBeGreaterThan(calm.low)
    expect(short.end).toBeLessThan(long.end)
  })

  it('and a rise alike', () => {
    const rise = (quantity: number) => fall(quantity, 20e6, { hedged: true }, 0.25).end
    // short puts are bought back into a rise
    expect(rise(-4000)).toBeGreaterThan(rise(4000))
  })

  it('more of them deepen it more', () => {
    expect(fall(-6000).low).toBeLessThan(fall(-2000).low)
  })

  it('in a thin book the hedge fails: less is sold than the delta asks for', () => {
    const deep = fall(-4000, 200e6, { slippage: 0.002 })
    const thin = fall(-4000, 1e6, { slippage: 0.002 })
    expect(thin.sold).toBeLessThan(0.8 * deep.sold)
  })

  it('a vol that rises with the fall changes what they sell', () => {
    const flat = fall(-4000, 200e6)
    const steep = fall(-4000, 200e6, { fear: 2, steepening: 0.3 })
    expect(Math.abs(steep.sold / flat.sold - 1)).toBeGreaterThan(0.01)
  })
})
