/** The report of a stress run for a terminal: tables in, text out. */
import { EVIDENCE } from '../model/index.ts'
import { counted, decimal, duration, percent, price, usd } from './format.ts'
import { fit, type GridColumn, pad_left, wrap } from './lines.ts'
import { bad_debt_line, lack_lines, left_behind_line, NOTHING_FORCED, nothing_forced, opening_line } from './opening.ts'
import {
  answer,
  type Asset,
  bridge_lines,
  coins_by_usd,
  endogenous_line,
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
  plain,
  priced_assets,
  shocked,
  status_line,
  type StressReport,
  type Venue,
  VISIBLE_USD,
  went_up,
} from './report.ts'
import type { RunDoc } from './schemas.ts'
import { charts } from './text-charts.ts'
import { left, NAME, Page, right, type TextOptions } from './text-page.ts'

export type { TextOptions }

/** The whole report, lines joined; ends with a newline. */
export function stress_text(report: StressReport, options: TextOptions = {}): string {
  const page = new Page(report, options)
  const status = status_line(report)
  if (status !== undefined) page.lines.push(...wrap(status, page.width).map((line) => page.paint.bad(line)), '')
  page.lines.push(...wrap(answer(report), page.width).map((line) => page.paint.strong(line)))
  const trouble = opening_line(report)
  if (trouble !== undefined) page.lines.push(...wrap(trouble, page.width).map((line) => page.paint.warn(line)))
  page.heading('What was shocked')
  for (const line of [...shocked(report), left_behind_line(report)]) if (line !== undefined) page.say(line)
  chain(page)
  infections(page)
  charts(page)
  multiplier(page)
  coin_day(page)
  evidence(page)
  return `${page.lines.join('\n')}\n`
}

/** Left out where nothing was forced: there is nothing to multiply. */
function multiplier(page: Page): void {
  const { report } = page
  if (nothing_forced(report)) return
  page.heading('Cascade multiplier')
  page.say(multiplier_line(report))
  const endogenous = endogenous_line(report)
  if (endogenous !== undefined) page.say(`Part of the fall made by forced orders (endogenous share): ${endogenous}`)
}

const money = (value: number): string => (value === 0 ? '·' : usd(value))
const count = (value: number): string => (value === 0 ? '·' : decimal(value))

const CHAIN: readonly GridColumn[] = [
  left('venue / asset'),
  right('forced sales'),
  right('push at low'),
  right('accounts'),
  right('liquidated'),
  right('bad debt'),
  right('insurance'),
  right('ADL'),
]
const NARROW: readonly GridColumn[] = ['', 'forced', 'push', 'accounts', 'liq.', 'bad debt', 'fund', 'ADL'].map(right)
const COMFORTABLE = 92

const venue_cells = (name: string, v: Figures): string[] => [
  name,
  money(v.forced_sales_usd),
  '',
  count(v.accounts_liquidated),
  money(v.liquidated_usd),
  money(v.bad_debt_usd),
  money(v.insurance_used_usd),
  money(v.adl_usd),
]

const flow_cells = (flow: Flow): string[] => [
  `  ${fit(plain(flow.asset), NAME - 2)}`,
  money(flow.usd),
  flow.price_moved === null ? '' : percent(flow.price_moved, 2, true),
  count(flow.accounts),
]

const happened = (v: Venue): boolean =>
  v.forced_sales_usd + v.liquidations + v.bad_debt_usd + v.insurance_used_usd + v.adl_usd + v.shortfall_usd + v.margin_calls > 0

const MOST_ASSETS = 5

