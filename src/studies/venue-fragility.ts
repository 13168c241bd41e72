/**
 * Fragility by venue and of the whole market, from series.
 *
 * Of a venue: given that an asset falls by a shock within the next day, will the venue's funding, within three days, stand below −k times what is usual there?
 * Then its contracts are sold below what they stand for by more than arbitrage carries: forced selling meets that venue most. Funding is what packs hold by venue;
 * open interest and liquidations by several venues they do not.
 */
import type { Problem } from '../detectors/evaluate.ts'
import { median } from '../math/index.ts'
import { column_at, columns_of, type Panel, type PanelColumn } from '../model/index.ts'

const DAY_MS = 86_400_000
/** Days over which a venue's usual |funding| is taken, and the least of it that counts: 0.1 basis points. */
const USUAL_DAYS = 60
const LEAST_FUNDING = 1e-5
/** Days after the shock in which amplification is looked for. */
const AHEAD = 3

export interface Features {
  readonly names: readonly string[]
  /** Rows of the panel × names. */
  readonly x: Float64Array
}

export type SubjectProblem = Problem & { readonly rows_of: ReadonlyMap<string, readonly number[]> }

interface Row {
  readonly t: number
  readonly subject: string
  readonly label: number
  readonly own: readonly number[]
}

/** Rows of (moment, subject) as a problem: their own features before those of the market. */
export function problem_of(
  head: Pick<Problem, 'id' | 'title'>,
  panel: Panel,
  own: readonly string[],
  market: Features,
  rows: readonly Row[],
): SubjectProblem {
  const m = own.length + market.names.length
  const x = new Float64Array(rows.length * m)
  const rows_of = new Map<string, number[]>()
  rows.forEach((row, i) => {
    x.set(row.own, i * m)
    x.set(market.x.subarray(row.t * market.names.length, (row.t + 1) * market.names.length), i * m + own.length)
    const list = rows_of.get(row.subject)
    if (list === undefined) rows_of.set(row.subject, [i])
    else list.push(i)
  })
  return {
    ...head,
    names: [...own.map((id) => `own ${id}`), ...market.names],
    time_ms: Float64Array.from(rows, ({ t }) => panel.time_ms[t] as number),
    x,
    labels: Float64Array.from(rows, ({ label }) => label),
    horizon_ms: AHEAD * DAY_MS,
    events_ms: [],
    rows_of,
  }
}

/** Least value of the next days; NaN where they are not all known. */
function least_ahead(values: Float64Array, t: number, days: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let k = 1; k <= days; k++) {
    const value = values[t + k]
    if (value === undefined || !Number.isFinite(value)) return Number.NaN
    least = Math.min(least, value)
  }
  return least
}

/** Median |funding| of the last days. */
function usual(values: Float64Array, t: number): number {
  const known: number[] = []
  for (let k = 0; k < USUAL_DAYS; k++) {
    const value = values[t - k]
    if (value !== undefined && Number.isFinite(value)) known.push(Math.abs(value))
  }
  return known.length * 2 >= USUAL_DAYS ? Math.max(LEAST_FUNDING, median(known)) : Number.NaN
}

const OF_ASSET: readonly string[] = ['realised_volatility', 'drawdown', 'return_30d', 'open_interest_z']
const OF_VENUE: readonly string[] = ['funding', 'funding_score', 'funding_apart']

/** undefined where fewer than two venues report funding of an asset whose price is known. */
export function venue_problem(
  panel: Panel,
  assets: readonly string[],
  market: Features,
  { shock, amplification }: { readonly shock: number; readonly amplification: number },
): SubjectProblem | undefined {
  const columns = columns_of(panel, 'funding').filter((c) => assets.includes((panel.columns[c] as PanelColumn).symbol))
  if (new Set(columns.map((c) => (panel.columns[c] as PanelColumn).venue)).size < 2) return undefined
  const of_asset = OF_ASSET.filter((id) => columns_of(panel, id).length > 0)
  const rows: Row[] = []
  const last = panel.time_ms.length - 1
  for (let t = 0; t <= last; t++)
    for (const c of columns) {
      const { symbol, venue } = panel.columns[c] as PanelColumn
      const at = (field: string) => panel.values[column_at(panel, field, symbol)]?.[t] ?? Number.NaN
      const funding = panel.values[c] as Float64Array
      const low =
        panel.values[column_at(panel, 'low', symbol)] ?? (panel.values[column_at(panel, 'close', symbol)] as Float64Array)
      const [rate, scale] = [funding[t] as number, usual(funding, t)]
      if (!Number.isFinite(rate) || !Number.isFinite(scale)) continue
      const next = least_ahead(low, t, 1) / at('close') - 1
      const least = least_ahead(funding, t, AHEAD)
      const asked = next <= -shock && Number.isFinite(least)
      if (!asked && t < last) continue
      const others = columns
        .filter((o) => (panel.columns[o] as PanelColumn).symbol === symbol)
        .map((o) => (panel.values[o] as Float64Array)[t] as number)
        .filter(Number.isFinite)
      rows.push({
        t,
        subject: venue,
        label: asked ? (least <= -amplification * scale ? 1 : 0) : Number.NaN,
        own: [rate, rate / scale, (rate - median(others)) / scale, ...of_asset.map(at)],
      })
    }
  const title = `at a venue, after an asset falls ${Math.round(shock * 100)} % within a day, funding is below −${amplification} times its usual size within three`
  return problem_of({ id: 'venue', title }, panel, [...OF_VENUE, ...of_asset], market, rows)
}

/** Given that the median asset falls by the shock within the next day, will it fall by so many times as much within three? */
export function system_problem(
  panel: Panel,
  assets: readonly string[],
  market: Features,
  { shock, amplification }: { readonly shock: number; readonly amplification: number },
): SubjectProblem {
  const prices = assets.map((symbol) => {
    const close = panel.values[column_at(panel, 'close', symbol)] as Float64Array
    return { close, low: panel.values[column_at(panel, 'low', symbol)] ?? close }
  })
  const middle = (t: number, days: number) => {
    const known = prices.map(({ close, low }) => least_ahead(low, t, days) / (close[t] as number) - 1).filter(Number.isFinite)
    return known.length > 0 ? median(known) : Number.NaN
  }
  const rows: Row[] = []
  const last = panel.time_ms.length - 1
  for (let t = 0; t <= last; t++) {
    const [next, most] = [middle(t, 1), middle(t, AHEAD)]
    const asked = next <= -shock && Number.isFinite(most)
    if (!asked && t < last) continue
    rows.push({ t, subject: 'market', label: asked ? (most <= -shock * amplification ? 1 : 0) : Number.NaN, own: [] })
  }
  const title = `the median asset falls ${Math.round(shock * 100)} % within a day, then ${Math.round(shock * amplification * 100)} % within three`
  return problem_of({ id: 'system', title }, panel, [], market, rows)
}
