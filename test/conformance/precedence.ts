/**
 * Reasons for a refusal, one at a time and two at once: of two the one that stands earlier in `STATUSES` is given. What is named but does not exist (an
 * account, an asset, an auction, a right that is somebody else's) is `unknown` before everything else: of nothing it can be said that it is paused.
 */
import {
  type Action,
  ACTION_KINDS,
  type ActionKind,
  ALL,
  type Result,
  type Status,
  STATUSES,
  succeeded,
} from '../../src/model/index.ts'
import type { AnyAdapter } from './adapter.ts'
import { KEEPER, listed, MINUTE_MS, PAUPER, Stand, type Step, take } from './stand.ts'

type Fields = Partial<Omit<Action, 'kind'>>

/** A reason: what it changes in an action, or in the world before it. Those of one `slot` exclude each other. */
export interface Reason {
  readonly name: string
  readonly slot: string
  /** Names something that does not exist. */
  readonly name_only?: boolean
  fields?(fields: Fields, stand: Stand): Fields | undefined
  world?(stand: Stand): void
}

const NOWHERE = 10_000

/** Units on one side of the account that an action names, in the asset that it names. */
function leg(stand: Stand, f: Fields, side: 1 | -1): number {
  const row = f.account ?? -1
  if (!(row >= 0 && row < stand.venue.rows)) return 0
  const legs = stand.statement(row)
  for (let i = 0; i < legs.count; i++) if (legs.side[i] === side && legs.asset[i] === f.asset) return legs.quantity[i] as number
  return 0
}

const REASONS: readonly Reason[] = [
  {
    name: 'no such account',
    slot: 'account',
    name_only: true,
    fields: (f) => (f.account === undefined ? undefined : { ...f, account: NOWHERE }),
  },
  {
    name: 'no such asset',
    slot: 'asset',
    name_only: true,
    fields: (f) => (f.asset === undefined ? undefined : { ...f, asset: NOWHERE }),
  },
  {
    name: 'no such market',
    slot: 'market',
    name_only: true,
    fields: (f) => (f.market === undefined ? undefined : { ...f, market: NOWHERE }),
  },
  {
    name: 'no such debt',
    slot: 'asset2',
    name_only: true,
    fields: (f) => (f.asset2 === undefined ? undefined : { ...f, asset2: NOWHERE }),
  },
  {
    name: 'no such auction',
    slot: 'offer',
    name_only: true,
    fields: (f) => (f.offer === undefined ? undefined : { ...f, offer: NOWHERE }),
  },
  {
    name: 'no price',
    slot: 'answers',
    world(stand) {
      for (const asset of stand.adapter.moves) stand.answer(asset, Number.NaN)
      stand.see()
    },
  },
  {
    name: 'safe again',
    slot: 'prices',
    world(stand) {
      for (const asset of stand.adapter.held) stand.answer(asset, (stand.adapter.assets[asset] as number) * 3)
      stand.see()
    },
  },
  { name: 'nothing to pay with', slot: 'actor', fields: (f) => (f.actor === undefined ? undefined : { ...f, actor: PAUPER }) },
  {
    name: 'himself',
    slot: 'actor',
    fields: (f, stand) => ((f.account ?? -1) >= 0 ? { ...f, actor: stand.venue.owner(f.account as number) } : undefined),
  },
  { name: 'of nothing', slot: 'amount', fields: (f) => (f.amount === undefined ? undefined : { ...f, amount: 0 }) },
  { name: 'of far too much', slot: 'amount', fields: (f) => (f.amount === undefined ? undefined : { ...f, amount: 1e15 }) },
  {
    name: 'of all there is to take',
    slot: 'amount',
    fields: (f, stand) => (f.amount === undefined ? undefined : { ...f, amount: leg(stand, f, 1) }),
  },
  {
    name: 'of nearly all that is owed',
    slot: 'amount',
    fields: (f, stand) => (f.amount === undefined ? undefined : { ...f, amount: leg(stand, f, -1) * 0.9999 }),
  },
  {
    name: 'of more than it carries',
    slot: 'amount',
    fields: (f) => (f.amount === undefined ? undefined : { ...f, amount: 100_000 }),
  },
  { name: 'at no price', slot: 'limit', fields: (f) => (f.limit === undefined ? undefined : { ...f, limit: 1e-9 }) },
]

