// 200 seeds of every real event, with and without each cause. A missed band is a result: docs/events has it with its date.
import { describe, expect, it } from 'vitest'
import { replay_text } from '../../src/reports/index.ts'
import { events } from '../../src/scenarios/index.ts'
import { replay } from '../../src/studies/index.ts'

describe.each(events.map((preset) => [preset.id, preset] as const))('%s', (_, preset) => {
  it('200 seeds keep the laws, with every cause and without each', () => {
    const document = replay(preset, { seeds: 200, causes: preset.causes.map((cause) => cause.id) })
    console.log(replay_text(document, { width: 120 }))
    expect(document.laws).toEqual({ runs: 200 * (1 + preset.causes.length), broken: [], limits: 0 })
  })
})
