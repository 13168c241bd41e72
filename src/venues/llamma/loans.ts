/**
 * What owners do: collateral in and out, more debt, less debt. An untouched position moves to where it belongs then. Refusals in the order unknown, stale,
 * limit, funds, margin, empty; a loan that there is none of is empty before them.
 */
import { ALL, type Action, applied, type Log, type Result, refused } from '../../model/index.ts'
import { HAIR } from './kernel.ts'
import { owe, place, type Refusal, short, take, underwater } from './positions.ts'
import { at, debtOf, type Position, positionOf, type State } from './state.ts'

const held: Position = { x: 0, y: 0 }

export type LoanAction = 'deposit' | 'withdraw' | 'borrow' | 'repay'

/** Lays an untouched position anew; a refusal leaves it half done, and the bundle is undone. */
function move(state: State, row: number, collateral: number, debt: number): Refusal | undefined {
  take(state, row, 1, held)
  return place(state, row, collateral, debt)
}

function note(state: State, log: Log, action: Action, amount: number): Result {
  const { account, actor, asset, cause } = action
  const price = asset === state.stable ? 1 : at(state.market.columns.price)
  const kind = action.kind as LoanAction
  log.add({ kind, venue: state.venue, account, actor, asset, amount, price, usd: amount * price, cause })
  state.book.touch(account)
  return applied(amount)
}

/** Collateral comes or goes; impossible once a band of the position has been reached. */
export function collateral(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  const into = action.kind === 'deposit'
  if (asset !== state.collateral || (!into && actor !== state.owner[row])) return refused('unknown')
  if (at(state.market.columns.has) === 0) return refused('stale')
  const debt = debtOf(state, row)
  if (!(debt > 0)) return refused('empty')
  if (underwater(state, row)) return refused('limit')
  const amount = action.amount === ALL ? (into ? state.ledger.balance(actor, asset) : 0) : action.amount
  positionOf(state, row, held)
  if (into ? short(state, actor, asset, amount) : amount >= held.y) return refused('funds')
  const reason = move(state, row, held.y + (into ? amount : -amount), debt)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  if (into && !state.ledger.debit(actor, asset, amount)) return refused('funds')
  state.ledger.postings.post(asset, into ? amount : -amount)
  if (!into) state.ledger.credit(actor, asset, amount)
  return note(state, log, action, amount)
}

/** More debt on the same collateral. */
export function borrow(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset, amount } = action
  if (asset !== state.stable || actor !== state.owner[row]) return refused('unknown')
  const { market, ledger } = state
  if (at(market.columns.has) === 0) return refused('stale')
  if (!(amount < ALL && debtOf(state, row) > 0)) return refused('empty')
  if (underwater(state, row)) return refused('limit')
  if (at(market.columns.scaled) * at(market.columns.rate_mul) + amount > state.ceiling * (1 + HAIR)) return refused('limit')
  positionOf(state, row, held)
  const reason = move(state, row, held.y, debtOf(state, row) + amount)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  ledger.postings.mint(asset, amount)
  ledger.credit(actor, asset, amount)
  return note(state, log, action, amount)
}

/** Less debt, by anyone; the position moves up when it is untouched. All of it: collateral and whatever it became go to the owner. */
export function repay(state: State, action: Action, log: Log): Result {
  const { account: row, actor, asset } = action
  if (asset !== state.stable) return refused('unknown')
  const debt = debtOf(state, row)
  const offered = action.amount === ALL ? Math.min(debt, state.ledger.balance(actor, asset)) : action.amount
  const whole = offered >= debt * (1 - HAIR)
  const amount = whole ? debt : offered
  if (!(amount > 0)) return refused('empty')
  if (!state.ledger.debit(actor, asset, amount)) return refused('funds')
  state.ledger.postings.mint(asset, -amount)
  if (whole) close(state, row)
  else if (underwater(state, row) || at(state.market.columns.has) === 0) owe(state, row, debt - amount)
  else {
    positionOf(state, row, held)
    const reason = move(state, row, held.y, debt - amount)
    if (reason !== undefined) return refused(reason)
  }
  return note(state, log, action, amount)
}

/** Everything goes to the owner, to `outside` if there is none. */
function close(state: State, row: number): void {
  const { ledger, stable, collateral: asset } = state
  take(state, row, 1, held)
  owe(state, row, 0)
  const to = Math.max(0, state.owner[row] as number)
  for (const [what, amount] of [
    [stable, held.x],
    [asset, held.y],
  ] as const) {
    if (!(amount > 0)) continue
    ledger.postings.post(what, -amount)
    ledger.credit(to, what, amount)
  }
}
