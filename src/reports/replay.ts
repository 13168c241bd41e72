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
type Figure = ReplayDoc['figures'][number]

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
const LONG = 46

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
      plain(one.id),
      quantity(one.value, one.unit),
      quantity(one.observed, one.unit),
      range(one.band, one.unit),
      one.inside ? 'yes' : 'no',
    ]),
    verdict(sheet.paint),
  )
  for (const one of event.outcomes) sheet.say(`${plain(one.id)}: ${named(one)}`, '· ')
  sheet.say(`One seed says little: unwind replay ${event.id} runs many. Priors drawn here:`)
  const draws = Object.entries(event.draws).map(([name, value]) => `${name} ${short(value)}`)
  sheet.say(plain(draws.join(', ')))
  sheet.say(`What was fed and where each figure comes from: ${event.page}.`)
  return `\n${sheet.text}`
}

const short = (value: number) =>
  Math.abs(value) >= 1e6
    ? quantity(value, '')
    : Number.isInteger(value)
      ? decimal(value)
      : Number(value.toPrecision(4)).toString().replace('-', '−')

/** The whole report of a replay over seeds. */
export function replay_text(document: ReplayDoc, options: TextOptions = {}): string {
  const sheet = new Sheet(options)
  const { event, seeds, outcomes, figures } = document
  const hits = outcomes.filter((one) => one.inside).length
  sheet.strong(
    event.no_outcomes === undefined
      ? `${plain(event.title)}: over ${counted(seeds.count, 'seed')}, ${hits} of ${counted(outcomes.length, 'outcome')} inside the band.`
      : `${plain(event.title)}: ${counted(seeds.count, 'seed')}. Scenario only: no outcome is asserted, since ${plain(event.no_outcomes)}.`,
  )
  sheet.say(
    `It began ${plain(event.time.slice(0, 16).replace('T', ' '))} UTC. What was fed, what happened and where this is wrong: ${event.page}.`,
  )
  if (document.thin) sheet.say('Thinned: fewer accounts or longer ticks than the event had.')
  if (outcomes.length > 0) outcome_part(sheet, outcomes, seeds.count > 1)
  if (figures.length > 0) figure_part(sheet, figures, outcomes.length > 0, seeds.count > 1)
  for (const cause of document.causes) cause_part(sheet, cause, document)
  priors(sheet, document)
  closing(sheet, document)
  return sheet.text
}

/** @param many whether there is anything to be a spread of */
function outcome_part(sheet: Sheet, outcomes: readonly Outcome[], many: boolean): void {
  sheet.heading('Outcomes')
  const titles = many
    ? [left('outcome'), right('median'), right('happened'), left('inside'), right('seeds'), right('5 to 95 %')]
    : [left('outcome'), right('here'), right('happened'), left('inside')]
  sheet.table(
    titles,
    outcomes.map((one) => outcome_row(one, many)),
    verdict(sheet.paint),
  )
  for (const one of outcomes) sheet.say(`${plain(one.id)}: ${named(one)}; band ${range(one.band, one.unit)}`, '· ')
  sheet.say(outcome_key(outcomes, many))
  for (const one of outcomes) for (const line of outcome_notes(one)) sheet.say(line, '· ')
}

function outcome_key(outcomes: readonly Outcome[], many: boolean): string {
  const parts = [many ? 'Inside: the median (of chances the mean) lies in the band' : 'One seed says little; 200 are the default']
  const out = outcomes.find((one) => !one.inside && one.miss !== null)
  if (out !== undefined) parts.push('"no, −52 %": outside, 52 % below the nearer edge of the band (+ above)')
  if (many) parts.push('seeds: the share of them that lies in the band')
  if (outcomes.some((one) => one.observed === null)) parts.push('–: no figure was reported')
  return `${parts.join('; ')}.`
}

