/** Deribit's own parameters in a world of one exchange: an inverse contract on BTC, options on it, a linear contract on ETH. */
import data from '../../data/venues/deribit.json' with { type: 'json' }
import { blackPrice } from '../../src/math/index.ts'
import { deribit } from '../../src/venues/deribit/index.ts'
import type { DeribitVenue } from '../../src/venues/deribit/venue.ts'
import { venue_params, type VenueParams } from './venue-params.ts'
import { PerpWorld, type Row, type Setup, START_MS } from './perp-world.ts'

export const DAY_MS = 86_400_000

/** Contracts and numbers of the venue's parameter file. */
export const deribit_params = (likes: readonly string[]): VenueParams => venue_params('deribit', data, likes)

export interface Held {
  readonly account: number
  readonly series: number
  readonly quantity: number
}
export interface Listed {
  readonly strike: number
  readonly type: 'call' | 'put'
  readonly days: number
  readonly shape?: 'inverse' | 'linear'
}

export interface DeribitSetup {
  readonly price?: number
  readonly eth?: number
  readonly series?: readonly Listed[]
  readonly held?: readonly Held[]
  readonly surface?: Record<string, unknown>
  readonly fund?: number
  /** Fund in BTC. */
  readonly fund_coin?: number
  readonly spec?: Record<string, unknown>
  readonly contract?: Record<string, unknown>
  /** The BTC contract settles in the collateral. */
  readonly linear?: boolean
}

export function options_spec(
  series: readonly Listed[],
  held: readonly Held[],
  surface: Record<string, unknown>,
): Record<string, unknown> {
  return {
    surfaces: [{ asset: 'BTC', atm: 0.6, ...surface }],
    series: series.map(({ days, ...one }) => ({ asset: 'BTC', expiry_ms: START_MS + days * DAY_MS, ...one })),
    positions: {
      account: Int32Array.from(held, (one) => one.account),
      series: Int32Array.from(held, (one) => one.series),
      quantity: Float64Array.from(held, (one) => one.quantity),
    },
  }
}

/** Coins are 0 USDT, 1 BTC, 2 ETH; contracts 0 BTC (inverse), 1 ETH (linear). */
export class DeribitWorld extends PerpWorld {
  constructor(rows: readonly Row[], setup: DeribitSetup = {}) {
    const { price = 100_000, eth = 3000, series = [], held = [], surface = {}, linear = false } = setup
    const { contracts, spec } = deribit_params([linear ? 'BTC_USDC' : 'BTC', 'BTC_USDC'])
    const whole: Setup = {
      kind: deribit as never,
      prices: [price, eth],
      coins: [{ asset: 'USDT' }, { asset: 'BTC', price }, { asset: 'ETH', price: eth }],
      fund: setup.fund ?? 0,
      contracts: contracts.map((contract) => ({ ...contract, funding: { last: 0, cap: 0 }, ...setup.contract })),
      spec: {
        ...spec,
        funds: [{ id: 'btc', coin: 'BTC', balance: setup.fund_coin ?? 0 }],
        ...(series.length === 0 ? {} : { options: options_spec(series, held, surface) }),
        ...setup.spec,
      },
    }
    super(rows, whole)
  }

  get deribit(): DeribitVenue {
    return this.venue as unknown as DeribitVenue
  }

  /** Index, book and coin of BTC. */
  move(price: number): void {
    this.price(0, price)
    ;(this.coins[1] as number[])[0] = price
  }

  /** Coins of a row beyond the first. */
  coin_cash(row: number, coin: number): number {
    const { x } = this.venue as unknown as {
      x: {
        pool: { heads: { columns: { first: { data: Int32Array } } }; cells: { columns: Record<string, { data: Float64Array }> } }
      }
    }
    const { coin: coins, amount, next } = x.pool.cells.columns as Record<'coin' | 'amount' | 'next', { data: Float64Array }>
    for (let at = (x.pool.heads.columns.first.data[row] as number) - 1; at >= 0; at = (next.data[at] as number) - 1)
      if (coins.data[at] === coin) return amount.data[at] as number
    return 0
  }

  /** Options of a series a row holds. */
  options(row: number, series: number): number {
    const { desk } = this.venue as unknown as {
      desk: { held: { length: number; columns: Record<'account' | 'series' | 'quantity', { data: ArrayLike<number> }> } }
    }
    const { account, series: of, quantity } = desk.held.columns
    let sum = 0
    for (let at = 0; at < desk.held.length; at++)
      if (account.data[at] === row && of.data[at] === series) sum += quantity.data[at] as number
    return sum
  }

  atm(): number {
    const { desk } = this.venue as unknown as { desk: { surfaces: { columns: { atm: { data: Float64Array } } } } }
    return desk.surfaces.columns.atm.data[0] as number
  }

  skew(): number {
    const { desk } = this.venue as unknown as { desk: { surfaces: { columns: { skew: { data: Float64Array } } } } }
    return desk.surfaces.columns.skew.data[0] as number
  }
}

/** A pooled account with coins and nothing in the wallet. */
export const account = (mode: 2 | 3, coins: { usdt?: number; btc?: number }, held: Row['held'] = []): Row => ({
  mode,
  wallet: coins.usdt ?? 0,
  held,
  ...(coins.btc === undefined ? {} : { balances: [[1, coins.btc, 0]] as const }),
})

/** Black's value at a flat vol, USD. */
export const value_of = (type: 'call' | 'put', index: number, strike: number, days: number, vol: number): number =>
  blackPrice(type === 'call', index, strike, vol * Math.sqrt(days / 365))
