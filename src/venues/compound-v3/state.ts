/** The market: what is fixed for a run, what changes, accrual and slot prices. */
import { type Bound, MarginBook } from '../../margin/index.ts'
import { check_column, type Columns, type F64, type Ledger, type WorldBuilder } from '../../model/index.ts'
import { asking, type Curve, per_second, rate_at, utilisation } from './kernel.ts'
import type { CompoundV3Spec } from './snapshot.ts'

export interface Collateral {
  readonly asset: number
  readonly name: string
  readonly borrow_factor: number
  readonly liquidate_factor: number
  readonly liquidation_factor: number
  readonly cap: number
  /** Of the oracle price, at the store-front. */
  readonly asking: number
  readonly other_supply: number
}

const system_shape = {
  now_ms: 'f64',
  accrued_ms: 'f64',
  base_price: 'f64',
  base_stale: 'u8',
  /** Units per principal. */
  supply_index: 'f64',
  borrow_index: 'f64',
  /** Principals of everybody. */
  supply: 'f64',
  borrow: 'f64',
  cash: 'f64',
  pause_supply: 'u8',
  pause_withdraw: 'u8',
  pause_absorb: 'u8',
  pause_buy: 'u8',
} as const
const collateral_shape = {
  price: 'f64',
  stale: 'u8',
  /** Units of accounts, listed or not; units of the protocol. */
  supplied: 'f64',
  /** The most they have held: what the rounding of their running total is judged by. */
  peak: 'f64',
  inventory: 'f64',
  /** Base units that were owed by those from whom the inventory came and no sale has brought back yet. */
  due: 'f64',
  /** Log row of the last seizure. */
  seized: 'i32',
} as const

export interface State {
  readonly id: string
  readonly venue: number
  readonly base: number
  readonly borrow_min: number
  readonly target: number
  readonly other_debt: number
  readonly reward: number
  readonly borrow_curve: Curve
  readonly supply_curve: Curve
  readonly list: readonly Collateral[]
  readonly s: Columns<typeof system_shape>
  readonly c: Columns<typeof collateral_shape>
  readonly rows: number
  readonly owner: Int32Array
  /** Positive supplied, negative owed, before indices. */
  readonly principal: F64
  /** Units by row · collaterals + collateral. */
  readonly held: F64
  readonly book: MarginBook
  readonly ledger: Ledger
}

export const at = (column: { readonly data: ArrayLike<number> }, index: number): number => column.data[index] as number
export const one = (column: { readonly data: ArrayLike<number> }): number => column.data[0] as number
export const held_at = (m: State, row: number, i: number): number => at(m.held, row * m.list.length + i)
export const debt_slot = (m: State): number => m.list.length

/** Signed base units of an account. */
export function balance(m: State, row: number): number {
  const principal = at(m.principal, row)
  return principal * one(principal >= 0 ? m.s.supply_index : m.s.borrow_index)
}
export const debt_of = (m: State, row: number): number => Math.max(0, -balance(m, row))
export const supplied = (m: State): number => one(m.s.supply) * one(m.s.supply_index)
export const borrowed = (m: State): number => one(m.s.borrow) * one(m.s.borrow_index)
/** Signed: what is held and lent, less what suppliers own. */
export const reserves = (m: State): number => one(m.s.cash) - supplied(m) + borrowed(m)
/** Base units per unit of collateral at the store-front. */
export const ask = (m: State, i: number): number => (at(m.c.price, i) * (m.list[i] as Collateral).asking) / one(m.s.base_price)

/** A total less a part of it: what remains by rounding alone is nothing. */
export const less = (total: number, part: number): number => (total - part > total * 1e-13 ? total - part : 0)

