import { describe, expect, it } from 'vitest'
import { crash, small_market } from '../../test/support/reference-market.ts'
import { ensemble, ensemble_seed, figures_of } from './ensemble.ts'
import { stress } from './stress.ts'

describe('an ensemble', () => {
  const snapshot = small_market()
  const scenario = crash()
  const runs = [3, 1, 2].map((seed) => ensemble_seed(snapshot, scenario, seed))
  const found = ensemble(runs)
  const row = (part: string, of: string, figure: string) =>
    found.figures.find((one) => one.part === part && one.of === of && one.figure === figure)

  it('of one seed is the figures of its document', () => {
    const { document } = stress(snapshot, { ...scenario, seed: 2 })
    expect(runs[2]).toEqual(figures_of(document))
    for (const { figure, median, q05, q95, missing } of ensemble([figures_of(document)]).figures.filter(
      ({ part }) => part === 'market',
    )) {
      const value = document.totals[figure as keyof typeof document.totals]
      expect({ figure, median, q05, q95, missing }).toEqual({
        figure,
        median: value,
        q05: value,
        q95: value,
        missing: value === null ? 1 : 0,
      })
    }
  })

  it('names its seeds and logs in order, whatever the order of the runs', () => {
    expect(found.seeds).toEqual({ first: 1, count: 3 })
    expect(found.runs.map(({ seed }) => seed)).toEqual([1, 2, 3])
    expect(new Set(found.runs.map(({ log }) => log)).size).toBe(3)
    expect(ensemble([...runs].reverse())).toEqual(found)
  })

  it('has the middle one of three as the median, and the mean', () => {
    const values = runs.map(
      ({ figures }) => figures.find((one) => one.figure === 'forced_sales_usd' && one.part === 'market')?.value as number,
    )
    const sorted = [...values].sort((a, b) => a - b)
    expect(row('market', '', 'forced_sales_usd')?.median).toBe(sorted[1])
    expect(row('market', '', 'forced_sales_usd')?.mean).toBeCloseTo(values.reduce((a, b) => a + b) / 3, 3)
    expect(sorted[0]).toBeLessThan(sorted[2] as number)
  })

  it('has every venue and asset', () => {
    for (const { id } of snapshot.venues) expect(row('venue', id, 'forced_sales_usd')).toBeDefined()
    expect(row('asset', 'ETH', 'drawdown')?.median).toBeGreaterThan(0.2)
  })

  it('of nothing is none', () => expect(() => ensemble([])).toThrow('no seeds'))
})
