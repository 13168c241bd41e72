/** What owners do. Refusals in the order unknown, paused, stale, limit, cash, funds, margin, empty. */
import { ALL, type Action, applied, type Log, type LogKind, type Result, refused } from '../../model/index.ts'
import * as custody from '../shared/custody.ts'
import { askOf, borrowing, priced, stands } from './accounts.ts'
import { addShares, at, debtOf, exchangeOf, type State, supplyOf, writeSlots } from './state.ts'

/** Equal but for rounding. */
export const SAME = 1e-12

const known = (state: State, row: number): boolean => Number.isInteger(row) && row >= 0 && row < state.owner.length
export const vaultOf = (state: State, asset: number): number => state.vault_of[asset] ?? -1
export const closed = (state: State, v: number): boolean => at(state.vaults.columns.paused, v) === 1

/** Tokens from a treasury into a vault. */
export function takeIn(state: State, actor: number, v: number, units: number): boolean {
  if (!custody.take_in(state, actor, state.asset[v] as number, units)) return false
  state.vaults.columns.cash.add(v, units)
  return true
}

/** Tokens out of a vault into a treasury. */
export function payOut(state: State, actor: number, v: number, units: number): void {
  state.vaults.columns.cash.set(v, Math.max(0, at(state.vaults.columns.cash, v) - units))
  custody.pay_out(state, actor, state.asset[v] as number, units)
}

/** A total less a part: what remains by rounding alone is nothing. */
export const less = (total: number, part: number): number => (total - part > total * 1e-13 ? total - part : 0)

/** Changes what an account owes by units, at least to 0; the vault's total with it. */
export function owe(state: State, row: number, u: number, units: number): void {
  const { vault, debt } = state.accounts.columns
  const { accumulator, debt: all } = state.vaults.columns
  const scaled = units / at(accumulator, u)
  const before = at(debt, row)
  const after = scaled < 0 ? less(before, -scaled) : before + scaled
  debt.set(row, after)
  vault.set(row, after > 0 ? u : -1)
  all.set(u, after < before ? less(at(all, u), before - after) : at(all, u) + after - before)
}

function done(state: State, kind: LogKind, action: Action, v: number, units: number, log: Log): Result {
  writeSlots(state, v)
  state.book.touch(action.account)
  const { account, actor, asset, cause } = action
  const price = at(state.vaults.columns.price, v)
  log.add({ kind, venue: state.venue, account, actor, asset, amount: units, price, usd: units * price, cause })
  return applied(units)
}

export function deposit(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const v = vaultOf(state, asset)
  if (v < 0 || !known(state, row)) return refused('unknown')
  if (closed(state, v)) return refused('paused')
  const units = action.amount === ALL ? state.ledger.balance(actor, asset) : action.amount
  const cap = state.specs[v]?.supply_cap ?? 0
  const { supply } = state.vaults.columns
  const rate = exchangeOf(state, v)
  if (cap > 0 && at(supply, v) * rate + units > cap) return refused('limit')
  if (!custody.can_pay(state, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !takeIn(state, actor, v, units)) return refused('empty')
  addShares(state, row, v, units / rate)
  supply.add(v, units / rate)
  return done(state, 'deposit', action, v, units, log)
}

export function withdraw(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const v = vaultOf(state, asset)
  if (v < 0 || !known(state, row) || actor !== state.owner[row]) return refused('unknown')
  if (closed(state, v)) return refused('paused')
  const entry = supplyOf(state, row, v)
  if (entry < 0) return refused('unknown')
  const owes = debtOf(state, row) > 0
  if (owes && !priced(state, row)) return refused('stale')
  const { shares } = state.supplies.columns
  const rate = exchangeOf(state, v)
  const held = at(shares, entry) * rate
  const units = action.amount === ALL ? Math.min(held, removable(state, row, v)) : action.amount
  if (units > at(state.vaults.columns.cash, v)) return refused('cash')
  if (units > held * (1 + SAME)) return refused('funds')
  const gone = Math.min(at(shares, entry), units / rate)
  shares.set(entry, less(at(shares, entry), gone))
  if (!stands(state, row)) {
    shares.add(entry, gone)
    return refused('margin')
  }
  if (!(units > 0)) return refused('empty')
  const { supply } = state.vaults.columns
  supply.set(v, less(at(supply, v), gone))
  payOut(state, actor, v, units)
  if (owes) state.accounts.columns.checked_ms.set(row, at(state.clock.columns.now_ms))
  return done(state, 'withdraw', action, v, units, log)
}

/** Units of a collateral that the debt does not need. */
function removable(state: State, row: number, v: number): number {
  const u = at(state.accounts.columns.vault, row)
  const ltv = u < 0 ? 0 : (state.borrow_ltv[u * state.count + v] as number)
  const bid = at(state.vaults.columns.price, v) * (1 - (state.specs[v]?.half_spread ?? 0))
  if (u < 0 || !(ltv * bid > 0)) return Number.POSITIVE_INFINITY
  return Math.max(0, (borrowing(state, row, u) - debtOf(state, row) * askOf(state, u)) / (ltv * bid)) * (1 - SAME)
}

export function borrow(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const u = vaultOf(state, asset)
  if (u < 0 || !known(state, row) || actor !== state.owner[row]) return refused('unknown')
  if (closed(state, u)) return refused('paused')
  const { vault, checked_ms } = state.accounts.columns
  const { cash, debt, accumulator, stale } = state.vaults.columns
  if (at(stale, u) === 1 || !priced(state, row)) return refused('stale')
  const controller = at(vault, row)
  if (controller >= 0 && controller !== u) return refused('limit')
  const cap = state.specs[u]?.borrow_cap ?? 0
  const room = cap > 0 ? cap - at(debt, u) * at(accumulator, u) : Number.POSITIVE_INFINITY
  const backed = borrowing(state, row, u) / askOf(state, u) - debtOf(state, row)
  const units = action.amount === ALL ? Math.max(0, Math.min(room, at(cash, u), backed) * (1 - SAME)) : action.amount
  if (units > room) return refused('limit')
  if (units > at(cash, u)) return refused('cash')
  if (units > backed * (1 + SAME) + SAME * units) return refused('margin')
  if (!(units > 0)) return refused('empty')
  owe(state, row, u, units)
  payOut(state, actor, u, units)
  checked_ms.set(row, at(state.clock.columns.now_ms))
  return done(state, 'borrow', action, u, units, log)
}

export function repay(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const u = vaultOf(state, asset)
  if (u < 0 || !known(state, row) || at(state.accounts.columns.vault, row) !== u) return refused('unknown')
  if (closed(state, u)) return refused('paused')
  const owed = debtOf(state, row)
  const offered = action.amount === ALL ? Math.min(owed, state.ledger.balance(actor, asset)) : action.amount
  const units = offered >= owed * (1 - SAME) ? owed : offered
  if (!custody.can_pay(state, actor, asset, units)) return refused('funds')
  if (!(units > 0) || !takeIn(state, actor, u, units)) return refused('empty')
  owe(state, row, u, -units)
  return done(state, 'repay', action, u, units, log)
}
