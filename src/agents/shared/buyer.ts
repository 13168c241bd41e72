/** What agents share that buy from venues and sell on markets: money, routes, what is kept, what is in flight. */
import type { z } from 'zod'
import type { Rng } from '../../math/index.ts'
import type { Actions, Due, Offer, View, WorldBuilder } from '../../model/index.ts'
import { Actors, Purse } from './actors.ts'
import { type inclusion_schema, InFlight } from './inclusion.ts'
import { Inventory, type inventory_schema } from './inventory.ts'
import { Plans, Routes } from './routes.ts'
import { Sightings } from './sightings.ts'

interface BuyerSpec {
  /** Spot markets on which it sells. */
  readonly markets: readonly string[]
  /** How long it must have seen an offer before it acts on it, ms. */
  readonly latency_ms: number
  /** Most it pays for the gas of a liquidation call, USD; absent: no limit. */
  readonly gas_max_usd?: number | undefined
  readonly inclusion?: z.infer<typeof inclusion_schema> | undefined
  readonly inventory?: z.infer<typeof inventory_schema> | undefined
}

/** What a round's decisions share. */
export interface Round {
  readonly view: View
  readonly rng: Rng
  readonly out: Actions
}

export const is_start = (offer: Offer): boolean => offer.kind === 'start' || offer.kind === 'redo'

export abstract class Buyer {
  protected readonly routes: Routes
  protected readonly plans: Plans
  protected readonly purse: Purse
  protected readonly actors: Actors
  protected readonly in_flight: InFlight | undefined
  protected readonly inventory: Inventory | undefined
  /** Number of assets. */
  protected readonly assets: number
  private readonly sightings: Sightings | undefined
  private readonly latency_ms: number
  private readonly gas_max_usd: number

  constructor(spec: BuyerSpec, builder: WorldBuilder) {
    this.routes = new Routes(builder, spec.markets, 'markets')
    this.plans = new Plans(this.routes.markets)
    this.assets = builder.assets.length
    this.purse = new Purse(this.assets)
    this.actors = new Actors(builder)
    this.latency_ms = spec.latency_ms
    this.gas_max_usd = spec.gas_max_usd ?? Number.POSITIVE_INFINITY
    this.sightings = spec.latency_ms > 0 ? new Sightings(builder) : undefined
    const { inclusion, inventory } = spec
    if (inclusion !== undefined) this.in_flight = new InFlight(inclusion, this.gas_max_usd, this.actors, builder)
    if (inventory !== undefined) this.inventory = new Inventory(inventory, this.actors, this.routes, builder)
  }

  call_level(): number {
    return 1
  }

  respond(): void {}

  due(events: Due, view: View, rng: Rng, out: Actions): void {
    this.in_flight?.due(events, { view, rng, out })
  }

  /** Nothing is planned yet, and what is kept goes on being sold. */
  protected begin({ view, rng, out }: Round): void {
    this.purse.clear()
    this.plans.clear()
    this.inventory?.update(view)
    this.inventory?.sell(view, this.plans, this.purse, (who, lot) => this.actors.tie(rng, who, view.time_ms, lot), out)
  }

  /** Those of the offers that it has seen for long enough. */
  protected seen(list: readonly Offer[], view: View): readonly Offer[] {
    const since = this.sightings?.note(list, view.time_ms)
    return since === undefined ? list : list.filter((_, i) => view.time_ms - (since[i] as number) >= this.latency_ms)
  }

  protected affords_gas(view: View): boolean {
    return !(view.gas_usd > this.gas_max_usd)
  }
}
