/**
 * What an owner, or anyone else, does with a vault (vat.frob): collateral in and out, dai drawn and wiped. Refusals in the order unknown, stale, limit,
 * dust, funds, margin, empty.
 */
import { ALL, type Action, applied, type Log, OUTSIDE, type Result, refused, type Status } from '../../model/index.ts'
import { HAIR } from './kernel.ts'
import { at, debtOf, hasPrice, type Ilk, ilkOf, priceOf, rateOf, type State } from './state.ts'

export type VaultAction = 'deposit' | 'withdraw' | 'borrow' | 'repay'

/** Debt that this collateral carries. */
const capacity = (state: State, ilk: Ilk, ink: number): number => (ink * priceOf(state, ilk)) / ilk.mat

const ceilingLeft = (state: State, row: number, ilk: Ilk): number =>
  ilk.line - at(state.ilks.columns.art, state.ilk_of[row] as number) * rateOf(state, row)

/** What `all` means: everything that may go. */
function everything(state: State, kind: VaultAction, action: Action, ilk: Ilk): number {
  const { account: row, actor } = action
  const ink = at(state.vaults.columns.ink, row)
  const debt = debtOf(state, row)
  switch (kind) {
    case 'deposit':
      return state.ledger.balance(actor, ilk.asset)
    case 'withdraw':
      return debt > 0 ? Math.max(0, ink - ((debt * ilk.mat) / priceOf(state, ilk)) * (1 + HAIR)) : ink
    case 'borrow':
      return Math.min(ceilingLeft(state, row, ilk), capacity(state, ilk, ink) - debt)
    case 'repay':
      return Math.min(debt, state.ledger.balance(actor, state.dai))
  }
}

/** Is the treasury short of this? `outside` never is. */
export const short = (state: State, actor: number, asset: number, amount: number): boolean =>
  actor !== OUTSIDE && amount > state.ledger.balance(actor, asset) * (1 + HAIR) + HAIR

/** First reason against a vault that would hold and owe this. The contract minds dust whatever is done, deposits included. */
function objection(
  state: State,
  ilk: Ilk,
  ink: number,
  debt: number,
  riskier: boolean,
  funds: boolean,
): Exclude<Status, 'applied' | 'partial'> | undefined {
  if (debt > 0 && debt < ilk.dust * (1 - HAIR)) return 'dust'
  if (funds) return 'funds'
  return riskier && debt > 0 && debt > capacity(state, ilk, ink) * (1 + HAIR) ? 'margin' : undefined
}

/** Normalised debt changes by this much dai, drawn (+) or wiped (−). */
function draw(state: State, row: number, change: number, all: boolean): void {
  const { art } = state.vaults.columns
  const total = state.ilks.columns.art
  const i = state.ilk_of[row] as number
  const dart = all ? -at(art, row) : change / rateOf(state, row)
  art.set(row, all ? 0 : at(art, row) + dart)
  total.set(i, Math.max(0, at(total, i) + dart))
  state.system.columns.debt.add(0, change)
  state.ledger.postings.mint(state.dai, change)
}

/** Any of the four. Only the owner may do what makes the vault riskier. */
export function change(state: State, kind: VaultAction, action: Action, log: Log): Result {
  const { account: row, actor, cause } = action
  const ilk = ilkOf(state, row)
  const inAsset = kind === 'deposit' || kind === 'withdraw'
  const riskier = kind === 'withdraw' || kind === 'borrow'
  const asset = inAsset ? ilk.asset : state.dai
  if (action.asset !== asset || (riskier && actor !== state.owner[row])) return refused('unknown')
  const { ink } = state.vaults.columns
  const debt = debtOf(state, row)
  if ((kind === 'borrow' || (kind === 'withdraw' && debt > 0)) && !hasPrice(state, ilk)) return refused('stale')
  let amount = action.amount === ALL ? everything(state, kind, action, ilk) : action.amount
  const whole = kind === 'repay' && amount >= debt * (1 - HAIR)
  if (whole) amount = debt
  if (kind === 'borrow' && amount > ceilingLeft(state, row, ilk) * (1 + HAIR)) return refused('limit')
  const sign = riskier ? -1 : 1
  const held = at(ink, row) + (inAsset ? sign * amount : 0)
  const owed = inAsset ? debt : whole ? 0 : debt - sign * amount
  const funds = kind === 'withdraw' ? amount > at(ink, row) : !riskier && short(state, actor, asset, amount)
  const reason = objection(state, ilk, held, owed, riskier, funds)
  if (reason !== undefined) return refused(reason)
  if (!(amount > 0)) return refused('empty')
  if (riskier) state.ledger.credit(actor, asset, amount)
  else if (!state.ledger.debit(actor, asset, amount)) return refused('funds')
  if (inAsset) {
    ink.set(row, held)
    state.ledger.postings.post(asset, sign * amount)
  } else draw(state, row, -sign * amount, whole)
  const price = inAsset ? priceOf(state, ilk) : 1
  log.add({ kind, venue: state.venue, account: row, actor, asset, amount, price, usd: amount * price, cause })
  state.book.touch(row)
  return applied(amount)
}
