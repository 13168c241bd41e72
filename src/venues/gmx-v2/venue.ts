/** GMX v2 as a venue: prices, accrual, the keeper's liquidations and deleveraging, and what owners do. */
import {
  type Actions,
  assert,
  AT_VENUE,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  type Oracle,
  Quote,
  type Quotes,
  refused,
  type Result,
  type Statement,
  type Venue,
  type View,
  type WorldBuilder,
} from '../../model/index.ts'
import { known } from '../shared/custody.ts'
import { AccountVenue, perform, type Steps } from '../shared/account-venue.ts'
import { close, deleverage, deposit, excess, liquidate, open, withdraw } from './actions.ts'
import { holdings, violations } from './laws.ts'
import type { GmxSpec } from './snapshot.ts'
import {
  accrue_market,
  at,
  coin_asset,
  coin_slot,
  health,
  index_slot,
  market_at,
  open_state,
  pending,
  pnl_of,
  pool_usd,
  price_of,
  side_of,
  side_pnl,
  sides,
  type State,
} from './state.ts'

/** A pool as anyone sees it: it holds the other side of every position. USD; `tokens`: its position in the index. */
export interface PoolReport {
  readonly long_amount: number
  readonly short_amount: number
  readonly impact_pool: number
  readonly tokens: number
  /** What the pool has lost to open positions. */
  readonly owed_usd: number
  readonly value_usd: number
}

const STEPS: Steps<State> = { deposit, withdraw, borrow: open, repay: close, reduce: liquidate, deleverage }

export class GmxV2 extends AccountVenue implements Venue, Margined, Lawful {
  private readonly state: State
  private readonly oracles: readonly Oracle[]
  private readonly feeds: readonly number[]
  private readonly published: Quotes
  private readonly quote: Quote

  constructor(spec: GmxSpec, builder: WorldBuilder) {
    const state = open_state(spec, builder)
    super(state)
    this.state = state
    this.quote = new Quote(builder.sources)
    this.published = builder.feeds
    this.oracles = spec.contracts.flatMap((of, k) =>
      (['index_oracle', 'long_oracle', 'short_oracle'] as const).map((field) =>
        builder.oracle(of[field] as string, `contracts[${k}].${field}`),
      ),
    )
    this.feeds = spec.contracts.flatMap(({ id }) =>
      ['index', 'long', 'short'].map((what) => builder.feed(`${spec.id}.${id}.${what}`)),
    )
    this.feeds.forEach((feed, slot) => {
      this.quote.fixed(price_of(state, slot))
      builder.feeds.write(feed, this.quote)
    })
  }

