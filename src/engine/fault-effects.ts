/** What faults do to components beside switching them off: liquidity that leaves, tokens that are stolen or appear, parameters that change. */
import {
  type Drainable,
  type Fill,
  InputError,
  type Market,
  OUTSIDE,
  type Store,
  type Table,
  type Thinnable,
  type Tunable,
  type Venue,
} from '../model/index.ts'
import { exp, log } from '../math/index.ts'
import { means } from './fault-names.ts'
import { type Fault, ramped } from './faults.ts'
import type { World } from './world.ts'

const can = <T extends object>(part: object, method: keyof T & string): part is T => method in part

/** Something that a fault sets to a number while it is in force. */
interface Lever {
  readonly faults: readonly Fault[]
  /** Without a fault. */
  readonly base: number
  /** Position in the table of what is set now. */
  readonly at: number
  readonly set: (value: number) => void
}

/** Something that happens once. */
interface Deed {
  readonly fault: Fault
  readonly at: number
  readonly act: () => void
}

const shape = { value: 'f64' } as const

/** Opened with the world; `switch` is called once a tick. */
export class FaultEffects {
  private readonly world: World
  private readonly shares: Lever[] = []
  private readonly parameters: Lever[] = []
  private readonly deeds: Deed[] = []
  private readonly pegs: (readonly [fault: Fault, asset: number])[] = []
  /** Per lever what is set; per deed 1 when it is done. */
  private readonly state: Table<typeof shape> | undefined
  /** Per fault the log row of its beginning. */
  private readonly rows: Table<{ row: 'i32' }> | undefined

  /** @throws InputError when a component cannot do what the fault asks of it */
  constructor(world: World, store: Store) {
    this.world = world
    const { faults } = world
    if (faults.list.length === 0) return
    this.state = store.table('engine.faults', shape)
    this.rows = store.table('engine.fault_rows', { row: 'i32' }, faults.list.length)
    this.rows.columns.row.data.fill(-1)
    faults.row = (fault) => this.rows?.columns.row.data[fault.index] ?? -1
    this.thin()
    this.tune()
    for (const fault of faults.of('drain')) this.plan(fault, (target) => this.drain(fault, target))
    for (const fault of faults.of('unbacked')) this.plan(fault, (target) => this.appear(fault, target))
    for (const fault of faults.of('depeg'))
      for (const target of fault.targets) this.pegs.push([fault, this.asset(target.slice('asset:'.length))])
  }

  private row(value: number): number {
    const table = this.state as Table<typeof shape>
    const at = table.push()
    table.columns.value.data[at] = value
    return at
  }

  private asset(id: string | undefined): number {
    return this.world.parts.assets.findIndex((asset) => asset.id === id)
  }

  private thin(): void {
    const { faults, parts } = this.world
    parts.markets.forEach(({ id, part }) => {
      const mine = faults.of('depth').filter(({ targets }) => targets.some((target) => means(target, `market:${id}`)))
      const first = mine[0]
      if (first === undefined) return
      if (!can<Thinnable>(part, 'thin')) throw refusal(first, 'target', `market:${id}`, 'a market whose liquidity can leave')
      this.shares.push({ faults: mine, base: 1, at: this.row(1), set: (share) => part.thin(share) })
    })
  }

  private tune(): void {
    const { faults, parts } = this.world
    const fields = new Map<string, Fault[]>()
    for (const fault of faults.of('parameter'))
      for (const target of fault.targets) {
        const key = `${target} ${fault.spec.field}`
        fields.set(key, [...(fields.get(key) ?? []), fault])
      }
    for (const [key, mine] of fields) {
      const [target, field] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
      const named = parts.venues.find(({ id }) => `venue:${id}` === target)
      if (named === undefined) continue
      const first = mine[0] as Fault
      const venue: Venue = named.part
      if (!can<Tunable>(venue, 'tune')) throw refusal(first, 'target', target, 'a venue whose parameters can be changed')
      const base = venue.tune(field)
      if (base === undefined)
        throw refusal(first, 'field', field, 'a parameter of this venue that can be changed: see docs/scenarios.md')
      this.parameters.push({ faults: mine, base, at: this.row(base), set: (value) => void venue.tune(field, value) })
    }
  }

  private plan(fault: Fault, make: (target: string) => (() => void) | undefined): void {
    for (const target of fault.targets) {
      const act = make(target)
      if (act !== undefined) this.deeds.push({ fault, at: this.row(0), act })
    }
  }

  /** Actor by name, or the first one of an agent; `outside` when none is named. */
  private actor(fault: Fault): number {
    const { actor_names, agents, agent_of } = this.world.parts
    const { actor } = fault.spec
    if (actor === undefined) return OUTSIDE
    const by_name = actor_names.indexOf(actor)
    if (by_name > 0) return by_name
    const agent = agents.findIndex(({ id }) => id === actor)
    const first = agent < 0 ? -1 : agent_of.indexOf(agent)
    if (first < 0)
      throw refusal(
        fault,
        'actor',
        actor,
        `a named actor or an agent that has one: ${[...actor_names.slice(1, 24), ...agents.map(({ id }) => id)].join(', ')}`,
      )
    return first
  }

