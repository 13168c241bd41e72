/** Random lives of a venue: prices, time, faults, and whatever anybody may try; data that can be played again, on a fresh world or after a reset. */
import fc from 'fast-check'
import { ALL, type ActionKind, applied, type Offer, refused, type Result, STATUSES, succeeded } from '../../src/model/index.ts'
import type { AnyAdapter } from './adapter.ts'
import { differences, KEEPER, OWNERS, PAUPER, type Stand, type Step, take } from './stand.ts'

/** What anybody may send, whether the kind serves it or not. An exchange's own steps (reduce, deleverage, fund) are the venue's: `round` plays them. */
const ANYTHING: readonly ActionKind[] = ['deposit', 'withdraw', 'borrow', 'repay', 'liquidate', 'start', 'bid', 'redeem', 'wait']

/** One event, as numbers in [0, 1) that the state at that moment makes into something. */
export type Event =
  | { readonly what: 'move'; readonly asset: number; readonly by: number }
  | { readonly what: 'void'; readonly asset: number; readonly answer: number }
  | { readonly what: 'pass'; readonly ms: number }
  | { readonly what: 'fault'; readonly which: number; readonly on: boolean }
  | { readonly what: 'watch'; readonly account: number; readonly level: number }
  | { readonly what: 'take'; readonly which: number; readonly part: number; readonly actor: number }
  | { readonly what: 'round' }
  | { readonly what: 'try'; readonly tries: readonly Try[] }

/** An action of a bundle, before it is known what there is. */
export interface Try {
  readonly kind: number
  readonly account: number
  readonly asset: number
  readonly asset2: number
  readonly amount: number
  readonly actor: number
  readonly side: boolean
  readonly wild: number
}

/** Doubles of fast-check are uniform over their bits: nearly all of [0, 1) would be next to 0. */
const unit = fc.integer({ min: 0, max: 2 ** 30 - 1 }).map((n) => n / 2 ** 30)
const attempt: fc.Arbitrary<Try> = fc.record({
  kind: unit,
  account: unit,
  asset: unit,
  asset2: unit,
  amount: unit,
  actor: unit,
  side: fc.boolean(),
  wild: unit,
})

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('move' as const),
      asset: unit,
      by: fc.double({ min: 0.75, max: 1.2, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('void' as const), asset: unit, answer: fc.constantFrom(Number.NaN, 0, -1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('pass' as const),
      ms: fc.constantFrom(1_000, 60_000, 660_000, 3_600_000, 90_000_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('fault' as const), which: unit, on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('watch' as const), account: unit, level: fc.constantFrom(1, 1.1, 1.5) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('take' as const),
      which: unit,
      part: fc.constantFrom(1, 1, 0.5, 0.01),
      actor: unit,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ what: 'round' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('try' as const),
      tries: fc.oneof(fc.array(attempt, { minLength: 1, maxLength: 1 }), fc.array(attempt, { minLength: 1, maxLength: 3 })),
    }),
  },
)

export const script = (most: number): fc.Arbitrary<Event[]> => fc.array(event, { minLength: 4, maxLength: most, size: 'max' })

const pick = <T>(list: readonly T[], u: number): T => list[Math.floor(u * list.length)] as T

/** Units of an asset: none, everything, or what is worth from a hundredth of a dollar to ten million. */
function amount(u: number, usd: number): number {
  if (u < 0.05) return 0
  if (u < 0.2) return ALL
  return 10 ** (-2 + (9 * (u - 0.2)) / 0.8) / usd
}

/** An asset of these; `wild`: one in six any other there is. */
function any_of(stand: Stand, ids: readonly string[], u: number, wild: boolean): number {
  if (!wild && ids.length > 0) return stand.asset(pick(ids, u))
  if (u >= 5 / 6 || ids.length === 0) return Math.floor((u * 6 - 5) * stand.world.parts.assets.length)
  return stand.asset(pick(ids, (u * 6) / 5))
}

