/**
 * The liquidation sequence in exact arithmetic: cancel (what rests is not part of a scope here) → one IOC order per position,
 * just large enough → fee → the rest at bankruptcy price. Source: Binance support FAQ "Liquidation protocols" (360033525271);
 * the size of the order is the smallest that makes the scope compliant (derivatives reference §1.5, §2.8).
 */
import { bankruptcy_prices, breached, equity, type Leg, leg_maintenance, type Scope, total_maintenance } from './reference.ts'
import {
  abs,
  add,
  compare,
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
  sum,
  ZERO,
} from './reference-ratio.ts'

/** One side of a book, best level first. */
export type Ladder = readonly { readonly price: Ratio; readonly quantity: Ratio }[]

export interface Rules {
  /** Breach only above 100 % (true) or at it (false). */
  readonly strict: boolean
  /** ε on what the order closed. */
  readonly fee: Ratio
  /** `remaining`: out of what is left after closing; `first`: out of the wallet, before the rest is closed. */
  readonly fee_from: 'remaining' | 'first'
  /** Furthest price of an order, as a ratio of the mark. */
  readonly bound: Ratio
  /** Compliant: equity ≥ target · maintenance; 1, or a hair above where equality is a breach. */
  readonly target: Ratio
}

/** A scope whose positions remember their entries and meet a book. */
export interface Account {
  readonly cash: Ratio
  readonly legs: readonly (Leg & { readonly entry: Ratio; readonly book: Ladder })[]
}

export interface Outcome {
  /** Orders sent, in order: leg, base units asked for, base and quote filled. */
  readonly orders: readonly { readonly leg: number; readonly asked: Ratio; readonly base: Ratio; readonly quote: Ratio }[]
  readonly fee: Ratio
  readonly healed: boolean
  /** What the fund or the winners took over: leg, signed quantity, price. */
  readonly closed: readonly { readonly leg: number; readonly quantity: Ratio; readonly price: Ratio }[]
  /** −equity at the mark when the rest was closed, if positive. */
  readonly bad_debt: Ratio
  /** Cash and signed quantities left. */
  readonly cash: Ratio
  readonly quantities: readonly Ratio[]
}

/** What an order of `amount` gets up to a price: of a sale (side 1, of a long) levels from there up, of a purchase down. */
export function fill_within(book: Ladder, side: Ratio, amount: Ratio, limit: Ratio): { base: Ratio; quote: Ratio } {
  let base = ZERO
  let quote = ZERO
  for (const level of book) {
    if (sign(mul(side, sub(level.price, limit))) < 0) break
    const part = min(level.quantity, sub(amount, base))
    base = add(base, part)
    quote = add(quote, mul(part, level.price))
  }
  return { base, quote }
}

/** The same within a bound around the mark. */
export function walk(leg: Leg & { readonly book: Ladder }, amount: Ratio, bound: Ratio): { base: Ratio; quote: Ratio } {
  const side = ratio(sign(leg.quantity))
  return fill_within(leg.book, side, amount, mul(leg.mark, sub(ONE, mul(side, bound))))
}

/** Equity less target · maintenance after an order of `amount` on leg `at` was filled as the book says and ε charged. */
function margin_after(account: Account, at: number, amount: Ratio, due: Ratio, rules: Rules): Ratio {
  const leg = account.legs[at] as Account['legs'][number]
  const { base, quote } = walk(leg, amount, rules.bound)
  const after = traded(account, at, base, quote)
  const fee = add(due, mul(rules.fee, quote))
  return sub(sub(equity(after), fee), mul(rules.target, total_maintenance(after)))
}

/** The account after `base` units of a leg were closed for `quote`. */
function traded(account: Account, at: number, base: Ratio, quote: Ratio): Account {
  const side = ratio(sign((account.legs[at] as Leg).quantity))
  return {
    cash: add(account.cash, mul(side, quote)),
    legs: account.legs.map((leg, i) => (i === at ? { ...leg, quantity: sub(leg.quantity, mul(side, base)) } : leg)),
  }
}

/**
 * Smallest amount whose fill makes the account compliant; undefined when none does. The margin after a fill is linear between
 * the levels of the book and the floors of the brackets: find the first stretch on which it turns.
 */
