/** What is asked about a snapshot. */
export interface CriticalityInput {
  /** Fall over which liquidation density is averaged, a ratio. */
  readonly span: number
  /** Falls at which R is asked again, ratios, ascending from 0. */
  readonly falls: readonly number[]
  /** Falls within an hour whose own R is asked, ratios. */
  readonly shocks: readonly number[]
  /** A direction along which to climb a ladder, changes of price as ratios; empty: none. */
  readonly along: readonly { readonly asset: string; readonly change: number }[]
  /** Changes of the snapshot, `path=value`, under each of which R is asked again. */
  readonly changes: readonly string[]
}

export const CRITICALITY_DEFAULTS: CriticalityInput = {
  span: 0.05,
  falls: [0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5],
  shocks: [0.1, 0.2, 0.3],
  along: [],
  changes: [],
}
