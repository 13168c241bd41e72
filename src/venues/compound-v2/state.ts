/** The pool: what is fixed for a run, what changes, accrual and slot prices. Supplies are shares of a growing exchange rate. */
import { type Bound, MarginBook } from '../../margin/index.ts'
import { check_column, type Columns, type Ledger, type WorldBuilder } from '../../model/index.ts'
import { type Curve, rate_at, type Split, utilisation, YEAR_S } from './kernel.ts'
import type { CompoundV2Spec } from './snapshot.ts'

export interface Market {
  readonly asset: number
  readonly name: string
  readonly factor: number
  readonly threshold: number
  readonly reserve_factor: number
  readonly curve: Curve
  readonly cap: number
  readonly other_debt: number
  readonly mint_paused: boolean
  readonly borrow_paused: boolean
  /** Anyone may repay any debt here for collateral. */
  readonly forced: boolean
}

const market_shape = {
  price: 'f64',
  stale: 'u8',
  cash: 'f64',
  reserves: 'f64',
  /** Shares of everybody; units per share. */
  supply: 'f64',
  exchange: 'f64',
  borrow: 'f64',
  borrow_index: 'f64',
} as const
const holding_shape = { supply: 'f64', debt: 'f64', entered: 'u8' } as const

export interface State {
  readonly id: string
  readonly venue: number
  readonly close_factor: number
  readonly split: Split
  readonly markets: readonly Market[]
  readonly any_forced: boolean
  readonly m: Columns<typeof market_shape>
  readonly clock: Columns<{ accrued_ms: 'f64'; seize_paused: 'u8' }>
  readonly rows: number
  readonly owner: Int32Array
  /** By row · markets + market. */
  readonly h: Columns<typeof holding_shape>
  readonly book: MarginBook
  readonly ledger: Ledger
}

export const at = (column: { readonly data: ArrayLike<number> }, index: number): number => column.data[index] as number
export const cell = (s: State, row: number, k: number): number => row * s.markets.length + k
export const supply_slot = (k: number): number => 2 * k
export const debt_slot = (k: number): number => 2 * k + 1
export const supply_of = (s: State, row: number, k: number): number => at(s.h.supply, cell(s, row, k)) * at(s.m.exchange, k)
export const debt_of = (s: State, row: number, k: number): number => at(s.h.debt, cell(s, row, k)) * at(s.m.borrow_index, k)
export const borrowed = (s: State, k: number): number => at(s.m.borrow, k) * at(s.m.borrow_index, k)
export const supplied = (s: State, k: number): number => at(s.m.supply, k) * at(s.m.exchange, k)

/** A total less a part of it: what remains by rounding alone is nothing. */
export const less = (total: number, part: number): number => (total - part > total * 1e-13 ? total - part : 0)

/** Health at slot prices; +Infinity when nothing is owed. */
export function health(s: State, row: number, prices: Float64Array): number {
  const count = s.markets.length
  const { supply, debt, entered } = s.h
  let [assets, debts] = [0, 0]
  for (let k = 0, i = row * count; k < count; k++, i++) {
    const shares = supply.data[i] as number
    if (shares > 0 && entered.data[i] === 1) assets += shares * (prices[2 * k] as number) * (s.markets[k] as Market).threshold
    const owed = debt.data[i] as number
    if (owed > 0) debts += owed * (prices[2 * k + 1] as number)
  }
  return debts > 0 ? assets / debts : Number.POSITIVE_INFINITY
}

function bound(s: State, row: number, prices: Float64Array, level: number, out: Bound): void {
  let owes = false
  for (let k = 0; k < s.markets.length; k++) {
    const i = cell(s, row, k)
    if (at(s.h.supply, i) > 0 && at(s.h.entered, i) === 1 && (s.markets[k] as Market).threshold > 0) out.hold(supply_slot(k))
    if (!(at(s.h.debt, i) > 0)) continue
    out.owe(debt_slot(k))
    owes = true
  }
  if (owes) out.law(health(s, row, prices) / level)
  else out.none()
}

/** A price that the account's liquidity needs is missing. */
export function is_stale(s: State, row: number): boolean {
  for (let k = 0; k < s.markets.length; k++) {
    const i = cell(s, row, k)
    const counts = at(s.h.debt, i) > 0 || (at(s.h.supply, i) > 0 && at(s.h.entered, i) === 1)
    if (counts && at(s.m.stale, k) === 1) return true
  }
  return false
}

export const owes = (s: State, row: number): boolean => s.markets.some((_, k) => at(s.h.debt, cell(s, row, k)) > 0)

/** USD that may still be borrowed, by the collateral factors; negative when there is too much already. */
export function room_usd(s: State, row: number): number {
  let sum = 0
  s.markets.forEach(({ factor }, k) => {
    if (at(s.h.entered, cell(s, row, k)) === 1) sum += supply_of(s, row, k) * at(s.m.price, k) * factor
    sum -= debt_of(s, row, k) * at(s.m.price, k)
  })
  return sum
}

function read_markets(spec: CompoundV2Spec, builder: WorldBuilder): Market[] {
  const seen = new Set<number>()
  return spec.markets.map((own, k) => {
    const asset = builder.asset(own.asset, `markets[${k}].asset`)
    if (seen.has(asset)) throw builder.invalid(`markets[${k}].asset`, own.asset, 'an asset listed once')
    seen.add(asset)
    return {
      asset,
      name: own.asset,
      factor: own.collateral_factor,
      threshold: own.liquidation_threshold ?? own.collateral_factor,
      reserve_factor: own.reserve_factor,
      curve: { base: own.base_rate, slope: own.slope, kink: own.kink, jump: own.jump },
      cap: own.borrow_cap > 0 ? own.borrow_cap : Number.POSITIVE_INFINITY,
      other_debt: own.other_debt,
      mint_paused: own.mint_paused,
      borrow_paused: own.borrow_paused,
      forced: own.forced_liquidation || (own.collateral_factor === 0 && own.borrow_paused && own.reserve_factor === 1),
    }
  })
}

