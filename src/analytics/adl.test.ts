import { describe, expect, it } from 'vitest'
import { PerpWorld, type Row } from '../../test/support/perp-world.ts'
import type { WorldView } from '../model/index.ts'
import { exchange_kind, exchange_schema, rules, type RulesInput } from '../venues/shared/exchange/index.ts'
import { type AdlFill, adl, adl_fills, adl_waves } from './adl.ts'

const fill = (of: Partial<AdlFill>): AdlFill => {
  const base = { time_ms: 0, venue: 0, account: 0, asset: 0, quantity: -1, price_usd: 100, mark_usd: 100, ...of }
  return { ...base, size: Math.abs(base.quantity) }
}
const AT_MARK = { gap_ms: 5000, horizon_ms: 0, price: () => Number.NaN }

describe('waves of deleveraging', () => {
  it('split where nothing was closed for longer than the gap, and by venue', () => {
    const at = (venue: number, time_ms: number) => fill({ venue, time_ms })
    const waves = adl_waves([at(1, 0), at(0, 0), at(0, 5000), at(0, 10_001)], AT_MARK)
    expect(waves.map(({ venue, from_ms, to_ms, fills }) => [venue, from_ms, to_ms, fills])).toEqual([
      [0, 0, 5000, 2],
      [0, 10_001, 10_001, 1],
      [1, 0, 0, 1],
    ])
  })

  it('a winner who was closed before the price turned against him counts nothing, and does not lower another', () => {
    // shorts closed at 102 and 90; the mark ends at 95: the first lost 7 a unit, the second was spared 5
    const fills = [
      fill({ account: 0, quantity: -2, price_usd: 102, mark_usd: 100 }),
      fill({ account: 1, price_usd: 90, mark_usd: 90 }),
    ]
    const [wave] = adl_waves(fills, { ...AT_MARK, price: () => 95 })
    expect(wave).toMatchObject({ need_usd: 4, production_usd: 14, overshoot_usd: 10, accounts: 2, hedges_broken: null })
    // shares of 204 and 90 in 294
    expect(wave?.concentration).toBeCloseTo((204 ** 2 + 90 ** 2) / 294 ** 2, 12)
    expect(wave?.top_share).toBeCloseTo(204 / 294, 12)
  })

  it('a hedge is broken where the owner holds the opposite elsewhere', () => {
    const held = [3, -3, 0]
    const fills = [0, 1, 2].map((account) => fill({ account }))
    expect(adl_waves(fills, { ...AT_MARK, other: ({ account }) => held[account] as number })[0]?.hedges_broken).toBe(1)
  })
})

const schema = exchange_schema('test-exchange')
const kind = (of: RulesInput) =>
  exchange_kind({ id: 'test-exchange', title: 'test', source: 'tests', schema, rules: () => rules.parse(of) }) as never

/** One that goes under at 98,000 or 102,000, and three winners; frames say where the market is. */
function simulate(side: 1 | -1, price: 'bankruptcy' | 'mark', mark: number, later: number) {
  const loser: Row = { isolated: true, wallet: 20_000, held: [[0, side * 10, 100_000]] }
  const held = [6, 12, 2]
  const winners = held.map((q): Row => ({ wallet: 200_000, held: [[0, -side * q, 100_000 + side * 1000]] }))
  const w = new PerpWorld([loser, ...winners], {
    kind: kind({ stages: [{ close: { to: ['winners'] } }], adl: { price, allocate: 'contracts' } }),
    contract: { tiers: [{ floor: 0, rate: 0.0125 }], liquidation_fee: 0, taker_fee: 0 },
  })
  w.price(0, mark)
  w.tick(60_000)
  const rows = [1, 2, 3]
  const without = rows.map((row) => w.cash(row) + w.quantity(row) * later)
  w.settle()
  const after = rows.map((row) => w.cash(row) + w.quantity(row) * later)
  const needed = Math.abs(mark - (100_000 - side * 2000)) * 10
  const view = (mid: number) =>
    ({
      assets: [{ id: 'USDT' }, { id: 'BTC' }],
      venues: [{ id: 'bn' }],
      frames: { length: 1, time_ms: [w.world.parts.log.columns.time_ms.data[0]], mid_usd: [1, mid] },
    }) as unknown as WorldView
  const produced = rows.reduce((sum, _, i) => sum + Math.max(0, (without[i] as number) - (after[i] as number)), 0)
  return { log: w.world.parts.log, view, produced, needed: price === 'mark' ? 0 : needed, broken: w.broken() }
}

describe('a simulated wave, read back from its log', () => {
  // marks either side of the bankruptcy price: with a debt left and, taken over just above maintenance, without one
  for (const [side, marks] of [
    [1, [97_000, 98_500]],
    [-1, [103_000, 101_500]],
  ] as const)
    for (const price of ['bankruptcy', 'mark'] as const)
      for (const mark of marks)
        for (const later of [mark, mark - side * 4000, mark + side * 500])
          it(`${side > 0 ? 'longs' : 'shorts'} at ${mark}, closed at the ${price}, ${later} afterwards`, () => {
            const run = simulate(side, price, mark, later)
            expect(run.broken).toEqual([])
            const fills = adl_fills(run.log, run.view(mark))
            expect(fills.length).toBe(3)
            const [wave] = adl_waves(fills, { gap_ms: 5000, horizon_ms: 1000, price: () => later })
            // a winner who is closed better than at the mark needs nothing
            const adverse = side > 0 ? mark < 98_000 : mark > 102_000
            expect(wave?.need_usd).toBeCloseTo(adverse ? run.needed : 0, 6)
            expect(wave?.production_usd).not.toBeNull()
            expect(Math.abs((wave?.production_usd as number) - run.produced)).toBeLessThanOrEqual(
              1e-9 * Math.max(run.produced, 98_000 * 10),
            )
            expect(wave?.accounts).toBe(3)
          })

  it('stands in the table', () => {
    const run = simulate(1, 'bankruptcy', 97_000, 97_000)
    const table = adl.measure(run.log, run.view(97_000))
    expect(table.rows.length).toBe(1)
    expect(table.rows[0]?.[0]).toBe('bn')
    // 10 units closed 1,000 above the mark; by contracts 3, 6 and 1
    expect(table.rows[0]?.slice(3).map((x) => (typeof x === 'number' ? Number(x.toPrecision(9)) : x))).toEqual([
      3,
      980_000,
      10_000,
      10_000,
      0,
      3,
      0.46,
      0.6,
      null,
      null,
    ])
  })
})
