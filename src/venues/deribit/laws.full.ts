/** The same laws under a million actions from a new seed, which is printed. */
import { expect, it } from 'vitest'
import { deribit_fuzz } from '../../../test/support/deribit-fuzz.ts'
import { fuzz_options } from '../../../test/support/deribit-options-fuzz.ts'
import { fuzz_exchange, fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'

it.each(fuzz_seeds())('hold over 250,000 actions of either sort from seed %i', (seed) => {
  expect(fuzz_exchange(deribit_fuzz, 250_000, seed).actions).toBe(250_000)
  expect(fuzz_options(250_000, seed).actions).toBe(250_000)
})
