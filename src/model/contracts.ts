/** The contracts between the parts of a run. See docs in ARCHITECTURE.md; these interfaces are what a new kind implements. */
import type { Rng } from '../math/index.ts'
import type { Actions, Result } from './actions.ts'
import type { WorldBuilder } from './builder.ts'
import type { Ledger } from './ledger.ts'
import type { Log, LogView } from './log.ts'
import type { Calls, Due, Offers, Statement } from './offers.ts'
import type { Quote, Quotes } from './quote.ts'
import type { SeriesSet } from './series.ts'
import type { Snapshot } from './snapshot.ts'
import type { ReportTable } from './table.ts'

/** Anything that validates a spec: a zod schema fits. */
export interface Schema<Spec> {
  parse(input: unknown): Spec
}

/** A kind of market, oracle, venue, driver or agent: opened once per spec of a snapshot or scenario. */
export interface Kind<Spec, T> {
  readonly id: string
  readonly title: string
  /** Where the mechanics come from: document, contract, version. */
  readonly source: string
  readonly schema: Schema<Spec>
  open(spec: Spec, builder: WorldBuilder): T
}

/** What anyone may see. */
export interface View {
  readonly time_ms: number
  readonly tick: number
  readonly round: number
  /** Prices that venues have published (oracle answers, indices, marks), by feed. */
  readonly feeds: Quotes
  /** USD value of one unit of each asset from outside. */
  readonly fundamental: Float64Array
  /** Mid of a market, quote units per base unit. */
  mid(market: number): number
  /** Mid with its displacement vector. */
  quote(market: number, out: Quote): void
  /** What an order would get from the published book, nothing changed. */
  fill(market: number, order: Order): Fill
  /** Base units one side of the market gives within a ratio of the mid, e.g. 0.01. */
  depth(market: number, within: number): number
  /** USD per unit at the reference market of an asset. */
  usd(asset: number): number
  /** USD per unit of gas-heavy action (a liquidation call) now. */
  readonly gas_usd: number
  /** Is this component switched off by a fault? `market:ETH-USD`, `oracle:…`, `venue:…`, `transfer`. */
  halted(name: string): boolean
  /** USD in the fund of a venue, as it publishes it. */
  fund_usd(venue: number): number
  /** The pool behind an account of one's own and an asset; false when the venue lends nothing of it there. */
  pool(venue: number, row: number, asset: number, out: PoolState): boolean
  /** Own treasury. */
  readonly ledger: Pick<Ledger, 'balance'>
}

/** A venue holds margined accounts: a lending protocol, a vault book or a derivative exchange. */
export interface Venue {
  /** Writes this venue's feed slots and slot prices: oracle answers, index, mark. Called at the start of a tick and before each later round, idempotent at equal inputs. */
  price(time_ms: number, view: View): void
  /** Interest, funding, timed steps; once a tick, after `price`. */
  accrue(time_ms: number, view: View, log: Log): void
  /** The venue's own breach procedure, and what others may take. Idempotent: with nothing changed it asks for nothing new. */
  act(view: View, out: Actions, offers: Offers): void
  /** One action on this venue; for an order on a market that settles here: admission, amount = base units admitted. Never throws for business outcomes. */
  apply(actions: Actions, i: number, log: Log): Result
  /** What an account here got or gave in a fill: as taker (leg −1) or as that maker leg. */
  settle(fill: Fill, leg: number, log: Log): void
  /** Exact health at the given slot prices; +Infinity when nothing is owed. The index only decides whom to ask. */
  health(row: number, prices: Float64Array): number
}

