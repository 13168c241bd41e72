/** Chances, whether they are worth anything, and what positions say, for a terminal. */
import { left, ms_of, right, when } from './detect.ts'
import { counted, decimal, percent, usd } from './format.ts'
import { width_of } from './lines.ts'
import { plain } from './report.ts'
import type { WarnDoc } from './schemas.ts'
import { Sheet } from './sheet.ts'
import type { TextOptions } from './text.ts'
import { interval, LEGEND, walk } from './walk.ts'

export interface WarnTextOptions extends TextOptions {
  /** All subjects of a question; else the likeliest. */
  readonly all?: boolean
}

type Warning = WarnDoc['warnings'][number]

export function warn_text(document: WarnDoc, options: WarnTextOptions = {}): string {
  const sheet = new Sheet(options, 140, '')
  const { warnings } = document
  sheet.heading(`Chances as of ${when(document.time)} UTC`)
  const questions = [...new Set(warnings.map(({ question }) => question))]
  if (questions.length === 0 && document.snapshots.length === 0)
    sheet.say('Nothing is said: there is too little history to learn from.')
  for (const question of questions)
    chances(
      sheet,
      warnings.filter((warning) => warning.question === question),
      options.all === true,
      apart(document),
    )
  if (warnings.some(({ drivers }) => drivers.length > 0)) {
    sheet.lines.push('')
    sheet.say(
      'What moves it: log odds of the chance less those of the usual one, split so that the parts add up. calibration: what the newest quarter of the rows says of a day with every sign in its middle; others: signs that are not named.',
    )
  }
  if (document.snapshots.length > 0) held(sheet, document)
  if (document.evaluation.length > 0) {
    sheet.lines.push('')
    sheet.say(LEGEND)
  }
  for (const part of document.evaluation) walk(sheet, part)
  sheet.lines.push('')
  for (const note of document.notes) sheet.say(plain(note), '· ')
  return sheet.text
}

/** What walk-forward says of the chances of a question: what stands above them. */
function verdict({ skill, brier_skill, beats_naive, judged_rows = 0, naive_rule }: Warning): string {
  const rows = `walk-forward, ${counted(judged_rows, 'row')} out of sample`
  const brier = `Brier skill ${brier_skill ? interval(brier_skill) : '–'}`
  const auc = beats_naive ? `, ROC-AUC less the best naive rule’s ${interval(beats_naive)}` : ''
  if (skill === 'skill') return `Skill (${rows}): ${brier}${auc}.`
  if (skill === 'too little data') return `Too little data to judge these chances (${rows}). Go by the usual chance.`
  if (skill === 'not evaluated') return 'Whether these chances have skill was not evaluated.'
  const go = naive_rule
    ? `A naive rule did better than the usual chance and stands beside: ${naive_rule.title}, Brier skill ${interval(naive_rule.brier_skill)}. Go by that.`
    : 'Go by the usual chance.'
  // What rounds to 0 is not called worse.
  return (brier_skill?.high ?? 0) < -0.005
    ? `No skill (${rows}): worse than the usual chance, ${brier}. ${go}`
    : `No skill (${rows}): not surely better than the usual chance and the naive rules, ${brier}${auc}. ${go}`
}

const known = (chance: number | null, unknown = '–') => (chance === null ? unknown : percent(chance))

/** Columns that are kept free between two of a table. */
const GAP = 2
const MOST_SHOWN = 12
const DAY_MS = 86_400_000

