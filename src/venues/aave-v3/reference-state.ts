/** The pool's state in the protocol's own terms, accrual, rates and account data. Amounts are integers in smallest units. */
import {
  BPS,
  binomial_interest,
  compounded_interest,
  interest_rates,
  linear_interest,
  MAX,
  min,
  mul_div,
  percent_mul,
  RAY,
  type RateCurve,
  ray_mul,
  type ShareMath,
  share_math,
  unit,
  wad_div,
} from './reference-math.ts'
import { type Rules, rules_of, type Version } from './rules.ts'

/** What governance sets; basis points, whole tokens for caps, ray for rates. */
export interface ReserveConfig extends RateCurve {
  readonly decimals: number
  ltv: bigint
  liquidation_threshold: bigint
  /** 10500 for a bonus of 5 %. */
  liquidation_bonus: bigint
  /** The treasury's part of the bonus. */
  protocol_fee: bigint
  reserve_factor: bigint
  supply_cap: bigint
  borrow_cap: bigint
  /** Isolation mode (until 3.6): most debt against this collateral, in hundredths of a dollar; 0 none. */
  debt_ceiling: bigint
  active: boolean
  frozen: boolean
  paused: boolean
  borrowable: boolean
  siloed: boolean
  borrowable_in_isolation: boolean
  grace_until_s: bigint
}

export interface Reserve {
  readonly config: ReserveConfig
  liquidity_index: bigint
  borrow_index: bigint
  liquidity_rate: bigint
  borrow_rate: bigint
  updated_s: bigint
  /** Shares the treasury has earned and not yet minted. */
  accrued_to_treasury: bigint
  virtual_balance: bigint
  deficit: bigint
  scaled_supply: bigint
  scaled_debt: bigint
  isolated_debt: bigint
}

export interface EMode {
  ltv: bigint
  liquidation_threshold: bigint
  liquidation_bonus: bigint
  /** By reserve. */
  readonly collateral: readonly boolean[]
  readonly borrowable: readonly boolean[]
  readonly ltv_zero: readonly boolean[]
  readonly isolated: boolean
}

export interface User {
  readonly scaled_supply: bigint[]
  readonly scaled_debt: bigint[]
  readonly collateral: boolean[]
  /** 0 none, else the category's position + 1. */
  emode: number
}

export interface Pool {
  readonly version: Version
  readonly rules: Rules
  readonly shares: ShareMath
  readonly reserves: readonly Reserve[]
  readonly emodes: readonly EMode[]
  readonly users: Record<string, User>
  /** Oracle answers, USD with 8 decimals; 0 and below is no answer. */
  readonly prices: bigint[]
  now_s: bigint
  /** The sequencer is down or has only just come back (until 3.6). */
  sentinel: boolean
}

/** The call was undone, for this reason. */
export class Revert extends Error {
  override readonly name = 'Revert'
}

export function need(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Revert(reason)
}

export const PANIC = 'Panic(0x11)'
export const TREASURY = 'treasury'

export function new_reserve(config: ReserveConfig): Reserve {
  return {
    config,
    liquidity_index: RAY,
    borrow_index: RAY,
    liquidity_rate: 0n,
    borrow_rate: 0n,
    updated_s: 0n,
    accrued_to_treasury: 0n,
    virtual_balance: 0n,
    deficit: 0n,
    scaled_supply: 0n,
    scaled_debt: 0n,
    isolated_debt: 0n,
  }
}

export function new_pool(version: Version, configs: readonly ReserveConfig[], emodes: readonly EMode[] = []): Pool {
  const rules = rules_of(version)
  const reserves = configs.map(new_reserve)
  const prices = configs.map(() => 0n)
  return { version, rules, shares: share_math(rules), reserves, emodes, users: {}, prices, now_s: 0n, sentinel: false }
}

