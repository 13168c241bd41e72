/** A liquidator takes what venues offer when it pays: seized collateral or auctioned lots, sold at once, with borrowed or own money. */
import { z } from 'zod'
import type { Rng } from '../math/index.ts'
import type { Actions, Agent, F64, I32, Kind, Offer, Offers, Table, View, WorldBuilder } from '../model/index.ts'
import { Actors, Purse } from './shared/actors.ts'
import { mid_rate, open, Plans, type Route, Routes, sell_along } from './shared/routes.ts'
import { falling_root } from './shared/search.ts'

const schema = z.strictObject({
  kind: z.literal('liquidator').describe('liquidator'),
  id: z.string().min(1).describe('name of the agent, unique'),
  markets: z.array(z.string().min(1)).max(1000).describe('spot markets on which it sells what it takes'),
  flash: z.boolean().default(true).describe('pays with a flash loan; otherwise out of its treasury'),
  flash_fee: z.number().min(0).max(0.1).default(0.0005).describe('fee of the flash loan, a ratio of it'),
  min_profit_usd: z.number().min(0).default(1).describe('least profit for which it moves, after gas, USD'),
  takes_max: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('most bundles it sends in one round; the rest wait for the next'),
  gas_units: z.number().min(0).max(100).default(1).describe('gas of one take or bid, in liquidation calls'),
  latency_ms: z
    .number()
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('how long it must have seen an offer before it acts on it, ms'),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 30
/** Relative step over which the gain of one more unit is measured. */
const STEP = 1e-3

/** Offers seen in the last round with the time since when, kept only by agents with latency. */
class Sightings {
  private readonly table: Table<{ venue: 'i32'; kind: 'i32'; id: 'i32'; since_ms: 'f64' }>
  private readonly known = new Map<number, number>()

  constructor(builder: WorldBuilder) {
    this.table = builder.store.table(`${builder.self.id}.seen`, { venue: 'i32', kind: 'i32', id: 'i32', since_ms: 'f64' })
  }

  /** Notes this round's offers; returns for each since when it has been there without a break. */
  note(offers: readonly Offer[], time_ms: number): number[] {
    const { venue, kind, id, since_ms } = this.table.columns
    this.known.clear()
    for (let row = 0; row < this.table.length; row++)
      this.known.set(
        key_of(venue.data[row] as number, kind.data[row] as number, id.data[row] as number),
        since_ms.data[row] as number,
      )
    this.table.length = 0
    return offers.map((offer) => {
      const since = this.known.get(key_of(offer.venue, KINDS.indexOf(offer.kind), offer.id)) ?? time_ms
      this.keep(venue, kind, id, since_ms, offer, since)
      return since
    })
  }

  private keep(venue: I32, kind: I32, id: I32, since_ms: F64, offer: Offer, since: number): void {
    const row = this.table.push()
    venue.data[row] = offer.venue
    kind.data[row] = KINDS.indexOf(offer.kind)
    id.data[row] = offer.id
    since_ms.data[row] = since
  }
}

const KINDS: readonly Offer['kind'][] = ['liquidation', 'start', 'auction', 'redo']
const key_of = (venue: number, kind: number, id: number) => (venue * 8 + kind) * 4294967296 + id

/** Debt units that may be paid in: the most, and a range of parts below it, empty when `part_high < part_low`. */
interface Domain {
  readonly top: number
  readonly part_low: number
  readonly part_high: number
}

/** A take must be of `debt_min` at least and leave nothing, or at least as much, behind. */
export function domain_of(offer: Offer, capital: number): Domain {
  const whole = Math.min(offer.debt_max, offer.collateral_max * offer.price)
  const part_high = Math.min(whole, offer.debt_max - offer.debt_min, capital)
  return { top: capital < whole ? Math.max(0, part_high) : whole, part_low: offer.debt_min, part_high }
}

interface Amount {
  readonly debt: number
  readonly gain: number
  /** No limit of the offer binds: at this amount the market has no more to give at this price. */
  readonly free: boolean
}

/**
 * The amount with the highest gain. Each further unit is taken to sell for less than the one before, so the gain has one peak:
 * where the last unit brings what it costs. Where that may not be taken, the nearest that may, or all.
 */
export function best_amount(domain: Domain, gain: (debt: number) => number): Amount {
  const { top, part_low, part_high } = domain
  const whole = top > 0 && (top > part_high || top >= part_low) ? gain(top) : Number.NEGATIVE_INFINITY
  const slope = (at: number) => (gain(at) - gain(at * (1 - STEP))) / (at * STEP)
  if (whole > 0 && slope(top) >= 0) return { debt: top, gain: whole, free: false }
  if (!(part_high > 0 && part_high >= part_low)) return { debt: top, gain: whole, free: false }
  const root = falling_root(slope, top)
  const part = Math.min(part_high, Math.max(part_low, root))
  const found = gain(part)
  return found > whole ? { debt: part, gain: found, free: part === root && root < top } : { debt: top, gain: whole, free: false }
}

/** Collateral units bought for this debt; all of them exactly, where division would leave a rounding error behind. */
const lot_of = (offer: Offer, debt: number) =>
  debt >= offer.collateral_max * offer.price ? offer.collateral_max : debt / offer.price

interface Way {
  readonly routes: readonly Route[]
  readonly rate: number
}

/** What a round's decisions share. */
interface Round {
  readonly view: View
  readonly rng: Rng
  readonly out: Actions
}

class Liquidator implements Agent {
  private readonly spec: Spec
  private readonly routes: Routes
  private readonly plans: Plans
  private readonly purse: Purse
  private readonly actors: Actors
  private readonly sightings: Sightings | undefined
  /** Per route, the lowest price at which this round found it to give no more: nothing dearer need be tried. */
  private readonly spent = new Map<Route, number>()
  private readonly ways = new Map<number, Way>()
  private readonly assets: number

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.routes = new Routes(builder, spec.markets, 'markets')
    this.plans = new Plans(this.routes.markets)
    this.assets = builder.assets.length
    this.purse = new Purse(this.assets)
    this.actors = new Actors(builder)
    this.sightings = spec.latency_ms > 0 ? new Sightings(builder) : undefined
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  due(): void {}

  /** Most promising offers first, one bundle an account or auction; the others come again in the next round if they are still there. */
  act(offers: Offers, view: View, rng: Rng, out: Actions): void {
    if (this.actors.list.length === 0) return
    this.plans.clear()
    this.purse.clear()
    this.spent.clear()
    this.ways.clear()
    const since = this.sightings?.note(offers.list, view.time_ms)
    const bounds = offers.list.map((offer, i) =>
      since !== undefined && view.time_ms - (since[i] as number) < this.spec.latency_ms ? 0 : this.bound(offer, view),
    )
    const order = bounds.map((_, i) => i).filter((i) => (bounds[i] as number) >= this.least())
    order.sort((a, b) => (bounds[b] as number) - (bounds[a] as number) || a - b)
    const taken = new Set<number>()
    const round = { view, rng, out }
    for (const i of order) {
      if (taken.size >= this.spec.takes_max) break
      const offer = offers.list[i] as Offer
      const key = key_of(offer.venue, KINDS.indexOf(offer.kind), offer.id)
      if (taken.has(key)) continue
      if (offer.kind === 'start' || offer.kind === 'redo') this.start(offer, round)
      else if (!this.take(offer, round)) continue
      taken.add(key)
    }
  }

  /** USD that an offer brings at most: everything sold at the mid. */
  private bound(offer: Offer, view: View): number {
    const usd = view.usd(offer.debt)
    if (offer.kind === 'start' || offer.kind === 'redo') return offer.reward * usd - view.gas_usd
    if (offer.kind !== 'liquidation' && offer.kind !== 'auction') return 0
    const { top } = domain_of(offer, Number.POSITIVE_INFINITY)
    const { rate } = this.way(offer, view)
    const cost = this.cost()
    return top > 0 && offer.price > 0 ? top * (rate / offer.price - cost) * usd - this.gas(view) : 0
  }

  /** Open routes from collateral to debt and the best of their mids, looked up once a round. */
  private way(offer: Offer, view: View): Way {
    const key = offer.collateral * this.assets + offer.debt
    let way = this.ways.get(key)
    if (way === undefined) {
      const routes = this.routes.between(offer.collateral, offer.debt).filter((route) => open(view, route))
      way = { routes, rate: routes.reduce((most, route) => Math.max(most, mid_rate(view, route)), 0) }
      this.ways.set(key, way)
    }
    return way
  }

  /** What one borrowed unit costs. */
  private cost(): number {
    return this.spec.flash ? 1 + this.spec.flash_fee : 1
  }

  /** Least profit for which it moves, never nothing. */
  private least(): number {
    return Math.max(this.spec.min_profit_usd, 1e-9)
  }

  private gas(view: View): number {
    return view.gas_usd * this.spec.gas_units
  }

  /** Which of the agent's actors gets to it: each as likely, whatever happens in the round. */
  private who(offer: Offer, { rng, view }: Round): number {
    const { list } = this.actors
    return list.length === 1 ? 0 : this.actors.draws(rng, 'first', 0, view.time_ms, offer.id).uniformInt(list.length)
  }

  private open(offer: Offer, who: number, { rng, view, out }: Round): void {
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, offer.id))
  }

  private start(offer: Offer, round: Round): void {
    const who = this.who(offer, round)
    this.open(offer, who, round)
    const target = offer.kind === 'start' ? { account: offer.id } : { offer: offer.id }
    round.out.add('start', { venue: offer.venue, actor: this.actors.list[who] as number, ...target })
  }

  /** Takes the amount with the highest profit; false when none is worth it. */
  private take(offer: Offer, round: Round): boolean {
    const { view } = round
    const { plans, spec } = this
    // Most offers end here: a cheaper one has already taken what the market gives at this price.
    const ways = this.way(offer, view).routes.filter((route) => offer.price < (this.spent.get(route) ?? Number.POSITIVE_INFINITY))
    if (ways.length === 0) return false
    const who = this.who(offer, round)
    const actor = this.actors.list[who] as number
    const domain = domain_of(offer, spec.flash ? Number.POSITIVE_INFINITY : this.purse.left(view, actor, offer.debt))
    if (!(domain.top > 0)) return false
    const cost = this.cost()
    const usd = view.usd(offer.debt)
    const gas = this.gas(view)
    const least = this.least()
    const little = 1 / view.usd(offer.collateral)
    // The first unit brings most: where even at its rate too little is left, no amount is looked for.
    const routes = ways.filter(
      (route) => domain.top * (plans.first_rate(view, route, little, actor) / offer.price - cost) * usd - gas >= least,
    )
    const route = routes.length > 1 ? plans.best(view, routes, domain.top / offer.price, actor) : routes[0]
    if (route === undefined) return false
    const gain = (debt: number) => (plans.out(view, route, debt / offer.price, actor) - debt * cost) * usd - gas
    const best = best_amount(domain, gain)
    if (best.free) this.spent.set(route, offer.price)
    if (!(best.gain >= least)) return false
    const steps = plans.plan(view, route, best.debt / offer.price, actor)
    if (!spec.flash) this.purse.spend(actor, offer.debt, best.debt)
    this.open(offer, who, round)
    this.bundle(offer, actor, best.debt, route, limits_of(offer.price * cost, route, steps), round.out)
    return true
  }

  /** Borrow, seize, sell, give back. */
  private bundle(offer: Offer, actor: number, debt: number, route: Route, limits: readonly number[], out: Actions): void {
    const { flash, flash_fee } = this.spec
    if (flash) out.add('flash', { actor, asset: offer.debt, amount: debt })
    const of =
      offer.kind === 'liquidation'
        ? out.add('liquidate', {
            venue: offer.venue,
            account: offer.id,
            actor,
            asset: offer.collateral,
            asset2: offer.debt,
            amount: debt,
          })
        : out.add('bid', { venue: offer.venue, offer: offer.id, actor, amount: lot_of(offer, debt), limit: offer.price })
    sell_along(out, route, { of }, { actor }, limits)
    if (flash) out.add('flash_repay', { actor, asset: offer.debt, amount: debt, limit: flash_fee })
  }
}

/**
 * Worst prices of the orders: below them a unit costs more than it brings, so it is not sold should the market have moved.
 * Of two hops the second is taken at the rate that was planned and has no limit of its own.
 * @param price debt units per collateral unit, borrowing cost included
 * @param steps what each hop was planned to give
 */
export function limits_of(price: number, route: Route, steps: readonly number[]): number[] {
  const first = route[0]
  if (first === undefined) return []
  const rate = route.length === 2 ? (steps[1] as number) / (steps[0] as number) : 1
  const worst = price / rate
  return [first.side > 0 ? 1 / worst : worst]
}

export const liquidator: Kind<Spec, Agent> = {
  id: 'liquidator',
  title: 'Liquidator: takes liquidations and auctions at a profit after slippage, gas and the flash loan’s fee',
  source: 'Profit model P(q) = exit(q) − q·(1 + fee) − gas; see docs/agents/liquidator.md',
  schema,
  open: (spec, builder) => new Liquidator(spec, builder),
}
