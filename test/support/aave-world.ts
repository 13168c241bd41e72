/** Small Aave pools in the setting of the golden vectors: USDX at 1 USD, WBTC at 27,000, WETH at 1,800. */
import { type Log, Statement } from '../../src/model/index.ts'
import { aaveV3 } from '../../src/venues/aave-v3/index.ts'
import { FIXTURE } from '../../src/venues/aave-v3/vectors-fixture.ts'
import type { AaveV3 } from '../../src/venues/aave-v3/venue.ts'
import { VenueWorld } from './venue-world.ts'

export const [OUT, ALICE, BOB, CAROL] = [0, 1, 2, 3] as const
export const [USDX, WBTC, WETH] = [0, 1, 2] as const
export const DAY_MS = 86_400_000

export type Fields = Record<string, unknown>

/** The fixture of the golden vectors as a reserve of the venue. */
export const reserve = (asset: string, cash: number, fields: Fields = {}): Fields => ({
  asset,
  ltv: 0.825,
  liquidation_threshold: 0.86,
  liquidation_bonus: 0.05,
  protocol_fee: 0.1,
  reserve_factor: 0.1,
  optimal_usage: 0.45,
  slope1: 0.04,
  slope2: 0.6,
  cash,
  oracle: asset,
  ...fields,
})

export interface Setting {
  version?: string
  /** [account, reserve, collateral, debt] */
  positions: readonly (readonly [number, number, number, number])[]
  owners?: readonly number[]
  emodes?: readonly number[]
  categories?: readonly Fields[]
  reserves?: readonly Fields[]
  pool?: Fields
}

/** A pool with 100,000 USDX, 100 WETH and what is supplied, in the world of the golden vectors; everybody has a treasury. */
export function open(setting: Setting): { world: VenueWorld; venue: AaveV3 } {
  const world = new VenueWorld({ USDX: 1, WBTC: 27_000, WETH: 1800 })
  const lent = (r: number) => setting.positions.reduce((sum, p) => sum + (p[1] === r ? p[3] - p[2] : 0), 0)
  const cash = [100_000, 0, 100].map((own, r) => own - lent(r))
  const owners = setting.owners ?? [ALICE - 1]
  const spec = aaveV3.schema.parse({
    kind: 'aave-v3',
    id: 'aave',
    ...(setting.version === undefined ? {} : { version: setting.version }),
    reserves: setting.reserves ?? FIXTURE.assets.map((asset, r) => reserve(asset, cash[r] as number)),
    emodes: setting.categories ?? [],
    accounts: {
      owner: Int32Array.from(owners),
      ...(setting.emodes === undefined ? {} : { emode: Int32Array.from(setting.emodes) }),
    },
    positions: {
      account: Int32Array.from(setting.positions, (p) => p[0]),
      reserve: Int32Array.from(setting.positions, (p) => p[1]),
      collateral: Float64Array.from(setting.positions, (p) => p[2]),
      debt: Float64Array.from(setting.positions, (p) => p[3]),
    },
    ...setting.pool,
  })
  const venue = aaveV3.open(spec, world.builder)
  for (const actor of [ALICE, BOB, CAROL]) for (const asset of [USDX, WBTC, WETH]) world.ledger.credit(actor, asset, 1e6)
  world.ledger.postings.settle()
  world.ledger.postings.minted.columns.amount.data.fill(0)
  venue.price(world.time_ms, world.view)
  world.store.seal()
  return { world, venue }
}

export const holdings = (world: VenueWorld, venue: AaveV3): number[] => {
  const out = new Float64Array(world.assets.length)
  world.ledger.holdings(out)
  venue.holdings(out)
  return [...out]
}

export const rows = (log: Log) =>
  Array.from({ length: log.length }, (_, row) => ({
    kind: log.kind(row),
    account: log.columns.account.data[row] as number,
    asset: log.columns.asset.data[row] as number,
    amount: log.columns.amount.data[row] as number,
    usd: log.columns.usd.data[row] as number,
    extra: log.columns.extra.data[row] as number,
    price: log.columns.price.data[row] as number,
    cause: log.columns.cause.data[row] as number,
  }))

export const units = (venue: AaveV3, row: number) => {
  const out = new Statement()
  venue.statement(row, out)
  return Array.from({ length: out.count }, (_, i) => [out.side[i], out.asset[i], out.quantity[i]] as const)
}

export const liquidation = (amount: number, fields: Fields = {}) => ({
  account: 0,
  asset: WBTC,
  asset2: USDX,
  amount,
  actor: BOB,
  ...fields,
})
