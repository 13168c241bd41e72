/**
 * A stablecoin that issuers owe against collateral, and the spiral when they must buy it back: demand is a given sum of money, so the fewer coins there
 * are the more each costs, and the last ones of a squeeze cost more than they save.
 *
 * Source: Klages-Mundt and Minca, "(In)stability for the blockchain: deleveraging spirals and stablecoin attacks" (arXiv 1906.02152) and "While
 * stability lasts" (arXiv 2004.01304); closed forms and runs as in literature reference §B5, §J8. All issuers are one. Coins are meant to cost 1.
 */
import { exp, normalQuantile } from '../../math/index.ts'
import { assert } from '../../model/index.ts'

export interface CoinTerms {
  /** Money that is held in the coin, whatever it costs, USD: its price is this ÷ supply. */
  readonly demand: number
  /** Least collateral per coin, such as 1.5. */
  readonly cover: number
}

export interface CoinState {
  /** Collateral, units. */
  readonly units: number
  /** Coins outstanding. */
  readonly supply: number
}

/**
 * Least and most coins at which collateral covers them, after coins are made or bought back at the price that this leads to: between the roots of
 * cover · L² − share · (z + demand) · L + share · demand · supply. Undefined: no number of coins does.
 * @param collateral value z, USD
 * @param share part of the collateral that counts, from 0 to 1
 */
export function supply_bounds(
  collateral: number,
  supply: number,
  { demand, cover }: CoinTerms,
  share = 1,
): { readonly least: number; readonly most: number } | undefined {
  assert(collateral >= 0 && supply > 0 && demand > 0 && cover > 0 && share >= 0, 'collateral and terms above 0')
  const half = (share * (collateral + demand)) / (2 * cover)
  const square = half * half - (share * demand * supply) / cover
  // Short by rounding only is the last point at which it can be done.
  if (!(square >= -1e-15 * half * half) || half === 0) return undefined
  const most = half + Math.sqrt(Math.max(0, square))
  return { least: (share * demand * supply) / (cover * most), most }
}

/** Value of collateral below which nothing that issuers buy back restores cover: √(4 · cover · demand · supply) − demand, USD. It is below cover · supply. */
export const collateral_floor = (supply: number, { demand, cover }: CoinTerms): number =>
  Math.sqrt(4 * cover * demand * supply) - demand

/** What issuers expect of the collateral from the returns they have seen, and how they limit themselves beyond the terms. */
export interface CoinBeliefs {
  /** Weight of the last return in the mean and in the variance. */
  readonly memory: number
  /** Mean and deviation of a return at the start, a step. */
  readonly mean: number
  readonly deviation: number
  /** Factor by which they expect collateral to grow in a step; absent: exp(mean seen). */
  readonly growth?: number
  /** Their limit on value at risk: the probability of a worse return, below ½; absent: none. */
  readonly level?: number
}

export interface CoinStep extends CoinState {
  /** Price of the coin, USD. */
  readonly coin_usd: number
  /** Value of collateral per coin. */
  readonly cover: number
  /** Whether cover, or the issuers' own limit, decided how many coins there are. */
  readonly bound: boolean
}

/**
 * Coins that issuers want who expect collateral to grow by the factor `growth`: √(growth · demand · supply) if that is within the bounds, else the
 * better of both bounds by growth · (collateral + what new coins bring) − coins owed.
 */
function wanted(
  collateral: number,
  supply: number,
  terms: CoinTerms,
  growth: number,
  share: number,
): { supply: number; bound: boolean } | undefined {
  const bounds = supply_bounds(collateral, supply, terms, share)
  if (bounds === undefined) return undefined
  const free = Math.sqrt(growth * terms.demand * supply)
  if (free >= bounds.least && free <= bounds.most) return { supply: free, bound: false }
  const worth = (coins: number) => growth * (collateral + (1 - supply / coins) * terms.demand) - coins
  return { supply: worth(bounds.most) >= worth(bounds.least) ? bounds.most : bounds.least, bound: true }
}

/**
 * Runs the issuers over log returns of collateral that starts at 1 USD. The path ends before the return after which cover cannot be restored any more.
 * A limit of their own that cannot be met is dropped for that step.
 */
export function stablecoin_path(
  returns: ArrayLike<number>,
  start: CoinState,
  terms: CoinTerms,
  { memory, growth, level, ...first }: CoinBeliefs,
): CoinStep[] {
  const path: CoinStep[] = []
  let { units, supply } = start
  let price = 1
  let mean = first.mean
  let variance = first.deviation * first.deviation
  for (let t = 0; t < returns.length; t++) {
    const r = returns[t] as number
    price *= exp(r)
    mean += memory * (r - mean)
    variance += memory * ((r - mean) * (r - mean) - variance)
    const share = level === undefined ? 1 : Math.min(1, exp(normalQuantile(level) * Math.sqrt(variance)))
    const collateral = units * price
    const hope = growth ?? exp(mean)
    const next = wanted(collateral, supply, terms, hope, share) ?? wanted(collateral, supply, terms, hope, 1)
    if (next === undefined) break
    const coin_usd = terms.demand / next.supply
    units += ((next.supply - supply) * coin_usd) / price
    supply = next.supply
    path.push({ units, supply, coin_usd, cover: (units * price) / supply, bound: next.bound })
  }
  return path
}
