/**
 * Aave v3 stated in exact integer arithmetic and in the protocol's own terms, versions 3.0 to 3.7: for audit and tests.
 * Written from the public specification of the protocol (formulas, rounding directions, order of checks); see docs/venues/aave-v3.md.
 * Supplying, withdrawing, borrowing and repaying are here; liquidation is in `reference-liquidation.ts`.
 */
import { min, percent_div, percent_mul, unit, WAD } from './reference-math.ts'
import {
  account_data,
  accrue,
  at,
  debt_usd,
  in_cents,
  ltv_of,
  need,
  type Pool,
  type Reserve,
  type ReserveConfig,
  release_isolated,
  type User,
  update_rates,
  user_of,
} from './reference-state.ts'

export * from './reference-liquidation.ts'
export * from './reference-math.ts'
export * from './reference-state.ts'

/** As an amount: the whole balance. */
export const WHOLE = -1n

function open(reserve: Reserve): void {
  need(reserve.config.active, 'ReserveInactive')
  need(!reserve.config.paused, 'ReservePaused')
}

const borrows = (user: User) => user.scaled_debt.some((debt) => debt !== 0n)

/** The one collateral with a debt ceiling, or −1. */
function isolated_collateral(pool: Pool, user: User): number {
  if (!pool.rules.isolation) return -1
  const only = user.collateral.indexOf(true)
  if (only < 0 || user.collateral.indexOf(true, only + 1) >= 0) return -1
  return at(pool.reserves, only).config.debt_ceiling === 0n ? -1 : only
}

/** Is there anything to borrow against it? */
const lends = (pool: Pool, user: User, r: number): boolean =>
  (pool.rules.emode_alone ? ltv_of(pool, user, r) : at(pool.reserves, r).config.ltv) !== 0n

/** Does a first supply become collateral by itself? */
function becomes_collateral(pool: Pool, user: User, r: number): boolean {
  const { config } = at(pool.reserves, r)
  if (pool.rules.isolation && (config.debt_ceiling !== 0n || isolated_collateral(pool, user) >= 0)) return false
  return lends(pool, user, r)
}

export function supply(pool: Pool, name: string, r: number, amount: bigint): void {
  const reserve = at(pool.reserves, r)
  const { config } = reserve
  const user = user_of(pool, name)
  accrue(pool, reserve)
  const scaled = pool.shares.supply_minted(amount, reserve.liquidity_index)
  need(amount > 0n && scaled !== 0n, 'InvalidAmount')
  open(reserve)
  need(!config.frozen, 'ReserveFrozen')
  const all = reserve.scaled_supply + reserve.accrued_to_treasury
  const after = pool.rules.directional
    ? pool.shares.supply_balance(all + scaled, reserve.liquidity_index)
    : pool.shares.supply_balance(all, reserve.liquidity_index) + amount
  need(config.supply_cap === 0n || after <= config.supply_cap * unit(config.decimals), 'SupplyCapExceeded')
  update_rates(pool, reserve, amount, 0n)
  if (at(user.scaled_supply, r) === 0n && becomes_collateral(pool, user, r)) user.collateral[r] = true
  user.scaled_supply[r] = at(user.scaled_supply, r) + scaled
  reserve.scaled_supply += scaled
}

/** Healthy, and with collateral of no loan-to-value enabled nothing else may leave. */
function may_leave(pool: Pool, user: User, r: number): void {
  const data = account_data(pool, user)
  need(data.health >= WAD, 'HealthFactorLowerThanLiquidationThreshold')
  need(!data.has_zero_ltv || ltv_of(pool, user, r) === 0n, 'LtvValidationFailed')
}

/** @returns units paid out */
export function withdraw(pool: Pool, name: string, r: number, amount: bigint): bigint {
  const reserve = at(pool.reserves, r)
  const user = user_of(pool, name)
  accrue(pool, reserve)
  const balance = pool.shares.supply_balance(at(user.scaled_supply, r), reserve.liquidity_index)
  const units = amount === WHOLE ? balance : amount
  const scaled = amount === WHOLE ? at(user.scaled_supply, r) : pool.shares.supply_burnt(units, reserve.liquidity_index)
  need(units > 0n && scaled !== 0n, 'InvalidAmount')
  need(units <= balance, 'NotEnoughAvailableUserBalance')
  open(reserve)
  update_rates(pool, reserve, 0n, units)
  const left = at(user.scaled_supply, r) - scaled
  const was_collateral = at(user.collateral, r)
  user.scaled_supply[r] = left
  reserve.scaled_supply -= scaled
  if (left === 0n) user.collateral[r] = false
  if (was_collateral && borrows(user)) may_leave(pool, user, r)
  return units
}

