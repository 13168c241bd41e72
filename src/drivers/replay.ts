/**
 * Prices that were. Each bar is walked open → nearer extreme → other extreme → close, which are reached at 0, 1/3, 2/3 and all
 * of its length; between them the price is linear in log. The nearer extreme is the one closer to the open, the low on a tie.
 * At the instant a bar ends the next one's open holds; at the end of the last bar, its close.
 *
 * The path multiplies the fundamental by path(t) ÷ path(from). With `scale` it is the bar's own price times `scale` that the
 * fundamental takes, whatever it opened at: 0.001 where a contract counts thousands of a coin. Quotes in a dollar stablecoin
 * count as dollars.
 */
import { z } from 'zod'
import { exp, log, upperBound } from '../math/index.ts'
import type { Bars, Driver, Kind, WorldBuilder } from '../model/index.ts'

const column = z
  .union([z.instanceof(Float64Array), z.array(z.number()).transform((list) => Float64Array.from(list))])
  .describe('Numbers, one a bar')

const bars_schema = z.strictObject({
  symbol: z.string(),
  step_ms: z.number().positive().describe('Length of a bar, ms'),
  time_ms: column.describe('Opening times, ms since the epoch, increasing'),
  open: column,
  high: column,
  low: column,
  close: column,
  volume: column.describe('Base units; not used'),
})

const schema = z.strictObject({
  kind: z.literal('replay').describe('replay'),
  id: z.string().min(1).describe('Name of the driver, unique'),
  assets: z
    .record(
      z.string(),
      z.strictObject({
        symbol: z.string().describe('Whose bars it follows'),
        scale: z.number().positive().optional().describe('Fundamental ÷ bar price; absent: the fundamental starts where it is'),
      }),
    )
    .describe('Which assets follow which bars'),
  bars: z.record(z.string(), bars_schema).describe('Bars by symbol'),
  from_ms: z.number().int().describe('Time of the bars at the start of the run, ms since the epoch'),
  to_ms: z.number().int().optional().describe('Time up to which bars must be there; absent: found out on the way'),
  gaps: z
    .enum(['refuse', 'hold'])
    .default('refuse')
    .describe('Missing bars inside the window: an error, or the last close holds'),
})
type Spec = z.infer<typeof schema>

interface Path {
  readonly asset: number
  readonly bars: Bars
  /** Price of the bars that the fundamental's opening value stands for. */
  readonly reference: number
  readonly hold: boolean
}

const at = (list: Float64Array, i: number) => list[i] as number

/** Price along bar i after a share of its length, in [0, 1]. */
function within(bars: Bars, i: number, share: number): number {
  const open = at(bars.open, i)
  const high = at(bars.high, i)
  const low = at(bars.low, i)
  const low_first = open - low <= high - open
  const third = Math.min(2, Math.floor(share * 3))
  const [a, b] = [
    [open, low_first ? low : high],
    low_first ? [low, high] : [high, low],
    [low_first ? high : low, at(bars.close, i)],
  ][third] as [number, number]
  const part = share * 3 - third
  if (part <= 0) return a
  return part >= 1 ? b : a * exp(part * log(b / a))
}

/** Price of the bars at a time; NaN where there are none. */
function price_at(bars: Bars, time_ms: number, hold: boolean): number {
  const next = upperBound(bars.time_ms, time_ms)
  const i = next - 1
  if (i < 0) return Number.NaN
  const share = (time_ms - at(bars.time_ms, i)) / bars.step_ms
  if (share <= 1) return within(bars, i, share)
  return hold && next < bars.time_ms.length ? at(bars.close, i) : Number.NaN
}

const iso_hint = (bars: Bars) => {
  const n = bars.time_ms.length
  return n === 0
    ? 'no bars at all'
    : `${bars.symbol} has bars from ${at(bars.time_ms, 0)} to ${at(bars.time_ms, n - 1) + bars.step_ms} ms`
}

/** Refuses bars that are not bars, and a window that they do not cover. */
function check(bars: Bars, spec: Spec, field: string, builder: WorldBuilder): void {
  const n = bars.time_ms.length
  const columns = { open: bars.open, high: bars.high, low: bars.low, close: bars.close }
  for (const [name, list] of Object.entries(columns))
    if (list.length !== n) throw builder.invalid(`${field}.${name}`, `${list.length} values`, `${n} values`)
  const to_ms = spec.to_ms ?? spec.from_ms
  if (to_ms < spec.from_ms) throw builder.invalid('to_ms', to_ms, `a time from ${spec.from_ms} on`)
  for (const time_ms of [spec.from_ms, to_ms])
    if (Number.isNaN(price_at(bars, time_ms, true))) throw builder.invalid(field, `nothing at ${time_ms} ms`, iso_hint(bars))
  const first = Math.max(0, upperBound(bars.time_ms, spec.from_ms) - 1)
  for (let i = first; i < n && at(bars.time_ms, i) < Math.max(to_ms, spec.from_ms + 1); i++) {
    const [open, high, low, close] = [at(bars.open, i), at(bars.high, i), at(bars.low, i), at(bars.close, i)]
    const sound = low > 0 && high < Number.POSITIVE_INFINITY && low <= Math.min(open, close) && high >= Math.max(open, close)
    if (!sound)
      throw builder.invalid(
        `${field}[${i}]`,
        `${open}, ${high}, ${low}, ${close}`,
        'positive open, high, low, close with low ≤ both ≤ high',
      )
    const gap = i > first && at(bars.time_ms, i) - at(bars.time_ms, i - 1) > bars.step_ms
    if (gap && spec.gaps === 'refuse')
      throw builder.invalid(
        `${field}.time_ms[${i}]`,
        at(bars.time_ms, i),
        `${at(bars.time_ms, i - 1) + bars.step_ms}, the next bar; or gaps: "hold"`,
      )
    if (i > 0 && !(at(bars.time_ms, i) > at(bars.time_ms, i - 1)))
      throw builder.invalid(`${field}.time_ms[${i}]`, at(bars.time_ms, i), 'increasing times')
  }
}

export const replay: Kind<Spec, Driver> = {
  id: 'replay',
  title: 'Replay of recorded bars',
  source: 'Design §7, replay: open → nearer extreme → other extreme → close',
  schema,
  open(spec, builder) {
    const paths = Object.entries(spec.assets).map(([name, { symbol, scale }]): Path => {
      const asset = builder.asset(name, `assets.${name}`)
      const bars = spec.bars[symbol]
      if (bars === undefined)
        throw builder.invalid(`assets.${name}.symbol`, symbol, `one of ${Object.keys(spec.bars).join(', ')}`)
      check(bars, spec, `bars.${symbol}`, builder)
      const hold = spec.gaps === 'hold'
      const start_usd = builder.assets[asset]?.price_usd as number
      return { asset, bars, hold, reference: scale === undefined ? price_at(bars, spec.from_ms, hold) : start_usd / scale }
    })
    return {
      advance(time_ms, _dt_ms, _rng, fundamental) {
        const then = spec.from_ms + (time_ms - builder.time_ms)
        for (const { asset, bars, reference, hold } of paths) {
          const price = price_at(bars, then, hold)
          if (Number.isNaN(price)) throw builder.invalid(`bars.${bars.symbol}`, `nothing at ${then} ms`, iso_hint(bars))
          fundamental[asset] = (fundamental[asset] as number) * (price / reference)
        }
      },
    }
  },
}
