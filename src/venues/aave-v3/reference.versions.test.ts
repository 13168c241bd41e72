// What older versions do to the last unit: small integers worked by hand from the published rounding rules.
import { describe, expect, it } from 'vitest'
import * as exact from './reference.ts'
import { fixture_pool } from './reference-golden.ts'
import { rules_of, VERSIONS, type Version } from './rules.ts'

const [USDX, WBTC, WETH] = [0, 1, 2]

/** The fixture's pool under a version: carol's 100,000 USDX and 100 WETH, alice's collateral and loan. */
function pool_of(version: Version, sat: bigint, usdx: bigint): exact.Pool {
  const rules = rules_of(version)
  const pool: exact.Pool = { ...fixture_pool(), version, rules, shares: exact.share_math(rules) }
  exact.supply(pool, 'carol', USDX, 100_000_000_000n)
  exact.supply(pool, 'carol', WETH, 100n * exact.WAD)
  exact.supply(pool, 'alice', WBTC, sat)
  exact.borrow(pool, 'alice', USDX, usdx)
  return pool
}

describe('shares', () => {
  // docs/3.5 of the protocol, "Rounding improvements"; 10 units at an index of 1.7 are 5.88 shares, at 1.9 they are 5.26
  const cases: [keyof exact.ShareMath, bigint, bigint, bigint, bigint][] = [
    ['supply_minted', 10n, 17n, 6n, 5n],
    ['supply_minted', 10n, 19n, 5n, 5n],
    ['supply_burnt', 10n, 17n, 6n, 6n],
    ['supply_burnt', 10n, 19n, 5n, 6n],
    ['debt_minted', 10n, 17n, 6n, 6n],
    ['debt_minted', 10n, 19n, 5n, 6n],
    ['debt_burnt', 10n, 17n, 6n, 5n],
    ['debt_burnt', 10n, 19n, 5n, 5n],
    // 5 shares at 1.7 are 8.5 units, at 1.55 they are 7.75
    ['supply_balance', 5n, 17n, 9n, 8n],
    ['debt_balance', 5n, 17n, 9n, 9n],
  ]
  it('round half up until 3.4 and in the pool’s favour since 3.5', () => {
    for (const version of VERSIONS) {
      const shares = exact.share_math(rules_of(version))
      for (const [name, amount, tenths, half, directional] of cases) {
        const got = shares[name](amount, (tenths * exact.RAY) / 10n)
        expect([version, name, tenths, got]).toEqual([version, name, tenths, version >= '3.5' ? directional : half])
      }
    }
  })
})

describe('values', () => {
  it('of debts round down until 3.4 and up since 3.5', () => {
    // 3 wei of WETH at 1,800 USD are 0.00000054 of the smallest USD unit
    for (const version of VERSIONS)
      expect([version, exact.debt_usd(pool_of(version, 100_000_000n, 1_000_000n), WETH, 3n)]).toEqual([
        version,
        version >= '3.5' ? 1n : 0n,
      ])
  })
  it('are weighted by a mean threshold in whole basis points until 3.4', () => {
    // 1 WBTC at 86 % and 1 WETH at 83 %: 23,220 + 1,494 = 24,714 of 28,800; mean 8,581.25 bps, cut to 8,581: 24,713.28
    for (const version of VERSIONS) {
      const pool = pool_of(version, 100_000_000n, 10_000_000_000n)
      exact.supply(pool, 'alice', WETH, exact.WAD)
      exact.at(pool.reserves, WETH).config.liquidation_threshold = 8300n
      const { health, threshold } = exact.account_data(pool, exact.user_of(pool, 'alice'))
      expect(threshold).toBe(8581n)
      expect([version, health]).toEqual([version, version >= '3.5' ? 2_471_400_000_000_000_000n : 2_471_328_000_000_000_000n])
    }
  })
})

