import { describe, expect, it } from 'vitest'
import { OracleWorld } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'

const spec = (more: object = {}): KindSpec => ({
  kind: 'blend',
  id: 'B',
  sources: [
    { path: [{ market: 'own' }], weight: 1 },
    { path: [{ market: 'elsewhere' }], weight: 3 },
  ],
  ...more,
})

describe('blend', () => {
  it('takes the weighted mean, and of a cause its part: 0.25 · 0.6567 + 0.75 · 1', () => {
    const world = new OracleWorld({ own: 1, elsewhere: 1 })
    const oracle = world.open(spec())
    expect(world.read(oracle).price).toBe(1)
    world.move(0, 0.6567, 1, 4)
    const quote = world.read(oracle)
    expect(quote.price).toBeCloseTo(0.914175, 12)
    // ln 0.6567 weighs 0.164175 ÷ 0.914175
    expect(quote.displacement[1]).toBeCloseTo((0.164175 / 0.914175) * Math.log(0.6567), 12)
    expect([...quote.displacement].reduce((sum, part) => sum + part, 0)).toBeCloseTo(Math.log(0.914175), 12)
    expect(quote.row[1]).toBe(4)
  })

  it('takes a haircut and keeps to its floor and cap', () => {
    const world = new OracleWorld({ own: 1, elsewhere: 1 })
    const oracle = world.open(spec({ haircut: 0.1, floor: 0.85, cap: 0.95 }))
    expect(world.read(oracle).price).toBeCloseTo(0.9, 12)
    world.move(0, 0.6567, 1, 4)
    expect(world.read(oracle).price).toBe(0.85)
    world.move(0, 3, 1, 5)
    expect(world.read(oracle).price).toBe(0.95)
  })

  it('refuses a floor above the cap', () => {
    expect(() => new OracleWorld({ own: 1, elsewhere: 1 }).open(spec({ floor: 1, cap: 0.9 }))).toThrow(/floor/)
  })
})
