import { describe, expect, it } from 'vitest'
import { fuzz } from './worlds.ts'

describe('random worlds', () => {
  it('keep every law after every bundle, and give the same log after reset', () => {
    // Fixed seeds, and one of today that is printed: a failure can be repeated by it.
    const today = Math.floor(Date.now() / 86_400_000)
    const { findings, checks, rows } = fuzz([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, today])
    console.log(`random worlds: seeds 1 to 10 and ${today}; ${checks} checks of all laws, ${rows} rows`)
    expect(findings).toEqual([])
    expect(checks).toBeGreaterThan(1_000)
  })
})
