/** Enough of a world to open agents and watch what they decide: markets with closed forms, treasuries, accounts, and a taker of bundles. */
import { Rng } from '../../src/math/index.ts'
import {
  type AccountRef,
  type Action,
  Actions,
  type Agent,
  type AssetSpec,
  type Call,
  type Calls,
  type Due,
  type DueEvent,
  type Fill,
  type Kind,
  Ledger,
  Log,
  type Market,
  type Offer,
  Offers,
  type Order,
  Quotes,
  Statement,
  Store,
  type View,
  type WorldBuilder,
} from '../../src/model/index.ts'

export const START_MS = 1_700_000_000_000

/** Constant product: selling d gives y·d(1−f) ÷ (x + d(1−f)); buying b costs y·b ÷ ((x − b)(1−f)). */
export class Pool {
  x: number
  y: number
  readonly fee: number

  constructor(x: number, y: number, fee = 0) {
    this.x = x
    this.y = y
    this.fee = fee
  }

  mid(): number {
    return this.y / this.x
  }

  /** Base and quote the taker gets or gives. */
  take({ side, amount, exact, limit }: Order): [number, number] {
    const { x, y, fee } = this
    const keep = 1 - fee
    if (side < 0) {
      let sold = exact === 'base' ? amount : amount < y ? (x * amount) / ((y - amount) * keep) : Number.POSITIVE_INFINITY
      if (limit > 0) sold = Math.min(sold, Math.max(0, (Math.sqrt((x * y * keep) / limit) - x) / keep))
      return [-sold, (y * sold * keep) / (x + sold * keep)]
    }
    let bought = exact === 'base' ? Math.min(amount, x * 0.999) : (x * amount * keep) / (y + amount * keep)
    if (limit > 0) bought = Math.min(bought, Math.max(0, x - Math.sqrt((x * y) / (limit * keep))))
    return [bought, -(y * bought) / ((x - bought) * keep)]
  }

  move(base: number, quote: number): void {
    this.x -= base
    this.y -= quote
  }
}

/** One price with a half spread, and so much of it on each side. */
export class Flat {
  price: number
  half_spread: number
  depth: number

  constructor(price: number, half_spread = 0, depth = Number.POSITIVE_INFINITY) {
    this.price = price
    this.half_spread = half_spread
    this.depth = depth
  }

  mid(): number {
    return this.price
  }

  take({ side, amount, exact, limit }: Order): [number, number] {
    const price = this.price * (1 + side * this.half_spread)
    if (limit > 0 && side * (price - limit) > 0) return [0, 0]
    const units = Math.min(this.depth, exact === 'base' ? amount : amount / price)
    return [side * units, -side * units * price]
  }

  move(base: number): void {
    this.depth -= Math.abs(base)
  }
}

type Book = Pool | Flat
export interface MarketSetup {
  readonly id: string
  readonly base: string
  readonly quote: string
  readonly book: Book
  /** Venue it settles at. */
  readonly settles?: number
}

export interface Made {
  readonly market: number
  readonly party: number
  readonly depth: number
  readonly half_spread: number
}

/** An account as a test states it: legs, health from the plain law. */
export type Legs = readonly (readonly [
  side: 1 | -1,
  asset: string,
  quantity: number,
  weight: number,
  price: number,
  market?: string,
])[]

export class AgentWorld {
  readonly store = new Store()
  readonly ledger: Ledger
  readonly assets: readonly AssetSpec[]
  readonly markets: readonly MarketSetup[]
  readonly halted = new Set<string>()
  readonly made: Made[] = []
  /** Statements by `venue/row`. */
  readonly accounts = new Map<string, Legs>()
  readonly owned = new Map<number, AccountRef[]>()
  readonly out = new Actions()
  readonly offers = new Offers()
  readonly view: View
  time_ms = START_MS
  gas_usd = 0
  round = 0
  readonly rng = new Rng(7)
  readonly log = new Log(new Store(), this)

  constructor(prices: Readonly<Record<string, number>>, markets: readonly MarketSetup[] = [], actors = 8) {
    this.assets = Object.entries(prices).map(([id, price_usd]) => ({ id, price_usd, beta: 1 }))
    this.markets = markets
    this.ledger = new Ledger(this.store, actors, this.assets.length)
    const time_ms = () => this.time_ms
    const gas_usd = () => this.gas_usd
    const round = () => this.round
    const view: Partial<View> = {
      mid: (market) => this.book(market).mid(),
      fill: (market, order) => this.fill(market, order),
      usd: (asset) => this.assets[asset]?.price_usd as number,
      halted: (name) => this.halted.has(name),
      ledger: this.ledger,
      get time_ms() {
        return time_ms()
      },
      get gas_usd() {
        return gas_usd()
      },
      get round() {
        return round()
      },
    }
    this.view = view as View
  }

  asset(id: string): number {
    const at = this.assets.findIndex((asset) => asset.id === id)
    if (at < 0) throw new Error(`no asset ${id}`)
    return at
  }

  market(id: string): number {
    const at = this.markets.findIndex((market) => market.id === id)
    if (at < 0) throw new Error(`no market ${id}`)
    return at
  }

  private book(market: number): Book {
    return (this.markets[market] as MarketSetup).book
  }

  private fill(market: number, order: Order): Fill {
    const mid = this.book(market).mid()
    const [base, quote] = this.book(market).take(order)
    return {
      market,
      party: order.party,
      base,
      quote,
      mid_before: mid,
      mid_after: mid,
      legs: [],
      fee_quote: 0,
      decay: 1,
      permanent: 0,
    }
  }

  give(actor: number, asset: string, amount: number): void {
    this.ledger.credit(actor, this.asset(asset), amount)
  }

