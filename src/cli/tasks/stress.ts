/** One stress run from options to report and files. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run_jobs } from '../../executors/index.ts'
import { InputError, type Scenario, type Snapshot } from '../../model/index.ts'
import {
  bridge,
  ensemble_text,
  event_text,
  explain_text,
  type RunDoc,
  stress_html,
  stress_text,
  type StressReport,
  windowed_timeline,
} from '../../reports/index.ts'
import {
  type Draws,
  type EventBuild,
  type EventPreset,
  events,
  presets,
  shock_scenario,
  type ShockSpec,
} from '../../scenarios/index.ts'
import {
  type Ensemble,
  ensemble,
  event_report,
  figures_of,
  type RunDocument,
  stress,
  type StressResult,
} from '../../studies/index.ts'
import { painter } from '../support/colour.ts'
import { check_shocks } from '../support/options.ts'
import { write_log } from '../support/parquet.ts'
import type { Look, Progress, WorkResult } from '../support/work.ts'
import { set_up_event } from './event.ts'
import { check_assets, naming, open_scenario, open_snapshot } from './inputs.ts'
import { open_replay, type ReplayFiles } from './replay.ts'

export interface StressInput {
  readonly snapshot?: string
  readonly accounts?: number
  readonly scenario?: string
  readonly preset?: string
  readonly shocks: readonly ShockSpec[]
  readonly correlated: boolean
  readonly seed?: number
  /** So many, from `seed` on; 1. */
  readonly seeds?: number
  /** Threads for them; by default as many as there are processors. */
  readonly workers?: number
  readonly horizon_ms?: number
  readonly tick_ms?: number
  readonly without: readonly string[]
  readonly replay?: ReplayFiles
  /** Chains of causes, too. */
  readonly explain?: boolean
  readonly debug: boolean
  readonly json: boolean
  /** Where the page and the folder are written before they take their place. */
  readonly html?: string
  readonly out?: string
  readonly look: Look
}

/** Most ticks of a run: a year of minutes. */
const MOST_TICKS = 600_000
const DEFAULT_TICK_MS = 60_000
/** Accounts of the reference market where none are asked for. */
const RECIPE_ACCOUNTS = 100_000

interface Setup {
  readonly snapshot: Snapshot
  readonly scenario: Scenario
  readonly notes: readonly string[]
  readonly aliases: StressReport['aliases']
  readonly event?: { readonly preset: EventPreset; readonly draws: Draws; readonly watch: EventBuild['watch'] }
}

export async function stress_task(input: StressInput, on_progress: Progress): Promise<WorkResult> {
  on_progress(0, 'reading')
  const { snapshot, scenario, notes, aliases, event } = await set_up(input)
  const alias_notes = aliases.map(({ from, to, why }) => `alias: ${from} → ${to} (${why})`)
  on_progress(0, 'building the world')
  const pinned = scenario.pinned.length > 0
  const result = naming(input, () =>
    stress(snapshot, scenario, {
      debug: input.debug,
      explain: input.explain === true,
      notes: [...notes, ...alias_notes],
      ...(event?.watch === undefined ? {} : { watch: event.watch }),
      on_progress: (done) => {
        on_progress(done, pinned ? 'replaying' : done < 0.4 ? 'running without feedback' : 'running')
        return true
      },
    }),
  )
  const over_seeds = (input.seeds ?? 1) > 1 ? { ensemble: await more_seeds(input, snapshot, scenario, result, on_progress) } : {}
  on_progress(1, 'reporting')
  const over_event = event === undefined ? {} : { event: event_of(event, result) }
  const document = { ...result.document, ...over_event, ...over_seeds }
  const report: StressReport = {
    document: { ...document, coin_day: document.coin_day as RunDoc['coin_day'] },
    scenario,
    aliases,
    bridge: bridge(result.world.parts.log, new Set(result.world.parts.markets.map(({ part }) => part.settles))),
    tables: { flows: result.tables.flows, timeline: windowed_timeline(result.world.view()) },
  }
  const json = `${JSON.stringify(document, null, 2)}\n`
  write_outputs(input, report, result, json)
  const look = { width: input.look.width, painter: painter(input.look.colour) }
  const outcomes = report.document.event === undefined ? '' : event_text(report.document.event, look)
  return {
    code: sound(document) ? 0 : 1,
    text: input.json
      ? json
      : `${stress_text(report, look)}${ensemble_text(report.document, look)}${explain_text(report.document, look)}${outcomes}`,
    note: '',
  }
}

