import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ledger, Log, Quotes, Store, type WorldBuilder } from '../model/index.ts'
import { orderBook } from './order-book.ts'

const INFINITY = Number.POSITIVE_INFINITY

function builder(store: Store): WorldBuilder {
  const assets = [
    { id: 'ETH', price_usd: 2000, beta: 1 },
    { id: 'USD', price_usd: 1, beta: 0 },
  ]
  const position = (id: unknown) => assets.findIndex((asset) => asset.id === id)
  return {
    self: { id: 'book', index: 3 },
    store,
    ledger: new Ledger(store, 4, 2),
    log: new Log(store, { time_ms: 0 }),
    feeds: new Quotes(store, 'feeds', 0, 1),
    assets,
    asset: position,
    venue: (id: unknown) => (id === 'perps' ? 5 : -1),
    invalid: (field: string) => new Error(field),
  } as unknown as WorldBuilder
}

function open(fields: Record<string, unknown> = {}) {
  const store = new Store()
  const spec = orderBook.schema.parse({ kind: 'order-book', id: 'book', base: 'ETH', quote: 'USD', ...fields })
  const book = orderBook.open(spec, builder(store))
  store.seal()
  return { book, store }
}

const order = (side: 1 | -1, amount: number, fields: { exact?: 'base' | 'quote'; limit?: number; party?: number } = {}) => ({
  side,
  amount,
  exact: 'base' as const,
  limit: 0,
  party: -1,
  ...fields,
})

const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-300)

describe('order book: price of an order', () => {
  // derivatives.md §18.1, all rows of the table; the first is golden vector mi1 (tolerance 0.01 bp)
  it.each([
    [5e6, 16.53e6, 16.97, 6.83],
    [10e6, 16.53e6, 47.45, 19.11],
    [5e6, 8.265e6, 47.45, 19.11],
    [1e6, 1.653e6, 47.45, 19.11],
    [5e6, 1.653e6, 516.4, 207.95],
    [1e6, 0.4e6, 389.3, 156.8],
  ])('%d on a depth of %d at 1 %%', (amount, depth, last_bp, vwap_bp) => {
    for (const side of [1, -1] as const) {
      const { book } = open({ alpha: 0.6742048, start_price: 1 })
      book.make(1, depth, 0)
      const fill = book.fill(order(side, amount))
      const tolerance = last_bp > 100 ? 0.06 : 0.01
      expect(Math.abs(side * (fill.mid_after - 1) * 1e4 - last_bp)).toBeLessThan(tolerance)
      expect(Math.abs(side * (-fill.quote / fill.base - 1) * 1e4 - vwap_bp)).toBeLessThan(tolerance)
    }
  })

  it('does not depend on how an order is cut', () => {
    const parts = fc.array(fc.tuple(fc.double({ min: 1e-6, max: 5, noNaN: true }), fc.boolean()), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 0.02, noNaN: true }), (list, half_spread) => {
        const one = open()
        const many = open()
        for (const { book } of [one, many]) {
          book.make(1, 3, half_spread)
          book.make(2, 1, half_spread / 3)
        }
        const total = list.reduce((sum, [size]) => sum + size, 0)
        const once = one.book.fill(order(-1, total))
        let base = 0
        let quote = 0
        for (const [size, requotes] of list) {
          const before = many.book.mid()
          if (requotes) many.book.make(1, 3, half_spread)
          expect(many.book.mid()).toBe(before)
          const fill = many.book.fill(order(-1, size))
          base += fill.base
          quote += fill.quote
        }
        expect(relative(base, once.base)).toBeLessThan(1e-12)
        expect(relative(quote, once.quote)).toBeLessThan(1e-12)
        expect(relative(many.book.mid(), one.book.mid())).toBeLessThan(1e-12)
      }),
    )
  })

  it('walks back along the same curve', () => {
    const { book } = open()
    book.make(1, 10, 0)
    const sold = book.fill(order(-1, 4))
    const bought = book.fill(order(1, 4))
    expect(relative(-bought.quote, sold.quote)).toBeLessThan(1e-14)
    expect(book.mid()).toBe(2000)
  })

  it('takes an exact amount of quote', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e5, noNaN: true }),
        fc.double({ min: -15, max: 15, noNaN: true }),
        fc.constantFrom<1 | -1>(1, -1),
        (quote, start, side) => {
          const { book } = open()
          book.make(1, 10, 0.001)
          book.fill(order(start > 0 ? 1 : -1, Math.abs(start)))
          const fill = book.quote(order(side, quote, { exact: 'quote' }))
          const again = book.quote(order(side, Math.abs(fill.base)))
          if (Math.abs(fill.quote) === quote) expect(relative(again.quote, fill.quote)).toBeLessThan(1e-9)
          else expect(Math.abs(fill.quote)).toBeLessThan(quote)
          expect(Math.sign(fill.quote)).toBe(-side)
        },
      ),
    )
  })

  it('pays the half spread to the makers, each his own', () => {
    const { book } = open()
    book.make(1, 3, 0.002)
    book.make(2, 1, 0.01)
    const fill = book.fill(order(1, 1e-9))
    // mean half spread (3·0.002 + 1·0.01) / 4 = 0.004 on a price of 2000
    expect(relative(-fill.quote / fill.base, 2008)).toBeLessThan(1e-9)
    const price = fill.legs.map((leg) => -leg.quote / leg.base)
    expect(price[0]).toBeCloseTo(2004, 6)
    expect(price[1]).toBeCloseTo(2020, 6)
  })
})

