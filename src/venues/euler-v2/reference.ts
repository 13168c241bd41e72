/**
 * Euler v2 vaults in exact integers: liquidation by value limits, debt with 31 more bits of precision, shares, interest,
 * socialisation. Written from the specification of euler-xyz/euler-vault-kit 5b98b42.
 */
export const WAD = 1_000_000_000_000_000_000n
export const RAY = 1_000_000_000_000_000_000_000_000_000n
const SCALE = 10_000n
/** Debt is kept in 2^-31 units. */
const SHIFT = 31n
const ROUND = (1n << SHIFT) - 1n
/** Shares and assets that every conversion adds. */
const VIRTUAL = 1_000_000n
const MIN_SOCIAL_VALUE = 1_000_000n

export class Revert extends Error {}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Value of an amount at a price with 18 decimals. */
export const quote = (amount: bigint, price: bigint): bigint => (amount * price) / WAD

/** What a liquidator pays per value he gets: the health, but not below 1 less the largest discount. */
export const discountFactor = (adjusted: bigint, liability: bigint, max_discount: bigint): bigint =>
  max((adjusted * WAD) / liability, WAD - (WAD * max_discount) / SCALE)

export interface Limits {
  readonly repay: bigint
  readonly yield_: bigint
}

/**
 * Most that can be repaid and what it yields.
 * @param adjusted, liability risk-adjusted collateral value and liability value; liquidatable with adjusted ≤ liability
 * @param value, balance of the collateral asked for
 */
export function limits(
  adjusted: bigint,
  liability: bigint,
  debt: bigint,
  value: bigint,
  balance: bigint,
  max_discount: bigint,
): Limits {
  if (liability === 0n || adjusted > liability) return { repay: 0n, yield_: 0n }
  if (value === 0n) return { repay: 0n, yield_: balance }
  const factor = discountFactor(adjusted, liability, max_discount)
  let repay_value = liability
  let yield_value = (liability * WAD) / factor
  if (value < yield_value) {
    repay_value = (value * factor) / WAD
    yield_value = value
  }
  return { repay: (repay_value * debt) / liability, yield_: (yield_value * balance) / value }
}

/** A part of the limits; more than the limit is refused. */
export function part(whole: Limits, desired: bigint): Limits {
  if (desired > whole.repay) throw new Revert('E_ExcessiveRepayAmount')
  return whole.repay === 0n ? whole : { repay: desired, yield_: (desired * whole.yield_) / whole.repay }
}

/** A liquidation LTV on its way down, in basis points. */
export function rampedLtv(initial: bigint, target: bigint, now: bigint, end: bigint, duration: bigint): bigint {
  if (now >= end || initial <= target) return target
  return target + ((initial - target) * (end - now)) / duration
}

/** x^n with n whole, in RAY, half-up at every step. */
export function rpow(base: bigint, n: bigint): bigint {
  let x = base
  let z = n % 2n === 1n ? base : RAY
  for (let k = n / 2n; k > 0n; k /= 2n) {
    x = (x * x + RAY / 2n) / RAY
    if (k % 2n === 1n) z = (z * x + RAY / 2n) / RAY
  }
  return z
}

export interface ReferenceVault {
  cash: bigint
  shares: bigint
  /** In 2^-31 units. */
  borrows: bigint
  accumulator: bigint
  price: bigint
  max_discount: bigint
  interest_fee: bigint
  /** Per second, RAY. */
  rate: bigint
  socialise: boolean
  /** Liquidation LTV by collateral vault, basis points; undefined: not recognised. */
  ltv: (bigint | undefined)[]
}

export interface ReferenceAccount {
  shares: bigint[]
  vault: number
  owed: bigint
  accumulator: bigint
}

export class ReferenceEuler {
  readonly vaults: ReferenceVault[] = []
  readonly accounts: ReferenceAccount[] = []

  vault(v: number): ReferenceVault {
    return this.vaults[v] as ReferenceVault
  }

  account(row: number): ReferenceAccount {
    return this.accounts[row] as ReferenceAccount
  }

  assets(v: number): bigint {
    const { cash, borrows } = this.vault(v)
    return cash + ((borrows + ROUND) >> SHIFT)
  }

  toAssets(v: number, shares: bigint): bigint {
    return (shares * (this.assets(v) + VIRTUAL)) / (this.vault(v).shares + VIRTUAL)
  }

  private toSharesDown(v: number, assets: bigint): bigint {
    return (assets * (this.vault(v).shares + VIRTUAL)) / (this.assets(v) + VIRTUAL)
  }

  private toSharesUp(v: number, assets: bigint): bigint {
    const whole = this.assets(v) + VIRTUAL
    return (assets * (this.vault(v).shares + VIRTUAL) + whole - 1n) / whole
  }

  private owedExact(row: number): bigint {
    const a = this.account(row)
    return a.owed === 0n ? 0n : (a.owed * this.vault(a.vault).accumulator) / a.accumulator
  }

  /** Debt of an account, rounded up. */
  debt(row: number): bigint {
    return (this.owedExact(row) + ROUND) >> SHIFT
  }

