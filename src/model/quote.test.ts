import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp } from '../math/index.ts'
import { Quote, Quotes } from './quote.ts'
import { Store } from './store.ts'

const SOURCES = 4
const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: SOURCES, maxLength: SOURCES })

/** A quote whose vector sums to its displacement, as the law asks. */
function quote_of(start: number, displacement: readonly number[]): Quote {
  const quote = new Quote(SOURCES)
  quote.start = start
  quote.displacement.set(displacement)
  quote.price = start * exp(displacement.reduce((sum, part) => sum + part, 0))
  return quote
}
const some = fc
  .record({ start: fc.double({ min: 0.01, max: 1e5, noNaN: true }), parts: vector })
  .map(({ start, parts }) => quote_of(start, parts))

describe('a quote keeps the law that its vector sums to ln(price ÷ start)', () => {
  it('along routes, straight and inverse', () => {
    fc.assert(
      fc.property(some, some, fc.boolean(), (a, b, inverse) => {
        const price = inverse ? a.price / b.price : a.price * b.price
        a.times(b, inverse)
        expect(Math.abs(a.price / price - 1)).toBeLessThan(1e-12)
        expect(a.residual()).toBeLessThan(1e-9)
      }),
    )
  })

  it('in weighted means, between the quotes it mixes', () => {
    fc.assert(
      fc.property(some, some, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (a, b, w) => {
        const out = new Quote(SOURCES)
        out.mean([a, b], [w, 1 - w])
        expect(out.residual()).toBeLessThan(1e-9)
        expect(out.price).toBeGreaterThanOrEqual(Math.min(a.price, b.price) * (1 - 1e-12))
        expect(out.price).toBeLessThanOrEqual(Math.max(a.price, b.price) * (1 + 1e-12))
      }),
    )
  })

  it('rescaled by caps and bands: parts shrink towards the start, the rest is exogenous', () => {
    fc.assert(
      fc.property(some, fc.double({ min: 0.01, max: 1e5, noNaN: true }), (a, price) => {
        const before = Float64Array.from(a.displacement)
        a.rescale(price)
        expect(a.price).toBe(price)
        expect(a.residual()).toBeLessThan(1e-9)
        for (let s = 1; s < SOURCES; s++)
          expect(Math.abs(a.displacement[s] as number)).toBeLessThanOrEqual(Math.abs(before[s] as number) + 1e-12)
      }),
    )
  })

  it('stored and read back as it was', () => {
    const quotes = new Quotes(new Store(), 'q', 1, SOURCES)
    fc.assert(
      fc.property(some, (a) => {
        const index = quotes.push()
        a.row[2] = 77
        quotes.write(index, a)
        const out = new Quote(SOURCES)
        quotes.read(index, out)
        expect(out).toEqual(a)
        expect([quotes.price(index), quotes.start(index), quotes.displacement(index, 1), quotes.row(index, 2)]).toEqual([
          a.price,
          a.start,
          a.displacement[1],
          77,
        ])
      }),
    )
  })

  it('a fixed price has a zero vector', () => {
    const quote = quote_of(5, [1, 1, 1, 1])
    quote.fixed(3)
    expect([quote.price, quote.start, quote.residual(), [...quote.displacement]]).toEqual([3, 3, 0, [0, 0, 0, 0]])
  })
})
