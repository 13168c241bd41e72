/** One stress run and its counterfactual without feedback, measured: the document `unwind.run/1` (design §7). */
import {
  type AssetFigures,
  assets as assets_table,
  asset_figures,
  cascade_multiplier,
  coin_day,
  flows,
  type Infection,
  infection_list,
  type InfectionByAsset,
  type InfectionByMechanism,
  infections,
  infections_by_asset,
  infections_by_mechanism,
  liquidated_at_start_usd,
  timeline,
  totals,
  type VenueFigures,
  venue_figures,
  venues as venues_table,
} from '../analytics/index.ts'
import { type RunResult, run, type World } from '../engine/index.ts'
import { type Cell, type Evidence, type ReportTable, records, type Scenario, type Snapshot, weakest } from '../model/index.ts'
import { build, identity, type Watch } from '../scenarios/index.ts'
import { type Anchor, anchors, DepthWatch, left_behind, type LeftBehind } from './anchors.ts'
import { compare, type Counterfactual } from './counterfactual.ts'
import type { Ensemble } from './ensemble.ts'
import { explain, type Explanation } from './explain.ts'
import { in_trouble, type Opening, opening } from './opening.ts'
import type { EventReport } from './replays.ts'
import { pace_note } from './pace.ts'
import { unmodelled } from './unmodelled.ts'

export const RUN_SCHEMA = 'unwind.run/1'

export interface RunDocument {
  readonly schema: typeof RUN_SCHEMA
  readonly run: {
    readonly id: string
    readonly engine: string
    readonly seed: number
    readonly snapshot: string
    readonly scenario: string
    readonly log: string
  }
  readonly title: string
  readonly status: RunResult['status']
  readonly evidence: {
    readonly weakest: Evidence
    readonly parts: readonly { readonly part: string; readonly evidence: Evidence; readonly source: string }[]
    readonly notes: readonly string[]
  }
  readonly definitions: string
  readonly totals: VenueFigures & {
    readonly multiplier: number | null
    readonly liquidated_at_start_usd: number
    readonly no_feedback_at_start_usd: number | null
  }
  readonly venues: readonly (VenueFigures & { readonly id: string; readonly kind: string })[]
  readonly assets: readonly AssetFigures[]
  readonly infections: readonly Infection[]
  readonly infections_by_asset: readonly InfectionByAsset[]
  readonly infections_by_mechanism: readonly InfectionByMechanism[]
  readonly coin_day: readonly Record<string, Cell>[]
  readonly laws: RunResult['laws']
  /** Accounts below their limit before anything happens, and what of the losses they lacked then. */
  readonly opening: Opening
  /** What holds the price of each asset that has a reference market. */
  readonly anchors: readonly Anchor[]
  /** Claims on shocked assets that the shock itself did not move. */
  readonly left_behind: readonly LeftBehind[]
  /** Of a preset of a real event: its outcomes beside what happened. */
  readonly event?: EventReport
  /** When more seeds were asked for: the same scenario over all of them. */
  readonly ensemble?: Ensemble
  /** When it was asked for: why what was sold was sold. */
  readonly explain?: Explanation & { readonly counterfactual?: Counterfactual }
}

/** A document with the tables that reports draw. */
export interface StressResult {
  readonly document: RunDocument
  readonly tables: {
    readonly venues: ReportTable
    readonly assets: ReportTable
    readonly flows: ReportTable
    readonly infections: ReportTable
    readonly timeline: ReportTable
    readonly coin_day: ReportTable
  }
  /** What was shocked, in words. */
  readonly scenario: Scenario
  readonly world: World
  readonly result: RunResult
  /** What the watch of the options saw. */
  readonly watched: Readonly<Record<string, number>>
}

export interface StressOptions {
  readonly debug?: boolean
  /** Adds chains of causes to the document, and where something is left out what that removed: one more run, of the whole. */
  readonly explain?: boolean
  /** Progress over both runs, 0 to 1; return false to stop. */
  readonly on_progress?: (done: number) => boolean | undefined
  /** What the reader should know of the inputs: assumptions, aliases. */
  readonly notes?: readonly string[]
  /** Looks on after every tick of the run with feedback. */
  readonly watch?: (world: World) => Watch
}

