/**
 * Drift v2 in its own integers: base 1e9, quote 1e6, prices 1e6, margin ratios and weights 1e4, fees 1e6, interest and funding
 * indices 1e10 and 1e9. Sources: drift-labs/protocol-v2 @0ae3e3b1, programs/drift/src/math/{liquidation,margin}.rs, controller/
 * liquidation.rs (derivatives reference §12).
 */

export const BASE = 1_000_000_000n
export const QUOTE = 1_000_000n
export const PRICE = 1_000_000n
export const MARGIN = 10_000n
export const FEE = 1_000_000n
export const INTEREST = 10_000_000_000n
/** A ratio of margin in the units of a fee. */
const MARGIN_TO_FEE = FEE / MARGIN
/** What a liquidation restores above maintenance: 2 %. */
export const EXIT_BUFFER = MARGIN / 50n
/** Below this shortage, or this value of a position, everything is closed at once. */
const WHOLE_BELOW = 50n * QUOTE
const GRACE_SLOTS = 1500n

const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b))
const ceiling = (n: bigint, d: bigint): bigint => (n + d - 1n) / d

/** The whole root of n ≥ 0, rounded down. */
export function root(n: bigint): bigint {
  let high = 1n
  while (high * high <= n) high *= 2n
  let low = high / 2n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle * middle <= n) low = middle
    else high = middle
  }
  return n === 0n ? 0n : low
}

/** Margin ratio that grows with size: max(base, 0.8 · base + factor · √size). `factor` 1e6, `size` in base units 1e9. */
export function margin_ratio(base: bigint, factor: bigint, size: bigint): bigint {
  const grown = (base * 4n) / 5n + (root(10n * size + 1n) * factor) / 10_000_000n
  return grown > base ? grown : base
}

/** Margin of a position and its open orders: worst size at the price, and 0.01 USDC an order. Quote 1e6. */
export const requirement = (size: bigint, price: bigint, ratio: bigint, orders: bigint): bigint =>
  (((size * price) / BASE) * ratio) / MARGIN + (orders * QUOTE) / 100n

/**
 * Base units to hand to a liquidator so that the shortage is gone.
 * @returns undefined where no size would do: the fee is not below the margin ratio, or there is no price
 */
export function base_to_cover(a: {
  readonly shortage: bigint
  readonly price: bigint
  readonly quote_price: bigint
  readonly ratio: bigint
  readonly liquidator_fee: bigint
  readonly fund_fee: bigint
}): bigint | undefined {
  const spare = a.ratio * MARGIN_TO_FEE - a.liquidator_fee
  if (a.price === 0n || spare <= 0n) return undefined
  const gained = (((a.price * a.quote_price) / PRICE) * spare) / FEE - (a.price * a.fund_fee) / FEE
  return gained <= 0n ? undefined : (a.shortage * BASE) / gained
}

/** The insurance fund's fee: 95 % of what the margin ratio leaves over the liquidator's fee and the shortage, at most `most`. */
export function fund_fee(a: {
  readonly shortage: bigint
  readonly base: bigint
  readonly price: bigint
  readonly ratio: bigint
  readonly liquidator_fee: bigint
  readonly most: bigint
}): bigint {
  const spare = a.ratio * MARGIN_TO_FEE - a.liquidator_fee
  if (a.price === 0n || a.base === 0n || spare <= 0n) return 0n
  const left = spare - (a.shortage * FEE * BASE) / (a.base * a.price)
  return left <= 0n ? 0n : least(a.most, (left * 95n) / 100n)
}

/** The liquidator's fee: up by 0.01 bp a slot once the account has been idle for 1,500. */
export const liquidator_fee = (base: bigint, most: bigint, idle_slots: bigint): bigint =>
  least(most, idle_slots < GRACE_SLOTS ? base : base + idle_slots)

/**
 * The part of a shortage that may be closed by now, 1e4: everything below 50 USDC; else what an allowance that grows from `start` to
 * all over `duration` slots leaves after the margin already freed.
 */
export function share_now(shortage: bigint, freed: bigint, slots: bigint, duration: bigint, start: bigint): bigint {
  if (shortage < WHOLE_BELOW) return MARGIN
  const allowed = least(MARGIN, (slots * MARGIN) / duration + start)
  const most = ((shortage + freed) * allowed) / MARGIN
  return most <= freed ? 0n : ((most - freed) * MARGIN) / shortage
}

/** Base units handed over: the allowed part of what covers the shortage, up to a step, all of a position below 50 USDC. */
export function handed_over(position: bigint, price: bigint, cover: bigint | undefined, share: bigint, step: bigint): bigint {
  if (cover === undefined || (position * price) / BASE < WHOLE_BELOW) return position
  return least(position, ceiling(ceiling(cover * share, MARGIN), step) * step)
}

export interface Transfer {
  /** What the liquidated account receives (long) or pays (short) for the base units, signed. */
  readonly quote: bigint
  readonly fund: bigint
}

/** A long's base units go at price · (1 − fee), a short's at price · (1 + fee); the fund's fee is on the value at the price. */
export function transfer(base: bigint, side: 1n | -1n, price: bigint, liquidator: bigint, fund: bigint): Transfer {
  const value = (base * price) / BASE
  return { quote: (side * value * (FEE - side * liquidator)) / FEE, fund: (value * fund) / FEE }
}

/** What insurance pays of a loss: never its last unit, never above what is left of the market's allowance. */
export const insured = (loss: bigint, vault: bigint, most: bigint, settled: bigint): bigint => {
  const paid = least(loss, vault - 1n, most - settled)
  return paid < 0n ? 0n : paid
}

/** Loss on all open base units alike, 1e9: added to the longs' funding index, taken from the shorts'. */
export function funding_delta(loss: bigint, longs: bigint, shorts: bigint): bigint {
  const open = longs - shorts
  return ceiling(loss * BASE, open) * 1000n
}

/** Loss on all deposits alike: how far the deposit index falls. */
export const deposit_delta = (loss: bigint, deposits: bigint, index: bigint): bigint => ceiling(index * loss, deposits)

/**
 * Tokens of a debt to hand over with assets so that the shortage is gone; weights 1e4, multipliers and fee 1e6. The asset's weight
 * counts at 1e-5, rounded down.
 * @returns undefined where the assets weigh as much as the debt
 */
export function liability_transfer(a: {
  readonly shortage: bigint
  readonly price: bigint
  readonly asset_weight: bigint
  readonly asset_multiplier: bigint
  readonly liability_weight: bigint
  readonly liability_multiplier: bigint
  readonly fund_fee: bigint
  readonly unit: bigint
}): bigint | undefined {
  const debt = a.liability_weight * 10n
  const asset = (a.asset_weight * 10n * a.asset_multiplier) / a.liability_multiplier
  const spare = debt - asset - (debt * a.fund_fee) / FEE
  return spare <= 0n || a.price === 0n ? undefined : (a.shortage * a.unit * 100_000n) / (a.price * spare)
}
