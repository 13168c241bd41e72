/** Which row stands as the cause of a price: the last one on behalf of each source, and never none where there was one. */
import { describe, expect, it } from 'vitest'
import { EXOGENOUS, type Fill, Quote, Store } from '../model/index.ts'
import { exp } from '../math/index.ts'
import { Mids } from './mids.ts'

const SOURCES = 3
/** Sources. */
const [LENDER, EXCHANGE] = [1, 2] as const

/** Two markets at 100; `by` is a move of ln(mid). */
function two() {
  const mids = new Mids(new Store(), 2, SOURCES)
  const mid = [100, 100]
  const fill = (market: number, by: number, decay = 1): Fill => {
    const mid_before = mid[market] as number
    mid[market] = mid_before * exp(by)
    const none = { party: 0, base: 0, quote: 0, legs: [], fee_quote: 0 }
    return { market, ...none, mid_before, mid_after: mid[market] as number, decay, permanent: 0 }
  }
  mids.open(0, 100)
  mids.open(1, 100)
  const quote = new Quote(SOURCES)
  const read = (market: number) => {
    mids.quotes.read(market, quote)
    return { row: [...quote.row], displacement: [...quote.displacement].map((part) => Number(part.toFixed(9))) }
  }
  return { mids, fill, read }
}

describe('rows of a mid', () => {
  it('stay when arbitrage draws back what the other market does not have', () => {
    const { mids, fill, read } = two()
    mids.filled(0, fill(0, -0.1), EXCHANGE, 7)
    // The other market stands where it began: all of the gap of 0.1 is the exchange's, half of it is closed.
    mids.carried(0, 1, fill(0, 0.05), 8)
    expect(read(0)).toEqual({ row: [-1, -1, 7], displacement: [0, 0, -0.05] })
  })

  it('come over with a displacement that is the larger there', () => {
    const { mids, fill, read } = two()
    mids.filled(0, fill(0, -0.1), EXCHANGE, 7)
    mids.filled(1, fill(1, -0.02), EXCHANGE, 5)
    mids.carried(1, 0, fill(1, -0.04), 8)
    expect(read(1)).toEqual({ row: [-1, -1, 7], displacement: [0, 0, -0.06] })
    // Back again: what stands here stood before.
    mids.filled(1, fill(1, -0.1), EXCHANGE, 9)
    mids.carried(1, 0, fill(1, 0.03), 10)
    expect(read(1).row).toEqual([-1, -1, 9])
  })

  it('of what comes from outside: the shock, and an order that nobody forced only where it moved more', () => {
    const { mids, fill, read } = two()
    mids.recovered(0, fill(0, -0.2, 0.9), 1)
    mids.filled(0, fill(0, -0.01), EXOGENOUS, 4)
    expect(read(0).row[EXOGENOUS]).toBe(1)
    mids.filled(0, fill(0, -0.5), EXOGENOUS, 6)
    expect(read(0).row[EXOGENOUS]).toBe(6)
    // An asset that nothing happened to: the book still moves a little, and no cause is lost.
    mids.recovered(0, fill(0, 0.001, 0.9), -1)
    expect(read(0).row[EXOGENOUS]).toBe(6)
  })

  it('of an arbitrage order that closes no gap: what moved the other market from outside', () => {
    const { mids, fill, read } = two()
    mids.recovered(0, fill(0, -0.2, 0.9), 1)
    mids.filled(1, fill(1, -0.2), LENDER, 3)
    // The markets agree: nothing is carried, and the move is exogenous.
    mids.carried(1, 0, fill(1, -0.01), 8)
    expect(read(1)).toEqual({ row: [1, 3, -1], displacement: [-0.01, -0.2, 0] })
  })
})
