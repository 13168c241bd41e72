/**
 * The mechanics of `reference.ts` in floats, as free functions: amounts in token units, ratios natural, rates a second.
 * Property tests tie the two together (`kernel.test.ts`).
 */

/** Amounts that differ by less than this ratio are the same amount. */
export const SAME = 1e-12
export const YEAR_S = 31_536_000

export interface Curve {
  readonly base: number
  readonly low: number
  readonly kink: number
  readonly high: number
}

/** A yearly curve in rates a second, each a whole number of 1e-18 as the contract keeps it. */
export function per_second({ base, low, kink, high }: Curve): Curve {
  const whole = (yearly: number) => Math.floor((yearly * 1e18) / YEAR_S) / 1e18
  return { base: whole(base), low: whole(low), kink, high: whole(high) }
}

/** Rate at a utilisation, which may exceed 1. */
export function rate_at({ base, low, kink, high }: Curve, utilisation: number): number {
  if (utilisation <= kink) return base + low * utilisation
  return base + low * kink + high * (utilisation - kink)
}

/** 0 when nothing is supplied. */
export const utilisation = (borrowed: number, supplied: number): number => (supplied > 0 ? borrowed / supplied : 0)

/** Price of a collateral at the store-front, of its oracle price 1: part of the haircut is passed on to the buyer. */
export const asking = (store_front: number, liquidation_factor: number): number => 1 - store_front * (1 - liquidation_factor)

/**
 * What an absorbed account is left with, base units: its collateral at the haircut less its debt, never below 0.
 * @param credited collateral at the haircut, base units
 */
export const left_after = (credited: number, debt: number): number => Math.max(0, credited - debt)
