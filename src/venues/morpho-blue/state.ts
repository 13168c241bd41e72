/** Markets and accounts of the venue: what is fixed for a run, what changes, accrual and slot prices. */
import { type Bound, MarginBook } from '../../margin/index.ts'
import { check_column, type Columns, type Ledger, type WorldBuilder } from '../../model/index.ts'
import {
  type AdaptiveRate,
  adaptive_rate,
  curve,
  error_of,
  incentive_factor,
  type PreLiquidation,
  taylor,
  units_of,
  YEAR_S,
} from './kernel.ts'
import type { MorphoBlueSpec } from './snapshot.ts'

/** What governs a market; immutable on chain as well. */
export interface Market {
  /** `ETH/USDC`, for messages and feeds. */
  readonly name: string
  readonly loan: number
  readonly collateral: number
  readonly lltv: number
  readonly fee: number
  readonly adaptive: boolean
  /** One smallest unit of the loan. */
  readonly virtual: number
  readonly factor: number
  readonly pre: PreLiquidation | undefined
  /** Health below which an account that opted in may be pre-liquidated; 1 without. */
  readonly pre_level: number
  readonly other_debt: number
}

const market_shape = {
  /** Last valid answers, USD per unit; `stale` while one is missing now. */
  collateral_price: 'f64',
  loan_price: 'f64',
  stale: 'u8',
  /** Shares of everybody; units per share, virtual share included. */
  supply: 'f64',
  supply_index: 'f64',
  borrow: 'f64',
  borrow_index: 'f64',
  /** Supply shares of the fee recipient, inside `supply`. */
  fee_shares: 'f64',
  /** A second. */
  rate_at_target: 'f64',
  rate: 'f64',
  cash: 'f64',
} as const
const account_shape = { collateral: 'f64', debt: 'f64', supply: 'f64', watch: 'f64' } as const

export interface State {
  readonly id: string
  readonly venue: number
  readonly markets: readonly Market[]
  readonly m: Columns<typeof market_shape>
  readonly a: Columns<typeof account_shape>
  readonly clock: Columns<{ accrued_ms: 'f64' }>
  readonly rows: number
  readonly owner: Int32Array
  readonly market_of: Int32Array
  /** 1: has opted in to its market's pre-liquidation. */
  readonly opted: Uint8Array
  readonly book: MarginBook
  readonly ledger: Ledger
}

export const at = (column: { readonly data: ArrayLike<number> }, index: number): number => column.data[index] as number
export const collateral_slot = (k: number): number => 2 * k
export const debt_slot = (k: number): number => 2 * k + 1

export const market_at = (s: State, row: number): Market => s.markets[s.market_of[row] as number] as Market
export const borrowed = (s: State, k: number): number =>
  units_of(at(s.m.borrow, k), at(s.m.borrow_index, k), (s.markets[k] as Market).virtual)
export const supplied = (s: State, k: number): number =>
  units_of(at(s.m.supply, k), at(s.m.supply_index, k), (s.markets[k] as Market).virtual)
export const debt_of = (s: State, row: number): number => at(s.a.debt, row) * at(s.m.borrow_index, s.market_of[row] as number)
export const claim_of = (s: State, row: number): number => at(s.a.supply, row) * at(s.m.supply_index, s.market_of[row] as number)
/** Loan units per collateral unit. */
export const price_of = (s: State, k: number): number => at(s.m.collateral_price, k) / at(s.m.loan_price, k)

/** A total less a part of it: what remains by rounding alone is nothing. */
export const less = (total: number, part: number): number => (total - part > total * 1e-13 ? total - part : 0)

/** Health at slot prices; +Infinity when nothing is owed. */
export function health(s: State, row: number, prices: Float64Array): number {
  const debt = s.a.debt.data[row] as number
  if (!(debt > 0)) return Number.POSITIVE_INFINITY
  const k = s.market_of[row] as number
  const value = (s.a.collateral.data[row] as number) * (prices[2 * k] as number)
  return (value * (s.markets[k] as Market).lltv) / (debt * (prices[2 * k + 1] as number))
}

function bound(s: State, row: number, prices: Float64Array, level: number, out: Bound): void {
  if (!(at(s.a.debt, row) > 0)) {
    out.none()
    return
  }
  const k = s.market_of[row] as number
  out.hold(collateral_slot(k))
  out.owe(debt_slot(k))
  out.law(health(s, row, prices) / level)
}

function read_markets(spec: MorphoBlueSpec, builder: WorldBuilder): Market[] {
  return spec.markets.map((own, k) => {
    const pre = own.pre_liquidation
    let virtual = 1
    for (let i = own.loan_decimals; i > 0; i--) virtual /= 10
    return {
      name: `${own.collateral}/${own.loan}`,
      loan: builder.asset(own.loan, `markets[${k}].loan`),
      collateral: builder.asset(own.collateral, `markets[${k}].collateral`),
      lltv: own.lltv,
      fee: own.fee,
      adaptive: own.irm === 'adaptive',
      virtual,
      factor: incentive_factor(own.lltv),
      pre,
      pre_level: pre === undefined ? 1 : own.lltv / pre.pre_lltv,
      other_debt: own.other_debt,
    }
  })
}

function check_accounts(spec: MorphoBlueSpec, builder: WorldBuilder): void {
  const where = `venue ${spec.id}`
  const { accounts } = spec
  const count = accounts.owner.length
  for (const field of ['owner', 'market', 'collateral', 'debt', 'supply', 'pre_liquidation'] as const) {
    const column = accounts[field]
    if (column === undefined) continue
    check_column(column, count, where, `accounts.${field}`, field === 'owner' ? -1 : 0)
    const highest = { owner: builder.actors - 2, market: spec.markets.length - 1, pre_liquidation: 1 }[field as string]
    const bad = highest === undefined ? -1 : column.findIndex((value) => value > highest)
    if (bad >= 0) throw builder.invalid(`accounts.${field}[${bad}]`, column[bad], `at most ${highest}`)
  }
}

