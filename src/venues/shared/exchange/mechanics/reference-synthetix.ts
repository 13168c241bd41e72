/**
 * Synthetix Perps v3 in exact arithmetic. Sources: Synthetixio/synthetix-v3 @23585f73, markets/perps-market (derivatives reference
 * §13).
 */
import { abs, add, clamp, div, max, min, mul, neg, ONE, type Ratio, ratio, sign, sub, sum, ZERO } from '../reference-ratio.ts'

const TWO = ratio(2)

/** Price of an order: the oracle's, moved by the mean skew while it fills. `size` signed. */
export const fill_price = (oracle: Ratio, size: Ratio, skew: Ratio, scale: Ratio): Ratio =>
  mul(oracle, add(ONE, div(add(skew, div(size, TWO)), scale)))

/** Change of the funding rate a day: skew ÷ scale within ±1, times the largest. */
export const velocity = (skew: Ratio, scale: Ratio, most: Ratio): Ratio => mul(clamp(div(skew, scale), neg(ONE), ONE), most)

/** The rate after so many days, and what a position of `size` has accrued: the mean of both rates on its value. */
export function funding(rate: Ratio, speed: Ratio, days: Ratio, price: Ratio, size: Ratio): { rate: Ratio; accrued: Ratio } {
  const after = add(rate, mul(speed, days))
  return { rate: after, accrued: mul(mul(mul(div(add(rate, after), TWO), days), price), size) }
}

/** Initial and maintenance margin of a position. `scalar`: maintenance ÷ initial ratio; `least`: margin of any position. */
export function margins(
  size: Ratio,
  price: Ratio,
  { scale, fraction, floor, scalar, least }: { scale: Ratio; fraction: Ratio; floor: Ratio; scalar: Ratio; least: Ratio },
): { initial: Ratio; maintenance: Ratio } {
  const initial = add(mul(div(abs(size), scale), fraction), floor)
  const notional = mul(abs(size), price)
  return { initial: add(mul(notional, initial), least), maintenance: add(mul(mul(notional, initial), scalar), least) }
}

export interface Position {
  readonly size: Ratio
  readonly entry: Ratio
}
export const profits = (positions: readonly Position[], prices: readonly Ratio[]): Ratio[] =>
  positions.map(({ size, entry }, i) => mul(size, sub(prices[i] as Ratio, entry)))

/** Collateral and profit; never below 0. */
export const available = (collateral: Ratio, profit: readonly Ratio[]): Ratio => max(ZERO, add(collateral, sum(profit)))

/** Size that may be liquidated in a window: fees · skew scale · multiplier · seconds. */
export const window_cap = (maker: Ratio, taker: Ratio, scale: Ratio, multiplier: Ratio, seconds: Ratio): Ratio =>
  mul(mul(mul(add(maker, taker), scale), multiplier), seconds)

export interface Liquidated {
  readonly time_s: number
  readonly block: number
  readonly size: Ratio
}

/**
 * What may be liquidated now: the cap less what was in the last window. Nothing left: one window more where the skew is small
 * (`calm`: premium below its bound) and the last was in an earlier block. `endorsed` liquidators have no cap.
 */
export function capacity(
  cap: Ratio,
  seconds: number,
  done: readonly Liquidated[],
  now: { readonly time_s: number; readonly block: number; readonly calm: boolean; readonly endorsed: boolean },
  wanted: Ratio,
): Ratio {
  if (now.endorsed) return wanted
  const used = sum(done.filter(({ time_s }) => time_s > now.time_s - seconds).map(({ size }) => size))
  const left = max(ZERO, sub(cap, used))
  const fresh = done.every(({ block }) => block < now.block)
  return min(wanted, sign(left) === 0 && now.calm && fresh ? cap : left)
}
