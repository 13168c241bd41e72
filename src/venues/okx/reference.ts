/**
 * OKX's unified account in exact arithmetic, in its own terms. Sources: okx.com/help on maintenance margin ratio, position tiers, forced
 * liquidation, insurance fund and deleveraging, discount rates, portfolio margin (derivatives reference §5).
 */
import { fill_within, type Ladder } from '../shared/exchange/reference-procedure.ts'
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
} from '../shared/exchange/reference-ratio.ts'

/** A position tier: from a size (contracts, or base units) on, the rate counts for the whole position. */
export interface Tier {
  readonly floor: Ratio
  readonly rate: Ratio
}

export function tier_of(tiers: readonly Tier[], size: Ratio): number {
  let found = 0
  tiers.forEach(({ floor }, t) => {
    if (!less(size, floor)) found = t
  })
  return found
}

/** Maintenance margin: value · rate of the tier the size falls in. */
export const maintenance = (tiers: readonly Tier[], size: Ratio, mark: Ratio): Ratio =>
  mul(mul(size, mark), (tiers[tier_of(tiers, size)] as Tier).rate)

/** Adjusted equity: discounted positive equities − liabilities − losses of orders. */
export const adjusted_equity = (discounted: readonly Ratio[], liabilities: Ratio, order_losses: Ratio): Ratio =>
  sub(sub(sum(discounted), liabilities), order_losses)

/** Maintenance margin ratio: adjusted equity ÷ (maintenance + liquidation fees). Liquidated at or below 1, warned at or below 3. */
export const margin_ratio = (adjusted: Ratio, required: Ratio, fees: Ratio): Ratio => div(adjusted, add(required, fees))

/** What was held and owed on a pair of quick margin. */
export interface Pair {
  readonly base: Ratio
  readonly quote: Ratio
  readonly base_owed: Ratio
  readonly quote_owed: Ratio
}

/** Liquidation price of a quick-margin position: what must be paid for the debt, with maintenance and fee, by what is held. */
export function quick_margin_price(pair: Pair, rate: Ratio, fee: Ratio): Ratio {
  const more = mul(add(ONE, rate), add(ONE, fee))
  return div(sub(mul(pair.quote_owed, more), pair.quote), sub(pair.base, mul(pair.base_owed, more)))
}

/** Size that falls so many tiers: to the top of the tier reached. Below the lowest tier: all of it. */
export function step_down(tiers: readonly Tier[], size: Ratio, down: number): Ratio {
  const to = tier_of(tiers, size) - down
  return to < 0 ? size : sub(size, (tiers[to + 1] as Tier).floor)
}

/** Deleveraging by the fund's rule: has it fallen this share from its peak of 8 hours? */
export const fund_fell = (balance: Ratio, peak: Ratio, share: Ratio): boolean => !less(mul(peak, sub(ONE, share)), balance)

/** Parts of portfolio margin, coins: largest losses by kind of shock. */
export interface Risks {
  readonly spot: Ratio
  readonly theta: Ratio
  readonly vega: Ratio
  readonly basis: Ratio
  readonly rate: Ratio
  readonly extreme: Ratio
  /** Least margin by contracts. */
  readonly least: Ratio
}

/** Maintenance of a portfolio before it is scaled: the worst of spot shock, theta decay and extreme move, and the others on top; no less than the least. */
export const portfolio_raw = (of: Risks): Ratio =>
  max(of.least, add(max(of.spot, max(of.theta, of.extreme)), add(of.vega, add(of.basis, of.rate))))

/** Scaled by tiers: each part of the raw margin times its own factor. `upto`: undefined, without end. */
export function portfolio_scaled(
  raw: Ratio,
  tiers: readonly { readonly upto: Ratio | undefined; readonly factor: Ratio }[],
): Ratio {
  let from = ZERO
  let scaled = ZERO
  for (const { upto, factor } of tiers) {
    const top = upto === undefined ? raw : min(raw, upto)
    if (compare(top, from) > 0) scaled = add(scaled, mul(sub(top, from), factor))
    from = upto ?? raw
  }
  return scaled
}

/** A position with the cash behind it (wallet − quantity · entry), and when an order against it was last filled. */
export interface Position {
  readonly cash: Ratio
  readonly quantity: Ratio
  readonly entry: Ratio
  readonly filled_ms: number | undefined
}

export interface Terms {
  readonly tiers: readonly Tier[]
  /** Liquidation fee on what an order closes; it counts as maintenance. */
  readonly fee: Ratio
  /** Furthest price of an order, as a ratio of the mark. */
  readonly bound: Ratio
  readonly from: number
  readonly down: number
  readonly wait_ms: number
  /** How far below a floor is below it, as a ratio. */
  readonly inside: Ratio
}

export const equity = ({ cash, quantity }: Position, mark: Ratio): Ratio => add(cash, mul(quantity, mark))

/** Equity at or below maintenance and the fee of closing. What owes nothing is not in breach. */
export function breached(position: Position, mark: Ratio, { tiers, fee }: Terms): boolean {
  const { cash, quantity } = position
  if (sign(quantity) === 0 || (sign(quantity) > 0 && sign(cash) >= 0)) return false
  const size = abs(quantity)
  const required = add(maintenance(tiers, size, mark), mul(mul(size, mark), fee))
  return !less(required, equity(position, mark))
}

export interface Minute {
  readonly position: Position
  readonly order: { readonly asked: Ratio; readonly base: Ratio; readonly quote: Ratio } | undefined
  readonly takeover: { readonly quantity: Ratio; readonly price: Ratio } | undefined
}

/**
 * One look at a position: an order two tiers down, a wait, or a takeover of all of it. After an order it is looked at once more, without a
 * second order: what equity of the lowest tier no longer covers is taken over at once.
 */
export function look(opening: Position, mark: Ratio, now_ms: number, terms: Terms, book: Ladder): Minute {
  let position = opening
  let order: Minute['order']
  const held = () =>
    less(mul(mul(abs(position.quantity), mark), add((terms.tiers[0] as Tier).rate, terms.fee)), equity(position, mark))
  const upper = () => tier_of(terms.tiers, abs(position.quantity)) >= terms.from
  const cooled = () => position.filled_ms === undefined || now_ms - position.filled_ms >= terms.wait_ms
  if (!breached(position, mark, terms)) return { position, order, takeover: undefined }
  if (held() && upper() && cooled()) {
    const { quantity, entry } = position
    const side = ratio(sign(quantity))
    const size = abs(quantity)
    const to = tier_of(terms.tiers, size) - terms.down
    const top = to < 0 ? ZERO : mul((terms.tiers[to + 1] as Tier).floor, sub(ONE, terms.inside))
    const asked = sub(size, top)
    const { base, quote } = fill_within(book, side, asked, mul(mark, sub(ONE, mul(side, terms.bound))))
    if (sign(base) > 0) {
      order = { asked, base, quote }
      const left = sub(quantity, mul(side, base))
      const cash = add(position.cash, mul(side, quote))
      const wallet = add(cash, mul(left, entry))
      const fee = min(mul(quote, terms.fee), max(ZERO, wallet))
      position = { ...position, cash: sub(cash, fee), quantity: left, filled_ms: now_ms }
    }
    if (!breached(position, mark, terms)) return { position, order, takeover: undefined }
  }
  if (held() && (upper() || !cooled())) return { position, order, takeover: undefined }
  const { quantity, cash } = position
  const takeover = { quantity, price: div(neg(cash), quantity) }
  return { position: { ...position, cash: ZERO, quantity: ZERO }, order, takeover }
}
