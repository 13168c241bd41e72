/**
 * Margin of contracts in exact arithmetic, in the exchanges' own terms: what all of them share (derivatives reference §1), and what
 * Binance defined first. Sources: Binance support FAQ "Liquidation price of USDⓈ-M futures contracts" (b3c689c1…), "Liquidation
 * protocols" (360033525271), "Auto-deleveraging" (360033525471), "Funding rates" (360033525071), "Mark price and price index".
 * Linear contracts, paid in the quote asset; inverse ones at the end.
 */
import {
  abs,
  add,
  clamp,
  compare,
  div,
  type Exact,
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

/** A bracket: notional from `floor` (quote units) on needs notional · rate − cum. */
export interface Tier {
  readonly floor: Ratio
  readonly rate: Ratio
  readonly cum: Ratio
}

/** Brackets with the maintenance amounts that make the margin continuous: cumₖ = cumₖ₋₁ + floorₖ·(rateₖ − rateₖ₋₁). */
export function brackets(list: readonly { readonly floor: Exact; readonly rate: Exact; readonly cum?: Exact }[]): Tier[] {
  const out: Tier[] = []
  for (const item of list) {
    const before = out.at(-1)
    const floor = ratio(item.floor)
    const rate = ratio(item.rate)
    const derived = before === undefined ? ZERO : add(before.cum, mul(floor, sub(rate, before.rate)))
    out.push({ floor, rate, cum: item.cum === undefined ? derived : ratio(item.cum) })
  }
  return out
}

/** The bracket a notional falls in: the last whose floor it reaches. */
export function bracket_of(tiers: readonly Tier[], notional: Ratio): Tier {
  let found = tiers[0] as Tier
  for (const tier of tiers) if (!less(notional, tier.floor)) found = tier
  return found
}

/** Maintenance margin of a notional, quote units. */
export function maintenance(tiers: readonly Tier[], notional: Ratio): Ratio {
  const { rate, cum } = bracket_of(tiers, notional)
  return sub(mul(notional, rate), cum)
}

/** A position: quantity in base units, signed; entry in quote per base. */
export interface Position {
  readonly quantity: Ratio
  readonly entry: Ratio
}

export const profit = (position: Position, mark: Ratio): Ratio => mul(position.quantity, sub(mark, position.entry))
export const notional_of = (position: Position, mark: Ratio): Ratio => abs(mul(position.quantity, mark))

/** What stays put while one contract's price moves: wallet − maintenance + profit of everything else in the scope. */
export interface Rest {
  readonly wallet: Ratio
  /** TMM1: maintenance of the other positions; 0 for isolated margin. */
  readonly maintenance: Ratio
  /** UPNL1: profit of the other positions; 0 for isolated margin. */
  readonly profit: Ratio
}

const free_of = (rest: Rest) => add(sub(rest.wallet, rest.maintenance), rest.profit)

/** Liquidation price, one-way mode, in a given bracket: (WB − TMM1 + UPNL1 + cum − s·q·E) ÷ (q·MMR − s·q). */
export function liquidation_price_at(position: Position, rest: Rest, rate: Ratio, cum: Ratio): Ratio {
  const { quantity, entry } = position
  return div(sub(add(free_of(rest), cum), mul(quantity, entry)), sub(mul(abs(quantity), rate), quantity))
}

/**
 * Liquidation price, one-way mode: the bracket is that of the notional at the price found, so start from the bracket at the
 * mark and hop until they agree. Monotone, at most once per bracket.
 */
export function liquidation_price(position: Position, rest: Rest, tiers: readonly Tier[], mark: Ratio): Ratio {
  let tier = bracket_of(tiers, notional_of(position, mark))
  for (let hop = 0; ; hop++) {
    const price = liquidation_price_at(position, rest, tier.rate, tier.cum)
    const found = bracket_of(tiers, notional_of(position, max(price, ZERO)))
    if (found === tier || hop === tiers.length) return price
    tier = found
  }
}

/** Liquidation price, hedge mode: both legs of one contract in one scope, each in a given bracket. */
export function liquidation_price_hedge(
  long: Position & { readonly rate: Ratio; readonly cum: Ratio },
  short: Position & { readonly rate: Ratio; readonly cum: Ratio },
  rest: Rest,
): Ratio {
  const cost = add(mul(long.quantity, long.entry), mul(short.quantity, short.entry))
  const above = sub(add(free_of(rest), add(long.cum, short.cum)), cost)
  const weight = (leg: typeof long) => sub(mul(abs(leg.quantity), leg.rate), leg.quantity)
  return div(above, add(weight(long), weight(short)))
}

/** Liquidation price where the closing fee counts as margin (OKX, Gate): (E − s·margin/q) ÷ (1 − s·(m + f)). */
export function liquidation_price_with_fee(position: Position, margin: Ratio, rate: Ratio, fee: Ratio): Ratio {
  const side = ratio(sign(position.quantity))
  const bankrupt = sub(position.entry, div(margin, position.quantity))
  return div(bankrupt, sub(ONE, mul(side, add(rate, fee))))
}

/** Price at which the wallet behind one position is used up: E − s·WB/q. */
export const bankruptcy_price = (position: Position, wallet: Ratio): Ratio => sub(position.entry, div(wallet, position.quantity))

/** Cash behind positions: wallet − Σ q·E. Trades at any price leave Σ over both sides unchanged. */
export interface Scope {
  readonly cash: Ratio
  readonly legs: readonly { readonly quantity: Ratio; readonly mark: Ratio; readonly tiers: readonly Tier[] }[]
}
export type Leg = Scope['legs'][number]

const value_of = (leg: Leg) => mul(leg.quantity, leg.mark)
export const leg_maintenance = (leg: Leg): Ratio => maintenance(leg.tiers, abs(value_of(leg)))
/** Margin balance: wallet + unrealised profit. */
export const equity = (scope: Scope): Ratio => add(scope.cash, sum(scope.legs.map(value_of)))
export const total_maintenance = (scope: Scope): Ratio => sum(scope.legs.map(leg_maintenance))

/** In breach? Margin ratio = maintenance ÷ balance ≥ 100 %; `strict`: only above. A scope that owes nothing is not. */
export function breached(scope: Scope, strict: boolean): boolean {
  const { assets, debts } = sides(scope)
  if (sign(debts) === 0) return false
  const order = compare(assets, debts)
  return strict ? order < 0 : order <= 0
}

/** The law: longs' notional less maintenance and positive cash, against shorts' notional plus maintenance and negative cash. */
export function sides(scope: Scope): { readonly assets: Ratio; readonly debts: Ratio } {
  let assets = max(scope.cash, ZERO)
  let debts = max(neg(scope.cash), ZERO)
  for (const leg of scope.legs) {
    const notional = abs(value_of(leg))
    if (sign(leg.quantity) > 0) assets = add(assets, sub(notional, leg_maintenance(leg)))
    else debts = add(debts, add(notional, leg_maintenance(leg)))
  }
  return { assets, debts }
}

/**
 * Bankruptcy price of every leg: the scope's equity is allotted by maintenance margin (by notional when there is none), and
 * each leg is closed where its part is used up. Closing all of them leaves exactly 0.
 */
export function bankruptcy_prices(scope: Scope): Ratio[] {
  const total = total_maintenance(scope)
  const by = sign(total) > 0 ? scope.legs.map(leg_maintenance) : scope.legs.map((leg) => abs(value_of(leg)))
  const whole = sum(by)
  const rest = equity(scope)
  return scope.legs.map((leg, i) => sub(leg.mark, div(div(mul(rest, by[i] as Ratio), whole), leg.quantity)))
}

/** Middle of three. */
export function median(a: Ratio, b: Ratio, c: Ratio): Ratio {
  return max(min(a, b), min(max(a, b), c))
}

/** Mark = median(P1, P2, last): P1 = index·(1 + last funding · time left ÷ interval), P2 = index + average basis. */
export function mark_price(
  index: Ratio,
  funding: Ratio,
  left: Ratio,
  basis: Ratio,
  last: Ratio,
): { readonly p1: Ratio; readonly p2: Ratio; readonly mark: Ratio } {
  const p1 = mul(index, add(ONE, mul(funding, left)))
  const p2 = add(index, basis)
  return { p1, p2, mark: median(p1, p2, last) }
}

/** Premium index: [max(0, impact bid − index) − max(0, index − impact ask)] ÷ index. */
export const premium_of = (bid: Ratio, ask: Ratio, index: Ratio): Ratio =>
  div(sub(max(ZERO, sub(bid, index)), max(ZERO, sub(index, ask))), index)

/** Average premium: sample k of the interval weighs k. */
export function average_premium(samples: readonly Ratio[]): Ratio {
  if (samples.length === 0) return ZERO
  const weighted = sum(samples.map((sample, i) => mul(sample, ratio(i + 1))))
  return div(weighted, ratio((samples.length * (samples.length + 1)) / 2))
}

/** Funding rate of one interval of `hours`: [P + clamp(i − P, ±damp)] ÷ (8 ÷ hours), within ±cap. */
export function funding_rate(premium: Ratio, interest: Ratio, damp: Ratio, hours: Ratio, cap: Ratio): Ratio {
  const whole = add(premium, clamp(sub(interest, premium), neg(damp), damp))
  return clamp(div(mul(whole, hours), ratio(8)), neg(cap), cap)
}

/** ADL priority: profit ÷ max(1, wallet) × maintenance ÷ margin balance; 0 without profit or balance. */
export function adl_score(profit: Ratio, wallet: Ratio, maintenance: Ratio, balance: Ratio): Ratio {
  if (sign(balance) <= 0) return ZERO
  return mul(div(max(ZERO, profit), max(ONE, wallet)), div(maintenance, balance))
}

/** Liquidation price where maintenance is taken on the entry notional (Bybit isolated): E·(1 − s/leverage + s·m). */
export function liquidation_price_on_entry(side: Ratio, entry: Ratio, leverage: Ratio, rate: Ratio): Ratio {
  return mul(entry, add(sub(ONE, div(side, leverage)), mul(side, rate)))
}

/** An inverse position: face in quote units, signed; entry in quote per base. Margin and profit are in coins of the base. */
export interface InversePosition {
  readonly face: Ratio
  readonly entry: Ratio
}

/** Profit in coins: face · (1/entry − 1/price). */
export const inverse_profit = (position: InversePosition, price: Ratio): Ratio =>
  mul(position.face, sub(div(ONE, position.entry), div(ONE, price)))

/** Mean entry of several fills: harmonic, by face. */
export function inverse_entry(fills: readonly InversePosition[]): Ratio {
  return div(sum(fills.map(({ face }) => face)), sum(fills.map(({ face, entry }) => div(face, entry))))
}

/** Price at which coins + profit = rate · |face|/price − cum: |face| · (rate + side) ÷ (coins + cum + face/entry). */
export function inverse_liquidation_price(position: InversePosition, coins: Ratio, rate: Ratio, cum: Ratio): Ratio {
  const { face, entry } = position
  return div(add(mul(abs(face), rate), face), add(add(coins, cum), div(face, entry)))
}

/** Price at which the coins behind a position are used up: the same without maintenance. */
export const inverse_bankruptcy_price = (position: InversePosition, coins: Ratio): Ratio =>
  inverse_liquidation_price(position, coins, ZERO, ZERO)
