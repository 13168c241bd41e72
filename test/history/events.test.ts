// Presets of real events: one seed each, thinned, with every law checked after every bundle. What 200 seeds say: events.full.ts and docs/events.
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { content_hash } from '../../src/model/index.ts'
import { draw_priors, events } from '../../src/scenarios/index.ts'
import { replay_seed } from '../../src/studies/index.ts'
import { inRoot } from '../support/files.ts'

describe.each(events.map((preset) => [preset.id, preset] as const))('%s', (_, preset) => {
  it('runs, keeps every law after every bundle, and has a value for every outcome', () => {
    const run = replay_seed(preset, 1, { thin: true, debug: true })
    expect({ status: run.status, broken: run.broken }).toEqual({ status: 'done', broken: [] })
    expect(Object.keys(run.outcomes)).toEqual(preset.outcomes.map((outcome) => outcome.id))
  })

  it('is the same world for the same seed, and without a cause the same books', () => {
    const draws = draw_priors(preset, 2)
    const made = (without: readonly string[]) => preset.build(draws, 2, { without, thin: true })
    const { snapshot, scenario } = made([])
    const again = made([])
    expect(content_hash(again.snapshot)).toBe(content_hash(snapshot))
    expect(content_hash(again.scenario)).toBe(content_hash(scenario))
    for (const cause of preset.causes) {
      const left = made([cause.id])
      const changed =
        content_hash(left.snapshot) !== content_hash(snapshot) || content_hash(left.scenario) !== content_hash(scenario)
      expect({ cause: cause.id, changed }).toEqual({ cause: cause.id, changed: true })
      for (const [v, venue] of left.snapshot.venues.entries())
        expect(content_hash(venue['accounts'])).toBe(content_hash(snapshot.venues[v]?.['accounts']))
    }
  })

  it('says where everything comes from', () => {
    expect(existsSync(inRoot(preset.page))).toBe(true)
    expect(preset.sources.length).toBeGreaterThan(0)
    for (const { what, title, url } of preset.sources) expect([what, title, url].every((text) => text.length > 5)).toBe(true)
    for (const { why } of Object.values(preset.priors)) expect(why.length).toBeGreaterThan(5)
    for (const { source } of preset.outcomes) expect(source.length).toBeGreaterThan(5)
  })
})
