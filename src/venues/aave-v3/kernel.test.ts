// Ties the float kernel to the exact reference: random reserves, accounts, prices and versions.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  borrow_rate,
  compound_growth,
  health_of,
  in_whole_bps,
  linear_growth,
  liquidity_rate,
  max_debt,
  mean_ltv,
  type Pair,
  Seizure,
  seize,
  Totals,
} from './kernel.ts'
import * as exact from './reference.ts'
import { CLOSE_FACTOR_HEALTH, LEFTOVER_USD, rules_of, VERSIONS, WHOLE_BELOW_USD } from './rules.ts'

const RAY = 1e27
const near = (a: number, b: number, scale = Math.max(Math.abs(a), Math.abs(b))) => Math.abs(a - b) <= 1e-9 * scale + 1e-15
const ray = (x: number) => BigInt(Math.round(x * 1e9)) * 1_000_000_000_000_000_000n

const curves = fc.record({
  base_rate: fc.integer({ min: 0, max: 1000 }).map((bps) => bps / 1e4),
  optimal_usage: fc.integer({ min: 100, max: 9900 }).map((bps) => bps / 1e4),
  slope1: fc.integer({ min: 0, max: 2000 }).map((bps) => bps / 1e4),
  slope2: fc.integer({ min: 0, max: 30_000 }).map((bps) => bps / 1e4),
})
const whole = (highest: number) => fc.double({ min: 0, max: Math.log10(highest), noNaN: true }).map((e) => Math.round(10 ** e))

describe('interest', () => {
  it('rates agree with the reference', () => {
    fc.assert(
      fc.property(
        curves,
        whole(1e9),
        whole(1e9),
        whole(1e6),
        fc.integer({ min: 0, max: 10_000 }),
        (curve, cash, debt, deficit, rf) => {
          const E18 = 10n ** 18n
          const of = Object.fromEntries(Object.entries(curve).map(([k, v]) => [k, ray(v)])) as never
          const rates = exact.interest_rates(of, BigInt(cash) * E18, BigInt(debt) * E18, BigInt(deficit) * E18, BigInt(rf))
          const borrow = borrow_rate(curve, cash, debt)
          expect(near(borrow, Number(rates.borrow) / RAY)).toBe(true)
          expect(near(liquidity_rate(borrow, cash, debt, deficit, rf / 1e4), Number(rates.liquidity) / RAY)).toBe(true)
        },
      ),
      { numRuns: 2000, seed: 111 },
    )
  })

  it('growth agrees with the reference, in time and binomially', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 31_536_000 }), (nano, time_s) => {
        const rate = nano / 1e9
        const [r, t] = [ray(rate), BigInt(time_s)]
        expect(near(linear_growth(rate, time_s), Number(exact.linear_interest(r, t)) / RAY)).toBe(true)
        expect(near(compound_growth(rate, time_s, true), Number(exact.compounded_interest(r, t)) / RAY)).toBe(true)
        // over months the contract of 3.3 loses its third-order term to integer division; the kernel does not
        const day_s = time_s % 86_400
        expect(near(compound_growth(rate, day_s, false), Number(exact.binomial_interest(r, BigInt(day_s))) / RAY)).toBe(true)
      }),
      { numRuns: 2000, seed: 112 },
    )
  })

  it('tells the binomial growth of 3.3 from the exponential of 3.4', () => {
    // (1 + r/n)^n against e^r to the third order: after one second the second-order term is absent
    expect(compound_growth(1, 1, false)).toBe(1 + 1 / 31_536_000)
    expect(compound_growth(1, 1, true)).toBeGreaterThan(1 + 1 / 31_536_000)
  })
})

interface Leg {
  readonly supply: number
  readonly debt: number
  readonly price: number
  readonly ltv: number
  readonly threshold: number
  readonly bonus: number
  readonly fee: number
  readonly liquidity: number
  readonly borrow: number
}

const cents = (lowest: number, highest: number) =>
  fc.double({ min: Math.log10(lowest), max: Math.log10(highest), noNaN: true }).map((e) => Math.round(10 ** e * 100) / 100)

const leg = fc.record({
  supply: fc.oneof(cents(500, 5_000), cents(500, 1e7), fc.constant(0)),
  debt: fc.oneof(cents(300, 5_000), cents(300, 1e7), fc.constant(0)),
  price: fc.oneof(fc.constant(1), cents(0.5, 100_000)),
  ltv: fc.integer({ min: 0, max: 8000 }),
  threshold: fc.integer({ min: 8000, max: 9300 }),
  bonus: fc.integer({ min: 10_000, max: 10_750 }),
  fee: fc.integer({ min: 0, max: 5000 }),
  liquidity: fc.integer({ min: 1_000_000, max: 1_500_000 }).map((x) => x / 1e6),
  borrow: fc.integer({ min: 1_000_000, max: 1_900_000 }).map((x) => x / 1e6),
})

