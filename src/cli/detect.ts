/** `unwind detect`: events in a history. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { day_ms, span_ms, value, values } from './support/options.ts'
import { type Output, prepare } from './support/outputs.ts'

interface Options {
  readonly from?: string
  readonly to?: string
  readonly step?: string
  readonly detector: readonly string[]
  readonly snapshot?: string
  readonly html?: string
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind detect perps.parquet
      de-leveraging events of a history of bars, and what pointed at them
  unwind detect spot.csv.gz open-interest.csv.gz funding.csv.gz --html events.html
      several files on one grid; a page with prices, indicators and events marked
  unwind detect btc-crosses.csv.gz --detector depeg --json
      the document unwind.detect/1
  unwind detect perps.parquet --snapshot market.json --json
      alerts near the snapshot say what their fall would cost by its ladder; the others why they do not

Files: Parquet, CSV, CSV.gz, JSON. What they hold is told by the names of their columns: bars, funding, open interest, liquidations,
pool states, lending reserves. open_interest_usd, open_interest (coins) and funding_rate may stand beside bars, or alone with a time,
symbol and exchange. A time may be called time, timestamp, ts, datetime, date and the like, in seconds, milliseconds, microseconds or
ISO (UTC); rows stand oldest or newest first. Bars are known when they are over, all else at its time. Detectors: unwind list detectors.
Exit codes: 0 done, 2 bad input, 3 interrupted.
`

const DAY_MS = 86_400_000

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('<files...>', 'files of series')
    .addOption(value('--from <day>', 'first day, such as 2024-04-01 (default: all)'))
    .addOption(value('--to <day>', 'last day, excluded'))
    .addOption(value('--step <duration>', 'step of the grid, such as 1h (default: that of the prices)'))
    .addOption(values('--detector <id>', 'only this detector; may be given often'))
    .addOption(value('--snapshot <files>', 'snapshots, separated by commas: what alerts within 7 days of one would cost'))
    .addOption(value('--html <file>', 'write a page with series, indicators and events'))
    .option('--json', 'print the document unwind.detect/1, nothing else')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: Options) => act(() => run(files, options, host)))
}

/** `a.json,b.json` as files. */
export function snapshot_files(text: string | undefined): string[] {
  const files = text === undefined ? [] : text.split(',').map((file) => file.trim())
  if (files.some((file) => file === '')) throw new InputError('--snapshot', '', text, 'files separated by commas')
  return files
}

/** Moments of `--from` and `--to`. */
export function moments(options: { readonly from?: string; readonly to?: string }): {
  readonly from_ms: number | undefined
  readonly to_ms: number | undefined
} {
  const from_ms = options.from === undefined ? undefined : day_ms('--from', options.from)
  const to_ms = options.to === undefined ? undefined : day_ms('--to', options.to)
  if (from_ms !== undefined && to_ms !== undefined && !(to_ms > from_ms))
    throw new InputError('--to', '', options.to, `a day after --from ${options.from}`)
  return { from_ms, to_ms }
}

function run(files: string[], options: Options, host: Host): Promise<number> {
  const outputs: Output[] = options.html === undefined ? [] : [prepare('--html', options.html, 'file', files)]
  const step_ms = options.step === undefined ? undefined : span_ms('--step', options.step)
  if (step_ms !== undefined && !(step_ms >= 60_000 && step_ms <= DAY_MS))
    throw new InputError('--step', '', options.step, 'from 1m to 1d')
  const input = {
    files,
    snapshots: snapshot_files(options.snapshot),
    ...moments(options),
    step_ms,
    only: options.detector,
    html: outputs[0]?.staged,
    json: options.json === true,
    look: { width: host.width, colour: host.colour },
  }
  return carry_out(host, { name: 'detect', input }, outputs, options.quiet === true)
}
