/** Small Fluid vaults in the setting of the golden vectors: WETH at 1,000 USDC, factor 80 %, threshold 81 %, limit 90 %. */
import { fluid } from '../../src/venues/fluid/index.ts'
import type { Fluid } from '../../src/venues/fluid/index.ts'
import { VenueWorld } from './venue-world.ts'

export const [OUT, ALICE, BOB, CAROL] = [0, 1, 2, 3] as const
export const [USDC, WETH] = [0, 1] as const
export const HOUR_MS = 3_600_000

export type Fields = Record<string, unknown>

export const vault = (fields: Fields = {}): Fields => ({
  id: 'eth',
  collateral: 'WETH',
  debt: 'USDC',
  collateral_factor: 0.8,
  liquidation_threshold: 0.81,
  max_limit: 0.9,
  penalty: 0,
  ...fields,
})

/** Collateral, debt, and the vault it is in. */
export type Position = readonly [collateral: number, debt: number, vault?: number]

interface Change {
  readonly vaults?: readonly Fields[]
  readonly weth?: Fields
  readonly usdc?: Fields
  readonly more?: Fields
}

/** Positions of ALICE; 1,000,000 USDC and 1,000 WETH are supplied by others. */
export function open(positions: readonly Position[], change: Change = {}) {
  const world = new VenueWorld({ USDC: 1, WETH: 1_000 })
  const spec = fluid.schema.parse({
    kind: 'fluid',
    id: 'fluid',
    pools: [
      { asset: 'USDC', decimals: 18, supply: 1e6, oracle: 'USDC', ...change.usdc },
      { asset: 'WETH', decimals: 18, supply: 1_000, oracle: 'WETH', ...change.weth },
    ],
    vaults: change.vaults ?? [vault()],
    accounts: {
      owner: Int32Array.from(positions, () => ALICE - 1),
      vault: Int32Array.from(positions, ([, , k = 0]) => k),
      collateral: Float64Array.from(positions, ([collateral]) => collateral),
      debt: Float64Array.from(positions, ([, debt]) => debt),
    },
    ...change.more,
  })
  const venue: Fluid = fluid.open(spec, world.builder)
  for (const actor of [ALICE, BOB, CAROL]) for (const asset of [USDC, WETH]) world.ledger.credit(actor, asset, 1e6)
  world.ledger.postings.settle()
  world.ledger.postings.minted.columns.amount.data.fill(0)
  venue.price(world.time_ms, world.view)
  world.store.seal()
  return { world, venue }
}

/** BOB repays `amount`, naming a position. */
export const liquidation = (amount: number, account = 0) => ({ account, asset: WETH, asset2: USDC, amount, actor: BOB })
