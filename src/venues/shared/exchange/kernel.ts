/** The mechanics of `reference.ts` on doubles and typed arrays: health and its bound, bankruptcy price. Allocates nothing. */
import { type Bound, maintenance, reachable_rate, type Tiers } from '../../../margin/index.ts'
import { curve_maintenance, pooled_equity, pooled_health, pooled_maintenance, unit_price } from './pooled.ts'
import { cash_of, find_position, type Holdings, is_pooled } from './state.ts'

/** What is asked for one position, coins: by brackets, or by a curve of its size. */
export function leg_maintenance(x: Holdings, contract: number, size: number, price: number): number {
  const curve = x.curves[contract]
  return curve === undefined ? maintenance(x.tiers[contract] as Tiers, size * price) : curve_maintenance(curve, size, price)
}

/**
 * Longs' notional less maintenance and positive cash, ÷ shorts' notional plus maintenance and negative cash. Below 1 exactly when
 * cash + Σ quantity·price is below Σ maintenance. +Infinity when nothing is owed. Rows that pool coins: see `pooled.ts`.
 */
export function health(x: Holdings, row: number, prices: Float64Array): number {
  if (x.pool !== undefined && is_pooled(x, row)) return pooled_health(x, row, prices, 0)
  return health_with(x, row, prices, cash_of(x, row))
}

/** As `health`, with so much less cash in the row's unit. */
export function health_less(x: Holdings, row: number, prices: Float64Array, due: number): number {
  if (x.pool !== undefined && is_pooled(x, row)) return pooled_health(x, row, prices, due)
  return health_with(x, row, prices, cash_of(x, row) - due)
}

/** As `health`, if the account's cash were this. */
export function health_with(x: Holdings, row: number, prices: Float64Array, cash: number): number {
  const { contract, quantity, next } = x.positions.columns
  let assets = cash > 0 ? cash : 0
  let debts = cash < 0 ? -cash : 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    const c = contract.data[at] as number
    const value = q * (prices[c] as number)
    if (q > 0) assets += value - leg_maintenance(x, c, q, prices[c] as number)
    else debts += leg_maintenance(x, c, -q, prices[c] as number) - value
  }
  return debts > 0 ? assets / debts : Number.POSITIVE_INFINITY
}

/** Margin balance, in the row's coin: cash + Σ quantity·price; of a row that pools coins, in the unit of account after haircuts. */
export function equity(x: Holdings, row: number, prices: Float64Array): number {
  if (x.pool !== undefined && is_pooled(x, row)) return pooled_equity(x, row, prices)
  const { contract, quantity, next } = x.positions.columns
  let sum = cash_of(x, row)
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q !== 0) sum += q * (prices[contract.data[at] as number] as number)
  }
  return sum
}

/** Maintenance margin of one position, coins. */
export function position_maintenance(x: Holdings, at: number, prices: Float64Array): number {
  const { contract, quantity } = x.positions.columns
  const q = quantity.data[at] as number
  if (q === 0) return 0
  const c = contract.data[at] as number
  return leg_maintenance(x, c, Math.abs(q), prices[c] as number)
}

/** Maintenance margin of the scope, in the unit of its equity. */
export function total_maintenance(x: Holdings, row: number, prices: Float64Array): number {
  if (x.pool !== undefined && is_pooled(x, row)) return pooled_maintenance(x, row, prices)
  const { next } = x.positions.columns
  let sum = 0
  for (let at = row; at >= 0; at = next.data[at] as number) sum += position_maintenance(x, at, prices)
  return sum
}

/**
 * Notional at which a long of this contract alone is on its level: notional − maintenance = level · owed. Brackets hop until the
 * notional found lies in its own.
 */
function long_threshold(tiers: Tiers, owed: number): number {
  const { floor, rate, deduction } = tiers
  for (let t = floor.length - 1; t > 0; t--) {
    const found = (owed - (deduction[t] as number)) / (1 - (rate[t] as number))
    if (found >= (floor[t] as number)) return found
  }
  return (owed - (deduction[0] as number)) / (1 - (rate[0] as number))
}

/** Notional at which a short alone is on its level: notional + maintenance = cash ÷ level. */
function short_threshold(tiers: Tiers, cash: number): number {
  const { floor, rate, deduction } = tiers
  for (let t = floor.length - 1; t > 0; t--) {
    const found = (cash + (deduction[t] as number)) / (1 + (rate[t] as number))
    if (found >= (floor[t] as number)) return found
  }
  return (cash + (deduction[0] as number)) / (1 + (rate[0] as number))
}

/**
 * Price at which a scope whose only position is `at` falls to `level`; 0 for a long that cannot, +Infinity for a short without
 * exposure. At level 1 it is the liquidation price.
 */
export function threshold_price(x: Holdings, row: number, at: number, level: number): number {
  const { contract, quantity } = x.positions.columns
  const q = quantity.data[at] as number
  const cash = cash_of(x, row)
  const tiers = x.tiers[contract.data[at] as number] as Tiers
  if (q > 0) return cash < 0 ? long_threshold(tiers, -cash * level) / q : 0
  if (q < 0) return cash > 0 ? short_threshold(tiers, cash / level) / -q : 0
  return Number.POSITIVE_INFINITY
}

/**
 * Slot price of one contract at which a scope is on its maintenance, all other prices as they are; 0 for a long that cannot be, +Infinity
 * for a short without exposure. Of the only position it is `threshold_price` at level 1.
 */
