/** The charts of a page: price against fundamental of an asset, forced flow by venue. */
import { duration, percent, price, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { type Asset, numbers, type StressReport, went_up } from './report.ts'
import { area_path, axes, type Frame, frame, line_path, linear, nice_ticks, picture, px, time_step, time_ticks } from './svg.ts'

/** Number of venue colours a page has. */
export const COLOURS = 8

const extremes = (values: readonly number[]) => ({
  low: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  high: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
})

/** Prices with as few decimals as their steps need. */
function price_label(step: number): (value: number) => string {
  let decimals = 0
  for (let unit = 1; unit > step * 1.0001 && decimals < 10; unit /= 10) decimals++
  return (value) => (Math.abs(value) >= 10_000 ? usd(value).slice(1) : value.toFixed(decimals))
}

/** Price (line) against fundamental (dashes) of one asset; the gap between them is shaded. */
export function price_figure(report: StressReport, asset: Asset, n: number): Markup {
  const times = numbers(report.tables.timeline, 'time_ms')
  const mids = numbers(report.tables.timeline, `${asset.id}.mid_usd`)
  const outside = numbers(report.tables.timeline, `${asset.id}.fundamental_usd`)
  const box = frame(360, 210)
  const { low, high } = extremes([...mids, ...outside, asset.low_usd])
  const margin = (high - low) * 0.06
  const y = linear(low - margin, high + margin, box.height - box.bottom, box.top)
  const first = times[0] as number
  const last = times[times.length - 1] as number
  const x = linear(first, last, box.left, box.width - box.right)
  const ticks = nice_ticks(low - margin, high + margin, 5)
  const step = ticks.length > 1 ? (ticks[1] as number) - (ticks[0] as number) : 1
  const front = times.map((time, i) => [x(time), y(mids[i] as number)] as const)
  const back = times.map((time, i) => [x(time), y(outside[i] as number)] as const)
  const says = `From ${price(asset.start_usd)} to a low of ${price(asset.low_usd)} and ${price(asset.end_usd)} at the end; the fundamental ends at ${price(asset.fundamental_end_usd)}.`
  const body = markup`${axes(box, { scale: y, ticks, text: price_label(step) }, { scale: x, ticks: time_ticks(first, last, 5) })}<path class="gap" d="${area_path(front, back)}"/><path class="fundamental" d="${line_path(back)}"/><path class="mid" d="${line_path(front)}"/>${low_mark(asset, times, mids, x, y, box)}`
  return markup`<figure class="panel"><figcaption><b>${asset.id}</b> <span class="faint">${went_up(asset) ? `high ${price(asset.high_usd)}, ${percent(asset.high_usd / asset.start_usd - 1, 1, true)}` : `low ${price(asset.low_usd)}, ${percent(-asset.drawdown)}`}</span></figcaption>${picture(`p${n}`, box, 'chart', `${asset.id}: price against fundamental`, says, body)}</figure>`
}

/** A dot where the price stood lowest. */
function low_mark(
  asset: Asset,
  times: readonly number[],
  mids: readonly number[],
  x: (v: number) => number,
  y: (v: number) => number,
  box: Frame,
): Markup {
  let at = 0
  mids.forEach((mid, i) => {
    if (mid < (mids[at] as number)) at = i
  })
  if (asset.drawdown <= 0 || mids.length === 0) return markup``
  const place = Math.min(Math.max(x(times[at] as number), box.left), box.width - box.right)
  return markup`<circle class="low" cx="${px(place)}" cy="${px(y(asset.low_usd))}" r="3"/>`
}

/** Sums by bins of `step_ms` from `first`; a value belongs to the time since the row before it, evenly. */
export function flow_bins(times: readonly number[], values: readonly number[], step_ms: number): number[] {
  const first = times[0] as number
  const count = Math.max(1, Math.ceil(((times[times.length - 1] as number) - first) / step_ms - 1e-9))
  const out = Array.from({ length: count }, () => 0)
  for (let i = 1; i < times.length; i++) {
    const from = ((times[i - 1] as number) - first) / step_ms
    const to = ((times[i] as number) - first) / step_ms
    for (let bin = Math.floor(from); bin < Math.min(count, to); bin++) {
      const overlap = Math.min(to, bin + 1) - Math.max(from, bin)
      out[bin] = (out[bin] as number) + ((values[i] as number) * overlap) / (to - from)
    }
  }
  return out
}

export interface Stack {
  readonly id: string
  readonly colour: number
  readonly total: number
  readonly values: readonly number[]
}

/** Venues that were forced to sell, in document order. */
export function stacks(report: StressReport): Stack[] {
  return report.document.venues
    .map((venue, i) => ({
      id: venue.id,
      colour: i % COLOURS,
      total: venue.forced_sales_usd,
      values: numbers(report.tables.timeline, `${venue.id}.forced_usd`),
    }))
    .filter((stack) => stack.values.some((value) => value > 0))
}

/** Stacked bars of forced flow by venue, drawn for a width. */
export function flow_figure(
  report: StressReport,
  all: readonly Stack[],
  width: number,
  height: number,
  most_bins: number,
  id: string,
  kind: string,
): Markup {
  const times = numbers(report.tables.timeline, 'time_ms')
  const first = times[0] as number
  const last = times[times.length - 1] as number
  const step_ms = Math.max(time_step(last - first, most_bins), report.scenario.tick_ms)
  const bars = all.map((stack) => flow_bins(times, stack.values, step_ms))
  const count = bars[0]?.length ?? 0
  const sums = Array.from({ length: count }, (_, i) => bars.reduce((sum, bar) => sum + (bar[i] as number), 0))
  const box = frame(width, height)
  const high = extremes(sums).high
  const floor = box.height - box.bottom
  const y = linear(0, high * 1.04, floor, box.top)
  const x = linear(first, first + count * step_ms, box.left, box.width - box.right)
  const columns = sums.map((sum, i) => {
    if (!(sum > 0)) return markup``
    const from = x(first + i * step_ms)
    const wide = Math.max(0.5, x(first + (i + 1) * step_ms) - from - 1)
    let below = 0
    const parts = all.map((stack, s) => {
      const value = bars[s]?.[i] as number
      const top = y(below + value)
      const bottom = y(below)
      below += value
      return bottom - top < 0.05
        ? markup``
        : markup`<rect class="v${stack.colour}" x="${px(from)}" y="${px(top)}" width="${px(wide)}" height="${px(bottom - top)}"/>`
    })
    const names = all.flatMap((stack, s) => ((bars[s]?.[i] as number) > 0 ? [`${stack.id} ${usd(bars[s]?.[i] as number)}`] : []))
    return markup`<g><title>+${duration(i * step_ms)}: ${names.join(', ')}</title>${parts}</g>`
  })
  const peak = sums.indexOf(high)
  const says = `Highest at +${duration(peak * step_ms)} with ${usd(high)} in ${duration(step_ms)}. In all: ${all.map((stack) => `${stack.id} ${usd(stack.total)}`).join(', ')}.`
  const axis = axes(
    box,
    { scale: y, ticks: nice_ticks(0, high * 1.04, 4), text: usd },
    { scale: x, ticks: time_ticks(first, last, Math.max(3, Math.floor(width / 90))) },
  )
  return picture(
    id,
    box,
    `chart ${kind}`,
    `Forced flow by venue, USD per ${duration(step_ms)}`,
    says,
    markup`${axis}${columns}<text class="tick" x="${box.left + 4}" y="${box.top + 2}">USD per ${duration(step_ms)}</text>`,
  )
}
