/** The laws of exchanges, for random ones. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { open_world, play, world } from './perp-fuzz.ts'

const FORCED = ['reduce', 'takeover', 'deleverage', 'insurance', 'default', 'bad_debt'] as const

/**
 * Plays random exchanges and holds them to the laws after every step: contracts sum to zero, cash is in custody, no fund below zero,
 * every figure of a forced event a number, those of deleveraging and bad debt positive.
 * @returns how many forced events there were, by kind
 */
export function play_random_exchanges(runs: number, seed?: number): Record<(typeof FORCED)[number], number> {
  const seen = { reduce: 0, takeover: 0, deleverage: 0, insurance: 0, default: 0, bad_debt: 0 }
  fc.assert(
    fc.property(world, (one) => {
      const w = open_world(one)
      play(w, one, (what) => expect(w.broken(), what).toEqual([]))
      for (const kind of FORCED) {
        const rows = w.rows(kind)
        seen[kind] += rows.length
        for (const row of rows) {
          for (const field of ['amount', 'price', 'usd', 'extra'] as const)
            expect(Number.isFinite(row[field]), `${kind} ${field}`).toBe(true)
          if (kind === 'deleverage' || kind === 'bad_debt') expect(row['amount'], kind).toBeGreaterThan(0)
        }
      }
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  )
  return seen
}
