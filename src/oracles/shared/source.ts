/** Where an oracle's raw price comes from: a path of markets, or another oracle. */
import { z } from 'zod'
import { type KindSpec, type Oracle, Quote, type View, type WorldBuilder } from '../../model/index.ts'

export const stepSchema = z.strictObject({
  market: z.string().min(1).describe('id of a market; its mid is quote units per base unit'),
  inverse: z.boolean().default(false).describe('divide by the mid instead of multiplying'),
})
export const pathSchema = z
  .array(stepSchema)
  .min(1)
  .max(8)
  .describe('markets whose mids are multiplied along the way, 1 to 8; displacements add')
export type Path = z.infer<typeof pathSchema>

const inlineSchema = z
  .looseObject({ kind: z.string().min(1).describe('kind of the inner oracle'), id: z.string().min(1).describe('its id') })
  .describe('an oracle of its own, written in place')

/** The two ways to name a raw price; exactly one is given. */
export const sourceFields = {
  path: pathSchema.optional(),
  source: z
    .union([z.string().min(1).describe('id of an oracle of the snapshot'), inlineSchema, pathSchema])
    .optional()
    .describe('instead of `path`: another oracle, by id or in place, whose answer is taken'),
  rate: z
    .number()
    .positive()
    .max(1e9)
    .default(1)
    .describe('constant factor on the raw price: the redemption rate of a staked or wrapped asset; 1 none'),
}
interface SourceFields {
  readonly path?: Path | undefined
  readonly source?: string | KindSpec | Path | undefined
  readonly rate?: number | undefined
}

/** Refinement that goes with `sourceFields`. */
export const oneSource = (spec: SourceFields): boolean => (spec.path === undefined) !== (spec.source === undefined)
export const ONE_SOURCE = 'exactly one of `path` and `source`'

/** Writes the raw price and its vector into `out`; a price that is not positive means that there is none. */
export type Source = (time_ms: number, view: View, out: Quote) => void

/** Is this a price that somebody may act on? */
export const valid = (quote: Quote): boolean => quote.price > 0 && quote.price < Number.POSITIVE_INFINITY

/** @returns the markets of a path as indices, in order */
export function marketsOf(path: Path, builder: WorldBuilder, field: string): Int32Array {
  return Int32Array.from(path, (step, i) => builder.market(step.market, `${field}[${i}].market`))
}

export function openPath(path: Path, builder: WorldBuilder, field: string): Source {
  const markets = marketsOf(path, builder, field)
  const inverse = path.map((step) => step.inverse)
  const leg = new Quote(builder.sources)
  return (_time_ms, view, out) => {
    out.fixed(1)
    for (let i = 0; i < markets.length; i++) {
      view.quote(markets[i] as number, leg)
      out.times(leg, inverse[i] as boolean)
    }
  }
}

export function openSource(spec: SourceFields, builder: WorldBuilder): Source {
  const raw = openRaw(spec, builder)
  const rate = spec.rate ?? 1
  if (rate === 1) return raw
  return (time_ms, view, out) => {
    raw(time_ms, view, out)
    out.price *= rate
    out.start *= rate
  }
}

function openRaw(spec: SourceFields, builder: WorldBuilder): Source {
  if (spec.path !== undefined) return openPath(spec.path, builder, 'path')
  const source = spec.source as string | KindSpec | Path
  if (Array.isArray(source)) return openPath(source, builder, 'source')
  const inner: Oracle = builder.oracle(source as string | KindSpec, 'source')
  return (time_ms, view, out) => inner.read(time_ms, view, out)
}

/** The world as it stands while it is being built: start mids, nothing halted, nothing displaced. */
function openingView(builder: WorldBuilder): View {
  const mid = (market: number): number => builder.market_at(market).mid()
  return {
    time_ms: builder.time_ms,
    tick: 0,
    round: 0,
    feeds: builder.feeds,
    fundamental: Float64Array.from(builder.assets, (asset) => asset.price_usd),
    mid,
    quote: (market, out) => out.fixed(mid(market)),
    fill: (market, order) => builder.market_at(market).quote(order),
    depth: (market, within) => builder.market_at(market).depth(within),
    usd: (asset) => builder.assets[asset]?.price_usd ?? 0,
    gas_usd: 0,
    halted: () => false,
    fund_usd: () => 0,
    pool: () => false,
    ledger: builder.ledger,
  }
}

/** The source's price at the start of the run, undisplaced: what every memory is primed with. */
export function prime(source: Source, builder: WorldBuilder, field: string): Quote {
  const out = new Quote(builder.sources)
  source(builder.time_ms, openingView(builder), out)
  if (!valid(out)) throw builder.invalid(field, out.price, 'a source with a positive price at the start')
  return out
}
