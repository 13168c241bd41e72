/** Pools of the liquidity layer, vaults and positions: what is fixed for a run, what changes, ticks, accrual and slot prices. */
import { type Bound, MarginBook } from '../../margin/index.ts'
import { check_column, type Columns, type Ledger, type WorldBuilder } from '../../model/index.ts'
import { type Curve, entry_ratio, type Expansion, type Limits, rate_at, YEAR_S } from './kernel.ts'
import type { FluidSpec } from './snapshot.ts'

export interface Pool {
  readonly name: string
  readonly asset: number
  readonly fee: number
  readonly curve: Curve
  /** 10,000 smallest units: less moves nothing. */
  readonly least: number
  /** Raw units of everybody who is not listed. */
  readonly other_supply: number
  readonly other_debt: number
}

export interface Vault {
  readonly name: string
  readonly collateral_pool: number
  readonly debt_pool: number
  readonly collateral: number
  readonly debt: number
  readonly collateral_factor: number
  readonly limits: Limits
  /** Ticks are in smallest units. */
  readonly scale: number
  readonly gap: number
  readonly withdrawal: Expansion | undefined
  readonly borrowing: Expansion | undefined
  readonly most_debt: number
}

const pool_shape = {
  /** Last valid answer, USD per unit; `stale` while there is none now. */
  price: 'f64',
  stale: 'u8',
  /** Raw units, and units per raw unit. */
  supply: 'f64',
  supply_index: 'f64',
  borrow: 'f64',
  borrow_index: 'f64',
  cash: 'f64',
  /** Units that belong to the layer itself. */
  revenue: 'f64',
  /** Of the last accrual, a year. */
  rate: 'f64',
} as const
const vault_shape = {
  /** Raw units: of all positions and the absorbed. */
  collateral: 'f64',
  debt: 'f64',
  absorbed_collateral: 'f64',
  absorbed_debt: 'f64',
  /** Log row of the last absorption. */
  seized: 'i32',
  /** Raw units that must stay, that may be owed, after the last action, and when that was. */
  stays: 'f64',
  stays_ms: 'f64',
  owes: 'f64',
  owes_ms: 'f64',
} as const
/** Raw units. `debt` is what the position counts for, at its tick; it owes `dust` less. */
const account_shape = { collateral: 'f64', debt: 'f64', dust: 'f64' } as const

export interface State {
  readonly id: string
  readonly venue: number
  readonly bots: boolean
  readonly pools: readonly Pool[]
  readonly vaults: readonly Vault[]
  readonly p: Columns<typeof pool_shape>
  readonly v: Columns<typeof vault_shape>
  readonly a: Columns<typeof account_shape>
  readonly clock: Columns<{ now_ms: 'f64' }>
  readonly rows: number
  readonly owner: Int32Array
  readonly vault_of: Int32Array
  readonly book: MarginBook
  readonly ledger: Ledger
}

export const at = (column: { readonly data: ArrayLike<number> }, index: number): number => column.data[index] as number
export const collateral_slot = (k: number): number => 2 * k
export const debt_slot = (k: number): number => 2 * k + 1

export const vault_at = (s: State, row: number): Vault => s.vaults[s.vault_of[row] as number] as Vault
/** What a position owes, raw. */
export const net_of = (s: State, row: number): number => Math.max(0, at(s.a.debt, row) - at(s.a.dust, row))
export const held_of = (s: State, row: number): number =>
  at(s.a.collateral, row) * at(s.p.supply_index, vault_at(s, row).collateral_pool)
export const owed_of = (s: State, row: number): number => net_of(s, row) * at(s.p.borrow_index, vault_at(s, row).debt_pool)
export const ratio_of = (s: State, row: number): number => at(s.a.debt, row) / at(s.a.collateral, row)
export const supplied = (s: State, i: number): number => at(s.p.supply, i) * at(s.p.supply_index, i)
export const borrowed = (s: State, i: number): number => at(s.p.borrow, i) * at(s.p.borrow_index, i)

export const stale = (s: State, vault: Vault): boolean =>
  at(s.p.stale, vault.collateral_pool) === 1 || at(s.p.stale, vault.debt_pool) === 1
/** Debt units per collateral unit. */
export const price_of = (s: State, vault: Vault): number => at(s.p.price, vault.collateral_pool) / at(s.p.price, vault.debt_pool)
/** The same in raw units. */
export const raw_price = (s: State, vault: Vault): number =>
  (price_of(s, vault) * at(s.p.supply_index, vault.collateral_pool)) / at(s.p.borrow_index, vault.debt_pool)

/** A total less a part of it: what remains by rounding alone is nothing. */
export const less = (total: number, part: number): number => (total - part > total * 1e-13 ? total - part : 0)

