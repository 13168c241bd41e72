/** A page of events: the prices with the events marked, the indicators that spoke, the catalogue. */
import { counted, decimal, duration, percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { all_clear, no_event, rank_text, when } from './detect.ts'
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

function figure(curve: Curve, n: number, events: DetectDoc['events'], wide: boolean): Markup {
  const box = frame(wide ? 1032 : 500, wide ? 260 : 150)
  const points = thin(curve)
  if (points.length === 0) return markup``
  const known = points.map(([, value]) => value)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const margin = (high - low || Math.abs(high) || 1) * 0.06
  const y = linear(low - margin, high + margin, box.height - box.bottom, box.top)
  const [first, last] = [points[0]?.[0] as number, points[points.length - 1]?.[0] as number]
  const x = linear(first, last, box.left, box.width - box.right)
  const clip = (time: number) => Math.min(Math.max(x(time), box.left), box.width - box.right)
  const marks = events.map((event) => {
    const from = clip(ms_of(event.onset))
    const to = clip(event.end === null ? last : ms_of(event.end))
    return markup`<rect class="${event.type === 'long-flush' ? 'fall' : 'other'}" x="${px(from)}" y="${box.top}" width="${px(Math.max(1.5, to - from))}" height="${box.height - box.top - box.bottom}"><title>${event.type} of ${plain(event.subject)}, ${when(event.onset)}: ${percent(event.drawdown)}</title></rect>`
  })
  const ticks = nice_ticks(low - margin, high + margin, wide ? 6 : 3)
  const step = ticks.length > 1 ? Math.abs((ticks[1] as number) - (ticks[0] as number)) : 1
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 4
  const body = markup`${marks}${axes(box, { scale: y, ticks, text: (value) => decimal(value, digits) }, { scale: x, ticks: time_ticks(first, last, wide ? 10 : 5) })}<path class="mid" d="${line_path(points.map(([time, value]) => [x(time), y(value)] as const))}"/>`
  const says = `From ${(known[0] as number).toPrecision(4)} to ${(known[known.length - 1] as number).toPrecision(4)}; lowest ${low.toPrecision(4)}, highest ${high.toPrecision(4)}.`
  return markup`<figure class="panel"><figcaption><b>${plain(curve.title)}</b> <span class="faint">${plain(curve.unit)}</span></figcaption>${picture(`d${n}`, box, 'chart', plain(curve.title), says, body)}</figure>`
}

/** Milliseconds of `2024-04-12T18:00:00Z`. */
function ms_of(iso: string): number {
  const [year, month, day, hour, minute, second] = (iso.match(/-?\d+/g) as string[]).map((part) => Math.abs(Number(part))) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const days = era * 146_097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719_468
  return days * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000
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
  const cells = events.map(
    (event) =>
      markup`<tr><th scope="row">${when(event.onset)}</th><td>${when(event.detected)}</td><td>${when(event.end)}</td><td class="left">${event.type}</td><td class="left">${plain(event.subject)}</td><td>${percent(event.drawdown)}</td><td>${event.breadth === null ? '–' : percent(event.breadth, 0)}</td><td class="left">${event.severity}</td><td class="wrap">${event.spoke.map((one) => `${one.indicator} ${rank_text(one.rank)}`).join(', ')}</td></tr>`,
  )
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
  ].map((text) => markup`<th scope="col">${text}</th>`)
  const body = markup`<main>
<header><div class="kicker"><span>Unwind · events</span><span>${document.sources.map(({ evidence }) => evidence).join(', ')}</span></div>
<h1>${events.length === 0 && !all_clear(document) ? 'No answer' : counted(events.length, 'event')} from ${when(document.from)} to ${when(document.to)}</h1>
<p class="answer">${events.length === 0 ? `${no_event(document)} ` : ''}Step ${duration(document.step_ms)}. Shaded: events from onset to the moment they were said to be over.</p></header>
<section><h2>Prices</h2>${figure(price, 0, events, true)}</section>
<section><h2>Indicators that spoke</h2><div class="panels two">${indicators.map((curve, i) => figure(curve, i + 1, events, false))}</div></section>
<section><h2>Catalogue</h2><div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${cells}</tbody></table></div></section>
${costs(document)}
<section><h2>Where it is from</h2>${document.sources.map(({ file, series, from, to }) => markup`<p>${plain(file)}: ${counted(series, 'series', 'series')}, ${when(from)} to ${when(to)}</p>`)}${document.notes.map((note) => markup`<p class="note">${plain(note)}</p>`)}</section>
<footer>${document.schema}</footer></main>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
<title>Events · Unwind</title>
<style>${STYLE}.fall{fill:var(--low);opacity:.28}.other{fill:var(--v3);opacity:.28}.panels.two{grid-template-columns:repeat(auto-fill,minmax(420px,1fr))}</style></head>
<body>${body.text}</body></html>
`
}
