/**
 * Arkham in exact arithmetic. Source: Arkham exchange documentation, margin schedules, liquidations, funding (derivatives reference
 * §15.3).
 */
import { add, div, max, mul, neg, ONE, type Ratio, ratio, sign, sub, ZERO } from '../reference-ratio.ts'

/** From some notional on, margin is notional · rate − rebate. */
export interface Step {
  readonly rate: Ratio
  readonly rebate: Ratio
}

/** Notional at which a step takes over from the one before: where both ask the same. */
export const floors = (schedule: readonly Step[]): Ratio[] =>
  schedule.map((step, i) => {
    const before = schedule[i - 1]
    return before === undefined ? ZERO : div(sub(step.rebate, before.rebate), sub(step.rate, before.rate))
  })

/** Initial margin: the step that asks most, for the schedule is convex. */
export const initial = (schedule: readonly Step[], notional: Ratio): Ratio =>
  schedule.map(({ rate, rebate }) => sub(mul(notional, rate), rebate)).reduce(max, ZERO)
export const maintenance = (schedule: readonly Step[], notional: Ratio): Ratio => div(initial(schedule, notional), ratio(2))

export interface Account {
  readonly size: Ratio
  readonly entry: Ratio
  readonly collateral: Ratio
}
export const equity = ({ size, entry, collateral }: Account, mark: Ratio): Ratio => add(collateral, mul(size, sub(mark, entry)))

/** Price liquidity supporters pay: the mark less a spread for a long, plus it for a short. */
export const support_price = (mark: Ratio, side: Ratio, spread: Ratio): Ratio => mul(mark, sub(ONE, mul(side, spread)))

export interface Outcome {
  readonly support: { readonly price: Ratio; readonly paid: Ratio }
  /** What is left of the position after the supporters. */
  readonly rest: Ratio
  /** What the account lacks when the rest is closed on the mark: the fund's to pay. */
  readonly shortfall: Ratio
  /** What the fund does not cover; the rest of the position is deleveraged on the mark all the same. */
  readonly uncovered: Ratio
}

/** Supporters take `taken` base units (> 0), the rest goes to the fund or to the other side, both on the mark. */
export function liquidate(account: Account, mark: Ratio, taken: Ratio, spread: Ratio, fund: Ratio): Outcome {
  const side = ratio(sign(account.size))
  const price = support_price(mark, side, spread)
  const part = mul(side, taken)
  const rest = sub(account.size, part)
  const collateral = add(account.collateral, mul(part, sub(price, account.entry)))
  const left = equity({ size: rest, entry: account.entry, collateral }, mark)
  const shortfall = max(ZERO, neg(left))
  return { support: { price, paid: mul(taken, price) }, rest, shortfall, uncovered: max(ZERO, sub(shortfall, fund)) }
}

/** Funding of an hour: mean premium ÷ 24. */
export const funding = (price: Ratio, index: Ratio): Ratio => div(div(sub(price, index), index), ratio(24))
