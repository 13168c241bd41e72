/** Snapshots as series: one tick each, with the tables that indicators of positions read. */
import { reproduction_number, without_types } from '../../analytics/index.ts'
import type { World } from '../../engine/index.ts'
import { log } from '../../math/index.ts'
import { InputError, type Panel, type PanelColumn, type Series, type Snapshot } from '../../model/index.ts'
import { build, shock_scenario } from '../../scenarios/index.ts'
import { legs_of, owed_of, sums_of, unit_of } from '../account/law.ts'
import { Crowd } from './crowd.ts'
import { pressure_at } from './document.ts'
import { ladder, type LadderStep } from './ladder.ts'
import { shock_offspring } from './shock.ts'

/** Joint falls, per cent: the ladder in steps of one, R at some. */
const LADDER_PERCENT = Array.from({ length: 51 }, (_, k) => k)
export const R_PERCENT = [0, 5, 10, 15, 20, 25, 30, 40, 50] as const
/** Joint falls within an hour whose own R is asked, per cent, and how far their sales may move a price. */
const SHOCK_PERCENT = [10, 20] as const
const [SHOCK_MS, REACH] = [3_600_000, 0.1]
/** Fall over which the density of R is averaged. */
const SPAN = 0.05
/** Of a shortfall in a crisis, per cent. */
const CRISIS = 40
const NEAR = 1.1
const DAY_MS = 86_400_000

/** What was computed of one snapshot; the ladder is in steps of 1 %. */
export interface Positions {
  readonly snapshot: Snapshot
  readonly crowd: Crowd
  readonly steps: readonly LadderStep[]
  readonly values: readonly (PanelColumn & { readonly value: number })[]
}

/** @param world of the snapshot at its opening; it comes back as it was */
export function positions_of(snapshot: Snapshot, world: World = build(snapshot, shock_scenario([]))): Positions {
  const crowd = new Crowd(world)
  const steps = ladder(
    crowd,
    snapshot,
    LADDER_PERCENT.map((percent) => percent / 100),
  )
  const values: (PanelColumn & { value: number })[] = []
  const add = (field: string, venue: string, unit: string, value: number, symbol = '') =>
    values.push({ field, symbol, venue, unit, value })
  for (const step of steps) {
    const percent = Math.round(100 * step.fall)
    add(`liquidatable_at_${percent}`, step.venue, 'usd', step.liquidatable_usd)
    if (percent % 5 !== 0) continue
    add(`executable_at_${percent}`, step.venue, 'usd', step.executable_usd)
    add(`stuck_at_${percent}`, step.venue, 'usd', step.stuck_usd)
    add(`bad_debt_at_${percent}`, step.venue, 'usd', step.bad_debt_usd)
  }
  reproductions(crowd, add)
  for (const percent of SHOCK_PERCENT) {
    const { r } = shock_offspring(snapshot, crowd, { fall: percent / 100, over_ms: SHOCK_MS, reach: REACH })
    add(`shock_reproduction_at_${percent}`, '', 'ratio', r)
  }
  world.parts.venues.forEach(({ id }, v) => books(crowd, v, id, add))
  return { snapshot, crowd, steps, values }
}

type Add = (field: string, venue: string, unit: string, value: number, symbol?: string) => void

function reproductions(crowd: Crowd, add: Add): void {
  for (const percent of R_PERCENT) {
    const pressure = pressure_at(crowd, crowd.by_beta(log(1 - percent / 100)), SPAN)
    add(`reproduction_at_${percent}`, '', 'ratio', reproduction_number(pressure))
    if (percent > 0) continue
    crowd.world.parts.venues.forEach(({ id }, v) =>
      add('reproduction_at_0', id, 'ratio', reproduction_number(without_types(pressure, ({ venue }) => venue !== v))),
    )
  }
}

/** Totals over the accounts of a venue that owe anything. */
function books(crowd: Crowd, v: number, id: string, add: Add): void {
  const { world, probe } = crowd
  const venue = world.venue(v)
  const ratios = probe.ratios(crowd.by_beta(log(1 - CRISIS / 100)))[v] as Float64Array
  let [owed, squares, largest, near, debts, equity] = [0, 0, 0, 0, 0, 0]
  const held = new Map<number, number>()
  for (let row = 0; row < venue.rows; row++) {
    const health = row === venue.outside ? Number.NaN : venue.health(row, venue.prices)
    if (!Number.isFinite(health)) continue
    const legs = legs_of(venue, row)
    if (legs.length === 0) continue
    const unit = unit_of(legs)
    const usd = unit < 0 ? 1 : world.usd(unit)
    const own = owed_of(sums_of(legs, usd))
    const after = sums_of(legs, usd, ratios)
    owed += own
    squares += own * own
    largest = Math.max(largest, own)
    if (health < NEAR) near += own
    debts += after.debts
    equity += after.assets - after.debts
    for (const { side, market, asset, quantity, price } of legs)
      if (side > 0 && market < 0 && asset >= 0) held.set(asset, (held.get(asset) ?? 0) + quantity * price * usd)
  }
  add('owed', id, 'usd', owed)
  add('owed_squares', id, 'usd²', squares)
  add('owed_largest', id, 'usd', largest)
  add('owed_below_110', id, 'usd', near)
  add(`debts_at_${CRISIS}`, id, 'usd', debts)
  add(`equity_at_${CRISIS}`, id, 'usd', equity)
  for (const [asset, usd] of [...held].sort((a, b) => a[0] - b[0]))
    add('collateral', id, 'usd', usd, world.parts.assets[asset]?.id as string)
}

/** In order of time. @throws InputError where two are of one moment */
export function in_order(all: readonly Positions[], files: readonly string[]): Positions[] {
  const order = all
    .map((one, i) => ({ one, file: files[i] ?? '' }))
    .sort((a, b) => a.one.snapshot.time_ms - b.one.snapshot.time_ms)
  order.forEach(({ one, file }, i) => {
    if (i > 0 && order[i - 1]?.one.snapshot.time_ms === one.snapshot.time_ms)
      throw new InputError(file, 'time_ms', one.snapshot.time_ms, `a moment of its own: ${order[i - 1]?.file} is of the same`)
  })
  return order.map(({ one }) => one)
}

/** A row a snapshot, in order of time; NaN where one lacks a venue or an asset that another has. */
export function positions_panel(ordered: readonly Positions[]): Panel {
  const key = ({ field, symbol, venue }: PanelColumn) => JSON.stringify([field, symbol, venue])
  const columns = new Map<string, { readonly column: PanelColumn; readonly values: Float64Array }>()
  ordered.forEach(({ values }, t) => {
    for (const { value, ...column } of values) {
      const place = columns.get(key(column)) ?? { column, values: new Float64Array(ordered.length).fill(Number.NaN) }
      place.values[t] = value
      columns.set(key(column), place)
    }
  })
  const time_ms = Float64Array.from(ordered, ({ snapshot }) => snapshot.time_ms)
  const gaps = ordered.slice(1).map((_, i) => (time_ms[i + 1] as number) - (time_ms[i] as number))
  const list = [...columns.values()]
  return {
    step_ms: gaps.length > 0 ? Math.min(...gaps) : DAY_MS,
    time_ms,
    columns: list.map(({ column }) => column),
    values: list.map(({ values }) => values),
    ages_ms: list.map(({ values }) => values.map((value) => (Number.isNaN(value) ? Number.NaN : 0))),
  }
}

/** The same as series, to be laid beside others. */
export function positions_series(panel: Panel): Series[] {
  return panel.columns.map((column, c) => ({ ...column, time_ms: panel.time_ms, values: panel.values[c] as Float64Array }))
}
