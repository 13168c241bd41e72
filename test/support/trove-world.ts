/** A book of Liquity v1 troves in a checked world of its own. */
import { liquityV1 } from '../../src/venues/liquity-v1/index.ts'
import { CheckedWorld } from './checked-world.ts'

export const [ETH, LUSD] = [0, 1]
/** Ledger actors: two owners, a keeper, a depositor. */
export const [ANN, BOB, KEEPER, DAN] = [1, 2, 3, 4]

export type Rows = readonly (readonly [number, number, number])[]
/** Troves as owner (ledger actor), collateral, debt; deposits as owner (0 outside), amount. */
export function world(troves: Rows, deposits: readonly (readonly [number, number])[] = [], more: object = {}, price = 200) {
  return new CheckedWorld(
    liquityV1 as never,
    {
      asset: 'ETH',
      lusd: 'LUSD',
      oracle: 'ETH',
      accounts: {
        owner: Int32Array.from(troves, ([owner]) => owner - 1),
        collateral: Float64Array.from(troves, ([, coll]) => coll),
        debt: Float64Array.from(troves, ([, , debt]) => debt),
      },
      deposits: {
        owner: Int32Array.from(deposits, ([owner]) => owner - 1),
        amount: Float64Array.from(deposits, ([, amount]) => amount),
      },
      ...more,
    },
    { ETH: price, LUSD: 1 },
    [
      [ANN, 'ETH', 100],
      [ANN, 'LUSD', 20_000],
      [BOB, 'LUSD', 50_000],
      [DAN, 'LUSD', 10_000],
    ],
  ) as unknown as CheckedWorld<ReturnType<typeof liquityV1.open>>
}
export type World = ReturnType<typeof world>

/** A large safe trove, one of 100 ETH and 10,000 LUSD (exactly 110 % at 110), one of 60 and 7,000. */
export const BOOK: Rows = [
  [BOB, 10_000, 100_000],
  [ANN, 100, 10_000],
  [ANN, 60, 6000],
]
export const start = (w: World, account: number) => w.one('start', { account, actor: KEEPER })
export const total = (w: World) => {
  const { coll, debt, pool, pool_coll } = w.venue.state.system.columns
  return [coll, debt, pool, pool_coll].map((column) => column.data[0] as number)
}
