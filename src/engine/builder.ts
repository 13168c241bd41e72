/** Opens the components of a snapshot and scenario, in dependency order, into a world. The registries come from outside. */
import { hash32, Rng } from '../math/index.ts'
import {
  type AccountRef,
  type Agent,
  type AssetSpec,
  check_column,
  content_hash,
  type Driver,
  index_of,
  InputError,
  issue_error,
  type Kind,
  type KindSpec,
  type Lawful,
  Ledger,
  Log,
  type Market,
  type Oracle,
  Quotes,
  type Scenario,
  type Snapshot,
  Store,
  type Venue,
  type WorldBuilder,
} from '../model/index.ts'
import { Attribution, Epochs, type Subject } from './attribution.ts'
import { CalledCash } from './called-cash.ts'
import { type Cuts, cuts_of, undisplaced } from './cuts.ts'
import { EventQueue } from './events.ts'
import { FaultEffects } from './fault-effects.ts'
import { check_targets } from './fault-names.ts'
import { faulty } from './fault-oracle.ts'
import { check_faults, Faults } from './faults.ts'
import { Frames } from './frames.ts'
import { Late } from './late.ts'
import { Mids } from './mids.ts'
import { type AnyMarket, type AnyVenue, type Named, World, type WorldParts } from './world.ts'

/** The kinds a world may be made of. */
export interface Registries {
  readonly markets: readonly Kind<never, Market & Lawful>[]
  readonly oracles: readonly Kind<never, Oracle>[]
  readonly venues: readonly Kind<never, Venue & Lawful>[]
  readonly drivers: readonly Kind<never, Driver>[]
  readonly agents: readonly Kind<never, Agent>[]
}

type AnyKind<T> = Kind<never, T>

interface ZodLike {
  issues?: readonly { path: readonly PropertyKey[]; message: string }[]
}

/** The spec as its kind's schema understands it, or an error that names the field. */
export function parse_spec<T>(kind: AnyKind<T>, spec: KindSpec, where: string): never {
  try {
    return kind.schema.parse(spec)
  } catch (error) {
    const { issues } = error as ZodLike
    if (issues === undefined || issues.length === 0) throw error
    throw issue_error(kind.schema, issues, spec, where)
  }
}

function kind_of<T>(kinds: readonly AnyKind<T>[], spec: KindSpec, where: string): AnyKind<T> {
  return kinds[index_of(kinds, spec.kind, where, 'kind')] as AnyKind<T>
}

class Builder implements WorldBuilder {
  self = { id: '', index: -1 }
  readonly store = new Store()
  readonly ledger: Ledger
  readonly log: Log
  readonly feeds: Quotes
  readonly rng: Rng
  readonly time_ms: number
  readonly assets: readonly AssetSpec[]
  readonly sources: number
  readonly actors: number
  readonly snapshot: Snapshot
  readonly markets: Named<AnyMarket>[] = []
  readonly venues: Named<AnyVenue>[] = []
  readonly clock
  readonly agent_of: Int32Array
  readonly actor_names: readonly string[]
  private readonly registries: Registries
  private accounts: AccountRef[][] | undefined
  private family = ''
  /** The component that is being opened, whatever it opens itself. */
  private reader = ''
  readonly faults: Faults
  readonly readers: (readonly [string, string])[] = []
  private readonly cuts: Cuts

  constructor(snapshot: Snapshot, scenario: Scenario, registries: Registries) {
    this.snapshot = snapshot
    this.registries = registries
    this.faults = new Faults(scenario.faults)
    this.cuts = cuts_of(scenario.without)
    this.time_ms = snapshot.time_ms
    this.assets = snapshot.assets
    this.sources = snapshot.venues.length + 1
    this.actors = snapshot.actors.count + 1
    this.clock = this.store.table('engine.clock', { time_ms: 'f64', tick: 'i32', round: 'i32', stamp: 'f64', gas_usd: 'f64' }, 1)
    const clock = this.clock.columns
    clock.time_ms.data[0] = snapshot.time_ms
    clock.gas_usd.data[0] = scenario.gas_usd
    const read = {
      get time_ms() {
        return clock.time_ms.data[0] as number
      },
    }
    this.log = new Log(this.store, read)
    this.ledger = new Ledger(this.store, this.actors, this.assets.length)
    this.feeds = new Quotes(this.store, 'engine.feeds', 0, this.sources)
    this.rng = new Rng(scenario.seed, 0, 'run', 0)
    this.agent_of = new Int32Array(this.actors).fill(-1)
    const names = ['outside', ...snapshot.actors.names]
    this.actor_names = names
    for (let i = 0; i < snapshot.actors.count; i++) {
      const agent = snapshot.agents[snapshot.actors.agent[i] as number]
      this.agent_of[i + 1] = agent === undefined ? -1 : (snapshot.actors.agent[i] as number)
    }
  }