/** Units that an owner may think of: for small change a dollar to ten thousand, otherwise a share, a little over 1 at most, of what he has, owes or may still draw. */
function sensible_amount(stand: Stand, kind: ActionKind, account: number, asset: number, usd: number, u: number): number {
  if (u < 0.4) return 10 ** (10 * u) / usd
  const legs = stand.statement(account)
  let [room, own] = [0, 0]
  for (let i = 0; i < legs.count; i++) {
    const value = (legs.quantity[i] as number) * (legs.weight[i] as number) * (legs.price[i] as number)
    room += legs.side[i] === 1 ? value : -value
    if (legs.asset[i] === asset && (legs.side[i] === 1) === (kind !== 'repay')) own += legs.quantity[i] as number
  }
  const share = (1.1 * (u - 0.4)) / 0.6
  return share * (kind === 'borrow' ? Math.max(0, room) / usd : own)
}

/** Makes a try into an action: half of them are what an owner may well do, the others what anybody may send. */
export function action(stand: Stand, t: Try): Step {
  const { adapter, venue, world } = stand
  const sensible = t.wild < 0.5 && stand.accounts.length > 0
  const kind = pick(!sensible && t.wild > 0.9 ? ANYTHING : adapter.serves, t.kind)
  // One in ten of the others names a row that does not exist.
  const account = sensible
    ? Math.floor(t.account * stand.accounts.length)
    : t.account < 0.05
      ? -1
      : Math.floor(((t.account - 0.05) / 0.9) * venue.rows)
  const owner = account >= 0 && account < venue.rows ? venue.owner(account) : -1
  const actor = owner >= 0 && (sensible || t.actor < 0.5) ? owner : pick([KEEPER, KEEPER, PAUPER, 0, 1], (t.actor * 7) % 1)
  const owing = kind === 'borrow' || kind === 'repay'
  const asset = any_of(stand, owing ? adapter.owed : adapter.held, t.asset, !sensible)
  const asset2 = any_of(stand, adapter.owed, t.asset2, !sensible)
  const usd = world.parts.assets[asset]?.price_usd ?? 1
  const change = (of: number) => (sensible ? 10 ** (4 * t.amount) / of : amount(t.amount, of))
  if (kind === 'order') {
    const contract = pick(adapter.exchange?.contracts ?? [], t.asset)
    const market = stand.market(contract.market)
    const price = world.parts.assets[stand.asset(contract.asset)]?.price_usd ?? 1
    return ['order', { market, account, actor, side: t.side ? 1 : -1, amount: change(price), exact: 'base' }]
  }
  const offer = kind === 'takeover' ? (account + 1) % venue.rows : Math.floor(t.asset * 3)
  const much = sensible ? sensible_amount(stand, kind, account, asset, usd, t.amount) : amount(t.amount, usd)
  return [kind, { account, asset, asset2, amount: much, actor, offer }]
}

/** Where a kind moves positions between accounts: the offer, to be taken by another account and its owner. */
function taken_over(stand: Stand, offer: Offer, part: number, u: number): Step | undefined {
  const { adapter, venue } = stand
  if (!adapter.serves.includes('takeover') || offer.kind !== 'liquidation') return undefined
  const able = Array.from({ length: venue.rows }, (_, row) => row)
    .filter((row) => row !== offer.id && venue.owner(row) > 0)
    .toSorted((a, b) => stand.health(b) - stand.health(a) || a - b)
  // The healthier, the likelier.
  const own = pick(able, u * u) ?? -1
  return [
    'takeover',
    {
      account: offer.id,
      asset: offer.collateral,
      asset2: offer.debt,
      amount: offer.debt_max * part,
      offer: own,
      actor: own < 0 ? KEEPER : venue.owner(own),
    },
  ]
}

