import { describe, expect, test } from 'vitest'
import type { Positions } from './criticality/positions.ts'
import { read_positions } from './fragile-positions.ts'

/** What is read of a snapshot, without the snapshot: 100 owed at each venue, of which the largest account owes a part. */
function positions(
  day: number,
  assets: readonly string[],
  venues: Readonly<Record<string, readonly [string, number]>>,
): Positions {
  return {
    snapshot: {
      title: `day ${day}`,
      time_ms: day * 86_400_000,
      assets: assets.map((id) => ({ id })),
      venues: Object.entries(venues).map(([id, [kind]]) => ({ id, kind })),
    },
    values: Object.entries(venues).flatMap(([venue, [, largest]]) =>
      [
        ['owed', 100],
        ['owed_largest', largest],
      ].map(([field, value]) => ({ field, value, venue, symbol: '', unit: 'usd' })),
    ),
  } as unknown as Positions
}
const before = (all: readonly Positions[]) => {
  const { figures, apart } = read_positions(all)
  return { apart, of: Object.fromEntries(figures.map((one) => [one.venue, [one.name, one.value, one.before]])) }
}

describe('figures of two snapshots', () => {
  const monday = positions(1, ['ETH', 'BTC', 'USDC'], { a: ['aave-v3', 10], b: ['maker', 20] })

  test('of the same market stand beside each other', () => {
    const { of, apart } = before([monday, positions(2, ['ETH', 'BTC', 'USDC'], { a: ['aave-v3', 40], b: ['maker', 20] })])
    expect(of).toEqual({ a: ['largest_exit', 0.4, 0.1], b: ['largest_exit', 0.2, 0.2], '': ['largest_exit', 0.2, 0.1] })
    expect(apart).toBe('')
  })

  test('a venue that one lacks, or that is of another kind, is not compared, and neither are totals', () => {
    const { of, apart } = before([monday, positions(2, ['ETH', 'BTC', 'USDC'], { a: ['aave-v3', 40], b: ['okx', 20] })])
    expect(of['a']).toEqual(['largest_exit', 0.4, 0.1])
    expect([of['b']?.[2], of['']?.[2]]).toEqual([null, null])
    expect(apart).toBe('day 1 and day 2 do not both have b: their totals are not compared, only venues that both have')
  })

  test('of markets that share fewer than half of their assets nothing is compared', () => {
    const { of, apart } = before([monday, positions(2, ['ETH', 'SOL'], { a: ['aave-v3', 40], b: ['maker', 20] })])
    // One of four assets is in both.
    expect(Object.values(of).map(([, , old]) => old)).toEqual([null, null, null])
    expect(apart).toMatch(/of different markets, 1 assets are in both/)
  })
})
