/** Perpetual exchanges. Those that are the shared machine with other rules need one record here: see `machine`. */
import fc from 'fast-check'
import bitmex_data from '../../../data/venues/bitmex.json' with { type: 'json' }
import bybit_data from '../../../data/venues/bybit-uta.json' with { type: 'json' }
import dydx_data from '../../../data/venues/dydx-v4.json' with { type: 'json' }
import hyperliquid_data from '../../../data/venues/hyperliquid.json' with { type: 'json' }
import okx_data from '../../../data/venues/okx.json' with { type: 'json' }
import { complete, parse_params } from '../../../src/venues/shared/exchange/index.ts'
import type { Adapter, Balances, Exchange, Listed, Scope } from '../adapter.ts'
import type { Stand } from '../stand.ts'
import { between, f64, i32, owners } from './plain.ts'

const BTC = 40_000
const ETH = 2_000
const PRICES = { BTC, ETH } as const
type Base = keyof typeof PRICES

/** Brackets of the tests: 0.5 % up to 200,000 coins of notional, then 1 % and 5 %, leverage 50 to 5. */
const tiers = (unit: number) => [
  { floor: 0, rate: 0.005, max_leverage: 50 },
  { floor: 200_000 / unit, rate: 0.01, max_leverage: 20 },
  { floor: 1_000_000 / unit, rate: 0.05, max_leverage: 5 },
]

/**
 * Scopes that pass the initial margin: margin of 1,000 to 50,000 USD, up to 8 times as much in contracts, on either side.
 * @param contracts how many there are
 */
const scopes = (contracts: number): fc.Arbitrary<Scope> =>
  fc
    .record({
      margin: between(1_000, 50_000),
      shares: fc.array(between(-8, 8), { minLength: contracts, maxLength: contracts }),
      isolated: fc.boolean(),
    })
    .map(({ margin, shares, isolated }) => {
      const one = isolated || contracts === 1
      const gross = shares.reduce((sum, share) => sum + Math.abs(share), 0)
      const notional = shares.map((share, c) => (one ? (c === 0 ? share || 1 : 0) : share / Math.max(1, gross / 8)) * margin)
      return { margin, notional, isolated }
    })

export interface Machine {
  readonly kind: string
  /** Margin and settlement coin: a stable one for linear contracts, the base for inverse ones (of which there is then one). */
  readonly coin: 'USDT' | Base
  readonly shape: 'linear' | 'inverse'
  readonly bases: readonly Base[]
  /** Further fields of the spec; of every contract. */
  readonly spec?: object
  readonly contract?: object
  readonly variants?: readonly object[]
  readonly adl?: Exchange['adl']
  readonly breach?: Adapter['breach']
}

const AT_START = (coin: Machine['coin']): number => (coin === 'USDT' ? 1 : PRICES[coin])

/** The books of the contracts: 20,000 USD a side until the price moves. */
const books = (bases: readonly Base[]) =>
  bases.map((base) => ({
    kind: 'rail',
    id: `${base}-PERP`,
    base,
    quote: 'USDT',
    settles: 'venue',
    price: PRICES[base],
    depth: 20_000 / PRICES[base],
    half_spread: 0.0005,
  }))

/** Columns of what the scopes hold: base units, or face in quote units. */
function positions(accounts: readonly Listed<Scope>[], { bases, shape }: Machine) {
  const held = accounts.flatMap(({ account }, row) =>
    account.notional.flatMap((notional, c) => (notional === 0 ? [] : [{ row, c, notional, price: PRICES[bases[c] as Base] }])),
  )
  return {
    account: i32(held.map(({ row }) => row)),
    contract: i32(held.map(({ c }) => c)),
    quantity: f64(held.map(({ notional, price }) => (shape === 'linear' ? notional / price : notional))),
    entry: f64(held.map(({ price }) => price)),
  }
}

/** A kind that is the machine of `src/venues/shared/exchange` under its own rules. */
export function machine(record: Machine): Adapter<Scope> {
  const { kind, coin, shape, bases, spec = {}, contract = {}, variants = [], adl = 'takeover', breach } = record
  const unit = AT_START(coin)
  return {
    kind,
    family: 'exchange',
    assets: { ...PRICES, USDT: 1 },
    moves: [...bases],
    held: [coin],
    owed: [],
    serves: ['deposit', 'withdraw', 'order'],
    account: scopes(bases.length),
    sample: [5, 4, 1.5, -1.5].map((times) => ({
      margin: 10_000,
      notional: bases.map((_, c) => (c === 0 ? times * 10_000 : 0)),
      isolated: false,
    })),
    safer: (account, by) => ({ ...account, margin: account.margin * by }),
    lighter: (account, by) => ({ ...account, notional: account.notional.map((notional) => notional / by) }),
    markets: books(bases),
    spec(accounts) {
      return {
        collateral: coin,
        fund: 60_000 / unit,
        contracts: bases.map((base) => ({
          market: `${base}-PERP`,
          ...(shape === 'linear' ? {} : { shape }),
          tiers: tiers(unit),
          index: base,
          ...contract,
        })),
        accounts: {
          owner: owners(accounts),
          isolated: i32(accounts.map(({ account }) => (account.isolated ? 1 : 0))),
          wallet: f64(accounts.map(({ account }) => account.margin / unit)),
        },
        positions: positions(accounts, record),
        ...spec,
      }
    },
    variants,
    breach: breach ?? 'at or below',
    health: 'own',
    plain: true,
    monotone: true,
    faults: ['venue:venue', ...bases.map((base) => `market:${base}-PERP`)],
    exchange: {
      contracts: bases.map((asset) => ({ market: `${asset}-PERP`, asset })),
      coins: [coin],
      balances: (stand) => machine_balances(stand, bases.length),
      adl,
    },
  }
}

