/** The book of troves as a venue. */
import { RowList } from '../../margin/index.ts'
import {
  type Action,
  type Actions,
  type Fill,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  type Result,
  refused,
  type Statement,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { troveHealth } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { offer, start } from './liquidation.ts'
import { leave, provide, sellGains } from './pool.ts'
import { offer as offerRedemption, redeem } from './redemption.ts'
import type { LiquityV1Spec } from './snapshot.ts'
import { at, collOf, debtOf, isOpen, openState, PRICE, priceOf, type State, sync } from './state.ts'
import { borrow, deposit, repay, withdraw } from './troves.ts'

export class LiquityV1 implements Venue, Margined, Lawful {
  readonly rows: number
  readonly outside = -1
  readonly state: State
  private readonly low = new RowList()
  private readonly found: { count: number; rows: Int32Array } = { count: 0, rows: new Int32Array(0) }

  constructor(spec: LiquityV1Spec, builder: WorldBuilder) {
    this.state = openState(spec, builder)
    this.rows = this.state.owner.length
  }

  get prices(): Float64Array {
    return this.state.book.prices.data
  }

  /** The first oracle with a valid answer; without one the last good price stays, and everything goes on at it. */
  price(time_ms: number, view: View): void {
    const { state } = this
    const { scratch, oracles } = state
    state.system.columns.now_ms.data[0] = time_ms
    for (const oracle of oracles) {
      oracle.read(time_ms, view, scratch)
      if (!(scratch.price > 0 && scratch.price < Number.POSITIVE_INFINITY)) continue
      state.feeds.write(state.feed, scratch)
      if (scratch.price === priceOf(state)) return
      state.book.prices.data[PRICE] = scratch.price
      sync(state)
      return
    }
  }

  /** Nothing grows here by itself. */
  accrue(_time_ms: number): void {}

  act(_view: View, out: Actions, offers: Offers): void {
    const { count, rows } = this.below()
    offer(this.state, rows, count, offers.list)
    offerRedemption(this.state, offers.list)
    sellGains(this.state, out)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i] as Action
    const { kind, account, actor } = action
    const { state } = this
    if (actor < 0 || !(action.amount >= 0)) return refused('unknown')
    if (kind === 'redeem') return redeem(state, action, log)
    if (!(Number.isInteger(account) && account >= 0 && account < this.rows)) return refused('unknown')
    if (account >= state.troves_count) {
      const d = account - state.troves_count
      if (kind === 'deposit') return provide(state, d, action, log)
      return kind === 'withdraw' ? leave(state, d, action, log) : refused('unknown')
    }
    switch (kind) {
      case 'deposit':
        return deposit(state, action, log)
      case 'withdraw':
        return withdraw(state, action, log)
      case 'borrow':
        return borrow(state, action, log)
      case 'repay':
        return repay(state, action, log)
      case 'start':
        return start(state, action, log)
      default:
        return refused('unknown')
    }
  }

  /** No contract settles here. */
  settle(_fill: Fill, _leg: number, _log: Log): void {}

  health(row: number, prices: Float64Array): number {
    const { state } = this
    if (row >= state.troves_count) return Number.POSITIVE_INFINITY
    const { coll, debt, pool } = state.system.columns
    const { mcr, ccr } = state.terms
    const price = prices[PRICE] as number
    return troveHealth(collOf(state, row), debtOf(state, row), price, at(coll), at(debt), at(pool), mcr, ccr)
  }

  owner(row: number): number {
    return this.state.owner[row] as number
  }

  level(row: number): number {
    return at(this.state.book.level, row)
  }

  watch(row: number, level: number): void {
    this.state.book.set_level(row, level)
  }

  below(): { readonly count: number; readonly rows: Int32Array } {
    this.found.count = this.state.book.scan(this.low)
    this.found.rows = this.low.data
    return this.found
  }

  /** The weight of the collateral is 1 over the ratio that the trove must have now: the system's own in recovery mode. */
  statement(row: number, out: Statement): void {
    const { state } = this
    if (row >= state.troves_count || !isOpen(state, row)) return
    const coll = collOf(state, row)
    const debt = debtOf(state, row)
    const price = priceOf(state)
    const weight = coll > 0 ? (this.health(row, this.prices) * debt) / (coll * price) : 1 / state.terms.mcr
    out.add(1, PRICE, state.feed, state.asset, -1, coll, weight, price)
    out.add(-1, state.book.cash, state.lusd_feed, state.lusd, -1, debt, 1, 1)
  }

  shortfall_usd(): number {
    const { state } = this
    const price = priceOf(state)
    let sum = 0
    for (let row = 0; row < state.troves_count; row++)
      if (isOpen(state, row)) sum += Math.max(0, debtOf(state, row) - collOf(state, row) * price)
    return sum
  }

  /** LUSD of the stability pool: the depositors' money, and the first to bear a loss. */
  fund_usd(): number {
    return at(this.state.system.columns.pool)
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }
}
