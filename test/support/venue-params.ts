/** An exchange out of its own parameter file, if need be with limits that small accounts meet. */
import { complete, parse_params } from '../../src/venues/shared/exchange/index.ts'

export interface VenueParams {
  readonly contracts: readonly Record<string, unknown>[]
  readonly spec: Record<string, unknown>
}

interface Limited {
  readonly tiers: readonly { readonly floor: number }[]
}

/**
 * @param data the parameter file `<kind>.json`
 * @param sets names of the contracts' sets, by position
 * @param shrink floors of the brackets are this many times smaller
 * @param coins what the contracts settle in, where it is not the collateral
 */
export function venue_params(
  kind: string,
  data: unknown,
  sets: readonly string[],
  shrink = 1,
  coins: readonly string[] = [],
): VenueParams {
  const venue = { kind, contracts: sets.map((like) => ({ like })) }
  const { contracts, ...spec } = complete(venue, parse_params(data, `${kind}.json`), 'test') as {
    contracts: (Limited & Record<string, unknown>)[]
  }
  const smaller = contracts.map((one, c) => ({
    ...one,
    ...(coins[c] === undefined ? {} : { coin: coins[c] }),
    tiers: one.tiers.map((tier) => ({ ...tier, floor: tier.floor / shrink })),
  }))
  return { contracts: smaller, spec }
}

/** Two contracts: the first inverse and settled in BTC, the second linear in USDT. */
export const INVERSE_AND_LINEAR = {
  prices: [50_000, 2000],
  inverse: [true, false],
  leverage: 25,
  coin: (contract: number) => (contract === 0 ? { coin: 1, price: 50_000 } : { coin: 0, price: 1 }),
} as const
/** Their coins, and a fund in the second of as much worth. */
export const TWO_COINS = [{ asset: 'USDT' }, { asset: 'BTC' }] as const
export const fund_in_btc = (id: string, usdt: number): object => ({ id, coin: 'BTC', balance: usdt / 50_000 })
