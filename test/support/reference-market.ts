/** The reference market, small, for tests of whole runs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scenario, Snapshot } from '../../src/model/index.ts'
import { parse_shock, type ShockOptions, shock_scenario } from '../../src/scenarios/index.ts'
import { parse_recipe, type Recipe, synthesize } from '../../src/synth/index.ts'

export const RECIPE_PATH = join(import.meta.dirname, '../../data/reference-market/recipe.json')

export const recipe = (): Recipe => parse_recipe(JSON.parse(readFileSync(RECIPE_PATH, 'utf8')), 'recipe.json')

export const small_market = (accounts = 2_000, seed = 1): Snapshot => synthesize(recipe(), { accounts, seed })

/** ETH −30 % within an hour, correlated, over some hours. */
export const crash = (hours = 3, options: ShockOptions = {}): Scenario =>
  shock_scenario([parse_shock('ETH=-30%@1h')], { correlated: true, horizon_ms: hours * 3_600_000, ...options })

/** A module that makes the small market, runs the crash and answers with the hash of the log: to be bundled for elsewhere. */
export const WHOLE_RUN = `
import recipe from './data/reference-market/recipe.json'
import { run } from './src/engine/index.ts'
import { build, parse_shock, shock_scenario } from './src/scenarios/index.ts'
import { parse_recipe, synthesize } from './src/synth/index.ts'
export default function whole() {
  const snapshot = synthesize(parse_recipe(recipe, 'recipe.json'), { accounts: 2000, seed: 1 })
  return run(build(snapshot, shock_scenario([parse_shock('ETH=-30%@1h')], { correlated: true, horizon_ms: 3 * 3600000 }))).log_hash
}`
