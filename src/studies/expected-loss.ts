/**
 * What a fall would cost those who are owed, asked of a snapshot: debts beyond what is held. Either of its ladder (at once, everybody at the same prices) or of
 * runs with several seeds (how the venues, liquidators and books get through it). Never from prices alone: they do not say who owes what.
 */
import { liquidated_by_venue, venue_figures } from '../analytics/index.ts'
import { run } from '../engine/index.ts'
import { log, quantileSorted } from '../math/index.ts'
import { type Alert, type Evidence, type Snapshot, weakest } from '../model/index.ts'
import { build, shock_scenario, type ShockSpec } from '../scenarios/index.ts'
import type { Positions } from './criticality/positions.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How fast the shock comes, and how long the run goes on. */
export const SHOCK_MS = HOUR_MS
export const HORIZON_MS = 6 * HOUR_MS
/** A snapshot says nothing of an alert farther away in time than this. */
export const SNAPSHOT_DAYS = 7

/** Median over seeds with the 5 % and 95 % quantiles; those are null where nothing was drawn. */
export interface Spread {
  readonly median: number
  readonly low: number | null
  readonly high: number | null
}

export interface ExpectedLoss {
  /** Owed beyond what is held, USD: written off, or still open at the end. */
  readonly loss_usd: Spread
  readonly forced_sales_usd: Spread | null
  readonly model: 'run' | 'ladder'
  /** What must happen for it: the loss is given that, not multiplied by its chance. */
  readonly condition: string
  readonly seeds: number
  readonly snapshot: string
  readonly evidence: Evidence
}

/** Of all parts of a snapshot; what a model adds is inferred at best. */
const evidence_of = ({ provenance }: Snapshot): Evidence =>
  provenance.reduce<Evidence>((worst, part) => weakest(worst, part.evidence), 'inferred')

const percent = (ratio: number) => `${Math.round(ratio * 1000) / 10} %`

/** Log moves of one asset alone; undefined where the snapshot does not have it, or where it is the unit of account. */
export function alone(positions: Positions, symbol: string, change: number): Float64Array | undefined {
  const { assets } = positions.crowd.world.parts
  const at = assets.findIndex(({ id, numeraire }) => numeraire !== true && same_asset(id, symbol))
  if (at < 0) return undefined
  const logs = new Float64Array(assets.length)
  logs[at] = log(1 + change)
  return logs
}

/** `BTC`, `BTC-USD`, `BTCUSDT`, `btc/usdc` are one coin. */
export function same_asset(id: string, symbol: string): boolean {
  const plain = symbol.toUpperCase()
  const bare = plain.replace(/[-_/]?(USDT|USDC|USD|PERP)$/, '')
  return id.toUpperCase() === plain || (bare !== '' && id.toUpperCase() === bare)
}

/** Σ max(0, owed − held) of all who are in breach after log moves; of one venue where it is given. */
export function ladder_loss(positions: Positions, logs: Float64Array, condition: string, venue?: string): ExpectedLoss {
  const { crowd, snapshot } = positions
  const at = venue === undefined ? -1 : crowd.world.parts.venues.findIndex(({ id }) => id === venue)
  let usd = 0
  for (const victim of crowd.victims(logs))
    if (at < 0 || victim.venue === at) usd += Math.max(0, victim.debts_usd - victim.assets_usd)
  return {
    loss_usd: { median: usd, low: null, high: null },
    forced_sales_usd: null,
    ...{ model: 'ladder', condition, seeds: 0, snapshot: snapshot.title, evidence: evidence_of(snapshot) },
  }
}

/** What one seed gave. */
export interface Outcome {
  readonly loss_usd: number
  readonly loss_by_venue_usd: readonly number[]
  readonly forced_sales_usd: number
  /** Lowest mid of the shocked asset ÷ its start − 1. */
  readonly low: number
  /** Liquidated at start prices with feedback and, when asked, without, by venue. */
  readonly liquidated: readonly number[]
  readonly without: readonly number[] | null
}

/** Runs of one shock, the other assets by their betas, a seed each. */
export function outcomes(
  snapshot: Snapshot,
  shock: Pick<ShockSpec, 'asset' | 'change'>,
  seeds: number,
  twice: boolean,
  on_run?: () => void,
): Outcome[] {
  return Array.from({ length: seeds }, (_, k) => {
    const options = { correlated: true, seed: k + 1, horizon_ms: HORIZON_MS }
    const world = build(snapshot, shock_scenario([{ ...shock, over_ms: SHOCK_MS, at_ms: 0 }], options))
    let without: number[] | null = null
    if (twice) {
      run(world, { feedback: false })
      without = [...liquidated_by_venue(world.parts.log, world.view())]
      world.reset()
      on_run?.()
    }
    run(world)
    on_run?.()
    const view = world.view()
    const figures = venue_figures(world.parts.log, view)
    const by_venue = figures.map(({ bad_debt_usd, shortfall_usd }) => bad_debt_usd + shortfall_usd)
    const asset = world.parts.assets.findIndex(({ id }) => id === shock.asset)
    return {
      loss_usd: by_venue.reduce((sum, usd) => sum + usd, 0),
      loss_by_venue_usd: by_venue,
      forced_sales_usd: figures.reduce((sum, one) => sum + one.forced_sales_usd, 0),
      low: view.frames.low_usd(asset) / (view.assets[asset]?.start_usd as number) - 1,
      liquidated: [...liquidated_by_venue(world.parts.log, view)],
      without,
    }
  })
}

