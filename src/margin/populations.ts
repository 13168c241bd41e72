/**
 * Two populations with published counts, which a naive scan and the margin book must both give: A, perpetual positions liquidated
 * as a mark falls by 40 %; B, lending positions under one shock. Both draw from the generator s ← (1664525·s + 1013904223) mod 2³²,
 * seed 12345, u = s ÷ 2³².
 */
import { Store } from '../model/store.ts'
import { MarginBook } from './book.ts'
import type { Accounts, Bound } from './bound.ts'
import { RowList } from './rows.ts'
import { bound_between, type Thresholds, thresholds } from './thresholds.ts'
import { slab_tiers } from './tiers.ts'

/** Positions, marks, and the liquidations published for them (the first four also by a C++ peer). */
export const PERP_COUNTS = [
  { positions: 1000, marks: 1000, liquidations: 497 },
  { positions: 10_000, marks: 1000, liquidations: 4964 },
  { positions: 100_000, marks: 1000, liquidations: 49_714 },
  { positions: 300_000, marks: 100, liquidations: 148_627 },
  { positions: 1_000_000, marks: 100, liquidations: 495_446 },
] as const

/** At a shock of −30 %. */
export const LENDING_COUNTS = [
  { accounts: 1000, liquidatable: 342, toxic: 178, bad_debt_usd: 308_700 },
  { accounts: 10_000, liquidatable: 3375, toxic: 1865, bad_debt_usd: 3_100_576 },
  { accounts: 100_000, liquidatable: 33_920, toxic: 19_127, bad_debt_usd: 30_638_947 },
  { accounts: 1_000_000, liquidatable: 336_899, toxic: 190_171, bad_debt_usd: 306_349_416 },
] as const

function generator(): () => number {
  let s = 12345
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 4294967296
  }
}

// ── A: perpetual positions ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Price at which all positions are opened. */
export const ENTRY = 100
/** 0.5, 1, 2.5 and 5 % of the whole notional at the mark. */
const PERP_TIERS = slab_tiers([0, 50_000, 250_000, 1_000_000], [0.005, 0.01, 0.025, 0.05])

/** The same, written out: what `maintenance(PERP_TIERS, notional)` gives. */
function perp_margin(notional: number): number {
  return notional * (notional < 50_000 ? 0.005 : notional < 250_000 ? 0.01 : notional < 1_000_000 ? 0.025 : 0.05)
}

/** Mark t of T: 100 − 40·t/T. */
export function mark_of(t: number, marks: number): number {
  return 100 - (40 * t) / marks
}

/** (equity + PnL) ÷ maintenance at the mark. */
function perp_health(quantity: number, equity: number, mark: number): number {
  if (quantity === 0) return Infinity
  return (equity + quantity * (mark - ENTRY)) / perp_margin(Math.abs(quantity) * mark)
}

/** Isolated positions opened at 100. */
export class PerpPopulation implements Accounts {
  readonly strict = true
  readonly positions: number
  /** Of each position its signed quantity, 0 when closed, and its equity at entry in USD: side by side, on one cache line. */
  readonly columns: Float64Array
  private readonly near: Thresholds = { below: 0, above: 0 }

  constructor(positions: number) {
    this.positions = positions
    this.columns = new Float64Array(2 * positions)
    const u = generator()
    for (let row = 0; row < positions; row++) {
      const side = u() < 0.5 ? 1 : -1
      const leverage = 2 + 48 * u()
      const notional = 1000 + 100_000 * u()
      this.columns[2 * row + 1] = notional / leverage
      this.columns[2 * row] = (side * notional) / ENTRY
    }
  }

  health(row: number, prices: Float64Array): number {
    return perp_health(this.columns[2 * row] as number, this.columns[2 * row + 1] as number, prices[0] as number)
  }

  healths(rows: Int32Array, from: number, to: number, prices: Float64Array, out: Float64Array): void {
    const { columns } = this
    const mark = prices[0] as number
    for (let i = from; i < to; i++) {
      const at = 2 * (rows[i] as number)
      out[i - from] = perp_health(columns[at] as number, columns[at + 1] as number, mark)
    }
  }

  bound(row: number, prices: Float64Array, level: number, out: Bound): void {
    const quantity = this.columns[2 * row] as number
    if (quantity === 0) return out.none()
    const mark = prices[0] as number
    const side = quantity > 0 ? 1 : -1
    thresholds(side, side * quantity, ENTRY, this.columns[2 * row + 1] as number, PERP_TIERS, level, mark, this.near)
    bound_between(0, 1, mark, this.near, out)
  }
}

/** Liquidations over marks 1 … T by a scan of every open position at every mark. */
export function liquidations_by_scan(positions: number, marks: number): number {
  return scan_marks(new PerpPopulation(positions).columns, marks)
}

