/** `unwind account`: what breaks an account, and what a fall does to it. */
import type { Command } from 'commander'
import { InputError } from '../model/index.ts'
import { type Act, carry_out } from './support/act.ts'
import type { Host } from './support/host.ts'
import { excludes, needs, value, values, whole } from './support/options.ts'
import { type Output, prepare } from './support/outputs.ts'
import { number_of, pairs, percents, ratio_of, typed_leg } from './support/positions.ts'
import type { AccountTaskInput, TypedTaskInput } from './tasks/account.ts'

interface Options {
  readonly venue?: string
  readonly account?: string
  readonly owner?: string
  readonly accounts?: string
  readonly move?: string
  readonly correlated?: true
  readonly with: readonly string[]
  readonly apart?: true
  readonly drop?: string
  readonly rise?: string
  readonly volatility?: string
  readonly top?: string
  readonly collateral: readonly string[]
  readonly debt: readonly string[]
  readonly threshold?: string
  readonly ratio?: string
  readonly closeFactor?: string
  readonly bonus?: string
  readonly json?: true
  readonly html?: string
  readonly quiet?: true
}

const EXAMPLES = `
Examples:
  unwind account --venue aave --account 57
      one account of the reference market: health, buffer, what breaks it, what falls of 5, 10 and 20 % do
  unwind account --venue aave --account 57 --move ETH=-1,BTC=-0.8 --drop 5,15,30
      along a joint move: BTC's log price falls by 0.8 of ETH's
  unwind account market.json --owner borrower/12 --correlated --volatility ETH=3.9,BTC=2.9
      all accounts of one owner, every asset moving by its beta; distances in daily volatilities too
  unwind account --venue maker --top 20
      a whole book: liquidatable value against a fall, and whose accounts are nearest
  unwind account --collateral "5.7e6 SOL" --debt "108e6 USDC" --threshold 0.85
      a position typed by hand; the price that is not given is what is solved for
  unwind account --collateral "10 ETH @ 3000 : 0.83" --collateral "5 stETH @ 2990 : 0.8" --debt "20000 USDC" --with stETH=ETH
      several legs, each AMOUNT ASSET [@ PRICE] [: WEIGHT]

A move is ASSET=LOG,…: log price changes in proportion; others stand still unless --correlated. Assets whose price is a multiple of another's
move with it (--with adds to these, --apart has none). Prices are those of the venue's own feeds, after they have followed.
Every figure is defined in docs/account.md.
Exit codes: 0 done, 2 bad input, 3 interrupted, 4 internal fault.
`

export function configure(command: Command, host: Host, act: Act): void {
  command
    .argument('[snapshot]', 'snapshot file or folder (default: the reference market)')
    .addOption(value('--venue <id>', 'venue of the account, or whose whole book is asked about'))
    .addOption(value('--account <n>', 'row of the account at the venue, from 0'))
    .addOption(value('--owner <name>', 'all accounts of an actor: a name, or AGENT/N'))
    .addOption(value('--accounts <n>', 'accounts of the reference market (default: 100000)'))
    .addOption(value('--move <moves>', 'joint move, e.g. ETH=-1,BTC=-0.8 (default: all coins alike)'))
    .option('--correlated', 'the joint move goes by the betas of the snapshot')
    .addOption(values('--with <a=b>', 'an asset that moves with another, e.g. stETH=ETH; may be given often'))
    .option('--apart', 'no asset moves with another unless --with says so')
    .addOption(value('--drop <percents>', 'how far along a move (default: 5,10,20; of a book 5,10,20,30,40,50)'))
    .addOption(value('--rise <percents>', 'how far against it (default: 5,10,20; of a book 5,10,20,50)'))
    .addOption(value('--volatility <list>', 'daily volatilities in per cent, e.g. ETH=3.9,BTC=2.9'))
    .addOption(value('--top <n>', 'accounts of a book that are listed (default: 20)'))
    .addOption(values('--collateral <leg>', 'typed by hand: "5.7e6 SOL", "10 ETH @ 3000 : 0.83"; may be given often'))
    .addOption(values('--debt <leg>', 'typed by hand: "108e6 USDC"; may be given often'))
    .addOption(value('--threshold <ratio>', 'collateral weight of typed legs, 0.85 or 85%'))
    .addOption(value('--ratio <ratio>', 'the same as a liquidation ratio, 1.5 or 150%'))
    .addOption(value('--close-factor <ratio>', 'part of the debt that one call repays, for a typed position'))
    .addOption(value('--bonus <ratio>', 'bonus of the liquidator, for a typed position (default: 0)'))
    .option('--json', 'print the document unwind.account/1, nothing else')
    .addOption(value('--html <file>', 'write the answers as one self-contained page'))
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action((snapshot: string | undefined, options: Options) =>
      act(() => {
        const { input, outputs } = parse(snapshot, options, host)
        return carry_out(host, { name: 'account', input }, outputs, options.quiet === true)
      }),
    )
}

