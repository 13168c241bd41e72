/** Applying bundles: all or nothing, each action through the component it names, each fill settled and remembered in the vectors. */
import {
  ALL,
  type Action,
  type Actions,
  applied,
  EXOGENOUS,
  type Fill,
  type Log,
  OUTSIDE,
  type Order,
  type Result,
  refused,
  succeeded,
} from '../model/index.ts'
import { cash_of, set_with_cash, type Want } from './called-cash.ts'
import type { Scheduled } from './events.ts'
import { touched } from './faults.ts'
import type { World } from './world.ts'

/** What an order inherits from the seizure before it in its bundle. */
interface Seizure {
  asset: number
  victim: number
  cause: number
}

/** Priority of bundles that answer margin calls. */
const RESPONSE = 20

const NOTHING: Seizure = { asset: -1, victim: -1, cause: -1 }

/** Applies the bundles of one round. */
export class Applier {
  private readonly world: World
  private readonly log: Log
  private readonly later: { time_ms: number; event: Scheduled }[] = []
  private readonly owed = new Map<number, number>()
  /** Called after every applied bundle in debug runs. */
  check: (() => void) | undefined

  constructor(world: World) {
    this.world = world
    this.log = world.parts.log
  }

  /** Applies all bundles in the order (priority, tie, sequence); returns how many did something. */
  round(actions: Actions): number {
    const order = Array.from({ length: actions.bundles }, (_, b) => b)
    order.sort(
      (a, b) =>
        (actions.priorities[a] as number) - (actions.priorities[b] as number) ||
        (actions.ties[a] as number) - (actions.ties[b] as number) ||
        a - b,
    )
    let done = 0
    for (const b of order) {
      if (this.bundle(actions, b)) done++
      else if (actions.priorities[b] === RESPONSE) this.call_again(actions.list[actions.starts[b] as number] as Action)
    }
    return done
  }

  /** What an owner wanted to do was refused: he is called again while his account stays below his level. */
  private call_again(action: Action): void {
    const { venue, account } = action
    if (venue >= 0 && account >= 0) this.world.arm(venue, account)
  }

  /** One bundle; false when it was refused (and undone) or moved nothing. */
  private bundle(actions: Actions, b: number): boolean {
    const { faults } = this.world
    const crowded = faults.crowded && !this.world.cuts.gas
    const names = crowded && (actions.priorities[b] as number) > 0 ? this.touched(actions, b) : undefined
    if (names !== undefined && !faults.fits(names)) {
      this.left_out(actions, b)
      return false
    }
    const moved = this.carry_out(actions, b)
    if (moved && names !== undefined) faults.included(names)
    return moved
  }

  /** Liquidations that found no room in the blocks. */
  private left_out(actions: Actions, b: number): void {
    const { parts, tick, stamp } = this.world
    for (let i = actions.starts[b] as number; i < actions.end(b); i++) {
      const { kind, venue, account } = actions.list[i] as Action
      if (kind === 'liquidate' || kind === 'start') parts.late.note(venue, account, tick, stamp)
    }
  }

  private touched(actions: Actions, b: number): string[] {
    const { markets, venues } = this.world.parts
    return touched(
      actions,
      b,
      (i) => markets[i]?.id ?? '',
      (i) => venues[i]?.id ?? '',
    )
  }

  private carry_out(actions: Actions, b: number): boolean {
    const { journal } = this.world.parts.store
    const { postings } = this.world.parts.ledger
    const mark = journal.savepoint()
    const first = actions.starts[b] as number
    const results: number[] = []
    let seizure = NOTHING
    let moved = false
    this.later.length = 0
    this.owed.clear()
    for (let i = first; i < actions.end(b); i++) {
      const action = actions.list[i] as Action
      if (action.of >= 0) action.amount = results[action.of] as number
      const rows = this.log.length
      const result = this.one(actions, i, action, seizure)
      if (!succeeded(result)) {
        journal.rollback(mark)
        postings.drop()
        return false
      }
      results.push(result.amount)
      if (result.amount > 0) moved = true
      if (action.kind === 'liquidate' || action.kind === 'bid') seizure = this.seized(action, rows)
    }
    if (this.owed.size > 0) {
      journal.rollback(mark)
      postings.drop()
      return false
    }
    journal.commit(mark)
    if (this.check !== undefined) this.check()
    for (const { time_ms, event } of this.later) this.world.parts.events.push(time_ms, event)
    if (moved) this.world.moved()
    return moved
  }

