/** `unwind snapshot`: what a snapshot holds and whether it opens. */
import type { Command } from 'commander'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'

interface Options {
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind snapshot market.json           hash, provenance, counts, totals per venue, laws at the opening
  unwind snapshot market/ --json        the same as a document

Exit codes: 0 opens and every law holds, 1 a law does not hold, 2 it cannot be read or does not open.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('<snapshot>', 'snapshot file or folder')
    .option('--json', 'print a document')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((path: string, options: Options) =>
      act(() => {
        const input = { path, json: options.json === true, look: { width: host.width, colour: host.colour } }
        return carry_out(host, { name: 'snapshot', input }, [], options.quiet === true)
      }),
    )
}
