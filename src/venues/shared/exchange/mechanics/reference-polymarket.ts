/**
 * Perpetuals of Polymarket in exact arithmetic. Source: docs.polymarket.com/perps "Liquidation mechanics" (derivatives reference
 * §15.2).
 */
import { add, div, less, min, mul, type Ratio, sign, sub } from '../reference-ratio.ts'

/** Place in the queue: profit ratio · notional ÷ equity. Profit ratio: mark ÷ entry of a long, entry ÷ mark of a short. */
export const adl_index = (side: 1 | -1, entry: Ratio, mark: Ratio, notional: Ratio, equity: Ratio): Ratio =>
  div(mul(side > 0 ? div(mark, entry) : div(entry, mark), notional), equity)

/** Price a winner is closed at: bankruptcy price for an isolated loser, for a cross one the mark when liquidation began. */
export const adl_price = (isolated: boolean, bankruptcy: Ratio, frozen_mark: Ratio): Ratio =>
  isolated ? bankruptcy : frozen_mark

/** Fee of a liquidation order that is filled; deleveraging has none. */
export const fill_fee = (notional: Ratio, rate: Ratio, liquidation: Ratio): Ratio => mul(notional, add(rate, liquidation))

/** Who has a cross account that no order saves: the fund, where its equity is at its own maintenance after it, else winners. */
export const absorber = (fund_equity: Ratio, gained: Ratio, maintenance: Ratio): 'fund' | 'winners' =>
  less(add(fund_equity, gained), maintenance) ? 'winners' : 'fund'

/** Winners closed down their ranking until `size` (> 0) is gone: part of each, in the order given. */
export function closed(size: Ratio, winners: readonly { readonly size: Ratio; readonly index: Ratio }[]): Ratio[] {
  const order = winners.map((_, i) => i)
  order.sort((a, b) => sign(sub((winners[b] as { index: Ratio }).index, (winners[a] as { index: Ratio }).index)) || a - b)
  const parts = winners.map(({ size: own }) => sub(own, own))
  let left = size
  for (const i of order) {
    const part = min(left, (winners[i] as { size: Ratio }).size)
    parts[i] = part
    left = sub(left, part)
  }
  return parts
}
