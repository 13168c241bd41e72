/** Exposures taken from a snapshot and what the network measures say of them: the document `unwind.network/1`. */
import type { World } from '../../engine/index.ts'
import { content_hash, type Evidence, InputError, type Snapshot, weakest } from '../../model/index.ts'
import { type Book, evidence_of, open_book } from './book.ts'
import { NETWORK_DEFAULTS, type NetworkInput } from './defaults.ts'
import { type Deleveraged, deleveraging } from './deleveraging.ts'
import { type DistressRun, distress, type Fall, falls } from './distress.ts'
import { depths, type Liquidity, liquidity } from './liquidity.ts'
import { type LookThrough, look_through } from './look-through.ts'
import { type Network, network_of, type Node, type NodeKind } from './nodes.ts'
import { type CommonOwners, common_owners } from './owners.ts'
import { type Overlap, overlap, type Sales, sales, whole_books } from './portfolios.ts'
import { type Settlement, settle } from './settlement.ts'
import { factors, reference_shock } from './shock.ts'
import { type Stability, stability } from './stability.ts'

export const NETWORK_SCHEMA = 'unwind.network/1'

export interface Part {
  readonly part: string
  readonly found: boolean
  readonly says: string
  readonly evidence: Evidence
}

export interface Balance {
  readonly node: string
  readonly kind: NodeKind
  readonly evidence: Evidence
  readonly at_hand_usd: number
  readonly lent_usd: number
  readonly lent_outside_usd: number
  readonly owed_usd: number
  readonly owed_outside_usd: number
  readonly fund_usd: number
}

export interface NetworkDocument {
  readonly schema: typeof NETWORK_SCHEMA
  readonly title: string
  readonly snapshot: string
  readonly evidence: Evidence
  readonly definitions: string
  readonly shock: readonly { readonly asset: string; readonly change: number }[]
  readonly lost: number
  readonly default_costs: number
  readonly parts: readonly Part[]
  readonly claims: {
    readonly nodes: readonly Balance[]
    readonly tokens: readonly {
      readonly creditor: string
      readonly debtor: string
      readonly asset: string
      readonly usd: number
    }[]
    /** Σ over all nodes but reserves of what they have, and of what they owe with their funds. */
    readonly have_usd: number
    readonly owe_usd: number
  }
  readonly owners: CommonOwners
  readonly holdings: readonly {
    readonly venue: string
    readonly asset: string
    readonly held_usd: number
    readonly owed_usd: number
    readonly long_usd: number
    readonly short_usd: number
  }[]
  readonly overlap: Overlap | null
  readonly liquidity: Liquidity
  readonly look_through: readonly LookThrough[]
  readonly clearing: readonly Settlement[]
  readonly debt_rank: readonly DistressRun[]
  readonly furfine: readonly Fall[]
  readonly fire_sale: Sales | null
  readonly deleveraging: Deleveraged | null
  readonly stability: readonly Stability[]
  readonly notes: readonly string[]
}

const worst = (list: readonly Evidence[]) => list.reduce<Evidence>((sum, one) => weakest(sum, one), 'observed')

