/**
 * Presets of real events: what was known goes in with its source, what was not is a prior with a range, and what happened is an outcome with a
 * band. Nothing of a preset is chosen by looking at its outcomes (docs/events/README.md).
 */
import type { RunResult, World } from '../../engine/index.ts'
import { exp, log, Rng } from '../../math/index.ts'
import { assert, type Evidence, type LogView, type Scenario, type Snapshot, type WorldView } from '../../model/index.ts'
import type { Preset } from './index.ts'

/** Where a figure can be looked up. */
export interface EventSource {
  /** The figures that come from there. */
  readonly what: string
  readonly title: string
  readonly url: string
}

/**
 * What nobody knows, and within what range it lies.
 * - uniform: every value of [low, high] alike
 * - log-uniform: every factor alike, low > 0
 * - integer: whole numbers from low to high, both included
 */
export interface Prior {
  readonly low: number
  readonly high: number
  readonly shape: 'uniform' | 'log-uniform' | 'integer'
  readonly unit: string
  /** What it is, where the unit does not say so itself. */
  readonly what?: string
  /** Why this range, without any look at the outcomes. */
  readonly why: string
  /** What the range rests on: observed figures nearby, an inference from some, or nothing but plausibility. */
  readonly evidence: Evidence
}

/** A prior in one line. */
export function prior(
  low: number,
  high: number,
  shape: Prior['shape'],
  unit: string,
  evidence: Evidence,
  why: string,
  what?: string,
): Prior {
  return { low, high, shape, unit, evidence, why, ...(what === undefined ? {} : { what }) }
}

/** One value for each prior. */
export type Draws<Name extends string = string> = Readonly<Record<Name, number>>

/** Looks on during the run with feedback, for what the log does not tell. */
export interface Watch {
  /** Called after every tick. */
  tick(): void
  figures(): Readonly<Record<string, number>>
}

/** A world of its own, what happens to it, and what a reader should know of both. */
export interface EventBuild {
  readonly snapshot: Snapshot
  readonly scenario: Scenario
  readonly notes: readonly string[]
  readonly watch?: (world: World) => Watch
}

export interface BuildOptions {
  /** Ids of the causes that are left out. */
  readonly without?: readonly string[]
  /** Fewer accounts or longer ticks, same totals: for a look and for tests. */
  readonly thin?: boolean
}

/** A finished run, to be measured. */
export interface EventRun {
  readonly log: LogView
  readonly view: WorldView
  readonly result: RunResult
  /** What the build's watch saw; empty without one. */
  readonly watched: Readonly<Record<string, number>>
  readonly draws: Draws
}

/** A figure of what happened. */
export interface EventOutcome {
  readonly id: string
  readonly what: string
  readonly unit: string
  /** Stated before any run: lowest and highest value that count as a hit. */
  readonly band: readonly [low: number, high: number]
  /** What was reported; null where there is a bound and no figure. */
  readonly observed: number | null
  readonly source: string
  readonly evidence: Evidence
  /** What of all seeds is held to the band: their median, or their mean (chances: each seed gives 0 or 1). */
  readonly over_seeds: 'median' | 'mean'
  /** null when it did not come to be: counted as outside the band. */
  measure(run: EventRun): number | null
}

/** What else a reader wants to see of every run: nothing is held to it. */
export interface EventFigure {
  readonly id: string
  readonly what: string
  readonly unit: string
  /** null when it did not come to be. */
  measure(run: EventRun): number | null
}

/** Something without which the event may have gone otherwise. */
export interface EventCause {
  readonly id: string
  readonly title: string
  /** What leaving it out means here. */
  readonly without: string
}

export interface EventPreset {
  readonly id: string
  readonly title: string
  /** Start, ISO UTC. */
  readonly time: string
  readonly type: 'event'
  /** The weakest evidence of what is fed. */
  readonly evidence: Evidence
  readonly sources: readonly EventSource[]
  readonly priors: Readonly<Record<string, Prior>>
  readonly causes: readonly EventCause[]
  readonly outcomes: readonly EventOutcome[]
  readonly figures?: readonly EventFigure[]
  /** Why nothing is held to what happened: for presets without outcomes. */
  readonly no_outcomes?: string
  /** Page under docs/. */
  readonly page: string
  /** What moved from outside, alone, for any market. */
  readonly path?: Preset
  /**
   * Snapshot and scenario for one draw; deterministic in its arguments. With a cause left out all draws stay as they are (common random
   * numbers).
   */
  build(draws: Draws, seed: number, options?: BuildOptions): EventBuild
}

/** A preset whose draws are known by name where it is written. @throws Fault for ranges and bands that are none */
export function event_preset<Name extends string>(
  preset: Omit<EventPreset, 'type' | 'priors' | 'build'> & {
    readonly priors: Readonly<Record<Name, Prior>>
    build(draws: Draws<Name>, seed: number, options: BuildOptions): EventBuild
  },
): EventPreset {
  for (const [name, { low, high, shape }] of Object.entries(preset.priors) as [string, Prior][]) {
    assert(high >= low && (shape !== 'log-uniform' || low > 0), `${preset.id}: ${name} has no range`)
    assert(shape !== 'integer' || (Number.isInteger(low) && Number.isInteger(high)), `${preset.id}: ${name} is not whole`)
  }
  assert(
    (preset.outcomes.length === 0) === (preset.no_outcomes !== undefined),
    `${preset.id}: says why it has no outcomes, or has some`,
  )
  for (const { id, band } of preset.outcomes) assert(band[1] >= band[0], `${preset.id}: ${id} has no band`)
  return {
    ...preset,
    type: 'event',
    build: (draws, seed, options = {}) => preset.build(draws as Draws<Name>, seed, options),
  }
}

/** The draw of one prior: keyed by seed, preset and name, so that another prior shifts no draw. */
export function draw_prior(preset_id: string, name: string, prior: Prior, seed: number): number {
  const { low, high, shape } = prior
  const u = new Rng(seed, 0, 'prior', `${preset_id}.${name}`).uniformAt(0)
  if (shape === 'log-uniform') return low * exp(u * log(high / low))
  return shape === 'integer' ? low + Math.floor(u * (high - low + 1)) : low + u * (high - low)
}

/** All draws of a seed. */
export function draw_priors(preset: Pick<EventPreset, 'id' | 'priors'>, seed: number): Draws {
  return Object.fromEntries(
    Object.entries(preset.priors).map(([name, prior]) => [name, draw_prior(preset.id, name, prior, seed)]),
  )
}
