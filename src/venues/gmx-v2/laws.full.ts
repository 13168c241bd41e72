/** The same laws under a million actions from a new seed, which is printed. */
import { expect, it } from 'vitest'
import { fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { fuzz_gmx } from '../../../test/support/gmx-fuzz.ts'

it.each(fuzz_seeds())('hold over 500,000 actions from seed %i', (seed) => {
  expect(fuzz_gmx(500_000, seed).actions).toBe(500_000)
})
