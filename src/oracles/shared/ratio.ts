/** What a share of a vault, a staked or a discounted asset redeems for, over time. */
import { z } from 'zod'
import { log } from '../../math/index.ts'
import { EXOGENOUS, type WorldBuilder } from '../../model/index.ts'
import { openSource, type Source, sourceFields } from './source.ts'

export const YEAR_MS = 31_536_000_000

export const { path: pathField, source: sourceField } = sourceFields

export const ratioSchema = z
  .strictObject({
    at_start: z.number().positive().max(1e9).optional().describe('units of the underlying per share at the start of the run'),
    growth: z
      .number()
      .min(-0.99)
      .max(10)
      .default(0)
      .describe('share of `at_start` by which it grows in a year of 365 days, in a straight line'),
    steps: z
      .array(
        z.strictObject({
          time_ms: z.number().int().min(0).describe('from when on, ms since the epoch'),
          factor: z.number().min(0).max(10).describe('by what it is multiplied: 0.9 for a slashing of 10 %, 0 for a total loss'),
        }),
      )
      .max(1000)
      .default([])
      .describe('sudden changes: slashing, losses, donations'),
    path: pathField,
    source: sourceField,
    discount: z
      .strictObject({
        per_year: z.number().min(0).max(1).describe('what is taken off per year to maturity'),
        maturity_ms: z.number().int().min(0).describe('when it redeems at par, ms since the epoch'),
      })
      .optional()
      .describe('a claim that redeems at par at maturity: 1 − per_year · years left'),
  })
  .refine(
    ({ at_start, path, source, discount }) => [at_start, path, source, discount].filter((way) => way !== undefined).length === 1,
    {
      message: 'exactly one of `at_start`, `path`, `source` and `discount`',
    },
  )
export type RatioSpec = z.infer<typeof ratioSchema>

function scheduled(spec: RatioSpec, start_ms: number, time_ms: number): number {
  let ratio = 1
  if (spec.discount !== undefined) {
    const left_ms = Math.max(0, spec.discount.maturity_ms - time_ms)
    ratio = Math.max(0, 1 - (spec.discount.per_year * left_ms) / YEAR_MS)
  } else if (spec.at_start !== undefined) ratio = spec.at_start * (1 + (spec.growth * (time_ms - start_ms)) / YEAR_MS)
  for (const step of spec.steps) if (step.time_ms > start_ms && time_ms >= step.time_ms) ratio *= step.factor
  return Math.max(0, ratio)
}

/** The ratio as a source: what is scheduled is exogenous, what is read elsewhere comes with its causes. Without a ratio the price is 0. */
export function openRatio(spec: RatioSpec, builder: WorldBuilder): Source {
  const start_ms = builder.time_ms
  const at_start = scheduled(spec, start_ms, start_ms)
  const read = spec.path === undefined && spec.source === undefined ? undefined : openSource(spec, builder)
  return (time_ms, view, out) => {
    let ratio = scheduled(spec, start_ms, time_ms)
    let start = at_start
    if (read === undefined) out.fixed(1)
    else {
      read(time_ms, view, out)
      ratio *= out.price
      start *= out.start
    }
    if (!(ratio > 0 && start > 0)) {
      out.fixed(0)
      return
    }
    out.displacement[EXOGENOUS] = (out.displacement[EXOGENOUS] as number) + log(ratio / start) - log(out.price / out.start)
    out.price = ratio
    out.start = start
  }
}
