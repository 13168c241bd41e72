/** Runs random worlds with everybody in them and any fault, until so many ticks were lived, with every law checked after every applied bundle. */
import { run } from '../../src/engine/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { everyone } from '../support/everyone.ts'
import type { Finding } from './worlds.ts'

export interface Lived {
  readonly findings: Finding[]
  readonly worlds: number
  readonly ticks: number
  readonly checks: number
  readonly rows: number
  /** Kinds of fault that were on, and kinds of agent of which somebody did something. */
  readonly faults: ReadonlySet<string>
  readonly actors: ReadonlySet<string>
}

export function live(first_seed: number, ticks: number): Lived {
  const findings: Finding[] = []
  const faults = new Set<string>()
  const actors = new Set<string>()
  let [lived, checks, rows, seed] = [0, 0, 0, first_seed]
  for (; lived < ticks; seed++) {
    try {
      const { snapshot, scenario } = everyone(seed)
      const world = build(snapshot, scenario)
      for (const { kind, from_ms } of scenario.faults) if (from_ms < scenario.horizon_ms) faults.add(kind)
      const result = run(world, { debug: true })
      lived += Math.max(1, result.ticks)
      checks += result.laws.checked
      const { log, agents, agent_of } = world.parts
      rows += log.length
      for (let row = 0; row < log.length; row++) {
        const actor = log.columns.actor.data[row] as number
        if (actor > 0 && (agent_of[actor] as number) >= 0) actors.add(agents[agent_of[actor] as number]?.kind as string)
      }
      if (result.laws.broken.length > 0) findings.push({ seed, broken: result.laws.broken.slice(0, 3) })
      world.reset()
      const again = seed % 5 === 0 ? run(world).log_hash : result.log_hash
      if (again !== result.log_hash) findings.push({ seed, broken: [`after reset the log is ${again}, not ${result.log_hash}`] })
    } catch (error) {
      findings.push({ seed, broken: [String((error as Error).stack).slice(0, 600)] })
      lived += 10
    }
  }
  return { findings, worlds: seed - first_seed, ticks: lived, checks, rows, faults, actors }
}
