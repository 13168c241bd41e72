/**
 * Liquity v2 in exact integers, 18 decimals throughout: branches with interest, liquidation into the pool and by redistribution with
 * capped penalties, redemption by interest rate. Written from the specification of liquity/bold 405f912.
 */
import { ReferencePool, WAD } from './reference-pool.ts'

export const YEAR_S = 31_536_000n
export const MIN_DEBT = 2000n * WAD
export const MIN_POOL = WAD
/** Half after 6 hours, per minute. */
export const MINUTE_DECAY = 998_076_443_575_628_800n
const UPFRONT_S = 604_800n
const FLOOR = WAD / 200n
const GAS_MAX = 2n * WAD
const MAX = (1n << 256n) - 1n

export class Revert extends Error {}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const decimal = (a: bigint, b: bigint): bigint => (a * b + WAD / 2n) / WAD

/** A decimal to a whole power, every product rounded half up. */
export function decPow(base: bigint, minutes: bigint): bigint {
  if (minutes === 0n) return WAD
  let [n, x, y] = [minutes, base, WAD]
  while (n > 1n) {
    if (n % 2n === 1n) y = decimal(x, y)
    x = decimal(x, x)
    n /= 2n
  }
  return decimal(x, y)
}

export interface ReferenceTerms {
  readonly mcr: bigint
  readonly ccr: bigint
  readonly scr: bigint
  readonly pool_penalty: bigint
  readonly redistribution_penalty: bigint
}

/** The WETH branch. */
export const WETH: ReferenceTerms = {
  mcr: (WAD * 11n) / 10n,
  ccr: (WAD * 3n) / 2n,
  scr: (WAD * 11n) / 10n,
  pool_penalty: WAD / 20n,
  redistribution_penalty: WAD / 10n,
}

export const ratio = (coll: bigint, debt: bigint, price: bigint): bigint => (debt === 0n ? MAX : (coll * price) / debt)

export interface ReferenceSplit {
  readonly offset: bigint
  readonly gas: bigint
  readonly to_pool: bigint
  readonly debt_out: bigint
  readonly coll_out: bigint
  readonly surplus: bigint
}

/** How a trove is taken apart. What the pool's cap leaves goes into the redistribution, if there is one, and only then to the owner. */
export function split(coll: bigint, debt: bigint, price: bigint, pool: bigint, terms: ReferenceTerms): ReferenceSplit {
  const offset = min(debt, pool > MIN_POOL ? pool - MIN_POOL : 0n)
  const part = (coll * offset) / debt
  const gas = min(part / 200n, GAS_MAX)
  const to_pool = min(part - gas, (offset * (WAD + terms.pool_penalty)) / price)
  const spare = part - gas - to_pool
  const debt_out = debt - offset
  const rest = coll - part + (debt_out > 0n ? spare : 0n)
  const coll_out = debt_out > 0n ? min(rest, (debt_out * (WAD + terms.redistribution_penalty)) / price) : 0n
  return { offset, gas, to_pool, debt_out, coll_out, surplus: debt_out > 0n ? rest - coll_out : spare }
}

export interface ReferenceTrove {
  coll: bigint
  /** Recorded debt: interest since `at` and redistributions apart. */
  debt: bigint
  rate: bigint
  at: bigint
  stake: bigint
  l_coll: bigint
  l_debt: bigint
  status: 'open' | 'zombie' | 'closed'
}

export class ReferenceBranch {
  readonly terms: ReferenceTerms
  price: bigint
  now = 0n
  readonly pool = new ReferencePool()
  readonly troves: ReferenceTrove[] = []
  coll = 0n
  stakes = 0n
  stakes_snapshot = 0n
  coll_snapshot = 0n
  l_coll = 0n
  l_debt = 0n
  coll_error = 0n
  debt_error = 0n
  last_zombie = -1
  shut = false

  constructor(price: bigint, terms = WETH) {
    this.price = price
    this.terms = terms
  }

  trove(id: number): ReferenceTrove {
    const t = this.troves[id]
    if (t === undefined || t.status === 'closed') throw new Revert('trove is closed')
    return t
  }

  /** Collateral and debt with redistributions and interest. */
  entire(id: number): { coll: bigint; debt: bigint } {
    const t = this.troves[id] as ReferenceTrove
    const interest = (t.debt * t.rate * (this.now - t.at)) / YEAR_S / WAD
    const coll = (t.stake * (this.l_coll - t.l_coll)) / WAD
    return { coll: t.coll + coll, debt: t.debt + interest + (t.stake * (this.l_debt - t.l_debt)) / WAD }
  }

  /** Debt of all troves. */
  get debt(): bigint {
    return this.troves.reduce((sum, _, id) => sum + this.entire(id).debt, 0n)
  }

  icr(id: number): bigint {
    const { coll, debt } = this.entire(id)
    return ratio(coll, debt, this.price)
  }

  get tcr(): bigint {
    return ratio(this.coll, this.debt, this.price)
  }

  /** 7 days of the average interest of the branch on new debt. `recorded`: what a change records of the trove's debt before. */
  upfront(increase: bigint, rate: bigint, recorded = 0n): bigint {
    const debt = this.debt + increase
    const weighted = this.troves.reduce((sum, t) => sum + t.debt * t.rate, (recorded + increase) * rate)
    return debt === 0n ? 0n : (increase * (weighted / debt) * UPFRONT_S) / YEAR_S / WAD
  }

  put(id: number, coll: bigint, debt: bigint): void {
    const t = this.troves[id] as ReferenceTrove
    this.stakes -= t.stake
    const stake = this.coll_snapshot === 0n ? coll : (coll * this.stakes_snapshot) / this.coll_snapshot
    Object.assign(t, { coll, debt, stake, at: this.now, l_coll: this.l_coll, l_debt: this.l_debt })
    this.stakes += stake
  }

