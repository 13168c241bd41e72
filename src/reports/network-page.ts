/** The network of a snapshot as one self-contained page: who holds what with whom, then every table. */
import { percent, usd } from './format.ts'
import { type Markup, markup } from './markup.ts'
import { network_sentence, network_tables } from './network.ts'
import type { NetworkTable } from './network-losses.ts'
import { plain } from './report.ts'
import type { NetworkDoc } from './schemas.ts'
import { STYLE } from './style.ts'
import { picture, px } from './svg.ts'

const NOTHING = markup``
/** On narrow screens names break, so that what they are about is in sight. */
const NARROW =
  '@media (max-width:760px){section table tbody th{white-space:normal;overflow-wrap:anywhere;min-width:84px}td.wrap{min-width:150px}}'
const WIDTH = 760
/** Places of the two columns of names. */
const [LEFT, RIGHT] = [230, 560]
const ROW = 30
/** Width of all bands of the largest name, and of the thinnest band. */
const [BROAD, THIN] = [26, 0.8]
const COLOURS = 8

interface Place {
  readonly name: string
  readonly usd: number
  readonly y: number
  /** Width of the bands that have been laid here. */
  laid: number
}

/** Names in a column, evenly spread over the height, largest first. */
function column(of: ReadonlyMap<string, number>, height: number): Map<string, Place> {
  const rows = [...of].sort((a, b) => b[1] - a[1])
  const step = height / Math.max(1, rows.length)
  return new Map(rows.map(([name, amount], i) => [name, { name, usd: amount, y: 16 + step * (i + 0.5), laid: 0 }]))
}

interface Cell {
  readonly venue: string
  readonly asset: string
  readonly usd: number
}

/** A band for each holding, side by side at both ends, in the order of the names at the other. */
function bands_of(cells: readonly Cell[], left: Map<string, Place>, right: Map<string, Place>): Markup[] {
  const colour = new Map([...left.keys()].map((name, i) => [name, i % COLOURS] as const))
  const most = Math.max(...[...left.values(), ...right.values()].map((one) => one.usd))
  const at = (place: Place, width: number) => {
    const y = place.y - (BROAD * place.usd) / most / 2 + place.laid + width / 2
    place.laid += width
    return y
  }
  const order = (one: Cell) => (left.get(one.venue) as Place).y * 1e5 + (right.get(one.asset) as Place).y
  return [...cells]
    .sort((a, b) => order(a) - order(b))
    .map((one) => {
      const width = (BROAD * one.usd) / most
      const [from, to] = [at(left.get(one.venue) as Place, width), at(right.get(one.asset) as Place, width)]
      const middle = (LEFT + RIGHT) / 2
      return markup`<path class="band l${String(colour.get(one.venue))}" stroke-width="${px(Math.max(THIN, width))}" d="M${LEFT} ${px(from)}C${middle} ${px(from)} ${middle} ${px(to)} ${RIGHT} ${px(to)}"><title>${plain(one.venue)}, ${plain(one.asset)}: ${usd(one.usd)}</title></path>`
    })
}

/** Joins venues with common owners, the more the broader. */
function arcs_of({ owners }: NetworkDoc, left: ReadonlyMap<string, Place>): Markup[] {
  const most = Math.max(...owners.shared.map((one) => one.usd), 0)
  return owners.shared.flatMap((one) => {
    const [a, b] = [left.get(one.a), left.get(one.b)]
    if (a === undefined || b === undefined || !(one.usd > 0)) return []
    const [edge, out] = [LEFT - 150, LEFT - 200]
    return [
      markup`<path class="arc" stroke-width="${px(Math.max(1, (BROAD / 4) * (one.usd / most)))}" d="M${edge} ${px(a.y)}C${out} ${px(a.y)} ${out} ${px(b.y)} ${edge} ${px(b.y)}"><title>owners at ${plain(one.a)} and ${plain(one.b)}: ${usd(one.usd)}</title></path>`,
    ]
  })
}

/** The picture as a table, for screens on which its names could not be read: assets by venue. */
function holders_table(cells: readonly Cell[], venues: readonly string[], assets: readonly string[]): Markup {
  const most = Math.max(...cells.map((one) => one.usd))
  const at = new Map(cells.map((one) => [`${one.venue}/${one.asset}`, one.usd] as const))
  const lines = assets.map((asset) => {
    const row = venues.map((venue) => {
      const held = at.get(`${venue}/${asset}`)
      if (held === undefined) return markup`<td class="zero">–</td>`
      return markup`<td class="heat" style="--w:${Math.sqrt(held / most).toFixed(3)}">${usd(held)}</td>`
    })
    return markup`<tr><th scope="row">${plain(asset)}</th>${row}</tr>`
  })
  const heads = venues.map((venue) => markup`<th scope="col">${plain(venue)}</th>`)
  return markup`<div class="scroll slim" tabindex="0"><table><thead><tr><th></th>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`
}

