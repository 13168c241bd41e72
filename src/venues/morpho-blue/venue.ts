/** Morpho Blue as a venue: wiring of prices, interest, offers and actions to the markets; the mechanics are in the files beside it. */
import { RowList } from '../../margin/index.ts'
import {
  type Actions,
  assert,
  type Lawful,
  type Log,
  type Margined,
  type Offers,
  type Oracle,
  Quote,
  type Quotes,
  type Result,
  refused,
  type Statement,
  type Venue,
  type View,
  type WorldBuilder,
  type Pooled,
  type PoolState,
} from '../../model/index.ts'
import { known } from '../shared/custody.ts'
import { AccountVenue, perform, type Steps } from '../shared/account-venue.ts'
import { borrow, deposit, repay, withdraw } from './actions.ts'
import { YEAR_S } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import { liquidate, offer } from './liquidation.ts'
import type { MorphoBlueSpec, OracleSpec } from './snapshot.ts'
import {
  accrue_market,
  at,
  borrowed,
  claim_of,
  collateral_slot,
  debt_of,
  debt_slot,
  health,
  level_of,
  type Market,
  market_at,
  open_state,
  type State,
  supplied,
  utilisation,
  write_slots,
} from './state.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, liquidate }

export class MorphoBlue extends AccountVenue implements Venue, Margined, Pooled, Lawful {
  readonly flash_fee: number
  private readonly state: State
  private readonly collateral_oracles: readonly Oracle[]
  private readonly loan_oracles: readonly (Oracle | undefined)[]
  /** Of collateral and loan of market k: 2k and 2k + 1. */
  private readonly feeds: Int32Array
  private readonly published: Quotes
  private readonly quote: Quote
  private readonly reported = new RowList()

  constructor(spec: MorphoBlueSpec, builder: WorldBuilder) {
    const state = open_state(spec, builder)
    super(state)
    this.state = state
    this.flash_fee = spec.flash_fee
    this.quote = new Quote(builder.sources)
    this.published = builder.feeds
    this.collateral_oracles = spec.markets.map((own, k) =>
      builder.oracle(own.collateral_oracle as OracleSpec, `markets[${k}].collateral_oracle`),
    )
    this.loan_oracles = spec.markets.map((own, k) =>
      own.loan_oracle === undefined ? undefined : builder.oracle(own.loan_oracle as OracleSpec, `markets[${k}].loan_oracle`),
    )
    this.feeds = new Int32Array(2 * spec.markets.length)
    this.state.markets.forEach(({ name }, k) => {
      this.feeds[2 * k] = builder.feed(`${spec.id}.${k}.${name}`)
      this.feeds[2 * k + 1] = builder.feed(`${spec.id}.${k}.${name}.loan`)
      this.quote.fixed(at(this.state.m.loan_price, k))
      builder.feeds.write(this.feeds[2 * k + 1] as number, this.quote)
    })
  }

  /** A collateral price of 0 is an answer: it makes every loan of the market liquidatable. Its feed keeps the last positive one. */
  price(time_ms: number, view: View): void {
    const { m, markets } = this.state
    for (let k = 0; k < markets.length; k++) {
      this.collateral_oracles[k]?.read(time_ms, view, this.quote)
      const collateral = this.quote.price
      const answers = collateral >= 0 && collateral < Number.POSITIVE_INFINITY
      if (answers) m.collateral_price.data[k] = collateral
      if (answers && collateral > 0) this.published.write(this.feeds[2 * k] as number, this.quote)
      const loan = this.read_loan(k, time_ms, view)
      m.stale.data[k] = answers && loan ? 0 : 1
    }
    write_slots(this.state)
  }