  /** Opens one component; its state is named after `name`, which is its id unless it is opened more than once. */
  open<T>(family: string, kinds: readonly AnyKind<T>[], spec: KindSpec, index: number, name = spec.id): Named<T> {
    const where = `${family} ${spec.id}`
    const kind = kind_of(kinds, spec, where)
    const outer = this.self
    const outer_family = this.family
    if (outer_family === '') this.reader = spec.id
    this.self = { id: name, index }
    this.family = family
    const part = kind.open(parse_spec(kind, spec, where), this)
    this.self = outer
    this.family = outer_family
    return { id: spec.id, kind: spec.kind, part }
  }

  asset(id: unknown, field: string): number {
    return index_of(this.assets, id, this.where(), field)
  }
  market(id: unknown, field: string): number {
    return index_of(this.snapshot.markets, id, this.where(), field)
  }
  venue(id: unknown, field: string): number {
    return index_of(this.snapshot.venues, id, this.where(), field)
  }
  market_at(index: number): Market {
    return (this.markets[index] as Named<AnyMarket>).part
  }
  oracle(spec: string | KindSpec, field: string): Oracle {
    const found =
      typeof spec === 'string'
        ? (this.snapshot.oracles[index_of(this.snapshot.oracles, spec, this.where(), field)] as KindSpec)
        : spec
    const name = `${this.self.id}.${field}.${found.id ?? 'oracle'}`
    const { part } = this.open('oracle', this.registries.oracles, found, 0, name)
    this.readers.push([found.id, this.reader])
    const faults = this.faults.on_oracle(found.id, this.reader)
    const said = faults.length === 0 ? part : faulty(part, faults, this.faults, this.store, name, this.sources)
    return this.cuts.oracle ? undisplaced(said) : said
  }
  feed(_name: string): number {
    return this.feeds.push()
  }
  actor(name: unknown, field: string): number {
    const index = this.actor_names.indexOf(name as string)
    if (index < 0) throw this.invalid(field, name, 'the name of an actor in the snapshot')
    return index
  }
  my_actors(): Int32Array {
    const out: number[] = []
    for (let a = 0; a < this.agent_of.length; a++) if (this.agent_of[a] === this.self.index) out.push(a)
    return Int32Array.from(out)
  }
  accounts_of(actor: number): readonly AccountRef[] {
    if (this.accounts === undefined) {
      this.accounts = []
      for (let v = 0; v < this.venues.length; v++) {
        const { part } = this.venues[v] as Named<AnyVenue>
        for (let row = 0; row < part.rows; row++) {
          const owner = part.owner(row)
          if (owner >= 0) (this.accounts[owner] ??= []).push({ venue: v, row })
        }
      }
    }
    return this.accounts[actor] ?? []
  }
  invalid(field: string, found: unknown, valid: string): Error {
    return new InputError(this.where(), field, found, valid)
  }
  private where(): string {
    return `${this.family} ${this.self.id}`
  }
}

