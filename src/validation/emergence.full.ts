import { expect, it } from 'vitest'
import { fund_figures, fund_rows } from './emergence.ts'

it('meets the bands over the six seeds of the reference', () => {
  const seeds = 6
  expect(fund_rows(fund_figures(seeds), seeds).filter((row) => !row.pass)).toEqual([])
})
