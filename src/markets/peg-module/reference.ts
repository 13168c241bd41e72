/**
 * A peg stability module in exact integers of 1e-18: what a swap at par costs, and how much of the issued coin is minted ahead or burnt.
 * Source: makerdao/dss-psm and makerdao/dss-lite-psm (0006903), read for their roundings. `gem` is the reserve asset, counted in 1e-18 too.
 */

const WAD = 10n ** 18n
const min = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a))
const max = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a))
const above = (a: bigint, b: bigint): bigint => max(0n, a - b)

/** Coin out for gem sold; fee `tin` of the coin, negative pays extra. */
export function sell_gem(gem: bigint, tin: bigint): { readonly out: bigint; readonly fee: bigint } {
  const fee = (gem * tin) / WAD
  return { out: gem - fee, fee }
}

/** Coin in for gem bought; fee `tout` on top. */
export function buy_gem(gem: bigint, tout: bigint): { readonly paid: bigint; readonly fee: bigint } {
  const fee = (gem * tout) / WAD
  return { paid: gem + fee, fee }
}

/** What the module holds and owes: coin minted ahead and fees, gem, and the debt in coin against which it was minted. */
export interface Books {
  readonly cash: bigint
  readonly gem: bigint
  readonly debt: bigint
}

/** Coin that is minted ahead, up to `buf` beyond the gem, the module's ceiling and the room under the global one. */
export const to_mint = ({ gem, debt }: Books, buf: bigint, line: bigint, room = line): bigint =>
  min(above(gem + buf, debt), above(line, debt), room)

/** Coin that is burnt: what exceeds `buf` or the ceilings, as far as there is cash. */
export const to_burn = ({ cash, gem, debt }: Books, buf: bigint, line: bigint, excess = 0n): bigint =>
  min(max(above(debt, gem + buf), above(debt, line), excess), cash)

/** Fees that can be taken to the surplus now; they may be in gem and then wait. */
export const to_take = ({ cash, gem, debt }: Books): bigint => min(cash, above(cash + gem, debt))
