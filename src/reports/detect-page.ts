/** A page of events: the prices with the events marked, the indicators that spoke, the catalogue. */
import { counted, decimal, duration, moment, percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { all_clear, ms_of, no_event, rank_text, when } from './detect.ts'
import { plain } from './report.ts'
import type { DetectDoc } from './schemas.ts'
import { STYLE } from './style.ts'
import { axes, frame, line_path, linear, nice_ticks, picture, px, time_ticks } from './svg.ts'

/** A line to draw: times and values of equal length. */
export interface Curve {
  readonly title: string
  readonly unit: string
  readonly time_ms: ArrayLike<number>
  readonly values: ArrayLike<number>
}

const POINTS = 900

/** At most 900 points, the extremes of each part among them. */
function thin({ time_ms, values }: Curve): (readonly [number, number])[] {
  const n = values.length
  const size = Math.max(1, Math.ceil((2 * n) / POINTS))
  const out: (readonly [number, number])[] = []
  for (let from = 0; from < n; from += size) {
    let [low, high] = [-1, -1]
    for (let i = from; i < Math.min(n, from + size); i++) {
      if (!Number.isFinite(values[i])) continue
      if (low < 0 || (values[i] as number) < (values[low] as number)) low = i
      if (high < 0 || (values[i] as number) > (values[high] as number)) high = i
    }
    for (const i of low < high ? [low, high] : [high, low]) if (i >= 0) out.push([time_ms[i] as number, values[i] as number])
  }
  return out
}

/** Where a chart stands: the large one has a version for a narrow page, so that its labels can be read there. */
const SIZES = {
  wide: { ...frame(900, 240), right: 16, class: 'chart wide', levels: 6 },
  slim: { ...frame(330, 210), right: 16, class: 'chart slim', levels: 5 },
  small: { ...frame(330, 150), right: 16, class: 'chart', levels: 4 },
} as const

type Span = readonly [first: number, last: number]

/** From the first to the last moment at which any curve has a value: all charts share it. */
function span_of(curves: readonly Curve[]): Span {
  const times = curves.flatMap(({ time_ms, values }) => {
    const known = Array.from(values, (value, i) => (Number.isFinite(value) ? (time_ms[i] as number) : Number.NaN))
    return known.filter(Number.isFinite)
  })
  return [
    times.reduce((least, time) => Math.min(least, time), times[0] ?? 0),
    times.reduce((most, time) => Math.max(most, time), times[0] ?? 0),
  ]
}

/** Steps of so many months. */
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120]
const LONG_MS = 120 * 86_400_000
/** Widths in which a label has room beside its neighbours, `2024-04-12` and `2024-04`. */
const [DAY_ROOM, MONTH_ROOM] = [100, 75]

/** Marks on the axis, dates with their year; firsts of months over long spans. */
function dates([first, last]: Span, width: number): ReturnType<typeof time_ticks> {
  const most = (room: number) => Math.max(1, Math.floor(width / room))
  if (last - first < LONG_MS)
    return time_ticks(first, last, most(DAY_ROOM)).map(({ time_ms, text }) => ({
      time_ms,
      text: /^\d\d-\d\d$/.test(text) ? moment(time_ms).slice(0, 10) : text,
    }))
  const month_of = (time_ms: number) => Number(moment(time_ms).slice(0, 4)) * 12 + Number(moment(time_ms).slice(5, 7)) - 1
  const [from, to] = [month_of(first), month_of(last)]
  const step = MONTHS.find((months) => (to - from) / months <= most(MONTH_ROOM)) ?? 240
  const marks = Array.from({ length: Math.floor(to / step) - Math.floor(from / step) + 1 }, (_, i) => {
    const month = (Math.floor(from / step) + i) * step
    const text = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
    return { time_ms: ms_of(`${text}-01T00:00:00Z`), text }
  })
  return marks.filter(({ time_ms }) => time_ms >= first && time_ms <= last)
}

/** Values of an axis in as few digits as its steps need. */
function level_text(ticks: readonly number[]): (value: number) => string {
  const step = ticks.length > 1 ? Math.abs((ticks[1] as number) - (ticks[0] as number)) : 1
  let digits = 0
  for (let unit = 1; unit > step * 1.0001 && digits < 6; unit /= 10) digits++
  return (value) => (Math.abs(value) >= 100_000 ? usd(value).replace('$', '') : decimal(value, digits))
}

