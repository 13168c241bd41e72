import { describe, expect, it } from 'vitest'
import { unknown_fields } from '../../test/cli/json-schema.ts'
import { small_market } from '../../test/support/reference-market.ts'
import { InputError } from '../model/index.ts'
import { replay_text, SCHEMAS, schema_text } from '../reports/index.ts'
import {
  draw_prior,
  draw_priors,
  type EventOutcome,
  type EventPreset,
  event_preset,
  type Prior,
  shock_scenario,
} from '../scenarios/index.ts'
import { miss, replay, replay_document, replay_seed, type SeedRun, summary } from './replays.ts'

const prior = (low: number, high: number, shape: Prior['shape'] = 'uniform'): Prior => {
  return { low, high, shape, unit: 'share', why: 'a test', evidence: 'synthetic' }
}

const outcome = (fields: Partial<EventOutcome> = {}): EventOutcome => ({
  id: 'shocks',
  what: 'assets that moved',
  unit: 'count',
  band: [1, 5],
  observed: 3,
  source: 'a test',
  evidence: 'synthetic',
  over_seeds: 'median',
  measure: ({ log }) => Array.from({ length: log.length }, (_, row) => log.kind(row)).filter((kind) => kind === 'shock').length,
  ...fields,
})

const fields_of = ({ type: _, ...fields }: EventPreset) => fields

const toy = event_preset({
  id: 'toy',
  title: 'A toy',
  time: '2020-01-01T00:00:00Z',
  evidence: 'synthetic',
  sources: [{ what: 'everything', title: 'a test', url: 'https://example.org' }],
  priors: { fall: prior(0.02, 0.05), hours: prior(1, 3, 'integer') },
  causes: [{ id: 'fall', title: 'the fall', without: 'nothing moves' }],
  outcomes: [
    outcome(),
    outcome({
      id: 'ticks',
      what: 'ticks that the watch saw',
      band: [100, 120],
      measure: ({ watched }) => watched['ticks'] ?? null,
    }),
    outcome({ id: 'never', what: 'what never is', measure: () => null }),
  ],
  figures: [
    { id: 'drawn', what: 'hours that were drawn', unit: 'count', measure: ({ draws }) => draws['hours'] as number },
    { id: 'nothing', what: 'what never is', unit: 'USD', measure: () => null },
  ],
  page: 'docs/events/README.md',
  build: ({ fall, hours }, seed, { without = [] }) => {
    const shocks = without.includes('fall') ? [] : [{ asset: 'ETH', change: -fall, over_ms: 600_000, at_ms: 0 }]
    let ticks = 0
    return {
      snapshot: small_market(100, seed),
      scenario: shock_scenario(shocks, { seed, horizon_ms: hours * 3_600_000 }),
      notes: [],
      watch: () => ({ tick: () => void ticks++, figures: () => ({ ticks }) }),
    }
  },
})

describe('priors', () => {
  it('keep their draws when others come, leave or change', () => {
    const more = { ...toy, priors: { first: prior(0, 1), ...toy.priors, last: prior(0, 1) } }
    for (const seed of [1, 2, 99]) {
      const [few, many] = [draw_priors(toy, seed), draw_priors(more, seed)]
      expect(many).toMatchObject(few)
      expect(many['first']).not.toBe(many['last'])
    }
    expect(draw_prior('toy', 'fall', prior(0, 1), 1)).not.toBe(draw_prior('other', 'fall', prior(0, 1), 1))
  })

  it('fill their ranges in their shapes', () => {
    const draws = (shape: Prior['shape'], low: number, high: number) =>
      Array.from({ length: 4_000 }, (_, seed) => draw_prior('toy', 'x', prior(low, high, shape), seed))
    // Means of the three laws; four standard errors of 4,000 draws.
    const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length
    expect(Math.abs(mean(draws('uniform', 2, 4)) - 3)).toBeLessThan(4 * (2 / Math.sqrt(12 * 4_000)))
    const logs = draws('log-uniform', 1, 100).map(Math.log10)
    expect(Math.abs(mean(logs) - 1)).toBeLessThan(4 * (2 / Math.sqrt(12 * 4_000)))
    const whole = draws('integer', 3, 6)
    expect(new Set(whole)).toEqual(new Set([3, 4, 5, 6]))
    expect(Math.abs(mean(whole) - 4.5)).toBeLessThan(4 * Math.sqrt(1.25 / 4_000))
  })

  it('refuse ranges and bands that are none', () => {
    const { type: _, ...fields } = toy
    expect(() => event_preset({ ...fields, priors: { x: prior(2, 1) } })).toThrow('no range')
    expect(() => event_preset({ ...fields, priors: { x: prior(0, 1, 'log-uniform') } })).toThrow('no range')
    expect(() => event_preset({ ...fields, outcomes: [outcome({ band: [2, 1] })] })).toThrow('no band')
  })
})

