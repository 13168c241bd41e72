export {
  ACCOUNT_SCHEMA,
  account_document,
  type AccountInput,
  typed_document,
  type TypedInput,
  type TypedLeg,
} from './account/index.ts'
export { compare, type Counterfactual, counterfactual } from './counterfactual.ts'
export {
  criticality,
  CRITICALITY_DEFAULTS,
  type CriticalityDocument,
  type CriticalityInput,
  type CriticalityProgress,
  Crowd,
  ladder,
  ladder_along,
  type LadderStep,
  type Offspring,
  type ShareStep,
  shock_offspring,
  shock_parts,
  ShockedCrowd,
  type ShockParts,
  type ShockQuestion,
  stressed_books,
  StressedBooks,
} from './criticality/index.ts'
export { network, NETWORK_DEFAULTS, type NetworkDocument, type NetworkInput } from './network/index.ts'
export { type Ensemble, ensemble, type EnsembleSeed, ensemble_seed, figures_of } from './ensemble.ts'
export { explain, type Explanation } from './explain.ts'
export { RUN_SCHEMA, type RunDocument, type StressOptions, type StressResult, stress } from './stress.ts'
export {
  type CauseSummary,
  check_cause,
  event_report,
  type EventReport,
  measured,
  miss,
  type OutcomeSummary,
  preset_hash,
  replay,
  REPLAY_SCHEMA,
  replay_document,
  replay_seed,
  type ReplayDocument,
  type ReplayOptions,
  type SeedOptions,
  type SeedRun,
  summary,
} from './replays.ts'
export { replay_day } from './replay-day.ts'
export { type CouplingSeed, type CouplingFigure, COUPLING_FIGURES, coupling_seed, coupling_summary } from './coupling.ts'
export { unmodelled } from './unmodelled.ts'
export { par_run_loss, vault_run, type VaultRun } from './vault-run.ts'
