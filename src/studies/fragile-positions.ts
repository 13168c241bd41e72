/**
 * Fragility from a snapshot: one shock run with several seeds, and how many of them carried it beyond k times, of the market and at each venue; with R, the
 * ladder and the distance to the cliff beside it. Simulated, not learned: no history of snapshots exists to calibrate it on.
 */
import { wilson } from '../math/index.ts'
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
  /** In the snapshot before it; null where there is none, or none of the same market. */
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
  /** Why figures of the newest snapshot have nothing before them; empty where all have. */
  readonly apart: string
}

/** Share of the assets of two snapshots that both have, below which they are of different markets. */
const SAME_MARKET = 0.5

/** Whether what two snapshots say of a venue (of all: '') can be set against each other, and why not. */
function comparison(before: Positions, now: Positions): { readonly same: (venue: string) => boolean; readonly apart: string } {
  const ids = ({ snapshot }: Positions) => new Set(snapshot.assets.map(({ id }) => id))
  const [old_assets, new_assets] = [ids(before), ids(now)]
  const both = [...new_assets].filter((id) => old_assets.has(id)).length
  const named = `${before.snapshot.title} and ${now.snapshot.title}`
  if (both < SAME_MARKET * (old_assets.size + new_assets.size - both))
    return {
      same: () => false,
      apart: `${named} are of different markets, ${both} assets are in both: their figures are not compared`,
    }
  const kinds = ({ snapshot }: Positions) => new Map(snapshot.venues.map(({ id, kind }) => [id, kind]))
  const [old_venues, new_venues] = [kinds(before), kinds(now)]
  const known = (venue: string) => new_venues.has(venue) && old_venues.get(venue) === new_venues.get(venue)
  const missing = [...new Set([...old_venues.keys(), ...new_venues.keys()])].filter((venue) => !known(venue))
  return {
    same: (venue) => (venue === '' ? missing.length === 0 : known(venue)),
    apart:
      missing.length === 0
        ? ''
        : `${named} do not both have ${missing.join(', ')}: their totals are not compared, only venues that both have`,
  }
}

/** Indicators and detectors over a stream of snapshots, one tick each. */
export function read_positions(ordered: readonly Positions[]): Read {
  const panel = with_indicators(positions_panel(ordered), indicators)
  const last = ordered.length - 1
  const { same, apart } =
    last > 0 ? comparison(ordered[last - 1] as Positions, ordered[last] as Positions) : { same: () => false, apart: '' }
  const figures = panel.columns.flatMap(({ field, venue, unit }, c): PositionFigure[] => {
    const [value, before] = [panel.values[c]?.[last] ?? Number.NaN, panel.values[c]?.[last - 1] ?? Number.NaN]
    if (!SHOWN.includes(field) || !Number.isFinite(value)) return []
    return [{ name: field, venue, unit, value, before: Number.isFinite(before) && same(venue) ? before : null }]
  })
  figures.sort((a, b) => SHOWN.indexOf(a.name) - SHOWN.indexOf(b.name))
  return { figures, alerts: alerts_of(panel, detectors), apart }
}

export interface Simulated {
  readonly question: string
  /** `market`, or a venue of the snapshot. */
  readonly subject: string
  /** (hits + 1) ÷ (seeds + 2): the rule of succession, so that a few seeds give no certainty. */
  readonly probability: number
  readonly hits: number
  readonly seeds: number
  /** Hits ÷ seeds, with Wilson's 95 % interval. */
  readonly share: { readonly value: number; readonly low: number; readonly high: number }
  readonly loss: ExpectedLoss
}

type Shock = Pick<ShockSpec, 'asset' | 'change'>

/** @param made outcomes of the shock, with runs without feedback */
export function simulated(positions: Positions, shock: Shock, times: number, made: readonly Outcome[]): Simulated[] {
  const { snapshot, crowd } = positions
  const said = (question: string, subject: string, venue: number, hit: (one: Outcome) => boolean): Simulated => {
    const hits = made.filter(hit).length
    const [seeds, probability] = [made.length, (hits + 1) / (made.length + 2)]
    const [low, high] = wilson(hits, seeds)
    const share = { value: hits / seeds, low, high }
    return { question, subject, probability, hits, seeds, share, loss: run_loss(snapshot, shock, made, venue) }
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
