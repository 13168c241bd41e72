import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ReferenceMarket, Revert } from './reference.ts'
import { goldenRows, market_at, price_of, USDC } from './reference-rows.ts'
import { CURVE, exponential, PRICE_SCALE, WAD } from './reference-math.ts'

describe('golden vectors', () => {
  for (const row of goldenRows()) {
    it(`${row.id}: ${row.what}`, () => {
      if (row.tolerance === 0) expect(row.got).toBe(row.expected)
      else expect(Math.abs(Number(row.got) / Number(row.expected) - 1)).toBeLessThanOrEqual(row.tolerance)
      expect(row.pass).toBe(true)
    })
  }

  const file = `${process.env.UNWIND_SHARED ?? '../shared'}/golden/lending.json`
  it.skipIf(!existsSync(file))(`are all there are for this protocol (skipped without ${file})`, () => {
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: { id: string; protocol: string }[] }
    const mine = new Set(goldenRows().map(({ id }) => id.split(' ')[1]))
    const wanted = vectors.filter(({ protocol }) => protocol === 'morpho').map(({ id }) => id)
    expect(wanted).toHaveLength(7)
    expect(wanted.filter((id) => !mine.has(id))).toEqual([])
  })
})

describe('the exact market', () => {
  it('refuses what the contract refuses', () => {
    const market = market_at(price_of(2300n))
    expect(() => market_at(price_of(2326n)).liquidate('owner', 1n, 0n)).toThrow('position is healthy')
    expect(() => market.liquidate('owner', 0n, 0n)).toThrow('inconsistent input')
    expect(() => market.borrow('owner', 1n)).toThrow('insufficient collateral')
    expect(() => market.withdraw('lender', 900_000n * USDC)).toThrow('insufficient liquidity')
    market.price = undefined
    expect(() => market.liquidate('owner', 1n, 0n)).toThrow(Revert)
  })

  it('holds that equality is healthy', () => {
    // 100 at 2000 · 0.8 = 160,000 owed: the quoted limit is not exceeded
    const market = new ReferenceMarket((8n * WAD) / 10n, price_of(2000n))
    market.supply('lender', 10n ** 12n)
    market.supply_collateral('owner', 100n * WAD)
    market.borrow('owner', 160_000n * USDC)
    expect(market.healthy('owner')).toBe(true)
    market.price = price_of(2000n) - 10n ** 16n
    expect(market.healthy('owner')).toBe(false)
  })

  it('values the collateral of who is liquidated, even if he owes nothing; for the rest debt comes first', () => {
    // 2^100 · 2^200 is more than a word holds: Morpho.sol, liquidate asks _isHealthy with the price, withdrawCollateral without.
    const market = new ReferenceMarket((86n * WAD) / 100n, 1n << 200n)
    market.supply_collateral('owner', 1n << 100n)
    expect(() => market.liquidate('owner', 1n, 0n)).toThrow('overflow')
    market.withdraw_collateral('owner', 1n)
    expect(market.position('owner').collateral).toBe((1n << 100n) - 1n)
  })

  it('counts in 128 bits, and refuses nothing at all', () => {
    const market = new ReferenceMarket((86n * WAD) / 100n, PRICE_SCALE)
    expect(() => market.supply('lender', 1n << 128n)).toThrow('max uint128 exceeded')
    // The first deposit gets a million shares a unit.
    expect(() => market.supply('lender', 1n << 110n)).toThrow('max uint128 exceeded')
    expect(() => market.supply_collateral('owner', 0n)).toThrow('zero assets')
    for (const refused of [
      () => market.supply('lender', 0n),
      () => market.borrow('owner', 1n, 1n),
      () => market.repay('owner', 0n),
    ])
      expect(refused).toThrow('inconsistent input')
  })

  it('has a rate from the moment it is made, so the first interest already adapts', () => {
    const market = new ReferenceMarket((8n * WAD) / 10n, PRICE_SCALE)
    market.supply('lender', 1000n)
    market.supply_collateral('owner', 10_000n)
    market.borrow('owner', 1000n)
    market.now_s = 5n * 86_400n
    market.accrue()
    // e^(50 · 5 / 365) = 1.9836 at utilisation 1 (IRM test of F8); the approximation is within 1 %.
    expect(Number(market.rate_at_target) / Number(CURVE.initial)).toBeCloseTo(1.9836, 1)
  })

  it('may be owed one unit more than it counts: rounding is against the borrower', () => {
    const market = new ReferenceMarket((8n * WAD) / 10n, PRICE_SCALE)
    market.supply('lender', 1000n)
    market.supply_collateral('owner', 1000n)
    market.borrow('owner', 7n)
    market.now_s = 1n
    market.accrue()
    expect(market.debt_of('owner')).toBeLessThanOrEqual(market.borrow_assets + 1n)
  })

  it('mints the fee as shares: the claim of the fee recipient is that part of the interest', () => {
    const market = market_at(price_of(4000n))
    market.fee = WAD / 10n
    market.now_s = 86_400n * 30n
    market.accrue()
    const interest = market.borrow_assets - 200_000n * USDC
    expect(interest).toBeGreaterThan(0n)
    const claim = (market.fee_shares * (market.supply_assets + 1n)) / (market.supply_shares + 1_000_000n)
    expect(Number(claim) / Number(interest / 10n)).toBeCloseTo(1, 6)
  })

  it('has powers of two exactly, and 0 far below', () => {
    expect(exponential(0n)).toBe(WAD)
    expect(exponential(693_147_180_559_945_309n * 3n)).toBe(8n * WAD)
    expect(exponential(-42n * WAD)).toBe(0n)
    expect(exponential(200n * WAD)).toBe(exponential(94n * WAD))
  })
})
