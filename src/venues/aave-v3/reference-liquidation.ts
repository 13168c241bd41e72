/** Liquidation in exact integers: what is checked, how much is repaid and seized, what is left, and who is left with the loss. */
import { min, mul_div, percent_div, percent_mul, type Rounding, ray_mul, unit, WAD } from './reference-math.ts'
import {
  type AccountData,
  account_data,
  accrue,
  at,
  debt_usd,
  emode_for,
  need,
  type Pool,
  price_of,
  type Reserve,
  release_isolated,
  supply_usd,
  threshold_of,
  TREASURY,
  type User,
  update_rates,
  user_of,
} from './reference-state.ts'

const CLOSE_FACTOR = 5000n
const CLOSE_FACTOR_HEALTH = (95n * WAD) / 100n
const WHOLE_BELOW_USD = 2000n * 100_000_000n
const LEFTOVER_USD = 1000n * 100_000_000n

export interface Liquidation {
  readonly debt_repaid: bigint
  readonly to_liquidator: bigint
  readonly fee: bigint
  /** Deficit made, by reserve. */
  readonly deficits: readonly bigint[]
  readonly before: AccountData
}

function validate(pool: Pool, self: boolean, user: User, c: number, d: number, debt: bigint, health: bigint): void {
  const { rules } = pool
  const collateral = at(pool.reserves, c).config
  const owed = at(pool.reserves, d).config
  need(!(rules.no_self_liquidation && self), 'SelfLiquidation')
  need(collateral.active && owed.active, 'ReserveInactive')
  need(!collateral.paused && !owed.paused, 'ReservePaused')
  need(!(rules.isolation && pool.sentinel) || health < CLOSE_FACTOR_HEALTH, 'PriceOracleSentinelCheckFailed')
  if (rules.grace)
    need(collateral.grace_until_s < pool.now_s && owed.grace_until_s < pool.now_s, 'LiquidationGraceSentinelCheckFailed')
  need(health < WAD, 'HealthFactorNotBelowThreshold')
  const threshold = rules.emode_alone ? threshold_of(pool, user, c) : collateral.liquidation_threshold
  need(at(user.collateral, c) && threshold !== 0n, 'CollateralCannotBeLiquidated')
  need(debt !== 0n, 'SpecifiedCurrencyNotBorrowedByUser')
}

/** The most that one call may repay of this debt. */
function max_debt(pool: Pool, c: number, d: number, collateral: bigint, debt: bigint, data: AccountData): bigint {
  if (!pool.rules.whole_position) return data.health > CLOSE_FACTOR_HEALTH ? percent_mul(debt, CLOSE_FACTOR) : debt
  const owed_usd = debt_usd(pool, d, debt)
  const small = supply_usd(pool, c, collateral) < WHOLE_BELOW_USD || owed_usd < WHOLE_BELOW_USD
  if (small || data.health <= CLOSE_FACTOR_HEALTH) return debt
  const cap = percent_mul(data.debt_usd, CLOSE_FACTOR)
  return owed_usd > cap ? (cap * unit(at(pool.reserves, d).config.decimals)) / price_of(pool, d) : debt
}

interface Split {
  readonly debt: bigint
  readonly to_liquidator: bigint
  readonly fee: bigint
}

/** What a repayment buys: bonus included, the treasury's part of it apart; less is repaid where the collateral does not reach. */
function split(pool: Pool, c: number, d: number, offered: bigint, collateral: bigint, bonus: bigint): Split {
  const { rules } = pool
  const { protocol_fee, decimals } = at(pool.reserves, c).config
  const directional = rules.directional_liquidation
  const [down, up]: Rounding[] = directional ? ['floor', 'ceil'] : ['half', 'half']
  const debt_value = price_of(pool, d) * unit(decimals)
  const collateral_value = price_of(pool, c) * unit(at(pool.reserves, d).config.decimals)
  const most = percent_mul(mul_div(debt_value, offered, collateral_value, 'floor'), bonus, down)
  const seized = most > collateral ? collateral : most
  const debt =
    most > collateral
      ? percent_div(mul_div(collateral_value, seized, debt_value, 'floor'), bonus, rules.directional ? 'ceil' : 'half')
      : offered
  const fee = protocol_fee === 0n ? 0n : percent_mul(seized - percent_div(seized, bonus, down), protocol_fee, up)
  return { debt, to_liquidator: seized - fee, fee }
}

/** A partial liquidation must leave enough of both legs to be worth liquidating later. */
function leaves_dust(pool: Pool, c: number, d: number, collateral_left: bigint, debt_left: bigint): boolean {
  if (!pool.rules.whole_position || debt_left <= 0n || collateral_left <= 0n) return false
  return debt_usd(pool, d, debt_left) < LEFTOVER_USD || supply_usd(pool, c, collateral_left) < LEFTOVER_USD
}

/** USD the user loses of this collateral: by shares since 3.7 (they round up, and never more than he has), by amounts before. */
function consumed_usd(pool: Pool, user: User, c: number, out: Split): bigint {
  const { liquidity_index } = at(pool.reserves, c)
  if (!pool.rules.directional_liquidation) return supply_usd(pool, c, out.to_liquidator + out.fee)
  const burnt = (units: bigint) => pool.shares.supply_burnt(units, liquidity_index)
  const scaled = min(at(user.scaled_supply, c), burnt(out.to_liquidator) + burnt(out.fee))
  return supply_usd(pool, c, pool.shares.supply_balance(scaled, liquidity_index))
}

