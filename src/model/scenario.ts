/** What happens from outside: drivers of fundamentals, faults, horizon, tick, seed. */
import type { KindSpec } from './snapshot.ts'

export const SCENARIO_SCHEMA = 'unwind.scenario/1'

export const FAULT_KINDS = [
  'halt',
  'gas',
  'oracle',
  'depth',
  'sequencer',
  'reorg',
  'finality',
  'blocks',
  'depeg',
  'unbacked',
  'drain',
  'parameter',
] as const

/** What an oracle says instead: so many times what it read, a number, at most or at least one, no price, or its last answer. */
export const ORACLE_MODES = ['factor', 'value', 'cap', 'floor', 'none', 'hold'] as const

/**
 * A switch of the outside world, on from `from_ms` to `to_ms` after the start. Names are `market:<id>`, `oracle:<id>`, `oracle:<id>@<venue>` (as that
 * venue alone reads it), `venue:<id>`, `agent:<id>`, `withdraw:<venue>` and the like, `transfer`; one that ends in `*` means all that begin so.
 * - halt: the named component does not work: `market:ETH-USD` takes no orders, `oracle:ETH` keeps its answer, `venue:x` refuses, `transfer` waits
 * - gas: a liquidation call costs `value` USD
 * - oracle: the named oracle says something else, as `mode` and `value` tell
 * - depth: `market:<id>` has this share `value` of its liquidity
 * - sequencer: everything named stands still; venues that wait for it afterwards do so for `grace_ms` more
 * - reorg: what is named stands still, as it looks to those whose blocks are thrown away
 * - finality: transfers take `value` ms longer
 * - blocks: of what agents send to the named components only `value` bundles a tick are included
 * - depeg: the fundamental of `asset:<id>` is `value` times what it would be
 * - unbacked: `value` units of `asset:<id>` appear with `actor`, at `from_ms`
 * - drain: the share `value` of an `asset` is taken out of a market or venue, at `from_ms`, and goes to `actor`, by default outside
 * - parameter: `field` of `venue:<id>` is `value`, from `delay_ms` after `from_ms` on
 */
export interface FaultSpec {
  readonly kind: (typeof FAULT_KINDS)[number]
  readonly target: string
  /** Further targets of the same fault. */
  readonly targets?: readonly string[] | undefined
  readonly from_ms: number
  readonly to_ms: number
  readonly value: number
  /** Time in which it comes to its full value, and in which it goes again before `to_ms`; prices along a straight line of their logarithm. */
  readonly ramp_ms?: number | undefined
  readonly fade_ms?: number | undefined
  readonly mode?: (typeof ORACLE_MODES)[number] | undefined
  readonly asset?: string | undefined
  readonly actor?: string | undefined
  readonly field?: string | undefined
  readonly delay_ms?: number | undefined
  readonly grace_ms?: number | undefined
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