interface Case {
  readonly version: (typeof VERSIONS)[number]
  readonly legs: Leg[]
  readonly health: number
  readonly c: number
  readonly d: number
  readonly offered: number
}
const cases: fc.Arbitrary<Case> = fc.record({
  version: fc.constantFrom(...VERSIONS),
  legs: fc.array(leg, { minLength: 2, maxLength: 4 }),
  health: fc.oneof(fc.double({ min: 0.5, max: 1.1, noNaN: true }), fc.double({ min: 0.9, max: 1.02, noNaN: true })),
  c: fc.nat(3),
  d: fc.nat(3),
  offered: fc.oneof(fc.constant(10), fc.double({ min: 0.01, max: 1.2, noNaN: true })),
})

const E18 = 1e18
const big = (x: number) => BigInt(Math.round(x * 1e6)) * 1_000_000_000_000n

/** The case as a pool of the reference: one user, 18 decimals, prices with 8; the first price is moved to reach the health. */
function pool_of(test: Case): { pool: exact.Pool; user: exact.User } {
  const configs = test.legs.map(
    (l): exact.ReserveConfig => ({
      decimals: 18,
      ltv: BigInt(l.ltv),
      liquidation_threshold: BigInt(l.threshold),
      liquidation_bonus: BigInt(l.bonus),
      protocol_fee: BigInt(l.fee),
      reserve_factor: 1000n,
      supply_cap: 0n,
      borrow_cap: 0n,
      debt_ceiling: 0n,
      base_rate: 0n,
      optimal_usage: ray(0.8),
      slope1: ray(0.04),
      slope2: ray(0.6),
      active: true,
      frozen: false,
      paused: false,
      borrowable: true,
      siloed: false,
      borrowable_in_isolation: false,
      grace_until_s: 0n,
    }),
  )
  const pool = exact.new_pool(test.version, configs)
  pool.now_s = 1n
  const user = exact.user_of(pool, 'user')
  let weighted = 0
  let owed = 0
  for (const l of test.legs) {
    weighted += (l.supply * l.threshold) / 1e4
    owed += l.debt
  }
  const scale = owed > 0 && weighted > 0 ? (test.health * owed) / weighted : 1
  test.legs.forEach((l, r) => {
    const reserve = exact.at(pool.reserves, r)
    reserve.updated_s = 1n
    reserve.liquidity_index = ray(l.liquidity)
    reserve.borrow_index = ray(l.borrow)
    reserve.virtual_balance = big(1e9)
    pool.prices[r] = BigInt(Math.round(l.price * 1e8))
    user.scaled_supply[r] = big((l.supply * scale) / l.price / l.liquidity)
    user.scaled_debt[r] = big(l.debt / l.price / l.borrow)
    reserve.scaled_supply = exact.at(user.scaled_supply, r) + big(1e9)
    reserve.scaled_debt = exact.at(user.scaled_debt, r)
    user.collateral[r] = l.supply > 0
  })
  return { pool, user }
}

/** The same account in floats. */
function totals_of(
  pool: exact.Pool,
  user: exact.User,
  test: Case,
): { sums: Totals; supply: number[]; debt: number[]; price: number[] } {
  const sums = new Totals()
  const supply: number[] = []
  const debt: number[] = []
  const price: number[] = []
  test.legs.forEach((l, r) => {
    price.push(Number(pool.prices[r]) / 1e8)
    supply.push((Number(user.scaled_supply[r]) / E18) * l.liquidity)
    debt.push((Number(user.scaled_debt[r]) / E18) * l.borrow)
    const usd = (supply[r] as number) * (price[r] as number)
    sums.debt_usd += (debt[r] as number) * (price[r] as number)
    if (!user.collateral[r]) return
    sums.collateral_usd += usd
    sums.threshold_usd += (usd * l.threshold) / 1e4
    sums.ltv_usd += (usd * l.ltv) / 1e4
  })
  return { sums, supply, debt, price }
}

/** Relative distance of a decision's two sides. */
const distance = (a: number, b: number) => Math.abs(a / b - 1)

describe('an account', () => {
  it('has the totals, health and mean loan-to-value of the reference', () => {
    let boundary = 0
    fc.assert(
      fc.property(cases, (test) => {
        const { pool, user } = pool_of(test)
        const data = exact.account_data(pool, user)
        const { sums } = totals_of(pool, user, test)
        expect(near(sums.collateral_usd, Number(data.collateral_usd) / 1e8)).toBe(true)
        expect(near(sums.debt_usd, Number(data.debt_usd) / 1e8)).toBe(true)
        const health = health_of(pool.rules.weighs_each, sums)
        const means = [sums.threshold_usd, sums.ltv_usd].map((sum) => (sum / sums.collateral_usd) * 1e4)
        // a mean that is a whole basis point to within rounding may fall to either side
        if (means.some((mean) => Math.abs(mean - Math.round(mean)) < 1e-5)) {
          boundary++
          return
        }
        expect(mean_ltv(sums) * 1e4).toBeCloseTo(Number(data.ltv), 6)
        if (data.health === exact.MAX) expect(health).toBe(Number.POSITIVE_INFINITY)
        else expect(near(health, Number(data.health) / E18)).toBe(true)
      }),
      { numRuns: 3000, seed: 113 },
    )
    expect(boundary).toBeLessThan(1200)
  })

  it('averages a threshold to whole basis points without losing exact ones', () => {
    expect(in_whole_bps(0.83)).toBe(0.83)
    expect(in_whole_bps((3 * 0.83 + 7 * 0.83) / 10)).toBe(0.83)
    expect(in_whole_bps(0.82999)).toBe(0.8299)
  })
})

