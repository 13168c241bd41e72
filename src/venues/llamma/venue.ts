/** A market of loans against bands as a venue. */
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
import { type Limited, limited, YEAR_MS } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { borrow, collateral, repay } from './loans.ts'
import { openState } from './open.ts'
import type { LlammaSpec } from './snapshot.ts'
import { at, coverOf, debtOf, healthOf, type Position, positionOf, type State } from './state.ts'
import { liquidate, offer, trade } from './trades.ts'

const held: Position = { x: 0, y: 0 }
const seen: Limited = { price: 0, fee: 0 }

const STEPS: Steps<State> = { deposit: collateral, withdraw: collateral, borrow, repay, liquidate, start: liquidate }

export class Llamma extends AccountVenue implements Venue, Margined, Lawful {
  readonly state: State

  constructor(spec: LlammaSpec, builder: WorldBuilder) {
    const state = openState(spec, builder)
    super(state)
    this.state = state
  }

  price(time_ms: number, view: View): void {
    const { scratch, oracle, market, feeds, feed, book } = this.state
    const m = market.columns
    m.now_ms.data[0] = time_ms
    oracle.read(time_ms, view, scratch)
    const valid = scratch.price > 0 && scratch.price < Number.POSITIVE_INFINITY
    m.has.data[0] = valid ? 1 : 0
    if (!valid) return
    limited(scratch.price, at(m.old), at(m.old_fee), time_ms - at(m.written_ms), seen)
    if (seen.price !== scratch.price) scratch.rescale(seen.price)
    m.price.data[0] = seen.price
    m.fee.data[0] = seen.fee
    feeds.write(feed, scratch)
    book.prices.data[0] = seen.price
  }

  /** Interest raises every debt, and the prices of the bands with it. */
  accrue(time_ms: number): void {
    const { rate_mul, accrued_ms } = this.state.market.columns
    const dt_ms = time_ms - at(accrued_ms)
    if (!(dt_ms > 0)) return
    rate_mul.data[0] = at(rate_mul) * (1 + (this.state.rate * dt_ms) / YEAR_MS)
    accrued_ms.data[0] = time_ms
  }

  act(_view: View, _out: Actions, offers: Offers): void {
    const { count, rows } = this.below()
    offer(this.state, rows, count, offers.list)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i] as Action
    const { kind, account, actor } = action
    if (actor < 0 || !(action.amount >= 0)) return refused('unknown')
    if (kind === 'bid') return trade(this.state, action, log)
    if (!(account >= 0 && account < this.rows)) return refused('unknown')
    return perform(STEPS, this.state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    return healthOf(this.state, row, prices[0] as number)
  }

  /** The bands have no plain weights: one weight on all that is held, such that the law of statements holds at the prices now. */
  statement(row: number, out: Statement): void {
    const { state } = this
    const debt = debtOf(state, row)
    if (!(debt > 0)) return
    const price = at(state.market.columns.price)
    positionOf(state, row, held)
    const value = held.x + held.y * price
    const weight = value > 0 ? coverOf(state, row, price) / value : 0
    out.add(1, 0, state.feed, state.collateral, -1, held.y, weight, price)
    if (held.x > 0) out.add(1, state.book.cash, state.stable_feed, state.stable, -1, held.x, weight, 1)
    out.add(-1, state.book.cash, state.stable_feed, state.stable, -1, debt, 1, 1)
  }

  /** Debt beyond what the position holds, at the oracle price. */
  shortfall_usd(): number {
    const { state } = this
    const price = at(state.market.columns.price)
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      const debt = debtOf(state, row)
      if (!(debt > 0)) continue
      positionOf(state, row, held)
      sum += Math.max(0, debt - held.x - held.y * price)
    }
    return sum
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }
}
