/**
 * What an owner does with a trove: collateral in and out, BOLD drawn and repaid, closing. Refusals in the order unknown, paused, limit, dust, funds,
 * margin, empty.
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
import { interestOf, ratioOf } from './kernel.ts'
import { mintInterest } from './pool.ts'
import {
  at,
  branchOf,
  CLOSED,
  collOf,
  debtOf,
  interestUntil,
  OPEN,
  priceOf,
  type State,
  specOf,
  statusOf,
  ZOMBIE,
} from './state.ts'

/** Rounding that a limit forgives. */
const HAIR = 1e-12

type Refusal = Exclude<Status, 'applied' | 'partial'>

/** Records a trove's figures, interest and redistributions included, and sets its stake. The branch's totals of collateral and debt are the caller's. */
export function put(state: State, row: number, coll: number, debt: number): void {
  const t = state.troves.columns
  const c = state.branches.columns
  const b = branchOf(state, row)
  const stake = at(c.coll_snapshot, b) > 0 ? (coll * at(c.stakes_snapshot, b)) / at(c.coll_snapshot, b) : coll
  c.stakes.add(b, stake - at(t.stake, row))
  c.weighted.add(b, (debt - at(t.debt, row)) * (state.rate[row] as number))
  t.coll.set(row, coll)
  t.debt.set(row, debt)
  t.stake.set(row, stake)
  t.since_ms.set(row, interestUntil(state, b))
  t.l_coll.set(row, at(c.l_coll, b))
  t.l_debt.set(row, at(c.l_debt, b))
  state.book.touch(row)
}

/** Empties and closes a row; the branch's totals of collateral and debt are the caller's. */
export function closeRow(state: State, row: number): void {
  const t = state.troves.columns
  const c = state.branches.columns
  const b = branchOf(state, row)
  c.open.add(b, -1)
  c.stakes.set(b, Math.max(0, at(c.stakes, b) - at(t.stake, row)))
  c.weighted.add(b, -at(t.debt, row) * (state.rate[row] as number))
  for (const column of [t.coll, t.debt, t.stake]) column.set(row, 0)
  t.status.set(row, CLOSED)
  if (at(c.last_zombie, b) === row) c.last_zombie.set(b, -1)
  state.book.touch(row)
}

/** The gas compensation of a trove leaves with it. */
export function releaseGas(state: State, actor: number): void {
  const { gas_asset, ledger, spec } = state
  ledger.postings.post(gas_asset, -spec.gas_compensation)
  ledger.credit(actor, gas_asset, spec.gas_compensation)
}

/** First reason against a trove that would hold and owe this. Whatever is done, 110 %; what makes it riskier, 150 % of the branch. */
function objection(state: State, row: number, coll: number, debt: number, riskier: boolean): Refusal | undefined {
  const b = branchOf(state, row)
  const c = state.branches.columns
  const price = priceOf(state, b)
  const { minimum_ratio, critical_ratio } = specOf(state, b)
  if (ratioOf(coll, debt, price) * (1 + HAIR) < minimum_ratio) return 'margin'
  const total = ratioOf(at(c.coll, b) + coll - collOf(state, row), at(c.debt, b) + debt - debtOf(state, row), price)
  return riskier && total * (1 + HAIR) < critical_ratio ? 'margin' : undefined
}

function change(state: State, row: number, coll: number, debt: number): void {
  const c = state.branches.columns
  const b = branchOf(state, row)
  c.coll.add(b, coll - collOf(state, row))
  c.debt.add(b, debt - debtOf(state, row))
  put(state, row, coll, debt)
}

function note(state: State, kind: LogKind, action: Action, amount: number, price: number, log: Log): Result {
  const { account, actor, asset, cause } = action
  log.add({ kind, venue: state.venue, account, actor, asset, amount, price, usd: amount * price, cause })
  return applied(amount)
}

/** Is the treasury short of this? `outside` never is. */
export const short = (state: State, actor: number, asset: number, amount: number): boolean =>
  actor !== OUTSIDE && amount > state.ledger.balance(actor, asset) * (1 + HAIR) + HAIR

/** Does this action name the owner's trove and this asset? */
const mine = (state: State, action: Action, asset: number): boolean =>
  action.asset === asset && statusOf(state, action.account) !== CLOSED && action.actor === state.owner[action.account]

const shut = (state: State, row: number): boolean => at(state.branches.columns.shut, branchOf(state, row)) === 1

export function deposit(state: State, action: Action, log: Log): Result {
  const { ledger } = state
  const { account: row, actor } = action
  const b = branchOf(state, row)
  const asset = state.asset[b] as number
  if (!mine(state, action, asset) || statusOf(state, row) === ZOMBIE) return refused('unknown')
  const amount = action.amount === ALL ? ledger.balance(actor, asset) : action.amount
  if (short(state, actor, asset, amount)) return refused('funds')
  const coll = collOf(state, row) + amount
  const reason = objection(state, row, coll, debtOf(state, row), false)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  if (!ledger.debit(actor, asset, amount)) return refused('funds')
  ledger.postings.post(asset, amount)
  change(state, row, coll, debtOf(state, row))
  return note(state, 'deposit', action, amount, priceOf(state, b), log)
}

/** Collateral that neither the trove nor the branch needs. */
function removable(state: State, row: number): number {
  const b = branchOf(state, row)
  const c = state.branches.columns
  const { minimum_ratio, critical_ratio } = specOf(state, b)
  const own = collOf(state, row) - ((debtOf(state, row) * minimum_ratio) / priceOf(state, b)) * (1 + HAIR)
  const all = at(c.coll, b) - ((at(c.debt, b) * critical_ratio) / priceOf(state, b)) * (1 + HAIR)
  return Math.max(0, Math.min(own, all))
}

