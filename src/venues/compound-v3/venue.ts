/** Compound v3 as a venue: wiring of prices, interest, offers and actions to the market; the mechanics are in the files beside it. */
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
import { absorb, buy, equity, offer, storefront } from './absorption.ts'
import { borrow, deposit, repay, withdraw } from './actions.ts'
import { utilisation, YEAR_S } from './kernel.ts'
import { holdings, violations } from './laws.ts'
import type { CompoundV3Spec, OracleSpec } from './snapshot.ts'
import {
  accrue,
  at,
  balance,
  borrowed,
  type Collateral,
  debt_of,
  debt_slot,
  health,
  held_at,
  one,
  open_state,
  rates,
  reserves,
  type State,
  supplied,
  write_slots,
} from './state.ts'

const PAUSES = ['supply', 'withdraw', 'absorb', 'buy'] as const

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, start: absorb }

export class CompoundV3 extends AccountVenue implements Venue, Margined, Pooled, Lawful {
  readonly flash_fee: number
  private readonly spec: CompoundV3Spec
  private readonly state: State
  private readonly oracles: readonly Oracle[]
  /** Of each collateral, then of the base. */
  private readonly feeds: Int32Array
  private readonly published: Quotes
  private readonly quote: Quote

  constructor(spec: CompoundV3Spec, builder: WorldBuilder) {
    const state = open_state(spec, builder)
    super(state)
    this.state = state
    this.spec = spec
    this.flash_fee = spec.flash_fee
    this.quote = new Quote(builder.sources)
    this.published = builder.feeds
    this.oracles = [
      ...spec.collaterals.map((own, i) => builder.oracle(own.oracle as OracleSpec, `collaterals[${i}].oracle`)),
      builder.oracle(spec.base_oracle as OracleSpec, 'base_oracle'),
    ]
    const names = [...spec.collaterals.map((own) => own.asset), spec.base]
    this.feeds = Int32Array.from(names, (name) => builder.feed(`${spec.id}.${name}`))
  }

  /** An answer that is not positive is none: what needs it is refused, the last one stays in the book. */
  price(time_ms: number, view: View): void {
    const { s, c, list, id } = this.state
    s.now_ms.data[0] = time_ms
    for (let i = 0; i <= list.length; i++) {
      this.oracles[i]?.read(time_ms, view, this.quote)
      const { price } = this.quote
      const answers = price > 0 && price < Number.POSITIVE_INFINITY
      const [column, stale, index] =
        i < list.length ? ([c.price, c.stale, i] as const) : ([s.base_price, s.base_stale, 0] as const)
      stale.data[index] = answers ? 0 : 1
      if (!answers) continue
      column.data[index] = price
      this.published.write(this.feeds[i] as number, this.quote)
    }
    for (const what of PAUSES) s[`pause_${what}`].data[0] = this.spec[`pause_${what}`] || view.halted(`${what}:${id}`) ? 1 : 0
    write_slots(this.state)
  }

  accrue(time_ms: number): void {
    const { s, id } = this.state
    const time_s = (time_ms - one(s.accrued_ms)) / 1000
    assert(time_s >= 0, `${id}: interest accrues forwards`)
    s.accrued_ms.data[0] = time_ms
    accrue(this.state, time_s)
    write_slots(this.state)
  }

  act(_view: View, out: Actions, offers: Offers): void {
    const { spec, state } = this
    const { count, rows } = this.below()
    const bots = spec.absorber === 'bots'
    for (let i = 0; i < count; i++) offer(state, rows[i] as number, out, offers, bots, spec.absorb_min_usd)
    storefront(state, offers)
  }

  apply(actions: Actions, i: number, log: Log): Result {
    const action = actions.list[i]
    assert(action !== undefined, 'no such action')
    const { kind, account } = action
    if (!(action.amount >= 0)) return refused('unknown')
    if (kind === 'bid') return buy(this.state, action, log)
    if (!known(this, account)) return refused('unknown')
    return perform(STEPS, this.state, action, log)
  }

  health(row: number, prices: Float64Array): number {
    return health(this.state, row, prices)
  }

  statement(row: number, out: Statement): void {
    const { state } = this
    const { list, c, s } = state
    list.forEach((own: Collateral, i) => {
      const units = held_at(state, row, i)
      if (units > 0) out.add(1, i, this.feeds[i] as number, own.asset, -1, units, own.liquidate_factor, at(c.price, i))
    })
    const debt = debt_of(state, row)
    if (debt > 0) out.add(-1, debt_slot(state), this.feeds[list.length] as number, state.base, -1, debt, 1, one(s.base_price))
  }

  shortfall_usd(): number {
    const { state } = this
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      let value = 0
      for (let i = 0; i < state.list.length; i++) value += held_at(state, row, i) * at(state.c.price, i)
      sum += Math.max(0, debt_of(state, row) * one(state.s.base_price) - value)
    }
    return sum
  }

  /** Reserves, the inventory at the store-front's prices among them; never below 0. */
  override fund_usd(): number {
    return Math.max(0, equity(this.state)) * one(this.state.s.base_price)
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    holdings(this.state, out)
  }

  pool_state(row: number, asset: number, out: PoolState): boolean {
    const { state } = this
    if (asset !== state.base) return false
    out.cash = one(state.s.cash)
    out.owed = borrowed(state)
    out.claim = Math.max(0, balance(state, row))
    out.borrow_rate = rates(state).borrow * YEAR_S
    return true
  }

  /** Signed base units of an account. */
  base(row: number): number {
    return balance(this.state, row)
  }

  /** What anyone can see. */
  report(): CometReport {
    const { state } = this
    const { supply, borrow } = rates(state)
    return {
      supply: supplied(state),
      debt: borrowed(state),
      cash: one(state.s.cash),
      reserves: reserves(state),
      inventory: state.list.map((_, i) => at(state.c.inventory, i)),
      utilisation: utilisation(borrowed(state), supplied(state)),
      supply_rate: supply * YEAR_S,
      borrow_rate: borrow * YEAR_S,
    }
  }
}

/** Base units, ratios, rates a year; inventory in units of each collateral. */
export interface CometReport {
  readonly supply: number
  readonly debt: number
  readonly cash: number
  /** Signed. */
  readonly reserves: number
  readonly inventory: readonly number[]
  readonly utilisation: number
  readonly supply_rate: number
  readonly borrow_rate: number
}
