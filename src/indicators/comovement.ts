/** Whether assets move as one: correlation, absorption, turbulence. Of daily returns, whatever the step; between days the last value stands. */
import { column_at, type Indicator, type IndicatorStream, type PanelShape, symbols_with } from '../model/index.ts'
import { absorptionRatio, covariance, turbulence } from './shared/comovement.ts'
import { Returns, Rolling } from './shared/rolling.ts'
import { DAY_MS, finite, SILENT } from './shared/streams.ts'

/** Days of returns that a covariance is taken over; the originals use 500, which crypto seldom has. */
export const COVARIANCE_DAYS = 180
/** Largest number of assets: the eigenvalues of more take longer than a tick may. */
const MOST = 64

/** Daily returns of the symbols that have been known for the whole span. */
class DailyReturns {
  readonly symbols: readonly string[]
  readonly rows: readonly Rolling[]
  private readonly columns: readonly number[]
  private readonly moves: readonly Returns[]
  private next_ms = Number.NEGATIVE_INFINITY

  constructor(shape: PanelShape, days: number) {
    this.symbols = symbols_with(shape, 'close').slice(0, MOST)
    this.columns = this.symbols.map((symbol) => column_at(shape, 'close', symbol))
    this.moves = this.symbols.map(() => new Returns())
    this.rows = this.symbols.map(() => new Rolling(days))
  }

  /** Takes a row; true when a day has passed and its returns are in. */
  push(time_ms: number, row: Float64Array): boolean {
    if (time_ms < this.next_ms) return false
    this.next_ms = (Math.floor(time_ms / DAY_MS) + 1) * DAY_MS
    this.columns.forEach((column, s) => (this.rows[s] as Rolling).push((this.moves[s] as Returns).push(row[column] as number)))
    return true
  }

  /** Matrix of the assets known on every one of the last `days` days but `skip`: assets × days. null with fewer than three. */
  matrix(
    days: number,
    skip: number,
  ): { readonly m: number; readonly assets: readonly number[]; readonly values: Float64Array } | null {
    const assets: number[] = []
    const list: number[] = []
    this.rows.forEach((rolling, s) => {
      const own: number[] = []
      for (let back = days + skip - 1; back >= skip; back--) own.push(rolling.back(back))
      if (!own.every(Number.isFinite) || !own.some((value) => value !== 0)) return
      assets.push(s)
      list.push(...own)
    })
    return assets.length < 3 ? null : { m: assets.length, assets, values: Float64Array.from(list) }
  }
}

/** One daily number for the market. */
function daily(
  shape: PanelShape,
  id: string,
  unit: string,
  days: number,
  more: number,
  open: (returns: DailyReturns) => () => number,
): IndicatorStream {
  const returns = new DailyReturns(shape, days + 1)
  if (returns.symbols.length < 3) return SILENT
  const read = open(returns)
  let value = Number.NaN
  let seen = 0
  return {
    outputs: [{ field: id, symbol: '', venue: '', unit }],
    warmup: Math.max(
      1,
      Math.floor(((days + more) * DAY_MS) / Math.max(DAY_MS, shape.step_ms)) * Math.max(1, Math.round(DAY_MS / shape.step_ms)) -
        1,
    ),
    push(time_ms, row, out) {
      if (returns.push(time_ms, row)) {
        seen++
        value = seen > days ? finite(read()) : Number.NaN
      }
      out[0] = value
    },
  }
}

const correlation: Indicator = {
  id: 'mean_correlation',
  title: 'Mean correlation of pairs, 60 days',
  source: 'mean over pairs of the correlation of daily returns',
  needs: ['close'],
  reads: 'high: nothing diversifies',
  open: (shape) =>
    daily(shape, 'mean_correlation', 'ratio', 60, 0, (returns) => () => {
      const found = returns.matrix(60, 0)
      if (found === null) return Number.NaN
      const { m } = found
      const matrix = covariance(found.values, m, 60)
      let sum = 0
      for (let a = 0; a < m; a++)
        for (let b = 0; b < a; b++)
          sum += (matrix[a * m + b] as number) / Math.sqrt((matrix[a * m + a] as number) * (matrix[b * m + b] as number))
      return sum / ((m * (m - 1)) / 2)
    }),
}

const ratio_of = (returns: DailyReturns) => {
  const found = returns.matrix(COVARIANCE_DAYS, 0)
  return found === null ? Number.NaN : absorptionRatio(covariance(found.values, found.m, COVARIANCE_DAYS), found.m)
}

const absorption: Indicator = {
  id: 'absorption_ratio',
  title: `Absorption ratio, ${COVARIANCE_DAYS} days`,
  source: 'Kritzman, Li, Page and Rigobon (2011): variance held by the first fifth of components',
  needs: ['close'],
  reads: 'high: the market is tightly coupled',
  open: (shape) => daily(shape, 'absorption_ratio', 'ratio', COVARIANCE_DAYS, 0, (returns) => () => ratio_of(returns)),
}

const absorption_shift: Indicator = {
  id: 'absorption_shift',
  title: 'Shift of the absorption ratio',
  source: '(mean of 15 days − mean of 180) ÷ standard deviation of 180; the original uses 250 days and acts above 1',
  needs: ['close'],
  reads: 'above 1: coupling has tightened fast',
  open: (shape) =>
    daily(shape, 'absorption_shift', 'standard deviations', COVARIANCE_DAYS, 30, (returns) => {
      const [short, long] = [new Rolling(15), new Rolling(180)]
      return () => {
        const value = ratio_of(returns)
        short.push(value)
        long.push(value)
        return long.count >= 30 && long.variance > 0 ? (short.mean - long.mean) / Math.sqrt(long.variance) : Number.NaN
      }
    }),
}

const turbulent: Indicator = {
  id: 'turbulence',
  title: 'Turbulence, mean of 5 days',
  source:
    'Kritzman and Li (2010): Mahalanobis distance of a day’s returns from those of the 180 days before it, ÷ number of assets; ridge 1 %',
  needs: ['close'],
  reads: 'far above 1: returns are unusual in size or in combination',
  open: (shape) =>
    daily(shape, 'turbulence', 'ratio', COVARIANCE_DAYS + 1, 4, (returns) => {
      const five = new Rolling(5)
      return () => {
        const before = returns.matrix(COVARIANCE_DAYS, 1)
        if (before === null) return Number.NaN
        const { m, assets, values } = before
        const mean = assets.map(
          (_, a) =>
            values.subarray(a * COVARIANCE_DAYS, (a + 1) * COVARIANCE_DAYS).reduce((sum, value) => sum + value, 0) /
            COVARIANCE_DAYS,
        )
        const today = assets.map((s) => (returns.rows[s] as Rolling).last)
        five.push(turbulence(today, mean, covariance(values, m, COVARIANCE_DAYS), m, 0.01) / m)
        return five.full ? five.mean : Number.NaN
      }
    }),
}

export const comovement: readonly Indicator[] = [correlation, absorption, absorption_shift, turbulent]