/** Reads the tables of the machine, by their names and not through it. One coin. */
function machine_balances(stand: Stand, contracts: number): Balances {
  const [contract, quantity, next] = ['contract', 'quantity', 'next'].map((name) => stand.column(`venue.positions.${name}`)) as [
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
  ]
  const cash = stand.column('venue.accounts.cash')
  const units = Array.from({ length: stand.venue.rows }, (_, row) => {
    const of = Array.from({ length: contracts }, () => 0)
    for (let at = row; at >= 0; at = next[at] as number) {
      const c = contract[at] as number
      if (c >= 0) of[c] = (of[c] as number) + (quantity[at] as number)
    }
    return of
  })
  return {
    units,
    cash: Array.from({ length: stand.venue.rows }, (_, row) => [cash[row] as number]),
    fees: [stand.column('venue.coins.fees')[0] as number],
    funds: [{ coin: 0, balance: stand.column('venue.funds.balance')[0] as number }],
  }
}

/** Fields in which the fund is empty, or takes so much over that it may have to hand it on. */
const FUNDS = [{ fund: 0 }, { fund: 20_000, fund_leverage: 20 }]

export const binanceUsdm = machine({
  kind: 'binance-usdm',
  coin: 'USDT',
  shape: 'linear',
  bases: ['BTC', 'ETH'],
  variants: [...FUNDS, { fee_from: 'first' }],
})

export const binanceCoinm = machine({
  kind: 'binance-coinm',
  coin: 'BTC',
  shape: 'inverse',
  bases: ['BTC'],
  variants: [{ fund: 0 }, { fund: 0.5, fund_leverage: 20 }],
})

/** What a parameter file says of the exchange and of every contract; brackets are those of the tests. */
function published(data: unknown): { readonly spec: object; readonly contract: object } {
  const params = parse_params(data, 'data/venues')
  const filled = complete({ kind: params.kind, contracts: [{}] }, params, params.kind)
  const { kind: _, contracts, ...spec } = filled as { kind: string; contracts: object[] }
  return { spec, contract: contracts[0] as object }
}

const hyperliquid_file = published(hyperliquid_data)
export const hyperliquid = machine({
  kind: 'hyperliquid',
  coin: 'USDT',
  shape: 'linear',
  bases: ['BTC', 'ETH'],
  adl: 'mark',
  breach: 'below',
  ...hyperliquid_file,
  variants: [{ fund: 0 }, { fund: 20_000, vault_leverage: 1000 }, { vault_unwind: 'hold' }, { partial_above: 1000 }],
})

const dydx_file = published(dydx_data)
export const dydxV4 = machine({
  kind: 'dydx-v4',
  coin: 'USDT',
  shape: 'linear',
  bases: ['BTC', 'ETH'],
  breach: 'below',
  ...dydx_file,
  variants: [{ fund: 0 }, { block_most: 1000, block_loss: 100 }, { block_ms: 60_000, block_share: 0.5 }],
})

const bitmex_file = published(bitmex_data)
export const bitmex = machine({
  kind: 'bitmex',
  coin: 'BTC',
  shape: 'inverse',
  bases: ['BTC'],
  ...bitmex_file,
  contract: { ...bitmex_file.contract, slab: true },
  variants: [{ fund: 0 }, { fund: 0.5, fund_leverage: 20 }, { risk_steps: 2 }],
})

export const bybitUta = machine({
  kind: 'bybit-uta',
  coin: 'USDT',
  shape: 'linear',
  bases: ['BTC', 'ETH'],
  ...published(bybit_data),
  variants: [
    { fund: 0 },
    { fund: 20_000, pool_leverage: 20 },
    { risk_steps: 2, target_mm_rate: 1 },
    { pool_above: 0, pool_start: 0.05 },
  ],
})

const okx_file = published(okx_data)
export const okx = machine({
  kind: 'okx',
  coin: 'USDT',
  shape: 'linear',
  bases: ['BTC', 'ETH'],
  adl: 'mark',
  ...okx_file,
  // tiers of the tests, by size
  contract: {
    ...okx_file.contract,
    tiers: [
      { floor: 0, rate: 0.005, initial: 0.02 },
      { floor: 2, rate: 0.01, initial: 0.05 },
      { floor: 5, rate: 0.02, initial: 0.08 },
      { floor: 25, rate: 0.05, initial: 0.2 },
    ],
  },
  variants: [{ fund: 0 }, { fund: 20_000, fund_leverage: 20 }, { partial_from: 1, partial_tiers: 1, partial_wait_ms: 1000 }],
})
