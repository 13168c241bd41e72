/** A made-up market with every field that indicators read, for their laws. */
import { exp, Rng } from '../../src/math/index.ts'
import type { Panel, PanelColumn } from '../../src/model/index.ts'

const SYMBOLS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE']
const STEP_MS = 86_400_000

/** Daily rows of random walks with one common factor; every value positive where the field's is. */
export function random_panel(seed: number, rows: number): Panel {
  const rng = new Rng(seed)
  const columns: PanelColumn[] = []
  const values: Float64Array[] = []
  const add = (field: string, symbol: string, venue: string, unit: string, value: (t: number) => number) => {
    columns.push({ field, symbol, venue, unit })
    values.push(Float64Array.from({ length: rows }, (_, t) => value(t)))
  }
  const common = rng.stream('common', 0)
  const factor = Float64Array.from({ length: rows }, () => 0.03 * common.normal())
  SYMBOLS.forEach((symbol, s) => {
    const draw = rng.stream('symbol', s)
    let level = 100 * (s + 1)
    const close = Float64Array.from({ length: rows }, (_, t) => (level *= exp((factor[t] as number) + 0.02 * draw.normal())))
    const open = (t: number) => (t === 0 ? (close[0] as number) : (close[t - 1] as number))
    const top = Float64Array.from(
      { length: rows },
      (_, t) => Math.max(open(t), close[t] as number) * exp(0.01 * Math.abs(draw.normal())),
    )
    const low = Float64Array.from(
      { length: rows },
      (_, t) => Math.min(open(t), close[t] as number) * exp(-0.01 * Math.abs(draw.normal())),
    )
    add('open', symbol, '', 'usd', open)
    add('high', symbol, '', 'usd', (t) => top[t] as number)
    add('low', symbol, '', 'usd', (t) => low[t] as number)
    add('close', symbol, '', 'usd', (t) => close[t] as number)
    add('volume', symbol, '', symbol, () => 1e5 * exp(draw.normal()))
    for (const venue of ['alpha', 'beta']) {
      add('open_interest', symbol, venue, 'usd', (t) => 1e6 * (close[t] as number) * exp(0.1 * draw.normal()))
      add('funding', symbol, venue, 'ratio', () => 1e-4 * draw.normal())
    }
    add('liquidated_long', symbol, '', symbol, (t) => 1e4 * Math.max(0, -(factor[t] as number)) * exp(draw.normal()))
    add('liquidated_short', symbol, '', symbol, (t) => 1e4 * Math.max(0, factor[t] as number) * exp(draw.normal()))
  })
  return {
    step_ms: STEP_MS,
    time_ms: Float64Array.from({ length: rows }, (_, t) => (t + 1) * STEP_MS),
    columns,
    values,
    ages_ms: values.map((column) => column.map(() => 0)),
  }
}