  /** Keeps the last valid answers; a market without one of them now stands still. */
  price(time_ms: number, view: View): void {
    const { state } = this
    state.clock.paused.data[0] = view.halted(`venue:${state.id}`) ? 1 : 0
    state.m.stale.data.fill(0)
    this.oracles.forEach((oracle, slot) => {
      oracle.read(time_ms, view, this.quote)
      const { price } = this.quote
      if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
        state.m.stale.data[Math.floor(slot / 3)] = 1
        return
      }
      state.book.prices.data[slot] = price
      this.published.write(this.feeds[slot] as number, this.quote)
    })
  }

  accrue(time_ms: number): void {
    const { state } = this
    const seconds = (time_ms - at(state.clock.now_ms, 0)) / 1000
    assert(seconds >= 0, `${state.id}: fees accrue forwards`)
    state.clock.now_ms.data[0] = time_ms
    if (seconds === 0) return
    state.markets.forEach((_, k) => accrue_market(state, k, seconds))
    state.book.touch_all()
  }

  /** The keeper: the least healthy first, then winners of pools that owe too much, the largest first. */
  act(_view: View, out: Actions, _offers: Offers): void {
    const { state } = this
    if (state.clock.paused.data[0] === 1) return
    const { count, rows } = this.below()
    const prices = state.book.prices.data
    const ill: (readonly [number, number])[] = []
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      const of = health(state, row, prices)
      if (of < 1 && at(state.m.stale, state.market_of[row] as number) === 0) ill.push([of, row])
    }
    ill.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    for (const [, account] of ill) {
      out.bundle(0, 0)
      out.add('reduce', { venue: state.venue, account })
    }
    const fallen = new Set(ill.map(([, row]) => row))
    state.markets.forEach((_, k) => {
      if (at(state.m.stale, k) === 0) for (const side of ['long', 'short'] as const) this.deleverage(k, side, fallen, out)
    })
  }

  private deleverage(k: number, side: 'long' | 'short', fallen: ReadonlySet<number>, out: Actions): void {
    const { state } = this
    const of = market_at_index(state, k)
    const [pnl, pool] = [side_pnl(state, k, side), pool_usd(state, k, side)]
    if (!(pnl > pool * of.pnl_adl)) return
    const price = price_of(state, index_slot(k))
    const winners: (readonly [number, number])[] = []
    for (let row = 0; row < state.rows; row++) {
      if (state.market_of[row] !== k || side_of(state, row) !== side || fallen.has(row)) continue
      const won = at(state.a.size, row) > 0 ? pnl_of(state, row, price) : 0
      if (won > 0) winners.push([won, row])
    }
    winners.sort((a, b) => b[0] - a[0] || a[1] - b[1])
    let left = excess(pnl, pool, of.pnl_after)
    for (const [won, account] of winners) {
      if (!(left > 0)) break
      const tokens = at(state.a.tokens, account)
      out.bundle(0, 0)
      out.add('deleverage', { venue: state.venue, account, amount: won <= left ? tokens : (tokens * left) / won })
      left -= won
    }
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i]
    assert(action !== undefined, 'no such action')
    if (!(action.amount >= 0) || !known(this.state, action.account)) return refused('unknown')
    return perform(STEPS, this.state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    return health(this.state, row, prices)
  }

  /** Collateral and what the position is worth, against its size with fees and the least margin. */
  statement(row: number, out: Statement): void {
    const { state } = this
    if (row >= state.rows || !(at(state.a.size, row) > 0)) return
    const k = state.market_of[row] as number
    const of = market_at(state, row)
    const prices = state.book.prices.data
    const [index, coin] = [index_slot(k), coin_slot(state, row)]
    out.rate_loss = Math.max(0, pending(state, row))
    const { has, must } = sides(state, row, prices, of.liquidation_factor)
    const [tokens, price] = [at(state.a.tokens, row), price_of(state, index)]
    const [held, worth] = [at(state.a.collateral, row), at(state.a.collateral, row) * price_of(state, coin)]
    const long = side_of(state, row) === 'long'
    const cash = state.book.cash
    if (held > 0) out.add(1, coin, this.feeds[coin] as number, coin_asset(state, row), -1, held, 1, price_of(state, coin))
    out.add(long ? 1 : -1, index, this.feeds[index] as number, of.index_asset, AT_VENUE, tokens, 1, price)
    const fixed = long ? has - worth - tokens * price : has - worth
    if (fixed > 0) out.add(1, cash, -1, of.short_asset, -1, fixed, 1, 1)
    out.add(-1, cash, -1, of.short_asset, -1, long ? must : must - tokens * price, 1, 1)
  }

  /** What positions have lost beyond their collateral. */
  shortfall_usd(): number {
    const { state } = this
    let sum = 0
    for (let row = 0; row < state.rows; row++) {
      if (!(at(state.a.size, row) > 0)) continue
      const worth = at(state.a.collateral, row) * price_of(state, coin_slot(state, row))
      sum += Math.max(0, -(worth + pnl_of(state, row, price_of(state, index_slot(state.market_of[row] as number)))))
    }
    return sum
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }

  /** The pool behind market k. */
  pool(k: number): PoolReport {
    const { state } = this
    const owed_usd = side_pnl(state, k, 'long') + side_pnl(state, k, 'short')
    const impact_pool = at(state.m.impact_pool, k)
    const worth = pool_usd(state, k, 'long') + pool_usd(state, k, 'short')
    return {
      long_amount: at(state.m.amount_long, k),
      short_amount: at(state.m.amount_short, k),
      impact_pool,
      tokens: at(state.m.tokens_short, k) - at(state.m.tokens_long, k),
      owed_usd,
      value_usd: worth - owed_usd - impact_pool * price_of(state, index_slot(k)),
    }
  }
}

const market_at_index = (state: State, k: number) => state.markets[k] as State['markets'][number]
