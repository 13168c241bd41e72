/** What tests of exchanges beside their exact references share: draws, nearness, the state, and rows of the scoreboard as tests. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { GoldenRow } from '../../src/model/index.ts'
import { type Ratio, to_number } from '../../src/venues/shared/exchange/reference-ratio.ts'
import type { Exchange } from '../../src/venues/shared/exchange/state.ts'
import type { PerpWorld } from './perp-world.ts'

export const state = (w: PerpWorld): Exchange => (w.venue as unknown as { x: Exchange }).x

/** A test for each row. */
export function holds_rows(rows: readonly GoldenRow[]): void {
  it.each(rows.map((row) => [row.id, row] as const))('%s', (_id, row) => {
    expect(Math.abs(Number(row.got) - Number(row.expected)), `${row.what}: ${row.got}`).toBeLessThanOrEqual(row.tolerance)
  })
}

/** Equal to 1e-9 of what is expected, or of `scale` where that is larger; and to `rounding` on top. */
export function near(got: number, exact: Ratio, scale = 0, what = '', rounding = 0): void {
  const expected = to_number(exact)
  const most = 1e-9 * Math.max(Math.abs(expected), scale, 1e-12) + rounding
  expect(Math.abs(got - expected), `${what}: ${got}, exactly ${expected}`).toBeLessThanOrEqual(most)
}

/** Whole numbers of 1 ÷ scale. */
export const whole = (low: number, high: number, scale = 1): fc.Arbitrary<number> =>
  fc.integer({ min: low, max: high }).map((n) => n / scale)
export const side = fc.constantFrom(1 as const, -1 as const)

/** Entry ÷ mark of a position, and what its margin is of what is asked: often about enough. */
export const drift = whole(951, 1049, 1000)
export const cushion = fc.oneof(whole(-300, 1100, 1000), whole(300, 1010, 1000)).map((n) => n + 0.00037)

/** Levels of a book: distance from the mark, a ratio, and size in `unit`s; at most so many. */
export const levels_of = (furthest: number, unit: number, most: number): fc.Arbitrary<[number, number][]> =>
  fc.array(
    fc.tuple(
      whole(1, furthest).map((n) => n * 0.000_307),
      whole(1, 60).map((n) => n * unit),
    ),
    { maxLength: most },
  )
