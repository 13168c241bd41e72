export { build, type Identity, identity, REGISTRIES } from './build.ts'
export { without } from './prune.ts'
export { duration_ms, parse_shock, type ShockSpec } from './shock.ts'
