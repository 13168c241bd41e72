import { describe, expect, it } from 'vitest'
import { live, type Setting, THIN, USD, USDC } from '../../test/support/owner-world.ts'

const agent = (fields: object = {}) => ({
  kind: 'attacker',
  id: 'attacker',
  market: 'THIN-USD',
  venue: 'lend',
  borrow: 'USDC',
  ltv: 0.8,
  poll_ms: 60_000,
  ...fields,
})
/** 200,000 THIN at 10 in the account, 2 M USD in hand, and a book of 50,000 USD at 1 %. */
const thin: Partial<Setting> = { loan: { collateral: { THIN: 200_000 } }, wealth: { USD: 2e6 }, depth: { THIN: 50_000 } }
const play = (fields: object, more: Partial<Setting>) => live({ agent: agent(fields), hours: 2, ...more })

describe('attacker', () => {
  it('on a thin book pushes, borrows at the price that followed, leaves with more than it spent, and the lender has bad debt', () => {
    const { world, result, sales, rows } = play({}, thin)
    expect(result.laws.broken).toEqual([])
    expect(sales.length).toBe(1)
    const got = world.ledger.balance(3, USDC)
    const spent = 2e6 - world.ledger.balance(3, USD)
    // what it left behind was worth 2 M before
    expect(got - spent - 2e6).toBeGreaterThan(10_000)
    const bad = rows('bad_debt').reduce((sum, row) => sum + (world.parts.log.columns.usd.data[row] as number), 0)
    expect(bad + world.venue(0).shortfall_usd()).toBeGreaterThan(0)
  })

  it('does not begin where the book is deep', () => {
    const { result, sales, rows } = play({}, { ...thin, depth: { THIN: 5e7 } })
    expect(result.laws.broken).toEqual([])
    expect([sales, rows('borrow')]).toEqual([[], []])
  })

  it('stops with its loss when the lender’s price does not follow', () => {
    const capped = { kind: 'oracle', target: 'oracle:THIN/USD@lend', mode: 'cap', value: 10, from_ms: 0, to_ms: 1e12 } as const
    const { world, result, sales, rows } = play({ patience_ms: 600_000 }, { ...thin, faults: [capped] })
    expect(result.laws.broken).toEqual([])
    expect(rows('borrow')).toEqual([])
    expect(sales[0]?.side).toBe(1)
    expect(sales.slice(1).every(({ side }) => side === -1)).toBe(true)
    // It takes the thin book a while to take back what it gave.
    const bought = world.parts.log.columns.amount.data[sales[0]?.row as number] as number
    expect(world.ledger.balance(3, THIN)).toBeLessThan(0.5 * bought)
    expect(world.ledger.balance(3, USD)).toBeLessThan(2e6)
  })

  it('waits for its time', () => {
    const { sales } = play({ at_ms: 3_600_000 }, thin)
    expect(Math.min(...sales.map(({ minute }) => minute))).toBeGreaterThanOrEqual(60)
  })
})
