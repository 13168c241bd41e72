/** The report of a stress run for a terminal: tables in, text out. */
import { EVIDENCE } from '../model/index.ts'
import { binned, line_chart, spark } from './chart.ts'
import { counted, decimal, duration, moment, percent, price, usd } from './format.ts'
import { COLOURLESS, fit, type GridColumn, grid, type Painter, pad_left, pad_right, wrap, width_of } from './lines.ts'
import {
  answer,
  bridge_lines,
  coins_by_usd,
  type Asset,
  endogenous_line,
  flows_of,
  gap_text,
  type Flow,
  hit_assets,
  identity_rows,
  insurance_line,
  is_pinned,
  is_replay,
  laws_line,
  mostly_buys,
  multiplier_line,
  notes_of,
  numbers,
  plain,
  priced_assets,
  shocked,
  status_line,
  type StressReport,
  type Figures,
  type Venue,
} from './report.ts'
import type { RunDoc } from './schemas.ts'
import { time_ticks } from './svg.ts'

export interface TextOptions {
  /** Columns, 80 to 120. */
  readonly width?: number
  readonly painter?: Painter
}

const NAME = 18
const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

/** Draws one report; holds its width and colours. */
class Page {
  readonly lines: string[] = []
  readonly report: StressReport
  readonly width: number
  readonly paint: Painter

  constructor(report: StressReport, options: TextOptions) {
    this.report = report
    this.width = Math.min(120, Math.max(80, options.width ?? 100))
    this.paint = options.painter ?? COLOURLESS
  }

  /** A heading with a note beside it, or under it where it does not fit. */
  heading(title: string, note = ''): void {
    const beside = note !== '' && width_of(title) + 2 + width_of(note) <= this.width
    this.lines.push('', this.paint.strong(title) + (beside ? `  ${this.paint.faint(note)}` : ''))
    if (note !== '' && !beside) this.lines.push(...wrap(note, this.width, '  ').map(this.paint.faint))
  }

  /** Lines of prose under a heading. */
  say(text: string, bullet = '', paint: (line: string) => string = (line) => line): void {
    this.lines.push(...wrap(text, this.width, `  ${bullet}`).map(paint))
  }

  /** `name  value` lines. */
  facts(rows: readonly (readonly [string, string])[]): void {
    const names = rows.reduce((most, [name]) => Math.max(most, width_of(name)), 0)
    for (const [name, text] of rows) {
      const lines = wrap(text, this.width - names - 4)
      lines.forEach((line, i) => this.lines.push(`  ${this.paint.faint(pad_right(i === 0 ? name : '', names))}  ${line}`))
    }
  }

  /** A table two columns in. */
  table(columns: readonly GridColumn[], rows: readonly (readonly string[])[], strong: ReadonlySet<number> = new Set()): void {
    const paint = (line: number, _column: number, text: string) =>
      text === '·' ? this.paint.faint(text) : strong.has(line) ? this.paint.strong(text) : text
    this.lines.push(...grid(columns, rows, this.width - 2, this.paint, paint).map((line) => `  ${line}`))
  }
}

/** The whole report, lines joined; ends with a newline. */
export function stress_text(report: StressReport, options: TextOptions = {}): string {
  const page = new Page(report, options)
  const status = status_line(report)
  if (status !== undefined) page.lines.push(...wrap(status, page.width).map((line) => page.paint.bad(line)), '')
  page.lines.push(...wrap(answer(report), page.width).map((line) => page.paint.strong(line)))
  page.heading('What was shocked')
  for (const line of shocked(report)) page.say(line)
  chain(page)
  infections(page)
  charts(page)
  page.heading('Cascade multiplier')
  page.say(multiplier_line(report))
  const endogenous = endogenous_line(report)
  if (endogenous !== undefined) page.say(`Part of the fall made by forced orders (endogenous share): ${endogenous}`)
  coin_day(page)
  evidence(page)
  return `${page.lines.join('\n')}\n`
}

const money = (value: number): string => (value === 0 ? '·' : usd(value))
const count = (value: number): string => (value === 0 ? '·' : decimal(value))

const CHAIN: readonly GridColumn[] = [
  left('venue / asset'),
  right('forced sales'),
  right('price moved'),
  right('accounts'),
  right('liquidated'),
  right('bad debt'),
  right('insurance'),
  right('ADL'),
]
const NARROW: readonly GridColumn[] = ['', 'forced', 'moved', 'accounts', 'liq.', 'bad debt', 'fund', 'ADL'].map(right)
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
  page.heading('What followed', 'USD; price moved: how far the venue’s forced orders had pushed the price at its low')
  const flows = flows_of(page.report)
  const venues = document.venues
    .filter(happened)
    .sort((a, b) => b.forced_sales_usd - a.forced_sales_usd || b.liquidated_usd - a.liquidated_usd)
  if (venues.length === 0) return page.say('Nothing: no account was called, liquidated or left with a loss.')
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
  for (const line of [insurance_line(page.report), ...bridge_lines(page.report)]) if (line !== undefined) page.say(line)
  falls(page, priced_assets(page.report))
}

const MOST_FALLS = 8

