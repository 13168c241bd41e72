/**
 * Liquity v1 in exact integers, 18 decimals throughout: troves, liquidation in both modes, redistribution by stakes, redemption,
 * fees. Written from the specification of liquity/dev 39f1f7f (TroveManager, BorrowerOperations, LiquityBase, LiquityMath).
 */
import { ReferencePool, WAD } from './reference-pool.ts'

export const MCR = (WAD * 11n) / 10n
export const CCR = (WAD * 3n) / 2n
export const GAS_COMPENSATION = 200n * WAD
export const MIN_NET_DEBT = 1800n * WAD
const FLOOR = WAD / 200n
const BORROW_FEE_MAX = WAD / 20n
const BETA = 2n
/** Half after 12 hours, per minute. */
export const MINUTE_DECAY = 999_037_758_833_783_000n
const MAX_MINUTES = 525_600_000n
const MAX = (1n << 256n) - 1n

export class Revert extends Error {}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const decimal = (a: bigint, b: bigint): bigint => (a * b + WAD / 2n) / WAD

/** A decimal to a whole power, every product rounded half up. */
export function decPow(base: bigint, minutes: bigint): bigint {
  let n = min(minutes, MAX_MINUTES)
  if (n === 0n) return WAD
  let x = base
  let y = WAD
  while (n > 1n) {
    if (n % 2n === 1n) y = decimal(x, y)
    x = decimal(x, x)
    n /= 2n
  }
  return decimal(x, y)
}

export const ratio = (collateral: bigint, debt: bigint, price: bigint): bigint =>
  debt === 0n ? MAX : (collateral * price) / debt
export const gasCollateral = (collateral: bigint): bigint => collateral / 200n
export const compositeDebt = (debt: bigint): bigint => debt + GAS_COMPENSATION

export interface ReferenceTrove {
  coll: bigint
  debt: bigint
  stake: bigint
  l_coll: bigint
  l_debt: bigint
  open: boolean
}

/** What one liquidation does. */
export interface ReferenceSplit {
  readonly gas: bigint
  readonly offset: bigint
  readonly to_pool: bigint
  readonly debt_out: bigint
  readonly coll_out: bigint
  readonly surplus: bigint
}

/** How a trove is taken apart; undefined when it may not be. */
export function split(coll: bigint, debt: bigint, price: bigint, tcr: bigint, pool: bigint): ReferenceSplit | undefined {
  const icr = ratio(coll, debt, price)
  const recovery = tcr < CCR
  const gas = gasCollateral(coll)
  if (recovery && icr <= WAD) return { gas, offset: 0n, to_pool: 0n, debt_out: debt, coll_out: coll - gas, surplus: 0n }
  if (icr < MCR) {
    const offset = min(debt, pool)
    const to_pool = pool === 0n ? 0n : ((coll - gas) * offset) / debt
    return { gas, offset, to_pool, debt_out: debt - offset, coll_out: coll - gas - to_pool, surplus: 0n }
  }
  if (!recovery || icr >= tcr || debt > pool) return undefined
  const capped = (debt * MCR) / price
  const cut = gasCollateral(capped)
  return { gas: cut, offset: debt, to_pool: capped - cut, debt_out: 0n, coll_out: 0n, surplus: coll - capped }
}

export class ReferenceLiquity {
  price: bigint
  now = 0n
  readonly pool = new ReferencePool()
  readonly troves: ReferenceTrove[] = []
  coll = 0n
  debt = 0n
  stakes = 0n
  stakes_snapshot = 0n
  coll_snapshot = 0n
  l_coll = 0n
  l_debt = 0n
  coll_error = 0n
  debt_error = 0n
  base_rate = 0n
  fee_at = 0n

  constructor(price: bigint) {
    this.price = price
  }

  get tcr(): bigint {
    return ratio(this.coll, this.debt, this.price)
  }

  trove(id: number): ReferenceTrove {
    const t = this.troves[id]
    if (t === undefined || !t.open) throw new Revert('trove is closed')
    return t
  }

  /** Collateral and debt with what redistributions added since it was touched. */
  entire(id: number): { coll: bigint; debt: bigint } {
    const t = this.troves[id] as ReferenceTrove
    const coll = (t.stake * (this.l_coll - t.l_coll)) / WAD
    const debt = (t.stake * (this.l_debt - t.l_debt)) / WAD
    return { coll: t.coll + coll, debt: t.debt + debt }
  }

  icr(id: number): bigint {
    const { coll, debt } = this.entire(id)
    return ratio(coll, debt, this.price)
  }

  /** Takes redistributions into the trove's own figures and sets its stake anew. */
  private put(id: number, coll: bigint, debt: bigint): void {
    const t = this.troves[id] as ReferenceTrove
    this.stakes -= t.stake
    t.coll = coll
    t.debt = debt
    t.l_coll = this.l_coll
    t.l_debt = this.l_debt
    t.stake = this.coll_snapshot === 0n ? coll : (coll * this.stakes_snapshot) / this.coll_snapshot
    this.stakes += t.stake
  }

  /** A trove with this collateral and debt, gas compensation and fee included. */
  add(coll: bigint, debt: bigint): number {
    const id = this.troves.push({ coll: 0n, debt: 0n, stake: 0n, l_coll: 0n, l_debt: 0n, open: true }) - 1
    this.coll += coll
    this.debt += debt
    this.put(id, coll, debt)
    return id
  }

  private close(id: number): void {
    const t = this.trove(id)
    if (this.troves.filter(({ open }) => open).length <= 1) throw new Revert('only one trove')
    this.stakes -= t.stake
    Object.assign(t, { coll: 0n, debt: 0n, stake: 0n, open: false })
  }

