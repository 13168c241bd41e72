import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ledger, OUTSIDE } from './ledger.ts'
import { Store } from './store.ts'

describe('the ledger', () => {
  it('agrees with plain balances, posts what cancels, and counts what came from outside', () => {
    const move = fc.record({
      from: fc.nat(4),
      to: fc.nat(4),
      asset: fc.nat(2),
      amount: fc.double({ min: 0, max: 1e6, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const ledger = new Ledger(new Store(), 5, 3)
        const plain = Array.from({ length: 5 }, () => [0, 0, 0])
        for (const { from, to, asset, amount } of moves) {
          const can = from === OUTSIDE || amount <= (plain[from]?.[asset] as number) * (1 + 1e-12) + 1e-12
          expect(ledger.debit(from, asset, amount)).toBe(can)
          if (!can) continue
          const row = plain[from] as number[]
          row[asset] = from === OUTSIDE ? (row[asset] as number) - amount : Math.max(0, (row[asset] as number) - amount)
          ledger.credit(to, asset, amount)
          const other = plain[to] as number[]
          other[asset] = (other[asset] as number) + amount
          expect(ledger.postings.settle()).toBe(-1)
        }
        const held = new Float64Array(3)
        ledger.holdings(held)
        for (let a = 0; a < 3; a++) {
          let sum = 0
          for (let actor = 1; actor < 5; actor++) {
            expect(Math.abs(ledger.balance(actor, a) - (plain[actor]?.[a] as number))).toBeLessThan(1e-6)
            sum += ledger.balance(actor, a)
          }
          // Nobody holds but what `outside` gave.
          const minted = ledger.postings.minted.columns.amount.data[a] as number
          expect(Math.abs((held[a] as number) - sum)).toBeLessThan(1e-6)
          expect(Math.abs(minted - sum)).toBeLessThan(1e-5)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('notices postings that do not cancel', () => {
    const ledger = new Ledger(new Store(), 2, 2)
    ledger.credit(1, 1, 5)
    expect(ledger.postings.settle()).toBe(1)
    ledger.credit(1, 0, 5)
    ledger.postings.mint(0, 5)
    expect(ledger.postings.settle()).toBe(-1)
  })

  it('keeps what is in transit among the holdings', () => {
    const ledger = new Ledger(new Store(), 2, 1)
    ledger.move_transit(0, 7)
    const held = new Float64Array(1)
    ledger.holdings(held)
    expect(held[0]).toBe(7)
  })
})
