/** BOLD's branches as a venue. */
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
} from '../../model/index.ts'
import { known } from '../shared/custody.ts'
import { AccountVenue, perform, type Steps } from '../shared/account-venue.ts'
import { classGrowth, interestOf, RATES, ratioOf } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { offer, start } from './liquidation.ts'
import { leave, mintInterest, provide, sellGains } from './pool.ts'
import { offer as offerRedemption, redeem } from './redemption.ts'
import type { LiquityV2Spec } from './snapshot.ts'
import {
  accruedOf,
  at,
  branchOf,
  CLOSED,
  collOf,
  debtOf,
  openState,
  priceOf,
  type State,
  specOf,
  statusOf,
  tcrOf,
} from './state.ts'
import { borrow, deposit, repay, withdraw } from './troves.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, start }

export class LiquityV2 extends AccountVenue implements Venue, Margined, Lawful {
  readonly state: State

  constructor(spec: LiquityV2Spec, builder: WorldBuilder) {
    const state = openState(spec, builder)
    super(state)
    this.state = state
  }

  /** Without an answer, or with one that is too old, a branch is shut down, and its price stays the last good one, or follows the fallback below it. */
  price(time_ms: number, view: View): void {
    const { state } = this
    state.system.columns.now_ms.data[0] = time_ms
    for (let b = 0; b < state.count; b++) {
      const { first, fallback } = state.oracles[b] as State['oracles'][number]
      const failed = at(state.branches.columns.failed, b) === 1
      const stale = this.stale(b, time_ms, view)
      if (!failed && !stale && this.read(b, first, Number.POSITIVE_INFINITY, time_ms, view)) continue
      if (!failed) {
        state.branches.columns.failed.data[b] = 1
        this.shut(b)
      }
      if (fallback !== undefined) this.read(b, fallback, priceOf(state, b), time_ms, view)
    }
  }

  /** Has the oracle stood still for longer than its answer counts? */
  private stale(b: number, time_ms: number, view: View): boolean {
    const { state } = this
    const { halted_ms } = state.branches.columns
    const halted = view.halted(state.oracles[b]?.fault as string)
    if (!halted) halted_ms.data[b] = -1
    else if (at(halted_ms, b) < 0) halted_ms.data[b] = time_ms
    return halted && time_ms - at(halted_ms, b) > specOf(state, b).stale_after_ms
  }

  /** Takes an oracle's answer if it is one, but none above `most`. */
  private read(b: number, oracle: Oracle, most: number, time_ms: number, view: View): boolean {
    const { state } = this
    const { scratch } = state
    oracle.read(time_ms, view, scratch)
    if (!(scratch.price > 0 && scratch.price < Number.POSITIVE_INFINITY)) return false
    if (scratch.price > most) return true
    state.feeds.write(state.feed[b] as number, scratch)
    state.book.prices.data[b] = scratch.price
    return true
  }

  /** For good: interest stops now. */
  private shut(b: number): void {
    const { shut, shut_ms } = this.state.branches.columns
    if (at(shut, b) === 1) return
    shut.data[b] = 1
    shut_ms.data[b] = at(this.state.system.columns.accrued_ms)
  }

  /** Interest, for depositors and `outside`; then branches below their shutdown ratio are shut, as anybody may at any time. */
  accrue(time_ms: number): void {
    const { state } = this
    const { accrued_ms } = state.system.columns
    const { debt, weighted, shut } = state.branches.columns
    const elapsed = time_ms - at(accrued_ms)
    if (elapsed > 0) {
      accrued_ms.data[0] = time_ms
      for (let b = 0; b < state.count; b++) {
        if (at(shut, b) === 1) continue
        const interest = interestOf(at(weighted, b), 1, elapsed)
        debt.data[b] = at(debt, b) + interest
        mintInterest(state, b, interest)
      }
      for (let k = 0; k < RATES.length; k++) state.book.prices.data[state.count + k] = classGrowth(k, time_ms - state.start_ms)
    }
    for (let b = 0; b < state.count; b++) if (at(debt, b) > 0 && tcrOf(state, b) < specOf(state, b).shutdown_ratio) this.shut(b)
  }

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
    if (!known(this, account)) return refused('unknown')
    if (account >= state.troves_count) {
      const d = account - state.troves_count
      if (kind === 'deposit') return provide(state, d, action, log)
      return kind === 'withdraw' ? leave(state, d, action, log) : refused('unknown')
    }
    return perform(STEPS, state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    const { state } = this
    if (row >= state.troves_count) return Number.POSITIVE_INFINITY
    const b = branchOf(state, row)
    return ratioOf(collOf(state, row), debtOf(state, row), prices[b] as number) / specOf(state, b).minimum_ratio
  }

  statement(row: number, out: Statement): void {
    const { state } = this
    if (row >= state.troves_count || statusOf(state, row) === CLOSED) return
    const b = branchOf(state, row)
    const weight = 1 / specOf(state, b).minimum_ratio
    out.add(1, b, state.feed[b] as number, state.asset[b] as number, -1, collOf(state, row), weight, priceOf(state, b))
    const debt = debtOf(state, row)
    if (debt > 0) out.add(-1, state.book.cash, state.bold_feed, state.bold, -1, debt, 1, 1)
    out.rate_loss = accruedOf(state, row)
  }

  shortfall_usd(): number {
    const { state } = this
    let sum = 0
    for (let row = 0; row < state.troves_count; row++)
      if (statusOf(state, row) !== CLOSED)
        sum += Math.max(0, debtOf(state, row) - collOf(state, row) * priceOf(state, branchOf(state, row)))
    return sum
  }

  /** BOLD of the stability pools: the depositors' money, and the first to bear a loss. */
  override fund_usd(): number {
    let sum = 0
    for (let b = 0; b < this.state.count; b++) sum += at(this.state.branches.columns.pool, b)
    return sum
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }
}
