import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentWorld, Flat, type MarketSetup, Pool } from '../../../test/support/agent-world.ts'
import { Plans, type Route, Routes } from './routes.ts'
import { split, worth_selling } from './routing.ts'

const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)
const PRICES = { ETH: 2000, USD: 1, DAI: 1, STETH: 1990 }

function world(markets: readonly MarketSetup[], from: string, to: string) {
  const w = new AgentWorld(PRICES, markets)
  const routes = new Routes(
    w.builder('a', [1]),
    markets.map((market) => market.id),
    'markets',
  )
  return { w, plans: new Plans(routes.markets), routes: routes.between(w.asset(from), w.asset(to)) }
}
const eth_usd = (books: readonly (Pool | Flat)[]): MarketSetup[] =>
  books.map((book, i) => ({ id: `ETH-USD-${i}`, base: 'ETH', quote: 'USD', book }))

/** What comes out when the parts are sold one after the other, on markets that move. */
function execute({ w, routes }: ReturnType<typeof world>, parts: readonly { route: Route; amount: number }[]): number {
  expect(parts.every(({ route }) => routes.includes(route))).toBe(true)
  let sum = 0
  for (const { route, amount } of parts) {
    let units = amount
    for (const hop of route) {
      const { book } = w.markets[hop.market] as MarketSetup
      const [base, quote] = book.take({
        side: hop.side,
        amount: units,
        exact: hop.side > 0 ? 'quote' : 'base',
        limit: 0,
        party: -1,
      })
      book.move(base, quote)
      units = hop.side > 0 ? base : quote
    }
    sum += units
  }
  return sum
}

