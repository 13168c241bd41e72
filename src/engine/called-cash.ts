/** Cash that answered calls, so that a later sale for want of it can name the venue that has it. */
import {
  type Action,
  type Actions,
  type Ledger,
  type Log,
  MECHANISMS,
  type Mechanism,
  type Store,
  type Table,
} from '../model/index.ts'

const shape = { venue: 'i32', asset: 'i32', units: 'f64', next: 'i32' } as const

/** Part of a sale, 0 to 1, that would not have been made had the cash not gone to a venue. */
export interface Want {
  readonly venue: number
  readonly part: number
}

/** Position of the first action of the bundle that an action is in. */
function start_of(actions: Actions, i: number): number {
  let [low, high] = [0, actions.bundles - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((actions.starts[middle] as number) <= i) low = middle
    else high = middle - 1
  }
  return actions.starts[low] as number
}

const pays_in = ({ kind }: Action): boolean => kind === 'deposit' || kind === 'repay'

/** What an owner has of the asset that an action pays in or takes out; 0 for other actions. */
export const cash_of = (action: Action, ledger: Pick<Ledger, 'balance'>): number =>
  (pays_in(action) || action.kind === 'withdraw') && action.actor >= 0 && action.asset >= 0
    ? ledger.balance(action.actor, action.asset)
    : 0

/** Per owner, venue and asset: units of cash of his own that went to calls of the venue and have not come back. */
export class CalledCash {
  private readonly first: Table<{ at: 'i32' }>
  private readonly paid: Table<typeof shape>

  constructor(store: Store, actors: number) {
    this.first = store.table('engine.cash_of', { at: 'i32' }, actors)
    this.first.columns.at.data.fill(-1)
    this.paid = store.table('engine.cash', shape)
  }

  /** An action has taken so many units of an owner's cash, or brought them: those that answered a call of the venue, not sold for in the same bundle, count. */
  note(actions: Actions, i: number, units: number, log: Log): void {
    const action = actions.list[i] as Action
    const { actor, venue, asset, cause, of } = action
    if (actor < 0 || units === 0) return
    if (action.kind === 'withdraw') this.add(actor, venue, asset, units)
    else if (pays_in(action) && cause >= 0 && log.columns.venue.data[cause] === venue) {
      const source = of >= 0 ? actions.list[start_of(actions, i) + of]?.kind : undefined
      if (source !== 'order') this.add(actor, venue, asset, units)
    }
  }

  /** What of a sale in answer to its own venue's call is for want of cash; `units_of`: what the sale brings, in units of an asset. */
  wants(actions: Actions, i: number, units_of: (asset: number) => number): Want[] {
    const { actor, victim } = actions.list[i] as Action
    const first = start_of(actions, i)
    for (let j = i + 1; j < actions.list.length && start_of(actions, j) === first; j++) {
      const action = actions.list[j] as Action
      if (pays_in(action) && action.of >= 0 && action.venue === victim)
        return this.wanted(actor, victim, action.asset, units_of(action.asset))
    }
    return []
  }

  /** So many units of an owner's cash went to a venue (+) or came back (−). */
  add(actor: number, venue: number, asset: number, units: number): void {
    const c = this.paid.columns
    for (let at = this.head(actor); at >= 0; at = c.next.data[at] as number) {
      if (c.venue.data[at] !== venue || c.asset.data[at] !== asset) continue
      c.units.set(at, Math.max(0, (c.units.data[at] as number) + units))
      return
    }
    if (!(units > 0)) return
    const at = this.paid.push()
    c.venue.set(at, venue)
    c.asset.set(at, asset)
    c.units.set(at, units)
    c.next.set(at, this.head(actor))
    this.first.columns.at.set(actor, at)
  }

  /**
   * An owner sells to bring a venue so many units of an asset: the part of them that his cash would have been, by the venue that has it. A unit of cash
   * could have answered once: it is used up by this.
   */
  wanted(actor: number, venue: number, asset: number, units: number): Want[] {
    const c = this.paid.columns
    const rows: number[] = []
    let gone = 0
    for (let at = this.head(actor); at >= 0; at = c.next.data[at] as number) {
      if (c.asset.data[at] !== asset || c.venue.data[at] === venue || !((c.units.data[at] as number) > 0)) continue
      rows.push(at)
      gone += c.units.data[at] as number
    }
    const share = gone > 0 ? Math.min(1, units / gone) : 0
    return rows.map((at) => {
      const used = share * (c.units.data[at] as number)
      c.units.set(at, (c.units.data[at] as number) - used)
      return { venue: c.venue.data[at] as number, part: used / units }
    })
  }

  private head(actor: number): number {
    return actor < 0 ? -1 : (this.first.columns.at.data[actor] as number)
  }
}

/** A set in which these parts are by cash and the rest is as in another set; −1, as that of a sale that nobody is blamed for, is exogenous. */
export function set_with_cash(log: Log, set: number, wants: readonly Want[]): number {
  if (wants.length === 0) return set
  const [first, last] = log.share_range(set)
  const opened = log.open_set()
  let rest = 1
  for (const { venue, part } of wants) {
    rest -= part
    log.share(venue + 1, 'cash', part, part)
  }
  rest = Math.max(0, rest)
  if (first === last) log.share(0, 'price', rest, rest)
  const c = log.share_columns
  for (let i = first; i < last; i++) {
    const by = MECHANISMS[c.mechanism.data[i] as number] as Mechanism
    log.share(c.source.data[i] as number, by, rest * (c.share.data[i] as number), rest * (c.pivotal.data[i] as number))
  }
  return opened
}
