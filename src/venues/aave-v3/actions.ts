/** What owners do: supply, withdraw, borrow, repay. Refusals in the order paused, stale, unknown, limit, cash, funds, margin, empty. */
import { ALL, type Action, applied, type Log, type LogKind, type Result, refused } from '../../model/index.ts'
import * as custody from '../shared/custody.ts'
import { entry_of, health_from, lacks_price, make_entry, totals } from './accounts.ts'
import { becomes_collateral, count_isolated, isolated_collateral, silo_forbids } from './isolation.ts'
import { mean_ltv, SAME, Totals } from './kernel.ts'
import { claims, debt_units, type Pool, update_rates, value } from './pool.ts'

const sums = new Totals()

/** Nothing goes: the reserve is paused or was never activated. */
export const closed = (pool: Pool, r: number): boolean => pool.config.active[r] === 0 || value(pool.state.paused, r) === 1

export const known_row = (pool: Pool, row: number): boolean => Number.isInteger(row) && row >= 0 && row < pool.accounts.rows

/** Reserve of an asset, or −1. */
export const reserve_of = (pool: Pool, asset: number): number => pool.config.reserve[asset] ?? -1

/** Tokens from a treasury into the pool. */
export function take_in(pool: Pool, actor: number, r: number, units: number): boolean {
  if (!custody.take_in(pool, actor, pool.config.asset[r] as number, units)) return false
  pool.state.cash.add(r, units)
  return true
}

/** Tokens out of the pool into a treasury. */
export function pay_out(pool: Pool, actor: number, r: number, units: number): void {
  pool.state.cash.add(r, -units)
  custody.pay_out(pool, actor, pool.config.asset[r] as number, units)
}

function note(pool: Pool, kind: LogKind, action: Action, r: number, units: number, log: Log): void {
  const price = value(pool.state.price, r)
  const { account, actor, asset, cause } = action
  log.add({ kind, venue: pool.index, account, actor, asset, amount: units, price, usd: units * price, cause })
}

/** What every action of an owner ends with. */
function done(pool: Pool, kind: LogKind, action: Action, r: number, units: number, log: Log): Result {
  update_rates(pool, r)
  pool.book.touch(action.account)
  note(pool, kind, action, r, units, log)
  return applied(units)
}

