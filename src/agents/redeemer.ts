/**
 * A redeemer buys what trades below what it redeems for and redeems it, or issues what trades above and sells it: the hand that holds a peg, as
 * far as its capital, the redemption's reserve and its hours reach. Where redemption is paid later, its capital is locked meanwhile, and it asks a return for that.
 */
import { z } from 'zod'
import type { Rng } from '../math/index.ts'
import type { Actions, Agent, F64, I32, Kind, Market, Order, View, WorldBuilder } from '../model/index.ts'
import { Actors, Purse } from './shared/actors.ts'
import { deferring } from './shared/deferring.ts'
import { open, Plans, type Route, Routes, sell_along } from './shared/routes.ts'
import { falling_root } from './shared/search.ts'

const redemption = z.strictObject({
  market: z.string().min(1).describe('market that redeems: a peg module, a redemption queue, a virtual pool'),
  side: z
    .enum(['redeem', 'issue', 'both'])
    .default('redeem')
    .describe('redeem: sells its base to it; issue: buys its base from it; both'),
})
const schema = z.strictObject({
  kind: z.literal('redeemer').describe('redeemer'),
  id: z.string().min(1).describe('name of the agent, unique'),
  cash: z.string().min(1).describe('asset it starts from and comes back to'),
  redemptions: z.array(redemption).min(1).max(1000).describe('what it deals with'),
  markets: z.array(z.string().min(1)).max(1000).describe('spot markets on which it buys and sells'),
  capital_usd: z
    .number()
    .positive()
    .max(1e15)
    .default(1e9)
    .describe('most it puts to work in one tick, USD; its treasury at most'),
  return_per_year: z
    .number()
    .min(0)
    .max(100)
    .default(0.05)
    .describe('return it asks on capital while that is locked, a year, simple'),
  wait_max_ms: z.number().min(0).max(3.2e11).default(3.2e10).describe('longest wait for payment that it accepts, ms'),
  edge: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.0005)
    .describe('least gain, a ratio of what it puts to work: costs outside the markets'),
  min_profit_usd: z.number().min(0).default(10).describe('least profit of one trade, USD'),
  holds: z
    .boolean()
    .default(false)
    .describe('also redeems what it holds already, where that brings more than the market: a holder who runs'),
  rounds_max: z.number().int().min(1).max(1000).default(32).describe('rounds of one tick in which it trades at most'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 40
const YEAR_MS = 31_536_000_000
/** Step over which the gain of one more unit is measured, relative. */
const STEP = 1e-4
/** Part of the capital by which routes are chosen. */
const PROBE = 1e-3
/** Parts of the capital at one of which a cycle must gain to be looked into: little, and enough for a least size. */
const TRIES = [1e-6, 1e-3, 0.1, 1]

/** One way through a redemption: `from` goes in, `to` comes out. */
interface Turn {
  readonly market: number
  readonly halt: string
  readonly part: Market
  readonly side: 1 | -1
  readonly from: number
  readonly to: number
}

/** A turn with the routes before and after it. */
interface Cycle {
  readonly turn: Turn
  readonly before: Route
  readonly after: Route
}

interface Gain {
  /** Cash that comes back, and when. */
  readonly back: number
  readonly delay_ms: number
}

class Redeemer implements Agent {
  private readonly spec: Spec
  private readonly cash: number
  private readonly turns: readonly Turn[]
  private readonly routes: Routes
  private readonly plans: Plans
  private readonly actors: Actors
  private readonly purse: Purse
  /** Per (actor, asset): what it held at the start. What it has beyond that of anything but cash is left over from a trade. */
  private readonly opening: Float64Array
  private readonly assets: number
  /** Per actor: the tick it is in, USD put to work and rounds traded in it. */
  private readonly ticks: { readonly time_ms: F64; readonly used_usd: F64; readonly rounds: I32 }

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.cash = builder.asset(spec.cash, 'cash')
    this.routes = new Routes(builder, spec.markets, 'markets')
    this.turns = spec.redemptions.flatMap((one, i) => this.turns_of(one, `redemptions[${i}]`, builder))
    this.plans = new Plans(this.routes.markets)
    this.actors = new Actors(builder)
    this.assets = builder.assets.length
    this.purse = new Purse(this.assets)
    this.opening = new Float64Array(this.actors.list.length * this.assets)
    for (let i = 0; i < this.opening.length; i++)
      this.opening[i] = builder.ledger.balance(this.actors.list[Math.floor(i / this.assets)] as number, i % this.assets)
    const tick_shape = { time_ms: 'f64', used_usd: 'f64', rounds: 'i32' } as const
    this.ticks = builder.store.table(`${builder.self.id}.ticks`, tick_shape, this.actors.list.length).columns
  }

  private turns_of({ market: id, side }: Spec['redemptions'][number], field: string, builder: WorldBuilder): Turn[] {
    const market = builder.market(id, `${field}.market`)
    const part = builder.market_at(market)
    if (part.settles >= 0) throw builder.invalid(`${field}.market`, id, 'a spot market')
    if (this.spec.markets.includes(id)) throw builder.invalid(`${field}.market`, id, 'a market that is not in `markets` as well')
    const { base, quote_asset } = part
    const turns: Turn[] = []
    const add = (way: 1 | -1, from: number, to: number) => turns.push({ market, halt: `market:${id}`, part, side: way, from, to })
    if (side !== 'issue') add(-1, base, quote_asset)
    if (side !== 'redeem') add(1, quote_asset, base)
    for (const turn of turns) {
      if (turn.side < 0 && deferring(part) !== undefined && turn.to !== this.cash)
        throw builder.invalid(`${field}.market`, id, `a queue that pays in the cash, ${this.spec.cash}`)
      const [before, after] = [this.routes.between(this.cash, turn.from), this.routes.between(turn.to, this.cash)]
      if (before.length === 0 || after.length === 0)
        throw builder.invalid(`${field}.market`, id, 'a redemption with routes from and to the cash in `markets`')
    }
    return turns
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  due(): void {}

  act(_offers: unknown, view: View, rng: Rng, out: Actions): void {
    this.purse.clear()
    this.plans.clear()
    const { time_ms, used_usd, rounds } = this.ticks
    for (let who = 0; who < this.actors.list.length; who++) {
      if (time_ms.data[who] !== view.time_ms) {
        time_ms.data[who] = view.time_ms
        used_usd.data[who] = 0
        rounds.data[who] = 0
      }
      if ((rounds.data[who] as number) >= this.spec.rounds_max) continue
      let traded = false
      for (let t = 0; t < this.turns.length; t++) traded = this.trade(who, t, view, rng, out) || traded
      if (traded) rounds.data[who] = (rounds.data[who] as number) + 1
    }
  }

  private order(turn: Turn, amount: number, party: number): Order {
    return { side: turn.side, amount, exact: turn.side > 0 ? 'quote' : 'base', limit: 0, party }
  }

  /** What a turn makes of units of what goes in: how many of them it takes, what comes out, and when. */
  private turned(turn: Turn, units: number, party: number, view: View): { taken: number; given: number; delay_ms: number } {
    const order = this.order(turn, units, party)
    const fill = view.fill(turn.market, order)
    const [taken, given] = turn.side > 0 ? [-fill.quote, fill.base] : [-fill.base, fill.quote]
    const queue = turn.side < 0 ? deferring(turn.part) : undefined
    if (queue === undefined) return { taken, given, delay_ms: 0 }
    const later = queue.later(order)
    return { taken, given: later.amount, delay_ms: later.delay_ms }
  }

  private gain({ turn, before, after }: Cycle, cash: number, party: number, view: View): Gain {
    const bought = before.length === 0 ? cash : this.plans.out(view, before, cash, party)
    if (!(bought > 0)) return { back: 0, delay_ms: 0 }
    const { given, delay_ms } = this.turned(turn, bought, party, view)
    const back = after.length === 0 ? given : this.plans.out(view, after, given, party)
    return { back, delay_ms }
  }

  /** What must come back for each unit of cash that is away for so long. */
  private asked(delay_ms: number): number {
    if (delay_ms > this.spec.wait_max_ms) return Number.POSITIVE_INFINITY
    return 1 + this.spec.edge + (this.spec.return_per_year * delay_ms) / YEAR_MS
  }

  /** Open routes around a turn, the best for a small amount. */
  private cycle(turn: Turn, cash: number, party: number, view: View): Cycle | undefined {
    let best: Cycle | undefined
    let most = 0
    for (const before of this.routes.between(this.cash, turn.from))
      for (const after of this.routes.between(turn.to, this.cash)) {
        if (!open(view, before) || !open(view, after) || shares_market(before, after)) continue
        const cycle = { turn, before, after }
        const { back } = this.gain(cycle, cash, party, view)
        if (back > most) {
          most = back
          best = cycle
        }
      }
    return best
  }

  private trade(who: number, t: number, view: View, rng: Rng, out: Actions): boolean {
    const turn = this.turns[t] as Turn
    if (view.halted(turn.halt)) return false
    const actor = this.actors.list[who] as number
    const tie = this.actors.tie(rng, who, view.time_ms, t)
    if (this.redeem_held(who, turn, tie, view, out) || this.sell_left(who, turn, tie, view, out)) return true
    const usd = view.usd(this.cash)
    const room = (this.spec.capital_usd - (this.ticks.used_usd.data[who] as number)) / usd
    const most = Math.min(this.purse.left(view, actor, this.cash), room)
    if (!(most > 0)) return false
    const cycle = this.cycle(turn, most * PROBE, actor, view) ?? this.cycle(turn, most, actor, view)
    if (cycle === undefined) return false
    const excess = (cash: number) => {
      const { back, delay_ms } = this.gain(cycle, cash, actor, view)
      return back - cash * Math.min(this.asked(delay_ms), 1e9)
    }
    if (!TRIES.some((share) => excess(most * share) > 0)) return false
    // The gain has one peak: where one more unit brings what is asked for it.
    const slope = (cash: number) => (excess(cash) - excess(cash * (1 - STEP))) / (cash * STEP)
    const cash = falling_root(slope, most)
    if (!(excess(cash) * usd >= Math.max(this.spec.min_profit_usd, 1e-9))) return false
    const { used_usd } = this.ticks
    used_usd.data[who] = (used_usd.data[who] as number) + cash * usd
    this.purse.spend(actor, this.cash, cash)
    this.go(cycle, cash, actor, tie, view, out)
    return true
  }

  /** Buys, turns, sells, in one bundle; what it buys costs at no time more than it brings. */
  private go(cycle: Cycle, cash: number, actor: number, tie: number, view: View, out: Actions): void {
    const { turn, before, after } = cycle
    const steps = this.plans.plan(view, before, cash, actor)
    const bought = before.length === 0 ? cash : (steps[steps.length - 1] as number)
    const { given, delay_ms } = this.turned(turn, bought, actor, view)
    const ends = this.plans.plan(view, after, given, actor)
    const back = after.length === 0 ? given : (ends[ends.length - 1] as number)
    // Cash that a unit of what is bought brings, less what is asked: nothing is bought dearer.
    const worth = back / bought / this.asked(delay_ms)
    const first = before[0]
    const limit = before.length === 1 && first !== undefined ? (first.side > 0 ? worth : 1 / worth) : 0
    out.bundle(PRIORITY, tie)
    const of = sell_along(out, before, { amount: cash }, { actor }, [limit])
    const exact = turn.side > 0 ? 'quote' : 'base'
    // Should another have been there first, what no longer breaks even is left in hand.
    const least = (cash * this.asked(delay_ms)) / bought / (back / given)
    const turned = out.add('order', {
      actor,
      market: turn.market,
      side: turn.side,
      exact,
      amount: cash,
      of,
      limit: turn.side > 0 ? 1 / least : least,
    })
    if (after.length > 0) sell_along(out, after, { of: turned }, { actor })
  }

  /** Units of an asset in its treasury that are not to stay there. */
  private loose(who: number, asset: number, all: boolean, view: View): number {
    if (asset === this.cash) return 0
    const kept = all ? 0 : (this.opening[who * this.assets + asset] as number)
    return this.purse.left(view, this.actors.list[who] as number, asset) - kept
  }

  /** What it has in hand goes in where that brings more than the market does, waiting counted. */
  private redeem_held(who: number, turn: Turn, tie: number, view: View, out: Actions): boolean {
    const held = this.loose(who, turn.from, this.spec.holds, view)
    if (!(held > 0)) return false
    const actor = this.actors.list[who] as number
    const { taken, given, delay_ms } = this.turned(turn, held, actor, view)
    if (!(taken > 1e-9 * held && given > 0)) return false
    const after = this.exit(turn.to, given, actor, view)
    const sale = this.exit(turn.from, taken, actor, view)
    const gain = after.cash / this.asked(delay_ms) - sale.cash
    if (!(gain * view.usd(this.cash) >= Math.max(this.spec.min_profit_usd, 1e-9))) return false
    this.purse.spend(actor, turn.from, taken)
    out.bundle(PRIORITY, tie)
    const exact = turn.side > 0 ? 'quote' : 'base'
    const turned = out.add('order', { actor, market: turn.market, side: turn.side, exact, amount: taken })
    if (after.route !== undefined) sell_along(out, after.route, { of: turned }, { actor })
    return true
  }

  /** What came out of a redemption and was not sold then is sold. */
  private sell_left(who: number, turn: Turn, tie: number, view: View, out: Actions): boolean {
    const units = this.loose(who, turn.to, false, view)
    if (!(units * view.usd(turn.to) >= Math.max(this.spec.min_profit_usd, 1e-9))) return false
    const actor = this.actors.list[who] as number
    const { route, cash } = this.exit(turn.to, units, actor, view)
    if (route === undefined || !(cash > 0)) return false
    this.purse.spend(actor, turn.to, units)
    this.plans.plan(view, route, units, actor)
    out.bundle(PRIORITY, tie)
    sell_along(out, route, { amount: units }, { actor })
    return true
  }

  /** The route that makes most cash of so many units; none where they are cash. */
  private exit(asset: number, units: number, party: number, view: View): { route: Route | undefined; cash: number } {
    if (asset === this.cash) return { route: undefined, cash: units }
    const route = this.plans.best(view, this.routes.between(asset, this.cash), units, party)
    return { route, cash: route === undefined ? 0 : this.plans.out(view, route, units, party) }
  }
}

const shares_market = (a: Route, b: Route): boolean => a.some((hop) => b.some((other) => other.market === hop.market))

export const redeemer: Kind<Spec, Agent> = {
  id: 'redeemer',
  title: 'Redeemer: buys below what something redeems for and redeems it, or issues above it, within capital that may be locked',
  source: 'Carry bound of a discount, 1 − 1 / (1 + r·T); marginal prices made equal; see docs/agents/redeemer.md',
  schema,
  open: (spec, builder) => new Redeemer(spec, builder),
}
