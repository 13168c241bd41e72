import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keeps_what_oracles_keep } from '../../test/support/oracle-laws.ts'
import { OracleWorld } from '../../test/support/oracle-world.ts'
import type { KindSpec } from '../model/index.ts'
import { withinAnchor } from './anchored.ts'

const MINUTE = 60_000
const on = (market: string) => ({ path: [{ market }] })
const spec = (more: object = {}): KindSpec => ({ kind: 'anchored', id: 'A', reporter: on('a'), anchor: on('b'), ...more })

/** The contract in its integers: anchorRatio = anchor · 100e16 / report, both bounds included (UniswapAnchoredView.isWithinAnchor). */
function contract(report: number, anchor: number, tolerance: number): boolean {
  const units = (price: number) => BigInt(Math.round(price * 1e6))
  if (units(report) === 0n) return false
  const ratio = (units(anchor) * 10n ** 18n) / units(report)
  const band = BigInt(Math.round(tolerance * 1e6)) * 10n ** 12n
  return ratio <= 10n ** 18n + band && ratio >= 10n ** 18n - band
}

describe('the band', () => {
  it.each([
    // Tolerance 20 % around 1.00: the contract divides the anchor by the report, so 1.25 is the highest and 1/1.2 the lowest report.
    [1.25, true],
    [1.250001, false],
    [1.3, false],
    [0.833334, true],
    [0.833332, false],
    [0.8, false],
  ])('with an anchor of 1, a report of %d is accepted: %s', (report, accepted) => {
    expect(withinAnchor(report, 1, 0.2)).toBe(accepted)
    expect(contract(report, 1, 0.2)).toBe(accepted)
  })

  it('decides as the integers do, prices in millionths', () => {
    const price = fc.integer({ min: 1_000, max: 5_000_000 }).map((units) => units / 1e6)
    fc.assert(
      fc.property(price, price, fc.integer({ min: 0, max: 999_999 }), (report, anchor, band) => {
        const ratio = anchor / report
        const near = Math.min(Math.abs(ratio - 1 - band / 1e6), Math.abs(ratio - 1 + band / 1e6)) < 1e-11
        return near || withinAnchor(report, anchor, band / 1e6) === contract(report, anchor, band / 1e6)
      }),
    )
  })
})

describe('anchored', () => {
  it('follows the reporter near the anchor, with the reporter’s causes, and keeps the last accepted price outside', () => {
    const world = new OracleWorld({ a: 1, b: 1 })
    const oracle = world.open(spec())
    world.move(0, 1.25, 1, 7)
    const quote = world.read(oracle)
    expect(quote.price).toBe(1.25)
    expect(quote.displacement[1]).toBeCloseTo(Math.log(1.25), 12)
    expect(quote.row[1]).toBe(7)
    world.move(0, 1.3)
    expect(world.read(oracle).price).toBe(1.25)
    // The anchor comes after: 1.3 is 1.25 times 1.04.
    world.move(1, 1.04)
    expect(world.read(oracle).price).toBe(1.3)
    world.move(0, 0.5)
    expect(world.read(oracle).price).toBe(1.3)
  })

  it('without its reporter answers with the anchor, as after an invalidation', () => {
    const world = new OracleWorld({ a: 1, b: 1 })
    const oracle = world.open(spec({ outside: 'anchor' }))
    world.move(0, 1.3)
    world.move(1, 1.01, 2, 3)
    const quote = world.read(oracle)
    expect(quote.price).toBe(1.01)
    expect(quote.displacement[2]).toBeCloseTo(Math.log(1.01), 12)
  })

  it('accepts a spike only as far as the average has come after', () => {
    const world = new OracleWorld({ a: 1, b: 1 })
    const twap = { kind: 'twap', id: 'T', path: [{ market: 'b' }], window_ms: 30 * MINUTE, mean: 'arithmetic' }
    const oracle = world.open(spec({ anchor: { source: twap } }))
    world.move(0, 1.3)
    world.move(1, 1.3)
    expect(world.read(oracle).price).toBe(1)
    // 1.3 needs a mean of 1.04: 0.3 · minutes / 30 = 0.04 after 4 minutes.
    world.time_ms += 4 * MINUTE - 1_000
    expect(world.read(oracle).price).toBe(1)
    world.time_ms += 1_000
    expect(world.read(oracle).price).toBe(1.3)
  })

  it('keeps its answer while it is halted, and wants a report near the anchor at the start', () => {
    const world = new OracleWorld({ a: 1, b: 1 })
    const oracle = world.open(spec())
    world.halted.add('oracle:A')
    world.move(0, 1.1)
    expect(world.read(oracle).price).toBe(1)
    expect(() => new OracleWorld({ a: 1.3, b: 1 }).open(spec())).toThrow(/reporter is 1.3; valid: near its anchor/)
    expect(() => world.open(spec({ reporter: {} }))).toThrow(/exactly one/)
  })

  it('keeps what oracles keep', () => {
    const average = { kind: 'ema', id: 'E', path: [{ market: 'c' }] }
    keeps_what_oracles_keep(
      [spec(), spec({ id: 'B', outside: 'anchor', band: 0.05 }), spec({ id: 'C', anchor: { source: average } })],
      ['oracle:A', 'oracle:B', 'oracle:E'],
    )
  })
})
