// Expected numbers: own computation of the reference notes (numpy and scipy), published examples where named.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  averagePrecision,
  branchingFromCounts,
  branchingRatio,
  brier,
  confusionRates,
  exp,
  hawkesCompensator,
  hawkesFit,
  hawkesLogLikelihood,
  isotonic,
  log,
  logGamma,
  logLoss,
  logStudentT,
  murphy,
  nelderMead,
  pelt,
  pettitt,
  platt,
  relativeUsefulness,
  Rng,
  RunLength,
  rocAuc,
  usefulness,
} from './index.ts'
import { NILE } from './nile.ts'

describe('gamma', () => {
  test('factorials, halves and the reflection formula', () => {
    let factorial = 1
    for (let n = 1; n <= 20; n++) {
      expect(Math.abs(logGamma(n) - log(factorial))).toBeLessThan(1e-13 * (1 + log(factorial)))
      factorial *= n
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * log(Math.PI), 14)
    // Γ(1/4) = 3.625609908221908311930685155867672 (OEIS A068466).
    expect(exp(logGamma(0.25))).toBeCloseTo(3.625609908221908, 13)
    expect(logGamma(0)).toBeNaN()
  })

  test('Student’s t: Cauchy at one degree, normal at many', () => {
    expect(logStudentT(2, 1, 0, 1)).toBeCloseTo(-log(Math.PI * 5), 13)
    expect(logStudentT(1.5, 1e8, 0.5, 2)).toBeCloseTo(-0.125 - log(2) - 0.5 * log(2 * Math.PI), 6)
  })
})

describe('change points', () => {
  test('the Nile: one split after 28 years', () => {
    expect(NILE.reduce((sum, value) => sum + value, 0)).toBe(91935)
    for (const penalty of [130180.52, 195270.78, 2e5, 1e6]) {
      const { ends, squares, cost } = pelt(NILE, penalty)
      expect(ends).toEqual([28, 100])
      expect(squares).toBeCloseTo(1597457.1944444478, 6)
      expect(cost).toBeCloseTo(1597457.1944444478 + penalty, 6)
    }
    expect(pelt(NILE, 5e4).ends).toEqual([7, 10, 19, 28, 37, 40, 45, 47, 83, 95, 100])
    expect(pelt(NILE, 1e12).ends).toEqual([100])
  })

  test('pruned equals unpruned', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 25 }),
        fc.double({ min: 0.1, max: 300, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (values, penalty, least) => {
          const n = values.length
          const cost = (a: number, b: number) => {
            const part = values.slice(a, b)
            const mean = part.reduce((sum, value) => sum + value, 0) / part.length
            return part.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
          }
          const best = [-penalty, ...Array.from({ length: n }, () => Number.POSITIVE_INFINITY)]
          for (let to = least; to <= n; to++)
            for (let from = 0; from <= to - least; from++)
              best[to] = Math.min(best[to] as number, (best[from] as number) + cost(from, to) + penalty)
          expect(pelt(values, penalty, least).cost).toBeCloseTo(best[n] as number, 6)
        },
      ),
    )
  })

  test('Pettitt on the Nile', () => {
    const { statistic, at, p } = pettitt(NILE)
    expect([statistic, at]).toEqual([1617, 28])
    expect(p).toBeCloseTo(3.591e-7, 10)
  })

  test('run length on the Nile', () => {
    const model = new RunLength({ mean: 1000, kappa: 0.01, alpha: 1, beta: 1e4, hazard: 0.01 })
    const likeliest: number[] = []
    for (const value of NILE) {
      model.push(value)
      likeliest.push(model.likeliest)
    }
    expect(model.log_evidence).toBeCloseTo(-642.9266933000557, 8)
    expect([27, 28, 29, 31, 33, 35, 50, 100].map((t) => likeliest[t - 1])).toEqual([27, 28, 29, 31, 5, 7, 22, 72])
    expect(model.probability[72]).toBeCloseTo(0.7269468, 6)
    expect(model.probability.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
  })
})

describe('Hawkes', () => {
  const times = [0.5, 0.8, 0.95, 1.7, 3.0, 3.1, 3.15, 4.9]
  const process = { mu: 0.5, alpha: 0.8, beta: 1.6 }

  test('likelihood and compensator of a small example', () => {
    expect(hawkesLogLikelihood(times, 6, process)).toBeCloseTo(-7.007080741416454, 12)
    const expected = [0.25, 0.5906083, 0.8383099, 2.0076355, 3.3947633, 3.5342513, 3.6373457, 5.8625762]
    hawkesCompensator(times, process).forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-7))
    expect(branchingRatio(process)).toBe(0.5)
    expect(branchingFromCounts(20, 125)).toBeCloseTo(0.6, 12)
    expect(branchingFromCounts(20, 10)).toBe(0)
  })

  test('the fit finds what was simulated', () => {
    // Ogata's thinning; band of 12 seeds: n 0.801 ± 0.014, beta 1.484 ± 0.049, about 5,000 events (literature.md J12).
    const rng = new Rng(5)
    const truth = { mu: 0.5, alpha: 1.2, beta: 1.5 }
    const found: number[] = []
    let [t, excited] = [0, 0]
    for (;;) {
      const bound = truth.mu + excited
      const gap = -log(1 - rng.uniform()) / bound
      t += gap
      if (t > 2000) break
      excited *= exp(-truth.beta * gap)
      if (rng.uniform() * bound < truth.mu + excited) {
        found.push(t)
        excited += truth.alpha
      }
    }
    const fit = hawkesFit(found, 2000)
    expect(fit).not.toBeNull()
    if (fit === null) return
    expect(Math.abs(branchingRatio(fit) - 0.8)).toBeLessThan(0.06)
    expect(Math.abs(fit.beta - 1.5)).toBeLessThan(0.25)
    expect(hawkesFit([1, 2, 3], 4)).toBeNull()
  })
})

