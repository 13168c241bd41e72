/** The books of the tests of exchanges. */
import { describe, expect, it } from 'vitest'
import { type Ladder, PerpWorld } from '../../../test/support/perp-world.ts'

describe('the books of these tests', () => {
  const w = new PerpWorld([{ wallet: 1e6 }, { wallet: 1e6 }])
  const book = w.books[0] as Ladder

  it('fill best first, within the limit, never against oneself', () => {
    book.rest(1, 99_000, 2)
    book.rest(1, 99_500, 1, 0)
    book.rest(1, 90_000, 5)
    const sale = { side: -1, amount: 4, exact: 'base', limit: 95_000 } as const
    expect(book.quote({ ...sale, party: 1 })).toMatchObject({ base: -3, quote: 297_500 })
    expect(book.quote({ ...sale, party: 0 })).toMatchObject({ base: -2, quote: 198_000 })
  })

  it('settle on both sides', () => {
    expect(w.order(1, -2.5)).toBe(true)
    expect([w.quantity(0), w.quantity(1)]).toEqual([1, -2.5])
    expect(w.broken()).toEqual([])
  })
})