export function deposit(pool: Pool, action: Action, log: Log): Result {
  const { state, config, accounts } = pool
  const { account: row, actor, asset } = action
  const r = reserve_of(pool, asset)
  if (r < 0 || !known_row(pool, row)) return refused('unknown')
  if (closed(pool, r) || config.frozen[r] === 1) return refused('paused')
  const units = action.amount === ALL ? pool.ledger.balance(actor, asset) : action.amount
  const cap = config.supply_cap[r] as number
  if (cap > 0 && claims(state, r) + units > cap) return refused('limit')
  if (!custody.can_pay(pool, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(pool, actor, r, units)) return refused('empty')
  const at = make_entry(accounts, row, r)
  const { collateral, enabled } = accounts.entries.columns
  if (value(collateral, at) === 0) enabled.set(at, becomes_collateral(pool, row, r) ? 1 : 0)
  const shares = units / value(state.liquidity_index, r)
  collateral.add(at, shares)
  state.supply.add(r, shares)
  return done(pool, 'deposit', action, r, units, log)
}

export function repay(pool: Pool, action: Action, log: Log): Result {
  const { state, accounts } = pool
  const { account: row, actor, asset } = action
  const r = reserve_of(pool, asset)
  if (r < 0 || !known_row(pool, row)) return refused('unknown')
  if (closed(pool, r)) return refused('paused')
  const { debt } = accounts.entries.columns
  const at = entry_of(accounts, row, r)
  if (at < 0 || value(debt, at) === 0) return refused('unknown')
  const owed = value(debt, at) * value(state.borrow_index, r)
  const offered = action.amount === ALL ? Math.min(owed, pool.ledger.balance(actor, asset)) : action.amount
  const whole = offered >= owed * (1 - SAME)
  const units = whole ? owed : offered
  if (!custody.can_pay(pool, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !take_in(pool, actor, r, units)) return refused('empty')
  drop_debt(pool, at, r, units, whole)
  count_isolated(pool, isolated_collateral(pool, row), -units)
  return done(pool, 'repay', action, r, units, log)
}

/** A total less a part of it: what remains by rounding alone is nothing. */
export const less = (total: number, part: number): number => (total - part > total * 1e-13 ? total - part : 0)

/** Takes units off a debt, all of it exactly. */
export function drop_debt(pool: Pool, at: number, r: number, units: number, whole: boolean): void {
  const { debt } = pool.accounts.entries.columns
  const before = value(debt, at)
  const shares = whole ? before : Math.min(before, units / value(pool.state.borrow_index, r))
  debt.set(at, whole ? 0 : before - shares)
  pool.state.debt.set(r, less(value(pool.state.debt, r), shares))
}

/** Takes units off a supply, all of it exactly; an empty supply is no collateral. */
export function drop_supply(pool: Pool, at: number, r: number, units: number, whole: boolean): number {
  const { collateral, enabled } = pool.accounts.entries.columns
  const before = value(collateral, at)
  const shares = whole ? before : Math.min(before, units / value(pool.state.liquidity_index, r))
  collateral.set(at, whole ? 0 : before - shares)
  if (whole) enabled.set(at, 0)
  return shares
}

export function withdraw(pool: Pool, action: Action, log: Log): Result {
  const { state, accounts } = pool
  const { account: row, asset } = action
  const r = reserve_of(pool, asset)
  if (r < 0 || !known_row(pool, row)) return refused('unknown')
  if (closed(pool, r)) return refused('paused')
  totals(pool, row, sums)
  const { collateral, enabled } = accounts.entries.columns
  const at = entry_of(accounts, row, r)
  const held = at < 0 ? 0 : value(collateral, at) * value(state.liquidity_index, r)
  const whole = action.amount >= held * (1 - SAME) && action.amount <= held * (1 + SAME)
  // What is no collateral leaves unasked, and what leaves whole needs no price of its own.
  const counts = at < 0 || value(enabled, at) === 1
  if (sums.debt_usd > 0 && counts && lacks_price(pool, row, whole || action.amount === ALL ? r : -1)) return refused('stale')
  if (at < 0 || value(collateral, at) === 0) return refused('unknown')
  const units = action.amount === ALL || whole ? held : action.amount
  if (units > value(state.cash, r)) return refused('cash')
  if (units > held) return refused('funds')
  if (value(enabled, at) === 1 && !may_leave(pool, row, r, units)) return refused('margin')
  if (!(units > 0)) return refused('empty')
  state.supply.set(r, less(value(state.supply, r), drop_supply(pool, at, r, units, units === held)))
  pay_out(pool, action.actor, r, units)
  return done(pool, 'withdraw', action, r, units, log)
}

/** Is the account healthy without these units, and are they not kept by collateral that must leave first? */
function may_leave(pool: Pool, row: number, r: number, units: number): boolean {
  if (!(sums.debt_usd > 0)) return true
  const { config, accounts } = pool
  const at = (accounts.emode[row] as number) * config.count + r
  const usd = units * value(pool.state.price, r)
  sums.collateral_usd -= usd
  sums.threshold_usd -= usd * (config.threshold_of[at] as number)
  return health_from(pool, sums) >= 1 && !(sums.zero_ltv && (config.ltv_of[at] as number) > 0)
}

/** Room under cap and, for isolated collateral, under its debt ceiling. */
function borrow_room(pool: Pool, r: number, isolated: number): number {
  const { state, config } = pool
  const cap = config.borrow_cap[r] as number
  const ceiling =
    isolated < 0 ? Number.POSITIVE_INFINITY : (config.debt_ceiling[isolated] as number) - value(state.isolated_debt, isolated)
  return Math.min(cap > 0 ? cap - debt_units(state, r) : Number.POSITIVE_INFINITY, ceiling)
}

export function borrow(pool: Pool, action: Action, log: Log): Result {
  const { state, config, accounts } = pool
  const { account: row, asset } = action
  const r = reserve_of(pool, asset)
  if (r < 0 || !known_row(pool, row)) return refused('unknown')
  const sentinel = pool.rules.isolation && value(pool.clock.sentinel, 0) === 1
  if (closed(pool, r) || config.frozen[r] === 1 || sentinel) return refused('paused')
  totals(pool, row, sums)
  if (sums.stale || value(state.stale, r) === 1) return refused('stale')
  const isolated = isolated_collateral(pool, row)
  const may = config.borrowable_of[(accounts.emode[row] as number) * config.count + r] === 1
  if (!may || silo_forbids(pool, row, r) || (isolated >= 0 && config.isolation_borrowable[r] === 0)) return refused('limit')
  const room = borrow_room(pool, r, isolated)
  const price = value(state.price, r)
  const backed = (sums.collateral_usd * mean_ltv(sums) - sums.debt_usd) / price
  const units = action.amount === ALL ? Math.min(room, value(state.cash, r), backed) * (1 - SAME) : action.amount
  if (units > room) return refused('limit')
  if (units > value(state.cash, r)) return refused('cash')
  sums.debt_usd += units * price
  if (units > backed || health_from(pool, sums) < 1) return refused('margin')
  if (!(units > 0)) return refused('empty')
  const shares = units / value(state.borrow_index, r)
  accounts.entries.columns.debt.add(make_entry(accounts, row, r), shares)
  state.debt.add(r, shares)
  count_isolated(pool, isolated, units)
  pay_out(pool, action.actor, r, units)
  return done(pool, 'borrow', action, r, units, log)
}