/** Prices of the assets that were hit: where they stood lowest, and where the outside world stood then. */
function falls(page: Page, assets: readonly Asset[]): void {
  if (assets.length === 0) return
  const narrow = page.width < COMFORTABLE
  const squeezed = mostly_buys(page.report)
  const columns = [
    left('asset'),
    right('start'),
    right('low'),
    right(narrow ? 'fund. at low' : 'fundamental at low'),
    right('largest gap'),
    right('end'),
    right(squeezed ? 'high' : 'drawdown'),
  ]
  page.lines.push('')
  page.table(
    columns.slice(0, narrow ? -1 : columns.length),
    assets
      .slice(0, MOST_FALLS)
      .map((asset) => [
        fit(plain(asset.id), narrow ? 8 : 12),
        price(asset.start_usd),
        price(asset.low_usd),
        price(asset.fundamental_at_low_usd),
        gap_text(asset),
        price(asset.end_usd),
        squeezed ? price(asset.high_usd) : percent(-asset.drawdown),
      ]),
  )
  if (assets.length > MOST_FALLS) page.say(`${assets.length - MOST_FALLS} more, see --json`)
}

/** Who infected whom: sources down, victims across, or a list when there are too many. */
function infections(page: Page): void {
  const { document } = page.report
  const list = document.infections.filter((cell) => cell.usd > 0 || cell.usd_pivotal > 0)
  if (list.length === 0) return
  page.heading('Who infected whom', 'forced sales by what moved the account to its breach; in brackets by what tipped it over')
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

const AXIS = 10
const CHART_ROWS = 9

/** Price against fundamental of the most hit asset, and forced flow by venue under it, on one time axis. */
function charts(page: Page): void {
  const { report, paint } = page
  const times = numbers(report.tables.timeline, 'time_ms')
  if (times.length < 2) return
  const columns = page.width - 2 - AXIS - 2
  const worst = hit_assets(report)[0]
  const first = times[0] as number
  const last = times[times.length - 1] as number
  if (worst !== undefined) {
    const name = plain(worst.id)
    const part =
      last - first < report.scenario.horizon_ms
        ? `, the first ${duration(last - first)} of ${duration(report.scenario.horizon_ms)}`
        : ''
    page.heading(
      `${name} price ─ against its fundamental ·`,
      is_pinned(report) ? 'the price is held to the fundamental' : `from ${moment(first)} UTC${part}`,
    )
    const mids = numbers(report.tables.timeline, `${worst.id}.mid_usd`)
    const drawn = line_chart(
      mids,
      numbers(report.tables.timeline, `${worst.id}.fundamental_usd`),
      { columns, rows: CHART_ROWS },
      price,
      is_pinned(report) ? [] : [worst.low_usd],
    )
    for (const row of drawn.rows) {
      const cells = row.cells.map((mark) =>
        mark.series === 'front' ? paint.strong(mark.char) : mark.series === 'back' ? paint.faint(mark.char) : mark.char,
      )
      page.lines.push(
        `  ${paint.faint(`${pad_left(row.label, AXIS)} ${row.label === '' ? '│' : '┤'}`)}${cells.join('').trimEnd()}`,
      )
    }
  }
  const bars = flow_rows(page, columns)
  if (!bars && worst === undefined) return
  page.lines.push(`  ${paint.faint(' '.repeat(AXIS + 1) + axis(first, last, columns))}`)
}

/** Times since the start, or days, each under its column; what would run into the one before is left out. */
function axis(first: number, last: number, columns: number): string {
  let line = ''
  for (const { time_ms, text } of time_ticks(first, last, Math.floor(columns / 14))) {
    const at = Math.round(((time_ms - first) / (last - first)) * (columns - 1))
    const from = Math.max(0, Math.min(at - Math.floor(width_of(text) / 2), columns - width_of(text)))
    if (line === '' || from > width_of(line) + 1) line = pad_right(line, from) + text
  }
  return line
}

/** A time as people say it: whole minutes from two on, whole seconds below. */
const rounded = (ms: number): number => {
  const unit = ms >= 120_000 ? 60_000 : ms >= 1_000 ? 1_000 : 1
  return Math.max(1, Math.round(ms / unit)) * unit
}

/** Bars of forced flow by venue; false when there are none. */
function flow_rows(page: Page, columns: number): boolean {
  const { report, paint } = page
  const venues = report.document.venues
    .map((venue, i) => ({
      id: venue.id,
      i,
      values: numbers(report.tables.timeline, `${venue.id}.forced_usd`),
      total: venue.forced_sales_usd,
    }))
    .filter((venue) => venue.total > 0 && venue.values.some((value) => value > 0))
  if (venues.length === 0) return false
  const bars = venues.map((venue) => binned(venue.values, columns))
  const most = bars.flat().reduce((high, sum) => Math.max(high, sum), 0)
  const times = numbers(report.tables.timeline, 'time_ms')
  const step_ms = ((times[times.length - 1] as number) - (times[0] as number)) / columns
  page.heading('Forced flow over time', `a full bar is ${usd(most)} in ${duration(rounded(step_ms))}`)
  venues.forEach((venue, v) => {
    const bar = spark(bars[v] as number[], most).trimEnd()
    page.lines.push(`  ${pad_left(fit(plain(venue.id), AXIS), AXIS)} ${paint.faint('│')}${paint.series(venue.i, bar)}`)
  })
  return true
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
