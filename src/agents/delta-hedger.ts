/**
 * An options dealer hedges his delta: he buys into rises and sells into falls when he is short of gamma, and the other way round when
 * he is long of it. The hedge is bounded by what the book gives near the mid, by the treasury and by the margin: beyond that it fails,
 * and the gamma stays unhedged.
 */
import { z } from 'zod'
import { blackGreeks, type Greeks, log, noGreeks } from '../math/index.ts'
import {
  type Actions,
  type Agent,
  type Calls,
  type Columns,
  type Due,
  type DueEvent,
  type Kind,
  Statement,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { Actors } from './shared/actors.ts'
import { position_of } from './shared/law.ts'
import { call_level } from './shared/margin-call.ts'

const option = z.strictObject({
  type: z.enum(['call', 'put']).describe('call or put'),
  strike: z.number().positive().describe('strike, quote units of the market per base unit'),
  expiry_ms: z.number().positive().describe('expiry, ms since 1970'),
  quantity: z.number().describe('what the dealers hold of it together, long +, short −, base units'),
})
export type DealerOption = z.infer<typeof option>

const schema = z.strictObject({
  kind: z.literal('delta-hedger').describe('delta-hedger'),
  id: z.string().min(1).describe('name of the agent, unique'),
  market: z
    .string()
    .min(1)
    .describe('where the delta is hedged: a spot market, or a contract at whose venue each actor has an account'),
  options: z.array(option).min(1).max(4096).describe('the dealers’ options, split evenly over the actors of the agent'),
  vol: z.number().positive().max(20).default(0.6).describe('vol at the forward, a year'),
  skew: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe('relative change of vol per unit of ln(strike ÷ price) ÷ (vol · √T), within ±4; negative: puts are dearer'),
  fear: z.number().min(0).max(50).default(0).describe('rise of vol per unit of fall of ln price since the start'),
  steepening: z.number().min(0).max(50).default(0).describe('fall of the skew per unit of that fall'),
  hedged: z
    .boolean()
    .default(true)
    .describe(
      'true: the opening delta is hedged already, beside what the accounts hold; false: it is hedged from the first tick on',
    ),
  band: z.number().min(0).max(1).default(0.01).describe('net delta that is left alone, a share of the sum of option sizes'),
  slippage: z.number().gt(0).max(0.5).default(0.01).describe('furthest from the mid an order goes, a ratio'),
  interval_ms: z.number().int().min(1).default(60_000).describe('least time between two hedges of an actor, ms'),
  buffer_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('a call at which he stops hedging on that account: this share of the opening ln health is left'),
  pause_ms: z.number().int().min(1).default(3_600_000).describe('how long he then stops, ms'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 40
const YEAR_MS = 365 * 86_400_000
const WING = 4

/** How far the look-up of an account has come: not asked for, asked for, there. */
const UNKNOWN = 0
const ASKED = 1
const KNOWN = 2

/**
 * Per actor. `start`: base in the treasury at the start, or contracts that hedged the opening delta; `target`: that delta, 0 when
 * nothing was hedged; `units`: contracts as last looked up, base; `last_ms`: his last order; `paused_ms`: no order before.
 */
const shape = { start: 'f64', target: 'f64', units: 'f64', party: 'i32', looked: 'u8', last_ms: 'f64', paused_ms: 'f64' } as const

type Smile = Pick<Spec, 'vol' | 'skew' | 'fear' | 'steepening'>

/** Vol of a strike at a price, after the price has moved from `start`. */
export function dealer_vol(
  { vol, skew, fear, steepening }: Smile,
  start: number,
  price: number,
  strike: number,
  years: number,
): number {
  const fall = Math.max(0, log(start / price))
  const at = vol + fear * fall
  const m = Math.max(-WING, Math.min(WING, log(strike / price) / (at * Math.sqrt(Math.max(years, 1 / 365)))))
  return Math.max(0.01, at * (1 + (skew - steepening * fall) * m))
}

export interface Exposure {
  delta: number
  gamma: number
}

/** Delta and gamma of the options at a price, base units and base units per quote unit. Expired ones have none. */
export function exposure(
  options: readonly DealerOption[],
  smile: Smile,
  start: number,
  price: number,
  time_ms: number,
): Exposure {
  const out = { delta: 0, gamma: 0 }
  const greeks: Greeks = noGreeks()
  for (const { type, strike, expiry_ms, quantity } of options) {
    const years = (expiry_ms - time_ms) / YEAR_MS
    if (!(years > 0)) continue
    blackGreeks(type === 'call', price, strike, dealer_vol(smile, start, price, strike, years), years, 0, greeks)
    out.delta += quantity * greeks.delta
    out.gamma += quantity * greeks.gamma
  }
  return out
}

/** Gamma exposure by strike: change of the dealers’ delta in quote units when the price rises by 1 %, strikes ascending. */
export function gamma_by_strike(
  options: readonly DealerOption[],
  smile: Smile,
  start: number,
  price: number,
  time_ms: number,
): { readonly strike: number; readonly gamma: number }[] {
  const strikes = [...new Set(options.map(({ strike }) => strike))].sort((a, b) => a - b)
  return strikes.map((strike) => {
    const { gamma } = exposure(
      options.filter((one) => one.strike === strike),
      smile,
      start,
      price,
      time_ms,
    )
    return { strike, gamma: gamma * price * price * 0.01 }
  })
}

class DeltaHedger implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly market: number
  private readonly halt: string
  private readonly base: number
  private readonly quote: number
  private readonly venue: number
  private readonly start: number
  private readonly rows: Columns<typeof shape>
  private readonly statement = new Statement()

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.actors = new Actors(builder)
    this.market = builder.market(spec.market, 'market')
    const place = builder.market_at(this.market)
    this.halt = `market:${spec.market}`
    this.base = place.base
    this.quote = place.quote_asset
    this.venue = place.settles
    this.start = place.mid()
    this.rows = builder.store.table(`${builder.self.id}.hedges`, shape, this.actors.list.length).columns
    const opening = this.option_delta(this.start, builder.time_ms)
    for (let who = 0; who < this.actors.list.length; who++) {
      const actor = this.actors.list[who] as number
      const account = builder.accounts_of(actor).find((one) => one.venue === this.venue)
      if (this.venue >= 0 && account === undefined)
        throw builder.invalid('market', spec.market, 'a market at whose venue each actor of the agent has an account')
      this.rows.party.data[who] = this.venue >= 0 ? (account?.row ?? -1) : actor
      this.rows.last_ms.data[who] = Number.NEGATIVE_INFINITY
      this.rows.paused_ms.data[who] = Number.NEGATIVE_INFINITY
      this.rows.target.data[who] = spec.hedged ? opening : 0
      if (this.venue < 0) this.rows.start.data[who] = builder.ledger.balance(actor, this.base)
    }
  }

  /** Delta of one actor’s share of the options. */
  private option_delta(price: number, time_ms: number): number {
    return exposure(this.spec.options, this.spec, this.start, price, time_ms).delta / Math.max(1, this.actors.list.length)
  }

  call_level(health: number): number {
    return call_level({ buffer_share: this.spec.buffer_share }, health)
  }

  /** Called: he stops hedging there for a while; what he has stays as it is. */
  respond(calls: Calls, view: View): void {
    for (const call of calls.list) {
      const who = this.actors.position(call.actor)
      if (who >= 0 && call.venue === this.venue && this.rows.party.data[who] === call.account)
        this.rows.paused_ms.data[who] = view.time_ms + this.spec.pause_ms
    }
  }

  /** What he holds in the contract, exactly. */
  due(events: Due, view: View, _rng: unknown, out: Actions): void {
    const c = this.rows
    for (let i = 0; i < events.list.length; i++) {
      const event = events.list[i] as DueEvent
      if (event.kind !== 'wait') continue
      const who = event.plan
      events.statement(i, this.statement)
      const units = this.held_base(this.statement, view.mid(this.market))
      c.units.data[who] = units
      if (c.looked.data[who] === ASKED) {
        c.looked.data[who] = KNOWN
        if (this.spec.hedged) c.start.data[who] = units
      }
      this.wake(who, out)
    }
  }

  /** Base units of the contract: those of an inverse one are quote units, a long of it owes them. */
  private held_base(statement: Statement, mid: number): number {
    const units = position_of(statement, this.market)
    for (let leg = 0; leg < statement.count; leg++)
      if (statement.market[leg] === this.market && statement.asset[leg] === this.quote) return -units / mid
    return units
  }

  private wake(who: number, out: Actions): void {
    out.bundle(PRIORITY, 0)
    const actor = this.actors.list[who] as number
    out.add('wait', { actor, venue: this.venue, account: this.rows.party.data[who] as number, plan: who, delay_ms: 1 })
  }

  act(_offers: unknown, view: View, rng: Parameters<Agent['act']>[2], out: Actions): void {
    if (view.halted(this.halt)) return
    const mid = view.mid(this.market)
    const delta = this.option_delta(mid, view.time_ms)
    for (let who = 0; who < this.actors.list.length; who++) this.hedge(who, delta, mid, view, rng, out)
  }

  private hedge(who: number, delta: number, mid: number, view: View, rng: Parameters<Agent['act']>[2], out: Actions): void {
    const c = this.rows
    const { spec } = this
    if (this.venue >= 0 && c.looked.data[who] !== KNOWN) {
      // an account is looked up first, and hedged from the next tick on
      if (c.looked.data[who] === UNKNOWN) this.wake(who, out)
      c.looked.data[who] = ASKED
      return
    }
    const actor = this.actors.list[who] as number
    if (view.time_ms < (c.last_ms.data[who] as number) + spec.interval_ms || view.time_ms < (c.paused_ms.data[who] as number))
      return
    const held = this.venue >= 0 ? (c.units.data[who] as number) : view.ledger.balance(actor, this.base)
    const net = delta - (c.target.data[who] as number) + held - (c.start.data[who] as number)
    const size = spec.options.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0) / this.actors.list.length
    if (!(Math.abs(net) > spec.band * size)) return
    const side = net > 0 ? -1 : 1
    const amount = this.affordable(actor, Math.abs(net), side, mid, view)
    if (!(amount > 0)) return
    c.last_ms.data[who] = view.time_ms
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, this.market))
    out.add('order', {
      venue: this.venue,
      market: this.market,
      account: c.party.data[who] as number,
      actor,
      side,
      amount,
      limit: mid * (1 + side * spec.slippage),
    })
  }

  /** Spot: no more than the treasury has. */
  private affordable(actor: number, amount: number, side: 1 | -1, mid: number, view: View): number {
    if (this.venue >= 0) return amount
    if (side < 0) return Math.min(amount, view.ledger.balance(actor, this.base))
    return Math.min(amount, view.ledger.balance(actor, this.quote) / (mid * (1 + this.spec.slippage)))
  }
}

export const deltaHedger: Kind<Spec, Agent> = {
  id: 'delta-hedger',
  title: 'Options dealer: hedges delta on a market as price and time move it, as far as book, treasury and margin go',
  source: 'Black 1976; hedge flow of dealers by gamma exposure, docs/agents/delta-hedger.md',
  schema,
  open: (spec, builder) => new DeltaHedger(spec, builder),
}