function sound({ status, laws, ensemble }: RunDocument): boolean {
  return (
    status === 'done' &&
    [laws, ...(ensemble === undefined ? [] : [ensemble.laws])].every(({ broken }) => broken.length === 0) &&
    !ensemble?.laws.limits
  )
}

/** The other seeds, on threads; the first has been run. */
async function more_seeds(
  { seeds = 1, workers }: StressInput,
  snapshot: Snapshot,
  scenario: Scenario,
  first: StressResult,
  on_progress: Progress,
): Promise<Ensemble> {
  const others = Array.from({ length: seeds - 1 }, (_, k) => scenario.seed + 1 + k)
  const say = (done: number) => on_progress(done / seeds, `${done} of ${seeds} seeds`)
  say(1)
  const runs = await run_jobs('ensemble', { snapshot, scenario }, others, {
    ...given({ workers }),
    on_done: (done) => say(done + 1),
  })
  return ensemble([figures_of(first.document), ...runs])
}

function event_of({ preset, draws }: NonNullable<Setup['event']>, { world, result, watched }: StressResult) {
  return event_report(preset, { log: world.parts.log, view: world.view(), result, watched, draws })
}

async function set_up(given_input: StressInput): Promise<Setup> {
  const event = events.find((one) => one.id === given_input.preset)
  if (event !== undefined) return real_event(event, given_input)
  const input = as_scenario(given_input)
  const { seed, horizon_ms, without } = input
  if (input.replay !== undefined) {
    const tick_ms = input.tick_ms ?? DEFAULT_TICK_MS
    check_ticks(input.replay.to_ms - input.replay.from_ms, tick_ms)
    const set = await open_replay(input.replay, { ...given({ accounts: input.accounts, seed }), tick_ms })
    return { ...set, scenario: { ...set.scenario, without } }
  }
  const snapshot = await open_snapshot(input.snapshot, input.accounts)
  const base = input.scenario === undefined ? undefined : await open_scenario(input.scenario, snapshot)
  check_assets(
    snapshot,
    input.shocks.map((shock) => shock.asset),
    '--shock',
  )
  const scenario =
    base === undefined
      ? shock_scenario(input.shocks, {
          correlated: input.correlated,
          without,
          ...given({ seed, horizon_ms, tick_ms: input.tick_ms }),
        })
      : changed(base, input)
  check_ticks(scenario.horizon_ms, scenario.tick_ms)
  if (input.scenario !== undefined) check_moves(input.scenario, scenario)
  return { snapshot, scenario, notes: notes_on(input), aliases: [] }
}

/** A preset that is no event is a scenario. */
function as_scenario(input: StressInput): StressInput {
  const { preset } = input
  if (preset === undefined) return input
  if (presets.some((one) => one.id === preset)) return { ...input, scenario: preset }
  throw new InputError('--preset', '', preset, `one of ${[...events, ...presets].map((one) => one.id).join(', ')}`)
}

