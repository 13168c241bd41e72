/** Paying a loan with its own collateral, in one bundle: the loan is flashed, repaid, collateral taken out, sold, and the flash paid back. */
import type { Action, Actions, View } from '../../model/index.ts'
import { mid_rate, type Plans, type Route, type Routes, sell_along } from './routes.ts'

/** Rounding and interest of the moment, so that what is sold covers what is paid back. */
const SPARE = 1e-6

export interface Loan {
  readonly venue: number
  readonly account: number
  readonly actor: number
  readonly debt: number
  readonly collateral: number
  /** Units of collateral there are. */
  readonly held: number
}

export interface Terms {
  /** Fee of the flash loan, a ratio. */
  readonly flash_fee: number
  /** Most that the sale may bring less than the mids say, a ratio. */
  readonly slippage_max: number
}

/**
 * Repays `units` of the debt, or as much as the collateral brings, and returns how much; 0, and nothing done, when no route is open or all are too dear.
 * Where the venue does not let the collateral go, the whole bundle is refused.
 */
export function unwind(
  out: Actions,
  plans: Plans,
  routes: Routes,
  loan: Loan,
  units: number,
  terms: Terms,
  view: View,
  sign: Partial<Omit<Action, 'kind'>>,
  bundle: () => void,
): number {
  const { venue, account, actor, debt, collateral, held } = loan
  const route = plans.best(view, routes.between(collateral, debt), held, actor)
  if (route === undefined || route.length === 0 || !(units > 0)) return 0
  const needed = (1 + terms.flash_fee) * (1 + SPARE)
  const wanted = Math.min(units * needed, plans.out(view, route, held, actor))
  const sold = plans.input_for(view, route, wanted, held, actor)
  const brings = plans.out(view, route, sold, actor)
  const repaid = Math.min(units, brings / needed)
  if (!(repaid > 0) || brings < sold * mid_rate(view, route) * (1 - terms.slippage_max)) return 0
  plans.plan(view, route, sold, actor)
  bundle()
  const mine = { venue, account, actor, ...sign }
  out.add('flash', { actor, asset: debt, amount: repaid })
  out.add('repay', { ...mine, asset: debt, amount: repaid })
  const of = out.add('withdraw', { ...mine, asset: collateral, amount: sold })
  sell_along(out, route as Route, { of }, { actor, ...sign })
  out.add('flash_repay', { actor, asset: debt, limit: terms.flash_fee })
  return repaid
}
