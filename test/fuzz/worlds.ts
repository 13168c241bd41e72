/** Runs random worlds with every law checked after every applied bundle. */
import { run } from '../../src/engine/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { random_world } from '../support/random-world.ts'

export interface Finding {
  readonly seed: number
  readonly broken: readonly string[]
}

/** What goes wrong in the worlds of these seeds; and how much was done in them. */
export function fuzz(seeds: readonly number[]): { findings: Finding[]; checks: number; rows: number; ticks: number } {
  const findings: Finding[] = []
  let [checks, rows, ticks] = [0, 0, 0]
  for (const seed of seeds) {
    try {
      const { snapshot, scenario } = random_world(seed)
      const world = build(snapshot, scenario)
      const result = run(world, { debug: true })
      checks += result.laws.checked
      rows += world.parts.log.length
      ticks += result.ticks
      const hash = result.log_hash
      world.reset()
      const again = run(world).log_hash
      if (result.laws.broken.length > 0) findings.push({ seed, broken: result.laws.broken.slice(0, 3) })
      if (again !== hash) findings.push({ seed, broken: [`after reset the log is ${again}, not ${hash}`] })
    } catch (error) {
      findings.push({ seed, broken: [String((error as Error).stack).slice(0, 400)] })
    }
  }
  return { findings, checks, rows, ticks }
}
