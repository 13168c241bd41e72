/**
 * A pool of concentrated liquidity in exact integers: ticks, the step inside one range, and the walk over ranges.
 * Amounts in smallest units of token 0 and token 1, prices as square roots in Q64.96 of token 1 per token 0, fees in pips (1e-6).
 * Source: Uniswap v3 core white paper (Adams et al. 2021) §6.1 to §6.4, and the libraries TickMath, SqrtPriceMath, SwapMath and
 * TickBitmap of Uniswap/v3-core, whose roundings are kept. Left out: oracle, protocol fee, flash loans.
 */

export const Q96 = 1n << 96n
const Q128 = 1n << 128n
const WORD = 1n << 256n
export const MIN_TICK = -887272
export const MAX_TICK = 887272
export const MIN_SQRT = 4295128739n
export const MAX_SQRT = 1461446703485210103287273052203988822378723970342n
const PIPS = 1_000_000n

/** What the contract would revert with. */
export class Revert extends Error {}

const ceil_div = (a: bigint, b: bigint): bigint => (a + b - 1n) / b
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** ⌊√n⌋ */
function integer_root(n: bigint): bigint {
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const y = (x + n / x) >> 1n
    if (y >= x) return x
    x = y
  }
}

/** 1.0001^(−2^i / 2) in Q128, to nearest, i = 0 … 19: repeated squares of the root, carried in 400 bits. */
const POWERS: readonly bigint[] = (() => {
  const bits = 400n
  let power = integer_root((10_000n << (2n * bits)) / 10_001n)
  return Array.from({ length: 20 }, () => {
    const rounded = ((power >> (bits - 129n)) + 1n) >> 1n
    power = (power * power) >> bits
    return rounded
  })
})()

/** √(1.0001^tick) in Q64.96, rounded up. */
export function sqrt_at(tick: number): bigint {
  if (tick < MIN_TICK || tick > MAX_TICK) throw new Revert('T')
  const size = Math.abs(tick)
  let ratio = Q128
  for (let i = 0; i < POWERS.length; i++) if ((size >> i) % 2 === 1) ratio = (ratio * (POWERS[i] as bigint)) >> 128n
  if (tick > 0) ratio = (WORD - 1n) / ratio
  return ceil_div(ratio, 1n << 32n)
}

/** Greatest tick whose root is not above `sqrt`. */
export function tick_at(sqrt: bigint): number {
  if (sqrt < MIN_SQRT || sqrt >= MAX_SQRT) throw new Revert('R')
  let low = MIN_TICK
  let high = MAX_TICK
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (sqrt_at(middle) <= sqrt) low = middle
    else high = middle
  }
  return low
}

/** Token 0 between two roots: L·(b − a) / (a·b), both divisions rounded the same way. */
export function amount0(a: bigint, b: bigint, liquidity: bigint, up: boolean): bigint {
  const low = least(a, b)
  const high = most(a, b)
  const scaled = (liquidity << 96n) * (high - low)
  return up ? ceil_div(ceil_div(scaled, high), low) : scaled / high / low
}

/** Token 1 between two roots: L·(b − a). */
export function amount1(a: bigint, b: bigint, liquidity: bigint, up: boolean): bigint {
  const product = liquidity * (a < b ? b - a : a - b)
  return up ? ceil_div(product, Q96) : product / Q96
}

/** The root after `amount` of token 0 came in or went out, rounded up: 1/√p′ = 1/√p ± amount / L. */
export function next_by_token0(sqrt: bigint, liquidity: bigint, amount: bigint, into: boolean): bigint {
  if (amount === 0n) return sqrt
  const scaled = liquidity << 96n
  const product = amount * sqrt
  if (into) {
    if (scaled + product < WORD) return ceil_div(scaled * sqrt, scaled + product)
    return ceil_div(scaled, scaled / sqrt + amount)
  }
  if (product >= WORD || scaled <= product) throw new Revert('token 0 is exhausted')
  return ceil_div(scaled * sqrt, scaled - product)
}

/** The root after `amount` of token 1 came in or went out, rounded down: √p′ = √p ± amount / L. */
export function next_by_token1(sqrt: bigint, liquidity: bigint, amount: bigint, into: boolean): bigint {
  if (into) return sqrt + (amount * Q96) / liquidity
  const fall = ceil_div(amount * Q96, liquidity)
  if (sqrt <= fall) throw new Revert('token 1 is exhausted')
  return sqrt - fall
}

export interface Step {
  readonly next: bigint
  readonly amount_in: bigint
  readonly amount_out: bigint
  readonly fee: bigint
}

