/** The document `unwind.account/1`. */
import { iso_time } from '../../analytics/index.ts'
import type { World } from '../../engine/index.ts'
import { content_hash, type Evidence, index_of, InputError, type Snapshot, weakest } from '../../model/index.ts'
import { type AccountDoc, duration, listed } from '../../reports/index.ts'
import { build } from '../../scenarios/index.ts'
import { type AccountAnswer, Answers, type Question } from './answer.ts'
import { book_answer } from './book.ts'
import { links_of } from './links.ts'
import { legs_of, unit_of } from './law.ts'
import { by_beta, given_move, type Links, type Move, together, told_by_largest } from './moves.ts'
import { accounts_of, actor_of, type Held } from './people.ts'
import { Probe } from './probe.ts'
import { type TypedInput, typed_answer } from './typed.ts'

export const ACCOUNT_SCHEMA = 'unwind.account/1'

export interface AccountInput {
  /** Id of a venue. */
  readonly venue?: string
  /** Row at the venue; absent: its whole book. */
  readonly account?: number
  /** All accounts of an actor, at the venue or everywhere. */
  readonly owner?: string
  /** Log moves; none: everything that has a beta falls alike. */
  readonly moves: readonly (readonly [asset: string, log: number])[]
  readonly correlated: boolean
  /** Follower, leader: beside those that oracles make followers. */
  readonly with: readonly (readonly [string, string])[]
  /** Assets do not follow others, but as oracles have it. */
  readonly apart: boolean
  readonly steps: readonly number[]
  readonly back_steps: readonly number[]
  /** Daily volatility by asset id, a ratio. */
  readonly volatilities: Readonly<Record<string, number>>
  /** Most accounts of a book that are listed. */
  readonly top: number
}

/**
 * Answers about one account, the accounts of an owner, or a venue's book, as they stand in a world. How its prices move with markets is
 * asked at the opening: of this world, or of a second one when it has run.
 * @param world of this snapshot; it comes back as it was
 * @throws InputError for names there are not, and rows out of range
 */
export function account_document(snapshot: Snapshot, world: World, input: AccountInput): AccountDoc {
  const which = chosen(world, input)
  const fresh = world.tick === 0 && world.parts.log.length === 0
  const probe = new Probe(fresh ? world : build(snapshot, world.parts.scenario))
  const links = linked(probe, input)
  const question: Question = {
    joint: joint_move(world, input, links, which),
    links,
    steps: input.steps,
    back_steps: input.back_steps,
    volatilities: volatilities(world, input),
  }
  const answers = new Answers(probe, world, question)
  const accounts = which.accounts.map((held) => answers.answer(held))
  const book = which.book < 0 ? null : book_answer(probe, answers, question, which.book, input.top)
  const id = (asset: number) => world.parts.assets[asset]?.id as string
  return {
    schema: ACCOUNT_SCHEMA,
    title: `${which.title} in ${snapshot.title}`,
    snapshot: content_hash(snapshot),
    time: iso_time(world.time_ms),
    evidence: snapshot.provenance.reduce<Evidence>((worst, part) => weakest(worst, part.evidence), 'observed'),
    definitions: 'docs/account.md',
    links: Object.fromEntries([...links].map(([follower, leader]) => [id(follower), id(leader)])),
    accounts,
    book,
    notes: [...notes_of(accounts, answers, book), ...(fresh ? [] : [AFTER])],
  }
}

const AFTER =
  'The world has run: prices move in proportion from where they stand, as they do at the opening, and what liquidators may take is not asked.'

/** The same for a position typed by hand. */
export function typed_document(input: TypedInput, notes: readonly string[] = []): AccountDoc {
  return {
    schema: ACCOUNT_SCHEMA,
    title: 'A position typed by hand',
    snapshot: null,
    time: null,
    evidence: null,
    definitions: 'docs/account.md',
    links: Object.fromEntries(input.with),
    accounts: [typed_answer(input)],
    book: null,
    notes: [...notes],
  }
}

interface Chosen {
  readonly accounts: readonly Held[]
  /** Venue whose book is asked for; −1 none. */
  readonly book: number
  readonly title: string
}