/** A real event: its own books, path and length. @throws InputError for options that would make it another event */
function real_event(preset: EventPreset, input: StressInput): Setup {
  const { snapshot, accounts, shocks, horizon_ms, tick_ms } = input
  const own = { snapshot, '--accounts': accounts, '--shock': shocks[0]?.asset, '--horizon': horizon_ms, '--tick': tick_ms }
  for (const [option, value] of Object.entries(own))
    if (value !== undefined) throw new InputError(option, '', value, `used without --preset ${preset.id}: it brings its own`)
  if (input.seeds !== undefined)
    throw new InputError(
      '--seeds',
      '',
      input.seeds,
      `used without --preset ${preset.id}: unwind replay ${preset.id} --seeds runs many`,
    )
  const { draws, watch, ...built } = set_up_event(preset, input.seed ?? 1)
  const scenario = { ...built.scenario, without: [...built.scenario.without, ...input.without] }
  return { ...built, scenario, aliases: [], event: { preset, draws, watch } }
}

/** A scenario of a preset or file with what the command line adds to it. */
function changed(base: Scenario, input: StressInput): Scenario {
  const { shocks, correlated, seed, horizon_ms, tick_ms, without } = input
  const added = shock_scenario(shocks, { correlated })
  const clash = base.drivers.some((driver) => driver.id === 'shock')
  return {
    ...base,
    ...given({ seed, horizon_ms, tick_ms }),
    ...(shocks.length === 0 ? {} : { title: `${base.title}, and ${added.title}` }),
    drivers: [...base.drivers, ...added.drivers.map((driver) => (clash ? { ...driver, id: 'shock-added' } : driver))],
    without: [...base.without, ...without],
  }
}

/** Shocks of a scenario, those of the command line included, must be complete at its end. */
function check_moves(where: string, scenario: Scenario): void {
  scenario.drivers.forEach(({ kind, shocks }, i) => {
    if (kind !== 'shock' || !Array.isArray(shocks)) return
    const moves = (shocks as Partial<ShockSpec>[])
      .filter((one) => typeof one === 'object' && one !== null)
      .map(({ asset = '', change = 0, over_ms = 3_600_000, at_ms = 0 }) => ({ asset, change, over_ms, at_ms }))
    check_shocks(where, `drivers[${i}].shocks`, moves, scenario.horizon_ms)
  })
}

/** What the reader should know of shocks that meet. */
function notes_on({ snapshot, shocks, scenario, accounts = RECIPE_ACCOUNTS }: StressInput): string[] {
  return [
    ...(snapshot === undefined
      ? [
          'The reference market is for comparing runs, not for levels: docs/reference-market.md has what it answers to shocks of any size and how much that depends on tick and number of accounts.',
        ]
      : []),
    ...(accounts < RECIPE_ACCOUNTS
      ? [
          `The totals are split into ${accounts} accounts, fewer and larger than the recipe's ${RECIPE_ACCOUNTS}: cascades are rougher and longer, and figures are not comparable.`,
        ]
      : []),
    ...(scenario !== undefined && shocks.length > 0
      ? [`--shock is added to the scenario ${scenario}: where both move an asset, the changes multiply.`]
      : []),
  ]
}

function check_ticks(horizon_ms: number, tick_ms: number): void {
  if (!(horizon_ms >= tick_ms)) throw new InputError('--tick', '', `${tick_ms} ms`, `at most the horizon (${horizon_ms} ms)`)
  if (horizon_ms / tick_ms > MOST_TICKS)
    throw new InputError(
      '--tick',
      '',
      `${tick_ms} ms`,
      `at least ${Math.ceil(horizon_ms / MOST_TICKS)} ms for a horizon of ${horizon_ms} ms`,
    )
}

/** The fields that are there. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

function write_outputs(input: StressInput, report: StressReport, result: StressResult, json: string): void {
  if (input.html === undefined && input.out === undefined) return
  const page = stress_html(report)
  if (input.html !== undefined) writeFileSync(input.html, page)
  if (input.out === undefined) return
  mkdirSync(input.out, { recursive: true })
  write_log(result.world, input.out)
  writeFileSync(join(input.out, 'summary.json'), json)
  writeFileSync(join(input.out, 'report.html'), page)
}
