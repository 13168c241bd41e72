/**
 * What an owner does with a trove: collateral in and out, LUSD drawn and repaid, closing. Refusals in the order unknown, limit, dust, funds, margin, empty.
 */
import {
  ALL,
  type Action,
  applied,
  type Log,
  type LogKind,
  OUTSIDE,
  type Result,
  refused,
  type Status,
} from '../../model/index.ts'
import { decayed, ratioOf } from './kernel.ts'
import { at, collOf, debtOf, inRecovery, isOpen, priceOf, type State, sync } from './state.ts'

/** Rounding that a limit forgives. */
const HAIR = 1e-12

type Refusal = Exclude<Status, 'applied' | 'partial'>

/** Sets a trove's own figures, redistributions included, and its stake. */
export function put(state: State, row: number, coll: number, debt: number): void {
  const t = state.troves.columns
  const s = state.system.columns
  const stake = at(s.coll_snapshot) > 0 ? (coll * at(s.stakes_snapshot)) / at(s.coll_snapshot) : coll
  s.stakes.add(0, stake - at(t.stake, row))
  t.coll.set(row, coll)
  t.debt.set(row, debt)
  t.stake.set(row, stake)
  t.l_coll.set(row, at(s.l_coll))
  t.l_debt.set(row, at(s.l_debt))
  state.book.touch(row)
}

/** Empties and closes a row; the system's totals are the caller's. */
export function closeRow(state: State, row: number): void {
  const t = state.troves.columns
  const s = state.system.columns
  s.open.add(0, -1)
  s.stakes.set(0, Math.max(0, at(s.stakes) - at(t.stake, row)))
  for (const column of [t.coll, t.debt, t.stake, t.open]) column.set(row, 0)
  state.book.touch(row)
}

/** Base rate now, written back: every fee starts its decay anew, at most once a minute. */
export function touchRate(state: State, add: number): number {
  const { base_rate, fee_ms, now_ms } = state.system.columns
  const elapsed = at(now_ms) - at(fee_ms)
  const rate = Math.min(1, decayed(at(base_rate), elapsed) + add)
  base_rate.set(0, rate)
  if (elapsed >= 60_000) fee_ms.set(0, at(now_ms))
  return rate
}

export const rateNow = (state: State): number => {
  const { base_rate, fee_ms, now_ms } = state.system.columns
  return decayed(at(base_rate), at(now_ms) - at(fee_ms))
}

/** First reason against a trove that would hold and owe this. */
function objection(state: State, row: number, coll: number, debt: number, out: boolean, more: boolean): Refusal | undefined {
  const price = priceOf(state)
  const { mcr, ccr } = state.terms
  const s = state.system.columns
  const before = ratioOf(collOf(state, row), debtOf(state, row), price)
  const after = ratioOf(coll, debt, price) * (1 + HAIR)
  if (inRecovery(state)) {
    if (out) return 'margin'
    return more && (after < ccr || after < before) ? 'margin' : undefined
  }
  const total = ratioOf(at(s.coll) + coll - collOf(state, row), at(s.debt) + debt - debtOf(state, row), price) * (1 + HAIR)
  return after < mcr || total < ccr ? 'margin' : undefined
}

function change(state: State, row: number, coll: number, debt: number): void {
  const s = state.system.columns
  s.coll.add(0, coll - collOf(state, row))
  s.debt.add(0, debt - debtOf(state, row))
  put(state, row, coll, debt)
}

function note(state: State, kind: LogKind, action: Action, amount: number, price: number, log: Log): Result {
  const { account, actor, asset, cause } = action
  log.add({ kind, venue: state.venue, account, actor, asset, amount, price, usd: amount * price, cause })
  sync(state)
  return applied(amount)
}

/** Is the treasury short of this? `outside` never is. */
export const short = (state: State, actor: number, asset: number, amount: number): boolean =>
  actor !== OUTSIDE && amount > state.ledger.balance(actor, asset) * (1 + HAIR) + HAIR

/** Does this action name the owner's open trove and this asset? */
const mine = (state: State, action: Action, asset: number): boolean =>
  action.asset === asset && isOpen(state, action.account) && action.actor === state.owner[action.account]

export function deposit(state: State, action: Action, log: Log): Result {
  const { asset, ledger } = state
  const { account: row, actor } = action
  if (!mine(state, action, asset)) return refused('unknown')
  const amount = action.amount === ALL ? ledger.balance(actor, asset) : action.amount
  if (short(state, actor, asset, amount)) return refused('funds')
  const coll = collOf(state, row) + amount
  const debt = debtOf(state, row)
  const reason = objection(state, row, coll, debt, false, false)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  if (!ledger.debit(actor, asset, amount)) return refused('funds')
  ledger.postings.post(asset, amount)
  change(state, row, coll, debt)
  return note(state, 'deposit', action, amount, priceOf(state), log)
}

