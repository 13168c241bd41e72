/** A cluster of Euler vaults in a checked world of its own. */
import { eulerV2 } from '../../src/venues/euler-v2/index.ts'
import { CheckedWorld } from './checked-world.ts'

export const [ETH, USD, BTC] = [0, 1, 2]
/** Ledger actors: two owners, a liquidator, a supplier. */
export const [ANN, BOB, LIQ, SAM] = [1, 2, 3, 4]
export type Venue = ReturnType<typeof eulerV2.open>

/** Equality is a breach here. */
export class World extends CheckedWorld<Venue> {
  override breached(health: number, level: number): boolean {
    return health <= level
  }
}

/** Vaults of ETH, USD, BTC; USD lends against ETH at 86 % and BTC at 80 %, ETH against USD at 80 %. */
export const vaults = (usd: object = {}, eth: object = {}) => [
  {
    id: 'eETH',
    asset: 'ETH',
    oracle: 'ETH',
    cash: 500,
    ltvs: [{ collateral: 'eUSD', borrow_ltv: 0.75, liquidation_ltv: 0.8 }],
    ...eth,
  },
  {
    id: 'eUSD',
    asset: 'USD',
    oracle: 'USD',
    cash: 100_000,
    max_liquidation_discount: 0.15,
    interest_fee: 0,
    kink_rate: 0,
    max_rate: 0,
    ltvs: [
      { collateral: 'eETH', borrow_ltv: 0.8, liquidation_ltv: 0.86 },
      { collateral: 'eBTC', borrow_ltv: 0.8, liquidation_ltv: 0.8 },
    ],
    ...usd,
  },
  { id: 'eBTC', asset: 'BTC', oracle: 'BTC', cash: 10 },
]
/** Accounts: owner (ledger actor), debt in USD (or of another vault), supplies of [vault, units]. */
export type Accounts = readonly {
  owner: number
  debt?: number
  vault?: number
  supplies: readonly (readonly [number, number])[]
}[]
export const BOOK: Accounts = [
  { owner: ANN, debt: 19_500, supplies: [[ETH, 10]] },
  {
    owner: BOB,
    debt: 10_000,
    supplies: [
      [ETH, 10],
      [BTC, 0.1],
    ],
  },
  { owner: SAM, supplies: [[USD, 50_000]] },
  { owner: LIQ, supplies: [] },
]
export function world(accounts: Accounts = BOOK, usd: object = {}, eth: object = {}, price = 2500): World {
  const supplies = accounts.flatMap(({ supplies }, row) => supplies.map(([vault, units]) => [row, vault, units] as const))
  return new World(
    eulerV2 as never,
    {
      vaults: vaults(usd, eth),
      accounts: {
        owner: Int32Array.from(accounts, ({ owner }) => owner - 1),
        vault: Int32Array.from(accounts, ({ debt, vault = USD }) => (debt === undefined ? -1 : vault)),
        debt: Float64Array.from(accounts, ({ debt }) => debt ?? 0),
      },
      supplies: {
        account: Int32Array.from(supplies, ([row]) => row),
        vault: Int32Array.from(supplies, ([, vault]) => vault),
        amount: Float64Array.from(supplies, ([, , units]) => units),
      },
    },
    { ETH: price, USD: 1, BTC: 50_000 },
    [
      [LIQ, 'USD', 100_000],
      [ANN, 'ETH', 10],
      [ANN, 'USD', 30_000],
      [SAM, 'ETH', 100],
    ],
  )
}
export const liquidate = (w: World, account: number, amount: number, asset = ETH, actor = LIQ) =>
  w.one('liquidate', { account, actor, asset, asset2: USD, amount })
