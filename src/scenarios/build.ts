/** Where the registries meet: a snapshot and a scenario become a world. */
import { agents } from '../agents/index.ts'
import { drivers } from '../drivers/index.ts'
import { build_world, ENGINE_VERSION, type Registries, type World } from '../engine/index.ts'
import { markets } from '../markets/index.ts'
import { content_hash, type Scenario, type Snapshot } from '../model/index.ts'
import { oracles } from '../oracles/index.ts'
import { venues } from '../venues/index.ts'
import { left_out, without } from './prune.ts'

export const REGISTRIES = { markets, oracles, venues, drivers, agents } as unknown as Registries

/** Opens a world at its opening state. @throws InputError for whatever does not fit */
export function build(snapshot: Snapshot, scenario: Scenario): World {
  const kept = without(snapshot, scenario.without)
  return build_world(kept, scenario, REGISTRIES, left_out(snapshot, kept))
}

/** Hashes that identify a run: equal identity, equal log. */
export interface Identity {
  readonly id: string
  readonly engine: string
  readonly seed: number
  readonly snapshot: string
  readonly scenario: string
}

/** Identity of a run = hash(snapshot, scenario, seed, engine version). */
export function identity(snapshot: Snapshot, scenario: Scenario): Identity {
  const parts = {
    engine: ENGINE_VERSION,
    seed: scenario.seed,
    snapshot: content_hash(snapshot),
    scenario: content_hash(scenario),
  }
  return { id: content_hash(parts), ...parts }
}
