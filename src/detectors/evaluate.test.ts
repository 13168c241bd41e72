import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averagePrecision, log, Rng, rocAuc, sigmoid } from '../math/index.ts'
import {
  auc_within_refits,
  boosted,
  calibrate,
  calibration_curve,
  constant,
  disjoint,
  drivers_shown,
  EVALUATE,
  evaluate,
  known_before,
  type Problem,
  ridge_logit,
  single,
  support,
  walk_forward,
} from './evaluate.ts'
import { Ranked } from './shared/ranked.ts'

const DAY_MS = 86_400_000

/** Daily rows with one feature that matters as much as is said, one that does not, and labels drawn from the chance it gives. */
function problem(slope: number, seed = 1, n = 900): Problem {
  const rng = new Rng(seed)
  const x = new Float64Array(n * 2)
  const labels = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    x[2 * i] = rng.normal()
    x[2 * i + 1] = rng.normal()
    labels[i] = rng.uniform() < sigmoid(-1 + slope * (x[2 * i] as number)) ? 1 : 0
  }
  return {
    ...{ id: 'made-up', title: 'made up', names: ['signal', 'noise'], x, labels, horizon_ms: 3 * DAY_MS, events_ms: [] },
    time_ms: Float64Array.from({ length: n }, (_, i) => i * DAY_MS),
  }
}

const forecasters = [constant, single('noise-alone', 'Noise alone', 'noise'), ridge_logit, boosted]
const quick = { ...EVALUATE, replicates: 120 }
const of = (result: ReturnType<typeof evaluate>, id: string) =>
  result.scores.find((score) => score.id === id) as (typeof result.scores)[number]

