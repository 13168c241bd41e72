/** What the filter believes: cohorts and what a move of the price would liquidate, with bands from 5 to 95 %. */
import { exp, log } from '../../math/index.ts'
import type { CohortFilter } from './filter.ts'
import { alive, BUCKETS, EDGES, leverage_below, type Side, SIDES } from './law.ts'

export interface Band {
  readonly mean: number
  readonly q05: number
  readonly q95: number
}

/** Weighted mean and quantiles; ties in any order. Weights sum to 1. */
export function band(values: ArrayLike<number>, weights: Float64Array): Band {
  const order = Array.from(weights, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
  let mean = 0
  for (const i of order) mean += (values[i] as number) * (weights[i] as number)
  const at = (p: number) => {
    let sum = 0
    for (const i of order) {
      sum += weights[i] as number
      if (sum >= p) return values[i] as number
    }
    return values[order[order.length - 1] as number] as number
  }
  return { mean, q05: at(0.05), q95: at(0.95) }
}

export interface Cohort {
  readonly entry: number
  /** Notional ÷ margin at entry, of what still stands. */
  readonly leverage: number
  readonly side: Side
  /** Base units of a linear contract, USD of face of an inverse one. */
  readonly quantity: Band
}

export interface Cohorts {
  readonly evidence: 'inferred'
  readonly price: number
  readonly open_interest: number
  readonly cohorts: readonly Cohort[]
}

/** USD of a quantity at a price. */
const worth = (filter: CohortFilter, price: number) => (filter.options.shape === 'linear' ? price : 1)

/** Quantity of a particle in a birth, side and bucket. */
export function held(filter: CohortFilter, i: number, birth: number, side: 0 | 1, bucket: number): number {
  return (filter.quantities[i] as Float64Array)[(birth * 2 + side) * BUCKETS + bucket] as number
}

/**
 * Cohorts by entry price (steps of `width` in log price around the close), side and leverage bucket. Those below `least` of the open
 * interest are joined into the nearest kept one of their side, so each side still sums to the open interest.
 * @param weights of the particles, sum 1: the posterior's, or `one_book`'s for a single possible book
 */
export function cohorts_of(filter: CohortFilter, width = 0.02, least = 0.001, weights = filter.weights): Cohorts {
  const { close, open_interest, births, particles } = filter
  const groups = new Map<string, { side: 0 | 1; values: Float64Array; entry: number; leverage: number; mass: number }>()
  for (let b = 0; b < births; b++) {
    const entry = filter.entry[b] as number
    const bin = Math.round(log(entry / close) / width)
    for (const side of [0, 1] as const)
      for (let k = 0; k < BUCKETS; k++) {
        const key = `${side}/${k}/${bin}`
        const values = Float64Array.from({ length: particles }, (_, i) => held(filter, i, b, side, k))
        let mass = 0
        for (let i = 0; i < particles; i++) mass += (values[i] as number) * (weights[i] as number)
        if (mass <= 0) continue
        const leverage = leverage_below(k, filter.caps[side][b] as number)
        const group = groups.get(key)
        if (group === undefined) groups.set(key, { side, values, entry: entry * mass, leverage: leverage * mass, mass })
        else {
          for (let i = 0; i < particles; i++) group.values[i] = (group.values[i] as number) + (values[i] as number)
          group.entry += entry * mass
          group.leverage += leverage * mass
          group.mass += mass
        }
      }
  }
  const all = [...groups.values()].sort(
    (a, b) => a.side - b.side || a.entry / a.mass - b.entry / b.mass || a.leverage - b.leverage,
  )
  const kept = all.filter(({ mass }) => mass >= least * open_interest)
  for (const small of all) {
    if (small.mass >= least * open_interest) continue
    const gap = (one: typeof small) =>
      Math.abs(log(one.entry / one.mass / (small.entry / small.mass))) +
      Math.abs(log(one.leverage / one.mass / (small.leverage / small.mass)))
    const near = kept.filter(({ side }) => side === small.side).sort((a, b) => gap(a) - gap(b))[0]
    if (near === undefined) continue
    for (let i = 0; i < particles; i++) near.values[i] = (near.values[i] as number) + (small.values[i] as number)
  }
  return {
    evidence: 'inferred',
    price: close,
    open_interest,
    cohorts: kept.map(({ side, values, entry, leverage, mass }) => ({
      entry: entry / mass,
      leverage: leverage / mass,
      side: SIDES[side] as Side,
      quantity: band(values, weights),
    })),
  }
}

/** Weights that choose one possible book: that of the particle at this share, 0 to 1, of the posterior. For runs over many books. */
export function one_book(filter: CohortFilter, share: number): Float64Array {
  const out = new Float64Array(filter.particles)
  let [left, i] = [share, 0]
  while (i < out.length - 1 && left >= (filter.weights[i] as number)) left -= filter.weights[i++] as number
  out[i] = 1
  return out
}

/** USD at the price of now that a move to `price` would liquidate, per particle: longs when it falls, shorts when it rises. */
export function liquidated(filter: CohortFilter, price: number): Float64Array {
  const side = price < filter.close ? 0 : 1
  const after = filter.caps_after({ high: Math.max(price, filter.close), low: Math.min(price, filter.close) })
  const usd = worth(filter, filter.close)
  return Float64Array.from({ length: filter.particles }, (_, i) => {
    let sum = 0
    for (let b = 0; b < filter.births; b++) {
      const [from, to] = [filter.caps[side][b] as number, after[side][b] as number]
      if (to >= from) continue
      for (let k = 0; k < BUCKETS; k++) {
        const stood = alive(k, from)
        if (stood > 0) sum += held(filter, i, b, side, k) * (1 - alive(k, to) / stood)
      }
    }
    return sum * usd
  })
}

export interface DensityRow {
  /** Ends of the move, log ratios of the price now; negative are falls. */
  readonly from: number
  readonly to: number
  readonly price: number
  /** Liquidated by a move to `to` from now, USD. */
  readonly total_usd: Band
  /** Liquidated per 1 % of move between `from` and `to`, USD. */
  readonly per_percent_usd: Band
}

/** The liquidation density on steps of the log price from −`span` to +`span`. */
export function liquidation_density(filter: CohortFilter, span = 0.3, steps = 30): DensityRow[] {
  const rows: DensityRow[] = []
  const width = span / steps
  for (const sign of [-1, 1]) {
    let before: Float64Array = new Float64Array(filter.particles)
    for (let s = 1; s <= steps; s++) {
      const to = sign * s * width
      const price = filter.close * exp(to)
      const total = liquidated(filter, price)
      const step = total.map((value, i) => Math.max(0, value - (before[i] as number)) / (100 * width))
      rows.push({
        from: to - sign * width,
        to,
        price,
        total_usd: band(total, filter.weights),
        per_percent_usd: band(step, filter.weights),
      })
      before = total
    }
  }
  return rows.sort((a, b) => a.to - b.to)
}

/** Share of a side's quantity whose leverage at entry is from `low` to `high`, per particle; both must be ends of buckets. */
export function leverage_share(filter: CohortFilter, side: 0 | 1, low: number, high: number): Float64Array {
  return ratio(filter, side, (_, k) => ((EDGES[k] as number) >= low && (EDGES[k + 1] as number) <= high ? 1 : 0))
}

/** Mean entry price of a side, weighted by quantity, per particle. */
export function mean_entry(filter: CohortFilter, side: 0 | 1): Float64Array {
  return ratio(filter, side, (b) => filter.entry[b] as number)
}

function ratio(filter: CohortFilter, side: 0 | 1, of: (birth: number, bucket: number) => number): Float64Array {
  return Float64Array.from({ length: filter.particles }, (_, i) => {
    let [sum, all] = [0, 0]
    for (let b = 0; b < filter.births; b++)
      for (let k = 0; k < BUCKETS; k++) {
        const quantity = held(filter, i, b, side, k)
        sum += quantity * of(b, k)
        all += quantity
      }
    return all > 0 ? sum / all : 0
  })
}