describe('a liquidation', () => {
  it('rounds half up until 3.6 and against the liquidator since 3.7', () => {
    // A1: 45,194,003 · 1.05 = 47,453,703.15; ÷ 1.05 = 45,194,002.86, half up 45,194,003; bonus 2,259,700, a tenth of it 225,970
    for (const version of VERSIONS) {
      const pool = pool_of(version, 100_000_000n, 20_500_000_000n)
      pool.prices[WBTC] = 2_268_000_000_000n
      const out = exact.liquidate(pool, 'bob', 'alice', WBTC, USDX, exact.MAX)
      expect(out.debt_repaid).toBe(10_250_000_000n)
      const expected = version >= '3.7' ? [47_227_732n, 225_971n] : [47_227_733n, 225_970n]
      expect([version, out.to_liquidator, out.fee]).toEqual([version, ...expected])
    }
  })
  it('repays what exhausted collateral reaches for, half up until 3.4, up since 3.5', () => {
    // A2: 20,250,000,000 ÷ 1.05 = 19,285,714,285.71: the same either way; with 0.99999999 WBTC: 20,249,999,797.5 → …797 ÷ 1.05 = 19,285,714,092.38
    for (const version of VERSIONS) {
      const pool = pool_of(version, 99_999_999n, 20_500_000_000n)
      pool.prices[WBTC] = 2_025_000_000_000n
      const out = exact.liquidate(pool, 'bob', 'alice', WBTC, USDX, exact.MAX)
      expect([version, out.debt_repaid]).toEqual([version, version >= '3.5' ? 19_285_714_093n : 19_285_714_092n])
      expect([version, exact.at(out.deficits, USDX)]).toEqual([
        version,
        version >= '3.3' ? 20_500_000_000n - out.debt_repaid : 0n,
      ])
    }
  })
  it('is checked for pauses, grace, health, collateral and debt in that order', () => {
    const pool = pool_of('3.7', 100_000_000n, 20_500_000_000n)
    pool.now_s = 100n
    const { config } = exact.at(pool.reserves, WBTC)
    const why = (c: number, d: number, who = 'bob') =>
      exact.attempt(pool, (p) => exact.liquidate(p, who, 'alice', c, d, 1_000_000n)).revert
    config.paused = true
    config.active = false
    config.grace_until_s = 100n
    expect(why(WBTC, WETH, 'alice')).toBe('SelfLiquidation')
    expect(why(WBTC, WETH)).toBe('ReserveInactive')
    config.active = true
    expect(why(WBTC, WETH)).toBe('ReservePaused')
    config.paused = false
    expect(why(WBTC, WETH)).toBe('LiquidationGraceSentinelCheckFailed')
    config.grace_until_s = 99n
    expect(why(WBTC, WETH)).toBe('HealthFactorNotBelowThreshold')
    pool.prices[WBTC] = 2_268_000_000_000n
    expect(why(WETH, WETH)).toBe('CollateralCannotBeLiquidated')
    expect(why(WBTC, WETH)).toBe('SpecifiedCurrencyNotBorrowedByUser')
    pool.prices[WBTC] = 0n
    expect(why(WBTC, USDX)).toBe('no price')
    pool.prices[WBTC] = 2_268_000_000_000n
    config.frozen = true
    expect(why(WBTC, USDX)).toBeUndefined()
  })
})

describe('interest', () => {
  it('of one second: the binomial until 3.3 has no square, the exponential since 3.4 has', () => {
    // rate 31,536,000 a year is 1 a second: 1 + 1, against 1 + 1 + 1/2 + 1/6
    const rate = 31_536_000n * exact.RAY
    expect(exact.binomial_interest(rate, 1n)).toBe(2n * exact.RAY)
    expect(exact.compounded_interest(rate, 1n)).toBe(2_666_666_666_666_666_666_666_666_666n)
    expect(exact.binomial_interest(rate, 0n)).toBe(exact.RAY)
    expect(exact.compounded_interest(rate, 0n)).toBe(exact.RAY)
  })
  it('is diluted by a deficit since 3.3', () => {
    for (const version of VERSIONS) {
      const pool = pool_of(version, 100_000_000n, 20_000_000_000n)
      const reserve = exact.at(pool.reserves, USDX)
      reserve.deficit = 100_000_000_000n
      exact.update_rates(pool, reserve, 0n, 0n)
      const { borrow_rate, liquidity_rate } = reserve
      // usage 20 %: 4 % · 0.2 / 0.45; suppliers get it on 20,000 of 100,000, or of 200,000, less a tenth
      expect(borrow_rate).toBe(17_777_777_777_777_777_777_777_778n)
      expect([version, liquidity_rate]).toEqual([
        version,
        version >= '3.3' ? 1_600_000_000_000_000_000_000_000n : 3_200_000_000_000_000_000_000_000n,
      ])
    }
  })
})
