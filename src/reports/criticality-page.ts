/** The criticality of a snapshot as one self-contained page: R against the fall, the ladder, then every table. */
import {
  BLIND,
  criticality_sentence,
  type CriticalityTable,
  criticality_tables,
  JOINT,
  largest_types,
  worst_shock,
} from './criticality.ts'
import { decimal, GLUED, percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { plain } from './report.ts'
import type { CriticalityDoc } from './schemas.ts'
import { STYLE } from './style.ts'
import { area_path, type Frame, frame, line_path, linear, nice_ticks, picture, px, type Scale } from './svg.ts'

const NOTHING = markup``
const COLOURS = 8
const glued = (text: string) => text.replace(GLUED, '\u00a0')

/** Height of a row of bars, and of a bar. */
const [ROW, BAR] = [26, 8]

/** Both generations of the worst shock as bars, by venue and asset. */
function generations_figure(document: CriticalityDoc): Markup {
  const worst = worst_shock(document)
  if (worst === undefined) return NOTHING
  const rows = largest_types(worst)
  const most = Math.max(...rows.flatMap(({ first_usd, next_usd }) => [first_usd, next_usd]))
  if (!(most > 0)) return NOTHING
  const box = { ...frame(760, rows.length * ROW + 40), left: 130 }
  const x = linear(0, most, box.left, box.width - box.right)
  const bar = (usd: number, top: number, look: string) =>
    markup`<rect class="${look}" x="${box.left}" y="${px(top)}" width="${px(Math.max(0, x(usd) - box.left))}" height="${BAR}"/>`
  const bars = rows.map(({ name, first_usd, next_usd }, i) => {
    const top = box.top + i * ROW
    return markup`<g><title>${name}: ${usd(first_usd)}, then ${usd(next_usd)}</title><text class="tick" x="${box.left - 8}" y="${px(top + BAR + 4)}" text-anchor="end">${name}</text>${bar(first_usd, top, 'first')}${bar(next_usd, top + BAR + 1, 'next')}</g>`
  })
  const ticks = nice_ticks(0, most, 5).map(
    (value) =>
      markup`<line class="grid" x1="${px(x(value))}" x2="${px(x(value))}" y1="${box.top}" y2="${box.height - box.bottom}"/><text class="tick" x="${px(x(value))}" y="${box.height - box.bottom + 16}" text-anchor="${value === most ? 'end' : 'middle'}">${usd(value)}</text>`,
  )
  const title = `Who makes R of the ${percent(worst.fall)} fall`
  const says = 'Liquidated by the fall itself, and by what that does to prices.'
  const legend = markup`<p class="keys"><span class="key"><i class="first"></i>first generation</span> <span class="key"><i class="next"></i>next generation</span></p>`
  return markup`<section><figure><figcaption><b>${glued(title)}</b> ${says}</figcaption>${picture('generations', box, 'chart', title, says, markup`${ticks}${bars}`)}${legend}</figure></section>`
}

/** Grid lines with their labels, and falls below. */
function scaffold(box: Frame, x: Scale, y: Scale, most: { x: number; y: number }, text: (value: number) => string): Markup {
  const levels = nice_ticks(0, most.y, 5).map(
    (value) =>
      markup`<line class="grid" x1="${box.left}" x2="${box.width - box.right}" y1="${px(y(value))}" y2="${px(y(value))}"/><text class="tick" x="${box.left - 6}" y="${px(y(value) + 3.5)}" text-anchor="end">${text(value)}</text>`,
  )
  const falls = nice_ticks(0, most.x, 6).map(
    (value) =>
      markup`<text class="tick" x="${px(x(value))}" y="${box.height - box.bottom + 16}" text-anchor="${value === most.x ? 'end' : 'middle'}">${percent(value, 0)}</text>`,
  )
  return markup`${levels}${falls}`
}

/** R against the fall: the joint one, and each asset alone of which one can see anything. */
function curves_figure({ curves: all }: CriticalityDoc): Markup {
  const highest = ({ points }: CriticalityDoc['curves'][number]) => Math.max(...points.map(({ r }) => r))
  const curves = all.filter((curve) => curve.move === 'joint' || highest(curve) >= 0.1)
  const falls = curves[0]?.points.map(({ fall }) => fall) ?? []
  if (falls.length < 2) return NOTHING
  const box = frame(760, 300)
  const most = { x: Math.max(...falls), y: Math.max(1.2, ...curves.flatMap(({ points }) => points.map(({ r }) => r))) }
  const x = linear(0, most.x, box.left, box.width - box.right)
  const y = linear(0, most.y * 1.05, box.height - box.bottom, box.top)
  const lines = curves.map(
    ({ move, points }, i) =>
      markup`<path class="curve l${String(i % COLOURS)}${i >= COLOURS ? ' again' : ''}" d="${line_path(points.map(({ fall, r }) => [x(fall), y(r)]))}"><title>${plain(move)}</title></path>`,
  )
  const one = y(1)
  const edge = markup`<line class="one" x1="${box.left}" x2="${box.width - box.right}" y1="${px(one)}" y2="${px(one)}"/>`
  const legend = curves.map(
    ({ move }, i) =>
      markup`<span class="key"><i class="k${String(i % COLOURS)}"></i>${move === 'joint' ? 'all by their betas' : plain(move)}</span> `,
  )
  const says =
    'Above the dashed line, 1, selling feeds itself. A threshold of the book: R of a shock, above, is what ranks simulated multipliers.'
  return markup`<figure><figcaption><b>The spectral radius after a fall</b> ${says}</figcaption>${picture('curves', box, 'chart', 'The spectral radius after a fall', says, markup`${scaffold(box, x, y, most, (value) => decimal(value, 1))}${edge}${lines}`)}<p class="keys">${legend}</p></figure>`
}

/** Against the fall: what could be liquidated, and of it what nobody would at a profit. */
function ladder_figure({ ladder }: CriticalityDoc): Markup {
  const falls = [...new Set(ladder.map(({ fall }) => fall))]
  if (falls.length < 2) return NOTHING
  const sum = (key: 'liquidatable_usd' | 'stuck_usd') =>
    falls.map((at) => ladder.filter(({ fall }) => fall === at).reduce((total, step) => total + step[key], 0))
  const [all, stuck] = [sum('liquidatable_usd'), sum('stuck_usd')]
  const most = { x: Math.max(...falls), y: Math.max(...all) }
  if (!(most.y > 0)) return NOTHING
  const box = frame(760, 300)
  const x = linear(0, most.x, box.left, box.width - box.right)
  const y = linear(0, most.y * 1.05, box.height - box.bottom, box.top)
  const line = (values: readonly number[]) => falls.map((fall, i) => [x(fall), y(values[i] as number)] as const)
  const floor = falls.map((fall) => [x(fall), y(0)] as const)
  const areas = markup`<path class="could" d="${area_path(line(all), floor)}"/><path class="stuck" d="${area_path(line(stuck), floor)}"/>`
  const says =
    'All venues after a joint fall at once, each asset by its beta; the darker part is stuck: liquidatable, but nobody gains by it.'
  return markup`<figure><figcaption><b>Liquidatable</b> ${says}</figcaption>${picture('ladder', box, 'chart', 'Liquidatable against the fall', says, markup`${areas}${scaffold(box, x, y, most, usd)}`)}</figure>`
}

function table({ title, columns, rows }: CriticalityTable): Markup {
  const side = (c: number) => (columns[c]?.align === 'left' ? markup` class="left"` : NOTHING)
  const heads = columns.map(({ title: head }, c) => markup`<th scope="col"${side(c)}>${head}</th>`)
  const lines = rows.map(
    (row) =>
      markup`<tr>${row.map((cell, c) => (c === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${side(c)}>${cell}</td>`))}</tr>`,
  )
  return markup`<section><h2>${title}</h2><div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div></section>`
}

const blind = ({ blind_spots }: CriticalityDoc): Markup =>
  blind_spots.length === 0
    ? NOTHING
    : markup`<section><h2>${BLIND}</h2>${blind_spots.map((spot) => markup`<p>${glued(spot)}</p>`)}</section>`

/** The page, from doctype to end. */
export function criticality_html(document: CriticalityDoc): string {
  const title = plain(document.title)
  const tables = criticality_tables(document)
  const curves = tables.findIndex(({ columns }) => columns[1]?.title === JOINT)
  const first = curves < 0 ? tables.length : curves
  const body = markup`<main>