/** What followed, by venue and asset; the venue that was forced most comes first. */
function chain(page: Page): void {
  const { document } = page.report
  const pushed = is_pinned(page.report)
    ? 'push at low is not defined, prices are held to a series'
    : 'push at low: how far this venue’s forced orders had moved the asset’s price when it stood lowest'
  page.heading('What followed', nothing_forced(page.report) ? '' : `USD; ${pushed}`)
  const flows = flows_of(page.report)
  const venues = document.venues
    .filter(happened)
    .sort((a, b) => b.forced_sales_usd - a.forced_sales_usd || b.liquidated_usd - a.liquidated_usd)
  if (venues.length === 0) return page.say(NOTHING_FORCED)
  const rows: string[][] = []
  const strong = new Set<number>()
  for (const venue of venues) {
    strong.add(rows.length)
    rows.push(venue_cells(fit(plain(venue.id), NAME), venue))
    const own = flows.filter((flow) => flow.venue === venue.id)
    const shown = own.length > MOST_ASSETS + 1 ? MOST_ASSETS : own.length
    rows.push(...own.slice(0, shown).map(flow_cells))
    const rest = own.slice(shown)
    if (rest.length > 0) rows.push([`  ${rest.length} more`, money(rest.reduce((sum, flow) => sum + flow.usd, 0))])
  }
  if (venues.length > 1) {
    strong.add(rows.length)
    rows.push(venue_cells('all', document.totals))
  }
  page.table(page.width < COMFORTABLE ? [CHAIN[0] as GridColumn, ...NARROW.slice(1)] : CHAIN, rows, strong)
  const { margin_calls, called_sales_usd, forced_buys_usd, adl_loss_usd, shortfall_usd } = document.totals
  const notes = [
    margin_calls > 0 ? `${counted(margin_calls, 'margin call')}, answered by selling ${usd(called_sales_usd)}` : '',
    forced_buys_usd > 0 ? `${usd(forced_buys_usd)} of the forced sales bought back shorts` : '',
    adl_loss_usd > 0 ? `ADL cost winners ${usd(adl_loss_usd)} against the mark` : '',
    shortfall_usd > 0 ? `accounts still open owe ${usd(shortfall_usd)} more than they hold (shortfall)` : '',
  ].filter((note) => note !== '')
  if (notes.length > 0) page.say(`${notes.join('; ')}.`)
  for (const line of [insurance_line(page.report), bad_debt_line(page.report), ...bridge_lines(page.report)])
    if (line !== undefined) page.say(line)
  falls(page, priced_assets(page.report))
  for (const line of lack_lines(page.report)) page.say(line)
}

const MOST_FALLS = 8
/** Columns from which there is room for times beside prices. */
const ROOM_FOR_TIMES = 98

/** `2,176.5 at +18 min`: where an asset stood lowest, and when; bare where it hardly fell; `↑` the highest where it went further up. */
function furthest_text(asset: Asset, narrow: boolean): string {
  if (went_up(asset)) return `↑ ${price(asset.high_usd)}`
  return narrow || asset.drawdown < 0.0005 ? price(asset.low_usd) : `${price(asset.low_usd)} at +${duration(asset.low_ms)}`
}

/** Prices of the assets that were hit: where they stood lowest, and where the outside world stood then. */
function falls(page: Page, assets: readonly Asset[]): void {
  if (assets.length === 0) return
  const narrow = page.width < ROOM_FOR_TIMES
  const titles = ['start', 'lowest, ↑ highest', 'move', 'fund. then', 'largest gap', 'end']
  page.lines.push('')
  page.table(
    [left('asset'), ...titles.map((title, t) => right(narrow && t === 1 ? '↓ or ↑' : title))],
    assets
      .slice(0, MOST_FALLS)
      .map((asset) => [
        fit(plain(asset.id), narrow ? 8 : 12),
        price(asset.start_usd),
        furthest_text(asset, narrow),
        percent(went_up(asset) ? asset.high_usd / asset.start_usd - 1 : -asset.drawdown, 1, true),
        went_up(asset) ? '' : price(asset.fundamental_at_low_usd),
        gap_text(asset),
        price(asset.end_usd),
      ]),
  )
  if (assets.length > MOST_FALLS) page.say(`${assets.length - MOST_FALLS} more, see --json`)
}

