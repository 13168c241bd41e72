/** A builder and a view for one venue, over a real store, ledger and log: oracle prices are set by the test, bundles go through `bundle`. */
import { Rng } from '../../src/math/index.ts'
import {
  type Action,
  type ActionKind,
  Actions,
  type AssetSpec,
  type F64,
  index_of,
  InputError,
  type KindSpec,
  Ledger,
  Log,
  type Oracle,
  type Offer,
  Offers,
  Quote,
  Quotes,
  type Result,
  Store,
  succeeded,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../src/model/index.ts'

/** Sources of displacement: outside and one venue. */
const SOURCES = 2

export class VenueWorld {
  readonly store = new Store()
  readonly ledger: Ledger
  readonly log: Log
  readonly feeds: Quotes
  readonly assets: readonly AssetSpec[]
  /** Answer of the oracle of each name; NaN is no answer. */
  readonly answers: Record<string, number>
  readonly halted = new Set<string>()
  readonly builder: WorldBuilder
  readonly view: View
  private readonly clock: F64

  /**
   * @param prices USD of each asset, which is also what the oracle of that name answers
   * @param actors named 1 … actors
   */
  constructor(prices: Record<string, number>, actors = 4, time_ms = 0) {
    this.assets = Object.entries(prices).map(([id, price_usd]) => ({ id, price_usd, beta: 1 }))
    this.answers = { ...prices }
    this.clock = this.store.table('world.clock', { time_ms: 'f64' }, 1).columns.time_ms
    this.clock.data[0] = time_ms
    const now = () => this.time_ms
    const clock = {
      get time_ms() {
        return now()
      },
    }
    this.ledger = new Ledger(this.store, actors + 1, this.assets.length)
    this.log = new Log(this.store, clock)
    this.feeds = new Quotes(this.store, 'world.feeds', 0, SOURCES)
    const invalid = (field: string, found: unknown, valid: string) => new InputError('venue under test', field, found, valid)
    const builder: Partial<WorldBuilder> = {
      self: { id: 'venue', index: 0 },
      store: this.store,
      ledger: this.ledger,
      log: this.log,
      feeds: this.feeds,
      rng: new Rng(1, 0, 'test', 0),
      time_ms,
      assets: this.assets,
      sources: SOURCES,
      actors: actors + 1,
      asset: (id, field) => index_of(this.assets, id, 'venue under test', field),
      oracle: (spec) => this.oracle(spec),
      feed: () => this.feeds.push(),
      invalid,
    }
    this.builder = builder as WorldBuilder
    const view: Partial<View> = { feeds: this.feeds, halted: (name) => this.halted.has(name) }
    this.view = view as View
  }

  get time_ms(): number {
    return this.clock.data[0] as number
  }

  asset(id: string): number {
    return this.assets.findIndex((asset) => asset.id === id)
  }

  private oracle(spec: string | KindSpec): Oracle {
    const name = typeof spec === 'string' ? spec : spec.id
    const start = this.answers[name] as number
    return {
      read: (_time_ms: number, _view: View, out: Quote) => {
        const price = this.answers[name] as number
        out.fixed(price)
        out.start = start
        out.displacement[0] = Math.log(price / start)
      },
    }
  }

  /** Time passes: prices, interest, prices, as in a tick of the engine. */
  tick(venue: Venue, dt_ms: number): void {
    this.clock.data[0] = this.time_ms + dt_ms
    venue.price(this.time_ms, this.view)
    venue.accrue(this.time_ms, this.view, this.log)
    venue.price(this.time_ms, this.view)
  }

  offers(venue: Venue): readonly Offer[] {
    const offers = new Offers()
    venue.act(this.view, new Actions(), offers)
    return offers.list
  }

  /** One bundle of actions on a venue, all or nothing; the asset whose postings do not cancel is an error. */
  bundle(venue: Venue, ...list: readonly [ActionKind, Partial<Action>][]): Result[] {
    const actions = new Actions()
    actions.bundle(0, 0)
    const mark = this.store.journal.savepoint()
    const results: Result[] = []
    for (const [kind, fields] of list) {
      actions.add(kind, fields)
      results.push(venue.apply(actions, actions.list.length - 1, this.log))
      if (succeeded(results.at(-1) as Result)) continue
      this.store.journal.rollback(mark)
      this.ledger.postings.settle()
      return results
    }
    this.store.journal.commit(mark)
    const broken = this.ledger.postings.settle()
    if (broken >= 0) throw new Error(`postings of ${this.assets[broken]?.id} do not cancel`)
    return results
  }

  /** One action, as a bundle of its own. */
  act(venue: Venue, kind: ActionKind, fields: Partial<Action>): Result {
    return this.bundle(venue, [kind, fields])[0] as Result
  }
}
