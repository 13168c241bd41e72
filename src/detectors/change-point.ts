/** A change of regime in volatility: posterior of the time since the last change of the level of log ranges. */
import { exp, log, pelt, RunLength } from '../math/index.ts'
import { column_at, type Detector, type PanelShape, symbols_with } from '../model/index.ts'
import { percent } from './shared/latch.ts'
import { type Read, watch_each } from './shared/threshold.ts'

const DAY_MS = 86_400_000
/** Changes expected once in so many days; a change has happened when fewer than FRESH days since it hold half of the posterior. */
const EVERY_DAYS = 60
const FRESH = 5
const SETTLED = 20
/** Days that are segmented once more when the posterior says that something changed, and the shortest segment. */
const SEGMENTED = 250
const SHORTEST = 3

export const changePoint: Detector = {
  id: 'change-point',
  title: 'Regime change of volatility',
  source:
    'Adams and MacKay (2007) on the log of daily ranges (of |return| where there are none), normal–inverse-gamma prior from the first 30 days; confirmed by segmentation, Killick, Fearnhead and Eckley (2012); docs/detectors/change-point.md',
  needs: ['close', 'high?', 'low?'],
  open(shape: PanelShape) {
    return watch_each(
      'change-point',
      'regime-change',
      10 * DAY_MS,
      symbols_with(shape, 'close')
        .filter((symbol) => !symbol.includes('/'))
        .map((symbol) => {
          const columns = ['close', 'high', 'low'].map((field) => column_at(shape, field, symbol))
          return { subject: symbol, columns, read: reader(columns as [number, number, number], symbol) }
        }),
    )
  },
}

/** Days since the last change of level by exact segmentation (PELT), penalty 2 σ² ln n with σ² from neighbouring differences; NaN where there is none. */
function last_change(values: readonly number[]): number {
  const n = values.length
  let squares = 0
  for (let i = 1; i < n; i++) {
    const gap = (values[i] as number) - (values[i - 1] as number)
    squares += gap * gap
  }
  const variance = squares / (2 * (n - 1))
  const { ends } = pelt(values, 2 * variance * log(n), SHORTEST)
  return ends.length > 1 ? n - (ends[ends.length - 2] as number) : Number.NaN
}

function reader([close, high, low]: readonly [number, number, number], symbol: string): Read {
  let day = Number.NaN
  let [top, bottom, before] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN]
  const first: number[] = []
  const recent: number[] = []
  let model: RunLength | undefined
  let [settled, level, last] = [false, Number.NaN, Number.NaN]
  let fresh = 0
  const take = (value: number) => {
    if (!Number.isFinite(value)) return
    recent.push(value)
    if (recent.length > SEGMENTED) recent.shift()
    if (model === undefined) {
      first.push(value)
      if (first.length < 30) return
      const mean = first.reduce((sum, one) => sum + one, 0) / 30
      const variance = first.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / 29
      level = mean
      model = new RunLength({ mean, kappa: 0.1, alpha: 2, beta: 2 * variance, hazard: 1 / EVERY_DAYS }, 400)
      return
    }
    const old = model.within(SETTLED)
    model.push(value)
    const was = fresh
    fresh = model.within(FRESH)
    // A change counts once the regime before it had lasted.
    if (old < 0.5) settled = true
    else if (was > 0.5 && fresh <= 0.5) settled = false
    if (fresh < 0.5) level = Number.isFinite(level) ? level + 0.05 * (value - level) : value
    last = value
  }
  return (row, time_ms) => {
    const price = row[close] as number
    if (!(price > 0)) return 'unknown'
    const today = Math.floor((time_ms - 1) / DAY_MS)
    if (today !== day) {
      if (Number.isFinite(top) && Number.isFinite(bottom) && top > bottom) take(log(log(top / bottom)))
      day = today
      ;[top, bottom] = [Math.max(before, price) || price, Math.min(before, price) || price]
    }
    top = Math.max(top, high >= 0 && Number.isFinite(row[high]) ? (row[high] as number) : price)
    bottom = Math.min(bottom, low >= 0 && Number.isFinite(row[low]) ? (row[low] as number) : price)
    before = price
    if (model === undefined) return 'unknown'
    const changed = settled && fresh > 0.5
    const up = last > level
    // Asked only where the posterior speaks: it costs the square of what is remembered.
    const ago = changed && up ? last_change(recent) : Number.NaN
    const agrees = ago <= SETTLED
    return {
      severity: changed && up ? (fresh > 0.9 ? 'warning' : 'info') : undefined,
      what: `ranges of ${symbol} have changed level: the last is ${percent(exp(last))}, usual was ${percent(exp(level))}`,
      baseline: `one change in ${EVERY_DAYS} days expected; probability that it is at most ${FRESH} days ago is ${fresh.toFixed(2)}`,
      confidence: Math.min(0.99, fresh) * (agrees ? 1 : 0.7),
      evidence: {
        probability: fresh,
        range: exp(last),
        usual_range: exp(level),
        ...(Number.isFinite(ago) ? { segments_changed_days_ago: ago } : {}),
      },
    }
  }
}
