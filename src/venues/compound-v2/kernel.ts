/**
 * The mechanics of `reference.ts` in floats, as free functions: amounts in token units, ratios natural, rates a year.
 * Property tests tie the two together (`kernel.test.ts`).
 */

/** Amounts that differ by less than this ratio are the same amount. */
export const SAME = 1e-12
export const YEAR_S = 31_536_000

export interface Curve {
  readonly base: number
  readonly slope: number
  readonly kink: number
  readonly jump: number
}

/** 0 when nothing is owed. */
export const utilisation = (cash: number, debt: number, reserves: number): number =>
  debt > 0 ? debt / (cash + debt - reserves) : 0

export function rate_at({ base, slope, kink, jump }: Curve, used: number): number {
  return used <= kink ? base + slope * used : base + slope * kink + jump * (used - kink)
}

/** How the collateral that a repayment seizes is divided. */
export interface Split {
  readonly incentive: number
  /** Share of everything seized that goes to reserves. */
  readonly seize_share: number
  /** Share of the bonus in it that goes to the treasury. */
  readonly treasury_share: number
}

/** Collateral units that a unit of debt seizes. */
export const seized_per_unit = (split: Split, debt_price: number, collateral_price: number): number =>
  (split.incentive * debt_price) / collateral_price

/** Part of what was seized that the protocol keeps: of everything, and of the bonus. */
export const kept = ({ incentive, seize_share, treasury_share }: Split): number =>
  Math.min(1, seize_share + ((incentive - 1) / incentive) * treasury_share)
