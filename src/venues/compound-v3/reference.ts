/** Exact mechanics of one Compound v3 market (Comet), in the smallest units and the contract's rounding. */

export const FACTOR = 10n ** 18n
const INDEX = 10n ** 15n
const YEAR_S = 31_536_000n

/** What the contract reverts with. */
export class Revert extends Error {}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Revert(message)
}

export const by_factor = (n: bigint, factor: bigint): bigint => (n * factor) / FACTOR
export const by_price = (n: bigint, price: bigint, scale: bigint): bigint => (n * price) / scale

export interface ReferenceAsset {
  readonly scale: bigint
  /** USD with 8 decimals. */
  price: bigint
  readonly borrow_factor: bigint
  readonly liquidate_factor: bigint
  readonly liquidation_factor: bigint
}

export interface ReferenceRates {
  readonly base: bigint
  readonly low: bigint
  readonly kink: bigint
  readonly high: bigint
}

/** A yearly curve with 18 decimals, in rates a second as the contract keeps them. */
export function per_second(yearly: ReferenceRates): ReferenceRates {
  return { base: yearly.base / YEAR_S, low: yearly.low / YEAR_S, kink: yearly.kink, high: yearly.high / YEAR_S }
}

/** Rate at a utilisation, which may exceed 1. */
export function rate_at(curve: ReferenceRates, utilisation: bigint): bigint {
  const { base, low, kink, high } = curve
  if (utilisation <= kink) return base + by_factor(low, utilisation)
  return base + by_factor(low, kink) + by_factor(high, utilisation - kink)
}

export interface ReferenceConfig {
  readonly base_scale: bigint
  base_price: bigint
  readonly borrow_min: bigint
  readonly store_front: bigint
  readonly target: bigint
  /** A second. */
  readonly borrow_curve: ReferenceRates
  readonly supply_curve: ReferenceRates
  readonly assets: readonly ReferenceAsset[]
}

interface User {
  /** Positive supplied, negative owed, before indices. */
  principal: bigint
  readonly collateral: bigint[]
}

export class ReferenceComet {
  readonly config: ReferenceConfig
  supply_index = INDEX
  borrow_index = INDEX
  supply_principal = 0n
  borrow_principal = 0n
  /** Base tokens held; collateral tokens that belong to the protocol. */
  balance = 0n
  readonly inventory: bigint[]
  readonly users = new Map<string, User>()
  now_s = 0n
  private accrued_s = 0n

  constructor(config: ReferenceConfig) {
    this.config = config
    this.inventory = config.assets.map(() => 0n)
  }

  user(who: string): User {
    let found = this.users.get(who)
    if (found === undefined) {
      found = { principal: 0n, collateral: this.config.assets.map(() => 0n) }
      this.users.set(who, found)
    }
    return found
  }

  private asset(i: number): ReferenceAsset {
    const found = this.config.assets[i]
    if (found === undefined) throw new Revert('BadAsset')
    return found
  }

  present(principal: bigint): bigint {
    return principal >= 0n ? (principal * this.supply_index) / INDEX : -((-principal * this.borrow_index) / INDEX)
  }

  private principal(present: bigint): bigint {
    if (present >= 0n) return (present * INDEX) / this.supply_index
    return -((-present * INDEX + this.borrow_index - 1n) / this.borrow_index)
  }

  private quoted(price: bigint): bigint {
    demand(price > 0n, 'BadPrice')
    return price
  }

  supplied(): bigint {
    return this.present(this.supply_principal)
  }

  borrowed(): bigint {
    return -this.present(-this.borrow_principal)
  }

  utilisation(): bigint {
    const supplied = this.supplied()
    return supplied === 0n ? 0n : (this.borrowed() * FACTOR) / supplied
  }

  rates(): { supply: bigint; borrow: bigint } {
    const utilisation = this.utilisation()
    return { supply: rate_at(this.config.supply_curve, utilisation), borrow: rate_at(this.config.borrow_curve, utilisation) }
  }

  accrue(): void {
    const time_s = this.now_s - this.accrued_s
    if (time_s === 0n) return
    const { supply, borrow } = this.rates()
    this.supply_index += by_factor(this.supply_index, supply * time_s)
    this.borrow_index += by_factor(this.borrow_index, borrow * time_s)
    this.accrued_s = this.now_s
  }