/** Venues on the left, what is held there on the right. */
function holders_picture(document: NetworkDoc): Markup {
  const { holdings, owners } = document
  const cells = holdings
    .map(({ venue, asset, held_usd, long_usd }): Cell => ({ venue, asset, usd: held_usd + long_usd }))
    .filter((one) => one.usd > 0)
  if (cells.length === 0) return NOTHING
  const sums = (key: 'venue' | 'asset') => {
    const out = new Map<string, number>()
    for (const one of cells) out.set(one[key], (out.get(one[key]) ?? 0) + one.usd)
    return out
  }
  const [venues, assets] = [sums('venue'), sums('asset')]
  const height = ROW * Math.max(venues.size, assets.size, 3)
  const [left, right] = [column(venues, height), column(assets, height)]
  const names = [
    ...[...left.values()].map(
      (one) => markup`<text x="${LEFT - 10}" y="${px(one.y + 4)}" text-anchor="end">${plain(one.name)} · ${usd(one.usd)}</text>`,
    ),
    ...[...right.values()].map(
      (one) => markup`<text x="${RIGHT + 10}" y="${px(one.y + 4)}">${plain(one.name)} · ${usd(one.usd)}</text>`,
    ),
  ]
  const narrow = 'What accounts of each venue hold, contracts at notional; the darker the more.'
  const says = `Venues on the left, what their accounts hold on the right, contracts at notional. ${owners.shared.length === 0 ? 'No venues have common owners.' : 'Arcs on the left: common owners.'}`
  const box = { width: WIDTH, height: height + 32, left: 0, right: 0, top: 0, bottom: 0 }
  const content = markup`${bands_of(cells, left, right)}${arcs_of(document, left)}${names}`
  return markup`<figure><figcaption><b>Who holds what</b> <span class="wide">${says}</span><span class="slim">${narrow}</span></figcaption>${picture('holders', box, 'chart wide', 'Venues and what is held there', says, content)}${holders_table(cells, [...left.keys()], [...right.keys()])}</figure>`
}

/** What a loss of all suppliers' money at one venue (row) costs those of another (column). */
function heat({ debt_rank }: NetworkDoc): Markup {
  const rows = debt_rank.filter(({ kind }) => kind !== 'owner')
  const venues = rows[0]?.venues.map(({ venue }) => venue) ?? []
  if (venues.length < 2) return NOTHING
  const most = Math.max(
    ...rows.flatMap(({ first, venues: all }) => all.map(({ venue, lost }) => (venue === first ? 0 : lost))),
    1e-12,
  )
  const lines = rows.map(({ first, kind, venues: all }) => {
    const cells = all.map(({ venue, lost }) => {
      if (venue === first) return markup`<td class="zero">–</td>`
      return lost > 0
        ? markup`<td class="heat" style="--w:${Math.min(1, lost / most).toFixed(3)}">${percent(lost, 2)}</td>`
        : markup`<td class="zero">0 %</td>`
    })
    return markup`<tr><th scope="row">${kind === 'shock' ? 'the shock' : plain(first)}</th>${cells}</tr>`
  })
  const heads = venues.map((venue) => markup`<th scope="col">${plain(venue)}</th>`)
  return markup`<section><h2>Who brings down whom</h2><p class="note">Lost (row), what suppliers lose at each venue (column): differential DebtRank.</p><div class="scroll" tabindex="0"><table><thead><tr><th></th>${heads}</tr></thead><tbody>${lines}</tbody></table></div></section>`
}

function table({ title, says, columns, rows }: NetworkTable): Markup {
  if (rows.length === 0 && says === '') return NOTHING
  const last = columns.length - 1
  const side = (c: number) =>
    columns[c]?.align !== 'left' ? NOTHING : c === last ? markup` class="wrap"` : markup` class="left"`
  const heads = columns.map(
    ({ title: head, align }) => markup`<th scope="col"${align === 'left' ? markup` class="left"` : NOTHING}>${head}</th>`,
  )
  const lines = rows.map(
    (row) =>
      markup`<tr>${row.map((cell, c) => (c === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${side(c)}>${cell}</td>`))}</tr>`,
  )
  const body =
    rows.length === 0
      ? NOTHING
      : markup`<div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`
  return markup`<section><h2>${title}</h2>${says === '' ? NOTHING : markup`<p class="note">${says}</p>`}${body}</section>`
}

/** The page, from doctype to end. */
export function network_html(document: NetworkDoc): string {
  const title = plain(document.title)
  const body = markup`<main>
<header><div class="kicker"><span>Unwind · network</span><span>evidence: ${document.evidence}</span></div>
<h1>${title}</h1><p class="answer">${network_sentence(document)}</p></header>
<section>${holders_picture(document)}</section>
${heat(document)}
${network_tables(document).map(table)}
<section><h2>Notes</h2>${document.notes.map((note) => markup`<p>${note}</p>`)}</section>
<footer>Definitions: ${document.definitions}. Snapshot ${document.snapshot}. ${document.schema}</footer>
</main>`
  const lines = Array.from({ length: COLOURS }, (_, i) => `.l${i}{stroke:var(--v${i})}`).join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
${markup`<title>${title} · Unwind</title>`.text}
<style>${STYLE}${NARROW}.band{fill:none;opacity:.5}.arc{fill:none;stroke:var(--fundamental);opacity:.7}${lines}</style></head>
<body>${body.text}</body></html>
`
}
