/** What does not change about contracts and coins. */
import type { Tiers } from '../../../margin/index.ts'
import type { Oracle } from '../../../model/index.ts'
import type { Instrument } from './instrument.ts'
import type { MarkRules } from './marks.ts'

/** Maintenance rate that grows with size: min(most, base + slope · size^power), size in base units (½: square root). */
export interface Curve {
  readonly base: number
  readonly slope: number
  readonly power: 1 | 0.5
  readonly most: number
  /** Size is units · slot price (inverse), else units. */
  readonly by_value: boolean
  /** Instead: the rate of the bracket the size falls in. */
  readonly steps?: { readonly floor: Float64Array; readonly rate: Float64Array }
}

/** How a coin counts as collateral of rows that pool several. */
export interface Haircut {
  /** Weights by band of the amount held, units of the coin or of account; bands ascend from 0. */
  readonly floor: Float64Array
  readonly weight: Float64Array
  readonly by_value: boolean
  /** Weight of what is owed, ≥ 1. */
  readonly owed: number
  /** Maintenance rate of loans. */
  readonly loan: number
}

export interface Contract extends Instrument {
  readonly market: number
  readonly market_id: string
  readonly base: number
  readonly quote: number
  readonly coin: number
  /** Published brackets, before the trigger's ratio and fee. */
  readonly tiers: Tiers
  /** Floors of the brackets are units, not notional. */
  readonly sized: boolean
  /** Initial margin rate by bracket. */
  readonly initial: Float64Array
  /** Initial margin that grows with size. */
  readonly initial_curve: Curve | undefined
  /** Open interest (units of account) from which the initial rate rises, and at which it is 1. */
  readonly interest_low: number
  readonly interest_high: number
  readonly liquidation_fee: number
  readonly take_bound: number
  readonly taker_fee: number
  readonly maker_fee: number
  /** Position of its fund. */
  readonly fund: number
  readonly fund_most: number
  readonly index: Oracle
  readonly index_feed: number
  readonly mark_feed: number
  /** Feed of the slot price: that of the mark, or its inverse. */
  readonly slot_feed: number
  readonly mark: MarkRules
  readonly external: Oracle | undefined
  readonly impact_notional: number
  readonly funding: Funding
}

export interface Funding {
  readonly interval_ms: number
  readonly interest: number
  readonly clamp: number
  readonly cap: number
  readonly formula: 'damped' | 'dead_band' | 'plain'
  readonly average: 'linear' | 'mean' | 'last'
  readonly premium: 'impact' | 'fair' | 'mark' | 'mid'
  readonly paid_on: 'mark' | 'index'
  /** Rates and interest are per this time. */
  readonly per_ms: number
}

export interface Coin {
  readonly asset: number
  /** Price in the unit of account; none for a coin that is the unit. */
  readonly oracle: Oracle | undefined
  readonly feed: number
}
