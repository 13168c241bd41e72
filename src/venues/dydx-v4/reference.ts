/**
 * dYdX v4 in its own integers: quote quantums (micro-USDC) and base quantums, with its roundings. Written from the rules of v4-chain
 * (x/perpetuals/types/liquidity_tier.go, lib/margin, x/clob/keeper/liquidations.go, deleveraging.go; derivatives reference §10).
 */
import { div, fraction, less, mul, ONE, type Ratio, ratio, sub, ZERO } from '../shared/exchange/reference-ratio.ts'

const PPM = 1_000_000n

const size = (a: bigint): bigint => (a < 0n ? -a : a)
export const floor_div = (n: bigint, d: bigint): bigint => n / d - (n % d !== 0n && n < 0n !== d < 0n ? 1n : 0n)
export const ceil_div = (n: bigint, d: bigint): bigint => -floor_div(-n, d)
const truncate = (a: Ratio): bigint => a.n / a.d

/** A market: quote quantums of one base quantum, initial margin and the part of it that maintenance is. */
export interface Perpetual {
  readonly price: Ratio
  readonly initial_ppm: bigint
  readonly maintenance_ppm: bigint
}

/** Price in USDC of a unit, 10^decimals base quantums a unit. */
export const perpetual = (price: number, decimals: number, initial_ppm: number, maintenance_ppm: number): Perpetual => ({
  price: div(ratio(price * 1e6), ratio(10n ** BigInt(decimals))),
  initial_ppm: BigInt(initial_ppm),
  maintenance_ppm: BigInt(maintenance_ppm),
})

export interface Position {
  readonly perpetual: Perpetual
  /** Base quantums, signed. */
  readonly quantums: bigint
}

export interface Subaccount {
  /** Quote quantums, signed. */
  readonly quote: bigint
  readonly positions: readonly Position[]
}

export const net_notional = (perp: Perpetual, quantums: bigint): bigint => truncate(mul(ratio(quantums), perp.price))

/** Initial margin rate: the base one up to the lower cap of open interest, all of the notional from the upper one on. */
export function initial_ppm(base: bigint, interest: bigint, low: bigint, high: bigint): bigint {
  if (high === 0n || interest <= low) return base
  if (interest >= high) return PPM
  return base + ((PPM - base) * (interest - low)) / (high - low)
}

export const initial_requirement = (notional: bigint, rate_ppm: bigint): bigint => ceil_div(size(notional) * rate_ppm, PPM)

/** Twice rounded up: the base initial margin, then its part. */
export const maintenance_requirement = (notional: bigint, initial: bigint, part: bigint): bigint =>
  ceil_div(ceil_div(size(notional) * initial, PPM) * part, PPM)

const maintenance_of = (perp: Perpetual, quantums: bigint): bigint =>
  maintenance_requirement(net_notional(perp, quantums), perp.initial_ppm, perp.maintenance_ppm)

/** Net collateral. */
export function collateral(account: Subaccount): bigint {
  return account.positions.reduce((sum, { perpetual: perp, quantums }) => sum + net_notional(perp, quantums), account.quote)
}

export function maintenance(account: Subaccount): bigint {
  return account.positions.reduce((sum, { perpetual: perp, quantums }) => sum + maintenance_of(perp, quantums), 0n)
}

/** Below maintenance, and there is any. */
export function liquidatable(account: Subaccount): boolean {
  const required = maintenance(account)
  return required > 0n && collateral(account) < required
}

/** Quote that leaves the part `delta` of a position with exactly its share of the collateral used up; its sign is that of what is received. */
export function bankruptcy_quote(account: Subaccount, at: number, delta: bigint): bigint {
  const { perpetual: perp, quantums } = account.positions[at] as Position
  const before = net_notional(perp, quantums)
  const relieved = maintenance_of(perp, quantums) - maintenance_of(perp, quantums + delta)
  const change = net_notional(perp, quantums + delta) - before
  return -change - floor_div(collateral(account) * relieved, maintenance(account))
}

