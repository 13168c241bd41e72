/** Small Morpho Blue markets in the setting of the golden vectors: WETH at 4,000 USDC, limit 86 %, 1,000,000 USDC supplied. */
import { type Log, Statement } from '../../src/model/index.ts'
import { morphoBlue } from '../../src/venues/morpho-blue/index.ts'
import type { MorphoBlue } from '../../src/venues/morpho-blue/venue.ts'
import { VenueWorld } from './venue-world.ts'

export const [OUT, ALICE, BOB, CAROL] = [0, 1, 2, 3] as const
export const [USDC, WETH] = [0, 1] as const
export const HOUR_MS = 3_600_000

export type Fields = Record<string, unknown>

/** The terms of vector F9. */
export const PRE = { pre_lltv: 0.83, factor_low: 1.01, factor_high: 1.04, part_low: 0.1, part_high: 0.5 }

export const market = (fields: Fields = {}): Fields => ({
  loan: 'USDC',
  collateral: 'WETH',
  lltv: 0.86,
  loan_decimals: 6,
  supply: 1e6,
  collateral_oracle: 'WETH',
  ...fields,
})

/** An account: collateral, debt, and what may be left out. */
export interface Account {
  readonly collateral?: number
  readonly debt?: number
  readonly supply?: number
  readonly owner?: number
  readonly market?: number
  readonly opted?: boolean
}

export function open(accounts: readonly Account[], markets: readonly Fields[] = [market()], price = 4000) {
  const world = new VenueWorld({ USDC: 1, WETH: price })
  const column = (read: (account: Account) => number) => Float64Array.from(accounts, read)
  const whole = (read: (account: Account) => number) => Int32Array.from(accounts, read)
  const spec = morphoBlue.schema.parse({
    kind: 'morpho-blue',
    id: 'morpho',
    markets,
    accounts: {
      owner: whole((account) => (account.owner ?? ALICE) - 1),
      market: whole((account) => account.market ?? 0),
      collateral: column((account) => account.collateral ?? 0),
      debt: column((account) => account.debt ?? 0),
      supply: column((account) => account.supply ?? 0),
      pre_liquidation: whole((account) => (account.opted === true ? 1 : 0)),
    },
  })
  const venue: MorphoBlue = morphoBlue.open(spec, world.builder)
  for (const actor of [ALICE, BOB, CAROL]) for (const asset of [USDC, WETH]) world.ledger.credit(actor, asset, 1e6)
  world.ledger.postings.settle()
  world.ledger.postings.minted.columns.amount.data.fill(0)
  venue.price(world.time_ms, world.view)
  world.store.seal()
  return { world, venue }
}

export const holdings = (world: VenueWorld, venue: { holdings(out: Float64Array): void }): number[] => {
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

/** Quantities by asset: held positive, owed negative. */
export const units = (venue: { statement(row: number, out: Statement): void }, row: number) => {
  const out = new Statement()
  venue.statement(row, out)
  return Array.from({ length: out.count }, (_, i) => [out.asset[i], (out.side[i] as number) * (out.quantity[i] as number)])
}

/** BOB repays `amount` of account 0. */
export const liquidation = (amount: number, fields: Fields = {}) => ({
  account: 0,
  asset: WETH,
  asset2: USDC,
  amount,
  actor: BOB,
  ...fields,
})