/** Who infected whom: sources down, victims across, or a list when there are too many. */
function infections(page: Page): void {
  const { document } = page.report
  const list = document.infections.filter((cell) => Math.max(cell.usd, cell.usd_pivotal) >= VISIBLE_USD)
  if (list.length === 0) return
  page.heading(
    'Who infected whom',
    'forced sales by what moved the account to its breach; in brackets by what tipped it over when it was (the fall itself may have reached it later)',
  )
  const victims = [...new Set(list.map((cell) => cell.to))]
  const sources = [...new Set(list.map((cell) => cell.from))]
  const cell = (from: string, to: string): string => {
    const found = list.find((one) => one.from === from && one.to === to)
    return found === undefined ? '·' : `${usd(found.usd)} (${usd(found.usd_pivotal)})`
  }
  if (victims.length * 22 + NAME <= page.width) {
    page.table(
      [left('from ↓  to →'), ...victims.map((to) => right(fit(plain(to), NAME)))],
      sources.map((from) => [fit(plain(from), NAME), ...victims.map((to) => cell(from, to))]),
    )
    return
  }
  const rows = [...list].sort((a, b) => b.usd - a.usd).slice(0, 16)
  page.table(
    [left('from'), left('to'), right('usd (tipped over)')],
    rows.map((one) => [fit(plain(one.from), NAME), fit(plain(one.to), NAME), cell(one.from, one.to)]),
  )
}

const MOST_DAYS = 5
const MOST_ROWS = 40

/** Liquidations by coin and day, for replays of real days: a column a day while they fit. */
function coin_day(page: Page): void {
  const rows = page.report.document.coin_day
  if (!is_replay(page.report) || rows.length === 0) return
  page.heading('Liquidations by coin and day', 'liquidations and what they closed or repaid')
  const days = [...new Set(rows.map((row) => row.day))].sort()
  const coins = coins_by_usd(rows)
  const cell = (own: readonly (typeof rows)[number][]) =>
    own.length === 0
      ? '·'
      : `${decimal(own.reduce((sum, row) => sum + row.liquidations, 0))}  ${pad_left(usd(own.reduce((sum, row) => sum + row.usd, 0)), 7)}`
  const shown = coins.slice(0, MOST_ROWS)
  const columns = days.length <= MOST_DAYS ? days : []
  page.table(
    [left('coin'), ...columns.map((day) => right(day)), right(days.length === 1 ? 'all' : `all ${days.length} days`)],
    [
      ...shown.map((coin) => {
        const own = rows.filter((row) => row.coin === coin)
        return [fit(plain(coin), 12), ...columns.map((day) => cell(own.filter((row) => row.day === day))), cell(own)]
      }),
      ['all', ...columns.map((day) => cell(rows.filter((row) => row.day === day))), cell(rows)],
    ],
    new Set([shown.length]),
  )
  if (columns.length < days.length || shown.length < coins.length)
    page.say('Every coin and day stands in the document (--json, --out).')
}

/** Parts by how they are known: `assets.{BTC, ETH}, markets`. */
function evidence_rows(parts: RunDoc['evidence']['parts']): (readonly [string, string])[] {
  return EVIDENCE.filter((evidence) => parts.some((part) => part.evidence === evidence)).map((evidence) => {
    const groups = new Map<string, string[]>()
    for (const { part } of parts.filter((one) => one.evidence === evidence)) {
      const dot = part.indexOf('.')
      const head = dot < 0 ? part : part.slice(0, dot)
      groups.set(head, [...(groups.get(head) ?? []), ...(dot < 0 ? [] : [part.slice(dot + 1)])])
    }
    const names = [...groups].map(([head, rest]) =>
      rest.length === 0 ? head : rest.length === 1 ? `${head}.${rest[0]}` : `${head}.{${rest.join(', ')}}`,
    )
    return [evidence, plain(names.join(', '))] as const
  })
}

/** Names of the files and what they were joined to. */
function aliases(page: Page): void {
  const { aliases: list } = page.report
  if (list.length === 0) return
  page.heading('Aliases')
  page.table(
    [left('name in the file'), left('asset'), left('why')],
    list.map(({ from, to, why }) => [fit(plain(from), 28), fit(plain(to), 12), plain(why)]),
  )
}

function evidence(page: Page): void {
  const { document } = page.report
  page.heading('Evidence', `the weakest input is ${document.evidence.weakest}`)
  page.facts(evidence_rows(document.evidence.parts))
  page.say('Where each part comes from stands in the document (--json) and on the page (--html).')
  for (const note of notes_of(page.report)) page.say(plain(note), '· ')
  aliases(page)
  page.heading('Identity')
  page.facts([...identity_rows(page.report), ['laws', laws_line(page.report)]])
  for (const line of document.laws.broken.slice(0, 10)) page.say(plain(line), '✗ ', page.paint.bad)
  page.lines.push('', page.paint.faint(`Every figure is defined in ${document.definitions}.`))
}