/** Opens everything, takes the base image, and returns the world at its opening state; faults that name what is `gone` are of no effect. `InputError` for anything that does not fit. */
export function build_world(
  snapshot: Snapshot,
  scenario: Scenario,
  registries: Registries,
  gone: ReadonlySet<string> = new Set(),
): World {
  const b = new Builder(snapshot, scenario, registries)
  check_names(snapshot, scenario)
  check_faults(scenario.faults, snapshot.assets)
  const { store } = b
  const outside = store.table('engine.outside', { fundamental: 'f64', shock_row: 'i32' }, b.assets.length)
  const start_usd = Float64Array.from(b.assets, (asset) => asset.price_usd)
  outside.columns.fundamental.data.set(start_usd)
  outside.columns.shock_row.data.fill(-1)
  endow(b)
  snapshot.markets.forEach((spec, i) => b.markets.push(b.open('market', registries.markets, spec, i) as Named<AnyMarket>))
  const mids = new Mids(store, b.markets.length, b.sources)
  b.markets.forEach(({ part }, m) => mids.open(m, part.mid()))
  snapshot.venues.forEach((spec, i) => b.venues.push(b.open('venue', registries.venues as never, spec, i) as Named<AnyVenue>))
  const drivers = scenario.drivers.map((spec, i) =>
    of_scenario(`drivers[${i}]`, () => b.open('driver', registries.drivers, spec, i)),
  )
  const agents = snapshot.agents.map((spec, i) => b.open('agent', registries.agents, spec, i))
  const blamed = open_attribution(b)
  const pinned = b.markets.map(({ part }) =>
    [part.base, part.quote_asset].some((asset) => scenario.pinned.includes((b.assets[asset] as AssetSpec).id)),
  )
  const parts: WorldParts = {
    snapshot_hash: content_hash(snapshot),
    store,
    ledger: b.ledger,
    log: b.log,
    feeds: b.feeds,
    rng: b.rng,
    assets: b.assets,
    markets: b.markets,
    venues: b.venues,
    agents,
    agent_rngs: snapshot.agents.map((spec) => b.rng.stream('agent', hash32(spec.id))),
    drivers,
    agent_of: b.agent_of,
    actor_names: b.actor_names,
    reference: references(snapshot),
    scenario,
    mids,
    frames: new Frames(store, b.assets.length, b.venues.length),
    ...blamed,
    cash: new CalledCash(store, b.agent_of.length),
    events: new EventQueue(store),
    clock: b.clock,
    outside,
    call_levels: b.venues.map(({ part }) => new Float64Array(part.rows).fill(1)),
    start_usd,
    pinned,
  }
  const world = new World(parts, b.faults)
  open_faults(world, b, gone)
  store.seal()
  return world
}

/** What is wrong with a component that the scenario brings is told by its place there. @throws InputError */
function of_scenario<T>(place: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('scenario', error.field === '' ? place : `${place}.${error.field}`, error.found, error.valid)
  }
}

/** What attribution reads of every venue, and what it remembers of accounts. */
function open_attribution(b: Builder): Pick<WorldParts, 'epochs' | 'subjects' | 'attribution' | 'late'> {
  const { store } = b
  const subjects: Subject[] = []
  let slots = 0
  for (const { id, part } of b.venues) {
    subjects.push({ venue: part, first_slot: slots, epoch: store.table(`engine.epoch_of.${id}`, { id: 'i32' }, part.rows) })
    slots += part.prices.length
  }
  const epochs = new Epochs(store, b.feeds, slots)
  const attribution = new Attribution(b.log, b.feeds, epochs, subjects)
  b.log.blame = (venue, account) => attribution.blame(venue, account)
  const late = new Late(
    store,
    epochs,
    subjects,
    b.venues.map(({ id }) => id),
  )
  attribution.late = (venue, account) => late.since(venue, account, b.clock.columns.tick.data[0] as number)
  return { epochs, subjects, attribution, late }
}

/** The first prices, seen by which names components look for; then what faults may name is known. */
function open_faults(world: World, b: Builder, gone: ReadonlySet<string>): void {
  const asked = new Set<string>()
  b.faults.asked = asked
  open_books(world)
  b.faults.asked = undefined
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id)
  const { assets, markets, venues, agents, oracles } = b.snapshot
  const names = { assets: ids(assets), markets: ids(markets), venues: ids(venues), agents: ids(agents), oracles: ids(oracles) }
  check_targets(world.parts.scenario.faults, { ...names, readers: b.readers, asked, gone })
  world.effects = new FaultEffects(world, b.store)
  world.parts.attribution.outside = (asset) => outside_row(world, asset)
}

/** Log row of what happened from outside: the shock of an asset, else the fault that began last, else any shock; −1 nothing. Asset −1: what no price tells. */
function outside_row(world: World, asset: number): number {
  const rows = world.parts.outside.columns.shock_row.data.subarray(0, world.parts.assets.length)
  const shock = rows[asset] ?? -1
  if (shock >= 0) return shock
  const fault = world.effects?.last() ?? -1
  return fault >= 0 ? fault : rows.reduce((last, row) => Math.max(last, row), -1)
}

