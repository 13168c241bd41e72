export { build, type Identity, identity, REGISTRIES } from './build.ts'
export {
  type BuildOptions,
  draw_prior,
  draw_priors,
  type Draws,
  type EventBuild,
  type EventCause,
  type EventFigure,
  type EventOutcome,
  type EventPreset,
  type EventRun,
  type EventSource,
  event_preset,
  type Prior,
  type Watch,
} from './presets/event.ts'
export { events } from './presets/events.ts'
export { type Preset, presets } from './presets/index.ts'
export { without } from './prune.ts'
export { type ReplayInput, type ReplaySetup, type ReserveParameters, replay_setup, type TierTable } from './replay.ts'
export { duration, duration_ms, parse_shock, type ShockOptions, type ShockSpec, shock_scenario } from './shock.ts'
