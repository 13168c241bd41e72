/**
 * Lighter in exact arithmetic. Source: docs.lighter.xyz "Liquidations & LLP" and contract specifications (derivatives reference
 * §15.1, §25 T4).
 */
import { abs, add, div, less, max, min, mul, type Ratio, ratio, sign, sub, sum, ZERO } from '../reference-ratio.ts'
import type { Ladder } from '../reference-procedure.ts'

/** Margin rates: close < maintenance < initial. `size` in base units, signed. */
export interface Position {
  readonly size: Ratio
  readonly mark: Ratio
  readonly entry: Ratio
  readonly initial: Ratio
  readonly maintenance: Ratio
  readonly close: Ratio
}
export type Margin = 'initial' | 'maintenance' | 'close'

/** An account: `value` is collateral and profit on the marks. */
export interface Account {
  readonly value: Ratio
  readonly positions: readonly Position[]
}

export const required = (positions: readonly Position[], margin: Margin): Ratio =>
  sum(positions.map((one) => mul(mul(abs(one.size), one.mark), one[margin])))

/**
 * Price at which a position trades without changing value ÷ maintenance: mark · (1 ∓ rate · value ÷ maintenance of all), − for a
 * long. Closing everything there leaves nothing.
 */
export function zero_price(position: Position, account: Account): Ratio {
  const health = div(account.value, required(account.positions, 'maintenance'))
  const away = mul(mul(position.mark, position.maintenance), health)
  return sub(position.mark, mul(ratio(sign(position.size)), away))
}

export type Stage = 'free' | 'reduce_only' | 'orders' | 'takeover' | 'deleveraging'

/** What an account may do or has done to it: by its value below initial, maintenance and close margin, and below 0. */
export function stage({ value, positions }: Account): Stage {
  if (sign(value) < 0) return 'deleveraging'
  if (less(value, required(positions, 'close'))) return 'takeover'
  if (less(value, required(positions, 'maintenance'))) return 'orders'
  return less(value, required(positions, 'initial')) ? 'reduce_only' : 'free'
}

export interface Closed {
  readonly account: Account
  /** Base units sold (> 0) or bought back (< 0). */
  readonly traded: Ratio
  readonly fee: Ratio
}

/** One position against a book at its zero price or better; of the improvement the pool has as fee at most `most` of the price. */
export function close(account: Account, at: number, book: Ladder, most: Ratio): Closed {
  const position = account.positions[at] as Position
  const side = ratio(sign(position.size))
  const limit = zero_price(position, account)
  let left = abs(position.size)
  let [value, fee] = [account.value, ZERO]
  for (const { price, quantity } of book) {
    const better = mul(side, sub(price, limit))
    if (sign(better) < 0) break
    const part = min(left, quantity)
    const paid = mul(part, min(better, mul(most, price)))
    value = sub(add(value, mul(mul(side, part), sub(price, position.mark))), paid)
    fee = add(fee, paid)
    left = sub(left, part)
  }
  const rest = { ...position, size: mul(side, left) }
  const positions = account.positions.map((one, i) => (i === at ? rest : one))
  return { account: { value, positions }, traded: sub(position.size, rest.size), fee }
}

/** Positions one by one in the order given, until the value is at maintenance again. */
export function close_all(opening: Account, books: readonly Ladder[], most: Ratio): { account: Account; fee: Ratio } {
  let [account, fee] = [opening, ZERO]
  for (const [at, book] of books.entries()) {
    if (!less(account.value, required(account.positions, 'maintenance'))) break
    const done = close(account, at, book, most)
    account = done.account
    fee = add(fee, done.fee)
  }
  return { account, fee }
}

export const profit = ({ size, mark, entry }: Position): Ratio => mul(size, sub(mark, entry))

/** Which positions the pool takes over at their zero prices, worst profit first, while it keeps its own initial margin. */
export function taken_over(account: Account, pool: Account): number[] {
  const order = account.positions.map((_, i) => i)
  order.sort((a, b) => sign(sub(profit(account.positions[a] as Position), profit(account.positions[b] as Position))))
  let [value, needed] = [pool.value, required(pool.positions, 'initial')]
  const taken: number[] = []
  for (const at of order) {
    const position = account.positions[at] as Position
    const gain = mul(position.size, sub(position.mark, zero_price(position, account)))
    const more = required([position], 'initial')
    if (less(add(value, gain), add(needed, more))) break
    value = add(value, gain)
    needed = add(needed, more)
    taken.push(at)
  }
  return taken
}

/** Whether two opposite positions may close against each other: the long's zero price is at or below the short's. */
export function aligned(long: Ratio, short: Ratio): boolean {
  return !less(short, long)
}

/** Closed against opposite positions in their order, those out of line passed over; parts of `size` (> 0). */
export function deleverage(
  size: Ratio,
  side: 1 | -1,
  zero: Ratio,
  others: readonly { readonly size: Ratio; readonly zero: Ratio }[],
): Ratio[] {
  let left = size
  return others.map((other) => {
    const fits = side > 0 ? aligned(zero, other.zero) : aligned(other.zero, zero)
    const part = fits ? min(left, abs(other.size)) : ZERO
    left = max(ZERO, sub(left, part))
    return part
  })
}
