/** A liquidator takes what venues offer when it pays: seized collateral or auctioned lots, with borrowed or own money, sold at once or over time. */
import { z } from 'zod'
import type { Rng } from '../math/index.ts'
import {
  ALL,
  type Actions,
  type Agent,
  type Kind,
  type Offer,
  type Offers,
  type View,
  type WorldBuilder,
} from '../model/index.ts'
import { best_amount, domain_of, limits_of, lot_of } from './shared/amount.ts'
import { Buyer, is_start, type Round } from './shared/buyer.ts'
import { inclusion_schema, type InFlight, type Landed } from './shared/inclusion.ts'
import { type Inventory, inventory_schema } from './shared/inventory.ts'
import { offer_key } from './shared/offer-key.ts'
import { mid_rate, open, type Route, sell_along } from './shared/routes.ts'
import { type Part, split, worth_selling } from './shared/routing.ts'

const schema = z.strictObject({
  kind: z.literal('liquidator').describe('liquidator'),
  id: z.string().min(1).describe('name of the agent, unique'),
  markets: z.array(z.string().min(1)).max(1000).describe('spot markets on which it sells what it takes'),
  split: z
    .boolean()
    .default(false)
    .describe('sells over all routes at once, at equal marginal price; otherwise over the one route that gives most'),
  flash: z.boolean().default(true).describe('pays with a flash loan; otherwise out of its treasury'),
  flash_fee: z.number().min(0).max(0.1).default(0.0005).describe('fee of the flash loan, a ratio of it'),
  flash_max_usd: z.number().min(0).optional().describe('most that can be had as one flash loan, USD; absent: no limit'),
  flash_halt: z.string().min(1).optional().describe('fault under which there are no flash loans: `venue:aave`'),
  min_profit_usd: z.number().min(0).default(1).describe('least profit for which it moves, after gas, USD'),
  takes_max: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('most bundles it sends in one round; the rest wait for the next'),
  order: z
    .enum(['profit', 'riskiest'])
    .default('profit')
    .describe('what it takes first: what brings most, or what stands at the lowest health, as calls that walk a sorted list do'),
  gas_units: z.number().min(0).max(100).default(1).describe('gas of one take or bid, in liquidation calls'),
  gas_max_usd: z.number().min(0).optional().describe('most it pays for the gas of a liquidation call, USD; absent: no limit'),
  latency_ms: z
    .number()
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('how long it must have seen an offer before it acts on it, ms'),
  inclusion: inclusion_schema.optional(),
  inventory: inventory_schema.optional(),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 30

interface Way {
  readonly routes: readonly Route[]
  readonly rate: number
}

/** A part of what is seized, over one route. */
interface Sale extends Part {
  readonly limits: readonly number[]
}

/** What is to be paid, and how what is seized is sold; no sales: it is kept. */
interface Decision {
  readonly debt: number
  readonly sales: readonly Sale[]
}

class Liquidator extends Buyer implements Agent {
  private readonly spec: Spec
  /** Per route, the lowest price at which this round found it to give no more: nothing dearer need be tried. */
  private readonly spent = new Map<Route, number>()
  private readonly ways = new Map<number, Way>()
  /** Per actor, USD that it may still take into its inventory this round. */
  private readonly room = new Map<number, number>()

  constructor(spec: Spec, builder: WorldBuilder) {
    if (spec.inventory !== undefined && spec.flash)
      throw builder.invalid('flash', true, 'false with an inventory: what is kept must be paid for')
    super(spec, builder)
    this.spec = spec
  }

  /** Most promising offers first, one bundle an account or auction; the others come again in the next round if they are still there. */
  act(offers: Offers, view: View, rng: Rng, out: Actions): void {
    if (this.actors.list.length === 0) return
    const round = { view, rng, out }
    this.ways.clear()
    this.room.clear()
    this.spent.clear()
    this.begin(round)
    const ready = this.seen(offers.list, view)
    if (this.in_flight !== undefined) {
      this.carry_out(this.in_flight, ready, round)
      this.send(this.in_flight, ready, round)
    } else if (this.affords_gas(view)) this.take_now(ready, round)
  }

  /** Forgets what this round has planned to sell. */
  private forget(): void {
    this.plans.clear()
    this.spent.clear()
  }

  /** Offers that may pay, the most promising first. */
  private ranked(offers: readonly Offer[], gas_usd: number, view: View): Offer[] {
    const bounds = offers.map((offer) => this.bound(offer, gas_usd, view))
    const order = bounds.map((_, i) => i).filter((i) => (bounds[i] as number) >= this.least())
    const risk = (i: number) => (this.spec.order === 'riskiest' ? (offers[i] as Offer).health : 0)
    order.sort((a, b) => risk(a) - risk(b) || (bounds[b] as number) - (bounds[a] as number) || a - b)
    return order.map((i) => offers[i] as Offer)
  }

  /** Without delay: what is decided is done. */
  private take_now(offers: readonly Offer[], round: Round): void {
    const { gas_usd } = round.view
    const taken = new Set<number>()
    for (const offer of this.ranked(offers, gas_usd, round.view)) {
      if (taken.size >= this.spec.takes_max) break
      const key = offer_key(offer)
      if (taken.has(key)) continue
      const who = this.who(offer, round)
      if (is_start(offer)) this.start(offer, who, round)
      else {
        const decision = this.decide(offer, who, gas_usd, Number.POSITIVE_INFINITY, round.view)
        if (decision === undefined) continue
        this.take(offer, who, decision, round)
      }
      taken.add(key)
    }
  }

  /** Each actor sends for himself, for as many offers as he may have in flight; the first whose transaction comes into a block has it. */
  private send(in_flight: InFlight, offers: readonly Offer[], round: Round): void {
    const gas_usd = in_flight.gas(round.view)
    if (gas_usd < 0) return
    in_flight.look()
    const ranked = this.ranked(offers, gas_usd, round.view)
    for (let who = 0; who < this.actors.list.length; who++) {
      this.forget()
      let left = Math.min(this.spec.takes_max, in_flight.slots(who))
      for (const offer of ranked) {
        if (left <= 0) break
        if (in_flight.flying(who, offer_key(offer))) continue
        const debt = is_start(offer)
          ? 0
          : this.decide(offer, who, gas_usd, this.unpromised(in_flight, offer, who, round), round.view)?.debt
        if (debt === undefined) continue
        in_flight.send(offer, who, gas_usd, offer.price, debt, round)
        left--
      }
    }
    this.forget()
  }

  /** Money of an actor that no transaction in flight is to pay. */
  private unpromised(in_flight: InFlight, offer: Offer, who: number, { view }: Round): number {
    if (this.spec.flash) return Number.POSITIVE_INFINITY
    return Math.max(0, view.ledger.balance(this.actors.list[who] as number, offer.debt) - in_flight.promised(who))
  }

  /** Transactions that came into a block: what they find there they take if it still pays, at most what they were sent for. */
  private carry_out(in_flight: InFlight, offers: readonly Offer[], round: Round): void {
    const landed = in_flight.landed()
    if (landed.length === 0) return
    const known = new Map(offers.map((offer) => [offer_key(offer), offer]))
    for (const one of landed) {
      const offer = known.get(one.key)
      if (offer !== undefined) this.arrive(offer, one, round)
    }
  }

  private arrive(offer: Offer, { who, amount, gas_usd }: Landed, round: Round): void {
    if (is_start(offer)) {
      if (this.bound(offer, gas_usd, round.view) >= this.least()) this.start(offer, who, round)
      return
    }
    const decision = this.decide(offer, who, gas_usd, amount, round.view)
    if (decision !== undefined) this.take(offer, who, decision, round)
  }

  /** USD that an offer brings at most: everything sold at the mid. */
  private bound(offer: Offer, gas_usd: number, view: View): number {
    const usd = view.usd(offer.debt)
    if (is_start(offer)) return offer.reward * usd - gas_usd
    // What leads an English auction is paid for now and received later: that is a bidder's business.
    if ((offer.kind !== 'liquidation' && offer.kind !== 'auction') || offer.leader !== undefined) return 0
    const { top } = domain_of(offer, Number.POSITIVE_INFINITY)
    const rate = this.inventory === undefined ? this.way(offer, view).rate : this.kept_rate(this.inventory, offer, view)
    return top > 0 && offer.price > 0 ? top * (rate / offer.price - this.cost()) * usd - this.gas(gas_usd) : 0
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

  /** Debt units that a unit of collateral is expected to bring when it is sold slowly; 0 where it is not sold for the debt asset. */
  private kept_rate(inventory: Inventory, offer: Offer, view: View): number {
    return offer.debt === inventory.into ? this.way(offer, view).rate * (1 - inventory.spec.discount) : 0
  }

  /** What one borrowed unit costs. */
  private cost(): number {
    return this.spec.flash ? 1 + this.spec.flash_fee : 1
  }

  /** Least profit for which it moves, never nothing. */
  private least(): number {
    return Math.max(this.spec.min_profit_usd, 1e-9)
  }

  private gas(gas_usd: number): number {
    return gas_usd * this.spec.gas_units
  }

  /** Which of the agent's actors gets to it: each as likely, whatever happens in the round. */
  private who(offer: Offer, { rng, view }: Round): number {
    const { list } = this.actors
    return list.length === 1 ? 0 : this.actors.draws(rng, 'first', 0, view.time_ms, offer.id).uniformInt(list.length)
  }

  private open(offer: Offer, who: number, { rng, view, out }: Round): void {
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, offer.id))
  }

  private start(offer: Offer, who: number, round: Round): void {
    this.open(offer, who, round)
    const target = offer.kind === 'start' ? { account: offer.id } : { offer: offer.id }
    round.out.add('start', { venue: offer.venue, actor: this.actors.list[who] as number, ...target })
  }

  /** Debt units that an actor can pay in, at most so much. */
  private capital(offer: Offer, who: number, most: number, view: View): number {
    const { flash, flash_max_usd, flash_halt } = this.spec
    if (!flash) return Math.min(most, this.purse.left(view, this.actors.list[who] as number, offer.debt))
    if (flash_halt !== undefined && view.halted(flash_halt)) return 0
    return flash_max_usd === undefined ? most : Math.min(most, flash_max_usd / view.usd(offer.debt))
  }

  /** The amount with the highest profit, at most so much; undefined when none is worth it. */
  private decide(offer: Offer, who: number, gas_usd: number, most: number, view: View): Decision | undefined {
    const capital = this.capital(offer, who, most, view)
    if (this.inventory !== undefined) return this.keep(this.inventory, offer, who, gas_usd, capital, view)
    const domain = domain_of(offer, capital)
    const { plans } = this
    // Most offers end here: a cheaper one has already taken what the market gives at this price.
    const ways = this.way(offer, view).routes.filter((route) => offer.price < (this.spent.get(route) ?? Number.POSITIVE_INFINITY))
    if (ways.length === 0 || !(domain.top > 0)) return undefined
    const actor = this.actors.list[who] as number
    const cost = this.cost()
    const usd = view.usd(offer.debt)
    const gas = this.gas(gas_usd)
    const least = this.least()
    const little = 1 / view.usd(offer.collateral)
    // The first unit brings most: where even at its rate too little is left, no amount is looked for.
    const routes = ways.filter(
      (route) => domain.top * (plans.first_rate(view, route, little, actor) / offer.price - cost) * usd - gas >= least,
    )
    const together = this.spec.split && routes.length > 0 ? this.way(offer, view).routes : []
    const route =
      together.length > 1 ? undefined : routes.length > 1 ? plans.best(view, routes, domain.top / offer.price, actor) : routes[0]
    if (route === undefined && together.length < 2) return undefined
    const flow = route === undefined ? worth_selling(view, plans, together, offer.price * cost, actor) : undefined
    const sold = (units: number): number => {
      if (route !== undefined) return plans.out(view, route, units, actor)
      return units === flow?.taken ? flow.given : split(view, plans, together, units, actor).given
    }
    const best = best_amount(
      domain,
      (debt) => (sold(debt / offer.price) - debt * cost) * usd - gas,
      flow && flow.taken * offer.price,
    )
    if (best.free) for (const one of route === undefined ? together : [route]) this.spent.set(one, offer.price)
    if (!(best.gain >= least)) return undefined
    if (!this.spec.flash) this.purse.spend(actor, offer.debt, best.debt)
    const units = best.debt / offer.price
    const parts = route === undefined ? split(view, plans, together, units, actor).parts : [{ route, amount: units }]
    const planned = (part: Part) => limits_of(offer.price * cost, part.route, plans.plan(view, part.route, part.amount, actor))
    return { debt: best.debt, sales: parts.map((part) => ({ ...part, limits: planned(part) })) }
  }

  /** To be kept: as much as its money and its room allow, when what it is expected to bring pays. */
  private keep(
    inventory: Inventory,
    offer: Offer,
    who: number,
    gas_usd: number,
    capital: number,
    view: View,
  ): Decision | undefined {
    const unit_usd = view.usd(offer.collateral)
    const room = this.room.get(who) ?? inventory.room_usd(view, who)
    const fits = (room / unit_usd) * offer.price
    const { top, part_low, part_high } = domain_of(offer, Math.min(capital, fits))
    if (!(top > 0 && (top > part_high || top >= part_low))) return undefined
    const rate = this.kept_rate(inventory, offer, view)
    if (!(top * (rate / offer.price - 1) * view.usd(offer.debt) - this.gas(gas_usd) >= this.least())) return undefined
    this.room.set(who, room - (top / offer.price) * unit_usd)
    this.purse.spend(this.actors.list[who] as number, offer.debt, top)
    return { debt: top, sales: [] }
  }

  /** Borrow, seize, sell, give back. */
  private take(offer: Offer, who: number, { debt, sales }: Decision, round: Round): void {
    const { flash, flash_fee } = this.spec
    const actor = this.actors.list[who] as number
    const { out } = round
    this.open(offer, who, round)
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
    // Of several parts the last is what is left of the seizure; where more of it is in the treasury, as much as was planned.
    const rest = round.view.ledger.balance(actor, offer.collateral) > 0 ? undefined : ALL
    sales.forEach(({ route, amount, limits }, i) => {
      const last = i === sales.length - 1
      const first = sales.length === 1 ? { of } : { amount: last ? (rest ?? amount) : amount }
      sell_along(out, route, first, { actor }, limits)
    })
    if (flash) out.add('flash_repay', { actor, asset: offer.debt, amount: debt, limit: flash_fee })
  }
}

export const liquidator: Kind<Spec, Agent> = {
  id: 'liquidator',
  title: 'Liquidator: takes liquidations and auctions at a profit after slippage, gas and the flash loan’s fee',
  source: 'Profit model P(q) = exit(q) − q·(1 + fee) − gas; see docs/agents/liquidator.md',
  schema,
  open: (spec, builder) => new Liquidator(spec, builder),
}