/** Enables or disables a supply as collateral. */
export function use_as_collateral(pool: Pool, name: string, r: number, enabled: boolean): void {
  const user = user_of(pool, name)
  const { isolation, idle_switch } = pool.rules
  open(at(pool.reserves, r))
  const funded = at(user.scaled_supply, r) !== 0n
  need(idle_switch || funded, 'UnderlyingBalanceZero')
  if (at(user.collateral, r) === enabled) return
  if (enabled) {
    need(funded, 'UnderlyingBalanceZero')
    const others = user.collateral.includes(true)
    const ceiling = isolation && at(pool.reserves, r).config.debt_ceiling !== 0n
    const alone = isolated_collateral(pool, user) < 0 && !(ceiling && others)
    need(lends(pool, user, r) && alone, isolation ? 'UserInIsolationModeOrLtvZero' : 'UserHasAssetWithZeroLtv')
    user.collateral[r] = true
  } else {
    user.collateral[r] = false
    may_leave(pool, user, r)
  }
}

/**
 * Enters an e-mode, or leaves for none (0). What is owed must be borrowable there; since 3.6 also what is borrowed must be so outside,
 * and every collateral must be worth something for borrowing. Source: the protocol's docs/3.2 and docs/3.6; `InconsistentEModeCategory`
 * where there is no such category.
 */
export function set_emode(pool: Pool, name: string, category: number): void {
  const user = user_of(pool, name)
  if (user.emode === category) return
  const { emode_alone } = pool.rules
  const target = pool.emodes[category - 1]
  need(category === 0 || (target !== undefined && target.liquidation_threshold !== 0n), 'InconsistentEModeCategory')
  const inside = { ...user, emode: category }
  for (const [r, { config }] of pool.reserves.entries()) {
    const allowed = target === undefined ? !emode_alone || config.borrowable : at(target.borrowable, r)
    need(at(user.scaled_debt, r) === 0n || allowed, emode_alone ? 'InvalidDebtInEmode' : 'NotBorrowableInEMode')
    need(!(emode_alone && at(user.collateral, r)) || ltv_of(pool, inside, r) !== 0n, 'InvalidCollateralInEmode')
  }
  user.emode = category
  need(account_data(pool, user).health >= WAD, 'HealthFactorLowerThanLiquidationThreshold')
}

/** Isolated collateral lends only what is listed for it, and only up to its ceiling. */
function within_ceiling(pool: Pool, alone: number, config: ReserveConfig, amount: bigint): void {
  if (alone < 0) return
  const isolation = at(pool.reserves, alone)
  need(config.borrowable_in_isolation, 'AssetNotBorrowableInIsolation')
  const total = isolation.isolated_debt + in_cents(config.decimals, amount)
  need(total <= isolation.config.debt_ceiling, 'DebtCeilingExceeded')
}

/** A siloed debt is the only one. */
function keeps_silo(pool: Pool, user: User, r: number): void {
  if (!pool.rules.isolation || !borrows(user)) return
  const debts = user.scaled_debt.flatMap((debt, other) => (debt === 0n ? [] : [other]))
  const [only = r, second] = debts
  const silo = second === undefined && at(pool.reserves, only).config.siloed
  need(silo ? only === r : !at(pool.reserves, r).config.siloed, 'SiloedBorrowingViolation')
}