/**
 * One step towards `target` inside a range of constant liquidity.
 * @param remaining positive: input still to be spent, fee included; negative: output still wanted
 * @param fee pips of the input
 */
export function swap_step(sqrt: bigint, target: bigint, liquidity: bigint, remaining: bigint, fee: bigint): Step {
  const falling = sqrt >= target
  const exact_in = remaining >= 0n
  const input = (to: bigint) => (falling ? amount0(to, sqrt, liquidity, true) : amount1(sqrt, to, liquidity, true))
  const output = (to: bigint) => (falling ? amount1(to, sqrt, liquidity, false) : amount0(sqrt, to, liquidity, false))

  let next = target
  if (exact_in) {
    const spend = (remaining * (PIPS - fee)) / PIPS
    if (spend < input(target)) next = (falling ? next_by_token0 : next_by_token1)(sqrt, liquidity, spend, true)
  } else if (-remaining < output(target)) {
    next = (falling ? next_by_token1 : next_by_token0)(sqrt, liquidity, -remaining, false)
  }
  const amount_in = input(next)
  const amount_out = exact_in ? output(next) : least(output(next), -remaining)
  const kept = exact_in && next !== target ? remaining - amount_in : ceil_div(amount_in * fee, PIPS - fee)
  return { next, amount_in, amount_out, fee: kept }
}

export interface Swapped {
  /** What the pool received (+) and paid (−). */
  readonly amount0: bigint
  readonly amount1: bigint
}

/** Of token 0 and of token 1. */
export type Pair = readonly [bigint, bigint]

export interface Tick {
  /** Liquidity of all positions that begin or end here. */
  readonly gross: bigint
  /** Change of liquidity when the price rises over the tick. */
  readonly net: bigint
  /** Fees per unit of liquidity earned on the side of the tick where the price is not; only differences of it mean something. */
  outside: Pair
}

export interface Position {
  liquidity: bigint
  /** Fees per unit of liquidity earned inside the range when the position was last touched. */
  inside: Pair
  /** To be collected: fees earned by then, and what was taken out of the range. */
  owed: Pair
}

const WORD_TICKS = 256
const NO_FEES: Pair = [0n, 0n]
const MOST_LIQUIDITY = (1n << 128n) - 1n

/** Sums of fees per unit of liquidity go round at 256 bits: all that is ever read of them is a difference. */
const less = (a: Pair, b: Pair): Pair => [(a[0] - b[0] + WORD) % WORD, (a[1] - b[1] + WORD) % WORD]

/** A pool: positions, price, and the swap that walks over the ticks at which positions begin and end. */
export class ReferencePool {
  readonly fee: bigint
  readonly spacing: number
  sqrt: bigint
  tick: number
  liquidity = 0n
  /** Fees per unit of liquidity ever earned, in Q128. */
  fees: Pair = NO_FEES
  readonly ticks = new Map<number, Tick>()
  readonly positions = new Map<string, Position>()
  /** What one tick may hold, so that all of them together fit into 128 bits. */
  private readonly most: bigint

  constructor(fee: bigint, spacing: number, sqrt: bigint) {
    this.fee = fee
    this.spacing = spacing
    this.sqrt = sqrt
    this.tick = tick_at(sqrt)
    this.most = MOST_LIQUIDITY / BigInt(2 * Math.floor(MAX_TICK / spacing) + 1)
  }

  /** Adds a position (or takes one away, if negative; 0 only counts its fees); amounts as in `swap`, rounded in the pool's favour. */
  add(lower: number, upper: number, liquidity: bigint): Swapped {
    const up = liquidity > 0n
    const size = up ? liquidity : -liquidity
    if (size >> 127n > 0n) throw new Revert('liquidity beyond 127 bits')
    if (lower >= upper) throw new Revert('TLU')
    if (lower < MIN_TICK) throw new Revert('TLM')
    if (upper > MAX_TICK) throw new Revert('TUM')
    const position = this.positions.get(`${lower} ${upper}`) ?? { liquidity: 0n, inside: NO_FEES, owed: NO_FEES }
    if (position.liquidity === 0n && liquidity === 0n) throw new Revert('NP')
    const [low, high] = [this.changed(lower, liquidity, liquidity), this.changed(upper, liquidity, -liquidity)]
    if (lower % this.spacing !== 0 || upper % this.spacing !== 0) throw new Revert('ticks')
    if (position.liquidity + liquidity < 0n) throw new Revert('LS')
    this.earn(position, less(less(this.fees, this.beyond(lower, low, false)), this.beyond(upper, high, true)))
    position.liquidity += liquidity
    this.positions.set(`${lower} ${upper}`, position)
    for (const [tick, state] of [
      [lower, low],
      [upper, high],
    ] as const)
      if (state.gross === 0n) this.ticks.delete(tick)
      else this.ticks.set(tick, state)
    if (this.tick >= lower && this.tick < upper) this.liquidity += liquidity
    const at = this.tick < lower ? sqrt_at(lower) : this.tick >= upper ? sqrt_at(upper) : this.sqrt
    const [a, b] = [amount0(at, sqrt_at(upper), size, up), amount1(sqrt_at(lower), at, size, up)]
    if (up) return { amount0: a, amount1: b }
    position.owed = [(position.owed[0] + a) & MOST_LIQUIDITY, (position.owed[1] + b) & MOST_LIQUIDITY]
    return { amount0: -a, amount1: -b }
  }

