import { beforeAll, describe, expect, it } from 'vitest'
import { inRoot } from '../../test/support/files.ts'
import type { KindSpec, Snapshot } from '../model/index.ts'
import { shock_scenario } from '../scenarios/index.ts'
import { readSnapshot } from '../sources/index.ts'
import { stress } from './stress.ts'

let two: Snapshot
beforeAll(async () => {
  two = await readSnapshot(inRoot('examples', 'two-lenders.json'))
})

const eth = (change: number) =>
  shock_scenario([{ asset: 'ETH', change, over_ms: 3_600_000, at_ms: 0 }], { horizon_ms: 7_200_000 })

/** The example with the account of fay at Morpho Blue changed: ETH held, USDC owed. */
function with_fay(collateral: number, debt: number): Snapshot {
  const venues = two.venues.map((venue): KindSpec => {
    if (venue.id !== 'morpho') return venue
    const accounts = venue['accounts'] as Record<string, Float64Array | Int32Array>
    const put = (column: Float64Array | Int32Array | undefined, value: number) =>
      Float64Array.from(column as Float64Array, (old, row) => (row === 2 ? value : old))
    return {
      ...venue,
      accounts: { ...accounts, collateral: put(accounts['collateral'], collateral), debt: put(accounts['debt'], debt) },
    }
  })
  return { ...two, venues }
}

describe('accounts in trouble before anything happens', () => {
  it('are none in the example', () => {
    const { opening } = stress(two, eth(-0.05)).document
    expect(opening.below).toEqual({ accounts: 0, usd: 0, largest: null })
    expect(opening.underwater.accounts).toBe(0)
  })

  it('are counted with what they owe, and apart with what they lack', () => {
    // 300 ETH at 3,000 against 1.5 M USDC: 600,000 are lacking.
    const { opening } = stress(with_fay(300, 1_500_000), eth(-0.01)).document
    const largest = { venue: 'morpho', account: 2, owner: 'fay' }
    expect(opening.below).toEqual({ accounts: 1, usd: 1_500_000, largest: { ...largest, usd: 1_500_000 } })
    expect(opening.underwater.accounts).toBe(1)
    expect(opening.underwater.usd).toBeCloseTo(600_000, 6)
  })

  it('below their limit, but not under water, lack nothing', () => {
    // LTV 1.5 M ÷ (560 · 3,000) = 0.893, above the LLTV of 0.86.
    const { opening } = stress(with_fay(560, 1_500_000), eth(-0.01)).document
    expect(opening.below.accounts).toBe(1)
    expect(opening.underwater).toEqual({ accounts: 0, usd: 0, largest: null })
    expect(opening.bad_debt_usd).toBe(0)
  })

  it('have their part of the bad debt, which no shock has a part in', () => {
    const { opening, totals } = stress(with_fay(300, 1_500_000), eth(-0.01)).document
    // What they lacked, and no more: seizing at a bonus and a falling price add to the bad debt of the run.
    expect(opening.bad_debt_usd).toBeCloseTo(600_000, 6)
    expect(totals.bad_debt_usd).toBeGreaterThan(600_000)
    // Without the account nobody has bad debt.
    expect(stress(with_fay(1_100, 1_500_000), eth(-0.01)).document.totals.bad_debt_usd).toBe(0)
  })

  it('that nobody liquidates have it of the shortfall', () => {
    const idle = { ...eth(-0.01), without: ['agent:liquidators'] }
    const { opening, totals } = stress(with_fay(300, 1_500_000), idle).document
    expect(opening.bad_debt_usd).toBe(0)
    expect(opening.shortfall_usd).toBeCloseTo(600_000, 6)
    // Nobody else is under water; 300 ETH lose 1 %, 9,000 USD.
    expect(totals.shortfall_usd).toBeGreaterThan(608_000)
  })
})
