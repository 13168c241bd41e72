/** What a command meets of the machine: streams, terminal, and a way to run work that Ctrl-C can stop. */
import type { Work, WorkResult } from './work.ts'

export interface Host {
  out(text: string): void
  err(text: string): void
  /** Is standard error a terminal? Then progress is shown. */
  readonly watched: boolean
  /** May standard output carry colours? */
  readonly colour: boolean
  /** Columns of the report. */
  readonly width: number
  /** Does the work, elsewhere or here; rejects with `Interrupted` when it was stopped. */
  work(work: Work, on_progress: (done: number, phase: string) => void): Promise<WorkResult>
}

/** The person stopped it. The command line exits with 3. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export const EXIT = { done: 0, failed: 1, input: 2, interrupted: 3, fault: 4 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
