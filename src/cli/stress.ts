/** `unwind stress`: what happens if. */
import type { Command } from 'commander'
import type { Host } from './support/host.ts'
import { InputError } from '../model/index.ts'
import {
  check_shocks,
  day_ms,
  excludes,
  needs,
  shock,
  span_ms,
  value,
  values,
  whole,
  workers_of,
  workers_option,
} from './support/options.ts'
import { type Output, prepare } from './support/outputs.ts'
import type { StressInput } from './tasks/stress.ts'
import { type Act, carry_out } from './support/act.ts'

interface Options {
  readonly scenario?: string
  readonly preset?: string
  readonly shock: readonly string[]
  readonly correlated?: true
  readonly seed?: string
  readonly seeds?: string
  readonly workers?: string
  readonly accounts?: string
  readonly horizon?: string
  readonly tick?: string
  readonly without: readonly string[]
  readonly replay?: string
  readonly from?: string
  readonly to?: string
  readonly feedback?: true
  readonly tiers?: string
  readonly aaveParams?: string
  readonly chain?: string
  readonly explain?: true
  readonly json?: true
  readonly html?: string
  readonly out?: string
  readonly debug?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind stress --shock ETH=-30%@1h --correlated
      the reference market, every asset moving by its beta
  unwind stress --shock ETH=-20%@30m --shock USDC=-5%@10m+2h --without venue:maker
      two shocks, the second two hours later, without one venue
  unwind stress market.json --scenario ./scenario.yaml --json > run.json
      a snapshot and a scenario of your own; the document on standard output
  unwind stress --shock BTC=-25%@2h --correlated --html report.html --out run/
      a page to print, and the log as Parquet
  unwind stress --shock ETH=-30%@1h --correlated --explain
      who was hit by what, caused by whose sales
  unwind stress --shock ETH=-30%@1h --correlated --seeds 20
      twenty seeds: median and 5 to 95 % of each figure beside the first seed's report
  unwind stress --preset may-2021
      a real event on its own books, one seed, beside what happened
  unwind stress --replay bars.parquet --from 2024-04-12 --to 2024-04-15 --tiers tiers.json
      three days of real prices over synthetic books

--accounts: how many accounts the reference market's totals are split into. The totals stay; more accounts make smaller ones and
a smoother cascade. Figures depend on it: the multiplier of ETH -30% is 2.1 at 5,000 accounts, 1.4 at 100,000 and 1.3 at 400,000. Compare only runs of as many,
and take fewer for a look alone. --tick: everybody acts at most a few times a tick, so a shorter one is a faster market (docs/reference-market.md). One seed is one draw: run several (--seeds) before a difference is believed.

A shock is ASSET=CHANGE%[@DURATION[+DELAY]], linear in log price; without a duration it takes 1h. It must be complete within the horizon.
Scenario files are described in docs/scenarios.md, every figure in docs/definitions.md.
Exit codes: 0 done, 1 the run hit a limit or broke a law, 2 bad input, 3 interrupted, 4 internal fault.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[snapshot]', 'snapshot file or folder (default: the reference market)')
    .addOption(value('--scenario <preset|file>', 'what happens: a preset (unwind list presets) or a file'))
    .addOption(value('--preset <name>', 'a preset by its name; a real event brings its own books (unwind list presets)'))
    .addOption(values('--shock <shock>', 'move a fundamental, e.g. ETH=-30%@1h (duration 1h if left out); may be given often'))
    .option('--correlated', 'other assets follow by their betas; without it they stay, staked and wrapped forms too')
    .addOption(value('--seed <n>', "seed of the run's draws"))
    .addOption(value('--seeds <n>', 'so many seeds from --seed on: medians and 5 to 95 % beside the first (default: 1)'))
    .addOption(workers_option())
    .addOption(value('--accounts <n>', 'accounts of the reference market (default: 100000)'))
    .addOption(value('--horizon <duration>', 'how long it runs (default: 24h)'))
    .addOption(value('--tick <duration>', 'length of a tick (default: 60s)'))
    .addOption(
      values('--without <name>', 'leave out a component or a channel: venue:aave, agent:liquidator, asset:ETH, mechanism:oracle'),
    )
    .addOption(value('--replay <file>', 'hold prices to recorded bars'))
    .addOption(value('--from <day>', 'first day of the replay, UTC'))
    .addOption(value('--to <day>', 'day after the last of the replay, UTC'))
    .option('--feedback', 'let forced orders move replayed prices')
    .addOption(value('--tiers <file>', 'margin tiers for the replay'))
    .addOption(value('--aave-params <file>', 'pool parameters for the replay'))
    .addOption(value('--chain <name>', 'chain of the pool parameters (default: ethereum)'))
    .option('--explain', 'say why: chains of causes of the largest forced sales; with --without, what that removes')
    .option('--json', 'print the document unwind.run/1, nothing else')
    .addOption(value('--html <file>', 'write the report as one self-contained page'))
    .addOption(value('--out <dir>', 'write log and shares (Parquet), summary (JSON) and page'))
    .option('--debug', 'check every law after every event')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((snapshot: string | undefined, options: Options) => act(() => run(snapshot, options, host)))
}