describe('what seeds say', () => {
  const runs = (values: readonly (number | null)[]): SeedRun[] =>
    values.map((value, seed) => {
      return { seed, without: '', draws: {}, outcomes: { shocks: value }, figures: {}, status: 'done', broken: [], log: '' }
    })

  it('medians and shares; what never came to be is outside', () => {
    expect(summary(outcome(), runs([0, 2, 3, 9, null]))).toMatchObject({
      seeds: 5,
      missing: 1,
      median: 2.5,
      mean: 3.5,
      share_inside: 0.4,
      statistic: 2.5,
      inside: true,
      miss: 0,
    })
    expect(summary(outcome(), runs([null]))).toMatchObject({ statistic: null, inside: false, miss: null, share_inside: 0 })
  })

  it('chances are held by their mean', () => {
    const chance = outcome({ over_seeds: 'mean', band: [0, 0.25] })
    expect(summary(chance, runs([0, 0, 0, 1]))).toMatchObject({ statistic: 0.25, inside: true, share_inside: null })
    expect(summary(chance, runs([0, 1]))).toMatchObject({ statistic: 0.5, inside: false, miss: 1 })
  })

  it('a miss is a share of the nearest edge', () => {
    expect([miss(3, [2, 4]), miss(1, [2, 4]), miss(5, [2, 4]), miss(7, [0, 0])]).toEqual([0, -0.5, 0.25, 7])
  })
})

describe('a replay', () => {
  const document = replay(toy, { seeds: 3, causes: ['fall'] })

  it('is the same one seed at a time, in any order', () => {
    const single = [3, 1, 2].flatMap((seed) => [replay_seed(toy, seed, { without: 'fall' }), replay_seed(toy, seed)])
    expect(replay_document(toy, single)).toEqual(document)
  })

  it('leaves a cause out with the draws of the others as they were', () => {
    for (const seed of [1, 2, 3]) {
      const [all, without] = document.runs.filter((one) => one.seed === seed)
      expect(without?.draws).toEqual(all?.draws)
    }
    expect(document.outcomes[0]).toMatchObject({ id: 'shocks', median: 1, inside: true, share_inside: 1 })
    expect(document.causes[0]?.outcomes[0]).toMatchObject({ median: 0, leaves_band: true, median_change: -1, share_changed: 1 })
    expect(document.causes[0]?.outcomes[1]).toMatchObject({ median_change: 0, share_changed: 0 })
  })

  it('shows figures that nothing is held to, with each cause and without', () => {
    const hours = [1, 2, 3].map((seed) => draw_priors(toy, seed)['hours'] as number).sort((a, b) => a - b)
    expect(document.figures).toMatchObject([
      { id: 'drawn', unit: 'count', seeds: 3, missing: 0, median: hours[1] },
      { id: 'nothing', missing: 3, median: null, q05: null },
    ])
    expect(document.causes[0]?.figures).toMatchObject([
      { id: 'drawn', median: hours[1], median_change: 0, share_changed: 0 },
      { id: 'nothing', median: null, median_change: null, share_changed: 0 },
    ])
    const text = replay_text(document)
    expect(text).toMatch(
      /What else came out[^]*hours that were drawn[^]*nothing to measure in 3 of 3 seeds[^]*Without: the fall[^]*hours that were drawn/,
    )
    const scenario = replay(event_preset({ ...fields_of(toy), outcomes: [], no_outcomes: 'it is a test' }), {
      seeds: 1,
      causes: ['fall'],
    })
    expect(replay_text(scenario)).not.toContain('5 to 95 %')
    expect(replay_text(scenario)).toMatch(/What came out[^]*Without: the fall[^]*hours that were drawn/)
  })

  it('shows the run to the watch, tick by tick', () => {
    for (const { draws, outcomes } of document.runs) expect(outcomes['ticks']).toBe((draws['hours'] as number) * 60)
  })

  it('refuses a cause that is none, and a measure that is no number', () => {
    expect(() => replay(toy, { seeds: 1, causes: ['rain'] })).toThrow(InputError)
    const broken = { ...toy, outcomes: [outcome({ measure: () => Number.NaN })] }
    expect(() => replay_seed(broken, 1)).toThrow('shocks became NaN')
  })

  it('is what docs/schemas/replay-1.json says, and nothing more', () => {
    expect(SCHEMAS['replay-1'].safeParse(document).success).toBe(true)
    expect(unknown_fields(JSON.parse(schema_text('replay-1')) as object, document)).toEqual([])
  })

  it('reads: verdicts, priors, and laws', () => {
    const text = replay_text(document)
    expect(text).toMatch(/^A toy: over 3 seeds, 1 of 3 outcomes inside the band\.\n/)
    for (const says of [
      'leaves the band',
      'Without: the fall',
      'nothing to measure in 3 of 3 seeds',
      'fall ',
      'every law held in 6 runs',
    ])
      expect(text).toContain(says)
    expect(text.split('\n').every((line) => Array.from(line).length <= 100)).toBe(true)
  })
})
