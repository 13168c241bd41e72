import { z } from 'zod'
import { log } from '../math/index.ts'
import { EXOGENOUS, type F64, type Kind, type Oracle, Quote, Quotes, type View, type WorldBuilder } from '../model/index.ts'
import { marketsOf, openPath, type Path, pathSchema, prime, type Source, valid } from './shared/source.ts'

const schema = z
  .strictObject({
    kind: z.literal('index-price'),
    id: z.string().min(1).describe('name of the index; fault `oracle:<id>` keeps its answer'),
    path: pathSchema.optional(),
    constituents: z
      .array(
        z.strictObject({
          path: pathSchema,
          weight: z.number().positive().max(1e6).default(1).describe('relative weight, scaled to sum to 1 over the live ones'),
        }),
      )
      .min(1)
      .max(64)
      .optional()
      .describe('the spot prices that make the index, 1 to 64; or `path` for a single one'),
    clamp: z
      .number()
      .positive()
      .max(1)
      .default(0.03)
      .describe('band around the median into which each constituent is clamped; 0.03, majors 0.01'),
    stale_ms: z
      .number()
      .int()
      .min(0)
      .default(300_000)
      .describe('how long a halted constituent counts with its last price before its weight is 0; 5 min'),
  })
  .refine((spec) => (spec.path === undefined) !== (spec.constituents === undefined), {
    message: 'exactly one of `path` and `constituents`',
  })
export type IndexPriceSpec = z.infer<typeof schema>

interface Constituent {
  readonly source: Source
  readonly weight: number
  /** Fault names of the markets it is read from. */
  readonly halts: readonly string[]
}

/** Median of ascending values; of an even number the mean of the middle two. */
function median(ascending: readonly number[]): number {
  const half = ascending.length >> 1
  const upper = ascending[half] as number
  return ascending.length % 2 === 1 ? upper : ((ascending[half - 1] as number) + upper) / 2
}

/**
 * Sets the price that the clamp allows. Towards the start, all causes shrink alike; otherwise the clamp itself moves the price, and
 * that is nobody's doing inside the model.
 */
function clampTo(quote: Quote, price: number): void {
  const before = log(quote.price / quote.start)
  const after = log(price / quote.start)
  if (before * after >= 0 && Math.abs(after) <= Math.abs(before)) quote.rescale(price)
  else {
    quote.displacement[EXOGENOUS] = (quote.displacement[EXOGENOUS] as number) + after - before
    quote.price = price
  }
}

function openConstituent(path: Path, weight: number, builder: WorldBuilder, field: string): Constituent {
  marketsOf(path, builder, field)
  return { source: openPath(path, builder, field), weight, halts: path.map((step) => `market:${step.market}`) }
}

class IndexPrice implements Oracle {
  private readonly spec: IndexPriceSpec
  private readonly parts: readonly Constituent[]
  /** One quote per constituent as last seen, and the index itself after them. */
  private readonly memory: Quotes
  private readonly seen_ms: F64
  private readonly halt: string
  private readonly scratch: readonly Quote[]
  private readonly start: number

  constructor(spec: IndexPriceSpec, builder: WorldBuilder) {
    const name = builder.self.id
    const listed = spec.constituents ?? [{ path: spec.path as Path, weight: 1 }]
    this.spec = spec
    this.halt = `oracle:${spec.id}`
    this.parts = listed.map((item, i) =>
      openConstituent(item.path, item.weight, builder, spec.constituents === undefined ? 'path' : `constituents[${i}].path`),
    )
    this.scratch = this.parts.map(() => new Quote(builder.sources))
    this.memory = new Quotes(builder.store, name, this.parts.length + 1, builder.sources)
    this.seen_ms = builder.store.table(`${name}.seen`, { seen_ms: 'f64' }, this.parts.length).columns.seen_ms
    this.parts.forEach((part, i) => {
      this.memory.write(i, prime(part.source, builder, `constituents[${i}]`))
      this.seen_ms.data[i] = builder.time_ms
    })
    const index = new Quote(builder.sources)
    this.combine(builder.time_ms, index)
    index.fixed(index.price)
    this.start = index.price
    this.memory.write(this.parts.length, index)
  }

  read(time_ms: number, view: View, out: Quote): void {
    if (view.halted(this.halt)) {
      this.memory.read(this.parts.length, out)
      return
    }
    this.sample(time_ms, view, out)
    if (this.combine(time_ms, out)) {
      this.rebase(out)
      this.memory.write(this.parts.length, out)
    } else this.memory.read(this.parts.length, out)
  }

  /** Takes the price of every constituent that trades. */
  private sample(time_ms: number, view: View, scratch: Quote): void {
    this.parts.forEach((part, i) => {
      if (part.halts.some((name) => view.halted(name))) return
      part.source(time_ms, view, scratch)
      if (!valid(scratch)) return
      this.memory.write(i, scratch)
      this.seen_ms.set(i, time_ms)
    })
  }

  /** Weighted mean of the live constituents, each clamped around their median; false when none is live. */
  private combine(time_ms: number, out: Quote): boolean {
    const live: Quote[] = []
    const weights: number[] = []
    let total = 0
    for (let i = 0; i < this.parts.length; i++) {
      const age = time_ms - (this.seen_ms.data[i] as number)
      if (age > this.spec.stale_ms) continue
      const quote = this.scratch[i] as Quote
      const weight = (this.parts[i] as Constituent).weight
      this.memory.read(i, quote)
      live.push(quote)
      weights.push(weight)
      total += weight
    }
    if (live.length === 0) return false
    const middle = median(live.map((quote) => quote.price).sort((a, b) => a - b))
    const low = middle * (1 - this.spec.clamp)
    const high = middle * (1 + this.spec.clamp)
    for (let i = 0; i < live.length; i++) {
      const quote = live[i] as Quote
      const price = Math.min(Math.max(quote.price, low), high)
      if (price !== quote.price) clampTo(quote, price)
      weights[i] = (weights[i] as number) / total
    }
    out.mean(live, weights)
    return true
  }

  /** Against the index at the start: a constituent that drops out moves the index, and nobody inside the model is to blame for that. */
  private rebase(out: Quote): void {
    let endogenous = 0
    for (let s = 1; s < out.displacement.length; s++) endogenous += out.displacement[s] as number
    out.start = this.start
    out.displacement[EXOGENOUS] = log(out.price / this.start) - endogenous
  }
}

/** An exchange's index: weighted spot prices, outliers clamped, dead ones left out; the last index stands when all are dead. */
export const indexPrice: Kind<IndexPriceSpec, Oracle> = {
  id: 'index-price',
  title: 'Exchange index price',
  source:
    'Binance USD-M price index rules: constituents clamped to [0.97, 1.03] of the median (BTC, ETH 1 %), no update for 5 min weighs 0',
  schema,
  open: (spec, builder) => new IndexPrice(spec, builder),
}
