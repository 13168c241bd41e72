/** The report of a stress run as one self-contained page: no script, nothing from elsewhere, light and dark. */
import { DEFINITIONS, definition_of } from './definitions.ts'
import { ensemble_section } from './ensemble.ts'
import { explain_section } from './explain-page.ts'
import { flow_figure, price_figure, stacks } from './figures.ts'
import { counted, decimal, duration, GLUED, percent, price, usd } from './format.ts'
import { type Markup, markup, Markup as Text } from './markup.ts'
import {
  answer,
  bridge_lines,
  coins_by_usd,
  type Figures,
  type Flow,
  flows_of,
  gap_text,
  identity_rows,
  insurance_line,
  is_pinned,
  is_replay,
  laws_line,
  multiplier_line,
  notes_of,
  numbers,
  plain,
  priced_assets,
  shocked,
  status_line,
  type StressReport,
  VISIBLE_USD,
  worth_a_chart,
} from './report.ts'
import { bad_debt_line, lack_lines, left_behind_line, nothing_forced, NOTHING_FORCED, opening_line } from './opening.ts'
import { named, quantity, range } from './replay.ts'
import { STYLE } from './style.ts'

const PANELS = 9
const NOTHING = markup``
const glued = (text: string) => text.replace(GLUED, '\u00a0')

