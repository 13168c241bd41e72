/** The loop of design §3. Knows contracts, no kind by name. */
import { Actions, assert, type Call, type Calls, type Due, type DueEvent, Offers, type Statement } from '../model/index.ts'
import { Applier } from './apply.ts'
import type { Scheduled } from './events.ts'
import { exposures_of } from './exposures.ts'
import { outweighed } from './late.ts'
import { broken_laws, holdings } from './laws.ts'
import type { World } from './world.ts'

export type RunStatus = 'done' | 'limit' | 'interrupted'

export interface RunOptions {
  /** False: every fill leaves the market as it found it. */
  readonly feedback?: boolean
  /** Checks every law after every applied bundle. */
  readonly debug?: boolean
  /** Called after every tick; return false to stop. */
  readonly on_tick?: (tick: number, ticks: number) => boolean | undefined
}

export interface RunResult {
  readonly status: RunStatus
  readonly ticks: number
  readonly rounds: number
  readonly log_hash: string
  readonly laws: { readonly checked: number; readonly broken: readonly string[] }
}

const LAW_EVERY_TICKS = 120

/** Runs a world from its opening state to the horizon. The world must be fresh or reset. */
export function run(world: World, options: RunOptions = {}): RunResult {
  const loop = new Loop(world, options)
  return loop.run()
}

class Loop {
  private readonly world: World
  private readonly options: RunOptions
  private readonly applier: Applier
  private readonly actions = new Actions()
  private readonly offers = new Offers()
  private readonly opening: Float64Array
  private readonly broken: string[] = []
  private checked = 0
  private rounds = 0
  /** Per agent: is it switched off in this tick? */
  private readonly away: Uint8Array

  constructor(world: World, options: RunOptions) {
    assert(world.tick === 0 && world.parts.log.length === 0, 'the world has already run: reset it first')
    this.world = world
    this.options = options
    this.applier = new Applier(world)
    this.away = new Uint8Array(world.parts.agents.length)
    world.feedback = options.feedback !== false && !world.cuts.price
    this.opening = holdings(world)
    world.exposures = exposures_of(world)
    if (options.debug === true) {
      this.applier.check = () => {
        const asset = world.ledger.postings.settle()
        if (asset >= 0) this.note([`postings of ${world.parts.assets[asset]?.id} do not cancel`])
        this.laws()
      }
    } else this.applier.check = () => void world.ledger.postings.settle()
  }

  run(): RunResult {
    const { world } = this
    const { scenario, log } = world.parts
    const ticks = Math.ceil(scenario.horizon_ms / scenario.tick_ms)
    let status: RunStatus = 'done'
    world.sample()
    for (let tick = 1; tick <= ticks; tick++) {
      if (!this.tick(tick)) {
        status = 'limit'
        break
      }
      if (tick % LAW_EVERY_TICKS === 0 || tick === ticks) this.laws()
      if (this.options.on_tick?.(tick, ticks) === false) {
        status = 'interrupted'
        break
      }
    }
    return {
      status,
      ticks: world.tick,
      rounds: this.rounds,
      log_hash: log.hash(),
      laws: { checked: this.checked, broken: this.broken },
    }
  }

  private note(lines: readonly string[]): void {
    for (const line of lines) if (this.broken.length < 100) this.broken.push(`${this.world.time_ms}: ${line}`)
  }

  private laws(): void {
    this.checked++
    this.note(broken_laws(this.world, this.opening))
  }

  /** One step of time; false when a limit was hit. */
  private tick(tick: number): boolean {
    const { world } = this
    const { scenario, clock, log } = world.parts
    const c = clock.columns
    c.time_ms.data[0] = world.time_ms + scenario.tick_ms
    c.tick.data[0] = tick
    c.round.data[0] = 0
    world.moved()
    world.switch_faults(scenario.faults, tick * scenario.tick_ms, scenario.gas_usd)
    this.fundamentals()
    this.recover()
    world.effects?.switch()
    this.absent()
    this.due()
    for (const { part } of world.parts.venues) {
      part.price(world.time_ms, world)
      part.accrue(world.time_ms, world, log)
      part.price(world.time_ms, world)
    }
    this.calls()
    const quiet = this.settle()
    world.sample()
    return quiet && log.length <= scenario.limits.rows
  }

  private fundamentals(): void {
    const { world } = this
    const { drivers, rng, outside, start_usd, scenario, log, assets } = world.parts
    const { fundamental, shock_row } = outside.columns
    fundamental.data.set(start_usd)
    for (const { part } of drivers) part.advance(world.time_ms, scenario.tick_ms, rng, fundamental.data)
    world.effects?.depeg(fundamental.data)
    for (let a = 0; a < assets.length; a++) {
      const value = fundamental.data[a] as number
      assert(value > 0 && value < Number.POSITIVE_INFINITY, `the fundamental of ${assets[a]?.id} became ${value}`)
      if ((shock_row.data[a] as number) < 0 && value !== start_usd[a])
        shock_row.data[a] = log.add({ kind: 'shock', asset: a, price: value, usd: value })
    }
  }

  /** Books refill around the fundamental; held markets are set to it. */
  private recover(): void {
    const { world } = this
    const { markets, mids, scenario, outside } = world.parts
    const { fundamental, shock_row } = outside.columns
    for (let m = 0; m < markets.length; m++) {
      const market = world.market(m)
      const anchor = (fundamental.data[market.base] as number) / (fundamental.data[market.quote_asset] as number)
      const held = world.held(m)
      const fill = market.recover(held ? Number.POSITIVE_INFINITY : scenario.tick_ms, anchor, scenario.tick_ms)
      this.applier.recovered(m, fill)
      const moved = shock_row.data[market.base] as number
      const row = moved >= 0 ? moved : (shock_row.data[market.quote_asset] as number)
      if (held) mids.pinned(m, market.mid(), row)
      else mids.recovered(m, fill, row)
      world.note_low(m)
    }
    world.ledger.postings.settle()
  }

