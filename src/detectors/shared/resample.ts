/** Intervals by moving blocks: rows near in time are not independent. */
import { quantileSorted, Rng } from '../../math/index.ts'

/** A figure with its 90 % interval; null where it cannot be had. */
export interface Estimate {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
}

export function estimate(value: number | null, resampled: readonly (number | null)[]): Estimate {
  const known = Float64Array.from(resampled.filter((one) => one !== null)).sort()
  const [low, high] = known.length >= 20 ? [quantileSorted(known, 0.05), quantileSorted(known, 0.95)] : [null, null]
  return { value, low, high }
}

export interface Resampling {
  readonly replicates: number
  readonly block_ms: number
  readonly seed: number
}

/** Moving blocks of rows, as long as the horizon at least, laid end to end until there are as many rows. */
export function blocks(time_ms: readonly number[], { replicates, block_ms, seed }: Resampling, horizon_ms: number): number[][] {
  const n = time_ms.length
  if (n < 30) return []
  const span = Math.max(block_ms, horizon_ms)
  const rng = new Rng(seed)
  return Array.from({ length: replicates }, () => {
    const out: number[] = []
    while (out.length < n) {
      const from = rng.uniformInt(n)
      for (let r = from; r < n && out.length < n && (time_ms[r] as number) < (time_ms[from] as number) + span; r++) out.push(r)
    }
    return out
  })
}
