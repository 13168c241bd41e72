/**
 * The mechanics in exact arithmetic, in Deribit's own terms (support.deribit.com 25944826427293, 25944738177565, 25944777576477;
 * docs.deribit.com lsp-api-guide; derivatives reference §6).
 */
import { add, div, max, min, mul, neg, type Ratio, ratio, sub, ZERO } from '../shared/exchange/reference-ratio.ts'

/** Margin of futures: rate = least + slope · |position|; position and margin in coins. */
export interface Slope {
  readonly least: Ratio
  readonly slope: Ratio
}

export const rate_of = ({ least, slope }: Slope, position: Ratio): Ratio => add(least, mul(slope, position))
export const margin_of = (of: Slope, position: Ratio): Ratio => mul(position, rate_of(of, position))

/** An option in coins: is it a call, index, strike, mark. */
export interface Option {
  readonly call: boolean
  readonly index: Ratio
  readonly strike: Ratio
  readonly mark: Ratio
}

const out_of_money = ({ call, index, strike }: Option): Ratio =>
  div(max(ZERO, call ? sub(strike, index) : sub(index, strike)), index)

/** Maintenance margin of a short option, coins, its mark in it. */
export function short_maintenance(of: Option): Ratio {
  const least = ratio('0.075')
  return add(of.call ? least : max(least, mul(least, of.mark)), of.mark)
}

/** Initial margin of a short option, coins, its mark in it; of puts at least the maintenance margin. */
export function short_initial(of: Option): Ratio {
  const asked = add(max(sub(ratio('0.15'), out_of_money(of)), ratio('0.1')), of.mark)
  return of.call ? asked : max(asked, short_maintenance(of))
}

/** Funding per 8 h: what of the premium lies beyond ±0.025 %. */
export function funding_rate(premium: Ratio): Ratio {
  const band = ratio('0.00025')
  return add(max(band, premium), min(neg(band), premium))
}

/** Most USD of inverse contracts that are sold a second: contracts a step · USD each · steps a second. */
export const pace_per_second = (contracts: number, face: number, steps: number): Ratio => ratio(contracts * face * steps)

/** What a participant may still take over: min(factor · equity − notional, share · equity − used), ≥ 0. */
export const support_capacity = (factor: Ratio, equity: Ratio, notional: Ratio, share: Ratio, used: Ratio): Ratio =>
  max(ZERO, min(sub(mul(factor, equity), notional), sub(mul(share, equity), used)))

/** Trace T10: parts of a position in breach, notional: to participants, deleveraged. */
export function assigned(notional: Ratio, capacities: readonly Ratio[]): { readonly support: Ratio; readonly rest: Ratio } {
  const whole = capacities.reduce(add, ZERO)
  const support = min(notional, whole)
  return { support, rest: sub(notional, support) }
}
