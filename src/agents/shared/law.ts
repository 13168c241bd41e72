/**
 * The plain law of an account, taken from its statement, and what restores it: health = assets ÷ debts, both weighted and
 * priced. Every function here is a closed form in the venue's unit of account; none changes the account itself.
 */
import type { Statement } from '../../model/index.ts'

/** Weighted sums of an account and what is in its cash leg: positive among the assets, negative among the debts. */
export interface Law {
  assets: number
  debts: number
  cash: number
  /** Position of the cash leg in the statement; −1 when there is none. */
  cash_leg: number
}

/** Is this leg cash of the venue's own unit: no feed prices it and no market closes it? */
export const is_cash = (statement: Statement, leg: number): boolean =>
  (statement.feed[leg] as number) < 0 && (statement.market[leg] as number) < 0

/** Weighted value of one unit of a leg. */
export const unit_value = (statement: Statement, leg: number): number =>
  (statement.weight[leg] as number) * (statement.price[leg] as number)

export function law_of(statement: Statement): Law {
  const law: Law = { assets: 0, debts: 0, cash: 0, cash_leg: -1 }
  for (let leg = 0; leg < statement.count; leg++) {
    const value = (statement.quantity[leg] as number) * unit_value(statement, leg)
    if ((statement.side[leg] as number) > 0) law.assets += value
    else law.debts += value
    if (law.cash_leg < 0 && is_cash(statement, leg)) {
      law.cash_leg = leg
      law.cash = (statement.side[leg] as number) * value
    }
  }
  return law
}

/** +Infinity when nothing is owed. */
export const health_of = (law: Law): number => (law.debts > 0 ? law.assets / law.debts : Number.POSITIVE_INFINITY)

/** What stands on the asset side, unweighted: the size of the account. */
export function size_of(statement: Statement): number {
  let sum = 0
  for (let leg = 0; leg < statement.count; leg++)
    if ((statement.side[leg] as number) > 0) sum += (statement.quantity[leg] as number) * (statement.price[leg] as number)
  return sum
}

/** Equity ÷ contracts held, both unweighted; +Infinity without contracts. */
export function margin_of(statement: Statement): number {
  let equity = 0
  let notional = 0
  for (let leg = 0; leg < statement.count; leg++) {
    const value = (statement.quantity[leg] as number) * (statement.price[leg] as number)
    equity += (statement.side[leg] as number) * value
    if ((statement.market[leg] as number) >= 0) notional += value
  }
  return notional > 0 ? equity / notional : Number.POSITIVE_INFINITY
}

/** Signed units of the contract that is closed on this market. */
export function position_of(statement: Statement, market: number): number {
  let units = 0
  for (let leg = 0; leg < statement.count; leg++)
    if (statement.market[leg] === market) units += (statement.side[leg] as number) * (statement.quantity[leg] as number)
  return units
}

/** Weighted value that must come to the assets so that assets = health · debts; 0 when it already is. */
export const to_add = (law: Law, health: number): number => Math.max(0, health * law.debts - law.assets)

/** Weighted value of debt that must go so that assets = health · debts; 0 when it already is. */
export const to_repay = (law: Law, health: number): number => Math.max(0, law.debts - law.assets / health)

/** Cash that must come in: it first pays what the cash leg owes, then stands among the assets. */
export function to_pay_in(law: Law, health: number): number {
  const owed = Math.max(0, -law.cash)
  const repaid = to_repay(law, health)
  if (owed === 0) return to_add(law, health)
  return repaid <= owed ? repaid : owed + Math.max(0, health * (law.debts - owed) - law.assets)
}

/** Moves the cash leg by a value of either sign. */
export function move_cash(law: Law, value: number): void {
  const next = law.cash + value
  law.assets += Math.max(0, next) - Math.max(0, law.cash)
  law.debts += Math.max(0, -next) - Math.max(0, -law.cash)
  law.cash = next
}

/**
 * Contracts to close so that assets = health · debts. Closing a long takes `value` a unit from the assets and brings `price`
 * in cash; closing a short takes `value` a unit from the debts and costs `price`. Cash counts differently on either side of
 * zero, hence two slopes. +Infinity when closing does not get there.
 * @param side of the position: +1 long, −1 short
 * @param value weighted value of one contract
 * @param price what one contract is closed at
 */
export function to_close(law: Law, health: number, side: 1 | -1, value: number, price: number): number {
  const gap = health * law.debts - law.assets
  if (!(gap > 0)) return 0
  const slope = (owing: boolean) => {
    const of_cash = owing ? health * price : price
    return side > 0 ? of_cash - value : health * value - of_cash
  }
  // A sale pays the cash debt down first; a purchase uses the cash there is first.
  const until = (side > 0 ? Math.max(0, -law.cash) : Math.max(0, law.cash)) / price
  const near = slope(side > 0)
  if (near * until >= gap) return gap / near
  const far = slope(side < 0)
  return far > 0 ? until + (gap - near * until) / far : Number.POSITIVE_INFINITY
}

/** The law after closing contracts. */
export function close(law: Law, side: 1 | -1, units: number, value: number, price: number): void {
  if (side > 0) law.assets -= units * value
  else law.debts -= units * value
  move_cash(law, side * units * price)
}
