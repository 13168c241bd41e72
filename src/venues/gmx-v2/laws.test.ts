/** Laws under random actions. */
import { expect, it } from 'vitest'
import { fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { fuzz_gmx } from '../../../test/support/gmx-fuzz.ts'

it.each(fuzz_seeds())('hold over 5,000 actions from seed %i', (seed) => {
  const seen = fuzz_gmx(5000, seed)
  for (const kind of ['takeover', 'deleverage', 'bad_debt', 'opened', 'closed'] as const)
    expect(seen[kind], kind).toBeGreaterThan(10)
})
