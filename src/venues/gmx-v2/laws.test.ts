/** Laws under random actions. */
import { expect, it } from 'vitest'
import { fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { expect_often } from '../../../test/support/exchange-laws.ts'
import { fuzz_gmx } from '../../../test/support/gmx-fuzz.ts'

it.each(fuzz_seeds())('hold over 5,000 actions from seed %i', (seed) => {
  const seen = fuzz_gmx(5000, seed)
  expect(seen.actions).toBe(5000)
  expect_often(seen, ['takeover', 'deleverage', 'bad_debt', 'opened', 'closed'], seed)
})
