/**
 * Many accounts of one exchange over a path of marks, without engine, world or log: what margin design and calibration need. The law
 * is the machine's under Binance's rules on an empty book (`bulk.ts`); this file has the columns and what is read off them.
 */
import type { Tiers } from '../../../margin/index.ts'
import { assert } from '../../../model/index.ts'
import { type Box, empty_box, jump_of } from './box.ts'

/** Priority of winners: profit ÷ max(1, wallet) × maintenance ÷ equity (Binance), or profit ÷ entry value × notional ÷ equity (Bybit, OKX). */
export type BulkRank = 'profit_margin' | 'profit_leverage'

/** What an order of the fund costs: impact = factor · (notional ÷ depth), or of its square root; it executes at half, or two thirds, of it. */
export interface Slippage {
  readonly law: 'linear' | 'square_root'
  /** ≥ 0, a ratio: ln price moved by an order as large as the depth. */
  readonly factor: number
  /** Notional by contract, coins. */
  readonly depth: ArrayLike<number>
}

export interface BulkSpec {
  /** By contract; marginal. They trigger, and allot the equity of a scope that is closed. */
  readonly tiers: readonly Tiers[]
  /** By row, coins: wallet − Σ quantity·entry. A row is a margin scope: a cross account, or an isolated position. */
  readonly cash: Float64Array
  /** Row by row, contract by contract: base units, signed. */
  readonly quantity: Float64Array
  /** As `quantity`: mean entry price; anything where the quantity is 0. */
  readonly entry: Float64Array
  /** In breach only below the requirement (true) or already at it (false, the default). */
  readonly strict?: boolean
  readonly rank?: BulkRank
  /** Insurance fund: coins it has, coins it keeps, most notional ÷ its equity. */
  readonly fund: { readonly balance: number; readonly reserve?: number; readonly leverage?: number }
  /** How the fund sells what it took over, at the mark after; absent: it keeps it until it must hand it on. */
  readonly sale?: Slippage
  /** true: everyone is tested at every mark and everybody ranked for every round. The same results, slowly: the oracle. */
  readonly exhaustive?: boolean
  /** Holders a queue lists at first, fourfold as often as they are not enough; changes the work alone. */
  readonly listed?: number
  /** true: keeps what happened in `events`. */
  readonly record?: boolean
}

/** `row` −1: outside; −2: the fund. */
export interface BulkEvent {
  readonly kind: 'takeover' | 'deleverage' | 'cover' | 'sale'
  readonly row: number
  readonly contract: number
  /** Units, > 0; of a cover: coins. */
  readonly amount: number
  readonly price: number
}

/** Sums since the last reset. Amounts in coins at the price of the event; see design §7. */
export interface BulkTotals {
  marks: number
  /** Scopes taken over, and their notional at the mark. */
  liquidations: number
  liquidated: number
  /** Positions the fund took. */
  fund_positions: number
  /** ADL: parts, notional at its execution price, adverse loss to winners. */
  adl_parts: number
  adl: number
  adl_loss: number
  /** max(0, −equity) at takeover; what is left uncovered when a winner ends below 0 comes on top. */
  bad_debt: number
  /** Notional the fund sold. */
  sold: number
  /** What the fund could not pay. */
  unpaid: number
  /** Exact tests of a scope, and scores of a position: the work done. */
  tests: number
  scores: number
}

export const OUTSIDE_ROW = -1
export const FUND_ROW = -2

/** Positions a fund took over: signed units left, price, mark of the takeover. */
export interface BulkLot {
  readonly contract: number
  quantity: number
  readonly price: number
  readonly mark: number
}

/** A box of prices, and the rows that could be in breach somewhere in it. */
export interface BulkBox extends Box {
  list: Int32Array
  count: number
  /** 1: listed. */
  readonly listed: Uint8Array
}

const open_box = (rows: number, contracts: number): BulkBox => ({
  low: new Float64Array(contracts),
  high: new Float64Array(contracts),
  list: new Int32Array(1024),
  count: 0,
  listed: new Uint8Array(rows),
})

function clear_box(box: BulkBox): void {
  box.listed.fill(0)
  box.count = 0
  empty_box(box)
}

export interface Bulk {
  readonly spec: BulkSpec
  readonly rows: number
  readonly contracts: number
  readonly tiers: readonly Tiers[]
  readonly strict: boolean
  readonly rank: BulkRank
  /** Largest jump of the maintenance at floors, coins by contract: published deductions are rounded. */
  readonly jump: Float64Array
  /** Row by row: cash, then quantity and entry of each contract; what is needed together lies together. */
  readonly cells: Float64Array
  /** Cells a row: 1 + 2·contracts. */
  readonly stride: number
  readonly opening: Float64Array
  /** 1: being liquidated at this mark. */
  readonly running: Uint8Array
  /** Marks now. */
  readonly price: Float64Array
  /** Whom to look at is found in two steps: by everybody for the wide box of prices, and among those for the narrow one inside it. */
  readonly far: BulkBox
  readonly near: BulkBox
  /** Units of everybody who is not a row, by contract. */
  readonly outside: Float64Array
  /** The fund: balance = cash + Σ lots at their prices; its units by contract; whether some of the lots may be empty. */
  readonly fund: { balance: number; cash: number; readonly held: Float64Array; lots: BulkLot[]; closed: boolean }
  /** Units the fund's sales moved at the last mark, signed, by contract. */
  readonly flow: Float64Array
  readonly totals: BulkTotals
  events: BulkEvent[]
}

