/** Markets without depth and a builder over them: enough of a world to open and read oracles. */
import {
  type KindSpec,
  Ledger,
  Log,
  type Market,
  type Oracle,
  Quote,
  Quotes,
  Store,
  type View,
  type WorldBuilder,
} from '../../src/model/index.ts'
import { oracles } from '../../src/oracles/index.ts'

/** Noon of the first day: where a world starts unless told otherwise. */
export const START_MS = 43_200_000

/** Markets with mids that the test sets, sources 0..2, and the builder that opens oracles over them. */
export class OracleWorld {
  readonly store = new Store()
  readonly halted = new Set<string>()
  readonly quotes: Quote[]
  time_ms: number
  private opened = 0
  private readonly ids: string[]
  readonly builder: WorldBuilder
  readonly view: View

  constructor(mids: Record<string, number>, time_ms = START_MS) {
    this.ids = Object.keys(mids)
    this.time_ms = time_ms
    this.quotes = Object.values(mids).map((mid) => {
      const quote = new Quote(3)
      quote.fixed(mid)
      return quote
    })
    const self = { id: 'none', index: 0 }
    const clock = { time_ms }
    const builder: Partial<WorldBuilder> = {
      self,
      store: this.store,
      ledger: new Ledger(this.store, 1, 1),
      log: new Log(this.store, clock),
      feeds: new Quotes(this.store, 'feeds', 0, 3),
      time_ms,
      assets: [],
      sources: 3,
      market: (id, field) => {
        const at = this.ids.indexOf(id as string)
        if (at < 0) throw new Error(`${field} is ${String(id)}`)
        return at
      },
      market_at: (index) => ({ mid: () => this.price(index) }) as Market,
      oracle: (spec) => this.open(spec as KindSpec),
      invalid: (field, found, valid) => new Error(`${field} is ${String(found)}; valid: ${valid}`),
    }
    this.builder = builder as WorldBuilder
    const view: Partial<View> = {
      quote: (market, out) => out.copy(this.quotes[market] as Quote),
      mid: (market) => this.price(market),
      halted: (name) => this.halted.has(name),
    }
    this.view = view as View
  }

  private price(market: number): number {
    return (this.quotes[market] as Quote).price
  }

  /** Moves a mid on behalf of a source. */
  move(market: number, price: number, source = 0, row = -1): void {
    const quote = this.quotes[market] as Quote
    quote.displacement[source] = (quote.displacement[source] as number) + Math.log(price / quote.price)
    quote.row[source] = row
    quote.price = price
  }

  open(spec: KindSpec): Oracle {
    const kind = oracles.find((candidate) => candidate.id === spec.kind)
    if (kind === undefined) throw new Error(`no oracle ${spec.kind}`)
    const self = this.builder.self as { id: string }
    self.id = `o${this.opened++}`
    return kind.open(kind.schema.parse(spec) as never, this.builder)
  }

  read(oracle: Oracle): Quote {
    const out = new Quote(3)
    oracle.read(this.time_ms, this.view, out)
    return out
  }
}