export function liquidation_price(x: Holdings, row: number, at: number, prices: Float64Array): number {
  const { contract, quantity, next } = x.positions.columns
  let cash = cash_of(x, row)
  for (let p = row; p >= 0; p = next.data[p] as number) {
    const q = quantity.data[p] as number
    if (p === at || q === 0) continue
    const c = contract.data[p] as number
    cash += q * (prices[c] as number) - leg_maintenance(x, c, Math.abs(q), prices[c] as number)
  }
  const q = quantity.data[at] as number
  const tiers = x.tiers[contract.data[at] as number] as Tiers
  if (q > 0) return cash < 0 ? long_threshold(tiers, -cash) / q : 0
  if (q < 0) return cash > 0 ? short_threshold(tiers, cash) / -q : 0
  return Number.POSITIVE_INFINITY
}

/**
 * How far prices may move before health falls to `level`. One position: its threshold price, exactly, brackets included.
 * Several: the plain law, with shorts at the steepest maintenance rate reachable before the move. A long's notional less
 * maintenance is concave and 0 at 0, so it falls no faster than its price; but it may rise more slowly, so with shorts beside it
 * rises are clipped by the cash slot. A short's notional plus maintenance is convex: below a move R it is at most notional·move·
 * (1 + maintenance ÷ notional at R); the health at present rates is a valid R, since the move promised is smaller.
 * @param cash_slot slot of the constant price 1
 */
export function bound(x: Holdings, row: number, prices: Float64Array, level: number, cash_slot: number, out: Bound): void {
  if (x.pool !== undefined && is_pooled(x, row)) return out.watch()
  const { contract, quantity, next } = x.positions.columns
  const cash = cash_of(x, row)
  let assets = cash > 0 ? cash : 0
  let debts = cash < 0 ? -cash : 0
  let count = 0
  let shorts = 0
  let only = -1
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q === 0) continue
    count++
    only = at
    const c = contract.data[at] as number
    if (x.curves[c] !== undefined || !(x.tiers[c] as Tiers).marginal) return out.watch()
    const value = q * (prices[c] as number)
    if (q > 0) assets += value - maintenance(x.tiers[c] as Tiers, value)
    else {
      shorts++
      debts += maintenance(x.tiers[c] as Tiers, -value) - value
    }
  }
  if (!(debts > 0)) return out.none()
  if (count === 1) return bound_single(x, row, only, prices, level, cash_slot, out)
  if (shorts > 0) {
    out.hold(cash_slot)
    debts = debts_before(x, row, prices, assets / (level * debts))
  }
  if (cash < 0) out.owe(cash_slot)
  out.law(assets / (level * debts))
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q > 0) out.hold(contract.data[at] as number)
    else if (q < 0) out.owe(contract.data[at] as number)
  }
}

function bound_single(
  x: Holdings,
  row: number,
  at: number,
  prices: Float64Array,
  level: number,
  cash_slot: number,
  out: Bound,
): void {
  const { contract, quantity } = x.positions.columns
  const slot = contract.data[at] as number
  const price = prices[slot] as number
  const threshold = threshold_price(x, row, at, level)
  if ((quantity.data[at] as number) > 0) {
    out.hold(slot)
    out.owe(cash_slot)
    out.law(price / threshold)
  } else {
    out.hold(cash_slot)
    out.owe(slot)
    out.law(threshold / price)
  }
}

/** What is owed at present prices, shorts at the rate reachable before `move`. */
function debts_before(x: Holdings, row: number, prices: Float64Array, move: number): number {
  const { contract, quantity, next } = x.positions.columns
  const cash = cash_of(x, row)
  let debts = cash < 0 ? -cash : 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (!(q < 0)) continue
    const c = contract.data[at] as number
    const value = -q * (prices[c] as number)
    debts += value * (1 + reachable_rate(x.tiers[c] as Tiers, value, move > 1 ? move : 1))
  }
  return debts
}

/**
 * Slot price at which one position leaves a scope that is closed: its part of the equity, allotted by maintenance margin (by
 * notional when there is none), is used up there. A scope with one position ends at exactly E − wallet/q.
 */
export function bankruptcy_price(x: Holdings, row: number, contract: number, prices: Float64Array): number {
  const at = find_position(x, row, contract)
  const q = x.positions.columns.quantity.data[at] as number
  const mark = prices[contract] as number
  if (x.pool !== undefined && is_pooled(x, row)) return pooled_bankruptcy(x, row, at, prices)
  const total = total_maintenance(x, row, prices)
  const part = total > 0 ? position_maintenance(x, at, prices) / total : (Math.abs(q) * mark) / gross_notional(x, row, prices)
  return part === 1 ? -cash_of(x, row) / q : mark - (equity(x, row, prices) * part) / q
}

/** The same where equity is in the unit of account: a coin is worth so much of it. */
function pooled_bankruptcy(x: Holdings, row: number, at: number, prices: Float64Array): number {
  const { contract, quantity, next } = x.positions.columns
  const value = (p: number) => {
    const c = contract.data[p] as number
    const unit = unit_price(x, x.coin_of[c] as number, prices)
    const required = position_maintenance(x, p, prices) * unit
    return required > 0 ? required : 0
  }
  let total = 0
  for (let p = row; p >= 0; p = next.data[p] as number) if (quantity.data[p] !== 0) total += value(p)
  const c = contract.data[at] as number
  const q = quantity.data[at] as number
  const unit = unit_price(x, x.coin_of[c] as number, prices)
  const part = total > 0 ? value(at) / total : 1
  return (prices[c] as number) - (pooled_equity(x, row, prices) * part) / (q * unit)
}

/** Σ |quantity|·price of a row's positions, coins. */
export function gross_notional(x: Holdings, row: number, prices: Float64Array): number {
  const { contract, quantity, next } = x.positions.columns
  let sum = 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q !== 0) sum += Math.abs(q) * (prices[contract.data[at] as number] as number)
  }
  return sum
}
