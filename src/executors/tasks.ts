/** What may be done in many places at once: functions of plain data that give plain data, whatever the order and the place. */
import { InputError, type Scenario, type Snapshot } from '../model/index.ts'
import { events } from '../scenarios/index.ts'
import { type EnsembleSeed, ensemble_seed, replay_seed, type SeedRun } from '../studies/index.ts'

/** By name: what all jobs share, what one job is, what it gives. Everything crosses threads. */
export interface Tasks {
  readonly replay: {
    readonly shared: { readonly event: string; readonly thin: boolean }
    readonly job: { readonly seed: number; readonly without: string }
    readonly result: SeedRun
  }
  readonly ensemble: {
    readonly shared: { readonly snapshot: Snapshot; readonly scenario: Scenario }
    /** A seed. */
    readonly job: number
    readonly result: EnsembleSeed
  }
}
export type TaskName = keyof Tasks

/** Opens a task: what is shared is read once, then jobs are done. @throws InputError for what is shared, or for a job */
export const tasks: {
  readonly [K in TaskName]: (shared: Tasks[K]['shared']) => (job: Tasks[K]['job']) => Tasks[K]['result']
} = {
  replay: ({ event, thin }) => {
    const preset = events.find(({ id }) => id === event)
    if (preset === undefined) throw new InputError('event', '', event, `one of ${events.map(({ id }) => id).join(', ')}`)
    return ({ seed, without }) => replay_seed(preset, seed, { without, thin })
  },
  ensemble:
    ({ snapshot, scenario }) =>
    (seed) =>
      ensemble_seed(snapshot, scenario, seed),
}
