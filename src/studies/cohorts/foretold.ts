/** Open interest foretold one day ahead on real series, beside persistence. */
import { linearRegression, log, quantileSorted, Rng } from '../../math/index.ts'
import { CohortFilter, type FilterOptions, type CohortBar } from '../../synth/cohorts/index.ts'

/** Errors of the logarithm of open interest on one day: what happened less what was said the evening before, or told the day's range. */
export interface ForetoldDay {
  readonly day: number
  /** Nobody moves: the change itself. */
  readonly persistence: number
  /** The filter, knowing nothing of the day: ranges like those of the last 30 days are tried. */
  readonly ahead: number
  /** The filter, told the day's high and low but not its open interest. */
  readonly told: number
  /** The change regressed on the day's return over all days before: the naive rule for who is told the price. */
  readonly regression: number
}

const RANGES = 30
const LEAST = 30

/** Reads rows in order; days are scored once `LEAST` changes of open interest have been seen. */
export function foretell(rows: readonly CohortBar[], options: FilterOptions): ForetoldDay[] {
  const filter = new CohortFilter(options)
  const out: ForetoldDay[] = []
  const returns: number[] = []
  const changes: number[] = []
  rows.forEach((row, day) => {
    const before = rows[day - 1]
    const change = before === undefined ? Number.NaN : log(row.open_interest / before.open_interest)
    if (before !== undefined && Number.isFinite(change)) {
      const moved = log(row.close / before.close)
      if (changes.length >= LEAST) {
        const line = linearRegression(returns, changes)
        const guess = line === null ? 0 : line.intercept + line.slope * moved
        const past = rows.slice(Math.max(1, day - RANGES), day)
        const tried = past.map((one, i) => {
          const from = (rows[day - past.length + i - 1] as CohortBar).close / before.close
          return growth(filter, { high: Math.max(one.high / from, before.close), low: Math.min(one.low / from, before.close) })
        })
        out.push({
          day,
          persistence: change,
          ahead: change - tried.reduce((sum, one) => sum + one, 0) / tried.length,
          told: change - growth(filter, row),
          regression: change - guess,
        })
      }
      returns.push(moved)
      changes.push(change)
    }
    filter.step(row)
  })
  return out
}

/** Mean over particles of the change they expect. */
function growth(filter: CohortFilter, range: { readonly high: number; readonly low: number }): number {
  const after = filter.caps_after(range)
  let sum = 0
  for (let i = 0; i < filter.particles; i++) sum += (filter.weights[i] as number) * filter.growth(i, after)
  return sum
}

export type Forecaster = 'ahead' | 'told' | 'regression'

export interface Skill {
  readonly forecaster: Forecaster
  readonly days: number
  /** Root mean square and mean absolute error ÷ those of persistence, with 95 % intervals of a circular block bootstrap. */
  readonly rmse: readonly [number, number, number]
  readonly mae: readonly [number, number, number]
  readonly verdict: 'better' | 'worse' | 'no skill'
}

/** Days of a block, and resamples. */
const BLOCK = 7
const RESAMPLES = 2000

/** Ratio of errors against persistence. `better` or `worse` only when both intervals leave 1 on that side. Source of the bootstrap: Politis and Romano (1992). */
export function skill(days: readonly ForetoldDay[], forecaster: Forecaster, seed = 1): Skill {
  const n = days.length
  const rng = new Rng(seed, 0, 'blocks', forecaster)
  const ratio = (index: (i: number) => number, squared: boolean) => {
    let [mine, base] = [0, 0]
    for (let i = 0; i < n; i++) {
      const day = days[index(i)] as ForetoldDay
      mine += squared ? day[forecaster] * day[forecaster] : Math.abs(day[forecaster])
      base += squared ? day.persistence * day.persistence : Math.abs(day.persistence)
    }
    return squared ? Math.sqrt(mine / base) : mine / base
  }
  const draws = { rmse: new Float64Array(RESAMPLES), mae: new Float64Array(RESAMPLES) }
  const starts = new Int32Array(Math.ceil(n / BLOCK))
  for (let r = 0; r < RESAMPLES; r++) {
    for (let b = 0; b < starts.length; b++) starts[b] = rng.uniformInt(n)
    const index = (i: number) => ((starts[Math.floor(i / BLOCK)] as number) + (i % BLOCK)) % n
    draws.rmse[r] = ratio(index, true)
    draws.mae[r] = ratio(index, false)
  }
  const all = (sorted: Float64Array, value: number) =>
    [value, quantileSorted(sorted.sort(), 0.025), quantileSorted(sorted, 0.975)] as const
  const same = (i: number) => i
  const rmse = all(draws.rmse, ratio(same, true))
  const mae = all(draws.mae, ratio(same, false))
  const verdict = rmse[2] < 1 && mae[2] < 1 ? 'better' : rmse[1] > 1 && mae[1] > 1 ? 'worse' : 'no skill'
  return { forecaster, days: n, rmse, mae, verdict }
}
