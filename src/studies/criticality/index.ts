export { Crowd, type Habit, type Victim } from './crowd.ts'
export { CRITICALITY_DEFAULTS, type CriticalityInput } from './defaults.ts'
export {
  criticality,
  CRITICALITY_SCHEMA,
  type CriticalityDocument,
  type CriticalityProgress,
  type Curve,
  pressure_at,
} from './document.ts'
export { changed } from './change.ts'
export { is_executable, ladder, ladder_along, LADDER_FALLS, type LadderStep, type ShareStep } from './ladder.ts'
export { CAP, DISTRIBUTION, drawn_recipe, type Trial, trial } from './snapshots.ts'
export { LARGEST, type ShockParts, shock_parts } from './parts.ts'
export { offspring, type Offspring, shock_offspring, ShockedCrowd, type ShockQuestion, stressed_books } from './shock.ts'
export { StressedBooks } from './stress.ts'
export { in_order, type Positions, positions_of, positions_panel, positions_series } from './positions.ts'
