/** Compound v2 as a venue: wiring of prices, interest, offers and actions to the pool; the mechanics are in the files beside it. */
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
import { rate_at } from './kernel.ts'
import { violations } from './laws.ts'
import { liquidate, offer } from './liquidation.ts'
import type { CompoundV2Spec, OracleSpec } from './snapshot.ts'
import {
  accrue_market,
  at,
  borrowed,
  cell,
  debt_of,
  debt_slot,
  health,
  type Market,
  open_state,
  type State,
  supplied,
  supply_of,
  supply_slot,
  used,
  write_slots,
} from './state.ts'

const STEPS: Steps<State> = { deposit, withdraw, borrow, repay, liquidate }

export class CompoundV2 extends AccountVenue implements Venue, Margined, Pooled, Lawful {
  readonly flash_fee: number
  private readonly state: State
  private readonly seize_paused: boolean
  private readonly oracles: readonly Oracle[]
  private readonly feeds: Int32Array
  private readonly published: Quotes
  private readonly quote: Quote

  constructor(spec: CompoundV2Spec, builder: WorldBuilder) {
    const state = open_state(spec, builder)
    super(state)
    this.state = state
    this.flash_fee = spec.flash_fee
    this.seize_paused = spec.seize_paused
    this.quote = new Quote(builder.sources)
    this.published = builder.feeds
    this.oracles = spec.markets.map((own, k) => builder.oracle(own.oracle as OracleSpec, `markets[${k}].oracle`))
    this.feeds = Int32Array.from(spec.markets, (own) => builder.feed(`${spec.id}.${own.asset}`))
  }

  /** An answer that is not positive is none: whoever's liquidity needs it can do nothing that depends on it. */
  price(time_ms: number, view: View): void {
    const { m, markets, clock, id } = this.state
    for (let k = 0; k < markets.length; k++) {
      this.oracles[k]?.read(time_ms, view, this.quote)
      const { price } = this.quote
      const answers = price > 0 && price < Number.POSITIVE_INFINITY
      m.stale.data[k] = answers ? 0 : 1
      if (!answers) continue
      m.price.data[k] = price
      this.published.write(this.feeds[k] as number, this.quote)
    }
    clock.seize_paused.data[0] = this.seize_paused || view.halted(`seize:${id}`) ? 1 : 0
    write_slots(this.state)
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
    const { state } = this
    const { count, rows } = this.below()
    if (count === 0 && !state.any_forced) return
    const cash = state.m.cash.data.slice()
    if (state.any_forced) for (let row = 0; row < this.rows; row++) offer(state, row, cash, offers)
    else for (let i = 0; i < count; i++) offer(state, rows[i] as number, cash, offers)
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

  /** Legs that count: supplies that are collateral of some weight, and debts. */
  statement(row: number, out: Statement): void {
    const { state } = this
    state.markets.forEach(({ asset, threshold }, k) => {
      const [feed, price] = [this.feeds[k] as number, at(state.m.price, k)]
      const supply = at(state.h.entered, cell(state, row, k)) === 1 && threshold > 0 ? supply_of(state, row, k) : 0
      const debt = debt_of(state, row, k)
      if (supply > 0) out.add(1, supply_slot(k), feed, asset, -1, supply, threshold, price)
      if (debt > 0) out.add(-1, debt_slot(k), feed, asset, -1, debt, 1, price)
    })
  }

  /** Debt beyond collateral: it stays with accounts, nothing writes it off. */
  shortfall_usd(): number {
    const { state } = this
    let sum = 0
    for (let row = 0; row < this.rows; row++) {
      let [assets, debts] = [0, 0]
      for (let k = 0; k < state.markets.length; k++) {
        if (at(state.h.entered, cell(state, row, k)) === 1) assets += supply_of(state, row, k) * at(state.m.price, k)
        debts += debt_of(state, row, k) * at(state.m.price, k)
      }
      sum += Math.max(0, debts - assets)
    }
    return sum
  }

  /** Reserves of all markets, the treasury's part among them. */
  override fund_usd(): number {
    const { m, markets } = this.state
    return markets.reduce((sum, _, k) => sum + at(m.reserves, k) * at(m.price, k), 0)
  }

  violations(): readonly string[] {
    return violations(this.state)
  }

  holdings(out: Float64Array): void {
    this.state.markets.forEach(({ asset }, k) => {
      out[asset] = (out[asset] as number) + at(this.state.m.cash, k)
    })
  }

  pool_state(row: number, asset: number, out: PoolState): boolean {
    const { state } = this
    const k = state.markets.findIndex((own) => own.asset === asset)
    if (k < 0) return false
    out.cash = at(state.m.cash, k)
    out.owed = borrowed(state, k)
    out.claim = supply_of(state, row, k)
    out.borrow_rate = rate_at((state.markets[k] as Market).curve, used(state, k))
    return true
  }

  /** What anyone can see of market k. */
  market(k: number): CompoundReport {
    const { state } = this
    const { m } = state
    const own = state.markets[k]
    assert(own !== undefined, `no market ${k}`)
    return {
      supply: supplied(state, k),
      debt: borrowed(state, k),
      cash: at(m.cash, k),
      reserves: at(m.reserves, k),
      utilisation: used(state, k),
      borrow_rate: rate_at((own as Market).curve, used(state, k)),
      exchange: at(m.exchange, k),
      borrow_index: at(m.borrow_index, k),
    }
  }
}

/** Units, ratios, rates a year, exchange rate and index since the start. */
export interface CompoundReport {
  readonly supply: number
  readonly debt: number
  readonly cash: number
  readonly reserves: number
  readonly utilisation: number
  readonly borrow_rate: number
  readonly exchange: number
  readonly borrow_index: number
}
