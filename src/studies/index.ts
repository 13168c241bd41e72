export { RUN_SCHEMA, type RunDocument, type StressOptions, type StressResult, stress } from './stress.ts'