/** Totals at the start: indices 1, so that shares are units. */
function open_totals(spec: MorphoBlueSpec, s: State, builder: WorldBuilder): void {
  const { m, a } = s
  spec.markets.forEach((own, k) => {
    const { loan, collateral } = s.markets[k] as Market
    m.collateral_price.data[k] = builder.assets[collateral]?.price_usd ?? 1
    m.loan_price.data[k] = builder.assets[loan]?.price_usd ?? 1
    m.supply.data[k] = own.supply
    m.borrow.data[k] = own.other_debt
    m.supply_index.data[k] = 1
    m.borrow_index.data[k] = 1
    m.rate_at_target.data[k] = own.rate_at_target / YEAR_S
  })
  const listed = new Float64Array(s.markets.length)
  for (let row = 0; row < s.rows; row++) {
    const k = s.market_of[row] as number
    m.borrow.data[k] = at(m.borrow, k) + at(a.debt, row)
    listed[k] = (listed[k] as number) + at(a.supply, row)
  }
  for (let k = 0; k < s.markets.length; k++) {
    const least = Math.max(listed[k] as number, at(m.borrow, k))
    if (!(at(m.supply, k) >= least * (1 - 1e-9)))
      throw builder.invalid(
        `markets[${k}].supply`,
        at(m.supply, k),
        `at least ${least}: what listed accounts supply, and what is owed`,
      )
    m.supply.data[k] = Math.max(at(m.supply, k), least)
    m.cash.data[k] = at(m.supply, k) - at(m.borrow, k)
  }
}

export function open_state(spec: MorphoBlueSpec, builder: WorldBuilder): State {
  check_accounts(spec, builder)
  const { store, ledger, self } = builder
  const { accounts } = spec
  const rows = accounts.owner.length
  const markets = read_markets(spec, builder)
  const a = store.table(`${spec.id}.accounts`, account_shape, rows).columns
  a.collateral.data.set(accounts.collateral)
  a.debt.data.set(accounts.debt)
  if (accounts.supply !== undefined) a.supply.data.set(accounts.supply)
  a.watch.data.fill(1)
  const opted = Uint8Array.from(accounts.owner, (_, row) => {
    const pre = markets[accounts.market[row] as number]?.pre
    return pre !== undefined && accounts.pre_liquidation?.[row] === 1 ? 1 : 0
  })
  const s: State = {
    id: spec.id,
    venue: self.index,
    markets,
    m: store.table(`${spec.id}.markets`, market_shape, markets.length).columns,
    a,
    clock: store.table(`${spec.id}.clock`, { accrued_ms: 'f64' }, 1).columns,
    rows,
    owner: accounts.owner.map((position) => (position < 0 ? -1 : position + 1)),
    market_of: accounts.market,
    opted,
    book: new MarginBook(store, `${spec.id}.book`, 2 * markets.length, rows, {
      strict: true,
      health: (row, prices) => health(s, row, prices),
      bound: (row, prices, level, out) => bound(s, row, prices, level, out),
    }),
    ledger,
  }
  s.clock.accrued_ms.data[0] = builder.time_ms
  open_totals(spec, s, builder)
  for (let row = 0; row < rows; row++) s.book.level.data[row] = level_of(s, row)
  for (let k = 0; k < markets.length; k++) s.m.rate.data[k] = rate_now(s, k)
  write_slots(s)
  return s
}

/** Health below which the book must report a row: what the owner watches, or where its pre-liquidation begins. */
export const level_of = (s: State, row: number): number =>
  s.opted[row] === 1 ? Math.max(at(s.a.watch, row), market_at(s, row).pre_level) : at(s.a.watch, row)

export function utilisation(s: State, k: number): number {
  const total = supplied(s, k)
  return total > 0 ? borrowed(s, k) / total : 0
}

const rate_now = (s: State, k: number): number =>
  (s.markets[k] as Market).adaptive ? curve(at(s.m.rate_at_target, k), error_of(utilisation(s, k))) : 0

const adaptive: AdaptiveRate = { mean: 0, end: 0 }

/** Interest of a time on one market. Outside bundles only. */
export function accrue_market(s: State, k: number, time_s: number): void {
  const { fee, virtual, adaptive: has_rate } = s.markets[k] as Market
  if (!has_rate || !(time_s > 0)) return
  const { m } = s
  adaptive_rate(utilisation(s, k), at(m.rate_at_target, k), time_s, adaptive)
  m.rate_at_target.data[k] = adaptive.end
  m.rate.data[k] = adaptive.mean
  const total = supplied(s, k)
  const interest = borrowed(s, k) * taylor(adaptive.mean, time_s)
  m.borrow_index.data[k] = at(m.borrow_index, k) + interest / (at(m.borrow, k) + virtual)
  const kept = interest * fee
  const shares = (kept * (at(m.supply, k) + virtual)) / (total + interest - kept + virtual)
  m.supply_index.data[k] = (total + interest + virtual) / (at(m.supply, k) + shares + virtual)
  m.fee_shares.data[k] = at(m.fee_shares, k) + shares
  m.supply.data[k] = at(m.supply, k) + shares
}

/** Slot prices from answers and indices. */
export function write_slots(s: State): void {
  const prices = s.book.prices.data
  for (let k = 0; k < s.markets.length; k++) {
    prices[collateral_slot(k)] = at(s.m.collateral_price, k)
    prices[debt_slot(k)] = at(s.m.loan_price, k) * at(s.m.borrow_index, k)
  }
}
