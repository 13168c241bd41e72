/** What happens from outside: drivers of fundamentals, faults, horizon, tick, seed. */
import type { KindSpec } from './snapshot.ts'

export const SCENARIO_SCHEMA = 'unwind.scenario/1'

/**
 * A switch of the outside world, on from `from_ms` to `to_ms` after the start.
 * - halt: the named component does not work: `market:ETH-USD` takes no orders, `oracle:ETH` keeps its answer, `venue:x` refuses, `transfer` waits
 * - gas: a liquidation call costs `value` USD
 */
export interface FaultSpec {
  readonly kind: 'halt' | 'gas'
  readonly target: string
  readonly from_ms: number
  readonly to_ms: number
  readonly value: number
}

export interface Limits {
  /** Rounds inside one tick. */
  readonly rounds: number
  /** Log rows of a run. */
  readonly rows: number
}

export interface Scenario {
  readonly schema: typeof SCENARIO_SCHEMA
  readonly id: string
  readonly title: string
  readonly seed: number
  readonly horizon_ms: number
  readonly tick_ms: number
  readonly drivers: readonly KindSpec[]
  readonly faults: readonly FaultSpec[]
  /** What a gas-heavy call (a liquidation) costs, when no fault says otherwise. */
  readonly gas_usd: number
  /** Assets whose markets are held to the fundamental: fills execute, their displacement is discarded. */
  readonly pinned: readonly string[]
  /** Components left out, by name or family prefix: `venue:aave`, `agent:arbitrageur`. */
  readonly without: readonly string[]
  readonly limits: Limits
  /** Hash of the series a driver replays, so that the identity covers it. */
  readonly series_hash?: string
}

export const DEFAULT_LIMITS: Limits = { rounds: 200, rows: 20_000_000 }
