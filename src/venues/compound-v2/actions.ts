/** What owners do. Refusals in the order unknown (names), paused, stale, unknown, limit, cash, funds, margin, empty. */
import { ALL, type Action, applied, type Log, type LogKind, type Result, refused } from '../../model/index.ts'
import * as custody from '../shared/custody.ts'
import { SAME } from './kernel.ts'
import { at, borrowed, cell, debt_of, is_stale, less, type Market, owes, room_usd, type State, supply_of } from './state.ts'

export const market_of = (s: State, asset: number): number => s.markets.findIndex((own) => own.asset === asset)

export function take_in(s: State, actor: number, k: number, units: number): boolean {
  const { asset } = s.markets[k] as Market
  if (!custody.take_in(s, actor, asset, units)) return false
  s.m.cash.add(k, units)
  return true
}

export function pay_out(s: State, actor: number, k: number, units: number): void {
  const { asset } = s.markets[k] as Market
  s.m.cash.set(k, less(at(s.m.cash, k), units))
  custody.pay_out(s, actor, asset, units)
}

function done(s: State, action: Action, k: number, units: number, log: Log): Result {
  const { account, actor, asset, cause } = action
  const price = at(s.m.price, k)
  log.add({
    kind: action.kind as LogKind,
    venue: s.venue,
    account,
    actor,
    asset,
    amount: units,
    price,
    usd: units * price,
    cause,
  })
  s.book.touch(account)
  return applied(units)
}

export function deposit(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const k = market_of(s, asset)
  if (k < 0) return refused('unknown')
  if ((s.markets[k] as Market).mint_paused) return refused('paused')
  const units = action.amount === ALL ? s.ledger.balance(actor, asset) : action.amount
  if (!custody.can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, k, units)) return refused('empty')
  const shares = units / at(s.m.exchange, k)
  s.h.supply.add(cell(s, row, k), shares)
  s.m.supply.add(k, shares)
  return done(s, action, k, units, log)
}

/** Takes shares off a supply, all of them exactly; the total follows. */
export function drop_supply(s: State, row: number, k: number, units: number, whole: boolean): void {
  const i = cell(s, row, k)
  const shares = whole ? at(s.h.supply, i) : units / at(s.m.exchange, k)
  s.h.supply.set(i, whole ? 0 : at(s.h.supply, i) - shares)
  s.m.supply.set(k, less(at(s.m.supply, k), shares))
}

export function drop_debt(s: State, row: number, k: number, units: number, whole: boolean): void {
  const i = cell(s, row, k)
  const shares = whole ? at(s.h.debt, i) : Math.min(at(s.h.debt, i), units / at(s.m.borrow_index, k))
  s.h.debt.set(i, whole ? 0 : at(s.h.debt, i) - shares)
  s.m.borrow.set(k, less(at(s.m.borrow, k), shares))
}

export function withdraw(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const k = market_of(s, asset)
  if (k < 0 || actor !== s.owner[row]) return refused('unknown')
  const held = supply_of(s, row, k)
  const unit_usd = at(s.m.price, k) * (s.markets[k] as Market).factor
  const bound = at(s.h.entered, cell(s, row, k)) === 1 && owes(s, row)
  if (bound && is_stale(s, row)) return refused('stale')
  const room = bound ? room_usd(s, row) : 0
  const free = !bound || (unit_usd === 0 && room >= 0)
  const spare = free ? held : unit_usd > 0 ? Math.min(held, Math.max(0, room / unit_usd)) : 0
  const whole = Math.abs(action.amount - held) <= held * SAME
  const units = action.amount === ALL ? (spare < held ? spare * (1 - SAME) : held) : whole ? held : action.amount
  if (units > at(s.m.cash, k)) return refused('cash')
  if (units > held) return refused('funds')
  if (units > spare) return refused('margin')
  if (!(units > 0)) return refused('empty')
  drop_supply(s, row, k, units, units === held)
  pay_out(s, actor, k, units)
  return done(s, action, k, units, log)
}

export function borrow(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const k = market_of(s, asset)
  if (k < 0 || actor !== s.owner[row]) return refused('unknown')
  const { borrow_paused, cap } = s.markets[k] as Market
  if (borrow_paused) return refused('paused')
  if (is_stale(s, row) || at(s.m.stale, k) === 1) return refused('stale')
  const cash = at(s.m.cash, k)
  const left = cap - borrowed(s, k)
  const room = room_usd(s, row) / at(s.m.price, k)
  const units = action.amount === ALL ? Math.min(cash, room * (1 - SAME), left) : action.amount
  if (units > left) return refused('limit')
  if (units > cash) return refused('cash')
  if (units > room) return refused('margin')
  if (!(units > 0)) return refused('empty')
  const shares = units / at(s.m.borrow_index, k)
  s.h.debt.add(cell(s, row, k), shares)
  s.m.borrow.add(k, shares)
  pay_out(s, actor, k, units)
  return done(s, action, k, units, log)
}

export function repay(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const k = market_of(s, asset)
  const debt = k < 0 ? 0 : debt_of(s, row, k)
  if (!(debt > 0)) return refused('unknown')
  const offered = action.amount === ALL ? Math.min(debt, s.ledger.balance(actor, asset)) : action.amount
  const whole = offered >= debt * (1 - SAME)
  const units = whole ? debt : offered
  if (!custody.can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, k, units)) return refused('empty')
  drop_debt(s, row, k, units, whole)
  return done(s, action, k, units, log)
}
