/**
 * What an agent took and keeps, lot by lot, until it has sold it: each sale says whose forced sale it is. Lots come from the agent's own `liquidate`
 * and `take` rows of the log and go down with its own `fill` rows, so that only what really happened counts.
 */
import { z } from 'zod'
import { type Actions, type Log, SOLD, type Table, type View, type WorldBuilder } from '../../model/index.ts'
import type { Actors, Purse } from './actors.ts'
import { mid_rate, open, type Plans, type Route, type Routes, sell_along } from './routes.ts'

export const inventory_schema = z
  .strictObject({
    into: z.string().min(1).describe('id of the asset it is sold for, the one it pays with'),
    max_usd: z.number().positive().describe('most that an actor keeps, at the mids, USD; when full it takes nothing more'),
    sell_usd_per_hour: z.number().min(0).describe('most that an actor sells, USD an hour'),
    discount: z.number().min(0).max(1).default(0.01).describe('what it expects to lose against the mid when it sells slowly'),
    slippage_max: z.number().min(0).max(1).default(0.02).describe('it sells nothing further below the mid than this'),
  })
  .describe('keeps what it takes and sells it over time; absent: sells at once')
export type InventorySpec = z.infer<typeof inventory_schema>

const HOUR_MS = 3_600_000
/** Lots smaller than this share of a dollar are dust. */
const DUST_USD = 1e-6

const lot_shape = { who: 'i32', asset: 'i32', venue: 'i32', cause: 'i32', left: 'f64' } as const
/** One row: how much of the log has been read, since when selling is counted, first lot that is not empty. */
const clock_shape = { rows: 'f64', since_ms: 'f64', first: 'i32' } as const

/** Priority of bundles that are nobody's hurry. */
const SELL_PRIORITY = 50

/** Lots of one agent's actors. */
export class Inventory {
  readonly spec: InventorySpec
  readonly into: number
  private readonly actors: Actors
  private readonly routes: Routes
  private readonly log: Log
  private readonly lots: Table<typeof lot_shape>
  private readonly clock: Table<typeof clock_shape>

  constructor(spec: InventorySpec, actors: Actors, routes: Routes, builder: WorldBuilder) {
    this.spec = spec
    this.into = builder.asset(spec.into, 'inventory.into')
    this.actors = actors
    this.routes = routes
    this.log = builder.log
    this.lots = builder.store.table(`${builder.self.id}.lots`, lot_shape)
    this.clock = builder.store.table(`${builder.self.id}.inventory`, clock_shape, 1)
    this.clock.columns.since_ms.data[0] = builder.time_ms
  }

  /** Reads what has happened since the last call. Outside bundles only: rows of a refused bundle would be read otherwise. */
  update(view: View): void {
    const { actor, asset, venue, amount, price, sold, cause } = this.log.columns
    const seen = this.clock.columns.rows
    for (let row = seen.data[0] as number; row < this.log.length; row++) {
      const who = this.actors.position(actor.data[row] as number)
      if (who < 0) continue
      const what = this.log.kind(row)
      if (what === 'liquidate' || what === 'take') {
        this.add(who, asset.data[row] as number, venue.data[row] as number, row, amount.data[row] as number)
      } else if (what === 'fill' && SOLD[sold.data[row] as number] === 'unwound') {
        const base = amount.data[row] as number
        const units = base < 0 ? -base : base * (price.data[row] as number)
        this.drop(who, cause.data[row] as number, units)
      }
    }
    seen.data[0] = this.log.length
    this.tidy(view)
  }

  private add(who: number, asset: number, venue: number, cause: number, left: number): void {
    if (asset === this.into || !(left > 0)) return
    const lot = this.lots.push()
    const c = this.lots.columns
    c.who.data[lot] = who
    c.asset.data[lot] = asset
    c.venue.data[lot] = venue
    c.cause.data[lot] = cause
    c.left.data[lot] = left
  }

  private drop(who: number, cause: number, units: number): void {
    const c = this.lots.columns
    for (let lot = this.first; lot < this.lots.length; lot++) {
      if (c.cause.data[lot] !== cause || c.who.data[lot] !== who) continue
      c.left.data[lot] = Math.max(0, (c.left.data[lot] as number) - units)
      return
    }
  }

