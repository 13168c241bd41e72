import { z } from 'zod'
import { exp } from '../math/index.ts'
import { type F64, type Kind, type Oracle, Quote, Quotes, type View, type WorldBuilder } from '../model/index.ts'
import { restart } from './shared/derived.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, sourceFields, valid } from './shared/source.ts'

const schema = z
  .strictObject({
    kind: z.literal('ema'),
    id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
    ...sourceFields,
    ma_time_ms: z
      .number()
      .positive()
      .max(31_536_000_000)
      .default(866_000)
      .describe('time in which the weight of the old average falls to 1/e; 866 s is a half-life of 10 min'),
    spot_cap: z
      .number()
      .positive()
      .max(1e15)
      .optional()
      .describe('most that enters the average: 2 in pools that should trade at 1'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
export type EmaSpec = z.infer<typeof schema>

const AVERAGE = 0
const SPOT = 1

class Ema implements Oracle {
  private readonly spec: EmaSpec
  private readonly halt: string
  private readonly source: Source
  /** The average, and the spot that has held since the last reading. */
  private readonly memory: Quotes
  private readonly time_ms: F64
  private readonly start: number
  private readonly scratch: readonly [Quote, Quote]

  constructor(spec: EmaSpec, builder: WorldBuilder) {
    const name = builder.self.id
    this.spec = spec
    this.halt = `oracle:${spec.id}`
    this.source = openSource(spec, builder)
    this.scratch = [new Quote(builder.sources), new Quote(builder.sources)]
    this.memory = new Quotes(builder.store, name, 2, builder.sources)
    this.time_ms = builder.store.table(`${name}.clock`, { time_ms: 'f64' }, 1).columns.time_ms
    const start = prime(this.source, builder, spec.path === undefined ? 'source' : 'path')
    if (spec.spot_cap !== undefined && start.price > spec.spot_cap)
      throw builder.invalid('spot_cap', spec.spot_cap, `the price at the start, ${start.price}, or more`)
    this.start = start.price
    this.memory.write(AVERAGE, start)
    this.memory.write(SPOT, start)
    this.time_ms.data[0] = builder.time_ms
  }

  read(time_ms: number, view: View, out: Quote): void {
    const halted = view.halted(this.halt)
    if (!halted) this.advance(time_ms, out)
    // A source with a memory of its own must see every price, also while this one stands still.
    this.source(time_ms, view, out)
    if (!halted && valid(out)) {
      const { spot_cap } = this.spec
      if (spot_cap !== undefined && out.price > spot_cap) out.rescale(spot_cap)
      restart(out, this.start)
      this.memory.write(SPOT, out)
    }
    this.memory.read(AVERAGE, out)
  }

  /** The spot of the last reading has held until now: what happens within one moment has no weight until time passes. */
  private advance(time_ms: number, out: Quote): void {
    const passed = time_ms - (this.time_ms.data[0] as number)
    if (passed <= 0) return
    const old = exp(-passed / this.spec.ma_time_ms)
    this.memory.read(SPOT, this.scratch[0])
    this.memory.read(AVERAGE, this.scratch[1])
    out.mean(this.scratch, [1 - old, old])
    restart(out, this.start)
    this.memory.write(AVERAGE, out)
    this.time_ms.set(0, time_ms)
  }
}

/** Exponential moving average: follows a move with a lag, and hardly sees one that does not last. */
export const ema: Kind<EmaSpec, Oracle> = {
  id: 'ema',
  title: 'Exponential moving average',
  source: 'curvefi/stableswap-ng CurveStableSwapNG.vy: price_oracle, ma_exp_time 866 s, spot capped at 2',
  schema,
  open: (spec, builder) => new Ema(spec, builder),
}
