/** `unwind replay`: a real event over many seeds. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { excludes, value, values, whole, workers_of, workers_option } from './support/options.ts'
import { prepare } from './support/outputs.ts'

interface Options {
  readonly seeds?: string
  readonly first?: string
  readonly withoutCause: readonly string[]
  readonly causes?: true
  readonly thin?: true
  readonly workers?: string
  readonly json?: true
  readonly html?: string
  readonly quiet?: true
}

const DEFAULT_SEEDS = 200
const MOST_SEEDS = 100_000

const EXAMPLES = `
Examples:
  unwind replay may-2021
      200 seeds: what nobody knows is drawn anew for each; medians beside what happened
  unwind replay may-2021 --seeds 50 --causes
      the same with 50, and again without each cause, draw for draw
  unwind replay ten-ten --seeds 20 --thin --html ten-ten.html
      a page: outcomes against their bands, the path, the largest forced sales, how each figure is known
  unwind replay comp-dai-2020 --without-cause anchor --json > replay.json
      without one cause; the document unwind.replay/1, every seed in it

unwind list presets shows the events; unwind stress --preset EVENT runs one seed and reports on it.
How priors, bands and causes are made: docs/events/README.md.
Exit codes: 0 done, 1 a law broke or a run hit a limit, 2 bad input, 3 interrupted. A missed band is a result, not a failure.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('<event>', 'preset of a real event')
    .addOption(value('--seeds <n>', `how many seeds (default: ${DEFAULT_SEEDS})`))
    .addOption(value('--first <n>', 'the first of them (default: 1)'))
    .addOption(values('--without-cause <id>', 'again without this cause; may be given often'))
    .option('--causes', 'again without each cause, one at a time')
    .option('--thin', 'fewer accounts and longer ticks: for a look')
    .addOption(workers_option())
    .option('--json', 'print the document unwind.replay/1, nothing else')
    .addOption(
      value('--html <file>', 'write the report as one self-contained page; the path and sales are those of the first seed'),
    )
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((event: string, options: Options) => act(() => run(event, options, host)))
}

function run(event: string, options: Options, host: Host): Promise<number> {
  const { seeds, first, withoutCause, causes, thin, workers, json, html, quiet } = options
  excludes('--without-cause', withoutCause, '--causes (all of them)', causes === true)
  if (new Set(withoutCause).size < withoutCause.length)
    throw new InputError('--without-cause', '', withoutCause.join(', '), 'every cause once')
  const page = html === undefined ? undefined : prepare('--html', html, 'file', [])
  const input = {
    event,
    ...(page === undefined ? {} : { html: page.staged }),
    seeds: seeds === undefined ? DEFAULT_SEEDS : whole('--seeds', seeds, 1, MOST_SEEDS),
    first: first === undefined ? 1 : whole('--first', first, 0, 1_000_000_000_000),
    causes: causes === true ? ('all' as const) : withoutCause,
    thin: thin === true,
    ...workers_of(workers),
    json: json === true,
    look: { width: host.width, colour: host.colour },
  }
  return carry_out(host, { name: 'replay', input }, page === undefined ? [] : [page], quiet === true)
}
