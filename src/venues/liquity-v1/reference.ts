/**
 * Liquity v1 in exact integers, 18 decimals throughout: troves, liquidation in both modes, redistribution by stakes, redemption,
 * fees. Written from the specification of liquity/dev 39f1f7f (TroveManager, BorrowerOperations, LiquityBase, LiquityMath).
 * A call that throws a `Revert` has changed nothing.
 */
import {
  type Liquidated,
  liquidateListed,
  liquidateLowest,
  type Redeemed,
  type RedemptionOptions,
  redeem,
} from './reference-calls.ts'
import {
  borrowRate,
  CCR,
  decPow,
  demand,
  LIQUITY,
  MAX,
  MCR,
  MINUTE_DECAY,
  nominalRatio,
  type ReferenceSplit,
  ratio,
  type Terms,
} from './reference-math.ts'
import { ReferencePool, WAD } from './reference-pool.ts'

export * from './reference-math.ts'

export interface ReferenceTrove {
  coll: bigint
  debt: bigint
  stake: bigint
  l_coll: bigint
  l_debt: bigint
  open: boolean
}

const NOTHING = { coll: 0n, debt: 0n, stake: 0n, l_coll: 0n, l_debt: 0n }

export class ReferenceLiquity {
  readonly terms: Terms
  price: bigint
  now = 0n
  readonly pool = new ReferencePool()
  readonly troves: ReferenceTrove[] = []
  /** Open troves from the highest ratio to the lowest, as they were sorted when each came in; of equals the younger is higher. */
  order: number[] = []
  coll = 0n
  debt = 0n
  stakes = 0n
  stakes_snapshot = 0n
  coll_snapshot = 0n
  l_coll = 0n
  l_debt = 0n
  coll_error = 0n
  debt_error = 0n
  /** Redistributed, and not yet taken in by a trove: what the default pool holds. Rounding can leave it a unit short of what a trove is due. */
  default_coll = 0n
  default_debt = 0n
  base_rate = 0n
  fee_at = 0n

  constructor(price: bigint, terms = LIQUITY) {
    this.price = price
    this.terms = terms
  }

  get tcr(): bigint {
    return ratio(this.coll, this.debt, this.price)
  }

  trove(id: number): ReferenceTrove {
    const t = this.troves[id]
    demand(t?.open === true, 'trove is closed')
    return t
  }

  /** Collateral and debt with what redistributions added since it was touched. */
  entire(id: number): { coll: bigint; debt: bigint } {
    const t = this.troves[id] as ReferenceTrove
    const { coll, debt } = this.pending(id)
    return { coll: t.coll + coll, debt: t.debt + debt }
  }

  private pending(id: number): { coll: bigint; debt: bigint } {
    const t = this.troves[id] as ReferenceTrove
    return { coll: (t.stake * (this.l_coll - t.l_coll)) / WAD, debt: (t.stake * (this.l_debt - t.l_debt)) / WAD }
  }

  /** Can the default pool give what these troves are due? A call in which it holds less fails as a whole. */
  private due(ids: readonly number[]): { coll: bigint; debt: bigint } {
    const all = ids.map((id) => this.pending(id))
    const coll = all.reduce((sum, one) => sum + one.coll, 0n)
    const debt = all.reduce((sum, one) => sum + one.debt, 0n)
    demand(debt <= this.default_debt && coll <= this.default_coll, 'underflow')
    return { coll, debt }
  }

  private movePending(ids: readonly number[]): void {
    const { coll, debt } = this.due(ids)
    this.default_coll -= coll
    this.default_debt -= debt
  }

  /** Has collateral come to it by redistribution? Only then are its figures brought up to date. */
  private behind(id: number): boolean {
    return (this.troves[id] as ReferenceTrove).l_coll < this.l_coll
  }

  /** The same as the trove's own figures take it in: only when collateral has come, however little. */
  standing(id: number): { coll: bigint; debt: bigint } {
    const t = this.troves[id] as ReferenceTrove
    return this.behind(id) ? this.entire(id) : { coll: t.coll, debt: t.debt }
  }

  icr(id: number): bigint {
    const { coll, debt } = this.entire(id)
    return ratio(coll, debt, this.price)
  }

  private nominal(id: number): bigint {
    const { coll, debt } = this.entire(id)
    return nominalRatio(coll, debt)
  }

  /** Sorts a trove in: the first place from the top where its neighbours allow it. */
  private insert(id: number, own: bigint): void {
    const { order } = this
    demand(own > 0n, 'ratio is zero')
    const fits = (at: number): boolean => {
      const [above, below] = [order[at - 1], order[at]]
      return (above === undefined || this.nominal(above) >= own) && (below === undefined || own >= this.nominal(below))
    }
    let at = 0
    while (at < order.length && !fits(at)) at++
    order.splice(at, 0, id)
  }

