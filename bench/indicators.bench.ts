/**
 * All indicators, and all detectors behind them, over 50 symbols × 3 years of hourly rows, each row timed as if it came live; per indicator the slowest. The baseline beside it is the least that
 * any reader of the same panel must do: visit every value once and keep a rolling mean of it. Row by row in one process.
 */
import { detectors } from '../src/detectors/index.ts'
import { indicators } from '../src/indicators/index.ts'
import { exp, Rng } from '../src/math/index.ts'
import type { Alert, Panel, PanelColumn } from '../src/model/index.ts'

const SYMBOLS = Number(process.env.SYMBOLS ?? 50)
const ROWS = Number(process.env.ROWS ?? 3 * 365 * 24)
const FIELDS: readonly (readonly [string, string])[] = [
  ['open', 'usd'],
  ['high', 'usd'],
  ['low', 'usd'],
  ['close', 'usd'],
  ['volume', 'coin'],
  ['open_interest', 'usd'],
  ['funding', 'ratio'],
]
/** Fields that the other indicators read, with their level: what feeds all of them. */
const MORE: readonly (readonly [string, number])[] = [
  ...(['market_cap', 'transaction_value', 'active_addresses', 'exchange_reserve'] as const).map((field) => [field, 1e8] as const),
  ...(['bid', 'mark', 'index', 'ask'] as const).map((field) => [field, 100] as const),
  ...(['liquidated_long', 'liquidated_short', 'buy_volume', 'sell_volume', 'depth', 'liquidity'] as const).map(
    (field) => [field, 1e4] as const,
  ),
  ...(['utilisation', 'optimal_utilisation', 'current_variable_borrow_rate'] as const).map((field) => [field, 0.5] as const),
  ...(['implied_volatility', 'implied_volatility_put', 'implied_volatility_call'] as const).map((field) => [field, 0.6] as const),
  ['tick', 10],
]
/** Of snapshots, a venue each. */
const TABLES: readonly string[] = [
  ...Array.from({ length: 51 }, (_, percent) => `liquidatable_at_${percent}`),
  ...['executable', 'stuck', 'bad_debt'].flatMap((part) => [5, 10, 20, 30, 40].map((percent) => `${part}_at_${percent}`)),
  ...['owed', 'owed_squares', 'owed_largest', 'owed_below_110', 'debts_at_40', 'equity_at_40'],
]

function market(): Pick<Panel, 'step_ms' | 'columns'> & { row(t: number, out: Float64Array): void } {
  const rng = new Rng(1)
  const columns: PanelColumn[] = []
  for (let s = 0; s < SYMBOLS; s++)
    for (const [field, unit] of FIELDS) columns.push({ field, symbol: `S${s}`, venue: 'one', unit })
  for (let s = 0; s < SYMBOLS; s++)
    columns.push(
      { field: 'open_interest', symbol: `S${s}`, venue: 'two', unit: 'usd' },
      { field: 'funding', symbol: `S${s}`, venue: 'two', unit: 'ratio' },
    )
  const first = columns.length
  for (const venue of ['one', 'two']) {
    for (let s = 0; s < SYMBOLS; s++) {
      if (venue === 'one') for (const [field] of MORE) columns.push({ field, symbol: `S${s}`, venue, unit: 'unit' })
      else for (const field of ['close', 'volume', 'mark']) columns.push({ field, symbol: `S${s}`, venue, unit: 'usd' })
      columns.push({ field: 'pool_balance', symbol: `S${s}`, venue, unit: 'usd' })
      columns.push({ field: 'collateral', symbol: `S${s}`, venue, unit: 'usd' })
    }
    for (const field of TABLES) columns.push({ field, symbol: '', venue, unit: 'usd' })
  }
  for (const field of ['reproduction_at_0', 'reproduction_at_50', 'shock_reproduction_at_10', 'shock_reproduction_at_20'])
    columns.push({ field, symbol: '', venue: '', unit: 'ratio' })
  for (const symbol of ['USDC', 'VIX', 'DGS10', 'DXY']) columns.push({ field: 'close', symbol, venue: '', unit: 'usd' })
  const levels = Float64Array.from(columns, ({ field }) => MORE.find(([name]) => name === field)?.[1] ?? 1)
  const level = new Float64Array(SYMBOLS).fill(100)
  return {
    step_ms: 3_600_000,
    columns,
    row(t, out) {
      const common = 0.006 * rng.normal()
      for (let s = 0; s < SYMBOLS; s++) {
        const open = level[s] as number
        const close = open * exp(common + 0.008 * rng.normal())
        level[s] = close
        out.set(
          [open, Math.max(open, close) * 1.002, Math.min(open, close) * 0.998, close, 1e4, 1e6 * close, 1e-4 * rng.normal()],
          s * FIELDS.length,
        )
        out[SYMBOLS * FIELDS.length + 2 * s] = 5e5 * close
        out[SYMBOLS * FIELDS.length + 2 * s + 1] = 1e-4 * rng.normal()
      }
      // Cheap noise: what these cost does not depend on it.
      const noise = 0.9 + 0.2 * rng.uniform()
      for (let c = first; c < columns.length; c++) out[c] = (levels[c] as number) * (0.95 + 0.1 * ((noise * (c + t)) % 1))
    },
  }
}

