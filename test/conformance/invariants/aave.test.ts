// lending.md §19.1, Aave v3: the pool's sheet in integers over random histories of every version; rounding in the pool's favour since 3.5.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as exact from '../../../src/venues/aave-v3/reference.ts'
import { VERSIONS, type Version } from '../../../src/venues/aave-v3/rules.ts'
import { patient } from '../patience.ts'
import { history, least, part, type Step, total } from './history.ts'

const WAD = 10n ** 18n
const BPS_RAY = 10n ** 23n
const NAMES = ['ann', 'bob', 'cat'] as const
const PRICES = [2000n, 1n] as const
/** Of one token: a coin of 18 decimals, a dollar of 6. */
const UNITS = [WAD, 10n ** 6n] as const

const config = (r: number): exact.ReserveConfig => ({
  decimals: r === 0 ? 18 : 6,
  ltv: 7500n,
  liquidation_threshold: 8000n,
  liquidation_bonus: 10_500n,
  protocol_fee: 1000n,
  reserve_factor: 1500n,
  supply_cap: 0n,
  borrow_cap: 0n,
  debt_ceiling: 0n,
  base_rate: 100n * BPS_RAY,
  optimal_usage: 8000n * BPS_RAY,
  slope1: 400n * BPS_RAY,
  slope2: 6000n * BPS_RAY,
  active: true,
  frozen: false,
  paused: false,
  borrowable: true,
  siloed: false,
  borrowable_in_isolation: false,
  grace_until_s: -1n,
})

/** Two supply coins and borrow dollars, one the other way round. */
function open(version: Version): exact.Pool {
  const pool = exact.new_pool(version, [config(0), config(1)])
  PRICES.forEach((price, r) => {
    pool.prices[r] = price * 10n ** 8n
  })
  const start = (who: string, r: number, tokens: bigint, debt: bigint) => {
    exact.supply(pool, who, r, tokens * (UNITS[r] as bigint))
    exact.borrow(pool, who, 1 - r, debt * (UNITS[1 - r] as bigint))
  }
  exact.supply(pool, 'rest', 0, 200n * UNITS[0])
  exact.supply(pool, 'rest', 1, 400_000n * UNITS[1])
  start('ann', 0, 50n, 70_000n)
  start('bob', 0, 10n, 12_000n)
  start('cat', 1, 100_000n, 35n)
  return pool
}

const CALLS = 10
/** One call, undone when it reverts. @returns the pool after it */
function play(pool: exact.Pool, { call, who, other, size }: Step): exact.Pool {
  const name = NAMES[who % 3] as string
  const r = other % 2
  const user = exact.user_of(pool, name)
  const unit = UNITS[r] as bigint
  const amount = part((10_000n * unit) / (PRICES[r] as bigint), size) + BigInt(size)
  const owed = exact.debt_of(pool, user, r)
  const ill = NAMES.find((n) => exact.account_data(pool, exact.user_of(pool, n)).health < WAD) ?? name
  const debt = exact.debt_of(pool, exact.user_of(pool, ill), r)
  const calls: ((p: exact.Pool) => unknown)[] = [
    (p) => exact.supply(p, name, r, amount),
    (p) => exact.withdraw(p, name, r, size > 1000 ? exact.WHOLE : part(exact.supply_of(p, user, r), size)),
    (p) => exact.borrow(p, name, r, amount),
    (p) => exact.repay(p, name, r, size > 1000 ? exact.WHOLE : part(owed, size) + 1n),
    (p) => (p.now_s += BigInt(size) * 1000n),
    (p) => (p.prices[0] = part(2000n * 10n ** 8n, 300 + size)),
    (p) => (p.prices[0] = part(2000n * 10n ** 8n, 300 + size)),
    (p) => exact.liquidate(p, 'keeper', ill, 1 - r, r, debt),
    (p) => exact.liquidate(p, 'keeper', ill, 1 - r, r, part(debt, size)),
    (p) => exact.liquidate(p, 'keeper', ill, 1 - r, r, debt, true),
  ]
  return exact.attempt(pool, calls[call] as (p: exact.Pool) => unknown).pool
}

const users = (pool: exact.Pool): exact.User[] => Object.values(pool.users)

