/** `unwind criticality`: how near a snapshot is to selling that feeds itself. */
import type { Command } from 'commander'
import { CRITICALITY_DEFAULTS } from '../studies/criticality/defaults.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { excludes, value, whole } from './support/options.ts'
import { percents } from './support/positions.ts'
import type { CriticalityTaskInput } from './tasks/criticality.ts'

interface Options {
  readonly accounts?: string
  readonly window?: string
  readonly drop?: string
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind criticality
      the reference market: R, the falls at which it reaches 1, who would sell, the ladder
  unwind criticality market.json --window 10%
      your own snapshot, density averaged over a fall of 10 %
  unwind criticality --accounts 5000 --drop 5,10,20,30 --json
      a small market, R now and after these falls, as a document

R is what one USD of forced selling makes others sell: below 1 a shock dies out. What it misses is in docs/criticality.md.
Exit codes: 0 done, 2 bad input, 3 interrupted, 4 internal fault.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[snapshot]', 'snapshot file or folder (default: the reference market)')
    .addOption(value('--accounts <n>', 'accounts of the reference market (default: 100000)'))
    .addOption(value('--window <percent>', 'fall over which the density of liquidations is averaged (default: 5)'))
    .addOption(value('--drop <percents>', 'falls after which R is asked again, beside now (default: 2.5 to 50)'))
    .option('--json', 'print the document unwind.criticality/1, nothing else')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((snapshot: string | undefined, options: Options) =>
      act(() => carry_out(host, { name: 'criticality', input: parse(snapshot, options, host) }, [], options.quiet === true)),
    )
}

/** The options as the work takes them. @throws InputError */
export function parse(
  snapshot: string | undefined,
  { accounts, window, drop, json }: Options,
  host: Pick<Host, 'width' | 'colour'>,
): CriticalityTaskInput {
  excludes('--accounts', accounts, 'a snapshot (it has its own)', snapshot !== undefined)
  return {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(accounts === undefined ? {} : { accounts: whole('--accounts', accounts, 100, 20_000_000) }),
    question: {
      span: window === undefined ? CRITICALITY_DEFAULTS.span : (percents('--window', window)[0] as number),
      falls: drop === undefined ? CRITICALITY_DEFAULTS.falls : [0, ...percents('--drop', drop).sort((a, b) => a - b)],
    },
    json: json === true,
    look: { width: host.width, colour: host.colour },
  }
}
