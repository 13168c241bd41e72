/** Replays of real events over many seeds: what comes out beside what happened, with every cause and without each one. Document `unwind.replay/1`. */
import { ENGINE_VERSION, type RunResult, run } from '../engine/index.ts'
import { quantileSorted, wilson } from '../math/index.ts'
import { content_hash, type Evidence, InputError } from '../model/index.ts'
import {
  build,
  draw_priors,
  type Draws,
  type EventFigure,
  type EventOutcome,
  type EventPreset,
  type EventRun,
} from '../scenarios/index.ts'
import { type Spread, spread } from './spread.ts'

export const REPLAY_SCHEMA = 'unwind.replay/1'

/** One seed: what was drawn, what came out. */
export interface SeedRun {
  readonly seed: number
  /** Id of the cause that was left out; '' none. */
  readonly without: string
  readonly draws: Draws
  readonly outcomes: Readonly<Record<string, number | null>>
  readonly figures: Readonly<Record<string, number | null>>
  readonly status: RunResult['status']
  readonly broken: readonly string[]
  readonly log: string
}

export interface SeedOptions {
  readonly without?: string
  readonly thin?: boolean
  readonly debug?: boolean
}

/** Runs one seed of an event. A function of its arguments: it may run anywhere, in any order. @throws InputError for a cause that is none */
export function replay_seed(preset: EventPreset, seed: number, options: SeedOptions = {}): SeedRun {
  const { without = '', thin = false, debug = false } = options
  if (without !== '') check_cause(preset, without)
  const draws = draw_priors(preset, seed)
  const built = preset.build(draws, seed, { thin, without: without === '' ? [] : [without] })
  const world = build(built.snapshot, built.scenario)
  const watch = built.watch?.(world)
  const on_tick = () => {
    watch?.tick()
    return undefined
  }
  const result = run(world, { debug, on_tick })
  const ended = { log: world.parts.log, view: world.view(), result, watched: watch?.figures() ?? {}, draws }
  return {
    seed,
    without,
    draws,
    outcomes: Object.fromEntries(preset.outcomes.map((outcome) => [outcome.id, measured(preset, outcome, ended)])),
    figures: Object.fromEntries((preset.figures ?? []).map((figure) => [figure.id, measured(preset, figure, ended)])),
    status: result.status,
    broken: result.laws.broken,
    log: result.log_hash,
  }
}

/** The outcomes of one run, beside what happened: part of `unwind.run/1` when the run is an event. */
export interface EventReport {
  readonly id: string
  readonly title: string
  readonly time: string
  readonly page: string
  readonly draws: Draws
  readonly outcomes: readonly (Omit<EventOutcome, 'measure'> & { readonly value: number | null; readonly inside: boolean })[]
}

export function event_report(preset: EventPreset, ended: EventRun): EventReport {
  const { id, title, time, page } = preset
  const outcomes = preset.outcomes.map((outcome) => {
    const value = measured(preset, outcome, ended)
    return { ...stated(outcome), value, inside: value !== null && value >= outcome.band[0] && value <= outcome.band[1] }
  })
  return { id, title, time, page, draws: ended.draws, outcomes }
}

/** A NaN of a measure is a defect of the preset; it never gets out. */
export function measured(preset: EventPreset, one: EventOutcome | EventFigure, ended: EventRun): number | null {
  const value = one.measure(ended)
  if (value !== null && !Number.isFinite(value)) throw new RangeError(`${preset.id}: ${one.id} became ${value}`)
  return value
}

/** @throws InputError when the preset does not have this cause */
export function check_cause(preset: EventPreset, id: string): void {
  if (preset.causes.some((cause) => cause.id === id)) return
  const known = preset.causes.map((cause) => cause.id).join(', ')
  throw new InputError('--without-cause', '', id, known === '' ? `nothing: ${preset.id} names no causes` : `one of ${known}`)
}

/** What many seeds say of one figure. */
export interface FigureSummary extends Spread {
  readonly id: string
}

