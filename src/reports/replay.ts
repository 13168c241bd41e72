/** Real events for a terminal: what came out beside what happened, of one seed or of many. */
import { counted, decimal, percent, price, usd } from './format.ts'
import { fit, type GridColumn, type Paint, type Painter } from './lines.ts'
import { plain } from './report.ts'
import type { ReplayDoc, RunDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'

type EventDoc = NonNullable<RunDoc['event']>
type Outcome = ReplayDoc['outcomes'][number]
type Left = ReplayDoc['causes'][number]['outcomes'][number]

const left = (title: string): GridColumn => ({ title, align: 'left' })
const right = (title: string): GridColumn => ({ title, align: 'right' })

/** A figure in its unit; a dash where there is none. */
export function quantity(value: number | null, unit: string): string {
  if (value === null) return '–'
  if (unit === 'USD') return usd(value)
  if (unit === 'share') return percent(value)
  if (unit.startsWith('USD per ')) return price(value)
  if (unit === 'count') return decimal(value, Number.isInteger(value) ? 0 : 1)
  if (unit === 'min') return `${decimal(value, value < 10 ? 1 : 0)} min`
  return usd(value).replace('$', '')
}

/** `80.0 M to 103 M`, `at most 500 k`. */
export function range([low = 0, high = 0]: readonly number[], unit: string): string {
  if (low === high) return quantity(low, unit)
  return `${quantity(low, unit)} to ${quantity(high, unit)}`
}

/** Columns of a name: what is longer is cut, and stands in full in the document. */
const NAME = 34

export const named = ({ what, unit }: { readonly what: string; readonly unit: string }) =>
  plain(['USD', 'share', 'count', 'min', ''].includes(unit) ? what : `${what}, ${unit}`)

/** Colours verdicts. */
const verdict =
  ({ good, bad }: Painter): Paint =>
  (_line, _column, text) =>
    /^(yes|inside)\b/.test(text.trim()) ? good(text) : /^(no|leaves)\b/.test(text.trim()) ? bad(text) : text

/** The part of a stress report that a real event adds: outcomes of this seed, and what was drawn for what nobody knows. */
export function event_text(event: EventDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options)
  sheet.heading('What came out, and what happened')
  if (event.outcomes.length === 0) {
    sheet.say(`Scenario only: no outcome is asserted. Why, and what was fed: ${event.page}.`)
    return `\n${sheet.text}`
  }
  sheet.table(
    [left('outcome'), right('here'), right('happened'), right('band'), left('inside')],
    event.outcomes.map((one) => [
      fit(named(one), NAME),
      quantity(one.value, one.unit),
      quantity(one.observed, one.unit),
      range(one.band, one.unit),
      one.inside ? 'yes' : 'no',
    ]),
    verdict(sheet.paint),
  )
  sheet.say(`One seed says little: unwind replay ${event.id} runs many. Priors drawn here:`)
  const draws = Object.entries(event.draws).map(([name, value]) => `${name} ${short(value)}`)
  sheet.say(plain(draws.join(', ')))
  sheet.say(`What was fed and where each figure comes from: ${event.page}.`)
  return `\n${sheet.text}`
}

const short = (value: number) => (Number.isInteger(value) ? decimal(value) : Number(value.toPrecision(4)).toString())

/** The whole report of a replay over seeds. */
export function replay_text(document: ReplayDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options)
  const { event, seeds, outcomes } = document
  const hits = outcomes.filter((one) => one.inside).length
  sheet.strong(
    event.no_outcomes === undefined
      ? `${plain(event.title)}: over ${counted(seeds.count, 'seed')}, ${hits} of ${counted(outcomes.length, 'outcome')} inside the band.`
      : `${plain(event.title)}: ${counted(seeds.count, 'seed')}. Scenario only: no outcome is asserted, since ${plain(event.no_outcomes)}.`,
  )
  if (document.thin) sheet.say('Thinned: fewer accounts or longer ticks than the event had.')
  if (outcomes.length > 0) outcome_part(sheet, outcomes)
  for (const cause of document.causes) cause_part(sheet, cause, outcomes)
  priors(sheet, document)
  closing(sheet, document)
  return sheet.text
}