/** The user of a name, made on first use. */
export function user_of(pool: Pool, name: string): User {
  pool.users[name] ??= {
    scaled_supply: pool.reserves.map(() => 0n),
    scaled_debt: pool.reserves.map(() => 0n),
    collateral: pool.reserves.map(() => false),
    emode: 0,
  }
  return pool.users[name]
}

export const at = <T>(list: readonly T[], index: number): T => list[index] as T

/** A copy to work on, so that a call which reverts leaves nothing behind. */
export function copy_pool(pool: Pool): Pool {
  const users = Object.fromEntries(
    Object.entries(pool.users).map(([name, user]) => [
      name,
      {
        scaled_supply: [...user.scaled_supply],
        scaled_debt: [...user.scaled_debt],
        collateral: [...user.collateral],
        emode: user.emode,
      },
    ]),
  )
  const reserves = pool.reserves.map((reserve) => ({ ...reserve, config: { ...reserve.config } }))
  return { ...pool, reserves, users, prices: [...pool.prices] }
}

/** Runs a call: its result and the pool after it, or why it reverted and the pool as it was. */
export function attempt<T>(pool: Pool, call: (pool: Pool) => T): { pool: Pool; result?: T; revert: string | undefined } {
  const next = copy_pool(pool)
  try {
    return { pool: next, result: call(next), revert: undefined }
  } catch (error) {
    if (error instanceof Revert) return { pool, revert: error.message }
    throw error
  }
}

/** Interest up to now: both indices, and the treasury's part. */
export function accrue(pool: Pool, reserve: Reserve): void {
  const time_s = pool.now_s - reserve.updated_s
  if (time_s === 0n) return
  const before = reserve.borrow_index
  if (reserve.liquidity_rate !== 0n)
    reserve.liquidity_index = ray_mul(linear_interest(reserve.liquidity_rate, time_s), reserve.liquidity_index)
  if (reserve.scaled_debt !== 0n) {
    const growth = pool.rules.compounds_in_time ? compounded_interest : binomial_interest
    reserve.borrow_index = ray_mul(growth(reserve.borrow_rate, time_s), before)
  }
  const { reserve_factor } = reserve.config
  if (reserve_factor !== 0n) {
    const interest = pool.rules.directional
      ? ray_mul(reserve.scaled_debt, reserve.borrow_index - before, 'floor')
      : ray_mul(reserve.scaled_debt, reserve.borrow_index) - ray_mul(reserve.scaled_debt, before)
    reserve.accrued_to_treasury += pool.shares.supply_minted(percent_mul(interest, reserve_factor), reserve.liquidity_index)
  }
  reserve.updated_s = pool.now_s
}

/** New rates after units came in or went out; more out than there is reverts, whatever else is true. */
export function update_rates(pool: Pool, reserve: Reserve, added: bigint, taken: bigint): void {
  const available = reserve.virtual_balance + added - taken
  need(available >= 0n, PANIC)
  const debt = pool.shares.debt_balance(reserve.scaled_debt, reserve.borrow_index)
  const deficit = pool.rules.deficit ? reserve.deficit : 0n
  const rates = interest_rates(reserve.config, available, debt, deficit, reserve.config.reserve_factor)
  reserve.borrow_rate = rates.borrow
  reserve.liquidity_rate = rates.liquidity
  reserve.virtual_balance = available
}

/** Indices as they would be if the reserve accrued now. */
export function indices_now(pool: Pool, reserve: Reserve): { liquidity: bigint; borrow: bigint } {
  const ahead = { ...reserve }
  accrue(pool, ahead)
  return { liquidity: ahead.liquidity_index, borrow: ahead.borrow_index }
}

/** The oracle's answer; without one, everything that needs it reverts. */
export function price_of(pool: Pool, r: number): bigint {
  const price = at(pool.prices, r)
  need(price > 0n, 'no price')
  return price
}

export function supply_of(pool: Pool, user: User, r: number): bigint {
  return pool.shares.supply_balance(at(user.scaled_supply, r), indices_now(pool, at(pool.reserves, r)).liquidity)
}

