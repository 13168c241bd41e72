/** Laws of the machine: whatever a record says, nothing appears or vanishes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { open_world, play, world } from '../../../../test/support/perp-fuzz.ts'
import { play_random_exchanges } from '../../../../test/support/perp-laws.ts'

describe('laws of the machine', () => {
  it('hold under any record', () => {
    const seen = play_random_exchanges(500)
    for (const kind of ['reduce', 'takeover', 'deleverage'] as const) expect(seen[kind], kind).toBeGreaterThan(80)
    for (const kind of ['insurance', 'default', 'bad_debt'] as const) expect(seen[kind], kind).toBeGreaterThan(15)
  })

  it('a world that is reset plays the same again', () => {
    fc.assert(
      fc.property(world, (one) => {
        const w = open_world(one)
        const { store, log } = w.world.parts
        const before = store.hash()
        play(w, one, () => undefined)
        const [rows, state] = [log.hash(), store.hash('bn')]
        w.world.reset()
        for (const dial of [...w.dials, ...w.coins]) dial[0] = dial[1] as number
        expect(store.hash()).toBe(before)
        play(w, one, () => undefined)
        expect([log.hash(), store.hash('bn')]).toEqual([rows, state])
      }),
      { numRuns: 40 },
    )
  })
})