/** Worst price at which an order of the exchange fills, quote quantums a base quantum. */
export function fillable_price(account: Subaccount, at: number, adjustment: Ratio, spread: Ratio): Ratio {
  const { perpetual: perp, quantums } = account.positions[at] as Position
  const health = div(ratio(collateral(account)), ratio(maintenance(account)))
  const asked = mul(adjustment, sub(ONE, health))
  const rating = less(asked, ZERO) ? ZERO : less(ONE, asked) ? ONE : asked
  const discount = mul(mul(rating, spread), ratio(maintenance_of(perp, quantums)))
  return div(sub(ratio(net_notional(perp, quantums)), discount), ratio(quantums))
}

/** What the insurance fund gets (or, negative, pays) for a fill: `quote` received. */
export function insurance_delta(account: Subaccount, at: number, delta: bigint, quote: bigint, fee_ppm: bigint): bigint {
  const better = quote - bankruptcy_quote(account, at, delta)
  if (better <= 0n) return better
  const most = ceil_div(size(quote) * fee_ppm, PPM)
  return better < most ? better : most
}

/** At which price a subaccount is deleveraged, if at all. */
export function deleveraged_at(account: Subaccount, final_settlement: boolean): 'no' | 'bankruptcy' | 'oracle' {
  if (collateral(account) < 0n) return 'bankruptcy'
  return final_settlement ? 'oracle' : 'no'
}

const traded = (account: Subaccount, at: number, delta: bigint, quote: bigint): Subaccount => ({
  quote: account.quote + quote,
  positions: account.positions.map((one, i) => (i === at ? { ...one, quantums: one.quantums + delta } : one)),
})

/**
 * Closes `delta` of a position against a subaccount of the other side at the bankruptcy price of the first. Undefined when delta
 * is not a part of both, or the price is beyond the bankruptcy price of the other.
 */
export function deleverage(
  account: Subaccount,
  at: number,
  other: Subaccount,
  other_at: number,
  delta: bigint,
): { readonly account: Subaccount; readonly other: Subaccount } | undefined {
  const mine = account.positions[at]?.quantums ?? 0n
  const theirs = other.positions[other_at]?.quantums ?? 0n
  if (delta === 0n || delta > 0n === mine > 0n || size(delta) > size(mine)) return undefined
  if (-delta > 0n === theirs > 0n || size(delta) > size(theirs)) return undefined
  const quote = bankruptcy_quote(account, at, delta)
  if (-quote < bankruptcy_quote(other, other_at, -delta)) return undefined
  return { account: traded(account, at, delta, quote), other: traded(other, other_at, -delta, -quote) }
}

/** Notional that one block closes. */
export function block_size(notional: Ratio, share: Ratio, least: Ratio, most: Ratio): Ratio {
  const part = mul(notional, share)
  const asked = less(part, least) ? least : part
  const capped = less(most, asked) ? most : asked
  return less(notional, capped) ? notional : capped
}

/** Blocks until no more than `until` is left. */
export function blocks_to(notional: Ratio, until: Ratio, share: Ratio, least: Ratio, most: Ratio): number {
  let left = notional
  let blocks = 0
  while (less(until, left)) {
    left = sub(left, block_size(left, share, least, most))
    blocks++
  }
  return blocks
}

/** Change of the funding index: rate for 8 hours · part of them · price of a base quantum, truncated. */
export const funding_index = (rate_ppm: bigint, ms: bigint, price: Ratio): bigint =>
  truncate(mul(mul(ratio(rate_ppm), fraction(ms, 28_800_000n)), price))

/** Largest rate for 8 hours: 6 · (initial − maintenance). */
export const funding_cap = (initial: Ratio, part: Ratio): Ratio => mul(ratio(6), sub(initial, mul(initial, part)))

/** Quote quantums as USDC. */
export const usdc = (quantums: bigint): Ratio => fraction(quantums, PPM)
