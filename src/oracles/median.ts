import { z } from 'zod'
import { type F64, type Kind, type KindSpec, type Oracle, Quote, Quotes, type View, type WorldBuilder } from '../model/index.ts'
import { restart } from './shared/derived.ts'
import { ONE_SOURCE, oneSource, openSource, type Path, prime, type Source, sourceFields, valid } from './shared/source.ts'

const entrySchema = z
  .strictObject({
    ...sourceFields,
    stale_ms: z
      .number()
      .int()
      .min(0)
      .default(3_600_000)
      .describe('how long it counts with its last price while a fault halts it; 1 h, Liquity v1 4 h'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
const schema = z.strictObject({
  kind: z.literal('median'),
  id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
  sources: z
    .array(entrySchema)
    .min(1)
    .max(32)
    .describe('prices of which the middle one is taken, of an even number the mean of the two'),
  quorum: z.number().int().min(1).max(32).default(1).describe('how many must be live'),
  fallback: z
    .array(entrySchema)
    .max(8)
    .default([])
    .describe('below the quorum the first live one of these, in order; else the last answer'),
})
export type MedianSpec = z.infer<typeof schema>
type EntrySpec = z.infer<typeof entrySchema>

interface Entry {
  readonly source: Source
  readonly stale_ms: number
  /** Faults that halt it: of itself, or of the markets on its path. */
  readonly halts: readonly string[]
}

function haltsOf({ path, source }: EntrySpec): string[] {
  const way = path ?? (Array.isArray(source) ? (source as Path) : undefined)
  if (way !== undefined) return way.map((step) => `market:${step.market}`)
  return [`oracle:${typeof source === 'string' ? source : (source as KindSpec).id}`]
}

class Median implements Oracle {
  private readonly spec: MedianSpec
  private readonly halt: string
  /** Sources, then fallbacks. */
  private readonly entries: readonly Entry[]
  /** The last price of every entry, and the answer after them. */
  private readonly memory: Quotes
  private readonly seen_ms: F64
  private readonly start: number
  private readonly pair: readonly [Quote, Quote]

  constructor(spec: MedianSpec, builder: WorldBuilder) {
    const name = builder.self.id
    if (spec.quorum > spec.sources.length)
      throw builder.invalid('quorum', spec.quorum, `at most ${spec.sources.length}, as many as there are sources`)
    this.spec = spec
    this.halt = `oracle:${spec.id}`
    this.entries = [...spec.sources, ...spec.fallback].map((entry) => ({
      source: openSource(entry, builder),
      stale_ms: entry.stale_ms,
      halts: haltsOf(entry),
    }))
    const count = this.entries.length
    this.pair = [new Quote(builder.sources), new Quote(builder.sources)]
    this.memory = new Quotes(builder.store, name, count + 1, builder.sources)
    this.seen_ms = builder.store.table(`${name}.seen`, { seen_ms: 'f64' }, count).columns.seen_ms
    this.entries.forEach(({ source }, i) => {
      const own = i < spec.sources.length ? `sources[${i}]` : `fallback[${i - spec.sources.length}]`
      this.memory.write(i, prime(source, builder, own))
      this.seen_ms.data[i] = builder.time_ms
    })
    const answer = new Quote(builder.sources)
    this.choose(builder.time_ms, answer)
    answer.fixed(answer.price)
    this.start = answer.price
    this.memory.write(count, answer)
  }

  read(time_ms: number, view: View, out: Quote): void {
    const halted = view.halted(this.halt)
    this.sample(time_ms, view, out, halted)
    const last = this.entries.length
    if (!halted && this.choose(time_ms, out)) {
      restart(out, this.start)
      this.memory.write(last, out)
    }
    this.memory.read(last, out)
  }

  /** Every source is read, so that one with a memory of its own sees every price; only what is live is kept. */
  private sample(time_ms: number, view: View, scratch: Quote, halted: boolean): void {
    this.entries.forEach(({ source, halts }, i) => {
      source(time_ms, view, scratch)
      if (halted || !valid(scratch) || halts.some((name) => view.halted(name))) return
      this.memory.write(i, scratch)
      this.seen_ms.set(i, time_ms)
    })
  }

  private live(i: number, time_ms: number): boolean {
    return time_ms - (this.seen_ms.data[i] as number) <= (this.entries[i] as Entry).stale_ms
  }

  /** The middle of the live sources, or the first live fallback; false when neither is there. */
  private choose(time_ms: number, out: Quote): boolean {
    const count = this.spec.sources.length
    const list: number[] = []
    for (let i = 0; i < count; i++) if (this.live(i, time_ms)) list.push(i)
    if (list.length >= this.spec.quorum) {
      list.sort((a, b) => this.memory.price(a) - this.memory.price(b) || a - b)
      this.middle(list, out)
      return true
    }
    for (let i = count; i < this.entries.length; i++) {
      if (!this.live(i, time_ms)) continue
      this.memory.read(i, out)
      return true
    }
    return false
  }

  /** The chosen one brings its causes along. */
  private middle(ascending: readonly number[], out: Quote): void {
    const half = ascending.length >> 1
    if (ascending.length % 2 === 1) {
      this.memory.read(ascending[half] as number, out)
      return
    }
    this.memory.read(ascending[half - 1] as number, this.pair[0])
    this.memory.read(ascending[half] as number, this.pair[1])
    out.mean(this.pair, [0.5, 0.5])
  }
}

/** The middle of several prices, with others to fall back on; a chain of fallbacks alone is one source with a list behind it. */
export const median: Kind<MedianSpec, Oracle> = {
  id: 'median',
  title: 'Median of sources, with a fallback chain',
  source:
    'makerdao/median src/median.sol (middle of the sorted prices, quorum `bar`); fallback chains as in Liquity v1 PriceFeed',
  schema,
  open: (spec, builder) => new Median(spec, builder),
}
