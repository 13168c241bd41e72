/** One venue in a world of its own, run through the engine: oracles whose answers the test sets, books whose mids it sets, every law checked. */
import { Applier } from '../../src/engine/apply.ts'
import { broken_laws, build_world, holdings, type Registries, type World } from '../../src/engine/index.ts'
import { markets } from '../../src/markets/index.ts'
import {
  type Action,
  type ActionKind,
  Actions,
  type Column,
  type F64,
  type FaultSpec,
  type Kind,
  type KindSpec,
  type Lawful,
  type Margined,
  type Offer,
  Offers,
  type Oracle,
  refused,
  type Result,
  Statement,
  succeeded,
  type Table,
  type Venue,
} from '../../src/model/index.ts'
import { oracles } from '../../src/oracles/index.ts'
import { venues } from '../../src/venues/index.ts'
import type { AnyAdapter, Listed } from './adapter.ts'
import { rail } from './rail.ts'
import { ACTORS, MINUTE_MS, type Parts, SCENARIO, snapshot } from './snapshot.ts'

export { KEEPER, MINUTE_MS, OWNERS, type Parts, PAUPER, START_MS } from './snapshot.ts'

export type AnyVenue = Venue & Margined & Lawful
/** An action as tests write it. */
export type Step = readonly [ActionKind, Partial<Omit<Action, 'kind'>>]

/** What is live, as bytes: by column, and the length of every table. */
export type Image = ReadonlyMap<string, string>

export class Stand {
  readonly adapter: AnyAdapter
  readonly world: World
  readonly venue: AnyVenue
  readonly applier: Applier
  readonly opening: Float64Array
  readonly accounts: readonly Listed<unknown>[]
  readonly more: object
  /** Called after every applied bundle, when its laws have been checked. */
  after: (() => void) | undefined
  private readonly dials = new Map<string, F64[]>()
  private readonly faults = new Set<string>()

  /** @param more fields of the spec that replace the adapter's */
  constructor(adapter: AnyAdapter, accounts: readonly Listed<unknown>[], more: object = {}, parts: Parts = {}) {
    this.adapter = adapter
    this.accounts = accounts
    this.more = more
    const registries = {
      markets: [...markets, rail(() => this.venue.outside)],
      oracles: [...oracles, this.dial()],
      venues,
      drivers: [],
      agents: [],
    } as unknown as Registries
    const spec = { ...adapter.spec(accounts), ...more }
    this.world = build_world(snapshot(adapter, spec, parts) as never, SCENARIO, registries)
    this.venue = this.world.venue(0)
    this.applier = new Applier(this.world)
    this.opening = holdings(this.world)
    this.applier.check = () => {
      this.check('bundle')
      this.after?.()
    }
  }

  /** An oracle that answers what the test says: a price, 0, or NaN for no answer. The dial is state of the world. */
  private dial(): Kind<KindSpec, Oracle> {
    return {
      id: 'dial',
      title: 'A dial',
      source: 'tests',
      schema: { parse: (input) => input as KindSpec },
      open: (spec, builder) => {
        const start = spec.price as number
        const { answer } = builder.store.table(`${builder.self.id}.dial`, { answer: 'f64' }, 1).columns
        answer.data[0] = start
        const name = spec.id
        this.dials.set(name, [...(this.dials.get(name) ?? []), answer])
        return {
          read(_time_ms, _view, out) {
            const price = answer.data[0] as number
            out.fixed(start)
            // A dial cannot hold NaN: state has none.
            out.price = price === VOID ? Number.NaN : price
            if (price > 0 && price < Number.POSITIVE_INFINITY) out.displacement[0] = Math.log(price / start)
          },
        }
      },
    }
  }

  asset(id: string): number {
    return this.world.parts.assets.findIndex((asset) => asset.id === id)
  }

  market(id: string): number {
    return this.world.parts.markets.findIndex((market) => market.id === id)
  }

