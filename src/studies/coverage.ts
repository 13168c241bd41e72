/** What of a history is there: prices of assets, their step, the days on which events can be told, and what is missing. */
import { median } from '../math/index.ts'
import { columns_of, type Panel, type Series } from '../model/index.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Fields whose step is the step of the grid. */
const PRICES = new Set(['close', 'tick', 'ask', 'bid'])
const OUTSIDE = new Set(['VIX', '^VIX', 'DGS10', 'US10Y', 'TNX', 'DXY', 'DTWEXBGS'])

/** Is a symbol an asset of the market: no outside series such as VIX, and no pair? */
export const is_asset = (symbol: string): boolean => !OUTSIDE.has(symbol.toUpperCase()) && !symbol.includes('/')

export const leads = (series: Series): boolean =>
  PRICES.has(series.field) && !OUTSIDE.has(series.symbol.toUpperCase()) && series.time_ms.length > 1

/** Usual step of the finest prices; a day where there are none. */
export function usual_step(series: readonly Series[]): number {
  const steps = series.filter(leads).map(({ time_ms }) => {
    const gaps = Float64Array.from(
      { length: Math.min(500, time_ms.length - 1) },
      (_, i) => (time_ms[i + 1] as number) - (time_ms[i] as number),
    )
    return median(gaps)
  })
  const least = steps.reduce((low, step) => Math.min(low, step), Number.POSITIVE_INFINITY)
  return Number.isFinite(least) ? Math.max(MINUTE_MS, Math.round(least / MINUTE_MS) * MINUTE_MS) : DAY_MS
}

/** Days of prices within so many before which the event detector has no usual day to compare with, and assets that it asks for. */
export const [LEAST_DAYS, USUAL_DAYS, LEAST_ASSETS] = [20, 60, 5] as const

/** Days on which the price of any asset is known, and on which the event detector could speak. */
export function days_of(panel: Panel): { readonly known: number; readonly judged: number } {
  const per_day = Math.max(1, Math.round(DAY_MS / panel.step_ms))
  const closes = columns_of(panel, 'close')
    .filter((c) => is_asset(panel.columns[c]?.symbol ?? ''))
    .map((c) => panel.values[c] as Float64Array)
  const rows = panel.time_ms.length
  const [any, able] = [new Uint8Array(rows), new Uint32Array(rows)]
  for (const close of closes) {
    const moves = close.map((price, t) => (Number.isFinite(price / (close[t - 1] as number)) ? 1 : 0))
    let within = 0
    for (let t = 0; t < rows; t++) {
      if (Number.isFinite(close[t])) any[t] = 1
      if (within >= LEAST_DAYS * per_day && Number.isFinite((close[t] as number) / (close[t - per_day] as number)))
        able[t] = (able[t] as number) + 1
      within += (moves[t] as number) - (moves[t - USUAL_DAYS * per_day] ?? 0)
    }
  }
  const enough = Math.min(LEAST_ASSETS, closes.length)
  return {
    known: any.reduce((sum, one) => sum + one, 0) / per_day,
    judged: able.filter((count) => count >= enough).length / per_day,
  }
}

/** Share of missing prices from which it is said. */
const SAY_MISSING = 0.01

/** Prices that are missing between the first and the last of each asset, by their own usual step: what was not looked at. */
export function missing_prices(series: readonly Series[]): string[] {
  const holes = series
    .filter((one) => one.field === 'close' && leads(one))
    .map(({ symbol, time_ms }) => {
      const step = usual_step([{ field: 'close', symbol, venue: '', unit: '', time_ms, values: time_ms }])
      const all = Math.round(((time_ms[time_ms.length - 1] as number) - (time_ms[0] as number)) / step) + 1
      return { symbol, all, missing: all - time_ms.length }
    })
    .filter(({ all, missing }) => missing > SAY_MISSING * all)
    .sort((a, b) => b.missing / b.all - a.missing / a.all)
  if (holes.length === 0) return []
  const named = holes.slice(0, 5).map(({ symbol, all, missing }) => `${symbol} ${missing} of ${all}`)
  const more = holes.length > named.length ? ` and ${holes.length - named.length} more` : ''
  return [`prices are missing within the range: ${named.join(', ')}${more}; nothing is known of those times`]
}