  private remove(id: number): void {
    this.order = this.order.filter((other) => other !== id)
  }

  /** Takes redistributions into the trove's own figures. */
  private apply(id: number): void {
    const t = this.troves[id] as ReferenceTrove
    if (!this.behind(id)) return
    const whole = this.entire(id)
    this.movePending([id])
    Object.assign(t, whole, { l_coll: this.l_coll, l_debt: this.l_debt })
  }

  /** Sets a trove's figures and its stake anew, and sorts it in again. */
  private put(id: number, coll: bigint, debt: bigint): void {
    const t = this.troves[id] as ReferenceTrove
    this.remove(id)
    this.stakes -= t.stake
    t.coll = coll
    t.debt = debt
    t.stake = this.coll_snapshot === 0n ? coll : (coll * this.stakes_snapshot) / this.coll_snapshot
    this.stakes += t.stake
    this.insert(id, nominalRatio(coll, debt))
  }

  /** A trove with this collateral and debt, gas compensation and fee included. */
  add(coll: bigint, debt: bigint): number {
    const id = this.troves.push({ ...NOTHING, l_coll: this.l_coll, l_debt: this.l_debt, open: true }) - 1
    this.coll += coll
    this.debt += debt
    this.put(id, coll, debt)
    return id
  }

  /** Opens a trove that draws `amount`; the fee and the gas compensation are owed too. */
  open(coll: bigint, amount: bigint): { id: number; fee: bigint } {
    const recovery = this.tcr < CCR
    demand(recovery || amount > 0n, 'division by zero')
    const fee = recovery ? 0n : this.borrowFee(amount)
    demand(amount + fee >= this.terms.min_net_debt, 'net debt too small')
    const debt = amount + fee + this.terms.gas_compensation
    const icr = ratio(coll, debt, this.price)
    if (recovery) demand(icr >= CCR, 'ICR below CCR')
    else {
      demand(icr >= MCR, 'ICR below MCR')
      demand(ratio(this.coll + coll, this.debt + debt, this.price) >= CCR, 'TCR below CCR')
      this.decay()
    }
    return { id: this.add(coll, debt), fee }
  }

  private close(id: number): void {
    const t = this.trove(id)
    demand(this.order.length > 1, 'only one trove')
    this.stakes -= t.stake
    Object.assign(t, NOTHING, { open: false })
    this.remove(id)
  }

  /**
   * Adds or removes collateral, draws or repays debt; returns the borrowing fee.
   * @param funds what the owner has to repay from
   */
  adjust(id: number, coll_change: bigint, debt_change: bigint, funds = MAX): bigint {
    demand(coll_change !== 0n || debt_change !== 0n, 'no change')
    this.trove(id)
    if (this.behind(id)) this.due([id])
    const { coll, debt } = this.standing(id)
    const recovery = this.tcr < CCR
    const draws = debt_change > 0n
    const fee = draws && !recovery ? this.borrowFee(debt_change) : 0n
    const [after_coll, after_debt] = [coll + coll_change, debt + debt_change + fee]
    demand(after_coll >= 0n && after_debt >= 0n, 'underflow')
    const after = ratio(after_coll, after_debt, this.price)
    if (recovery) {
      demand(coll_change >= 0n, 'no withdrawal in recovery mode')
      demand(!draws || after >= CCR, 'ICR below CCR')
      demand(!draws || after >= ratio(coll, debt, this.price), 'ICR falls')
    } else {
      demand(after >= MCR, 'ICR below MCR')
      demand(ratio(this.coll + coll_change, this.debt + debt_change + fee, this.price) >= CCR, 'TCR below CCR')
    }
    if (debt_change < 0n) {
      demand(after_debt >= this.terms.gas_compensation, 'underflow')
      demand(after_debt >= this.terms.gas_compensation + this.terms.min_net_debt, 'net debt too small')
      demand(-debt_change <= funds, 'funds')
    }
    demand(nominalRatio(after_coll, after_debt) > 0n, 'ratio is zero')
    if (draws && !recovery) this.decay()
    this.apply(id)
    this.coll += coll_change
    this.debt += debt_change + fee
    this.put(id, after_coll, after_debt)
    return fee
  }

  /** The owner pays all but the gas compensation and gets the collateral back. */
  closeTrove(id: number, funds = MAX): { paid: bigint; coll: bigint } {
    this.trove(id)
    demand(this.tcr >= CCR, 'no closing in recovery mode')
    if (this.behind(id)) this.due([id])
    const { coll, debt } = this.standing(id)
    const paid = debt - this.terms.gas_compensation
    demand(paid <= funds, 'funds')
    demand(ratio(this.coll - coll, this.debt - debt, this.price) >= CCR, 'TCR below CCR')
    this.apply(id)
    this.close(id)
    this.coll -= coll
    this.debt -= debt
    return { paid, coll }
  }