function outcome_part(sheet: Sheet, outcomes: readonly Outcome[]): void {
  sheet.heading('Outcomes')
  sheet.table(
    [left('outcome'), right('median'), right('happened'), left('inside'), right('seeds'), right('5 to 95 %'), right('band')],
    outcomes.map(outcome_row),
    verdict(sheet.paint),
  )
  for (const one of outcomes) sheet.say(`${plain(one.id)}: ${named(one)}`, '· ')
  sheet.say(
    'Inside: the median (of chances the mean) lies in the band; "no, −52 %": it lies outside, 52 % below the nearer edge of the band (+ above); seeds: the share of them that lies in the band.',
  )
  for (const one of outcomes) for (const line of outcome_notes(one)) sheet.say(line, '· ')
}

function cause_part(sheet: Sheet, cause: ReplayDoc['causes'][number], outcomes: readonly Outcome[]): void {
  sheet.heading(`Without: ${plain(cause.title)}`)
  if (outcomes.length === 0)
    return sheet.say(`${plain(cause.without)}. Its runs kept the laws or are named below; there is nothing to compare.`)
  sheet.say(`${plain(cause.without)}. Change: median over seeds; seeds: the share of them that it changes at all.`)
  sheet.table(
    [left('outcome'), right('median'), right('change'), right('seeds'), left('verdict'), right('5 to 95 %')],
    cause.outcomes.map((one, i) => cause_row(one, outcomes[i] as Outcome)),
    verdict(sheet.paint),
  )
}

const spread = (one: Outcome | Left, unit: string) =>
  one.q05 === null ? '–' : `${quantity(one.q05, unit)} to ${quantity(one.q95, unit)}`

function outcome_row(one: Outcome): string[] {
  const { unit } = one
  const chance = one.over_seeds === 'mean'
  return [
    plain(one.id),
    chance ? `mean ${quantity(one.mean, unit)}` : quantity(one.median, unit),
    quantity(one.observed, unit),
    one.inside ? 'yes' : one.miss === null ? 'no value' : `no, ${percent(one.miss, Math.abs(one.miss) < 0.1 ? 1 : 0, true)}`,
    one.share_inside === null ? '' : percent(one.share_inside, 0),
    chance ? '' : spread(one, unit),
    range(one.band, unit),
  ]
}

function outcome_notes(one: Outcome): string[] {
  if (one.missing === 0) return []
  return [`${plain(one.id)}: nothing to measure in ${one.missing} of ${counted(one.seeds, 'seed')}; they count as outside.`]
}

function cause_row(one: Left, base: Outcome): string[] {
  const { unit } = base
  const verdict = one.leaves_band
    ? 'leaves the band'
    : one.inside
      ? base.inside
        ? 'stays inside'
        : 'comes inside'
      : base.inside
        ? ''
        : 'outside, as before'
  return [
    plain(base.id),
    base.over_seeds === 'mean' ? `mean ${quantity(one.mean, unit)}` : quantity(one.median, unit),
    quantity(one.median_change, unit),
    percent(one.share_changed, 0),
    verdict,
    base.over_seeds === 'mean' ? '' : spread(one, unit),
  ]
}

/** What a prior is, and its unit; where no "what" is given, the unit says both. */
export const prior_name = ({ what, unit }: { readonly what?: string | undefined; readonly unit: string }): string =>
  what === undefined ? unit : `${what}, ${unit}`

/** What nobody knows, with the range it was drawn from. */
function priors(sheet: Sheet, document: ReplayDoc): void {
  if (document.priors.length === 0) return
  sheet.heading('Priors')
  sheet.table(
    [left('prior'), right('low'), right('high'), left('shape'), left('evidence'), left('what')],
    document.priors.map((one) => {
      return [plain(one.name), short(one.low), short(one.high), one.shape, one.evidence, fit(plain(prior_name(one)), NAME)]
    }),
  )
}

function closing(sheet: Sheet, document: ReplayDoc): void {
  const { laws, event, seeds } = document
  sheet.heading('Identity')
  sheet.say(`engine ${document.engine} · preset ${document.preset} · seeds ${seeds.first} to ${seeds.first + seeds.count - 1}`)
  sheet.say(
    laws.broken.length === 0
      ? `every law held in ${counted(laws.runs, 'run')}`
      : `${counted(laws.broken.length, 'law')} did not hold in ${counted(laws.runs, 'run')}`,
  )
  if (laws.limits > 0) sheet.say(`${counted(laws.limits, 'run')} hit a limit and ended early`, '✗ ', sheet.paint.bad)
  for (const line of laws.broken.slice(0, 10)) sheet.say(plain(line), '✗ ', sheet.paint.bad)
  sheet.say(`Sources, reasons and what is missing: ${event.page}. The document (--json) has every seed.`)
}
