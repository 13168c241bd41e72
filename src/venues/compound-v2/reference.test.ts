import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blank_market, EXP, jump_rate, ReferenceComptroller } from './reference.ts'
import { goldenRows, in_kind } from './reference-rows.ts'

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
    const wanted = vectors.filter(({ protocol }) => protocol === 'compound-v2').map(({ id }) => id)
    expect(wanted).toHaveLength(4)
    expect(wanted.filter((id) => !mine.has(id))).toEqual([])
  })
})

describe('the exact pool', () => {
  it('refuses to seize more than there is, the borrower himself, and a rate beyond its bound', () => {
    const pool = in_kind(20_000_000n)
    expect(() => pool.liquidate('owner', 'owner', 0, 0, EXP)).toThrow('LIQUIDATE_LIQUIDATOR_IS_BORROWER')
    expect(() => pool.liquidate('other', 'owner', 0, 0, 0n)).toThrow('LIQUIDATE_CLOSE_AMOUNT_IS_ZERO')
    pool.holding('owner', 0).tokens = EXP
    expect(() => pool.liquidate('other', 'owner', 0, 0, 10n * EXP)).toThrow('LIQUIDATE_SEIZE_TOO_MUCH')
    expect(() => new ReferenceComptroller([blank_market({ rate: () => EXP })]).accrue(0, 1n)).toThrow('absurdly high')
  })

  it('lets anyone repay all of a deprecated market’s debt', () => {
    const pool = new ReferenceComptroller([
      blank_market({ collateral_factor: EXP / 2n }),
      blank_market({ reserve_factor: EXP, cash: 1000n * EXP }),
    ])
    pool.mint('owner', 0, 100n * EXP)
    pool.borrow('owner', 1, 10n * EXP)
    expect(() => pool.liquidate('other', 'owner', 1, 0, 10n * EXP)).toThrow('INSUFFICIENT_SHORTFALL')
    const market = pool.market(1)
    market.borrow_paused = true
    expect(pool.liquidate('other', 'owner', 1, 0, 10n * EXP).seized).toBe((108n * EXP) / 10n)
    expect(pool.debt('owner', 1)).toBe(0n)
  })

  it('has a kinked rate', () => {
    const rate = jump_rate(1n, EXP / 100n, EXP, (8n * EXP) / 10n)
    expect(rate((8n * EXP) / 10n)).toBe((8n * EXP) / 1000n + 1n)
    expect(rate((9n * EXP) / 10n)).toBe((8n * EXP) / 1000n + 1n + EXP / 10n)
  })
})
