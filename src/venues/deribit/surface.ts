/**
 * Vol by underlying as it lives through a run (derivatives reference §17.3): it jumps when the price falls, is pulled to realised
 * vol, and its skew steepens with the drawdown from a remembered peak.
 */
import { exp, log } from '../../math/index.ts'
import type { Store, Table } from '../../model/index.ts'
import { LEAST_VOL, MOST_VOL } from './kernel.ts'
import type { SurfaceSpec } from './snapshot.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

const shape = { atm: 'f64', skew: 'f64', variance: 'f64', peak: 'f64', last: 'f64', time_ms: 'f64' } as const
export type Surfaces = Table<typeof shape>

export function open_surfaces(store: Store, id: string, specs: readonly SurfaceSpec[]): Surfaces {
  const table = store.table(`${id}.surfaces`, shape, specs.length)
  specs.forEach(({ atm, skew }, u) => {
    table.columns.atm.data[u] = atm
    table.columns.skew.data[u] = skew
    table.columns.variance.data[u] = atm * atm
    table.columns.time_ms.data[u] = Number.NEGATIVE_INFINITY
  })
  return table
}

const within = (vol: number) => Math.max(LEAST_VOL, Math.min(MOST_VOL, vol))

/** The surface of underlying `u` after its index has moved to `price`. Once a time; not inside a bundle. */
export function move_surface(table: Surfaces, u: number, spec: SurfaceSpec, price: number, time_ms: number): void {
  const c = table.columns
  const before = c.time_ms.data[u] as number
  if (!(price > 0) || time_ms === before) return
  c.time_ms.data[u] = time_ms
  const last = c.last.data[u] as number
  c.last.data[u] = price
  if (!(last > 0)) {
    c.peak.data[u] = price
    return
  }
  const elapsed = Math.max(1, time_ms - before)
  const move = log(price / last)
  const kept = exp(-elapsed / spec.memory_ms)
  const variance = kept * (c.variance.data[u] as number) + (1 - kept) * ((move * move * YEAR_MS) / elapsed)
  c.variance.data[u] = variance
  const peak = price + Math.max(0, (c.peak.data[u] as number) - price) * kept
  c.peak.data[u] = peak
  const pull = 1 - exp((-spec.pull_per_day * elapsed) / DAY_MS)
  const jumped = (c.atm.data[u] as number) + spec.fear * Math.max(0, -move)
  c.atm.data[u] = within(jumped + pull * (Math.sqrt(variance) - jumped))
  c.skew.data[u] = spec.skew - spec.steepening * (1 - price / peak)
}

/** Vol after the exchange bought so much vega, USD per point; undone if the bundle is refused. */
export function press_surface(table: Surfaces, u: number, spec: SurfaceSpec, vega: number): void {
  if (spec.vega_depth === undefined) return
  const { atm } = table.columns
  atm.set(u, within((atm.data[u] as number) + (0.01 * vega) / spec.vega_depth))
}
