import { describe, expect, test } from 'vitest'
import { boostFit, boostScore, logisticFit, logisticScore, Rng, rocAuc, sigmoid } from './index.ts'

/** Rows with known chances: the truth of both models. */
function sample(n: number, m: number, chance: (row: readonly number[]) => number, seed = 3) {
  const rng = new Rng(seed)
  const x = new Float64Array(n * m)
  const labels = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const row = Array.from({ length: m }, () => rng.normal())
    x.set(row, i * m)
    labels[i] = rng.uniform() < chance(row) ? 1 : 0
  }
  return { x, labels }
}
const rowOf = (x: Float64Array, i: number, m: number) => x.subarray(i * m, (i + 1) * m)

describe('logistic regression', () => {
  test('finds the slopes that made the labels; its gradient vanishes', () => {
    const { x, labels } = sample(20_000, 3, ([a = 0, b = 0]) => sigmoid(-1 + 2 * a - 0.5 * b))
    const model = logisticFit(x, 20_000, 3, labels, 1e-6)
    const scale = (j: number) => (model.slopes[j] as number) / (model.deviation[j] as number)
    expect(scale(0)).toBeCloseTo(2, 1)
    expect(scale(1)).toBeCloseTo(-0.5, 1)
    expect(Math.abs(scale(2))).toBeLessThan(0.05)
    let gap = 0
    for (let i = 0; i < 20_000; i++) gap += sigmoid(logisticScore(model, rowOf(x, i, 3)).score) - (labels[i] as number)
    expect(Math.abs(gap)).toBeLessThan(1e-3)
  })

  test('a ridge shrinks, a constant feature is ignored, separable data stay finite', () => {
    const x = Float64Array.from([-2, 7, -1, 7, 1, 7, 2, 7])
    const free = logisticFit(x, 4, 2, [0, 0, 1, 1], 0.1)
    const held = logisticFit(x, 4, 2, [0, 0, 1, 1], 10)
    expect(free.slopes[1]).toBe(0)
    expect(Number.isFinite(free.slopes[0])).toBe(true)
    expect(held.slopes[0] as number).toBeLessThan(free.slopes[0] as number)
    expect(held.slopes[0] as number).toBeGreaterThan(0)
  })
})

describe('boosted trees', () => {
  test('see what a line cannot: an exclusive or', () => {
    const { x, labels } = sample(4000, 2, ([a = 0, b = 0]) => (a > 0 === b > 0 ? 0.9 : 0.1))
    const fresh = sample(4000, 2, ([a = 0, b = 0]) => (a > 0 === b > 0 ? 0.9 : 0.1), 4)
    const trees = boostFit(x, 4000, 2, labels)
    const line = logisticFit(x, 4000, 2, labels, 1)
    const auc = (score: (row: Float64Array) => number) =>
      rocAuc(
        fresh.labels,
        Array.from(fresh.labels, (_, i) => score(rowOf(fresh.x, i, 2))),
      ) as number
    expect(auc((row) => boostScore(trees, row))).toBeGreaterThan(0.85)
    expect(auc((row) => logisticScore(line, row).score)).toBeLessThan(0.6)
  })

  test('noise gives no skill on fresh rows', () => {
    const { x, labels } = sample(2000, 5, () => 0.1)
    const fresh = sample(4000, 5, () => 0.1, 9)
    const trees = boostFit(x, 2000, 5, labels)
    const auc = rocAuc(
      fresh.labels,
      Array.from(fresh.labels, (_, i) => boostScore(trees, rowOf(fresh.x, i, 5))),
    ) as number
    // Standard error of an AUC of chance with 400 ones among 4,000: 0.015.
    expect(Math.abs(auc - 0.5)).toBeLessThan(0.06)
  })
})
