/** The vault book of 2020 as a venue. */
import {
  type Action,
  type Actions,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  OUTSIDE,
  type Result,
  refused,
  type Statement,
  succeeded,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { AccountVenue } from '../shared/account-venue.ts'
import { bid, bite, settle, typeOf, uncovered } from './flip.ts'
import { shortfall, vaultHealth } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { chores, offer } from './offers.ts'
import type { Maker2020Spec } from './snapshot.ts'
import { at, debtOf, each, ilkOf, openState, type PriceFeed, priceOf, type State } from './state.ts'
import { change } from './vaults.ts'
import { drip, equity, flog, heal } from './vow.ts'

export class Maker2020 extends AccountVenue implements Venue, Margined, Lawful {
  readonly state: State

  constructor(spec: Maker2020Spec, builder: WorldBuilder) {
    const state = openState(spec, builder)
    super(state)
    this.state = state
  }

  price(time_ms: number, view: View): void {
    const { scratch, prices, system, priced, feeds, book } = this.state
    system.columns.now_ms.data[0] = time_ms
    for (let k = 0; k < prices.length; k++) {
      const { oracle, feed } = prices[k] as PriceFeed
      oracle.read(time_ms, view, scratch)
      const valid = scratch.price > 0 && scratch.price < Number.POSITIVE_INFINITY
      priced.columns.has.data[k] = valid ? 1 : 0
      if (!valid) continue
      feeds.write(feed, scratch)
      book.prices.data[k] = scratch.price
    }
  }

  accrue(time_ms: number): void {
    this.state.system.columns.chores.data[0] = 0
    drip(this.state, time_ms)
    flog(this.state)
    heal(this.state)
  }

  act(_view: View, out: Actions, offers: Offers): void {
    const { count, rows } = this.below()
    offer(this.state, rows, count, offers.list)
    chores(this.state, rows, count, out)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i] as Action
    const { kind, account, actor } = action
    if (actor < 0 || !(action.amount >= 0)) return refused('unknown')
    if (kind === 'bid') return bid(this.state, action, log)
    if (kind === 'start') return this.start(action, log)
    if (!(account >= 0 && account < this.rows)) return refused('unknown')
    if (kind === 'deposit' || kind === 'withdraw' || kind === 'borrow' || kind === 'repay')
      return change(this.state, kind, action, log)
    return refused('unknown')
  }

  private start(action: Action, log: Log): Result {
    if (action.account >= this.rows) return refused('unknown')
    const result = action.account < 0 ? settle(this.state, action, log) : bite(this.state, action, log)
    if (succeeded(result) && action.actor === OUTSIDE) this.state.system.columns.chores.add(0, 1)
    return result
  }

  health(row: number, prices: Float64Array): number {
    const { ink, art } = this.state.vaults.columns
    const { mat, feed, debt_slot } = ilkOf(this.state, row)
    return vaultHealth(at(ink, row), at(art, row), mat, prices[feed] as number, prices[debt_slot] as number)
  }

  statement(row: number, out: Statement): void {
    const { state } = this
    const ilk = ilkOf(state, row)
    const { feed } = state.prices[ilk.feed] as PriceFeed
    out.add(1, ilk.feed, feed, ilk.asset, -1, at(state.vaults.columns.ink, row), 1 / ilk.mat, priceOf(state, ilk))
    const debt = debtOf(state, row)
    if (debt > 0) out.add(-1, ilk.debt_slot, state.dai_feed, state.dai, -1, debt, 1, 1)
  }

  /**
   * Vaults: debt beyond the collateral's value at the oracle price. Auctions that may still be bid in: debt without penalty beyond both
   * the leading bid and that value.
   */
  shortfall_usd(): number {
    const { state } = this
    const price = Float64Array.from(state.ilks_of, (ilk) => priceOf(state, ilk))
    const { ink, art } = state.vaults.columns
    let sum = shortfall(ink.data, art.data, state.ilk_of, price, state.ilks.columns.rate.data)
    const { due, lot } = state.auctions.columns
    each(state, (id) => {
      sum += Math.max(0, Math.min(uncovered(state, id), at(due, id) - at(lot, id) * priceOf(state, typeOf(state, id))))
    })
    return sum
  }

  /** Surplus buffer: what the vow has beyond its debt, debt at auction counted as recoverable. */
  override fund_usd(): number {
    return Math.max(0, equity(this.state))
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }
}