  private seized(action: Action, rows: number): Seizure {
    for (let row = rows; row < this.log.length; row++) {
      const kind = this.log.kind(row)
      if (kind === 'liquidate' || kind === 'take')
        return { asset: this.log.columns.asset.data[row] as number, victim: action.venue, cause: row }
    }
    return NOTHING
  }

  private one(actions: Actions, i: number, action: Action, seizure: Seizure): Result {
    const { ledger } = this.world.parts
    switch (action.kind) {
      case 'order':
        return this.order(actions, i, action, seizure)
      case 'cancel':
        return this.cancel(action)
      case 'make':
        this.world.market(action.market).make(action.account, action.amount, action.limit)
        return applied(1)
      case 'flash':
        ledger.postings.mint(action.asset, action.amount)
        ledger.credit(action.actor, action.asset, action.amount)
        this.owed.set(action.asset, (this.owed.get(action.asset) ?? 0) + action.amount)
        return applied(action.amount)
      case 'flash_repay':
        return this.flash_repay(action)
      case 'transfer':
        return this.transfer(action)
      case 'wait':
        this.later.push({ time_ms: this.world.time_ms + action.delay_ms, event: { ...scheduled(action), kind: 'wait' } })
        return applied(1)
      default:
        return this.on_venue(actions, i, action)
    }
  }

  private on_venue(actions: Actions, i: number, action: Action): Result {
    const { parts } = this.world
    const named = parts.venues[action.venue]
    if (named === undefined) return refused('unknown')
    if (this.world.halted(`venue:${named.id}`)) return refused('paused')
    if (this.world.faults.any && this.world.halted(`${action.kind}:${named.id}`)) return refused('paused')
    const before = cash_of(action, parts.ledger)
    const result = named.part.apply(actions, i, this.log)
    if (succeeded(result) && this.owed.size === 0) parts.cash.note(actions, i, before - cash_of(action, parts.ledger), this.log)
    const voluntary =
      action.kind === 'deposit' || action.kind === 'withdraw' || action.kind === 'borrow' || action.kind === 'repay'
    if (voluntary && succeeded(result)) this.world.voluntary(action.venue, action.account)
    return result
  }

  /** Principal and fee (`limit`, a ratio) back; what was flashed of the asset is then settled. The fee leaves the modelled world. */
  private flash_repay(action: Action): Result {
    const { ledger } = this.world.parts
    const principal = this.owed.get(action.asset) ?? 0
    const fee = principal * action.limit
    if (!ledger.debit(action.actor, action.asset, principal + fee)) return refused('unprofitable')
    ledger.postings.mint(action.asset, -principal)
    ledger.credit(OUTSIDE, action.asset, fee)
    this.owed.delete(action.asset)
    return applied(principal)
  }

  private transfer(action: Action): Result {
    const { ledger } = this.world.parts
    if (this.world.halted('transfer')) return refused('paused')
    const amount = action.amount === ALL ? ledger.balance(action.actor, action.asset) : action.amount
    if (!ledger.debit(action.actor, action.asset, amount)) return refused('funds')
    const delay_ms = action.delay_ms + this.world.faults.finality_ms
    if (delay_ms > 0) {
      ledger.move_transit(action.asset, amount)
      this.later.push({
        time_ms: this.world.time_ms + delay_ms,
        event: { ...scheduled(action), kind: 'arrival', amount, to: action.account, actor: action.account },
      })
    } else ledger.credit(action.account, action.asset, amount)
    this.log.add({
      kind: 'transfer',
      actor: action.actor,
      asset: action.asset,
      amount,
      usd: amount * this.world.usd(action.asset),
      cause: action.cause,
    })
    return applied(amount)
  }

