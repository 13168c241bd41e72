/** A Comet in the setting of the golden vectors: the first USDC market, WETH at 2,000 and WBTC at 30,000, 1,000,000 USDC supplied. */
import { compoundV3 } from '../../src/venues/compound-v3/index.ts'
import type { CompoundV3 } from '../../src/venues/compound-v3/venue.ts'
import { type Fields, OUT } from './morpho-world.ts'
import { VenueWorld } from './venue-world.ts'

export const [USDC, WETH, WBTC] = [0, 1, 2] as const
export const [ALICE, BOB, CAROL] = [1, 2, 3] as const
export { OUT }

export interface Account {
  /** Supplied (+) or owed (−). */
  readonly base?: number
  readonly weth?: number
  readonly wbtc?: number
  readonly owner?: number
}

export const COLLATERALS: readonly Fields[] = [
  { asset: 'WETH', borrow_factor: 0.825, liquidate_factor: 0.895, liquidation_factor: 0.95, oracle: 'WETH' },
  { asset: 'WBTC', borrow_factor: 0.7, liquidate_factor: 0.77, liquidation_factor: 0.95, oracle: 'WBTC' },
]

export function open(accounts: readonly Account[], fields: Fields = {}, weth = 2000) {
  const world = new VenueWorld({ USDC: 1, WETH: weth, WBTC: 30_000 })
  const positions = accounts.flatMap(({ weth: first = 0, wbtc: second = 0 }, row) => [
    [row, 0, first],
    [row, 1, second],
  ])
  const owed = accounts.reduce((sum, { base = 0 }) => sum + Math.max(0, -base), 0)
  const column = (k: number) => positions.map((position) => position[k] as number)
  const spec = compoundV3.schema.parse({
    kind: 'compound-v3',
    id: 'comet',
    base: 'USDC',
    base_oracle: 'USDC',
    borrow_min: 100,
    target_reserves: 5e6,
    borrow_curve: { base: 0.015, low: 0.035, kink: 0.8, high: 0.25 },
    supply_curve: { base: 0, low: 0.0325, kink: 0.8, high: 0.4 },
    cash: 1e6 - owed,
    supply: 1e6,
    collaterals: COLLATERALS,
    absorber: 'offers',
    accounts: {
      owner: Int32Array.from(accounts, ({ owner = ALICE }) => owner - 1),
      base: Float64Array.from(accounts, ({ base = 0 }) => base),
    },
    positions: {
      account: Int32Array.from(column(0)),
      collateral: Int32Array.from(column(1)),
      amount: Float64Array.from(column(2)),
    },
    ...fields,
  })
  const venue: CompoundV3 = compoundV3.open(spec, world.builder)
  for (const actor of [ALICE, BOB, CAROL]) for (const asset of [USDC, WETH, WBTC]) world.ledger.credit(actor, asset, 1e6)
  world.ledger.postings.settle()
  world.ledger.postings.minted.columns.amount.data.fill(0)
  venue.price(world.time_ms, world.view)
  world.store.seal()
  return { world, venue }
}
