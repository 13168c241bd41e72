/** `unwind validate`: the scoreboard. */
import type { Command } from 'commander'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { values } from './support/options.ts'

interface Options {
  readonly group: readonly string[]
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind validate                  every published value that this build reproduces, or misses
  unwind validate --group maker    one group of them
  unwind validate --json           an array of {id, group, what, expected, got, tolerance, pass, source}

Exit codes: 0 all met, 1 a miss.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .addOption(values('--group <name>', 'only this group; may be given often'))
    .option('--json', 'print the rows as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) =>
      act(() => {
        const input = { groups: options.group, json: options.json === true, look: { width: host.width, colour: host.colour } }
        return carry_out(host, { name: 'validate', input }, [], options.quiet === true)
      }),
    )
}
