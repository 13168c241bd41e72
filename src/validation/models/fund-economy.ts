/** The economy of value funds as a scenario: noise traders' cash as the fundamental, a market that clears by excess demand, nobody else. */
import { run } from '../../engine/index.ts'
import { exp, log, type Rng } from '../../math/index.ts'
import { assert, DEFAULT_LIMITS, type Scenario, SCENARIO_SCHEMA, type Snapshot, SNAPSHOT_SCHEMA } from '../../model/index.ts'
import { build } from '../../scenarios/index.ts'
import { VALUE_FUNDS } from './value-funds.ts'

const STEP_MS = 60_000

/** Price without funds at each step, from the start on. */
export function noise_prices(rng: Rng, steps: number): Float64Array {
  const { persistence, noise, shares } = VALUE_FUNDS
  const out = new Float64Array(steps + 1).fill(1)
  let ln_cash = log(shares)
  for (let t = 1; t <= steps; t++) {
    ln_cash = persistence * ln_cash + noise * rng.normal() + (1 - persistence) * log(shares)
    out[t] = exp(ln_cash) / shares
  }
  return out
}

export function fund_economy(prices: Float64Array, leverage_max: number): { snapshot: Snapshot; scenario: Scenario } {
  const { funds, aggression, shares, wealth } = VALUE_FUNDS
  const steps = prices.length - 1
  const snapshot: Snapshot = {
    schema: SNAPSHOT_SCHEMA,
    id: 'fund-economy',
    title: 'Value funds and noise traders',
    time_ms: 0,
    provenance: [{ part: 'markets', evidence: 'synthetic', source: 'literature reference §A9' }],
    assets: [
      { id: 'X', price_usd: 1, beta: 1, reference: 'X-USD' },
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
    ],
    actors: {
      count: 0,
      names: [],
      agent: new Int32Array(0),
      treasury: { actor: new Int32Array(0), asset: new Int32Array(0), amount: new Float64Array(0) },
    },
    markets: [
      {
        kind: 'excess-demand',
        id: 'X-USD',
        base: 'X',
        quote: 'USD',
        shares,
        funds,
        aggression,
        leverage_max,
        wealth,
        step_ms: STEP_MS,
      },
    ],
    oracles: [],
    venues: [],
    agents: [],
  }
  const time_ms = Float64Array.from({ length: steps + 1 }, (_, t) => t * STEP_MS)
  const bars = { symbol: 'X', step_ms: STEP_MS, time_ms, open: prices, high: prices, low: prices, close: prices, volume: prices }
  const scenario: Scenario = {
    schema: SCENARIO_SCHEMA,
    id: 'noise',
    title: 'Noise traders’ cash',
    seed: 1,
    horizon_ms: steps * STEP_MS,
    tick_ms: STEP_MS,
    drivers: [{ kind: 'replay', id: 'noise', assets: { X: { symbol: 'X' } }, bars: { X: bars }, from_ms: 0 }],
    faults: [],
    gas_usd: 0,
    pinned: [],
    without: [],
    limits: DEFAULT_LIMITS,
  }
  return { snapshot, scenario }
}

/** Prices of the economy as the engine runs it, one a step. Throws if the run broke off or broke a law. */
export function engine_prices(leverage_max: number, rng: Rng, steps: number): Float64Array {
  const { snapshot, scenario } = fund_economy(noise_prices(rng, steps), leverage_max)
  const world = build(snapshot, scenario)
  const prices = new Float64Array(steps)
  const { status, laws } = run(world, {
    on_tick: (tick) => {
      prices[tick - 1] = world.mid(0)
      return true
    },
  })
  assert(status === 'done' && laws.broken.length === 0, `the economy of funds: ${status}, ${laws.broken[0]}`)
  return prices
}
