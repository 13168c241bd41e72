/** What may leave and enter the liquidity layer now: cash, and limits of a vault that give way with time. */
import { may_owe, must_stay, owes_after, stays_after } from './kernel.ts'
import { at, type State, type Vault } from './state.ts'

const elapsed_s = (s: State, since_ms: number): number => (at(s.clock.now_ms, 0) - since_ms) / 1000

/** Raw units of the vault's supply that must stay. */
function staying(s: State, k: number): number {
  const { withdrawal } = s.vaults[k] as Vault
  if (withdrawal === undefined) return 0
  return must_stay(at(s.v.stays, k), at(s.v.collateral, k), elapsed_s(s, at(s.v.stays_ms, k)), withdrawal)
}

/** Raw units that the vault may owe. */
function owing(s: State, k: number): number {
  const { borrowing, most_debt } = s.vaults[k] as Vault
  if (borrowing === undefined) return Number.POSITIVE_INFINITY
  return may_owe(at(s.v.owes, k), at(s.v.debt, k), elapsed_s(s, at(s.v.owes_ms, k)), borrowing, most_debt)
}

/** Units of collateral that may leave; owners leave the gap to liquidators. */
export function may_leave(s: State, k: number, owners: boolean): number {
  const { withdrawal, gap, collateral_pool } = s.vaults[k] as Vault
  if (withdrawal === undefined) return Number.POSITIVE_INFINITY
  const stays = staying(s, k)
  if (!(stays > 0)) return Number.POSITIVE_INFINITY
  const supply = at(s.v.collateral, k) * (owners ? 1 - gap : 1)
  return Math.max(0, supply - stays) * at(s.p.supply_index, collateral_pool)
}

/** Units of debt that may be added. */
export function may_add(s: State, k: number): number {
  const room = owing(s, k) - at(s.v.debt, k)
  return Math.max(0, room) * at(s.p.borrow_index, (s.vaults[k] as Vault).debt_pool)
}

/** Collateral of a vault changes in the layer: raw units of it, and tokens. */
export function move_supply(s: State, k: number, raw: number, units: number): void {
  const { withdrawal, collateral_pool: i } = s.vaults[k] as Vault
  const before = staying(s, k)
  s.v.collateral.set(k, positive(at(s.v.collateral, k), raw))
  s.p.supply.set(i, positive(at(s.p.supply, i), raw))
  s.p.cash.set(i, positive(at(s.p.cash, i), units))
  if (withdrawal === undefined) return
  s.v.stays.set(k, stays_after(at(s.v.collateral, k), before, withdrawal))
  s.v.stays_ms.set(k, at(s.clock.now_ms, 0))
}

/** Debt of a vault changes in the layer; tokens go the other way. */
export function move_debt(s: State, k: number, raw: number, units: number): void {
  const { borrowing, most_debt, debt_pool: i } = s.vaults[k] as Vault
  const before = owing(s, k)
  s.v.debt.set(k, positive(at(s.v.debt, k), raw))
  s.p.borrow.set(i, positive(at(s.p.borrow, i), raw))
  s.p.cash.set(i, positive(at(s.p.cash, i), -units))
  if (borrowing === undefined) return
  s.v.owes.set(k, owes_after(at(s.v.debt, k), before, borrowing, most_debt))
  s.v.owes_ms.set(k, at(s.clock.now_ms, 0))
}

/** A total after a change; what remains by rounding alone is nothing. */
function positive(total: number, change: number): number {
  const next = total + change
  return change < 0 && next <= total * 1e-13 ? 0 : next
}
