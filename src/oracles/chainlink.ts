import { z } from 'zod'
import { hash32 } from '../math/index.ts'
import { type F64, type Kind, type Oracle, Quote, Quotes, type View, type WorldBuilder } from '../model/index.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, sourceFields, valid } from './shared/source.ts'

const schema = z
  .strictObject({
    kind: z.literal('chainlink'),
    id: z.string().min(1).describe('name of the feed; fault `oracle:<id>` keeps its answer'),
    ...sourceFields,
    deviation: z
      .number()
      .positive()
      .max(1)
      .describe('relative move off the last answer that triggers an update, 0.005 for 0.5 %'),
    heartbeat_ms: z.number().int().positive().describe('time since the last update that triggers one by itself'),
    delay_ms: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('from trigger to arrival; 0 answers inside the tick, anything else at the first reading at or after it'),
    phase_ms: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe(
        'age of the answer at the start, below heartbeat_ms; by default drawn from the id, so that heartbeats do not coincide',
      ),
  })
  .refine(oneSource, { message: ONE_SOURCE })
export type ChainlinkSpec = z.infer<typeof schema>

const ANSWER = 0
const FLYING = 1

/** Rows of the state: when the answer arrived, when the flying one arrives (−1: none is flying). */
interface Timing {
  readonly updated_ms: F64
  readonly due_ms: F64
}

class Chainlink implements Oracle {
  private readonly spec: ChainlinkSpec
  private readonly source: Source
  private readonly memory: Quotes
  private readonly timing: Timing
  private readonly halt: string
  private readonly sample: Quote

  constructor(spec: ChainlinkSpec, builder: WorldBuilder) {
    const name = builder.self.id
    const phase = spec.phase_ms ?? Math.floor((hash32(spec.id) / 4294967296) * spec.heartbeat_ms)
    if (phase >= spec.heartbeat_ms) throw builder.invalid('phase_ms', phase, `below heartbeat_ms = ${spec.heartbeat_ms}`)
    this.spec = spec
    this.halt = `oracle:${spec.id}`
    this.source = openSource(spec, builder)
    this.sample = new Quote(builder.sources)
    this.memory = new Quotes(builder.store, name, 2, builder.sources)
    this.memory.write(ANSWER, prime(this.source, builder, spec.path === undefined ? 'source' : 'path'))
    this.timing = builder.store.table(`${name}.timing`, { updated_ms: 'f64', due_ms: 'f64' }, 1).columns
    this.timing.updated_ms.data[0] = builder.time_ms - phase
    this.timing.due_ms.data[0] = -1
  }

  read(time_ms: number, view: View, out: Quote): void {
    if (!view.halted(this.halt)) this.land(time_ms)
    // A source with a memory of its own must see every price, also while this feed stands still.
    this.source(time_ms, view, this.sample)
    if (!view.halted(this.halt) && (this.timing.due_ms.data[0] as number) < 0 && valid(this.sample)) this.trigger(time_ms)
    this.memory.read(ANSWER, out)
  }

  /** Makes the flying report the answer once it is due. It arrives as it was sampled, whatever has happened since. */
  private land(time_ms: number): void {
    const due = this.timing.due_ms.data[0] as number
    if (due < 0 || time_ms < due) return
    this.memory.read(FLYING, this.sample)
    this.memory.write(ANSWER, this.sample)
    this.timing.updated_ms.set(0, due)
    this.timing.due_ms.set(0, -1)
  }

  /** One report flies at a time: the next is judged against the answer that this one becomes. */
  private trigger(time_ms: number): void {
    const last = this.memory.price(ANSWER)
    const moved = Math.abs(this.sample.price - last) / last >= this.spec.deviation
    const old = time_ms - (this.timing.updated_ms.data[0] as number) >= this.spec.heartbeat_ms
    if (!moved && !old) return
    if (this.spec.delay_ms > 0) {
      this.memory.write(FLYING, this.sample)
      this.timing.due_ms.set(0, time_ms + this.spec.delay_ms)
      return
    }
    this.memory.write(ANSWER, this.sample)
    this.timing.updated_ms.set(0, time_ms)
  }
}

/** A push feed: reports when the price has moved by the deviation or the answer is as old as the heartbeat. */
export const chainlink: Kind<ChainlinkSpec, Oracle> = {
  id: 'chainlink',
  title: 'Chainlink push feed',
  source: 'data.chain.link feed parameters: deviation threshold and heartbeat; OCR reports one round at a time',
  schema,
  open: (spec, builder) => new Chainlink(spec, builder),
}
