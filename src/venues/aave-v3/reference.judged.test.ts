// What the contracts of 3.6 do and this reference once did not: found by tools/contracts, where the real pool judges it. Numbers by hand.
import { describe, expect, it } from 'vitest'
import * as exact from './reference.ts'
import { fixture_pool } from './reference-golden.ts'
import { rules_of, VERSIONS, type Version } from './rules.ts'

const [USDX, WBTC, WETH] = [0, 1, 2]
const USD = 1_000_000n

/** Carol's 100,000 USDX and 100 WETH, alice's WBTC of 27,000 USD. */
function pool_of(version: Version): exact.Pool {
  const rules = rules_of(version)
  const pool: exact.Pool = { ...fixture_pool(), version, rules, shares: exact.share_math(rules) }
  exact.supply(pool, 'carol', USDX, 100_000n * USD)
  exact.supply(pool, 'carol', WETH, 100n * exact.WAD)
  exact.supply(pool, 'alice', WBTC, 100_000_000n)
  return pool
}

const why = (pool: exact.Pool, call: (pool: exact.Pool) => unknown): string => exact.attempt(pool, call).revert ?? 'done'

describe('a loan', () => {
  it('of more than is supplied is refused as such since 3.1, before caps and cash are looked at', () => {
    for (const version of VERSIONS) {
      const pool = pool_of(version)
      exact.at(pool.reserves, USDX).config.borrow_cap = 1n
      expect([version, why(pool, (p) => exact.borrow(p, 'alice', USDX, 100_001n * USD))]).toEqual([
        version,
        version >= '3.1' ? 'InvalidAmount' : 'BorrowCapExceeded',
      ])
      expect(why(pool, (p) => exact.borrow(p, 'alice', USDX, 100_000n * USD))).toBe('BorrowCapExceeded')
    }
  })
  it('outside what an e-mode lends is refused before the cap since 3.6, after it until then', () => {
    for (const version of VERSIONS) {
      const pool = pool_of(version)
      exact.at(pool.reserves, USDX).config.borrow_cap = 1n
      exact.user_of(pool, 'alice').emode = 1
      expect([version, why(pool, (p) => exact.borrow(p, 'alice', USDX, 2n * USD))]).toEqual([
        version,
        version >= '3.6' ? 'NotBorrowableInEMode' : 'BorrowCapExceeded',
      ])
    }
  })
  it('beside a siloed one is refused before the debt ceiling since 3.6, after it until then', () => {
    for (const version of VERSIONS.filter((v) => v < '3.7')) {
      const pool = pool_of(version)
      exact.borrow(pool, 'alice', WETH, exact.WAD)
      exact.at(pool.reserves, WETH).config.siloed = true
      exact.at(pool.reserves, WBTC).config.debt_ceiling = 1n
      exact.at(pool.reserves, USDX).config.borrowable_in_isolation = true
      expect([version, why(pool, (p) => exact.borrow(p, 'alice', USDX, USD))]).toEqual([
        version,
        version >= '3.6' ? 'SiloedBorrowingViolation' : 'DebtCeilingExceeded',
      ])
    }
  })
})

describe('the switch of a collateral', () => {
  it('that stands as wanted is left alone since 3.4; before, there had to be a supply', () => {
    for (const version of VERSIONS) {
      const pool = pool_of(version)
      expect([version, why(pool, (p) => exact.use_as_collateral(p, 'alice', WETH, false))]).toEqual([
        version,
        version >= '3.4' ? 'done' : 'UnderlyingBalanceZero',
      ])
      expect(why(pool, (p) => exact.use_as_collateral(p, 'alice', WETH, true))).toBe('UnderlyingBalanceZero')
    }
  })
  it('asks of one without debt, too, that collateral of no loan-to-value goes first', () => {
    const pool = pool_of('3.6')
    exact.supply(pool, 'alice', WETH, exact.WAD)
    exact.at(pool.reserves, WBTC).config.ltv = 0n
    expect(why(pool, (p) => exact.use_as_collateral(p, 'alice', WETH, false))).toBe('LtvValidationFailed')
    exact.use_as_collateral(pool, 'alice', WBTC, false)
    expect(why(pool, (p) => exact.use_as_collateral(p, 'alice', WETH, false))).toBe('done')
    const reason = (version: Version) =>
      why({ ...pool, rules: rules_of(version) }, (p) => exact.use_as_collateral(p, 'alice', WBTC, true))
    expect([reason('3.6'), reason('3.7')]).toEqual(['UserInIsolationModeOrLtvZero', 'UserHasAssetWithZeroLtv'])
  })
  it('needs a loan-to-value outside e-modes until 3.5, whatever the e-mode gives; since 3.6 that of the mode alone', () => {
    for (const version of ['3.5', '3.6'] as const) {
      const pool = pool_of(version)
      exact.use_as_collateral(pool, 'alice', WBTC, false)
      exact.at(pool.reserves, WBTC).config.ltv = 0n
      exact.user_of(pool, 'alice').emode = 1
      const expected = version === '3.6' ? 'done' : 'UserInIsolationModeOrLtvZero'
      expect([version, why(pool, (p) => exact.use_as_collateral(p, 'alice', WBTC, true))]).toEqual([version, expected])
    }
  })
})

