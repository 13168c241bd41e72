/** `unwind warn`: chances of what may come, and whether they are worth anything. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { moments, snapshot_files } from './detect.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { needs, value, whole } from './support/options.ts'

interface Options {
  readonly from?: string
  readonly to?: string
  readonly fall?: string
  readonly days?: string
  readonly shock?: string
  readonly times?: string
  readonly snapshot?: string
  readonly seeds?: string
  readonly evaluate?: true
  readonly all?: true
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind warn spot.csv.gz open-interest.csv.gz funding.csv.gz vix.csv.gz
      today's chances, what moves them, and whether they had any skill: a fall, an event, how far each asset would fall if it fell
  unwind warn spot.csv.gz --evaluate
      the same, and the walk-forward tables against naive rules and with a second model, whatever they say
  unwind warn perps.parquet --fall 7% --days 3 --json
      another question; the document unwind.warn/1
  unwind warn spot.csv.gz --snapshot market.json
      what it would cost: the shocks are run on the snapshot, and its ladder, R and cliffs stand beside the chances
  unwind warn --snapshot monday.json,friday.json --shock 10% --seeds 20
      no prices: how fragile these positions are, and what has changed

The first file has the prices that are asked about; others add features. Rows are days. On daily data nobody has shown that falls can be
timed; fragility, how far a shock would go, is what can be known. Every question says what walking forward through these files found.
Losses by a snapshot of 100,000 accounts take about a minute; each is given that what is asked comes true, not multiplied by its chance.
Exit codes: 0 done, 2 bad input, 3 interrupted.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[files...]', 'files of series; the first has prices')
    .addOption(value('--from <day>', 'first day, such as 2021-01-01 (default: all)'))
    .addOption(value('--to <day>', 'last day: chances are those known then'))
    .addOption(value('--fall <percent>', 'fall of the leading asset that is asked about (default: 10%)'))
    .addOption(value('--days <n>', 'horizon (default: 7)'))
    .addOption(value('--shock <percent>', 'fall of an asset within a day after which amplification is asked about (default: 5%)'))
    .addOption(value('--times <k>', 'how many times the shock it must fall within three days (default: 2)'))
    .addOption(value('--snapshot <files>', 'snapshots, separated by commas: expected losses and fragility from positions'))
    .addOption(value('--seeds <n>', 'runs a shock on the newest snapshot, 3 to 1000 (default: 5)'))
    .option('--evaluate', 'print the walk-forward tables against naive rules, with a second model')
    .option('--all', 'print every asset of a question, not only the likeliest')
    .option('--json', 'print the document unwind.warn/1, nothing else')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: Options) => act(() => run(files, options, host)))
}

/** `7%` or `0.07` as a ratio. */
function ratio(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim())
  const number = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (!(number >= 0.005 && number <= 0.9)) throw new InputError(option, '', text, 'from 0.5% to 90%')
  return number
}

function run(files: string[], options: Options, host: Host): Promise<number> {
  const snapshots = snapshot_files(options.snapshot)
  if (files.length === 0 && snapshots.length === 0) throw new InputError('files', '', undefined, 'files of series, or --snapshot')
  const series = 'files of series'
  for (const [option, given] of Object.entries({
    '--from': options.from,
    '--to': options.to,
    '--evaluate': options.evaluate,
    '--all': options.all,
  }))
    needs(option, given, series, files.length > 0)
  needs('--seeds', options.seeds, '--snapshot', snapshots.length > 0)
  const times = options.times === undefined ? 2 : Number(options.times)
  if (!(times > 1 && times <= 20)) throw new InputError('--times', '', options.times, 'a number above 1, at most 20')
  const shock = options.shock === undefined ? 0.05 : ratio('--shock', options.shock)
  if (!(shock * times < 1))
    throw new InputError(
      '--times',
      '',
      options.times ?? '2',
      `less than ${(1 / shock).toFixed(1)}: nothing falls by more than all of it`,
    )
  const input = {
    files,
    snapshots,
    seeds: options.seeds === undefined ? 5 : whole('--seeds', options.seeds, 3, 1000),
    ...moments(options),
    fall: options.fall === undefined ? 0.1 : ratio('--fall', options.fall),
    horizon_days: options.days === undefined ? 7 : whole('--days', options.days, 1, 60),
    shock,
    amplification: times,
    evaluate: options.evaluate === true,
    all: options.all === true,
    json: options.json === true,
    look: { width: host.width, colour: host.colour },
  }
  return carry_out(host, { name: 'warn', input }, [], options.quiet === true)
}
