/** The mutable state a run works on, and what anyone may see of it. */
import type { Rng } from '../math/index.ts'
import {
  type Agent,
  type AssetSpec,
  type Driver,
  type ExposuresView,
  type FaultSpec,
  type Fill,
  type Lawful,
  type Ledger,
  type Log,
  type Margined,
  type Market,
  type Order,
  type PoolState,
  type Pooled,
  type Quote,
  type Quotes,
  type Scenario,
  type Store,
  type Table,
  type Venue,
  type View,
  type WorldView,
} from '../model/index.ts'
import type { Attribution, Epochs, Subject } from './attribution.ts'
import type { CalledCash } from './called-cash.ts'
import { type Cuts, cuts_of } from './cuts.ts'
import type { EventQueue } from './events.ts'
import type { FaultEffects } from './fault-effects.ts'
import { Faults } from './faults.ts'
import type { Frames } from './frames.ts'
import type { Late } from './late.ts'
import type { Mids } from './mids.ts'

/** Version that is part of every identity: changed whenever equal inputs may give another log. */
export const ENGINE_VERSION = '0.1.0'

export type AnyMarket = Market & Lawful
export type AnyVenue = Venue & Margined & Lawful & Partial<Pooled>

/** Gas that costs nothing: more than 0, for what is offered for it is compared with it. */
const NO_GAS_USD = 1e-9

/** A component with its place in the snapshot. */
export interface Named<T> {
  readonly id: string
  readonly kind: string
  readonly part: T
}

/** Everything a world is made of; the builder fills it, the loop moves it. */
export interface WorldParts {
  readonly snapshot_hash: string
  readonly store: Store
  readonly ledger: Ledger
  readonly log: Log
  readonly feeds: Quotes
  readonly rng: Rng
  readonly assets: readonly AssetSpec[]
  readonly markets: readonly Named<AnyMarket>[]
  readonly venues: readonly Named<AnyVenue>[]
  readonly agents: readonly Named<Agent>[]
  readonly agent_rngs: readonly Rng[]
  readonly drivers: readonly Named<Driver>[]
  /** Agent of each actor; −1 none. Actor 0 is `outside`. */
  readonly agent_of: Int32Array
  readonly actor_names: readonly string[]
  /** Reference market of each asset; −1 for a numeraire. */
  readonly reference: Int32Array
  readonly scenario: Scenario
  readonly mids: Mids
  readonly frames: Frames
  readonly epochs: Epochs
  readonly subjects: readonly Subject[]
  readonly attribution: Attribution
  readonly late: Late
  readonly cash: CalledCash
  readonly events: EventQueue
  readonly clock: Table<{ time_ms: 'f64'; tick: 'i32'; round: 'i32'; stamp: 'f64'; gas_usd: 'f64' }>
  /** Per asset: USD from outside, and the log row of its first move. */
  readonly outside: Table<{ fundamental: 'f64'; shock_row: 'i32' }>
  /** Per venue row: level at which the owner wants to be called. */
  readonly call_levels: readonly Float64Array[]
  readonly start_usd: Float64Array
  /** Markets held to the fundamental. */
  readonly pinned: readonly boolean[]
}

/** A world, ready to run, to be seen and to be reset. */
export class World implements View {
  readonly parts: WorldParts
  /** Fills leave no trace: the no-feedback run of the cascade multiplier. */
  feedback = true
  /** Faults as they stand now. */
  readonly faults: Faults
  /** What they do to components; set once all are open. */
  effects: FaultEffects | undefined

  /** Taken when a run begins. */
  exposures: ExposuresView | undefined

  /** Channels that the scenario leaves out. */
  readonly cuts: Cuts
  /** Per market: do fills leave no trace here whatever happens elsewhere? */
  private readonly still: readonly boolean[]

  constructor(parts: WorldParts, faults = new Faults(parts.scenario.faults)) {
    this.parts = parts
    this.faults = faults
    this.cuts = cuts_of(parts.scenario.without)
    this.still = parts.markets.map(({ part }) => this.cuts.assets.has((parts.assets[part.base] as AssetSpec).id))
  }

  /** Is this market put back after every fill: held to a series, in a run without feedback, or of an asset that the scenario leaves out? */
  held(market: number): boolean {
    return this.parts.pinned[market] === true || !this.feedback || this.still[market] === true
  }

