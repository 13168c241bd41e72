/** `unwind infer`: hidden books. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { moments } from './detect.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { span_ms, value, whole } from './support/options.ts'
import { type Output, prepare } from './support/outputs.ts'

interface Options {
  readonly symbol?: string
  readonly shape?: string
  readonly from?: string
  readonly to?: string
  readonly step?: string
  readonly particles?: string
  readonly seed?: string
  readonly html?: string
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind infer bars.csv.gz open-interest.csv.gz funding.csv.gz
      cohorts of the symbol with the largest open interest, and what a move would liquidate
  unwind infer bars.csv.gz open-interest.csv.gz --symbol ETH --shape inverse --html eth.html
      a coin-margined contract; a page with the liquidation density and its band
  unwind infer bars.csv.gz open-interest.csv.gz --to 2022-05-09 --json
      as known then; the document unwind.infer/1

Nobody publishes positions: what is printed is inferred, with bands from 5 to 95 %, and is only as good as docs/cohorts.md says.
Prices from before open interest begins help: they place the oldest positions. Work grows with the square of the bars: 900 take about half
a minute, a later --from less. Liquidation is that of isolated margin with 0.5 % maintenance; no exchange's own tiers are assumed.
Exit codes: 0 done, 2 bad input, 3 interrupted.
`

const DAY_MS = 86_400_000

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('<files...>', 'files of series: bars, open interest, funding')
    .addOption(value('--symbol <symbol>', 'which, such as BTC (default: that with the largest open interest)'))
    .addOption(
      value(
        '--shape <shape>',
        'linear, or inverse for a coin-margined contract (default: inverse for markets named like BTCUSD_PERP, else linear)',
      ),
    )
    .addOption(value('--from <day>', 'first day, such as 2021-06-01 (default: all)'))
    .addOption(value('--to <day>', 'last day, excluded'))
    .addOption(value('--step <duration>', 'length of a bar, from 1h to 1d (default: 1d)'))
    .addOption(value('--particles <n>', 'possible books kept, 20 to 2000 (default: 300)'))
    .addOption(value('--seed <n>', 'seed of the draws (default: 1)'))
    .addOption(value('--html <file>', 'write a page'))
    .option('--json', 'print the document unwind.infer/1, nothing else')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: Options) => act(() => run(files, options, host)))
}

function run(files: string[], options: Options, host: Host): Promise<number> {
  const outputs: Output[] = options.html === undefined ? [] : [prepare('--html', options.html, 'file', files)]
  const { shape } = options
  if (shape !== undefined && shape !== 'linear' && shape !== 'inverse')
    throw new InputError('--shape', '', shape, 'linear or inverse')
  const step_ms = options.step === undefined ? undefined : span_ms('--step', options.step)
  if (step_ms !== undefined && !(step_ms >= DAY_MS / 24 && step_ms <= DAY_MS))
    throw new InputError('--step', '', options.step, 'from 1h to 1d')
  const input = {
    files,
    ...moments(options),
    step_ms,
    symbol: options.symbol,
    shape: shape as 'linear' | 'inverse' | undefined,
    seed: options.seed === undefined ? 1 : whole('--seed', options.seed, 0, 4_294_967_295),
    particles: options.particles === undefined ? 300 : whole('--particles', options.particles, 20, 2000),
    html: outputs[0]?.staged,
    json: options.json === true,
    look: { width: host.width, colour: host.colour },
  }
  return carry_out(host, { name: 'infer', input }, outputs, options.quiet === true)
}
