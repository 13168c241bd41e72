/** From parsed options to an exit code: work, progress, outputs, streams. */
import type { Host } from './host.ts'
import { commit, discard, type Output } from './outputs.ts'
import { meter } from './progress.ts'
import type { Work } from './work.ts'

/** What a command's action does with what it has to do: `main` waits for it and takes its exit code. */
export type Act = (job: () => number | Promise<number>) => void

/** Does the work, then moves its outputs to their places, then prints. Whatever goes wrong, nothing half done is left. */
export async function carry_out(host: Host, work: Work, outputs: readonly Output[], quiet: boolean): Promise<number> {
  const progress = meter(host, quiet)
  try {
    const result = await host.work(work, progress.report)
    commit(outputs)
    progress.clear()
    host.out(result.text)
    if (result.note !== '' && !quiet) host.err(`${result.note}\n`)
    return result.code
  } finally {
    progress.clear()
    discard(outputs)
  }
}
