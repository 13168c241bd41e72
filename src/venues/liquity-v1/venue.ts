/** The book of troves as a venue. */
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
import { troveHealth } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { offer, start } from './liquidation.ts'
import { leave, provide, sellGains } from './pool.ts'
import { type Answer, type Decision, step } from './price-feed.ts'
import { offer as offerRedemption, redeem } from './redemption.ts'
import type { LiquityV1Spec } from './snapshot.ts'
import { at, collOf, debtOf, isOpen, openState, PRICE, priceOf, type State, sync } from './state.ts'
import { borrow, deposit, repay, withdraw } from './troves.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, start }

export class LiquityV1 extends AccountVenue implements Venue, Margined, Lawful {
  readonly state: State
  private readonly first: Answer = { price: Number.NaN, broken: true, frozen: false }
  private readonly second: Answer = { price: Number.NaN, broken: true, frozen: false }
  private readonly decision: Decision = { state: 0, price: 0 }

  constructor(spec: LiquityV1Spec, builder: WorldBuilder) {
    const state = openState(spec, builder)
    super(state)
    this.state = state
  }

  /** What the feed believes; when that is nothing, the last good price stays, and everything goes on at it. */
  price(time_ms: number, view: View): void {
    const { state, decision, first } = this
    const { now_ms, feed } = state.system.columns
    now_ms.data[0] = time_ms
    if (state.oracles.length > 1) {
      this.ask(1, time_ms, view)
      this.ask(0, time_ms, view)
      decision.state = at(feed)
      step(first, at(state.answers.columns.before), this.second, decision)
      feed.data[0] = decision.state
    } else {
      this.ask(0, time_ms, view)
      decision.price = first.broken ? Number.NaN : first.price
    }
    if (!(decision.price > 0)) return
    // The scratch holds the answer of the first oracle.
    if (decision.price !== first.price) (state.oracles[1] as Oracle).read(time_ms, view, state.scratch)
    state.feeds.write(state.feed, state.scratch)
    if (decision.price === priceOf(state)) return
    state.book.prices.data[PRICE] = decision.price
    sync(state)
  }

  /** Reads an oracle into its answer; one there is none of is broken. */
  private ask(k: 0 | 1, time_ms: number, view: View): void {
    const { oracles, faults, scratch, answers, spec } = this.state
    const answer = k === 0 ? this.first : this.second
    const oracle = oracles[k]
    const { last, before, halted_ms } = answers.columns
    answer.broken = true
    answer.frozen = false
    answer.price = Number.NaN
    if (oracle === undefined) return
    oracle.read(time_ms, view, scratch)
    const halted = view.halted(faults[k] as string)
    if (!halted) halted_ms.data[k] = -1
    else if (at(halted_ms, k) < 0) halted_ms.data[k] = time_ms
    answer.frozen = halted && time_ms - at(halted_ms, k) > spec.frozen_after_ms
    answer.price = scratch.price
    answer.broken = !(scratch.price > 0 && scratch.price < Number.POSITIVE_INFINITY)
    if (answer.broken || scratch.price === at(last, k)) return
    before.data[k] = at(last, k)
    last.data[k] = scratch.price
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
    const { coll, debt, pool } = state.system.columns
    const { mcr, ccr } = state.terms
    const price = prices[PRICE] as number
    return troveHealth(collOf(state, row), debtOf(state, row), price, at(coll), at(debt), at(pool), mcr, ccr)
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
  override fund_usd(): number {
    return at(this.state.system.columns.pool)
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }
}
