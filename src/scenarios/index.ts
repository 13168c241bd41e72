export { build, type Identity, identity, REGISTRIES } from './build.ts'
export { without } from './prune.ts'
export { type ReplayInput, type ReplaySetup, type ReserveParameters, replay_setup, type TierTable } from './replay.ts'
export { duration, duration_ms, parse_shock, type ShockOptions, type ShockSpec, shock_scenario } from './shock.ts'