  private get first(): number {
    return this.clock.columns.first.data[0] as number
  }

  /** No lot is larger than what is there (a lender may keep a part of what was seized), and empty ones at the front are passed over. */
  private tidy(view: View): void {
    const { who, asset, left } = this.lots.columns
    const there = new Map<number, number>()
    let first = -1
    for (let lot = this.first; lot < this.lots.length; lot++) {
      const actor = this.actors.list[who.data[lot] as number] as number
      const key = actor * 65536 + (asset.data[lot] as number)
      const balance = there.get(key) ?? view.ledger.balance(actor, asset.data[lot] as number)
      left.data[lot] = Math.min(left.data[lot] as number, balance)
      there.set(key, balance - (left.data[lot] as number))
      if (first < 0 && (left.data[lot] as number) > 0) first = lot
    }
    this.clock.columns.first.data[0] = first < 0 ? this.lots.length : first
  }

  /** USD that an actor keeps, at the mids. */
  held_usd(view: View, who: number): number {
    const c = this.lots.columns
    let sum = 0
    for (let lot = this.first; lot < this.lots.length; lot++)
      if (c.who.data[lot] === who) sum += (c.left.data[lot] as number) * view.usd(c.asset.data[lot] as number)
    return sum
  }

  /** USD that an actor may still take on. */
  room_usd(view: View, who: number): number {
    return Math.max(0, this.spec.max_usd - this.held_usd(view, who))
  }

  /** Best of the mids of the open routes into the asset that it is sold for; 0 without one. */
  rate(view: View, asset: number): number {
    let best = 0
    for (const route of this.open(view, asset)) best = Math.max(best, mid_rate(view, route))
    return best
  }

  private open(view: View, asset: number): Route[] {
    return this.routes.between(asset, this.into).filter((route) => open(view, route))
  }

  /** Sells as much as the time since the last call allows, oldest lots first; once a tick. Call after `update`. */
  sell(view: View, plans: Plans, purse: Purse, tie: (who: number, lot: number) => number, out: Actions): void {
    const { since_ms } = this.clock.columns
    const elapsed_ms = view.time_ms - (since_ms.data[0] as number)
    if (!(elapsed_ms > 0)) return
    since_ms.data[0] = view.time_ms
    const most_usd = (this.spec.sell_usd_per_hour * Math.min(elapsed_ms, HOUR_MS)) / HOUR_MS
    const left_usd = new Float64Array(this.actors.list.length).fill(most_usd)
    const c = this.lots.columns
    for (let lot = this.first; lot < this.lots.length; lot++) {
      const who = c.who.data[lot] as number
      const usd = view.usd(c.asset.data[lot] as number)
      const actor = this.actors.list[who] as number
      const may = (left_usd[who] as number) / usd
      const units = Math.min(c.left.data[lot] as number, may, purse.left(view, actor, c.asset.data[lot] as number))
      if (!(units * usd > DUST_USD)) continue
      const sold = this.sell_lot(lot, units, view, plans, tie, out)
      if (!sold) continue
      left_usd[who] = (left_usd[who] as number) - units * usd
      purse.spend(actor, c.asset.data[lot] as number, units)
    }
  }

  private sell_lot(
    lot: number,
    units: number,
    view: View,
    plans: Plans,
    tie: (who: number, lot: number) => number,
    out: Actions,
  ): boolean {
    const c = this.lots.columns
    const who = c.who.data[lot] as number
    const actor = this.actors.list[who] as number
    const route = plans.best(view, this.open(view, c.asset.data[lot] as number), units, actor)
    if (route === undefined) return false
    plans.plan(view, route, units, actor)
    const limits = route.map((hop) => view.mid(hop.market) * (1 + hop.side * this.spec.slippage_max))
    out.bundle(SELL_PRIORITY, tie(who, lot))
    const victim = c.venue.data[lot] as number
    sell_along(out, route, { amount: units }, { actor, sold: 'unwound', victim, cause: c.cause.data[lot] as number }, limits)
    return true
  }
}
