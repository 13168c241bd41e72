/** `unwind validate`: the scoreboard. */
import type { Command } from 'commander'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { value, values } from './support/options.ts'

interface Options {
  readonly group: readonly string[]
  readonly data?: string
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind validate                  every published value that this build reproduces, or misses
  unwind validate --group maker    one group of them
  unwind validate --data ./data    with the tests on public data of that folder (eba_2018_48banks.csv)
  unwind validate --json           an array of {id, group, what, expected, got, tolerance, pass, source}

Exit codes: 0 all met, 1 a miss.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .addOption(values('--group <name>', 'only this group; may be given often'))
    .addOption(
      value('--data <folder>', 'public data that some rows need (default: ../shared/data beside this package, or UNWIND_SHARED)'),
    )
    .option('--json', 'print the rows as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) =>
      act(() => {
        const input = {
          groups: options.group,
          json: options.json === true,
          data: options.data,
          look: { width: host.width, colour: host.colour },
        }
        return carry_out(host, { name: 'validate', input }, [], options.quiet === true)
      }),
    )
}
