/** Who holds what outside the venues: treasuries by (actor, asset), and the double-entry check that nothing appears from nowhere. */
import type { Store, Table } from './store.ts'

/** The actor that stands for everybody who is not modelled. It may owe without limit; flows to and from it are a market's only mints and burns. */
export const OUTSIDE = 0

/**
 * Double-entry postings. Every change of what somebody holds is posted; a mint or burn is posted against its name.
 * Between two `settle` calls the net per asset must cancel to 1e-9 of the gross.
 */
export class Postings {
  readonly net: Float64Array
  readonly gross: Float64Array
  /** Net created per asset since the start, by whatever name: all holdings together change by exactly this. */
  readonly minted: Table<{ amount: 'f64' }>
  /** Gross flow per asset since the start: what rounding is measured by. No state: it decides nothing but how much of it is forgiven. */
  readonly flowed: Float64Array

  constructor(store: Store, assets: number) {
    this.net = new Float64Array(assets)
    this.gross = new Float64Array(assets)
    this.minted = store.table('ledger.minted', { amount: 'f64' }, assets)
    this.flowed = new Float64Array(assets)
  }

  /** A holder's balance changed. */
  post(asset: number, delta: number): void {
    this.net[asset] = (this.net[asset] as number) + delta
    this.gross[asset] = (this.gross[asset] as number) + Math.abs(delta)
  }

  /** Units were created (or burnt, if negative) by rule: the counter-entry of the holder's posting. */
  mint(asset: number, amount: number): void {
    this.minted.columns.amount.add(asset, amount)
    this.post(asset, -amount)
  }

  /** Closes an event: the first asset that does not cancel, or −1. Clears for the next event. */
  settle(tolerance = 1e-9): number {
    let broken = -1
    for (let a = 0; a < this.net.length; a++) {
      if (broken < 0 && Math.abs(this.net[a] as number) > tolerance * Math.max(this.gross[a] as number, 1e-9)) broken = a
      this.flowed[a] = (this.flowed[a] as number) + (this.gross[a] as number)
      this.net[a] = 0
      this.gross[a] = 0
    }
    return broken
  }

  /** The event is undone: nothing flowed. */
  drop(): void {
    this.net.fill(0)
    this.gross.fill(0)
  }

  /** Back to the start. */
  restart(): void {
    this.drop()
    this.flowed.fill(0)
  }
}

const entry_shape = { asset: 'i32', next: 'i32', amount: 'f64' } as const

/** Treasuries, sparse: a chain of (asset, amount) per actor. */
export class Ledger {
  readonly postings: Postings
  private readonly heads: Table<{ first: 'i32' }>
  private readonly entries: Table<typeof entry_shape>
  private readonly transit: Table<{ amount: 'f64' }>

  constructor(store: Store, actors: number, assets: number) {
    this.postings = new Postings(store, assets)
    this.heads = store.table('ledger.heads', { first: 'i32' }, actors)
    this.heads.columns.first.data.fill(-1)
    this.entries = store.table('ledger.entries', entry_shape)
    this.transit = store.table('ledger.transit', { amount: 'f64' }, assets)
  }

  private find(actor: number, asset: number): number {
    const { asset: assets, next } = this.entries.columns
    let at = this.heads.columns.first.data[actor] as number
    while (at >= 0 && assets.data[at] !== asset) at = next.data[at] as number
    return at
  }

  /** Units of the asset in the actor's treasury. */
  balance(actor: number, asset: number): number {
    const at = this.find(actor, asset)
    return at < 0 ? 0 : (this.entries.columns.amount.data[at] as number)
  }

  private put(actor: number, asset: number, delta: number): void {
    let at = this.find(actor, asset)
    if (at < 0) {
      at = this.entries.push()
      this.entries.columns.asset.set(at, asset)
      this.entries.columns.next.set(at, this.heads.columns.first.data[actor] as number)
      this.heads.columns.first.set(actor, at)
    }
    this.entries.columns.amount.add(at, delta)
  }

  /** Gives units to an actor. */
  credit(actor: number, asset: number, amount: number): void {
    this.put(actor, asset, amount)
    if (actor === OUTSIDE) this.postings.mint(asset, -amount)
    else this.postings.post(asset, amount)
  }

  /** Takes units from an actor; false, and nothing taken, when the treasury is short by more than rounding. */
  debit(actor: number, asset: number, amount: number): boolean {
    if (actor !== OUTSIDE) {
      const held = this.balance(actor, asset)
      if (amount > held * (1 + 1e-12) + 1e-12) return false
      if (amount > held) {
        // Rounding: what is short is created, by name, so that nothing is lost to the books.
        this.postings.mint(asset, amount - held)
        amount = held
      }
    }
    this.put(actor, asset, -amount)
    if (actor === OUTSIDE) this.postings.mint(asset, amount)
    else this.postings.post(asset, -amount)
    return true
  }

  /** Moves units into (positive) or out of (negative) transit. */
  move_transit(asset: number, delta: number): void {
    this.transit.columns.amount.add(asset, delta)
    this.postings.post(asset, delta)
  }

  /** Adds, per asset, what treasuries and transit hold; `outside` is no holder. */
  holdings(out: Float64Array): void {
    const { asset, next, amount } = this.entries.columns
    for (let actor = 1; actor < this.heads.length; actor++) {
      for (let at = this.heads.columns.first.data[actor] as number; at >= 0; at = next.data[at] as number) {
        out[asset.data[at] as number] = (out[asset.data[at] as number] as number) + (amount.data[at] as number)
      }
    }
    for (let a = 0; a < out.length; a++) out[a] = (out[a] as number) + (this.transit.columns.amount.data[a] as number)
  }
}
