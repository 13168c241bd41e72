import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { goldenRows, USD, usdc_market, USDC, WETH } from './reference-rows.ts'

describe('golden vectors', () => {
  for (const row of goldenRows()) {
    it(`${row.id}: ${row.what}`, () => {
      expect(row.got).toBe(row.expected)
      expect(row.pass).toBe(true)
    })
  }

  const file = `${process.env.UNWIND_SHARED ?? '../shared'}/golden/lending.json`
  it.skipIf(!existsSync(file))(`are all there are for this protocol (skipped without ${file})`, () => {
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: { id: string; protocol: string }[] }
    const mine = new Set(goldenRows().map(({ id }) => id.split(' ')[1]))
    const wanted = vectors.filter(({ protocol }) => protocol === 'comet').map(({ id }) => id)
    expect(wanted).toHaveLength(4)
    expect(wanted.filter((id) => !mine.has(id))).toEqual([])
  })
})

describe('the exact market', () => {
  it('refuses what the contract refuses', () => {
    const market = usdc_market()
    market.supply_collateral('owner', 0, 10n * WETH)
    expect(() => market.withdraw('owner', 99n * USDC)).toThrow('BorrowTooSmall')
    const other = usdc_market()
    other.supply_collateral('owner', 0, 10n * WETH)
    expect(() => other.withdraw('owner', 16_501n * USDC)).toThrow('NotCollateralized')
    expect(() => usdc_market().absorb('nobody')).toThrow('NotLiquidatable')
    const rich = usdc_market()
    rich.balance += 5_000_000n * USDC
    expect(() => rich.buy(0, USDC)).toThrow('NotForSale')
    const blind = usdc_market()
    const own = blind.config.assets[0]
    if (own !== undefined) own.price = 0n
    expect(() => blind.quote(0, USDC)).toThrow('BadPrice')
  })

  it('keeps reserves = balance − supply + borrow, to the unit, through an absorption', () => {
    const market = usdc_market()
    market.supply_collateral('owner', 0, 10n * WETH)
    market.withdraw('owner', 16_000n * USDC)
    const own = market.config.assets[0]
    if (own !== undefined) own.price = 1700n * USD
    const before = market.reserves()
    const paid = market.absorb('owner')
    expect(market.reserves()).toBe(before - paid)
    expect(market.balance).toBe(market.reserves() + market.supplied() - market.borrowed())
  })
})
