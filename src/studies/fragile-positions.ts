/**
 * Fragility from a snapshot: one shock run with several seeds, and how many of them carried it beyond k times, of the market and at each venue; with R, the
 * ladder and the distance to the cliff beside it. Simulated, not learned: no history of snapshots exists to calibrate it on.
 */
import { indicators } from '../indicators/index.ts'
import { type Alert, alerts_of, with_indicators } from '../model/index.ts'
import { detectors } from '../detectors/index.ts'
import type { ShockSpec } from '../scenarios/index.ts'
import { type Positions, positions_panel } from './criticality/positions.ts'
import { type ExpectedLoss, HORIZON_MS, type Outcome, run_loss, shock_text, SHOCK_MS } from './expected-loss.ts'

const HOUR_MS = 3_600_000

/** What a snapshot says, of a venue or of all ('' as venue). */
export interface PositionFigure {
  readonly name: string
  readonly venue: string
  readonly unit: string
  readonly value: number
  /** In the snapshot before it; null where there is none. */
  readonly before: number | null
}

/** Those of the indicators that a warning shows. */
const SHOWN: readonly string[] = [
  'reproduction_number',
  'shock_reproduction.10',
  'shock_reproduction.20',
  'distance_to_criticality',
  'distance_to_cliff',
  'ladder_liquidatable.10',
  'ladder_executable.10',
  'ladder_stuck.10',
  'ladder_bad_debt.30',
  'health_mass',
  'largest_exit',
  'capital_shortfall',
]

export interface Read {
  readonly figures: readonly PositionFigure[]
  readonly alerts: readonly Alert[]
}

/** Indicators and detectors over a stream of snapshots, one tick each. */
export function read_positions(ordered: readonly Positions[]): Read {
  const panel = with_indicators(positions_panel(ordered), indicators)
  const last = ordered.length - 1
  const figures = panel.columns.flatMap(({ field, venue, unit }, c): PositionFigure[] => {
    const [value, before] = [panel.values[c]?.[last] ?? Number.NaN, panel.values[c]?.[last - 1] ?? Number.NaN]
    if (!SHOWN.includes(field) || !Number.isFinite(value)) return []
    return [{ name: field, venue, unit, value, before: Number.isFinite(before) ? before : null }]
  })
  figures.sort((a, b) => SHOWN.indexOf(a.name) - SHOWN.indexOf(b.name))
  return { figures, alerts: alerts_of(panel, detectors) }
}

export interface Simulated {
  readonly question: string
  /** `market`, or a venue of the snapshot. */
  readonly subject: string
  /** (hits + 1) ÷ (seeds + 2): the rule of succession, so that a few seeds give no certainty. */
  readonly probability: number
  readonly hits: number
  readonly seeds: number
  readonly loss: ExpectedLoss
}

type Shock = Pick<ShockSpec, 'asset' | 'change'>

/** @param made outcomes of the shock, with runs without feedback */
export function simulated(positions: Positions, shock: Shock, times: number, made: readonly Outcome[]): Simulated[] {
  const { snapshot, crowd } = positions
  const said = (question: string, subject: string, venue: number, hit: (one: Outcome) => boolean): Simulated => {
    const hits = made.filter(hit).length
    const probability = (hits + 1) / (made.length + 2)
    return { question, subject, probability, hits, seeds: made.length, loss: run_loss(snapshot, shock, made, venue) }
  }
  const size = (ratio: number) => `${Math.round(1000 * ratio) / 10} %`
  const hours = `${HORIZON_MS / HOUR_MS} h`
  const market = said(
    `${shock.asset} that falls ${size(-shock.change)} within ${SHOCK_MS / HOUR_MS} h for outside reasons falls ${size(-shock.change * times)} within ${hours} (simulated)`,
    'market',
    -1,
    ({ low }) => low <= shock.change * times,
  )
  const venues = crowd.world.parts.venues.map(({ id }, v) =>
    said(
      `${shock_text(shock).split(',')[0]} makes a venue liquidate more than ${times} times what it would without feedback (simulated)`,
      id,
      v,
      ({ liquidated, without }) => (liquidated[v] as number) > times * (without?.[v] ?? 0),
    ),
  )
  return [market, ...venues]
}
