/** The state of a cluster of vaults: what is fixed when it is opened, and the tables that change. */
import { type Bound, MarginBook } from '../../margin/index.ts'
import {
  check_column,
  type Ledger,
  type Oracle,
  Quote,
  type Quotes,
  type Store,
  type Table,
  type WorldBuilder,
} from '../../model/index.ts'
import { rampedLtv } from './kernel.ts'
import type { EulerV2Spec, VaultSpec } from './snapshot.ts'

/** supply: shares; debt: units ÷ accumulator; price: mid; stale: no answer. */
const VAULT = {
  cash: 'f64',
  supply: 'f64',
  debt: 'f64',
  accumulator: 'f64',
  price: 'f64',
  stale: 'u8',
  paused: 'u8',
} as const

/** A chain of supplies per account, ascending by vault. */
const SUPPLY = { vault: 'i32', next: 'i32', shares: 'f64' } as const

/** head: first supply, −1 none; vault: the one it borrows from, −1 none; debt: units ÷ accumulator; checked: last status check. */
const ACCOUNT = { head: 'i32', vault: 'i32', debt: 'f64', checked_ms: 'f64' } as const

export interface Tables {
  readonly vaults: Table<typeof VAULT>
  readonly accounts: Table<typeof ACCOUNT>
  readonly supplies: Table<typeof SUPPLY>
  /** Liquidation LTV now, debt vault × collateral vault; 0 where not recognised. */
  readonly weights: Table<{ ltv: 'f64' }>
  readonly clock: Table<{ now_ms: 'f64'; accrued_ms: 'f64' }>
}

export interface State extends Tables {
  readonly id: string
  readonly venue: number
  readonly specs: readonly VaultSpec[]
  readonly count: number
  readonly asset: Int32Array
  /** Vault of an asset; −1 none. */
  readonly vault_of: Int32Array
  /** Borrow LTV and whether the collateral is recognised, debt vault × collateral vault. */
  readonly borrow_ltv: Float64Array
  readonly recognised: Uint8Array
  readonly ramps: readonly { readonly at: number; readonly ltv: VaultSpec['ltvs'][number] }[]
  readonly feed: Int32Array
  readonly oracles: readonly Oracle[]
  readonly owner: Int32Array
  readonly book: MarginBook
  readonly feeds: Quotes
  readonly ledger: Ledger
  readonly scratch: Quote
}

export const at = (column: { readonly data: ArrayLike<number> }, row = 0): number => column.data[row] as number

/** Slots: price of a share of a vault; price of a unit of debt before interest. */
export const share_slot = (v: number): number => 2 * v
export const debt_slot = (v: number): number => 2 * v + 1

/** Units a share stands for; 1 in an empty vault. */
export function exchangeOf(state: Tables, v: number): number {
  const { cash, supply, debt, accumulator } = state.vaults.columns
  const shares = at(supply, v)
  return shares > 0 ? (at(cash, v) + at(debt, v) * at(accumulator, v)) / shares : 1
}

export const debtOf = (state: Tables, row: number): number => {
  const { vault, debt } = state.accounts.columns
  const v = at(vault, row)
  return v < 0 ? 0 : at(debt, row) * at(state.vaults.columns.accumulator, v)
}

/** Writes a vault's slot prices; journaled when a bundle is open. */
export function writeSlots(state: State, v: number): void {
  const { price, accumulator } = state.vaults.columns
  state.book.prices.set(share_slot(v), at(price, v) * exchangeOf(state, v))
  state.book.prices.set(debt_slot(v), at(price, v) * at(accumulator, v))
}

/** Moves ramps to a time; everybody is keyed again when one has moved. */
export function writeWeights(state: State, now_ms: number): void {
  let moved = false
  for (const { at: cell, ltv } of state.ramps) {
    const { initial_ltv = 0, liquidation_ltv, ramp_end_ms = 0, ramp_ms = 1 } = ltv
    const next = rampedLtv(initial_ltv, liquidation_ltv, now_ms, ramp_end_ms, ramp_ms)
    if (next === at(state.weights.columns.ltv, cell)) continue
    state.weights.columns.ltv.data[cell] = next
    moved = true
  }
  if (moved) state.book.touch_all()
}