/** Health at slot prices; +Infinity when nothing is owed. */
export function health(s: State, row: number, prices: Float64Array): number {
  const debt = s.a.debt.data[row] as number
  if (!(debt > 0)) return Number.POSITIVE_INFINITY
  const k = s.vault_of[row] as number
  const value = (s.a.collateral.data[row] as number) * (prices[2 * k] as number)
  return (value * (s.vaults[k] as Vault).limits.threshold) / (debt * (prices[2 * k + 1] as number))
}

function bound(s: State, row: number, prices: Float64Array, level: number, out: Bound): void {
  if (!(at(s.a.debt, row) > 0)) {
    out.none()
    return
  }
  const k = s.vault_of[row] as number
  out.hold(collateral_slot(k))
  out.owe(debt_slot(k))
  out.law(health(s, row, prices) / level)
}

/**
 * Ratio that a position with this collateral and debt stands at after its owner's action: the tick above; but what made it safer never
 * raises the ratio it had, and what made it riskier never lowers it.
 */
export function ratio_after(s: State, row: number, net: number, collateral: number, safer: boolean): number {
  const entry = entry_ratio(net, collateral, vault_at(s, row).scale)
  const old = at(s.a.debt, row) > 0 ? ratio_of(s, row) : safer ? entry : 0
  return Math.max(net / collateral, safer ? Math.min(entry, old) : Math.max(entry, old))
}

/** Writes a position. */
export function enter(s: State, row: number, net: number, collateral: number, safer: boolean): void {
  const debt = net > 0 ? ratio_after(s, row, net, collateral, safer) * collateral : 0
  s.a.collateral.set(row, collateral)
  s.a.debt.set(row, debt)
  s.a.dust.set(row, net > 0 ? Math.max(0, debt - net) : 0)
}

const power_of_ten = (n: number): number => {
  let out = 1
  for (let i = Math.abs(n); i > 0; i--) out *= 10
  return n < 0 ? 1 / out : out
}

function read_pools(spec: FluidSpec, builder: WorldBuilder): Pool[] {
  return spec.pools.map((own, i) => {
    const again = spec.pools.findIndex(({ asset }) => asset === own.asset)
    if (again !== i) throw builder.invalid(`pools[${i}].asset`, own.asset, `one pool an asset; pools[${again}] has it`)
    const asset = builder.asset(own.asset, `pools[${i}].asset`)
    const { fee, curve, supply, other_debt } = own
    return { name: own.asset, asset, fee, curve, least: 1e4 / power_of_ten(own.decimals), other_supply: supply, other_debt }
  })
}

function read_vaults(spec: FluidSpec, builder: WorldBuilder, pools: readonly Pool[]): Vault[] {
  return spec.vaults.map((own, k) => {
    const pool_of = (field: 'collateral' | 'debt') => {
      const found = spec.pools.findIndex(({ asset }) => asset === own[field])
      const valid = `an asset with a pool: ${pools.map(({ name }) => name).join(', ')}`
      if (found < 0) throw builder.invalid(`vaults[${k}].${field}`, own[field], valid)
      return found
    }
    const [collateral_pool, debt_pool] = [pool_of('collateral'), pool_of('debt')]
    const decimals = (i: number) => spec.pools[i]?.decimals as number
    return {
      name: own.id,
      collateral_pool,
      debt_pool,
      collateral: (pools[collateral_pool] as Pool).asset,
      debt: (pools[debt_pool] as Pool).asset,
      collateral_factor: own.collateral_factor,
      limits: { threshold: own.liquidation_threshold, most: own.max_limit, penalty: own.penalty },
      scale: power_of_ten(decimals(debt_pool) - decimals(collateral_pool)),
      gap: own.withdrawal_gap,
      withdrawal: own.withdrawal_limit,
      borrowing: own.borrow_limit,
      most_debt: own.borrow_limit?.most ?? Number.POSITIVE_INFINITY,
    }
  })
}

function check_accounts(spec: FluidSpec, builder: WorldBuilder): void {
  const { accounts } = spec
  const count = accounts.owner.length
  for (const field of ['owner', 'vault', 'collateral', 'debt'] as const) {
    const column = accounts[field]
    check_column(column, count, `venue ${spec.id}`, `accounts.${field}`, field === 'owner' ? -1 : 0)
    const highest = field === 'owner' ? builder.actors - 2 : field === 'vault' ? spec.vaults.length - 1 : Number.POSITIVE_INFINITY
    const bad = column.findIndex((value) => value > highest)
    if (bad >= 0) throw builder.invalid(`accounts.${field}[${bad}]`, column[bad], `at most ${highest}`)
  }
  accounts.debt.forEach((debt, row) => {
    if (debt > 0 && !((accounts.collateral[row] as number) > 0))
      throw builder.invalid(`accounts.debt[${row}]`, debt, '0 without collateral: such a position has no tick')
  })
}