/** The accounts of a venue as the engine needs them: who owns them, who is below the level he watches, what a breach is made of. */
export interface Margined {
  /** Number of account rows, those without owner included. */
  readonly rows: number
  /** The row that stands for everybody who is not modelled, where contracts settle; −1 when the venue has none. */
  readonly outside: number
  /** Ledger actor that owns the account; −1 for the venue's own rows. */
  owner(row: number): number
  /** Slot prices now: feed price × interest index. */
  readonly prices: Float64Array
  /** Level at which the row is reported by `below`; ≥ 1. */
  level(row: number): number
  watch(row: number, level: number): void
  /** Rows with health under their level, ascending; returns how many. The list is reused. */
  below(): { readonly count: number; readonly rows: Int32Array }
  statement(row: number, out: Statement): void
  /** USD owed beyond collateral over all open accounts. */
  shortfall_usd(): number
  /** USD in the insurance fund or surplus buffer. */
  fund_usd(): number
}

/** A pool of one asset that is lent out, as published, and what the asking account owns of it. Units; rate a year. */
export class PoolState {
  /** What can be taken out now. */
  cash = 0
  /** What borrowers owe. */
  owed = 0
  /** What the account has supplied, interest included. */
  claim = 0
  borrow_rate = 0
}

/** A venue at which suppliers' money is lent out. */
export interface Pooled {
  /** The pool that an account's supply of an asset is in; false when there is none. */
  pool_state(row: number, asset: number, out: PoolState): boolean
}

/** Share of what suppliers own that is lent out. */
export const utilisation = ({ cash, owed }: PoolState): number => (owed > 0 ? owed / (cash + owed) : 0)

/** Order: side +1 buys base, −1 sells it; `amount` is in base or quote units as `exact` says; `limit` worst marginal price, 0 none. */
export interface Order {
  readonly side: 1 | -1
  readonly amount: number
  readonly exact: 'base' | 'quote'
  readonly limit: number
  /** Party that may not meet itself: account row (contracts) or actor (spot); −1 nobody. */
  readonly party: number
}

/** One maker's part of a fill, from the maker's side: base and quote received (+) or given (−). */
export interface Leg {
  readonly party: number
  readonly base: number
  readonly quote: number
}

/**
 * What came of an order. `base` and `quote` are the taker's: positive received, negative given. May be partial or zero.
 * Of `recover`: the taker is `outside`; `decay` is the share of transient displacement that remains, `permanent` the share of what went that stays as permanent displacement.
 */
export interface Fill {
  readonly market: number
  readonly party: number
  readonly base: number
  readonly quote: number
  readonly mid_before: number
  readonly mid_after: number
  readonly legs: readonly Leg[]
  /** What the pool itself keeps as fee, in quote units (already in `quote`). */
  readonly fee_quote: number
  readonly decay: number
  readonly permanent: number
}

/** A place to trade one pair. */
export interface Market {
  readonly base: number
  readonly quote_asset: number
  /** Venue whose accounts it settles to; −1 for the ledger (spot). */
  readonly settles: number
  mid(): number
  quote(order: Order): Fill
  fill(order: Order): Fill
  /**
   * Time passes: the book refills around the anchor, makers hand what they took on to `outside`. Pools move only by trades.
   * With dt Infinity, at once and entirely: the mid is the anchor afterwards, whatever the kind.
   * @param passed_ms with dt Infinity: the time that has really passed meanwhile, for markets with a clock; 0 where none has
   */
  recover(dt_ms: number, anchor: number, passed_ms?: number): Fill
  /** Base units within a ratio of the mid on one side. */
  depth(within: number): number
  /** Sets a maker's row: depth in base units at 1 %, half spread a ratio; books only. */
  make(party: number, depth: number, half_spread: number): void
  /** The party's maker rows leave; returns how many left. Books only. */
  cancel(party: number): number
  /** Adds what the market itself holds, per asset. */
  holdings(out: Float64Array): void
}

/** What an order that is paid later brings, and after how long, as it looks now; +Infinity where no end is in sight. */
export interface Later {
  readonly amount: number
  readonly delay_ms: number
}

/** A market whose fills give nothing at once: what is owed is paid in `recover`, as legs to whoever asked for it. */
export interface Deferring {
  later(order: Order): Later
}

