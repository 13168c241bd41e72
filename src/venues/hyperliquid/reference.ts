/**
 * Hyperliquid in exact arithmetic, in its own terms. Sources: docs "Margin tiers", "Liquidations", "Auto-deleveraging", "Robust price
 * indices", "Funding" (derivatives reference §9).
 */
import {
  brackets,
  breached,
  equity,
  funding_rate,
  type Leg,
  leg_maintenance,
  median,
  type Scope,
  type Tier,
  total_maintenance,
} from '../shared/exchange/reference.ts'
import { type Ladder, walk } from '../shared/exchange/reference-procedure.ts'
import {
  abs,
  add,
  compare,
  div,
  type Exact,
  less,
  min,
  mul,
  neg,
  ONE,
  type Ratio,
  ratio,
  sign,
  sub,
  sum,
  ZERO,
} from '../shared/exchange/reference-ratio.ts'

/** Maintenance is half the initial margin at the tier's largest leverage; deductions make it continuous. */
export function margin_table(list: readonly { readonly floor: Exact; readonly max_leverage: Exact }[]): Tier[] {
  return brackets(list.map(({ floor, max_leverage }) => ({ floor, rate: div(ONE, mul(ratio(2), ratio(max_leverage))) })))
}

/** `px − side · available ÷ size ÷ (1 − rate · side)`; available: account value (or isolated margin) less maintenance at `px`. */
export function liquidation_price(px: Ratio, side: Ratio, size: Ratio, available: Ratio, rate: Ratio): Ratio {
  return sub(px, div(div(mul(side, available), size), sub(ONE, mul(rate, side))))
}

/** Price at which equity is `share` of maintenance: 1 the liquidation, ⅔ the backstop, 0 the bankruptcy. */
export function price_at(px: Ratio, side: Ratio, size: Ratio, value: Ratio, rate: Ratio, share: Ratio): Ratio {
  const value_at_zero = sub(value, mul(mul(side, size), px))
  return div(neg(value_at_zero), mul(size, sub(side, mul(share, rate))))
}

/** Rank of the other side: mark ÷ entry (shorts entry ÷ mark) × notional ÷ account value. */
export function adl_index(side: 1 | -1, mark: Ratio, entry: Ratio, notional: Ratio, value: Ratio): Ratio {
  return mul(side > 0 ? div(mark, entry) : div(entry, mark), div(notional, value))
}

/** Numerator and denominator of the exponential mean after a sample that stood for `dt`. `decay` = e^(−dt/τ). */
export function ema_step(mean: { num: Ratio; den: Ratio }, sample: Ratio, dt: Ratio, decay: Ratio): { num: Ratio; den: Ratio } {
  return { num: add(mul(mean.num, decay), mul(sample, dt)), den: add(mul(mean.den, decay), dt) }
}

/** Mark: the median of oracle + mean basis, the exchange's own book, and other exchanges. */
export const mark_price = (oracle: Ratio, basis: Ratio, book: Ratio, external: Ratio): Ratio =>
  median(add(oracle, basis), book, external)

/** The lowest value at which half of the weight is reached. */
export function weighted_median(list: readonly { readonly value: Ratio; readonly weight: Ratio }[]): Ratio {
  const sorted = [...list].sort((a, b) => compare(a.value, b.value))
  const half = div(sum(list.map(({ weight }) => weight)), ratio(2))
  let reached = ZERO
  for (const { value, weight } of sorted) {
    reached = add(reached, weight)
    if (!less(reached, half)) return value
  }
  return ZERO
}

/** Rate for 8 hours, and of the hour that pays it, within its cap. */
export function funding(premium: Ratio, interest: Ratio, damp: Ratio, cap: Ratio): { readonly f8h: Ratio; readonly f1h: Ratio } {
  const f1h = funding_rate(premium, interest, damp, ONE, cap)
  return { f8h: funding_rate(premium, interest, damp, ratio(8), mul(cap, ratio(8))), f1h }
}

export interface Rules {
  readonly above: Ratio
  readonly share: Ratio
  readonly cooldown_ms: number
  readonly backstop: Ratio
  readonly taker_fee: Ratio
  /** Furthest price of an order, as a ratio of the mark. */
  readonly bound: Ratio
}

