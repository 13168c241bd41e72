/** Accounts with two collaterals in eight assets and a dollar debt, and a day of minutes with a 25 % crash. */
import type { Accounts, Bound, RowList } from '../src/margin/index.ts'

export const ASSETS = 8

/** Numerical Recipes' generator. */
export function generator(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return s / 4294967296
  }
}

/** Flat columns: amounts already weighted by their asset's liquidation threshold. A closed account has debt 0. */
export class TwoCollateral implements Accounts {
  readonly strict = true
  readonly count: number
  readonly first: Float64Array
  readonly second: Float64Array
  readonly debt: Float64Array
  readonly first_slot: Uint8Array
  readonly second_slot: Uint8Array

  constructor(count: number) {
    this.count = count
    this.first = new Float64Array(count)
    this.second = new Float64Array(count)
    this.debt = new Float64Array(count)
    this.first_slot = new Uint8Array(count)
    this.second_slot = new Uint8Array(count)
  }

  /** Healths even over [low, low + spread) at price 1; two different assets, of any size. */
  static draw(count: number, low: number, spread: number, seed: number): TwoCollateral {
    const accounts = new TwoCollateral(count)
    const u = generator(seed)
    for (let row = 0; row < count; row++) {
      const slot = Math.floor(u() * ASSETS)
      accounts.first_slot[row] = slot
      accounts.second_slot[row] = (slot + 1 + Math.floor(u() * (ASSETS - 1))) % ASSETS
      const first = 1000 * u()
      const second = 1000 * u()
      accounts.first[row] = first
      accounts.second[row] = second
      accounts.debt[row] = (first + second) / (low + spread * u())
    }
    return accounts
  }

  /** The same accounts, row i from row order[i]. */
  reordered(order: RowList): TwoCollateral {
    const accounts = new TwoCollateral(this.count)
    for (let row = 0; row < this.count; row++) accounts.copy(row, this, order.data[row] as number)
    return accounts
  }

  copy(row: number, from: TwoCollateral, there: number): void {
    this.first[row] = from.first[there] as number
    this.second[row] = from.second[there] as number
    this.debt[row] = from.debt[there] as number
    this.first_slot[row] = from.first_slot[there] as number
    this.second_slot[row] = from.second_slot[there] as number
  }

  health(row: number, prices: Float64Array): number {
    const debt = this.debt[row] as number
    if (debt === 0) return Infinity
    const first = (this.first[row] as number) * (prices[this.first_slot[row] as number] as number)
    const second = (this.second[row] as number) * (prices[this.second_slot[row] as number] as number)
    return (first + second) / debt
  }

  healths(rows: Int32Array, from: number, to: number, prices: Float64Array, out: Float64Array): void {
    for (let i = from; i < to; i++) out[i - from] = this.health(rows[i] as number, prices)
  }

  bound(row: number, prices: Float64Array, level: number, out: Bound): void {
    const debt = this.debt[row] as number
    if (debt === 0) return out.none()
    const first = (this.first[row] as number) * (prices[this.first_slot[row] as number] as number)
    const second = (this.second[row] as number) * (prices[this.second_slot[row] as number] as number)
    const assets = first + second
    out.hold(this.first_slot[row] as number, first / assets)
    out.hold(this.second_slot[row] as number, second / assets)
    out.law(assets / debt / level)
  }
}

/** Prices of each asset at each minute: noise of 3 % a day, own and common, and a common fall of 25 % within two hours. */
export function crash_path(ticks: number): Float64Array {
  const u = generator(2)
  const noise = (0.03 / Math.sqrt(1440)) * Math.sqrt(12)
  const path = new Float64Array(ticks * ASSETS)
  const price = new Float64Array(ASSETS).fill(1)
  const from = Math.floor(ticks * 0.45)
  const length = Math.floor(ticks / 12)
  const fall = 0.75 ** (1 / length)
  for (let t = 0; t < ticks; t++) {
    const common = noise * (u() - 0.5)
    const crash = t >= from && t < from + length ? fall : 1
    for (let s = 0; s < ASSETS; s++) {
      price[s] = (price[s] as number) * crash * (1 + common + noise * (u() - 0.5))
      path[t * ASSETS + s] = price[s] as number
    }
  }
  return path
}

/** The naive sweep, as fast as typed arrays allow: one pass, no calls, no branch but the breach, two rows a turn. Closes what it reports. */
export function naive_tick(accounts: TwoCollateral, prices: Float64Array): number {
  const { first, second, debt, first_slot, second_slot, count } = accounts
  let reported = 0
  // the count is even; two sums a turn overlap, which is a fifth faster than one
  for (let row = 0; row < count; row += 2) {
    const next = row + 1
    const value =
      (first[row] as number) * (prices[first_slot[row] as number] as number) +
      (second[row] as number) * (prices[second_slot[row] as number] as number)
    const other =
      (first[next] as number) * (prices[first_slot[next] as number] as number) +
      (second[next] as number) * (prices[second_slot[next] as number] as number)
    if (value < (debt[row] as number)) {
      debt[row] = 0
      reported++
    }
    if (other < (debt[next] as number)) {
      debt[next] = 0
      reported++
    }
  }
  return reported
}