  /** Events that fall due go to their agents; arrived transfers are credited first. A halted transfer waits. */
  private due(): void {
    const { world } = this
    const { events, agents, agent_of, agent_rngs, scenario } = world.parts
    const lists: DueEvent[][] = agents.map(() => [])
    for (let event = events.pop(world.time_ms); event !== undefined; event = events.pop(world.time_ms)) {
      if (event.kind === 'arrival' && !this.arrive(event, scenario.tick_ms)) continue
      const agent = agent_of[event.actor] as number
      if (agent < 0) continue
      if (this.away[agent] === 1 && event.kind === 'wait') events.push(world.time_ms + scenario.tick_ms, event)
      else (lists[agent] as DueEvent[]).push(event)
    }
    for (let a = 0; a < agents.length; a++) {
      const list = lists[a] as DueEvent[]
      if (list.length === 0) continue
      const due: Due = {
        list,
        health: (i) => this.health(list[i] as DueEvent),
        statement: (i, out) => this.statement(list[i] as DueEvent, out),
      }
      this.actions.clear()
      agents[a]?.part.due(due, world, agent_rngs[a] as never, this.actions)
      this.applier.round(this.actions)
    }
  }

  /** Agents that are switched off: they neither act nor answer, and their quotes are in no book. */
  private absent(): void {
    const { world, away } = this
    const { agents, agent_of } = world.parts
    agents.forEach(({ id, part }, a) => {
      const was = away[a] === 1
      away[a] = world.halted(`agent:${id}`) ? 1 : 0
      if (was && away[a] === 0) part.returned?.()
      if (was || away[a] === 0) return
      for (let actor = 1; actor < agent_of.length; actor++) if (agent_of[actor] === a) this.withdraw_quotes(actor)
    })
  }

  private withdraw_quotes(actor: number): void {
    const { markets } = this.world.parts
    for (const { part } of markets) {
      if (part.settles < 0) part.cancel(actor)
      else {
        const venue = this.world.venue(part.settles)
        for (let row = 0; row < venue.rows; row++) if (venue.owner(row) === actor) part.cancel(row)
      }
    }
  }

  private arrive(event: Scheduled, tick_ms: number): boolean {
    const { world } = this
    if (world.halted('transfer')) {
      world.parts.events.push(world.time_ms + tick_ms, event)
      return false
    }
    world.ledger.move_transit(event.asset, -event.amount)
    world.ledger.credit(event.to, event.asset, event.amount)
    world.ledger.postings.settle()
    return true
  }

  private health(ref: { readonly venue: number; readonly account: number }): number {
    const venue = this.world.venue(ref.venue)
    return venue.health(ref.account, venue.prices)
  }

  private statement(ref: { readonly venue: number; readonly account: number }, out: Statement): void {
    out.clear()
    this.world.venue(ref.venue).statement(ref.account, out)
  }

  /** Accounts that fell below their call level are told, once; they are called again after their owner has changed them. */
  private calls(): void {
    const { world } = this
    const { venues, agents, agent_of, agent_rngs, log, attribution } = world.parts
    const lists: Call[][] = agents.map(() => [])
    for (let v = 0; v < venues.length; v++) {
      const venue = world.venue(v)
      const { count, rows } = venue.below()
      for (const row of rows.slice(0, count)) {
        if (venue.level(row) <= 1) continue
        const actor = venue.owner(row)
        const agent = actor >= 0 ? (agent_of[actor] as number) : -1
        // Who is away is called when he is back.
        if (agent >= 0 && this.away[agent] === 1) continue
        venue.watch(row, 1)
        if (agent < 0) continue
        const health = venue.health(row, venue.prices)
        const level = world.call_level(v, row)
        const blame = attribution.blame(v, row, level)
        const at = log.add({
          kind: 'call',
          venue: v,
          account: row,
          actor,
          price: health,
          shares: blame.shares,
          cause: blame.cause,
        })
        ;(lists[agent] as Call[]).push({ venue: v, account: row, actor, health, level, row: at })
      }
    }
    for (let a = 0; a < agents.length; a++) {
      const list = lists[a] as Call[]
      if (list.length === 0) continue
      const calls: Calls = { list, statement: (i, out) => this.statement(list[i] as Call, out) }
      this.actions.clear()
      agents[a]?.part.respond(calls, world, agent_rngs[a] as never, this.actions)
      this.applier.round(this.actions)
    }
  }

  /** Offers that nobody took since gas costs more than they bring. */
  private note_late(): void {
    const { world } = this
    for (const offer of this.offers.list)
      if (outweighed(offer, world)) world.parts.late.note(offer.venue, offer.id, world.tick, world.stamp)
  }

  /** Rounds of act → take → fill until one applies nothing; false at the limit. */
  private settle(): boolean {
    const { world } = this
    const { venues, agents, agent_rngs, scenario, clock } = world.parts
    for (let round = 0; round < scenario.limits.rounds; round++) {
      clock.columns.round.data[0] = round
      this.rounds++
      if (round > 0) for (const { part } of venues) part.price(world.time_ms, world)
      this.actions.clear()
      this.offers.list.length = 0
      for (const { id, part } of venues) if (!world.halted(`venue:${id}`)) part.act(world, this.actions, this.offers)
      for (let a = 0; a < agents.length; a++)
        if (this.away[a] !== 1) agents[a]?.part.act(this.offers, world, agent_rngs[a] as never, this.actions)
      if (this.applier.round(this.actions) > 0) continue
      this.note_late()
      return true
    }
    return false
  }
}
