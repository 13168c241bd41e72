/**
 * BitMEX in exact arithmetic, in its own terms. Sources: bitmex.com/app "Fair price marking", "Perpetual contracts guide", "Risk
 * limits", "Liquidation", "Auto-deleveraging" (derivatives reference §8).
 */
import { funding_rate } from '../shared/exchange/reference.ts'
import { type Ladder } from '../shared/exchange/reference-procedure.ts'
import {
  abs,
  add,
  div,
  less,
  max,
  min,
  mul,
  neg,
  ONE,
  type Ratio,
  ratio,
  sign,
  sub,
  ZERO,
} from '../shared/exchange/reference-ratio.ts'

/** Fair price: index · (1 + funding rate · part of the interval that is left). */
export const fair_price = (index: Ratio, funding: Ratio, left: Ratio): Ratio => mul(index, add(ONE, mul(funding, left)))

/** Fair price of a future: the premium of its impact mid, annualised over the time to expiry and back. */
export const annual_basis = (impact_mid: Ratio, index: Ratio, days: Ratio): Ratio =>
  div(mul(sub(div(impact_mid, index), ONE), ratio(365)), days)

/** Premium index: what the impact prices lie beyond the fair price, and the basis the fair price has. */
export function premium(bid: Ratio, ask: Ratio, fair: Ratio, index: Ratio): Ratio {
  const beyond = sub(max(ZERO, sub(bid, fair)), max(ZERO, sub(fair, ask)))
  return add(div(beyond, index), sub(div(fair, index), ONE))
}

/** Largest funding rate: 75 % of initial less maintenance margin. */
export const funding_cap = (initial: Ratio, maintenance: Ratio): Ratio => mul(ratio('0.75'), sub(initial, maintenance))

export const funding = (mean: Ratio, interest: Ratio, cap: Ratio): Ratio =>
  funding_rate(mean, interest, ratio('0.0005'), ratio(8), cap)

/** Interest part of 8 hours: the difference of the yearly rates of quote and base, over three intervals a day. */
export const interest = (quote: Ratio, base: Ratio): Ratio => div(sub(quote, base), ratio(3))

/** A risk limit: value from `floor` on; its rates count for the whole position. */
export interface Limit {
  readonly floor: Ratio
  readonly initial: Ratio
  readonly maintenance: Ratio
}

/** Base limit, then a step more for every step of value. */
export function risk_limits(base: Ratio, step: Ratio, steps: number, initial: Ratio, maintenance: Ratio, more: Ratio): Limit[] {
  return Array.from({ length: steps + 1 }, (_, n) => ({
    floor: n === 0 ? ZERO : add(base, mul(step, ratio(n - 1))),
    initial: add(initial, mul(more, ratio(n))),
    maintenance: add(maintenance, mul(more, ratio(n))),
  }))
}

/** Value at the mark ÷ (value at the mark − value at the bankruptcy price); values are signed. */
export const effective_leverage = (mark_value: Ratio, bankrupt_value: Ratio): Ratio =>
  div(abs(mark_value), abs(sub(mark_value, bankrupt_value)))

/** Place in the queue: profit in percent × effective leverage, losses ÷ it. */
export function rank(mark_value: Ratio, entry_value: Ratio, bankrupt_value: Ratio): Ratio {
  const profit = div(sub(mark_value, entry_value), abs(entry_value))
  const leverage = effective_leverage(mark_value, bankrupt_value)
  return sign(profit) > 0 ? mul(profit, leverage) : div(profit, leverage)
}

/** Bankruptcy price of an inverse position with margin 1 ÷ leverage: E·L/(L + 1) for a long, E·L/(L − 1) for a short. */
export const inverse_bankruptcy = (entry: Ratio, leverage: Ratio, side: Ratio): Ratio =>
  div(mul(entry, leverage), add(leverage, side))

/** A position with the coins behind it. `size`: contracts, signed: face (inverse) or base units. */
export interface Account {
  readonly inverse: boolean
  readonly coins: Ratio
  readonly size: Ratio
  readonly entry: Ratio
}