  /** Adds or removes collateral, draws or repays debt; returns the borrowing fee. */
  adjust(id: number, coll_change: bigint, debt_change: bigint): bigint {
    this.trove(id)
    const { coll, debt } = this.entire(id)
    const recovery = this.tcr < CCR
    if (recovery && coll_change < 0n) throw new Revert('no withdrawal in recovery mode')
    const fee = debt_change > 0n && !recovery ? this.borrowFee(debt_change) : 0n
    const [after_coll, after_debt] = [coll + coll_change, debt + debt_change + fee]
    if (after_coll < 0n) throw new Revert('underflow')
    const before = ratio(coll, debt, this.price)
    const after = ratio(after_coll, after_debt, this.price)
    const total = ratio(this.coll + coll_change, this.debt + debt_change + fee, this.price)
    if (recovery && debt_change > 0n) {
      if (after < CCR) throw new Revert('ICR below CCR')
      if (after < before) throw new Revert('ICR falls')
    }
    if (!recovery) {
      if (after < MCR) throw new Revert('ICR below MCR')
      if (total < CCR) throw new Revert('TCR below CCR')
    }
    if (debt_change < 0n && after_debt < GAS_COMPENSATION + MIN_NET_DEBT) throw new Revert('net debt too small')
    if (debt_change > 0n && !recovery) {
      this.base_rate = this.decayed()
      this.touchFee()
    }
    this.coll += coll_change
    this.debt += debt_change + fee
    this.put(id, after_coll, after_debt)
    return fee
  }

  /** The owner pays all but the gas compensation and gets the collateral back. */
  closeTrove(id: number): { paid: bigint; coll: bigint } {
    const { coll, debt } = this.entire(id)
    if (this.tcr < CCR) throw new Revert('no closing in recovery mode')
    if (ratio(this.coll - coll, this.debt - debt, this.price) < CCR) throw new Revert('TCR below CCR')
    this.close(id)
    this.coll -= coll
    this.debt -= debt
    return { paid: debt - GAS_COMPENSATION, coll }
  }

  liquidate(id: number): ReferenceSplit {
    this.trove(id)
    const { coll, debt } = this.entire(id)
    const parts = split(coll, debt, this.price, this.tcr, this.pool.total)
    if (parts === undefined) throw new Revert('nothing to liquidate')
    this.close(id)
    this.pool.offset(parts.offset, parts.to_pool)
    this.redistribute(parts.debt_out, parts.coll_out)
    this.coll -= parts.gas + parts.to_pool + parts.surplus
    this.debt -= parts.offset
    this.stakes_snapshot = this.stakes
    this.coll_snapshot = this.coll
    return parts
  }

  private redistribute(debt: bigint, coll: bigint): void {
    if (debt === 0n) return
    const coll_numerator = coll * WAD + this.coll_error
    const debt_numerator = debt * WAD + this.debt_error
    const coll_each = coll_numerator / this.stakes
    const debt_each = debt_numerator / this.stakes
    this.coll_error = coll_numerator - coll_each * this.stakes
    this.debt_error = debt_numerator - debt_each * this.stakes
    this.l_coll += coll_each
    this.l_debt += debt_each
  }

  /** Base rate after its decay since the last fee. */
  decayed(): bigint {
    return (this.base_rate * decPow(MINUTE_DECAY, (this.now - this.fee_at) / 60n)) / WAD
  }

  private touchFee(): void {
    if (this.now - this.fee_at >= 60n) this.fee_at = this.now
  }

  borrowFee(amount: bigint): bigint {
    return (min(FLOOR + this.decayed(), BORROW_FEE_MAX) * amount) / WAD
  }

  /** Redeems against the troves with the lowest ratio of at least MCR; what was redeemed, drawn and kept as fee. */
  redeem(amount: bigint): { redeemed: bigint; drawn: bigint; fee: bigint; closed: number[] } {
    if (this.tcr < MCR) throw new Revert('TCR below MCR')
    const supply = this.debt
    const open = this.troves.filter((t) => t.open).length
    const order = this.troves.map((_, id) => id).filter((id) => this.troves[id]?.open && this.icr(id) >= MCR)
    order.sort((a, b) => (this.icr(a) < this.icr(b) ? -1 : this.icr(a) > this.icr(b) ? 1 : b - a))
    let left = amount
    let drawn = 0n
    const lots: { id: number; lot: bigint; taken: bigint }[] = []
    const closed: number[] = []
    for (const id of order) {
      if (left === 0n) break
      const net = this.entire(id).debt - GAS_COMPENSATION
      const lot = min(left, net)
      if (lot < net && net - lot < MIN_NET_DEBT) break
      if (lot === net) closed.push(id)
      if (closed.length === open) throw new Revert('only one trove')
      const taken = (lot * WAD) / this.price
      lots.push({ id, lot, taken })
      left -= lot
      drawn += taken
    }
    if (drawn === 0n) throw new Revert('nothing redeemed')
    for (const { id, lot, taken } of lots) {
      const { coll, debt } = this.entire(id)
      const whole = closed.includes(id)
      if (whole) this.close(id)
      else this.put(id, coll - taken, debt - lot)
      this.coll -= whole ? coll : taken
      this.debt -= whole ? debt : lot
    }
    this.base_rate = min(WAD, this.decayed() + (drawn * this.price) / supply / BETA)
    this.touchFee()
    const fee = (min(WAD, FLOOR + this.base_rate) * drawn) / WAD
    if (fee >= drawn) throw new Revert('fee eats it all')
    return { redeemed: amount - left, drawn, fee, closed }
  }
}
