/** A small Compound v2 pool: USDC at 1, WETH at 2,000, factors 0.85 and 0.8, close factor 50 %, incentive 1.08. */
import { compoundV2 } from '../../src/venues/compound-v2/index.ts'
import type { CompoundV2 } from '../../src/venues/compound-v2/venue.ts'
import type { Fields } from './morpho-world.ts'
import { VenueWorld } from './venue-world.ts'

export const [USDC, WETH] = [0, 1] as const
export const [ALICE, BOB, CAROL] = [1, 2, 3] as const

/** [account, market, supply, debt, entered] */
export type Position = readonly [number, number, number, number, number?]

export interface Setting {
  readonly positions: readonly Position[]
  readonly owners?: readonly number[]
  readonly usdc?: Fields
  readonly weth?: Fields
  readonly pool?: Fields
}

export function open({ positions, owners = [ALICE], usdc = {}, weth = {}, pool = {} }: Setting) {
  const world = new VenueWorld({ USDC: 1, WETH: 2000 })
  const own = (k: number) => positions.reduce((sum, p) => sum + (p[1] === k ? p[2] - p[3] : 0), 0)
  const column = (k: number) => positions.map((position) => position[k] ?? 1)
  const spec = compoundV2.schema.parse({
    kind: 'compound-v2',
    id: 'compound',
    markets: [
      {
        asset: 'USDC',
        collateral_factor: 0.85,
        cash: 100_000 + own(0),
        oracle: 'USDC',
        slope: 0.05,
        kink: 0.8,
        jump: 1,
        ...usdc,
      },
      { asset: 'WETH', collateral_factor: 0.8, cash: 100 + own(1), oracle: 'WETH', ...weth },
    ],
    accounts: { owner: Int32Array.from(owners, (owner) => owner - 1) },
    positions: {
      account: Int32Array.from(column(0)),
      market: Int32Array.from(column(1)),
      supply: Float64Array.from(column(2)),
      debt: Float64Array.from(column(3)),
      entered: Int32Array.from(column(4)),
    },
    ...pool,
  })
  const venue: CompoundV2 = compoundV2.open(spec, world.builder)
  for (const actor of [ALICE, BOB, CAROL]) for (const asset of [USDC, WETH]) world.ledger.credit(actor, asset, 1e6)
  world.ledger.postings.settle()
  world.ledger.postings.minted.columns.amount.data.fill(0)
  venue.price(world.time_ms, world.view)
  world.store.seal()
  return { world, venue }
}