  private cancel(action: Action): Result {
    let left = 0
    this.world.parts.markets.forEach(({ part }, index) => {
      if (part.settles === action.venue && (action.market < 0 || action.market === index)) left += part.cancel(action.account)
    })
    return applied(left)
  }

  private order(actions: Actions, i: number, action: Action, seizure: Seizure): Result {
    const { markets } = this.world.parts
    const named = markets[action.market]
    if (named === undefined) return refused('unknown')
    if (this.world.halted(`market:${named.id}`)) return refused('paused')
    if (this.world.cuts.owner && this.answers_elsewhere(action)) return refused('paused')
    const market = named.part
    const contract = market.settles >= 0
    let amount = action.amount
    if (contract) {
      const admitted = this.world.venue(market.settles).apply(actions, i, this.log)
      if (!succeeded(admitted)) return admitted
      amount = admitted.amount
    } else {
      const paid = action.side === 1 ? market.quote_asset : market.base
      const held = this.world.parts.ledger.balance(action.actor, paid)
      if (amount === ALL) amount = held
      else if (action.actor !== OUTSIDE && action.exact === (action.side === 1 ? 'quote' : 'base') && amount > held * (1 + 1e-9))
        return refused('funds')
    }
    if (!(amount > 0)) return refused('empty')
    const party = contract ? action.account : action.actor
    const order: Order = { side: action.side, amount, exact: action.exact, limit: action.limit, party }
    const fill = market.fill(contract ? order : this.affordable(action.market, order))
    if (fill.base === 0) return refused('empty')
    if (!this.settle(action.market, fill, party)) return refused('funds')
    this.remember(actions, i, fill, seizure)
    const got = action.side === 1 ? fill.base : fill.quote
    return {
      status: Math.abs(action.exact === 'base' ? fill.base : fill.quote) < amount * (1 - 1e-9) ? 'partial' : 'applied',
      amount: got,
    }
  }

  /** Makers of a spot book pay from their treasuries: who has nothing left leaves it, and the order is cut to what the others can deliver. */
  private affordable(index: number, order: Order): Order {
    const market = this.world.market(index)
    const { ledger } = this.world.parts
    let share = 1
    let left = 0
    for (const leg of market.quote(order).legs) {
      if (leg.party === OUTSIDE) continue
      const [asset, need] = leg.base < 0 ? [market.base, -leg.base] : [market.quote_asset, -leg.quote]
      if (!(need > 0)) continue
      const part = ledger.balance(leg.party, asset) / need
      if (part < 1e-6) left += market.cancel(leg.party)
      else share = Math.min(share, part)
    }
    if (left > 0) return this.affordable(index, order)
    return share >= 1 ? order : { ...order, amount: order.amount * share * (1 - 1e-9) }
  }

  /** Puts a fill on the accounts or treasuries it belongs to; false when a treasury cannot pay. */
  settle(index: number, fill: Fill, party: number): boolean {
    const market = this.world.market(index)
    if (market.settles >= 0) {
      const venue = this.world.venue(market.settles)
      const mine = fill.party === party ? fill : { ...fill, party }
      venue.settle(mine, -1, this.log)
      for (let leg = 0; leg < fill.legs.length; leg++) venue.settle(mine, leg, this.log)
      return true
    }
    if (!this.exchange(party, market.base, fill.base, market.quote_asset, fill.quote)) return false
    for (const leg of fill.legs) if (!this.exchange(leg.party, market.base, leg.base, market.quote_asset, leg.quote)) return false
    return true
  }

  private exchange(actor: number, base: number, base_change: number, quote: number, quote_change: number): boolean {
    const { ledger } = this.world.parts
    if (base_change < 0 && !ledger.debit(actor, base, -base_change)) return false
    if (quote_change < 0 && !ledger.debit(actor, quote, -quote_change)) return false
    if (base_change > 0) ledger.credit(actor, base, base_change)
    if (quote_change > 0) ledger.credit(actor, quote, quote_change)
    return true
  }

