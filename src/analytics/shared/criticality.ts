/**
 * The reproduction number of forced selling. Types are what is sold where: (venue, asset). A USD of type j that is sold moves the price of
 * its asset by the depth, and the move makes others sell: K[i][j] = density[i][asset of j] × impact[asset of j]. R is the spectral radius of K
 * (Diekmann, Heesterbeek & Metz 1990, the next-generation matrix; for prices and positions Cont & Wagalath 2016).
 */
import { csrFromDense, spectralRadius } from '../../math/index.ts'
import { assert } from '../../model/index.ts'

export interface Pressure {
  /** By type: venue and asset. */
  readonly types: readonly { readonly venue: number; readonly asset: number }[]
  /** By asset: fall of its log price per USD sold; ≥ 0. */
  readonly impact: ArrayLike<number>
  /** Types × assets, row-major: USD of a type's forced sales per unit of fall of the asset's log price; ≥ 0. */
  readonly density: ArrayLike<number>
}

/** Row i, column j: USD of forced sales of type i that a USD of type j brings about in the next generation. */
export function next_generation({ types, impact, density }: Pressure): Float64Array {
  const n = types.length
  assert(density.length === n * impact.length, 'a density for every type and asset')
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    types.forEach(({ asset }, j) => {
      out[i * n + j] = (density[i * impact.length + asset] as number) * (impact[asset] as number)
    })
  return out
}

export const reproduction_number = (pressure: Pressure): number =>
  pressure.types.length === 0 ? 0 : spectralRadius(csrFromDense(next_generation(pressure), pressure.types.length)).value

/** 1 + R + R² + …: USD sold in all generations per USD of the first; null where that has no end. */
export const amplification = (r: number): number | null => (r < 1 ? 1 / (1 - r) : null)

/** The same without the types for which `left_out` holds: they neither sell nor pass anything on. */
export function without_types(pressure: Pressure, left_out: (type: { venue: number; asset: number }) => boolean): Pressure {
  const n = pressure.impact.length
  const kept = pressure.types.flatMap((type, i) => (left_out(type) ? [] : [i]))
  return {
    types: kept.map((i) => pressure.types[i] as (typeof pressure.types)[number]),
    impact: pressure.impact,
    density: kept.flatMap((i) => Array.from({ length: n }, (_, a) => pressure.density[i * n + a] as number)),
  }
}

/** First size at which a curve reaches 1, linear between its points; 0 when it begins there, null when it never does. */
export function reaches_one(sizes: ArrayLike<number>, values: ArrayLike<number>): number | null {
  for (let k = 0; k < sizes.length; k++) {
    const [size, value] = [sizes[k] as number, values[k] as number]
    if (value < 1) continue
    if (k === 0) return size
    const [size_before, before] = [sizes[k - 1] as number, values[k - 1] as number]
    return size_before + ((size - size_before) * (1 - before)) / (value - before)
  }
  return null
}
