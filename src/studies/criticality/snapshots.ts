/**
 * Does R, from a snapshot alone, tell how far a shock will be amplified? One random market of a stated distribution, its R and two plain
 * measures, and the multiplier of a run on it.
 */
import { cascade_multiplier, liquidated_at_start_usd, reproduction_number } from '../../analytics/index.ts'
import { run } from '../../engine/index.ts'
import { exp, log, Rng } from '../../math/index.ts'
import type { Snapshot } from '../../model/index.ts'
import { build, parse_shock, shock_scenario } from '../../scenarios/index.ts'
import { type Recipe, synthesize } from '../../synth/index.ts'
import { Crowd } from './crowd.ts'
import { pressure_at } from './document.ts'
import { shock_offspring } from './shock.ts'

/** Fixed on 2026-11-25, before the first run. Ranges are log-uniform, except `vaults`. */
export const DISTRIBUTION = {
  accounts: 1_000,
  /** Fall of BTC within an hour; the rest by beta. */
  shock: 0.2,
  over_ms: 3_600_000,
  horizon_ms: 2 * 3_600_000,
  tick_ms: 120_000,
  /** How far below the shocked prices the measures look. */
  span: 0.1,
  leverage: [2, 12],
  largest_leverage: [10, 50],
  lending_health: [1.15, 2.2],
  vault_ratio: [1.6, 2.8],
  depth: [0.1, 2],
  tail: [0.8, 1.6],
  largest: [0.01, 0.1],
  /** Chance that the vaults are there. */
  vaults: 0.5,
} as const

/** Multipliers above it count as it. */
export const CAP = 10

/** The reference recipe with what is drawn for snapshot `k`. */
export function drawn_recipe(recipe: Recipe, k: number): Recipe {
  const rng = new Rng(k).stream('criticality-snapshots', 0)
  const between = ([low, high]: readonly [number, number]) => low * exp(rng.uniform() * log(high / low))
  const leverage = between(DISTRIBUTION.leverage)
  const largest_leverage = between(DISTRIBUTION.largest_leverage)
  const health = between(DISTRIBUTION.lending_health)
  const ratio = between(DISTRIBUTION.vault_ratio)
  const depth = between(DISTRIBUTION.depth)
  const tail = between(DISTRIBUTION.tail)
  const largest = between(DISTRIBUTION.largest)
  const { vaults, ...rest } = recipe
  const { lending, exchange, population } = recipe
  return {
    ...rest,
    assets: recipe.assets.map((asset) =>
      asset.spot_depth_usd === undefined ? asset : { ...asset, spot_depth_usd: asset.spot_depth_usd * depth },
    ),
    pools: recipe.pools.map((pool) => ({ ...pool, side_usd: pool.side_usd * depth })),
    lending: {
      ...lending,
      books: lending.books.map((book) => (book.name === 'loop' ? book : { ...book, health: { ...book.health, median: health } })),
    },
    exchange: {
      ...exchange,
      contracts: exchange.contracts.map((contract) => ({ ...contract, depth_usd: contract.depth_usd * depth })),
      long: { ...exchange.long, median: leverage },
      short: { ...exchange.short, median: leverage },
      ...(exchange.large === undefined ? {} : { large: { ...exchange.large, leverage: largest_leverage } }),
    },
    population: { ...population, tail, largest },
    ...(vaults === undefined || rng.uniform() >= DISTRIBUTION.vaults
      ? {}
      : { vaults: { ...vaults, ilks: vaults.ilks.map((ilk) => ({ ...ilk, ratio: { ...ilk.ratio, median: ratio } })) } }),
  }
}

export interface Trial {
  readonly k: number
  /** R of the shock: its next generation per USD of its first, the primary. */
  readonly r: number
  /** Spectral radius after the shock. */
  readonly r_after: number
  /** R at today's prices, 5 %. */
  readonly r_now: number
  /** R of the whole way: density between today's prices and the shocked ones. */
  readonly r_way: number
  /** Σ debts ÷ Σ equity. */
  readonly leverage: number
  /** Σ owed ÷ what all markets give within 1 %. */
  readonly debt_over_depth: number
  /** null where nothing was liquidated without feedback. */
  readonly multiplier: number | null
}

export function trial(recipe: Recipe, k: number): Trial {
  const { accounts, shock, horizon_ms, tick_ms } = DISTRIBUTION
  const snapshot = synthesize(drawn_recipe(recipe, k), { accounts, seed: k })
  const measured = predictors(snapshot, k)
  const options = { correlated: true, seed: k, horizon_ms, tick_ms }
  const world = build(snapshot, shock_scenario([parse_shock(`BTC=-${shock * 100}%@1h`)], options))
  const liquidated = (feedback: boolean) => {
    run(world, { feedback })
    const usd = liquidated_at_start_usd(world.parts.log, world.view())
    world.reset()
    return usd
  }
  const alone = liquidated(false)
  return { k, ...measured, multiplier: cascade_multiplier(liquidated(true), alone, false) }
}

function predictors(snapshot: Snapshot, seed: number): Omit<Trial, 'k' | 'multiplier'> {
  const { shock, over_ms, tick_ms, span } = DISTRIBUTION
  const crowd = new Crowd(build(snapshot, shock_scenario([])))
  const { assets } = crowd.world.parts
  const still = new Float64Array(assets.length)
  const { assets_usd, debts_usd, owed_usd } = crowd.totals()
  const depth = crowd.impact().reduce((sum, impact) => sum + (impact > 0 ? 0.01 / impact : 0), 0)
  return {
    r: shock_offspring(snapshot, crowd, { fall: shock, over_ms, reach: span }, { seed, tick_ms }).r,
    r_after: reproduction_number(pressure_at(crowd, crowd.by_beta(log(1 - shock)), span)),
    r_now: reproduction_number(pressure_at(crowd, still, 0.05)),
    r_way: reproduction_number(pressure_at(crowd, still, shock)),
    leverage: debts_usd / (assets_usd - debts_usd),
    debt_over_depth: owed_usd / depth,
  }
}
