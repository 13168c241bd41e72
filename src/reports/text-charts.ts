/** Charts of a run for a terminal: price against fundamental, and forced flow by venue under it, on one time axis. */
import { binned, line_chart, spark } from './chart.ts'
import { duration, moment, price, usd } from './format.ts'
import { fit, pad_left, pad_right, width_of } from './lines.ts'
import { is_pinned, numbers, plain, priced_assets } from './report.ts'
import { time_ticks } from './svg.ts'
import type { Page } from './text-page.ts'

const AXIS = 10
const CHART_ROWS = 9

/** Price against fundamental of the asset that was shocked, else of the one that was hit most, and forced flow by venue under it, on one time axis. */
export function charts(page: Page): void {
  const { report, paint } = page
  const times = numbers(report.tables.timeline, 'time_ms')
  if (times.length < 2) return
  const columns = page.width - 2 - AXIS - 2
  const worst = priced_assets(report)[0]
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
    const lowest = { at: worst.low_ms / (last - first), front: worst.low_usd, back: worst.fundamental_at_low_usd }
    const drawn = line_chart(
      mids,
      numbers(report.tables.timeline, `${worst.id}.fundamental_usd`),
      { columns, rows: CHART_ROWS },
      price,
      is_pinned(report) || worst.low_ms > last - first ? undefined : lowest,
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
