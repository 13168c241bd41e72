export { type Forecaster, foretell, type ForetoldDay, type Skill, skill } from './foretold.ts'
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
