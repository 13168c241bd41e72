/** Leverage and liquidation of one isolated position, and the leverage buckets in which quantities are kept. */
import { exp, log } from '../../math/index.ts'

/** linear: size in base units, margin in the quote; inverse: size in USD of face, margin in the base. */
export type Shape = 'linear' | 'inverse'
export type Side = 'long' | 'short'
/** Position of a side in columns: 0 longs, 1 shorts. */
export const SIDES: readonly Side[] = ['long', 'short']

/** One bar. */
export interface CohortBar {
  readonly high: number
  readonly low: number
  readonly close: number
  /** At the end of the bar: base units of a linear contract, USD of face of an inverse one; NaN before the first known. */
  readonly open_interest: number
  /** Mean 8-hour funding rate of the bar, longs pay when positive; NaN: unknown, taken as 0. */
  readonly funding: number
}

/** Ends of the leverage buckets: notional ÷ margin at entry, added margin included. The first holds who is hedged or hardly levered. */
export const EDGES: readonly number[] = [1, 1.5, 3, 5, 10, 18, 35, 100]
export const BUCKETS = EDGES.length - 1
const LOG_EDGES: readonly number[] = EDGES.map((edge) => log(edge))
/** Middle of each bucket, geometric. */
export const MIDDLES: readonly number[] = EDGES.slice(1).map((edge, k) => Math.sqrt(edge * (EDGES[k] as number)))
/** Width of each bucket in logarithms. */
export const WIDTHS: readonly number[] = LOG_EDGES.slice(1).map((edge, k) => edge - (LOG_EDGES[k] as number))

/**
 * Logarithm of the highest leverage that survives an adverse move of `reach` ≥ 0 in log price from entry. Isolated margin entry ÷ leverage
 * down to the maintenance rate m of the notional: a linear long falls to E·(1 − 1/λ) ÷ (1 − m), a linear short rises to
 * E·(1 + 1/λ) ÷ (1 + m) (Binance's LP formula with one position); an inverse long falls to E·(1 + m) ÷ (1 + 1/λ), an inverse short
 * rises to E·(1 − m) ÷ (1 − 1/λ): each solved for λ.
 */
export function log_cap(reach: number, side: 0 | 1, shape: Shape, rate: number): number {
  const concave = (side === 0) === (shape === 'linear')
  const least = concave ? 1 - (1 - rate) * exp(-reach) : (1 + rate) * exp(reach) - 1
  return -log(least)
}

/**
 * Part of a bucket that stands below a cap. Inside a bucket the density falls linearly in log leverage to 0 at the upper end: leverages
 * are chosen round, buckets begin at round ones, and who stands closest to his level leaves first. An assumption.
 */
export function alive(bucket: number, cap: number): number {
  const part = (cap - (LOG_EDGES[bucket] as number)) / (WIDTHS[bucket] as number)
  return part >= 1 ? 1 : part <= 0 ? 0 : part * (2 - part)
}

/** Median leverage, in logarithms, of what stands in a bucket below a cap. */
export function leverage_below(bucket: number, cap: number): number {
  const half = alive(bucket, cap) / 2
  return exp((LOG_EDGES[bucket] as number) + (WIDTHS[bucket] as number) * (1 - Math.sqrt(1 - half)))
}

/** Leverages of n equal parts of a cohort whose median leverage is given, by the density of its bucket: the middle of each part. */
export function spread_out(median: number, n: number): number[] {
  let k = 0
  while (k < BUCKETS - 1 && median >= (EDGES[k + 1] as number)) k++
  const all = Math.min(1, 2 * alive(k, log(median)))
  return Array.from({ length: n }, (_, j) => {
    const below = (all * (j + 0.5)) / n
    return exp((LOG_EDGES[k] as number) + (WIDTHS[k] as number) * (1 - Math.sqrt(1 - below)))
  })
}