/** Totals at the start: exchange prices 1, so that raw units are units. */
function open_totals(s: State, spec: FluidSpec, builder: WorldBuilder): void {
  const { p, v, pools, vaults } = s
  pools.forEach((pool, i) => {
    p.price.data[i] = builder.assets[pool.asset]?.price_usd ?? 1
    p.supply.data[i] = pool.other_supply
    p.borrow.data[i] = pool.other_debt
    p.supply_index.data[i] = 1
    p.borrow_index.data[i] = 1
  })
  for (let row = 0; row < s.rows; row++) {
    const k = s.vault_of[row] as number
    const net = spec.accounts.debt[row] as number
    const collateral = spec.accounts.collateral[row] as number
    enter(s, row, net, collateral, false)
    const { collateral_pool, debt_pool } = vaults[k] as Vault
    v.collateral.data[k] = at(v.collateral, k) + collateral
    v.debt.data[k] = at(v.debt, k) + net
    p.supply.data[collateral_pool] = at(p.supply, collateral_pool) + collateral
    p.borrow.data[debt_pool] = at(p.borrow, debt_pool) + net
  }
  vaults.forEach(({ withdrawal, borrowing, most_debt }, k) => {
    v.seized.data[k] = -1
    v.stays_ms.data[k] = builder.time_ms
    v.owes_ms.data[k] = builder.time_ms
    const [supply, owed] = [at(v.collateral, k), at(v.debt, k)]
    if (withdrawal !== undefined && supply >= withdrawal.base) v.stays.data[k] = supply * (1 - withdrawal.share)
    if (borrowing !== undefined) v.owes.data[k] = Math.min(most_debt, Math.max(borrowing.base, owed * (1 + borrowing.share)))
  })
  pools.forEach((_, i) => {
    const [supply, debt] = [at(p.supply, i), at(p.borrow, i)]
    if (!(supply >= debt * (1 - 1e-9)))
      throw builder.invalid(`pools[${i}].supply`, supply, `with collateral at least ${debt}: what is owed`)
    p.cash.data[i] = Math.max(0, supply - debt)
    p.rate.data[i] = rate_at(supply > 0 ? debt / supply : 0, (pools[i] as Pool).curve)
  })
}

export function open_state(spec: FluidSpec, builder: WorldBuilder): State {
  check_accounts(spec, builder)
  const { store, ledger, self } = builder
  const { accounts } = spec
  const rows = accounts.owner.length
  const pools = read_pools(spec, builder)
  const vaults = read_vaults(spec, builder, pools)
  const s: State = {
    id: spec.id,
    venue: self.index,
    bots: spec.absorber === 'bots',
    pools,
    vaults,
    p: store.table(`${spec.id}.pools`, pool_shape, pools.length).columns,
    v: store.table(`${spec.id}.vaults`, vault_shape, vaults.length).columns,
    a: store.table(`${spec.id}.accounts`, account_shape, rows).columns,
    clock: store.table(`${spec.id}.clock`, { now_ms: 'f64' }, 1).columns,
    rows,
    owner: accounts.owner.map((position) => (position < 0 ? -1 : position + 1)),
    vault_of: accounts.vault,
    book: new MarginBook(store, `${spec.id}.book`, 2 * vaults.length, rows, {
      strict: true,
      health: (row, prices) => health(s, row, prices),
      bound: (row, prices, level, out) => bound(s, row, prices, level, out),
    }),
    ledger,
  }
  s.clock.now_ms.data[0] = builder.time_ms
  open_totals(s, spec, builder)
  write_slots(s)
  return s
}

/** Interest of a time on one pool: simple within the step, as the contract has it between two actions. Outside bundles only. */
export function accrue_pool(s: State, i: number, time_s: number): void {
  const { fee, curve } = s.pools[i] as Pool
  const { p } = s
  const [supply, debt] = [supplied(s, i), borrowed(s, i)]
  const rate = rate_at(supply > 0 ? debt / supply : 0, curve)
  p.rate.data[i] = rate
  if (!(time_s > 0) || !(debt > 0)) return
  const growth = (rate * time_s) / YEAR_S
  const interest = debt * growth
  const kept = supply > 0 ? interest * fee : interest
  p.borrow_index.data[i] = at(p.borrow_index, i) * (1 + growth)
  if (supply > 0) p.supply_index.data[i] = at(p.supply_index, i) * (1 + (interest - kept) / supply)
  p.revenue.data[i] = at(p.revenue, i) + kept
}

/** Slot prices from answers and exchange prices. */
export function write_slots(s: State): void {
  const prices = s.book.prices.data
  s.vaults.forEach(({ collateral_pool, debt_pool }, k) => {
    prices[collateral_slot(k)] = at(s.p.price, collateral_pool) * at(s.p.supply_index, collateral_pool)
    prices[debt_slot(k)] = at(s.p.price, debt_pool) * at(s.p.borrow_index, debt_pool)
  })
}