/** The naive scan on flat arrays: no calls, tiers unrolled. Closes what it liquidates. */
export function scan_marks(columns: Float64Array, marks: number): number {
  let liquidations = 0
  for (let t = 1; t <= marks; t++) {
    const mark = mark_of(t, marks)
    const move = mark - ENTRY
    for (let i = 0; i < columns.length; i += 2) {
      const q = columns[i] as number
      if ((columns[i + 1] as number) + q * move < perp_margin(Math.abs(q) * mark)) {
        columns[i] = 0
        liquidations++
      }
    }
  }
  return liquidations
}

/** Liquidations over marks 1 … T by the margin book. */
export function liquidations_by_book(positions: number, marks: number): number {
  const population = new PerpPopulation(positions)
  const book = new MarginBook(new Store(), 'perps', 1, positions, population)
  book.prices.data[0] = ENTRY
  const reported = new RowList(1024)
  let liquidations = book.scan(reported)
  close(population, book, reported)
  for (let t = 1; t <= marks; t++) {
    book.prices.data[0] = mark_of(t, marks)
    liquidations += book.scan(reported)
    close(population, book, reported)
  }
  return liquidations
}

/** Closes, whole, the positions reported. */
export function close(population: PerpPopulation, book: MarginBook, reported: RowList): void {
  const { columns } = population
  const { data, length } = reported
  for (let i = 0; i < length; i++) columns[2 * (data[i] as number)] = 0
  book.remove_all(reported)
}

// ── B: lending positions ─────────────────────────────────────────────────────────────────────────────────────────────────────

const LENDING_PRICES = [3000, 3500, 60_000]
const BETAS = [1, 1, 0.8]
const THRESHOLD = 0.83
const BONUS = 0.05

/** One collateral and a dollar debt per account. */
export class LendingPopulation implements Accounts {
  readonly strict = true
  readonly accounts: number
  readonly slot: Uint8Array
  readonly collateral: Float64Array
  readonly debt: Float64Array

  constructor(accounts: number) {
    this.accounts = accounts
    this.slot = new Uint8Array(accounts)
    this.collateral = new Float64Array(accounts)
    this.debt = new Float64Array(accounts)
    const u = generator()
    for (let row = 0; row < accounts; row++) {
      const slot = Math.floor(3 * u())
      const usd = 1000 + 100_000 * u()
      const ltv = 0.2 + 0.6 * u()
      this.slot[row] = slot
      this.collateral[row] = Math.floor((usd / (LENDING_PRICES[slot] as number)) * 1e6) / 1e6
      this.debt[row] = Math.floor(usd * ltv * 1e6) / 1e6
    }
  }

  health(row: number, prices: Float64Array): number {
    const value = (this.collateral[row] as number) * (prices[this.slot[row] as number] as number)
    return (value * THRESHOLD) / (this.debt[row] as number)
  }

  bound(row: number, prices: Float64Array, level: number, out: Bound): void {
    out.hold(this.slot[row] as number)
    out.law(this.health(row, prices) / level)
  }
}

/** What a shock does to population B. */
export interface LendingOutcome {
  liquidatable: number
  toxic: number
  bad_debt_usd: number
}

/** @param shock ratio: price c moves by −beta·shock */
export function shocked_prices(shock: number): Float64Array {
  return Float64Array.from(LENDING_PRICES, (price, c) => price * (1 - (BETAS[c] as number) * shock))
}

/** The outcome by a scan of every account. */
export function lending_by_scan(accounts: number, shock: number): LendingOutcome {
  const population = new LendingPopulation(accounts)
  const rows = new RowList(accounts)
  const prices = shocked_prices(shock)
  for (let row = 0; row < accounts; row++) if (population.health(row, prices) < 1) rows.push(row)
  return outcome(population, rows, prices)
}

/** The outcome by the margin book: built at the prices before, asked after the shock. */
export function lending_by_book(accounts: number, shock: number): LendingOutcome {
  const population = new LendingPopulation(accounts)
  const book = new MarginBook(new Store(), 'lending', 3, accounts, population)
  const rows = new RowList()
  book.prices.data.set(LENDING_PRICES)
  book.scan(rows)
  const prices = shocked_prices(shock)
  book.prices.data.set(prices)
  book.scan(rows)
  return outcome(population, rows, prices)
}

/** Toxic: the debt with its bonus exceeds the collateral. Bad debt is summed over the liquidatable. */
function outcome(population: LendingPopulation, rows: RowList, prices: Float64Array): LendingOutcome {
  let toxic = 0
  let bad_debt_usd = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows.data[i] as number
    const value = (population.collateral[row] as number) * (prices[population.slot[row] as number] as number)
    const debt = population.debt[row] as number
    if (debt * (1 + BONUS) > value) toxic++
    bad_debt_usd += Math.max(0, debt - value)
  }
  return { liquidatable: rows.length, toxic, bad_debt_usd }
}