describe('order book: limits and edges', () => {
  it('stops at the marginal price limit, spread included', () => {
    const { book } = open({ start_price: 100 })
    book.make(1, 10, 0.001)
    const fill = book.fill(order(-1, 1000, { limit: 98 }))
    // Marginal price before the spread is 98 / 0.999, hence 10 · (100·(1 − 98/99.9))^0.674 units.
    expect(relative(-fill.base, 10 * (100 * (1 - 98 / 99.9)) ** 0.674)).toBeLessThan(1e-12)
    expect(relative(fill.mid_after * 0.999, 98)).toBeLessThan(1e-14)
  })

  it('gives nothing on the wrong side of the limit, on an empty book, for no amount', () => {
    const { book } = open({ start_price: 100 })
    const zero = { base: 0, quote: 0, mid_before: 100, mid_after: 100, legs: [] }
    expect(book.fill(order(-1, 1))).toMatchObject(zero)
    book.make(1, 10, 0.001)
    expect(book.fill(order(-1, 0))).toMatchObject(zero)
    expect(book.fill(order(-1, 1, { limit: 100 }))).toMatchObject(zero)
    expect(book.fill(order(1, 1, { limit: 100 }))).toMatchObject(zero)
    expect(book.fill(order(1, 1, { party: 1 }))).toMatchObject(zero)
    expect(book.cancel(1)).toBe(1)
    expect(book.cancel(1)).toBe(0)
    expect(book.fill(order(1, 1))).toMatchObject(zero)
  })

  it('ends at its largest displacement and fills the rest of nothing', () => {
    const { book } = open({ start_price: 100 })
    book.make(1, 10, 0)
    const fill = book.fill(order(-1, INFINITY))
    // 0.01 · u^(1/0.674) = 0.9
    expect(relative(-fill.base, 10 * 90 ** 0.674)).toBeLessThan(1e-12)
    expect(book.mid()).toBeCloseTo(10, 12)
    expect(book.fill(order(-1, 1)).base).toBe(0)
    expect(relative(book.fill(order(1, 1)).base, 1)).toBe(0)
    expect(book.violations()).toEqual([])
  })

  it('keeps the mid when makers come, change and leave', () => {
    const { book } = open()
    book.make(1, 10, 0)
    book.fill(order(-1, 8))
    const mid = book.mid()
    book.make(2, 100, 0.01)
    book.make(1, 0.5, 0)
    book.cancel(1)
    expect(book.mid()).toBe(mid)
    book.cancel(2)
    expect(book.mid()).toBe(mid)
  })

  it('leaves a party’s own depth out', () => {
    const alone = open()
    alone.book.make(1, 10, 0)
    const both = open()
    both.book.make(1, 10, 0)
    both.book.make(2, 90, 0.5)
    const a = alone.book.fill(order(-1, 3, { party: 2 }))
    const b = both.book.fill(order(-1, 3, { party: 2 }))
    expect([b.quote, b.mid_after, b.legs]).toEqual([a.quote, a.mid_after, a.legs])
  })

  it('states what can be sold within a ratio of the mid', () => {
    const { book } = open()
    book.make(1, 7, 0)
    book.make(2, 3, 0)
    expect(book.depth(0.01)).toBeCloseTo(10, 12)
    expect(book.depth(0)).toBe(0)
    book.fill(order(-1, 5))
    const mid = book.mid()
    book.fill(order(-1, book.depth(0.02)))
    expect(relative(book.mid(), mid * 0.98)).toBeLessThan(1e-12)
    expect(book.depth(1)).toBeLessThan(INFINITY)
  })

  it('opens at the ratio of the assets’ prices, settles where it is told and refuses nonsense', () => {
    expect(open().book.mid()).toBe(2000)
    expect(open().book.settles).toBe(-1)
    expect(open({ settles: 'perps' }).book.settles).toBe(5)
    expect(() => open({ quote: 'ETH' })).toThrow('quote')
    for (const bad of [{ alpha: 0 }, { permanent: 2 }, { recovery_ms: 0 }, { max_displacement: 1 }, { depth: 3 }])
      expect(() => open(bad)).toThrow(Object.keys(bad)[0])
    const { book } = open()
    expect(() => book.make(-1, 1, 0)).toThrow('maker -1')
    expect(() => book.make(1, -1, 0)).toThrow('depth -1')
    expect(() => book.make(1, 1, 1)).toThrow('half spread 1')
    expect(() => book.fill(order(1, -1))).toThrow('order of -1')
    expect(() => book.fill(order(1, Number.NaN))).toThrow('order of NaN')
    expect(() => book.recover(1, 0)).toThrow('anchor 0')
  })
})