function check(spec: EulerV2Spec, builder: WorldBuilder): void {
  const where = `venue ${builder.self.id}`
  const { accounts, supplies } = spec
  const rows = accounts.owner.length
  const vaults = spec.vaults.length
  check_column(accounts.owner, rows, where, 'accounts.owner', -1)
  check_column(accounts.vault, rows, where, 'accounts.vault', -1)
  check_column(accounts.debt, rows, where, 'accounts.debt', 0)
  check_column(supplies.account, supplies.account.length, where, 'supplies.account', 0)
  check_column(supplies.vault, supplies.account.length, where, 'supplies.vault', 0)
  check_column(supplies.amount, supplies.account.length, where, 'supplies.amount', 0)
  const within = (field: string, column: Int32Array, most: number, least: number): void => {
    column.forEach((value, i) => {
      if (value > most) throw builder.invalid(`${field}[${i}]`, value, `${least} to ${most}`)
    })
  }
  within('accounts.owner', accounts.owner, builder.actors - 2, -1)
  within('accounts.vault', accounts.vault, vaults - 1, -1)
  within('supplies.account', supplies.account, rows - 1, 0)
  within('supplies.vault', supplies.vault, vaults - 1, 0)
  accounts.debt.forEach((debt, row) => {
    if (debt > 0 && (accounts.vault[row] as number) < 0)
      throw builder.invalid(`accounts.vault[${row}]`, -1, 'a vault, as there is debt')
  })
}

/** Debt and supply listed, and what the vaults' totals leave to everybody else. */
function openTables(store: Store, spec: EulerV2Spec, builder: WorldBuilder): Tables {
  const { id } = spec
  const count = spec.vaults.length
  const vaults = store.table(`${id}.vaults`, VAULT, count)
  const accounts = store.table(`${id}.accounts`, ACCOUNT, spec.accounts.owner.length)
  const supplies = store.table(`${id}.supplies`, SUPPLY)
  const v = vaults.columns
  spec.vaults.forEach((own, i) => {
    v.cash.data[i] = own.cash
    v.debt.data[i] = own.other_debt
    v.accumulator.data[i] = 1
    v.price.data[i] = builder.assets[builder.asset(own.asset, `vaults[${i}].asset`)]?.price_usd ?? 1
  })
  accounts.columns.head.data.fill(-1)
  accounts.columns.checked_ms.data.fill(-1e15)
  spec.accounts.debt.forEach((debt, row) => {
    const u = debt > 0 ? (spec.accounts.vault[row] as number) : -1
    accounts.columns.vault.data[row] = u
    accounts.columns.debt.data[row] = debt
    if (u >= 0) v.debt.data[u] = at(v.debt, u) + debt
  })
  const listed = new Float64Array(count)
  spec.supplies.account.forEach((row, i) => {
    const [vault, amount] = [spec.supplies.vault[i] as number, spec.supplies.amount[i] as number]
    if (amount > 0) addShares({ accounts, supplies }, row, vault, amount)
    listed[vault] = (listed[vault] as number) + amount
  })
  for (let i = 0; i < count; i++) {
    const all = at(v.cash, i) + at(v.debt, i)
    if (!(all >= (listed[i] as number) * (1 - 1e-9))) {
      const least = (listed[i] as number) - at(v.debt, i)
      throw builder.invalid(`vaults[${i}].cash`, at(v.cash, i), `at least ${least}: what is supplied less what is lent out`)
    }
    v.supply.data[i] = Math.max(all, listed[i] as number)
  }
  const clock = store.table(`${id}.clock`, { now_ms: 'f64', accrued_ms: 'f64' }, 1)
  clock.columns.now_ms.data[0] = builder.time_ms
  clock.columns.accrued_ms.data[0] = builder.time_ms
  return { vaults, accounts, supplies, weights: store.table(`${id}.weights`, { ltv: 'f64' }, count * count), clock }
}

/** The account's supply in a vault, or −1. */
export function supplyOf(state: Pick<Tables, 'accounts' | 'supplies'>, row: number, v: number): number {
  const { vault, next } = state.supplies.columns
  let entry = at(state.accounts.columns.head, row)
  while (entry >= 0 && at(vault, entry) !== v) entry = at(next, entry)
  return entry
}