/** First prices, first epoch, call levels, base image. */
function open_books(world: World): void {
  const { venues, agents, agent_of, call_levels, epochs, subjects, ledger } = world.parts
  for (const { part } of venues) part.price(world.time_ms, world)
  epochs.now(0, subjects)
  for (let v = 0; v < venues.length; v++) {
    const venue = world.venue(v)
    for (let row = 0; row < venue.rows; row++) {
      const owner = venue.owner(row)
      const agent = owner >= 0 ? agents[agent_of[owner] as number] : undefined
      if (agent === undefined) continue
      const health = venue.health(row, venue.prices)
      const level = health < Number.POSITIVE_INFINITY ? Math.max(1, agent.part.call_level(health)) : 1
      ;(call_levels[v] as Float64Array)[row] = level
      if (level > 1) venue.watch(row, level)
    }
  }
  ledger.postings.settle()
  ledger.postings.minted.columns.amount.data.fill(0)
}

function references(snapshot: Snapshot): Int32Array {
  return Int32Array.from(snapshot.assets, (asset) => {
    if (asset.reference === undefined) return -1
    const market = index_of(snapshot.markets, asset.reference, `asset ${asset.id}`, 'reference')
    if (snapshot.markets[market]?.base !== asset.id)
      throw new InputError(`asset ${asset.id}`, 'reference', asset.reference, `a market whose base is ${asset.id}`)
    return market
  })
}

/** Opening treasuries. */
function endow(b: Builder): void {
  const { actors } = b.snapshot
  const { actor, asset, amount } = actors.treasury as { actor?: Int32Array; asset?: Int32Array; amount?: Float64Array }
  const rows = actor?.length ?? 0
  check_column(actors.agent, actors.count, 'actors', 'agent', -1)
  if (rows === 0) return
  check_column(asset, rows, 'actors.treasury', 'asset', 0)
  check_column(amount, rows, 'actors.treasury', 'amount', 0)
  for (let i = 0; i < rows; i++) {
    const who = actor?.[i] as number
    const what = asset?.[i] as number
    if (!(who >= 0 && who < actors.count)) throw new InputError('actors.treasury', `actor[${i}]`, who, `0 to ${actors.count - 1}`)
    if (!(what < b.assets.length)) throw new InputError('actors.treasury', `asset[${i}]`, what, `0 to ${b.assets.length - 1}`)
    b.ledger.credit(who + 1, what, amount?.[i] as number)
  }
}

/** Ids are unique, prices are positive, and what a scenario names exists. */
function check_names(snapshot: Snapshot, scenario: Scenario): void {
  for (const [family, list] of Object.entries({
    assets: snapshot.assets,
    markets: snapshot.markets,
    oracles: snapshot.oracles,
    venues: snapshot.venues,
    agents: snapshot.agents,
  })) {
    const seen = new Set<string>()
    for (const item of list) {
      if (typeof item.id !== 'string' || item.id === '') throw new InputError(family, 'id', item.id, 'a name')
      if (seen.has(item.id)) throw new InputError(family, 'id', item.id, 'a name used once')
      seen.add(item.id)
    }
  }
  for (const asset of snapshot.assets) {
    if (!(asset.price_usd > 0 && asset.price_usd < Number.POSITIVE_INFINITY))
      throw new InputError(`asset ${asset.id}`, 'price_usd', asset.price_usd, 'a positive number')
    if (!Number.isFinite(asset.beta)) throw new InputError(`asset ${asset.id}`, 'beta', asset.beta, 'a finite number')
  }
  for (const id of scenario.pinned) index_of(snapshot.assets, id, 'scenario', 'pinned')
  if (!(scenario.tick_ms > 0)) throw new InputError('scenario', 'tick_ms', scenario.tick_ms, 'a positive number of milliseconds')
  if (!(scenario.horizon_ms >= scenario.tick_ms))
    throw new InputError('scenario', 'horizon_ms', scenario.horizon_ms, `at least one tick (${scenario.tick_ms} ms)`)
  if (!Number.isSafeInteger(scenario.seed) || scenario.seed < 0)
    throw new InputError('scenario', 'seed', scenario.seed, 'a whole number from 0 to 2^53 − 1')
}