/** What the version, the reserve and the account's mode have against a loan, apart from its collateral. */
function may_borrow(pool: Pool, user: User, r: number, amount: bigint, scaled: bigint): void {
  const reserve = at(pool.reserves, r)
  const { config } = reserve
  const { rules, shares } = pool
  open(reserve)
  need(!config.frozen, 'ReserveFrozen')
  const listed = user.emode === 0 || at(at(pool.emodes, user.emode - 1).borrowable, r)
  if (rules.emode_alone) need(listed, 'NotBorrowableInEMode')
  if (!rules.emode_alone || user.emode === 0) need(config.borrowable, 'BorrowingNotEnabled')
  const units = rules.directional ? shares.debt_balance(scaled, reserve.borrow_index) : amount
  if (rules.borrows_of_supply)
    need(units <= shares.supply_balance(reserve.scaled_supply, reserve.liquidity_index), 'InvalidAmount')
  need(!(rules.isolation && pool.sentinel), 'PriceOracleSentinelCheckFailed')
  const cap = config.borrow_cap * unit(config.decimals)
  const after = rules.directional
    ? shares.debt_balance(reserve.scaled_debt + scaled, reserve.borrow_index)
    : shares.debt_balance(reserve.scaled_debt, reserve.borrow_index) + amount
  need(cap === 0n || after <= cap, 'BorrowCapExceeded')
  const alone = isolated_collateral(pool, user)
  if (rules.emode_alone) keeps_silo(pool, user, r)
  within_ceiling(pool, alone, config, amount)
  need(listed, 'NotBorrowableInEMode')
  if (!rules.emode_alone) keeps_silo(pool, user, r)
}

/** Is there collateral for what is owed, together with `more` USD? */
function covers(pool: Pool, user: User, more: bigint): void {
  const data = account_data(pool, user)
  need(pool.rules.checks_after_borrow || data.collateral_usd !== 0n, 'CollateralBalanceIsZero')
  need(data.ltv !== 0n, 'LtvValidationFailed')
  const healthy = pool.rules.checks_after_borrow ? data.health >= WAD : data.health > WAD
  need(healthy, 'HealthFactorLowerThanLiquidationThreshold')
  const needed = percent_div(data.debt_usd + more, data.ltv, pool.rules.directional ? 'ceil' : 'half')
  need(needed <= data.collateral_usd, 'CollateralCannotCoverNewBorrow')
}

export function borrow(pool: Pool, name: string, r: number, amount: bigint): void {
  const reserve = at(pool.reserves, r)
  const user = user_of(pool, name)
  accrue(pool, reserve)
  const scaled = pool.shares.debt_minted(amount, reserve.borrow_index)
  need(amount > 0n && scaled !== 0n, 'InvalidAmount')
  const alone = isolated_collateral(pool, user)
  may_borrow(pool, user, r, amount, scaled)
  if (!pool.rules.checks_after_borrow) covers(pool, user, debt_usd(pool, r, amount))
  user.scaled_debt[r] = at(user.scaled_debt, r) + scaled
  reserve.scaled_debt += scaled
  if (alone >= 0) at(pool.reserves, alone).isolated_debt += in_cents(reserve.config.decimals, amount)
  update_rates(pool, reserve, 0n, amount)
  if (pool.rules.checks_after_borrow) covers(pool, user, 0n)
}

/** @returns units repaid */
export function repay(pool: Pool, name: string, r: number, amount: bigint): bigint {
  const reserve = at(pool.reserves, r)
  const user = user_of(pool, name)
  accrue(pool, reserve)
  need(amount !== 0n, 'InvalidAmount')
  open(reserve)
  need(at(user.scaled_debt, r) !== 0n, 'NoDebtOfSelectedType')
  const debt = pool.shares.debt_balance(at(user.scaled_debt, r), reserve.borrow_index)
  const units = amount === WHOLE ? debt : min(amount, debt)
  const scaled = pool.shares.debt_burnt(units, reserve.borrow_index)
  need(scaled !== 0n, 'InvalidBurnAmount')
  const alone = isolated_collateral(pool, user)
  user.scaled_debt[r] = at(user.scaled_debt, r) - scaled
  reserve.scaled_debt -= scaled
  update_rates(pool, reserve, units, 0n)
  if (alone >= 0) release_isolated(at(pool.reserves, alone), reserve.config.decimals, units)
  return units
}

/** What the user may still borrow, USD with 8 decimals. */
export function available_borrows(pool: Pool, name: string): bigint {
  const data = account_data(pool, user_of(pool, name))
  const most = percent_mul(data.collateral_usd, data.ltv, pool.rules.directional ? 'floor' : 'half')
  return most <= data.debt_usd ? 0n : most - data.debt_usd
}