/** Burns debt: what was repaid, or everything, with the rest as the reserve's deficit. Returns the deficit made. */
function burn_debt(pool: Pool, user: User, d: number, debt: bigint, repaid: bigint, abandoned: boolean): bigint {
  const reserve = at(pool.reserves, d)
  const scaled = abandoned
    ? at(user.scaled_debt, d)
    : min(at(user.scaled_debt, d), pool.shares.debt_burnt(repaid, reserve.borrow_index))
  need(scaled !== 0n, 'InvalidBurnAmount')
  user.scaled_debt[d] = at(user.scaled_debt, d) - scaled
  reserve.scaled_debt -= scaled
  const deficit = abandoned ? debt - repaid : 0n
  reserve.deficit += deficit
  update_rates(pool, reserve, repaid, 0n)
  return deficit
}

/** Moves the seized shares: underlying out of the pool or shares to the liquidator; the fee, as far as shares reach, to the treasury. */
function seize(pool: Pool, liquidator: User, user: User, c: number, out: Split, as_shares: boolean): bigint {
  const reserve = at(pool.reserves, c)
  const index = reserve.liquidity_index
  const scaled = min(at(user.scaled_supply, c), pool.shares.supply_burnt(out.to_liquidator, index))
  user.scaled_supply[c] = at(user.scaled_supply, c) - scaled
  if (as_shares) liquidator.scaled_supply[c] = at(liquidator.scaled_supply, c) + scaled
  else {
    reserve.scaled_supply -= scaled
    update_rates(pool, reserve, 0n, out.to_liquidator)
    need(scaled !== 0n, 'InvalidBurnAmount')
  }
  if (out.fee === 0n) return 0n
  const wanted = pool.shares.supply_burnt(out.fee, index)
  const held = at(user.scaled_supply, c)
  const given = min(wanted, held)
  user.scaled_supply[c] = held - given
  const treasury = user_of(pool, TREASURY)
  treasury.scaled_supply[c] = at(treasury.scaled_supply, c) + given
  return wanted > held ? ray_mul(held, index, pool.rules.directional ? 'floor' : 'half') : out.fee
}

/** The user's other debts, burnt without anything repaid. */
function abandon_rest(pool: Pool, user: User, deficits: bigint[]): void {
  for (let r = 0; r < pool.reserves.length; r++) {
    const reserve: Reserve = at(pool.reserves, r)
    if (at(user.scaled_debt, r) === 0n || !reserve.config.active) continue
    accrue(pool, reserve)
    const debt = pool.shares.debt_balance(at(user.scaled_debt, r), reserve.borrow_index)
    deficits[r] = at(deficits, r) + burn_debt(pool, user, r, debt, 0n, true)
  }
}

/**
 * One liquidation call.
 * @param c reserve of the collateral
 * @param d reserve of the debt
 * @param offered units of debt the liquidator would repay
 * @param as_shares he takes the pool's shares instead of the underlying
 */
export function liquidate(
  pool: Pool,
  liquidator: string,
  name: string,
  c: number,
  d: number,
  offered: bigint,
  as_shares = false,
): Liquidation {
  const { rules, shares } = pool
  const user = user_of(pool, name)
  const [collateral, owed] = [at(pool.reserves, c), at(pool.reserves, d)]
  const earned = owed.accrued_to_treasury
  accrue(pool, owed)
  if (c === d && rules.accrues_twice) owed.accrued_to_treasury += owed.accrued_to_treasury - earned
  accrue(pool, collateral)
  const before = account_data(pool, user)
  const balance = shares.supply_balance(at(user.scaled_supply, c), collateral.liquidity_index)
  const debt = shares.debt_balance(at(user.scaled_debt, d), owed.borrow_index)
  validate(pool, liquidator === name, user, c, d, debt, before.health)
  const bonus = (emode_for(pool, user, c) ?? collateral.config).liquidation_bonus
  const out = split(pool, c, d, min(offered, max_debt(pool, c, d, balance, debt, before)), balance, bonus)
  const seized = out.to_liquidator + out.fee
  need(!leaves_dust(pool, c, d, balance - seized, debt - out.debt), 'MustNotLeaveDust')
  const gone_usd = consumed_usd(pool, user, c, out)
  const abandoned = rules.deficit && gone_usd === before.collateral_usd
  const worthless = rules.directional_liquidation && gone_usd === supply_usd(pool, c, balance)
  const alone = isolated(pool, user, c)
  const deficits = pool.reserves.map(() => 0n)
  deficits[d] = burn_debt(pool, user, d, debt, out.debt, abandoned)
  if (alone) release_isolated(collateral, owed.config.decimals, out.debt)
  const fee = seize(pool, user_of(pool, liquidator), user, c, out, as_shares)
  if (seized === balance || worthless || (rules.directional_liquidation && at(user.scaled_supply, c) === 0n))
    user.collateral[c] = false
  if (abandoned) abandon_rest(pool, user, deficits)
  return { debt_repaid: out.debt, to_liquidator: out.to_liquidator, fee, deficits, before }
}

const isolated = (pool: Pool, user: User, c: number): boolean =>
  pool.rules.isolation && at(pool.reserves, c).config.debt_ceiling !== 0n && at(user.collateral, c)
