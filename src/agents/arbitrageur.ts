/** An arbitrageur keeps two markets of one asset together: buys where it is cheap, sells where it is rich, within its capital. */
import { z } from 'zod'
import type { Rng } from '../math/index.ts'
import type { Actions, Agent, Due, DueEvent, F64, I32, Kind, U8, View, WorldBuilder } from '../model/index.ts'
import { Statement } from '../model/index.ts'
import { Actors, Purse } from './shared/actors.ts'
import { position_of } from './shared/law.ts'
import { falling_root } from './shared/search.ts'

const link = z.strictObject({
  a: z.string().min(1).describe('one market'),
  b: z.string().min(1).describe('the other: same base asset'),
  atomic: z
    .boolean()
    .default(false)
    .describe('two spot markets on one chain: works while transfers are halted; contracts never need transfers'),
})
const schema = z.strictObject({
  kind: z.literal('arbitrageur').describe('arbitrageur'),
  id: z.string().min(1).describe('name of the agent, unique'),
  links: z.array(link).min(1).max(1000).describe('pairs of markets it keeps together'),
  capital_usd: z.number().positive().describe('most it buys in one tick, over all links, USD'),
  position_usd: z.number().positive().default(1e7).describe('largest contract position per market, USD'),
  band: z
    .number()
    .min(0)
    .max(0.2)
    .default(0.001)
    .describe('gap that costs outside the books (fees of two takers, latency) leave unprofitable, a ratio'),
  min_profit_usd: z.number().positive().default(10).describe('least profit of one trade, USD'),
  rounds_max: z.number().int().min(1).max(1000).default(32).describe('rounds of one tick in which it trades at most'),
  poll_ms: z.number().int().positive().default(60_000).describe('how often it looks up its contract positions, ms'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 40
/** Size, relative to the amount, of the step over which a marginal price is measured. */
const STEP = 1e-4
/** Size, relative to the most it could trade, below which no trade is worth looking for. */
const SMALL = 1e-6

/** One market of a link. */
interface Side {
  readonly market: number
  readonly halt: string
  readonly quote: number
  /** Venue it settles at, −1 spot. */
  readonly venue: number
}

interface Link {
  readonly base: number
  readonly a: Side
  readonly b: Side
  readonly needs_transfer: boolean
}

/** A trade to be judged: buy on one side, sell on the other. */
interface Trade {
  readonly link: Link
  readonly buy: Side
  readonly sell: Side
  readonly buy_row: number
  readonly sell_row: number
  readonly buy_usd: number
  readonly sell_usd: number
}

function open_link(spec: Spec['links'][number], field: string, builder: WorldBuilder): Link {
  const side = (id: string, name: string): Side & { base: number } => {
    const market = builder.market(id, `${field}.${name}`)
    const { base, quote_asset, settles } = builder.market_at(market)
    return { market, halt: `market:${id}`, quote: quote_asset, venue: settles, base }
  }
  const a = side(spec.a, 'a')
  const b = side(spec.b, 'b')
  if (a.base !== b.base) throw builder.invalid(`${field}.b`, spec.b, `a market with the base asset of ${spec.a}`)
  if (a.market === b.market) throw builder.invalid(`${field}.b`, spec.b, 'another market than a')
  return { base: a.base, a, b, needs_transfer: a.venue < 0 && b.venue < 0 && !spec.atomic }
}

const fill = (view: View, market: number, side: 1 | -1, amount: number) =>
  view.fill(market, { side, amount, exact: 'base', limit: 0, party: -1 })

/** Price of one more unit of base after `amount`, in quote; +Infinity or 0 where the market gives no more. */
export function marginal(view: View, market: number, side: 1 | -1, amount: number): number {
  const step = amount * STEP
  const here = fill(view, market, side, amount)
  const next = fill(view, market, side, amount + step)
  const base = Math.abs(next.base - here.base)
  if (!(base > step * 0.5)) return side > 0 ? Number.POSITIVE_INFINITY : 0
  return Math.abs(next.quote - here.quote) / base
}

class Arbitrageur implements Agent {
  private readonly spec: Spec
  private readonly links: readonly Link[]
  private readonly actors: Actors
  private readonly purse: Purse
  private readonly statement = new Statement()
  /** Per actor: the tick it is in, USD bought and rounds traded in it; whether its positions are being looked up. */
  private readonly ticks: { readonly time_ms: F64; readonly used_usd: F64; readonly rounds: I32; readonly polling: U8 }
  /** Per (actor, link, side): account that holds the contract, −1 spot or none, and its signed units as last known. */
  private readonly sides: { readonly account: I32; readonly units: F64 }

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.links = spec.links.map((one, i) => open_link(one, `links[${i}]`, builder))
    this.actors = new Actors(builder)
    this.purse = new Purse(builder.assets.length)
    const { store, self } = builder
    const actors = this.actors.list.length
    const tick_shape = { time_ms: 'f64', used_usd: 'f64', rounds: 'i32', polling: 'u8' } as const
    this.ticks = store.table(`${self.id}.ticks`, tick_shape, actors).columns
    const side_shape = { account: 'i32', units: 'f64' } as const
    this.sides = store.table(`${self.id}.sides`, side_shape, actors * this.links.length * 2).columns
    for (let who = 0; who < actors; who++) {
      const accounts = builder.accounts_of(this.actors.list[who] as number)
      this.links.forEach((one, l) =>
        [one.a, one.b].forEach((side, s) => {
          const account = accounts.find((account) => account.venue === side.venue)
          if (side.venue >= 0 && account === undefined)
            throw builder.invalid(`links[${l}]`, spec.links[l], 'markets at whose venues each actor has an account')
          this.sides.account.data[this.row(who, l, s)] = side.venue >= 0 ? (account?.row ?? -1) : -1
        }),
      )
    }
  }

  private row(who: number, l: number, s: number): number {
    return (who * this.links.length + l) * 2 + s
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  /** Looks up the contract positions and asks to be woken again. */
  due(events: Due, _view: View, _rng: Rng, out: Actions): void {
    for (let i = 0; i < events.list.length; i++) {
      const event = events.list[i] as DueEvent
      if (event.kind !== 'wait') continue
      const l = Math.floor(event.plan / 2) % this.links.length
      const side = event.plan % 2 === 0 ? this.links[l]?.a : this.links[l]?.b
      if (side === undefined) continue
      events.statement(i, this.statement)
      this.sides.units.data[event.plan] = position_of(this.statement, side.market)
      this.wake(event.plan, event.actor, side.venue, out)
    }
  }

  private wake(row: number, actor: number, venue: number, out: Actions): void {
    out.bundle(PRIORITY, 0)
    const account = this.sides.account.data[row] as number
    out.add('wait', { actor, venue, account, plan: row, delay_ms: this.spec.poll_ms })
  }

  act(_offers: unknown, view: View, rng: Rng, out: Actions): void {
    this.purse.clear()
    for (let who = 0; who < this.actors.list.length; who++) {
      this.start(who, view, out)
      let traded = false
      if ((this.ticks.rounds.data[who] as number) < this.spec.rounds_max)
        for (let l = 0; l < this.links.length; l++) traded = this.trade(who, l, view, rng, out) || traded
      if (traded) this.ticks.rounds.data[who] = (this.ticks.rounds.data[who] as number) + 1
    }
  }

  /** A new tick brings new capital; the first brings the first look at the positions. */
  private start(who: number, view: View, out: Actions): void {
    const { time_ms, used_usd, rounds, polling } = this.ticks
    if (time_ms.data[who] !== view.time_ms) {
      time_ms.data[who] = view.time_ms
      used_usd.data[who] = 0
      rounds.data[who] = 0
    }
    if (polling.data[who] === 1) return
    polling.data[who] = 1
    this.links.forEach((one, l) =>
      [one.a, one.b].forEach((side, s) => {
        if (side.venue >= 0) this.wake(this.row(who, l, s), this.actors.list[who] as number, side.venue, out)
      }),
    )
  }

  private trade(who: number, l: number, view: View, rng: Rng, out: Actions): boolean {
    const one = this.links[l] as Link
    if (view.halted(one.a.halt) || view.halted(one.b.halt) || (one.needs_transfer && view.halted('transfer'))) return false
    const usd_a = view.usd(one.a.quote)
    const usd_b = view.usd(one.b.quote)
    const a = view.mid(one.a.market) * usd_a
    const b = view.mid(one.b.market) * usd_b
    if (!(Math.max(a, b) > Math.min(a, b) * (1 + this.spec.band))) return false
    const [row_a, row_b] = [this.row(who, l, 0), this.row(who, l, 1)]
    const trade: Trade =
      a < b
        ? { link: one, buy: one.a, sell: one.b, buy_row: row_a, sell_row: row_b, buy_usd: usd_a, sell_usd: usd_b }
        : { link: one, buy: one.b, sell: one.a, buy_row: row_b, sell_row: row_a, buy_usd: usd_b, sell_usd: usd_a }
    const most = this.most(who, trade, Math.min(a, b), view)
    if (!(most > 0)) return false
    const cost = 1 + this.spec.band
    const sells = (units: number) => marginal(view, trade.sell.market, -1, units) * trade.sell_usd
    const buys = (units: number) => marginal(view, trade.buy.market, 1, units) * trade.buy_usd * cost
    if (!(sells(most * SMALL) > buys(most * SMALL))) return false
    const wanted = falling_root((x) => sells(x) / buys(x) - 1, most)
    const units = this.affordable(who, trade, wanted, view)
    if (!(units > 0)) return false
    const paid = -fill(view, trade.buy.market, 1, units).quote
    const revenue_usd = fill(view, trade.sell.market, -1, units).quote * trade.sell_usd
    if (!(revenue_usd - paid * trade.buy_usd * cost >= this.spec.min_profit_usd)) return false
    this.spend(who, trade, units, paid)
    const fair_usd = (sells(units) + buys(units)) / 2
    this.bundle(who, l, trade, units, fair_usd, view, rng, out)
    return true
  }

  /** Base units that capital, treasury and position limits allow at about this price in USD. */
  private most(who: number, trade: Trade, price_usd: number, view: View): number {
    const actor = this.actors.list[who] as number
    let most = (this.spec.capital_usd - (this.ticks.used_usd.data[who] as number)) / price_usd
    const room = this.spec.position_usd / price_usd
    if (trade.buy.venue >= 0) most = Math.min(most, room - (this.sides.units.data[trade.buy_row] as number))
    else most = Math.min(most, (this.purse.left(view, actor, trade.buy.quote) * trade.buy_usd) / price_usd)
    if (trade.sell.venue >= 0) most = Math.min(most, room + (this.sides.units.data[trade.sell_row] as number))
    else if (trade.buy.venue >= 0) most = Math.min(most, this.purse.left(view, actor, trade.link.base))
    return most
  }

  /** The part of the amount whose cost, slippage included, capital and treasury cover. A smaller amount costs less a unit. */
  private affordable(who: number, trade: Trade, units: number, view: View): number {
    if (!(units > 0)) return 0
    const paid = -fill(view, trade.buy.market, 1, units).quote
    let money = (this.spec.capital_usd - (this.ticks.used_usd.data[who] as number)) / trade.buy_usd
    if (trade.buy.venue < 0) money = Math.min(money, this.purse.left(view, this.actors.list[who] as number, trade.buy.quote))
    return paid <= money ? units : (units * money) / paid
  }

  private spend(who: number, trade: Trade, units: number, paid: number): void {
    const actor = this.actors.list[who] as number
    const { used_usd } = this.ticks
    used_usd.data[who] = (used_usd.data[who] as number) + paid * trade.buy_usd
    const { units: held } = this.sides
    if (trade.buy.venue >= 0) held.data[trade.buy_row] = (held.data[trade.buy_row] as number) + units
    else this.purse.spend(actor, trade.buy.quote, paid)
    if (trade.sell.venue >= 0) held.data[trade.sell_row] = (held.data[trade.sell_row] as number) - units
    else if (trade.buy.venue >= 0) this.purse.spend(actor, trade.link.base, units)
  }

  /**
   * Buys, and sells what it bought; neither beyond the price at which the two markets meet, so that several arbitrageurs
   * after one gap do not overshoot.
   */
  private bundle(
    who: number,
    l: number,
    trade: Trade,
    units: number,
    fair_usd: number,
    view: View,
    rng: Rng,
    out: Actions,
  ): void {
    const actor = this.actors.list[who] as number
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, l))
    const leg = (side: Side, row: number, limit: number, carries: number) => ({
      market: side.market,
      actor,
      account: this.sides.account.data[row] as number,
      exact: 'base' as const,
      limit,
      carries,
    })
    const buy = leg(trade.buy, trade.buy_row, fair_usd / (1 + this.spec.band) / trade.buy_usd, trade.sell.market)
    const of = out.add('order', { ...buy, side: 1, amount: units })
    const sell = leg(trade.sell, trade.sell_row, fair_usd / trade.sell_usd, trade.buy.market)
    out.add('order', { ...sell, side: -1, of })
  }
}

export const arbitrageur: Kind<Spec, Agent> = {
  id: 'arbitrageur',
  title: 'Arbitrageur: trades the gap between two markets of an asset, beyond costs, within capital and position limits',
  source: 'Marginal prices made equal; flow limited by capital and cost band as in common models, see docs/agents/arbitrageur.md',
  schema,
  open: (spec, builder) => new Arbitrageur(spec, builder),
}
