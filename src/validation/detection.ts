/** Scoreboard of detection: published examples of change points, self-excitation, jumps, co-movement, bubbles, shortfall, scores. */
import {
  absorptionRatio,
  bipowerVariation,
  capitalShortfall,
  covariance,
  covarNormal,
  jumpTest,
  localJump,
  localJumpThreshold,
  longRunShortfall,
  longRunShortfallBeta,
  type Lppls,
  lpplsDamping,
  lpplsValue,
  marginalShortfallNormal,
  medianVariation,
  minimumVariation,
  realisedVariance,
  systemicShortfall,
  tripowerQuarticity,
  turbulence,
} from '../indicators/index.ts'
import {
  averagePrecision,
  branchingFromCounts,
  branchingRatio,
  brier,
  confusionRates,
  hawkesCompensator,
  hawkesLogLikelihood,
  logLoss,
  pelt,
  pettitt,
  RunLength,
  relativeUsefulness,
  rocAuc,
  usefulness,
} from '../math/index.ts'
import { NILE } from '../math/nile.ts'
import type { GoldenRow } from '../model/index.ts'

const GROUP = 'detection'

function row(id: string, what: string, expected: number, got: number, tolerance: number, source: string): GoldenRow {
  return {
    id: `detection ${id}`,
    group: GROUP,
    what,
    expected,
    got,
    tolerance,
    pass: Math.abs(got - expected) <= tolerance,
    source,
  }
}

const R_NILE = 'R dataset Nile (Cobb 1978); numbers recomputed with ruptures and scipy'

function change_points(): GoldenRow[] {
  const split = pelt(NILE, 130180.52)
  const { statistic, at, p } = pettitt(NILE)
  const model = new RunLength({ mean: 1000, kappa: 0.01, alpha: 1, beta: 1e4, hazard: 0.01 })
  const likeliest = NILE.map((value) => {
    model.push(value)
    return model.likeliest
  })
  const [first, second] = [NILE.slice(0, 28), NILE.slice(28)].map(
    (part) => part.reduce((sum, value) => sum + value, 0) / part.length,
  ) as [number, number]
  const bocpd = 'Adams and MacKay (2007) on the Nile, NIG prior (1000, 0.01, 1, 1e4), hazard 1/100; recomputed independently'
  return [
    row('nile cp', 'values before the change of level', 28, split.ends[0] as number, 0, R_NILE),
    row('nile sse', 'sum of squares about both means', 1597457.1944444478, split.squares, 1e-6, R_NILE),
    row('nile mean-1', 'mean before', 1097.75, first, 1e-9, R_NILE),
    row('nile mean-2', 'mean after', 849.9722222222222, second, 1e-9, R_NILE),
    row('nile pelt-segments', 'segments at a penalty of 5e4', 11, pelt(NILE, 5e4).ends.length, 0, R_NILE),
    row('nile pettitt-k', 'Pettitt’s statistic', 1617, statistic, 0, 'Pettitt (1979) on R’s Nile'),
    row('nile pettitt-at', 'Pettitt’s change', 28, at, 0, 'Pettitt (1979) on R’s Nile'),
    row('nile pettitt-p', 'its approximate p', 3.591e-7, p, 1e-10, 'Pettitt (1979) on R’s Nile'),
    row('nile bocpd_logev', 'log evidence of the run-length model', -642.9266933000557, model.log_evidence, 1e-8, bocpd),
    row(
      'nile bocpd-run-33',
      'likeliest run length after 33 values: the change is seen after five',
      5,
      likeliest[32] as number,
      0,
      bocpd,
    ),
    row('nile bocpd-run-100', 'likeliest run length at the end', 72, likeliest[99] as number, 0, bocpd),
    row('nile bocpd-p72', 'its probability', 0.7269468, model.probability[72] as number, 1e-6, bocpd),
  ]
}

function self_excitation(): GoldenRow[] {
  const times = [0.5, 0.8, 0.95, 1.7, 3.0, 3.1, 3.15, 4.9]
  const law = { mu: 0.5, alpha: 0.8, beta: 1.6 }
  const source = 'Ozaki (1979) likelihood, eight events, recomputed independently'
  const expected = hawkesCompensator([...times, 6], law)
  return [
    row('hawkes ll', 'log likelihood', -7.007080741416454, hawkesLogLikelihood(times, 6, law), 1e-12, source),
    row('hawkes compensator', 'expected events by the end', 6.898936744268525, expected[8] as number, 1e-12, source),
    row('hawkes n', 'branching ratio', 0.5, branchingRatio(law), 0, source),
    row(
      'hawkes moment',
      'branching ratio from counts of mean 20 and variance 125',
      0.6,
      branchingFromCounts(20, 125),
      1e-12,
      'Hardiman and Bouchaud (2014)',
    ),
  ]
}