describe('walk-forward', () => {
  test('finds skill where there is some', () => {
    const result = evaluate(problem(1.5), forecasters, quick)
    for (const id of ['ridge-logit', 'boosted-trees']) {
      const { roc_auc, brier_skill, verdict } = of(result, id)
      expect(roc_auc.value as number).toBeGreaterThan(0.75)
      expect(brier_skill.value as number).toBeGreaterThan(0.1)
      expect(verdict).toBe('skill')
    }
  })

  test('shuffled labels give an AUC of one half within error, and the verdict says so', () => {
    const aucs: number[] = []
    for (let seed = 1; seed <= 6; seed++) {
      const made = problem(1.5, seed)
      const rng = new Rng(seed + 100)
      const labels = made.labels.slice()
      for (let i = labels.length - 1; i > 0; i--) {
        const j = rng.uniformInt(i + 1)
        ;[labels[i], labels[j]] = [labels[j] as number, labels[i] as number]
      }
      const { roc_auc, verdict } = of(evaluate({ ...made, labels }, forecasters, { ...quick, replicates: 60 }), 'ridge-logit')
      aucs.push(roc_auc.value as number)
      expect(verdict).toBe('no skill')
    }
    // One AUC of about 780 rows, a quarter of them events, has a standard error of 0.024; the mean of six a bit under half of it.
    expect(Math.abs(aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length - 0.5)).toBeLessThan(0.03)
  })

  test('within refits shuffled labels give one half; of all pairs they give less, since later forecasts know earlier labels', () => {
    // Two refits: the second says 0.9 of everything because the first saw events, the first 0.1. Within each nothing is told apart.
    const labels = [1, 1, 0, 1, 0, 0]
    const said = [0.1, 0.1, 0.1, 0.9, 0.9, 0.9]
    expect(auc_within_refits(labels, said, [0, 0, 0, 1, 1, 1])).toBe(0.5)
    // All pairs: each of the first two events ½ against its block’s row and 0 against the later ones; the third 1, ½ and ½. 3 of 9.
    expect(auc_within_refits(labels, said, [0, 0, 0, 0, 0, 0])).toBeCloseTo(3 / 9, 12)
    expect(auc_within_refits([1, 1], [0.2, 0.3], [0, 0])).toBeNull()
    const aucs = Array.from({ length: 8 }, (_, seed) => {
      const made = problem(0, seed + 20, 500)
      const { probability, refit } = walk_forward(made, ridge_logit, quick)
      const rows = Array.from(made.labels, (_label, i) => i).filter((i) => !Number.isNaN(probability[i] as number))
      return auc_within_refits(
        rows.map((i) => made.labels[i] as number),
        rows.map((i) => probability[i] as number),
        rows.map((i) => refit[i] as number),
      ) as number
    })
    // About 370 rows in 13 refits, a quarter of them events: the standard error of one is about 0.03, of the mean of eight 0.012.
    expect(Math.abs(aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length - 0.5)).toBeLessThan(0.035)
  })

  test('no look-ahead: changing the future changes no forecast before', () => {
    const made = problem(1.5)
    const cut = 500
    const changed = {
      ...made,
      x: made.x.map((value, i) => (i >= 2 * cut ? -value : value)),
      labels: made.labels.map((label, i) => (i >= cut - 3 ? 1 - label : label)),
    }
    for (const forecaster of forecasters) {
      const [one, two] = [walk_forward(made, forecaster, quick), walk_forward(changed, forecaster, quick)]
      expect(two.probability.slice(0, cut)).toEqual(one.probability.slice(0, cut))
      expect(two.alarm.slice(0, cut)).toEqual(one.alarm.slice(0, cut))
    }
  })

  test('purge: a label counts only when its horizon had ended', () => {
    const made = problem(1)
    expect(known_before(made, 100 * DAY_MS).at(-1)).toBe(96)
    expect(
      known_before({ ...made, labels: made.labels.map((label, i) => (i === 96 ? Number.NaN : label)) }, 100 * DAY_MS).at(-1),
    ).toBe(95)
  })

  test('abstains far outside what was learned', () => {
    const made = problem(1)
    const fitted = ridge_logit.fit(made, known_before(made, 800 * DAY_MS))
    expect(fitted?.forecast([0.3, -0.2]).abstains).toBe(false)
    expect(fitted?.forecast([40, -40]).abstains).toBe(true)
    expect(fitted?.forecast([Number.NaN, Number.NaN]).abstains).toBe(true)
  })

  test('chances are calibrated', () => {
    const made = problem(1.5, 4, 3000)
    const { probability } = walk_forward(made, ridge_logit, quick)
    const rows = Array.from(made.labels, (_, i) => i).filter((i) => !Number.isNaN(probability[i] as number))
    const curve = calibration_curve(
      rows.map((i) => made.labels[i] as number),
      rows.map((i) => probability[i] as number),
    )
    for (const { said, happened } of curve) expect(Math.abs(said - happened)).toBeLessThan(0.07)
  })

  test('no chance is surer than the sample can support', () => {
    // 400 rows of which 20 share each moment: 20 moments, of which 7 share no horizon of three days.
    const times = Array.from({ length: 400 }, (_, i) => Math.floor(i / 20) * DAY_MS)
    expect(disjoint(times, 3 * DAY_MS)).toBe(7)
    // Rule of succession: after seven times the same, 8/9.
    expect(support(0.5, 7)(0.9999)).toBeCloseTo(8 / 9, 12)
    expect(support(0.5, 7)(0)).toBeCloseTo(1 / 9, 12)
    // What is rarer than that stays so.
    expect(support(0.01, 7)(0)).toBe(0.01)
    // The four highest scores all came true, of the rest a third: four rows are a fifth of one moment.
    const labels = times.map((_, i) => (i >= 396 || i % 3 === 0 ? 1 : 0))
    const said = calibrate(
      labels,
      labels.map((_, i) => i),
      20,
    )
    expect(said(1e9)).toBeLessThan(0.45)
    expect(said(1e9)).toBeGreaterThanOrEqual(said(0))
  })

  test('alarms before events: recall, lead and false days', () => {
    const made = problem(0)
    // The signal is 1 on the two days before each event and 0 otherwise; the label says so.
    const events_ms = [300, 400, 500, 600, 700, 800].map((day) => day * DAY_MS)
    const signal = (day: number) => (events_ms.some((event) => event / DAY_MS - day === 1 || event / DAY_MS - day === 2) ? 1 : 0)
    const early = [110, 150, 190, 210, 230, 250].flatMap((day) => [day - 1, day - 2])
    const x = made.x.map((value, i) => (i % 2 === 0 ? (early.includes(i / 2) ? 1 : signal(i / 2)) : value))
    const labels = Float64Array.from({ length: 900 }, (_, day) => (early.includes(day) ? 1 : signal(day)))
    const score = of(
      evaluate({ ...made, x, labels, events_ms }, [constant, single('signal-alone', 'Signal alone', 'signal')], quick),
      'signal-alone',
    )
    expect(score.event_recall).toBe(1)
    expect(score.lead_days).toBeCloseTo(2, 6)
    // By hand: 747 rows (3 ones are known first at the refit of day 153), ten pairs of alarm days among them, each of which lies in the three days before an event on 4 shifts.
    expect(score.events).toBe(6)
    expect(score.event_recall_by_chance).toBeCloseTo(40 / 747, 12)
    // The early ones are alarms without an event in the list.
    expect(score.false_alarm_days_per_month as number).toBeLessThan(1)
  })

  test('too little data is said, not guessed: no rows out of sample, and no base rate of those that are none', () => {
    const { scores, rows } = evaluate(problem(1, 1, 100), forecasters, quick)
    expect(scores.every(({ verdict }) => verdict === 'too little data')).toBe(true)
    // The first forecast needs 120 rows.
    expect(rows).toEqual([])
  })

  test('the verdict on one model does not depend on which other models are judged', () => {
    const made = problem(0.6, 4, 400)
    const with_trees = of(evaluate(made, forecasters, quick), 'ridge-logit')
    const without = of(
      evaluate(
        made,
        forecasters.filter(({ id }) => id !== 'boosted-trees'),
        quick,
      ),
      'ridge-logit',
    )
    expect(without).toEqual(with_trees)
  })

  test('ranks give the figures of rocAuc and averagePrecision for any resample', () => {
    const row = fc.record({ label: fc.constantFrom(0, 1), score: fc.integer({ min: 0, max: 6 }) })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.nat()), (rows, picks) => {
        const ranked = new Ranked(
          rows.map(({ label }) => label),
          rows.map(({ score }) => score),
        )
        const of_rows = [...picks.take(rows.length)].map((pick) => pick % rows.length)
        const labels = of_rows.map((r) => rows[r]?.label as number)
        const scores = of_rows.map((r) => rows[r]?.score as number)
        expect(ranked.auc(of_rows)).toBe(rocAuc(labels, scores))
        expect(ranked.precision(of_rows)).toBe(averagePrecision(labels, scores))
      }),
    )
  })
})