function chart(curve: Curve, id: string, events: DetectDoc['events'], span: Span, size: keyof typeof SIZES): Markup {
  const box = SIZES[size]
  const points = thin(curve)
  const known = points.map(([, value]) => value)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const margin = (high - low || Math.abs(high) || 1) * 0.06
  const y = linear(low - margin, high + margin, box.height - box.bottom, box.top)
  const x = linear(...span, box.left, box.width - box.right)
  const clip = (time: number) => Math.min(Math.max(x(time), box.left), box.width - box.right)
  const marks = events.map((event) => {
    const from = clip(ms_of(event.onset))
    const to = clip(event.end === null ? span[1] : ms_of(event.end))
    return markup`<rect class="${event.type === 'long-flush' ? 'fall' : 'other'}" x="${px(from)}" y="${box.top}" width="${px(Math.max(1.5, to - from))}" height="${box.height - box.top - box.bottom}"><title>${event.type} of ${plain(event.subject)}, ${when(event.onset)}: ${percent(event.drawdown)}</title></rect>`
  })
  const ticks = nice_ticks(low - margin, high + margin, box.levels)
  const times = dates(span, box.width - box.left - box.right)
  const body = markup`${marks}${axes(box, { scale: y, ticks, text: level_text(ticks) }, { scale: x, ticks: times })}<path class="mid" d="${line_path(points.map(([time, value]) => [x(time), y(value)] as const))}"/>`
  const says = `From ${(known[0] as number).toPrecision(4)} to ${(known[known.length - 1] as number).toPrecision(4)}; lowest ${low.toPrecision(4)}, highest ${high.toPrecision(4)}.`
  return picture(id, box, box.class, plain(curve.title), says, body)
}

/** A curve in one or more sizes, of which the page shows one; nothing where no value is known. */
function figure(
  curve: Curve,
  n: number,
  events: DetectDoc['events'],
  span: Span,
  sizes: readonly (keyof typeof SIZES)[],
): Markup {
  if (!Array.from(curve.values).some(Number.isFinite)) return markup``
  return markup`<figure class="panel"><figcaption><b>${plain(curve.title)}</b> <span class="faint">${plain(curve.unit)}</span></figcaption>${sizes.map((size) => chart(curve, `d${n}${size}`, events, span, size))}</figure>`
}

/** Alerts for which a snapshot says what they would cost, the newest first; nothing where there is none. */
function costs({ alerts }: DetectDoc): Markup {
  const known = alerts.filter((alert) => alert.expected_loss_usd !== null && alert.state !== 'closed').toReversed()
  if (known.length === 0) return markup``
  const rows = known.map(
    (alert) =>
      markup`<tr><th scope="row">${when(alert.time)}</th><td class="left">${alert.type}</td><td class="left">${plain(alert.subject)}</td><td>${usd(alert.expected_loss_usd as number)}</td><td class="wrap">${plain(alert.expected_loss_basis)}</td></tr>`,
  )
  return markup`<section><h2>What they would cost, by the snapshot</h2><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">said (UTC)</th><th scope="col">type</th><th scope="col">of</th><th scope="col">loss</th><th scope="col">what says so</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

/** The page, from doctype to end. `price` is drawn large, `indicators` small, all with the events behind them. */
export function detect_html(document: DetectDoc, price: Curve, indicators: readonly Curve[]): string {
  const { events } = document
  const span = span_of([price, ...indicators])
  const cells = events.map(
    (event) =>
      markup`<tr><th scope="row">${when(event.onset)}</th><td>${when(event.detected)}</td><td>${when(event.end)}</td><td class="left">${event.type}</td><td class="left">${plain(event.subject)}</td><td>${percent(event.drawdown)}</td><td>${event.breadth === null ? '–' : percent(event.breadth, 0)}</td><td class="left">${event.severity}</td><td class="wrap">${event.spoke.map((one) => `${one.indicator} ${rank_text(one.rank)}`).join(', ')}</td></tr>`,
  )
  const words = ['type', 'of', 'severity', 'indicators that stood out at the onset']
  const heads = [
    'onset (UTC)',
    'detected',
    'over',
    'type',
    'of',
    'change',
    'breadth',
    'severity',
    'indicators that stood out at the onset',
  ].map((text) => markup`<th scope="col"${words.includes(text) ? markup` class="left"` : ''}>${text}</th>`)
  const body = markup`<main>
<header><div class="kicker"><span>Unwind · events</span><span>${document.sources.map(({ evidence }) => evidence).join(', ')}</span></div>
<h1>${events.length === 0 && !all_clear(document) ? 'No answer' : counted(events.length, 'event')} from ${when(document.from)} to ${when(document.to)}</h1>
<p class="answer">${events.length === 0 ? `${no_event(document)} ` : ''}Step ${duration(document.step_ms)}. Shaded: events from onset to the moment they were said to be over.</p></header>
<section><h2>Prices</h2>${figure(price, 0, events, span, ['wide', 'slim'])}</section>
<section><h2>Indicators that spoke</h2><div class="panels">${indicators.map((curve, i) => figure(curve, i + 1, events, span, ['small']))}</div></section>
<section class="dense"><h2>Catalogue</h2><div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${cells}</tbody></table></div></section>
${costs(document)}
<section><h2>Where it is from</h2>${document.sources.map(({ file, series, from, to }) => markup`<p>${plain(file)}: ${counted(series, 'series', 'series')}, ${when(from)} to ${when(to)}</p>`)}${document.notes.map((note) => markup`<p class="note">${plain(note)}</p>`)}</section>
<footer>${document.schema}</footer></main>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
<title>Events · Unwind</title>
<style>${STYLE}.fall{fill:var(--low);opacity:.28}.other{fill:var(--v3);opacity:.28}p{overflow-wrap:anywhere}.panels{grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));align-items:end}svg.slim{max-width:560px}</style></head>
<body>${body.text}</body></html>
`
}
