/** A market of loans against bands in a world of its own: one owner, one trader, one price that the test sets. */
import { llamma } from '../../src/venues/llamma/index.ts'
import type { Llamma } from '../../src/venues/llamma/venue.ts'
import { CheckedWorld } from './checked-world.ts'

export const [ETH, USD] = [0, 1]
export const [USR, EVE, ARB, LIQ] = [1, 2, 3, 4]
export const SECOND = 1000

export type LlammaWorld = CheckedWorld<Llamma>

/** Loans as [owner (position in actors), collateral, debt, bands]; the market of lending.md §11.7, without interest. */
export function llammaWorld(loans: readonly (readonly number[])[], price = 3000, spec: object = {}): LlammaWorld {
  const column = (k: number) => loans.map((loan) => loan[k] as number)
  const accounts = {
    owner: Int32Array.from(column(0)),
    collateral: Float64Array.from(column(1)),
    debt: Float64Array.from(column(2)),
    bands: Int32Array.from(column(3)),
  }
  return new CheckedWorld(
    llamma as never,
    { collateral: 'ETH', stable: 'USD', oracle: 'ETH', borrow_rate: 0, accounts, ...spec },
    { ETH: price, USD: 1 },
    [
      [USR, 'ETH', 1000],
      [USR, 'USD', 200_000],
      [EVE, 'ETH', 50],
      [ARB, 'ETH', 10_000],
      [ARB, 'USD', 10e6],
      [LIQ, 'USD', 1e6],
    ],
  )
}

/** Buys collateral out of the bands; all: until its price is the oracle's. */
export const pump = (w: LlammaWorld, amount: number, limit = 0) => w.one('bid', { offer: 0, actor: ARB, amount, limit })
/** Buys stable out of the bands for collateral. */
export const dump = (w: LlammaWorld, amount: number, limit = 0) => w.one('bid', { offer: 1, actor: ARB, amount, limit })
