export { cohort_accounts, with_inferred } from './accounts.ts'
export { CohortFilter, COHORT_FILTER, type FilterOptions } from './filter.ts'
export { type HiddenBook, hidden_book, type Lot, lot_level } from './hidden.ts'
export { BUCKETS, type CohortBar, EDGES, MIDDLES, type Shape, type Side } from './law.ts'
export {
  type Band,
  band,
  type Cohort,
  type Cohorts,
  cohorts_of,
  type DensityRow,
  leverage_share,
  liquidated,
  liquidation_density,
  mean_entry,
  one_book,
} from './posterior.ts'
export { type Belief, PRIOR } from './prior.ts'
export { draw_regime, type Regime } from './regime.ts'
