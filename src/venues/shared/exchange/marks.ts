/** Mark price, premium index and funding rate: the rules exchanges publish, as functions of what they name. */

export const MARK_PARTS = ['index', 'premium', 'basis', 'last', 'external'] as const

export interface MarkRules {
  /**
   * The mark is the median of these (the mean of two): index; premium: index · (1 + funding rate · part of the interval left);
   * basis: index + mean basis of the contract's own market; last: its last price; external: prices of other exchanges.
   */
  readonly parts: readonly (typeof MARK_PARTS)[number][]
  /** Window of the mean basis, ms. */
  readonly window_ms: number
  /** Above 0: an exponential mean of this time constant instead, ms. */
  readonly ema_ms: number
  /** Furthest the mean basis may be from the index, a ratio; +Infinity none. */
  readonly clamp: number
}

/** Middle of three. */
export const median_of_three = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))

/** Median of up to a few numbers; the mean of the middle two of an even count. NaN for none. */
export function median(values: readonly number[]): number {
  if (values.length === 3) return median_of_three(values[0] as number, values[1] as number, values[2] as number)
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/**
 * The mark. A contract that has not traded in its window has neither basis nor last price; without any part it is the index.
 * @param left share of the funding interval that is left
 * @param basis mean basis over the window; NaN when there is none
 * @param external NaN when there is none
 */
export function mark_of(
  rules: MarkRules,
  index: number,
  funding: number,
  left: number,
  basis: number,
  last: number,
  external: number,
): number {
  const traded = basis === basis
  const values: number[] = []
  for (const part of rules.parts) {
    if (part === 'index') values.push(index)
    else if (part === 'premium') values.push(index * (1 + funding * left))
    else if (part === 'external') {
      if (external > 0) values.push(external)
    } else if (!traded) continue
    else if (part === 'last') values.push(last)
    else values.push(index + Math.max(-rules.clamp * index, Math.min(rules.clamp * index, basis)))
  }
  return values.length === 0 ? index : median(values)
}

/** Premium index from the prices at which the impact notional fills. */
export function premium_of(bid: number, ask: number, index: number): number {
  return (Math.max(0, bid - index) - Math.max(0, index - ask)) / index
}

/** The same around the mark, whose own premium is added (BitMEX). */
export function fair_premium_of(bid: number, ask: number, mark: number, index: number): number {
  return (Math.max(0, bid - mark) - Math.max(0, mark - ask) + mark - index) / index
}

/**
 * Funding rate of one interval; interest and damping per `per_ms`, cap per interval. damped: P + clamp(i − P, ±damp); dead_band:
 * what of P lies beyond ±damp; plain: P + i.
 */
export function funding_rate(
  premium: number,
  interest: number,
  damp: number,
  interval_ms: number,
  cap: number,
  formula: 'damped' | 'dead_band' | 'plain' = 'damped',
  per_ms = 28_800_000,
): number {
  const whole =
    formula === 'damped'
      ? premium + Math.max(-damp, Math.min(damp, interest - premium))
      : formula === 'plain'
        ? premium + interest
        : Math.max(damp, premium) + Math.min(-damp, premium)
  return Math.max(-cap, Math.min(cap, (whole * interval_ms) / per_ms))
}