/** Health at slot prices; +Infinity when nothing is owed. */
export function health(m: State, row: number, prices: Float64Array): number {
  const owed = m.principal.data[row] as number
  if (!(owed < 0)) return Number.POSITIVE_INFINITY
  const count = m.list.length
  const held = m.held.data
  let sum = 0
  for (let i = 0; i < count; i++) {
    const units = held[row * count + i] as number
    if (units > 0) sum += units * (prices[i] as number) * (m.list[i] as Collateral).liquidate_factor
  }
  return sum / (-owed * (prices[count] as number))
}

function bound(m: State, row: number, prices: Float64Array, level: number, out: Bound): void {
  if (!(at(m.principal, row) < 0)) {
    out.none()
    return
  }
  for (let i = 0; i < m.list.length; i++) if (held_at(m, row, i) > 0) out.hold(i)
  out.owe(debt_slot(m))
  out.law(health(m, row, prices) / level)
}

/** Collateral of an account in USD, by a factor each; NaN when a price it needs is missing. */
export function worth(m: State, row: number, factor: (collateral: Collateral) => number): number {
  let sum = 0
  for (let i = 0; i < m.list.length; i++) {
    const units = held_at(m, row, i)
    if (!(units > 0)) continue
    if (at(m.c.stale, i) === 1) return Number.NaN
    sum += units * at(m.c.price, i) * factor(m.list[i] as Collateral)
  }
  return sum
}

function check(spec: CompoundV3Spec, builder: WorldBuilder): void {
  const where = `venue ${spec.id}`
  const { accounts, positions } = spec
  const most = (column: Int32Array, field: string, highest: number) => {
    const bad = column.findIndex((value) => value > highest)
    if (bad >= 0) throw builder.invalid(`${field}[${bad}]`, column[bad], `at most ${highest}`)
  }
  check_column(accounts.owner, accounts.owner.length, where, 'accounts.owner', -1)
  check_column(accounts.base, accounts.owner.length, where, 'accounts.base')
  for (const field of ['account', 'collateral', 'amount'] as const)
    check_column(positions[field], positions.account.length, where, `positions.${field}`, 0)
  most(accounts.owner, 'accounts.owner', builder.actors - 2)
  most(positions.account, 'positions.account', accounts.owner.length - 1)
  most(positions.collateral, 'positions.collateral', spec.collaterals.length - 1)
}

function read_list(spec: CompoundV3Spec, base: number, builder: WorldBuilder): Collateral[] {
  const seen = new Set([base])
  return spec.collaterals.map((own, i) => {
    const asset = builder.asset(own.asset, `collaterals[${i}].asset`)
    if (seen.has(asset)) throw builder.invalid(`collaterals[${i}].asset`, own.asset, 'an asset listed once, other than the base')
    seen.add(asset)
    return {
      asset,
      name: own.asset,
      borrow_factor: own.borrow_factor,
      liquidate_factor: own.liquidate_factor,
      liquidation_factor: own.liquidation_factor,
      cap: own.supply_cap ?? Number.POSITIVE_INFINITY,
      asking: asking(spec.store_front_factor, own.liquidation_factor),
      other_supply: own.other_supply,
    }
  })
}

function fill(m: State, spec: CompoundV3Spec, builder: WorldBuilder): void {
  const { s, c } = m
  const start = (asset: number) => builder.assets[asset]?.price_usd ?? 1
  s.now_ms.data[0] = builder.time_ms
  s.accrued_ms.data[0] = builder.time_ms
  s.base_price.data[0] = start(m.base)
  s.supply_index.data[0] = 1
  s.borrow_index.data[0] = 1
  s.cash.data[0] = spec.cash
  spec.collaterals.forEach((own, i) => {
    c.price.data[i] = start((m.list[i] as Collateral).asset)
    c.inventory.data[i] = own.inventory
    c.supplied.data[i] = own.other_supply
    c.seized.data[i] = -1
  })
  let [listed, owed] = [0, spec.other_debt]
  for (let row = 0; row < m.rows; row++) {
    const base = spec.accounts.base[row] as number
    m.principal.data[row] = base
    if (base > 0) listed += base
    else owed -= base
  }
  if (!(spec.supply >= listed * (1 - 1e-9)))
    throw builder.invalid('supply', spec.supply, `at least ${listed}: what listed accounts supply`)
  s.supply.data[0] = Math.max(spec.supply, listed)
  s.borrow.data[0] = owed
  const { account, collateral, amount } = spec.positions
  for (let p = 0; p < account.length; p++) {
    const i = collateral[p] as number
    const cell = (account[p] as number) * m.list.length + i
    if (at(m.held, cell) > 0)
      throw builder.invalid(`positions.collateral[${p}]`, i, `each collateral once for account ${account[p]}`)
    m.held.data[cell] = amount[p] as number
    c.supplied.data[i] = at(c.supplied, i) + (amount[p] as number)
  }
  c.peak.data.set(c.supplied.data)
}

