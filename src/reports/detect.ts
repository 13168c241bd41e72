/** Events and alerts for a terminal. */
import { days_from_civil } from '../math/index.ts'
import { counted, duration, percent, usd } from './format.ts'
import type { GridColumn } from './lines.ts'
import { plain } from './report.ts'
import type { DetectDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'

export const left = (title: string): GridColumn => ({ title, align: 'left' })
export const right = (title: string): GridColumn => ({ title, align: 'right' })

/** `2024-04-12T18:00:00Z` as `2024-04-12 18:00`. */
export const when = (iso: string | null): string => (iso === null ? 'open' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`)

/** Milliseconds of `2024-04-12T18:00:00Z`. */
export function ms_of(iso: string): number {
  const [year, month, day, hour, minute, second] = (iso.match(/-?\d+/g) as string[]).map((part) => Math.abs(Number(part))) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return days_from_civil(year, month, day) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000
}

const range = (from: string, to: string) => `${when(from)} to ${when(to)}`

export function detect_text(document: DetectDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options, 140, '')
  const { events } = document
  sheet.heading(
    `${events.length === 0 && !all_clear(document) ? 'No answer' : counted(events.length, 'event')} from ${range(document.from, document.to)}, step ${duration(document.step_ms)}`,
  )
  catalogue(sheet, document)
  const last = events.at(-1)
  if (last !== undefined) {
    sheet.heading('The last of them')
    sheet.say(plain(last.what), '  ')
    const names = last.spoke.map(
      (one) =>
        `${one.indicator}${one.subject === '' || one.subject === 'market' ? '' : ` of ${plain(one.subject)}`} (${rank_text(one.rank)})`,
    )
    if (names.length > 0) sheet.say(`At its onset stood out: ${names.join(', ')}.`, '  ')
  }
  conditions(sheet, document)
  costs(sheet, document)
  sheet.lines.push('')
  for (const { file, series, evidence, from, to } of document.sources)
    sheet.say(
      `${plain(file)}: ${counted(series, 'series', 'series')}, ${evidence}${from === '' ? '' : `, ${range(from, to)}`}`,
      '· ',
    )
  for (const note of document.notes) sheet.say(note, '· ')
  sheet.say(
    'An event is a day whose median move is large in itself and against what was usual; its one threshold was chosen on daily bars of 2020–2022 (docs/detection.md).',
    '· ',
  )
  return sheet.text
}

/** Where a value stands among its earlier ones, told from the nearer end. */
export const rank_text = (rank: number): string =>
  rank < 0.5 ? `lower than ${percent(1 - rank, 0)} of its past` : `higher than ${percent(rank, 0)} of its past`

/** Why events were not looked for, or not everywhere. */
const gaps_of = ({ notes }: DetectDoc): string[] =>
  notes.filter((note) => note.includes('not looked for') || note.startsWith('no detector of events'))

/** Is the absence of events an answer? Not where nothing was looked at. */
export const all_clear = (document: DetectDoc): boolean =>
  gaps_of(document).length === 0 &&
  document.detectors.some(({ id, subjects }) => (id === 'deleveraging-event' || id === 'depeg') && subjects > 0)

/** What to say where there is no event: that none was found, or that nothing was looked at. */
export const no_event = (document: DetectDoc): string =>
  all_clear(document)
    ? 'No event: nothing in this history was large in itself and against what was usual.'
    : `Nothing found, and this is no all-clear: ${gaps_of(document).join('; ')}.`

function catalogue(sheet: Sheet, document: DetectDoc): void {
  const { events, step_ms } = document
  if (events.length === 0) return sheet.say(no_event(document))
  // Rows of days need no hour.
  const short = (iso: string | null) => (step_ms % 86_400_000 === 0 ? when(iso).slice(0, 10) : when(iso))
  sheet.lines.push('')
  // What matters least stands last: a narrow terminal leaves it out.
  const columns = [left('onset (UTC)'), left('detected'), left('type'), left('of'), right('change'), left('severity')]
  const rest = [right('breadth'), left('over')]
  const rows = events.map((event) => [
    short(event.onset),
    short(event.detected),
    event.type,
    plain(event.subject),
    percent(event.drawdown),
    event.severity,
    event.breadth === null ? '–' : percent(event.breadth, 0),
    short(event.end),
  ])
  const before = sheet.lines.length
  sheet.table([...columns, ...rest], rows, (_, __, text) => (text.includes('critical') ? sheet.paint.bad(text) : text))
  const missing = rest.filter(({ title }) => !sheet.lines[before]?.includes(title)).map(({ title }) => title)
  if (missing.length > 0) sheet.say(`Left out at this width: ${missing.join(', ')}.`)
}

/** Alerts that are no events of their own, by detector. */
function conditions(sheet: Sheet, { alerts }: DetectDoc): void {
  const others = alerts.filter(
    ({ state, detector }) => state === 'opened' && detector !== 'deleveraging-event' && detector !== 'depeg',
  )
  if (others.length === 0) return
  sheet.heading('Conditions that were pointed at')
  sheet.table(
    [left('detector'), right('alerts'), right('subjects'), left('last'), left('of')],
    [...new Set(others.map(({ detector }) => detector))].map((name) => {
      const own = others.filter(({ detector }) => detector === name)
      const newest = own[own.length - 1]
      return [
        name,
        String(own.length),
        String(new Set(own.map(({ subject }) => subject)).size),
        when(newest?.time ?? null),
        plain(newest?.subject ?? ''),
      ]
    }),
  )
}

const MOST_COSTS = 8

/** Alerts for which a snapshot says what they would cost, the newest last. */
function costs(sheet: Sheet, { alerts }: DetectDoc): void {
  const known = alerts.filter((alert) => alert.expected_loss_usd !== null && alert.state !== 'closed')
  if (known.length === 0) return
  sheet.heading('What they would cost, by the snapshot')
  for (const alert of known.slice(-MOST_COSTS))
    sheet.say(
      `${when(alert.time)} ${alert.type} of ${plain(alert.subject)}: ${usd(alert.expected_loss_usd as number)} (${plain(alert.expected_loss_basis)})`,
      '  ',
    )
}
