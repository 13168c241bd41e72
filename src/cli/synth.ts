/** `unwind synth`: makes a reference market. */
import type { Command } from 'commander'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { value, whole } from './support/options.ts'
import { prepare } from './support/outputs.ts'
import { resolve } from 'node:path'

interface Options {
  readonly accounts?: string
  readonly seed?: string
  readonly out?: string
  readonly json?: true
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind synth --out market/                        100,000 accounts as a folder of Parquet columns
  unwind synth --accounts 1000 --out small.json     a small one as a single file
  unwind synth --accounts 1000000 --seed 7          how long it takes, and its hash; nothing is written

Equal accounts and seed make an equal market, with an equal hash, anywhere. All of it is synthetic: drawn from published aggregates.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .addOption(value('--accounts <n>', 'accounts over all venues (default: 100000)'))
    .addOption(value('--seed <n>', 'seed of the books (default: 1)'))
    .addOption(value('--out <path>', 'a folder, or a file that ends in .json'))
    .option('--json', 'print a document instead of a line')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => act(() => run(options, host)))
}

async function run(options: Options, host: Host): Promise<number> {
  const accounts = options.accounts === undefined ? 100_000 : whole('--accounts', options.accounts, 100, 20_000_000)
  const seed = options.seed === undefined ? 1 : whole('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER)
  const output = options.out === undefined ? undefined : prepare('--out', options.out, 'snapshot', [])
  const input = {
    accounts,
    seed,
    json: options.json === true,
    ...(output === undefined ? {} : { staged: output.staged, path: resolve(options.out as string) }),
  }
  return carry_out(host, { name: 'synth', input }, output === undefined ? [] : [output], options.quiet === true)
}