  /** Opens a trove that draws `amount`; its debt has the upfront fee on top. */
  open(coll: bigint, amount: bigint, rate: bigint): number {
    return this.add(coll, amount + this.upfront(amount, rate), rate)
  }

  /** A trove with this debt. */
  add(coll: bigint, debt: bigint, rate: bigint): number {
    const id = this.troves.push({ coll: 0n, debt: 0n, rate, at: 0n, stake: 0n, l_coll: 0n, l_debt: 0n, status: 'open' }) - 1
    this.coll += coll
    this.put(id, coll, debt)
    return id
  }

  private close(id: number, liquidated: boolean): void {
    const t = this.trove(id)
    if ((liquidated || !this.shut) && this.troves.filter(({ status }) => status !== 'closed').length <= 1)
      throw new Revert('only one trove')
    this.stakes -= t.stake
    Object.assign(t, { coll: 0n, debt: 0n, stake: 0n, status: 'closed' })
    if (this.last_zombie === id) this.last_zombie = -1
  }

  liquidate(id: number): ReferenceSplit {
    this.trove(id)
    const { coll, debt } = this.entire(id)
    if (this.icr(id) >= this.terms.mcr) throw new Revert('nothing to liquidate')
    const parts = split(coll, debt, this.price, this.pool.total, this.terms)
    this.close(id, true)
    if (parts.offset > 0n) this.pool.offset(parts.offset, parts.to_pool)
    if (parts.debt_out > 0n) this.redistribute(parts.debt_out, parts.coll_out)
    this.coll -= parts.gas + parts.to_pool + parts.surplus
    this.stakes_snapshot = this.stakes
    this.coll_snapshot = this.coll
    return parts
  }

  private redistribute(debt: bigint, coll: bigint): void {
    const coll_numerator = coll * WAD + this.coll_error
    const debt_numerator = debt * WAD + this.debt_error
    const [coll_each, debt_each] = [coll_numerator / this.stakes, debt_numerator / this.stakes]
    this.coll_error = coll_numerator - coll_each * this.stakes
    this.debt_error = debt_numerator - debt_each * this.stakes
    this.l_coll += coll_each
    this.l_debt += debt_each
  }

  /** Collateral in or out, debt drawn (with its fee) or repaid; repayment stops at the least debt. */
  adjust(id: number, coll_change: bigint, debt_change: bigint): { fee: bigint; repaid: bigint } {
    const t = this.trove(id)
    if (t.status === 'zombie') throw new Revert('zombie')
    const { coll, debt } = this.entire(id)
    const most = debt > MIN_DEBT ? debt - MIN_DEBT : 0n
    const change = debt_change < -most ? -most : debt_change
    const fee = change > 0n ? this.upfront(change, t.rate, debt - t.debt) : 0n
    const [after_coll, after_debt] = [coll + coll_change, debt + change + fee]
    if (after_coll < 0n) throw new Revert('underflow')
    if (this.shut && (change > 0n || coll_change < 0n)) throw new Revert('shut down')
    if (ratio(after_coll, after_debt, this.price) < this.terms.mcr) throw new Revert('ICR below MCR')
    const total = ratio(this.coll + coll_change, this.debt + change + fee, this.price)
    if ((change > 0n || coll_change < 0n) && total < this.terms.ccr) throw new Revert('TCR below CCR')
    this.coll += coll_change
    this.put(id, after_coll, after_debt)
    return { fee, repaid: change < 0n ? -change : 0n }
  }

  /** Redeems by interest rate; the fee stays in the troves. */
  redeem(amount: bigint, rate: bigint): { redeemed: bigint; drawn: bigint } {
    let left = amount
    let drawn = 0n
    const order = this.troves.map((_, id) => id).filter((id) => this.troves[id]?.status === 'open')
    order.sort((a, b) => Number((this.troves[a] as ReferenceTrove).rate - (this.troves[b] as ReferenceTrove).rate) || a - b)
    if (this.last_zombie >= 0) order.unshift(this.last_zombie)
    for (const id of order) {
      if (left === 0n) break
      if (this.icr(id) < WAD) continue
      const { coll, debt } = this.entire(id)
      const lot = min(left, debt)
      const gross = (lot * WAD) / this.price
      const taken = gross - (gross * rate) / WAD
      this.put(id, coll - taken, debt - lot)
      this.coll -= taken
      if (debt - lot < MIN_DEBT) {
        this.trove(id).status = 'zombie'
        this.last_zombie = debt - lot > 0n ? id : this.last_zombie === id ? -1 : this.last_zombie
      }
      left -= lot
      drawn += taken
    }
    return { redeemed: amount - left, drawn }
  }
}

/** Shares of a redemption by branch: in proportion to the debt that no pool backs, or to all debt if every branch is backed. */
export function portions(
  amount: bigint,
  branches: readonly { readonly debt: bigint; readonly pool: bigint; readonly open: boolean }[],
): bigint[] {
  const unbacked = branches.map(({ debt, pool, open }) => (open && debt > pool ? debt - pool : 0n))
  const weights = unbacked.some((weight) => weight > 0n) ? unbacked : branches.map(({ debt, open }) => (open ? debt : 0n))
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  return weights.map((weight) => (total === 0n ? 0n : (amount * weight) / total))
}

/** Redemption fee: base rate after decay and after the share of the supply, and the floor. */
export function redemptionRate(base: bigint, minutes: bigint, share: bigint): { base: bigint; rate: bigint } {
  const next = min(WAD, (base * decPow(MINUTE_DECAY, minutes)) / WAD + share)
  return { base: next, rate: min(WAD, FLOOR + next) }
}