  has(actor: number, asset: string): number {
    return this.ledger.balance(actor, this.asset(asset))
  }

  builder(id: string, actors: readonly number[]): WorldBuilder {
    const markets = this.markets.map(
      ({ base, quote, settles, book }, market): Partial<Market> => ({
        base: this.asset(base),
        quote_asset: this.asset(quote),
        settles: settles ?? -1,
        mid: () => book.mid(),
        make: (party, depth, half_spread) => void this.made.push({ market, party, depth, half_spread }),
      }),
    )
    const builder: Partial<WorldBuilder> = {
      self: { id, index: 0 },
      store: this.store,
      ledger: this.ledger,
      log: this.log,
      feeds: new Quotes(new Store(), 'feeds', 0, 1),
      time_ms: this.time_ms,
      assets: this.assets,
      asset: (name) => this.asset(name as string),
      venue: (name) => Number(String(name).replace('venue-', '')),
      market: (name, field) => {
        const at = this.markets.findIndex((market) => market.id === name)
        if (at < 0) throw new Error(`${field} is ${String(name)}`)
        return at
      },
      market_at: (index) => markets[index] as Market,
      my_actors: () => Int32Array.from(actors),
      accounts_of: (actor) => this.owned.get(actor) ?? [],
      invalid: (field, found, valid) => new Error(`${field} is ${JSON.stringify(found)}; valid: ${valid}`),
    }
    return builder as WorldBuilder
  }

  open<S>(kind: Kind<S, Agent>, spec: object, actors: readonly number[] = [1], id: string = kind.id): Agent {
    return kind.open(kind.schema.parse({ kind: kind.id, id, ...spec }), this.builder(id, actors))
  }

  own(actor: number, venue: number, row: number, legs: Legs): void {
    this.accounts.set(`${venue}/${row}`, legs)
    this.owned.set(actor, [...(this.owned.get(actor) ?? []), { venue, row }])
  }

  private state(venue: number, row: number, out: Statement): void {
    out.clear()
    for (const [side, asset, quantity, weight, price, market] of this.accounts.get(`${venue}/${row}`) ?? []) {
      const cash = asset === 'CASH'
      const at = cash ? this.asset('USD') : this.asset(asset)
      out.add(side, cash ? -1 : at, cash ? -1 : at, at, market === undefined ? -1 : this.market(market), quantity, weight, price)
    }
  }

  health(venue: number, row: number): number {
    let assets = 0
    let debts = 0
    for (const [side, , quantity, weight, price] of this.accounts.get(`${venue}/${row}`) ?? []) {
      if (side > 0) assets += quantity * weight * price
      else debts += quantity * weight * price
    }
    return debts > 0 ? assets / debts : Number.POSITIVE_INFINITY
  }

  /** @param level of a rule by health; a rule by share is called at the health it has */
  calls(list: readonly { actor: number; venue?: number; account: number; row?: number }[], level?: number): Calls {
    const full = list.map(({ actor, venue = 0, account, row = 100 }): Call => {
      const health = this.health(venue, account)
      return { venue, account, actor, row, health, level: level ?? health }
    })
    return { list: full, statement: (i, out) => this.state((full[i] as Call).venue, (full[i] as Call).account, out) }
  }

  /** The waits among the actions, as they come back. */
  waits(out: Actions = this.out): Due {
    const list = out.list
      .filter((action) => action.kind === 'wait')
      .map(
        ({ venue, account, actor, asset, amount, plan, cause }): DueEvent => ({
          kind: 'wait',
          venue,
          account,
          actor,
          asset,
          amount,
          plan,
          cause,
        }),
      )
    const at = (i: number) => list[i] as DueEvent
    return {
      list,
      health: (i) => this.health(at(i).venue, at(i).account),
      statement: (i, out) => this.state(at(i).venue, at(i).account, out),
    }
  }

  respond(agent: Agent, list: Parameters<AgentWorld['calls']>[0]): readonly Action[] {
    this.out.clear()
    // A rule by share knows no ceiling: from a far opening health it is called far above any level by health.
    const level = agent.call_level(1e6)
    agent.respond(this.calls(list, level < 10 ? level : undefined), this.view, this.rng, this.out)
    return this.out.list
  }

  due(agent: Agent, events: Due): readonly Action[] {
    this.out.clear()
    agent.due(events, this.view, this.rng, this.out)
    return this.out.list
  }

  act(agent: Agent, offers: readonly Offer[] = []): readonly Action[] {
    this.out.clear()
    this.offers.clear()
    this.offers.list.push(...offers)
    agent.act(this.offers, this.view, this.rng, this.out)
    return this.out.list
  }

  /** Takes the orders among the planned actions, bundle by bundle, in the order in which they were planned. */
  trade(actions: Actions = this.out): number {
    let traded = 0
    for (let b = 0; b < actions.bundles; b++) {
      const results: number[] = []
      for (let i = actions.starts[b] as number; i < actions.end(b); i++) {
        const action = actions.list[i] as Action
        const amount = action.of >= 0 ? (results[action.of] as number) : action.amount
        if (action.kind === 'order') results.push(this.order(action, amount))
        else results.push(amount)
        if (action.kind === 'order' && (results[results.length - 1] as number) > 0) traded++
      }
    }
    return traded
  }

  private order(action: Action, amount: number): number {
    const { base: base_id, quote: quote_id, book, settles } = this.markets[action.market] as MarketSetup
    const [base, quote] = book.take({ side: action.side, amount, exact: action.exact, limit: action.limit, party: -1 })
    book.move(base, quote)
    if (settles === undefined) {
      this.ledger.credit(action.actor, this.asset(base_id), base)
      this.ledger.credit(action.actor, this.asset(quote_id), quote)
    }
    return action.side > 0 ? base : quote
  }
}
