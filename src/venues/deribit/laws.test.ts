/** Laws under random actions: contracts of every sort, and books of options with their hedges. */
import { expect, it } from 'vitest'
import { deribit_fuzz } from '../../../test/support/deribit-fuzz.ts'
import { fuzz_options } from '../../../test/support/deribit-options-fuzz.ts'
import { fuzz_exchange, fuzz_seeds } from '../../../test/support/exchange-fuzz.ts'

it.each(fuzz_seeds())('hold over 5,000 actions from seed %i', (seed) => {
  const seen = fuzz_exchange(deribit_fuzz, 5000, seed)
  for (const kind of ['reduce', 'takeover', 'deleverage', 'insurance', 'bad_debt'] as const)
    expect(seen[kind], kind).toBeGreaterThan(10)
})

it.each(fuzz_seeds())('hold for options over 2,000 actions from seed %i', (seed) => {
  const seen = fuzz_options(2000, seed)
  expect(seen.actions).toBe(2000)
  for (const kind of ['options_closed', 'settled', 'takeover', 'reduce'] as const) expect(seen[kind], kind).toBeGreaterThan(5)
})