  /** What the oracle of an asset answers from now on; books of the asset follow where it is a price. Read at the next `see` or `tick`. */
  answer(id: string, price: number): void {
    for (const answer of this.dials.get(id) ?? []) answer.data[0] = Number.isNaN(price) ? VOID : price
    this.trade(id, price)
  }

  /** Sets the books of an asset alone. */
  trade(id: string, price: number): void {
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) return
    this.world.parts.markets.forEach(({ kind, part }, m) => {
      if (kind !== 'rail' || this.world.parts.assets[part.base]?.id !== id) return
      part.recover(Number.POSITIVE_INFINITY, price)
      this.world.parts.mids.pinned(m, price, -1)
    })
  }

  price(id: string): number {
    return (this.dials.get(id) as F64[])[0]?.data[0] as number
  }

  /** Switches a fault on or off, for the next `see` or `tick`. */
  fault(target: string, on: boolean): void {
    if (on) this.faults.add(target)
    else this.faults.delete(target)
  }

  /** Is any fault in force, or will be at the next `see`? */
  get halted(): boolean {
    return this.faults.size > 0
  }

  private switch(): void {
    const list = [...this.faults].map((target): FaultSpec => ({ kind: 'halt', target, from_ms: 0, to_ms: 1, value: 0 }))
    this.world.switch_faults(list, 0, 0)
  }

  /** The venue reads its prices, at once. */
  see(): void {
    this.switch()
    this.world.moved()
    this.venue.price(this.world.time_ms, this.world)
  }

  /** Time passes, in the order of the engine. */
  tick(ms = MINUTE_MS): void {
    const { clock, log } = this.world.parts
    clock.columns.time_ms.data[0] = this.world.time_ms + ms
    clock.columns.tick.data[0] = this.world.tick + 1
    clock.columns.round.data[0] = 0
    this.switch()
    this.world.moved()
    this.venue.price(this.world.time_ms, this.world)
    this.venue.accrue(this.world.time_ms, this.world, log)
    this.venue.price(this.world.time_ms, this.world)
    this.check('time')
  }

  /** What the venue wants done and what it offers. */
  asked(): { readonly actions: Actions; readonly offers: readonly Offer[] } {
    const [actions, offers] = [new Actions(), new Offers()]
    this.venue.act(this.world, actions, offers)
    return { actions, offers: offers.list }
  }

  /** Rounds of the venue alone until one does nothing; how many did something. */
  settle(most = 100): number {
    const { round: now } = this.world.parts.clock.columns
    for (let round = 0; round < most; round++) {
      now.data[0] = round
      this.venue.price(this.world.time_ms, this.world)
      if (this.applier.round(this.asked().actions) === 0) return round
    }
    throw new Error(`the venue is not quiet after ${most} rounds`)
  }

  /** One round of the venue alone; how many of its bundles did something. */
  round(): number {
    this.venue.price(this.world.time_ms, this.world)
    return this.applier.round(this.asked().actions)
  }

  /** What would become of these actions, one bundle; nothing is changed. */
  ask(...list: readonly Step[]): Result {
    return this.attempt(list, false)
  }

  /** One bundle, all or nothing, every law checked after it; the result of its last action, or of the one that was refused. */
  bundle(...list: readonly Step[]): Result {
    return this.attempt(list, true)
  }

  private attempt(list: readonly Step[], keep: boolean): Result {
    const { journal } = this.world.parts.store
    const { log, ledger } = this.world.parts
    const actions = new Actions()
    actions.bundle(20, 0)
    const mark = journal.savepoint()
    let result: Result = refused('empty')
    for (const [kind, fields] of list) {
      actions.add(kind, { venue: 0, ...fields })
      result = this.venue.apply(actions, actions.list.length - 1, log)
      if (!succeeded(result)) break
    }
    if (keep && succeeded(result)) {
      journal.commit(mark)
      this.world.moved()
      this.check(list.map(([kind]) => kind).join(', '))
    } else {
      journal.rollback(mark)
      ledger.postings.settle()
    }
    return result
  }

  /** A bundle through the engine: orders, flash loans. True when it was applied. */
  through(...list: readonly Step[]): boolean {
    const actions = new Actions()
    actions.bundle(20, 0)
    for (const [kind, fields] of list) actions.add(kind, { venue: 0, ...fields })
    return this.applier.round(actions) > 0
  }

  /** The row of an account is its place in the list. */
  health(row: number): number {
    return this.venue.health(row, this.venue.prices)
  }

  statement(row: number): Statement {
    const out = new Statement()
    this.venue.statement(row, out)
    return out
  }

  /** Rows that a sweep finds below their level. */
  swept(): number[] {
    const out: number[] = []
    for (let row = 0; row < this.venue.rows; row++) {
      const [health, level] = [this.health(row), this.venue.level(row)]
      if (this.adapter.breach === 'below' ? health < level : health <= level) out.push(row)
    }
    return out
  }

  below(): number[] {
    const { count, rows } = this.venue.below()
    return [...rows.subarray(0, count)]
  }

  /** Everything that is broken now. */
  broken(): string[] {
    const { ledger, assets } = this.world.parts
    const asset = ledger.postings.settle()
    const out = broken_laws(this.world, this.opening)
    if (asset >= 0) out.push(`postings of ${assets[asset]?.id} do not cancel`)
    const [found, wanted] = [this.below().join(), this.swept().join()]
    if (found !== wanted) out.push(`the book reports rows ${found}, a sweep ${wanted}`)
    for (let actor = 1; actor <= ACTORS; actor++)
      for (let a = 0; a < assets.length; a++)
        if (!(ledger.balance(actor, a) >= 0))
          out.push(`actor ${actor} has ${ledger.balance(actor, a)} ${assets[a]?.id} in his treasury`)
    return out
  }

  check(after: string): void {
    const broken = this.broken()
    if (broken.length > 0) throw new Error(`after ${after}: ${broken.join('; ')}`)
  }

  private tables(): readonly Table[] {
    return (this.world.parts.store as unknown as { tables: Table[] }).tables
  }

  /** A live column by its full name, `venue.accounts.debt`. */
  column(name: string): ArrayLike<number> {
    for (const table of this.tables())
      for (const column of Object.values(table.columns) as Column[]) if (column.name === name) return column.data
    throw new Error(`no column ${name}`)
  }

  /** Bytes of all that is live. @param except tables whose name begins so are left out */
  image(except?: string): Image {
    const out = new Map<string, string>()
    for (const table of this.tables()) {
      if (except !== undefined && table.name.startsWith(except)) continue
      out.set(`${table.name} length`, String(table.length))
      for (const column of Object.values(table.columns) as Column[]) {
        const live = column.data.subarray(0, table.length)
        out.set(column.name, Buffer.from(live.buffer, live.byteOffset, live.byteLength).toString('latin1'))
      }
    }
    return out
  }

  /** Hash of all that is live; NaN in it is an error. */
  hash(): string {
    return this.world.parts.store.hash()
  }

  reset(): void {
    this.world.reset()
    this.faults.clear()
  }
}

/** Stands for no answer in a dial. */
const VOID = -1e308

/** Names of what differs between two images. */
export function differences(a: Image, b: Image): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key))
}

/** Lists accounts, each owned by the actor of its place. */
export const listed = <A>(accounts: readonly A[]): Listed<A>[] => accounts.map((account, owner) => ({ account, owner }))

/** How to take an offer, or a part of it: what an agent would send. */
export function take(adapter: AnyAdapter, offer: Offer, actor: number, part = 1): Step {
  const { kind, id, collateral, debt, debt_max, collateral_max, price } = offer
  if (kind === 'liquidation')
    return ['liquidate', { account: id, asset: collateral, asset2: debt, amount: debt_max * part, actor }]
  if (kind === 'start') return ['start', { account: id, actor }]
  if (kind === 'redo') return ['start', { offer: id, actor }]
  if (kind === 'redemption') return ['redeem', { asset: collateral, amount: debt_max * part, actor }]
  const limit = adapter.bid?.(offer) ?? price * (1 + 1e-9)
  return ['bid', { offer: id, amount: collateral_max * part, limit, actor }]
}
