/** Draws of integers from a stream. */
import type { Rng } from '../../../src/math/index.ts'

/** A uniform integer in [low, high], of any size. */
export function between(rng: Rng, low: bigint, high: bigint): bigint {
  const span = high - low + 1n
  let value = 0n
  // 64 bits more than the span has: the bias is below 2^-64.
  for (let size = span << 64n; size > 0n; size >>= 32n) value = (value << 32n) | BigInt(rng.u32())
  return low + (value % span)
}

/** An integer in [low, high] whose number of digits is about uniform, low ≥ 0: as many small ones as large ones. */
export function across(rng: Rng, low: bigint, high: bigint): bigint {
  const bits = (n: bigint) => n.toString(2).length
  const size = BigInt(bits(low) + rng.uniformInt(bits(high) - bits(low) + 1))
  const value = between(rng, 1n << (size - 1n), (1n << size) - 1n)
  return value < low ? low : value > high ? high : value
}

export const pick = <T>(rng: Rng, values: readonly T[]): T => values[rng.uniformInt(values.length)] as T

export const chance = (rng: Rng, probability: number): boolean => rng.uniform() < probability

/** A float in [low, high) as the nearest integer multiple: `scaled(rng, 0.5, 2, 10n ** 8n)`. */
export const scaled = (rng: Rng, low: number, high: number, unit: bigint): bigint =>
  (BigInt(Math.round((low + (high - low) * rng.uniform()) * 1e9)) * unit) / 1_000_000_000n