it('all of a collateral may leave though nobody knows its price any more, if the rest carries the debt', () => {
  const pool = pool_of('3.6')
  exact.supply(pool, 'alice', WETH, exact.WAD)
  exact.borrow(pool, 'alice', USDX, 1000n * USD)
  pool.prices[WETH] = 0n
  expect(why(pool, (p) => exact.withdraw(p, 'alice', WETH, exact.WAD - 1n))).toBe('no price')
  expect(why(pool, (p) => exact.withdraw(p, 'alice', WETH, exact.WHOLE))).toBe('done')
})

describe('what is not worth a share', () => {
  it('cannot be repaid', () => {
    const pool = pool_of('3.6')
    exact.borrow(pool, 'alice', USDX, 1000n * USD)
    // one unit at an index of 1.5 is two thirds of a share, and repayments round down
    exact.at(pool.reserves, USDX).borrow_index = (15n * exact.RAY) / 10n
    expect(why(pool, (p) => exact.repay(p, 'alice', USDX, 1n))).toBe('InvalidBurnAmount')
    expect(why(pool, (p) => exact.repay(p, 'alice', USDX, 2n))).toBe('done')
  })
  it('cannot be paid out to a liquidator, but handed over as shares', () => {
    const pool = pool_of('3.6')
    exact.borrow(pool, 'alice', USDX, 20_000n * USD)
    // 0.0001 USD buys less than one satoshi at 22,000 USD
    pool.prices[WBTC] = 2_200_000_000_000n
    const liquidate = (shares: boolean) => why(pool, (p) => exact.liquidate(p, 'bob', 'alice', WBTC, USDX, 100n, shares))
    expect([liquidate(false), liquidate(true)]).toEqual(['InvalidBurnAmount', 'done'])
    expect(why(pool, (p) => exact.liquidate(p, 'bob', 'alice', WBTC, USDX, 0n))).toBe('InvalidBurnAmount')
  })
})

it('a liquidation of one asset against itself takes the treasury’s part of the interest twice from 3.3 to 3.6', () => {
  for (const version of VERSIONS) {
    const pool = pool_of(version)
    exact.supply(pool, 'alice', USDX, 10_000n * USD)
    exact.borrow(pool, 'alice', USDX, 30_000n * USD)
    pool.now_s += 31_536_000n
    const once = exact.attempt(pool, (p) => exact.accrue(p, exact.at(p.reserves, USDX))).pool
    const due = exact.at(once.reserves, USDX).accrued_to_treasury
    // 30,000 owed of 110,000: usage 27.27 %, rate 2.424 %, a tenth of 736 USD of interest, in shares worth a little more than a unit
    expect(due > 70n * USD && due < 75n * USD).toBe(true)
    pool.prices[WBTC] = 1_000_000_000_000n
    exact.liquidate(pool, 'bob', 'alice', USDX, USDX, 1000n * USD)
    const times = version >= '3.3' && version <= '3.6' ? 2n : 1n
    expect([version, exact.at(pool.reserves, USDX).accrued_to_treasury]).toEqual([version, times * due])
  }
})

describe('an e-mode', () => {
  it('is entered with debts that it lends, and since 3.6 with collateral that is worth something there', () => {
    for (const version of ['3.5', '3.6'] as const) {
      const pool = pool_of(version)
      exact.borrow(pool, 'alice', WETH, exact.WAD)
      const enter = (category: number) => why(pool, (p) => exact.set_emode(p, 'alice', category))
      expect(enter(2)).toBe('InconsistentEModeCategory')
      expect(enter(1)).toBe('done')
      exact.at(pool.reserves, USDX).config.ltv = 0n
      exact.supply(pool, 'alice', USDX, USD)
      exact.user_of(pool, 'alice').collateral[USDX] = true
      expect([version, enter(1)]).toEqual([version, version === '3.6' ? 'InvalidCollateralInEmode' : 'done'])
      exact.use_as_collateral(pool, 'alice', USDX, false)
      exact.borrow(pool, 'alice', USDX, USD)
      expect([version, enter(1)]).toEqual([version, version === '3.6' ? 'InvalidDebtInEmode' : 'NotBorrowableInEMode'])
    }
  })
  it('is left only with debts that are lent outside (3.6), and only in health', () => {
    for (const version of ['3.5', '3.6'] as const) {
      const pool = pool_of(version)
      exact.set_emode(pool, 'alice', 1)
      exact.borrow(pool, 'alice', WETH, 14n * exact.WAD)
      const leave = () => why(pool, (p) => exact.set_emode(p, 'alice', 0))
      // 27,000 USD at a threshold of 86 % carry 23,220; 14 WETH are 25,200
      expect(leave()).toBe('HealthFactorLowerThanLiquidationThreshold')
      exact.repay(pool, 'alice', WETH, 4n * exact.WAD)
      exact.at(pool.reserves, WETH).config.borrowable = false
      expect([version, leave()]).toEqual([version, version === '3.6' ? 'InvalidDebtInEmode' : 'done'])
    }
  })
})
