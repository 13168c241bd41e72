/** `unwind criticality`: how near a snapshot is to selling that feeds itself. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { CRITICALITY_DEFAULTS } from '../studies/criticality/defaults.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { excludes, value, values, whole } from './support/options.ts'
import { type Output, prepare } from './support/outputs.ts'
import { percents } from './support/positions.ts'
import type { CriticalityTaskInput } from './tasks/criticality.ts'

interface Options {
  readonly accounts?: string
  readonly window?: string
  readonly drop?: string
  readonly shocks?: string
  readonly along?: string
  readonly set: readonly string[]
  readonly json?: true
  readonly html?: string
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind criticality
      the reference market: R of joint falls, who makes it, R without each venue and the largest
      accounts, the spectral radius, the ladder
  unwind criticality market.json --window 10%
      your own snapshot, density averaged over a fall of 10 %
  unwind criticality --drop 5,10,20,30 --json
      a small market, R now and after these falls, as a document
  unwind criticality market.json --along ETH=-40%,stETH=-50% --html criticality.html
      the ladder along a direction of your own, as a page with pictures
  unwind criticality market.json --set venues.aave.reserves.ETH.liquidation_threshold=0.78
      how R falls when a parameter of the snapshot is another

R is what one USD of forced selling makes others sell: below 1 a shock dies out, unless a part of it (one asset at one venue) is above 1:
that part then feeds itself. What R misses is in docs/criticality.md.
Exit codes: 0 done, 2 bad input, 3 interrupted, 4 internal fault.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[snapshot]', 'snapshot file or folder (default: the reference market)')
    .addOption(value('--accounts <n>', 'accounts of the reference market (default: 100000)'))
    .addOption(value('--window <percent>', 'fall over which the density of liquidations is averaged (default: 5)'))
    .addOption(
      value('--drop <percents>', 'falls after which the spectral radius is asked again, beside now (default: 2.5 to 50)'),
    )
    .addOption(
      value(
        '--shocks <percents>',
        'joint falls (each asset by its beta) within an hour whose R is asked, with who makes it (default: 10,20,30)',
      ),
    )
    .addOption(value('--along <changes>', 'climb the ladder along this direction too, e.g. ETH=-40%,USDC=-3%'))
    .addOption(values('--set <path=value>', 'ask R again with this of the snapshot changed; may be given often'))
    .option('--json', 'print the document unwind.criticality/1, nothing else')
    .addOption(value('--html <file>', 'write the answer as one self-contained page'))
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((snapshot: string | undefined, options: Options) =>
      act(() => {
        const { input, outputs } = parse(snapshot, options, host)
        return carry_out(host, { name: 'criticality', input }, outputs, options.quiet === true)
      }),
    )
}

const DIRECTION = /^\s*([^=\s]+)\s*=\s*([+-]?\d+(?:\.\d+)?)\s*%\s*$/

/** `ETH=-40%,USDC=-3%`. @throws InputError for anything else, an asset twice, and for changes outside (−100 %, 10000 %] */
function directions(text: string): { asset: string; change: number }[] {
  const seen = new Set<string>()
  return text.split(',').map((part) => {
    const match = DIRECTION.exec(part)
    if (match === null)
      throw new InputError(
        '--along',
        '',
        part.trim(),
        'ASSET=CHANGE%,ASSET=CHANGE% with the per cent sign and no duration, each change more than -100% and at most +10000%, for example ETH=-40%,USDC=-3%',
      )
    const [, asset = '', number = ''] = match
    const change = Number(number) / 100
    if (!(change > -1 && change <= 100))
      throw new InputError('--along', asset, `${number}%`, 'more than -100% and at most +10000%')
    if (seen.has(asset)) throw new InputError('--along', '', asset, 'every asset once')
    seen.add(asset)
    return { asset, change }
  })
}

/** The options as the work takes them. @throws InputError */
export function parse(
  snapshot: string | undefined,
  { accounts, window, drop, shocks, along, set, json, html }: Options,
  host: Pick<Host, 'width' | 'colour'>,
): { input: CriticalityTaskInput; outputs: Output[] } {
  excludes('--accounts', accounts, 'a snapshot (it has its own)', snapshot !== undefined)
  const page = html === undefined ? undefined : prepare('--html', html, 'file', snapshot === undefined ? [] : [snapshot])
  const ascending = (option: string, text: string) => percents(option, text).sort((a, b) => a - b)
  const input: CriticalityTaskInput = {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(accounts === undefined ? {} : { accounts: whole('--accounts', accounts, 100, 20_000_000) }),
    ...(page === undefined ? {} : { html: page.staged }),
    question: {
      span: window === undefined ? CRITICALITY_DEFAULTS.span : (percents('--window', window)[0] as number),
      falls: drop === undefined ? CRITICALITY_DEFAULTS.falls : [0, ...ascending('--drop', drop)],
      shocks: shocks === undefined ? CRITICALITY_DEFAULTS.shocks : ascending('--shocks', shocks),
      along: along === undefined ? [] : directions(along),
      changes: set,
    },
    json: json === true,
    look: { width: host.width, colour: host.colour },
  }
  return { input, outputs: page === undefined ? [] : [page] }
}
