/** Laws under random actions. */
import { expect, it } from 'vitest'
import { fuzz_exchange, fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'
import { bitmex_fuzz } from '../../../test/support/bitmex-fuzz.ts'

it.each(fuzz_seeds())('hold over 5,000 actions from seed %i', (seed) => {
  const seen = fuzz_exchange(bitmex_fuzz, 5000, seed)
  // an order that must fill whole within the bankruptcy price seldom does
  expect(seen.reduce).toBeGreaterThan(1)
  for (const kind of ['takeover', 'deleverage', 'insurance', 'bad_debt'] as const) expect(seen[kind], kind).toBeGreaterThan(10)
})
