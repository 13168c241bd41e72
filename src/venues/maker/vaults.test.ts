import { describe, expect, it } from 'vitest'
import { bark, bid, DAI, ETH, EVE, SECOND, USR, world } from '../../../test/support/vault-world.ts'
import { ALL, Statement } from '../../model/index.ts'

describe('vaults (vat.frob)', () => {
  const open = () => world([[0, 0, 100, 100_000]], 2000, { ilk: { line: 120_000 } })

  it('deposits, withdraws, borrows and repays, and logs each', () => {
    const w = open()
    expect(w.one('deposit', { account: 0, asset: ETH, amount: 10, actor: EVE, cause: 5 }).amount).toBe(10)
    expect(w.one('withdraw', { account: 0, asset: ETH, amount: 5, actor: USR }).amount).toBe(5)
    expect(w.one('borrow', { account: 0, asset: DAI, amount: 20_000, actor: USR }).amount).toBe(20_000)
    expect(w.one('repay', { account: 0, asset: DAI, amount: 70_000, actor: USR }).amount).toBe(70_000)
    expect(w.ledger.balance(USR, ETH)).toBe(1005)
    expect(w.ledger.balance(USR, DAI)).toBe(150_000)
    expect(w.one('repay', { account: 0, asset: DAI, amount: ALL, actor: USR }).amount).toBe(50_000)
    expect(w.one('withdraw', { account: 0, asset: ETH, amount: ALL, actor: USR }).amount).toBe(105)
    expect(w.venue.health(0, w.venue.prices)).toBe(Number.POSITIVE_INFINITY)
    expect(w.rows('deposit')[0]).toMatchObject({ account: 0, actor: EVE, amount: 10, usd: 20_000, cause: 5 })
    expect(w.rows('repay').map((row) => row.usd)).toEqual([70_000, 50_000])
  })

  it('refuses what is unsafe, dusty, over the line, unpaid or not the owner’s', () => {
    const w = open()
    const status = (kind: 'deposit' | 'withdraw' | 'borrow' | 'repay', asset: number, amount: number, actor = USR) =>
      w.one(kind, { account: 0, asset, amount, actor }).status
    expect(status('withdraw', ETH, 27.6)).toBe('margin')
    expect(status('withdraw', ETH, 27.4)).toBe('applied')
    expect(status('withdraw', ETH, 1000)).toBe('funds')
    expect(status('borrow', DAI, 20_001)).toBe('limit')
    expect(status('borrow', DAI, 1000)).toBe('margin')
    expect(status('repay', DAI, 93_000)).toBe('dust')
    expect(status('repay', DAI, 92_500)).toBe('applied')
    expect(status('borrow', DAI, 1, EVE)).toBe('unknown')
    expect(status('withdraw', ETH, 1, EVE)).toBe('unknown')
    expect(status('deposit', DAI, 1)).toBe('unknown')
    expect(status('deposit', ETH, 51, EVE)).toBe('funds')
    expect(status('deposit', ETH, 0)).toBe('empty')
    expect(status('repay', DAI, 7500, EVE)).toBe('funds')
    expect(status('repay', DAI, 1, EVE)).toBe('dust')
    w.see(0)
    expect(status('withdraw', ETH, 1000)).toBe('stale')
    expect(status('borrow', DAI, 20_001)).toBe('stale')
    expect(status('borrow', DAI, 0)).toBe('stale')
    expect(status('borrow', DAI, 0, EVE)).toBe('unknown')
  })

  it('takes all as: everything that may go', () => {
    const w = open()
    expect(w.one('withdraw', { account: 0, asset: ETH, amount: ALL, actor: USR }).amount).toBeCloseTo(100 - 72.5, 9)
    expect(w.one('deposit', { account: 0, asset: ETH, amount: ALL, actor: USR }).amount).toBeCloseTo(1027.5, 9)
    expect(w.one('borrow', { account: 0, asset: DAI, amount: ALL, actor: USR }).amount).toBe(20_000)
  })

  it('collects the fee: 5 % a year makes 100,000 owe 105,000 after a year, and the buffer hold 5,000', () => {
    const w = world([[0, 0, 100, 100_000]], 2000, { ilk: { stability_fee: 0.05 } })
    for (let day = 0; day < 365; day++) w.pass(86_400 * SECOND)
    expect(w.venue.state.book.prices.data[1]).toBeCloseTo(1.05, 9)
    expect(w.venue.fund_usd()).toBeCloseTo(5000, 6)
    expect(w.venue.health(0, w.venue.prices)).toBeCloseTo(200_000 / 1.45 / 105_000, 9)
    const statement = new Statement()
    w.venue.statement(0, statement)
    expect(statement.count).toBe(2)
    expect(statement.quantity[1]).toBeCloseTo(105_000, 4)
    expect([statement.side[0], statement.weight[0], statement.price[0], statement.quantity[0]]).toEqual([1, 1 / 1.45, 2000, 100])
  })

  it('burns proceeds only against debt that has waited, and rewards at once', () => {
    const w = world([[0, 0, 100, 130_000]], 1850, { spec: { surplus: 1000, wait_ms: 10_000_000 } })
    bark(w)
    const { dai, sin } = w.venue.state.system.columns
    expect(dai.data[0]).toBeCloseTo(1000 - 396.9, 9)
    expect(sin.data[0]).toBe(130_000)
    w.pass(900 * SECOND)
    bid(w, 0, ALL)
    expect(dai.data[0]).toBeCloseTo(146_900 + 1000 - 396.9, 6)
    w.pass(9_100_000)
    expect(sin.data[0]).toBe(0)
    expect(dai.data[0]).toBeCloseTo(16_900 + 1000 - 396.9, 6)
  })
})
