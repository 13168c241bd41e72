/** Events and alerts, chances and scores, for a terminal. */
import { counted, decimal, duration, percent, usd } from './format.ts'
import type { GridColumn } from './lines.ts'
import { plain } from './report.ts'
import type { DetectDoc, WarnDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

/** `2024-04-12T18:00:00Z` as `2024-04-12 18:00`. */
export const when = (iso: string | null): string => (iso === null ? 'open' : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`)

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
  sheet.table(
    [
      left('onset (UTC)'),
      left('detected'),
      left('over'),
      left('type'),
      left('of'),
      right('change'),
      right('breadth'),
      left('severity'),
    ],
    events.map((event) => [
      short(event.onset),
      short(event.detected),
      short(event.end),
      event.type,
      plain(event.subject),
      percent(event.drawdown),
      event.breadth === null ? '–' : percent(event.breadth, 0),
      event.severity,
    ]),
    (_, __, text) => (text.includes('critical') ? sheet.paint.bad(text) : text),
  )
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

type Score = WarnDoc['evaluation'][number]['scores'][number]
type Estimate = Score['roc_auc']

const figure = (value: number | null, digits = 2): string => (value === null ? '–' : decimal(value, digits))
const interval = ({ value, low, high }: Estimate): string =>
  value === null ? '–' : low === null || high === null ? figure(value) : `${figure(value)} [${figure(low)}, ${figure(high)}]`

export function warn_text(document: WarnDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options, 140, '')
  sheet.heading(`Chances as of ${when(document.time)} UTC`)
  const questions = [...new Set(document.warnings.map(({ question }) => question))]
  if (questions.length === 0 && document.snapshots.length === 0)
    sheet.say('Nothing is said: there is too little history to learn from.')
  for (const question of questions) {
    const own = document.warnings.filter((warning) => warning.question === question)
    chances(sheet, question, own)
  }
  if (document.snapshots.length > 0) held(sheet, document)
  for (const part of document.evaluation) walk(sheet, part)
  sheet.lines.push('')
  for (const note of document.notes) sheet.say(note, '· ')
  return sheet.text
}

function chances(sheet: Sheet, question: string, own: readonly WarnDoc['warnings'][number][]): void {
  const { skill, base_rate, learned, happened } = own[0] as (typeof own)[number]
  sheet.lines.push('')
  sheet.say(plain(question))
  sheet.say(
    `learned from ${counted(learned, 'row')}, of which ${decimal(happened)} came true (${percent(base_rate)}); walk-forward: ${skill === 'not evaluated' ? 'not evaluated (--evaluate)' : skill}`,
    '  ',
  )
  const shown = own.toSorted((a, b) => (b.probability ?? -1) - (a.probability ?? -1)).slice(0, 12)
  // Without a snapshot no row has a loss: the notes say why. With one there is room for two drivers.
  const priced = own.some(({ expected_loss }) => expected_loss !== null)
  const pushes = (one: (typeof own)[number]) =>
    one.drivers.slice(0, priced ? 2 : 3).map(({ name, part }) => `${name} ${part < 0 ? '−' : '+'}${Math.abs(part).toFixed(2)}`)
  sheet.table(
    [
      left('  of'),
      right('chance'),
      right('usual'),
      ...(priced ? [right('loss if so')] : []),
      left('what pushes it, in log odds'),
    ],
    shown.map((one) => [
      `  ${plain(one.subject)}`,
      one.probability === null ? 'abstains' : percent(one.probability),
      percent(one.base_rate),
      ...(priced ? [one.expected_loss === null ? '–' : usd(one.expected_loss.loss_usd.median)] : []),
      pushes(one).join(', '),
    ]),
  )
  if (priced) sheet.say(`loss: ${loss_words(shown)}`, '  ')
}

type Loss = Pick<WarnDoc['warnings'][number], 'expected_loss' | 'expected_loss_basis'>

/** `$1.2 M [0.9, 1.4]`. */
function loss_text({ expected_loss }: Loss): string {
  if (expected_loss === null) return '–'
  const { median, low, high } = expected_loss.loss_usd
  return low === null || high === null ? usd(median) : `${usd(median)} [${usd(low)}, ${usd(high)}]`
}

const sales_text = ({ expected_loss }: Loss): string => {
  const sales = expected_loss?.forced_sales_usd ?? null
  return sales === null ? '–' : usd(sales.median)
}

/** What says so of the first that has a loss, with its interval. */
function loss_words(shown: readonly Loss[]): string {
  const one = shown.find(({ expected_loss }) => expected_loss !== null)
  if (one === undefined) return ''
  const { low, high } = one.expected_loss?.loss_usd ?? { low: null, high: null }
  const between = low === null || high === null ? '' : `; 5 to 95 % of seeds: ${usd(low)} to ${usd(high)}`
  return `${plain(one.expected_loss_basis)}${between}`
}

/** What snapshots say: fragility by runs, and the figures of the newest. */
function held(sheet: Sheet, { snapshots, simulated, positions, alerts }: WarnDoc): void {
  sheet.heading('Positions')
  for (const one of snapshots)
    sheet.say(`${plain(one.file)}: ${plain(one.title)}, ${when(one.time)}, ${counted(one.accounts, 'account')}, ${one.evidence}`)
  for (const question of [...new Set(simulated.map((one) => one.question))]) {
    const own = simulated.filter((one) => one.question === question)
    sheet.lines.push('')
    sheet.say(plain(question))
    sheet.table(
      [left('  of'), right('chance'), right('seeds'), right('loss, median [5 %, 95 %]'), right('forced sales')],
      own.map((one) => [
        `  ${plain(one.subject)}`,
        percent(one.probability),
        `${one.hits} of ${one.seeds}`,
        loss_text(one),
        sales_text(one),
      ]),
    )
    sheet.say(`loss: ${loss_words(own)}`, '  ')
  }
  const venues = [...new Set(positions.map(({ venue }) => venue))]
  const cell = (name: string, venue: string) => {
    const found = positions.find((one) => one.name === name && one.venue === venue)
    if (found === undefined) return '–'
    const text = (value: number) =>
      found.unit === 'usd' ? usd(value) : /^(distance|health|largest)/.test(name) ? percent(value, 1) : decimal(value, 3)
    return found.before === null ? text(found.value) : `${text(found.before)} → ${text(found.value)}`
  }
  sheet.lines.push('')
  sheet.table(
    [left('  figure'), ...venues.map((venue) => right(venue === '' ? 'all' : plain(venue)))],
    [...new Set(positions.map(({ name }) => name))].map((name) => [`  ${name}`, ...venues.map((venue) => cell(name, venue))]),
  )
  for (const alert of alerts.filter(({ state }) => state !== 'closed'))
    sheet.say(
      `${alert.severity}: ${plain(alert.what)}${alert.expected_loss_usd === null ? '' : `; ${usd(alert.expected_loss_usd)} would be lost (${plain(alert.expected_loss_basis)})`}`,
      '  ',
    )
}

function walk(sheet: Sheet, { title, rows, scores, calibration }: WarnDoc['evaluation'][number]): void {
  sheet.heading(`Walk-forward: ${plain(title)}`)
  sheet.table(
    [
      left('forecaster'),
      left('verdict'),
      right('ROC-AUC'),
      right('Brier skill'),
      right('AP'),
      right('seen'),
      right('lead'),
      right('false d/month'),
    ],
    scores.map((score) => [
      score.id,
      score.verdict,
      interval(score.roc_auc),
      interval(score.brier_skill),
      interval(score.average_precision),
      score.event_recall === null ? '–' : percent(score.event_recall, 0),
      score.lead_days === null ? '–' : `${score.lead_days.toFixed(1)} d`,
      figure(score.false_alarm_days_per_month, 1),
    ]),
    (_, __, text) =>
      text.trim() === 'skill' ? sheet.paint.good(text) : text.trim() === 'no skill' ? sheet.paint.warn(text) : text,
  )
  const base = scores.find(({ verdict }) => verdict !== 'too little data')?.base_rate ?? 0
  sheet.say(
    `${counted(rows, 'row')}, base rate ${percent(base)}; 90 % intervals by blocks of 30 days; refitted every 30 days on what was known.`,
    '  ',
  )
  if (calibration.length > 0)
    sheet.say(
      `Calibration of the ridge logit (said → happened): ${calibration.map((bin) => `${percent(bin.said, 0)} → ${percent(bin.happened, 0)}`).join(', ')}.`,
      '  ',
    )
}