/** Collateral that neither the trove nor the system needs. */
function removable(state: State, row: number): number {
  const price = priceOf(state)
  const s = state.system.columns
  const own = collOf(state, row) - ((debtOf(state, row) * state.terms.mcr) / price) * (1 + HAIR)
  const all = at(s.coll) - ((at(s.debt) * state.terms.ccr) / price) * (1 + HAIR)
  return Math.max(0, Math.min(own, all))
}

export function withdraw(state: State, action: Action, log: Log): Result {
  const { asset, ledger } = state
  const { account: row, actor } = action
  if (!mine(state, action, asset)) return refused('unknown')
  const amount = action.amount === ALL ? removable(state, row) : action.amount
  const coll = collOf(state, row) - amount
  if (coll < 0) return refused('funds')
  const debt = debtOf(state, row)
  const reason = objection(state, row, coll, debt, true, false)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  change(state, row, coll, debt)
  ledger.postings.post(asset, -amount)
  ledger.credit(actor, asset, amount)
  return note(state, 'withdraw', action, amount, priceOf(state), log)
}

/** LUSD drawn; the fee is drawn with it, for whoever staked on the protocol (`outside`). None in recovery mode. */
export function borrow(state: State, action: Action, log: Log): Result {
  const { lusd, ledger, spec } = state
  const { account: row, actor } = action
  if (!mine(state, action, lusd)) return refused('unknown')
  const fee_rate = inRecovery(state) ? 0 : Math.min(spec.fee_floor + rateNow(state), spec.borrow_fee_max)
  const coll = collOf(state, row)
  const debt = debtOf(state, row)
  const amount = action.amount === ALL ? drawable(state, coll, debt) / (1 + fee_rate) : action.amount
  const fee = amount * fee_rate
  const reason = objection(state, row, coll, debt + amount + fee, false, true)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  if (!inRecovery(state)) touchRate(state, 0)
  change(state, row, coll, debt + amount + fee)
  ledger.postings.mint(lusd, amount)
  ledger.credit(actor, lusd, amount)
  if (fee > 0) {
    ledger.postings.mint(lusd, fee)
    ledger.credit(OUTSIDE, lusd, fee)
    log.add({ kind: 'fee', venue: state.venue, account: row, actor: OUTSIDE, asset: lusd, amount: fee, price: 1, usd: fee })
  }
  return note(state, 'borrow', action, amount, 1, log)
}

/** Debt that trove and system have room for. */
function drawable(state: State, coll: number, debt: number): number {
  const price = priceOf(state)
  const { mcr, ccr } = state.terms
  const s = state.system.columns
  const own = (coll * price) / (inRecovery(state) ? ccr : mcr) - debt
  const all = inRecovery(state) ? own : (at(s.coll) * price) / ccr - at(s.debt)
  return Math.max(0, Math.min(own, all))
}

/** Repays a part that leaves the least debt, or all but the gas compensation, which closes the trove. */
export function repay(state: State, action: Action, log: Log): Result {
  const { lusd, ledger, spec } = state
  const { account: row, actor } = action
  if (!mine(state, action, lusd)) return refused('unknown')
  const coll = collOf(state, row)
  const debt = debtOf(state, row)
  const owed = debt - spec.gas_compensation
  const offered = action.amount === ALL ? Math.min(owed, ledger.balance(actor, lusd)) : action.amount
  if (offered > 0 && offered >= owed * (1 - HAIR)) return close(state, action, coll, debt, log)
  if (owed - offered < spec.min_net_debt * (1 - HAIR)) return refused('dust')
  if (short(state, actor, lusd, offered)) return refused('funds')
  const reason = objection(state, row, coll, debt - offered, false, false)
  if (reason !== undefined) return refused(reason)
  if (!(offered > 0)) return refused('empty')
  if (!ledger.debit(actor, lusd, offered)) return refused('funds')
  ledger.postings.mint(lusd, -offered)
  change(state, row, coll, debt - offered)
  return note(state, 'repay', action, offered, 1, log)
}

function close(state: State, action: Action, coll: number, debt: number, log: Log): Result {
  const { lusd, asset, ledger, spec } = state
  const { account: row, actor } = action
  const s = state.system.columns
  if (at(s.open) <= 1) return refused('limit')
  const paid = debt - spec.gas_compensation
  if (short(state, actor, lusd, paid)) return refused('funds')
  const total = ratioOf(at(s.coll) - coll, at(s.debt) - debt, priceOf(state))
  if (inRecovery(state) || total * (1 + HAIR) < state.terms.ccr) return refused('margin')
  if (!ledger.debit(actor, lusd, paid)) return refused('funds')
  ledger.postings.mint(lusd, -paid)
  burnGas(state)
  closeRow(state, row)
  s.coll.add(0, -coll)
  s.debt.add(0, -debt)
  ledger.postings.post(asset, -coll)
  ledger.credit(actor, asset, coll)
  return note(state, 'repay', action, paid, 1, log)
}

/** The gas compensation of a trove that closes unliquidated is burnt against its debt. */
export function burnGas(state: State): void {
  const { gas_compensation } = state.spec
  state.ledger.postings.post(state.lusd, -gas_compensation)
  state.ledger.postings.mint(state.lusd, -gas_compensation)
}
