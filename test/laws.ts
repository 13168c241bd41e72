/**
 * The catalogue of laws: what is checked after every applied bundle in debug runs and in random worlds, and at frames in every run.
 * The laws themselves are part of the engine, so that a run can say whether they held; here they are listed for tests.
 */
export { broken_laws, holdings, LAWS, type Law } from '../src/engine/index.ts'
