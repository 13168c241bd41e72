/** Unwind as a library: everything here is pure and runs in Node and in a browser. Files and the command line are apart. */
export { agents } from './agents/index.ts'
export {
  analytics,
  type BranchingInput,
  type Clearing,
  clearing,
  type ContagionIndex,
  debt_rank,
  debt_rank_once,
  deleverage,
  type Deleveraging,
  type Exposures,
  exposures,
  fire_sale,
  type FireSale,
  furfine,
  type Holders,
  impact_of_units,
  impact_of_value,
  indirect_contagion,
  type LeverageRule,
  links_of,
  liquidity_overlaps,
  LoanBook,
  ltv_path,
  portfolio_branching,
  portfolio_cascade,
  type Portfolios,
  random_portfolios,
  type SaleImpact,
  toxic_ltv,
} from './analytics/index.ts'
export { drivers } from './drivers/index.ts'
export { broken_laws, ENGINE_VERSION, LAWS, type RunOptions, type RunResult, run, type World } from './engine/index.ts'
export { markets } from './markets/index.ts'
export {
  type Bars,
  content_hash,
  DEFAULT_LIMITS,
  type Evidence,
  InputError,
  type KindSpec,
  type ReportTable,
  type Scenario,
  SCENARIO_SCHEMA,
  type Snapshot,
  SNAPSHOT_SCHEMA,
} from './model/index.ts'
export { oracles } from './oracles/index.ts'
export {
  build,
  events,
  type EventPreset,
  identity,
  parse_shock,
  type Preset,
  presets,
  replay_setup,
  shock_scenario,
  without,
} from './scenarios/index.ts'
export {
  account_document,
  type AccountInput,
  replay,
  type ReplayDocument,
  type RunDocument,
  type StressOptions,
  type StressResult,
  stress,
  typed_document,
  type TypedInput,
} from './studies/index.ts'
export {
  type Cohort,
  type Cohorts,
  CohortFilter,
  cohort_accounts,
  cohorts_of,
  type DensityRow,
  COHORT_FILTER,
  liquidation_density,
  one_book,
  parse_recipe,
  type Recipe,
  type CohortBar,
  synthesize,
  with_inferred,
} from './synth/index.ts'
export { type EbaBank, golden, type GoldenData, type GoldenRow } from './validation/index.ts'
export { venues } from './venues/index.ts'
export {
  type BulkEvent,
  BulkExchange,
  type BulkSpec,
  type BulkTotals,
  type PathsResult,
  type PathsSpec,
  run_paths,
  type Slippage,
} from './venues/shared/exchange/index.ts'
