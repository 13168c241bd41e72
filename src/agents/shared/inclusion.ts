/**
 * Getting a transaction into a block: what it offers for gas, how long that takes at the going price, and what becomes of one that offers too little.
 *
 * Gas is counted in USD for one liquidation call, as the scenario states it. A transaction that offers b while g is going waits an exponential
 * time of mean `mean_ms` · (g ÷ b)^`power`; below `floor` · g it is not taken at all and hangs: until gas falls, until its sender offers more
 * (`escalates`), or until it is given up. A sender has a limited number in flight, so transactions that hang keep him from sending others.
 */
import { z } from 'zod'
import { log, pow, type Rng } from '../../math/index.ts'
import {
  type Actions,
  type Due,
  type DueEvent,
  type Offer,
  OUTSIDE,
  type Table,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import type { Actors } from './actors.ts'
import { key_of, OFFER_KINDS } from './offer-key.ts'

export const inclusion_schema = z
  .strictObject({
    mean_ms: z
      .number()
      .min(0)
      .max(1e9)
      .default(30_000)
      .describe('mean time to inclusion of a transaction that offers the going gas, ms'),
    power: z.number().min(0).max(10).default(2).describe('the mean time is mean_ms · (going gas ÷ gas offered) to this power'),
    floor: z.number().min(0).max(1).default(0.8).describe('share of the going gas below which a transaction is not included'),
    premium: z.number().min(0).max(100).default(0.1).describe('what is offered above the going gas, a ratio of it'),
    gas_bid_usd: z
      .number()
      .positive()
      .optional()
      .describe('gas offered, whatever is going, USD a liquidation call; absent: by the going gas when it is sent'),
    escalates: z.boolean().default(true).describe('offers more when gas has outrun a transaction, up to gas_max_usd'),
    pending_max: z.number().int().min(1).max(1000).default(10).describe('most transactions an actor has in flight'),
    drop_ms: z.number().min(0).max(1e10).default(10_800_000).describe('age at which a transaction that hangs is given up, ms'),
    recheck_ms: z.number().min(1).max(1e9).default(60_000).describe('how often a sender looks after one that hangs, ms'),
  })
  .describe('transactions take time and fail when gas outruns them; absent: at once')
export type InclusionSpec = z.infer<typeof inclusion_schema>

const FREE = 0
/** On its way. */
const MOVING = 1
/** Outrun by gas. */
const HANGING = 2
/** In a block, to be carried out in this tick. */
const LANDED = 3

const shape = {
  state: 'u8',
  who: 'i32',
  venue: 'i32',
  kind: 'i32',
  id: 'i32',
  /** What was decided when it was sent: a price and an amount, as the kind reads them. */
  price: 'f64',
  amount: 'f64',
  gas_usd: 'f64',
  sent_ms: 'f64',
} as const

/** A transaction that has come into a block. */
export interface Landed {
  /** Position among the agent's actors. */
  readonly who: number
  readonly key: number
  readonly price: number
  readonly amount: number
  /** What it pays for gas, USD a liquidation call. */
  readonly gas_usd: number
}

/** What a round or a batch of due events gives to decide with. */
export interface Moment {
  readonly view: View
  readonly rng: Rng
  readonly out: Actions
}

/** Mean time to inclusion, ms; infinite for what is not taken. */
export function mean_wait_ms(spec: InclusionSpec, going_usd: number, gas_usd: number): number {
  if (!(going_usd > 0)) return spec.mean_ms / pow(1 + spec.premium, spec.power)
  if (!(gas_usd >= spec.floor * going_usd && gas_usd > 0)) return Number.POSITIVE_INFINITY
  return spec.mean_ms * pow(going_usd / gas_usd, spec.power)
}

const WAIT_PRIORITY = 50

/** The transactions of one agent's actors that are not in a block yet. */
export class InFlight {
  readonly spec: InclusionSpec
  private readonly gas_max_usd: number
  private readonly actors: Actors
  private readonly rows: Table<typeof shape>
  /** Scratch: how many an actor has in flight, what they are to pay, and for which offers, as of `look`. */
  private readonly counts: Int32Array
  private readonly amounts: Float64Array
  private readonly keys: Set<number>[]

  constructor(spec: InclusionSpec, gas_max_usd: number, actors: Actors, builder: WorldBuilder) {
    this.spec = spec
    this.gas_max_usd = gas_max_usd
    this.actors = actors
    this.rows = builder.store.table(`${builder.self.id}.in_flight`, shape)
    this.counts = new Int32Array(actors.list.length)
    this.amounts = new Float64Array(actors.list.length)
    this.keys = Array.from(actors.list, () => new Set<number>())
  }

  private at(column: keyof typeof shape, row: number): number {
    return this.rows.columns[column].data[row] as number
  }

  private put(column: keyof typeof shape, row: number, value: number): void {
    this.rows.columns[column].data[row] = value
  }

  private key(row: number): number {
    return key_of(this.at('venue', row), this.at('kind', row), this.at('id', row))
  }

  /** Counts what is in flight; to be called before `slots` and `flying` are asked. */
  look(): void {
    this.counts.fill(0)
    this.amounts.fill(0)
    for (const keys of this.keys) keys.clear()
    for (let row = 0; row < this.rows.length; row++) {
      if (this.at('state', row) !== FREE) this.count(row)
    }
  }

  private count(row: number): void {
    const who = this.at('who', row)
    this.counts[who] = (this.counts[who] as number) + 1
    this.amounts[who] = (this.amounts[who] as number) + this.at('amount', row)
    this.keys[who]?.add(this.key(row))
  }

  /** How many more an actor may send. */
  slots(who: number): number {
    return this.spec.pending_max - (this.counts[who] as number)
  }

  /** What the transactions in flight of an actor are to pay together, in units of what he pays with. */
  promised(who: number): number {
    return this.amounts[who] as number
  }

  flying(who: number, key: number): boolean {
    return this.keys[who]?.has(key) === true
  }

  /** What somebody who sends now offers for gas; −1 when he does not send, since he would have to offer more than his limit. */
  gas(view: View): number {
    const { escalates, gas_bid_usd, floor, premium } = this.spec
    const going = view.gas_usd
    const bid = Math.min(gas_bid_usd ?? going * (1 + premium), this.gas_max_usd)
    if (!escalates || bid >= floor * going) return bid
    const more = this.raised(going)
    return more >= floor * going ? more : -1
  }

  private raised(going_usd: number): number {
    return Math.min(going_usd * (1 + this.spec.premium), this.gas_max_usd)
  }

  /** Sends a transaction about an offer; it comes back in `due`. */
  send(offer: Offer, who: number, gas_usd: number, price: number, amount: number, moment: Moment): void {
    const row = this.free_row()
    this.put('who', row, who)
    this.put('venue', row, offer.venue)
    this.put('kind', row, OFFER_KINDS.indexOf(offer.kind))
    this.put('id', row, offer.id)
    this.put('price', row, price)
    this.put('amount', row, amount)
    this.put('sent_ms', row, moment.view.time_ms)
    this.count(row)
    this.dispatch(row, gas_usd, moment)
  }

  private free_row(): number {
    for (let row = 0; row < this.rows.length; row++) if (this.at('state', row) === FREE) return row
    return this.rows.push()
  }

  /** It offers this much from now on: on its way, or hanging. */
  private dispatch(row: number, gas_usd: number, { view, rng, out }: Moment): void {
    this.put('gas_usd', row, gas_usd)
    const mean_ms = mean_wait_ms(this.spec, view.gas_usd, gas_usd)
    const moves = mean_ms < Number.POSITIVE_INFINITY
    this.put('state', row, moves ? MOVING : HANGING)
    const who = this.at('who', row)
    const purpose = `inclusion ${OFFER_KINDS[this.at('kind', row)]}`
    const draws = this.actors.draws(rng, purpose, who, view.time_ms, this.at('id', row))
    const delay_ms = moves ? -mean_ms * log(draws.open()) : this.spec.recheck_ms
    const actor = this.actors.list[who] ?? OUTSIDE
    out.bundle(WAIT_PRIORITY, draws.uniform())
    out.add('wait', { actor, plan: row, delay_ms: Math.ceil(delay_ms) })
  }

  /** Transactions whose time has come: in a block, or still outrun by gas. */
  due(events: Due, moment: Moment): void {
    for (const event of events.list) if (event.kind === 'wait') this.arrived(event, moment)
  }

  private arrived({ plan: row }: DueEvent, moment: Moment): void {
    const { spec } = this
    const { time_ms, gas_usd: going } = moment.view
    const state = this.at('state', row)
    if (state !== MOVING && state !== HANGING) return
    const gas_usd = this.at('gas_usd', row)
    const fits = mean_wait_ms(spec, going, gas_usd) < Number.POSITIVE_INFINITY
    if (fits && state === MOVING) {
      this.put('state', row, LANDED)
      return
    }
    const more = spec.escalates && !fits ? this.raised(going) : gas_usd
    const helps = fits || mean_wait_ms(spec, going, more) < Number.POSITIVE_INFINITY
    if (!helps && time_ms - this.at('sent_ms', row) >= spec.drop_ms) {
      this.put('state', row, FREE)
      return
    }
    this.dispatch(row, helps ? more : gas_usd, moment)
  }

  /** What has come into a block since the last call, each once; its place is free again. */
  landed(): Landed[] {
    const list: Landed[] = []
    for (let row = 0; row < this.rows.length; row++) {
      if (this.at('state', row) !== LANDED) continue
      this.put('state', row, FREE)
      const [who, price, amount, gas_usd] = [
        this.at('who', row),
        this.at('price', row),
        this.at('amount', row),
        this.at('gas_usd', row),
      ]
      list.push({ who, key: this.key(row), price, amount, gas_usd })
    }
    return list
  }
}
