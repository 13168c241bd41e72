/**
 * A looper borrows against an asset that yields, to hold more of it: a staked asset against the coin, a yielding dollar against another. It looks at its carry and at the peg,
 * and unwinds when the carry stays below what it asks or the market no longer pays for the asset what the oracle says.
 */
import { z } from 'zod'
import { exp, type Rng } from '../math/index.ts'
import {
  type AccountRef,
  type Actions,
  type Agent,
  type Calls,
  type Due,
  type DueEvent,
  type I32,
  type F64,
  type Kind,
  PoolState,
  Statement,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { Actors } from './shared/actors.ts'
import { law_of, unit_value } from './shared/law.ts'
import { call_level, target_health } from './shared/margin-call.ts'
import { Plans, Routes } from './shared/routes.ts'
import { unwind } from './shared/unwinding.ts'

const ratio = (what: string, least = 0, most = 1) => z.number().min(least).max(most).describe(what)

const schema = z.strictObject({
  kind: z.literal('looper').describe('looper'),
  id: z.string().min(1).describe('name of the agent, unique'),
  markets: z.array(z.string().min(1)).min(1).max(1000).describe('spot markets on which collateral is sold for what is owed'),
  yields: z
    .record(z.string(), z.number().min(-1).max(10))
    .describe('what a unit of an asset earns, a year; of debts the pool says what they cost'),
  carry_min: z.number().min(-10).max(10).default(0).describe('least carry on its own money, a year'),
  patience_ms: z.number().int().min(0).max(1e11).default(86_400_000).describe('how long it bears a carry below that, ms'),
  slip_max: ratio(
    'discount of the collateral against its opening rate in the debt at which it leaves; the median over actors',
  ).default(0.02),
  slip_sigma: z.number().min(0).max(3).default(0.5).describe('standard deviation of ln of that discount over actors'),
  step_share: ratio('share of the opening debt that it repays at a time', 0.01).default(0.25),
  slippage_max: ratio('most that a sale may bring less than the mids say; what is dearer waits').default(0.03),
  flash_fee: ratio('fee of a flash loan').default(0.0005),
  health: z.number().min(1).max(100).default(1.03).describe('health below which it is called'),
  health_target: z.number().gt(1).max(100).default(1.06).describe('health that it restores when called'),
  poll_ms: z.number().int().min(1000).max(1e10).default(600_000).describe('how often it looks, ms'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 20
const YEAR_MS = 31_536_000_000
const shape = { leaving: 'u8', turned_ms: 'f64', step: 'f64', carry: 'f64' } as const

/** Largest leg of a side that is deposited or owed; −1 none. */
function largest(statement: Statement, side: 1 | -1): number {
  let best = -1
  let most = 0
  for (let leg = 0; leg < statement.count; leg++) {
    const value = (statement.quantity[leg] as number) * (statement.price[leg] as number)
    if (statement.side[leg] !== side || (statement.market[leg] as number) >= 0 || !(value > most)) continue
    best = leg
    most = value
  }
  return best
}

/** Yearly return on own money: Σ yield · assets − Σ rate · debts, over equity; 0 without equity. */
export function carry_of(statement: Statement, rate: (leg: number) => number): number {
  let equity = 0
  let income = 0
  for (let leg = 0; leg < statement.count; leg++) {
    const value = (statement.side[leg] as number) * (statement.quantity[leg] as number) * (statement.price[leg] as number)
    equity += value
    income += value * rate(leg)
  }
  return equity > 0 ? income / equity : 0
}

class Looper implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly routes: Routes
  private readonly plans: Plans
  private readonly accounts: readonly (AccountRef & { readonly actor: number; readonly who: number; readonly slip_max: number })[]
  private readonly yields: Float64Array
  private readonly start_usd: Float64Array
  private readonly begun: I32
  private readonly state: {
    readonly leaving: { data: Uint8Array }
    readonly turned_ms: F64
    readonly step: F64
    readonly carry: F64
  }
  private readonly start_ms: number
  private readonly statement = new Statement()
  private readonly pool = new PoolState()

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.actors = new Actors(builder)
    this.routes = new Routes(builder, spec.markets, 'markets')
    this.plans = new Plans(this.routes.markets)
    this.start_ms = builder.time_ms
    this.yields = new Float64Array(builder.assets.length)
    for (const [id, value] of Object.entries(spec.yields)) this.yields[builder.asset(id, `yields.${id}`)] = value
    this.start_usd = Float64Array.from(builder.assets, (asset) => asset.price_usd)
    this.accounts = [...this.actors.list].flatMap((actor, who) => {
      const normal = builder.rng.stream('looper slip', this.actors.name(who)).normal()
      const slip_max = spec.slip_max * exp(spec.slip_sigma * normal)
      return builder.accounts_of(actor).map((ref) => ({ ...ref, actor, who, slip_max }))
    })
    this.begun = builder.store.table(`${spec.id}.begun`, { yes: 'i32' }, 1).columns.yes
    this.state = builder.store.table(`${spec.id}.loops`, shape, this.accounts.length).columns
    this.state.turned_ms.data.fill(-1)
  }

  call_level(health: number): number {
    return call_level({ health: this.spec.health }, health)
  }

  act(_offers: unknown, _view: View, _rng: Rng, out: Actions): void {
    if (this.begun.data[0] === 1) return
    this.begun.data[0] = 1
    this.accounts.forEach((_, i) => this.look(i, out))
  }

  private look(i: number, out: Actions): void {
    const { venue, row: account, actor } = this.accounts[i] as Looper['accounts'][number]
    out.bundle(PRIORITY, 0)
    out.add('wait', { venue, account, actor, plan: i, delay_ms: this.spec.poll_ms })
  }

  /** Called: sells as much collateral as brings the target back, in answer to the call. */
  respond(calls: Calls, view: View, rng: Rng, out: Actions): void {
    this.plans.clear()
    for (let c = 0; c < calls.list.length; c++) {
      const call = calls.list[c] as Calls['list'][number]
      const i = this.accounts.findIndex(({ venue, row }) => venue === call.venue && row === call.account)
      if (i < 0) continue
      this.statement.clear()
      calls.statement(c, this.statement)
      const [coll, debt] = [largest(this.statement, 1), largest(this.statement, -1)]
      if (coll < 0 || debt < 0) continue
      const target = target_health({ health: this.spec.health }, { health: this.spec.health_target }, call.level)
      const law = law_of(this.statement)
      // Each unit of value repaid costs collateral of the same value: (A − w·x) ÷ (D − x) = target.
      const value = (target * law.debts - law.assets) / (target - (this.statement.weight[coll] as number))
      const units = Math.min(this.statement.quantity[debt] as number, value / unit_value(this.statement, debt))
      this.sell(i, units, { sold: 'called', victim: call.venue, cause: call.row }, view, rng, out)
    }
  }

  due(events: Due, view: View, rng: Rng, out: Actions): void {
    this.plans.clear()
    for (let e = 0; e < events.list.length; e++) {
      const event = events.list[e] as DueEvent
      if (event.kind !== 'wait') continue
      this.statement.clear()
      events.statement(e, this.statement)
      this.consider(event.plan, view, rng, out)
      this.look(event.plan, out)
    }
  }

  private consider(i: number, view: View, rng: Rng, out: Actions): void {
    const { statement, state } = this
    const [coll, debt] = [largest(statement, 1), largest(statement, -1)]
    if (coll < 0 || debt < 0) return
    const one = this.accounts[i] as Looper['accounts'][number]
    if (state.step.data[i] === 0) state.step.data[i] = (statement.quantity[debt] as number) * this.spec.step_share
    const carry = carry_of(statement, (leg) => this.rate(one, leg, view))
    state.carry.data[i] = carry
    if (carry >= this.spec.carry_min) state.turned_ms.data[i] = -1
    else if ((state.turned_ms.data[i] as number) < 0) state.turned_ms.data[i] = view.time_ms
    const turned = state.turned_ms.data[i] as number
    const tired = turned >= 0 && view.time_ms - turned >= this.spec.patience_ms
    const slipped = this.slip(statement.asset[coll] as number, statement.asset[debt] as number, view) > one.slip_max
    // Who has begun to leave for the peg's sake goes on; who left for the carry stays when it comes back.
    if (slipped) state.leaving.data[i] = 1
    if (state.leaving.data[i] === 1 || tired) {
      const units = Math.min(statement.quantity[debt] as number, state.step.data[i] as number)
      this.sell(i, units, {}, view, rng, out)
    }
  }

  /** A year's return of a leg: what an asset yields, what its debt costs. */
  private rate(one: AccountRef, leg: number, view: View): number {
    const asset = this.statement.asset[leg] as number
    const yields = this.yields[asset] as number
    if (this.statement.side[leg] === 1) return yields
    return view.pool(one.venue, one.row, asset, this.pool) ? this.pool.borrow_rate : yields
  }

  /** How far the collateral is below its opening rate in the debt, grown by what it yields. */
  private slip(coll: number, debt: number, view: View): number {
    const years = (view.time_ms - this.start_ms) / YEAR_MS
    const opening = (this.start_usd[coll] as number) / (this.start_usd[debt] as number)
    const grown = opening * exp(((this.yields[coll] as number) - (this.yields[debt] as number)) * years)
    return 1 - view.usd(coll) / view.usd(debt) / grown
  }

  private sell(
    i: number,
    units: number,
    sign: { readonly sold?: 'called'; readonly victim?: number; readonly cause?: number },
    view: View,
    rng: Rng,
    out: Actions,
  ): void {
    const { venue, row: account, actor, who } = this.accounts[i] as Looper['accounts'][number]
    const { statement } = this
    const [coll, debt] = [largest(statement, 1), largest(statement, -1)]
    const loan = {
      venue,
      account,
      actor,
      debt: statement.asset[debt] as number,
      collateral: statement.asset[coll] as number,
      held: statement.quantity[coll] as number,
    }
    const tie = this.actors.tie(rng, who, view.time_ms, account)
    unwind(out, this.plans, this.routes, loan, units, this.spec, view, sign, () => out.bundle(PRIORITY, tie))
  }
}

export const looper: Kind<Spec, Agent> = {
  id: 'looper',
  title: 'Looper: carries a yielding asset on borrowed money; unwinds when the carry turns or the peg slips',
  source: 'Carry = (yield · assets − rate · debts) ÷ equity; thresholds assumed, see docs/agents/looper.md',
  schema,
  open: (spec, builder) => new Looper(spec, builder),
}
