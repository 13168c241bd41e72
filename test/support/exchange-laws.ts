/** The laws of one exchange as tests: 1 % of a million random actions everywhere, the million in the long run. */
import { expect, it } from 'vitest'
import { FIXED_SEED, fuzz_exchange, fuzz_seeds, type Fuzzed, type Seen } from './exchange-fuzz.ts'

const FORCED = ['reduce', 'takeover', 'deleverage', 'insurance', 'bad_debt'] as const

/** Days in which nothing happens prove nothing; how much a seed of the moment brings is not ours to say. */
export function expect_often<K extends string>(seen: Record<K, number>, kinds: readonly K[], seed: number, least = 10): void {
  for (const kind of kinds) expect(seen[kind], kind).toBeGreaterThan(seed === FIXED_SEED ? least : -1)
}

/** @param rare kinds that happen, but not often */
export function holds_laws(of: Fuzzed, rare: readonly (keyof Seen)[] = []): void {
  it.each(fuzz_seeds())('hold over 5,000 actions from seed %i', (seed) => {
    const seen = fuzz_exchange(of, 5000, seed)
    expect(seen.actions).toBe(5000)
    expect_often(seen, rare, seed, 1)
    expect_often(
      seen,
      FORCED.filter((kind) => !rare.includes(kind)),
      seed,
    )
  })
}

export function holds_laws_long(of: Fuzzed): void {
  it.each(fuzz_seeds())('hold over 500,000 actions from seed %i', (seed) => {
    expect(fuzz_exchange(of, 500_000, seed).actions).toBe(500_000)
  })
}