const faults_of = (adapter: AnyAdapter): Reason[] =>
  adapter.faults.map((target) => ({
    name: target,
    slot: target,
    world(stand) {
      stand.fault(target, true)
      stand.see()
    },
  }))

/** Where a venue is brought before it is asked. */
const STATES = ['opening', 'crash', 'auctions'] as const
type State = (typeof STATES)[number]

function bring(adapter: AnyAdapter, state: State): Stand {
  const stand = new Stand(adapter, listed(adapter.sample))
  stand.tick(MINUTE_MS)
  if (state === 'opening') return stand
  for (const asset of adapter.held) stand.answer(asset, (adapter.assets[asset] as number) * 0.7)
  stand.tick(MINUTE_MS)
  if (state === 'crash') return stand
  for (const offer of stand.asked().offers) if (offer.kind === 'start') stand.bundle(take(adapter, offer, KEEPER))
  if (adapter.exchange !== undefined) stand.settle()
  stand.tick(MINUTE_MS)
  return stand
}

/** What the owner of a row that stays safe may do, of all and of a little. */
function own_steps(stand: Stand, row: number): Step[] {
  const { adapter, venue } = stand
  const name = adapter.held[0] as string
  const [held, owed] = [stand.asset(name), stand.asset(adapter.owed[0] ?? name)]
  const unit = 100 / (adapter.assets[name] as number)
  const own = { account: row, actor: venue.owner(row) }
  const market = stand.market(adapter.exchange?.contracts[0]?.market ?? '')
  return [ALL, 1].flatMap((much): Step[] => [
    ['deposit', { ...own, asset: held, amount: unit * much }],
    ['withdraw', { ...own, asset: held, amount: unit * much }],
    ['borrow', { ...own, asset: owed, amount: 100 * much }],
    ['repay', { ...own, asset: owed, amount: 100 * much }],
    ['order', { ...own, market, side: 1, exact: 'base', amount: much * 1e-3 }],
    ['order', { ...own, market, side: -1, exact: 'base', amount: much * 1e-3 }],
  ])
}

/** Actions that succeed in this state, among those the kind serves. */
function possible(stand: Stand): Step[] {
  const { adapter } = stand
  const steps = own_steps(stand, 2)
  for (const offer of stand.asked().offers) steps.push(take(adapter, offer, KEEPER, offer.kind === 'redemption' ? 0.01 : 1))
  return steps.filter(([kind, fields]) => adapter.serves.includes(kind) && succeeded(stand.ask([kind, fields])))
}

/** Stands in a state under some of the reasons that change the world; asking changes nothing, so one stand serves all questions. */
class Worlds {
  private readonly adapter: AnyAdapter
  private readonly made = new Map<string, Stand>()

  constructor(adapter: AnyAdapter) {
    this.adapter = adapter
  }

  of(state: State, reasons: readonly Reason[]): Stand {
    // What is safe again is so before its price is gone.
    const world = reasons.filter((reason) => reason.world !== undefined).toSorted((x, y) => (x.slot < y.slot ? 1 : -1))
    const key = [state, ...world.map(({ name }) => name)].join('|')
    const known = this.made.get(key)
    if (known !== undefined) return known
    const stand = bring(this.adapter, state)
    for (const reason of world) reason.world?.(stand)
    this.made.set(key, stand)
    return stand
  }

