/** The cluster of vaults as a venue. */
import {
  type Action,
  type Actions,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  type Oracle,
  type Result,
  refused,
  type Statement,
  type Venue,
  type View,
  type WorldBuilder,
  type Pooled,
  type PoolState,
  utilisation,
} from '../../model/index.ts'
import { AccountVenue, perform, type Steps } from '../shared/account-venue.ts'
import { bound, health } from './accounts.ts'
import { borrow, deposit, repay, withdraw } from './actions.ts'
import { growth, rateAt } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { liquidate, offer, takeover } from './liquidation.ts'
import type { EulerV2Spec, VaultSpec } from './snapshot.ts'
import {
  at,
  debt_slot,
  debtOf,
  exchangeOf,
  openState,
  type State,
  share_slot,
  supplyOf,
  writeSlots,
  writeWeights,
} from './state.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, liquidate, takeover }

export class EulerV2 extends AccountVenue implements Venue, Margined, Pooled, Lawful {
  readonly state: State
  private readonly cash: Float64Array

  constructor(spec: EulerV2Spec, builder: WorldBuilder) {
    const state = openState(spec, builder, { health, bound })
    super(state)
    this.state = state
    this.cash = new Float64Array(this.state.count)
  }

  /** An answer of 0 is a price (collateral without value is given away); anything else that is no price blocks what needs one. */
  price(time_ms: number, view: View): void {
    const { state } = this
    const { scratch, feeds } = state
    const { price, stale, paused } = state.vaults.columns
    state.clock.columns.now_ms.data[0] = time_ms
    for (let v = 0; v < state.count; v++) {
      const own = state.specs[v] as VaultSpec
      ;(state.oracles[v] as Oracle).read(time_ms, view, scratch)
      const answers = scratch.price >= 0 && scratch.price < Number.POSITIVE_INFINITY
      stale.data[v] = answers ? 0 : 1
      paused.data[v] = own.paused || view.halted(`vault:${state.id}.${own.id}`) ? 1 : 0
      if (answers) {
        price.data[v] = scratch.price
        if (scratch.price > 0) feeds.write(state.feed[v] as number, scratch)
      }
      writeSlots(state, v)
    }
    writeWeights(state, time_ms)
  }

  /** Interest at the rate of the utilisation there was; the fee is shares of nobody listed. */
  accrue(time_ms: number): void {
    const { state } = this
    const { cash, supply, debt, accumulator } = state.vaults.columns
    const { accrued_ms } = state.clock.columns
    const seconds = (time_ms - at(accrued_ms)) / 1000
    if (!(seconds > 0)) return
    accrued_ms.data[0] = time_ms
    for (let v = 0; v < state.count; v++) {
      const before = at(debt, v) * at(accumulator, v)
      if (!(before > 0)) continue
      const own = state.specs[v] as VaultSpec
      const grown = growth(rateAt(own, before / (before + at(cash, v))), seconds)
      const fee = before * (grown - 1) * own.interest_fee
      accumulator.data[v] = at(accumulator, v) * grown
      const assets = at(cash, v) + before * grown
      supply.data[v] = (at(supply, v) * assets) / (assets - fee)
      writeSlots(state, v)
    }
  }

  act(_view: View, _out: Actions, offers: Offers): void {
    const { state, low, cash } = this
    if (state.book.scan(low) === 0) return
    cash.set(state.vaults.columns.cash.data.subarray(0, state.count))
    // The riskiest first: what cash the vaults have is offered for them.
    const rows = low.data.slice(0, low.length)
    const healths = new Map<number, number>()
    for (const row of rows) healths.set(row, health(state, row, this.prices))
    rows.sort((a, b) => (healths.get(a) as number) - (healths.get(b) as number) || a - b)
    for (const row of rows) offer(state, row, cash, offers.list)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i] as Action
    const { state } = this
    if (action.actor < 0 || !(action.amount >= 0)) return refused('unknown')
    return perform(STEPS, state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    return health(this.state, row, prices)
  }

  /** Supplies that count as collateral for what is owed, and the debt. */
  statement(row: number, out: Statement): void {
    const { state } = this
    const { head, vault } = state.accounts.columns
    const { price } = state.vaults.columns
    const u = at(vault, row)
    const c = state.supplies.columns
    for (let entry = at(head, row); u >= 0 && entry >= 0; entry = at(c.next, entry)) {
      const v = at(c.vault, entry)
      const weight = at(state.weights.columns.ltv, u * state.count + v)
      const units = at(c.shares, entry) * exchangeOf(state, v)
      if (weight > 0 && units > 0)
        out.add(1, share_slot(v), state.feed[v] as number, state.asset[v] as number, -1, units, weight, at(price, v))
    }
    if (u >= 0)
      out.add(-1, debt_slot(u), state.feed[u] as number, state.asset[u] as number, -1, debtOf(state, row), 1, at(price, u))
  }

  shortfall_usd(): number {
    const { state } = this
    const c = state.supplies.columns
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      const u = at(state.accounts.columns.vault, row)
      if (u < 0) continue
      let gap = debtOf(state, row) * at(state.vaults.columns.price, u)
      for (let entry = at(state.accounts.columns.head, row); entry >= 0; entry = at(c.next, entry)) {
        const v = at(c.vault, entry)
        if (state.recognised[u * state.count + v] === 1) gap -= at(c.shares, entry) * (this.prices[share_slot(v)] as number)
      }
      sum += Math.max(0, gap)
    }
    return sum
  }

  pool_state(row: number, asset: number, out: PoolState): boolean {
    const { state } = this
    const v = state.vault_of[asset] ?? -1
    if (v < 0) return false
    const { cash, debt, accumulator } = state.vaults.columns
    const entry = supplyOf(state, row, v)
    out.cash = at(cash, v)
    out.owed = at(debt, v) * at(accumulator, v)
    out.claim = entry < 0 ? 0 : at(state.supplies.columns.shares, entry) * exchangeOf(state, v)
    out.borrow_rate = rateAt(state.specs[v] as VaultSpec, utilisation(out))
    return true
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }
}