const panel = market()
const streams = indicators
  .map((indicator) => ({ id: indicator.id, stream: indicator.open(panel), ms: 0 }))
  .filter(({ stream }) => stream.outputs.length > 0)
const outs = streams.map(({ stream }) => new Float64Array(stream.outputs.length))
const row = new Float64Array(panel.columns.length)
const ring = Array.from({ length: row.length }, () => new Float64Array(720))
const sums = new Float64Array(row.length)
let plain = 0
const live: number[] = []
/** Processor time: other programs do not count. */
const cpu_ms = () => process.cpuUsage().user / 1000
/** Data and what indicators say of it: what detectors read. */
const columns = [...panel.columns, ...streams.flatMap(({ stream }) => stream.outputs)]
const whole = new Float64Array(columns.length)
const ages = new Float64Array(columns.length)
const watchers = detectors.map((detector) => detector.open({ step_ms: panel.step_ms, columns }))
const watched = watchers.filter(({ subjects }) => subjects.length > 0).length
const alerts: Alert[] = []
let watching = 0
for (let t = 0; t < ROWS; t++) {
  panel.row(t, row)
  const start = cpu_ms()
  for (let c = 0; c < row.length; c++) {
    const values = ring[c] as Float64Array
    sums[c] = (sums[c] as number) + (row[c] as number) - (values[t % 720] as number)
    values[t % 720] = row[c] as number
  }
  let at = cpu_ms()
  plain += at - start
  const first = at
  let offset = row.length
  whole.set(row)
  streams.forEach((one, s) => {
    const out = outs[s] as Float64Array
    one.stream.push((t + 1) * panel.step_ms, row, out)
    whole.set(out, offset)
    offset += out.length
    const now = cpu_ms()
    one.ms += now - at
    at = now
  })
  for (const watcher of watchers) watcher.push((t + 1) * panel.step_ms, whole, ages, alerts)
  const end = cpu_ms()
  watching += end - at
  live.push(end - first)
}
const total = streams.reduce((sum, { ms }) => sum + ms, 0)
const outputs = streams.reduce((sum, { stream }) => sum + stream.outputs.length, 0)
console.log(
  `${SYMBOLS} symbols × ${ROWS} hours, ${panel.columns.length} columns, ${streams.length} indicators, ${outputs} outputs: ${(total / 1000).toFixed(1)} s; rolling means of all columns ${(plain / 1000).toFixed(2)} s: ${(total / plain).toFixed(0)}×`,
)
live.sort((a, b) => a - b)
console.log(
  `a live row: median ${live[live.length >> 1]?.toFixed(2)} ms, slowest ${live.at(-1)?.toFixed(1)} ms, ${((total + watching) / ROWS).toFixed(2)} ms on average, ${watched} of ${detectors.length} detectors (${(watching / 1000).toFixed(1)} s, ${alerts.length} alerts) included; above 50 ms: ${live.filter((ms) => ms > 50).length} rows`,
)
const silent = indicators.filter(({ id }) => !streams.some((one) => one.id === id)).map(({ id }) => id)
console.log(`nothing to read for: ${silent.join(', ') || 'none'}`)
streams.sort((a, b) => b.ms - a.ms)
for (const { id, ms } of streams.slice(0, 8)) console.log(`  ${id} ${(ms / 1000).toFixed(2)} s`)