describe('drivers', () => {
  const log_odds = (p: number) => log(p / (1 - p))

  test.each([ridge_logit, boosted, single('signal-alone', 'Signal alone', 'signal')])(
    '$id: log odds of the base rate and the parts add up to those of the chance',
    (forecaster) => {
      const made = problem(1, 2)
      const rows = known_before(made, Number.POSITIVE_INFINITY)
      const base = rows.reduce((sum, i) => sum + (made.labels[i] as number), 0) / rows.length
      const fitted = forecaster.fit(made, rows)
      for (const i of [0, 17, 400, 899]) {
        const forecast = fitted?.forecast(made.x.subarray(2 * i, 2 * i + 2))
        if (forecast === undefined) throw new Error('not fitted')
        for (const most of [0, 1, 6]) {
          const whole = drivers_shown(forecast, base, most).reduce((sum, { part }) => sum + part, log_odds(base))
          expect(whole).toBeCloseTo(log_odds(forecast.probability), 9)
        }
      }
    },
  )

  test('a sign that raises the chance is positive, and moves nothing where the calibration is flat', () => {
    const made = problem(1.5, 3)
    const rows = known_before(made, Number.POSITIVE_INFINITY)
    const fitted = ridge_logit.fit(made, rows)
    const signal = (value: number) => fitted?.forecast([value, 0]).drivers.find(({ name }) => name === 'signal')?.part as number
    expect(signal(1)).toBeGreaterThan(0)
    expect(signal(-1)).toBeLessThan(0)
    // Labels of the newest quarter against the signal: the calibration would fall, and is left flat.
    const turned = made.labels.map((label, i) => (i < 675 ? label : (made.x[2 * i] as number) < 0 ? 1 : 0))
    const flat = ridge_logit.fit({ ...made, labels: turned }, rows)?.forecast([2, 0])
    expect(flat?.drivers.filter(({ name, part }) => name !== 'calibration' && part !== 0)).toEqual([])
  })
})
