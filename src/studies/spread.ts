/** What many seeds say of one figure. */
import { mean, quantileSorted } from '../math/index.ts'

/** Quantiles are over the seeds in which the figure came to be; null where it never did. */
export interface Spread {
  readonly seeds: number
  /** Seeds in which there was nothing to measure. */
  readonly missing: number
  readonly mean: number | null
  readonly median: number | null
  readonly q05: number | null
  readonly q25: number | null
  readonly q75: number | null
  readonly q95: number | null
}

/** @param values of one seed each, null where there was nothing to measure */
export function spread(values: readonly (number | null)[]): Spread {
  const there = Float64Array.from(values.filter((value) => value !== null)).sort()
  const q = (p: number) => (there.length === 0 ? null : quantileSorted(there, p))
  return {
    seeds: values.length,
    missing: values.length - there.length,
    mean: there.length === 0 ? null : mean(there),
    median: q(0.5),
    q05: q(0.05),
    q25: q(0.25),
    q75: q(0.75),
    q95: q(0.95),
  }
}
