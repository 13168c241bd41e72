import { describe, expect, test } from 'vitest'
import { Rng, sigmoid } from '../math/index.ts'
import {
  auc_within_refits,
  boosted,
  calibrate,
  calibration_curve,
  constant,
  disjoint,
  EVALUATE,
  evaluate,
  known_before,
  type Problem,
  ridge_logit,
  single,
  support,
  walk_forward,
} from './evaluate.ts'

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
    // The early ones are alarms without an event in the list.
    expect(score.false_alarm_days_per_month as number).toBeLessThan(1)
  })

  test('too little data is said, not guessed', () => {
    const { scores } = evaluate(problem(1, 1, 100), forecasters, quick)
    expect(scores.every(({ verdict }) => verdict === 'too little data')).toBe(true)
  })
})