  private read_loan(k: number, time_ms: number, view: View): boolean {
    const oracle = this.loan_oracles[k]
    if (oracle === undefined) return true
    oracle.read(time_ms, view, this.quote)
    const { price } = this.quote
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) return false
    this.state.m.loan_price.data[k] = price
    this.published.write(this.feeds[2 * k + 1] as number, this.quote)
    return true
  }

  accrue(time_ms: number): void {
    const { clock, markets, id } = this.state
    const time_s = (time_ms - at(clock.accrued_ms, 0)) / 1000
    assert(time_s >= 0, `${id}: interest accrues forwards`)
    clock.accrued_ms.data[0] = time_ms
    for (let k = 0; k < markets.length; k++) accrue_market(this.state, k, time_s)
    write_slots(this.state)
  }

  act(_view: View, _out: Actions, offers: Offers): void {
    const { low } = this
    this.state.book.scan(low)
    for (let i = 0; i < low.length; i++) offer(this.state, low.data[i] as number, offers)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i]
    assert(action !== undefined, 'no such action')
    if (!known(this, action.account) || !(action.amount >= 0)) return refused('unknown')
    return perform(STEPS, this.state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    return health(this.state, row, prices)
  }

  override level(row: number): number {
    return at(this.state.a.watch, row)
  }

  override watch(row: number, level: number): void {
    this.state.a.watch.set(row, level)
    this.state.book.set_level(row, level_of(this.state, row))
  }

  /** The book also reports rows whose pre-liquidation has begun: those are left out while their owner is not concerned. */
  override below(): { readonly count: number; readonly rows: Int32Array } {
    const { state, low, reported } = this
    state.book.scan(low)
    reported.clear()
    for (let i = 0; i < low.length; i++) {
      const row = low.data[i] as number
      if (state.opted[row] === 0 || health(state, row, this.prices) < at(state.a.watch, row)) reported.push(row)
    }
    return { count: reported.length, rows: reported.data }
  }

  statement(row: number, out: Statement): void {
    const { state } = this
    const k = state.market_of[row] as number
    const { collateral, loan, lltv } = market_at(state, row)
    const held = at(state.a.collateral, row)
    const debt = debt_of(state, row)
    const [first, second] = [this.feeds[2 * k] as number, this.feeds[2 * k + 1] as number]
    if (held > 0) out.add(1, collateral_slot(k), first, collateral, -1, held, lltv, at(state.m.collateral_price, k))
    if (debt > 0) out.add(-1, debt_slot(k), second, loan, -1, debt, 1, at(state.m.loan_price, k))
  }

  shortfall_usd(): number {
    const { a, m, market_of } = this.state
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      const k = market_of[row] as number
      sum += Math.max(0, debt_of(this.state, row) * at(m.loan_price, k) - at(a.collateral, row) * at(m.collateral_price, k))
    }
    return sum
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }

  pool_state(row: number, asset: number, out: PoolState): boolean {
    const { state } = this
    const k = state.market_of[row] as number
    if (state.markets[k]?.loan !== asset) return false
    out.cash = at(state.m.cash, k)
    out.owed = borrowed(state, k)
    out.claim = claim_of(state, row)
    out.borrow_rate = at(state.m.rate, k) * YEAR_S
    return true
  }

  /** What anyone can see of market k. */
  market(k: number): MarketReport {
    const { state } = this
    assert((state.markets[k] as Market | undefined) !== undefined, `no market ${k}`)
    return {
      supply: supplied(state, k),
      debt: borrowed(state, k),
      cash: at(state.m.cash, k),
      utilisation: utilisation(state, k),
      rate: at(state.m.rate, k) * YEAR_S,
      rate_at_target: at(state.m.rate_at_target, k) * YEAR_S,
      supply_index: at(state.m.supply_index, k),
      borrow_index: at(state.m.borrow_index, k),
    }
  }
}

/** Units, ratios, rates a year, indices since the start. */
export interface MarketReport {
  readonly supply: number
  readonly debt: number
  readonly cash: number
  readonly utilisation: number
  /** Of the last accrual. */
  readonly rate: number
  readonly rate_at_target: number
  /** Falls when bad debt is socialised. */
  readonly supply_index: number
  readonly borrow_index: number
}
