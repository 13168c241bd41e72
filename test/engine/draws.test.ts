// Randomness is keyed: who else exists, and where in the list, leaves everybody's draws as they are.
import { describe, expect, it } from 'vitest'
import { agents } from '../../src/agents/index.ts'
import { run, type World } from '../../src/engine/index.ts'
import type { KindSpec, Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { crash, small_market } from '../support/reference-market.ts'

const ISOLATED = 'ISO'
const MARKET = 'ISO-USD'

/** The reference market with an asset that nobody in it has to do with, and its own maker. */
function base(): Snapshot {
  const market = small_market(400)
  const { actors } = market
  const treasury = actors.treasury as { actor: Int32Array; asset: Int32Array; amount: Float64Array }
  const maker = actors.count
  const asset = market.assets.length
  return {
    ...market,
    assets: [...market.assets, { id: ISOLATED, price_usd: 1, beta: 1, reference: MARKET }],
    markets: [...market.markets, { kind: 'order-book', id: MARKET, base: ISOLATED, quote: 'USD' }],
    agents: [
      ...market.agents,
      { kind: 'market-maker', id: 'maker-iso', books: [{ market: MARKET, depth_usd: 1e6, inventory_usd: 1e9 }] },
    ],
    actors: {
      ...actors,
      count: actors.count + 1,
      agent: Int32Array.from([...actors.agent, market.agents.length]),
      treasury: {
        actor: Int32Array.from([...treasury.actor, maker, maker]),
        asset: Int32Array.from([...treasury.asset, 0, asset]),
        amount: Float64Array.from([...treasury.amount, 1e9, 1e9]),
      },
    },
  }
}

/** One agent more, first or last in the list, with one actor who owns units of the isolated asset and money. */
function joined(from: Snapshot, agent: KindSpec, first: boolean): Snapshot {
  const { actors } = from
  const treasury = actors.treasury as { actor: Int32Array; asset: Int32Array; amount: Float64Array }
  const newcomer = actors.count
  const shift = (own: number) => (first && own >= 0 ? own + 1 : own)
  return {
    ...from,
    agents: first ? [agent, ...from.agents] : [...from.agents, agent],
    actors: {
      ...actors,
      count: actors.count + 1,
      agent: Int32Array.from([...Array.from(actors.agent, shift), first ? 0 : from.agents.length]),
      treasury: {
        actor: Int32Array.from([...treasury.actor, newcomer, newcomer]),
        asset: Int32Array.from([...treasury.asset, 0, from.assets.length - 1]),
        amount: Float64Array.from([...treasury.amount, 1e5, 1e5]),
      },
    },
  }
}

/** What everybody else did, and when, without the rows of one actor and of the isolated market. */
function others(world: World, actor: number): string[] {
  const { log } = world.parts
  const c = log.columns
  const market = world.parts.markets.findIndex(({ id }) => id === MARKET)
  const out: string[] = []
  for (let row = 0; row < log.length; row++) {
    if (c.actor.data[row] === actor || c.market.data[row] === market) continue
    const what = [c.time_ms, c.venue, c.account, c.actor, c.market, c.asset, c.amount, c.price, c.usd, c.sold, c.victim]
    out.push(`${log.kind(row)} ${what.map((column) => column.data[row]).join(' ')}`)
  }
  return out
}

const NEWCOMERS: readonly KindSpec[] = [
  { kind: 'investor', id: 'new', markets: [MARKET], tiers: [[ISOLATED]], cash: 'USD' },
  { kind: 'looper', id: 'new', markets: [MARKET], yields: {} },
  { kind: 'fund', id: 'new', markets: [MARKET] },
  // These two take what others could: one asks too much, the other comes too late.
  { kind: 'keeper', id: 'new', min_profit_usd: 1e9 },
  { kind: 'lender', id: 'new' },
  { kind: 'borrower', id: 'new', markets: [MARKET], notice: {} },
  { kind: 'trader', id: 'new', markets: [MARKET] },
  { kind: 'bidder', id: 'new', markets: [MARKET] },
  { kind: 'liquidator', id: 'new', markets: [MARKET], latency_ms: 1e9 },
  { kind: 'market-maker', id: 'new', books: [{ market: MARKET, depth_usd: 1e5, inventory_usd: 1e7 }] },
  {
    kind: 'delta-hedger',
    id: 'new',
    market: MARKET,
    options: [{ type: 'put', strike: 0.9, expiry_ms: small_market(100).time_ms + 1e9, quantity: -10_000 }],
    vol: 0.8,
  },
]
/** Those whose spec names what the isolated market has not: a second market, a redemption, an account. */
const ELSEWHERE = ['arbitrageur', 'redeemer', 'attacker']

describe('an agent added or removed', () => {
  const before = base()
  const scenario = crash(2)
  const run_of = (snapshot: Snapshot) => {
    const world = build(snapshot, scenario)
    expect(run(world).laws.broken).toEqual([])
    return world
  }
  const newcomer = before.actors.count + 1
  const alone = others(run_of(before), newcomer)

  it('is of every kind', () => {
    const kinds = [...NEWCOMERS.map(({ kind }) => kind), ...ELSEWHERE]
    expect(new Set(kinds)).toEqual(new Set(agents.map(({ id }) => id)))
    expect(alone.length).toBeGreaterThan(300)
  })

  it.each(NEWCOMERS.map((agent) => [agent.kind, agent] as const))('a %s leaves what all others do as it was', (_, agent) => {
    expect(others(run_of(joined(before, agent, true)), newcomer)).toEqual(alone)
    expect(others(run_of(joined(before, agent, false)), newcomer)).toEqual(alone)
  })

  it('removed with its own actors, changes nothing for those whom it never met', () => {
    const without = { ...crash(2), without: ['agent:maker-iso'] }
    const world = build(before, without)
    run(world)
    expect(others(world, newcomer - 1)).toEqual(alone)
  })

  it('the newcomer does something', () => {
    const world = run_of(joined(before, NEWCOMERS[0] as KindSpec, false))
    const { log } = world.parts
    const mine = Array.from({ length: log.length }, (__, row) => log.columns.actor.data[row]).filter(
      (actor) => actor === newcomer,
    )
    expect(mine.length).toBeGreaterThan(0)
  })
})
