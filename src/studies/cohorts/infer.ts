/** Hidden books from files: cohorts and the liquidation density of one contract, the document `unwind.infer/1`. */
import { iso_time } from '../../analytics/index.ts'
import { median } from '../../math/index.ts'
import { column_at, InputError, type Panel, panel_of, Said, type Series } from '../../model/index.ts'
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
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Least bars with open interest before anything is said. */
const LEAST = 10
/** Most bars: work grows with their square. */
const MOST = 2000

export interface InferOptions {
  /** By default told by the name of the market with the open interest: inverse where that is a coin-margined one of Binance's, such as BTCUSD_PERP; else linear. */
  readonly shape?: Shape
  readonly seed: number
  readonly particles: number
  readonly step_ms: number
  /** By default that with prices and the largest open interest. */
  readonly symbol?: string
  readonly from_ms?: number
  readonly to_ms?: number
}
export const INFER: InferOptions = { seed: 1, particles: COHORT_FILTER.particles, step_ms: DAY_MS }

export interface InferDocument {
  readonly schema: typeof INFER_SCHEMA
  readonly evidence: 'inferred'
  readonly symbol: string
  readonly shape: Shape
  /** Whose open interest and funding were read: names of the files, empty where they have none. */
  readonly open_interest_of: string
  readonly funding_of: string
  /** Maintenance margin rate of the law of liquidation: isolated margin, no exchange's own tiers. */
  readonly maintenance: number
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

/** Coin-margined contracts of Binance's, with or without a suffix of who collected them. */
const COIN_MARGINED = /^[A-Z0-9]+USD_(PERP|\d{6})\b/

const last_of = (values: Float64Array) => values.findLast((value) => value > 0) ?? 0

/** Symbols with prices, the one with the largest open interest in USD first. @throws InputError where none has both */
function able_of(series: readonly Series[], where: string): string[] {
  const with_field = (field: string) => series.filter((one) => one.field === field && one.time_ms.length > 0)
  const interest = with_field('open_interest')
  if (interest.length === 0)
    throw new InputError(
      where,
      'open_interest',
      new Said('in none of the files'),
      'a column open_interest_usd or open_interest (coins) beside the prices, or a file with a time, symbol and one of them, or date, coin_symbol, market, oi_open, oi_high, oi_low, oi_close',
    )
  const priced = (symbol: string) =>
    ['high', 'low', 'close'].every((field) => with_field(field).some((one) => one.symbol === symbol))
  const usd = ({ symbol, unit, values }: Series) =>
    last_of(values) * (unit === 'usd' ? 1 : last_of(with_field('close').find((one) => one.symbol === symbol)?.values ?? values))
  const able = [...new Set(interest.map(({ symbol }) => symbol))].filter(priced)
  const size = (symbol: string) => Math.max(...interest.filter((one) => one.symbol === symbol).map(usd))
  if (able.length === 0)
    throw new InputError(
      where,
      'symbol',
      new Said(
        `prices of ${shown([...new Set(with_field('close').map(({ symbol }) => symbol))])}, open interest of ${shown(interest.map(({ symbol }) => symbol))}`,
      ),
      'one with high, low, close and open interest',
    )
  return able.toSorted((a, b) => size(b) - size(a))
}

/** Usual distance of two neighbours; 0 of fewer than two. */
function spacing_of(time_ms: Float64Array): number {
  const gaps = time_ms.subarray(1).map((time, i) => time - (time_ms[i] as number))
  return gaps.length > 0 ? median(gaps) : 0
}

const known_from = (read: ReadonlyMap<string, Series>, at: number) => iso_time(read.get('close')?.time_ms.at(at) ?? 0)

/** The series of one symbol that are read, one a field: the largest open interest, and the funding of the same venue, else the first. */
function read_of(series: readonly Series[], symbol: string): Map<string, Series> {
  const own = series.filter((one) => one.symbol === symbol && one.time_ms.length > 0)
  const out = new Map<string, Series>()
  const [interest] = own
    .filter(({ field }) => field === 'open_interest')
    .toSorted((a, b) => last_of(b.values) - last_of(a.values))
  for (const field of ['high', 'low', 'close', 'funding']) {
    const all = own.filter((one) => one.field === field)
    const found = all.find(({ venue }) => venue === interest?.venue) ?? all[0]
    if (found !== undefined) out.set(field, found)
  }
  if (interest !== undefined) out.set('open_interest', interest)
  return out
}

/**
 * Reads series on one grid and infers. Open interest in USD becomes base units for linear contracts.
 * @throws InputError when there is no symbol with prices and open interest, or too few or too many bars
 */
export function infer(
  series: readonly Series[],
  options: InferOptions,
  where = 'series',
  on_progress?: (done: number) => void,
): InferDocument {
  const { seed, particles, step_ms } = options
  const able = able_of(series, where)
  const symbol = options.symbol ?? (able[0] as string)
  if (!able.includes(symbol))
    throw new InputError('--symbol', '', symbol, `one with high, low, close and open interest: ${shown(able)}`)
  const read = read_of(series, symbol)
  const panel = panel_of([...read.values()], {
    step_ms,
    ...(options.from_ms === undefined ? {} : { from_ms: options.from_ms }),
    ...(options.to_ms === undefined ? {} : { to_ms: options.to_ms }),
  })
  const usual = spacing_of(read.get('close')?.time_ms ?? new Float64Array(0))
  if (step_ms < usual)
    throw new InputError(
      '--step',
      '',
      `${step_ms / HOUR_MS}h`,
      `at least ${usual / HOUR_MS}h, the step of the prices of ${symbol}`,
    )
  if (panel.time_ms.length > MOST)
    throw new InputError(where, 'bars', panel.time_ms.length, `at most ${MOST}: a later --from, or a longer --step`)
  const market = read.get('open_interest')?.venue ?? ''
  const shape = options.shape ?? (COIN_MARGINED.test(market) ? 'inverse' : 'linear')
  const filter = new CohortFilter({ ...COHORT_FILTER, shape, seed, particles, step_days: step_ms / DAY_MS })
  const { bars, last } = fed(filter, panel, symbol, options.from_ms ?? Number.NEGATIVE_INFINITY, on_progress)
  if (bars.with_open_interest < LEAST)
    throw new InputError(
      where,
      'open_interest',
      `${bars.with_open_interest} bars of ${symbol}`,
      `at least ${LEAST} bars with prices and open interest in the range asked; the files hold prices from ${known_from(read, 0)} to ${known_from(read, -1)}`,
    )
  const made = cohorts_of(filter)
  const worth = shape === 'linear' ? filter.close : 1
  const share = (side: 0 | 1, k: number) =>
    band(leverage_share(filter, side, EDGES[k] as number, EDGES[k + 1] as number), filter.weights)
  const entry = (side: 0 | 1) => band(mean_entry(filter, side), filter.weights)
  return {
    ...{ schema: INFER_SCHEMA, evidence: made.evidence, symbol, shape },
    open_interest_of: market,
    funding_of: read.get('funding')?.venue ?? '',
    maintenance: filter.options.rate,
    ...{ seed, particles, step_ms },
    time: iso_time(last),
    price_usd: filter.close,
    open_interest_usd: filter.open_interest * worth,
    bars,
    mean_entry: { long: entry(0), short: entry(1) },
    leverage: EDGES.slice(1).map((to, k) => ({ from: EDGES[k] as number, to, long: share(0, k), short: share(1, k) })),
    density: liquidation_density(filter),
    cohorts: made.cohorts.map((one) => ({ ...one, notional_usd: one.quantity.mean * worth })),
    notes: [
      ...notes({ shape, told: options.shape === undefined, market, bars, others: able.filter((one) => one !== symbol) }),
      ...early_end(read, last, step_ms, options.to_ms),
    ],
  }
}

/** Gives the filter every bar that is one, in order. `last` is when the newest was known. */
function fed(
  filter: CohortFilter,
  panel: Panel,
  symbol: string,
  from_ms: number,
  on_progress?: (done: number) => void,
): { readonly bars: InferDocument['bars']; readonly last: number } {
  const column = (field: string) => {
    const c = column_at(panel, field, symbol)
    return c < 0 ? undefined : (panel.values[c] as Float64Array)
  }
  const [high, low, close, interest, funding] = ['high', 'low', 'close', 'open_interest', 'funding'].map(column)
  const in_usd = panel.columns[column_at(panel, 'open_interest', symbol)]?.unit === 'usd'
  let [all, known, funded, last] = [0, 0, 0, Number.NaN]
  for (let t = 0; t < panel.time_ms.length; t++) {
    // Work grows with the books of before.
    on_progress?.((t / panel.time_ms.length) * (t / panel.time_ms.length))
    // The row known at `from_ms` is of the bar before it.
    if ((panel.time_ms[t] as number) <= from_ms) continue
    const row = { high: high?.[t] as number, low: low?.[t] as number, close: close?.[t] as number }
    if (!(row.low > 0 && row.high >= row.low && row.close >= row.low && row.close <= row.high)) continue
    const said = interest?.[t] as number
    const open_interest = said > 0 ? (in_usd && filter.options.shape === 'linear' ? said / row.close : said) : Number.NaN
    const rate = funding?.[t] ?? Number.NaN
    filter.step({ ...row, open_interest, funding: rate })
    last = panel.time_ms[t] as number
    all++
    if (open_interest > 0) known++
    if (Number.isFinite(rate)) funded++
  }
  return { bars: { all, with_open_interest: known, with_funding: funded }, last }
}

/** Prices that end before the open interest does. */
function early_end(read: ReadonlyMap<string, Series>, last: number, step_ms: number, to_ms = Number.POSITIVE_INFINITY): string[] {
  const times = read.get('open_interest')?.time_ms
  const end = Math.min(to_ms, times?.[times.length - 1] ?? last)
  return end > last + 2 * step_ms
    ? [`Prices end at ${iso_time(last)}, open interest at ${iso_time(end)}: what is said is of the former.`]
    : []
}

interface Noted {
  readonly shape: Shape
  /** The shape was told by the name of the market. */
  readonly told: boolean
  readonly market: string
  readonly bars: InferDocument['bars']
  readonly others: readonly string[]
}

function notes({ shape, told, market, bars, others }: Noted): string[] {
  const by_name = market === '' ? '' : ` by the name ${market}`
  return [
    'Nobody publishes these positions: they are inferred from price, open interest and funding, and the bands are what is not known (docs/cohorts.md).',
    shape === 'linear'
      ? `Taken as a linear contract${told ? by_name : ''}${told ? '; for a coin-margined one say --shape inverse' : ''}.`
      : `Taken as a coin-margined contract${told ? by_name : ''}: open interest is USD of face${told ? '; for a linear one say --shape linear' : ''}.`,
    ...(bars.all - bars.with_open_interest < 30
      ? ['Fewer than 30 bars of prices without open interest: entries of the oldest positions are guessed.']
      : []),
    ...(bars.with_funding === 0 ? ['No funding: which side is more levered is the prior alone.'] : []),
    ...(others.length > 0 ? [`Other symbols in these files: ${shown(others)} (--symbol).`] : []),
  ]
}
