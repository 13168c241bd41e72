/** What is asked about a snapshot. */
export interface CriticalityInput {
  /** Fall over which liquidation density is averaged, a ratio. */
  readonly span: number
  /** Falls at which R is asked again, ratios, ascending from 0. */
  readonly falls: readonly number[]
}

export const CRITICALITY_DEFAULTS: CriticalityInput = {
  span: 0.05,
  falls: [0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5],
}
