import { adl } from './adl.ts'
import { assets } from './assets.ts'
import { coin_day } from './coin-day.ts'
import { flows } from './flows.ts'
import { infections } from './infections.ts'
import { liquidated } from './multiplier.ts'
import { order_flow } from './order-flow.ts'
import { timeline } from './timeline.ts'
import { venues } from './venues.ts'

/** Every analytic. */
export const analytics = [venues, assets, flows, infections, liquidated, timeline, coin_day, adl, order_flow]

export { adl_fills, type AdlFill, type AdlOptions, type AdlWave, adl_waves } from './adl.ts'
export { type AssetFigures, asset_figures, endogenous_share } from './assets.ts'
export { iso_day, iso_time } from './coin-day.ts'
export {
  amplification,
  next_generation,
  type Pressure,
  reaches_one,
  reproduction_number,
  without_types,
} from './shared/criticality.ts'
export {
  type Infection,
  infection_list,
  infection_matrix,
  type InfectionByAsset,
  type InfectionByMechanism,
  infections_by_asset,
  infections_by_mechanism,
} from './infections.ts'
export { cascade_multiplier, liquidated_at_start_usd, liquidated_by_venue } from './multiplier.ts'
export { totals, type VenueFigures, venue_figures } from './venues.ts'
export { adl, assets, coin_day, flows, infections, timeline, venues }
export { type Claims, type Clearing, clearing, type DefaultCosts, furfine } from './shared/clearing.ts'
export { debt_rank, debt_rank_once, debt_ranks, type Link, links_of, LoanBook } from './shared/debt-rank.ts'
export {
  deleverage,
  type Deleveraging,
  type Holders,
  impact_of_units,
  impact_of_value,
  type LeverageRule,
  type SaleImpact,
} from './shared/deleverage.ts'
export { type FireSale, type FireSaleInput, fire_sale, ltv_path, toxic_ltv } from './shared/fire-sale.ts'
export { type ContagionIndex, type Exposures, exposures, indirect_contagion, liquidity_overlaps } from './shared/overlap.ts'
export {
  type BranchingInput,
  portfolio_branching,
  portfolio_cascade,
  type Portfolios,
  random_portfolios,
} from './shared/portfolios.ts'
export {
  type CoinBeliefs,
  collateral_floor,
  type CoinState,
  type CoinStep,
  type CoinTerms,
  stablecoin_path,
  supply_bounds,
} from './shared/stablecoin.ts'
export { type OrderFlow, order_flow, order_flow_imbalance, order_flows } from './order-flow.ts'