describe('a split sale over markets of one pair', () => {
  it('is the closed form of constant product pools without fee', () => {
    // Equal marginal prices x·y ÷ (x + d)² mean x + d in proportion to √(x·y).
    const size = fc.double({ min: 10, max: 1e5, noNaN: true })
    const pool = fc.record({ x: size, price: fc.double({ min: 1800, max: 2200, noNaN: true }) })
    fc.assert(
      fc.property(
        fc.array(pool, { minLength: 2, maxLength: 5 }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (pools, share) => {
          const books = pools.map(({ x, price }) => new Pool(x, x * price))
          const { w, plans, routes } = world(eth_usd(books), 'ETH', 'USD')
          const amount = share * books.reduce((sum, { x }) => sum + x, 0)
          // Pools whose price the sale does not reach are left out, the worst first.
          let open = books.map((_, i) => i)
          let parts: number[] = []
          for (;;) {
            const total = open.reduce((sum, i) => sum + (books[i] as Pool).x, amount)
            const roots = open.reduce((sum, i) => sum + Math.sqrt((books[i] as Pool).x * (books[i] as Pool).y), 0)
            parts = books.map(({ x, y }, i) => (open.includes(i) ? (Math.sqrt(x * y) / roots) * total - x : 0))
            if (parts.every((part) => part >= 0)) break
            open = open.filter((i) => (parts[i] as number) >= 0)
          }
          const got = split(w.view, plans, routes, amount, 1)
          const out = parts.reduce((sum, d, i) => sum + ((books[i] as Pool).y * d) / ((books[i] as Pool).x + d), 0)
          expect(relative(got.given, out)).toBeLessThan(1e-12)
          expect(
            relative(
              got.parts.reduce((sum, part) => sum + part.amount, 0),
              amount,
            ),
          ).toBeLessThan(1e-12)
          for (const { route, amount: units } of got.parts)
            expect(Math.abs(units - (parts[route[0]?.market as number] as number))).toBeLessThan(1e-6 * amount)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('equals marginal prices, fees included, across what it uses', () => {
    const pool = fc.record({
      x: fc.double({ min: 10, max: 1e4, noNaN: true }),
      price: fc.double({ min: 1950, max: 2050, noNaN: true }),
      fee: fc.constantFrom(0, 0.0005, 0.003, 0.01),
    })
    fc.assert(
      fc.property(
        fc.array(pool, { minLength: 2, maxLength: 5 }),
        fc.double({ min: 1e-4, max: 1, noNaN: true }),
        (pools, share) => {
          const books = pools.map(({ x, price, fee }) => new Pool(x, x * price, fee))
          const { w, plans, routes } = world(eth_usd(books), 'ETH', 'USD')
          const amount = share * books.reduce((sum, { x }) => sum + x, 0)
          const { parts } = split(w.view, plans, routes, amount, 1)
          const marginal = ({ x, y, fee }: Pool, d: number) => ((1 - fee) * x * y) / (x + (1 - fee) * d) ** 2
          const sold = new Map(parts.map((part) => [part.route[0]?.market as number, part.amount]))
          const rates = books.map((book, i) => marginal(book, sold.get(i) ?? 0))
          const lowest = Math.min(...[...sold.keys()].map((i) => rates[i] as number))
          for (const [i, rate] of rates.entries()) {
            if (sold.has(i)) expect(relative(rate, lowest)).toBeLessThan(1e-9)
            else expect(rate).toBeLessThanOrEqual(lowest * (1 + 1e-9))
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is at least what a fine grid finds', () => {
    const pool = fc.record({
      x: fc.double({ min: 10, max: 1e4, noNaN: true }),
      price: fc.double({ min: 1900, max: 2100, noNaN: true }),
      fee: fc.constantFrom(0, 0.003, 0.02),
    })
    const flat = fc.record({
      at: fc.double({ min: 1900, max: 2050, noNaN: true }),
      depth: fc.double({ min: 1, max: 2000, noNaN: true }),
    })
    fc.assert(
      fc.property(pool, pool, flat, fc.double({ min: 1, max: 5000, noNaN: true }), (a, b, c, amount) => {
        const books = () => [new Pool(a.x, a.x * a.price, a.fee), new Pool(b.x, b.x * b.price, b.fee), new Flat(c.at, 0, c.depth)]
        const one = world(eth_usd(books()), 'ETH', 'USD')
        const got = split(one.w.view, one.plans, one.routes, amount, 1)
        const out = (i: number, d: number) =>
          books()[i]?.take({ side: -1, amount: d, exact: 'base', limit: 0, party: -1 })[1] as number
        let best = 0
        const n = 40
        for (let i = 0; i <= n; i++)
          for (let j = 0; i + j <= n; j++) {
            const rest = n - i - j
            best = Math.max(best, out(0, (amount * i) / n) + out(1, (amount * j) / n) + out(2, (amount * rest) / n))
          }
        expect(got.given).toBeGreaterThanOrEqual(best * (1 - 1e-12))
        expect(relative(execute(one, got.parts), got.given)).toBeLessThan(1e-12)
      }),
      { numRuns: 100 },
    )
  })

  it('fills what is left at one price where a market has only one', () => {
    // Sells to the pool down to 1990, the rest at 1990 flat; the second flat at 1980 is not reached.
    const pool = new Pool(1000, 2_000_000)
    const { w, plans, routes } = world(eth_usd([pool, new Flat(1990, 0, 50), new Flat(1980)]), 'ETH', 'USD')
    const d = Math.sqrt(2e9 / 1990) - 1000
    const { parts, given } = split(w.view, plans, routes, 40, 1)
    expect(parts.map((part) => [part.route[0]?.market, part.amount])).toEqual([
      [0, expect.closeTo(d, 5)],
      [1, expect.closeTo(40 - d, 5)],
    ])
    expect(given).toBeCloseTo((2e6 * d) / (1000 + d) + 1990 * (40 - d), 6)
    // Beyond 50 there, the pool goes on to 1980 and the last takes the rest.
    const more = split(w.view, plans, routes, 200, 1)
    const e = Math.sqrt(2e9 / 1980) - 1000
    expect(more.parts.map((part) => [part.route[0]?.market, part.amount])).toEqual([
      [0, expect.closeTo(e, 5)],
      [1, expect.closeTo(50, 5)],
      [2, expect.closeTo(150 - e, 5)],
    ])
  })

  it('sells what there is room for when that is less than the amount', () => {
    const { w, plans, routes } = world(eth_usd([new Flat(2000, 0, 10), new Flat(1990, 0, 20)]), 'ETH', 'USD')
    const { parts, given } = split(w.view, plans, routes, 100, 1)
    expect(given).toBeCloseTo(10 * 2000 + 20 * 1990, 6)
    expect(parts.map((part) => part.amount)).toEqual([expect.closeTo(10, 9), expect.closeTo(20, 9)])
  })

  it('counts on what earlier orders of the round leave', () => {
    const { w, plans, routes } = world(eth_usd([new Pool(1000, 2e6), new Pool(1000, 2e6)]), 'ETH', 'USD')
    plans.plan(w.view, routes[0] as Route, 100, 1)
    const { parts } = split(w.view, plans, routes, 50, 1)
    expect(parts).toEqual([{ route: routes[1], amount: 50 }])
    const both = split(w.view, plans, routes, 150, 1).parts
    expect(both.map((part) => part.amount)).toEqual([expect.closeTo(25, 8), expect.closeTo(125, 8)])
  })

  it('takes the single route that gives most where a market asks for a least amount', () => {
    class Least extends Flat {
      override take(order: Parameters<Flat['take']>[0]): [number, number] {
        const [base, quote] = super.take(order)
        return Math.abs(base) < 30 ? [0, 0] : [base, quote]
      }
    }
    // 20 at the better price of the first are not taken by the second alone; of 40 the flat takes all.
    const { w, plans, routes } = world(eth_usd([new Pool(1000, 2_000_000), new Least(1995, 0, 45)]), 'ETH', 'USD')
    for (const amount of [20, 40, 100]) {
      const { given } = split(w.view, plans, routes, amount, 1)
      const alone = Math.max(...routes.map((route) => plans.out(w.view, route, amount, 1)))
      expect(given).toBeGreaterThanOrEqual(alone)
    }
  })

  it('finds nothing where nothing is to be had, and no route for one alone', () => {
    const none = world(eth_usd([new Flat(2000, 0, 0)]), 'ETH', 'USD')
    expect(split(none.w.view, none.plans, none.routes, 1, 1)).toEqual({ parts: [], given: 0 })
    const one = world(eth_usd([new Pool(1000, 2e6)]), 'ETH', 'USD')
    expect(split(one.w.view, one.plans, one.routes, 10, 1).parts).toEqual([{ route: one.routes[0], amount: 10 }])
  })
})

describe('a split sale over two markets in a row', () => {
  const chain = (seed: {
    first: readonly (Pool | Flat)[]
    second: readonly (Pool | Flat)[]
    direct: readonly (Pool | Flat)[]
  }): MarketSetup[] => [
    ...seed.direct.map((book, i) => ({ id: `STETH-USD-${i}`, base: 'STETH', quote: 'USD', book })),
    ...seed.first.map((book, i) => ({ id: `STETH-ETH-${i}`, base: 'STETH', quote: 'ETH', book })),
    ...seed.second.map((book, i) => ({ id: `ETH-USD-${i}`, base: 'ETH', quote: 'USD', book })),
  ]
  const pool = (price: number) =>
    fc
      .record({
        x: fc.double({ min: 100, max: 1e4, noNaN: true }),
        off: fc.double({ min: 0.99, max: 1.01, noNaN: true }),
        fee: fc.constantFrom(0.0005, 0.003),
      })
      .map(
        ({ x, off, fee }) =>
          (free: boolean) =>
            new Pool(x, x * price * off, free ? 0 : fee),
      )
  const books = fc.record({
    free: fc.boolean(),
    first: fc.array(pool(0.995), { minLength: 1, maxLength: 2 }),
    second: fc.array(pool(2000), { minLength: 1, maxLength: 2 }),
    direct: fc.array(pool(1990), { minLength: 0, maxLength: 2 }),
  })

  it('gives what it says when it is carried out, and no small change of it gives more', () => {
    fc.assert(
      fc.property(books, fc.double({ min: 1, max: 3000, noNaN: true }), (list, amount) => {
        const fresh = () =>
          world(
            chain({
              first: list.first.map((f) => f(list.free)),
              second: list.second.map((f) => f(list.free)),
              direct: list.direct.map((f) => f(list.free)),
            }),
            'STETH',
            'USD',
          )
        const one = fresh()
        const { parts, given } = split(one.w.view, one.plans, one.routes, amount, 1)
        expect(
          relative(
            parts.reduce((sum, part) => sum + part.amount, 0),
            amount,
          ),
        ).toBeLessThan(1e-9)
        // Pools with a fee on the input give a little less to an order in parts: the fee of the first part is in the pool by the second.
        const little = list.free ? 1e-9 : 0.005
        const same = fresh()
        const moved = execute(same, parts_of(same, parts))
        expect(relative(moved, given)).toBeLessThan(little)
        for (const route of one.routes)
          expect(given).toBeGreaterThanOrEqual(one.plans.out(one.w.view, route, amount, 1) * (1 - 1e-12))
        if (!list.free) return
        for (const from of parts)
          for (const to of one.routes) {
            if (from.route === to) continue
            const step = 0.02 * from.amount
            const changed = [
              ...parts.map((part) => (part === from ? { ...part, amount: part.amount - step } : part)),
              { route: to, amount: step },
            ]
            const other = fresh()
            expect(execute(other, parts_of(other, changed))).toBeLessThanOrEqual(moved * (1 + little))
          }
      }),
      { numRuns: 60 },
    )
  })

  /** Routes of another world with the same markets. */
  function parts_of(w: ReturnType<typeof world>, parts: readonly { route: Route; amount: number }[]) {
    const key = (route: Route) => route.map((hop) => hop.market).join()
    return parts.map(({ route, amount }) => ({ route: w.routes.find((own) => key(own) === key(route)) as Route, amount }))
  }

  it('is the same twice', () => {
    const make = () =>
      world(
        chain({
          first: [new Pool(500, 497), new Pool(900, 897)],
          second: [new Pool(400, 8e5)],
          direct: [new Pool(300, 597_000)],
        }),
        'STETH',
        'USD',
      )
    const [a, b] = [make(), make()].map(({ w, plans, routes }) => split(w.view, plans, routes, 77, 1)) as [
      ReturnType<typeof split>,
      ReturnType<typeof split>,
    ]
    expect(a.given).toBe(b.given)
    expect(a.parts.map((part) => part.amount)).toEqual(b.parts.map((part) => part.amount))
    expect(a.parts.length).toBe(3)
  })
})

describe('what is worth selling at a rate', () => {
  it('is all that brings at least as much', () => {
    const { w, plans, routes } = world(eth_usd([new Pool(1000, 2_000_000), new Flat(1990, 0, 50), new Flat(1980)]), 'ETH', 'USD')
    const flow = worth_selling(w.view, plans, routes, 1990, 1)
    const d = Math.sqrt(2e9 / 1990) - 1000
    expect(flow.taken).toBeCloseTo(50 + d, 9)
    expect(flow.given).toBeCloseTo(50 * 1990 + (2e6 * d) / (1000 + d), 4)
    expect(worth_selling(w.view, plans, routes, 2001, 1).taken).toBe(0)
  })

  it('over two markets in a row stops where both together bring the rate', () => {
    const markets: MarketSetup[] = [
      { id: 'STETH-ETH', base: 'STETH', quote: 'ETH', book: new Pool(1000, 995) },
      { id: 'ETH-USD', base: 'ETH', quote: 'USD', book: new Pool(1000, 2_000_000) },
    ]
    const { w, plans, routes } = world(markets, 'STETH', 'USD')
    const { taken, given } = worth_selling(w.view, plans, routes, 1950, 1)
    // d STETH give m = 995·d/(1000 + d) ETH and 2e6·m/(1000 + m) USD: together 2e6·995·d / (1e6 + 1995·d), whose slope is 2e6·995·1e6 / (1e6 + 1995·d)².
    const d = (Math.sqrt((2e6 * 995 * 1e6) / 1950) - 1e6) / 1995
    expect(relative(taken, d)).toBeLessThan(1e-8)
    expect(relative(given, (2e6 * 995 * d) / (1e6 + 1995 * d))).toBeLessThan(1e-8)
  })
})