describe('order book: recovery', () => {
  it('passes the anchor through at once and keeps a basis', () => {
    const { book } = open({ start_price: 2020 })
    expect(book.recover(60_000, 1000).mid_after).toBeCloseTo(1010, 9)
    expect(book.recover(0, 500).mid_after).toBeCloseTo(505, 9)
  })

  it('decays with its time constant, keeps the permanent share, whatever the ticks', () => {
    const settings = { recovery_ms: 1000, permanent: 0.4, start_price: 100 }
    const once = open(settings).book
    const often = open(settings).book
    for (const book of [once, often]) {
      book.make(1, 10, 0)
      book.fill(order(-1, 12))
    }
    const fill = once.recover(700, 2000)
    for (let i = 0; i < 70; i++) often.recover(10, 2000)
    const u = 1.2 * Math.exp(-0.7)
    const before = Math.log(1 - 0.01 * 1.2 ** (1 / 0.674))
    const after = Math.log(1 - 0.01 * u ** (1 / 0.674))
    expect(fill.decay).toBeCloseTo(after / before, 12)
    expect(fill.permanent).toBe(0.4)
    expect(Math.log(once.mid() / 100)).toBeCloseTo(after + 0.4 * (before - after), 12)
    expect(relative(often.mid(), once.mid())).toBeLessThan(1e-12)
  })

  it('is where its anchor is after a recovery without end', () => {
    const { book } = open({ start_price: 2100 })
    book.make(1, 10, 0.001)
    book.fill(order(1, 15))
    book.recover(600_000, 1900)
    const fill = book.recover(INFINITY, 1234.5)
    expect(book.mid()).toBe(1234.5)
    expect([fill.mid_after, fill.decay, fill.permanent]).toEqual([1234.5, 0, 0])
    expect(book.recover(INFINITY, 1234.5)).toMatchObject({ base: 0, quote: 0, legs: [] })
  })

  it('undoes a fill entirely: makers are left with their spread', () => {
    const { book } = open()
    book.make(1, 6, 0.001)
    book.make(2, 4, 0.003)
    const fill = book.fill(order(-1, 9))
    const back = book.recover(INFINITY, 2000)
    expect(back.base).toBeCloseTo(9, 12)
    for (let i = 0; i < 2; i++) {
      const [there, here] = [fill.legs[i], back.legs[i]] as const
      expect((there?.base as number) + (here?.base as number)).toBeCloseTo(0, 12)
      const earned = (there?.quote as number) + (here?.quote as number)
      expect(relative(earned, (here?.quote as number) * ([0.001, 0.003][i] as number))).toBeLessThan(1e-9)
    }
  })

  it('says what is left of the displacement, also of none: the limit of the curve', () => {
    const { book } = open({ recovery_ms: 1000 })
    expect(book.recover(500, 2000).decay).toBeCloseTo(Math.exp(-0.5 / 0.674), 12)
    book.make(1, 1e6, 0)
    book.fill(order(-1, 1))
    expect(book.recover(500, 2000).decay).toBeCloseTo(Math.exp(-0.5 / 0.674), 4)
  })

  it('names outside as the taker on the ledger and nobody at a venue', () => {
    expect(open().book.recover(1, 2000).party).toBe(0)
    expect(open({ settles: 'perps' }).book.recover(1, 2000).party).toBe(-1)
  })
})

