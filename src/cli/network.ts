/** `unwind network`: who owes whom and holds the same as whom in a snapshot, and who would bring down whom. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { NETWORK_DEFAULTS } from '../studies/network/defaults.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { check_shocks, excludes, needs, shock, value, values, whole } from './support/options.ts'
import { type Output, prepare } from './support/outputs.ts'
import { percents } from './support/positions.ts'
import type { NetworkTaskInput } from './tasks/network.ts'

interface Options {
  readonly accounts?: string
  readonly shock: readonly string[]
  readonly correlated?: true
  readonly lost?: string
  readonly defaultCosts?: string
  readonly top?: string
  readonly json?: true
  readonly html?: string
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind network
      the reference market after ETH -30 %, the rest by their betas: claims, common owners, overlaps, look-through, and the measures
  unwind network examples/two-lenders.json --shock ETH=-30%
      your own snapshot: who defaults when everything is called, who brings down whom
  unwind network market.json --shock stETH=-20% --html network.html
      one token alone, as a page with a picture
  unwind network --shock ETH=-40% --correlated --lost 40 --default-costs 10 --json
      a small market, claims losing 40 % when their debtor falls, as a document

The shock comes at once: a duration after @ is read and means nothing here. Every figure is defined in docs/network.md.
Exit codes: 0 done, 2 bad input, 3 interrupted, 4 internal fault.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[snapshot]', 'snapshot file or folder (default: the reference market)')
    .addOption(value('--accounts <n>', 'accounts of the reference market (default: 100000)'))
    .addOption(
      values(
        '--shock <shock>',
        'a change of price, e.g. ETH=-30%; may be given often; without any ETH=-30%, others by their betas',
      ),
    )
    .option('--correlated', 'other assets follow by their betas')
    .addOption(value('--lost <percent>', 'share of a claim that is lost when its debtor falls (default: 10)'))
    .addOption(value('--default-costs <percent>', 'what default costs of all a defaulter has; 0 for none (default: 5)'))
    .addOption(value('--top <n>', 'owners that are listed and made to fall (default: 10)'))
    .option('--json', 'print the document unwind.network/1, nothing else')
    .addOption(value('--html <file>', 'write the answer as one self-contained page'))
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((snapshot: string | undefined, options: Options) =>
      act(() => {
        const { input, outputs } = parse(snapshot, options, host)
        return carry_out(host, { name: 'network', input }, outputs, options.quiet === true)
      }),
    )
}

const one_percent = (option: string, text: string): number => {
  const found = percents(option, text)
  if (found.length !== 1) throw new InputError(option, '', text, 'one per cent, such as 10')
  return found[0] as number
}

/** The options as the work takes them. @throws InputError */
export function parse(
  snapshot: string | undefined,
  options: Options,
  host: Pick<Host, 'width' | 'colour'>,
): { input: NetworkTaskInput; outputs: Output[] } {
  const { accounts, lost, defaultCosts, top, json, html } = options
  excludes('--accounts', accounts, 'a snapshot (it has its own)', snapshot !== undefined)
  needs('--correlated', options.correlated, '--shock', options.shock.length > 0)
  const shocks = options.shock.map(shock)
  check_shocks('--shock', '', shocks, Number.POSITIVE_INFINITY)
  const page = html === undefined ? undefined : prepare('--html', html, 'file', snapshot === undefined ? [] : [snapshot])
  const input: NetworkTaskInput = {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(accounts === undefined ? {} : { accounts: whole('--accounts', accounts, 100, 20_000_000) }),
    ...(page === undefined ? {} : { html: page.staged }),
    question: {
      shocks: shocks.map(({ asset, change }) => ({ asset, change })),
      correlated: options.correlated === true,
      lost: lost === undefined ? NETWORK_DEFAULTS.lost : one_percent('--lost', lost),
      default_costs:
        defaultCosts === undefined
          ? NETWORK_DEFAULTS.default_costs
          : /^0+%?$/.test(defaultCosts.trim())
            ? 0
            : one_percent('--default-costs', defaultCosts),
      top: top === undefined ? NETWORK_DEFAULTS.top : whole('--top', top, 1, 1000),
    },
    json: json === true,
    look: { width: host.width, colour: host.colour },
  }
  return { input, outputs: page === undefined ? [] : [page] }
}
