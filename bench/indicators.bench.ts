/**
 * All indicators over 50 symbols × 3 years of hourly rows, and one live row more; per indicator the slowest. The baseline beside it is the least that
 * any reader of the same panel must do: visit every value once and keep a rolling mean of it. Interleaved by chunks of rows in one process.
 */
import { indicators } from '../src/indicators/index.ts'
import { exp, Rng } from '../src/math/index.ts'
import type { Panel, PanelColumn } from '../src/model/index.ts'

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
  const level = new Float64Array(SYMBOLS).fill(100)
  return {
    step_ms: 3_600_000,
    columns,
    row(_, out) {
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
const CHUNK = 24
for (let t = 0; t < ROWS; t += CHUNK) {
  const rows = Array.from({ length: Math.min(CHUNK, ROWS - t) }, (_, k) => {
    panel.row(t + k, row)
    return row.slice()
  })
  const start = cpu_ms()
  rows.forEach((values, k) => {
    for (let c = 0; c < values.length; c++) {
      const at = (t + k) % 720
      const old = (ring[c] as Float64Array)[at] as number
      sums[c] = (sums[c] as number) + (values[c] as number) - old
      ;(ring[c] as Float64Array)[at] = values[c] as number
    }
  })
  plain += cpu_ms() - start
  const last = rows.length - 1
  let newest = 0
  streams.forEach((one, s) => {
    const out = outs[s] as Float64Array
    const before = cpu_ms()
    for (let k = 0; k < last; k++) one.stream.push((t + k + 1) * panel.step_ms, rows[k] as Float64Array, out)
    const middle = cpu_ms()
    one.stream.push((t + last + 1) * panel.step_ms, rows[last] as Float64Array, out)
    const after = cpu_ms()
    newest += after - middle
    one.ms += after - before
  })
  live.push(newest)
}
const total = streams.reduce((sum, { ms }) => sum + ms, 0)
const outputs = streams.reduce((sum, { stream }) => sum + stream.outputs.length, 0)
console.log(
  `${SYMBOLS} symbols × ${ROWS} hours, ${panel.columns.length} columns, ${streams.length} indicators, ${outputs} outputs: ${(total / 1000).toFixed(1)} s; rolling means of all columns ${(plain / 1000).toFixed(2)} s: ${(total / plain).toFixed(0)}×`,
)
live.sort((a, b) => a - b)
console.log(
  `a live row: median ${live[live.length >> 1]?.toFixed(2)} ms, slowest ${live.at(-1)?.toFixed(1)} ms, ${(total / ROWS).toFixed(2)} ms on average`,
)
streams.sort((a, b) => b.ms - a.ms)
for (const { id, ms } of streams.slice(0, 8)) console.log(`  ${id} ${(ms / 1000).toFixed(2)} s`)