  private setOwed(row: number, v: number, owed: bigint): void {
    const a = this.account(row)
    const vault = this.vault(v)
    vault.borrows = max(0n, vault.borrows + owed - this.owedExact(row))
    Object.assign(a, { vault: owed === 0n ? -1 : v, owed, accumulator: vault.accumulator })
  }

  accrue(v: number, seconds: bigint): void {
    const vault = this.vault(v)
    const next = (rpow(RAY + vault.rate, seconds) * vault.accumulator) / RAY
    const borrows = (vault.borrows * next) / vault.accumulator
    const fee = ((borrows - vault.borrows) * vault.interest_fee) / (SCALE << SHIFT)
    vault.borrows = borrows
    vault.accumulator = next
    const assets = this.assets(v)
    if (fee > 0n) vault.shares = (assets * vault.shares) / (assets - fee)
  }

  deposit(row: number, v: number, amount: bigint): void {
    const shares = this.toSharesDown(v, amount)
    const a = this.account(row)
    a.shares[v] = (a.shares[v] as bigint) + shares
    this.vault(v).shares += shares
    this.vault(v).cash += amount
  }

  withdraw(row: number, v: number, amount: bigint): void {
    const shares = this.toSharesUp(v, amount)
    const a = this.account(row)
    if (amount > this.vault(v).cash) throw new Revert('E_InsufficientCash')
    if (shares > (a.shares[v] as bigint)) throw new Revert('E_InsufficientBalance')
    const held = a.shares[v] as bigint
    a.shares[v] = held - shares
    if (!this.healthy(row)) {
      a.shares[v] = held
      throw new Revert('E_AccountLiquidity')
    }
    this.vault(v).shares -= shares
    this.vault(v).cash -= amount
  }

  borrow(row: number, v: number, amount: bigint): void {
    const a = this.account(row)
    if (a.vault >= 0 && a.vault !== v) throw new Revert('E_ControllerEnabled')
    if (amount > this.vault(v).cash) throw new Revert('E_InsufficientCash')
    const before = { ...a }
    const borrows = this.vault(v).borrows
    const owed = (a.vault === v ? this.owedExact(row) : 0n) + (amount << SHIFT)
    this.setOwed(row, v, owed)
    if (!this.healthy(row)) {
      Object.assign(a, before)
      this.vault(v).borrows = borrows
      throw new Revert('E_AccountLiquidity')
    }
    this.vault(v).cash -= amount
  }

  repay(row: number, amount: bigint): void {
    const v = this.account(row).vault
    const debt = this.debt(row)
    const paid = min(amount, debt)
    this.setOwed(row, v, (debt - paid) << SHIFT)
    this.vault(v).cash += paid
  }

  /** Risk-adjusted collateral value and liability value. */
  values(row: number): { adjusted: bigint; liability: bigint } {
    const a = this.account(row)
    if (a.vault < 0) return { adjusted: 0n, liability: 0n }
    const { ltv, price } = this.vault(a.vault)
    let adjusted = 0n
    a.shares.forEach((shares, v) => {
      const weight = ltv[v] ?? 0n
      adjusted += (quote(this.toAssets(v, shares), this.vault(v).price) * weight) / SCALE
    })
    return { adjusted, liability: quote(this.debt(row), price) }
  }

  /** Here borrow and liquidation LTV are the same, and so are bid, mid and ask. */
  healthy(row: number): boolean {
    const { adjusted, liability } = this.values(row)
    return liability === 0n || adjusted >= liability
  }

  limits(row: number, v: number): Limits {
    const { adjusted, liability } = this.values(row)
    const u = this.account(row).vault
    if (u < 0 || this.vault(u).ltv[v] === undefined) throw new Revert('E_BadCollateral')
    const balance = this.account(row).shares[v] as bigint
    const value = quote(this.toAssets(v, balance), this.vault(v).price)
    return limits(adjusted, liability, this.debt(row), value, balance, this.vault(u).max_discount)
  }

  /** Repays and takes shares, which are paid out at once; returns what was paid out and what was socialised. */
  liquidate(row: number, v: number, desired: bigint): { paid: bigint; out: bigint; socialised: bigint } {
    const u = this.account(row).vault
    const whole = this.limits(row, v)
    const { repay, yield_ } = part(whole, min(desired, whole.repay))
    if (yield_ === 0n) throw new Revert('nothing to liquidate')
    const out = this.toAssets(v, yield_)
    if (out > this.vault(v).cash) throw new Revert('E_InsufficientCash')
    const a = this.account(row)
    const { liability } = this.values(row)
    a.shares[v] = (a.shares[v] as bigint) - yield_
    this.vault(v).shares -= yield_
    this.vault(v).cash -= out
    this.setOwed(row, u, (this.debt(row) - repay) << SHIFT)
    this.vault(u).cash += repay
    return { paid: repay, out, socialised: this.socialise(row, u, liability) }
  }

  private socialise(row: number, u: number, liability: bigint): bigint {
    const vault = this.vault(u)
    const debt = this.debt(row)
    const empty = vault.ltv.every((ltv, v) => ltv === undefined || this.account(row).shares[v] === 0n)
    if (!vault.socialise || liability < MIN_SOCIAL_VALUE || debt === 0n || !empty) return 0n
    this.setOwed(row, u, 0n)
    return debt
  }
}
