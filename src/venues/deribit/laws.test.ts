/** Laws under random actions: contracts of every sort, and books of options with their hedges. */
import { expect, it } from 'vitest'
import { deribit_fuzz } from '../../../test/support/deribit-fuzz.ts'
import { fuzz_options } from '../../../test/support/deribit-options-fuzz.ts'
import { fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { expect_often, holds_laws } from '../../../test/support/exchange-laws.ts'

holds_laws(deribit_fuzz)

it.each(fuzz_seeds())('hold for options over 2,000 actions from seed %i', (seed) => {
  const seen = fuzz_options(2000, seed)
  expect(seen.actions).toBe(2000)
  expect_often(seen, ['options_closed', 'settled', 'takeover', 'reduce'], seed, 5)
})
