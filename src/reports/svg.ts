/** Axes, lines and bars as SVG. Colours are classes; a page gives them their values, light or dark. */
import { duration, moment } from './format.ts'
import { type Markup, markup } from './markup.ts'

/** The inside of a chart, in user units. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export const frame = (width: number, height: number): Frame => ({ width, height, left: 52, right: 10, top: 12, bottom: 24 })

export type Scale = (value: number) => number

/** Linear scale; a domain of one value maps to the middle. */
export function linear(low: number, high: number, from: number, to: number): Scale {
  return (value) => (high > low ? from + ((value - low) / (high - low)) * (to - from) : (from + to) / 2)
}

/** One decimal is a tenth of a pixel. */
export const px = (value: number): string => {
  const text = value.toFixed(1)
  return text.endsWith('.0') ? text.slice(0, -2) : text
}

/** Round numbers from low to high, at most `most` + 1 of them, as steps of 1, 2 or 5 times a power of ten. */
export function nice_ticks(low: number, high: number, most: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low]
  const rough = (high - low) / Math.max(1, most)
  let unit = 1
  while (unit * 10 <= rough) unit *= 10
  while (unit > rough) unit /= 10
  const step = unit * ([1, 2, 5, 10].find((factor) => factor * unit >= rough * (1 - 1e-9)) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * MINUTE)
  .concat(
    [1, 2, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 7, 14, 28, 91, 364].map((n) => n * DAY),
  )

/** The shortest usual length of time of which at most `most` fit into a span; a second or less for short spans. */
export function time_step(span_ms: number, most: number): number {
  if (span_ms / most < MINUTE) return [1_000, 5_000, 15_000, 30_000, MINUTE].find((step) => step * most >= span_ms) ?? MINUTE
  return STEPS.find((step) => step * most >= span_ms) ?? Math.ceil(span_ms / most / DAY) * DAY
}

/** Marks on a time axis: since the start, or dates for spans of days. */
export function time_ticks(first: number, last: number, most: number): { readonly time_ms: number; readonly text: string }[] {
  const step = time_step(last - first, most)
  const dated = step >= DAY
  const start = dated ? Math.ceil(first / DAY) * DAY : first
  const count = Math.floor((last - start) / step + 1e-9) + 1
  return Array.from({ length: count }, (_, i) => start + i * step).map((time_ms) => ({
    time_ms,
    text: dated ? moment(time_ms).slice(5, 10) : time_ms === first ? '0' : `+${duration(time_ms - first)}`,
  }))
}

/** A path through points, gaps where a value is not finite. */
export function line_path(points: readonly (readonly [number, number])[]): string {
  let pen = 'M'
  let path = ''
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = 'M'
      continue
    }
    path += `${pen}${px(x)} ${px(y)}`
    pen = 'L'
  }
  return path
}

/** The area between two lines over the same places. */
export function area_path(upper: readonly (readonly [number, number])[], lower: readonly (readonly [number, number])[]): string {
  return upper.length === 0 ? '' : `${line_path([...upper, ...[...lower].reverse()])}Z`
}

/** Horizontal grid lines with their labels, and marks of time below. */
export function axes(
  box: Frame,
  y: { readonly scale: Scale; readonly ticks: readonly number[]; readonly text: (value: number) => string },
  x: { readonly scale: Scale; readonly ticks: readonly { readonly time_ms: number; readonly text: string }[] },
): Markup {
  const right = box.width - box.right
  const floor = box.height - box.bottom
  // Of labels that read alike, only the first is written.
  const texts = y.ticks.map(y.text)
  const levels = y.ticks.map((value, i) => {
    const at = y.scale(value)
    const text = texts[i] as string
    const written = texts.indexOf(text) < i ? '' : text
    return markup`<line class="grid" x1="${box.left}" x2="${right}" y1="${px(at)}" y2="${px(at)}"/><text class="tick" x="${box.left - 6}" y="${px(at + 3.5)}" text-anchor="end">${written}</text>`
  })
  const times = x.ticks.map(({ time_ms, text }) => {
    const at = x.scale(time_ms)
    const anchor = at > right - 18 ? 'end' : at < box.left + 12 ? 'start' : 'middle'
    return markup`<line class="axis" x1="${px(at)}" x2="${px(at)}" y1="${floor}" y2="${floor + 4}"/><text class="tick" x="${px(at)}" y="${floor + 16}" text-anchor="${anchor}">${text}</text>`
  })
  return markup`${levels}<line class="axis" x1="${box.left}" x2="${right}" y1="${floor}" y2="${floor}"/>${times}`
}

/** A picture with a name for those who cannot see it. */
export function picture(id: string, box: Frame, kind: string, title: string, says: string, content: Markup): Markup {
  return markup`<svg class="${kind}" viewBox="0 0 ${box.width} ${box.height}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${title}</title><desc id="${id}-d">${says}</desc>${content}</svg>`
}