export function open_state(spec: CompoundV3Spec, builder: WorldBuilder): State {
  check(spec, builder)
  const { store, ledger, self } = builder
  const base = builder.asset(spec.base, 'base')
  const list = read_list(spec, base, builder)
  const rows = spec.accounts.owner.length
  const m: State = {
    id: spec.id,
    venue: self.index,
    base,
    borrow_min: spec.borrow_min,
    target: spec.target_reserves,
    other_debt: spec.other_debt,
    reward: spec.absorb_reward,
    borrow_curve: per_second(spec.borrow_curve),
    supply_curve: per_second(spec.supply_curve),
    list,
    s: store.table(`${spec.id}.system`, system_shape, 1).columns,
    c: store.table(`${spec.id}.collaterals`, collateral_shape, list.length).columns,
    rows,
    owner: spec.accounts.owner.map((position) => (position < 0 ? -1 : position + 1)),
    principal: store.table(`${spec.id}.accounts`, { principal: 'f64' }, rows).columns.principal,
    held: store.table(`${spec.id}.held`, { units: 'f64' }, rows * list.length).columns.units,
    book: new MarginBook(store, `${spec.id}.book`, list.length + 1, rows, {
      strict: true,
      health: (row, prices) => health(m, row, prices),
      bound: (row, prices, level, out) => bound(m, row, prices, level, out),
    }),
    ledger,
  }
  fill(m, spec, builder)
  write_slots(m)
  return m
}

export const rates = (m: State): { readonly supply: number; readonly borrow: number } => {
  const used = utilisation(borrowed(m), supplied(m))
  return { supply: rate_at(m.supply_curve, used), borrow: rate_at(m.borrow_curve, used) }
}

/** Interest of a time, simple within it. Outside bundles only. */
export function accrue(m: State, time_s: number): void {
  const { supply, borrow } = rates(m)
  m.s.supply_index.data[0] = one(m.s.supply_index) * (1 + supply * time_s)
  m.s.borrow_index.data[0] = one(m.s.borrow_index) * (1 + borrow * time_s)
}

/** Slots: each collateral's price, then the base's price times the borrow index. */
export function write_slots(m: State): void {
  const prices = m.book.prices.data
  for (let i = 0; i < m.list.length; i++) prices[i] = at(m.c.price, i)
  prices[debt_slot(m)] = one(m.s.base_price) * one(m.s.borrow_index)
}

/** Moves an account to a new signed balance, totals included. */
export function set_balance(m: State, row: number, units: number): void {
  const before = at(m.principal, row)
  const after = units / one(units >= 0 ? m.s.supply_index : m.s.borrow_index)
  if (before > 0) m.s.supply.set(0, less(one(m.s.supply), before))
  else if (before < 0) m.s.borrow.set(0, less(one(m.s.borrow), -before))
  if (after > 0) m.s.supply.add(0, after)
  else if (after < 0) m.s.borrow.add(0, -after)
  m.principal.set(row, after === 0 ? 0 : after)
}