/** A trove redeemed down to no debt gives back all of its collateral, and closes. */
export function withdraw(state: State, action: Action, log: Log): Result {
  const { ledger } = state
  const { account: row, actor } = action
  const b = branchOf(state, row)
  const asset = state.asset[b] as number
  if (!mine(state, action, asset)) return refused('unknown')
  const debt = debtOf(state, row)
  const zombie = statusOf(state, row) === ZOMBIE
  if (zombie && debt === 0) return close(state, action, collOf(state, row), 0, log)
  if (shut(state, row)) return refused('paused')
  if (zombie) return refused('dust')
  const amount = action.amount === ALL ? removable(state, row) : action.amount
  const coll = collOf(state, row) - amount
  if (coll < 0) return refused('funds')
  const reason = objection(state, row, coll, debt, true)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  change(state, row, coll, debt)
  ledger.postings.post(asset, -amount)
  ledger.credit(actor, asset, amount)
  return note(state, 'withdraw', action, amount, priceOf(state, b), log)
}

/** What a unit of new debt costs at once: some days of the branch's average rate, the trove's interest so far recorded and the new debt included. */
function upfrontRate(state: State, row: number, amount: number): number {
  const b = branchOf(state, row)
  const c = state.branches.columns
  const recorded = debtOf(state, row) - at(state.troves.columns.debt, row)
  const weighted = at(c.weighted, b) + (recorded + amount) * (state.rate[row] as number)
  return interestOf(1, weighted / (at(c.debt, b) + amount), state.spec.upfront_ms)
}

/** BOLD drawn; the upfront fee is owed with it, and is interest of the branch. */
export function borrow(state: State, action: Action, log: Log): Result {
  const { bold, ledger, spec } = state
  const { account: row, actor } = action
  const b = branchOf(state, row)
  if (!mine(state, action, bold)) return refused('unknown')
  if (shut(state, row)) return refused('paused')
  const coll = collOf(state, row)
  const debt = debtOf(state, row)
  const price = priceOf(state, b)
  const { minimum_ratio, critical_ratio } = specOf(state, b)
  const c = state.branches.columns
  const own = (coll * price) / minimum_ratio - debt
  const all = (at(c.coll, b) * price) / critical_ratio - at(c.debt, b)
  const room = Math.max(0, Math.min(own, all))
  const amount = action.amount === ALL ? (room / (1 + upfrontRate(state, row, room))) * (1 - HAIR) : action.amount
  const fee = amount * upfrontRate(state, row, amount)
  if (debt + amount + fee < spec.min_debt * (1 - HAIR)) return refused('dust')
  const reason = objection(state, row, coll, debt + amount + fee, true)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  change(state, row, coll, debt + amount + fee)
  if (statusOf(state, row) === ZOMBIE) {
    state.troves.columns.status.set(row, OPEN)
    if (at(c.last_zombie, b) === row) c.last_zombie.set(b, -1)
  }
  ledger.postings.mint(bold, amount)
  ledger.credit(actor, bold, amount)
  mintInterest(state, b, fee)
  if (fee > 0) log.add({ kind: 'fee', venue: state.venue, account: row, asset: bold, amount: fee, price: 1, usd: fee })
  return note(state, 'borrow', action, amount, 1, log)
}

/** Repays down to the least debt, or all of it, which closes the trove. */
export function repay(state: State, action: Action, log: Log): Result {
  const { bold, ledger, spec } = state
  const { account: row, actor } = action
  if (!mine(state, action, bold)) return refused('unknown')
  const coll = collOf(state, row)
  const debt = debtOf(state, row)
  const offered = action.amount === ALL ? Math.min(debt, ledger.balance(actor, bold)) : action.amount
  if (offered > 0 && offered >= debt * (1 - HAIR)) return close(state, action, coll, debt, log)
  if (statusOf(state, row) === ZOMBIE) return refused('dust')
  const amount = Math.min(offered, Math.max(0, debt - spec.min_debt))
  if (offered > 0 && !(amount > 0)) return refused('dust')
  if (short(state, actor, bold, amount)) return refused('funds')
  const reason = objection(state, row, coll, debt - amount, false)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  if (!ledger.debit(actor, bold, amount)) return refused('funds')
  ledger.postings.mint(bold, -amount)
  change(state, row, coll, debt - amount)
  note(state, 'repay', action, amount, 1, log)
  return amount < offered ? { status: 'partial', amount } : applied(amount)
}

function close(state: State, action: Action, coll: number, debt: number, log: Log): Result {
  const { bold, ledger } = state
  const { account: row, actor } = action
  const b = branchOf(state, row)
  const c = state.branches.columns
  if (!shut(state, row)) {
    if (at(c.open, b) <= 1) return refused('limit')
    if (short(state, actor, bold, debt)) return refused('funds')
    const total = ratioOf(at(c.coll, b) - coll, at(c.debt, b) - debt, priceOf(state, b))
    if (total * (1 + HAIR) < specOf(state, b).critical_ratio) return refused('margin')
  }
  if (debt > 0 && !ledger.debit(actor, bold, debt)) return refused('funds')
  ledger.postings.mint(bold, -debt)
  closeRow(state, row)
  c.coll.add(b, -coll)
  c.debt.add(b, -debt)
  const asset = state.asset[b] as number
  ledger.postings.post(asset, -coll)
  ledger.credit(actor, asset, coll)
  releaseGas(state, actor)
  return debt > 0 ? note(state, 'repay', action, debt, 1, log) : note(state, 'withdraw', action, coll, priceOf(state, b), log)
}