export function smallest_reduction(account: Account, at: number, due: Ratio, rules: Rules): Ratio | undefined {
  const leg = account.legs[at] as Account['legs'][number]
  const held = abs(leg.quantity)
  const stops = [held]
  let level_end = ZERO
  for (const level of leg.book) {
    level_end = add(level_end, level.quantity)
    stops.push(level_end)
  }
  for (const tier of leg.tiers) stops.push(sub(held, div(tier.floor, leg.mark)))
  const inside = stops.filter((stop) => sign(stop) > 0 && !less(held, stop)).sort(compare)
  let from = ZERO
  let before = margin_after(account, at, ZERO, due, rules)
  if (sign(before) >= 0) return ZERO
  for (const to of inside) {
    const after = margin_after(account, at, to, due, rules)
    if (sign(after) >= 0) return add(from, div(mul(neg(before), sub(to, from)), sub(after, before)))
    from = to
    before = after
  }
  return undefined
}

const wallet = (account: Account) => add(account.cash, sum(account.legs.map((leg) => mul(leg.quantity, leg.entry))))
const live = (account: Account): Scope => ({ cash: account.cash, legs: account.legs.filter((leg) => sign(leg.quantity) !== 0) })
const paid = (account: Account, fee: Ratio): Account => ({ ...account, cash: sub(account.cash, fee) })

/** Takes the fee that is due, as far as the rule lets it; says whether the account is compliant now. */
function settle_fee(account: Account, due: Ratio, rules: Rules): { account: Account; fee: Ratio; healed: boolean } {
  const flat = live(account).legs.length === 0
  if (rules.fee_from === 'first' || flat) {
    const fee = min(due, max(ZERO, wallet(account)))
    const after = paid(account, fee)
    return { account: after, fee, healed: flat ? sign(after.cash) >= 0 : !breached(live(after), rules.strict) }
  }
  const after = paid(account, due)
  if (!breached(live(after), rules.strict)) return { account: after, fee: due, healed: true }
  return { account, fee: ZERO, healed: false }
}

/** Runs the whole sequence on an account in breach. Positions go in the order of their maintenance margin, largest first. */
export function liquidate(opening: Account, rules: Rules): Outcome {
  let account = opening
  let due = ZERO
  let fee = ZERO
  let healed = false
  const orders: Outcome['orders'][number][] = []
  const order = opening.legs
    .map((leg, i) => ({ i, size: leg_maintenance(leg) }))
    .filter(({ i }) => sign((opening.legs[i] as Leg).quantity) !== 0)
    .sort((a, b) => compare(b.size, a.size) || a.i - b.i)
  for (const { i } of order) {
    if (healed) break
    const leg = account.legs[i] as Account['legs'][number]
    const asked = smallest_reduction(account, i, due, rules) ?? abs(leg.quantity)
    const { base, quote } = walk(leg, asked, rules.bound)
    if (sign(base) === 0) continue
    orders.push({ leg: i, asked, base, quote })
    account = traded(account, i, base, quote)
    const settled = settle_fee(account, add(due, mul(rules.fee, quote)), rules)
    due = settled.healed || rules.fee_from === 'first' ? ZERO : add(due, mul(rules.fee, quote))
    fee = add(fee, settled.fee)
    account = settled.account
    healed = settled.healed
  }
  return healed ? done(account, orders, fee) : close(account, orders, fee)
}

function done(account: Account, orders: Outcome['orders'], fee: Ratio): Outcome {
  const quantities = account.legs.map((leg) => leg.quantity)
  return { orders, fee, healed: true, closed: [], bad_debt: ZERO, cash: account.cash, quantities }
}

/** The rest at bankruptcy price: the account ends with exactly nothing. */
function close(account: Account, orders: Outcome['orders'], fee: Ratio): Outcome {
  const rest = live(account)
  const prices = bankruptcy_prices(rest)
  const at = account.legs.flatMap((leg, i) => (sign(leg.quantity) === 0 ? [] : [i]))
  const closed = at.map((leg, k) => ({ leg, quantity: (rest.legs[k] as Leg).quantity, price: prices[k] as Ratio }))
  const bad_debt = max(ZERO, neg(equity(rest)))
  const proceeds = sum(closed.map(({ quantity, price }) => mul(quantity, price)))
  const cash = closed.length === 0 ? ZERO : add(account.cash, proceeds)
  return { orders, fee, healed: false, closed, bad_debt, cash, quantities: account.legs.map(() => ZERO) }
}

/** ADL: winners in rank order give up to what they hold until the amount is matched; nobody is flipped. */
export function match(amount: Ratio, held: readonly Ratio[]): Ratio[] {
  let left = amount
  return held.map((most) => {
    const part = min(left, most)
    left = sub(left, part)
    return part
  })
}