export function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort()
  return { median: quantileSorted(sorted, 0.5), low: quantileSorted(sorted, 0.05), high: quantileSorted(sorted, 0.95) }
}

export const shock_text = (shock: Pick<ShockSpec, 'asset' | 'change'>): string =>
  `${shock.asset} ${shock.change < 0 ? '−' : '+'}${percent(Math.abs(shock.change))} within ${SHOCK_MS / HOUR_MS} h, the others by beta; ${HORIZON_MS / HOUR_MS} h are run`

/** Of all venues, or of one. */
export function run_loss(
  snapshot: Snapshot,
  shock: Pick<ShockSpec, 'asset' | 'change'>,
  made: readonly Outcome[],
  venue = -1,
): ExpectedLoss {
  return {
    loss_usd: spread(made.map((one) => (venue < 0 ? one.loss_usd : (one.loss_by_venue_usd[venue] as number)))),
    forced_sales_usd: venue < 0 ? spread(made.map((one) => one.forced_sales_usd)) : null,
    ...{ model: 'run', condition: shock_text(shock), seeds: made.length },
    ...{ snapshot: snapshot.title, evidence: evidence_of(snapshot) },
  }
}

/** What an alert of a detector would cost, and what says so; or why nothing does. */
export interface AlertLoss {
  readonly expected_loss_usd: number | null
  readonly expected_loss_basis: string
}

/** Alerts by detector: the moves that are asked of the ladder, or why none are. */
function moves_of(alert: Alert, positions: Positions): { readonly logs: Float64Array; readonly condition: string } | string {
  const number = (name: string) => (typeof alert.evidence[name] === 'number' ? alert.evidence[name] : Number.NaN)
  const one = (symbol: string, change: number, why: string) => {
    const logs = change > -1 && change < 0 ? alone(positions, symbol, change) : undefined
    return logs === undefined
      ? `the snapshot has no ${symbol} that can fall`
      : { logs, condition: `${why}, ${symbol} alone ${percent(change)}` }
  }
  switch (alert.detector) {
    case 'deleveraging-event':
      return {
        logs: positions.crowd.by_beta(log(1 + number('drawdown'))),
        condition: `a joint move of ${percent(number('drawdown'))} by the betas`,
      }
    case 'depeg':
      return alert.type === 'depeg'
        ? one(alert.subject, number('worst'), 'the worst deviation so far')
        : 'a pool does not say which of its coins is worth less'
    case 'oracle-divergence':
      return one(alert.subject, 1 / (1 + number('gap')) - 1, 'the lower of the two prices is right')
    case 'concentration-cliff':
      if (number('distance_to_cliff') >= 0.5) return 'no cliff is near; what the exit of one account would cost is not modelled'
      return Number.isFinite(number('distance_to_cliff'))
        ? {
            logs: positions.crowd.by_beta(log(1 - number('distance_to_cliff'))),
            condition: `a joint fall of ${percent(number('distance_to_cliff'))}, to the cliff`,
          }
        : 'that positions meet at one venue says nothing of what would be lost'
    case 'collateral-decay':
      return 'the fall has happened: what is left of it is in the prices of the snapshot'
    default:
      return `no model of losses for ${alert.detector}: it says that something changed, not how far prices go`
  }
}

/** Asks the snapshot nearest in time to an alert. */
export function loss_of_alert(alert: Alert, all: readonly Positions[]): AlertLoss {
  const none = (why: string): AlertLoss => ({ expected_loss_usd: null, expected_loss_basis: why })
  if (all.length === 0) return none('no snapshot was given: prices alone do not say who owes what')
  const away = ({ snapshot }: Positions) => Math.abs(snapshot.time_ms - alert.time_ms)
  const nearest = all.reduce((best, one) => (away(one) < away(best) ? one : best))
  const days = away(nearest) / DAY_MS
  if (days > SNAPSHOT_DAYS)
    return none(`the nearest snapshot is ${Math.round(days)} days away; beyond ${SNAPSHOT_DAYS} it says nothing of then`)
  const found = moves_of(alert, nearest)
  if (typeof found === 'string') return none(found)
  const venue = alert.detector === 'concentration-cliff' ? alert.subject : undefined
  const { loss_usd, evidence } = ladder_loss(nearest, found.logs, found.condition, venue)
  return {
    expected_loss_usd: loss_usd.median,
    expected_loss_basis: `ladder of ${nearest.snapshot.title}, ${evidence}: owed beyond what is held after ${found.condition}, at once`,
  }
}
