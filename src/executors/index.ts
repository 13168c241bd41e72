export { type JobOptions, run_jobs } from './threads.ts'
