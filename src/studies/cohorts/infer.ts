/** Hidden books from files: cohorts and the liquidation density of one contract, the document `unwind.infer/1`. */
import { iso_time } from '../../analytics/index.ts'
import { column_at, InputError, panel_of, type Series, symbols_with } from '../../model/index.ts'
import {
  band,
  type Band,
  type Cohort,
  CohortFilter,
  cohorts_of,
  type DensityRow,
  EDGES,
  COHORT_FILTER,
  leverage_share,
  liquidation_density,
  mean_entry,
  type Shape,
} from '../../synth/cohorts/index.ts'

export const INFER_SCHEMA = 'unwind.infer/1'
const DAY_MS = 86_400_000
/** Least bars with open interest before anything is said. */
const LEAST = 10
/** Most bars: work grows with their square. */
const MOST = 2000

export interface InferOptions {
  readonly shape: Shape
  readonly seed: number
  readonly particles: number
  readonly step_ms: number
  /** By default the first that has prices and open interest. */
  readonly symbol?: string
  readonly from_ms?: number
  readonly to_ms?: number
}
export const INFER: InferOptions = { shape: 'linear', seed: 1, particles: COHORT_FILTER.particles, step_ms: DAY_MS }

export interface InferDocument {
  readonly schema: typeof INFER_SCHEMA
  readonly evidence: 'inferred'
  readonly symbol: string
  readonly shape: Shape
  readonly seed: number
  readonly particles: number
  readonly step_ms: number
  /** When the last bar was known. */
  readonly time: string
  readonly price_usd: number
  readonly open_interest_usd: number
  readonly bars: { readonly all: number; readonly with_open_interest: number; readonly with_funding: number }
  readonly mean_entry: { readonly long: Band; readonly short: Band }
  readonly leverage: readonly { readonly from: number; readonly to: number; readonly long: Band; readonly short: Band }[]
  readonly density: readonly DensityRow[]
  readonly cohorts: readonly (Cohort & { readonly notional_usd: number })[]
  readonly notes: readonly string[]
}

const shown = (symbols: readonly string[]) => symbols.slice(0, 12).join(', ') || 'none'

/**
 * Reads series on one grid and infers. Open interest in USD becomes base units for linear contracts.
 * @throws InputError when there is no symbol with prices and open interest, or too few or too many bars
 */
export function infer(series: readonly Series[], options: InferOptions, where = 'series'): InferDocument {
  const { shape, seed, particles, step_ms } = options
  const panel = panel_of(series, {
    step_ms,
    ...(options.from_ms === undefined ? {} : { from_ms: options.from_ms }),
    ...(options.to_ms === undefined ? {} : { to_ms: options.to_ms }),
  })
  if (panel.time_ms.length > MOST)
    throw new InputError(where, 'bars', panel.time_ms.length, `at most ${MOST}: a later --from, or a longer --step`)
  const able = symbols_with(panel, 'high', 'low', 'close', 'open_interest')
  const symbol = options.symbol ?? able[0]
  if (symbol === undefined || !able.includes(symbol))
    throw new InputError(where, 'symbol', symbol, `one with high, low, close and open interest: ${shown(able)}`)
  const column = (field: string) => {
    const c = column_at(panel, field, symbol)
    return c < 0 ? undefined : (panel.values[c] as Float64Array)
  }
  const [high, low, close, interest, funding] = ['high', 'low', 'close', 'open_interest', 'funding'].map(column)
  const unit = panel.columns[column_at(panel, 'open_interest', symbol)]?.unit
  const filter = new CohortFilter({ ...COHORT_FILTER, shape, seed, particles, step_days: step_ms / DAY_MS })
  let [all, known, funded, last] = [0, 0, 0, Number.NaN]
  for (let t = 0; t < panel.time_ms.length; t++) {
    // The row known at `from_ms` is of the bar before it.
    if ((panel.time_ms[t] as number) <= (options.from_ms ?? Number.NEGATIVE_INFINITY)) continue
    const row = { high: high?.[t] as number, low: low?.[t] as number, close: close?.[t] as number }
    if (!(row.low > 0 && row.high >= row.low && row.close >= row.low && row.close <= row.high)) continue
    const said = interest?.[t] as number
    const open_interest = said > 0 ? (unit === 'usd' && shape === 'linear' ? said / row.close : said) : Number.NaN
    const rate = funding?.[t] ?? Number.NaN
    filter.step({ ...row, open_interest, funding: rate })
    last = panel.time_ms[t] as number
    all++
    if (open_interest > 0) known++
    if (Number.isFinite(rate)) funded++
  }
  if (known < LEAST)
    throw new InputError(where, 'open_interest', `${known} bars of ${symbol}`, `at least ${LEAST} bars with prices`)
  const made = cohorts_of(filter)
  const worth = shape === 'linear' ? filter.close : 1
  const share = (side: 0 | 1, k: number) =>
    band(leverage_share(filter, side, EDGES[k] as number, EDGES[k + 1] as number), filter.weights)
  const entry = (side: 0 | 1) => band(mean_entry(filter, side), filter.weights)
  return {
    schema: INFER_SCHEMA,
    evidence: made.evidence,
    symbol,
    shape,
    seed,
    particles,
    step_ms,
    time: iso_time(last),
    price_usd: filter.close,
    open_interest_usd: filter.open_interest * worth,
    bars: { all, with_open_interest: known, with_funding: funded },
    mean_entry: { long: entry(0), short: entry(1) },
    leverage: EDGES.slice(1).map((to, k) => ({ from: EDGES[k] as number, to, long: share(0, k), short: share(1, k) })),
    density: liquidation_density(filter),
    cohorts: made.cohorts.map((one) => ({ ...one, notional_usd: one.quantity.mean * worth })),
    notes: notes(
      shape,
      all - known,
      funded,
      able.filter((one) => one !== symbol),
    ),
  }
}

function notes(shape: Shape, before: number, funded: number, others: readonly string[]): string[] {
  return [
    'Nobody publishes these positions: they are inferred from price, open interest and funding, and the bands are what is not known (docs/cohorts.md).',
    shape === 'linear'
      ? 'Taken as a linear contract; for a coin-margined one say --shape inverse.'
      : 'Taken as a coin-margined contract: open interest is USD of face.',
    ...(before < 30 ? ['Fewer than 30 bars of prices without open interest: entries of the oldest positions are guessed.'] : []),
    ...(funded === 0 ? ['No funding: which side is more levered is the prior alone.'] : []),
    ...(others.length > 0 ? [`Other symbols in these files: ${shown(others)} (--symbol).`] : []),
  ]
}
