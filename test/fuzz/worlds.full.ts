import { expect, it } from 'vitest'
import { fuzz } from './worlds.ts'

it('2,000 random worlds keep every law after every bundle', () => {
  const { findings, checks, rows, ticks } = fuzz(Array.from({ length: 2_000 }, (_, i) => 10_000 + i))
  console.log(`2,000 worlds, ${ticks} ticks, ${rows} rows, ${checks} checks of all laws`)
  expect(findings).toEqual([])
})