/** @param away how far from these prices the positions are that say what would be lost; '' for not at all */
function chances(sheet: Sheet, own: readonly Warning[], all: boolean, away: string): void {
  const first = own[0] as Warning
  const { skill, base_rate, learned, happened, naive_rule } = first
  sheet.lines.push('')
  sheet.say(plain(first.question))
  sheet.say(`usual: ${percent(base_rate)}, ${decimal(happened)} of ${counted(learned, 'row')} came true`, '  ')
  sheet.say(verdict(first), '  ', skill === 'skill' ? sheet.paint.good : sheet.paint.warn)
  // What is to be gone by says who comes first.
  const by_rule = naive_rule && skill !== 'skill'
  const rank = (one: Warning) => (by_rule ? one.naive_rule?.probability : one.probability) ?? -1
  const sorted = own.toSorted((a, b) => rank(b) - rank(a))
  const shown = all ? sorted : sorted.slice(0, MOST_SHOWN)
  const lost = ({ expected_loss }: Warning) => expected_loss !== null
  const priced = shown.some(lost)
  const heads = [
    left('  of'),
    right(skill === 'skill' ? 'chance' : `chance, ${skill}`),
    right('usual'),
    ...(naive_rule ? [right('naive rule')] : []),
    ...(priced ? [right('loss if so')] : []),
  ]
  const rows = shown.map((one) => [
    `  ${plain(one.subject)}`,
    known(one.probability, 'abstains'),
    percent(one.base_rate),
    ...(naive_rule ? [known(one.naive_rule?.probability ?? null)] : []),
    ...(priced ? [one.expected_loss === null ? '–' : usd(one.expected_loss.loss_usd.median)] : []),
  ])
  const used = heads.reduce(
    (sum, head, c) => sum + GAP + rows.reduce((most, row) => Math.max(most, width_of(row[c] ?? '')), width_of(head.title)),
    0,
  )
  // A row of its own under the table where there is no room beside.
  const beside = sheet.width - used >= 58
  const moves = shown.map((one) => moved(one, beside ? sheet.width - used : sheet.width - 4))
  if (beside)
    sheet.table(
      [...heads, left('what moves it, log odds')],
      rows.map((row, r) => [...row, moves[r] as string]),
    )
  else {
    sheet.table(heads, rows)
    shown.slice(0, 3).forEach((one, r) => {
      if (moves[r] !== '') sheet.say(`what moves ${plain(one.subject)}, log odds: ${moves[r]}`, '  ')
    })
  }
  if (shown.length < sorted.length) sheet.say(`${sorted.length - shown.length} more: --all, or --json`, '  ')
  const different = new Set(own.map(({ probability }) => percent(probability ?? -1))).size
  if (own.length > 3 && different * 2 <= own.length)
    sheet.say(
      `${counted(different, 'different chance', 'different chances')} for ${own.length} rows: what the newest outcomes can tell apart are steps, and rows on one step get one chance.`,
      '  ',
    )
  if (priced) sheet.say(`loss${away === '' ? '' : `, of positions ${away}`}: ${loss_words(shown)}`, '  ')
  else if (own.some(lost))
    sheet.say(`loss if so: known only of ${own.filter(lost).length} not shown here: --all, or --json`, '  ')
}

/** `+0.42 = calibration +0.80, funding_level −0.37, others −0.01`: as many parts as there is room for, the rest in `others`. */
function moved({ drivers }: Warning, room: number): string {
  if (drivers.length === 0) return ''
  const whole = drivers.reduce((sum, { part }) => sum + part, 0)
  const cents = (value: number) => Math.round(100 * value)
  const text = (value: number) => `${value < 0 ? '−' : '+'}${(Math.abs(value) / 100).toFixed(2)}`
  const first = drivers.filter(({ name }) => name === 'calibration')
  const named = drivers.filter(({ name }) => name !== 'calibration' && name !== 'others')
  for (let count = Math.min(3, named.length); ; count--) {
    const shown = [...first, ...named.slice(0, count)]
    const rest = shown.reduce((left_over, { part }) => left_over - cents(part), cents(whole))
    const parts = shown.map(({ name, part }) => `${name} ${text(cents(part))}`)
    const tail = named.length === 0 && rest === 0 ? 'no sign moves it' : `others ${text(rest)}`
    const line = `${text(cents(whole))} = ${[...parts, tail].join(', ')}`
    if (count <= 0 || width_of(line) <= room) return line
  }
}

/** `915 days after these prices`: how far the newest snapshot is from the last of them; '' within a day, or without prices. */
function apart({ time, snapshots, warnings }: WarnDoc): string {
  const newest = snapshots[snapshots.length - 1]
  if (newest === undefined || warnings.length === 0) return ''
  const days = (ms_of(newest.time) - ms_of(time)) / DAY_MS
  return Math.abs(days) <= 1 ? '' : `${counted(Math.round(Math.abs(days)), 'day')} ${days > 0 ? 'after' : 'before'} these prices`
}

