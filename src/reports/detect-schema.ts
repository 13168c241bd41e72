/** Schemas of `unwind detect --json` and `unwind warn --json`. */
import { z } from 'zod'
import { EVIDENCE, SEVERITIES } from '../model/index.ts'

const time = z
  .string()
  .regex(/^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .describe('ISO 8601, UTC')
const chance = z.number().min(0).max(1)
const number = z.number().nullable()
const sources = z.array(
  z.object({ file: z.string(), evidence: z.enum(EVIDENCE), series: z.number().int().min(0), from: z.string(), to: z.string() }),
)

const event = z.object({
  detector: z.string(),
  type: z.string().describe('long-flush, short-squeeze, depeg, pool-divergence'),
  subject: z.string().describe('market, an asset, or a pool'),
  severity: z.enum(SEVERITIES),
  onset: time.describe('When it began, by the rule of the detector'),
  detected: time.describe('When it was first said'),
  peak: time.describe('When it was at its worst'),
  end: time.nullable().describe('When it was said to be over; null while it is not'),
  drawdown: z
    .number()
    .describe(
      'Worst change of the median asset from the close 24 hours before, or of a price from its peg, a ratio; negative is a fall',
    ),
  breadth: number.describe('Share of assets whose day was beyond two usual ones; null for one subject'),
  score: number,
  confidence: chance,
  what: z.string(),
  spoke: z.array(
    z.object({
      indicator: z.string(),
      subject: z.string(),
      value: z.number(),
      rank: chance.describe('Share of its earlier values that were lower'),
    }),
  ),
})

const alert = z.object({
  detector: z.string(),
  state: z.enum(['opened', 'escalated', 'closed']),
  time,
  onset: time,
  subject: z.string(),
  type: z.string(),
  severity: z.enum(SEVERITIES),
  what: z.string(),
  baseline: z.string().describe('Against what it is measured'),
  confidence: chance,
  expected_loss_usd: number.describe(
    'Owed beyond what is held, USD, given that what the alert says happens; null where no model says so',
  ),
  expected_loss_basis: z.string().describe('Model, snapshot, evidence and condition of the expected loss; or why there is none'),
  links: z.array(z.string()).describe('The page of the detector, then the files with what it read'),
  precedent: z.string(),
  evidence: z.record(z.string(), z.union([z.number(), z.string()])),
  age_ms: z.number().min(0).describe('Age of the oldest value it rests on'),
})

export const detect_schema = z.object({
  schema: z.literal('unwind.detect/1'),
  sources,
  step_ms: z.number().int().min(1),
  from: time,
  to: time,
  detectors: z.array(z.object({ id: z.string(), title: z.string(), subjects: z.number().int().min(0) })),
  events: z.array(event).describe('De-leveraging events and depegs, in order of detection'),
  alerts: z.array(alert),
  notes: z.array(z.string()),
})

const estimate = z.object({ value: number, low: number, high: number }).describe('With its 90 % block-bootstrap interval')

const spread = z
  .object({ median: z.number(), low: number, high: number })
  .describe('Median over seeds with the 5 % and 95 % quantiles; those are null where nothing was drawn')

const loss = {
  expected_loss_usd: number.describe(
    'Median loss given that what is asked comes true, USD; not multiplied by the chance; null where nothing says so',
  ),
  expected_loss: z
    .object({
      loss_usd: spread.describe('Owed beyond what is held: written off or still open at the end, USD'),
      forced_sales_usd: spread.nullable(),
      model: z.enum(['run', 'ladder']).describe('Runs of the shock with several seeds, or the ladder: everybody at once'),
      condition: z.string(),
      seeds: z.number().int().min(0),
      snapshot: z.string(),
      evidence: z.enum(EVIDENCE),
    })
    .nullable(),
  expected_loss_basis: z.string().describe('What says so, or why nothing does'),
}

const figure = z.object({
  name: z.string().describe('Indicator of positions, docs/indicators/positions.md'),
  venue: z.string().describe('Empty: all venues together'),
  unit: z.string(),
  value: z.number(),
  before: number.describe('In the snapshot before; null where there is none, or none of the same market'),
})
const figures = z.array(figure)

const score = z.object({
  id: z.string(),
  title: z.string(),
  baseline: z.boolean(),
  rows: z.number().int().min(0),
  base_rate: chance,
  roc_auc: estimate,
  roc_auc_within: number.describe(
    'ROC-AUC of pairs answered by one refit: over refits later forecasts know earlier labels, which pulls the other below 1/2',
  ),
  average_precision: estimate,
  brier: number,
  brier_skill: estimate,
  usefulness: number,
  precision: number,
  recall: number,
  events: number.optional().describe('Events within the rows'),
  event_recall: number.describe('Share of events with an alarm within the horizon before them'),
  event_recall_by_chance: number
    .optional()
    .describe('The same share had the same alarms come at other times: mean over all shifts of them round the rows'),
  lead_days: number,
  false_alarm_days_per_month: number,
  abstained: z.number().int().min(0),
  beats_baseline: estimate.nullable().describe('ROC-AUC less that of the best baseline, on the same rows'),
  verdict: z.enum(['skill', 'no skill', 'baseline', 'too little data']),
})

export const warn_schema = z.object({
  schema: z.literal('unwind.warn/1'),
  sources,
  time,
  warnings: z.array(
    z.object({
      question: z.string(),
      subject: z.string(),
      probability: chance.nullable().describe('null where the model abstains'),
      abstains: z.boolean().describe('Today is outside what was learned'),
      base_rate: chance,
      learned: z.number().int().min(0),
      happened: z.number().int().min(0),
      skill: z.enum(['skill', 'no skill', 'too little data', 'not evaluated']).describe('Walk-forward verdict on this question'),
      brier_skill: estimate
        .nullable()
        .optional()
        .describe('1 − Brier ÷ Brier of how often it had happened so far, out of sample; null where it was not judged'),
      beats_naive: estimate.nullable().optional().describe('ROC-AUC less that of the best naive rule, out of sample'),
      judged_rows: z.number().int().min(0).optional().describe('Rows out of sample on which it was judged'),
      drivers: z
        .array(z.object({ name: z.string(), part: z.number().describe('What it adds to the log odds') }))
        .describe(
          'What moves the chance from the base rate: log odds of base_rate plus all parts are the log odds of probability. `calibration`: what the newest quarter of the rows says of a row with all features in their middle; `others`: all that are not named',
        ),
      naive_rule: z
        .object({ title: z.string(), probability: chance.nullable(), brier_skill: estimate })
        .nullable()
        .optional()
        .describe(
          'The naive rule that did better, out of sample, than how often it happened, and what it says; null where none did',
        ),
      positions: figures.describe('What the newest snapshot says of the subject: R, ladder, distance to the cliff; not learned'),
      ...loss,
    }),
  ),
  simulated: z
    .array(
      z.object({
        question: z.string(),
        subject: z.string().describe('market, or a venue of the snapshot'),
        probability: chance.describe(
          '(hits + 1) ÷ (seeds + 2), the rule of succession: what to reckon with where a few seeds must not give certainty; `share` is what was counted',
        ),
        hits: z.number().int().min(0),
        seeds: z.number().int().min(1),
        share: estimate.optional().describe('hits ÷ seeds, with Wilson’s 95 % interval'),
        positions: figures,
        ...loss,
      }),
    )
    .describe('Fragility of the newest snapshot by runs of the shock; empty without one'),
  snapshots: z.array(
    z.object({ file: z.string(), title: z.string(), time, evidence: z.enum(EVIDENCE), accounts: z.number().int().min(0) }),
  ),
  positions: figures,
  alerts: z.array(alert).describe('Of detectors over the stream of snapshots'),
  evaluation: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        asked: z.number().int().min(0).optional().describe('Rows with a known outcome'),
        happened: z.number().int().min(0).optional().describe('Of these, how many came true'),
        rows: z.number().int().min(0).describe('Of these, out of sample: on which forecasts were made'),
        base_rate: chance.nullable().optional().describe('Share of the rows out of sample that came true; null without any'),
        scores: z.array(score),
        calibration: z
          .array(z.object({ said: chance, happened: chance, rows: z.number().int() }))
          .describe('Of the ridge logit: forecast against frequency, bins of equal size'),
      }),
    )
    .describe('Empty without --evaluate'),
  notes: z.array(z.string()),
})
