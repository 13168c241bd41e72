/** Initial margin: what must be there before a position is opened or grown, and how much that allows. */
import { tier_of } from '../../../margin/index.ts'
import type { Contract } from './contract.ts'
import { equity } from './kernel.ts'
import { curve_maintenance, is_covered, unit_price } from './pooled.ts'
import { type Exchange, find_position, is_pooled, quantity_of } from './state.ts'

/**
 * Initial rate in a bracket, raised as open interest grows between the two caps: base + (1 − base)·(interest − low) ÷ (high − low)
 * (dYdX v4 liquidity_tier.go; derivatives reference §10.2).
 */
export function initial_rate(x: Exchange, contract: number, tier: number): number {
  const { initial, interest_low: low, interest_high: high, coin } = x.contracts[contract] as Contract
  const base = initial[tier] as number
  if (!(high < Number.POSITIVE_INFINITY)) return base
  const prices = x.book.prices.data
  const interest =
    (x.contract.columns.interest.data[contract] as number) * (prices[contract] as number) * unit_price(x, coin, prices)
  return base + (1 - base) * Math.max(0, Math.min(1, (interest - low) / (high - low)))
}

/** Initial margin of so many units, coins. */
function initial_of(x: Exchange, c: number, units: number): number {
  const { tiers, initial_curve, sized } = x.contracts[c] as Contract
  const price = x.book.prices.data[c] as number
  if (initial_curve !== undefined) return curve_maintenance(initial_curve, units, price)
  const notional = units * price
  return notional * initial_rate(x, c, tier_of(tiers, sized ? units : notional))
}

/** Initial margin of the scope in the unit of its equity, the position at `except` left out. */
export function initial_margin(x: Exchange, row: number, except: number): number {
  const { contract, quantity, next } = x.positions.columns
  const pooled = is_pooled(x, row)
  let sum = pooled ? (x.extra?.initial?.(row, x.book.prices.data) ?? 0) : 0
  if (pooled && is_covered(x, row)) return sum
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0 || at === except) continue
    const c = contract.data[at] as number
    const required = initial_of(x, c, Math.abs(q))
    sum += pooled ? required * unit_price(x, x.coin_of[c] as number, x.book.prices.data) : required
  }
  return sum
}

/** Units that may be added after `closing` units were closed, at the mark. */
export function capacity(x: Exchange, row: number, contract: number, closing: number): number {
  const prices = x.book.prices.data
  const mark = prices[contract] as number
  const { initial_curve, taker_fee, tiers, coin, sized } = x.contracts[contract] as Contract
  const { floor } = tiers
  const at = find_position(x, row, contract)
  const held = closing > 0 ? 0 : Math.abs(quantity_of(x, row, contract)) * mark
  const own = equity(x, row, prices) - initial_margin(x, row, at)
  const free = (is_pooled(x, row) ? own / unit_price(x, coin, prices) : own) - taker_fee * (closing * mark - held)
  if (initial_curve !== undefined || sized) return curve_capacity(x, contract, held, free, taker_fee)
  for (let t = floor.length - 1; t >= 0; t--) {
    const cap = t + 1 < floor.length ? (floor[t + 1] as number) : Number.POSITIVE_INFINITY
    const most = Math.min(cap, free / (initial_rate(x, contract, t) + taker_fee))
    if (most >= (floor[t] as number)) return Math.max(0, (most - held) / mark)
  }
  return 0
}

/** The same under a rate that grows with size, by bisection. */
function curve_capacity(x: Exchange, contract: number, held: number, free: number, taker_fee: number): number {
  const mark = x.book.prices.data[contract] as number
  const fits = (units: number) => initial_of(x, contract, units) + taker_fee * units * mark <= free
  let low = held / mark
  if (!(free > 0) || !fits(low)) return 0
  let high = Math.max(1e-12, 2 * low)
  for (let i = 0; i < 200 && fits(high); i++) high *= 2
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (fits(middle)) low = middle
    else high = middle
  }
  return Math.max(0, low - held / mark)
}