  /** Signed: what is held and lent, less what suppliers own. */
  reserves(): bigint {
    return this.balance - this.supplied() + this.borrowed()
  }

  /** Moves a user to a new present balance, totals included. */
  private set(user: User, present: bigint): void {
    const before = user.principal
    const after = this.principal(present)
    const over = (x: bigint): bigint => (x > 0n ? x : 0n)
    this.supply_principal += over(after) - over(before)
    this.borrow_principal += over(-after) - over(-before)
    user.principal = after
  }

  private value(user: User, factor: (asset: ReferenceAsset) => bigint): bigint {
    let sum = 0n
    for (const [i, held] of user.collateral.entries()) {
      if (held === 0n) continue
      const asset = this.asset(i)
      sum += by_factor(by_price(held, this.quoted(asset.price), asset.scale), factor(asset))
    }
    return sum
  }

  private owed_value(user: User): bigint {
    return by_price(-this.present(user.principal), this.quoted(this.config.base_price), this.config.base_scale)
  }

  collateralised(who: string): boolean {
    const user = this.user(who)
    return user.principal >= 0n || this.value(user, (asset) => asset.borrow_factor) >= this.owed_value(user)
  }

  liquidatable(who: string): boolean {
    const user = this.user(who)
    return user.principal < 0n && this.value(user, (asset) => asset.liquidate_factor) < this.owed_value(user)
  }

  supply_collateral(who: string, i: number, amount: bigint): void {
    const { collateral } = this.user(who)
    collateral[i] = (collateral[i] ?? 0n) + amount
  }

  withdraw_collateral(who: string, i: number, amount: bigint): void {
    this.accrue()
    const { collateral } = this.user(who)
    demand(amount <= (collateral[i] ?? 0n), 'underflow')
    collateral[i] = (collateral[i] ?? 0n) - amount
    demand(this.collateralised(who), 'NotCollateralized')
  }

  /** Base in: repays first, the rest is supplied. */
  supply(who: string, amount: bigint): void {
    this.accrue()
    const user = this.user(who)
    this.set(user, this.present(user.principal) + amount)
    this.balance += amount
  }

  /** Base out: what was supplied first, the rest is borrowed. */
  withdraw(who: string, amount: bigint): void {
    this.accrue()
    const user = this.user(who)
    const after = this.present(user.principal) - amount
    this.set(user, after)
    demand(after >= 0n || -after >= this.config.borrow_min, 'BorrowTooSmall')
    demand(this.collateralised(who), 'NotCollateralized')
    demand(amount <= this.balance, 'insufficient balance')
    this.balance -= amount
  }

  /** Takes over an account: its collateral for its debt, valued at a haircut; what is over becomes base of its own. Returns the base paid out. */
  absorb(who: string): bigint {
    this.accrue()
    demand(this.liquidatable(who), 'NotLiquidatable')
    const user = this.user(who)
    const value = this.value(user, (asset) => asset.liquidation_factor)
    for (const [i, held] of user.collateral.entries()) {
      this.inventory[i] = (this.inventory[i] ?? 0n) + held
      user.collateral[i] = 0n
    }
    const before = this.present(user.principal)
    const sum = before + (value * this.config.base_scale) / this.quoted(this.config.base_price)
    const after = sum < 0n ? 0n : sum
    this.set(user, after)
    return after - before
  }

  /** Collateral that an amount of base buys at the store-front. */
  quote(i: number, amount: bigint): bigint {
    const asset = this.asset(i)
    const discount = by_factor(this.config.store_front, FACTOR - asset.liquidation_factor)
    const price = by_factor(this.quoted(asset.price), FACTOR - discount)
    return (this.quoted(this.config.base_price) * amount * asset.scale) / price / this.config.base_scale
  }

  buy(i: number, amount: bigint): bigint {
    this.accrue()
    const reserves = this.reserves()
    demand(reserves < 0n || reserves < this.config.target, 'NotForSale')
    const got = this.quote(i, amount)
    demand(got <= (this.inventory[i] ?? 0n), 'InsufficientReserves')
    this.inventory[i] = (this.inventory[i] ?? 0n) - got
    this.balance += amount
    return got
  }
}
