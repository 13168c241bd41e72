/** Healths: what decides a liquidation, and what decides an owner's action. */
import type { Bound } from '../../margin/index.ts'
import { at, debt_slot, debtOf, exchangeOf, type State, share_slot } from './state.ts'

/** Health at the given slot prices; +Infinity when nothing is owed. The one test there is. */
export function health(state: State, row: number, prices: Float64Array): number {
  const { head, vault, debt } = state.accounts.columns
  const u = at(vault, row)
  const owed = u < 0 ? 0 : at(debt, row) * (prices[debt_slot(u)] as number)
  if (!(owed > 0)) return Number.POSITIVE_INFINITY
  const c = state.supplies.columns
  const ltv = state.weights.columns.ltv.data
  let adjusted = 0
  for (let entry = at(head, row); entry >= 0; entry = at(c.next, entry)) {
    const v = at(c.vault, entry)
    adjusted += at(c.shares, entry) * (prices[share_slot(v)] as number) * (ltv[u * state.count + v] as number)
  }
  return adjusted / owed
}

/** The plain law. Where a price is 0 there are no ratios of prices: such an account is tested every time. */
export function bound(state: State, row: number, prices: Float64Array, level: number, out: Bound): void {
  const { head, vault, debt } = state.accounts.columns
  const u = at(vault, row)
  if (u < 0 || !(at(debt, row) > 0)) {
    out.none()
    return
  }
  out.owe(debt_slot(u))
  let zero = !((prices[debt_slot(u)] as number) > 0)
  const c = state.supplies.columns
  for (let entry = at(head, row); entry >= 0; entry = at(c.next, entry)) {
    const v = at(c.vault, entry)
    if (!(at(c.shares, entry) > 0 && at(state.weights.columns.ltv, u * state.count + v) > 0)) continue
    out.hold(share_slot(v))
    if (!((prices[share_slot(v)] as number) > 0)) zero = true
  }
  if (zero) out.watch()
  else out.law(health(state, row, prices) / level)
}

/** Is there an answer for everything the account holds as collateral and owes? */
export function priced(state: State, row: number): boolean {
  const { stale } = state.vaults.columns
  const u = at(state.accounts.columns.vault, row)
  if (u >= 0 && at(stale, u) === 1) return false
  const c = state.supplies.columns
  for (let entry = at(state.accounts.columns.head, row); entry >= 0; entry = at(c.next, entry)) {
    const v = at(c.vault, entry)
    const counts = u >= 0 && state.recognised[u * state.count + v] === 1 && at(c.shares, entry) > 0
    if (counts && at(stale, v) === 1) return false
  }
  return true
}

/** Bid value of the collateral by borrow LTV, in the unit of account. */
export function borrowing(state: State, row: number, u: number): number {
  const c = state.supplies.columns
  let sum = 0
  for (let entry = at(state.accounts.columns.head, row); entry >= 0; entry = at(c.next, entry)) {
    const v = at(c.vault, entry)
    const bid = at(state.vaults.columns.price, v) * (1 - (state.specs[v]?.half_spread ?? 0))
    sum += at(c.shares, entry) * exchangeOf(state, v) * bid * (state.borrow_ltv[u * state.count + v] as number)
  }
  return sum
}

export const askOf = (state: State, u: number): number =>
  at(state.vaults.columns.price, u) * (1 + (state.specs[u]?.half_spread ?? 0))

/** May the account stand after an action: bid value by borrow LTV against ask value of the debt. */
export const stands = (state: State, row: number): boolean => {
  const u = at(state.accounts.columns.vault, row)
  const owed = debtOf(state, row)
  return u < 0 || !(owed > 0) || borrowing(state, row, u) >= owed * askOf(state, u) * (1 - 1e-12)
}