/** A market whose liquidity can leave and come back. */
export interface Thinnable {
  /** It has this share of its normal liquidity from now on, at the same mid. Providers of a pool take their tokens out and bring them back: mints and burns by name. */
  thin(share: number): void
}

/** A market or venue from which tokens can be stolen. */
export interface Drainable {
  /** Takes this share of its custody of an asset out, posts it, and returns the units; 0 where it has none. */
  drain(asset: number, share: number): number
}

/** A venue whose parameters can be changed by those who govern it. */
export interface Tunable {
  /** The value of a parameter before the call, and sets it when a value is given; undefined for a field it does not know. The caller brings it back for the next run. */
  tune(field: string, value?: number): number | undefined
}

/** Answers with a price and its displacement. Called once or more a tick with the same time. */
export interface Oracle {
  read(time_ms: number, view: View, out: Quote): void
}

/** Moves fundamentals (USD per unit, by asset) in place. */
export interface Driver {
  advance(time_ms: number, dt_ms: number, rng: Rng, fundamental: Float64Array): void
}

/** The rule by which a class of actors behaves, in batches. */
export interface Agent {
  /** Health at which an account of mine wants to be told, given its health at the start; 1 never before the breach. */
  call_level(health: number): number
  respond(calls: Calls, view: View, rng: Rng, out: Actions): void
  act(offers: Offers, view: View, rng: Rng, out: Actions): void
  due(events: Due, view: View, rng: Rng, out: Actions): void
  /** It was switched off by a fault and its quotes were taken out of the books: it starts again. */
  returned?(): void
}

/** Something whose own laws can be checked at any moment. */
export interface Lawful {
  /** Sentences that are not true but should be; empty when all is well. */
  violations(): readonly string[]
  /** Adds, per asset, the tokens this component holds in custody. */
  holdings(out: Float64Array): void
}

/** Read side of a finished run's world. */
export interface WorldView {
  readonly assets: readonly { readonly id: string; readonly start_usd: number; readonly reference: number }[]
  readonly markets: readonly { readonly id: string; readonly kind: string; readonly base: number; readonly quote: number }[]
  readonly venues: readonly {
    readonly id: string
    readonly kind: string
    readonly rows: number
    shortfall_usd(): number
    fund_usd(): number
  }[]
  readonly actors: readonly string[]
  readonly frames: FramesView
  readonly pinned: boolean
  /** Absent for a log alone. */
  readonly exposures?: ExposuresView | undefined
}

/** What actors with an account where contracts settle held at the start, units of an asset, contracts in base units. */
export interface ExposuresView {
  /** The actor who owns an account, −1 for none of these. */
  owner(venue: number, account: number): number
  /** Treasury and all accounts together, what is owed taken off, contracts among it. */
  total(actor: number, asset: number): number
  /** Contracts on the asset in one account. */
  held(venue: number, account: number, asset: number): number
}

/** Samples of a run, one row per frame; per-asset and per-venue values are row-major. */
export interface FramesView {
  readonly length: number
  readonly time_ms: Float64Array
  readonly fundamental: Float64Array
  readonly mid_usd: Float64Array
  /** Endogenous displacement of each asset's reference market, summed over venues. */
  readonly endogenous: Float64Array
  readonly forced_usd: Float64Array
  /** Lowest reference mid of an asset in USD, between frames included, and its displacement by source there. */
  low_usd(asset: number): number
  low_displacement(asset: number, source: number): number
}

export interface Analytic {
  readonly id: string
  readonly title: string
  measure(log: LogView, world: WorldView): ReportTable
}

export interface SourceRequest {
  readonly what: string
  readonly from_ms?: number
  readonly to_ms?: number
}

export interface Source {
  readonly id: string
  readonly title: string
  fetch(request: SourceRequest, signal: AbortSignal): Promise<Snapshot | SeriesSet>
}
