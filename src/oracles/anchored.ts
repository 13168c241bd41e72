import { z } from 'zod'
import { type Kind, type Oracle, Quote, Quotes, type View, type WorldBuilder } from '../model/index.ts'
import { restart } from './shared/derived.ts'
import { ONE_SOURCE, oneSource, openSource, prime, type Source, sourceFields, valid } from './shared/source.ts'

const entrySchema = z.strictObject(sourceFields).refine(oneSource, { message: ONE_SOURCE })

const schema = z.strictObject({
  kind: z.literal('anchored'),
  id: z.string().min(1).describe('name of the oracle; fault `oracle:<id>` keeps its answer'),
  reporter: entrySchema.describe('price that is to be believed'),
  anchor: entrySchema.describe('price that it must be near: a time-weighted average, as a rule'),
  band: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('the report is accepted while anchor ÷ report lies in [1 − band, 1 + band], both ends included'),
  outside: z
    .enum(['keep', 'anchor'])
    .default('keep')
    .describe('what happens to a report outside the band: the last answer stands, or the anchor is the answer'),
})
export type AnchoredSpec = z.infer<typeof schema>

const SAME = 1e-12

/** Is a report near enough to its anchor? In terms of the report: from anchor ÷ (1 + band) to anchor ÷ (1 − band). */
export function withinAnchor(report: number, anchor: number, band: number): boolean {
  if (!(report > 0 && anchor > 0)) return false
  const ratio = anchor / report
  return ratio <= 1 + band + SAME && ratio >= 1 - band - SAME
}

class Anchored implements Oracle {
  private readonly spec: AnchoredSpec
  private readonly halt: string
  private readonly reporter: Source
  private readonly anchor: Source
  private readonly memory: Quotes
  private readonly start: number
  private readonly nearby: Quote

  constructor(spec: AnchoredSpec, builder: WorldBuilder) {
    // Opening a source gives the builder another self.
    const name = builder.self.id
    this.spec = spec
    this.halt = `oracle:${spec.id}`
    this.reporter = openSource(spec.reporter, builder)
    this.anchor = openSource(spec.anchor, builder)
    this.nearby = new Quote(builder.sources)
    this.memory = new Quotes(builder.store, name, 1, builder.sources)
    const report = prime(this.reporter, builder, 'reporter')
    const near = prime(this.anchor, builder, 'anchor')
    if (!withinAnchor(report.price, near.price, spec.band))
      throw builder.invalid('reporter', report.price, `near its anchor at the start (${near.price}, band ${spec.band})`)
    this.start = report.price
    this.memory.write(0, report)
  }

  read(time_ms: number, view: View, out: Quote): void {
    // Sources with a memory of their own must see every price, also while this one stands still.
    this.anchor(time_ms, view, this.nearby)
    this.reporter(time_ms, view, out)
    if (!view.halted(this.halt)) {
      const accepted = withinAnchor(out.price, this.nearby.price, this.spec.band)
      if (accepted) this.take(out)
      else if (this.spec.outside === 'anchor' && valid(this.nearby)) this.take(this.nearby)
    }
    this.memory.read(0, out)
  }

  /** The answer from now on, with its causes. */
  private take(quote: Quote): void {
    restart(quote, this.start)
    this.memory.write(0, quote)
  }
}

/** A reporter's price that counts only near a second one. */
export const anchored: Kind<AnchoredSpec, Oracle> = {
  id: 'anchored',
  title: 'Reported price, accepted only near an anchor',
  source:
    'compound-finance/open-oracle UniswapAnchoredView.sol: isWithinAnchor (anchor ÷ report within 1 ± tolerance), PriceGuarded keeps the stored price; reporterInvalidated takes the anchor',
  schema,
  open: (spec, builder) => new Anchored(spec, builder),
}
