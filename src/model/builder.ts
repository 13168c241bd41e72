/** What a kind is given when it is opened: names to indices, state to allocate, other components to open. */
import type { Rng } from '../math/index.ts'
import type { Market, Oracle } from './contracts.ts'
import type { Ledger } from './ledger.ts'
import type { Log } from './log.ts'
import type { Quotes } from './quote.ts'
import type { AssetSpec, KindSpec } from './snapshot.ts'
import type { Store } from './store.ts'

/** A position an actor holds at a venue. */
export interface AccountRef {
  readonly venue: number
  readonly row: number
}

/** Implemented by the engine side; the only way for a kind to get at the world while it is being built. */
export interface WorldBuilder {
  /** Id and position of what is being opened; position counts within its family. */
  readonly self: { readonly id: string; readonly index: number }
  /** All mutable state is allocated here, tables named `<id>.…`. */
  readonly store: Store
  readonly ledger: Ledger
  readonly log: Log
  readonly feeds: Quotes
  /** Root of the run's random streams; streams are keyed by purpose and entity. */
  readonly rng: Rng
  readonly time_ms: number
  readonly assets: readonly AssetSpec[]
  /** Number of displacement sources: venues + 1. */
  readonly sources: number
  readonly actors: number
  /** Position of an asset, market or venue by id; `InputError` naming the field and what there is otherwise. */
  asset(id: unknown, field: string): number
  market(id: unknown, field: string): number
  venue(id: unknown, field: string): number
  /** The opened market; markets are opened before oracles, venues and agents. */
  market_at(index: number): Market
  /** Opens an oracle of the snapshot by id, or from an inline spec. Every call opens a fresh one. */
  oracle(spec: string | KindSpec, field: string): Oracle
  /** Allocates a feed slot; returns its index. */
  feed(name: string): number
  /** Actor index by name (`outside` is 0), for named actors. */
  actor(name: unknown, field: string): number
  /** Actors of the agent being opened, ascending. */
  my_actors(): Int32Array
  /** Accounts of an actor over all venues; venues are opened before agents. */
  accounts_of(actor: number): readonly AccountRef[]
  /** `InputError` for this component. */
  invalid(field: string, found: unknown, valid: string): Error
}
