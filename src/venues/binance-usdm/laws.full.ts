/** The same laws under a million actions from a new seed, which is printed. */
import { expect, it } from 'vitest'
import { fuzz_exchange, fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { binance_fuzz } from '../../../test/support/binance-fuzz.ts'

it.each(fuzz_seeds())('hold over 500,000 actions from seed %i', (seed) => {
  expect(fuzz_exchange(binance_fuzz, 500_000, seed).actions).toBe(500_000)
})
