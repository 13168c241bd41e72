/** One seed of a real event looked at closely: its prices, its largest forced sales, and how each part of its world is known. */
import { run } from '../engine/index.ts'
import type { LogView, WorldView } from '../model/index.ts'
import { type ReplayDay, windowed_timeline } from '../reports/index.ts'
import { build, draw_priors, type EventPreset } from '../scenarios/index.ts'
import { is_sale, link } from './explain.ts'

const MOST_SALES = 12

/** Runs a seed again for what the document of many seeds has no room for. */
export function replay_day(preset: EventPreset, seed: number, thin = false): ReplayDay {
  const { snapshot, scenario, notes } = preset.build(draw_priors(preset, seed), seed, { thin, without: [] })
  const world = build(snapshot, scenario)
  run(world, {})
  const view = world.view()
  return {
    seed,
    start_ms: snapshot.time_ms,
    held: scenario.pinned,
    timeline: windowed_timeline(view),
    assets: view.assets.map(({ id, start_usd }, a) => ({ id, start_usd, low_usd: view.frames.low_usd(a) })),
    sales: largest_sales(world.parts.log, view),
    parts: snapshot.provenance.map(({ part, evidence, source }) => ({ part, evidence, source })),
    notes,
  }
}

/** The largest forced orders, the largest first, each with what blamed its account's breach most. */
function largest_sales(log: LogView, view: WorldView): ReplayDay['sales'] {
  const { usd, cause } = log.columns
  const rows: number[] = []
  for (let row = 0; row < log.length; row++) if (is_sale(log, row)) rows.push(row)
  rows.sort((a, b) => (usd.data[b] as number) - (usd.data[a] as number) || a - b)
  return rows.slice(0, MOST_SALES).map((row) => {
    const { after_ms, venue, market, asset, amount, price, usd: value, sold } = link(log, view, row)
    const behind = cause.data[row] as number
    const [first] = behind < 0 ? [] : link(log, view, behind).blamed
    return { after_ms, venue, market, asset, amount, price, usd: value, sold, blamed: first ?? null }
  })
}
