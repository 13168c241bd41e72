/**
 * The mechanics of `reference.ts` in floats, as free functions: amounts in token units, ratios natural, times in seconds.
 * A tick is a power of 1.0015 of raw debt over raw collateral, both in smallest units: `scale` is 10^(decimals of debt − of collateral).
 * Property tests tie the two together (`kernel.test.ts`).
 */
import { exp, log } from '../../math/index.ts'

/** Amounts that differ by less than this ratio are the same amount. */
export const SAME = 1e-12
export const YEAR_S = 31_536_000
/** Ticks go from −MOST_TICKS to MOST_TICKS. */
export const MOST_TICKS = 32_767
/** A liquidation repays at least this share of all that the vault's users owe. */
export const LEAST_SHARE = 1e-9

const LN_TICK = log(1.0015)

/** 1.0015^tick. */
export const ratio_at = (tick: number): number => exp(tick * LN_TICK)

/** The highest tick whose ratio is not above this one. A ratio that is a tick's own to rounding is that tick. */
export function tick_at(ratio: number): number {
  const tick = Math.round(log(ratio) / LN_TICK)
  const on = ratio >= ratio_at(tick) * (1 - SAME)
  return Math.min(MOST_TICKS, Math.max(-MOST_TICKS, on ? tick : tick - 1))
}

/** Ratio of the tick at or below, in token units. */
export const floor_ratio = (ratio: number, scale: number): number => ratio_at(tick_at(ratio * scale)) / scale

/** Ratio at which a position is entered: the tick above what it owes per collateral, in token units. */
export const entry_ratio = (net: number, collateral: number, scale: number): number =>
  ratio_at(tick_at((net / collateral) * scale) + 1) / scale

/** What liquidations of a vault go by at a price. Raw amounts per raw amounts, in token units. */
export interface Terms {
  /** Debt per collateral above which a position is in breach. */
  threshold: number
  /** Down to which a liquidation goes: the tick at or below the threshold. */
  target: number
  /** Above which positions are absorbed: the tick at or below the maximum limit. */
  most: number
  /** Collateral that a unit of debt buys, penalty included. */
  per_debt: number
}

/** @param price raw debt per raw collateral: the oracle's price times the exchange price of supply over that of borrowing */
export function terms_at(price: number, limits: Limits, scale: number, out: Terms): void {
  out.threshold = price * limits.threshold
  // A hair lower, so that what is liquidated down to it is safe whatever the rounding.
  out.target = Math.min(floor_ratio(out.threshold, scale), out.threshold) * (1 - SAME)
  out.most = floor_ratio(price * limits.most, scale) * (1 + SAME)
  out.per_debt = (1 + limits.penalty) / price
}

export interface Limits {
  readonly threshold: number
  readonly most: number
  readonly penalty: number
}

/** Debt of one position that brings it down to the target. */
export const excess = (debt: number, collateral: number, terms: Terms): number =>
  Math.max(0, (debt - terms.target * collateral) / (1 - terms.target * terms.per_debt))

/** What a liquidation of the top of a vault comes to. */
export class Level {
  repaid = 0
  /** Debt per collateral of everybody it reached, afterwards. */
  ratio = 0
  /** How many it reached. */
  reached = 0
}

/**
 * Repays debt of the riskiest positions together: everybody above a ratio comes down to it, first the highest alone, then with the next.
 * As every part has the same price, the debt that brings positions with D debt and C collateral down to R is (D − R·C) ÷ (1 − R·per_debt),
 * however often it is interrupted.
 * @param debt of each position, by ratio, highest first, all above the target
 */
export function level(
  debt: ArrayLike<number>,
  collateral: ArrayLike<number>,
  count: number,
  terms: Terms,
  offered: number,
  out: Level,
): void {
  const { target, per_debt } = terms
  let [all_debt, all_collateral] = [0, 0]
  out.repaid = 0
  out.reached = 0
  out.ratio = target
  for (let i = 0; i < count; i++) {
    all_debt += debt[i] as number
    all_collateral += collateral[i] as number
    out.reached = i + 1
    const below = i + 1 < count ? (debt[i + 1] as number) / (collateral[i + 1] as number) : 0
    const next = Math.max(target, below)
    const needed = Math.max(0, (all_debt - next * all_collateral) / (1 - next * per_debt))
    if (needed >= offered) {
      out.repaid = offered
      out.ratio = Math.max(target, (all_debt - offered) / (all_collateral - offered * per_debt))
      return
    }
    out.repaid = needed
  }
}

/** What one of them repays of it, at most all but nothing. */
export const share = (debt: number, collateral: number, ratio: number, per_debt: number): number =>
  Math.max(0, (debt - ratio * collateral) / (1 - ratio * per_debt))

/** How fast a limit gives way: a share of the whole within a time; below `base` there is none. */
export interface Expansion {
  readonly share: number
  readonly duration_s: number
  readonly base: number
}

/** What of a vault's supply must stay, before an action. @param last what had to stay after the last one */
export const must_stay = (last: number, supply: number, elapsed_s: number, by: Expansion): number =>
  last > 0 ? Math.max(last - (supply * by.share * elapsed_s) / by.duration_s, supply * (1 - by.share)) : 0

/** The same after it. */
export const stays_after = (supply: number, before: number, by: Expansion): number =>
  supply < by.base ? 0 : Math.max(before, supply * (1 - by.share))

/** What a vault may owe in all, before an action. */
export const may_owe = (last: number, owed: number, elapsed_s: number, by: Expansion, most: number): number =>
  Math.min(most, Math.max(by.base, Math.min(last + (owed * by.share * elapsed_s) / by.duration_s, owed * (1 + by.share))))

/** The same after it. */
export const owes_after = (owed: number, before: number, by: Expansion, most: number): number =>
  owed * (1 + by.share) < by.base ? by.base : Math.min(before, owed * (1 + by.share), most)

/** Rates a year at utilisation 0, at the kink, at 1. */
export interface Curve {
  readonly kink: number
  readonly base: number
  readonly at_kink: number
  readonly at_full: number
}

export const rate_at = (utilisation: number, { kink, base, at_kink, at_full }: Curve): number =>
  utilisation < kink
    ? base + ((at_kink - base) * utilisation) / kink
    : at_kink + ((at_full - at_kink) * (Math.min(1, utilisation) - kink)) / (1 - kink)
