/** A bidder in English auctions: values the lot, bids, bids again when outbid until it wins or the price is too high, settles what it has won. */
import { z } from 'zod'
import { exp, type Rng } from '../math/index.ts'
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
import { Buyer, is_start, type Round } from './shared/buyer.ts'
import { inclusion_schema, type InFlight, type Landed } from './shared/inclusion.ts'
import { inventory_schema } from './shared/inventory.ts'
import { offer_key } from './shared/offer-key.ts'
import { mid_rate, open, type Route, sell_along } from './shared/routes.ts'

const schema = z.strictObject({
  kind: z.literal('bidder').describe('bidder'),
  id: z.string().min(1).describe('name of the agent, unique'),
  venues: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('venues in whose auctions it bids; absent: every venue with English auctions'),
  markets: z
    .array(z.string().min(1))
    .max(1000)
    .describe('spot markets on which it sells what it wins, and by which it values it'),
  style: z
    .enum(['value', 'least', 'first'])
    .default('value')
    .describe(
      'bids what the lot is worth to it at once; or the least that leads; or next to nothing, where nobody has bid, and then no more',
    ),
  margin: z.number().min(0).max(0.99).default(0.05).describe('what it wants to earn, a ratio of what the lot brings'),
  noise: z
    .number()
    .min(0)
    .max(2)
    .default(0)
    .describe('standard deviation of ln of its own valuation of a lot, one draw an auction'),
  least_price: z
    .number()
    .positive()
    .max(1)
    .default(1e-6)
    .describe('price of a first bid in the styles `least` and `first`, debt units per collateral unit'),
  min_profit_usd: z.number().min(0).default(1).describe('least profit for which it moves, after gas, USD'),
  stake_max_usd: z
    .number()
    .min(0)
    .optional()
    .describe('most that an actor has in lots it leads or keeps, at the mids, USD; absent: no limit'),
  bids_max: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(100)
    .describe('most bids and settlements that an actor sends in one tick'),
  starts_max: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .describe('most auctions that an actor starts or restarts in one tick, for nothing'),
  gas_units: z.number().min(0).max(100).default(0.4).describe('gas of a bid or a start, in liquidation calls'),
  settle_gas_units: z.number().min(0).max(100).default(0.4).describe('gas of settling a won auction, in liquidation calls'),
  gas_max_usd: z.number().min(0).optional().describe('most it pays for the gas of a liquidation call, USD; absent: no limit'),
  alike: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'lots whose gain is within this ratio of the best are as good to it: each bidder goes through them from a place of its own; 0: all in one order, the oldest first',
    ),
  latency_ms: z
    .number()
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('how long it must have seen an auction before it acts on it, ms'),
  inclusion: inclusion_schema.optional(),
  inventory: inventory_schema.optional(),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 30

/** Over, and waiting to be settled. */
const is_won = (offer: Offer): boolean => offer.kind === 'auction' && offer.debt_max === 0

/** What a bid at this price costs: the price for the whole lot, at most the debt; the whole debt once that is the least that leads. */
export function pays(offer: Offer, price: number): number {
  return offer.debt_min >= offer.debt_max ? offer.debt_max : Math.min(offer.debt_max, price * offer.collateral_max)
}

/**
 * Price at which an actor bids, or −1 when he does not.
 * @param worth most that he gives for a unit
 * @param funds what he can pay
 */
export function bid_price(offer: Offer, style: Spec['style'], worth: number, funds: number, least_price: number): number {
  const least = Math.max(offer.price, least_price)
  if (!(worth >= least) || !(offer.collateral_max > 0)) return -1
  if (style === 'first' && offer.leader !== undefined && offer.leader >= 0) return -1
  const wanted = style === 'value' ? worth : least
  if (pays(offer, wanted) <= funds) return wanted
  if (offer.debt_min >= offer.debt_max) return -1
  // Not all that it is worth, but what there is, if that still leads.
  const affordable = funds / offer.collateral_max
  return affordable >= least ? affordable : -1
}

class Bidder extends Buyer implements Agent {
  private readonly spec: Spec
  private readonly venues: ReadonlySet<number> | undefined
  /** Open routes from collateral to debt, looked up once a tick. */
  private readonly ways = new Map<number, readonly Route[]>()

  constructor(spec: Spec, builder: WorldBuilder) {
    super(spec, builder)
    this.spec = spec
    this.venues = spec.venues === undefined ? undefined : new Set(spec.venues.map((id, i) => builder.venue(id, `venues[${i}]`)))
  }

  /** Once a tick: a war of bids takes blocks, not rounds. */
  act(offers: Offers, view: View, rng: Rng, out: Actions): void {
    if (this.actors.list.length === 0 || view.round > 0) return
    const round = { view, rng, out }
    this.ways.clear()
    this.begin(round)
    const list = this.mine(offers, view)
    const { in_flight } = this
    if (in_flight !== undefined) {
      this.carry_out(in_flight, list, round)
      const gas_usd = in_flight.gas(view)
      if (gas_usd < 0) return
      in_flight.look()
      this.each(list, gas_usd, round, (offer, who, price, amount) => in_flight.send(offer, who, gas_usd, price, amount, round))
    } else if (this.affords_gas(view))
      this.each(list, view.gas_usd, round, (offer, who, price) => this.carry(offer, who, price, round))
  }

  /** Offers that are any of its business, seen long enough. */
  private mine(offers: Offers, view: View): readonly Offer[] {
    const { venues } = this
    const list = offers.list.filter(
      (offer) => (offer.leader !== undefined || offer.kind === 'start') && (venues === undefined || venues.has(offer.venue)),
    )
    return this.seen(list, view)
  }

  /** Decides for every actor: settlements first, then bids, the most promising first, then starts. */
  private each(
    list: readonly Offer[],
    gas_usd: number,
    round: Round,
    does: (offer: Offer, who: number, price: number, amount: number) => void,
  ): void {
    const { ranked, alike } = this.ranked(list, round.view)
    const starts = list.filter(is_start)
    for (let who = 0; who < this.actors.list.length; who++) {
      const actor = this.actors.list[who] as number
      let slots = this.in_flight?.slots(who) ?? Number.POSITIVE_INFINITY
      let left = this.spec.bids_max
      const free = (offer: Offer): boolean => slots > 0 && this.in_flight?.flying(who, offer_key(offer)) !== true
      for (const offer of list) {
        if (left <= 0 || !is_won(offer) || offer.leader !== actor || !free(offer)) continue
        does(offer, who, 0, 0)
        left--
        slots--
      }
      let stake_usd = this.stake(list, who, round.view)
      const first = this.place(alike, who, round)
      for (let k = 0; k < ranked.length; k++) {
        if (left <= 0 || slots <= 0) break
        const offer = ranked[k < alike ? (first + k) % alike : k] as Offer
        if (offer.leader === actor || !free(offer)) continue
        const lot_usd = offer.collateral_max * round.view.usd(offer.collateral)
        if (stake_usd + lot_usd > (this.spec.stake_max_usd ?? Number.POSITIVE_INFINITY)) continue
        const price = this.decide(offer, who, gas_usd, round)
        if (price < 0) continue
        does(offer, who, price, pays(offer, price))
        stake_usd += lot_usd
        left--
        slots--
      }
      for (let k = 0; k < this.spec.starts_max && starts.length > 0; k++) {
        const offer = starts[k % starts.length] as Offer
        if (!free(offer)) continue
        does(offer, who, 0, 0)
        slots--
      }
    }
  }

  /** Where a bidder begins among so many lots that are as good as each other. */
  private place(alike: number, who: number, { view, rng }: Round): number {
    return alike < 2 ? 0 : Math.floor(this.actors.draws(rng, 'place', who, view.time_ms, 0).uniform() * alike)
  }

  /** Auctions in which one may bid, by what is in them at the mids for who leads now, and how many of the first are as good as each other. */
  private ranked(list: readonly Offer[], view: View): { readonly ranked: readonly Offer[]; readonly alike: number } {
    const noise = exp(3 * this.spec.noise)
    const found: { readonly offer: Offer; readonly usd: number }[] = []
    for (const offer of list) {
      if (offer.kind !== 'auction' || is_won(offer)) continue
      const rate = this.way(offer, view).reduce((most, route) => Math.max(most, mid_rate(view, route)), 0)
      const usd = (rate * noise - offer.price) * offer.collateral_max * view.usd(offer.debt)
      if (usd > this.spec.min_profit_usd) found.push({ offer, usd })
    }
    found.sort((a, b) => b.usd - a.usd || a.offer.id - b.offer.id)
    const least = (1 - this.spec.alike) * (found[0]?.usd ?? 0)
    const alike = this.spec.alike > 0 ? found.filter(({ usd }) => usd >= least).length : 0
    return { ranked: found.map(({ offer }) => offer), alike }
  }

  private way(offer: Offer, view: View): readonly Route[] {
    const key = offer.collateral * this.assets + offer.debt
    const known = this.ways.get(key)
    if (known !== undefined) return known
    const routes = this.routes.between(offer.collateral, offer.debt).filter((route) => open(view, route))
    this.ways.set(key, routes)
    return routes
  }

  /** USD that an actor leads or keeps; what he leads and will sell at once counts as sold already. */
  private stake(list: readonly Offer[], who: number, view: View): number {
    const actor = this.actors.list[who] as number
    this.plans.clear()
    const led = new Map<number, { readonly offer: Offer; units: number }>()
    let usd = this.inventory?.held_usd(view, who) ?? 0
    for (const offer of list) {
      if (offer.leader !== actor || offer.kind !== 'auction') continue
      usd += offer.collateral_max * view.usd(offer.collateral)
      const sum = led.get(offer.collateral)
      if (sum === undefined) led.set(offer.collateral, { offer, units: offer.collateral_max })
      else sum.units += offer.collateral_max
    }
    if (this.inventory !== undefined) return usd
    for (const { offer, units } of led.values()) {
      const route = this.plans.best(view, this.way(offer, view), units, actor)
      if (route !== undefined) this.plans.plan(view, route, units, actor)
    }
    return usd
  }

  /** Price at which an actor bids now, or −1; what he would pay and sell is planned. */
  private decide(offer: Offer, who: number, gas_usd: number, { view, rng }: Round): number {
    const { spec, plans } = this
    const actor = this.actors.list[who] as number
    const lot = offer.collateral_max
    let brings = 0
    let route: Route | undefined
    if (this.inventory !== undefined) {
      const { into, spec: keeps } = this.inventory
      brings = offer.debt === into ? this.inventory.rate(view, offer.collateral) * (1 - keeps.discount) : 0
    } else {
      route = plans.best(view, this.way(offer, view), lot, actor)
      if (route !== undefined) brings = plans.out(view, route, lot, actor) / lot
    }
    if (spec.noise > 0) brings *= exp(spec.noise * this.actors.draws(rng, 'value', who, 0, offer.id).normal())
    const costs = (gas_usd * (spec.gas_units + spec.settle_gas_units) + spec.min_profit_usd) / (lot * view.usd(offer.debt))
    const worth = Math.min(brings * (1 - spec.margin), brings - costs)
    const funds = this.purse.left(view, actor, offer.debt) - (this.in_flight?.promised(who) ?? 0)
    const price = bid_price(offer, spec.style, worth, funds, spec.least_price)
    if (price < 0) return -1
    if (this.in_flight === undefined) this.purse.spend(actor, offer.debt, pays(offer, price))
    if (route !== undefined) plans.plan(view, route, lot, actor)
    return price
  }

  /** Transactions that came into a block: a bid stands or falls with the price that was sent. */
  private carry_out(in_flight: InFlight, list: readonly Offer[], round: Round): void {
    const landed = in_flight.landed()
    if (landed.length === 0) return
    const known = new Map(list.map((offer) => [offer_key(offer), offer]))
    for (const one of landed) {
      const offer = known.get(one.key)
      if (offer !== undefined && this.still(offer, one)) this.carry(offer, one.who, one.price, round)
    }
  }

  /** Is it still what it was sent for? */
  private still(offer: Offer, { who, price }: Landed): boolean {
    if (is_start(offer)) return true
    const leads = offer.leader === this.actors.list[who]
    return is_won(offer) ? leads : price >= offer.price && price > 0 && !leads
  }

  /** Does it: starts, bids, or settles and sells. */
  private carry(offer: Offer, who: number, price: number, { view, rng, out }: Round): void {
    const actor = this.actors.list[who] as number
    const { venue, id } = offer
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, id))
    if (offer.kind === 'start') {
      out.add('start', { venue, account: id, actor })
    } else if (offer.kind === 'redo') {
      out.add('start', { venue, offer: id, actor })
    } else if (is_won(offer)) {
      const of = out.add('bid', { venue, offer: id, actor, amount: ALL, limit: 1 })
      if (this.inventory !== undefined) return
      const route = this.plans.best(view, this.way(offer, view), offer.collateral_max, actor)
      if (route !== undefined) sell_along(out, route, { of }, { actor })
    } else out.add('bid', { venue, offer: id, actor, amount: ALL, limit: price })
  }
}

export const bidder: Kind<Spec, Agent> = {
  id: 'bidder',
  title: 'Bidder: bids in English auctions up to what the lot brings less margin and gas, out of its own capital',
  source: 'makerdao/auction-keeper: a price per lot from a model, bids by it in both phases; see docs/agents/bidder.md',
  schema,
  open: (spec, builder) => new Bidder(spec, builder),
}
