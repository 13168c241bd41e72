/** What a share redeems for, in units of something else, over time. */
import { z } from 'zod'

export const YEAR_MS = 31_536_000_000

export const stepsSchema = z
  .array(
    z.strictObject({
      time_ms: z.number().int().min(0).describe('from when on, ms since the epoch'),
      factor: z.number().min(0).max(10).describe('by what it is multiplied: 0.9 for a loss of 10 %, 0 for a total loss'),
    }),
  )
  .max(1000)
  .default([])
export type Step = z.infer<typeof stepsSchema>[number]

export const rateSchema = z.strictObject({
  at_start: z.number().positive().max(1e9).default(1).describe('quote units per base unit at the start of the run'),
  growth: z
    .number()
    .min(-0.99)
    .max(10)
    .default(0)
    .describe('share of `at_start` by which it grows in a year of 365 days, in a straight line'),
  steps: stepsSchema.describe('sudden changes: slashing, donations'),
})
export type RateSpec = z.infer<typeof rateSchema>

/** The product of the steps in (from, until]. */
export function step_factor(steps: readonly Step[], from_ms: number, until_ms: number): number {
  let factor = 1
  for (const step of steps) if (step.time_ms > from_ms && step.time_ms <= until_ms) factor *= step.factor
  return factor
}

export const rate_at = (spec: RateSpec, start_ms: number, time_ms: number): number =>
  Math.max(0, spec.at_start * (1 + (spec.growth * (time_ms - start_ms)) / YEAR_MS)) * step_factor(spec.steps, start_ms, time_ms)
