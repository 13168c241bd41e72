/** Redemptions of every kind together in worlds drawn from a seed: every law after every bundle. */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/engine/index.ts'
import { Rng } from '../../src/math/index.ts'
import type { FaultSpec, KindSpec, Scenario, Snapshot } from '../../src/model/index.ts'
import { build } from '../../src/scenarios/index.ts'
import { peg_snapshot, quiet } from '../support/peg-world.ts'

const HOUR = 3_600_000
const DAY = 86_400_000
const SEEDS = 10

describe('redemptions of every kind in worlds nobody chose', () => {
  function random(seed: number): { snapshot: Snapshot; scenario: Scenario } {
    const rng = new Rng(seed, 0, 'pegs')
    const between = (low: number, high: number) => low * (high / low) ** rng.uniform()
    const pick = <T>(...list: readonly T[]): T => list[rng.uniformInt(list.length)] as T
    const start = Date.parse('2023-03-09T00:00:00Z') + rng.uniformInt(7) * DAY
    const losses = pick([], [{ time_ms: start + 3 * HOUR, factor: rng.uniform() }])
    const backing = {
      short: pick('first-come', 'pro-rata'),
      losses,
      locked: between(1, 1e7),
      unlock_per_day: between(1e3, 1e8),
      fund: between(1, 1e5),
    }
    const hours = pick({}, { hours: { from_hour: 13, until_hour: 21 } })
    const markets: KindSpec[] = [
      { kind: 'order-book', id: 'A-USD', base: 'A', quote: 'USD' },
      {
        kind: 'weighted',
        id: 'A-USD-W',
        base: 'A',
        quote: 'USD',
        reserve_base: between(1e5, 1e7),
        reserve_quote: between(1e5, 1e7),
        weight_base: 0.2 + 0.6 * rng.uniform(),
      },
      {
        kind: 'constant-product',
        id: 'C-USD',
        base: 'C',
        quote: 'USD',
        reserve_base: between(1e4, 1e6),
        reserve_quote: between(1e6, 1e8),
      },
      {
        kind: 'peg-module',
        id: 'module',
        base: 'A',
        quote: 'USD',
        reserve: between(1e4, 1e8),
        tin: pick(0, 0.001),
        tout: pick(0, 0.001),
        backing,
        ...hours,
      },
      {
        kind: 'redemption-queue',
        id: 'queue',
        base: 'A',
        quote: 'USD',
        per_day: between(1e4, 1e8),
        delay_ms: pick(0, HOUR, DAY),
        issue: { fee: 0.001 },
        ...hours,
      },
      { kind: 'virtual-pool', id: 'mint', base: 'C', quote: 'A', base_pool: between(1e5, 1e8), price: 'C-USD' },
    ]
    const spot = ['A-USD', 'A-USD-W', 'C-USD']
    const redemptions = ['module', 'queue', 'mint'].map((id) => ({ market: id, side: pick('redeem', 'issue', 'both') }))
    const snapshot = peg_snapshot({
      time: new Date(start).toISOString(),
      assets: { USD: [1], A: [1, 'A-USD'], C: [between(1, 100), 'C-USD'] },
      markets,
      agents: [
        { kind: 'redeemer', id: 'desk', cash: 'USD', redemptions, markets: spot, holds: pick(true, false) },
        {
          kind: 'arbitrageur',
          id: 'arb',
          links: [
            { a: 'A-USD', b: 'A-USD-W' },
            { a: 'A-USD', b: 'module' },
          ],
          capital_usd: 1e7,
        },
        { kind: 'market-maker', id: 'maker', books: [{ market: 'A-USD', depth_usd: between(1e5, 1e7), inventory_usd: 1e9 }] },
      ],
      actors: [
        ['desk-1', 'desk', { USD: between(1e4, 1e8), A: between(1, 1e6) }],
        ['desk-2', 'desk', { USD: between(1e4, 1e8) }],
        ['arb-1', 'arb', { USD: 1e8, A: 1e8 }],
        ['maker-1', 'maker', { USD: 1e9, A: 1e9 }],
      ],
    })
    const faults = Array.from({ length: rng.uniformInt(3) }, (): FaultSpec => {
      const from_ms = rng.uniformInt(10) * HOUR
      return {
        kind: 'halt',
        target: `market:${pick('module', 'queue', 'mint', 'A-USD')}`,
        from_ms,
        to_ms: from_ms + 3 * HOUR,
        value: 0,
      }
    })
    const shocks = [
      { asset: 'A', change: between(0.5, 1.1) - 1, over_ms: rng.uniformInt(6) * HOUR + 1, at_ms: rng.uniformInt(6) * HOUR },
      { asset: 'C', change: between(0.3, 1.5) - 1, over_ms: HOUR, at_ms: HOUR },
    ]
    return { snapshot, scenario: { ...quiet(12, { seed }, shocks), faults } }
  }

  it('keep every law, with feedback and without, and are the same after a reset', () => {
    let rows = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { snapshot, scenario } = random(seed)
      const world = build(snapshot, scenario)
      const result = run(world, { debug: true })
      expect([seed, result.status, result.laws.broken]).toEqual([seed, 'done', []])
      rows += world.parts.log.length
      world.reset()
      expect(run(world).log_hash).toBe(result.log_hash)
      if (seed > 1) continue
      world.reset()
      expect([seed, run(world, { feedback: false }).laws.broken]).toEqual([seed, []])
    }
    expect(rows).toBeGreaterThan(1000)
  })
})
