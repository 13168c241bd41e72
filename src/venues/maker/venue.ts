/** The vault book as a venue. */
import {
  type Action,
  type Actions,
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
import { AccountVenue, perform, type Steps } from '../shared/account-venue.ts'
import { offer, redo, start, take } from './auctions.ts'
import { shortfall, vaultHealth } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import type { MakerSpec } from './snapshot.ts'
import { debtOf, type Ilk, ilkOf, openState, type PriceFeed, priceOf, type State } from './state.ts'
import { borrow, deposit, repay, withdraw } from './vaults.ts'
import { drip, equity, flog, heal } from './vow.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, start }

export class Maker extends AccountVenue implements Venue, Margined, Lawful {
  readonly state: State

  constructor(spec: MakerSpec, builder: WorldBuilder) {
    const state = openState(spec, builder)
    super(state)
    this.state = state
  }

  price(time_ms: number, view: View): void {
    const { state } = this
    const { scratch } = state
    state.system.columns.now_ms.data[0] = time_ms
    for (let k = 0; k < state.prices.length; k++) {
      const { oracle, feed } = state.prices[k] as PriceFeed
      oracle.read(time_ms, view, scratch)
      const valid = scratch.price > 0 && scratch.price < Number.POSITIVE_INFINITY
      state.priced.columns.has.data[k] = valid ? 1 : 0
      if (!valid) continue
      state.feeds.write(feed, scratch)
      state.book.prices.data[k] = scratch.price
    }
  }

  accrue(time_ms: number): void {
    drip(this.state, time_ms)
    flog(this.state)
    heal(this.state)
  }

  /** The book never acts by itself: keepers start, restart and buy. */
  act(_view: View, _out: Actions, offers: Offers): void {
    const { count, rows } = this.below()
    offer(this.state, rows, count, offers.list)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i] as Action
    const { kind, account, actor } = action
    if (actor < 0 || !(action.amount >= 0)) return refused('unknown')
    if (kind === 'bid') return take(this.state, action, log)
    if (kind === 'start' && account < 0) return redo(this.state, action, log)
    if (!(account >= 0 && account < this.rows)) return refused('unknown')
    return perform(STEPS, this.state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    const { ink, art } = this.state.vaults.columns
    const { mat, feed, debt_slot } = ilkOf(this.state, row)
    return vaultHealth(ink.data[row] as number, art.data[row] as number, mat, prices[feed] as number, prices[debt_slot] as number)
  }

  statement(row: number, out: Statement): void {
    const { state } = this
    const ilk = ilkOf(state, row)
    const { feed } = state.prices[ilk.feed] as PriceFeed
    out.add(1, ilk.feed, feed, ilk.asset, -1, state.vaults.columns.ink.data[row] as number, 1 / ilk.mat, priceOf(state, ilk))
    const debt = debtOf(state, row)
    if (debt > 0) out.add(-1, ilk.debt_slot, state.dai_feed, state.dai, -1, debt, 1, 1)
  }

  /** Vaults, and auctions still running: debt without penalty beyond the collateral's value at the oracle price. */
  shortfall_usd(): number {
    const { state } = this
    const price = Float64Array.from(state.ilks_of, (ilk) => priceOf(state, ilk))
    const { ink, art } = state.vaults.columns
    let sum = shortfall(ink.data, art.data, state.ilk_of, price, state.ilks.columns.rate.data)
    const a = state.auctions.columns
    for (let id = state.system.columns.first.data[0] as number; id >= 0; id = a.next.data[id] as number) {
      const ilk = state.ilks_of[a.ilk.data[id] as number] as Ilk
      sum += Math.max(0, (a.due.data[id] as number) - (a.lot.data[id] as number) * priceOf(state, ilk))
    }
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
