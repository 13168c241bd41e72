import { z } from 'zod'
import { exp, log } from '../math/index.ts'
import {
  EXOGENOUS,
  type F64,
  type I32,
  type Kind,
  type Oracle,
  Quote,
  Quotes,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { restart } from './shared/derived.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, sourceFields, valid } from './shared/source.ts'

const schema = z
  .strictObject({
    kind: z.literal('twap'),
    id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
    ...sourceFields,
    window_ms: z
      .number()
      .int()
      .positive()
      .max(31_536_000_000)
      .default(1_800_000)
      .describe('time over which the mean is taken; 30 min'),
    mean: z
      .enum(['geometric', 'arithmetic'])
      .default('geometric')
      .describe('of the logarithm of the price (Uniswap v3) or of the price itself (Uniswap v2)'),
    samples: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .default(60)
      .describe('stored moments per window; between two of them the past is taken as even'),
  })
  .refine(oneSource, { message: ONE_SOURCE })
export type TwapSpec = z.infer<typeof schema>

const SPOT = 0
const ANSWER = 1

/**
 * Accumulators grow by weight · value · time, value being the displacement of each source and, first, 1: the weight is 1 for the
 * geometric mean and the price for the arithmetic one. A mean over a window is the difference of two states of them.
 */
class Twap implements Oracle {
  private readonly spec: TwapSpec
  private readonly halt: string
  private readonly source: Source
  /** The spot that has held since the last reading, and the last answer. */
  private readonly memory: Quotes
  private readonly start: number
  private readonly width: number
  private readonly slots: number
  private readonly time_ms: F64
  private readonly sums: F64
  private readonly rows: I32
  /** Ring of stored moments: state of the accumulators at a time. */
  private readonly ring_ms: F64
  private readonly ring: F64
  private readonly newest: I32

  constructor(spec: TwapSpec, builder: WorldBuilder) {
    const { store, sources, time_ms } = builder
    const name = builder.self.id
    this.spec = spec
    this.halt = `oracle:${spec.id}`
    this.source = openSource(spec, builder)
    this.width = sources + 1
    // Moments are a window ÷ samples apart or more, so that this many always reach back over the window.
    this.slots = spec.samples + 1
    this.memory = new Quotes(store, name, 2, sources)
    this.time_ms = store.table(`${name}.clock`, { time_ms: 'f64' }, 1).columns.time_ms
    this.sums = store.table(`${name}.sums`, { sum: 'f64' }, this.width).columns.sum
    this.rows = store.table(`${name}.rows`, { row: 'i32' }, sources).columns.row
    this.ring_ms = store.table(`${name}.moments`, { time_ms: 'f64' }, this.slots).columns.time_ms
    this.ring = store.table(`${name}.ring`, { sum: 'f64' }, this.slots * this.width).columns.sum
    this.newest = store.table(`${name}.newest`, { slot: 'i32' }, 1).columns.slot
    const start = prime(this.source, builder, spec.path === undefined ? 'source' : 'path')
    this.start = start.price
    this.memory.write(SPOT, start)
    this.memory.write(ANSWER, start)
    this.rows.data.fill(-1)
    // The price of the start has held for a window.
    this.ring_ms.data.fill(Number.NEGATIVE_INFINITY)
    this.ring_ms.data[0] = time_ms - spec.window_ms
    this.time_ms.data[0] = time_ms - spec.window_ms
    this.accumulate(time_ms)
  }

  read(time_ms: number, view: View, out: Quote): void {
    const halted = view.halted(this.halt)
    if (!halted && time_ms > (this.time_ms.data[0] as number)) {
      this.accumulate(time_ms)
      this.consult(time_ms, out)
      this.memory.write(ANSWER, out)
    }
    // A source with a memory of its own must see every price, also while this one stands still.
    this.source(time_ms, view, out)
    if (!halted && valid(out)) {
      restart(out, this.start)
      this.memory.write(SPOT, out)
    }
    this.memory.read(ANSWER, out)
  }

  /** The spot of the last reading has held until now: what happens within one moment has no weight until time passes. */
  private accumulate(time_ms: number): void {
    const { memory, sums, rows, width } = this
    const passed = time_ms - (this.time_ms.data[0] as number)
    const weight = this.spec.mean === 'geometric' ? 1 : memory.price(SPOT)
    sums.add(0, weight * passed)
    for (let s = 0; s + 1 < width; s++) {
      const part = memory.displacement(SPOT, s)
      if (part === 0) continue
      sums.add(s + 1, weight * part * passed)
      if (memory.row(SPOT, s) >= 0) rows.set(s, memory.row(SPOT, s))
    }
    this.time_ms.set(0, time_ms)
    const last = this.newest.data[0] as number
    if ((time_ms - (this.ring_ms.data[last] as number)) * this.spec.samples < this.spec.window_ms) return
    const next = (last + 1) % this.slots
    this.newest.set(0, next)
    this.ring_ms.set(next, time_ms)
    for (let k = 0; k < width; k++) this.ring.set(next * width + k, sums.data[k] as number)
  }

  /** The stored moment at or before a time, as slots back from the newest. */
  private before(time_ms: number): number {
    const newest = this.newest.data[0] as number
    let low = 0
    let high = this.slots - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.ring_ms.data[(newest - middle + this.slots) % this.slots] as number) <= time_ms) high = middle
      else low = middle + 1
    }
    return low
  }

  private consult(now_ms: number, out: Quote): void {
    const { slots, width, ring, ring_ms, sums, spec } = this
    const from_ms = now_ms - spec.window_ms
    const newest = this.newest.data[0] as number
    const back = this.before(from_ms)
    const at = (newest - back + slots) % slots
    const next = (at + 1) % slots
    const after_ms = back === 0 ? now_ms : (ring_ms.data[next] as number)
    const here_ms = ring_ms.data[at] as number
    const share = after_ms > here_ms ? (from_ms - here_ms) / (after_ms - here_ms) : 0
    const grown = (k: number): number => {
      const low = ring.data[at * width + k] as number
      const high = back === 0 ? (sums.data[k] as number) : (ring.data[next * width + k] as number)
      return (sums.data[k] as number) - low - (high - low) * share
    }
    const weight = grown(0)
    let total = 0
    for (let s = 0; s + 1 < width; s++) {
      const part = grown(s + 1) / weight
      out.displacement[s] = part
      out.row[s] = part === 0 ? -1 : (this.rows.data[s] as number)
      total += part
    }
    out.start = this.start
    if (spec.mean === 'geometric') out.price = this.start * exp(total)
    else {
      out.price = weight / spec.window_ms
      out.displacement[EXOGENOUS] = (out.displacement[EXOGENOUS] as number) + log(out.price / this.start) - total
    }
  }
}

/** Mean of a price over a window: dear to move for long, and late when the price moves for good. */
export const twap: Kind<TwapSpec, Oracle> = {
  id: 'twap',
  title: 'Time-weighted average price',
  source:
    'Uniswap v3 white paper §5 (geometric mean of ticks over a window, interpolated between observations); v2 §2.2 (arithmetic)',
  schema,
  open: (spec, builder) => new Twap(spec, builder),
}