const DEFAULT_HORIZON_MS = 86_400_000

/** The options as the work takes them. @throws InputError */
export function parse(
  snapshot: string | undefined,
  options: Options,
  host: Pick<Host, 'width' | 'colour'>,
): { input: StressInput; outputs: Output[] } {
  const { scenario, preset, replay, json, html, out, debug, correlated } = options
  check_together(snapshot, options)
  const inputs = [snapshot, scenario, replay, options.tiers, options.aaveParams].filter((path) => path !== undefined)
  const page = html === undefined ? undefined : prepare('--html', html, 'file', inputs)
  const folder = out === undefined ? undefined : prepare('--out', out, 'run', inputs)
  const input: StressInput = {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(preset === undefined ? {} : { preset }),
    ...(options.accounts === undefined ? {} : { accounts: whole('--accounts', options.accounts, 100, 20_000_000) }),
    ...(options.seed === undefined ? {} : { seed: whole('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER) }),
    ...(options.seeds === undefined ? {} : { seeds: whole('--seeds', options.seeds, 1, 100_000) }),
    ...workers_of(options.workers),
    ...(options.horizon === undefined ? {} : { horizon_ms: span_ms('--horizon', options.horizon) }),
    ...(options.tick === undefined ? {} : { tick_ms: span_ms('--tick', options.tick) }),
    ...(replay === undefined ? {} : { replay: replay_files(replay, options) }),
    ...(page === undefined ? {} : { html: page.staged }),
    ...(folder === undefined ? {} : { out: folder.staged }),
    shocks: options.shock.map(shock),
    correlated: correlated === true,
    without: options.without,
    ...(options.explain === true ? { explain: true } : {}),
    debug: debug === true,
    json: json === true,
    look: { width: host.width, colour: host.colour },
  }
  // What a scenario brings its own horizon to is checked when it has been read.
  if (scenario === undefined && preset === undefined)
    check_shocks('--shock', '', input.shocks, input.horizon_ms ?? DEFAULT_HORIZON_MS)
  return { input, outputs: [page, folder].filter((output) => output !== undefined) }
}

/** Which options mean something together. */
function check_together(snapshot: string | undefined, options: Options): void {
  const { replay, scenario, preset, shock: shocks, accounts, aaveParams } = options
  const has = replay !== undefined
  if (!has && scenario === undefined && preset === undefined && shocks.length === 0)
    throw new InputError(
      'unwind stress',
      'what happens',
      undefined,
      '--shock ETH=-30%@1h, --preset NAME, --scenario FILE or --replay FILE',
    )
  needs('--from', options.from, '--replay', has)
  needs('--to', options.to, '--replay', has)
  needs('--feedback', options.feedback, '--replay', has)
  needs('--tiers', options.tiers, '--replay', has)
  needs('--aave-params', aaveParams, '--replay', has)
  needs('--chain', options.chain, '--aave-params', aaveParams !== undefined)
  needs('--workers', options.workers, '--seeds', options.seeds !== undefined)
  needs('--correlated', options.correlated, '--shock', shocks.length > 0)
  excludes('--scenario', scenario, '--replay', has)
  excludes('--preset', preset, '--replay', has)
  excludes('--preset', preset, '--scenario', scenario !== undefined)
  excludes('--shock', shocks, '--replay', has)
  excludes('--horizon', options.horizon, '--replay (it is --to minus --from)', has)
  excludes('snapshot', snapshot, '--replay (its books are made from the reference recipe)', has)
  excludes('--accounts', accounts, 'a snapshot (it has its own)', snapshot !== undefined)
}

function replay_files(series: string, options: Options): NonNullable<StressInput['replay']> {
  const day = (option: '--from' | '--to', text: string | undefined) => {
    if (text === undefined) throw new InputError(option, '', undefined, 'a day such as 2024-04-12, because --replay needs it')
    return day_ms(option, text)
  }
  const from_ms = day('--from', options.from)
  const to_ms = day('--to', options.to)
  if (!(to_ms > from_ms)) throw new InputError('--to', '', options.to, `a day after --from (${options.from})`)
  const { tiers, aaveParams, chain } = options
  return {
    series,
    from_ms,
    to_ms,
    feedback: options.feedback === true,
    ...(tiers === undefined ? {} : { tiers }),
    ...(aaveParams === undefined ? {} : { aave_params: aaveParams }),
    ...(chain === undefined ? {} : { chain }),
  }
}

async function run(snapshot: string | undefined, options: Options, host: Host): Promise<number> {
  const { input, outputs } = parse(snapshot, options, host)
  return carry_out(host, { name: 'stress', input }, outputs, options.quiet === true)
}
