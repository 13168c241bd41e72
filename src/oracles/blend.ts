import { z } from 'zod'
import { type Kind, type Oracle, Quote, type WorldBuilder } from '../model/index.ts'
import { bring, openDerived } from './shared/derived.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, sourceFields, valid } from './shared/source.ts'

const entrySchema = z
  .strictObject({
    ...sourceFields,
    weight: z.number().positive().max(1e6).default(1).describe('weight of this price; weights are divided by their sum'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
const schema = z
  .strictObject({
    kind: z.literal('blend'),
    id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
    sources: z
      .array(entrySchema)
      .min(1)
      .max(32)
      .describe('prices of which the weighted mean is taken: own book, index, redemption'),
    haircut: z.number().min(0).lt(1).default(0).describe('share taken off the mean, a ratio'),
    floor: z.number().positive().max(1e15).optional().describe('least answer: the minimum price set for a token'),
    cap: z.number().positive().max(1e15).optional().describe('most answer'),
  })
  .refine(({ floor, cap }) => floor === undefined || cap === undefined || floor <= cap, { message: '`floor` at most `cap`' })
export type BlendSpec = z.infer<typeof schema>

/** max(floor, min(cap, mean · (1 − haircut))). */
export const bounded = ({ haircut, floor = 0, cap = Number.POSITIVE_INFINITY }: BlendSpec, mean: number): number =>
  Math.max(floor, Math.min(cap, mean * (1 - haircut)))

/** The mean of the sources that have a price, with their causes; what haircut and bounds take away is no cause. */
function answer(spec: BlendSpec, builder: WorldBuilder): Source {
  const sources = spec.sources.map((entry) => openSource(entry, builder))
  const quotes = sources.map(() => new Quote(builder.sources))
  const mean: Source = (time_ms, view, out) => {
    const live: Quote[] = []
    const weights: number[] = []
    let sum = 0
    sources.forEach((source, i) => {
      const quote = quotes[i] as Quote
      source(time_ms, view, quote)
      if (!valid(quote)) return
      const { weight } = spec.sources[i] as BlendSpec['sources'][number]
      live.push(quote)
      weights.push(weight)
      sum += weight
    })
    if (live.length === 0) out.fixed(0)
    else
      out.mean(
        live,
        weights.map((weight) => weight / sum),
      )
  }
  const start = bounded(spec, prime(mean, builder, 'sources').price)
  return (time_ms, view, out) => {
    mean(time_ms, view, out)
    if (valid(out)) bring(out, bounded(spec, out.price), start)
  }
}

/** A collateral price apart from spot: own book, cross-venue index and redemption value by weight. */
export const blend: Kind<BlendSpec, Oracle> = {
  id: 'blend',
  title: 'Weighted mean of sources, with a haircut, a floor and a cap',
  source:
    'Binance, statements of 6 to 14 October 2025: redemption value with a weight in the index of USDe, wBETH and BNSOL, a minimum price for USDe',
  schema,
  open: (spec, builder) => openDerived(spec.id, answer(spec, builder), builder, 'sources'),
}
