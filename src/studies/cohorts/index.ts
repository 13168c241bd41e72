export { type Forecaster, foretell, type ForetoldDay, type Skill, skill } from './foretold.ts'
export { INFER, infer, INFER_SCHEMA, type InferDocument, type InferOptions } from './infer.ts'
export {
  type Coverage,
  coverage,
  QUANTITIES,
  type Quantity,
  read_book,
  RECOVERY,
  recover_book,
  type Recovered,
  type RecoveryOptions,
} from './recovery.ts'