/** And of one outcome, which has a band. */
export interface OutcomeSummary extends FigureSummary {
  /** Share of all seeds inside the band, with its Wilson 95 % interval; null for chances. */
  readonly share_inside: number | null
  readonly share_low: number | null
  readonly share_high: number | null
  /** What is held to the band, and whether it is inside. */
  readonly statistic: number | null
  readonly inside: boolean
  /** How far outside: statistic ÷ nearest edge − 1, or the distance where that edge is 0; 0 inside; null without a statistic. */
  readonly miss: number | null
}

/** What leaving a cause out does to a figure. */
export interface Change {
  /** Median over seeds of (without − with). */
  readonly median_change: number | null
  /** Share of seeds in which it changed at all. */
  readonly share_changed: number
}

/** One cause left out, over the same seeds and draws. */
export interface CauseSummary {
  readonly id: string
  readonly title: string
  readonly without: string
  readonly outcomes: readonly (OutcomeSummary &
    Change & {
      /** Its statistic was inside the band with the cause, and is outside without it. */
      readonly leaves_band: boolean
    })[]
  readonly figures: readonly (FigureSummary & Change)[]
}

export interface ReplayDocument {
  readonly schema: typeof REPLAY_SCHEMA
  readonly event: {
    readonly id: string
    readonly title: string
    readonly time: string
    readonly page: string
    /** Why nothing is held to what happened, where nothing is. */
    readonly no_outcomes?: string
  }
  readonly engine: string
  /** Hash of priors, bands, sources and causes as they stand. */
  readonly preset: string
  readonly seeds: { readonly first: number; readonly count: number }
  readonly thin: boolean
  readonly evidence: Evidence
  readonly sources: EventPreset['sources']
  readonly priors: readonly ({ readonly name: string } & EventPreset['priors'][string])[]
  readonly outcomes: readonly (OutcomeSummary & Omit<EventOutcome, 'measure'>)[]
  /** Figures that nothing is held to. */
  readonly figures: readonly (FigureSummary & Omit<EventFigure, 'measure'>)[]
  readonly causes: readonly CauseSummary[]
  readonly laws: { readonly runs: number; readonly broken: readonly string[]; readonly limits: number }
  readonly runs: readonly SeedRun[]
}

export interface ReplayOptions {
  readonly seeds: number
  /** First seed; 1. */
  readonly first?: number
  /** Causes to leave out, one at a time. */
  readonly causes?: readonly string[]
  readonly thin?: boolean
  /** Share done, 0 to 1. */
  readonly on_progress?: (done: number) => void
}

/** Seeds with every cause, then the same seeds without each named one. @throws InputError for causes that are none */
export function replay(preset: EventPreset, options: ReplayOptions): ReplayDocument {
  const { seeds, first = 1, causes = [], thin = false } = options
  for (const id of causes) check_cause(preset, id)
  const runs: SeedRun[] = []
  const total = seeds * (1 + causes.length)
  for (const without of ['', ...causes])
    for (let k = 0; k < seeds; k++) {
      runs.push(replay_seed(preset, first + k, { without, thin }))
      options.on_progress?.(runs.length / total)
    }
  return replay_document(preset, runs, thin)
}