/** What a life has seen, so that a test can say that it saw enough. */
export class Seen {
  readonly statuses = new Map<string, number>()
  readonly applied = new Map<string, number>()
  private readonly count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)

  note(kinds: readonly string[], result: Result): void {
    const kind = kinds.join(', ')
    this.count(this.statuses, result.status)
    if (succeeded(result)) for (const one of kinds) this.count(this.applied, one)
    if (!STATUSES.includes(result.status)) throw new Error(`${kind}: ${result.status} is no status`)
    if (!(result.amount >= 0)) throw new Error(`${kind}: ${result.status} of ${result.amount}`)
  }
}

/** What is looked at around every action of a life. */
export interface Watch {
  /** Before and after one action of its own; `result` undefined before. */
  (stand: Stand, step: Step, result: Result | undefined): void
}

/** A bundle as the engine would apply it; what is refused leaves no trace. */
function attempt_all(stand: Stand, steps: readonly Step[], seen: Seen, watch: Watch | undefined): void {
  if (steps.some(([kind]) => kind === 'order')) {
    seen.note(['order'], stand.through(...steps) ? applied(1) : refused('empty'))
    return
  }
  const first = steps[0] as Step
  const alone = steps.length === 1 ? watch : undefined
  const before = stand.image()
  alone?.(stand, first, undefined)
  const result = stand.bundle(...steps)
  seen.note(
    steps.map(([kind]) => kind),
    result,
  )
  alone?.(stand, first, result)
  if (succeeded(result)) return
  const changed = differences(before, stand.image())
  if (changed.length > 0)
    throw new Error(`${steps.map(([kind]) => kind).join(', ')} was ${result.status} and left ${changed.join(', ')}`)
}

function one(stand: Stand, step: Event, seen: Seen, watch: Watch | undefined): void {
  const { adapter, venue } = stand
  switch (step.what) {
    case 'move': {
      const asset = pick(adapter.moves, step.asset)
      const start = adapter.assets[asset] as number
      const now = stand.price(asset)
      // Prices come back from nothing, and stay within what a market may do.
      stand.answer(asset, Math.min(start * 20, Math.max(start / 20, (now > 0 ? now : start) * step.by)))
      stand.see()
      stand.check('price')
      return
    }
    case 'void':
      stand.answer(pick(adapter.moves, step.asset), step.answer)
      stand.see()
      stand.check('no price')
      return
    case 'pass':
      stand.tick(step.ms)
      return
    case 'fault':
      if (adapter.faults.length > 0) stand.fault(pick(adapter.faults, step.which), step.on)
      stand.see()
      stand.check('fault')
      return
    case 'watch':
      if (venue.rows > 0) venue.watch(Math.floor(step.account * venue.rows), step.level)
      return
    case 'take': {
      const { offers } = stand.asked()
      if (offers.length === 0) return
      const offer = pick(offers, step.which)
      const moved = step.actor < 0.3 ? taken_over(stand, offer, step.part, step.actor / 0.3) : undefined
      attempt_all(stand, [moved ?? take(adapter, offer, step.actor < 0.9 ? KEEPER : PAUPER, step.part)], seen, watch)
      return
    }
    case 'round':
      stand.round()
      return
    case 'try':
      attempt_all(
        stand,
        step.tries.map((t) => action(stand, t)),
        seen,
        watch,
      )
  }
}

/** Plays a script; throws with the event at which something was broken. */
export function play(stand: Stand, events: readonly Event[], seen = new Seen(), watch?: Watch): Seen {
  events.forEach((step, i) => {
    try {
      one(stand, step, seen, watch)
    } catch (error) {
      throw new Error(`event ${i}, ${JSON.stringify(step)}: ${(error as Error).message}`, { cause: error })
    }
  })
  return seen
}

/** Accounts of an adapter, as many as there are owners at most. */
export const accounts_of = (adapter: AnyAdapter, least = 0, most = OWNERS): fc.Arbitrary<unknown[]> =>
  fc.array(adapter.account, { minLength: least, maxLength: most, size: 'max' })
