/** The mids of markets with their displacement: who moved them, and how much of it still fades. */
import { log } from '../math/index.ts'
import { EXOGENOUS, type Fill, Quote, Quotes, type Store, type Table, takes } from '../model/index.ts'

const TINY = 1e-12

/** Total displacement per (market, source) as quotes, and the part of it that fades as a book refills. */
export class Mids {
  readonly quotes: Quotes
  private readonly fading: Table<{ amount: 'f64' }>
  private readonly scratch: Quote
  private readonly other: Quote

  constructor(store: Store, markets: number, sources: number) {
    this.quotes = new Quotes(store, 'engine.mids', markets, sources)
    this.fading = store.table('engine.fading', { amount: 'f64' }, markets * sources)
    this.scratch = new Quote(sources)
    this.other = new Quote(sources)
  }

  /** Sets the opening mid; nothing displaces it. */
  open(market: number, mid: number): void {
    this.scratch.fixed(mid)
    this.quotes.write(market, this.scratch)
  }

  /** An order of `source` moved the mid. */
  filled(market: number, fill: Fill, source: number, row: number): void {
    if (fill.mid_after === fill.mid_before) return
    this.add(market, source, log(fill.mid_after / fill.mid_before), row)
    this.settle(market, fill.mid_after)
  }

  private add(market: number, source: number, move: number, row: number): void {
    const quote = this.scratch
    this.quotes.read(market, quote)
    const stood = quote.displacement[source] as number
    quote.displacement[source] = stood + move
    // Of what comes from outside a small trade is not the cause: the larger move is.
    if (source === EXOGENOUS ? takes(quote.row[source] as number, stood, row, move) : row >= 0) quote.row[source] = row
    this.quotes.write(market, quote)
    this.fading.columns.amount.add(market * this.quotes.sources + source, move)
  }

  /**
   * An arbitrage order moved the mid towards another market's: the difference of the two vectors comes over, in the share λ of the gap that the move closed.
   * A move that closes no gap is exogenous. Who displaced a price more remains its cause: what is drawn back keeps its own row.
   */
  carried(market: number, from: number, fill: Fill, row: number): void {
    if (fill.mid_after === fill.mid_before) return
    const move = log(fill.mid_after / fill.mid_before)
    const mine = this.scratch
    const theirs = this.other
    this.quotes.read(market, mine)
    this.quotes.read(from, theirs)
    let gap = 0
    for (let s = 0; s < mine.displacement.length; s++)
      gap += (theirs.displacement[s] as number) - (mine.displacement[s] as number)
    const lambda = Math.abs(gap) > TINY ? move / gap : 0
    if (!(lambda > 0 && lambda <= 1.5)) {
      const outside = theirs.row[EXOGENOUS] as number
      this.add(market, EXOGENOUS, move, outside >= 0 ? outside : row)
    } else {
      const at = market * this.quotes.sources
      for (let s = 0; s < mine.displacement.length; s++) {
        const [stood, there] = [mine.displacement[s] as number, theirs.displacement[s] as number]
        const part = lambda * (there - stood)
        mine.displacement[s] = stood + part
        if (part !== 0 && takes(mine.row[s] as number, stood, theirs.row[s] as number, there))
          mine.row[s] = theirs.row[s] as number
        this.fading.columns.amount.add(at + s, part)
      }
      this.quotes.write(market, mine)
    }
    this.settle(market, fill.mid_after)
  }

  /** Time passed in the market: what fades has faded, what stays stays; the rest of the move is the fundamental's own, exogenous. */
  recovered(market: number, fill: Fill, shock_row: number): void {
    if (fill.decay === 1 && fill.mid_after === fill.mid_before) return
    const quote = this.scratch
    this.quotes.read(market, quote)
    const at = market * this.quotes.sources
    const fading = this.fading.columns.amount
    const gone = (1 - fill.decay) * (1 - fill.permanent)
    let faded = 0
    for (let s = 0; s < quote.displacement.length; s++) {
      const part = fading.data[at + s] as number
      faded += gone * part
      quote.displacement[s] = (quote.displacement[s] as number) - gone * part
      fading.data[at + s] = part * fill.decay
    }
    if (fill.mid_after !== fill.mid_before) {
      const rest = log(fill.mid_after / fill.mid_before) + faded
      if (Math.abs(rest) > TINY && shock_row >= 0) quote.row[EXOGENOUS] = shock_row
      quote.displacement[EXOGENOUS] = (quote.displacement[EXOGENOUS] as number) + rest
    }
    quote.price = fill.mid_after
    this.quotes.write(market, quote)
  }

  /** The market was set to a price from outside at once: whatever displaced it is discarded. */
  pinned(market: number, price: number, shock_row: number): void {
    const quote = this.scratch
    this.quotes.read(market, quote)
    quote.displacement.fill(0)
    quote.displacement[EXOGENOUS] = log(price / quote.start)
    if (shock_row >= 0) quote.row[EXOGENOUS] = shock_row
    quote.price = price
    this.quotes.write(market, quote)
    const at = market * this.quotes.sources
    for (let s = 0; s < this.quotes.sources; s++) this.fading.columns.amount.set(at + s, 0)
  }

  private settle(market: number, price: number): void {
    const quote = this.scratch
    this.quotes.read(market, quote)
    quote.price = price
    this.quotes.write(market, quote)
  }
}
