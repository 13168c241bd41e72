/** A venue, a market and a driver so small that a run can be done by hand; for tests of the engine alone. */
import type { Registries } from '../../src/engine/index.ts'
import {
  type Actions,
  type Driver,
  type Fill,
  type Kind,
  type KindSpec,
  type Lawful,
  type Margined,
  type Market,
  type Offers,
  type Order,
  Quote,
  refused,
  type Result,
  SCENARIO_SCHEMA,
  type Scenario,
  SNAPSHOT_SCHEMA,
  type Snapshot,
  type Statement,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../src/model/index.ts'

const any = <T>() => ({ parse: (input: unknown) => input as T })

export interface ToyVenueSpec extends KindSpec {
  readonly market: string
  /** Per account: actor (position + 1), units in the actor's treasury, price at or below which they are sold. */
  readonly book: readonly { readonly owner: number; readonly threshold: number }[]
}

/** Sells an account's units at the market once the mid is at or below its threshold. */
class ToyVenue implements Venue, Margined, Lawful {
  readonly outside = -1
  readonly rows: number
  readonly prices = new Float64Array(1)
  private readonly spec: ToyVenueSpec
  private readonly builder: WorldBuilder
  private readonly index: number
  private readonly market: number
  private readonly feed: number
  private readonly base: number
  private readonly quote: Quote
  private readonly levels: Float64Array

  constructor(spec: ToyVenueSpec, builder: WorldBuilder) {
    this.spec = spec
    this.builder = builder
    this.index = builder.self.index
    this.rows = spec.book.length
    this.market = builder.market(spec.market, 'market')
    this.base = builder.market_at(this.market).base
    this.feed = builder.feed(spec.id)
    this.quote = new Quote(builder.sources)
    this.levels = new Float64Array(this.rows).fill(1)
  }
  price(_time: number, view: View): void {
    view.quote(this.market, this.quote)
    this.builder.feeds.write(this.feed, this.quote)
    this.prices[0] = this.quote.price
  }
  accrue(): void {}
  health(row: number, prices: Float64Array): number {
    if (this.units(row) === 0) return Number.POSITIVE_INFINITY
    // At the threshold itself the account is in breach.
    return (prices[0] as number) / (this.spec.book[row]?.threshold as number) - 1e-12
  }
  private units(row: number): number {
    return this.builder.ledger.balance(this.spec.book[row]?.owner as number, this.base)
  }
  act(_view: View, out: Actions, _offers: Offers): void {
    for (let row = 0; row < this.rows; row++) {
      if (!(this.health(row, this.prices) < 1)) continue
      const { shares, cause } = this.builder.log.blame(this.index, row)
      const usd = this.units(row) * (this.prices[0] as number)
      const at = this.builder.log.add({
        kind: 'reduce',
        venue: this.index,
        account: row,
        asset: this.base,
        amount: this.units(row),
        usd,
        shares,
        cause,
      })
      out.bundle(0, row)
      out.add('order', {
        market: this.market,
        actor: this.spec.book[row]?.owner as number,
        side: -1,
        exact: 'base',
        amount: this.units(row),
        sold: 'reduced',
        victim: this.index,
        cause: at,
      })
    }
  }
  apply(): Result {
    return refused('unknown')
  }
  settle(): void {}
  owner(row: number): number {
    return this.spec.book[row]?.owner as number
  }
  level(row: number): number {
    return this.levels[row] as number
  }
  watch(row: number, level: number): void {
    this.levels[row] = level
  }
  below(): { count: number; rows: Int32Array } {
    const rows = Int32Array.from({ length: this.rows }, (_, row) => row).filter(
      (row) => this.health(row, this.prices) < this.level(row),
    )
    return { count: rows.length, rows }
  }
  statement(row: number, out: Statement): void {
    out.add(1, 0, this.feed, this.base, -1, this.units(row), 1, this.prices[0] as number)
  }
  shortfall_usd(): number {
    return 0
  }
  fund_usd(): number {
    return 0
  }
  violations(): readonly string[] {
    return []
  }
  holdings(): void {}
}

export interface ToyMarketSpec extends KindSpec {
  readonly base: string
  readonly quote: string
  /** Log-free impact: every sale moves the mid by this ratio, whatever its size. */
  readonly impact: number
  /** Share of an order that is filled. */
  readonly fills: number
}

/** Every order trades at the mid against `outside` and moves it by a fixed ratio; nothing recovers by itself. */
class ToyMarket implements Market, Lawful {
  readonly settles = -1
  readonly base: number
  readonly quote_asset: number
  private readonly spec: ToyMarketSpec
  private readonly index: number
  private readonly state
  constructor(spec: ToyMarketSpec, builder: WorldBuilder) {
    this.spec = spec
    this.index = builder.self.index
    this.base = builder.asset(spec.base, 'base')
    this.quote_asset = builder.asset(spec.quote, 'quote')
    this.state = builder.store.table(`${spec.id}.state`, { mid: 'f64', anchor: 'f64' }, 1).columns
    this.state.mid.data[0] = builder.assets[this.base]?.price_usd as number
    this.state.anchor.data[0] = this.mid()
  }
  mid(): number {
    return this.state.mid.data[0] as number
  }
  quote(order: Order): Fill {
    const amount = order.amount * this.spec.fills
    const base = order.side * (order.exact === 'base' ? amount : amount / this.mid())
    const quote = -base * this.mid()
    const after = this.mid() * (1 + order.side * this.spec.impact)
    return this.of(order.party, base, quote, after, [{ party: 0, base: -base, quote: -quote }], 1)
  }
  private of(party: number, base: number, quote: number, mid_after: number, legs: Fill['legs'], decay: number): Fill {
    return { market: this.index, party, base, quote, mid_before: this.mid(), mid_after, legs, fee_quote: 0, decay, permanent: 0 }
  }
  fill(order: Order): Fill {
    const fill = this.quote(order)
    this.state.mid.set(0, fill.mid_after)
    return fill
  }
  recover(dt_ms: number, anchor: number): Fill {
    const all = dt_ms === Number.POSITIVE_INFINITY
    const after = all ? anchor : (this.mid() * anchor) / (this.state.anchor.data[0] as number)
    const fill = this.of(0, 0, 0, after, [], all ? 0 : 1)
    this.state.mid.set(0, after)
    this.state.anchor.set(0, anchor)
    return fill
  }
  depth(): number {
    return 0
  }
  make(): void {}
  cancel(): number {
    return 0
  }
  holdings(): void {}
  violations(): readonly string[] {
    return []
  }
}

/** Multiplies an asset's fundamental by `change` + 1 from `at_ms` on. */
const jump: Kind<KindSpec & { asset: string; change: number; at_ms: number }, Driver> = {
  id: 'jump',
  title: 'A jump',
  source: 'test',
  schema: any(),
  open(spec, builder) {
    const asset = builder.asset(spec.asset, 'asset')
    const start = builder.time_ms
    return {
      advance: (time_ms, _dt, _rng, fundamental) => {
        if (time_ms - start >= spec.at_ms) fundamental[asset] = (fundamental[asset] as number) * (1 + spec.change)
      },
    }
  },
}

export const TOYS = {
  venues: [
    {
      id: 'toy-venue',
      title: 'Toy',
      source: 'test',
      schema: any<ToyVenueSpec>(),
      open: (spec: ToyVenueSpec, builder: WorldBuilder) => new ToyVenue(spec, builder),
    },
  ],
  markets: [
    {
      id: 'toy-market',
      title: 'Toy',
      source: 'test',
      schema: any<ToyMarketSpec>(),
      open: (spec: ToyMarketSpec, builder: WorldBuilder) => new ToyMarket(spec, builder),
    },
  ],
  drivers: [jump],
  oracles: [],
  agents: [],
} as unknown as Registries

export interface ToyAccount {
  readonly venue: string
  readonly units: number
  readonly threshold: number
}

/** A world of one asset at 100 and one market, with these accounts at these venues. */
export function toy_snapshot(accounts: readonly ToyAccount[], impact: number, fills = 1): Snapshot {
  const venues = [...new Set(accounts.map((account) => account.venue))]
  return {
    schema: SNAPSHOT_SCHEMA,
    id: 'toy',
    title: 'Toy',
    time_ms: 0,
    provenance: [],
    assets: [
      { id: 'USD', price_usd: 1, beta: 0, numeraire: true },
      { id: 'A', price_usd: 100, beta: 1, reference: 'A-USD' },
    ],
    actors: {
      count: accounts.length,
      names: accounts.map((account, i) => `${account.venue}.${i}`),
      agent: new Int32Array(accounts.length).fill(-1),
      treasury: {
        actor: Int32Array.from(accounts, (_, i) => i),
        asset: new Int32Array(accounts.length).fill(1),
        amount: Float64Array.from(accounts, (account) => account.units),
      },
    },
    markets: [{ kind: 'toy-market', id: 'A-USD', base: 'A', quote: 'USD', impact, fills }],
    oracles: [],
    venues: venues.map((id) => ({
      kind: 'toy-venue',
      id,
      market: 'A-USD',
      book: accounts.flatMap((account, i) => (account.venue === id ? [{ owner: i + 1, threshold: account.threshold }] : [])),
    })),
    agents: [],
  }
}

export function toy_scenario(change: number, ticks = 3): Scenario {
  return {
    schema: SCENARIO_SCHEMA,
    id: 'jump',
    title: 'Jump',
    seed: 1,
    horizon_ms: ticks * 60_000,
    tick_ms: 60_000,
    drivers: [{ kind: 'jump', id: 'jump', asset: 'A', change, at_ms: 60_000 }],
    faults: [],
    gas_usd: 0,
    pinned: [],
    without: [],
    limits: { rounds: 50, rows: 10_000 },
  }
}
