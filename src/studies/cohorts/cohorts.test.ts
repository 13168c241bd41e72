import { describe, expect, it } from 'vitest'
import { small_market } from '../../../test/support/reference-market.ts'
import { Rng } from '../../math/index.ts'
import { parse_shock, shock_scenario } from '../../scenarios/index.ts'
import { band, COHORT_FILTER, type CohortBar, CohortFilter, cohorts_of, liquidated, with_inferred } from '../../synth/index.ts'
import { stress } from '../stress.ts'
import { coverage, foretell, INFER, infer, type ForetoldDay, QUANTITIES, recover_book, RECOVERY, skill } from './index.ts'

describe('recovery', () => {
  it('a small version of the study: bands cover what they should within the error of 12 books', () => {
    const rows = Array.from({ length: 12 }, (_, n) =>
      recover_book(n, { ...RECOVERY, particles: 60, days: 80, before: 30, judged: [79], world: 'small' }),
    ).flat()
    const table = coverage(rows)
    expect(table.map(({ judged }) => judged)).toEqual(QUANTITIES.map(() => 12))
    const inside = rows.filter(({ covered }) => covered).length / rows.length
    // docs/cohorts.md has 200 books; quantities of one book move together, so 12 books leave about ±0.1.
    expect(inside).toBeGreaterThan(0.78)
    expect(inside).toBeLessThan(0.98)
  })

  it('truths are of the lots: one long of 10 × and one short of 2 × by hand', () => {
    const base = { rate: 0.005, closes_hour: 0, stop: 0, take: 0, adds: false }
    const lots = [
      { side: 1, quantity: 3, entry: 100, margin: 0.1, ...base },
      { side: 1, quantity: 1, entry: 80, margin: 0.5, ...base },
      { side: -1, quantity: 4, entry: 100, margin: 0.5, ...base },
    ]
    const value = (id: string) => QUANTITIES.find((one) => one.id === id)?.true_value(lots, 100)
    // Levels: 100·0.9 ÷ 0.995 = 90.45; 80·0.5 ÷ 0.995 = 40.2; 100·1.5 ÷ 1.005 = 149.3.
    expect(value('longs −5 %')).toBe(0)
    expect(value('longs −10 %')).toBe(300)
    expect(value('shorts +20 %')).toBe(0)
    expect(value('longs 10 to 100 ×')).toBe(0.75)
    expect(value('longs 1 to 3 ×')).toBe(0.25)
    expect(value('mean entry of longs')).toBe(95)
  })
})

describe('foretelling', () => {
  const day = (persistence: number, ahead: number): ForetoldDay => ({
    day: 0,
    persistence,
    ahead,
    told: 0,
    regression: persistence,
  })

  it('ratios by hand; half the error is better, the same is no skill, twice is worse', () => {
    const rng = new Rng(1)
    const changes = Array.from({ length: 200 }, () => rng.normal())
    const of = (factor: number) =>
      skill(
        changes.map((one) => day(one, factor * one)),
        'ahead',
      )
    expect(of(0.5).rmse[0]).toBeCloseTo(0.5, 12)
    expect([of(0.5).verdict, of(1).verdict, of(2).verdict]).toEqual(['better', 'no skill', 'worse'])
    const noisy = skill(
      changes.map((one) => day(one, one + 0.1 * rng.normal())),
      'ahead',
    )
    expect(noisy.verdict).toBe('no skill')
    expect(noisy.rmse[1]).toBeLessThan(noisy.rmse[0])
    expect(noisy.rmse[2]).toBeGreaterThan(noisy.rmse[0])
  })

  it('reads no later row: changing tomorrow changes no error of today but tomorrow’s', () => {
    const rng = new Rng(2)
    let price = 100
    const rows: CohortBar[] = Array.from({ length: 60 }, () => {
      const before = price
      price *= 1 + 0.03 * rng.normal()
      const [low, high] = [Math.min(before, price) * 0.99, Math.max(before, price) * 1.01]
      return { low, high, close: price, open_interest: 1000 * (1 + 0.2 * rng.uniform()), funding: Number.NaN }
    })
    const options = { ...COHORT_FILTER, particles: 20 }
    const other = rows.map((row, i) => (i === 59 ? { ...row, open_interest: 5000, high: 3 * row.high } : row))
    const [a, b] = [foretell(rows, options), foretell(other, options)]
    expect(a.length).toBeGreaterThan(20)
    expect(a.slice(0, -1)).toEqual(b.slice(0, -1))
    const last = (days: ForetoldDay[]) => days.at(-1) as ForetoldDay
    // What was said the evening before is the same: both errors move by the change of what happened.
    expect(last(b).ahead - last(a).ahead).toBeCloseTo(last(b).persistence - last(a).persistence, 12)
  })
})

describe('infer', () => {
  it('refuses more bars than it would get through', () => {
    const time_ms = Float64Array.from({ length: 2001 }, (_, i) => i * 3_600_000)
    const series = ['high', 'low', 'close', 'open_interest'].map((field) => ({
      field,
      symbol: 'BTC',
      venue: '',
      unit: 'usd',
      time_ms,
      values: new Float64Array(2001).fill(100),
    }))
    expect(() => infer(series, { ...INFER, step_ms: 3_600_000 })).toThrow(/bars.*2001.*at most 2000/)
    // Hours 0 to 2000 fall into days that end at 0, 24, … 2016 h.
    expect(infer(series, { ...INFER, particles: 2, step_ms: 86_400_000 }).bars.with_open_interest).toBe(85)
  })
})

describe('inferred books in a run', () => {
  it('a fall of 20 % liquidates at the exchange what the density says, and the run says what it rests on', () => {
    const snapshot = small_market(200)
    const price = snapshot.assets.find(({ id }) => id === 'ETH')?.price_usd as number
    const filter = new CohortFilter({ ...COHORT_FILTER, particles: 60 })
    for (let day = 0; day < 30; day++)
      filter.step({ close: price, low: price * 0.995, high: price * 1.005, open_interest: 50_000, funding: 0.0001 })
    const joined = with_inferred(snapshot, { venue: 'binance', market: 'ETHUSDT-PERP', shape: 'linear' }, cohorts_of(filter))
    const scenario = shock_scenario([parse_shock('ETH=-20%@1h')], { horizon_ms: 2 * 3_600_000 })
    const run = (of: typeof snapshot) => stress(of, scenario).document
    const at = (of: typeof snapshot) => run(of).venues.find(({ id }) => id === 'binance')?.liquidated_usd as number
    const document = run(joined)
    expect([document.status, document.laws.broken]).toEqual(['done', []])
    expect(document.evidence.parts.some(({ evidence }) => evidence === 'inferred')).toBe(true)
    // The density values at the price now; the run at the prices of the fall, 0.8 to 1 of it, in five accounts a cohort, by its own brackets.
    const said = band(liquidated(filter, price * 0.8), filter.weights).mean
    expect((at(joined) - at(snapshot)) / said).toBeGreaterThan(0.75)
    expect((at(joined) - at(snapshot)) / said).toBeLessThan(1.05)
  })
})