const RETURNS = [0.001, -0.0008, 0.0012, -0.0005, 0.0003, -0.02, 0.0009, -0.0011, 0.0007, -0.0002, 0.0004, -0.0006]

function jumps(): GoldenRow[] {
  const bns = 'Barndorff-Nielsen and Shephard (2006) ratio test on twelve returns; cross-checked with the R package highfrequency'
  const lm = 'Lee and Mykland (2008)'
  const { z, p } = jumpTest(RETURNS)
  return [
    row('bns rv', 'realised variance', 4.0649e-4, realisedVariance(RETURNS), 1e-12, bns),
    row('bns bv', 'bipower variation', 4.9231613e-5, bipowerVariation(RETURNS), 1e-12, bns),
    row('bns tq', 'tripower quarticity', 1.7455056e-9, tripowerQuarticity(RETURNS), 1e-15, bns),
    row('bns z', 'statistic', 3.9013667, z, 1e-6, bns),
    row('bns p', 'p', 4.78e-5, p, 1e-7, bns),
    row('bns medrv', 'median variation', 9.8446692e-6, medianVariation(RETURNS), 1e-12, 'Andersen, Dobrev and Schaumburg (2012)'),
    row(
      'bns minrv',
      'minimum variation',
      1.2188585e-5,
      minimumVariation(RETURNS),
      1e-12,
      'Andersen, Dobrev and Schaumburg (2012)',
    ),
    row('lm l', 'standardised return of −2 %, K = 5', -26.4906471, localJump(RETURNS, 5, 5), 1e-6, lm),
    row('lm beta-1', 'critical value at 1 %', 4.6001492, localJumpThreshold(288, 0.01).beta, 1e-7, lm),
    row('lm beta-5', 'critical value at 5 %', 2.9701952, localJumpThreshold(288, 0.05).beta, 1e-7, lm),
    row('lm c-288', 'C for 288 returns', 3.6818778, localJumpThreshold(288, 0.01).c, 1e-7, lm),
    row('lm s-288', 'S for 288 returns', 0.3724116, localJumpThreshold(288, 0.01).s, 1e-7, lm),
    ...(
      [
        [288, 5.3950267],
        [1440, 5.7774776],
        [8640, 6.1974711],
      ] as const
    ).map(([n, threshold]) =>
      row(`lm threshold-${n}`, `threshold at 1 % for ${n} returns`, threshold, localJumpThreshold(n, 0.01).threshold, 1e-6, lm),
    ),
  ]
}

function comovement(): GoldenRow[] {
  const source = 'frds fixture (Kritzman et al. 2011; Kritzman and Li 2010), 3 assets × 6 periods'
  const returns = Float64Array.of(
    0.015,
    0.031,
    0.007,
    0.034,
    0.014,
    0.011,
    0.012,
    0.063,
    0.027,
    0.023,
    0.073,
    0.055,
    0.072,
    0.043,
    0.097,
    0.078,
    0.036,
    0.083,
  )
  const matrix = covariance(returns, 3, 6)
  const mean = [0, 1, 2].map((a) => returns.slice(a * 6, a * 6 + 6).reduce((sum, value) => sum + value, 0) / 6)
  const d = Array.from({ length: 6 }, (_, t) =>
    turbulence(
      [0, 1, 2].map((a) => returns[a * 6 + t] as number),
      mean,
      matrix,
      3,
    ),
  )
  const expected = [3.3173517, 1.9451936, 1.9129622, 2.8562152, 2.7699436, 2.1983337]
  return [
    row('absorption 20', 'absorption ratio, first fifth', 0.7746543308, absorptionRatio(matrix, 3), 1e-9, source),
    row('absorption 67', 'absorption ratio, two of three', 0.9434931256, absorptionRatio(matrix, 3, 2 / 3), 1e-9, source),
    ...expected.map((value, t) =>
      row(`turbulence d${t + 1}`, `turbulence of period ${t + 1}`, value, d[t] as number, 1e-7, source),
    ),
    row(
      'turbulence identity',
      'Σ d = (T − 1)·n',
      15,
      d.reduce((sum, value) => sum + value, 0),
      1e-10,
      source,
    ),
  ]
}

