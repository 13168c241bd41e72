/**
 * What an owner, or anyone else, does with a vault (vat.frob): collateral in and out, dai drawn and wiped. Refusals in the order unknown, stale, limit,
 * dust, funds, margin, empty.
 */
import { ALL, type Action, applied, type Log, OUTSIDE, type Result, refused, type Status } from '../../model/index.ts'
import { debtOf, hasPrice, type Ilk, ilkOf, priceOf, rateOf, type State } from './state.ts'

/** Rounding that a limit forgives: debts are products of two floats. */
const HAIR = 1e-12

type Refusal = Exclude<Status, 'applied' | 'partial'>

/** A vault that owes this owes too little. */
const dusty = (ilk: Ilk, debt: number): boolean => debt > 0 && debt < ilk.dust * (1 - HAIR)

/** A vault that holds and owes this is not safe. */
const unsafe = (state: State, ilk: Ilk, ink: number, debt: number): boolean =>
  debt > 0 && debt > ((ink * priceOf(state, ilk)) / ilk.mat) * (1 + HAIR)

/** Reasons that count whatever is done, in their order; the first that holds, or undefined. */
function objection(dust: boolean, funds: boolean, margin: boolean, amount: number): Refusal | undefined {
  if (dust) return 'dust'
  if (funds) return 'funds'
  if (margin) return 'margin'
  return amount > 0 ? undefined : 'empty'
}

/** Is the treasury short of this? `outside` never is. */
export const short = (state: State, actor: number, asset: number, amount: number): boolean =>
  actor !== OUTSIDE && amount > state.ledger.balance(actor, asset) * (1 + HAIR) + HAIR

function note(state: State, log: Log, action: Action, asset: number, amount: number, price: number): Result {
  const { account, actor, cause } = action
  const kind = action.kind as 'deposit' | 'withdraw' | 'borrow' | 'repay'
  log.add({ kind, venue: state.venue, account, actor, asset, amount, price, usd: amount * price, cause })
  state.book.touch(account)
  return applied(amount)
}

export function deposit(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const ilk = ilkOf(state, row)
  if (action.asset !== ilk.asset) return refused('unknown')
  const amount = action.amount === ALL ? state.ledger.balance(actor, ilk.asset) : action.amount
  const { ink } = state.vaults.columns
  const reason = objection(dusty(ilk, debtOf(state, row)), short(state, actor, ilk.asset, amount), false, amount)
  if (reason !== undefined) return refused(reason)
  if (!state.ledger.debit(actor, ilk.asset, amount)) return refused('funds')
  state.ledger.postings.post(ilk.asset, amount)
  ink.add(row, amount)
  return note(state, log, action, ilk.asset, amount, priceOf(state, ilk))
}

/** Everything that may go: all of it, or what the debt does not need. */
function removable(state: State, row: number, ilk: Ilk): number {
  const held = state.vaults.columns.ink.data[row] as number
  const debt = debtOf(state, row)
  return debt > 0 ? Math.max(0, held - ((debt * ilk.mat) / priceOf(state, ilk)) * (1 + HAIR)) : held
}

export function withdraw(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const ilk = ilkOf(state, row)
  if (action.asset !== ilk.asset || actor !== state.owner[row]) return refused('unknown')
  const { ink } = state.vaults.columns
  const held = ink.data[row] as number
  const debt = debtOf(state, row)
  if (debt > 0 && !hasPrice(state, ilk)) return refused('stale')
  const amount = action.amount === ALL ? removable(state, row, ilk) : action.amount
  const reason = objection(dusty(ilk, debt), amount > held, unsafe(state, ilk, held - amount, debt), amount)
  if (reason !== undefined) return refused(reason)
  ink.set(row, held - amount)
  state.ledger.postings.post(ilk.asset, -amount)
  state.ledger.credit(actor, ilk.asset, amount)
  return note(state, log, action, ilk.asset, amount, priceOf(state, ilk))
}

export function borrow(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  const ilk = ilkOf(state, row)
  if (action.asset !== state.dai || actor !== state.owner[row]) return refused('unknown')
  if (!hasPrice(state, ilk)) return refused('stale')
  const i = state.ilk_of[row] as number
  const { ink, art } = state.vaults.columns
  const totals = state.ilks.columns
  const rate = rateOf(state, i)
  const debt = debtOf(state, row)
  const room = ilk.line - (totals.art.data[i] as number) * rate
  const safe = ((ink.data[row] as number) * priceOf(state, ilk)) / ilk.mat - debt
  const amount = action.amount === ALL ? Math.min(room, safe) : action.amount
  if (amount > room * (1 + HAIR)) return refused('limit')
  const reason = objection(dusty(ilk, debt + amount), false, unsafe(state, ilk, ink.data[row] as number, debt + amount), amount)
  if (reason !== undefined) return refused(reason)
  art.add(row, amount / rate)
  totals.art.add(i, amount / rate)
  state.system.columns.debt.add(0, amount)
  state.ledger.postings.mint(state.dai, amount)
  state.ledger.credit(actor, state.dai, amount)
  return note(state, log, action, state.dai, amount, 1)
}

export function repay(state: State, action: Action, log: Log): Result {
  const { account: row, actor } = action
  if (action.asset !== state.dai) return refused('unknown')
  const i = state.ilk_of[row] as number
  const { art } = state.vaults.columns
  const debt = debtOf(state, row)
  const offered = action.amount === ALL ? state.ledger.balance(actor, state.dai) : action.amount
  const whole = offered >= debt * (1 - HAIR)
  const amount = whole ? debt : offered
  const reason = objection(
    dusty(ilkOf(state, row), whole ? 0 : debt - amount),
    short(state, actor, state.dai, amount),
    false,
    amount,
  )
  if (reason !== undefined) return refused(reason)
  if (!state.ledger.debit(actor, state.dai, amount)) return refused('funds')
  state.ledger.postings.mint(state.dai, -amount)
  const wiped = whole ? (art.data[row] as number) : amount / rateOf(state, i)
  art.add(row, -wiped)
  state.ilks.columns.art.set(i, Math.max(0, (state.ilks.columns.art.data[i] as number) - wiped))
  state.system.columns.debt.add(0, -amount)
  return note(state, log, action, state.dai, amount, 1)
}
