import { describe, expect, it } from 'vitest'
import { keeps_what_oracles_keep } from '../../test/support/oracle-laws.ts'
import { OracleWorld } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'

const spec = (more: object = {}): KindSpec => ({ kind: 'ema', id: 'E', path: [{ market: 'a' }], ...more })

describe('ema (lending.md §15.3: ma_exp_time 866)', () => {
  it('closes half of a gap in 866·ln 2 s, that is ten minutes, in however many readings', () => {
    const at_once = new OracleWorld({ a: 1 })
    const in_steps = new OracleWorld({ a: 1 })
    const oracles = [at_once, in_steps].map((world) => world.open(spec()))
    for (const [i, world] of [at_once, in_steps].entries()) {
      world.move(0, 0.5, 1, 9)
      // What happens within one moment has no weight.
      expect(world.read(oracles[i] as never).price).toBe(1)
    }
    const half_ms = 866_000 * Math.log(2)
    at_once.time_ms += half_ms
    for (let i = 0; i < 8; i++) {
      in_steps.time_ms += half_ms / 8
      in_steps.read(oracles[1] as never)
    }
    const quote = at_once.read(oracles[0] as never)
    expect(quote.price).toBeCloseTo(0.75, 12)
    expect(in_steps.read(oracles[1] as never).price).toBeCloseTo(0.75, 9)
    expect(Math.round(half_ms / 1000)).toBe(600)
    // A third of the mean, 0.25 of 0.75, comes with the displacement ln(1/2).
    expect(quote.displacement[1]).toBeCloseTo(Math.log(0.5) / 3, 12)
    expect(quote.row[1]).toBe(9)
  })

  it('takes no spot above its cap into the average', () => {
    const world = new OracleWorld({ a: 1 })
    const oracle = world.open(spec({ spot_cap: 2 }))
    world.move(0, 8, 1)
    world.read(oracle)
    world.time_ms += 1e9
    const quote = world.read(oracle)
    expect(quote.price).toBeCloseTo(2, 12)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(2), 12)
    expect(() => new OracleWorld({ a: 3 }).open(spec({ spot_cap: 2 }))).toThrow(/spot_cap/)
  })

  it('stands still while it is halted', () => {
    const world = new OracleWorld({ a: 1 })
    const oracle = world.open(spec())
    world.halted.add('oracle:E')
    world.move(0, 0.5)
    world.time_ms += 1e9
    expect(world.read(oracle).price).toBe(1)
    world.halted.clear()
    expect(world.read(oracle).price).toBe(1)
    world.time_ms += 1e9
    expect(world.read(oracle).price).toBeCloseTo(0.5, 12)
  })

  it('keeps what oracles keep', () => {
    keeps_what_oracles_keep(
      [
        spec(),
        spec({ ma_time_ms: 60_000, spot_cap: 110 }),
        spec({ path: undefined, source: spec({ id: 'F', path: [{ market: 'b' }, { market: 'c' }] }), rate: 1.1 }),
      ],
      ['oracle:E', 'oracle:F'],
    )
  })
})
