/** A price and where its distance from the start came from: the two always travel together. */
import { log } from '../math/index.ts'
import type { Store, Table } from './store.ts'

/** Index of the source "from outside"; venue v is source v + 1. */
export const EXOGENOUS = 0

/**
 * A price with its displacement vector. Law: the vector, exogenous part included, sums to ln(price / start).
 * `row[s]` is the last log row that moved this price on behalf of source s, −1 when none did. A price that is made of others keeps the row of its
 * largest part: it never loses a row that any part has.
 */
export class Quote {
  price = Number.NaN
  start = Number.NaN
  readonly displacement: Float64Array
  readonly row: Int32Array

  /** @param sources number of sources: venues + 1 */
  constructor(sources: number) {
    this.displacement = new Float64Array(sources)
    this.row = new Int32Array(sources).fill(-1)
  }

  copy(other: Quote): void {
    this.price = other.price
    this.start = other.start
    this.displacement.set(other.displacement)
    this.row.set(other.row)
  }

  /** A price that nothing displaces. */
  fixed(price: number): void {
    this.price = price
    this.start = price
    this.displacement.fill(0)
    this.row.fill(-1)
  }

  /** Multiplies by another quote (`inverse`: divides), as along a route A/B · B/C: displacements add. */
  times(other: Quote, inverse = false): void {
    const sign = inverse ? -1 : 1
    this.price = inverse ? this.price / other.price : this.price * other.price
    this.start = inverse ? this.start / other.start : this.start * other.start
    for (let s = 0; s < this.displacement.length; s++) {
      const theirs = other.displacement[s] as number
      if (takes(this.row[s] as number, this.displacement[s] as number, other.row[s] as number, theirs))
        this.row[s] = other.row[s] as number
      this.displacement[s] = (this.displacement[s] as number) + sign * theirs
    }
  }

  /** The weighted mean of quotes: prices and starts arithmetically, displacements by their share of the mean; what is left over is exogenous. */
  mean(quotes: readonly Quote[], weights: ArrayLike<number>): void {
    let price = 0
    let start = 0
    for (let i = 0; i < quotes.length; i++) {
      price += (weights[i] as number) * (quotes[i] as Quote).price
      start += (weights[i] as number) * (quotes[i] as Quote).start
    }
    this.price = price
    this.start = start
    let endogenous = 0
    for (let s = 0; s < this.displacement.length; s++) {
      let [sum, most, row] = [0, 0, -1]
      for (let i = 0; i < quotes.length; i++) {
        const quote = quotes[i] as Quote
        const part = (((weights[i] as number) * quote.price) / price) * (quote.displacement[s] as number)
        sum += part
        if (!takes(row, most, quote.row[s] as number, part)) continue
        most = part
        row = quote.row[s] as number
      }
      this.displacement[s] = sum
      this.row[s] = row
      if (s !== EXOGENOUS) endogenous += sum
    }
    this.displacement[EXOGENOUS] = log(price / start) - endogenous
  }

  /**
   * Sets another price with the same causes: displacements shrink in proportion where the new price lies between the start and the old one; what goes
   * beyond is exogenous. For caps, clamps and bands.
   */
  rescale(price: number): void {
    const before = log(this.price / this.start)
    const after = log(price / this.start)
    const share = before === 0 ? 1 : Math.min(1, Math.max(0, after / before))
    let sum = 0
    for (let s = 0; s < this.displacement.length; s++) {
      const part = (this.displacement[s] as number) * share
      this.displacement[s] = part
      sum += part
    }
    this.displacement[EXOGENOUS] = (this.displacement[EXOGENOUS] as number) + after - sum
    this.price = price
  }

  /** How far the law of the vector is missed, absolute. */
  residual(): number {
    let sum = 0
    for (let s = 0; s < this.displacement.length; s++) sum += this.displacement[s] as number
    return Math.abs(sum - log(this.price / this.start))
  }
}

/** Does a part with this row stand for the whole, rather than what stood for it so far? The larger does, if it has a row at all. */
export const takes = (row: number, part: number, other_row: number, other_part: number): boolean =>
  other_row >= 0 && (row < 0 || Math.abs(other_part) > Math.abs(part))

/** A fixed number of stored quotes, as state: feed slots, an oracle's memory, the mids of markets. */
export class Quotes {
  readonly sources: number
  private readonly head: Table<{ price: 'f64'; start: 'f64' }>
  private readonly parts: Table<{ displacement: 'f64'; row: 'i32' }>

  constructor(store: Store, name: string, count: number, sources: number) {
    this.sources = sources
    this.head = store.table(`${name}.quotes`, { price: 'f64', start: 'f64' }, count)
    this.parts = store.table(`${name}.parts`, { displacement: 'f64', row: 'i32' }, count * sources)
    this.parts.columns.row.data.fill(-1)
  }

  get length(): number {
    return this.head.length
  }

  /** Appends an empty quote and returns its index. */
  push(): number {
    const index = this.head.push()
    for (let s = 0; s < this.sources; s++) this.parts.columns.row.set(this.parts.push(), -1)
    return index
  }

  price(index: number): number {
    return this.head.columns.price.data[index] as number
  }

  start(index: number): number {
    return this.head.columns.start.data[index] as number
  }

  displacement(index: number, source: number): number {
    return this.parts.columns.displacement.data[index * this.sources + source] as number
  }

  row(index: number, source: number): number {
    return this.parts.columns.row.data[index * this.sources + source] as number
  }

  read(index: number, out: Quote): void {
    out.price = this.price(index)
    out.start = this.start(index)
    const at = index * this.sources
    const { displacement, row } = this.parts.columns
    for (let s = 0; s < this.sources; s++) {
      out.displacement[s] = displacement.data[at + s] as number
      out.row[s] = row.data[at + s] as number
    }
  }

  write(index: number, quote: Quote): void {
    this.head.columns.price.set(index, quote.price)
    this.head.columns.start.set(index, quote.start)
    const at = index * this.sources
    const { displacement, row } = this.parts.columns
    for (let s = 0; s < this.sources; s++) {
      displacement.set(at + s, quote.displacement[s] as number)
      row.set(at + s, quote.row[s] as number)
    }
  }
}
