// The venue beside the exact reference, action by action, over random histories: same outcomes, same balances to 1e-9.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CheckedWorld } from '../../../test/support/checked-world.ts'
import { ALL, type Result, succeeded } from '../../model/index.ts'
import { eulerV2 } from './index.ts'
import { YEAR_S } from './kernel.ts'
import { RAY, ReferenceEuler, Revert } from './reference.ts'
import { at, debtOf, exchangeOf, supplyOf } from './state.ts'

const [ETH, USD, BTC] = [0, 1, 2]
const [OWNER, LIQ] = [1, 2]
const big = (x: number): bigint => BigInt(Math.round(x * 1e6)) * 10n ** 12n
const six = (x: number): number => Math.round(x * 1e6) / 1e6
const RATE = 0.2
/** Debt in USD, supplies of ETH, USD, BTC. */
const ACCOUNTS = [
  [15_000, 10, 0, 0],
  [30_000, 10, 0, 0.5],
  [20_000, 0, 0, 0.6],
  [0, 5, 40_000, 0],
] as const

class World extends CheckedWorld<ReturnType<typeof eulerV2.open>> {
  override breached(health: number, level: number): boolean {
    return health <= level
  }
}

class Pair {
  readonly exact = new ReferenceEuler()
  readonly fast: World
  close = 0

  constructor() {
    const m = this.exact
    const base = {
      cash: 0n,
      shares: 0n,
      borrows: 0n,
      accumulator: RAY,
      max_discount: 1500n,
      interest_fee: 1000n,
      socialise: true,
    }
    const rate = BigInt(Math.round((RATE / YEAR_S) * 1e27))
    m.vaults.push(
      { ...base, rate: 0n, price: big(2500), ltv: [undefined, undefined, undefined] },
      { ...base, rate, price: big(1), ltv: [8000n, undefined, 7000n] },
      { ...base, rate: 0n, price: big(50_000), ltv: [undefined, undefined, undefined] },
    )
    for (let i = 0; i <= ACCOUNTS.length; i++) m.accounts.push({ shares: [0n, 0n, 0n], vault: -1, owed: 0n, accumulator: RAY })
    // The last account is everybody else.
    m.deposit(ACCOUNTS.length, USD, big(60_000))
    ACCOUNTS.forEach(([, ...supplies], row) => {
      supplies.forEach((amount, v) => {
        if (amount > 0) m.deposit(row, v, big(amount))
      })
    })
    ACCOUNTS.forEach(([debt], row) => {
      if (debt > 0) m.borrow(row, USD, big(debt))
    })
    const supplies = ACCOUNTS.flatMap(([, ...list], row) => list.map((amount, v) => [row, v, amount] as const))
    const vault = { max_liquidation_discount: 0.15, interest_fee: 0.1 }
    const ltv = (collateral: string, x: number) => ({ collateral, borrow_ltv: x, liquidation_ltv: x })
    this.fast = new World(
      eulerV2 as never,
      {
        vaults: [
          { id: 'eETH', asset: 'ETH', oracle: 'ETH', cash: 25, ...vault },
          {
            ...{ id: 'eUSD', asset: 'USD', oracle: 'USD', cash: 35_000, ...vault },
            ...{ base_rate: RATE, kink_rate: RATE, max_rate: RATE, ltvs: [ltv('eETH', 0.8), ltv('eBTC', 0.7)] },
          },
          { id: 'eBTC', asset: 'BTC', oracle: 'BTC', cash: 1.1, ...vault },
        ],
        accounts: {
          owner: new Int32Array(ACCOUNTS.length),
          vault: Int32Array.from(ACCOUNTS, ([debt]) => (debt > 0 ? USD : -1)),
          debt: Float64Array.from(ACCOUNTS, ([debt]) => debt),
        },
        supplies: {
          account: Int32Array.from(supplies, ([row]) => row),
          vault: Int32Array.from(supplies, ([, v]) => v),
          amount: Float64Array.from(supplies, ([, , amount]) => amount),
        },
      },
      { ETH: 2500, USD: 1, BTC: 50_000 },
      [
        [OWNER, 'ETH', 1e4],
        [OWNER, 'USD', 1e7],
        [LIQ, 'USD', 1e7],
      ],
    )
  }

  private near(): boolean {
    return this.exact.accounts.some((_, row) => {
      const { adjusted, liability } = this.exact.values(row)
      return Math.abs(Number(adjusted - liability)) <= 2e-9 * Number(liability)
    })
  }

  both(exact: () => void, fast: () => Result): boolean {
    let reason = ''
    try {
      exact()
    } catch (error) {
      if (!(error instanceof Revert)) throw error
      reason = error.message
    }
    const result = fast()
    if ((reason === '') === succeeded(result)) return true
    if (!this.near()) expect.fail(`reference: ${reason || 'accepted'}, venue: ${result.status}`)
    this.close++
    return false
  }

