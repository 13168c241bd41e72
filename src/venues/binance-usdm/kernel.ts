/** The mechanics of `reference.ts` on doubles and typed arrays: health and its bound, mark, funding, ADL score. Allocates nothing. */
import { type Bound, maintenance, reachable_rate, type Tiers } from '../../margin/index.ts'
import { find_position, type Holdings } from './state.ts'

/**
 * Longs' notional less maintenance and positive cash, ÷ shorts' notional plus maintenance and negative cash. Below 1 exactly when
 * cash + Σ quantity·price is below Σ maintenance. +Infinity when nothing is owed.
 */
export function health(x: Holdings, row: number, prices: Float64Array): number {
  return health_with(x, row, prices, x.accounts.columns.cash.data[row] as number)
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
    if (q > 0) assets += value - maintenance(x.tiers[c] as Tiers, value)
    else debts += maintenance(x.tiers[c] as Tiers, -value) - value
  }
  return debts > 0 ? assets / debts : Number.POSITIVE_INFINITY
}

/** Margin balance, quote units: cash + Σ quantity·price. */
export function equity(x: Holdings, row: number, prices: Float64Array): number {
  const { contract, quantity, next } = x.positions.columns
  let sum = x.accounts.columns.cash.data[row] as number
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q !== 0) sum += q * (prices[contract.data[at] as number] as number)
  }
  return sum
}

/** Maintenance margin of one position, quote units. */
export function position_maintenance(x: Holdings, at: number, prices: Float64Array): number {
  const { contract, quantity } = x.positions.columns
  const q = quantity.data[at] as number
  if (q === 0) return 0
  const c = contract.data[at] as number
  return maintenance(x.tiers[c] as Tiers, Math.abs(q) * (prices[c] as number))
}

/** Maintenance margin of the scope, quote units. */
export function total_maintenance(x: Holdings, row: number, prices: Float64Array): number {
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
  const cash = x.accounts.columns.cash.data[row] as number
  const tiers = x.tiers[contract.data[at] as number] as Tiers
  if (q > 0) return cash < 0 ? long_threshold(tiers, -cash * level) / q : 0
  if (q < 0) return cash > 0 ? short_threshold(tiers, cash / level) / -q : 0
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
  const { contract, quantity, next } = x.positions.columns
  const cash = x.accounts.columns.cash.data[row] as number
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
  const cash = x.accounts.columns.cash.data[row] as number
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
 * Price at which one position leaves a scope that is closed: its part of the equity, allotted by maintenance margin (by notional
 * when there is none), is used up there. A scope with one position ends at exactly E − wallet/q.
 */
export function bankruptcy_price(x: Holdings, row: number, contract: number, prices: Float64Array): number {
  const at = find_position(x, row, contract)
  const q = x.positions.columns.quantity.data[at] as number
  const mark = prices[contract] as number
  const total = total_maintenance(x, row, prices)
  const part = total > 0 ? position_maintenance(x, at, prices) / total : (Math.abs(q) * mark) / gross_notional(x, row, prices)
  return part === 1 ? -(x.accounts.columns.cash.data[row] as number) / q : mark - (equity(x, row, prices) * part) / q
}

function gross_notional(x: Holdings, row: number, prices: Float64Array): number {
  const { contract, quantity, next } = x.positions.columns
  let sum = 0
  for (let at = row; at >= 0; at = next.data[at] as number) {
    const q = quantity.data[at] as number
    if (q !== 0) sum += Math.abs(q) * (prices[contract.data[at] as number] as number)
  }
  return sum
}

/**
 * Mark: median of P1 = index·(1 + funding·left), P2 = index + basis, and the last price.
 * @param left share of the funding interval that is left
 * @param basis mean basis over the window; NaN when the contract has not traded in it: P1 then
 */
export function mark_price(index: number, funding: number, left: number, basis: number, last: number): number {
  const p1 = index * (1 + funding * left)
  const p2 = index + basis
  if (!(basis === basis)) return p1
  return Math.max(Math.min(p1, p2), Math.min(Math.max(p1, p2), last))
}

/** Premium index from the prices at which the impact notional fills. */
export function premium_of(bid: number, ask: number, index: number): number {
  return (Math.max(0, bid - index) - Math.max(0, index - ask)) / index
}

/** Funding rate of one interval; interest and damping per 8 hours, cap per interval. */
export function funding_rate(premium: number, interest: number, damp: number, interval_ms: number, cap: number): number {
  const whole = premium + Math.max(-damp, Math.min(damp, interest - premium))
  return Math.max(-cap, Math.min(cap, (whole * interval_ms) / 28_800_000))
}

/** ADL priority of a position, larger is earlier. */
export function adl_score(profit: number, wallet: number, required: number, balance: number): number {
  if (!(balance > 0)) return 0
  return (Math.max(0, profit) / Math.max(1, wallet)) * (required / balance)
}