test('the simplex finds the bottom of Rosenbrock’s valley', () => {
  const { x, converged } = nelderMead(
    ([a = 0, b = 0]) => (1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a),
    [-1.2, 1],
    [0.5, 0.5],
    1e-14,
    2000,
  )
  expect(converged).toBe(true)
  expect(x[0]).toBeCloseTo(1, 5)
  expect(x[1]).toBeCloseTo(1, 5)
})

describe('scores', () => {
  test('a textbook four', () => {
    const [labels, scores] = [
      [0, 0, 1, 1],
      [0.1, 0.4, 0.35, 0.8],
    ]
    expect(rocAuc(labels, scores)).toBe(0.75)
    expect(averagePrecision(labels, scores)).toBeCloseTo(0.8333333, 7)
    expect(brier(labels, scores)).toBeCloseTo(0.158125, 12)
    expect(logLoss(labels, scores)).toBeCloseTo(0.472288, 6)
    expect(rocAuc([1, 1], [1, 2])).toBeNull()
    expect(averagePrecision([0, 0], [1, 2])).toBeNull()
  })

  test('ties count a half, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 4 })), { minLength: 2, maxLength: 30 }),
        (rows) => {
          let [sum, pairs] = [0, 0]
          for (const [one, high] of rows)
            for (const [zero, low] of rows)
              if (one === 1 && zero === 0) {
                pairs++
                sum += high > low ? 1 : high === low ? 0.5 : 0
              }
          const auc = rocAuc(
            rows.map(([label]) => label),
            rows.map(([, score]) => score),
          )
          if (pairs === 0) expect(auc).toBeNull()
          else expect(auc).toBeCloseTo(sum / pairs, 12)
        },
      ),
    )
  })

  test('pool adjacent violators', () => {
    const fit = isotonic([1, 0, 1, 0, 0, 1, 1, 0, 1, 1])
    ;[0.4, 0.4, 0.4, 0.4, 0.4, 2 / 3, 2 / 3, 2 / 3, 1, 1].forEach((value, i) => expect(fit[i]).toBeCloseTo(value, 12))
  })

  test('a confusion matrix', () => {
    const counts = { hits: 12, false_alarms: 30, misses: 8, quiet: 450 }
    const { recall, false_rate, noise_to_signal, precision, f1, mcc } = confusionRates(counts)
    ;[recall, false_rate, noise_to_signal, precision, f1, mcc].forEach((value, i) =>
      expect(value).toBeCloseTo([0.6, 0.0625, 0.1041667, 0.2857143, 0.3870968, 0.3797141][i] as number, 7),
    )
    expect([0.3, 0.5, 0.7].map((theta) => usefulness(counts, theta))).toEqual(
      [0.13625, 0.26875, 0.00125].map((value) => expect.closeTo(value, 12)),
    )
    expect(relativeUsefulness(counts, 0.5)).toBeCloseTo(-0.9, 10)
    expect(relativeUsefulness(counts, 0.7)).toBeCloseTo(-0.0428571, 6)
  })

  test('Murphy’s parts add up where bins hold equal probabilities', () => {
    const labels = [0, 0, 1, 0, 1, 1, 1, 1, 0, 1]
    const said = [0.2, 0.2, 0.2, 0.2, 0.2, 0.7, 0.7, 0.7, 0.7, 0.7]
    const { reliability, resolution, uncertainty } = murphy(labels, said, 2)
    expect(reliability - resolution + uncertainty).toBeCloseTo(brier(labels, said), 12)
  })

  test('Platt’s sigmoid recovers the one that made the labels, and its gradient vanishes', () => {
    const rng = new Rng(3)
    const scores = Array.from({ length: 20_000 }, () => 3 * rng.normal())
    const labels = scores.map((score) => (rng.uniform() < 1 / (1 + exp(-(0.8 * score - 1))) ? 1 : 0))
    const { a, b } = platt(labels, scores)
    expect(a).toBeCloseTo(0.8, 1)
    expect(b).toBeCloseTo(-1, 1)
    const mean = scores.reduce((sum, score) => sum + 1 / (1 + exp(-(a * score + b))), 0) / scores.length
    expect(mean).toBeCloseTo(labels.reduce((sum: number, label) => sum + label, 0) / labels.length, 3)
  })
})
