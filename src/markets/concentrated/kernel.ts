/**
 * A walk over ranges of constant liquidity in floats. Inside a range, with s = √price in quote per base and L the liquidity,
 * base in gives 1/s′ = 1/s + in / L, quote in gives s′ = s + in / L (Uniswap v3 white paper §6.2.3). Exact form: `reference.ts`.
 *
 * The position in a range is kept as the quote that its liquidity holds, L·(s − s_low), so that small trades against deep liquidity
 * keep their digits. Like the contract it rounds in the pool's favour.
 */
import { exp, expm1, log1p } from '../../math/index.ts'

const ROUNDING = 1e-15
/** Share of L·s under which the way to a limit is rounding. */
const NOTHING = 1e-15

/** The ranges of a pool, ascending by price; never changes. Range r lies between edge[r] and edge[r + 1]; edge[0] is 0, the last +Infinity. */
export interface Ranges {
  /** Roots of the prices at which ranges meet, one more than ranges. */
  readonly edge: Float64Array
  /** Liquidity, √(base · quote) units; 0 in the first and the last range and in gaps. */
  readonly liquidity: Float64Array
  /** Quote units in the range when the price is at its upper edge. */
  readonly full: Float64Array
}

/** Fields of a walker: where the price is, and what a swap took and gave. */
export const RANGE = 0
export const INSIDE = 1
export const ROOT = 2
export const PAID = 3
export const GOT = 4
export const walker = (): Float64Array => new Float64Array(5)

/** ln 1.0001. The double next to 1.0001 would be off by 1e-12 after as many powers as a price needs. */
const LN_TICK = log1p(0.0001)

/** √price at a tick, of a pool whose price at tick 0 is `unit`. */
export const root_at = (tick: number, unit: number): number => exp((tick / 2) * LN_TICK) * Math.sqrt(unit)

export interface Position {
  readonly lower: number
  readonly upper: number
  readonly liquidity: number
}

/** Lays positions over each other. */
export function ranges_of(positions: readonly Position[], unit: number): Ranges {
  const ticks = [...new Set(positions.flatMap(({ lower, upper }) => [lower, upper]))].sort((a, b) => a - b)
  const count = ticks.length + 1
  const edge = new Float64Array(count + 1)
  const liquidity = new Float64Array(count)
  const full = new Float64Array(count)
  ticks.forEach((tick, i) => {
    edge[i + 1] = root_at(tick, unit)
  })
  edge[count] = Number.POSITIVE_INFINITY
  // Sums over the positions that cover a range, not running differences: what is empty is exactly 0.
  for (let r = 1; r < ticks.length; r++) {
    let sum = 0
    for (const { lower, upper, liquidity: size } of positions)
      if (lower <= (ticks[r - 1] as number) && upper >= (ticks[r] as number)) sum += size
    liquidity[r] = sum
    // L·(s_high − s_low), from the width in ticks: the difference of the edges would have lost digits of a narrow range.
    const width = (ticks[r] as number) - (ticks[r - 1] as number)
    full[r] = sum * (edge[r] as number) * expm1((width / 2) * LN_TICK)
  }
  return { edge, liquidity, full }
}

/** Puts a walker to a root > 0; at an edge it stands in the upper range. */
export function stand(ranges: Ranges, root: number, at: Float64Array): void {
  const { edge, liquidity, full } = ranges
  let low = 0
  let high = edge.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((edge[middle] as number) <= root) low = middle
    else high = middle
  }
  at[RANGE] = low
  at[ROOT] = root
  at[INSIDE] = Math.min(full[low] as number, Math.max(0, (liquidity[low] as number) * (root - (edge[low] as number))))
}

/** √price of a place in a range with liquidity. */
export function root_of(ranges: Ranges, range: number, inside: number): number {
  if (inside === ranges.full[range]) return ranges.edge[range + 1] as number
  return (ranges.edge[range] as number) + inside / (ranges.liquidity[range] as number)
}

/**
 * Sells base into the ranges, price falling, until `amount` is spent or got, the root is `limit`, or liquidity ends; then the price
 * stands at the last edge that had some. Moves the walker and leaves input paid (fee included) and output got in it.
 * @param exact_in `amount` is base paid, else quote got
 * @param limit root, 0 none
 */
