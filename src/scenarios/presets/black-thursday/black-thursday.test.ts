import { describe, expect, it } from 'vitest'
import { exp, normalQuantile, Rng } from '../../../math/index.ts'
import type { Bars } from '../../../model/index.ts'
import { draw_priors } from '../event.ts'
import { CALM_GWEI, driver, gas_path, HORIZON_MS, HOUR_MS, START_MS, stuck, USD_PER_GWEI } from './path.ts'
import { type Name, priors } from './priors.ts'
import { black_thursday } from './preset.ts'
import { median_ratio } from './world.ts'

const draws = (seed: number) => draw_priors(black_thursday, seed) as Readonly<Record<Name, number>>
const seeds = Array.from({ length: 50 }, (_, i) => i + 1)

describe('black-thursday: what is known is met', () => {
  it('every draw passes 171 at 08:00, 124 at 12:44, 110.30 at midnight and 95, its low, at 02:00', () => {
    for (const seed of seeds) {
      const { ETH } = driver(draws(seed), seed)['bars'] as Record<string, Bars>
      const at = (hour: number) => ETH?.open[Math.round(hour * 60)]
      expect([at(0), at(8), at(12 + 44 / 60), at(24), at(26)]).toEqual([194.62, 171, 124, 110.3, 95])
      expect(Math.min(...(ETH?.low ?? []))).toBe(95)
    }
  })

  it('gas is a path of faults, one a half hour, without gaps, never above 400 gwei', () => {
    for (const seed of seeds) {
      const path = gas_path(draws(seed), seed)
      expect(path[0]?.from_ms).toBe(0)
      expect(path.at(-1)?.to_ms).toBeGreaterThanOrEqual(HORIZON_MS)
      for (let k = 1; k < path.length; k++) expect(path[k]?.from_ms).toBe(path[k - 1]?.to_ms)
      const gwei = path.map(({ value }) => value / USD_PER_GWEI)
      expect(Math.max(...gwei)).toBeLessThanOrEqual(400 * (1 + 1e-12))
      expect(Math.min(...gwei)).toBeGreaterThanOrEqual(CALM_GWEI / 2)
      // Dear where it was: the first fall and the second against the night before.
      const mean = (from: number, to: number) => gwei.slice(2 * from, 2 * to).reduce((sum, x) => sum + x, 0) / (2 * (to - from))
      expect(mean(12, 15)).toBeGreaterThan(3 * mean(0, 8))
      expect(mean(25, 28)).toBeGreaterThan(mean(12, 15) * 0.5)
    }
  })

  it('starts at midnight UTC, and the oracle stands still from the first fall on, for as long as is drawn', () => {
    expect(new Date(START_MS).toISOString()).toBe('2020-03-12T00:00:00.000Z')
    const d = draws(3)
    const { from_ms, to_ms } = stuck(d)
    expect((to_ms - from_ms) / HOUR_MS).toBeCloseTo(d.oracle_stuck_h, 6)
    expect(from_ms / HOUR_MS).toBeCloseTo(d.crash_h, 6)
  })

  it('vaults hold and owe what is drawn, none below the least ratio', () => {
    for (const seed of [1, 2, 3, 4]) {
      const d = draws(seed)
      const { accounts } = black_thursday.build(d, seed).snapshot.venues[0] as unknown as {
        accounts: { collateral: Float64Array; debt: Float64Array }
      }
      const { collateral, debt } = accounts
      const sum = (list: Float64Array) => list.reduce((total, x) => total + x, 0)
      expect(debt).toHaveLength(d.vaults)
      expect(sum(debt) / d.debt_dai).toBeCloseTo(1, 9)
      // A mean over draws that a few large vaults make up.
      expect(Math.abs(sum(collateral) / d.collateral_eth - 1)).toBeLessThan(0.35)
      expect(Math.min(...debt.map((owed, i) => ((collateral[i] as number) * 194.62) / owed))).toBeGreaterThan(
        1.5 * (194.62 / 181),
      )
    }
  })

  it('has the median that makes the mean: against draws of the log-normal cut off below', () => {
    for (const [mean, sigma, least] of [
      [4, 0.5, 1.61],
      [2.9, 0.65, 1.61],
      [5.5, 0.35, 1.61],
    ] as const) {
      const median = median_ratio(mean, sigma, least)
      const rng = new Rng(7, 0, 'check', 0)
      let [sum, n] = [0, 0]
      for (let i = 0; i < 200_000; i++) {
        const value = median * exp(sigma * normalQuantile(rng.open()))
        if (value < least) continue
        sum += value
        n++
      }
      expect(Math.abs(sum / n / mean - 1)).toBeLessThan(0.01)
    }
  })

  it('every prior is drawn inside its range', () => {
    for (const [name, { low, high }] of Object.entries(priors))
      for (const seed of seeds) {
        const value = draws(seed)[name as Name]
        expect(value >= low && value <= high, `${name} ${value}`).toBe(true)
      }
  })
})