/** A scope whose positions meet books. `ordered_ms`: when an order of the exchange last filled; −Infinity never. */
export interface Account {
  readonly cash: Ratio
  readonly legs: readonly (Leg & { readonly book: Ladder })[]
  readonly ordered_ms: number
}

export interface Outcome {
  readonly account: Account
  /** Orders that filled: leg, base, quote. */
  readonly orders: readonly { readonly leg: number; readonly base: Ratio; readonly quote: Ratio }[]
  /** none: healthy, or nothing more to be done now; cover: sold out with less than nothing, which the vault pays (assumed). */
  readonly end: 'none' | 'cover' | 'backstop' | 'adl'
  /** Signed quantities that left at the mark, by leg. */
  readonly closed: readonly Ratio[]
  /** Equity at that moment: what the vault gets, or (negative) pays. */
  readonly left: Ratio
}

const live = (account: Account): Scope => ({ cash: account.cash, legs: account.legs.filter((leg) => sign(leg.quantity) !== 0) })

/** What is left of a book when its first `base` units are gone. */
function rest_of(book: Ladder, base: Ratio): Ladder {
  let gone = base
  return book.map((level) => {
    const part = min(gone, level.quantity)
    gone = sub(gone, part)
    return { price: level.price, quantity: sub(level.quantity, part) }
  })
}

/** One order per position, the largest maintenance first, until the account complies. */
function send(account: Account, partly: boolean, now_ms: number, rules: Rules, orders: Outcome['orders'][number][]): Account {
  let after = account
  const turn = account.legs.map((leg, i) => ({ i, size: sign(leg.quantity) === 0 ? ZERO : leg_maintenance(leg) }))
  for (const { i } of turn.sort((a, b) => compare(b.size, a.size) || a.i - b.i)) {
    const leg = after.legs[i] as Account['legs'][number]
    if (sign(leg.quantity) === 0 || !breached(live(after), true)) continue
    const held = abs(leg.quantity)
    const large = less(rules.above, mul(held, leg.mark))
    const { base, quote } = walk(leg, partly && large ? mul(held, rules.share) : held, rules.bound)
    if (sign(base) === 0) continue
    orders.push({ leg: i, base, quote })
    const side = ratio(sign(leg.quantity))
    const fee = mul(quote, rules.taker_fee)
    after = {
      cash: sub(add(after.cash, mul(side, quote)), fee),
      legs: after.legs.map((one, k) =>
        k === i ? { ...one, quantity: sub(one.quantity, mul(side, base)), book: rest_of(one.book, base) } : one,
      ),
      ordered_ms: now_ms,
    }
  }
  return after
}

/**
 * What happens to an account at one moment. Bankrupt: everything leaves at the mark. Below the backstop: everything and the margin that is left goes to
 * the vault. In breach: a part of each large position, unless an order filled less than the cooldown ago; still in breach: all of it.
 */
export function liquidate(opening: Account, now_ms: number, rules: Rules): Outcome {
  let account = opening
  const orders: Outcome['orders'][number][] = []
  let [partly, whole] = [false, false]
  const none = account.legs.map(() => ZERO)
  for (;;) {
    const scope = live(account)
    if (scope.legs.length === 0 && sign(account.cash) < 0)
      return { account: { ...account, cash: ZERO }, orders, end: 'cover', closed: none, left: account.cash }
    if (!breached(scope, true)) return { account, orders, end: 'none', closed: none, left: ZERO }
    const value = equity(scope)
    if (less(value, mul(rules.backstop, total_maintenance(scope)))) {
      const closed = account.legs.map((leg) => leg.quantity)
      const flat = { ...account, cash: ZERO, legs: account.legs.map((leg) => ({ ...leg, quantity: ZERO })) }
      return { account: flat, orders, end: sign(value) < 0 ? 'adl' : 'backstop', closed, left: value }
    }
    if (!partly && now_ms - account.ordered_ms >= rules.cooldown_ms) {
      partly = true
      account = send(account, true, now_ms, rules, orders)
    } else if (!whole) {
      whole = true
      account = send(account, false, now_ms, rules, orders)
    } else return { account, orders, end: 'none', closed: none, left: ZERO }
  }
}