function check(spec: CompoundV2Spec, builder: WorldBuilder): void {
  const where = `venue ${spec.id}`
  const { owner } = spec.accounts
  const { positions } = spec
  const most = (column: Int32Array, field: string, highest: number) => {
    const bad = column.findIndex((value) => value > highest)
    if (bad >= 0) throw builder.invalid(`${field}[${bad}]`, column[bad], `at most ${highest}`)
  }
  check_column(owner, owner.length, where, 'accounts.owner', -1)
  for (const field of ['account', 'market', 'supply', 'debt', 'entered'] as const)
    if (positions[field] !== undefined) check_column(positions[field], positions.account.length, where, `positions.${field}`, 0)
  most(owner, 'accounts.owner', builder.actors - 2)
  most(positions.account, 'positions.account', owner.length - 1)
  most(positions.market, 'positions.market', spec.markets.length - 1)
  if (positions.entered !== undefined) most(positions.entered, 'positions.entered', 1)
}

function fill(s: State, spec: CompoundV2Spec, builder: WorldBuilder): void {
  const { m, h } = s
  spec.markets.forEach((own, k) => {
    m.price.data[k] = builder.assets[(s.markets[k] as Market).asset]?.price_usd ?? 1
    m.cash.data[k] = own.cash
    m.reserves.data[k] = own.reserves
    m.borrow.data[k] = own.other_debt
    m.exchange.data[k] = 1
    m.borrow_index.data[k] = 1
  })
  const { account, market, supply, debt, entered } = spec.positions
  const listed = new Float64Array(s.markets.length)
  const seen = new Set<number>()
  h.entered.data.fill(1)
  for (let p = 0; p < account.length; p++) {
    const k = market[p] as number
    const i = cell(s, account[p] as number, k)
    if (seen.has(i)) throw builder.invalid(`positions.market[${p}]`, k, `each market once for account ${account[p]}`)
    seen.add(i)
    h.supply.data[i] = supply[p] as number
    h.debt.data[i] = debt[p] as number
    h.entered.data[i] = entered?.[p] ?? 1
    listed[k] = (listed[k] as number) + (supply[p] as number)
    m.borrow.data[k] = at(m.borrow, k) + (debt[p] as number)
  }
  for (let k = 0; k < s.markets.length; k++) {
    const claims = at(m.cash, k) + at(m.borrow, k) - at(m.reserves, k)
    const least = (listed[k] as number) - at(m.borrow, k) + at(m.reserves, k)
    if (!(claims >= (listed[k] as number) * (1 - 1e-9)))
      throw builder.invalid(
        `markets[${k}].cash`,
        at(m.cash, k),
        `at least ${least}: what listed accounts supplied and reserves hold, less loans`,
      )
    m.supply.data[k] = Math.max(claims, listed[k] as number)
  }
}

export function open_state(spec: CompoundV2Spec, builder: WorldBuilder): State {
  check(spec, builder)
  const { store, ledger, self } = builder
  const markets = read_markets(spec, builder)
  const rows = spec.accounts.owner.length
  const s: State = {
    id: spec.id,
    venue: self.index,
    close_factor: spec.close_factor,
    split: { incentive: spec.incentive, seize_share: spec.seize_share, treasury_share: spec.treasury_share },
    markets,
    any_forced: markets.some(({ forced }) => forced),
    m: store.table(`${spec.id}.markets`, market_shape, markets.length).columns,
    clock: store.table(`${spec.id}.clock`, { accrued_ms: 'f64', seize_paused: 'u8' }, 1).columns,
    rows,
    owner: spec.accounts.owner.map((position) => (position < 0 ? -1 : position + 1)),
    h: store.table(`${spec.id}.holdings`, holding_shape, rows * markets.length).columns,
    book: new MarginBook(store, `${spec.id}.book`, 2 * markets.length, rows, {
      strict: true,
      health: (row, prices) => health(s, row, prices),
      bound: (row, prices, level, out) => bound(s, row, prices, level, out),
    }),
    ledger,
  }
  s.clock.accrued_ms.data[0] = builder.time_ms
  fill(s, spec, builder)
  write_slots(s)
  return s
}

export const used = (s: State, k: number): number => utilisation(at(s.m.cash, k), borrowed(s, k), at(s.m.reserves, k))

/** Simple interest of a time on one market. Outside bundles only. */
export function accrue_market(s: State, k: number, time_s: number): void {
  const { m } = s
  const { curve, reserve_factor } = s.markets[k] as Market
  const growth = (rate_at(curve, used(s, k)) * time_s) / YEAR_S
  const interest = borrowed(s, k) * growth
  m.borrow_index.data[k] = at(m.borrow_index, k) * (1 + growth)
  m.reserves.data[k] = at(m.reserves, k) + interest * reserve_factor
  if (at(m.supply, k) > 0) m.exchange.data[k] = at(m.exchange, k) + (interest * (1 - reserve_factor)) / at(m.supply, k)
  else m.reserves.data[k] = at(m.reserves, k) + interest * (1 - reserve_factor)
}

/** Slot prices from answers, exchange rates and indices. */
export function write_slots(s: State): void {
  const prices = s.book.prices.data
  for (let k = 0; k < s.markets.length; k++) {
    prices[supply_slot(k)] = at(s.m.price, k) * at(s.m.exchange, k)
    prices[debt_slot(k)] = at(s.m.price, k) * at(s.m.borrow_index, k)
  }
}
