/** BOLD branches in a checked world of their own. */
import { at } from '../../src/venues/liquity-v2/state.ts'
import { liquityV2 } from '../../src/venues/liquity-v2/index.ts'
import { CheckedWorld } from './checked-world.ts'

export const [ETH, BOLD, RETH] = [0, 1, 2]
/** Ledger actors: two owners, a keeper, a depositor. */
export const [ANN, BOB, KEEPER, DAN] = [1, 2, 3, 4]
export const DAY_MS = 86_400_000

/** Troves as owner (ledger actor), branch, collateral, debt, rate; deposits as owner (0 outside), branch, amount. */
export type Troves = readonly (readonly [number, number, number, number, number])[]
export type Deposits = readonly (readonly [number, number, number])[]
export function world(troves: Troves, deposits: Deposits = [], more: object = {}, weth: object = {}) {
  const column = (list: readonly (readonly number[])[], k: number) => list.map((row) => row[k] as number)
  return new CheckedWorld(
    liquityV2 as never,
    {
      bold: 'BOLD',
      gas_asset: 'ETH',
      branches: [
        { id: 'WETH', asset: 'ETH', oracle: 'ETH', ...weth },
        {
          id: 'rETH',
          asset: 'RETH',
          oracle: 'RETH',
          minimum_ratio: 1.2,
          critical_ratio: 1.6,
          shutdown_ratio: 1.2,
          redistribution_penalty: 0.2,
        },
      ],
      accounts: {
        owner: Int32Array.from(column(troves, 0), (owner) => owner - 1),
        branch: Int32Array.from(column(troves, 1)),
        collateral: Float64Array.from(column(troves, 2)),
        debt: Float64Array.from(column(troves, 3)),
        rate: Float64Array.from(column(troves, 4)),
      },
      deposits: {
        owner: Int32Array.from(column(deposits, 0), (owner) => owner - 1),
        branch: Int32Array.from(column(deposits, 1)),
        amount: Float64Array.from(column(deposits, 2)),
      },
      ...more,
    },
    { ETH: 2000, BOLD: 1, RETH: 2000 },
    [
      [ANN, 'ETH', 100],
      [ANN, 'BOLD', 50_000],
      [BOB, 'BOLD', 100_000],
      [DAN, 'BOLD', 10_000],
    ],
  ) as unknown as CheckedWorld<ReturnType<typeof liquityV2.open>>
}
export type World = ReturnType<typeof world>

export const [DEBT_A, DEBT_B] = [10_009.589041095891, 20_019.178082191782]
/** A and B of vectors B1 to B4. */
export const BOOK: Troves = [
  [ANN, 0, 10, DEBT_A, 0.05],
  [BOB, 0, 100, DEBT_B, 0.05],
]
export const start = (w: World, account: number) => w.one('start', { account, actor: KEEPER })
export const total = (w: World, b = 0) => {
  const { coll, debt, pool, pool_coll } = w.venue.state.branches.columns
  return [coll, debt, pool, pool_coll].map((column) => at(column, b))
}
