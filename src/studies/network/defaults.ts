/** What is asked about a network. */
export interface NetworkInput {
  /** Price changes, ratios above −1; none: the reference shock. */
  readonly shocks: readonly { readonly asset: string; readonly change: number }[]
  /** Other assets follow by their betas. */
  readonly correlated: boolean
  /** Share of a claim that is lost when its debtor falls, 0 to 1. */
  readonly lost: number
  /** Share of what a defaulter has that default costs, 0 to 1. */
  readonly default_costs: number
  /** Rows of the lists of owners. */
  readonly top: number
}

export const NETWORK_DEFAULTS: NetworkInput = { shocks: [], correlated: false, lost: 0.1, default_costs: 0.05, top: 10 }

/** The shock where none is given: this change of this asset, others by their betas; without the asset, of the first that has a beta. */
export const REFERENCE_SHOCK = { asset: 'ETH', change: -0.3 } as const

/** Distance from the mid within which depth is measured, a ratio. */
export const WITHIN = 0.01
