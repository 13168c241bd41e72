import { z } from 'zod'
import { type F64, type Kind, type Oracle, Quote, Quotes, type U8, type View, type WorldBuilder } from '../model/index.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, sourceFields, valid } from './shared/source.ts'

const schema = z
  .strictObject({
    kind: z.literal('osm'),
    id: z
      .string()
      .min(1)
      .describe('name of the module; fault `oracle:<id>` stops it (the price freezes), `oracle:<id>:void` empties it (no price)'),
    ...sourceFields,
    hop_ms: z.number().int().positive().max(86_400_000).default(3_600_000).describe('least time between two pokes, 1 h'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
export type OsmSpec = z.infer<typeof schema>

const CUR = 0
const NXT = 1

/**
 * Holds every price back by one hop. Whoever reads it pokes it first, as keepers do. A module without a value (voided, or not
 * refilled since) answers price 0 with a zero vector.
 */
export class Osm implements Oracle {
  private readonly hop_ms: number
  private readonly source: Source
  private readonly memory: Quotes
  private readonly has: U8
  private readonly zzz: F64
  private readonly halt: string
  private readonly empty: string
  private readonly sample: Quote
  private readonly held: Quote

  constructor(spec: OsmSpec, builder: WorldBuilder) {
    const name = builder.self.id
    this.hop_ms = spec.hop_ms
    this.halt = `oracle:${spec.id}`
    this.empty = `oracle:${spec.id}:void`
    this.source = openSource(spec, builder)
    this.sample = new Quote(builder.sources)
    this.held = new Quote(builder.sources)
    this.memory = new Quotes(builder.store, name, 2, builder.sources)
    this.has = builder.store.table(`${name}.has`, { has: 'u8' }, 2).columns.has
    this.zzz = builder.store.table(`${name}.clock`, { zzz_ms: 'f64' }, 1).columns.zzz_ms
    const start = prime(this.source, builder, spec.path === undefined ? 'source' : 'path')
    for (const which of [CUR, NXT]) {
      this.memory.write(which, start)
      this.has.data[which] = 1
    }
    this.zzz.data[0] = builder.time_ms - (builder.time_ms % spec.hop_ms)
  }

  read(time_ms: number, view: View, out: Quote): void {
    // The source lives on between pokes: a push feed behind the module must see every price.
    this.source(time_ms, view, this.sample)
    if (view.halted(this.empty)) {
      this.has.set(CUR, 0)
      this.has.set(NXT, 0)
    } else if (!view.halted(this.halt) && time_ms >= (this.zzz.data[0] as number) + this.hop_ms) this.poke(time_ms)
    this.peek(CUR, out)
  }

  /** The price that the next poke will publish: anyone may look. */
  peep(out: Quote): void {
    this.peek(NXT, out)
  }

  private peek(which: number, out: Quote): void {
    if (this.has.data[which] === 1) this.memory.read(which, out)
    else out.fixed(0)
  }

  /** Without a valid source nothing moves and the clock stands, so the next reading tries again. */
  private poke(time_ms: number): void {
    if (!valid(this.sample)) return
    this.memory.read(NXT, this.held)
    this.memory.write(CUR, this.held)
    this.has.set(CUR, this.has.data[NXT] as number)
    this.memory.write(NXT, this.sample)
    this.has.set(NXT, 1)
    this.zzz.set(0, time_ms - (time_ms % this.hop_ms))
  }
}

/** Oracle security module of Maker: the price of one hop ago. */
export const osm: Kind<OsmSpec, Osm> = {
  id: 'osm',
  title: 'Oracle security module',
  source: 'makerdao/osm src/osm.sol: poke, peek, peep, stop, void; hop 3600 s',
  schema,
  open: (spec, builder) => new Osm(spec, builder),
}