function chosen(world: World, { venue: id, account, owner }: AccountInput): Chosen {
  const { venues } = world.parts
  const venue = id === undefined ? -1 : index_of(venues, id, '--venue', 'venue')
  if (owner !== undefined) {
    const all = accounts_of(world, actor_of(world, owner, '--owner'))
    const accounts = all.filter((held) => venue < 0 || held.venue === venue)
    if (accounts.length === 0)
      throw new InputError('--owner', '', owner, `an actor with accounts${id === undefined ? '' : ` at ${id}`}`)
    return { accounts, book: -1, title: `Accounts of ${owner}` }
  }
  if (venue < 0) throw new InputError('--venue', '', id, `one of ${venues.map((one) => one.id).join(', ')}, or --owner NAME`)
  if (account === undefined) return { accounts: [], book: venue, title: `The book of ${id}` }
  const { rows } = world.venue(venue)
  if (!(Number.isInteger(account) && account >= 0 && account < rows))
    throw new InputError('--account', '', account, rows === 0 ? 'none: the venue has no accounts' : `0 to ${rows - 1}`)
  return { accounts: [{ venue, row: account }], book: -1, title: `Account ${account} of ${id}` }
}

function linked(probe: Probe, input: AccountInput): Links {
  const { assets } = probe.world.parts
  const links = new Map(input.apart ? [] : links_of(probe))
  for (const [follower, leader] of input.with) {
    const [a, b] = [index_of(assets, follower, '--with', 'asset'), index_of(assets, leader, '--with', 'asset')]
    if (a === b) throw new InputError('--with', '', `${follower}=${leader}`, 'two assets')
    links.set(a, b)
  }
  return links
}

function joint_move(world: World, { moves, correlated }: AccountInput, links: Links, which: Chosen): Move {
  const { assets } = world.parts
  if (moves.length > 0) return given_move(assets, moves, links, correlated, '--move')
  if (!assets.some((asset) => asset.numeraire !== true && asset.beta !== 0))
    throw new InputError('snapshot', 'beta', 'no asset with a beta', '--move ASSET=LOG')
  const [held, owed] = worth_of(world, which)
  return told_by_largest(correlated ? by_beta(assets) : together(assets), held, owed)
}

/** USD held and owed by asset, of all that is asked about; a contract counts with its asset. */
function worth_of(world: World, { accounts, book }: Chosen): readonly [held: Float64Array, owed: Float64Array] {
  const { assets } = world.parts
  const [held, owed] = [new Float64Array(assets.length), new Float64Array(assets.length)]
  const add = (v: number, row: number) => {
    const legs = legs_of(world.venue(v), row)
    const unit = unit_of(legs)
    for (const { side, asset, quantity, price } of legs) {
      const into = side > 0 ? held : owed
      if (asset >= 0) into[asset] = (into[asset] as number) + quantity * price * (unit < 0 ? 1 : world.usd(unit))
    }
  }
  for (const { venue, row } of accounts) add(venue, row)
  if (book >= 0) {
    const { rows, outside } = world.venue(book)
    for (let row = 0; row < rows; row++) if (row !== outside) add(book, row)
  }
  return [held, owed]
}

function volatilities(world: World, input: AccountInput): Map<number, number> {
  const { assets } = world.parts
  return new Map(Object.entries(input.volatilities).map(([id, value]) => [index_of(assets, id, '--volatility', 'asset'), value]))
}

/** What a reader should know of the prices: which stand still, which are late, which are no plain multiple. */
function notes_of(accounts: readonly AccountAnswer[], answers: Answers, book: AccountDoc['book']): string[] {
  const out = new Set<string>()
  const late = new Map<string, Set<string>>()
  for (const { venue, legs } of accounts) {
    for (const { asset, price, lag_ms, follows, market } of legs) {
      const names = Object.keys(follows)
      if (names.length === 0)
        out.add(
          `${venue} counts ${asset} as ${price} whatever its markets do: it is the unit of account there, or its oracle is fixed.`,
        )
      else if (market === null && follows[asset] === undefined)
        out.add(`${venue} prices ${asset} by ${listed(names)}: the market of ${asset} itself does not matter there.`)
      if (lag_ms === null || !(lag_ms > 0)) continue
      const own = late.get(`${venue}`) ?? new Set<string>()
      late.set(`${venue}`, own.add(`${asset} within ${duration(lag_ms)}`))
    }
  }
  for (const [venue, feeds] of late)
    out.add(`Prices at ${venue} follow their markets late: ${listed([...feeds])}. Until then the account stands at the old ones.`)
  for (const [venue, asset] of answers.bent())
    out.add(
      `The price of ${asset} at ${venue} does not move in proportion to its markets: a cap, a clamp or a middle of several is in between.`,
    )
  if (book !== null)
    out.add(
      `The ladder is what stands after every feed of ${book.venue} has followed its markets, if nobody tops up, repays or liquidates on the way.`,
    )
  return [...out]
}
