/**
 * The main job, ETH −30 % within an hour on the reference market: engine time of the run without and the run with feedback, 1,440 ticks.
 * Interleaved over sizes, so that a drifting machine drifts for all. Prints medians and ranges.
 */
import { readFileSync } from 'node:fs'
import { run } from '../src/engine/index.ts'
import { median } from '../src/math/index.ts'
import { build, parse_shock, shock_scenario } from '../src/scenarios/index.ts'
import { parse_recipe, synthesize } from '../src/synth/index.ts'

const ROUNDS = 5
const recipe = parse_recipe(
  JSON.parse(readFileSync(new URL('../data/reference-market/recipe.json', import.meta.url), 'utf8')),
  'recipe.json',
)
const scenario = shock_scenario([parse_shock('ETH=-30%@1h')], { correlated: true })

const worlds = [10_000, 100_000].map((accounts) => ({
  accounts,
  world: build(synthesize(recipe, { accounts, seed: 1 }), scenario),
  alone: [] as number[],
  fed: [] as number[],
  reset: [] as number[],
}))
const timed = (work: () => unknown): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}
for (let round = 0; round < ROUNDS; round++) {
  for (const { world, alone, fed, reset } of worlds) {
    world.reset()
    alone.push(timed(() => run(world, { feedback: false })))
    reset.push(timed(() => world.reset()))
    fed.push(timed(() => run(world)))
  }
}
const spread = (values: readonly number[]) =>
  `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`
for (const { accounts, alone, fed, reset } of worlds) {
  const both = alone.map((ms, i) => ms + (fed[i] as number))
  console.log(
    `${accounts} accounts, 1,440 ticks: without feedback ${spread(alone)}, with ${spread(fed)}, both ${spread(both)}; reset ${spread(reset)}`,
  )
}
