/** A real event over many seeds as one self-contained page: outcomes against their bands, the path, the largest forced sales, and how each figure is known. */
import { log } from '../math/index.ts'
import type { Evidence, Mechanism, ReportTable, Sold } from '../model/index.ts'
import { SOLD_BY, through } from './explain.ts'
import { counted, duration, moment, percent, price, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { named, prior_name, quantity, range } from './replay.ts'
import { numbers, plain } from './report.ts'
import type { ReplayDoc } from './schemas.ts'
import { STYLE } from './style.ts'
import { axes, frame, line_path, linear, nice_ticks, picture, px, type Scale, time_ticks } from './svg.ts'

/** One seed looked at closely: what the document of all of them does not have. */
export interface ReplayDay {
  readonly seed: number
  /** Start of the event, ms since the epoch. */
  readonly start_ms: number
  /** Assets whose markets are held to the path. */
  readonly held: readonly string[]
  /** Columns `time_ms`, `<asset>.mid_usd`, `<asset>.fundamental_usd`. */
  readonly timeline: ReportTable
  readonly assets: readonly { readonly id: string; readonly start_usd: number; readonly low_usd: number }[]
  readonly sales: readonly {
    readonly after_ms: number
    readonly venue: string | null
    readonly market: string | null
    readonly asset: string | null
    /** Base units: sold if negative. */
    readonly amount: number
    readonly price: number
    readonly usd: number
    readonly sold: Sold
    /** What moved the account most. */
    readonly blamed: { readonly from: string; readonly mechanism: Mechanism } | null
  }[]
  /** How each part of the world is known. */
  readonly parts: readonly { readonly part: string; readonly evidence: Evidence; readonly source: string }[]
  readonly notes: readonly string[]
}

type Outcome = ReplayDoc['outcomes'][number]

const NOTHING = markup``
const BAND = frame(1032, 74)
const [LEFT, RIGHT] = [14, 14]
const MIDDLE = 26
const FLOOR = 48
/** Ratio of the largest to the smallest value from which on a scale is logarithmic. */
const WIDE = 30
/** An asset that moved less has no picture. */
const STILL = 0.002
const MOST_PANELS = 9

const tag = (evidence: Evidence): Markup => markup`<span class="badge ${evidence}">${evidence}</span>`

/** Headings of columns of text begin with `<`. */
function table(headings: readonly string[], rows: readonly Markup[]): Markup {
  const heads = headings.map((text) =>
    text.startsWith('<') ? markup`<th scope="col" class="left">${text.slice(1)}</th>` : markup`<th scope="col">${text}</th>`,
  )
  return markup`<div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`
}

/** Seeds' values of an outcome, with every cause. */
function values_of(document: ReplayDoc, id: string): number[] {
  return document.runs.filter((one) => one.without === '').flatMap((one) => one.outcomes[id] ?? [])
}

interface Ruler {
  readonly place: Scale
  readonly ticks: readonly number[]
}

/** A scale over the band, what happened and nearly all seeds; logarithmic where they are far apart. */
function ruler(outcome: Outcome): Ruler {
  const { band, observed, q05, q95, statistic } = outcome
  const known = [...band, observed, q05, q95, statistic].filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  if (low > 0 && high > WIDE * low) {
    const place = linear(log(low) - 0.1, log(high) + 0.1, LEFT, BAND.width - RIGHT)
    const ticks: number[] = []
    let unit = 1
    while (unit > low) unit /= 10
    while (unit * 10 < low) unit *= 10
    for (; unit <= high; unit *= 10)
      for (const step of [1, 3]) if (step * unit >= low && step * unit <= high) ticks.push(step * unit)
    return { place: (value) => place(log(Math.max(value, low / 2))), ticks }
  }
  const margin = (high - low || Math.abs(high) || 1) * 0.06
  return { place: linear(low - margin, high + margin, LEFT, BAND.width - RIGHT), ticks: nice_ticks(low, high, 8) }
}

function verdict(one: Outcome): Markup {
  if (one.inside) return markup`<span class="observed">inside</span>`
  return markup`<span class="broken">outside${one.miss === null ? ', no value' : `, ${percent(one.miss, 0, true)}`}</span>`
}

/** The band as a bar, seeds as hairs, 5 to 95 % and the middle half as lines, the median as a dot, what happened as a diamond. */
function outcome_figure(document: ReplayDoc, one: Outcome, n: number): Markup {
  const { place, ticks } = ruler(one)
  const [least = 0, most = 0] = one.band
  const clip = (value: number) => Math.min(Math.max(place(value), LEFT - 8), BAND.width - RIGHT + 8)
  const [from, to] = [clip(least), clip(most)]
  const chance = one.over_seeds === 'mean'
  const hairs = chance
    ? ''
    : values_of(document, one.id)
        .map((value) => `M${px(clip(value))} ${MIDDLE - 9}V${MIDDLE + 9}`)
        .join('')
  const line = (kind: string, a: number | null, b: number | null) =>
    a === null || b === null || chance ? NOTHING : markup`<path class="${kind}" d="M${px(clip(a))} ${MIDDLE}H${px(clip(b))}"/>`
  const dot =
    one.statistic === null ? NOTHING : markup`<circle class="v0" cx="${px(clip(one.statistic))}" cy="${MIDDLE}" r="5.5"/>`
  const at = one.observed === null ? 0 : clip(one.observed)
  const diamond =
    one.observed === null
      ? NOTHING
      : markup`<path class="happened" d="M${px(at)} ${MIDDLE - 9}L${px(at + 7)} ${MIDDLE}L${px(at)} ${MIDDLE + 9}L${px(at - 7)} ${MIDDLE}Z"/>`
  const marks = ticks.map((value) => {
    const x = clip(value)
    const anchor = x < LEFT + 30 ? 'start' : x > BAND.width - RIGHT - 30 ? 'end' : 'middle'
    return markup`<line class="axis" x1="${px(x)}" x2="${px(x)}" y1="${FLOOR}" y2="${FLOOR + 4}"/><text class="tick" x="${px(x)}" y="${FLOOR + 17}" text-anchor="${anchor}">${quantity(value, one.unit)}</text>`
  })
  const middle = chance ? 'mean' : 'median'
  const says = `${middle} ${quantity(one.statistic, one.unit)}; happened ${quantity(one.observed, one.unit)}; band ${range(one.band, one.unit)}.`
  const body = markup`<rect class="band" x="${px(from)}" y="8" width="${px(Math.max(2, to - from))}" height="36"/><path class="hair" d="${hairs}"/>${line('span', one.q05, one.q95)}${line('half', one.q25, one.q75)}${diamond}${dot}<line class="axis" x1="${LEFT}" x2="${BAND.width - RIGHT}" y1="${FLOOR}" y2="${FLOOR}"/>${marks}`
  return markup`<figure class="outcome"><figcaption><b>${named(one)}</b> ${verdict(one)} <span class="faint">${says}${one.share_inside === null ? '' : ` ${percent(one.share_inside, 0)} of the seeds lie inside.`}${one.missing > 0 ? ` Nothing to measure in ${counted(one.missing, 'seed')}: they count as outside.` : ''}</span> ${tag(one.evidence)}</figcaption>${picture(`o${n}`, BAND, 'chart', named(one), says, body)}<p class="note">${plain(one.source)}</p></figure>`
}

function outcomes(document: ReplayDoc): Markup {
  if (document.outcomes.length === 0)
    return markup`<section><h2>Outcomes</h2><p>None is asserted: ${plain(document.event.no_outcomes ?? 'the preset has none')}.</p></section>`
  const key = markup`<ul class="legend"><li><svg viewBox="0 0 22 11" aria-hidden="true"><rect class="band" width="22" height="11"/></svg>band, stated before any run</li><li><svg viewBox="0 0 22 11" aria-hidden="true"><circle class="v0" cx="11" cy="5.5" r="5"/></svg>median of the seeds (of chances the mean)</li><li><svg viewBox="0 0 22 11" aria-hidden="true"><path class="span" d="M0 5.5H22"/><path class="half" d="M6 5.5H16"/></svg>5 to 95 %, middle half</li><li><svg viewBox="0 0 22 11" aria-hidden="true"><path class="happened" d="M11 0L16 5.5L11 11L6 5.5Z"/></svg>what happened</li><li class="faint">hairs: the seeds</li></ul>`
  return markup`<section><h2>Outcomes against their bands</h2>${key}${document.outcomes.map((one, n) => outcome_figure(document, one, n))}</section>`
}

/** What nothing is held to, with every cause and without each. */
function figures(document: ReplayDoc): Markup {
  const { figures: all, causes: left } = document
  if (all.length === 0) return NOTHING
  const rows = all.map(
    (one, i) =>
      markup`<tr><th scope="row">${named(one)}</th><td>${quantity(one.median, one.unit)}</td><td>${one.q05 === null ? '–' : range([one.q05, one.q95 ?? one.q05], one.unit)}</td>${left.map((cause) => markup`<td>${quantity(cause.figures[i]?.median ?? null, one.unit)}</td>`)}</tr>`,
  )
  const heads = ['figure', 'median', '5 to 95 %', ...left.map((cause) => `median without ${cause.title}`)]
  return markup`<section><h2>What ${document.outcomes.length === 0 ? '' : 'else '}came out</h2><p class="note">Over ${counted(document.seeds.count, 'seed')}; nothing here is held to what happened.</p>${table(heads, rows)}</section>`
}

function causes(document: ReplayDoc): Markup {
  if (document.causes.length === 0 || document.outcomes.length === 0) return NOTHING
  const rows = [
    markup`<tr><th scope="row">nothing</th>${document.outcomes.map((one) => markup`<td>${quantity(one.statistic, one.unit)}</td>`)}</tr>`,
    ...document.causes.map(
      (cause) =>
        markup`<tr><th scope="row">${plain(cause.title)}</th>${cause.outcomes.map((one, i) => markup`<td>${quantity(one.statistic, (document.outcomes[i] as Outcome).unit)}${one.leaves_band ? ' ✗' : ''}</td>`)}</tr>`,
    ),
  ]
  return markup`<section><h2>Without a cause</h2><p class="note">The same seeds with one cause left out, draw for draw; ✗: leaves its band.</p>${table(['without', ...document.outcomes.map((one) => one.id)], rows)}</section>`
}

/** Prices as few decimals as they need. */
const label = (value: number): string => (Math.abs(value) >= 10_000 ? usd(value).slice(1) : price(value))

function price_figure(day: ReplayDay, asset: ReplayDay['assets'][number], n: number): Markup {
  const box = frame(360, 200)
  const times = numbers(day.timeline, 'time_ms')
  const mids = numbers(day.timeline, `${asset.id}.mid_usd`)
  const outside = numbers(day.timeline, `${asset.id}.fundamental_usd`)
  const all = [...mids, ...outside, asset.low_usd]
  const low = all.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = all.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const margin = (high - low) * 0.06
  const y = linear(low - margin, high + margin, box.height - box.bottom, box.top)
  const [first, last] = [times[0] as number, times[times.length - 1] as number]
  const x = linear(first, last, box.left, box.width - box.right)
  const path = (values: readonly number[]) => line_path(times.map((time, i) => [x(time), y(values[i] as number)] as const))
  const grid = axes(
    box,
    { scale: y, ticks: nice_ticks(low - margin, high + margin, 4), text: label },
    { scale: x, ticks: time_ticks(first, last, 5) },
  )
  const held = day.held.includes(asset.id)
  const says = `From ${price(asset.start_usd)} to a low of ${price(asset.low_usd)}.`
  return markup`<figure class="panel"><figcaption><b>${plain(asset.id)}</b> <span class="faint">low ${price(asset.low_usd)}, ${percent(asset.low_usd / asset.start_usd - 1, 1, true)}${held ? ', held to its path' : ''}</span></figcaption>${picture(`p${n}`, box, 'chart', `${plain(asset.id)}: price and path`, says, markup`${grid}<path class="fundamental" d="${path(outside)}"/><path class="mid" d="${path(mids)}"/>`)}</figure>`
}

function paths(day: ReplayDay): Markup {
  if (numbers(day.timeline, 'time_ms').length < 2) return NOTHING
  const moved = day.assets.filter(({ id, start_usd }) =>
    [...numbers(day.timeline, `${id}.mid_usd`), ...numbers(day.timeline, `${id}.fundamental_usd`)].some(
      (value) => Math.abs(value / start_usd - 1) > STILL,
    ),
  )
  if (moved.length === 0) return NOTHING
  return markup`<section><h2>The path</h2><p class="note">Seed ${day.seed}, from ${moment(day.start_ms)} UTC. Line: price at the reference market; dashed: what was fed.</p><div class="panels">${moved.slice(0, MOST_PANELS).map((asset, n) => price_figure(day, asset, n))}</div></section>`
}

function sales(day: ReplayDay): Markup {
  if (day.sales.length === 0)
    return markup`<section><h2>The largest forced sales</h2><p>Seed ${day.seed}: nothing was forced.</p></section>`
  const rows = day.sales.map(
    (one) =>
      markup`<tr><th scope="row">+${duration(one.after_ms)}</th><td class="left">${plain(one.venue ?? '')}</td><td class="left">${plain(one.asset ?? '')} ${one.amount < 0 ? 'sold' : 'bought back'}</td><td>${usd(one.usd)}</td><td>${price(one.price)}</td><td class="left">${SOLD_BY[one.sold]}</td><td class="wrap">${one.blamed === null ? '' : through(one.blamed)}</td></tr>`,
  )
  return markup`<section><h2>The largest forced sales</h2><p class="note">Seed ${day.seed}, synthetic accounts: sizes of single sales are draws, not history.</p>${table(['after', '<venue', '<what', 'USD', 'price', '<how', '<moved there most by'], rows)}</section>`
}

function known(document: ReplayDoc, day: ReplayDay): Markup {
  const parts = day.parts.map(
    ({ part, evidence, source }) =>
      markup`<tr><th scope="row">${plain(part)}</th><td class="left">${tag(evidence)}</td><td class="wrap">${plain(source)}</td></tr>`,
  )
  const priors = document.priors.map(
    (one) =>
      markup`<tr><th scope="row">${plain(one.name)}</th><td class="left">${tag(one.evidence)}</td><td>${quantity(one.low, '')}</td><td>${quantity(one.high, '')}</td><td class="left">${one.shape}</td><td class="wrap">${plain(prior_name(one))}</td><td class="wrap">${plain(one.why)}</td></tr>`,
  )
  const sources = document.sources.map(({ what, title, url }) => {
    const name = /^https?:/.test(url) ? markup`<a href="${url}" rel="noreferrer">${plain(title)}</a>` : markup`${plain(title)}`
    return markup`<tr><th scope="row">${name}</th><td class="wrap">${plain(what)}</td></tr>`
  })
  return markup`<section><h2>How it is known</h2>${table(['part of the world', '<evidence', '<source'], parts)}${day.notes.map((note) => markup`<p class="note">${plain(note)}</p>`)}<h3>Drawn for what nobody knows</h3>${table(['prior', '<evidence', 'low', 'high', '<shape', '<what', '<why'], priors)}<h3>Sources</h3>${table(['source', '<figures'], sources)}</section>`
}

/** The sentence at the top. */
function sentence({ event, seeds, outcomes: all }: ReplayDoc): string {
  if (all.length === 0) return `Scenario only, ${counted(seeds.count, 'seed')}: no outcome is asserted.`
  const hits = all.filter((one) => one.inside).length
  return `Over ${counted(seeds.count, 'seed')}, ${hits} of ${counted(all.length, 'outcome')} inside the band. What is wrong with it: ${event.page}.`
}

const OWN = `.band{fill:var(--gap);stroke:var(--mid);stroke-width:1}.hair{stroke:var(--faint);stroke-width:1;opacity:.22;fill:none}.outcome{margin:18px 0 6px}.outcome .note{margin:0}`

/** The page, from doctype to end. */
export function replay_html(document: ReplayDoc, day: ReplayDay): string {
  const { event, laws } = document
  const title = plain(event.title)
  const broken =
    laws.broken.length === 0 && laws.limits === 0
      ? `every law held in ${counted(laws.runs, 'run')}`
      : `${laws.broken.length} laws broken, ${laws.limits} runs at a limit, of ${counted(laws.runs, 'run')}`
  const body = markup`<main>
<header><div class="kicker"><span>Unwind · real event</span><span>${tag(document.evidence)} ${event.id} · ${event.time.slice(0, 10)}${document.thin ? ' · thinned' : ''}</span></div>
<h1>${title}</h1><p class="answer">${sentence(document)}</p></header>
${outcomes(document)}
${causes(document)}
${figures(document)}
${paths(day)}
${sales(day)}
${known(document, day)}
<footer>${document.schema} · engine ${document.engine} · preset ${document.preset} · seeds ${document.seeds.first} to ${document.seeds.first + document.seeds.count - 1} · ${broken}</footer>
</main>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
${markup`<title>${title} · Unwind</title>`.text}
<style>${STYLE}${OWN}</style></head>
<body>${body.text}</body></html>
`
}
