import { z } from 'zod'
import type { Kind, Oracle, WorldBuilder } from '../model/index.ts'
import { Quote } from '../model/index.ts'
import { bring, openDerived } from './shared/derived.ts'
import { openRatio, pathField, ratioSchema, sourceField, YEAR_MS } from './shared/ratio.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, valid } from './shared/source.ts'

const snapshotFields = {
  snapshot_ratio: z.number().positive().max(1e9).describe('ratio from which the cap grows'),
  snapshot_ms: z.number().int().min(0).describe('when that was the ratio, ms since the epoch'),
  growth: z.number().min(0).max(10).describe('most it may grow in a year of 365 days, as a share of `snapshot_ratio`: 0.0968'),
}
const schema = z
  .strictObject({
    kind: z.literal('capped-rate'),
    id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
    path: pathField,
    source: sourceField,
    ratio: ratioSchema
      .optional()
      .describe('units of the underlying that a share redeems for; without one the price itself is capped'),
    cap: z.strictObject(snapshotFields).optional().describe('cap on the ratio, growing in a straight line from a snapshot'),
    updates: z
      .array(z.strictObject({ time_ms: z.number().int().min(0).describe('from when on it counts'), ...snapshotFields }))
      .max(1000)
      .default([])
      .describe('later snapshots, ascending by time: what keepers of the cap set, right or wrong'),
    price_cap: z.number().positive().max(1e15).optional().describe('cap on the answer: 1.04 for a stablecoin'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
  .refine(({ cap, price_cap }) => cap !== undefined || price_cap !== undefined, { message: '`cap` or `price_cap`' })
  .refine(({ cap, ratio }) => cap === undefined || ratio !== undefined, { message: 'a `ratio` for the `cap`' })
export type CappedRateSpec = z.infer<typeof schema>

/** Most the ratio may be at a time; +Infinity without a cap. */
export function most_ratio({ cap, updates }: Pick<CappedRateSpec, 'cap' | 'updates'>, time_ms: number): number {
  let now: CappedRateSpec['cap'] = cap
  for (const update of updates) if (time_ms >= update.time_ms) now = update
  if (now === undefined) return Number.POSITIVE_INFINITY
  return now.snapshot_ratio * (1 + (now.growth * (time_ms - now.snapshot_ms)) / YEAR_MS)
}

/** The ratio under its cap; what the cap takes away or gives back is exogenous. */
function cappedRatio(spec: CappedRateSpec, builder: WorldBuilder): Source | undefined {
  if (spec.ratio === undefined) return undefined
  const ratio = openRatio(spec.ratio, builder)
  const start = Math.min(prime(ratio, builder, 'ratio').price, most_ratio(spec, builder.time_ms))
  return (time_ms, view, out) => {
    ratio(time_ms, view, out)
    const most = most_ratio(spec, time_ms)
    if (valid(out) && most > 0) bring(out, Math.min(out.price, most), start)
    else out.fixed(0)
  }
}

function answer(spec: CappedRateSpec, builder: WorldBuilder): Source {
  const base = openSource(spec, builder)
  const ratio = cappedRatio(spec, builder)
  const factor = new Quote(builder.sources)
  const uncapped: Source = (time_ms, view, out) => {
    base(time_ms, view, out)
    if (ratio === undefined) return
    ratio(time_ms, view, factor)
    if (valid(out) && valid(factor)) out.times(factor)
    else out.fixed(0)
  }
  const { price_cap } = spec
  if (price_cap === undefined) return uncapped
  const start = Math.min(prime(uncapped, builder, 'price_cap').price, price_cap)
  return (time_ms, view, out) => {
    uncapped(time_ms, view, out)
    if (valid(out)) bring(out, Math.min(out.price, price_cap), start)
    else out.fixed(0)
  }
}

/** A rate that may not grow faster than a cap from a snapshot: guards against a pumped rate, and reports too little when it is set too tight. */
export const cappedRate: Kind<CappedRateSpec, Oracle> = {
  id: 'capped-rate',
  title: 'Price under a cap on its rate or on itself',
  source: 'aave-capo 2c280ef: PriceCapAdapterBase, PriceCapAdapterStable',
  schema,
  open(spec, builder) {
    spec.updates.forEach(({ time_ms }, i) => {
      if (i > 0 && time_ms <= (spec.updates[i - 1] as { time_ms: number }).time_ms)
        throw builder.invalid(`updates[${i}].time_ms`, time_ms, 'later than the one before')
    })
    return openDerived(spec.id, answer(spec, builder), builder, spec.path === undefined ? 'source' : 'path')
  },
}
