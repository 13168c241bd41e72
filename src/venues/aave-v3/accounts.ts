/**
 * Accounts and what each holds and owes: per account a chain of entries, one a reserve, in the order of the reserves (in which the
 * protocol sums). Balances are shares (scaled): units are shares × index, so that interest changes nothing here.
 */
import type { Bound } from '../../margin/index.ts'
import { check_column, type I32, type Table, type WorldBuilder } from '../../model/index.ts'
import { health_of, type Totals, weighted_usd } from './kernel.ts'
import { type Config, collateral_slot, debt_slot, type Pool, type ReserveState, value } from './pool.ts'
import type { AaveV3Spec } from './snapshot.ts'

/** 22 bytes an entry. */
const entry_shape = { reserve: 'u8', next: 'i32', collateral: 'f64', debt: 'f64', enabled: 'u8' } as const

export interface Accounts {
  readonly rows: number
  /** Ledger actor of each; −1 nobody. */
  readonly owner: Int32Array
  /** E-mode category; 0 none. */
  readonly emode: Int32Array
  /** First entry of each; −1 none. */
  readonly head: I32
  readonly entries: Table<typeof entry_shape>
}

/** Positions in the order (account, reserve), whatever order they came in. */
function sorted(account: Int32Array, reserve: Int32Array, accounts: number, reserves: number): Int32Array {
  const by = (keys: Int32Array, count: number, order: Int32Array): Int32Array => {
    const starts = new Int32Array(count + 1)
    for (let i = 0; i < keys.length; i++) {
      const key = (keys[i] as number) + 1
      starts[key] = (starts[key] as number) + 1
    }
    for (let key = 0; key < count; key++) starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number)
    const out = new Int32Array(order.length)
    for (let i = 0; i < order.length; i++) {
      const position = order[i] as number
      const key = keys[position] as number
      out[starts[key] as number] = position
      starts[key] = (starts[key] as number) + 1
    }
    return out
  }
  const as_given = Int32Array.from(account, (_, i) => i)
  return by(account, accounts, by(reserve, reserves, as_given))
}

/** Checks the columns of the spec; `InputError` names the first bad value. */
function check_columns(spec: AaveV3Spec, builder: WorldBuilder): void {
  const where = `venue ${spec.id}`
  const { accounts, positions } = spec
  const rows = accounts.owner.length
  const check = (column: Int32Array, field: string, lowest: number, highest: number) => {
    check_column(column, column.length, where, field, lowest)
    const bad = column.findIndex((entry) => entry > highest)
    if (bad >= 0) throw builder.invalid(`${field}[${bad}]`, column[bad], `${lowest} to ${highest}`)
  }
  check(accounts.owner, 'accounts.owner', -1, builder.actors - 2)
  if (accounts.emode !== undefined) {
    check_column(accounts.emode, rows, where, 'accounts.emode', 0)
    check(accounts.emode, 'accounts.emode', 0, spec.emodes.length)
  }
  const count = positions.account.length
  for (const field of ['reserve', 'collateral', 'debt'] as const)
    check_column(positions[field], count, where, `positions.${field}`, 0)
  check(positions.account, 'positions.account', 0, rows - 1)
  check(positions.reserve, 'positions.reserve', 0, spec.reserves.length - 1)
  if (positions.as_collateral !== undefined) {
    check_column(positions.as_collateral, count, where, 'positions.as_collateral', 0)
    check(positions.as_collateral, 'positions.as_collateral', 0, 1)
  }
}

/** Accounts and entries of the snapshot, and what they add to the reserves' debt. */
export function open_accounts(spec: AaveV3Spec, config: Config, state: ReserveState, builder: WorldBuilder): Accounts {
  check_columns(spec, builder)
  const { store } = builder
  const { owner, emode } = spec.accounts
  const { account, reserve, collateral, debt, as_collateral } = spec.positions
  const rows = owner.length
  const head = store.table(`${spec.id}.accounts`, { head: 'i32' }, rows).columns.head
  const entries = store.table(`${spec.id}.entries`, entry_shape, account.length)
  const listed = new Float64Array(config.count)
  head.data.fill(-1)
  const e = entries.columns
  const order = sorted(account, reserve, rows, config.count)
  for (let i = order.length - 1; i >= 0; i--) {
    const position = order[i] as number
    const row = account[position] as number
    const r = reserve[position] as number
    const first = value(head, row)
    if (first >= 0 && value(e.reserve, first) === r)
      throw builder.invalid(`positions.reserve[${position}]`, r, `each reserve once for account ${row}`)
    e.reserve.data[i] = r
    e.next.data[i] = first
    e.collateral.data[i] = collateral[position] as number
    e.debt.data[i] = debt[position] as number
    const weighs = (config.threshold_of[((emode?.[row] as number | undefined) ?? 0) * config.count + r] as number) > 0
    const wanted = as_collateral === undefined ? weighs && spec.reserves[r]?.collateral === true : as_collateral[position] === 1
    e.enabled.data[i] = wanted && config.counts[r] === 1 && (collateral[position] as number) > 0 ? 1 : 0
    head.data[row] = i
    listed[r] = (listed[r] as number) + (collateral[position] as number)
    state.debt.data[r] = value(state.debt, r) + (debt[position] as number)
  }
  for (let r = 0; r < config.count; r++) {
    const supply = value(state.cash, r) + value(state.debt, r) + value(state.deficit, r)
    if (!(supply >= (listed[r] as number) * (1 - 1e-9))) {
      const least = (listed[r] as number) - value(state.debt, r) - value(state.deficit, r)
      throw builder.invalid(
        `reserves[${r}].cash`,
        value(state.cash, r),
        `at least ${least}: what listed accounts supplied less what is lent out`,
      )
    }
    state.supply.data[r] = Math.max(supply, listed[r] as number)
  }
  return {
    rows,
    owner: owner.map((position) => (position < 0 ? -1 : position + 1)),
    emode: emode ?? new Int32Array(rows),
    head,
    entries,
  }
}