const no_totals = (): BulkTotals => ({
  marks: 0,
  liquidations: 0,
  liquidated: 0,
  fund_positions: 0,
  adl_parts: 0,
  adl: 0,
  adl_loss: 0,
  bad_debt: 0,
  sold: 0,
  unpaid: 0,
  tests: 0,
  scores: 0,
})

/** The spec's columns as cells. */
function opening_of({ tiers, cash, quantity, entry }: BulkSpec): Float64Array {
  const contracts = tiers.length
  const stride = 1 + 2 * contracts
  const cells = new Float64Array(cash.length * stride)
  for (let row = 0; row < cash.length; row++) {
    const first = row * stride
    cells[first] = cash[row] as number
    for (let c = 0; c < contracts; c++) {
      cells[first + 1 + 2 * c] = quantity[row * contracts + c] as number
      cells[first + 2 + 2 * c] = entry[row * contracts + c] as number
    }
  }
  return cells
}

/** Columns are copied: the spec stays what it is, and `reset_columns` comes back to it. */
export function open_columns(spec: BulkSpec): Bulk {
  const { tiers, cash, quantity, entry, strict = false, rank = 'profit_margin' } = spec
  const rows = cash.length
  const contracts = tiers.length
  assert(quantity.length === rows * contracts && entry.length === rows * contracts, 'bulk: columns differ in length')
  assert(
    tiers.every(({ marginal }) => marginal),
    'bulk: tiers must be marginal',
  )
  const b: Bulk = {
    spec,
    rows,
    contracts,
    tiers,
    strict,
    rank,
    jump: Float64Array.from(tiers, jump_of),
    cells: new Float64Array(rows * (1 + 2 * contracts)),
    stride: 1 + 2 * contracts,
    opening: opening_of(spec),
    running: new Uint8Array(rows),
    price: new Float64Array(contracts),
    far: open_box(rows, contracts),
    near: open_box(rows, contracts),
    outside: new Float64Array(contracts),
    fund: { balance: 0, cash: 0, held: new Float64Array(contracts), lots: [], closed: false },
    flow: new Float64Array(contracts),
    totals: no_totals(),
    events: [],
  }
  reset_columns(b)
  return b
}

export function reset_columns(b: Bulk): void {
  const { spec, contracts } = b
  b.cells.set(b.opening)
  b.running.fill(0)
  clear_box(b.far)
  clear_box(b.near)
  b.price.fill(0)
  b.outside.fill(0)
  for (let row = 0; row < b.rows; row++)
    for (let c = 0; c < contracts; c++) b.outside[c] = (b.outside[c] as number) - quantity_at(b, row, c)
  b.fund.balance = spec.fund.balance
  b.fund.cash = spec.fund.balance
  b.fund.held.fill(0)
  b.fund.lots = []
  b.fund.closed = false
  b.flow.fill(0)
  Object.assign(b.totals, no_totals())
  b.events = []
}

/** As `maintenance` of the margin package, for the brackets of a contract. */
export function required(tiers: Tiers, notional: number): number {
  const { floor, rate, deduction } = tiers
  let t = 0
  while (t + 1 < floor.length && notional >= (floor[t + 1] as number)) t++
  return notional * (rate[t] as number) - (deduction[t] as number)
}

export const cash_at = (b: Bulk, row: number): number => b.cells[row * b.stride] as number

export const quantity_at = (b: Bulk, row: number, c: number): number => b.cells[row * b.stride + 1 + 2 * c] as number

/** As `health` of the kernel, in the same order of summation. */
export function health_of(b: Bulk, row: number): number {
  const { contracts, stride, cells, price, tiers } = b
  let at = row * stride
  const cash = cells[at++] as number
  let assets = cash > 0 ? cash : 0
  let debts = cash < 0 ? -cash : 0
  for (let c = 0; c < contracts; c++, at += 2) {
    const q = cells[at] as number
    if (q === 0) continue
    const value = q * (price[c] as number)
    if (q > 0) assets += value - required(tiers[c] as Tiers, value)
    else debts += required(tiers[c] as Tiers, -value) - value
  }
  return debts > 0 ? assets / debts : Number.POSITIVE_INFINITY
}

export const breached = (b: Bulk, health: number): boolean => (b.strict ? health < 1 : health <= 1)

export function equity_of(b: Bulk, row: number): number {
  let sum = cash_at(b, row)
  for (let c = 0; c < b.contracts; c++) {
    const q = quantity_at(b, row, c)
    if (q !== 0) sum += q * (b.price[c] as number)
  }
  return sum
}

/** Maintenance of one position at the mark. */
export function leg_required(b: Bulk, row: number, c: number): number {
  const q = quantity_at(b, row, c)
  return q === 0 ? 0 : required(b.tiers[c] as Tiers, Math.abs(q) * (b.price[c] as number))
}

/** As `bankruptcy_price` of the kernel: the part of the equity allotted by maintenance is used up there. */
export function zero_price(b: Bulk, row: number, c: number): number {
  const q = quantity_at(b, row, c)
  const mark = b.price[c] as number
  let total = 0
  let gross = 0
  for (let k = 0; k < b.contracts; k++) {
    total += leg_required(b, row, k)
    gross += Math.abs(quantity_at(b, row, k)) * (b.price[k] as number)
  }
  const part = total > 0 ? leg_required(b, row, c) / total : (Math.abs(q) * mark) / gross
  return part === 1 ? -cash_at(b, row) / q : mark - (equity_of(b, row) * part) / q
}

export function is_flat_row(b: Bulk, row: number): boolean {
  for (let c = 0; c < b.contracts; c++) if (quantity_at(b, row, c) !== 0) return false
  return true
}