<header><div class="kicker"><span>Unwind · criticality</span><span>evidence: ${document.evidence}</span></div>
<h1>${title}</h1><p class="answer">${glued(criticality_sentence(document))}</p></header>
${blind(document)}
${generations_figure(document)}
${tables.slice(0, first).map(table)}
<section>${curves_figure(document)}</section>
<section>${ladder_figure(document)}</section>
${tables.slice(first).map(table)}
<section><h2>Notes</h2>${document.notes.map((note) => markup`<p>${glued(note)}</p>`)}</section>
<footer>Definitions: ${document.definitions}. Snapshot ${document.snapshot}. ${document.schema}</footer>
</main>`
  const colours = Array.from({ length: COLOURS }, (_, i) => `.l${i}{stroke:var(--v${i})}.k${i}{background:var(--v${i})}`).join('')
  const looks = `.curve{fill:none;stroke-width:1.5}.l0{stroke-width:3}.again{stroke-dasharray:2 3}.one{stroke:var(--fundamental);stroke-dasharray:4 4}.first{fill:var(--v0);background:var(--v0)}.next{fill:var(--v1);background:var(--v1)}.could{fill:var(--v0);opacity:.35}.stuck{fill:var(--v1);opacity:.7}.key{margin-right:1em;white-space:nowrap;display:inline-block}.key i{display:inline-block;width:1em;height:.25em;margin-right:.4em;vertical-align:middle}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
${markup`<title>${title} · Unwind</title>`.text}
<style>${STYLE}${looks}${colours}</style></head>
<body>${body.text}</body></html>
`
}
