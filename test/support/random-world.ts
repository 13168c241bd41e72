/** Worlds nobody chose: recipes, scenarios and faults drawn from a seed. */
import { Rng } from '../../src/math/index.ts'
import type { FaultSpec, Scenario, Snapshot } from '../../src/model/index.ts'
import { type ShockSpec, shock_scenario } from '../../src/scenarios/index.ts'
import { type Recipe, synthesize } from '../../src/synth/index.ts'
import { recipe } from './reference-market.ts'

const VERSIONS = ['3.0', '3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '3.7']
const LEFT_OUT = [
  'venue:aave',
  'venue:maker',
  'venue:binance',
  'agent:liquidator',
  'agent:arbitrageur',
  'agent:maker-spot',
  'agent:maker-perp',
  'agent:borrower',
  'agent:trader',
]

/** Log-uniform between low and high. */
const between = (rng: Rng, low: number, high: number) => low * (high / low) ** rng.uniform()

function random_recipe(rng: Rng): Recipe {
  const base = recipe()
  const depth = between(rng, 0.02, 3)
  return {
    ...base,
    assets: base.assets.map((asset) =>
      asset.spot_depth_usd === undefined
        ? asset
        : { ...asset, spot_depth_usd: asset.spot_depth_usd * depth * between(rng, 0.3, 3) },
    ),
    spot: { ...base.spot, alpha: between(rng, 0.4, 1.5), permanent: rng.uniform(), recovery_ms: between(rng, 20_000, 7_200_000) },
    pools: base.pools.map((pool) => ({ ...pool, side_usd: pool.side_usd * between(rng, 0.1, 3) })),
    lending: {
      ...base.lending,
      version: VERSIONS[rng.uniformInt(VERSIONS.length)] as string,
      delay_ms: rng.uniform() < 0.3 ? 0 : Math.floor(between(rng, 1_000, 600_000)),
      books: base.lending.books.map((book) => ({
        ...book,
        second: rng.uniform(),
        health: { ...book.health, median: 1 + (book.health.median - 1) * between(rng, 0.3, 1.5), least: 1.001 },
      })),
    },
    exchange: {
      ...base.exchange,
      fund: base.exchange.fund * between(rng, 1e-5, 1),
      isolated: rng.uniform(),
      second: rng.uniform(),
      long: { ...base.exchange.long, median: between(rng, 1.5, 30) },
      short: { ...base.exchange.short, median: between(rng, 1.5, 30) },
      contracts: base.exchange.contracts.map((contract) => ({
        ...contract,
        depth_usd: contract.depth_usd * depth * between(rng, 0.3, 3),
      })),
    },
    population: { ...base.population, treasury: { share: rng.uniform(), median: between(rng, 0.01, 1), sigma: 1 } },
    gas_usd: between(rng, 0.1, 3_000),
  }
}

function random_faults(rng: Rng, horizon_ms: number): FaultSpec[] {
  const targets = [
    'market:ETH-USD',
    'market:BTCUSDT-PERP',
    'venue:aave',
    'venue:binance',
    'oracle:ETH/USD',
    'oracle:osm-ETH-A',
    'oracle:osm-ETH-A:void',
    'oracle:BTC-index',
    'transfer',
  ]
  return Array.from({ length: rng.uniformInt(4) }, (): FaultSpec => {
    const from_ms = Math.floor(rng.uniform() * horizon_ms)
    return {
      kind: rng.uniform() < 0.2 ? 'gas' : 'halt',
      target: targets[rng.uniformInt(targets.length)] as string,
      from_ms,
      to_ms: from_ms + Math.floor(rng.uniform() * horizon_ms),
      value: between(rng, 1, 5_000),
    }
  })
}

/** The world of a seed; equal seeds, equal worlds. */
export function random_world(seed: number): { snapshot: Snapshot; scenario: Scenario } {
  const rng = new Rng(seed, 0, 'random-world')
  const made = random_recipe(rng)
  const snapshot = synthesize(made, { accounts: 100 + rng.uniformInt(200), seed })
  const movable = made.assets.filter((asset) => asset.role !== 'numeraire').map((asset) => asset.id)
  const tick_ms = [10_000, 60_000, 600_000][rng.uniformInt(3)] as number
  const horizon_ms = tick_ms * (20 + rng.uniformInt(60))
  const shocks = Array.from(
    { length: 1 + rng.uniformInt(3) },
    (): ShockSpec => ({
      asset: movable[rng.uniformInt(movable.length)] as string,
      change: between(rng, 0.25, 2.5) - 1,
      over_ms: Math.floor(rng.uniform() * horizon_ms),
      at_ms: Math.floor((rng.uniform() * horizon_ms) / 2),
    }),
  )
  const dropped = LEFT_OUT.filter(() => rng.uniform() < 0.12)
  // Something must be left to run.
  const without = dropped.filter(
    (name) =>
      name.startsWith('agent:') || !['venue:aave', 'venue:maker', 'venue:binance'].every((venue) => dropped.includes(venue)),
  )
  const scenario = shock_scenario(shocks, {
    correlated: rng.uniform() < 0.5,
    seed,
    horizon_ms,
    tick_ms,
    gas_usd: made.gas_usd,
    without,
  })
  return { snapshot, scenario: { ...scenario, faults: random_faults(rng, horizon_ms), limits: { rounds: 100, rows: 200_000 } } }
}