/** The account's entry for a reserve, or −1. */
export function entry_of(accounts: Accounts, row: number, r: number): number {
  const { reserve, next } = accounts.entries.columns
  let at = value(accounts.head, row)
  while (at >= 0 && value(reserve, at) !== r) at = value(next, at)
  return at
}

/** The account's entry for a reserve, put into its place in the chain if there is none. */
export function make_entry(accounts: Accounts, row: number, r: number): number {
  const found = entry_of(accounts, row, r)
  if (found >= 0) return found
  const at = accounts.entries.push()
  const { reserve, next } = accounts.entries.columns
  let before = -1
  let after = value(accounts.head, row)
  while (after >= 0 && value(reserve, after) < r) {
    before = after
    after = value(next, after)
  }
  reserve.set(at, r)
  next.set(at, after)
  if (before < 0) accounts.head.set(row, at)
  else next.set(before, at)
  return at
}

/** Health at the given slot prices; +Infinity when nothing is owed. The one test there is: book, sweep and actions all ask it. */
export function health(pool: Pool, row: number, prices: Float64Array): number {
  const { config, accounts } = pool
  const { columns } = accounts.entries
  const reserve = columns.reserve.data
  const next = columns.next.data
  const collateral = columns.collateral.data
  const debt = columns.debt.data
  const enabled = columns.enabled.data
  const threshold = config.threshold_of
  const base = (accounts.emode[row] as number) * config.count
  let total = 0
  let weighted = 0
  let owed = 0
  for (let at = accounts.head.data[row] as number; at >= 0; at = next[at] as number) {
    const r = reserve[at] as number
    if (enabled[at] === 1) {
      const usd = (collateral[at] as number) * (prices[collateral_slot(r)] as number)
      total += usd
      weighted += usd * (threshold[base + r] as number)
    }
    const shares = debt[at] as number
    if (shares > 0) owed += shares * (prices[debt_slot(r)] as number)
  }
  return owed > 0 ? weighted_usd(pool.rules.weighs_each, weighted, total) / owed : Number.POSITIVE_INFINITY
}

/** How far prices may move: the plain law. A mean threshold in whole basis points may fall short of it by one, which is taken off. */
export function bound(pool: Pool, row: number, prices: Float64Array, level: number, out: Bound): void {
  const { config, accounts, rules } = pool
  const { columns } = accounts.entries
  const reserve = columns.reserve.data
  const next = columns.next.data
  const collateral = columns.collateral.data
  const debt = columns.debt.data
  const enabled = columns.enabled.data
  const base = (accounts.emode[row] as number) * config.count
  let weighted = 0
  let owed = 0
  let lowest = Number.POSITIVE_INFINITY
  for (let at = accounts.head.data[row] as number; at >= 0; at = next[at] as number) {
    const r = reserve[at] as number
    const threshold = config.threshold_of[base + r] as number
    if (enabled[at] === 1 && (collateral[at] as number) > 0) {
      weighted += (collateral[at] as number) * (prices[collateral_slot(r)] as number) * threshold
      lowest = Math.min(lowest, threshold)
      if (threshold > 0) out.hold(collateral_slot(r))
    }
    const shares = debt[at] as number
    if (shares > 0) {
      owed += shares * (prices[debt_slot(r)] as number)
      out.owe(debt_slot(r))
    }
  }
  if (!(owed > 0)) out.none()
  else out.law((weighted / owed / level) * (rules.weighs_each ? 1 : Math.max(0, 1 - 1e-4 / lowest)))
}

/** Totals of an account at the slot prices now. */
export function totals(pool: Pool, row: number, out: Totals): Totals {
  const { accounts, config, state } = pool
  const { reserve, next, collateral, debt, enabled } = accounts.entries.columns
  const prices = pool.book.prices.data
  const base = (accounts.emode[row] as number) * config.count
  out.clear()
  for (let at = value(accounts.head, row); at >= 0; at = value(next, at)) {
    const r = value(reserve, at)
    const owes = value(debt, at) > 0
    if (value(enabled, at) === 1) {
      const usd = value(collateral, at) * (prices[collateral_slot(r)] as number)
      const ltv = config.ltv_of[base + r] as number
      out.collateral_usd += usd
      out.threshold_usd += usd * (config.threshold_of[base + r] as number)
      out.ltv_usd += usd * ltv
      if (ltv === 0) out.zero_ltv = true
    }
    if (owes) out.debt_usd += value(debt, at) * (prices[debt_slot(r)] as number)
    if ((owes || value(enabled, at) === 1) && value(state.stale, r) === 1) out.stale = true
  }
  return out
}

/** Is a price missing that the account's health needs once its supply of reserve `gone` (or none, −1) has left? */
export function lacks_price(pool: Pool, row: number, gone: number): boolean {
  const { reserve, next, debt, enabled } = pool.accounts.entries.columns
  for (let at = value(pool.accounts.head, row); at >= 0; at = value(next, at)) {
    const r = value(reserve, at)
    const counts = value(debt, at) > 0 || (value(enabled, at) === 1 && r !== gone)
    if (counts && value(pool.state.stale, r) === 1) return true
  }
  return false
}

/** Health from totals: the same sums in the same order as `health`. */
export const health_from = (pool: Pool, sums: Totals): number => health_of(pool.rules.weighs_each, sums)