  private drain(fault: Fault, target: string): (() => void) | undefined {
    const { markets, venues } = this.world.parts
    const market = markets.findIndex(({ id }) => `market:${id}` === target)
    const venue = venues.findIndex(({ id }) => `venue:${id}` === target)
    const part: Market | Venue | undefined = market >= 0 ? markets[market]?.part : venues[venue]?.part
    if (part === undefined) return undefined
    if (!can<Drainable>(part, 'drain')) throw refusal(fault, 'target', target, 'a market or venue that tokens can be taken from')
    const [asset, actor] = [this.asset(fault.spec.asset), this.actor(fault)]
    return () => {
      const { ledger, log: rows, mids } = this.world.parts
      const before = market >= 0 ? this.world.mid(market) : 0
      const amount = part.drain(asset, fault.spec.value)
      if (!(amount > 0)) return
      ledger.credit(actor, asset, amount)
      const usd = amount * this.world.usd(asset)
      const row = rows.add({ kind: 'fault', venue, market, actor, asset, amount, usd })
      if (market >= 0) mids.recovered(market, moved(market, before, this.world.mid(market)), row)
    }
  }

  private appear(fault: Fault, target: string): (() => void) | undefined {
    const [asset, actor, amount] = [this.asset(target.slice('asset:'.length)), this.actor(fault), fault.spec.value]
    if (asset < 0) return undefined
    return () => {
      const { ledger, log: rows } = this.world.parts
      ledger.postings.mint(asset, amount)
      ledger.credit(actor, asset, amount)
      rows.add({ kind: 'fault', actor, asset, amount, usd: amount * this.world.usd(asset) })
    }
  }

  /** Fundamentals of assets off their peg. */
  depeg(fundamental: Float64Array): void {
    for (const [fault, asset] of this.pegs) {
      const strength = this.world.faults.strength(fault)
      if (asset < 0 || strength === 0) continue
      const factor = strength === 1 ? fault.spec.value : exp(strength * log(fault.spec.value))
      fundamental[asset] = (fundamental[asset] as number) * factor
    }
  }

  /** Once a tick. */
  switch(): void {
    if (this.state === undefined) return
    const { faults, ledger } = this.world
    const now = this.state.columns.value.data
    this.begin()
    for (const lever of this.shares) {
      let share = 1
      for (const fault of lever.faults) share *= ramped(1, fault.spec.value, faults.strength(fault))
      this.put(lever, share, now)
    }
    for (const lever of this.parameters) {
      let value = lever.base
      // Of several the last one counts, as with gas.
      for (const fault of lever.faults)
        if (faults.strength(fault) > 0) value = ramped(lever.base, fault.spec.value, faults.strength(fault))
      this.put(lever, value, now)
    }
    for (const { fault, at, act } of this.deeds) {
      if (now[at] === 1 || faults.strength(fault) === 0) continue
      now[at] = 1
      act()
    }
    ledger.postings.settle()
  }

  /** Faults that have just begun are written down, so that what they cause can name them; those that happen once write what they did. */
  private begin(): void {
    const { faults, parts } = this.world
    const rows = (this.rows as Table<{ row: 'i32' }>).columns.row.data
    for (const fault of faults.list) {
      const { spec, index, targets } = fault
      if ((rows[index] as number) >= 0 || faults.strength(fault) === 0 || spec.kind === 'drain' || spec.kind === 'unbacked')
        continue
      const at = (family: string, list: readonly { readonly id: string }[]) =>
        list.findIndex(({ id }) => targets.some((target) => target.endsWith(`@${id}`) || means(target, `${family}:${id}`)))
      rows[index] = parts.log.add({
        kind: 'fault',
        venue: at('venue', parts.venues),
        market: at('market', parts.markets),
        asset: at('asset', parts.assets),
        price: spec.value,
        extra: index,
      })
    }
  }

  /** Row of the fault that began last; −1 none. */
  last(): number {
    let last = -1
    for (const row of this.rows?.columns.row.data.subarray(0, this.rows.length) ?? []) last = Math.max(last, row)
    return last
  }

  private put(lever: Lever, value: number, now: Float64Array): void {
    if (now[lever.at] === value) return
    now[lever.at] = value
    lever.set(value)
  }

  /** Parameters as they were, before the state goes back to its beginning. */
  undo(): void {
    if (this.state === undefined) return
    const now = this.state.columns.value.data
    for (const lever of this.parameters) if (now[lever.at] !== lever.base) lever.set(lever.base)
  }
}

const refusal = ({ index }: Fault, field: string, found: unknown, valid: string) =>
  new InputError('scenario', `faults[${index}].${field}`, found, valid)

/** A move of a mid that nobody traded. */
const moved = (market: number, mid_before: number, mid_after: number): Fill => ({
  market,
  party: OUTSIDE,
  base: 0,
  quote: 0,
  mid_before,
  mid_after,
  legs: [],
  fee_quote: 0,
  decay: 1,
  permanent: 0,
})