/** What the snapshot has of each kind of exposure, and what it does not have. */
function parts_of(book: Book, network: Network, owners: CommonOwners, through: readonly LookThrough[]): Part[] {
  const { snapshot, world } = book
  const venues = evidence_of(snapshot, ...world.parts.venues.map(({ id }) => `venues.${id}`))
  const markets = evidence_of(snapshot, 'markets')
  const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`
  const kinds = (kind: NodeKind) => network.nodes.filter((node) => node.kind === kind).length
  const line = (part: string, found: boolean, says: string, missing: string, evidence: Evidence): Part => ({
    part,
    found,
    says: found ? says : missing,
    evidence,
  })
  const pools = kinds('pool') + kinds('custody') + kinds('exchange')
  const money = book.parties.some(({ treasury }) => treasury.length > 0)
  const funds = book.fund.filter((usd) => usd > 0).length
  const issuers = kinds('issuer') + kinds('reserve')
  const nested = through.filter(({ recursion }) => recursion === null || recursion > 1 + 1e-9).length
  return [
    line(
      'direct claims',
      pools > 0,
      count(pools, 'pool, custody or exchange', 'pools, custodies and exchanges'),
      'no venue has accounts',
      venues,
    ),
    line(
      'tokens that are claims on an issuer',
      issuers > 0,
      `${count(issuers, 'issuer', 'issuers')}; ${count(network.tokens.length, 'holding', 'holdings')} of them at other venues`,
      'no venue creates what it lends, and no market states a reserve out of which it redeems',
      worst([venues, markets]),
    ),
    line('funds of venues', funds > 0, count(funds, 'venue has one', 'venues have one'), 'no venue has one', venues),
    line(
      'common owners',
      owners.at_several > 0,
      `${count(owners.at_several, 'owner', 'owners')} at several venues, of ${owners.owners}`,
      'no owner is at two venues; a snapshot in which nobody is named has none by construction',
      worst([venues, evidence_of(snapshot, 'population')]),
    ),
    line('money aside', money, 'owners have treasuries', 'no owner has a treasury', evidence_of(snapshot, 'population')),
    line(
      'liquidity',
      depths(book).some(({ size }) => size > 0),
      count(world.parts.markets.length, 'market', 'markets'),
      world.parts.markets.length > 0 ? 'no market has depth: nobody quotes in it, and it pools nothing' : 'no market',
      markets,
    ),
    line(
      'recursive collateral',
      nested > 0,
      `${count(nested, 'claim stands partly behind itself', 'claims stand partly behind themselves')}`,
      'no claim stands behind itself',
      venues,
    ),
  ]
}

function balance(book: Book, node: Node): Balance {
  const { id, kind, custody, lent, lent_outside, owed, owed_outside, fund, venue } = node
  const part = venue < 0 ? 'markets' : `venues.${book.world.parts.venues[venue]?.id}`
  return {
    node: id,
    kind,
    evidence: evidence_of(book.snapshot, part),
    at_hand_usd: custody.reduce((sum, usd) => sum + usd, 0),
    lent_usd: lent,
    lent_outside_usd: lent_outside,
    owed_usd: owed,
    owed_outside_usd: owed_outside,
    fund_usd: fund,
  }
}

function claims_of(book: Book, network: Network): NetworkDocument['claims'] {
  const nodes = network.nodes.map((node) => balance(book, node))
  const whole = nodes.filter(({ kind }) => kind !== 'reserve')
  const id = (i: number) => (network.nodes[i] as Node).id
  return {
    nodes,
    tokens: network.tokens.map(({ creditor, debtor, asset, usd }) => ({
      creditor: id(creditor),
      debtor: id(debtor),
      asset: book.world.parts.assets[asset]?.id as string,
      usd,
    })),
    have_usd: whole.reduce((sum, one) => sum + one.at_hand_usd + one.lent_usd + one.lent_outside_usd, 0),
    owe_usd: whole.reduce((sum, one) => sum + one.owed_usd + one.owed_outside_usd + one.fund_usd, 0),
  }
}

/** Everything at every venue by asset, listed accounts only. */
function holdings_of(book: Book): NetworkDocument['holdings'] {
  const { assets, venues } = book.world.parts
  const table = new Map<string, [held: number, owed: number, long: number, short: number]>()
  for (const { venue, of, lines } of book.accounts) {
    if (of !== 'party') continue
    for (const { asset, side, contract, usd } of lines) {
      const key = `${venue}/${asset}`
      const row = table.get(key) ?? [0, 0, 0, 0]
      row[(contract ? 2 : 0) + (side > 0 ? 0 : 1)] = (row[(contract ? 2 : 0) + (side > 0 ? 0 : 1)] as number) + usd
      table.set(key, row)
    }
  }
  return venues.flatMap(({ id: venue }, v) =>
    assets.flatMap(({ id: asset }, a) => {
      const row = table.get(`${v}/${a}`)
      if (row === undefined) return []
      const [held_usd, owed_usd, long_usd, short_usd] = row
      return [{ venue, asset, held_usd, owed_usd, long_usd, short_usd }]
    }),
  )
}

/** What was asked first, then what follows. */
function shock_of(world: World, factor: Float64Array, { shocks }: Pick<NetworkInput, 'shocks'>): NetworkDocument['shock'] {
  const asked = (id: string) => shocks.some(({ asset }) => asset === id)
  const moved = world.parts.assets.flatMap(({ id }, a) =>
    factor[a] === 1 ? [] : [{ asset: id, change: (factor[a] as number) - 1 }],
  )
  return [...moved.filter(({ asset }) => asked(asset)), ...moved.filter(({ asset }) => !asked(asset))]
}

function check({ lost, default_costs, top }: NetworkInput): void {
  if (!(lost > 0 && lost <= 1)) throw new InputError('--lost', '', lost, 'above 0 % and at most 100 %')
  if (!(default_costs >= 0 && default_costs < 1))
    throw new InputError('--default-costs', '', default_costs, 'from 0 % to below 100 %')
  if (!(top >= 1 && top <= 1000)) throw new InputError('--top', '', top, 'a whole number from 1 to 1000')
}

/** @param world at its opening; it is only looked at. @throws InputError for a shock or a share that cannot be */
export function network(snapshot: Snapshot, world: World, input: NetworkInput = NETWORK_DEFAULTS): NetworkDocument {
  check(input)
  const book = open_book(snapshot, world)
  const shock = input.shocks.length > 0 ? input : reference_shock(book)
  const factor = factors(world, shock)
  const { assets } = world.parts
  const { lost, default_costs, top } = input
  const still = new Float64Array(assets.length).fill(1)
  const now = network_of(book, still)
  const shocked = network_of(book, factor)
  const owners = common_owners(book, top)
  const through = look_through(book, now)
  const costs = default_costs > 0 ? [0, default_costs] : [0]
  return {
    schema: NETWORK_SCHEMA,
    title: `Network of ${snapshot.title}`,
    snapshot: content_hash(snapshot),
    evidence: worst(snapshot.provenance.map(({ evidence }) => evidence)),
    definitions: 'docs/network.md',
    shock: shock_of(world, factor, shock),
    lost,
    default_costs,
    parts: parts_of(book, now, owners, through),
    claims: claims_of(book, now),
    owners,
    holdings: holdings_of(book),
    overlap: overlap(book, whole_books(book)),
    liquidity: liquidity(book),
    look_through: through,
    clearing: (['accounts', 'owners'] as const).flatMap((who) => settle(book, shocked, factor, who, costs)),
    debt_rank: distress(book, now, factor, lost, top),
    furfine: falls(book, shocked, factor, lost, top),
    fire_sale: sales(book, factor),
    deleveraging: deleveraging(book, factor),
    stability: [stability(book, still, 'now'), stability(book, factor, 'shock')],
    notes: [
      'A snapshot lists some accounts: what nobody listed owes or is owed stands as one figure, net, by pool.',
      'The shock comes at once: no liquidation, no answer to a call, no interest. For what happens in time: unwind stress.',
      'Shares of claims lost and costs of default are stated, not taken from the snapshot.',
    ],
  }
}
