/** Laws under random actions. */
import { expect, it } from 'vitest'
import { fuzz_exchange, fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { binance_fuzz } from '../../../test/support/binance-fuzz.ts'

it.each(fuzz_seeds())('hold over 5,000 actions from seed %i', (seed) => {
  const seen = fuzz_exchange(binance_fuzz, 5000, seed)
  for (const kind of ['reduce', 'takeover', 'deleverage', 'insurance', 'bad_debt'] as const)
    expect(seen[kind], kind).toBeGreaterThan(10)
})
