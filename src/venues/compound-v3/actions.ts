/** What owners do. Refusals in the order unknown (names), paused, stale, unknown, limit, dust, cash, funds, margin, empty. */
import { ALL, type Action, applied, type Log, type LogKind, type Result, refused } from '../../model/index.ts'
import * as custody from '../shared/custody.ts'
import { SAME } from './kernel.ts'
import { at, balance, type Collateral, debt_of, held_at, less, one, type State, set_balance, worth } from './state.ts'

/** Position of an asset among the collaterals; −1. */
export const collateral_of = (m: State, asset: number): number => m.list.findIndex((own) => own.asset === asset)

export function take_in(m: State, actor: number, asset: number, units: number): boolean {
  if (!custody.take_in(m, actor, asset, units)) return false
  if (asset === m.base) m.s.cash.add(0, units)
  return true
}

export function pay_out(m: State, actor: number, asset: number, units: number): void {
  custody.pay_out(m, actor, asset, units)
  if (asset === m.base) m.s.cash.set(0, Math.max(0, one(m.s.cash) - units))
}

function done(m: State, action: Action, units: number, log: Log): Result {
  const { account, actor, asset, cause } = action
  const price = asset === m.base ? one(m.s.base_price) : at(m.c.price, collateral_of(m, asset))
  log.add({
    kind: action.kind as LogKind,
    venue: m.venue,
    account,
    actor,
    asset,
    amount: units,
    price,
    usd: units * price,
    cause,
  })
  m.book.touch(account)
  return applied(units)
}

/** Base repays first and is supplied for the rest; collateral is added. */
export function deposit(m: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const i = collateral_of(m, asset)
  if (asset !== m.base && i < 0) return refused('unknown')
  if (one(m.s.pause_supply) === 1) return refused('paused')
  const units = action.amount === ALL ? m.ledger.balance(actor, asset) : action.amount
  if (i >= 0 && at(m.c.supplied, i) + units > (m.list[i] as Collateral).cap) return refused('limit')
  if (!custody.can_pay(m, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(m, actor, asset, units)) return refused('empty')
  if (i < 0) set_balance(m, row, balance(m, row) + units)
  else {
    m.held.add(row * m.list.length + i, units)
    m.c.supplied.add(i, units)
    m.c.peak.set(i, Math.max(at(m.c.peak, i), at(m.c.supplied, i)))
  }
  return done(m, action, units, log)
}

export function repay(m: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  if (asset !== m.base) return refused('unknown')
  if (one(m.s.pause_supply) === 1) return refused('paused')
  const debt = debt_of(m, row)
  if (!(debt > 0)) return refused('unknown')
  const offered = action.amount === ALL ? Math.min(debt, m.ledger.balance(actor, asset)) : action.amount
  const whole = offered >= debt * (1 - SAME)
  const units = whole ? debt : offered
  if (!custody.can_pay(m, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(m, actor, asset, units)) return refused('empty')
  set_balance(m, row, whole ? 0 : units - debt)
  return done(m, action, units, log)
}

/** USD that may still be borrowed; NaN when a price is missing. */
function room_usd(m: State, row: number): number {
  const value = worth(m, row, (own) => own.borrow_factor)
  return one(m.s.base_stale) === 1 ? Number.NaN : value - debt_of(m, row) * one(m.s.base_price)
}

export function withdraw(m: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  if (actor !== m.owner[row] || (asset !== m.base && collateral_of(m, asset) < 0)) return refused('unknown')
  if (one(m.s.pause_withdraw) === 1) return refused('paused')
  if (asset !== m.base) return withdraw_collateral(m, action, log)
  const held = Math.max(0, balance(m, row))
  const whole = action.amount === ALL || Math.abs(action.amount - held) <= held * SAME
  const units = whole ? held : action.amount
  if (units > one(m.s.cash) * (1 + SAME)) return refused('cash')
  if (units > held) return refused('funds')
  if (!(units > 0)) return refused('empty')
  set_balance(m, row, whole ? 0 : held - units)
  pay_out(m, actor, asset, units)
  return done(m, action, units, log)
}

function withdraw_collateral(m: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const i = collateral_of(m, asset)
  const { borrow_factor } = m.list[i] as Collateral
  const held = held_at(m, row, i)
  const indebted = debt_of(m, row) > 0
  const room = indebted ? room_usd(m, row) : 0
  if (Number.isNaN(room)) return refused('stale')
  const unit_usd = at(m.c.price, i) * borrow_factor
  const free = !indebted || unit_usd === 0
  const spare = free ? (room < 0 ? 0 : held) : Math.min(held, Math.max(0, room / unit_usd))
  const units = action.amount === ALL ? (spare < held ? spare * (1 - SAME) : held) : action.amount
  if (units > held) return refused('funds')
  if (units > spare) return refused('margin')
  if (!(units > 0)) return refused('empty')
  m.held.set(row * m.list.length + i, held - units)
  m.c.supplied.set(i, less(at(m.c.supplied, i), units))
  pay_out(m, actor, asset, units)
  return done(m, action, units, log)
}

/** Base out: what was supplied first, the rest is owed. */
export function borrow(m: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  if (asset !== m.base || actor !== m.owner[row]) return refused('unknown')
  if (one(m.s.pause_withdraw) === 1) return refused('paused')
  const usd = room_usd(m, row)
  if (Number.isNaN(usd)) return refused('stale')
  const before = balance(m, row)
  const cash = one(m.s.cash)
  const room = usd / one(m.s.base_price) + Math.max(0, before)
  const units = action.amount === ALL ? Math.min(cash, room * (1 - SAME)) : action.amount
  const after = before - units
  if (after < 0 && -after < m.borrow_min * (1 - SAME)) return refused('dust')
  if (units > cash) return refused('cash')
  if (units > room) return refused('margin')
  if (!(units > 0)) return refused('empty')
  set_balance(m, row, after)
  pay_out(m, actor, asset, units)
  return done(m, action, units, log)
}