/** Value in coins, signed: what a price makes of the position, so that profit is its change. */
export const value = ({ inverse, size }: Account, price: Ratio): Ratio => (inverse ? div(neg(size), price) : mul(size, price))
export const equity = (account: Account, mark: Ratio): Ratio =>
  add(account.coins, sub(value(account, mark), value(account, account.entry)))

export function limit_of(limits: readonly Limit[], worth: Ratio): number {
  let found = 0
  limits.forEach(({ floor }, n) => {
    if (!less(worth, floor)) found = n
  })
  return found
}

export const maintenance = (account: Account, mark: Ratio, limits: readonly Limit[]): Ratio => {
  const worth = abs(value(account, mark))
  return mul(worth, (limits[limit_of(limits, worth)] as Limit).maintenance)
}

/** Price at which the coins are used up. */
export function bankruptcy(account: Account): Ratio {
  const rest = sub(value(account, account.entry), account.coins)
  return account.inverse ? div(neg(account.size), rest) : div(rest, account.size)
}

export interface Outcome {
  /** The fill-or-kill order: contracts closed and what they were worth in coins, if it was filled. */
  readonly order: { readonly size: Ratio; readonly coins: Ratio } | undefined
  /** What is taken over at which price; undefined when the position is saved. */
  readonly takeover: { readonly size: Ratio; readonly price: Ratio } | undefined
  readonly account: Account
}

/** Coins for `size` contracts (> 0) on a book within a price; undefined when it has fewer. Levels are in contracts. */
function fill(account: Account, size: Ratio, bound: Ratio, book: Ladder): Ratio | undefined {
  const side = ratio(sign(account.size))
  let left = size
  let coins = ZERO
  for (const { price, quantity } of book) {
    if (sign(mul(side, sub(price, bound))) < 0) break
    const part = min(left, quantity)
    coins = add(coins, account.inverse ? div(part, price) : mul(part, price))
    left = sub(left, part)
  }
  return sign(left) > 0 ? undefined : coins
}

/**
 * A position whose equity is at or below maintenance: above the lowest risk limit one order that brings its value just below a limit, all or nothing, no
 * worse than the bankruptcy price; still in breach: all of it at the bankruptcy price.
 * @param inside how far below a limit is below it, as a ratio
 */
export function liquidate(
  opening: Account,
  mark: Ratio,
  limits: readonly Limit[],
  steps: number,
  taker_fee: Ratio,
  book: Ladder,
  inside: Ratio,
): Outcome {
  let account = opening
  let order: Outcome['order']
  const breached = () => !less(maintenance(account, mark, limits), equity(account, mark))
  if (!breached()) return { order, takeover: undefined, account }
  const at = limit_of(limits, abs(value(account, mark)))
  if (at >= 1 && sign(equity(account, mark)) >= 0) {
    const down = at - steps
    const top = down < 0 ? ZERO : mul((limits[down + 1] as Limit).floor, sub(ONE, inside))
    const kept = account.inverse ? mul(top, mark) : div(top, mark)
    const size = sub(abs(account.size), kept)
    const coins = fill(account, size, bankruptcy(account), book)
    if (coins !== undefined) {
      order = { size, coins }
      account = closed(account, size, coins, mul(coins, taker_fee))
    }
  }
  if (sign(account.size) !== 0 && breached())
    return {
      order,
      takeover: { size: account.size, price: bankruptcy(account) },
      account: { ...account, coins: ZERO, size: ZERO },
    }
  return { order, takeover: undefined, account }
}

/** Contracts closed for so many coins: profit is realised, the entry stays. */
function closed(account: Account, size: Ratio, coins: Ratio, fee: Ratio): Account {
  const side = ratio(sign(account.size))
  const cost = account.inverse ? div(size, account.entry) : mul(size, account.entry)
  const gain = mul(mul(side, account.inverse ? sub(cost, coins) : sub(coins, cost)), ONE)
  return { ...account, coins: sub(add(account.coins, gain), fee), size: sub(account.size, mul(side, size)) }
}
