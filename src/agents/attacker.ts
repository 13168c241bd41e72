/**
 * An attacker buys on a thin market until the price that a lender reads has risen, borrows against what it holds at that price, and leaves. It goes only where that pays by its own
 * account before it begins, and stops with what it has lost by then when the lender's price does not follow.
 */
import { z } from 'zod'
import type { Rng } from '../math/index.ts'
import {
  type Actions,
  type Agent,
  type Columns,
  type Due,
  type DueEvent,
  type Kind,
  PoolState,
  Statement,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { Actors } from './shared/actors.ts'

const schema = z.strictObject({
  kind: z.literal('attacker').describe('attacker'),
  id: z.string().min(1).describe('name of the agent, unique'),
  market: z.string().min(1).describe('thin spot market that it pushes; its base is the collateral'),
  venue: z.string().min(1).describe('lender where it has an account, with some of the collateral in it'),
  borrow: z.string().min(1).describe('asset it borrows and leaves with'),
  ltv: z.number().gt(0).max(1).describe('share of the collateral’s worth that the lender lends'),
  push_max: z.number().gt(0).max(100).default(3).describe('most it raises the price by, a ratio: 3 is to four times'),
  pushes: z.number().int().min(1).max(100).default(12).describe('how many sizes it tries in its account'),
  at_ms: z.number().int().min(0).max(1e14).default(0).describe('when it begins to look, ms after the start'),
  follow: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('share of its push that the lender’s price must have followed before it borrows'),
  patience_ms: z
    .number()
    .int()
    .min(0)
    .max(1e11)
    .default(3_600_000)
    .describe('how long it waits for that; then it sells what it bought'),
  min_profit_usd: z.number().min(0).default(10_000).describe('least profit by its own account, USD'),
  poll_ms: z.number().int().min(1000).max(1e10).default(60_000).describe('how often it looks at its account, ms'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 50
/** Borrows a little less than the limit: prices move while it does. */
const CAREFUL = 0.995
const WAITS = 0
const PUSHED = 1
const SELLS = 2
const DONE = 3
const shape = {
  phase: 'u8',
  begun: 'u8',
  account: 'i32',
  bought: 'f64',
  paid: 'f64',
  price: 'f64',
  push: 'f64',
  since_ms: 'f64',
  got: 'f64',
} as const

/** A push that pays. */
interface Plan {
  readonly spend: number
  readonly push: number
}

class Attacker implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly market: number
  private readonly halt: string
  private readonly venue: number
  private readonly base: number
  private readonly quote: number
  private readonly borrow: number
  private readonly start_ms: number
  private readonly rows: Columns<typeof shape>
  private readonly statement = new Statement()
  private readonly pool = new PoolState()

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.actors = new Actors(builder)
    this.market = builder.market(spec.market, 'market')
    this.halt = `market:${spec.market}`
    const { base, quote_asset, settles } = builder.market_at(this.market)
    if (settles >= 0) throw builder.invalid('market', spec.market, 'a spot market')
    this.base = base
    this.quote = quote_asset
    this.venue = builder.venue(spec.venue, 'venue')
    this.borrow = builder.asset(spec.borrow, 'borrow')
    this.start_ms = builder.time_ms
    this.rows = builder.store.table(`${spec.id}.attacks`, shape, this.actors.list.length).columns
    this.actors.list.forEach((actor, who) => {
      const account = builder.accounts_of(actor).find(({ venue }) => venue === this.venue)
      if (account === undefined)
        throw builder.invalid('venue', spec.venue, 'a venue where each actor of the agent has an account')
      this.rows.account.data[who] = account.row
    })
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  act(_offers: unknown, view: View, _rng: Rng, out: Actions): void {
    if (view.round > 0 || view.time_ms - this.start_ms < this.spec.at_ms) return
    this.actors.list.forEach((_, who) => {
      if (this.rows.begun.data[who] === 1) return
      this.rows.begun.data[who] = 1
      this.look(who, out)
    })
  }

  private look(who: number, out: Actions): void {
    const actor = this.actors.list[who] as number
    out.bundle(PRIORITY, 0)
    out.add('wait', {
      venue: this.venue,
      account: this.rows.account.data[who] as number,
      actor,
      plan: who,
      delay_ms: this.spec.poll_ms,
    })
  }

  due(events: Due, view: View, rng: Rng, out: Actions): void {
    for (let e = 0; e < events.list.length; e++) {
      const event = events.list[e] as DueEvent
      if (event.kind !== 'wait') continue
      const who = event.plan
      this.statement.clear()
      events.statement(e, this.statement)
      const phase = this.rows.phase.data[who]
      if (phase === WAITS) this.begin(who, view, rng, out)
      else if (phase === PUSHED) this.collect(who, view, rng, out)
      else if (phase === SELLS) this.sell(who, view, rng, out)
      if (this.rows.phase.data[who] !== DONE) this.look(who, out)
    }
  }

  /** The lender's view of a unit of the collateral, and the units in the account; 0 where there are none. */
  private collateral(): { price: number; units: number } {
    const leg = this.statement.asset
      .slice(0, this.statement.count)
      .findIndex((asset, i) => asset === this.base && this.statement.side[i] === 1)
    if (leg < 0) return { price: 0, units: 0 }
    return { price: this.statement.price[leg] as number, units: this.statement.quantity[leg] as number }
  }

  private owed_usd(): number {
    let sum = 0
    for (let leg = 0; leg < this.statement.count; leg++)
      if (this.statement.side[leg] === -1) sum += (this.statement.quantity[leg] as number) * (this.statement.price[leg] as number)
    return sum
  }

  /** What a push costs and brings: all that the lender then lends, less what was spent and what the collateral was worth before. */
  private plan(who: number, view: View): Plan | undefined {
    const actor = this.actors.list[who] as number
    const { units, price } = this.collateral()
    const own = units + view.ledger.balance(actor, this.base)
    const money = view.ledger.balance(actor, this.quote)
    if (!(price > 0 && money > 0) || !view.pool(this.venue, this.rows.account.data[who] as number, this.borrow, this.pool))
      return undefined
    const mid = view.mid(this.market)
    const lendable = this.pool.cash * view.usd(this.borrow)
    let best: Plan | undefined
    let most = this.spec.min_profit_usd
    for (let k = 1; k <= this.spec.pushes; k++) {
      const push = (this.spec.push_max * k) / this.spec.pushes
      const order = { side: 1, amount: money, exact: 'quote', limit: mid * (1 + push), party: actor } as const
      const fill = view.fill(this.market, order)
      const reached = fill.mid_after / mid - 1
      const spent = -fill.quote * view.usd(this.quote)
      const worth = (own + fill.base) * price * (1 + reached)
      const lent = Math.min(lendable, CAREFUL * this.spec.ltv * worth - this.owed_usd())
      const gain = lent - spent - own * price + this.owed_usd()
      if (reached > 0 && gain > most) {
        most = gain
        best = { spend: -fill.quote, push: reached }
      }
    }
    return best
  }

  private begin(who: number, view: View, rng: Rng, out: Actions): void {
    if (view.halted(this.halt)) return
    const plan = this.plan(who, view)
    if (plan === undefined) return
    const actor = this.actors.list[who] as number
    const r = this.rows
    r.phase.data[who] = PUSHED
    r.since_ms.data[who] = view.time_ms
    r.price.data[who] = this.collateral().price
    r.push.data[who] = plan.push
    r.paid.data[who] = plan.spend
    r.bought.data[who] = view.ledger.balance(actor, this.base)
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, 0))
    const limit = view.mid(this.market) * (1 + plan.push * 1.01)
    out.add('order', { actor, market: this.market, side: 1, exact: 'quote', amount: plan.spend, limit })
  }

  /** Borrows once the lender's price has followed; gives up when it does not. */
  private collect(who: number, view: View, rng: Rng, out: Actions): void {
    const actor = this.actors.list[who] as number
    const r = this.rows
    const { units, price } = this.collateral()
    const bought = view.ledger.balance(actor, this.base)
    const tie = this.actors.tie(rng, who, view.time_ms, 1)
    const mine = { venue: this.venue, account: r.account.data[who] as number, actor }
    const needed = (r.price.data[who] as number) * (1 + this.spec.follow * (r.push.data[who] as number))
    if (price >= needed && view.pool(this.venue, mine.account, this.borrow, this.pool)) {
      const worth = (units + bought) * price
      const lent = Math.min(this.pool.cash, (CAREFUL * this.spec.ltv * worth - this.owed_usd()) / view.usd(this.borrow))
      if (lent > 0) {
        out.bundle(PRIORITY, tie)
        if (bought > 0) out.add('deposit', { ...mine, asset: this.base, amount: bought })
        out.add('borrow', { ...mine, asset: this.borrow, amount: lent })
        r.got.data[who] = lent
        r.phase.data[who] = DONE
        return
      }
    }
    if (view.time_ms - (r.since_ms.data[who] as number) < this.spec.patience_ms) return
    this.sell(who, view, rng, out)
  }

  /** Gives up: sells what it bought, over as many looks as the book needs to take it. */
  private sell(who: number, view: View, rng: Rng, out: Actions): void {
    const actor = this.actors.list[who] as number
    const r = this.rows
    const extra = view.ledger.balance(actor, this.base) - (r.bought.data[who] as number)
    r.phase.data[who] = extra * view.mid(this.market) * view.usd(this.quote) > 1 ? SELLS : DONE
    if (r.phase.data[who] === DONE) return
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, 1))
    out.add('order', { actor, market: this.market, side: -1, exact: 'base', amount: extra, limit: view.mid(this.market) / 2 })
  }
}

export const attacker: Kind<Spec, Agent> = {
  id: 'attacker',
  title:
    'Attacker: pushes a thin market, borrows at the price that follows, and leaves; goes where that pays, stops where it does not',
  source:
    'Price manipulation of a lender: loan value of pushed collateral against the cost of the push, see docs/agents/attacker.md',
  schema,
  open: (spec, builder) => new Attacker(spec, builder),
}