  /** What becomes of a step with these reasons against it; undefined where one of them cannot be. */
  judge(state: State, [kind, fields]: Step, reasons: readonly Reason[]): Result | undefined {
    const plain = this.of(state, [])
    let asked: Fields | undefined = fields
    for (const reason of reasons) if (asked !== undefined && reason.fields !== undefined) asked = reason.fields(asked, plain)
    return asked === undefined ? undefined : this.of(state, reasons).ask([kind, asked])
  }
}

/** What is unknown by what the action names comes first; of nothing else here is anything unknown. */
const rank = (result: Result): number => (result.status === 'unknown' ? -1 : STATUSES.indexOf(result.status))

/** Reasons that take each other away: who buys nothing needs no money for it. */
function exclude(a: Status, b: Status): boolean {
  return (a === 'funds' && b === 'empty') || (a === 'empty' && b === 'funds')
}

/** What is wrong with the order in which a kind refuses; and how many pairs of reasons were asked. */
export function misplaced(adapter: AnyAdapter): {
  readonly wrong: string[]
  readonly asked: number
  readonly statuses: Set<string>
} {
  const wrong = new Set<string>()
  const statuses = new Set<string>()
  let asked = 0
  const reasons = [...REASONS, ...faults_of(adapter)]
  const worlds = new Worlds(adapter)
  for (const state of STATES) {
    for (const step of possible(worlds.of(state, []))) {
      const alone = reasons
        .map((reason) => ({ reason, result: worlds.judge(state, step, [reason]) }))
        .filter((item): item is { reason: Reason; result: Result } => item.result !== undefined && !succeeded(item.result))
      const name = `${state}: ${step[0]}${step[1].amount === ALL ? ' of all' : ''}`
      for (const { reason, result } of alone) {
        statuses.add(result.status)
        if (reason.name_only === true && result.status !== 'unknown') wrong.add(`${name}, ${reason.name}: ${result.status}`)
      }
      for (const [i, a] of alone.entries())
        for (const b of alone.slice(i + 1)) {
          if (a.reason.slot === b.reason.slot || exclude(a.result.status, b.result.status)) continue
          const both = worlds.judge(state, step, [a.reason, b.reason])
          if (both === undefined) continue
          asked++
          const first = rank(a.result) <= rank(b.result) ? a.result.status : b.result.status
          if (both.status !== first)
            wrong.add(
              `${name}: ${a.reason.name} (${a.result.status}) and ${b.reason.name} (${b.result.status}) is ${both.status}`,
            )
        }
    }
  }
  return { wrong: [...wrong], asked, statuses }
}

/** Actions that name an account, asset, auction or market that does not exist and are anything but `unknown`; and kinds of action the kind does not serve. */
export function unknown_names(adapter: AnyAdapter): string[] {
  const wrong: string[] = []
  for (const state of STATES) {
    const stand = bring(adapter, state)
    const { rows } = stand.venue
    for (const [kind, fields] of possible(stand)) {
      for (const field of ['account', 'asset', 'asset2', 'offer', 'market'] as const) {
        if (fields[field] === undefined) continue
        for (const nothing of [-1, -7, field === 'account' ? rows : NOWHERE, NOWHERE]) {
          // Without an account a start is of an auction, and without one of those of nothing either.
          const { status } = stand.ask([kind, { ...fields, [field]: nothing }])
          if (status !== 'unknown') wrong.push(`${state}: ${kind} of ${field} ${nothing} is ${status}`)
        }
      }
    }
    for (const kind of ACTION_KINDS) {
      if (adapter.serves.includes(kind) || PROCEDURE.includes(kind)) continue
      const fields = { account: 0, actor: KEEPER, asset: 0, asset2: 1, amount: 1, offer: 0, market: 0 }
      const { status } = stand.ask([kind, fields])
      if (status !== 'unknown') wrong.push(`${state}: ${kind} is not served, and ${status}`)
    }
  }
  return [...new Set(wrong)]
}

/** Steps of an exchange's own procedure, which only it sends. */
const PROCEDURE: readonly ActionKind[] = ['reduce', 'takeover', 'fund', 'deleverage']
