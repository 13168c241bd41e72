/** A keeper pokes: it sends vaults in breach to auction and restarts auctions, for the reward, as long as that pays for the gas; with `inclusion` gas can outrun it. */
import { z } from 'zod'
import type { Rng } from '../math/index.ts'
import type { Actions, Agent, Due, Kind, Offer, Offers, View, WorldBuilder } from '../model/index.ts'
import { Actors } from './shared/actors.ts'
import { inclusion_schema, InFlight } from './shared/inclusion.ts'
import { offer_key } from './shared/offer-key.ts'

const schema = z.strictObject({
  kind: z.literal('keeper').describe('keeper'),
  id: z.string().min(1).describe('name of the agent, unique'),
  venues: z.array(z.string().min(1)).min(1).optional().describe('venues it works for; absent: all'),
  gas_units: z.number().min(0).max(100).default(0.4).describe('gas of a poke, in liquidation calls'),
  gas_max_usd: z.number().min(0).optional().describe('most it pays for the gas of a liquidation call, USD; absent: no limit'),
  min_profit_usd: z
    .number()
    .min(-1e9)
    .max(1e9)
    .default(1)
    .describe('least reward less gas, USD; below 0 for one who is paid by others for it'),
  pokes_max: z.number().int().min(0).max(100_000).default(100).describe('most that an actor sends in one tick'),
  inclusion: inclusion_schema.optional(),
})
type Spec = z.infer<typeof schema>

const PRIORITY = 30
const is_poke = (offer: Offer): boolean => offer.kind === 'start' || offer.kind === 'redo'

class Keeper implements Agent {
  private readonly spec: Spec
  private readonly actors: Actors
  private readonly venues: ReadonlySet<number> | undefined
  private readonly in_flight: InFlight | undefined

  constructor(spec: Spec, builder: WorldBuilder) {
    this.spec = spec
    this.actors = new Actors(builder)
    const named = spec.venues?.map((id, i) => builder.venue(id, `venues[${i}]`))
    this.venues = named === undefined ? undefined : new Set(named)
    const most = spec.gas_max_usd ?? Number.POSITIVE_INFINITY
    this.in_flight = spec.inclusion === undefined ? undefined : new InFlight(spec.inclusion, most, this.actors, builder)
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  due(events: Due, view: View, rng: Rng, out: Actions): void {
    this.in_flight?.due(events, { view, rng, out })
  }

  act(offers: Offers, view: View, rng: Rng, out: Actions): void {
    if (this.actors.list.length === 0 || view.round > 0) return
    const list = offers.list.filter((offer) => is_poke(offer) && (this.venues === undefined || this.venues.has(offer.venue)))
    const { in_flight } = this
    if (in_flight === undefined) {
      if (!(view.gas_usd > (this.spec.gas_max_usd ?? Number.POSITIVE_INFINITY)))
        this.each(list, view.gas_usd, view, (offer, who) => this.poke(offer, who, view, rng, out))
      return
    }
    const landed = in_flight.landed()
    for (const one of landed) {
      const offer = list.find((open) => offer_key(open) === one.key)
      if (offer !== undefined) this.poke(offer, one.who, view, rng, out)
    }
    const gas_usd = in_flight.gas(view)
    if (gas_usd < 0) return
    in_flight.look()
    this.each(list, gas_usd, view, (offer, who) => in_flight.send(offer, who, gas_usd, 0, 0, { view, rng, out }))
  }

  private each(list: readonly Offer[], gas_usd: number, view: View, does: (offer: Offer, who: number) => void): void {
    const { gas_units, min_profit_usd, pokes_max } = this.spec
    for (let who = 0; who < this.actors.list.length; who++) {
      let left = Math.min(pokes_max, this.in_flight?.slots(who) ?? pokes_max)
      for (const offer of list) {
        if (left <= 0) break
        if (!(offer.reward * view.usd(offer.debt) - gas_usd * gas_units >= min_profit_usd)) continue
        if (this.in_flight?.flying(who, offer_key(offer)) === true) continue
        does(offer, who)
        left--
      }
    }
  }

  private poke({ kind, venue, id }: Offer, who: number, view: View, rng: Rng, out: Actions): void {
    out.bundle(PRIORITY, this.actors.tie(rng, who, view.time_ms, id))
    const target = kind === 'start' ? { account: id } : { offer: id }
    out.add('start', { venue, actor: this.actors.list[who] as number, ...target })
  }
}

export const keeper: Kind<Spec, Agent> = {
  id: 'keeper',
  title: 'Keeper: starts and restarts auctions for the reward while that pays for the gas; gas can outrun it',
  source: 'Reward less gas; inclusion as for the liquidator, see docs/agents/keeper.md',
  schema,
  open: (spec, builder) => new Keeper(spec, builder),
}
