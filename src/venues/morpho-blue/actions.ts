/**
 * What owners do. Refusals in the order stale, unknown, cash, funds, margin, empty; who names an asset that his market does not have is unknown
 * before everything else.
 */
import { ALL, type Action, applied, type Log, type LogKind, type Result, refused } from '../../model/index.ts'
import { can_pay, pay_out, take_in } from '../shared/custody.ts'
import { SAME } from './kernel.ts'
import { at, borrowed, claim_of, debt_of, health, less, type Market, market_at, price_of, type State } from './state.ts'

function done(s: State, action: Action, units: number, log: Log): Result {
  const k = s.market_of[action.account] as number
  const { account, actor, asset, cause } = action
  const price = at(asset === market_at(s, account).loan ? s.m.loan_price : s.m.collateral_price, k)
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
  const { loan, collateral } = market_at(s, row)
  if (asset !== loan && asset !== collateral) return refused('unknown')
  const units = action.amount === ALL ? s.ledger.balance(actor, asset) : action.amount
  if (!can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, asset, units)) return refused('empty')
  if (asset === collateral) s.a.collateral.add(row, units)
  else {
    const k = s.market_of[row] as number
    const shares = units / at(s.m.supply_index, k)
    s.a.supply.add(row, shares)
    s.m.supply.add(k, shares)
    s.m.cash.add(k, units)
  }
  return done(s, action, units, log)
}

export function withdraw(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const { loan, collateral } = market_at(s, row)
  if (actor !== s.owner[row]) return refused('unknown')
  if (asset === collateral) return withdraw_collateral(s, action, log)
  if (asset !== loan) return refused('unknown')
  const k = s.market_of[row] as number
  const held = claim_of(s, row)
  const whole = action.amount === ALL || Math.abs(action.amount - held) <= held * SAME
  const units = whole ? held : action.amount
  if (units > at(s.m.cash, k) * (1 + SAME)) return refused('cash')
  if (units > held) return refused('funds')
  if (!(units > 0)) return refused('empty')
  const shares = whole ? at(s.a.supply, row) : units / at(s.m.supply_index, k)
  s.a.supply.set(row, whole ? 0 : at(s.a.supply, row) - shares)
  s.m.supply.set(k, less(at(s.m.supply, k), shares))
  s.m.cash.set(k, less(at(s.m.cash, k), units))
  pay_out(s, actor, asset, units)
  return done(s, action, units, log)
}

function withdraw_collateral(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const k = s.market_of[row] as number
  const held = at(s.a.collateral, row)
  const debt = debt_of(s, row)
  if (debt > 0 && at(s.m.stale, k) === 1) return refused('stale')
  const needed = debt > 0 ? debt / (price_of(s, k) * market_at(s, row).lltv) : 0
  const spare = Math.max(0, held - needed)
  const units = action.amount === ALL ? Math.max(0, held - needed * (1 + SAME)) : action.amount
  if (units > held) return refused('funds')
  if (debt > 0 && units > spare) return refused('margin')
  if (!(units > 0)) return refused('empty')
  s.a.collateral.set(row, held - units)
  pay_out(s, actor, asset, units)
  return done(s, action, units, log)
}

export function borrow(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const k = s.market_of[row] as number
  const { loan, lltv } = market_at(s, row)
  if (asset !== loan || actor !== s.owner[row]) return refused('unknown')
  if (at(s.m.stale, k) === 1) return refused('stale')
  const cash = at(s.m.cash, k)
  const room = at(s.a.collateral, row) * price_of(s, k) * lltv - debt_of(s, row)
  const units = action.amount === ALL ? Math.min(cash, room * (1 - SAME)) : action.amount
  if (units > cash) return refused('cash')
  if (units > room) return refused('margin')
  if (!(units > 0)) return refused('empty')
  const shares = units / at(s.m.borrow_index, k)
  s.a.debt.add(row, shares)
  s.m.borrow.add(k, shares)
  s.m.cash.set(k, less(cash, units))
  pay_out(s, actor, asset, units)
  return done(s, action, units, log)
}

export function repay(s: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const debt = debt_of(s, row)
  if (asset !== market_at(s, row).loan || !(debt > 0)) return refused('unknown')
  const offered = action.amount === ALL ? Math.min(debt, s.ledger.balance(actor, asset)) : action.amount
  const whole = offered >= debt * (1 - SAME)
  const units = whole ? debt : offered
  if (!can_pay(s, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(s, actor, asset, units)) return refused('empty')
  drop_debt(s, row, units, whole)
  s.m.cash.add(s.market_of[row] as number, units)
  return done(s, action, units, log)
}

/** Takes units off a debt, all of it exactly. */
export function drop_debt(s: State, row: number, units: number, whole: boolean): void {
  const k = s.market_of[row] as number
  const shares = whole ? at(s.a.debt, row) : Math.min(at(s.a.debt, row), units / at(s.m.borrow_index, k))
  s.a.debt.set(row, whole ? 0 : at(s.a.debt, row) - shares)
  s.m.borrow.set(k, less(at(s.m.borrow, k), shares))
}

/** Debt that no collateral stands behind any more is taken off what suppliers own, at once. Returns the units. */
export function socialise(s: State, row: number): number {
  const k = s.market_of[row] as number
  const { virtual } = s.markets[k] as Market
  const bad = Math.min(borrowed(s, k), debt_of(s, row))
  drop_debt(s, row, bad, true)
  const shares = at(s.m.supply, k) + virtual
  s.m.supply_index.set(k, Math.max(virtual / shares, at(s.m.supply_index, k) - bad / shares))
  return bad
}

/** Is the account liquidatable at the prices now? */
export const in_breach = (s: State, row: number): boolean => health(s, row, s.book.prices.data) < 1
