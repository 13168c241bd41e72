// Presets of real events: one seed each, thinned, with every law checked after every bundle. What 200 seeds say: events.full.ts and docs/events.
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { content_hash } from '../../src/model/index.ts'
import { draw_priors, events } from '../../src/scenarios/index.ts'
import { replay_seed } from '../../src/studies/index.ts'
import { inRoot } from '../support/files.ts'

/**
 * Logs of seed 1, thinned. Numbers on the pages of events are of the engine that wrote these: where one changes, that page is out of date. Then run
 * `unwind replay <id>` anew over all seeds and put what comes out on the page and into bench/FULL.md.
 */
const LOGS: Readonly<Record<string, string>> = {
  'black-thursday': 'e5cdf0a4bb5cf23845eda2ac29c386bb',
  'comp-dai-2020': 'bc114074dfff63855502f12a3c72fa13',
  'may-2021': '08573799fc6e63ee4dd7e7d64d4788c8',
  'jan-2022': '30f169c650de8868488a2f19d13cf35e',
  'solend-whale': '966a6ac88efb11b210be705c1e80a39e',
  'usdc-depeg': 'ee363b6e5f25b5f7a0102ddee8411bac',
  'ten-ten': 'f919aaebcccb79fa4979a7345fa7979f',
  terra: 'e6a8b5cb791509817d2673fc1238b77e',
  'crv-2023': 'dfe77dcf64ab654d9694ab3c47b0c09c',
  'xusd-run': '7e822f0d171373c05b72c3f3fe3b869a',
  'steth-celsius-3ac': 'e87740b233f405e0c509262d96969fc2',
  'crv-squeeze-2022': '848a2cce831f7bdfae04a85bbc414b83',
  ftx: 'c86a8a331775c7012c6dec3ccd3e5cd2',
}

describe.each(events.map((preset) => [preset.id, preset] as const))('%s', (_, preset) => {
  it('runs, keeps every law after every bundle, and has a value for every outcome', () => {
    const run = replay_seed(preset, 1, { thin: true, debug: true })
    expect({ status: run.status, broken: run.broken }).toEqual({ status: 'done', broken: [] })
    expect(Object.keys(run.outcomes)).toEqual(preset.outcomes.map((outcome) => outcome.id))
    expect({ log: run.log, page: preset.page }).toEqual({ log: LOGS[preset.id], page: preset.page })
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