  get time_ms(): number {
    return this.parts.clock.columns.time_ms.data[0] as number
  }
  get tick(): number {
    return this.parts.clock.columns.tick.data[0] as number
  }
  get round(): number {
    return this.parts.clock.columns.round.data[0] as number
  }
  /** Grows whenever prices may have changed. */
  get stamp(): number {
    return this.parts.clock.columns.stamp.data[0] as number
  }
  get feeds(): Quotes {
    return this.parts.feeds
  }
  get fundamental(): Float64Array {
    return this.parts.outside.columns.fundamental.data
  }
  get ledger(): Ledger {
    return this.parts.ledger
  }
  get gas_usd(): number {
    return this.parts.clock.columns.gas_usd.data[0] as number
  }

  mid(market: number): number {
    return this.market(market).mid()
  }
  quote(market: number, out: Quote): void {
    this.parts.mids.quotes.read(market, out)
  }
  fill(market: number, order: Order): Fill {
    return this.market(market).quote(order)
  }
  depth(market: number, within: number): number {
    return this.market(market).depth(within)
  }
  fund_usd(venue: number): number {
    return this.venue(venue).fund_usd()
  }
  pool(venue: number, row: number, asset: number, out: PoolState): boolean {
    return this.venue(venue).pool_state?.(row, asset, out) ?? false
  }
  halted(name: string): boolean {
    return this.faults.halted(name)
  }

  /** USD per unit: mid of the reference market times the USD value of what it is quoted in. */
  usd(asset: number): number {
    const reference = this.parts.reference[asset] as number
    if (reference < 0) return this.fundamental[asset] as number
    const market = this.market(reference)
    return market.mid() * this.usd(market.quote_asset)
  }

  market(index: number): AnyMarket {
    return (this.parts.markets[index] as Named<AnyMarket>).part
  }
  venue(index: number): AnyVenue {
    return (this.parts.venues[index] as Named<AnyVenue>).part
  }

  /** Notes that prices may have changed. */
  moved(): void {
    const { stamp } = this.parts.clock.columns
    stamp.data[0] = (stamp.data[0] as number) + 1
  }

  /** Switches faults for this moment. */
  switch_faults(faults: readonly FaultSpec[], elapsed_ms: number, gas_usd: number): void {
    this.faults.advance(faults, elapsed_ms)
    this.parts.clock.columns.gas_usd.data[0] = this.cuts.gas ? NO_GAS_USD : this.faults.gas_usd(gas_usd)
  }

  /** The account was changed by its owner: attribution starts afresh, and he is called again at his own level. */
  voluntary(venue: number, row: number): void {
    if (row < 0) return
    const subject = this.parts.subjects[venue] as Subject
    subject.epoch.columns.id.set(row, this.parts.epochs.now(this.stamp, this.parts.subjects))
    this.arm(venue, row)
  }

  /** The owner is called when the account is below his level. */
  arm(venue: number, row: number): void {
    const level = this.call_level(venue, row)
    if (level > 1) this.venue(venue).watch(row, level)
  }

  /** Level at which the owner of an account wants to be called; 1 never before the breach. */
  call_level(venue: number, row: number): number {
    return (this.parts.call_levels[venue] as Float64Array)[row] ?? 1
  }

  /** Notes the lowest price after a market moved. */
  note_low(market: number): void {
    const asset = this.market(market).base
    if (this.parts.reference[asset] !== market) return
    this.parts.frames.low(asset, this.time_ms, this.usd(asset), this.displacement)
  }

  /** Displacement of an asset's reference mid by one source. */
  private readonly displacement = (asset: number, source: number): number => {
    const market = this.parts.reference[asset] as number
    return market < 0 ? 0 : this.parts.mids.quotes.displacement(market, source)
  }
  private readonly usd_of = (asset: number): number => this.usd(asset)

  sample(): void {
    this.parts.frames.sample(this.time_ms, this.fundamental, this.usd_of, this.displacement)
  }

  /** Back to the opening state, for another run. */
  reset(): void {
    this.effects?.undo()
    this.parts.store.reset()
    this.parts.ledger.postings.restart()
    this.parts.events.clear()
    this.faults.clear()
  }

  /** The read side for analytics. */
  view(): WorldView {
    const { assets, reference, markets, venues, actor_names, frames, pinned, start_usd } = this.parts
    return {
      assets: assets.map((asset, a) => ({ id: asset.id, start_usd: start_usd[a] as number, reference: reference[a] as number })),
      markets: markets.map(({ id, kind, part }) => ({ id, kind, base: part.base, quote: part.quote_asset })),
      venues: venues.map(({ id, kind, part }) => ({
        id,
        kind,
        rows: part.rows,
        shortfall_usd: () => part.shortfall_usd(),
        fund_usd: () => part.fund_usd(),
      })),
      actors: actor_names,
      frames,
      pinned: pinned.some(Boolean),
      exposures: this.exposures,
    }
  }
}
