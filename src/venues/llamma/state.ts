/** The state of a market: bands, loans, the market maker's memory. */
import type { MarginBook } from '../../margin/index.ts'
import type { Ledger, Oracle, Quote, Quotes, Table } from '../../model/index.ts'
import { bandDown, type Geometry, OFFSET, oracleUp } from './kernel.ts'

/** price, fee: what a trade sees; old, old_fee, written_ms: what the last trade saw, and when. */
export const MARKET = {
  now_ms: 'f64',
  accrued_ms: 'f64',
  rate_mul: 'f64',
  price: 'f64',
  fee: 'f64',
  old: 'f64',
  old_fee: 'f64',
  written_ms: 'f64',
  scaled: 'f64',
  active: 'i32',
  low: 'i32',
  high: 'i32',
  has: 'u8',
} as const

export interface State {
  readonly venue: number
  readonly collateral: number
  readonly stable: number
  readonly feed: number
  readonly stable_feed: number
  readonly oracle: Oracle
  readonly geo: Geometry
  readonly base: number
  readonly loan_discount: number
  readonly liquidation_discount: number
  readonly rate: number
  readonly ceiling: number
  /** Debt of all loans at the start: what rounding is measured by. */
  readonly opened: number
  readonly owner: Int32Array
  /** Bands of each loan, and where its shares begin. */
  readonly count: Int32Array
  readonly first: Int32Array
  readonly market: Table<typeof MARKET>
  /** Content and shares of each band; row n + OFFSET. */
  readonly bands: Table<{ x: 'f64'; y: 'f64'; shares: 'f64' }>
  /** debt: without the interest since the start. */
  readonly loans: Table<{ n1: 'i32'; debt: 'f64' }>
  readonly parts: Table<{ share: 'f64' }>
  readonly book: MarginBook
  readonly feeds: Quotes
  readonly ledger: Ledger
  readonly scratch: Quote
}

export const at = (column: { readonly data: ArrayLike<number> }, row = 0): number => column.data[row] as number

/** Upper end of band 0, interest included. */
export const baseOf = (state: State): number => state.base * at(state.market.columns.rate_mul)
export const activeOf = (state: State): number => at(state.market.columns.active)
export const upOf = (state: State, n: number): number => oracleUp(state.geo, baseOf(state), n)
export const debtOf = (state: State, row: number): number => at(state.loans.columns.debt, row) * at(state.market.columns.rate_mul)
export const n1Now = (state: State, row: number): number => at(state.loans.columns.n1, row)

/** Position in units: stable and collateral. */
export interface Position {
  x: number
  y: number
}

export function positionOf(state: State, row: number, out: Position): void {
  const { x, y, shares } = state.bands.columns
  const { share } = state.parts.columns
  const [n1, first] = [n1Now(state, row), state.first[row] as number]
  out.x = 0
  out.y = 0
  for (let k = 0; k < (state.count[row] as number); k++) {
    const part = at(share, first + k)
    if (part === 0) continue
    const band = n1 + k + OFFSET
    out.x += (at(x, band) * part) / at(shares, band)
    out.y += (at(y, band) * part) / at(shares, band)
  }
}

const scratch: Position = { x: 0, y: 0 }

/** What the position becomes while the oracle price falls through it, after the haircut, with what it is worth above its bands. */
export function coverOf(state: State, row: number, p: number): number {
  const { x, y, shares } = state.bands.columns
  const { share } = state.parts.columns
  const [n1, first] = [n1Now(state, row), state.first[row] as number]
  let sum = 0
  for (let k = 0; k < (state.count[row] as number); k++) {
    const part = at(share, first + k)
    if (part === 0) continue
    const band = n1 + k + OFFSET
    sum += (bandDown(state.geo, at(x, band), at(y, band), p, upOf(state, n1 + k)) * part) / at(shares, band)
  }
  const cover = sum * (1 - state.liquidation_discount)
  const up = upOf(state, n1)
  if (n1 <= activeOf(state) || p <= up) return cover
  positionOf(state, row, scratch)
  return cover + (p - up) * scratch.y
}

/** 1 + the controller's full health: below 1 anyone may liquidate. +Infinity without debt. */
export function healthOf(state: State, row: number, p: number): number {
  const debt = debtOf(state, row)
  return debt > 0 ? coverOf(state, row, p) / debt : Number.POSITIVE_INFINITY
}
