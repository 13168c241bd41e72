/** Small lenders by hand, for networks: who has supplied and owes what, at round prices. */
import { type KindSpec, SNAPSHOT_SCHEMA, type Snapshot } from '../../src/model/index.ts'

/** USD and beta. */
const PRICES = { USD: [1, 0], USDC: [1, 0], DAI: [1, 0], ETH: [2000, 1], stETH: [2200, 1], XUSD: [1, 0] } as const
export type Id = keyof typeof PRICES
export const IDS = Object.keys(PRICES) as Id[]
/** USD on each side of the pool of an asset. */
export const SIDE_USD = 1e9

const pool = (base: Id): KindSpec => ({
  kind: 'constant-product',
  id: `${base}-USD`,
  base,
  quote: 'USD',
  fee: 0,
  reserve_base: SIDE_USD / PRICES[base][0],
  reserve_quote: SIDE_USD,
})
const fixed = (id: Id): KindSpec => ({ kind: 'fixed', id: `${id}/USD`, price: PRICES[id][0] })

export interface LenderFields {
  readonly cash: Readonly<Partial<Record<Id, number>>>
  /** Account, asset, units supplied, units owed. */
  readonly positions: readonly (readonly [number, Id, number, number])[]
  /** Of each account; −1 nobody. */
  readonly owner: readonly number[]
  /** Instead of a fixed price. */
  readonly oracles?: Readonly<Partial<Record<Id, KindSpec>>>
  /** Units owed by nobody who is listed. */
  readonly unlisted?: Readonly<Partial<Record<Id, number>>>
  /** Supplies that are no collateral. */
  readonly idle?: readonly Id[]
}

/** An Aave-like pool, weights of 0.9, no interest. */
export function lender(id: string, { cash, positions, owner, oracles = {}, unlisted = {}, idle = [] }: LenderFields): KindSpec {
  const assets = Object.keys(cash) as Id[]
  return {
    kind: 'aave-v3',
    id,
    reserves: assets.map((asset) => ({
      asset,
      ltv: 0.85,
      liquidation_threshold: 0.9,
      liquidation_bonus: 0.05,
      cash: cash[asset],
      other_debt: unlisted[asset] ?? 0,
      collateral: !idle.includes(asset),
      oracle: oracles[asset] ?? fixed(asset),
    })),
    accounts: { owner: Int32Array.from(owner) },
    positions: {
      account: Int32Array.from(positions, ([account]) => account),
      reserve: Int32Array.from(positions, ([, asset]) => assets.indexOf(asset)),
      collateral: Float64Array.from(positions, (one) => one[2]),
      debt: Float64Array.from(positions, (one) => one[3]),
    },
  }
}

/** A vault book that creates DAI against ETH: owner, ETH locked, DAI owed. */
export const vaults = (id: string, rows: readonly (readonly [number, number, number])[]): KindSpec => ({
  kind: 'maker',
  id,
  dai: 'DAI',
  ilks: [{ id: 'ETH-A', asset: 'ETH', liquidation_ratio: 1.25, stability_fee: 0, oracle: fixed('ETH') }],
  accounts: {
    owner: Int32Array.from(rows, ([owner]) => owner),
    ilk: new Int32Array(rows.length),
    collateral: Float64Array.from(rows, (one) => one[1]),
    debt: Float64Array.from(rows, (one) => one[2]),
  },
})

export interface WorldFields {
  readonly venues: readonly KindSpec[]
  readonly names: readonly string[]
  readonly markets?: readonly KindSpec[]
  /** Actor, asset, units. */
  readonly treasury?: readonly (readonly [number, Id, number])[]
  readonly provenance?: Snapshot['provenance']
}

export const network_snapshot = ({ venues, names, markets = [], treasury = [], provenance = [] }: WorldFields): Snapshot => ({
  schema: SNAPSHOT_SCHEMA,
  id: 'network',
  title: 'the test network',
  time_ms: 1_700_000_000_000,
  provenance: provenance.length > 0 ? provenance : [{ part: 'venues', evidence: 'observed', source: 'test' }],
  assets: IDS.map((id) => {
    const [price_usd, beta] = PRICES[id]
    return id === 'USD' ? { id, price_usd, beta, numeraire: true } : { id, price_usd, beta, reference: `${id}-USD` }
  }),
  actors: {
    count: names.length,
    names: [...names],
    agent: Int32Array.from(names, () => -1),
    treasury: {
      actor: Int32Array.from(treasury, ([actor]) => actor),
      asset: Int32Array.from(treasury, ([, asset]) => IDS.indexOf(asset)),
      amount: Float64Array.from(treasury, (one) => one[2]),
    },
  },
  markets: [...IDS.filter((id) => id !== 'USD').map(pool), ...markets],
  oracles: [],
  venues: [...venues],
  agents: [],
})