describe('a liquidation', () => {
  it('repays, seizes and refuses as the reference does', () => {
    const seen = { done: 0, dust: 0, refused: 0, deficit: 0, partial: 0, close: 0 }
    fc.assert(
      fc.property(cases, (test) => {
        const c = test.c % test.legs.length
        const d = test.d % test.legs.length
        const { pool, user } = pool_of(test)
        const { sums, supply, debt, price } = totals_of(pool, user, test)
        const { rules } = pool
        const l = test.legs[c] as Leg
        const pair: Pair = {
          collateral: supply[c] as number,
          debt: debt[d] as number,
          collateral_price: price[c] as number,
          debt_price: price[d] as number,
          bonus: l.bonus / 1e4,
          fee: l.fee / 1e4,
          health: health_of(rules.weighs_each, sums),
          total_collateral_usd: sums.collateral_usd,
          total_debt_usd: sums.debt_usd,
          same: c === d,
        }
        const offered = pair.debt * test.offered
        const outcome = exact.attempt(pool, (p) => exact.liquidate(p, 'bob', 'user', c, d, big(offered)))
        if (!(pair.health < 1) || !user.collateral[c] || pair.debt === 0) {
          const close = distance(pair.health, 1) < 1e-9
          if (!close) expect(outcome.revert).toBeDefined()
          seen.refused++
          return
        }
        const got = new Seizure()
        seize(rules, pair, Number(big(offered)) / E18, got)
        const debt_usd = pair.debt * pair.debt_price
        const collateral_usd = pair.collateral * pair.collateral_price
        const thresholds: [number, number][] = [
          [pair.health, 1],
          [pair.health, CLOSE_FACTOR_HEALTH],
          [debt_usd, WHOLE_BELOW_USD],
          [collateral_usd, WHOLE_BELOW_USD],
          [debt_usd, pair.total_debt_usd / 2],
          [(pair.debt - got.debt) * pair.debt_price, LEFTOVER_USD],
          [(pair.collateral - got.collateral) * pair.collateral_price, LEFTOVER_USD],
          [got.debt, pair.debt],
          [got.collateral, pair.collateral],
        ]
        const means = (sums.threshold_usd / sums.collateral_usd) * 1e4
        const floored = !rules.weighs_each && Math.abs(means - Math.round(means)) < 1e-5
        const on_edge = floored || thresholds.some(([a, b]) => a !== b && distance(a, b) < 1e-9)
        const debt_left = sums.debt_usd - got.debt * pair.debt_price > 1e-9 * sums.debt_usd
        const abandons = rules.deficit && got.none_left && debt_left
        const agrees =
          outcome.result === undefined
            ? outcome.revert === 'MustNotLeaveDust' && got.dust
            : !got.dust &&
              near(got.debt, Number(outcome.result.debt_repaid) / E18) &&
              near(got.collateral - got.fee, Number(outcome.result.to_liquidator) / E18) &&
              near(got.fee, Number(outcome.result.fee) / E18, got.collateral) &&
              abandons === outcome.result.deficits.some((units) => units > 1_000_000n)
        if (!agrees && on_edge) seen.close++
        else expect({ test, agrees, revert: outcome.revert, got }).toEqual({ test, agrees: true, revert: outcome.revert, got })
        if (got.dust) seen.dust++
        else seen.done++
        if (rules.deficit && got.none_left) seen.deficit++
        if (!got.whole_debt && !got.whole_collateral) seen.partial++
        expect(got.debt).toBeLessThanOrEqual(max_debt(rules, pair) * (1 + 1e-12))
        expect(got.collateral).toBeLessThanOrEqual(pair.collateral)
      }),
      { numRuns: 12_000, seed: 7 },
    )
    // every branch was taken, and decisions within 1e-9 of a threshold stayed rare
    expect(seen.done).toBeGreaterThan(1000)
    expect(seen.dust).toBeGreaterThan(50)
    expect(seen.deficit).toBeGreaterThan(50)
    expect(seen.partial).toBeGreaterThan(500)
    expect(seen.close).toBeLessThan(5)
  })
})

it('the rules of every version are those of the version matrix', () => {
  expect(VERSIONS.map((v) => [v, rules_of(v).deficit, rules_of(v).directional, rules_of(v).directional_liquidation])).toEqual([
    ['3.0', false, false, false],
    ['3.1', false, false, false],
    ['3.2', false, false, false],
    ['3.3', true, false, false],
    ['3.4', true, false, false],
    ['3.5', true, true, false],
    ['3.6', true, true, false],
    ['3.7', true, true, true],
  ])
})
