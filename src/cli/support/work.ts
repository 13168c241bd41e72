/** Work that takes long: what is asked for, what comes back. Everything here crosses a thread, so it is plain data. */
import type { DetectInput } from '../tasks/detect.ts'
import type { ReplayEventInput } from '../tasks/event.ts'
import type { InferInput } from '../tasks/infer.ts'
import type { AccountTaskInput } from '../tasks/account.ts'
import type { CriticalityTaskInput } from '../tasks/criticality.ts'
import type { NetworkTaskInput } from '../tasks/network.ts'
import type { SnapshotInput } from '../tasks/snapshot.ts'
import type { StressInput } from '../tasks/stress.ts'
import type { SynthInput } from '../tasks/synth.ts'
import type { ValidateInput } from '../tasks/validate.ts'
import type { WarnInput } from '../tasks/warn.ts'

export type Work =
  | { readonly name: 'stress'; readonly input: StressInput }
  | { readonly name: 'synth'; readonly input: SynthInput }
  | { readonly name: 'validate'; readonly input: ValidateInput }
  | { readonly name: 'snapshot'; readonly input: SnapshotInput }
  | { readonly name: 'account'; readonly input: AccountTaskInput }
  | { readonly name: 'criticality'; readonly input: CriticalityTaskInput }
  | { readonly name: 'network'; readonly input: NetworkTaskInput }
  | { readonly name: 'replay'; readonly input: ReplayEventInput }
  | { readonly name: 'infer'; readonly input: InferInput }
  | { readonly name: 'detect'; readonly input: DetectInput }
  | { readonly name: 'warn'; readonly input: WarnInput }

export interface WorkResult {
  /** 1 when a check failed. */
  readonly code: 0 | 1
  /** For standard output. */
  readonly text: string
  /** One line for standard error, '' for none. */
  readonly note: string
}

/** Share done, 0 to 1, and what is being done. */
export type Progress = (done: number, phase: string) => void

/** Does it here and now. Loads what it needs, no more. */
export async function perform(work: Work, on_progress: Progress): Promise<WorkResult> {
  switch (work.name) {
    case 'stress':
      return (await import('../tasks/stress.ts')).stress_task(work.input, on_progress)
    case 'synth':
      return (await import('../tasks/synth.ts')).synth_task(work.input, on_progress)
    case 'validate':
      return (await import('../tasks/validate.ts')).validate_task(work.input, on_progress)
    case 'account':
      return (await import('../tasks/account.ts')).account_task(work.input, on_progress)
    case 'criticality':
      return (await import('../tasks/criticality.ts')).criticality_task(work.input, on_progress)
    case 'network':
      return (await import('../tasks/network.ts')).network_task(work.input, on_progress)
    case 'snapshot':
      return (await import('../tasks/snapshot.ts')).snapshot_task(work.input, on_progress)
    case 'infer':
      return (await import('../tasks/infer.ts')).infer_task(work.input, on_progress)
    case 'detect':
      return (await import('../tasks/detect.ts')).detect_task(work.input, on_progress)
    case 'warn':
      return (await import('../tasks/warn.ts')).warn_task(work.input, on_progress)
    case 'replay':
      return (await import('../tasks/event.ts')).replay_task(work.input, on_progress)
  }
}

/** How the rendering of a result should look. */
export interface Look {
  readonly width: number
  readonly colour: boolean
}
