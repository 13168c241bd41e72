/** Ticks and the vault's floating numbers on exact integers, as the contracts have them (tickMath.sol, bigMathVault.sol, bigMathMinified.sol). */

/** Ratios: 96 binary places. */
export const X96 = 1n << 96n
export const MOST_TICKS = 32_767
const ONE128 = 1n << 128n
const WORD = (1n << 256n) - 1n
const E26 = 100_000_000_000_000_000_000_000_000n
const BITS = 15
/** A liquidated tick is divided into so many partials. */
export const PARTIALS = (1n << 30n) - 1n

export class Revert extends Error {}

/** 1.0015^(2^i): downwards with 128 binary places, rounded down, and upwards with 26 decimals, rounded to the nearest. */
const [DOWN, UP] = ((): [bigint[], bigint[]] => {
  const [down, up]: [bigint[], bigint[]] = [[], []]
  let [numerator, denominator] = [10_015n, 10_000n]
  for (let i = 0; i < BITS; i++) {
    down.push((ONE128 * denominator) / numerator)
    up.push((2n * numerator * E26 + denominator) / (2n * denominator))
    numerator *= numerator
    denominator *= denominator
  }
  return [down, up]
})()

/** 1.0015^tick, rounded up for ticks from 0. */
export function ratio_at_tick(tick: number): bigint {
  const size = Math.abs(tick)
  if (size > MOST_TICKS) throw new Revert('tick')
  let factor = ONE128
  for (let i = 0; i < BITS; i++)
    if (((size >> i) & 1) === 1) factor = i === 0 ? (DOWN[0] as bigint) : (factor * (DOWN[i] as bigint)) >> 128n
  if (tick < 0) return factor >> 32n
  const inverse = WORD / factor
  return (inverse >> 32n) + (inverse % (1n << 32n) > 0n ? 1n : 0n)
}

export interface Tick {
  readonly tick: number
  /** Ratio of the tick itself, as far as the search for it found it. */
  readonly ratio: bigint
}

/** The tick at or below a ratio. */
export function tick_at_ratio(ratio: bigint): Tick {
  if (ratio > ratio_at_tick(MOST_TICKS) || ratio < 37_075_072n) throw new Revert('ratio')
  const above = ratio >= X96
  let rest = above ? (ratio * E26) / X96 : (X96 * E26) / ratio
  let tick = 0
  for (let i = BITS - 1; i >= 0; i--) {
    const step = UP[i] as bigint
    if (rest < step) continue
    tick += 1 << i
    rest = (rest * E26) / step
  }
  return above ? { tick, ratio: (ratio * E26) / rest } : { tick: -tick - 1, ratio: (ratio * rest) / (UP[0] as bigint) }
}

const length_of = (x: bigint): number => (x === 0n ? 0 : x.toString(2).length)

/** What storage keeps of an amount: 56 significant bits; upwards it adds one of the last, exact or not. */
export function stored(x: bigint, up: boolean): bigint {
  const cut = length_of(x) - 56
  return cut > 0 ? ((x >> BigInt(cut)) + (up ? 1n : 0n)) << BigInt(cut) : x
}

/** A debt factor: 35 bits times a power of two. */
export interface Factor {
  readonly digits: bigint
  readonly power: number
}

const CENTRE = 16_384
export const WHOLE: Factor = { digits: (1n << 35n) - 1n, power: CENTRE }

function normal(digits: bigint, power: number): Factor {
  const cut = length_of(digits) - 35
  return { digits: digits >> BigInt(cut), power: power + cut }
}

/** A factor times a part, of 64 binary places. */
export const part_of = ({ digits, power }: Factor, part: bigint): Factor => normal(digits * part, power - 64)

/** Of a branch that merged: what its positions' factors are multiplied with. */
export const quotient = (a: Factor, b: Factor): Factor => normal((a.digits << 64n) / b.digits, a.power + CENTRE - b.power - 64)
export const product = (a: Factor, b: Factor): Factor => normal(a.digits * b.digits, a.power + b.power - CENTRE)

/** amount · a ÷ b, where b is not below a. */
export const scaled = (amount: bigint, a: Factor, b: Factor): bigint =>
  (amount * a.digits) / (b.digits << BigInt(b.power - a.power))
