/** Maintenance margin that depends on size: marginal tiers (continuous) and slab tiers (the tier's rate on the whole notional). */
import { assert } from '../model/errors.ts'

/** Notional floors in USD (inclusive, ascending from 0), rates (ratios, not falling), deductions in USD. */
export interface Tiers {
  readonly marginal: boolean
  readonly floor: Float64Array
  readonly rate: Float64Array
  readonly deduction: Float64Array
}

/**
 * Marginal tiers: maintenance = notional·rate − deduction, with deductionₙ = deductionₙ₋₁ + floorₙ·(rateₙ − rateₙ₋₁), which makes
 * it continuous at every floor (Binance's `cum`, Bybit's `mmDeduction`; derivatives reference §1.3).
 * @param deductions published ones, if they are to be used as they are
 */
export function marginal_tiers(floors: ArrayLike<number>, rates: ArrayLike<number>, deductions?: ArrayLike<number>): Tiers {
  const deduction = Float64Array.from(deductions ?? rates)
  if (deductions === undefined) {
    deduction[0] = 0
    for (let t = 1; t < rates.length; t++) {
      deduction[t] = (deduction[t - 1] as number) + (floors[t] as number) * ((rates[t] as number) - (rates[t - 1] as number))
    }
  }
  return checked({ marginal: true, floor: Float64Array.from(floors), rate: Float64Array.from(rates), deduction })
}

/** Slab tiers: maintenance = notional·rate of the tier the whole notional falls in; it jumps at a floor (OKX). */
export function slab_tiers(floors: ArrayLike<number>, rates: ArrayLike<number>): Tiers {
  return checked({
    marginal: false,
    floor: Float64Array.from(floors),
    rate: Float64Array.from(rates),
    deduction: new Float64Array(rates.length),
  })
}

function checked(tiers: Tiers): Tiers {
  const { floor, rate, deduction } = tiers
  assert(floor.length > 0 && floor.length === rate.length && floor.length === deduction.length, 'tiers: columns differ in length')
  assert(floor[0] === 0, 'tiers: the first floor must be 0')
  for (let t = 0; t < floor.length; t++) {
    assert((rate[t] as number) >= 0 && (deduction[t] as number) >= 0, 'tiers: rates and deductions must not be negative')
    if (t > 0) assert((floor[t] as number) > (floor[t - 1] as number), 'tiers: floors must ascend')
    if (t > 0) assert((rate[t] as number) >= (rate[t - 1] as number), 'tiers: rates must not fall')
  }
  return tiers
}

/** The tier a notional (USD, ≥ 0) falls in; a floor belongs to the tier above it. */
export function tier_of(tiers: Tiers, notional: number): number {
  const { floor } = tiers
  let tier = 0
  while (tier + 1 < floor.length && notional >= (floor[tier + 1] as number)) tier++
  return tier
}

/** Maintenance margin in USD of a notional (USD, ≥ 0). */
export function maintenance(tiers: Tiers, notional: number): number {
  const tier = tier_of(tiers, notional)
  return notional * (tiers.rate[tier] as number) - (tiers.deduction[tier] as number)
}

/**
 * Maintenance ÷ notional when the notional has grown by `move` (≥ 1). It does not fall with size, in either kind of tiers, so it
 * bounds the rate at every size up to that: the steepest reachable.
 */
export function reachable_rate(tiers: Tiers, notional: number, move: number): number {
  const size = notional * move
  if (!(size > 0)) return tiers.rate[0] as number
  if (size === Infinity) return tiers.rate[tiers.rate.length - 1] as number
  return maintenance(tiers, size) / size
}
