/**
 * Accounts that pool several coins, in exact arithmetic. Sources: Binance FAQ "Multi-Assets Mode" (bid and ask buffers, collateral
 * ratios, automatic exchange) and "Portfolio margin" (uniMMR, 5e33af8e…); derivatives reference §1.10, §2.9, §2.10.
 */
import { abs, add, div, less, min, mul, ONE, type Ratio, sign, sub, sum, ZERO } from './reference-ratio.ts'

/** One coin of an account: net amount, price in the unit of account, weights of what is held and owed. */
export interface Holding {
  readonly net: Ratio
  readonly price: Ratio
  readonly weight: Ratio
  readonly owed: Ratio
}

/** Value of a net amount: at its haircut when held, in full and more when owed. */
export const value_of = ({ net, price, weight, owed }: Holding): Ratio => mul(mul(net, price), sign(net) > 0 ? weight : owed)

export const pooled_equity = (holdings: readonly Holding[]): Ratio => sum(holdings.map(value_of))

/** Rate at which an asset counts as margin: index · (1 − bid buffer) · collateral ratio. */
export const bid_rate = (index: Ratio, buffer: Ratio, ratio: Ratio): Ratio => mul(mul(index, sub(ONE, buffer)), ratio)
/** Rate at which it is owed: index · (1 + ask buffer). */
export const ask_rate = (index: Ratio, buffer: Ratio): Ratio => mul(index, add(ONE, buffer))

/** Value of an amount whose bands count differently: each band at its own weight. */
export function banded(amount: Ratio, bands: readonly { readonly floor: Ratio; readonly weight: Ratio }[]): Ratio {
  let value = ZERO
  bands.forEach(({ floor, weight }, i) => {
    if (!less(floor, amount)) return
    const next = bands[i + 1]
    const top = next === undefined ? amount : min(amount, next.floor)
    value = add(value, mul(sub(top, floor), weight))
  })
  return value
}

/** Unified maintenance margin ratio: equity ÷ (maintenance of positions + Σ loan · price · rate). */
export function unified_ratio(
  holdings: readonly Holding[],
  maintenance: Ratio,
  loans: readonly { readonly amount: Ratio; readonly price: Ratio; readonly rate: Ratio }[],
): Ratio {
  const lent = sum(loans.map(({ amount, price, rate }) => mul(mul(amount, price), rate)))
  return div(pooled_equity(holdings), add(maintenance, lent))
}

/** How much of an asset is exchanged for so much of what is owed, at its collateral ratio. */
export const exchanged = (owed: Ratio, ratio: Ratio): Ratio => div(abs(owed), ratio)