export function sell(ranges: Ranges, at: Float64Array, amount: number, exact_in: boolean, limit: number, fee: number): void {
  const { edge, liquidity, full } = ranges
  let range = at[RANGE] as number
  let inside = at[INSIDE] as number
  let root = at[ROOT] as number
  let left = exact_in ? amount * (1 - fee) : amount
  let net = 0
  let got = 0
  while (left > 0) {
    const depth = liquidity[range] as number
    const low = edge[range] as number
    if (inside > 0) {
      const stops = limit > low
      const most_out = stops ? inside - depth * (limit - low) : inside
      if (stops && most_out <= NOTHING * depth * root) break
      const stop = stops ? limit : low
      const most_in = most_out / (root * stop)
      if (left < (exact_in ? most_in : most_out)) {
        const next = exact_in ? root / (1 + (left * root) / depth) : low + (inside - left) / depth
        const out = exact_in ? Math.min(left * root * next, most_out) : left
        inside -= out
        net += exact_in ? left : left / (root * next)
        got += out
        root = low + inside / depth
        break
      }
      net += most_in
      got += most_out
      left -= exact_in ? most_in : most_out
      inside = stops ? inside - most_out : 0
      root = stop
      if (stops) break
    }
    let below = range - 1
    while (below >= 0 && liquidity[below] === 0) below--
    if (below < 0 || limit >= (edge[below + 1] as number) || left <= 0) break
    range = below
    inside = full[range] as number
    root = edge[range + 1] as number
  }
  finish(at, range, inside, root, net, got, exact_in, fee)
}

/**
 * Buys base out of the ranges, price rising; else as `sell`.
 * @param exact_in `amount` is quote paid, else base got
 * @param limit root, +Infinity none
 */
export function buy(ranges: Ranges, at: Float64Array, amount: number, exact_in: boolean, limit: number, fee: number): void {
  const { edge, liquidity, full } = ranges
  let range = at[RANGE] as number
  let inside = at[INSIDE] as number
  let root = at[ROOT] as number
  let left = exact_in ? amount * (1 - fee) : amount
  let net = 0
  let got = 0
  while (left > 0) {
    const depth = liquidity[range] as number
    const low = edge[range] as number
    const high = edge[range + 1] as number
    const room = (full[range] as number) - inside
    if (room > 0) {
      const stops = limit < high
      const most_in = stops ? depth * (limit - low) - inside : room
      if (stops && most_in <= NOTHING * depth * root) break
      const stop = stops ? limit : high
      const most_out = most_in / (root * stop)
      if (left < (exact_in ? most_in : most_out)) {
        const rest = 1 - (left * root) / depth
        const next = exact_in ? root + left / depth : Math.min(stop, rest > 0 ? root / rest : stop)
        const into = exact_in ? left : Math.min(left * root * next, most_in)
        inside += into
        net += into
        got += exact_in ? left / (root * next) : left
        root = low + inside / depth
        break
      }
      net += most_in
      got += most_out
      left -= exact_in ? most_in : most_out
      inside = stops ? inside + most_in : (full[range] as number)
      root = stop
      if (stops) break
    }
    let above = range + 1
    while (above < liquidity.length && liquidity[above] === 0) above++
    if (above >= liquidity.length || limit <= (edge[above] as number) || left <= 0) break
    range = above
    inside = 0
    root = edge[range] as number
  }
  finish(at, range, inside, root, net, got, exact_in, fee)
}

function finish(
  at: Float64Array,
  range: number,
  inside: number,
  root: number,
  net: number,
  got: number,
  exact_in: boolean,
  fee: number,
): void {
  at[RANGE] = range
  at[INSIDE] = inside
  at[ROOT] = root
  at[PAID] = (net / (1 - fee)) * (exact_in ? 1 : 1 + ROUNDING)
  at[GOT] = exact_in ? got * (1 - ROUNDING) : got
}

/** Base and quote that the liquidity holds with the price where the walker stands, fees apart: what no order may take away. */
export function held(ranges: Ranges, at: Float64Array): { readonly base: number; readonly quote: number } {
  const { edge, liquidity, full } = ranges
  const here = at[RANGE] as number
  let base = 0
  let quote = 0
  for (let r = 0; r < liquidity.length; r++) {
    if (liquidity[r] === 0) continue
    const low = edge[r] as number
    const high = edge[r + 1] as number
    if (r < here) quote += full[r] as number
    else if (r > here) base += (full[r] as number) / (low * high)
    else {
      quote += at[INSIDE] as number
      base += ((full[r] as number) - (at[INSIDE] as number)) / ((at[ROOT] as number) * high)
    }
  }
  return { base, quote }
}
