/**
 * A market maker owns depth: it quotes both sides, less and wider as volatility rises and inventory grows, leaves when its
 * inventory or its margin is at the limit, and comes back later.
 */
import { z } from 'zod'
import { exp, log, type Rng } from '../math/index.ts'
import type { Actions, Agent, Call, Calls, Columns, Due, DueEvent, Kind, View, WorldBuilder } from '../model/index.ts'
import { Statement } from '../model/index.ts'
import { Actors } from './shared/actors.ts'
import { margin_of, position_of } from './shared/law.ts'
import { call_level } from './shared/margin-call.ts'

const book = z.strictObject({
  market: z.string().min(1).describe('order book it quotes in'),
  depth_usd: z
    .number()
    .positive()
    .describe('depth within 1 % of the mid on each side at the start, of all its actors together, USD'),
  half_spread: z.number().min(0).max(0.5).default(0.0002).describe('half spread in calm, a ratio of the mid'),
  inventory_usd: z.number().positive().describe('inventory off its start at which an actor leaves, at start prices, USD'),
  volatility: z.number().positive().max(100).default(0.6).describe('volatility at the start, a year'),
})
const schema = z.strictObject({
  kind: z.literal('market-maker').describe('market-maker'),
  id: z.string().min(1).describe('name of the agent, unique'),
  books: z.array(book).min(1).max(1000).describe('where it quotes'),
  k_v: z.number().min(0).max(100).default(0.5).describe('depth falls with exp(−k_v · excess of short over long volatility)'),
  k_i: z.number().min(0).max(100).default(1).describe('depth falls with exp(−k_i · inventory ÷ limit)'),
  k_s: z.number().min(0).max(100).default(1).describe('half spread grows with 1 + k_s · excess of short over long volatility'),
  d_min: z.number().gt(0).max(1).default(0.1).describe('least depth while it quotes, a share of the start'),
  short_ms: z.number().positive().default(300_000).describe('memory of the short volatility, ms'),
  long_ms: z.number().positive().default(86_400_000).describe('memory of the long volatility, ms'),
  hours: z
    .array(z.number().positive().max(100))
    .length(24)
    .optional()
    .describe('depth by hour of the day, UTC: 24 factors of the start from 0 to 1 h on; absent: the same at every hour'),
  threshold: z.number().positive().max(1).default(0.1).describe('relative change of depth or spread below which quotes stay'),
  resume_share: z.number().gt(0).max(1).default(0.7).describe('inventory ÷ limit at which it comes back'),
  margin: z.number().min(0).max(1).default(0.05).describe('equity ÷ contracts held below which it leaves a venue'),
  resume_margin: z.number().min(0).max(10).default(0.1).describe('equity ÷ contracts held at which it comes back'),
  buffer_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('a call that makes it leave: this share of the opening ln health is left'),
  poll_ms: z.number().int().positive().default(60_000).describe('how often it looks up its accounts, ms'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 10
const YEAR_MS = 31_557_600_000
const HOUR_MS = 3_600_000

const QUOTING = 0
const FULL = 1
const THIN = 2

/** Per (actor, book). Variances are of log returns, a millisecond. */
const shape = {
  party: 'i32',
  state: 'u8',
  polling: 'u8',
  /** Contracts as last looked up, or what the treasury of a spot maker held at the start. */
  units: 'f64',
  /** End of the last interval that is in the variances, and its last mid; the tick that is being watched, and its latest mid. */
  from_ms: 'f64',
  from_mid: 'f64',
  now_ms: 'f64',
  now_mid: 'f64',
  short: 'f64',
  long: 'f64',
  posted: 'f64',
  spread: 'f64',
} as const

/** A moving average over time: the old value fades with exp(−dt / memory). */
export const averaged = (old: number, value: number, dt: number, memory: number): number =>
  old + (1 - exp(-dt / memory)) * (value - old)

export interface Regime {
  readonly depth: number
  readonly half_spread: number
}

/**
 * Depth as a share of the start, and half spread.
 *     depth = clamp(exp(−k_v · x) · exp(−k_i · inventory), d_min, 1)   x = max(0, σ short ÷ σ long − 1)
 *     half spread = calm · (1 + k_s · x) ÷ √depth
 * @param inventory |inventory| ÷ limit
 */
export function regime(
  spec: Pick<Spec, 'k_v' | 'k_i' | 'k_s' | 'd_min'>,
  short: number,
  long: number,
  inventory: number,
  calm: number,
): Regime {
  const excess = Math.max(0, Math.sqrt(short / long) - 1)
  const depth = Math.min(1, Math.max(spec.d_min, exp(-spec.k_v * excess - spec.k_i * inventory)))
  return { depth, half_spread: Math.min(0.5, (calm * (1 + spec.k_s * excess)) / Math.sqrt(depth)) }
}

/** Factor of depth at a time: that of its hour of the day, UTC. */
export function hourly(hours: readonly number[] | undefined, time_ms: number): number {
  if (hours === undefined) return 1
  const hour = Math.floor(time_ms / HOUR_MS)
  return hours[hour - 24 * Math.floor(hour / 24)] as number
}

/** A book it quotes in. */
interface Book {
  readonly market: number
  readonly halt: string
  readonly base: number
  readonly venue: number
  /** Base units per actor. */
  readonly depth: number
  readonly limit: number
  readonly half_spread: number
}

class MarketMaker implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly books: readonly Book[]
  private readonly rows: Columns<typeof shape>
  private readonly statement = new Statement()

  constructor(spec: Spec, builder: WorldBuilder) {
    if (spec.long_ms < spec.short_ms) throw builder.invalid('long_ms', spec.long_ms, `at least short_ms = ${spec.short_ms}`)
    if (spec.resume_margin < spec.margin)
      throw builder.invalid('resume_margin', spec.resume_margin, `at least margin = ${spec.margin}`)
    this.spec = spec
    this.actors = new Actors(builder)
    const actors = this.actors.list.length
    this.books = spec.books.map((one, i) => {
      const market = builder.market(one.market, `books[${i}].market`)
      const { base, settles } = builder.market_at(market)
      const price = builder.assets[base]?.price_usd as number
      return {
        market,
        halt: `market:${one.market}`,
        base,
        venue: settles,
        depth: one.depth_usd / price / actors,
        limit: one.inventory_usd / price,
        half_spread: one.half_spread,
      }
    })
    this.rows = builder.store.table(`${builder.self.id}.quotes`, shape, actors * this.books.length).columns
    for (let who = 0; who < actors; who++) for (let b = 0; b < this.books.length; b++) this.enter(who, b, builder)
  }

  /** The first quotes, with the volatility of the spec as the past. */
  private enter(who: number, b: number, builder: WorldBuilder): void {
    const { market, venue, depth, half_spread } = this.books[b] as Book
    const { market: name, volatility } = this.spec.books[b] as Spec['books'][number]
    const actor = this.actors.list[who] as number
    const account = builder.accounts_of(actor).find((one) => one.venue === venue)
    if (venue >= 0 && account === undefined)
      throw builder.invalid(`books[${b}].market`, name, 'a market at whose venue each actor of the agent has an account')
    const party = venue >= 0 ? (account?.row ?? -1) : actor
    const place = builder.market_at(market)
    const factor = hourly(this.spec.hours, builder.time_ms)
    place.make(party, depth * factor, half_spread)
    const row = who * this.books.length + b
    const c = this.rows
    c.party.data[row] = party
    c.from_ms.data[row] = builder.time_ms
    c.now_ms.data[row] = builder.time_ms
    c.from_mid.data[row] = place.mid()
    c.now_mid.data[row] = place.mid()
    c.short.data[row] = (volatility * volatility) / YEAR_MS
    c.long.data[row] = (volatility * volatility) / YEAR_MS
    c.posted.data[row] = factor
    c.spread.data[row] = half_spread
  }

  call_level(health: number): number {
    return call_level({ buffer_share: this.spec.buffer_share }, health)
  }

  /** Called: it leaves the venue with all its quotes, and does nothing else. */
  respond(calls: Calls, _view: View, _rng: Rng, out: Actions): void {
    for (const call of calls.list) this.leave(call, out)
  }

  private leave(account: Pick<Call, 'venue' | 'account' | 'actor'>, out: Actions): void {
    const who = this.actors.position(account.actor)
    if (who < 0) return
    let quoted = false
    for (let b = 0; b < this.books.length; b++) {
      const row = who * this.books.length + b
      if (this.books[b]?.venue !== account.venue || this.rows.party.data[row] !== account.account) continue
      quoted = quoted || (this.rows.posted.data[row] as number) > 0
      this.rows.state.data[row] = THIN
      this.rows.posted.data[row] = 0
    }
    if (!quoted) return
    out.bundle(PRIORITY, 0)
    out.add('cancel', { venue: account.venue, account: account.account, actor: account.actor })
  }

  /** Its quotes were taken out of the books. */
  returned(): void {
    this.rows.posted.data.fill(0)
  }

  /** Looks up the accounts: inventory, and whether the margin lets it stay or come back. */
  due(events: Due, _view: View, _rng: Rng, out: Actions): void {
    for (let i = 0; i < events.list.length; i++) {
      const event = events.list[i] as DueEvent
      if (event.kind !== 'wait') continue
      const row = event.plan
      const { market } = this.books[row % this.books.length] as Book
      events.statement(i, this.statement)
      this.rows.units.data[row] = position_of(this.statement, market)
      const margin = margin_of(this.statement)
      if (margin < this.spec.margin) this.leave(event, out)
      else if (this.rows.state.data[row] === THIN && margin >= this.spec.resume_margin) this.rows.state.data[row] = QUOTING
      this.wake(row, event.actor, event.venue, out)
    }
  }

  private wake(row: number, actor: number, venue: number, out: Actions): void {
    out.bundle(PRIORITY, 0)
    const account = this.rows.party.data[row] as number
    out.add('wait', { actor, venue, account, plan: row, delay_ms: this.spec.poll_ms })
  }

  act(_offers: unknown, view: View, rng: Rng, out: Actions): void {
    for (let who = 0; who < this.actors.list.length; who++)
      for (let b = 0; b < this.books.length; b++) this.requote(who, b, view, rng, out)
  }

  private requote(who: number, b: number, view: View, rng: Rng, out: Actions): void {
    const c = this.rows
    const row = who * this.books.length + b
    const place = this.books[b] as Book
    const actor = this.actors.list[who] as number
    if (c.polling.data[row] === 0) {
      c.polling.data[row] = 1
      if (place.venue >= 0) this.wake(row, actor, place.venue, out)
      else c.units.data[row] = view.ledger.balance(actor, place.base)
    }
    const { short, long } = this.watch(row, view.time_ms, view.mid(place.market))
    if (c.state.data[row] === THIN || view.halted(place.halt)) return
    const units = c.units.data[row] as number
    const inventory = Math.abs(place.venue >= 0 ? units : view.ledger.balance(actor, place.base) - units) / place.limit
    if (inventory >= 1) c.state.data[row] = FULL
    else if (inventory <= this.spec.resume_share) c.state.data[row] = QUOTING
    const quotes = regime(this.spec, short, long, inventory, place.half_spread)
    const next =
      c.state.data[row] === FULL
        ? { depth: 0, half_spread: c.spread.data[row] as number }
        : { depth: quotes.depth * hourly(this.spec.hours, view.time_ms), half_spread: quotes.half_spread }
    if (!this.differs(next, c.posted.data[row] as number, c.spread.data[row] as number)) return
    c.posted.data[row] = next.depth
    c.spread.data[row] = next.half_spread
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, b))
    const amount = next.depth * place.depth
    out.add('make', { market: place.market, account: c.party.data[row] as number, actor, amount, limit: next.half_spread })
  }

  private differs(next: Regime, posted: number, spread: number): boolean {
    if (next.depth === 0 || posted === 0) return next.depth !== posted
    const { threshold } = this.spec
    return Math.abs(next.depth / posted - 1) > threshold || Math.abs(next.half_spread - spread) > threshold * spread
  }

  /**
   * The variances as they would be if the tick ended at this mid: within a tick the maker sees the price fall and answers; how
   * many rounds the tick has makes no difference to what stays.
   */
  private watch(row: number, time_ms: number, mid: number): { short: number; long: number } {
    const c = this.rows
    if (time_ms > (c.now_ms.data[row] as number)) {
      const ended = this.updated(row)
      c.short.data[row] = ended.short
      c.long.data[row] = ended.long
      c.from_ms.data[row] = c.now_ms.data[row] as number
      c.from_mid.data[row] = c.now_mid.data[row] as number
      c.now_ms.data[row] = time_ms
    }
    c.now_mid.data[row] = mid
    return this.updated(row)
  }

  private updated(row: number): { short: number; long: number } {
    const c = this.rows
    const short = c.short.data[row] as number
    const long = c.long.data[row] as number
    const dt = (c.now_ms.data[row] as number) - (c.from_ms.data[row] as number)
    if (!(dt > 0)) return { short, long }
    const move = log((c.now_mid.data[row] as number) / (c.from_mid.data[row] as number))
    const variance = (move * move) / dt
    return {
      short: averaged(short, variance, dt, this.spec.short_ms),
      long: averaged(long, variance, dt, this.spec.long_ms),
    }
  }
}

export const marketMaker: Kind<Spec, Agent> = {
  id: 'market-maker',
  title: 'Market maker: owns depth; quotes less and wider with volatility and inventory, leaves at its limits, comes back',
  source: 'Depth and spread regime of market-maker withdrawal; calibration in docs/agents/market-maker.md',
  schema,
  open: (spec, builder) => new MarketMaker(spec, builder),
}