/** Adds shares to an account's supply, which is put into its place in the chain if there is none. */
export function addShares(state: Pick<Tables, 'accounts' | 'supplies'>, row: number, v: number, shares: number): void {
  const { head } = state.accounts.columns
  const { vault, next, shares: held } = state.supplies.columns
  const found = supplyOf(state, row, v)
  if (found >= 0) {
    held.add(found, shares)
    return
  }
  const entry = state.supplies.push()
  let before = -1
  let after = at(head, row)
  while (after >= 0 && at(vault, after) < v) {
    before = after
    after = at(next, after)
  }
  vault.set(entry, v)
  held.set(entry, shares)
  next.set(entry, after)
  if (before < 0) head.set(row, entry)
  else next.set(before, entry)
}

function openLtvs(spec: EulerV2Spec, tables: Tables, builder: WorldBuilder): Pick<State, 'borrow_ltv' | 'recognised' | 'ramps'> {
  const count = spec.vaults.length
  const borrow_ltv = new Float64Array(count * count)
  const recognised = new Uint8Array(count * count)
  const ramps: { at: number; ltv: VaultSpec['ltvs'][number] }[] = []
  spec.vaults.forEach((own, u) => {
    own.ltvs.forEach((ltv, i) => {
      const v = spec.vaults.findIndex((vault) => vault.id === ltv.collateral)
      if (v < 0 || v === u)
        throw builder.invalid(
          `vaults[${u}].ltvs[${i}].collateral`,
          ltv.collateral,
          `another of ${spec.vaults.map((x) => x.id).join(', ')}`,
        )
      const cell = u * count + v
      borrow_ltv[cell] = ltv.borrow_ltv
      recognised[cell] = 1
      tables.weights.columns.ltv.data[cell] = ltv.liquidation_ltv
      if (ltv.initial_ltv !== undefined) ramps.push({ at: cell, ltv })
    })
  })
  return { borrow_ltv, recognised, ramps }
}

/** Opens everything a cluster is made of. @throws InputError for what does not fit */
/** How accounts are judged: given from outside, for the judges read the state. */
export interface Judges {
  readonly health: (state: State, row: number, prices: Float64Array) => number
  readonly bound: (state: State, row: number, prices: Float64Array, level: number, out: Bound) => void
}

export function openState(spec: EulerV2Spec, builder: WorldBuilder, { health, bound }: Judges): State {
  const { store, ledger, feeds, self } = builder
  check(spec, builder)
  const tables = openTables(store, spec, builder)
  const count = spec.vaults.length
  const asset = Int32Array.from(spec.vaults, (own, i) => builder.asset(own.asset, `vaults[${i}].asset`))
  const vault_of = new Int32Array(builder.assets.length).fill(-1)
  asset.forEach((a, i) => {
    if ((vault_of[a] as number) >= 0)
      throw builder.invalid(`vaults[${i}].asset`, spec.vaults[i]?.asset, 'an asset without another vault')
    vault_of[a] = i
  })
  const ltvs = openLtvs(spec, tables, builder)
  const book = new MarginBook(store, `${spec.id}.book`, 2 * count, spec.accounts.owner.length, {
    strict: false,
    health: (row, prices) => health(state, row, prices),
    bound: (row, prices, level, out) => bound(state, row, prices, level, out),
  })
  const state: State = {
    ...tables,
    ...ltvs,
    id: spec.id,
    venue: self.index,
    specs: spec.vaults,
    count,
    asset,
    vault_of,
    feed: Int32Array.from(spec.vaults, (own) => builder.feed(`${spec.id}.${own.id}`)),
    oracles: spec.vaults.map((own, i) => builder.oracle(own.oracle, `vaults[${i}].oracle`)),
    owner: spec.accounts.owner.map((position) => (position < 0 ? -1 : position + 1)),
    book,
    feeds,
    ledger,
    scratch: new Quote(builder.sources),
  }
  writeWeights(state, builder.time_ms)
  for (let v = 0; v < count; v++) writeSlots(state, v)
  return state
}