const step = fc.oneof(
  fc.record({
    do: fc.constant('order' as const),
    side: fc.constantFrom<1 | -1>(1, -1),
    amount: fc.oneof(fc.double({ min: 0, max: 50, noNaN: true }), fc.constantFrom(0, 1e-300, 1e-12, 1e12, 1e300, INFINITY)),
    exact: fc.constantFrom<'base' | 'quote'>('base', 'quote'),
    limit: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 4000, noNaN: true })),
    party: fc.integer({ min: -1, max: 3 }),
  }),
  fc.record({
    do: fc.constant('make' as const),
    party: fc.integer({ min: 0, max: 3 }),
    depth: fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(1e-300, 1e-9, 1e15)),
    half_spread: fc.double({ min: 0, max: 0.1, noNaN: true }),
  }),
  fc.record({ do: fc.constant('cancel' as const), party: fc.integer({ min: 0, max: 3 }) }),
  fc.record({
    do: fc.constant('recover' as const),
    dt: fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.constant(INFINITY)),
    anchor: fc.double({ min: 1, max: 4000, noNaN: true }),
  }),
)

describe('order book: laws on random histories', () => {
  it('conserves, respects limits and ends, stays finite, and goes back on rollback and reset', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(39), (steps, at) => {
        const { book, store } = open({ recovery_ms: 60_000 })
        const opening = store.hash()
        steps.forEach((s, i) => {
          const mark = i === at ? store.journal.savepoint() : undefined
          const hash = mark === undefined ? '' : store.hash()
          const before = book.mid()
          if (s.do === 'make') book.make(s.party, s.depth, s.half_spread)
          else if (s.do === 'cancel') book.cancel(s.party)
          else {
            const fill = s.do === 'order' ? book.fill(s) : book.recover(s.dt, s.anchor)
            const legs_base = fill.legs.reduce((sum, leg) => sum + leg.base, 0)
            const legs_quote = fill.legs.reduce((sum, leg) => sum + leg.quote, 0)
            const gross = fill.legs.reduce((sum, leg) => sum + Math.abs(leg.base), 0)
            const gross_quote = fill.legs.reduce((sum, leg) => sum + Math.abs(leg.quote), 0)
            expect(Math.abs(fill.base + legs_base)).toBeLessThanOrEqual(1e-12 * gross)
            expect(Math.abs(fill.quote + legs_quote)).toBeLessThanOrEqual(1e-12 * gross_quote)
            expect(Number.isFinite(fill.base + fill.quote + fill.decay + fill.permanent)).toBe(true)
            expect([fill.mid_before, fill.mid_after]).toEqual([before, book.mid()])
            if (s.do === 'order') {
              expect(fill.legs.every((leg) => leg.party !== s.party)).toBe(true)
              expect(fill.base * s.side >= 0 && fill.quote * s.side <= 0).toBe(true)
              expect((book.mid() - before) * s.side).toBeGreaterThanOrEqual(0)
              expect(Math.abs(s.exact === 'base' ? fill.base : fill.quote)).toBeLessThanOrEqual(s.amount * (1 + 1e-12))
              if (s.limit > 0 && fill.base !== 0)
                expect(s.side * book.mid()).toBeLessThanOrEqual(s.side * s.limit * (1 + s.side * 1e-12))
            }
          }
          expect(book.violations()).toEqual([])
          expect(Number.isFinite(book.mid()) && book.mid() > 0).toBe(true)
          if (mark !== undefined) {
            store.journal.rollback(mark)
            expect(store.hash()).toBe(hash)
            expect(book.mid()).toBe(before)
          }
        })
        store.reset()
        expect(store.hash()).toBe(opening)
      }),
      { numRuns: 400 },
    )
  })

  it('charges more per unit for more, on either side', () => {
    const sizes = fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: 1.01, max: 3, noNaN: true }))
    fc.assert(
      fc.property(sizes, fc.constantFrom<1 | -1>(1, -1), ([size, factor], side) => {
        const { book } = open()
        book.make(1, 10, 0.0005)
        const price = (amount: number) => {
          const fill = book.quote(order(side, amount))
          return -fill.quote / fill.base
        }
        expect(side * (price(size * factor) - price(size))).toBeGreaterThan(0)
      }),
    )
  })

  it('remembers what each maker took on until it leaves', () => {
    const { book } = open({ recovery_ms: 1000 })
    book.make(1, 1, 0)
    book.fill(order(-1, 2))
    book.make(2, 3, 0)
    book.fill(order(-1, 4, { party: 9 }))
    // maker 1 took 2 + 1, maker 2 took 3; maker 1 then sells 0.5 of it to maker 2
    book.fill(order(-1, 0.5, { party: 1 }))
    const half = book.recover(1000 * Math.log(2), 2000)
    expect(half.legs.map((leg) => [leg.party, leg.base])).toEqual([
      [1, expect.closeTo(-1.25, 12)],
      [2, expect.closeTo(-1.75, 12)],
    ])
    book.cancel(2)
    const rest = book.recover(INFINITY, 2000)
    expect(rest.legs.map((leg) => [leg.party, leg.base])).toEqual([[1, expect.closeTo(-1.25, 12)]])
  })
})
