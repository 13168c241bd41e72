/** Isolation mode and siloed borrowing (until 3.6): collateral with a debt ceiling stands alone, and so does a siloed debt. */
import { entry_of } from './accounts.ts'
import { type Pool, value } from './pool.ts'

/** Reserve of the account's only enabled collateral if that has a debt ceiling, or −1. */
export function isolated_collateral(pool: Pool, row: number): number {
  if (!pool.rules.isolation) return -1
  const { next, enabled, reserve } = pool.accounts.entries.columns
  let only = -1
  for (let at = value(pool.accounts.head, row); at >= 0; at = value(next, at)) {
    if (value(enabled, at) === 0) continue
    if (only >= 0) return -1
    only = value(reserve, at)
  }
  return only >= 0 && (pool.config.debt_ceiling[only] as number) > 0 ? only : -1
}

/** Does the account's own debt forbid this loan, or this loan its debt? */
export function silo_forbids(pool: Pool, row: number, r: number): boolean {
  const { next, debt, reserve } = pool.accounts.entries.columns
  const { siloed } = pool.config
  for (let at = value(pool.accounts.head, row); at >= 0; at = value(next, at)) {
    const other = value(reserve, at)
    if (value(debt, at) > 0 && other !== r && (siloed[other] === 1 || siloed[r] === 1)) return true
  }
  return false
}

/** May a first supply become collateral by itself? */
export function becomes_collateral(pool: Pool, row: number, r: number): boolean {
  const { config, accounts } = pool
  if (config.counts[r] === 0) return false
  if ((config.debt_ceiling[r] as number) > 0 || isolated_collateral(pool, row) >= 0) return false
  return (config.ltv_of[(accounts.emode[row] as number) * config.count + r] as number) > 0
}

/** Counts a loan, or (negative) a repayment, against the ceiling of the account's isolated collateral. */
export function count_isolated(pool: Pool, isolated: number, units: number): void {
  if (isolated < 0) return
  const { isolated_debt } = pool.state
  isolated_debt.set(isolated, Math.max(0, value(isolated_debt, isolated) + units))
}

/** What listed accounts owe against isolated collateral at the start. */
export function open_isolation(pool: Pool): void {
  if (!pool.config.debt_ceiling.some((ceiling) => ceiling > 0)) return
  const { next, debt } = pool.accounts.entries.columns
  for (let row = 0; row < pool.accounts.rows; row++) {
    const isolated = isolated_collateral(pool, row)
    if (isolated < 0) continue
    for (let at = value(pool.accounts.head, row); at >= 0; at = value(next, at)) count_isolated(pool, isolated, value(debt, at))
  }
}

/** Is an enabled supply of this reserve isolated collateral of the account being liquidated? */
export const is_isolated = (pool: Pool, row: number, r: number): boolean =>
  (pool.config.debt_ceiling[r] as number) > 0 &&
  value(pool.accounts.entries.columns.enabled, entry_of(pool.accounts, row, r)) === 1