  liquidate(id: number): ReferenceSplit {
    this.trove(id)
    return (liquidateListed(this, [id])[0] as Liquidated).parts
  }

  liquidateListed(ids: readonly number[]): readonly Liquidated[] {
    return liquidateListed(this, ids)
  }

  liquidateLowest(count: number): readonly Liquidated[] {
    return liquidateLowest(this, count)
  }

  /** The end of a liquidation: the pool takes its part, the others theirs, all at once. */
  settle(done: readonly Liquidated[]): void {
    const sum = (of: (parts: ReferenceSplit) => bigint) => done.reduce((total, { parts }) => total + of(parts), 0n)
    const out = sum((parts) => parts.debt_out)
    const gone = new Set(done.map(({ id }) => id))
    const left = this.order.reduce((total, id) => total + (gone.has(id) ? 0n : (this.troves[id] as ReferenceTrove).stake), 0n)
    this.due(done.map(({ id }) => id))
    demand(out === 0n || left > 0n, 'division by zero')
    this.movePending(done.map(({ id }) => id))
    for (const { id } of done) this.close(id)
    const to_pool = sum((parts) => parts.to_pool)
    const offset = sum((parts) => parts.offset)
    this.pool.offset(offset, to_pool)
    this.redistribute(
      out,
      sum((parts) => parts.coll_out),
    )
    this.coll -= to_pool + sum((parts) => parts.gas + parts.surplus)
    this.debt -= offset
    this.stakes_snapshot = this.stakes
    this.coll_snapshot = this.coll
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
    this.default_coll += coll
    this.default_debt += debt
  }

  /** Base rate after its decay since the last fee. */
  decayed(): bigint {
    return (this.base_rate * decPow(MINUTE_DECAY, (this.now - this.fee_at) / 60n)) / WAD
  }

  touchFee(): void {
    if (this.now - this.fee_at >= 60n) this.fee_at = this.now
  }

  private decay(): void {
    this.base_rate = this.decayed()
    this.touchFee()
  }

  borrowFee(amount: bigint): bigint {
    return (borrowRate(this.decayed()) * amount) / WAD
  }

  /** Redeems against the troves with the lowest ratio of at least MCR; what was redeemed, drawn and kept as fee. */
  redeem(amount: bigint, options: RedemptionOptions = {}): Redeemed {
    return redeem(this, amount, options)
  }

  /** The end of a redemption; what is left in closed troves. @param untouched one that was looked at last and left alone */
  settleRedemption(
    lots: readonly { readonly id: number; readonly lot: bigint; readonly taken: bigint; readonly whole: boolean }[],
    untouched: number | undefined,
  ): { id: number; left: bigint }[] {
    const closed: { id: number; left: bigint }[] = []
    const looked_at = [...lots.map(({ id }) => id), ...(untouched === undefined ? [] : [untouched])]
    this.due(looked_at.filter((id) => this.behind(id)))
    for (const { id, lot, taken, whole } of lots) {
      this.apply(id)
      const { coll, debt } = this.troves[id] as ReferenceTrove
      if (whole) {
        this.close(id)
        closed.push({ id, left: coll - taken })
      } else this.put(id, coll - taken, debt - lot)
      this.coll -= whole ? coll : taken
      this.debt -= whole ? debt : lot
    }
    if (untouched !== undefined) this.apply(untouched)
    return closed
  }

  /** Deposits into the stability pool, gains paid out. */
  provide(who: string, amount: bigint, funds = MAX): { gain: bigint; moved: bigint } {
    demand(amount > 0n, 'amount is zero')
    demand(amount <= funds, 'funds')
    return this.pool.change(who, amount)
  }

  /** Takes up to so much out of the pool, gains paid out; nothing but gains while the lowest trove is below the least ratio. */
  takeOut(who: string, amount: bigint): { gain: bigint; moved: bigint } {
    const lowest = this.order.at(-1)
    demand(amount === 0n || lowest === undefined || this.icr(lowest) >= MCR, 'a trove below MCR')
    demand(this.pool.has(who), 'no deposit')
    return this.pool.change(who, -amount)
  }

  /** Moves a depositor's gains into a trove. */
  gainToTrove(who: string, id: number): bigint {
    demand(this.pool.has(who), 'no deposit')
    demand(this.troves[id]?.open === true, 'trove is closed')
    const gain = this.pool.gain(who)
    demand(gain > 0n, 'no gain')
    this.adjust(id, gain, 0n)
    this.pool.change(who, 0n)
    return gain
  }
}
