/** The walk-forward table of one question, for a terminal. */
import { wilson } from '../math/index.ts'
import { left, right } from './detect.ts'
import { counted, decimal, listed, percent } from './format.ts'
import { plain } from './report.ts'
import type { WarnDoc } from './schemas.ts'
import type { Sheet } from './sheet.ts'

type Part = WarnDoc['evaluation'][number]
type Score = Part['scores'][number]

const figure = (value: number | null, digits = 2) => (value === null ? '–' : decimal(value, digits))

/** `0.57 [0.46, 0.67]`. */
export const interval = ({ value, low, high }: Score['roc_auc']): string =>
  value === null ? '–' : low === null || high === null ? figure(value) : `${figure(value)} [${figure(low)}, ${figure(high)}]`

/** How to read the tables, said once above them. */
export const LEGEND =
  'Walk-forward: every chance was made from what was known then; refitted every 30 days; 90 % intervals by blocks of 30 days. in refits: ROC-AUC of pairs that one refit answered; that of all pairs is pulled below 0.5 where nothing is known. Alarm: a chance above the threshold that served best on what was known at the refit, a missed event costing nine false alarms. events seen: with an alarm within the horizon before them, and Wilson’s 95 % interval; by chance: how many the same alarms would see at other times (mean over all shifts of them). first: mean time from the first alarm within the horizon to the event; right: share of alarm days that came true.'

export function walk(
  sheet: Sheet,
  { title, rows, asked = rows, happened = 0, base_rate = null, scores, calibration }: Part,
): void {
  sheet.heading(`Walk-forward: ${plain(title)}`)
  const known = `${counted(asked, 'row')} with a known outcome, ${decimal(happened)} came true (${percent(happened / Math.max(1, asked))})`
  const judged = scores.filter(({ verdict }) => verdict !== 'too little data')
  if (judged.length === 0)
    return sheet.say(
      `${known}; ${decimal(rows)} of them out of sample: too little data to judge. A first forecast needs 120 rows whose outcome is known before it, a judgement 30 forecasts.`,
      '  ',
    )
  sheet.say(`${known}; ${decimal(rows)} of them out of sample, ${percent(base_rate ?? 0)} of which came true.`, '  ')
  sheet.table(
    [left('forecaster'), left('verdict'), right('ROC-AUC'), right('in refits'), right('Brier skill')],
    judged.map((score) => [
      score.id,
      score.verdict === 'baseline' ? 'naive rule' : score.verdict,
      interval(score.roc_auc),
      figure(score.roc_auc_within, 2),
      interval(score.brier_skill),
    ]),
    (_, __, text) =>
      text.trim() === 'skill' ? sheet.paint.good(text) : text.trim() === 'no skill' ? sheet.paint.warn(text) : text,
  )
  for (const { id, beats_baseline } of judged)
    if (beats_baseline !== null) sheet.say(`${id}: ROC-AUC less the best naive rule’s ${interval(beats_baseline)}`, '  ')
  const silent = scores.filter(({ verdict }) => verdict === 'too little data')
  if (silent.length > 0)
    sheet.say(
      `Too little data for ${listed(silent.map(({ id }) => id))}: too few outcomes of both kinds to learn from, or not known on four fifths of the rows.`,
      '  ',
    )
  alarms(sheet, judged)
  if (calibration.length > 0)
    sheet.say(
      `Calibration of the ridge logit (said → happened): ${calibration.map((bin) => `${percent(bin.said, 0)} → ${percent(bin.happened, 0)}`).join(', ')}.`,
      '  ',
    )
}

/** Of questions with events: what alarms would have been worth. */
function alarms(sheet: Sheet, judged: readonly Score[]): void {
  const raised = judged.filter(({ events, event_recall }) => event_recall !== null && (events ?? 0) > 0)
  if (raised.length === 0) return
  sheet.lines.push('')
  sheet.table(
    [left('alarms of'), right('events seen'), right('by chance'), right('first'), right('right'), right('false days a month')],
    raised.map(
      ({
        id,
        events = 0,
        event_recall,
        event_recall_by_chance: by_chance = null,
        lead_days,
        precision,
        false_alarm_days_per_month,
      }) => {
        const all = events ?? 0
        const seen = Math.round((event_recall ?? 0) * all)
        const [low, high] = wilson(seen, all)
        return [
          id,
          `${seen} of ${all} [${percent(low, 0)}, ${percent(high, 0)}]`,
          by_chance === null ? '–' : decimal(by_chance * all, 1),
          lead_days === null ? '–' : `${lead_days.toFixed(1)} d`,
          precision === null ? '–' : percent(precision, 0),
          figure(false_alarm_days_per_month, 1),
        ]
      },
    ),
  )
}
