/**
 * Calls that touch many troves, in exact integers: liquidation of a list or of the lowest, and redemption. What a call does to the pool and
 * to all other troves it does once, at its end, so that no trove in it feels the ones before.
 */
import { CCR, demand, MCR, min, type ReferenceSplit, ratio, redemptionRate, split } from './reference-math.ts'
import { WAD } from './reference-pool.ts'
import type { ReferenceLiquity } from './reference.ts'

const BETA = 2n

/** A trove that was taken apart: what it held and owed, and where that went. */
export interface Liquidated {
  readonly id: number
  readonly coll: bigint
  readonly debt: bigint
  readonly parts: ReferenceSplit
}

/** What a call in progress knows. */
class Progress {
  readonly done: Liquidated[] = []
  private readonly m: ReferenceLiquity
  private readonly listed: boolean
  private readonly recovery: boolean
  private pool: bigint
  private coll: bigint
  private debt: bigint

  constructor(m: ReferenceLiquity, listed: boolean) {
    this.m = m
    this.listed = listed
    this.recovery = m.tcr < CCR
    this.pool = m.pool.total
    this.coll = m.coll
    this.debt = m.debt
  }

  /** Is the system still in recovery mode, for what this call has taken? */
  private get below(): boolean {
    return this.recovery && ratio(this.coll, this.debt, this.m.price) < CCR
  }

  /** Nobody above the least ratio can go. */
  stops(icr: bigint): boolean {
    return icr >= MCR && (!this.below || this.pool === 0n)
  }

  take(id: number): void {
    const { m } = this
    const { coll, debt } = m.entire(id)
    const tcr = this.below ? ratio(this.coll, this.debt, m.price) : CCR
    const parts = split(coll, debt, m.price, tcr, this.pool)
    if (parts === undefined) return
    const last = m.order.length - this.done.length <= 1
    if (last && this.below) return
    demand(!last, 'only one trove')
    this.done.push({ id, coll, debt, parts })
    this.pool -= parts.offset
    if (!this.below) return
    this.debt -= parts.offset
    this.coll -= m.terms.leaves(parts, this.listed)
  }

  finish(): readonly Liquidated[] {
    demand(this.done.length > 0, 'nothing to liquidate')
    this.m.settle(this.done)
    return this.done
  }
}

/** Troves that the caller names; closed ones and those that may not be liquidated are passed over. */
export function liquidateListed(m: ReferenceLiquity, ids: readonly number[]): readonly Liquidated[] {
  demand(ids.length > 0, 'no troves')
  const progress = new Progress(m, true)
  const seen = new Set<number>()
  for (const id of ids) {
    if (seen.has(id) || m.troves[id]?.open !== true || progress.stops(m.icr(id))) continue
    const before = progress.done.length
    progress.take(id)
    if (progress.done.length > before) seen.add(id)
  }
  return progress.finish()
}

/** So many from the lowest up, until one may not be liquidated; in recovery mode the highest of all stays. */
export function liquidateLowest(m: ReferenceLiquity, count: number): readonly Liquidated[] {
  const progress = new Progress(m, false)
  const recovery = m.tcr < CCR
  const up = [...m.order].reverse()
  for (const id of recovery ? up.slice(0, -1) : up) {
    if (count-- <= 0 || progress.stops(m.icr(id))) break
    progress.take(id)
  }
  return progress.finish()
}

export interface Redeemed {
  readonly redeemed: bigint
  readonly drawn: bigint
  readonly fee: bigint
  /** Troves without net debt: closed, with collateral left for their owners. */
  readonly closed: readonly { readonly id: number; readonly left: bigint }[]
}

export interface RedemptionOptions {
  /** What the caller has. */
  readonly funds?: bigint
  /** Most troves to look at. */
  readonly most?: number
  /** The caller's hint for the trove that is redeemed in part is out of date. */
  readonly stale?: boolean
}

/** The troves a redemption reaches, from the lowest ratio of at least the least up; what is left over, and who was looked at in vain. */
export function lots(m: ReferenceLiquity, amount: bigint, { most = Number.POSITIVE_INFINITY, stale = false }: RedemptionOptions) {
  const { gas_compensation, min_net_debt } = m.terms
  const up = [...m.order].reverse()
  const from = up.findIndex((id) => m.icr(id) >= MCR)
  const out: { id: number; lot: bigint; taken: bigint; whole: boolean }[] = []
  let left = amount
  let untouched: number | undefined
  for (const id of from < 0 ? [] : up.slice(from)) {
    if (left === 0n || out.length >= most) break
    const net = m.standing(id).debt - gas_compensation
    const lot = min(left, net)
    const whole = lot === net
    if (!whole && (stale || net - lot < min_net_debt)) {
      untouched = id
      break
    }
    out.push({ id, lot, taken: (lot * WAD) / m.price, whole })
    left -= lot
  }
  return { out, left, untouched }
}

/** Redeems against the troves with the lowest ratio of at least MCR. */
export function redeem(m: ReferenceLiquity, amount: bigint, options: RedemptionOptions = {}): Redeemed {
  demand(m.tcr >= MCR, 'TCR below MCR')
  demand(amount > 0n, 'amount is zero')
  demand(options.funds === undefined || amount <= options.funds, 'funds')
  const supply = m.debt
  const { out, left, untouched } = lots(m, amount, options)
  demand(out.filter(({ whole }) => whole).length < m.order.length, 'only one trove')
  const drawn = out.reduce((sum, { taken }) => sum + taken, 0n)
  demand(drawn > 0n, 'nothing redeemed')
  const base_rate = min(WAD, m.decayed() + (drawn * m.price) / supply / BETA)
  demand(base_rate > 0n, 'assert')
  const fee = (redemptionRate(base_rate) * drawn) / WAD
  demand(fee < drawn, 'fee eats it all')
  const closed = m.settleRedemption(out, untouched)
  m.base_rate = base_rate
  m.touchFee()
  return { redeemed: amount - left, drawn, fee, closed }
}