  /** Logs a fill, moves the vectors, counts forced sales, and in a run without feedback puts the market back. */
  private remember(actions: Actions, i: number, fill: Fill, seizure: Seizure): void {
    const { world, log } = this
    const action = actions.list[i] as Action
    const { mids, frames } = world.parts
    const market = world.market(action.market)
    const inherits = action.sold === 'free' && seizure.victim >= 0
    const first_sale = inherits && (action.side === -1 ? market.base : market.quote_asset) === seizure.asset
    const sold = first_sale ? 'seized' : action.sold
    const victim = first_sale ? seizure.victim : action.victim
    const cause = inherits ? seizure.cause : action.cause
    const quote_usd = world.usd(market.quote_asset)
    const usd = Math.abs(fill.quote) * quote_usd
    const row = log.add({
      kind: 'fill',
      venue: market.settles,
      account: market.settles >= 0 ? action.account : -1,
      actor: action.actor,
      market: action.market,
      asset: market.base,
      amount: fill.base,
      price: Math.abs(fill.quote / fill.base),
      usd,
      sold,
      victim: sold === 'free' ? -1 : victim,
      cause,
      shares:
        sold === 'free'
          ? -1
          : this.shares_of(cause, sold, victim, () => world.parts.cash.wants(actions, i, (asset) => usd / world.usd(asset))),
      extra: fill.mid_after,
    })
    if (sold !== 'free') frames.forced.columns.usd.add(victim, usd)
    if (world.held(action.market)) this.put_back(action.market, fill)
    else if (action.carries >= 0) mids.carried(action.market, action.carries, fill, row)
    else mids.filled(action.market, fill, sold !== 'free' ? victim + 1 : inherits ? seizure.victim + 1 : EXOGENOUS, row)
    world.note_low(action.market)
    if (market.settles >= 0 && (action.sold === 'free' || action.sold === 'called') && action.account >= 0)
      world.voluntary(market.settles, action.account)
  }

  /** Is this a sale at one venue in answer to a call at another? */
  private answers_elsewhere({ sold, cause, victim }: Action): boolean {
    const caller = cause < 0 ? -1 : (this.log.columns.venue.data[cause] as number)
    return sold === 'called' && caller >= 0 && caller !== victim
  }

  /** The share set of a forced sale: its cause's; a sale elsewhere in answer to a call is the calling venue's, by shared owner. */
  private shares_of(cause: number, sold: Action['sold'], victim: number, wants: () => readonly Want[]): number {
    if (cause < 0) return -1
    const { log } = this
    const caller = log.columns.venue.data[cause] as number
    if (sold === 'called' && caller >= 0 && caller !== victim) {
      const set = log.open_set()
      log.share(caller + 1, 'owner', 1, 1)
      return set
    }
    let row = cause
    while (row >= 0 && (log.columns.shares.data[row] as number) < 0) row = log.columns.cause.data[row] as number
    return set_with_cash(log, row < 0 ? -1 : (log.columns.shares.data[row] as number), sold === 'called' ? wants() : [])
  }

  /** The market at once recovers with `outside` to where it stood. */
  private put_back(index: number, fill: Fill): void {
    const back = this.world.market(index).recover(Number.POSITIVE_INFINITY, fill.mid_before)
    this.recovered(index, back)
  }

  /** Settles what `recover` traded, with `outside` as the taker. */
  recovered(index: number, fill: Fill): void {
    if (fill.base === 0 && fill.quote === 0 && fill.legs.length === 0) return
    const market = this.world.market(index)
    this.settle(index, fill, market.settles >= 0 ? this.world.venue(market.settles).outside : OUTSIDE)
  }
}

function scheduled(action: Action): Omit<Scheduled, 'kind'> {
  const { venue, account, actor, asset, amount, plan, cause } = action
  return { venue, account, actor, asset, amount, plan, cause, to: -1 }
}