export function debt_of(pool: Pool, user: User, r: number): bigint {
  return pool.shares.debt_balance(at(user.scaled_debt, r), indices_now(pool, at(pool.reserves, r)).borrow)
}

/** USD of units, 8 decimals: supplies down, debts up (before 3.5 both down). */
export const supply_usd = (pool: Pool, r: number, units: bigint): bigint =>
  mul_div(units, price_of(pool, r), unit(at(pool.reserves, r).config.decimals), 'floor')
export const debt_usd = (pool: Pool, r: number, units: bigint): bigint =>
  mul_div(units, price_of(pool, r), unit(at(pool.reserves, r).config.decimals), pool.rules.directional ? 'ceil' : 'floor')

/** Isolated debt is counted in hundredths of a unit of what was borrowed. */
export const in_cents = (decimals: number, amount: bigint): bigint => amount / unit(decimals - 2)

/** Takes repaid debt off what counts against the ceiling of an isolated collateral. */
export function release_isolated(isolation: Reserve, decimals: number, amount: bigint): void {
  isolation.isolated_debt -= min(isolation.isolated_debt, in_cents(decimals, amount))
}

/** The e-mode of a user if this reserve is collateral of it. */
export function emode_for(pool: Pool, user: User, r: number): EMode | undefined {
  const emode = user.emode === 0 ? undefined : at(pool.emodes, user.emode - 1)
  return emode !== undefined && at(emode.collateral, r) ? emode : undefined
}

export const threshold_of = (pool: Pool, user: User, r: number): bigint =>
  (emode_for(pool, user, r) ?? at(pool.reserves, r).config).liquidation_threshold

/** Loan-to-value of a collateral for this user, basis points. */
export function ltv_of(pool: Pool, user: User, r: number): bigint {
  const own = at(pool.reserves, r).config.ltv
  const emode = emode_for(pool, user, r)
  if (!pool.rules.emode_alone) return own === 0n ? 0n : (emode?.ltv ?? own)
  if (emode !== undefined) return at(emode.ltv_zero, r) ? 0n : emode.ltv
  const isolated = pool.rules.isolated_emodes && user.emode !== 0 && at(pool.emodes, user.emode - 1).isolated
  return isolated ? 0n : own
}

export interface AccountData {
  readonly collateral_usd: bigint
  readonly debt_usd: bigint
  readonly ltv: bigint
  readonly threshold: bigint
  readonly health: bigint
  readonly has_zero_ltv: boolean
}

/** Totals, averages (basis points, rounded down) and health factor (wad) of a user. */
export function account_data(pool: Pool, user: User): AccountData {
  let collateral = 0n
  let debt = 0n
  let by_ltv = 0n
  let by_threshold = 0n
  let has_zero_ltv = false
  for (let r = 0; r < pool.reserves.length; r++) {
    const { liquidation_threshold } = at(pool.reserves, r).config
    if (at(user.collateral, r) && (pool.rules.emode_alone || liquidation_threshold !== 0n)) {
      const usd = supply_usd(pool, r, supply_of(pool, user, r))
      const ltv = ltv_of(pool, user, r)
      collateral += usd
      if (ltv === 0n) has_zero_ltv = true
      by_ltv += usd * ltv
      by_threshold += usd * threshold_of(pool, user, r)
    }
    if (at(user.scaled_debt, r) !== 0n) debt += debt_usd(pool, r, debt_of(pool, user, r))
  }
  const mean = (sum: bigint) => (collateral === 0n ? 0n : sum / collateral)
  const weighed = pool.rules.weighs_each
    ? (value: bigint) => wad_div(by_threshold, value) / BPS
    : (value: bigint) => wad_div(percent_mul(collateral, mean(by_threshold)), value)
  return {
    collateral_usd: collateral,
    debt_usd: debt,
    ltv: mean(by_ltv),
    threshold: mean(by_threshold),
    health: debt === 0n ? MAX : weighed(debt),
    has_zero_ltv,
  }
}
