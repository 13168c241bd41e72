/** Schemas of replays of real events: `unwind replay --json`, and the part of a run that is such an event. */
import { z } from 'zod'
import { EVIDENCE } from '../model/index.ts'

const hash = z.string().regex(/^[0-9a-f]{32}$/)
const count = z.number().int().min(0)
const id = z.string().min(1)
const value = z.number().nullable()
const share = z.number().min(0).max(1).nullable()

const stated = {
  id,
  what: z.string(),
  unit: z.string().describe('USD, an asset, share, count, min'),
  band: z.tuple([z.number(), z.number()]).describe('Lowest and highest value that count as a hit, stated before any run'),
  observed: value.describe('What was reported; null where there is a bound and no figure'),
  source: z.string(),
  evidence: z.enum(EVIDENCE),
  over_seeds: z.enum(['median', 'mean']).describe('What of all seeds is held to the band'),
}

const draws = z.record(z.string(), z.number()).describe('Value drawn for each prior')

export const event_schema = z
  .object({
    id,
    title: z.string(),
    time: z.string().describe('ISO 8601, UTC'),
    page: z.string(),
    draws,
    outcomes: z.array(z.object({ ...stated, value: value.describe('null when it did not come to be'), inside: z.boolean() })),
  })
  .describe('The run is a real event: its outcomes beside what happened')

/** What many seeds say of one figure. */
export const spread_fields = {
  seeds: count,
  missing: count.describe('Seeds in which there was nothing to measure'),
  mean: value,
  median: value,
  q05: value,
  q25: value,
  q75: value,
  q95: value,
}

const change = {
  median_change: value.describe('Median over seeds of without − with'),
  share_changed: z.number().min(0).max(1).describe('Share of seeds that it changed at all'),
}

const summary = {
  id,
  ...spread_fields,
  share_inside: share.describe('Share of seeds inside the band; null for chances'),
  share_low: share.describe('Wilson 95 % interval of share_inside'),
  share_high: share,
  statistic: value.describe('Median or mean, whichever is held to the band'),
  inside: z.boolean(),
  miss: value.describe('How far the statistic lies outside, as a share of the nearest edge; 0 inside'),
}

const run = z.object({
  seed: count,
  without: z.string().describe('Cause left out; empty: none'),
  draws,
  outcomes: z.record(z.string(), value),
  figures: z.record(z.string(), value),
  status: z.enum(['done', 'limit', 'interrupted']),
  broken: z.array(z.string()).describe('Laws that did not hold'),
  log: hash,
})

export const replay_schema = z
  .object({
    schema: z.literal('unwind.replay/1'),
    event: z.object({
      id,
      title: z.string(),
      time: z.string(),
      page: z.string(),
      no_outcomes: z.string().optional().describe('Why nothing is held to what happened, where nothing is'),
    }),
    engine: z.string().min(1),
    preset: hash.describe('Hash of priors, bands, sources and causes'),
    seeds: z.object({ first: count, count }),
    thin: z.boolean().describe('Fewer accounts or longer ticks than the event'),
    evidence: z.enum(EVIDENCE),
    sources: z.array(z.object({ what: z.string(), title: z.string(), url: z.string() })),
    priors: z.array(
      z.object({
        name: id,
        low: z.number(),
        high: z.number(),
        shape: z.enum(['uniform', 'log-uniform', 'integer']),
        unit: z.string().describe('Its unit; without `what`, what it is as well'),
        what: z.string().optional().describe('What it is'),
        why: z.string(),
        evidence: z.enum(EVIDENCE),
      }),
    ),
    outcomes: z.array(z.object({ ...stated, ...summary })),
    figures: z
      .array(z.object({ id, ...spread_fields, what: z.string(), unit: z.string() }))
      .describe('What else came out: nothing is held to it'),
    causes: z.array(
      z.object({
        id,
        title: z.string(),
        without: z.string(),
        outcomes: z.array(
          z.object({
            ...summary,
            leaves_band: z.boolean().describe('Inside the band with the cause, outside without it'),
            ...change,
          }),
        ),
        figures: z.array(z.object({ id, ...spread_fields, ...change })),
      }),
    ),
    laws: z.object({ runs: count, broken: z.array(z.string()), limits: count.describe('Runs that hit a limit') }),
    runs: z.array(run),
  })
  .describe('A real event over many seeds: unwind replay --json')
