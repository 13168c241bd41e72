/** Prices between the few points of an event that are known, as bars for the `replay` driver. */
import { exp, log, Rng } from '../../math/index.ts'
import { assert, type Bars, type KindSpec } from '../../model/index.ts'

const YEAR_MS = 31_536_000_000

/** A price that is known, or drawn. */
export interface PathPoint {
  readonly at_ms: number
  readonly price: number
}

export interface PathOptions {
  readonly symbol: string
  /** Time of the first point, ms since the epoch. */
  readonly start_ms: number
  readonly seed: number
  /** Annual volatility of the noise between the points; 0: straight lines in log price. */
  readonly volatility?: number
  /** Prices never leave these. */
  readonly low?: number
  readonly high?: number
  /** Length of a bar. */
  readonly step_ms?: number
}

/**
 * A path through the points: linear in log price, with a Brownian bridge between neighbours, so that every point is met.
 * Noise is keyed by seed, symbol and step: another point moves the bridge, not the draws.
 * @returns bars whose open and close are the path; high and low are the larger and the smaller of the two
 */
export function path_bars(points: readonly PathPoint[], options: PathOptions): Bars {
  const { symbol, start_ms, seed, volatility = 0, low = 0, high = Number.POSITIVE_INFINITY, step_ms = 60_000 } = options
  const rng = new Rng(seed, 0, 'path', symbol)
  const sigma = volatility * Math.sqrt(step_ms / YEAR_MS)
  const values: number[] = [(points[0] as PathPoint).price]
  for (let p = 1; p < points.length; p++) {
    const [from, to] = [points[p - 1] as PathPoint, points[p] as PathPoint]
    const first = Math.round(from.at_ms / step_ms)
    const steps = Math.round(to.at_ms / step_ms) - first
    assert(steps > 0, `${symbol}: points of a path are at least a step apart`)
    const noise = new Float64Array(steps + 1)
    for (let k = 1; k <= steps; k++) noise[k] = (noise[k - 1] as number) + sigma * rng.normalAt(first + k)
    for (let k = 1; k <= steps; k++) {
      const bridge = (noise[k] as number) - (k / steps) * (noise[steps] as number)
      const price = from.price * exp((k / steps) * log(to.price / from.price) + bridge)
      values.push(k === steps ? to.price : Math.min(high, Math.max(low, price)))
    }
  }
  const n = values.length - 1
  const open = Float64Array.from(values.slice(0, n))
  const close = Float64Array.from(values.slice(1))
  return {
    symbol,
    step_ms,
    time_ms: Float64Array.from({ length: n }, (_, i) => start_ms + i * step_ms),
    open,
    close,
    high: open.map((value, i) => Math.max(value, close[i] as number)),
    low: open.map((value, i) => Math.min(value, close[i] as number)),
    volume: new Float64Array(n),
  }
}

/** A driver that takes assets along their paths; every path starts where its asset does. */
export function path_driver(start_ms: number, paths: Readonly<Record<string, Bars>>): KindSpec {
  return {
    kind: 'replay',
    id: 'path',
    assets: Object.fromEntries(Object.entries(paths).map(([asset, bars]) => [asset, { symbol: bars.symbol }])),
    bars: Object.fromEntries(Object.values(paths).map((bars) => [bars.symbol, bars])),
    from_ms: start_ms,
    gaps: 'hold',
  }
}
