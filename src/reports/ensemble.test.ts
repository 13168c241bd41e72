import { describe, expect, it } from 'vitest'
import { fixture } from '../../test/cli/report-fixture.ts'
import { ensemble_section, ensemble_text } from './ensemble.ts'
import type { RunDoc } from './schemas.ts'

/** Three seeds of 1, 2 and 4 times a figure: quantiles by hand, between order statistics. */
const spread = (value: number) => ({
  ...{ seeds: 3, missing: 0, mean: (7 / 3) * value, median: 2 * value },
  ...{ q05: 1.1 * value, q25: 1.5 * value, q75: 3 * value, q95: 3.8 * value },
})
const nothing = { seeds: 3, missing: 3, mean: null, median: null, q05: null, q25: null, q75: null, q95: null }

function with_seeds(broken: readonly string[] = []): RunDoc {
  const { document } = fixture()
  const [venue] = document.venues
  return {
    ...document,
    ensemble: {
      seeds: { first: 7, count: 3 },
      figures: [
        { part: 'market', of: '', figure: 'forced_sales_usd', ...spread(1e9) },
        { part: 'market', of: '', figure: 'multiplier', ...nothing },
        { part: 'market', of: '', figure: 'bad_debt_usd', ...spread(0) },
        { part: 'venue', of: venue?.id ?? '', figure: 'forced_sales_usd', ...spread(2e8) },
        { part: 'asset', of: 'ETH', figure: 'drawdown', ...spread(0.1) },
      ],
      laws: { broken: [...broken], limits: broken.length },
      runs: [7, 8, 9].map((seed) => ({ seed, log: String(seed).padStart(32, '0') })),
    },
  }
}

describe('a run over many seeds', () => {
  it('has the reported seed, the median and the range in a row', () => {
    const text = ensemble_text(with_seeds(), { width: 100 })
    expect(text).toContain('Over 3 seeds, 7 to 9')
    expect(text).toMatch(/forced sales +\$[\d.]+ .+ \$2\.00 B +\$1\.10 B +\$3\.80 B/)
    expect(text).toMatch(/ETH: lowest price +−[\d.]+ % +−20\.0 % +−11\.0 % +−38\.0 %/)
    expect(text).toContain('seed 7')
  })

  it('leaves out what is nothing in every seed', () => {
    const text = ensemble_text(with_seeds(), {})
    expect(text).not.toContain('multiplier')
    expect(text).not.toContain('bad debt')
  })

  it('says which law did not hold, and how many runs ended early', () => {
    const [text, page] = [
      ensemble_text(with_seeds(['seed 8: <cash>']), {}),
      ensemble_section(with_seeds(['seed 8: <cash>'])).text,
    ]
    for (const said of [text, page]) {
      expect(said).toContain('A law did not hold: seed 8:')
      expect(said).toContain('1 run hit a limit')
    }
    expect(page).toContain('&lt;cash&gt;')
  })

  it('is nothing where there was one seed', () => {
    expect(ensemble_text(fixture().document, {})).toBe('')
    expect(ensemble_section(fixture().document).text).toBe('')
  })

  it('draws a row with its median between its ends', () => {
    const page = ensemble_section(with_seeds()).text
    const row = /forced sales<\/th>.*?<\/tr>/.exec(page)?.[0] ?? ''
    const [from, to] = [...(/class="span" d="M([\d.]+) 9H([\d.]+)"/.exec(row) ?? [])].slice(1).map(Number) as [number, number]
    const dot = Number(/class="v0" cx="([\d.]+)"/.exec(row)?.[1])
    expect(from).toBeLessThan(dot)
    expect(dot).toBeLessThan(to)
  })
})