type Loss = Pick<Warning, 'expected_loss' | 'expected_loss_basis'>

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
function held(sheet: Sheet, document: WarnDoc): void {
  const { snapshots, simulated, alerts } = document
  sheet.heading('Positions')
  const away = apart(document)
  for (const [i, one] of snapshots.entries())
    sheet.say(
      `${plain(one.file)}: ${plain(one.title)}, ${when(one.time)}${away !== '' && i === snapshots.length - 1 ? `, ${away}` : ''}, ${counted(one.accounts, 'account')}, ${one.evidence}`,
    )
  for (const question of [...new Set(simulated.map((one) => one.question))]) {
    const own = simulated.filter((one) => one.question === question)
    sheet.lines.push('')
    sheet.say(plain(question))
    sheet.table(
      [left('  of'), right('seeds'), right('share [95 %]'), right('loss, median [5 %, 95 %]'), right('forced sales')],
      own.map((one) => [
        `  ${plain(one.subject)}`,
        `${one.hits} of ${one.seeds}`,
        one.share
          ? `${percent(one.share.value ?? 0, 0)} [${percent(one.share.low ?? 0, 0)}, ${percent(one.share.high ?? 1, 0)}]`
          : '–',
        loss_text(one),
        sales_text(one),
      ]),
    )
    const words = loss_words(own)
    sheet.say(words === '' ? `no loss is known: ${plain(own[0]?.expected_loss_basis ?? '')}` : `loss: ${words}`, '  ')
  }
  if (simulated.length > 0)
    sheet.say('share: seeds in which it came true, with Wilson’s interval; more seeds (--seeds) make it narrower.', '  ')
  figures(sheet, document)
  for (const alert of alerts.filter(({ state }) => state !== 'closed'))
    sheet.say(
      `${snapshots.length > 1 ? `${when(alert.time)}, ` : ''}${alert.severity}: ${plain(alert.what)}${alert.expected_loss_usd === null ? '' : `; ${usd(alert.expected_loss_usd)} would be lost (${plain(alert.expected_loss_basis)})`}`,
      '  ',
    )
}

/** What a figure of positions is called, and what its value means at the deepest fall asked. */
const NAMES: Readonly<Record<string, string>> = {
  reproduction_number: 'R, spectral radius',
  'shock_reproduction.10': 'R of a joint fall of 10 %',
  'shock_reproduction.20': 'R of a joint fall of 20 %',
  distance_to_criticality: 'joint fall at which R is 1',
  distance_to_cliff: 'joint fall to the next cliff',
  'ladder_liquidatable.10': 'liquidatable after −10 %',
  'ladder_executable.10': '  of it worth liquidating',
  'ladder_stuck.10': '  of it stuck',
  'ladder_bad_debt.30': 'bad debt after −30 %',
  health_mass: 'debt within 10 % of its limit',
  largest_exit: 'largest account, of all debt',
  capital_shortfall: 'equity missing after −40 %',
}
const DEEPEST = 0.5

function figures(sheet: Sheet, { positions }: WarnDoc): void {
  const venues = [...new Set(positions.map(({ venue }) => venue))]
  const cell = (name: string, venue: string) => {
    const found = positions.find((one) => one.name === name && one.venue === venue)
    if (found === undefined) return '–'
    const text = (value: number) => {
      if (found.unit === 'usd') return usd(value)
      if (name.startsWith('distance') && value >= DEEPEST) return `> ${percent(DEEPEST, 0)}`
      return /^(distance|health|largest)/.test(name) ? percent(value) : decimal(value, 3)
    }
    const now = text(found.value)
    const old = found.before === null ? now : text(found.before)
    return old === now ? now : `${old} → ${now}`
  }
  const names = [...new Set(positions.map(({ name }) => name))]
  const rows = names.map((name) => [`  ${NAMES[name] ?? name}`, ...venues.map((venue) => cell(name, venue))])
  // Venues that do not fit beside each other stand below each other.
  for (let from = 0; from < venues.length; ) {
    const wide = (c: number) =>
      rows.reduce((most, row) => Math.max(most, width_of(row[c + 1] as string)), width_of(venues[c] as string))
    let [to, used] = [from, rows.reduce((most, row) => Math.max(most, width_of(row[0] as string)), 8)]
    while (to < venues.length && (to === from || used + GAP + wide(to) <= sheet.width)) used += GAP + wide(to++)
    sheet.lines.push('')
    sheet.table(
      [left('  figure'), ...venues.slice(from, to).map((venue) => right(venue === '' ? 'all' : plain(venue)))],
      rows
        .map((row) => [row[0] as string, ...row.slice(from + 1, to + 1)])
        .filter((row) => row.slice(1).some((text) => text !== '–')),
    )
    from = to
  }
  if (names.some((name) => NAMES[name]?.includes('joint fall'))) sheet.say('joint fall: each asset falls by its beta.', '  ')
  if (positions.some(({ before }) => before !== null))
    sheet.say(
      'a → b: in the snapshot before, and in the newest; one figure: both say the same, or the one before says nothing.',
      '  ',
    )
}