  compare(): void {
    const { state } = this.fast.venue
    const m = this.exact
    const same = (got: number, want: bigint, scale: number, what: string) => {
      const expected = Number(want) / 1e18
      if (!(Math.abs(got - expected) <= 1e-9 * Math.max(expected, scale))) expect.fail(`${what}: ${got}, reference ${expected}`)
    }
    ACCOUNTS.forEach((_, row) => {
      same(debtOf(state, row), m.account(row).vault < 0 ? 0n : m.debt(row), 1000, `debt ${row}`)
      for (const v of [ETH, USD, BTC]) {
        const entry = supplyOf(state, row, v)
        const units = entry < 0 ? 0 : at(state.supplies.columns.shares, entry) * exchangeOf(state, v)
        same(units, m.toAssets(v, m.account(row).shares[v] as bigint), 100, `supply ${row} ${v}`)
      }
    })
    for (const v of [ETH, USD, BTC]) same(at(state.vaults.columns.cash, v), m.vault(v).cash, 100, `cash ${v}`)
  }
}

type Step = (pair: Pair) => boolean
const row = fc.integer({ min: 0, max: ACCOUNTS.length - 1 })
const price: fc.Arbitrary<Step> = fc
  .tuple(
    fc.double({ min: 800, max: 3000, noNaN: true }).map(six),
    fc.double({ min: 20_000, max: 60_000, noNaN: true }).map(six),
    fc.integer({ min: 1, max: 500_000 }),
  )
  .map(([eth, btc, seconds]) => (pair) => {
    pair.exact.vault(ETH).price = big(eth)
    pair.exact.vault(BTC).price = big(btc)
    pair.exact.accrue(USD, BigInt(seconds))
    pair.fast.see({ ETH: eth, BTC: btc }, seconds * 1000)
    return true
  })
const liquidate: fc.Arbitrary<Step> = fc
  .tuple(row, fc.constantFrom(ETH, BTC), fc.constantFrom(0.3, 0.99, 2))
  .map(([account, v, share]) => (pair) => {
    const u = pair.exact.account(account).vault
    if (u < 0 || pair.exact.account(account).shares[v] === 0n) return true
    const { repay } = pair.exact.limits(account, v)
    const desired = share > 1 ? repay : (repay * BigInt(Math.round(share * 100))) / 100n
    return pair.both(
      () => pair.exact.liquidate(account, v, desired),
      () =>
        pair.fast.one('liquidate', {
          account,
          actor: LIQ,
          asset: v,
          asset2: USD,
          amount: share > 1 ? ALL : Number(desired) / 1e18,
        }),
    )
  })
const owner: fc.Arbitrary<Step> = fc
  .tuple(
    row,
    fc.constantFrom('deposit', 'withdraw', 'borrow', 'repay'),
    fc.integer({ min: 1, max: 1000 }).map((permille) => permille / 1000),
  )
  .map(([account, kind, share]) => (pair) => {
    const coll = kind === 'deposit' || kind === 'withdraw'
    const units = six(coll ? share * 8 : share * 12_000)
    const m = pair.exact
    if (kind === 'repay' && m.account(account).vault < 0) return true
    if (kind === 'withdraw' && m.account(account).shares[ETH] === 0n) return true
    // Paying back more than is owed: the contract refuses, the venue takes what is owed.
    return pair.both(
      () =>
        kind === 'deposit'
          ? m.deposit(account, ETH, big(units))
          : kind === 'withdraw'
            ? m.withdraw(account, ETH, big(units))
            : kind === 'borrow'
              ? m.borrow(account, USD, big(units))
              : m.repay(account, big(units)),
      () => pair.fast.one(kind as 'deposit', { account, actor: OWNER, asset: coll ? ETH : USD, amount: units }),
    )
  })

describe('venue beside reference', () => {
  it('over random histories', () => {
    let [steps, close, liquidations, lost] = [0, 0, 0, 0]
    const step = fc.oneof({ weight: 3, arbitrary: price }, { weight: 4, arbitrary: liquidate }, { weight: 3, arbitrary: owner })
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (history) => {
        const pair = new Pair()
        for (const go of history) {
          if (!go(pair)) break
          steps++
          pair.compare()
        }
        close += pair.close
        liquidations += pair.fast.logged('liquidate').length
        lost += pair.fast.logged('bad_debt').length
      }),
      { numRuns: 300 },
    )
    expect(close).toBeLessThan(0.005 * steps)
    expect(Math.min(liquidations, lost * 5)).toBeGreaterThan(50)
  })
})