function bubbles(): GoldenRow[] {
  const source = 'default parameters of the Python package lppls'
  const model = (values: readonly number[]): Lppls => {
    const [tc, m, omega, a, b, c1, c2] = values as [number, number, number, number, number, number, number]
    return { tc, m, omega, a, b, c1, c2 }
  }
  const one = model([
    1300.2412888852296, 0.6087189222292106, 6.344318139503496, 3034.166016949172, -16.041970137173486, 0.2187828013670308,
    -0.14789336333436504,
  ])
  const two = model([
    1428.0641478755871, 0.3473013071950998, 6.052643019980449, 3910.1099206097356, -169.93053270790418, 0.05189394517600043,
    -0.045820295077658835,
  ])
  return [
    row('lppls t0', 'value at 0', 1762.3196588, lpplsValue(0, one), 1e-6, source),
    row('lppls t500', 'value at 500', 2086.32995545, lpplsValue(500, two), 1e-4, source),
    row(
      'lppls nasdaq-damping',
      'damping of the fit to the NASDAQ 1994–2000, from its parameters',
      1.2258,
      lpplsDamping(model([1562.0446, 0.482003, 9.7773829, 8.5689609, -0.0568667, 0.0022869, 0])),
      1e-4,
      'published fit, 1,563 days to 2000-03-10; its sum of squares (6.3213) needs the series, which is not here',
    ),
  ]
}

function shortfall(): GoldenRow[] {
  const normal = 'Adrian and Brunnermeier (2016), jointly normal returns'
  const ses = systemicShortfall([-0.023, -0.07, 0.01], [1.8, 1.5, 2.2], [0.3, 0.4, -0.2], { mes: 0.04, leverage: 1.7 })
  return [
    row('covar delta', 'ΔCoVaR, q = 1 %, ρ = 0.6, σ = 0.03', 0.0418742617, covarNormal(0.03, 0.6, 0.01).delta, 1e-9, normal),
    row('covar level', 'CoVaR', 0.0977066107, covarNormal(0.03, 0.6, 0.01).covar, 1e-9, normal),
    row(
      'mes normal',
      'MES, σ = 0.05, ρ = 0.6',
      0.0618813842,
      marginalShortfallNormal(0.05, 0.6),
      1e-9,
      'Acharya et al. (2017), jointly normal returns',
    ),
    row(
      'lrmes daily',
      'long-run MES of 3 % a day',
      0.4172517476,
      longRunShortfall(0.03),
      1e-9,
      'Acharya, Engle and Richardson (2012)',
    ),
    row(
      'lrmes beta',
      'long-run MES, fall 40 %, β = 1.3',
      0.4852496797,
      longRunShortfallBeta(0.4, 1.3),
      1e-9,
      'NYU V-Lab documentation',
    ),
    row(
      'srisk',
      'capital shortfall of debt 900, equity 100, LRMES 35 %',
      12.2,
      capitalShortfall(900, 100, 0.35),
      1e-9,
      'Brownlees and Engle (2017)',
    ),
    row('ses', 'systemic expected shortfall', -0.33340757238, ses ?? Number.NaN, 1e-9, 'frds fixture (Bisias et al. 2012)'),
  ]
}

function scores(): GoldenRow[] {
  const [labels, said] = [
    [0, 0, 1, 1],
    [0.1, 0.4, 0.35, 0.8],
  ]
  const sk = 'scikit-learn documentation example'
  const counts = { hits: 12, false_alarms: 30, misses: 8, quiet: 450 }
  const { noise_to_signal, f1, mcc } = confusionRates(counts)
  const matrix = 'confusion matrix 12/30/8/450, recomputed independently'
  return [
    row('auc', 'ROC-AUC', 0.75, rocAuc(labels, said) ?? Number.NaN, 1e-12, sk),
    row('ap', 'average precision', 0.8333333, averagePrecision(labels, said) ?? Number.NaN, 1e-7, sk),
    row('brier', 'Brier score', 0.158125, brier(labels, said), 1e-12, sk),
    row('logloss', 'log loss', 0.472288, logLoss(labels, said), 1e-6, sk),
    row('nsr', 'noise to signal', 0.1041667, noise_to_signal, 1e-7, `Kaminsky and Reinhart (1999); ${matrix}`),
    row('f1', 'F1', 0.3870968, f1, 1e-7, matrix),
    row('mcc', 'Matthews correlation', 0.3797141, mcc, 1e-7, matrix),
    row('usefulness', 'usefulness at θ = 0.3', 0.13625, usefulness(counts, 0.3), 1e-12, `Alessi and Detken (2011); ${matrix}`),
    row(
      'usefulness-relative',
      'relative usefulness at μ = 0.7',
      -0.0428571,
      relativeUsefulness(counts, 0.7),
      1e-7,
      `Sarlin (2013); ${matrix}`,
    ),
  ]
}

export const detection_rows = (): GoldenRow[] => [
  ...change_points(),
  ...self_excitation(),
  ...jumps(),
  ...comovement(),
  ...bubbles(),
  ...shortfall(),
  ...scores(),
]