  /** A tick with so much more at it; a new one takes all fees so far as earned below it, if the price is above. */
  private changed(tick: number, gross: bigint, net: bigint): Tick {
    const known = this.ticks.get(tick)
    const after = { gross: (known?.gross ?? 0n) + gross, net: (known?.net ?? 0n) + net }
    if (after.gross < 0n) throw new Revert('LS')
    if (after.gross > this.most) throw new Revert('LO')
    return { ...after, outside: known?.outside ?? (tick <= this.tick ? this.fees : NO_FEES) }
  }

  /** Fees earned beyond a tick, above or below: what is kept as outside, or the rest. */
  private beyond(tick: number, { outside }: Tick, above: boolean): Pair {
    return this.tick >= tick === above ? less(this.fees, outside) : outside
  }

  private earn(position: Position, inside: Pair): void {
    const grown = less(inside, position.inside)
    const earned = (k: 0 | 1) => (position.owed[k] + ((grown[k] * position.liquidity) >> 128n)) & MOST_LIQUIDITY
    position.owed = [earned(0), earned(1)]
    position.inside = inside
  }

  /**
   * Where the next step ends: the next initialised tick, or the end of the word of 256 tick spacings that is searched. Steps that
   * end where nothing is initialised change nothing but the rounding.
   */
  private next_tick(falling: boolean): number {
    const at = Math.floor(this.tick / this.spacing) + (falling ? 0 : 1)
    const word = Math.floor(at / WORD_TICKS) * WORD_TICKS
    const end = falling ? word : word + WORD_TICKS - 1
    for (let i = at; falling ? i >= end : i <= end; i += falling ? -1 : 1)
      if (this.ticks.has(i * this.spacing)) return i * this.spacing
    return end * this.spacing
  }

  /**
   * @param falling token 0 in, token 1 out
   * @param amount positive exact input, negative exact output
   * @param limit root at which the swap stops
   */
  swap(falling: boolean, amount: bigint, limit: bigint = falling ? MIN_SQRT + 1n : MAX_SQRT - 1n): Swapped {
    const sound = falling ? limit < this.sqrt && limit > MIN_SQRT : limit > this.sqrt && limit < MAX_SQRT
    if (amount === 0n) throw new Revert('AS')
    if (!sound) throw new Revert('SPL')
    let remaining = amount
    let other = 0n
    while (remaining !== 0n && this.sqrt !== limit) {
      const next = Math.min(Math.max(this.next_tick(falling), MIN_TICK), MAX_TICK)
      const edge = sqrt_at(next)
      const before = this.sqrt
      const step = swap_step(before, falling ? most(edge, limit) : least(edge, limit), this.liquidity, remaining, this.fee)
      this.sqrt = step.next
      if (amount > 0n) {
        remaining -= step.amount_in + step.fee
        other -= step.amount_out
      } else {
        remaining += step.amount_out
        other += step.amount_in + step.fee
      }
      if (this.liquidity > 0n) {
        const grown = (this.fees[falling ? 0 : 1] + (step.fee << 128n) / this.liquidity) % WORD
        this.fees = falling ? [grown, this.fees[1]] : [this.fees[0], grown]
      }
      if (step.next === edge) {
        const crossed = this.ticks.get(next)
        if (crossed !== undefined) {
          crossed.outside = less(this.fees, crossed.outside)
          this.liquidity += falling ? -crossed.net : crossed.net
        }
        this.tick = falling ? next - 1 : next
      } else if (step.next !== before) this.tick = tick_at(step.next)
    }
    const done = amount - remaining
    return falling === amount > 0n ? { amount0: done, amount1: other } : { amount0: other, amount1: done }
  }
}