/** Runs a scenario on a snapshot, with and without feedback. @throws InputError for whatever does not fit */
export function stress(snapshot: Snapshot, scenario: Scenario, options: StressOptions = {}): StressResult {
  const world = build(snapshot, scenario)
  const pinned = world.view().pinned
  const progress = (offset: number, share: number) => (tick: number, ticks: number) =>
    options.on_progress?.(offset + (share * tick) / ticks)
  let alone: number | null = null
  let stopped = false
  if (!pinned) {
    const result = run(world, { feedback: false, on_tick: progress(0, 0.4) })
    stopped = result.status === 'interrupted'
    alone = liquidated_at_start_usd(world.parts.log, world.view())
    world.reset()
  }
  const watch = options.watch?.(world)
  const before = { trouble: in_trouble(world), notes: unmodelled(snapshot, world), depth: new DepthWatch(world) }
  const report = progress(pinned ? 0 : 0.4, pinned ? 1 : 0.6)
  const on_tick = (tick: number, ticks: number) => {
    watch?.tick()
    before.depth.tick(tick * scenario.tick_ms)
    return report(tick, ticks)
  }
  const result: RunResult = stopped
    ? { status: 'interrupted', ticks: 0, rounds: 0, log_hash: world.parts.log.hash(), laws: { checked: 0, broken: [] } }
    : run(world, { debug: options.debug === true, on_tick })
  const measured = measure(snapshot, scenario, world, result, alone, [
    ...(options.notes ?? []),
    ...before.notes,
    ...pace_note(world.parts.log, snapshot.time_ms, scenario.tick_ms),
  ])
  const document: RunDocument = {
    ...measured.document,
    opening: opening(world, before.trouble),
    anchors: anchors(snapshot, world, before.depth),
    left_behind: left_behind(snapshot, shocked(scenario), (asset) => stands_still(world, asset)),
    ...(options.explain === true ? { explain: explained(snapshot, scenario, world) } : {}),
  }
  return { ...measured, document, result, watched: watch?.figures() ?? {} }
}

/** Assets that the scenario moves by name. */
const shocked = (scenario: Scenario): string[] =>
  scenario.drivers.flatMap(({ shocks }) =>
    Array.isArray(shocks) ? (shocks as { readonly asset?: unknown }[]).map(({ asset }) => String(asset)) : [],
  )

/** Did the fundamental of an asset stay where it was? */
function stands_still(world: World, id: string): boolean {
  const { assets, frames } = world.view()
  const a = assets.findIndex((asset) => asset.id === id)
  for (let f = 1; f < frames.length; f++) if (frames.fundamental[f * assets.length + a] !== frames.fundamental[a]) return false
  return true
}

function explained(snapshot: Snapshot, scenario: Scenario, world: World): NonNullable<RunDocument['explain']> {
  const found = explain(world.parts.log, world.view())
  if (scenario.without.length === 0) return found
  const whole = build(snapshot, { ...scenario, without: [] })
  run(whole)
  return { ...found, counterfactual: compare(whole, world, scenario.without) }
}

/** What is read off the log. */
type Measured = Omit<RunDocument, 'opening' | 'anchors' | 'left_behind'>

function measure(
  snapshot: Snapshot,
  scenario: Scenario,
  world: World,
  result: RunResult,
  alone: number | null,
  notes: readonly string[],
): Omit<StressResult, 'result' | 'watched' | 'document'> & { readonly document: Measured } {
  const { log } = world.parts
  const view = world.view()
  const figures = venue_figures(log, view)
  const moved = liquidated_at_start_usd(log, view)
  const tables = {
    venues: venues_table.measure(log, view),
    assets: assets_table.measure(log, view),
    flows: flows.measure(log, view),
    infections: infections.measure(log, view),
    timeline: timeline.measure(log, view),
    coin_day: coin_day.measure(log, view),
  }
  const { id, engine, seed, snapshot: snapshot_hash, scenario: scenario_hash } = identity(snapshot, scenario)
  const document: Measured = {
    schema: RUN_SCHEMA,
    run: { id, engine, seed, snapshot: snapshot_hash, scenario: scenario_hash, log: result.log_hash },
    title: `${scenario.title} on ${snapshot.title}`,
    status: result.status,
    evidence: {
      weakest: snapshot.provenance.reduce<Evidence>((worst, part) => weakest(worst, part.evidence), 'observed'),
      parts: snapshot.provenance,
      notes,
    },
    definitions: 'docs/definitions.md',
    totals: {
      ...totals(figures),
      multiplier: cascade_multiplier(moved, alone ?? 0, view.pinned),
      liquidated_at_start_usd: moved,
      no_feedback_at_start_usd: alone,
    },
    venues: figures.map((figure, v) => ({ id: view.venues[v]?.id as string, kind: view.venues[v]?.kind as string, ...figure })),
    assets: asset_figures(view, (asset) => world.parts.frames.lows.columns.time_ms.data[asset] as number),
    infections: infection_list(log, view),
    infections_by_asset: infections_by_asset(log, view),
    infections_by_mechanism: infections_by_mechanism(log, view),
    coin_day: records(tables.coin_day),
    laws: result.laws,
  }
  return { document, tables, scenario, world }
}