const ACCOUNT_STEPS = [0.05, 0.1, 0.2]
const BOOK_STEPS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]
const BOOK_BACK = [0.05, 0.1, 0.2, 0.5]
const TOP = 20

/** The options as the work takes them. @throws InputError */
export function parse(
  snapshot: string | undefined,
  options: Options,
  host: Pick<Host, 'width' | 'colour'>,
): { input: AccountTaskInput; outputs: Output[] } {
  const typed = options.collateral.length > 0 || options.debt.length > 0
  check_together(snapshot, options, typed)
  const inputs = snapshot === undefined ? [] : [snapshot]
  const page = options.html === undefined ? undefined : prepare('--html', options.html, 'file', inputs)
  const book = !typed && options.account === undefined && options.owner === undefined
  const input: AccountTaskInput = {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(options.accounts === undefined ? {} : { accounts: whole('--accounts', options.accounts, 100, 20_000_000) }),
    ...(page === undefined ? {} : { html: page.staged }),
    question: {
      ...(options.venue === undefined ? {} : { venue: options.venue }),
      ...(options.account === undefined ? {} : { account: whole('--account', options.account, 0, 1e9) }),
      ...(options.owner === undefined ? {} : { owner: options.owner }),
      moves: options.move === undefined ? [] : pairs('--move', options.move, number_of),
      correlated: options.correlated === true,
      with: options.with.map(link),
      apart: options.apart === true,
      steps: options.drop === undefined ? (book ? BOOK_STEPS : ACCOUNT_STEPS) : percents('--drop', options.drop),
      back_steps: options.rise === undefined ? (book ? BOOK_BACK : ACCOUNT_STEPS) : percents('--rise', options.rise),
      volatilities: Object.fromEntries(
        options.volatility === undefined ? [] : pairs('--volatility', options.volatility, volatility),
      ),
      top: options.top === undefined ? TOP : whole('--top', options.top, 1, 100_000),
    },
    ...(typed ? { typed: typed_of(options) } : {}),
    json: options.json === true,
    look: { width: host.width, colour: host.colour },
  }
  return { input, outputs: page === undefined ? [] : [page] }
}

/** Which options mean something together. */
function check_together(snapshot: string | undefined, options: Options, typed: boolean): void {
  const { venue, account, owner } = options
  const by_hand = 'a position typed by hand (--collateral, --debt)'
  needs('--account', account, '--venue', venue !== undefined || typed)
  if (!typed && venue === undefined && owner === undefined)
    throw new InputError(
      'unwind account',
      '',
      'without an account',
      '--venue V [--account N], --owner NAME, or --collateral and --debt',
    )
  excludes('--account', account, '--owner', owner !== undefined)
  for (const [option, given] of Object.entries({
    snapshot,
    '--venue': venue,
    '--account': account,
    '--owner': owner,
    '--accounts': options.accounts,
    '--apart': options.apart,
    '--top': options.top,
  }))
    excludes(option, given, by_hand, typed)
  for (const [option, given] of Object.entries({
    '--threshold': options.threshold,
    '--ratio': options.ratio,
    '--close-factor': options.closeFactor,
    '--bonus': options.bonus,
  }))
    needs(option, given, '--collateral', typed)
  needs('--bonus', options.bonus, '--close-factor', options.closeFactor !== undefined)
  excludes('--ratio', options.ratio, '--threshold', options.threshold !== undefined)
  excludes('--accounts', options.accounts, 'a snapshot (it has its own)', snapshot !== undefined)
  needs('--top', options.top, '--venue alone', venue !== undefined && account === undefined && owner === undefined)
}

function link(text: string): readonly [string, string] {
  const match = /^([^=\s]+)=([^=\s]+)$/.exec(text.trim())
  if (match === null) throw new InputError('--with', '', text, 'ASSET=ASSET, for example stETH=ETH')
  return [match[1] as string, match[2] as string]
}

const volatility = (option: string, text: string): number => percents(option, text.replace(/%$/, ''))[0] as number

function typed_of(options: Options): TypedTaskInput {
  const { threshold, ratio, closeFactor, bonus } = options
  const weight =
    threshold !== undefined
      ? ratio_of('--threshold', threshold, 0, 1)
      : ratio !== undefined
        ? 1 / ratio_of('--ratio', ratio, 1, 100)
        : undefined
  const legs = [
    ...options.collateral.map((text) => ({ side: 'held' as const, ...typed_leg('--collateral', text, weight) })),
    ...options.debt.map((text) => ({ side: 'owed' as const, ...typed_leg('--debt', text, 1) })),
  ]
  for (const side of ['held', 'owed'] as const)
    if (!legs.some((leg) => leg.side === side))
      throw new InputError(side === 'held' ? '--collateral' : '--debt', '', undefined, 'at least one leg, such as "108e6 USDC"')
  return {
    legs,
    ...(closeFactor === undefined ? {} : { close_factor: ratio_of('--close-factor', closeFactor, 0, 1) }),
    ...(bonus === undefined ? {} : { bonus: ratio_of('--bonus', bonus, 0, 1) }),
  }
}