/** What nothing is held to: all there is of a scenario without outcomes. */
function figure_part(sheet: Sheet, figures: readonly Figure[], beside: boolean, many: boolean): void {
  sheet.heading(beside ? 'What else came out' : 'What came out')
  sheet.table(
    many ? [left('figure'), right('median'), right('5 to 95 %')] : [left('figure'), right('here')],
    figures.map((one) => {
      const name = fit(named(one), LONG)
      return many ? [name, quantity(one.median, one.unit), spread(one, one.unit)] : [name, quantity(one.median, one.unit)]
    }),
  )
  sheet.say(`${many ? 'Medians over the seeds. ' : ''}Nothing here is held to what happened.`)
  for (const one of figures)
    if (one.missing > 0)
      sheet.say(`${plain(one.id)}: nothing to measure in ${one.missing} of ${counted(one.seeds, 'seed')}.`, '· ')
}

function cause_part(sheet: Sheet, cause: ReplayDoc['causes'][number], { outcomes, figures }: ReplayDoc): void {
  sheet.heading(`Without: ${plain(cause.title)}`)
  sheet.say(`${plain(cause.without)}. Change: median over seeds; seeds: the share of them that it changes at all.`)
  if (outcomes.length > 0)
    sheet.table(
      [left('outcome'), right('median'), right('change'), right('seeds'), left('verdict'), right('5 to 95 %')],
      cause.outcomes.map((one, i) => cause_row(one, outcomes[i] as Outcome)),
      verdict(sheet.paint),
    )
  if (figures.length > 0)
    sheet.table(
      [left('figure'), right('median'), right('change'), right('seeds')],
      cause.figures.map((one, i) => {
        const base = figures[i] as Figure
        const { unit } = base
        return [
          fit(named(base), LONG),
          quantity(one.median, unit),
          quantity(one.median_change, unit),
          percent(one.share_changed, 0),
        ]
      }),
    )
}

const spread = (one: { readonly q05: number | null; readonly q95: number | null }, unit: string) =>
  one.q05 === null ? '–' : `${quantity(one.q05, unit)} to ${quantity(one.q95, unit)}`

function outcome_row(one: Outcome, many: boolean): string[] {
  const { unit } = one
  const chance = one.over_seeds === 'mean'
  const inside = one.inside
    ? 'yes'
    : one.miss === null
      ? 'no value'
      : `no, ${percent(one.miss, Math.abs(one.miss) < 0.1 ? 1 : 0, true)}`
  if (!many) return [plain(one.id), quantity(one.mean, unit), quantity(one.observed, unit), inside]
  return [
    plain(one.id),
    chance ? `mean ${quantity(one.mean, unit)}` : quantity(one.median, unit),
    quantity(one.observed, unit),
    inside,
    one.share_inside === null ? '' : percent(one.share_inside, 0),
    chance ? '' : spread(one, unit),
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
  sheet.say('Drawn anew for every seed. How known each range is: observed, inferred, or synthetic (plausible, no more).')
  for (const one of document.priors)
    sheet.say(
      `${plain(one.name)} ${short(one.low)} to ${short(one.high)}, ${one.shape}, ${one.evidence}: ${plain(prior_name(one))}`,
      '· ',
    )
}

function closing(sheet: Sheet, document: ReplayDoc): void {
  const { laws, event, seeds } = document
  sheet.heading('Identity')
  sheet.say(
    `engine ${document.engine} · preset ${document.preset} · ${seeds.count === 1 ? `seed ${seeds.first}` : `seeds ${seeds.first} to ${seeds.first + seeds.count - 1}`}`,
  )
  sheet.say(
    laws.broken.length === 0
      ? `every law held in ${counted(laws.runs, 'run')}`
      : `${counted(laws.broken.length, 'law')} did not hold in ${counted(laws.runs, 'run')}`,
  )
  if (laws.limits > 0) sheet.say(`${counted(laws.limits, 'run')} hit a limit and ended early`, '✗ ', sheet.paint.bad)
  for (const line of laws.broken.slice(0, 10)) sheet.say(plain(line), '✗ ', sheet.paint.bad)
  sheet.say(`Sources and reasons: ${event.page}. The document (--json) has every seed.`)
}