/** The page, from doctype to end. */
export function stress_html(report: StressReport): string {
  const { document } = report
  const status = status_line(report)
  const trouble = opening_line(report)
  const title = plain(document.title)
  const body = markup`<main>
${status === undefined ? NOTHING : markup`<p class="status" role="alert">${status}</p>`}
<header><div class="kicker"><span>Unwind · stress report</span><span>evidence: ${document.evidence.weakest} · seed ${document.run.seed} · run ${document.run.id.slice(0, 12)}</span></div>
<h1>${title}</h1><p class="answer">${glued(answer(report))}</p></header>
${trouble === undefined ? NOTHING : markup`<p class="trouble">${glued(trouble)}</p>`}
${strip(report)}
${ensemble_section(document)}
${real_event(report)}
<section><h2>What was shocked</h2>${[...shocked(report), left_behind_line(report)].filter((line) => line !== undefined).map((line) => markup`<p>${glued(line)}</p>`)}</section>
${charts(report)}
${chain(report)}
${infections(report)}
${explain_section(document)}
${multiplier(report)}
${venues(report)}
${assets(report)}
${coin_day(report)}
${evidence(report)}
${glossary()}
<footer>${document.schema} · engine ${document.run.engine} · every figure links to its definition above; the same list is ${document.definitions}.</footer>
</main>`
  // The style is ours and holds no value of the run.
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><meta name="generator" content="unwind">
${markup`<title>${title} · Unwind</title>`.text}
<style>${STYLE}</style></head>
<body>${body.text}</body></html>
`
}

/** A word that leads to its definition on this page. */
function term(name: string, text: string): Markup {
  const id = definition_of(name)
  return id === undefined ? markup`${text}` : markup`<a href="#d-${id}">${text}</a>`
}

const money = (value: number): Markup => (value === 0 ? markup`<td class="zero">0</td>` : markup`<td>${usd(value)}</td>`)
const count = (value: number): Markup => (value === 0 ? markup`<td class="zero">0</td>` : markup`<td>${decimal(value)}</td>`)
const ratio = (value: number | null, decimals = 1, plus = false): Markup =>
  value === null ? markup`<td class="zero">–</td>` : markup`<td>${percent(value, decimals, plus)}</td>`

function table(headings: readonly (readonly [string, string])[], rows: readonly Markup[]): Markup {
  const heads = headings.map(([name, text]) => markup`<th scope="col">${term(name, text)}</th>`)
  return markup`<div class="scroll" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`
}

/** The figures people look for first. */
function strip(report: StressReport): Markup {
  const { totals, opening } = report.document
  if (nothing_forced(report)) return NOTHING
  const before = opening?.bad_debt_usd ?? 0
  const items: readonly (readonly [string, string, string])[] = [
    ['forced_sales_usd', 'Forced sales', usd(totals.forced_sales_usd)],
    ['multiplier', 'Cascade multiplier', totals.multiplier === null ? '–' : totals.multiplier.toFixed(2)],
    ['accounts_liquidated', 'Accounts liquidated', decimal(totals.accounts_liquidated)],
    before < VISIBLE_USD
      ? ['bad_debt_usd', 'Bad debt', usd(totals.bad_debt_usd)]
      : ['bad_debt_at_start', 'Bad debt added', usd(totals.bad_debt_usd - before)],
    ['insurance_used_usd', 'Insurance used', usd(totals.insurance_used_usd)],
    ['adl_usd', 'Auto-deleveraged', usd(totals.adl_usd)],
  ]
  return markup`<dl class="kpis">${items.map(([name, text, value]) => markup`<div><dt>${term(name, text)}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** Of a real event: what came out beside what happened. */
function real_event({ document: { event } }: StressReport): Markup {
  if (event === undefined) return NOTHING
  const rows = event.outcomes.map(
    (one) =>
      markup`<tr><th scope="row">${named(one)}</th><td>${quantity(one.value, one.unit)}</td><td>${quantity(one.observed, one.unit)}</td><td>${range(one.band, one.unit)}</td><td>${one.inside ? 'yes' : 'no'}</td></tr>`,
  )
  const headings = ['outcome', 'here', 'happened', 'band', 'inside'].map((text) => ['', text] as const)
  const draws = Object.entries(event.draws).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
  return markup`<section><h2>What came out, and what happened</h2><p class="note">One seed says little: unwind replay ${event.id} runs many. What was fed: ${event.page}.</p>${table(headings, rows)}<p class="note">Drawn for what nobody knows: ${draws.join(', ')}.</p></section>`
}

const SWATCH = {
  mid: markup`<svg viewBox="0 0 22 11" aria-hidden="true"><path class="mid" d="M0 5.5H22"/></svg>`,
  fundamental: markup`<svg viewBox="0 0 22 11" aria-hidden="true"><path class="fundamental" d="M0 5.5H22"/></svg>`,
}

/** Which part of the horizon the charts show, if not all of it. */
function drawn_part(report: StressReport): string {
  const times = numbers(report.tables.timeline, 'time_ms')
  const span = (times[times.length - 1] as number) - (times[0] as number)
  return span < report.scenario.horizon_ms
    ? `; drawn: the first ${duration(span)} of ${duration(report.scenario.horizon_ms)}`
    : ''
}

function charts(report: StressReport): Markup {
  if (numbers(report.tables.timeline, 'time_ms').length < 2) return NOTHING
  const all = priced_assets(report)
  const hit = all.filter((asset) => worth_a_chart(report, asset)).slice(0, PANELS)
  const more =
    all.length > hit.length
      ? markup`<p class="note">${counted(all.length - hit.length, 'more asset')} ${all.length - hit.length === 1 ? 'was' : 'were'} hit, and moved less: see the table of assets.</p>`
      : NOTHING
  const flows = stacks(report)
  const part = drawn_part(report)
  const prices =
    hit.length === 0
      ? NOTHING
      : markup`<section><h2>Price against fundamental</h2><ul class="legend"><li>${SWATCH.mid}price at the reference market</li><li>${SWATCH.fundamental}${term('fundamental', 'fundamental')}</li><li class="faint">${is_pinned(report) ? 'prices are held to the series' : 'shaded: the gap that selling opens'}${part}</li></ul><div class="panels">${hit.map((asset, n) => price_figure(report, asset, n))}</div>${more}</section>`
  const bars =
    flows.length === 0
      ? NOTHING
      : markup`<section><h2>Forced flow by venue</h2><ul class="legend">${flows.map((stack) => markup`<li><svg viewBox="0 0 22 11" aria-hidden="true"><rect class="v${stack.colour}" width="22" height="11"/></svg><b>${stack.id}</b> ${usd(stack.total)}</li>`)}</ul><figure>${flow_figure(report, flows, 1032, 270, 60, 'fw', 'wide')}${flow_figure(report, flows, 360, 230, 24, 'fs', 'slim')}</figure></section>`
  return markup`${prices}${bars}`
}

const happened = (v: Figures): boolean =>
  v.forced_sales_usd + v.liquidations + v.bad_debt_usd + v.insurance_used_usd + v.adl_usd + v.shortfall_usd + v.margin_calls > 0

const venue_row = (kind: string, name: string, v: Figures): Markup =>
  markup`<tr class="${kind}"><th scope="row">${name}</th>${money(v.forced_sales_usd)}<td></td>${count(v.accounts_liquidated)}${money(v.liquidated_usd)}${money(v.insurance_used_usd)}${money(v.adl_usd)}${money(v.bad_debt_usd)}</tr>`

const flow_row = (flow: Flow): Markup =>
  markup`<tr class="asset"><th scope="row">${plain(flow.asset)}</th>${money(flow.usd)}${ratio(flow.price_moved, 2, true)}${count(flow.accounts)}<td></td><td></td><td></td><td></td></tr>`

/** What followed, by venue and asset. */
function chain(report: StressReport): Markup {
  const { document } = report
  const flows = flows_of(report)
  const venues = document.venues.filter(happened).sort((a, b) => b.forced_sales_usd - a.forced_sales_usd)
  if (venues.length === 0) return markup`<section><h2>What followed</h2><p>${NOTHING_FORCED}</p></section>`
  const rows = venues.flatMap((venue) => [
    venue_row('venue', plain(venue.id), venue),
    ...flows.filter((flow) => flow.venue === venue.id).map(flow_row),
  ])
  rows.push(venue_row('all', 'all venues', document.totals))
  const headings: readonly (readonly [string, string])[] = [
    ['', 'venue / asset'],
    ['forced_sales_usd', 'forced sales'],
    ['price_moved', 'push at low'],
    ['accounts_liquidated', 'accounts'],
    ['liquidated_usd', 'liquidated'],
    ['insurance_used_usd', 'insurance used'],
    ['adl_usd', 'ADL'],
    ['bad_debt_usd', 'bad debt'],
  ]
  const lines = [insurance_line(report), bad_debt_line(report), ...bridge_lines(report), ...lack_lines(report)].filter(
    (line) => line !== undefined,
  )
  return markup`<section><h2>What followed, by venue and asset</h2><p class="note">Push at low: how far this venue’s forced orders had moved the asset’s price when it stood lowest; when that was stands in the table of assets.</p>${table(headings, rows)}${lines.map((line) => markup`<p class="note">${glued(line)}</p>`)}</section>`
}

/** Sources down, victims across; the darker, the larger the part of the victim's forced sales. */
function infections(report: StressReport): Markup {
  const { document } = report
  const list = document.infections.filter((cell) => Math.max(cell.usd, cell.usd_pivotal) >= VISIBLE_USD)
  if (list.length === 0) return NOTHING
  const victims = [...new Set(list.map((cell) => cell.to))]
  const sources = [...new Set(list.map((cell) => cell.from))]
  const total = (to: string) => list.filter((cell) => cell.to === to).reduce((sum, cell) => sum + cell.usd, 0)
  const cell = (from: string, to: string): Markup => {
    const found = list.find((one) => one.from === from && one.to === to)
    if (found === undefined) return markup`<td class="zero">0</td>`
    const part = total(to) > 0 ? Math.min(1, Math.max(0, found.usd / total(to))) : 0
    return markup`<td class="heat" style="--w:${part.toFixed(3)}">${usd(found.usd)} · ${percent(part, 0)}<small>tipped ${usd(found.usd_pivotal)}</small></td>`
  }
  const heads = victims.map((to) => markup`<th scope="col">${plain(to)}</th>`)
  const rows = sources.map(
    (from) =>
      markup`<tr><th scope="row">${from === 'exogenous' ? term('exogenous', 'exogenous') : plain(from)}</th>${victims.map((to) => cell(from, to))}</tr>`,
  )
  const sums = markup`<tr class="all"><th scope="row">${term('forced_sales_usd', 'forced sales')}</th>${victims.map((to) => markup`<td>${usd(total(to))}</td>`)}</tr>`
  return markup`<section><h2>Who infected whom</h2><p class="note">Forced sales of the venue in the column, by ${term('infections', 'what moved its accounts to the breach')}; below, by ${term('usd_pivotal', 'what tipped them over')} when they were: the fall itself may have reached them later.</p><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">from ↓ to →</th>${heads}</tr></thead><tbody>${rows}${sums}</tbody></table></div></section>`
}

function multiplier(report: StressReport): Markup {
  if (nothing_forced(report)) return NOTHING
  return markup`<section><h2>${term('multiplier', 'Cascade multiplier')}</h2><p>${multiplier_line(report)}.</p></section>`
}

const VENUE_COLUMNS: readonly (readonly [keyof Figures, string, 'usd' | 'count'])[] = [
  ['forced_sales_usd', 'forced sales', 'usd'],
  ['forced_buys_usd', 'of it buys', 'usd'],
  ['called_sales_usd', 'to answer calls', 'usd'],
  ['margin_calls', 'margin calls', 'count'],
  ['liquidated_usd', 'liquidated', 'usd'],
  ['liquidations', 'liquidations', 'count'],
  ['accounts_liquidated', 'accounts', 'count'],
  ['bad_debt_usd', 'bad debt', 'usd'],
  ['insurance_used_usd', 'insurance used', 'usd'],
  ['insurance_in_usd', 'insurance in', 'usd'],
  ['adl_usd', 'ADL', 'usd'],
  ['adl_loss_usd', 'ADL loss', 'usd'],
  ['shortfall_usd', 'shortfall', 'usd'],
]

/** All figures of all venues. */
function venues(report: StressReport): Markup {
  const { document } = report
  if (nothing_forced(report)) return NOTHING
  const row = (kind: string, name: string, figures: Figures): Markup =>
    markup`<tr class="${kind}"><th scope="row">${name}</th>${VENUE_COLUMNS.map(([key, , unit]) => (unit === 'usd' ? money(figures[key]) : count(figures[key])))}</tr>`
  const rows = document.venues.map((venue) => row('', plain(venue.id), venue))
  rows.push(row('all', 'all', document.totals))
  return markup`<section class="dense"><h2>Venues</h2>${table([['', 'venue'], ...VENUE_COLUMNS.map(([key, text]) => [key, text] as const)], rows)}</section>`
}

function assets(report: StressReport): Markup {
  const headings: readonly (readonly [string, string])[] = [
    ['', 'asset'],
    ['start_usd', 'start'],
    ['high_usd', 'high'],
    ['low_usd', 'lowest'],
    ['low_ms', 'at'],
    ['drawdown', 'drawdown'],
    ['fundamental_at_low_usd', 'fundamental then'],
    ['gap', 'largest gap'],
    ['end_usd', 'end'],
    ['fundamental_end_usd', 'fundamental at end'],
    ['endogenous_share', 'endogenous'],
  ]
  const rows = report.document.assets.map(
    (asset) =>
      markup`<tr><th scope="row">${plain(asset.id)}</th><td>${price(asset.start_usd)}</td><td>${price(asset.high_usd)}</td><td>${price(asset.low_usd)}</td><td>${asset.drawdown >= 0.0005 ? `+${duration(asset.low_ms)}` : '–'}</td>${ratio(-asset.drawdown)}<td>${price(asset.fundamental_at_low_usd)}</td><td${gap_text(asset) === '–' ? markup` class="zero"` : NOTHING}>${gap_text(asset)}</td><td>${price(asset.end_usd)}</td><td>${price(asset.fundamental_end_usd)}</td>${ratio(asset.endogenous_share)}</tr>`,
  )
  return markup`<section class="dense"><h2>Assets</h2><p class="note">Largest gap: how far the price stood below its fundamental of the same moment, at most, and when.</p>${table(headings, rows)}</section>`
}

/** Coins down, the most liquidated first; days across. */
function coin_day(report: StressReport): Markup {
  const rows = report.document.coin_day
  if (rows.length === 0 || !is_replay(report)) return NOTHING
  const days = [...new Set(rows.map((row) => row.day))].sort()
  const cell = (own: readonly (typeof rows)[number][]): Markup =>
    own.length === 0
      ? markup`<td class="zero">0</td>`
      : markup`<td>${usd(own.reduce((sum, row) => sum + row.usd, 0))} <span class="faint">· ${decimal(own.reduce((sum, row) => sum + row.liquidations, 0))}</span></td>`
  const line = (kind: string, name: string, own: readonly (typeof rows)[number][]): Markup =>
    markup`<tr class="${kind}"><th scope="row">${name}</th>${days.map((day) => cell(own.filter((row) => row.day === day)))}${cell(own)}</tr>`
  const body = coins_by_usd(rows).map((coin) =>
    line(
      '',
      plain(coin),
      rows.filter((row) => row.coin === coin),
    ),
  )
  body.push(line('all', 'all', rows))
  const headings = [['', 'coin'] as const, ...days.map((day) => ['', day] as const), ['', 'all'] as const]
  return markup`<section><h2>${term('coin_day', 'Liquidations by coin and day')}</h2><p class="note">${term('liquidated_usd', 'liquidated')} · ${term('liquidations', 'number of liquidations')}</p>${table(headings, body)}</section>`
}

function aliases({ aliases: list }: StressReport): Markup {
  if (list.length === 0) return NOTHING
  const rows = list.map(
    ({ from, to, why }) =>
      markup`<tr><th scope="row">${plain(from)}</th><td class="left">${plain(to)}</td><td class="wrap">${why}</td></tr>`,
  )
  return markup`<h3>Aliases</h3><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">name in the file</th><th scope="col" class="left">asset</th><th scope="col" class="left">why</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function evidence(report: StressReport): Markup {
  const { document } = report
  // Parts known from the same source share a row.
  const groups = new Map<string, { readonly evidence: string; readonly source: string; readonly parts: string[] }>()
  for (const { part, evidence: how, source } of document.evidence.parts) {
    const key = `${how} ${source}`
    const group = groups.get(key) ?? { evidence: how, source, parts: [] }
    group.parts.push(part)
    groups.set(key, group)
  }
  const rows = [...groups.values()].map(
    (group) =>
      markup`<tr><th scope="row"><span class="badge ${group.evidence}">${group.evidence}</span></th><td class="parts">${plain(group.parts.join(', '))}</td><td class="wrap">${plain(group.source)}</td></tr>`,
  )
  const notes = notes_of(report).map((note) => markup`<li>${plain(note)}</li>`)
  const facts = identity_rows(report).map(([name, value]) => markup`<dt>${name}</dt><dd><code>${value}</code></dd>`)
  const broken = document.laws.broken.map((line) => markup`<li class="broken">${plain(line)}</li>`)
  return markup`<section><h2>${term('evidence', 'Evidence')}</h2><p class="note">A result is as weak as its weakest input: ${document.evidence.weakest}.</p><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">evidence</th><th scope="col" class="left">part</th><th scope="col" class="left">source</th></tr></thead><tbody>${rows}</tbody></table></div>${notes.length === 0 ? NOTHING : markup`<h3>Assumptions and notes</h3><ul>${notes}</ul>`}${aliases(report)}
<h2>${term('identity', 'Identity')}</h2><dl class="facts">${facts}<dt>${term('laws', 'laws')}</dt><dd>${laws_line(report)}</dd></dl>${broken.length === 0 ? NOTHING : markup`<ul>${broken}</ul>`}</section>`
}

/** Every definition, where the page's links lead. */
function glossary(): Markup {
  const emphasis = (text: string): Text =>
    new Text(markup`${text}`.text.replace(/\*([^*]+)\*/g, '<em>$1</em>').replace(/`([^`]+)`/g, '<code>$1</code>'))
  const groups = DEFINITIONS.map(
    (group) =>
      markup`<h3>${group.title}</h3><dl class="glossary">${group.items.map((item) => markup`<dt id="d-${item.id}">${item.id} <span class="faint">(${item.unit})</span></dt><dd>${emphasis(item.says)}${item.more.map((line) => markup` ${emphasis(line)}`)}</dd>`)}</dl>`,
  )
  return markup`<section><h2>Definitions</h2><p class="note">${counted(
    DEFINITIONS.reduce((sum, group) => sum + group.items.length, 0),
    'definition',
  )}.</p>${groups}</section>`
}
