/** Split sales on real markets: books, pools of every kind and a peg module, as their own limits answer; and in whole runs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Plans, type Route, Routes } from '../../src/agents/shared/routes.ts'
import { split } from '../../src/agents/shared/routing.ts'
import { run } from '../../src/engine/index.ts'
import { type KindSpec, type Order, type Snapshot, SOLD, type WorldBuilder } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { peg_snapshot, quiet } from '../support/peg-world.ts'
import { crash, small_market } from '../support/reference-market.ts'

const size = fc.double({ min: 1e4, max: 1e7, noNaN: true })
const off = fc.double({ min: 0.98, max: 1.02, noNaN: true })
const pool = { base: 'A', quote: 'USD' }
const market = fc.oneof(
  fc
    .record({ size, off })
    .map(({ size: x, off: p }) => ({ kind: 'constant-product', ...pool, reserve_base: x, reserve_quote: x * p })),
  fc
    .record({ size, off, weight_base: fc.double({ min: 0.2, max: 0.8, noNaN: true }) })
    .map(({ size: x, off: p, weight_base }) => ({
      ...{
        kind: 'weighted',
        ...pool,
        weight_base,
        reserve_base: x * weight_base,
        reserve_quote: x * (1 - weight_base) * p,
        order_max: 1,
      },
    })),
  fc
    .record({ size, off, amplification: fc.double({ min: 5, max: 500, noNaN: true }) })
    .map(({ size: x, off: p, amplification }) => ({
      ...{ kind: 'stable-swap', ...pool, amplification, reserve_base: x, reserve_quote: x * p, offpeg_multiplier: 0 },
    })),
  fc.record({ size, off: fc.integer({ min: -200, max: 200 }) }).map(({ size: x, off: at }) => ({
    ...{ kind: 'concentrated', ...pool, fee: 0.0005, price: 1.0001 ** (at + 0.5) },
    positions: [
      { lower: -2000, upper: 2000, value_quote: x },
      { lower: -100, upper: 100, value_quote: x },
    ],
  })),
  fc
    .record({ size, tout: fc.double({ min: 0, max: 0.02, noNaN: true }) })
    .map(({ size: x, tout }) => ({ kind: 'peg-module', ...pool, tout, reserve: x })),
)

function opened(specs: readonly object[]) {
  const markets = specs.map((spec, i) => ({ ...spec, id: `m${i}` })) as unknown as KindSpec[]
  const snapshot = peg_snapshot({
    time: '2024-01-01T00:00:00Z',
    assets: { USD: [1], A: [1, 'm0'] },
    markets,
    agents: [],
    actors: [['anna', '', { A: 1e9 }]],
  })
  const world = build(snapshot, quiet(1))
  const builder = {
    assets: world.parts.assets,
    market: (id: unknown) => markets.findIndex((one) => one.id === id),
    market_at: (index: number) => world.market(index),
  } as unknown as WorldBuilder
  const ids = markets.map((one) => one.id)
  const routes = new Routes(builder, ids, 'markets')
  return { world, plans: new Plans(routes.markets), routes: routes.between(1, 0) }
}

describe('a split sale on real markets', () => {
  it('is carried out as promised, and no part moved elsewhere makes it more', () => {
    fc.assert(
      fc.property(
        fc.array(market, { minLength: 2, maxLength: 4 }),
        fc.double({ min: 1e3, max: 1e6, noNaN: true }),
        (specs, amount) => {
          const { world, plans, routes } = opened(specs)
          const order = (route: Route, units: number): [number, Order] => [
            route[0]?.market as number,
            { side: -1, amount: units, exact: 'base', limit: 0, party: 1 },
          ]
          const quoted = (route: Route, units: number) => (units > 0 ? world.fill(...order(route, units)).quote : 0)
          const { parts, given } = split(world, plans, routes, amount, 1)
          const total = parts.reduce((sum, part) => sum + part.amount, 0)
          expect(total).toBeLessThanOrEqual(amount * (1 + 1e-9))
          const sum = parts.reduce((all, part) => all + quoted(part.route, part.amount), 0)
          expect(Math.abs(sum / given - 1)).toBeLessThan(1e-9)
          for (const route of routes) expect(given).toBeGreaterThanOrEqual(quoted(route, amount) * (1 - 1e-12))
          const units = new Map(routes.map((route) => [route, parts.find((part) => part.route === route)?.amount ?? 0]))
          for (const from of parts)
            for (const to of routes) {
              const moved = 0.05 * from.amount
              if (from.route === to) continue
              const change =
                quoted(to, (units.get(to) as number) + moved) -
                quoted(to, units.get(to) as number) +
                quoted(from.route, from.amount - moved) -
                quoted(from.route, from.amount)
              expect(change).toBeLessThanOrEqual(1e-8 * given)
            }
        },
      ),
      { numRuns: 120 },
    )
  })
})

describe('liquidators that split', () => {
  const splitting = (accounts: number) => {
    const base = small_market(accounts)
    const pools = base.markets.filter((one) => one.kind === 'constant-product').map((one) => one.id)
    const agents = base.agents.map((agent) =>
      agent.kind === 'liquidator' ? { ...agent, split: true, markets: [...(agent.markets as string[]), ...pools] } : agent,
    )
    return build({ ...base, agents } as Snapshot, crash(2))
  }

  it('keep every law after every bundle', () => {
    expect(run(splitting(300), { debug: true }).laws.broken).toEqual([])
  })

  it('sell over books and pools, and the same twice', () => {
    const world = splitting(1000)
    const result = run(world)
    expect(result.laws.broken).toEqual([])
    const { market: at, sold } = world.parts.log.columns
    const kinds = new Set<string>()
    for (let row = 0; row < world.parts.log.length; row++)
      if (world.parts.log.kind(row) === 'fill' && SOLD[sold.data[row] as number] === 'seized')
        kinds.add(world.parts.markets[at.data[row] as number]?.kind as string)
    expect(kinds).toEqual(new Set(['order-book', 'constant-product']))
    world.reset()
    expect(run(world).log_hash).toBe(result.log_hash)
  })
})
