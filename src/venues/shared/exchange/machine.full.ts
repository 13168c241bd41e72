/** The laws under a million random steps: a new seed each time, printed by the setup. */
import { expect, it } from 'vitest'
import { play_random_exchanges } from '../../../../test/support/perp-laws.ts'

it('hold under any record, long', () => {
  const seen = play_random_exchanges(300_000)
  expect(seen.deleverage).toBeGreaterThan(10_000)
})