/** What suppliers and the treasury may claim, and what there is for it, in units, at the indices as they are stored. */
function sheet(pool: exact.Pool, r: number): { claims: bigint; there: bigint } {
  const reserve = pool.reserves[r] as exact.Reserve
  const supplied = users(pool).map(({ scaled_supply }) =>
    pool.shares.supply_balance(scaled_supply[r] ?? 0n, reserve.liquidity_index),
  )
  const owed = users(pool).map(({ scaled_debt }) => pool.shares.debt_balance(scaled_debt[r] ?? 0n, reserve.borrow_index))
  const treasury = pool.shares.supply_balance(reserve.accrued_to_treasury, reserve.liquidity_index)
  return { claims: total(supplied) + treasury, there: reserve.virtual_balance + total(owed) + reserve.deficit }
}

describe.each(VERSIONS)('Aave %s', (version) => {
  it('shares add up, indices never fall, claims stay within cash, debts and deficit, nothing is seized that is not there', () => {
    const seen = { liquidations: 0, deficits: 0 }
    fc.assert(
      fc.property(
        history(CALLS, 6, 60),
        patient((steps) => {
          let pool = open(version)
          steps.forEach((step, i) => {
            const before = pool
            pool = play(pool, step)
            for (const r of [0, 1]) {
              const reserve = pool.reserves[r] as exact.Reserve
              const was = before.reserves[r] as exact.Reserve
              expect(reserve.liquidity_index >= was.liquidity_index && reserve.borrow_index >= was.borrow_index).toBe(true)
              expect(total(users(pool).map(({ scaled_supply }) => scaled_supply[r] ?? 0n))).toBe(reserve.scaled_supply)
              expect(total(users(pool).map(({ scaled_debt }) => scaled_debt[r] ?? 0n))).toBe(reserve.scaled_debt)
              expect(reserve.virtual_balance >= 0n && users(pool).every((user) => (user.scaled_supply[r] ?? 0n) >= 0n)).toBe(true)
              const { claims, there } = sheet(pool, r)
              // A unit or two of rounding a call; 27 digits of an index do not reach the 18 of a unit.
              expect(claims <= there + 4n * BigInt(i + 10)).toBe(true)
              if (reserve.deficit > was.deficit) seen.deficits++
            }
            if (step.call > 6 && pool !== before) seen.liquidations++
          })
        }),
      ),
      { numRuns: 20 },
    )
    expect(seen.liquidations).toBeGreaterThan(10)
    if (exact.new_pool(version, []).rules.deficit) expect(seen.deficits).toBeGreaterThan(0)
  })
})

/** Health as a fraction of exact numbers, wad, rounded down: shares times indices, no rounding on the way. */
function unrounded(pool: exact.Pool, user: exact.User): bigint {
  let [weighed, owed] = [0n, 0n]
  for (const r of [0, 1]) {
    const reserve = pool.reserves[r] as exact.Reserve
    const { liquidity, borrow } = exact.indices_now(pool, reserve)
    // Both sides in the same fine unit: USD of 8 decimals times a ray times a token of 18 decimals.
    const scale = ((pool.prices[r] as bigint) * WAD) / (UNITS[r] as bigint)
    if (user.collateral[r] ?? false)
      weighed += (user.scaled_supply[r] ?? 0n) * liquidity * scale * reserve.config.liquidation_threshold
    owed += (user.scaled_debt[r] ?? 0n) * borrow * scale
  }
  return owed === 0n ? exact.MAX : (weighed * WAD) / (owed * 10_000n)
}

describe.each(VERSIONS.filter((version) => exact.new_pool(version, []).rules.directional))('Aave %s', (version) => {
  it('rounding never raises a health, and nothing comes of going in and out again', () => {
    fc.assert(
      fc.property(
        history(CALLS, 6, 40),
        patient((steps) => {
          let pool = open(version)
          for (const step of steps) {
            pool = play(pool, step)
            for (const name of NAMES) {
              const user = exact.user_of(pool, name)
              expect(exact.account_data(pool, user).health <= least(unrounded(pool, user), exact.MAX - 1n) + 1n).toBe(true)
            }
            const r = step.other % 2
            const amount = BigInt(step.size) * 7919n + 1n
            const round = exact.attempt(pool, (p) => {
              exact.supply(p, 'new', r, amount)
              return exact.withdraw(p, 'new', r, exact.WHOLE)
            })
            if (round.revert === undefined) expect((round.result as bigint) <= amount).toBe(true)
            const loan = exact.attempt(pool, (p) => {
              const before = exact.debt_of(p, exact.user_of(p, 'ann'), r)
              exact.borrow(p, 'ann', r, amount)
              return exact.debt_of(p, exact.user_of(p, 'ann'), r) - before
            })
            if (loan.revert === undefined) expect((loan.result as bigint) >= amount - 1n).toBe(true)
          }
        }),
      ),
      { numRuns: 30 },
    )
  })
})
