/**
 * A fund: one treasury behind accounts at many venues. A call at one of them is met out of the treasury, then by selling what the treasury holds, then by what other accounts have to spare: collateral
 * taken out and sold, positions closed and their margin taken out. What is sold elsewhere belongs to the venue it came from, and its cause is the call: infection by shared owner.
 */
import { z } from 'zod'
import { exp, log, type Rng } from '../math/index.ts'
import {
  type Actions,
  type Agent,
  type Calls,
  type Due,
  type DueEvent,
  type Kind,
  Statement,
  type Table,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { Actors, Purse } from './shared/actors.ts'
import { close, health_of, law_of, type Law, move_cash, to_pay_in, to_repay, unit_value } from './shared/law.ts'
import { call_level } from './shared/margin-call.ts'
import { Plans, Routes, sell_along } from './shared/routes.ts'

const schema = z.strictObject({
  kind: z.literal('fund').describe('fund'),
  id: z.string().min(1).describe('name of the agent, unique'),
  markets: z.array(z.string().min(1)).max(1000).describe('spot markets on which it sells for what is asked of it'),
  call_share: z.number().min(0).max(1).default(0.5).describe('called when this share of the opening ln health is left'),
  target_share: z.number().gt(0).max(1).default(0.8).describe('share of the opening ln health that it restores'),
  keep_health: z.number().min(1).max(100).default(1.3).describe('health that it leaves other loans'),
  keep_margin: z.number().min(1).max(1000).default(3).describe('the same where contracts are held: margin ÷ maintenance'),
  treasury_first: z.boolean().default(true).describe('the treasury before other accounts; otherwise after them'),
  median_ms: z.number().min(0).max(1e10).default(300_000).describe('median time until it acts, ms'),
  delay_sigma: z.number().min(0).max(5).default(1).describe('standard deviation of ln of that time'),
  min_usd: z.number().min(0).default(1_000).describe('what would move less is not worth the trouble, USD'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 20
/** Parts of a position that it looks at closing. */
const PARTS = [0, 0.25, 0.5, 0.75, 1] as const

/** One of its accounts as it stands, and the law as it will be after what is planned. */
interface Held {
  readonly venue: number
  readonly account: number
  readonly statement: Statement
  readonly law: Law
}

/** A call that is being met. */
interface Need {
  readonly called: Held
  readonly actor: number
  readonly who: number
  readonly cause: number
  readonly target: number
  /** What it is met with: cash of the exchange, or the largest debt. */
  readonly leg: number
  readonly asset: number
  readonly view: View
  readonly rng: Rng
  readonly out: Actions
}

const has_contracts = (statement: Statement): boolean => {
  for (let leg = 0; leg < statement.count; leg++) if ((statement.market[leg] as number) >= 0) return true
  return false
}

function legs_of(statement: Statement, side: 1 | -1, contracts: boolean): number[] {
  const legs: number[] = []
  const value = (leg: number) => (statement.quantity[leg] as number) * (statement.price[leg] as number)
  for (let leg = 0; leg < statement.count; leg++)
    if (statement.side[leg] === side && (statement.market[leg] as number) >= 0 === contracts) legs.push(leg)
  return legs.sort((a, b) => value(b) - value(a) || a - b)
}

class Fund implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly purse: Purse
  private readonly routes: Routes
  private readonly plans: Plans
  private readonly builder: WorldBuilder
  private readonly calls: Table<{ venue: 'i32'; account: 'i32'; row: 'i32'; level: 'f64' }>

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.builder = builder
    this.actors = new Actors(builder)
    this.purse = new Purse(builder.assets.length)
    this.routes = new Routes(builder, spec.markets, 'markets')
    this.plans = new Plans(this.routes.markets)
    this.calls = builder.store.table(`${spec.id}.calls`, { venue: 'i32', account: 'i32', row: 'i32', level: 'f64' })
  }

  call_level(health: number): number {
    return call_level({ buffer_share: this.spec.call_share }, health)
  }

  act(): void {}

  /** Takes note, and asks for the statements of all accounts of the owner when its time has come. */
  respond(calls: Calls, view: View, rng: Rng, out: Actions): void {
    for (const { venue, account, actor, level, row } of calls.list) {
      const who = this.actors.position(actor)
      if (who < 0) continue
      const k = this.calls.push()
      const c = this.calls.columns
      c.venue.data[k] = venue
      c.account.data[k] = account
      c.row.data[k] = row
      c.level.data[k] = level
      const draws = this.actors.draws(rng, 'fund', who, view.time_ms, account)
      const delay_ms = Math.round(this.spec.median_ms * exp(this.spec.delay_sigma * draws.normal()))
      out.bundle(PRIORITY, 0)
      for (const ref of this.builder.accounts_of(actor))
        out.add('wait', { venue: ref.venue, account: ref.row, actor, cause: row, plan: k, delay_ms })
    }
  }

  due(events: Due, view: View, rng: Rng, out: Actions): void {
    this.purse.clear()
    this.plans.clear()
    const by_call = new Map<number, number[]>()
    events.list.forEach((event, e) => {
      if (event.kind === 'wait') by_call.set(event.plan, [...(by_call.get(event.plan) ?? []), e])
    })
    for (const [k, list] of by_call) {
      const c = this.calls.columns
      const held = list.map((e): Held => {
        const { venue, account } = events.list[e] as DueEvent
        const statement = new Statement()
        events.statement(e, statement)
        return { venue, account, statement, law: law_of(statement) }
      })
      const called = held.find(({ venue, account }) => venue === c.venue.data[k] && account === c.account.data[k])
      const level = c.level.data[k] as number
      // Liquidated meanwhile, or better by itself: nothing to do.
      if (called === undefined || !(health_of(called.law) < level)) continue
      const { actor } = events.list[list[0] as number] as DueEvent
      const leg = called.law.cash_leg >= 0 ? called.law.cash_leg : (legs_of(called.statement, -1, false)[0] ?? -1)
      if (leg < 0) continue
      const need: Need = {
        called,
        actor,
        who: this.actors.position(actor),
        cause: c.row.data[k] as number,
        target: exp((this.spec.target_share / this.spec.call_share) * Math.max(0, log(level))),
        leg,
        asset: called.statement.asset[leg] as number,
        view,
        rng,
        out,
      }
      this.meet(
        need,
        held.filter((one) => one !== called),
      )
    }
  }

  private meet(need: Need, others: readonly Held[]): void {
    if (this.spec.treasury_first) this.out_of_treasury(need)
    for (const other of others) {
      if (has_contracts(other.statement)) this.out_of_margin(need, other)
      else this.out_of_collateral(need, other)
    }
    if (!this.spec.treasury_first) this.out_of_treasury(need)
  }

  /** Units of the asset that are still missing. */
  private missing({ called, target, leg }: Need): number {
    const { law, statement } = called
    const unit = unit_value(statement, leg)
    if (!(unit > 0)) return 0
    const by_cash = law.cash_leg >= 0
    const value = by_cash ? to_pay_in(law, target) : to_repay(law, target)
    const units = value / unit
    return by_cash ? units : Math.min(units, statement.quantity[leg] as number)
  }

  private worth(units: number, { asset, view }: Need): boolean {
    return units > 0 && units * view.usd(asset) >= this.spec.min_usd
  }

  /** Opens a bundle for one source. */
  private open({ who, view, rng, out, called }: Need, source: number): void {
    out.bundle(PRIORITY, this.actors.draws(rng, 'tie', who, view.time_ms, called.account).stream(source, called.venue).uniform())
  }

  /** Pays so many units in, or what action `of` brought, and counts on `units`. */
  private pay({ called, actor, asset, cause, out, leg }: Need, units: number, of = -1): void {
    const { venue, account, law, statement } = called
    const by_cash = law.cash_leg >= 0
    out.add(by_cash ? 'deposit' : 'repay', { venue, account, actor, asset, cause, amount: units, of })
    const value = units * unit_value(statement, leg)
    if (by_cash) move_cash(law, value)
    else law.debts -= Math.min(value, law.debts)
  }

  private out_of_treasury(need: Need): void {
    const { view, actor, asset, called, cause, out } = need
    const have = Math.min(this.missing(need), this.purse.left(view, actor, asset))
    if (this.worth(have, need)) {
      this.purse.spend(actor, asset, have)
      this.open(need, 0)
      this.pay(need, have)
    }
    for (const source of this.routes.into(asset)) {
      const units = this.missing(need)
      const held = this.purse.left(view, actor, source)
      const route = this.plans.best(view, this.routes.between(source, asset), held, actor)
      if (route === undefined || !this.worth(units, need)) continue
      const sold = this.plans.input_for(view, route, units, held, actor)
      const brings = this.plans.out(view, route, sold, actor)
      if (!this.worth(brings, need)) continue
      this.plans.plan(view, route, sold, actor)
      this.purse.spend(actor, source, sold)
      this.open(need, 1 + source)
      this.pay(need, brings, sell_along(out, route, { amount: sold }, { actor, sold: 'called', victim: called.venue, cause }))
    }
  }

  /** Takes collateral that a loan elsewhere can spare, sells it there and then. */
  private out_of_collateral(need: Need, other: Held): void {
    const { view, actor, asset, cause, out } = need
    for (const leg of legs_of(other.statement, 1, false)) {
      const units = this.missing(need)
      if (!this.worth(units, need)) return
      const source = other.statement.asset[leg] as number
      const unit = unit_value(other.statement, leg)
      const spare = Math.max(0, other.law.assets - this.spec.keep_health * other.law.debts)
      const most = Math.min(other.statement.quantity[leg] as number, unit > 0 ? spare / unit : 0)
      const route = this.plans.best(view, this.routes.between(source, asset), most, actor)
      if (!(most > 0) || route === undefined) continue
      const sold = source === asset ? Math.min(units, most) : this.plans.input_for(view, route, units, most, actor)
      const brings = source === asset ? sold : this.plans.out(view, route, sold, actor)
      if (!this.worth(brings, need)) continue
      if (route.length > 0) this.plans.plan(view, route, sold, actor)
      this.open(need, 1_000 + other.venue)
      const taken = out.add('withdraw', { venue: other.venue, account: other.account, actor, asset: source, amount: sold, cause })
      const of = sell_along(out, route, { of: taken }, { actor, sold: 'called', victim: other.venue, cause })
      this.pay(need, brings, of)
      other.law.assets -= sold * unit
    }
  }

  /** Closes as much of the positions elsewhere as frees the margin that is missing, and takes it out. */
  private out_of_margin(need: Need, other: Held): void {
    const { view, actor, asset, cause, out } = need
    const { statement, law, venue, account } = other
    const missing = this.missing(need)
    const cash = law.cash_leg
    if (!this.worth(missing, need) || cash < 0) return
    const own = statement.asset[cash] as number
    const rate = view.usd(own) / view.usd(asset)
    let chosen: { part: number; free: number; after: Law } | undefined
    for (const part of PARTS) {
      const after = { ...law }
      for (const leg of [...legs_of(statement, 1, true), ...legs_of(statement, -1, true)]) {
        const units = part * (statement.quantity[leg] as number)
        close(after, statement.side[leg] as 1 | -1, units, unit_value(statement, leg), statement.price[leg] as number)
      }
      const free = Math.min(after.cash, after.assets - this.spec.keep_margin * after.debts) / (statement.price[cash] as number)
      if (chosen === undefined || free > chosen.free) chosen = { part, free, after }
      if (free * rate >= missing) break
    }
    if (chosen === undefined || !this.worth(chosen.free * rate, need)) return
    // A sale costs more than the mark: what the book takes is left in the account.
    const amount = Math.min(chosen.free * 0.98, missing / rate)
    const route = own === asset ? [] : this.plans.best(view, this.routes.between(own, asset), amount, actor)
    if (route === undefined) return
    const brings = own === asset ? amount : this.plans.out(view, route, amount, actor)
    if (!this.worth(brings, need)) return
    this.open(need, 2_000 + venue)
    const sale = { venue, account, actor, sold: 'called', victim: venue, cause } as const
    for (const leg of [...legs_of(statement, 1, true), ...legs_of(statement, -1, true)]) {
      const units = chosen.part * (statement.quantity[leg] as number)
      if (!(units > 0)) continue
      const market = statement.market[leg] as number
      const inverse = statement.asset[leg] === this.builder.market_at(market).quote_asset
      const against = (statement.side[leg] === 1) !== inverse ? -1 : 1
      out.add('order', { ...sale, market, side: against, exact: inverse ? 'quote' : 'base', amount: units })
    }
    const taken = out.add('withdraw', { venue, account, actor, asset: own, amount, cause })
    this.pay(need, brings, sell_along(out, route, { of: taken }, { actor, sold: 'called', victim: venue, cause }))
    Object.assign(law, chosen.after)
    move_cash(law, -amount * (statement.price[cash] as number))
  }
}

export const fund: Kind<Spec, Agent> = {
  id: 'fund',
  title: 'Fund: one treasury behind accounts at many venues; a call here is met by a sale there',
  source:
    'Shared ownership as a channel of contagion (Kyle and Xiong, J. Finance 56 (2001) 1401–1440); rule assumed, see docs/agents/fund.md',
  schema,
  open: (spec, builder) => new Fund(spec, builder),
}
