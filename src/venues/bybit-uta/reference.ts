/**
 * Bybit's unified account in exact arithmetic, in its own terms. Sources: help centre "UTA trading rules", "Bankruptcy price"; API docs
 * "risk limit", "adl alert" (derivatives reference §4). What all exchanges share is in the machine's `reference.ts`.
 */
import { bankruptcy_prices, breached, equity, notional_of, type Tier } from '../shared/exchange/reference.ts'
import { type Account, walk } from '../shared/exchange/reference-procedure.ts'
import { abs, add, div, less, max, mul, ONE, type Ratio, ratio, sign, sub, ZERO } from '../shared/exchange/reference-ratio.ts'

/** Isolated linear position: entry · (1 − side ÷ leverage). */
export const bankruptcy_linear = (entry: Ratio, leverage: Ratio, side: Ratio): Ratio => mul(entry, sub(ONE, div(side, leverage)))

/** Isolated inverse position: entry · leverage ÷ (leverage + side). */
export const bankruptcy_inverse = (entry: Ratio, leverage: Ratio, side: Ratio): Ratio =>
  div(mul(entry, leverage), add(leverage, side))

/** Liquidation price of an isolated inverse position whose maintenance is a rate of the value at entry: entry · L ÷ (L + side · (1 − rate · L)). */
export const liquidation_inverse = (entry: Ratio, leverage: Ratio, rate: Ratio, side: Ratio): Ratio =>
  div(mul(entry, leverage), add(leverage, mul(side, sub(ONE, mul(rate, leverage)))))

/** The next multiple of the tick, upwards. */
export function up_to_tick(price: Ratio, tick: Ratio): Ratio {
  const { n, d } = div(price, tick)
  const whole = n / d
  return mul(tick, ratio(n % d === 0n || n < 0n ? whole : whole + 1n))
}

/** Brackets with the fee that closing would cost counted as margin. */
export const with_closing_fee = (tiers: readonly Tier[], fee: Ratio): Tier[] =>
  tiers.map((tier) => ({ ...tier, rate: add(tier.rate, fee) }))

/** Account IM rate, MM rate: required margin ÷ margin balance less haircut losses. Liquidated at an MM rate of 100 %. */
export const account_rate = (required: Ratio, margin_balance: Ratio, haircut_loss: Ratio): Ratio =>
  div(required, sub(margin_balance, haircut_loss))

/** What an insurance pool gets (loses) per unit when what it took over at the bankruptcy price of this side fills. */
export const settlement = (bankruptcy: Ratio, fill: Ratio, side: Ratio): Ratio => mul(side, sub(fill, bankruptcy))

/** Gain of a contract since its best in the window ÷ the pool's highest balance in it (`pnlRatio`; ≤ 0). */
export const pnl_ratio = (gained: Ratio, best: Ratio, highest: Ratio): Ratio => div(sub(gained, best), highest)

export interface PoolRule {
  /** adlTriggerThreshold: the ratio counts only above this balance. */
  readonly above: Ratio
  /** insurancePnlRatio, adlStopRatio: negative ratios. */
  readonly start: Ratio
  readonly stop: Ratio
}

/** Is a contract being deleveraged? `on`: was it before. An empty pool always is; it stops above the stop ratio. */
export function deleveraging(on: boolean, balance: Ratio, pnl: Ratio, rule: PoolRule): boolean {
  if (sign(balance) <= 0) return true
  if (!less(rule.above, balance)) return false
  return less(pnl, rule.start) || (on && !less(rule.stop, pnl))
}

/** What winners bear so that the contract's ratio is held at the start ratio, coins. */
export const handed_on = (pnl: Ratio, highest: Ratio, start: Ratio): Ratio => mul(max(ZERO, sub(start, pnl)), highest)

/** Place in the queue: profit in percent of the entry value × notional ÷ equity; 0 without profit or equity. */
export function rank(profit: Ratio, cost: Ratio, notional: Ratio, own: Ratio): Ratio {
  if (sign(profit) <= 0 || sign(own) <= 0) return ZERO
  return mul(div(profit, cost), div(notional, own))
}

export interface Isolated {
  /** Base units of the fill-or-kill order and what they filled for; undefined when none was sent, or it was killed. */
  readonly order: { readonly base: Ratio; readonly quote: Ratio } | undefined
  /** Signed quantity and price of what is taken over; undefined when the position is saved. */
  readonly takeover: { readonly quantity: Ratio; readonly price: Ratio } | undefined
  readonly cash: Ratio
  readonly quantity: Ratio
}

const tier_at = (tiers: readonly Tier[], notional: Ratio): number => {
  let found = 0
  tiers.forEach((tier, t) => {
    if (!less(notional, tier.floor)) found = t
  })
  return found
}

/**
 * An isolated position (one leg) at or below its maintenance, closing fee included: above the lowest tier one order that brings it just below
 * a lower one, all or nothing, no worse than the bankruptcy price; still in breach: all of it at the bankruptcy price.
 * @param inside how far below a floor is below it, as a ratio
 */
export function liquidate_isolated(opening: Account, steps: number, taker_fee: Ratio, inside: Ratio): Isolated {
  let account = opening
  let order: Isolated['order']
  const leg = () => account.legs[0] as Account['legs'][number]
  const is_open = () => sign(leg().quantity) !== 0
  const done = (takeover: Isolated['takeover']): Isolated =>
    takeover === undefined
      ? { order, takeover, cash: account.cash, quantity: leg().quantity }
      : { order, takeover, cash: ZERO, quantity: ZERO }
  if (!breached(account, false)) return done(undefined)
  const { quantity, mark, tiers, entry } = leg()
  const tier = tier_at(tiers, notional_of({ quantity, entry }, mark))
  const side = ratio(sign(quantity))
  if (tier >= 1 && sign(equity(account)) >= 0) {
    const down = tier - steps
    const top = down < 0 ? ZERO : mul((tiers[down + 1] as Tier).floor, sub(ONE, inside))
    const size = sub(abs(quantity), div(top, mark))
    const [zero] = bankruptcy_prices(account) as [Ratio]
    const bound = mul(side, div(sub(mark, zero), mark))
    const { base, quote } = walk(leg(), size, bound)
    if (!less(base, size)) {
      order = { base, quote }
      const cash = add(account.cash, sub(mul(side, quote), mul(quote, taker_fee)))
      account = { cash, legs: [{ ...leg(), quantity: sub(quantity, mul(side, base)) }] }
    }
  }
  if (!is_open() || !breached(account, false)) return done(undefined)
  const [price] = bankruptcy_prices(account) as [Ratio]
  return done({ quantity: leg().quantity, price })
}