/** The document of finished runs, in whatever order they were run. */
export function replay_document(preset: EventPreset, unordered: readonly SeedRun[], thin = false): ReplayDocument {
  const order = ['', ...preset.causes.map((cause) => cause.id)]
  const runs = [...unordered].sort((a, b) => order.indexOf(a.without) - order.indexOf(b.without) || a.seed - b.seed)
  const base = runs.filter((one) => one.without === '')
  const { id, title, time, page, evidence, sources, no_outcomes, figures = [] } = preset
  const priors = Object.entries(preset.priors).map(([name, prior]) => ({ name, ...prior }))
  return {
    schema: REPLAY_SCHEMA,
    event: { id, title, time, page, ...(no_outcomes === undefined ? {} : { no_outcomes }) },
    engine: ENGINE_VERSION,
    preset: preset_hash(preset),
    seeds: { first: base[0]?.seed ?? 0, count: base.length },
    thin,
    evidence,
    sources,
    priors,
    outcomes: preset.outcomes.map((outcome) => ({ ...summary(outcome, base), ...stated(outcome) })),
    figures: figures.map(({ id, what, unit }) => ({ ...spread(figure_values(base, id)), id, what, unit })),
    causes: preset.causes
      .filter((cause) => runs.some((one) => one.without === cause.id))
      .map((cause) => {
        const left = runs.filter((one) => one.without === cause.id)
        return {
          ...cause,
          outcomes: preset.outcomes.map((outcome) => against(outcome, base, left)),
          figures: figures.map(({ id }) => ({
            id,
            ...spread(figure_values(left, id)),
            ...change(base, left, (one) => one.figures[id] ?? null),
          })),
        }
      }),
    laws: {
      runs: runs.length,
      broken: runs.flatMap((one) =>
        one.broken.map((line) => `seed ${one.seed}${one.without === '' ? '' : ` without ${one.without}`}: ${line}`),
      ),
      limits: runs.filter((one) => one.status === 'limit').length,
    },
    runs,
  }
}

/** Changes when a prior, a band, a source or a cause does. */
export function preset_hash(preset: EventPreset): string {
  const { id, time, sources, priors, causes } = preset
  const outcomes = preset.outcomes.map((outcome) => stated(outcome))
  return content_hash({ id, time, sources, priors, causes, outcomes })
}

/** An outcome without its measure. */
function stated(outcome: EventOutcome): Omit<EventOutcome, 'measure'> {
  const { id, what, unit, band, observed, source, evidence, over_seeds } = outcome
  return { id, what, unit, band, observed, source, evidence, over_seeds }
}

const figure_values = (runs: readonly SeedRun[], id: string) => runs.map((one) => one.figures[id] ?? null)

/** @param runs of one variant */
export function summary(outcome: EventOutcome, runs: readonly SeedRun[]): OutcomeSummary {
  const { id, band, over_seeds } = outcome
  const values = runs.map((one) => one.outcomes[id] ?? null)
  const over = spread(values)
  const statistic = over_seeds === 'mean' ? over.mean : over.median
  const hits = values.filter((value) => value !== null && value >= band[0] && value <= band[1]).length
  const chance = over_seeds === 'mean' || values.length === 0
  const [share_low, share_high] = chance ? [null, null] : wilson(hits, values.length)
  return {
    id,
    ...over,
    share_inside: chance ? null : hits / values.length,
    share_low,
    share_high,
    statistic,
    inside: statistic !== null && statistic >= band[0] && statistic <= band[1],
    miss: statistic === null ? null : miss(statistic, band),
  }
}

/** How far a value lies outside a band, as a share of the nearest edge (absolute where that edge is 0); 0 inside. */
export function miss(value: number, [low, high]: readonly [number, number]): number {
  if (value >= low && value <= high) return 0
  const edge = value < low ? low : high
  return edge === 0 ? value : (value - edge) / Math.abs(edge)
}

function against(outcome: EventOutcome, base: readonly SeedRun[], left: readonly SeedRun[]): CauseSummary['outcomes'][number] {
  const own = summary(outcome, left)
  return {
    ...own,
    leaves_band: summary(outcome, base).inside && !own.inside,
    ...change(base, left, (one) => one.outcomes[outcome.id] ?? null),
  }
}

function change(base: readonly SeedRun[], left: readonly SeedRun[], value: (one: SeedRun) => number | null): Change {
  const changes: number[] = []
  let changed = 0
  for (const one of left) {
    const with_it = base.find((other) => other.seed === one.seed)
    const before = with_it === undefined ? null : value(with_it)
    const after = value(one)
    if (before !== after) changed++
    if (before !== null && after !== null) changes.push(after - before)
  }
  return {
    median_change: changes.length === 0 ? null : quantileSorted(Float64Array.from(changes).sort(), 0.5),
    share_changed: left.length === 0 ? 0 : changed / left.length,
  }
}
